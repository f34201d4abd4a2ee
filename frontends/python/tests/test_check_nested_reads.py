"""Native code that walks through what it is handed reads all of it, as of one moment."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Everyway
from two_threads import all_seen, in_order, unit_of

ROWS = "import copy, json, pickle, pprint\nrows = [[1], [2]]"
CHANGE = "rows[0][0] = 10\nrows[1][0] = 20"
ONE_READ = [[[1], [2]], [[10], [2]], [[10], [20]]]

FORMS = {
    "repr": "seen = json.loads(repr(rows))",
    "str": "seen = json.loads(str(rows))",
    "f-string": "seen = json.loads(f'{rows}')",
    "format": "seen = json.loads(format(rows))",
    "percent": "seen = json.loads('%s' % (rows,))",
    "str of a new list": "seen = json.loads(str(list(rows)))",
    "str of a comprehension": "seen = json.loads(str([row for row in rows]))",
    "str of a choice": "seen = json.loads(str(seen or rows))",
    "json.dumps": "seen = json.loads(json.dumps(rows))",
    "copy.deepcopy": "seen = copy.deepcopy(rows)",
    "pickle.dumps": "seen = pickle.loads(pickle.dumps(rows))",
    "pprint.pformat": "seen = json.loads(pprint.pformat(rows))",
}


@pytest.mark.parametrize("form", FORMS)
def test_what_lies_in_a_shared_container_is_read(everyway: Everyway, tmp_path: Path, form: str) -> None:
    assert all_seen(unit_of(everyway, tmp_path, ROWS, FORMS[form], CHANGE)) == in_order(ONE_READ)


def test_comparing_reads_what_lies_in_both(everyway: Everyway, tmp_path: Path) -> None:
    look = "seen = rows == [[10], [2]]"
    assert all_seen(unit_of(everyway, tmp_path, ROWS, look, CHANGE)) == [False, True]


def test_comparing_sees_one_moment(everyway: Everyway, tmp_path: Path) -> None:
    unit = unit_of(everyway, tmp_path, ROWS, "seen = rows == [[1], [20]]", CHANGE)
    assert (unit["verdict"], all_seen(unit)) == ("proved", [False])


def test_printing_sees_one_moment(everyway: Everyway, tmp_path: Path) -> None:
    unit = unit_of(everyway, tmp_path, ROWS, "print(rows)", CHANGE)
    printed = {result["value"]["stdout"][0] for result in unit["results"]}
    assert printed == {"[[1], [2]]\n", "[[10], [2]]\n", "[[10], [20]]\n"}


POINT = """\
import copy
from dataclasses import asdict, dataclass

@dataclass
class Point:
    x: int
    y: int

point = Point(1, 2)
other = Point(10, 2)
"""
MOVE = "point.x = 10\npoint.y = 20"

READINGS = {
    "repr": ("seen = repr(point)", ["Point(x=1, y=2)", "Point(x=10, y=2)", "Point(x=10, y=20)"]),
    "in a list": ("seen = str([point])", ["[Point(x=1, y=2)]", "[Point(x=10, y=2)]", "[Point(x=10, y=20)]"]),
    "equality": ("seen = point == other", [True, False]),
    "asdict": ("seen = asdict(point)", [{"x": 1, "y": 2}, {"x": 10, "y": 2}, {"x": 10, "y": 20}]),
    "deepcopy": ("found = copy.deepcopy(point)\nseen = [found.x, found.y]", [[1, 2], [10, 2], [10, 20]]),
}


@pytest.mark.parametrize("form", READINGS)
def test_generated_methods_read_the_fields(everyway: Everyway, tmp_path: Path, form: str) -> None:
    look, expected = READINGS[form]
    assert all_seen(unit_of(everyway, tmp_path, POINT, look, MOVE)) == in_order(expected)


def test_what_one_thread_shows_of_its_own_is_proved(everyway: Everyway, tmp_path: Path) -> None:
    look = "own = [[3], {'a': [4]}]\nprint(own, json.dumps(own), own == copy.deepcopy(own))"
    unit = unit_of(everyway, tmp_path, ROWS, look, CHANGE)
    assert (unit["verdict"], unit["assumptions"], len(unit["results"])) == ("proved", [], 1)

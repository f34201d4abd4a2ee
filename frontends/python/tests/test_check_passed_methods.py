"""A container's method announces itself wherever it is called from."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Everyway
from two_threads import all_seen, in_order, unit_of

ITEMS = "import functools\nitems = []"
TWICE = {
    "a name for it": "add = items.append\nadd(1)\nadd(2)\nseen = 0",
    "partial": "add = functools.partial(items.append)\nadd(1)\nadd(2)\nseen = 0",
    "an argument": "def call(add):\n    add(1)\n    add(2)\ncall(items.append)\nseen = 0",
    "map over it": "seen = len(list(map(items.append, (1, 2))))",
    "in a table": "table = {'add': items.append}\ntable['add'](1)\ntable['add'](2)\nseen = 0",
}


@pytest.mark.parametrize("form", TWICE)
def test_another_thread_can_come_between_its_calls(everyway: Everyway, tmp_path: Path, form: str) -> None:
    unit = unit_of(everyway, tmp_path, ITEMS, TWICE[form], "items.append(3)")
    assert unit["verdict"] == "proved"
    assert all_seen(unit, "items") == in_order([[1, 2, 3], [1, 3, 2], [3, 1, 2]])


def test_a_thread_whose_target_it_is_races(everyway: Everyway, tmp_path: Path) -> None:
    look = "other = threading.Thread(target=items.append, args=(1,))\nother.start()\nother.join()"
    unit = unit_of(everyway, tmp_path, ITEMS, look, "items.append(2)")
    assert all_seen(unit, "items") == in_order([[1, 2], [2, 1]])


def test_map_over_get_reads_key_after_key(everyway: Everyway, tmp_path: Path) -> None:
    look = "seen = list(map(table.get, 'ab'))"
    unit = unit_of(everyway, tmp_path, "table = {'a': 1, 'b': 2}", look, "table['a'] = 10\ntable['b'] = 20")
    assert all_seen(unit) == in_order([[1, 2], [1, 20], [10, 2], [10, 20]])


def test_an_update_through_passed_methods_can_be_lost(everyway: Everyway, tmp_path: Path) -> None:
    look = "get, put = table.get, table.update\nput(n=get('n') + 1)"
    unit = unit_of(everyway, tmp_path, "table = {'n': 0}", look, "table['n'] += 1")
    assert [failure["kind"] for failure in unit["failures"]] == ["atomicity-violation"]
    assert [table["n"] for table in all_seen(unit, "table")] == [1, 2]


@pytest.mark.parametrize("form", ["operator.setitem(table, 'n', 5)", "operator.delitem(table, 'n')"])
def test_a_function_of_operator_changes_its_argument(everyway: Everyway, tmp_path: Path, form: str) -> None:
    before = "import operator\ntable = {'n': 0}"
    unit = unit_of(everyway, tmp_path, before, "seen = ['n' in table, len(table), table.get('n')]", form)
    assert len(all_seen(unit)) > 1


def test_a_getter_that_sorts_reads_the_elements(everyway: Everyway, tmp_path: Path) -> None:
    before = "from operator import itemgetter\nrows = [{'n': 1}, {'n': 2}]\nfirst, second = rows"
    look = "seen = [row is first for row in sorted(list(rows), key=itemgetter('n'))]"
    unit = unit_of(everyway, tmp_path, before, look, "first['n'] = 3")
    assert all_seen(unit) == in_order([[True, False], [False, True]])

"""An attribute is the same location however it is named: by a dot, by a value, by the dictionary that holds it."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from conftest import Everyway
from two_threads import all_seen, in_order, unit_of

BOX = "class Box:\n    pass\nbox = Box()\nbox.size = 1\ncount = 1"
READS = {
    "dot": "box.size",
    "getattr": "getattr(box, 'si' + 'ze')",
    "__dict__": "box.__dict__['size']",
    "vars": "vars(box)['size']",
    "get": "vars(box).get('size')",
    "getattr of __dict__": "getattr(box, '__dict__')['size']",
}
WRITES = {
    "dot": "box.size = 2",
    "setattr": "setattr(box, 'size', 2)",
    "__dict__": "box.__dict__['size'] = 2",
    "vars": "vars(box)['size'] = 2",
    "update": "box.__dict__.update(size=2)",
}


@pytest.mark.parametrize(("read", "write"), list(product(READS, WRITES)))
def test_another_thread_can_write_between_two_reads(everyway: Everyway, tmp_path: Path, read: str, write: str) -> None:
    unit = unit_of(everyway, tmp_path, BOX, f"seen = [{READS[read]}, {READS[read]}]", WRITES[write])
    assert unit["verdict"] == "proved"
    assert all_seen(unit) == in_order([[1, 1], [1, 2], [2, 2]])


GLOBAL_READS = {"name": "count", "globals": "globals()['cou' + 'nt']", "get": "globals().get('count')"}
GLOBAL_WRITES = {"name": "global count\ncount = 2", "globals": "globals()['cou' + 'nt'] = 2"}


@pytest.mark.parametrize(("read", "write"), list(product(GLOBAL_READS, GLOBAL_WRITES)))
def test_another_thread_can_write_a_global_between_two_reads(
    everyway: Everyway, tmp_path: Path, read: str, write: str
) -> None:
    look = f"seen = [{GLOBAL_READS[read]}, {GLOBAL_READS[read]}]"
    unit = unit_of(everyway, tmp_path, BOX, look, GLOBAL_WRITES[write])
    assert all_seen(unit) == in_order([[1, 1], [1, 2], [2, 2]])


def test_a_dictionary_that_is_looked_through_shows_new_attributes(everyway: Everyway, tmp_path: Path) -> None:
    unit = unit_of(everyway, tmp_path, BOX, "seen = sorted(vars(box).items())", "box.size = 2\nbox.name = 'x'")
    expected = [[["size", 1]], [["size", 2]], [["name", "x"], ["size", 2]]]
    assert all_seen(unit) == in_order(expected)


def test_an_attribute_that_is_added_by_the_dictionary_is_seen(everyway: Everyway, tmp_path: Path) -> None:
    look = "seen = [hasattr(box, 'name'), hasattr(box, 'name')]"
    unit = unit_of(everyway, tmp_path, BOX, look, "vars(box)['name'] = 'x'")
    assert all_seen(unit) == in_order([[False, False], [False, True], [True, True]])


def test_slots_stay_locations_of_their_own(everyway: Everyway, tmp_path: Path) -> None:
    before = BOX.replace("    pass", "    __slots__ = ('size', '__dict__')")
    unit = unit_of(everyway, tmp_path, before, "vars(box)\nseen = [box.size, box.size]", "box.size = 2")
    assert all_seen(unit) == in_order([[1, 1], [1, 2], [2, 2]])


def test_what_only_one_thread_takes_is_proved_at_once(everyway: Everyway, tmp_path: Path) -> None:
    before = "class Box:\n    def __init__(self, **given):\n        self.__dict__.update(given)\nboxes = [0, 0]"
    look = "boxes[0] = Box(size=1)\nseen = vars(boxes[0])['size']"
    unit = unit_of(everyway, tmp_path, before, look, "boxes[1] = Box(size=2)")
    assert (unit["verdict"], all_seen(unit)) == ("proved", [1])

"""Objects of the library that tasks share: announced where their class is known, an assumption where it is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import Everyway, kinds_of
from two_threads import all_seen, in_order, unit_of

EACH = in_order([[1, 2], [1, 20], [10, 2], [10, 20]])
PAIRS = {
    "array": ("import array\nheld = array.array('i', [1, 2])", "held[0], held[1]", "held[0] = 10\nheld[1] = 20"),
    "bytearray": ("held = bytearray([1, 2])", "held[0], held[1]", "held[0] = 10\nheld[1] = 20"),
    "memoryview": (
        "held = bytearray([1, 2])\nview = memoryview(held)",
        "held[0], held[1]",
        "view[0] = 10\nview[1] = 20",
    ),
    "read by a memoryview": (
        "held = bytearray([1, 2])\nview = memoryview(held)",
        "view[0], view[1]",
        "held[0] = 10\nheld[1] = 20",
    ),
    "SimpleNamespace": (
        "from types import SimpleNamespace\nheld = SimpleNamespace(a=1, b=2)",
        "held.a, held.b",
        "held.a = 10\nheld.b = 20",
    ),
    "attributes of a function": (
        "def held():\n    pass\nheld.a, held.b = 1, 2",
        "held.a, held.b",
        "held.a = 10\nheld.b = 20",
    ),
    "OrderedDict": (
        "from collections import OrderedDict\nheld = OrderedDict(a=1, b=2)",
        "held['a'], held['b']",
        "held['a'] = 10\nheld['b'] = 20",
    ),
    "Counter": (
        "from collections import Counter\nheld = Counter(a=1, b=2)",
        "held['a'], held['b']",
        "held.update(a=9)\nheld.update(b=18)",
    ),
}


@pytest.mark.parametrize("kind", PAIRS)
def test_another_thread_can_come_between_two_reads(everyway: Everyway, tmp_path: Path, kind: str) -> None:
    before, reads, change = PAIRS[kind]
    unit = unit_of(everyway, tmp_path, before, f"seen = [{reads}]", change)
    assert (all_seen(unit), unit["assumptions"]) == (EACH, [])


def test_the_text_of_a_namespace_reads_its_attributes(everyway: Everyway, tmp_path: Path) -> None:
    before = "from types import SimpleNamespace\nheld = SimpleNamespace(a=1, b=2)"
    unit = unit_of(everyway, tmp_path, before, "seen = repr(held)", "held.a = 10\nheld.b = 20")
    assert len(all_seen(unit)) == 3


def test_bytes_of_a_shared_buffer_are_one_read(everyway: Everyway, tmp_path: Path) -> None:
    unit = unit_of(everyway, tmp_path, "held = bytearray(b'ab')", "seen = held.decode()", "held[0] = 65\nheld[1] = 66")
    assert all_seen(unit) == ["AB", "Ab", "ab"]


def test_a_factory_of_the_program_can_be_overtaken(everyway: Everyway, tmp_path: Path) -> None:
    before = "from collections import defaultdict\nheld = defaultdict(lambda: 0)"
    unit = unit_of(everyway, tmp_path, before, "seen = held['a']", "held['a'] = 5")
    # Read before, or overwritten; or read after.
    assert all_seen(unit) == [0, 5]
    assert in_order([result["value"]["globals"]["held"] for result in unit["results"]]) == [{"a": 0}, {"a": 5}]


def test_a_factory_in_c_cannot(everyway: Everyway, tmp_path: Path) -> None:
    before = "from collections import defaultdict\nheld = defaultdict(int)"
    unit = unit_of(everyway, tmp_path, before, "seen = held['a']", "held['a'] = 5")
    assert all_seen(unit) == [0, 5]
    assert in_order([result["value"]["globals"]["held"] for result in unit["results"]]) == [{"a": 5}]


KEEPERS = {
    "UserDict": ("held = collections.UserDict(a=1, b=2)", "seen = [held['a'], held['b']]", "held['a'] = 10"),
    "UserList": ("held = collections.UserList([1, 2])", "seen = [held[0], held[1]]", "held[0] = 10"),
    "ChainMap": (
        "held = collections.ChainMap({'a': 1, 'b': 2})",
        "seen = [held.get('a'), held['b']]",
        "held['a'] = 10",
    ),
}


def assumed(unit: dict[str, Any]) -> set[tuple[str, str]]:
    return {(each["kind"], each["what"]) for each in unit["assumptions"]}


@pytest.mark.parametrize("kind", KEEPERS)
def test_python_code_of_the_library_is_an_assumption(everyway: Everyway, tmp_path: Path, kind: str) -> None:
    before, look, change = KEEPERS[kind]
    unit = unit_of(everyway, tmp_path, f"import collections\n{before}", look, change)
    assert all_seen(unit) == in_order([[1, 2], [10, 2]])
    assert assumed(unit) == {("opaque-call", f"collections.{kind}")}
    assert unit["verdict"] != "proved"


@pytest.mark.parametrize("kind", KEEPERS)
def test_it_is_none_where_one_thread_alone_uses_it(everyway: Everyway, tmp_path: Path, kind: str) -> None:
    before, look, _ = KEEPERS[kind]
    unit = unit_of(everyway, tmp_path, "import collections", f"{before}\n{look}", "other = 1")
    assert (unit["verdict"], unit["assumptions"]) == ("proved", [])


def test_an_attribute_that_a_task_sets_on_a_library_module_is_an_assumption(everyway: Everyway, tmp_path: Path) -> None:
    unit = unit_of(everyway, tmp_path, "import math", "math.level = 1\nseen = math.level", "math.level = 2")
    assert assumed(unit) == {("opaque-call", "math.level")}
    assert unit["verdict"] == "passed"


def test_an_attribute_of_a_library_module_is_put_back(everyway: Everyway, tmp_path: Path) -> None:
    before = "import math\nfresh = not hasattr(math, 'level')\nmath.level = 1\nmath.tau = 6\nitems = []"
    unit = unit_of(everyway, tmp_path, before, "items.append(1)", "items.append(2)")
    assert len(unit["results"]) == 2
    assert all_seen(unit, "fresh") == [True]
    assert (unit["verdict"], unit["assumptions"]) == ("proved", [])


MATCHES = {
    "class": ("class Box:\n    size = 0\nheld = Box()\nheld.size = 0", "case Box(size=0)", "held.size = 1"),
    "class by position": (
        "class Box:\n    __match_args__ = ('size',)\nheld = Box()\nheld.size = 0",
        "case Box(0)",
        "held.size = 1",
    ),
    "nested class": (
        "class Box:\n    pass\nheld = [Box()]\nheld[0].size = 0",
        "case [Box(size=0)]",
        "held[0].size = 1",
    ),
    "mapping": ("held = {'a': {'b': 0}}", "case {'a': {'b': 0}}", "held['a']['b'] = 1"),
    "sequence": ("held = [[0]]", "case [[0]]", "held[0][0] = 1"),
    "slots": (
        "class Box:\n    __slots__ = ('size',)\nheld = Box()\nheld.size = 0",
        "case Box(size=0)",
        "held.size = 1",
    ),
}


@pytest.mark.parametrize("form", MATCHES)
def test_a_pattern_reads_what_it_names(everyway: Everyway, tmp_path: Path, form: str) -> None:
    before, case, change = MATCHES[form]
    look = f"match held:\n    {case}:\n        seen = True\n    case _:\n        seen = False"
    assert all_seen(unit_of(everyway, tmp_path, before, look, change)) == [False, True]


def test_an_update_of_a_slot_can_be_lost(everyway: Everyway, tmp_path: Path) -> None:
    before = "class Box:\n    __slots__ = ('size',)\nheld = Box()\nheld.size = 0"
    unit = unit_of(everyway, tmp_path, before, "held.size += 1", "held.size += 1")
    assert kinds_of(unit) == {"atomicity-violation"}

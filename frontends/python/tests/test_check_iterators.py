"""Steps of iterators are reads of their own where code of the program runs between them, else one read."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Everyway
from two_threads import all_seen, in_order, unit_of

SHARED = "shared = [1, 2]\ndef same(value):\n    return value"
CHANGE = "shared[0] = 10\nshared[1] = 20"

# The first element is read, both are changed, the second is read.
STEPS = [[1, 2], [1, 20], [10, 2], [10, 20]]
ONE_READ = [[1, 2], [10, 2], [10, 20]]

BETWEEN_STEPS = {
    "for over enumerate": "found = []\nfor _, each in enumerate(shared):\n    found.append(each)\nseen = found",
    "for over an iterator of before": (
        "found = []\nsteps = enumerate(shared)\nfor _, each in steps:\n    found.append(each)\nseen = found"
    ),
    "next": "steps = iter(shared)\nseen = [next(steps), next(steps)]",
    "next of zip": "steps = zip(shared)\nseen = [next(steps)[0], next(steps)[0]]",
    "a comprehension over enumerate": "seen = [each for _, each in enumerate(shared)]",
    "a comprehension over zip": "seen = [each for each, _ in zip(shared, 'ab')]",
    "a generator expression": "seen = list(each for each in shared)",
    "map of a function of the program": "seen = list(map(same, shared))",
    "filter by a function of the program": "seen = list(filter(same, shared))",
    "for over map": "found = []\nfor each in map(int, shared):\n    found.append(each)\nseen = found",
}

AT_ONCE = {
    "list of enumerate": "seen = [each for _, each in list(enumerate(shared))]",
    "list of map of a builtin": "seen = list(map(int, shared))",
    "list of filter by truth": "seen = list(filter(None, shared))",
    "list of zip": "seen = [each for each, _ in list(zip(shared, 'ab'))]",
    "list of reversed": "seen = list(reversed(shared))[::-1]",
    "list of iter": "seen = list(iter(shared))",
    "join of map": "seen = [int(each) for each in ' '.join(map(str, shared)).split()]",
    "dict of enumerate": "seen = list(dict(enumerate(shared)).values())",
    "extend by zip": "pairs = []\npairs.extend(zip(shared))\nseen = [each for each, in pairs]",
}


@pytest.mark.parametrize("form", BETWEEN_STEPS)
def test_another_thread_can_come_between_steps(everyway: Everyway, tmp_path: Path, form: str) -> None:
    assert all_seen(unit_of(everyway, tmp_path, SHARED, BETWEEN_STEPS[form], CHANGE)) == in_order(STEPS)


@pytest.mark.parametrize("form", AT_ONCE)
def test_what_native_code_takes_at_once_is_one_read(everyway: Everyway, tmp_path: Path, form: str) -> None:
    assert all_seen(unit_of(everyway, tmp_path, SHARED, AT_ONCE[form], CHANGE)) == in_order(ONE_READ)


def test_native_code_that_takes_two_containers_sees_one_moment(everyway: Everyway, tmp_path: Path) -> None:
    before = "left, right = [1], [1]"
    unit = unit_of(everyway, tmp_path, before, "seen = list(zip(left, right))", "left[0] = 2\nright[0] = 2")
    assert all_seen(unit) == in_order([[[1, 1]], [[2, 1]], [[2, 2]]])
    unit = unit_of(everyway, tmp_path, before, "seen = left == right", "left[0] = 2\nright[0] = 2")
    assert all_seen(unit) == in_order([True, False])


def test_a_key_function_runs_between_the_steps_of_max(everyway: Everyway, tmp_path: Path) -> None:
    unit = unit_of(everyway, tmp_path, SHARED, "seen = max(shared, key=same)", "shared[0] = 30\nshared[1] = 20")
    # 1 and 2, 30 and 2, 30 and 20; or 1, and 20 after both changes.
    assert all_seen(unit) == in_order([2, 30, 20])


def test_reversed_steps_back(everyway: Everyway, tmp_path: Path) -> None:
    look = "found = []\nfor each in reversed(shared):\n    found.append(each)\nseen = found"
    unit = unit_of(everyway, tmp_path, SHARED, look, "shared[1] = 20\nshared[0] = 10")
    assert all_seen(unit) == in_order([[2, 1], [20, 1], [20, 10], [2, 10]])


def test_what_grows_between_steps_is_seen(everyway: Everyway, tmp_path: Path) -> None:
    look = "found = []\nfor place, each in enumerate(shared):\n    found.append(each)\nseen = len(found)"
    unit = unit_of(everyway, tmp_path, SHARED, look, "shared.append(3)")
    assert all_seen(unit) == [2, 3]


def test_iterators_of_one_thread_are_proved(everyway: Everyway, tmp_path: Path) -> None:
    look = "own = [3, 4]\nseen = [each for _, each in enumerate(own)] + list(map(str, reversed(own)))"
    unit = unit_of(everyway, tmp_path, SHARED, look, CHANGE)
    assert (unit["verdict"], unit["assumptions"]) == ("proved", [])
    assert len(unit["results"]) == 1


def test_a_stale_step_is_an_atomicity_violation(everyway: Everyway, tmp_path: Path) -> None:
    look = "steps = iter(shared)\nvalue = next(steps)\nshared[0] = value + 1"
    unit = unit_of(everyway, tmp_path, SHARED, look, "shared[0] += 5")
    assert [failure["kind"] for failure in unit["failures"]] == ["atomicity-violation"]

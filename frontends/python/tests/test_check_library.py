"""The library's own classes under exploration: nothing that can happen is missing, nothing is invented.

What the plain interpreter does is among the results, and announcing an object as a whole gives the
results that the library's own code gives on modelled locks.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import HANGS_AFTER, Everyway, has_package, values_of
from library_programs import PROGRAMS

EXECUTIONS = 2_000
RUNS = 20

# Programs that the library's own code, of some version, makes too many schedules of.
NOT_EXHAUSTED_BY_REAL_CODE = {
    "pool_as_completed",
    "pool_as_completed_in_time_or_not",
    "pool_initializer",
    "pool_result_in_time_or_not",
    "pool_wait_for_an_exception",
    "pool_wait_for_the_first",
}

# Programs whose branches depend on what they read from the clock.
READ_THE_CLOCK = {"pool_as_completed_in_time_or_not"}

# Programs whose results depend on how long code takes, which the plain interpreter shows seldom or never.
RESULTS = {
    "barrier_action_takes_a_lock": 8,
    "excepthook_takes_a_lock": 2,
    "future_callbacks_of_two_tasks": 2,
    "future_cancelled_or_begun": 2,
    "future_given_by_hand": 4,
    "log_of_two_threads": 2,
    "names_drawn_by_two_tasks": 2,
    "pool_callback": 2,
    "pool_callback_takes_a_lock": 2,
    "pool_one_worker_or_two": 2,
    "pool_result_in_time_or_not": 2,
    "pool_results_in_order": 1,
    "pool_task_cancelled_or_not": 2,
    "queue_by_the_programs_own_order": 2,
    "queue_looked_into_without_its_lock": 6,
    "queue_producer_consumer": 1,
    "queue_subclass_that_waits_in_put": 2,
    "sched_fed_by_another_thread": 2,
    "timer_cancelled_or_not": 2,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all programs."""
    made = tmp_path_factory.mktemp("library")
    for name, source in PROGRAMS.items():
        (made / f"{name}.py").write_text(source, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def units(everyway: Everyway, folder: Path) -> dict[str, dict[str, Any]]:
    """The checked programs by name."""
    found = everyway.units(*(f"{name}.py" for name in PROGRAMS), "--executions", EXECUTIONS, cwd=folder)
    return {path.removesuffix(".py"): unit for path, unit in found.items()}


def told_by(script: str, count: int, folder: Path) -> dict[str, Any]:
    """What a script of this folder tells of each program, in lines of JSON."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name(script)), str(count), *(f"{name}.py" for name in PROGRAMS)],
        cwd=folder,
        env=os.environ | {"PYTHONHASHSEED": "0"},
        capture_output=True,
        encoding="utf-8",
        timeout=HANGS_AFTER,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(PROGRAMS, map(json.loads, done.stdout.splitlines()), strict=True))


@pytest.fixture(scope="module")
def native(folder: Path) -> dict[str, Any]:
    """What native runs gave."""
    if not hasattr(os, "fork"):
        pytest.skip("the native runs are forked")
    return told_by("native_results.py", RUNS, folder)


@pytest.fixture(scope="module")
def both_ways(folder: Path, everyway: Everyway) -> dict[str, Any]:
    """What an exploration of either kind gave."""
    if not has_package():
        pytest.skip("this interpreter has no everyway")
    return told_by("explore_both_ways.py", EXECUTIONS, folder)


@pytest.mark.parametrize("name", PROGRAMS)
def test_all_schedules_are_visited_and_none_does_something_unseen(units: dict[str, Any], name: str) -> None:
    unit = units[name]
    assert unit["explored"]["exhaustive"], unit["message"]
    if name in READ_THE_CLOCK:
        assert unit["verdict"] == "passed"
        return
    assert not [note for note in unit["notes"] if note["kind"] == "self-check"]
    assert {each["kind"] for each in unit["assumptions"]} <= {"clock-reading"}


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_the_plain_interpreter_does_is_among_the_results(
    units: dict[str, Any], native: dict[str, Any], name: str
) -> None:
    listed = [result["value"] for result in units[name]["results"]]
    assert native[name]["results"]
    for result in native[name]["results"]:
        assert result in listed


@pytest.mark.parametrize("name", RESULTS)
def test_what_happens_in_callbacks_and_subclasses_is_seen(units: dict[str, Any], name: str) -> None:
    assert len(units[name]["results"]) == RESULTS[name]


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_call_announced_as_a_whole_gives_what_the_librarys_own_code_gives(
    both_ways: dict[str, Any], name: str
) -> None:
    whole, real = both_ways[name]["whole"], both_ways[name]["real"]
    assert whole["exhaustive"]
    if not real["exhaustive"]:
        assert name in NOT_EXHAUSTED_BY_REAL_CODE
        assert set(real["results"]) <= set(whole["results"])
        return
    assert name in READ_THE_CLOCK or (not whole["self_check"] and not real["self_check"])
    assert (whole["results"], whole["failures"]) == (real["results"], real["failures"])
    assert whole["classes"] <= real["classes"]


def test_calls_announced_as_a_whole_make_fewer_classes(both_ways: dict[str, Any]) -> None:
    comparable = [ways for ways in both_ways.values() if ways["real"]["exhaustive"]]
    whole = sum(ways["whole"]["classes"] for ways in comparable)
    assert 2 * whole < sum(ways["real"]["classes"] for ways in comparable)


def test_who_looks_inside_gets_the_real_object(units: dict[str, Any]) -> None:
    assert [0, 0] not in values_of(units["queue_looked_into"], "seen")
    assert sorted(values_of(units["queue_emptied_from_inside"], "left")) == [0, 1]

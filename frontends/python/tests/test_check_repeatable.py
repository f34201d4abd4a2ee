"""A report is the same each time, and its schedules lead to what it says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import PROGRAMS, WORKSPACE, Everyway, path_of

WELL = [
    "atomicity/appends_under_lock",
    "atomicity/getter_and_setter_each_locked",
    "conditions/while_around_wait",
    "queue/two_consumers_two_sentinels",
    "semaphore/try_acquire_lets_one_in",
    "threads/four_sections_any_order",
]
FAILING = [
    "atomicity/any_slot_free",
    "atomicity/class_attribute_counter",
    "atomicity/toggle_global",
    "conditions/notify_wakes_wrong_waiter",
    "deadlock/join_under_lock",
    "deadlock/ring_of_three",
    "deadlock/two_locks_opposite_order",
    "exception/key_read_before_written",
    "exception/set_changes_while_iterated",
    "livelock/both_flags_raised",
    "queue/join_without_task_done",
    "semaphore/permit_lost_on_early_return",
]
NAMES = [*WELL, *FAILING]
LIMIT = ("--executions", 500)
SECONDS = re.compile(r'"seconds": [\d.e-]+')


def report_of(everyway: Everyway, names: list[str], *options: object) -> str:
    """The text of a report, but for the seconds."""
    ended = everyway.run("check", *map(path_of, names), *LIMIT, *options, "--format", "json")
    return SECONDS.sub('"seconds": 0', ended.out)


@pytest.fixture(scope="module")
def told(everyway: Everyway) -> str:
    """The report of all of them."""
    return report_of(everyway, NAMES)


@pytest.fixture(scope="module")
def units(told: str) -> dict[str, Any]:
    """Its units by the names of the programs."""
    by_id = {unit["id"]: unit for unit in json.loads(told)["units"]}
    return {name: by_id[path_of(name)] for name in NAMES}


@pytest.fixture(scope="module")
def report_file(told: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its file."""
    path = tmp_path_factory.mktemp("report") / "report.json"
    path.write_text(told, encoding="utf-8")
    return path


def test_a_report_is_the_same_byte_for_byte(everyway: Everyway, told: str) -> None:
    assert report_of(everyway, NAMES) == told


@pytest.mark.parametrize("strategy", ["exhaustive", "walk"])
def test_a_limited_exploration_is_the_same_byte_for_byte(everyway: Everyway, strategy: str) -> None:
    options = ("--executions", 20, "--strategy", strategy, "--seed", 7)
    names = ["atomicity/two_workers_drain_queue", "threads/four_sections_any_order", "conditions/turns_by_condition"]
    first, second = (everyway.run("check", *map(path_of, names), *options, "--format", "json").out for _ in range(2))
    assert first and SECONDS.sub("", first) == SECONDS.sub("", second)


def test_a_unit_is_the_same_whatever_was_checked_before_it(everyway: Everyway, units: dict[str, Any]) -> None:
    told = report_of(everyway, list(reversed(NAMES)))
    for unit in json.loads(told)["units"]:
        assert unit == next(each for each in units.values() if each["id"] == unit["id"])


def test_a_program_has_the_same_findings_in_another_folder(
    everyway: Everyway, units: dict[str, Any], tmp_path: Path
) -> None:
    for name in ("atomicity/toggle_global", "deadlock/ring_of_three"):
        source = (PROGRAMS / name / "python.py").read_text(encoding="utf-8")
        unit = everyway.unit_of(source, tmp_path, *LIMIT, name="elsewhere.py")
        assert [each["schedule"] for each in unit["failures"]] == [each["schedule"] for each in units[name]["failures"]]
        assert unit["results"] == units[name]["results"]


def outcome_of(failure: dict[str, Any]) -> str:
    """What a replay of the failure must say."""
    if failure["kind"] == "atomicity-violation":  # what other schedules give, one execution can't tell
        return "the program ended"
    if failure["kind"] == "exception":  # how many schedules have it, one execution can't tell
        return failure["message"].split("`")[1]
    return failure["message"]


@pytest.mark.parametrize("name", FAILING)
def test_a_failure_of_a_report_replays_to_itself(
    everyway: Everyway, units: dict[str, Any], report_file: Path, name: str
) -> None:
    assert units[name]["failures"]
    for number, failure in enumerate(units[name]["failures"]):
        replayed = everyway.run("replay", f"{report_file}#{path_of(name)}/failures/{number}")
        assert outcome_of(failure) in replayed.said
        assert replayed.status == 1 or failure["kind"] == "atomicity-violation"


@pytest.mark.parametrize("name", FAILING)
def test_a_schedule_of_a_failure_can_be_followed_to_its_end(
    everyway: Everyway, units: dict[str, Any], name: str
) -> None:
    for failure in units[name]["failures"]:
        replayed = everyway.run("replay", path_of(name), "--schedule", failure["schedule"])
        assert "parted" not in replayed.said
        assert replayed.status != 2


@pytest.mark.parametrize("name", FAILING)
def test_a_file_and_its_token_replay_as_the_report_does(
    everyway: Everyway, units: dict[str, Any], report_file: Path, name: str
) -> None:
    by_token = everyway.run("replay", path_of(name), "--schedule", units[name]["failures"][0]["schedule"])
    by_report = everyway.run("replay", f"{report_file}#{path_of(name)}/failures/0")
    assert by_token == by_report


@pytest.mark.parametrize("name", NAMES)
def test_a_result_of_a_report_replays_to_the_same_values(
    everyway: Everyway, units: dict[str, Any], report_file: Path, name: str
) -> None:
    for number, result in enumerate(units[name]["results"]):
        replayed = everyway.run("replay", f"{report_file}#{path_of(name)}/results/{number}")
        shown = replayed.said[replayed.said.index("{", replayed.said.index("the program ended")) :]
        # The terminal may break a line within a text.
        expected = json.dumps(result["value"]["globals"], ensure_ascii=False)
        assert re.sub(r"\s", "", expected) in re.sub(r"\s", "", shown)


def refused(everyway: Everyway, target: object, token: str) -> str:
    """What is said about a token that must be refused."""
    replayed = everyway.run("replay", target, "--schedule", token)
    assert replayed.status == 2
    assert "Traceback" not in replayed.said
    return replayed.said


@pytest.mark.parametrize("change", ["", "import time\n"])
def test_the_token_of_a_changed_program_is_refused(
    everyway: Everyway, units: dict[str, Any], tmp_path: Path, change: str
) -> None:
    name = "deadlock/two_locks_opposite_order"
    changed = tmp_path / "changed.py"
    source = (WORKSPACE / path_of(name)).read_text(encoding="utf-8")
    changed.write_text(change + source + "unknown = 1\n", encoding="utf-8")
    said = refused(everyway, changed, units[name]["failures"][0]["schedule"])
    assert "belongs to another program, or to this one before it was changed" in said


def test_the_token_of_another_program_is_refused(everyway: Everyway, units: dict[str, Any]) -> None:
    token = units["deadlock/ring_of_three"]["failures"][0]["schedule"]
    assert "belongs to another program" in refused(everyway, path_of("deadlock/join_under_lock"), token)


def test_each_damage_to_a_token_is_refused(everyway: Everyway, units: dict[str, Any]) -> None:
    name = "deadlock/two_locks_opposite_order"
    token = units[name]["failures"][0]["schedule"]
    middle = len(token) // 2
    other = "B" if token[middle] != "B" else "C"
    for damaged in (token[:-1], token[: len(token) // 2], token + "A", token[:middle] + other + token[middle + 1 :]):
        said = refused(everyway, path_of(name), damaged)
        assert "schedule token" in said


@pytest.mark.parametrize("token", ["nonsense", "ew1:", "ew1:!!!!", "ew9:AAAA", "EW1:AAAA", "ew1:ü"])
def test_what_is_no_token_is_refused(everyway: Everyway, token: str) -> None:
    assert "token" in refused(everyway, path_of("deadlock/two_locks_opposite_order"), token)


@pytest.mark.parametrize("place", ["failures/99", "results/99", "failures/x", "nothing/0", ""])
def test_a_place_that_a_report_does_not_have_is_refused(everyway: Everyway, report_file: Path, place: str) -> None:
    replayed = everyway.run("replay", f"{report_file}#{path_of(FAILING[0])}/{place}")
    assert replayed.status == 2
    assert replayed.said.startswith("error: ")

"""The guide of `../shared` gets the verdicts that were agreed on, and so does a copy in other words."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import WORKSPACE, Everyway, kinds_of, values_of
from renamed_guide import Copy, copy_of

GUIDE = WORKSPACE.parent / "shared/guide/concurrency.md"

WELL = {"proved", "passed"}
VERDICTS = {
    47: {"proved"},
    73: WELL,
    96: {"passed"},
    138: {"proved"},
    158: WELL,
    193: WELL,
    238: {"proved"},
    264: {"proved"},
    292: {"proved"},
    310: {"proved"},
    337: WELL | {"definitions"},
    567: {"failed"},
    588: {"failed"},
    631: WELL | {"definitions"},
    664: WELL | {"definitions"},
    690: {"error"},
    745: WELL,
}
TIME = ("--time", "3s")


@pytest.fixture(scope="module")
def guide() -> Path:
    """The guide, or a skip."""
    if not GUIDE.is_file():
        if os.environ.get("EVERYWAY_REQUIRE_SHARED"):
            pytest.fail(f"{GUIDE} is not there, and EVERYWAY_REQUIRE_SHARED is set")
        pytest.skip(f"{GUIDE} is not there")
    return GUIDE


def by_line(report: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """The Python units of a report by the lines of their fences."""
    return {unit["line"]: unit for unit in report["units"] if unit["language"] == "python"}


@pytest.fixture(scope="module")
def units(everyway: Everyway, guide: Path) -> dict[int, dict[str, Any]]:
    """The guide's units."""
    return by_line(everyway.report(guide, *TIME))


def test_every_python_block_is_a_unit(units: dict[int, dict[str, Any]]) -> None:
    assert sorted(units) == sorted(VERDICTS)


@pytest.mark.parametrize("line", VERDICTS)
def test_a_block_gets_the_agreed_verdict(units: dict[int, dict[str, Any]], line: int) -> None:
    assert units[line]["verdict"] in VERDICTS[line]


def test_processes_and_their_pool_give_what_they_must(units: dict[int, dict[str, Any]]) -> None:
    results = units[745]["results"]
    assert results
    for result in results:
        printed = "\n".join(result["value"]["stdout"]).splitlines()
        assert "Final: 4000" in printed
        assert str([number**2 for number in range(10)]) in printed


@pytest.mark.parametrize("line", [47, 138, 264, 292, 310])
def test_a_proof_has_one_result(units: dict[int, dict[str, Any]], line: int) -> None:
    assert len(units[line]["results"]) == 1
    assert units[line]["results_complete"]


def test_the_threads_print_in_every_legal_order(units: dict[int, dict[str, Any]]) -> None:
    assert units[47]["output_orders"] == {"count": 90, "exhaustive": True}


def test_an_exact_clock_leaves_fewer_orders(everyway: Everyway, guide: Path) -> None:
    unit = by_line(everyway.report(f"{guide}:47", "--clock", "exact", "--executions", 5000))[47]
    assert unit["verdict"] == "proved"
    assert unit["output_orders"] == {"count": 12, "exhaustive": True}


def test_a_pool_gives_its_results_in_order_in_every_schedule(units: dict[int, dict[str, Any]]) -> None:
    (result,) = units[73]["results"]
    (printed,) = result["value"]["stdout"]
    assert printed.splitlines() == [f"Data from url{nth}" for nth in (1, 2, 3)]


def test_all_schedules_of_a_pool_are_visited(everyway: Everyway, guide: Path) -> None:
    unit = by_line(everyway.report(f"{guide}:73", "--executions", 10_000))[73]
    assert len(unit["results"]) == 1
    if sys.version_info >= (3, 12):
        # Threads of these versions look at more of each other: 20,000 executions are not enough.
        assert unit["verdict"] in WELL
    else:
        assert unit["verdict"] == "proved"
        assert unit["explored"]["classes"] <= 5_000


def test_the_locked_account_ends_at_zero_and_the_report_says_what_was_not_seen(
    units: dict[int, dict[str, Any]],
) -> None:
    unit = units[96]
    assert "not all schedules" in unit["message"]
    assert not unit["explored"]["exhaustive"]
    assert unit["results"]
    assert all("Final balance: 0\n" in result["value"]["stdout"] for result in unit["results"])


def test_a_standalone_block_lacks_the_import_and_hangs(everyway: Everyway, guide: Path) -> None:
    unit = by_line(everyway.report(f"{guide}:238", "--standalone", "--executions", 5000))[238]
    assert (unit["verdict"], kinds_of(unit)) == ("failed", {"hang"})
    (failure,) = unit["failures"]
    waits = {wait["task"]: (wait["for"], wait["line"]) for wait in failure["waits"]}
    assert waits["waiter"] == ("event", 246)
    assert set(waits) == {"waiter", "main"}  # which waits for the other at its end


def test_only_scenarios_with_the_unlocked_function_lose_an_update(units: dict[int, dict[str, Any]]) -> None:
    unit = units[567]
    assert kinds_of(unit) == {"atomicity-violation"}
    scenarios = {failure["scenario"] for failure in unit["failures"]}
    assert "increment() ∥ increment()" in scenarios
    assert "safe_increment() ∥ safe_increment()" not in scenarios
    assert all("safe_increment() ∥ safe_increment()" not in failure["also_in"] for failure in unit["failures"])


def test_a_lost_update_names_function_and_values_and_what_was_not_checked(units: dict[int, dict[str, Any]]) -> None:
    for failure in units[567]["failures"]:
        assert "`counter`" in failure["message"]
        assert "every serial order gives 200000" in failure["message"]
        last = failure["message"].rstrip(".").split(". ")[-1]
        assert re.fullmatch(r"Whether CPython [\d.]+\w* can switch there was not checked", last)
    assert min(values_of(units[567], "counter")) < 200_000


def test_the_two_opposite_functions_deadlock_in_a_closed_circle(units: dict[int, dict[str, Any]]) -> None:
    unit = units[588]
    assert kinds_of(unit) == {"deadlock"}
    (failure,) = (each for each in unit["failures"] if each["scenario"] == "thread1() ∥ thread2()")
    circle = [(wait["task"], wait["for"], wait["held_by"], wait["line"]) for wait in failure["waits"]]
    assert sorted(circle) == [("thread1", "lock_b", "thread2", 596), ("thread2", "lock_a", "thread1", 602)]
    held_since = {wait["for"]: wait["held_since_line"] for wait in failure["waits"]}
    assert held_since == {"lock_a": 594, "lock_b": 600}


def test_the_mended_functions_do_not_deadlock_among_themselves(units: dict[int, dict[str, Any]]) -> None:
    mended = {"safe_thread1()", "safe_thread2()", "trylock_thread()"}
    for failure in units[588]["failures"]:
        for scenario in [failure["scenario"], *failure["also_in"]]:
            assert not set(scenario.split(" ∥ ")) <= mended, failure["message"]


def test_no_block_of_the_guide_does_something_unseen(units: dict[int, dict[str, Any]]) -> None:
    unseen = [(line, note) for line, unit in units.items() for note in unit["notes"] if note["kind"] == "self-check"]
    assert not unseen


def test_the_fragment_names_what_is_missing_with_its_line(units: dict[int, dict[str, Any]]) -> None:
    message = units[690]["message"]
    assert "`NameError: name 'item' is not defined`" in message
    assert f"{GUIDE}:697" in message


# --- the copy -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def copied(guide: Path) -> Copy:
    """The guide in other words."""
    return copy_of(guide.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def copied_units(everyway: Everyway, copied: Copy, tmp_path_factory: pytest.TempPathFactory) -> dict[int, Any]:
    """The copy's units, by the lines of the original."""
    path = tmp_path_factory.mktemp("copy") / "notes.md"
    path.write_text(copied.text, encoding="utf-8")
    found = by_line(everyway.report(path.name, *TIME, cwd=path.parent))
    return {line: found[new_line] for line, new_line in copied.lines.items()}


def in_copy(text: str, copied: Copy) -> str:
    """A text of the original as it is in the copy."""
    return re.sub(r"\w+", lambda word: copied.names.get(word[0], word[0]), text)


def test_the_copy_has_no_name_of_the_original(copied: Copy) -> None:
    assert len(copied.names) > 40
    assert {"increment", "thread1", "lock_a", "counter", "item"} <= set(copied.names)
    assert "increment()" not in copied.text


def test_the_copy_gets_the_same_verdicts(units: dict[int, Any], copied_units: dict[int, Any]) -> None:
    def agreed(found: dict[int, Any]) -> dict[int, Any]:
        # Where time decides how far it goes, either verdict is right.
        return {line: VERDICTS[line] if unit["verdict"] in VERDICTS[line] else unit for line, unit in found.items()}

    assert agreed(copied_units) == agreed(units)


def test_the_copy_has_the_same_failures_in_the_same_scenarios(
    units: dict[int, Any], copied_units: dict[int, Any], copied: Copy
) -> None:
    def failures(unit: Any) -> list[tuple[str, str]]:
        return sorted((failure["kind"], failure["scenario"]) for failure in unit["failures"])

    for line, unit in units.items():
        expected = sorted((kind, in_copy(scenario, copied)) for kind, scenario in failures(unit))
        assert failures(copied_units[line]) == expected


def test_the_copy_has_the_same_circle(units: dict[int, Any], copied_units: dict[int, Any], copied: Copy) -> None:
    def circle(unit: Any) -> list[tuple[str, str, str]]:
        return [(wait["task"], wait["for"], wait["held_by"]) for each in unit["failures"] for wait in each["waits"]]

    expected = [tuple(in_copy(word, copied) for word in wait) for wait in circle(units[588])]
    assert circle(copied_units[588]) == expected


def test_the_copy_names_the_missing_name(copied_units: dict[int, Any]) -> None:
    assert "name 'parcel' is not defined" in copied_units[690]["message"]


def test_product_code_knows_no_name_of_the_guide(guide: Path, copied: Copy) -> None:
    names = (name for name in copied.names if len(name) > 1)
    telling = {name for name in names if "_" in name or name != name.lower() or name[-1].isdigit()}
    folders = ["cli/src", "engine/src", "protocol/src", "report/src", "targets/src"]
    folders += ["frontends/python/src", "frontends/python/everyway"]
    for folder in folders:
        for path in (WORKSPACE / folder).rglob("*"):
            if path.suffix in (".rs", ".py"):
                words = set(re.findall(r"\w+", path.read_text(encoding="utf-8")))
                assert not words & telling, path

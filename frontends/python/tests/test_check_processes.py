"""Programs with processes get the verdict that they deserve, and what they do natively is among their results.

The programs are in `process_programs/`; the first line of each says its verdict and, if it fails, the kind
of failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import HANGS_AFTER, Everyway, kinds_of, values_of

PROGRAMS = Path(__file__).with_name("process_programs")
NAMES = sorted(path.stem for path in PROGRAMS.glob("*.py"))
NATIVE_RUNS = 1
EXECUTIONS = 600


def expected(name: str) -> list[str]:
    """The verdict, and for a failure its kind."""
    first = (PROGRAMS / f"{name}.py").read_text(encoding="utf-8").partition("\n")[0]
    return first.removeprefix("# expect: ").split()


@pytest.fixture(scope="module")
def units(everyway: Everyway) -> dict[str, dict[str, Any]]:
    """The checked programs by name."""
    found = everyway.units(*(f"{name}.py" for name in NAMES), "--executions", EXECUTIONS, cwd=PROGRAMS)
    return {unit_id.removesuffix(".py"): unit for unit_id, unit in found.items()}


def test_there_are_many_programs() -> None:
    assert len(NAMES) >= 60


@pytest.mark.parametrize("name", NAMES)
def test_a_program_with_processes_gets_its_verdict(units: dict[str, dict[str, Any]], name: str) -> None:
    unit, (verdict, *kinds) = units[name], expected(name)
    assert unit["verdict"] == verdict, (unit["message"], unit["failures"])
    assert set(kinds) <= kinds_of(unit)
    assert not [note for note in unit["notes"] if note["kind"] == "self-check"]


def letters(texts: list[str]) -> list[str]:
    """What was printed, whatever the order: a real system may tear the lines of two processes."""
    return sorted("".join("".join(texts).split()))


@pytest.mark.parametrize("name", [name for name in NAMES if not {"hang", "deadlock"} & set(expected(name))])
def test_what_processes_do_natively_is_among_the_results(units: dict[str, dict[str, Any]], name: str) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("the programs are explored as they run on Linux")
    listed = [letters(result["value"]["stdout"]) for result in units[name]["results"]]
    for _ in range(NATIVE_RUNS):
        done = subprocess.run(
            [sys.executable, f"{name}.py"],
            cwd=PROGRAMS,
            env=os.environ | {"PYTHONHASHSEED": "0"},
            capture_output=True,
            encoding="utf-8",
            timeout=HANGS_AFTER,
            check=False,
        )
        assert letters([done.stdout]) in listed


def test_a_signal_comes_before_or_after_each_step(units: dict[str, dict[str, Any]]) -> None:
    printed = {tuple(result["value"]["stdout"]) for result in units["killed_before_or_after"]["results"]}
    assert printed == {("0 -9\n",), ("1 -9\n",), ("2 -9\n",), ("2 0\n",)}


def test_both_orders_of_two_producers_are_found(units: dict[str, dict[str, Any]]) -> None:
    printed = {"".join(result["value"]["stdout"]) for result in units["queue_of_two_producers"]["results"]}
    assert printed == {"['a', 'b']\n", "['b', 'a']\n"}


def test_an_item_changed_after_put_may_be_sent_either_way(units: dict[str, dict[str, Any]]) -> None:
    printed = {"".join(result["value"]["stdout"]) for result in units["queue_pickles_later"]["results"]}
    assert printed == {"[1]\n", "[1, 2]\n"}


def test_calls_of_a_pool_are_units_of_output(everyway: Everyway, tmp_path: Path) -> None:
    source = """\
from multiprocessing import Pool


def tell(name):
    print("hello", name)


if __name__ == "__main__":
    with Pool(2) as pool:
        pool.map(tell, ["ann", "bob", "cy"])
"""
    unit = everyway.unit_of(source, tmp_path)
    assert unit["verdict"] == "proved"
    (result,) = unit["results"]
    assert result["value"]["stdout"] == ["hello ann\n", "hello bob\n", "hello cy\n"]


REFUSED = {
    "fork beside a thread": """\
import threading
from multiprocessing import Process

thread = threading.Thread(target=lambda: threading.Event().wait(), daemon=True)
thread.start()
Process(target=print).start()
""",
    "ShareableList": """\
from multiprocessing import shared_memory

shared_memory.ShareableList([1])
""",
    "Listener": """\
from multiprocessing.connection import Listener

Listener()
""",
}


@pytest.mark.parametrize("what", sorted(REFUSED))
def test_what_is_not_modelled_is_refused_by_name_and_line(everyway: Everyway, tmp_path: Path, what: str) -> None:
    unit = everyway.unit_of(REFUSED[what], tmp_path)
    line = next(
        number
        for number, text in enumerate(REFUSED[what].splitlines(), 1)
        if text.startswith(("Process", "shared_memory.", "Listener("))
    )
    assert unit["verdict"] == "unsupported"
    assert f"program.py:{line}" in unit["message"]


def test_repeated_checks_of_processes_are_equal(everyway: Everyway) -> None:
    names = ["value_loses_an_update.py", "killed_before_or_after.py", "pool_maps.py", "manager_gives_copies.py"]
    first, second = (everyway.units(*names, "--executions", 200, cwd=PROGRAMS) for _ in range(2))
    for units in (first, second):
        for unit in units.values():
            unit["explored"]["seconds"] = 0
    assert first == second


def test_memory_of_processes_is_their_own(units: dict[str, dict[str, Any]]) -> None:
    assert values_of(units["globals_are_not_shared"], "count") == [0]

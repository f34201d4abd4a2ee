"""CPython's own test cases tell under exploration what they tell in a plain run; the rest is listed with why.

The cases of `threading` and `concurrent.futures` take minutes: `cpython_cases.py` runs those.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from conftest import Everyway
from cpython_cases import TESTS, Compared, compare, table

EXECUTIONS = 10
MODULES = ("test_queue", "test_sched", "test_thread", "test_threading_local")

# So many of each module are run on every version, at least.
FEWEST = {"test_queue": 20, "test_sched": 8, "test_thread": 15, "test_threading_local": 16}

# Versions whose cases that aren't equal were all looked into.
LOOKED_INTO = {(3, 11)}

FINALIZERS = "what threads share lives until the execution ends"
NOT_EQUAL = {
    "test_threading_local.PyThreadingLocalTest.test_local_refs": FINALIZERS,
    "test_threading_local.PyThreadingLocalTest.test_cycle_collection": FINALIZERS,
    "test_threading_local.ThreadLocalTest.test_local_refs": FINALIZERS,
    "test_threading_local.ThreadLocalTest.test_cycle_collection": FINALIZERS,
    "test_thread.LockTests.test_weakref_deleted": FINALIZERS,
    "test_thread.TestForkInThread.test_forkinthread": "needs a process of its own",
    "test_thread.TestForkInThread.test_forkinthread_with_thread": "needs a process of its own",
    "test_thread.ThreadRunningTests.test_unraisable_exception": "an exception of a raw thread is reported as such",
}


@pytest.fixture(scope="module")
def compared(everyway: Everyway, tmp_path_factory: pytest.TempPathFactory) -> list[Compared]:
    """All cases, run both ways."""
    if not (TESTS / "test_queue.py").is_file() or not hasattr(os, "fork"):
        pytest.skip("this interpreter comes without its tests")
    found: list[Compared] = []
    for module in MODULES:
        folder: Path = tmp_path_factory.mktemp(module)
        found += compare(folder, str(everyway.command), EXECUTIONS, module)
    print(table(found))
    return found


@pytest.mark.parametrize("module", MODULES)
def test_most_cases_of_a_module_are_run(compared: list[Compared], module: str) -> None:
    assert sum(each.name.startswith(f"{module}.") for each in compared) >= FEWEST[module]


def test_each_case_tells_what_it_tells_plainly(compared: list[Compared]) -> None:
    others = {each.name: each.why for each in compared if not each.is_equal}
    unknown = {name: why for name, why in others.items() if name not in NOT_EQUAL}
    if sys.version_info[:2] in LOOKED_INTO:
        assert not unknown
    assert len(unknown) * 10 <= len(compared), unknown

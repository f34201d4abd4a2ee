"""CPython's own tests of `asyncio` end in an execution as they end under plain Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import pytest
from conftest import HANGS_AFTER, has_package

HARNESS = Path(__file__).with_name("asyncio_on_core.py")
# Those that need neither an operating system nor the parts in C and whose every test was looked into. The
# harness takes others too: `python asyncio_on_core.py plain test_tasks`.
MODULES = ("test_locks", "test_queues", "test_timeouts", "test_threads", "test_context")
# The versions of which that was done.
LOOKED_INTO = {(3, 11)}
# Tests of what an execution doesn't have, by the end of their names, and why.
_CLOCK = "a loop of the test's own looks at the clock again and again until time has passed"
LEFT_OUT = {
    "LockTests.test_context_manager_async_with": _CLOCK,
    "LockTests.test_context_manager_with_await": _CLOCK,
}


def ended(*words: str, names: Iterable[str] = ()) -> dict[str, str]:
    """How each test ended."""
    done = subprocess.run(
        [sys.executable, str(HARNESS), *words],
        input=json.dumps(list(names)),
        env=os.environ | {"PYTHONHASHSEED": "0"},
        capture_output=True,
        encoding="utf-8",
        timeout=HANGS_AFTER,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("module", MODULES)
def test_a_test_ends_as_it_really_does(module: str) -> None:
    if not has_package():
        pytest.skip("this interpreter has no everyway: run `cargo xtask setup` and take .venv/bin/python")
    if sys.version_info[:2] not in LOOKED_INTO:
        pytest.skip("the tests of this version were not looked into")
    if find_spec("test.test_asyncio") is None or find_spec(f"test.test_asyncio.{module}") is None:
        pytest.skip(f"this Python has no {module}")
    really = {name: how for name, how in ended("plain", module).items() if not name.endswith(tuple(LEFT_OUT))}
    here = ended("core", names=really)
    # What is about the parts in C is skipped where there are none.
    assert {name: here[name] for name in really if here[name] not in (really[name], "skipped")} == {}

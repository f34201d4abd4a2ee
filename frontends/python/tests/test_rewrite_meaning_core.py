"""Each form of the language keeps its meaning on the real core too, as a unit, in both modes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest
from conftest import HANGS_AFTER, has_package
from meaning_programs import PROGRAMS

HARNESS = Path(__file__).with_name("meaning_on_core.py")

# What a program under check can't use yet, so that there is no meaning to keep.
UNSUPPORTED: dict[str, str] = {}


@pytest.fixture(scope="module")
def on_core() -> dict[str, dict[str, list[str]]]:
    """What the programs leave on the core, by name and mode; run in a process of their own."""
    if not has_package():
        pytest.skip("this interpreter has no everyway: run `cargo xtask setup` and take .venv/bin/python")
    done = subprocess.run(
        [sys.executable, str(HARNESS)],
        env=os.environ | {"PYTHONHASHSEED": "0"},
        capture_output=True,
        encoding="utf-8",
        timeout=HANGS_AFTER,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def plain(source: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the program leaves as it is."""
    main = types.ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", main)
    names: dict[str, Any] = main.__dict__
    names["__file__"] = "program.py"
    exec(compile(source, "program.py", "exec", dont_inherit=True), names)
    return repr(names["result"])


@pytest.mark.parametrize("mode", ["accesses", "facts"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_means_the_same_on_the_core(
    on_core: dict[str, dict[str, list[str]]], monkeypatch: pytest.MonkeyPatch, name: str, mode: str
) -> None:
    if name in UNSUPPORTED:
        assert on_core[name] == {"unsupported": [UNSUPPORTED[name]]}
        return
    assert on_core[name].get(mode) == [plain(PROGRAMS[name], monkeypatch)], on_core[name]

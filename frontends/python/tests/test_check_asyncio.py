"""What plain CPython makes of an asyncio program is among the results that its exploration lists."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from asyncio_programs import SEVERAL, SINGLE, is_for_this_version
from conftest import HANGS_AFTER, Everyway

RUNS = 2
EXECUTIONS = 2_000
# No program may have the name of a module that it, or the library, imports.
PREFIX = "program_"
PROGRAMS = {name: text for name, text in (SINGLE | SEVERAL).items() if is_for_this_version(name)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the programs."""
    folder = tmp_path_factory.mktemp("programs")
    for name, text in PROGRAMS.items():
        (folder / f"{PREFIX}{name}.py").write_text("import asyncio\n" + textwrap.dedent(text), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def units(everyway: Everyway, folder: Path) -> dict[str, dict[str, Any]]:
    """The units of the programs."""
    paths = [f"{PREFIX}{name}.py" for name in PROGRAMS]
    units = everyway.units(*paths, "--executions", EXECUTIONS, cwd=folder)
    return {name: units[f"{PREFIX}{name}.py"] for name in PROGRAMS}


def printed(folder: Path, name: str) -> str:
    """What the plain interpreter prints."""
    done = subprocess.run(
        [sys.executable, str(folder / f"{PREFIX}{name}.py")],
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        encoding="utf-8",
        timeout=HANGS_AFTER,
        check=False,
    )
    return done.stdout


def test_there_are_many() -> None:
    assert len(SINGLE) + len(SEVERAL) >= 80


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_is_printed_natively_is_among_the_results(
    units: dict[str, dict[str, Any]], folder: Path, name: str
) -> None:
    unit = units[name]
    assert unit["results_complete"], unit["message"]
    listed = {"".join(result["value"]["stdout"]) for result in unit["results"]}
    assert {printed(folder, name) for _ in range(RUNS)} <= listed


@pytest.mark.parametrize("name", [name for name in PROGRAMS if name in SINGLE])
def test_a_program_with_one_result_is_proved(units: dict[str, dict[str, Any]], name: str) -> None:
    unit = units[name]
    assert unit["verdict"] == "proved", (unit["message"], unit["failures"], unit["assumptions"])
    assert len(unit["results"]) == 1

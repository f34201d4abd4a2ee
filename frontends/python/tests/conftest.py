"""The command `everyway` as the tests use it: the built one, with the interpreter that runs the tests.

What needs it is skipped where it isn't built or where this interpreter has no everyway. Where
`EVERYWAY_COMMAND` names it, as `cargo xtask test` does, nothing is skipped.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

WORKSPACE = Path(__file__).parents[3]
PROGRAMS = WORKSPACE / "programs"

# Ends a test that would never end; no test depends on how long anything takes.
HANGS_AFTER = 300

# Every program of the corpus that can be exhausted is within this.
EXECUTIONS = 1_000
FEWER_EXECUTIONS = {"atomicity/two_workers_thousand_items": 20, "livelock/too_polite": 100}


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """All that it wrote, on one line: the terminal's line breaks mean nothing."""
        return " ".join((self.out + " " + self.err).split())


@dataclass(frozen=True)
class Everyway:
    """The command, and the interpreter that it runs programs with."""

    command: Path

    def run(self, *arguments: object, cwd: Path = WORKSPACE, **environment: str) -> Ended:
        """Run the command."""
        words = [str(self.command), *map(str, arguments)]
        if "--python" not in words:
            at = words.index("--") if "--" in words else len(words)
            words[at:at] = ["--python", sys.executable]
        kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "NO_COLOR")}
        done = subprocess.run(
            words,
            cwd=cwd,
            env=kept | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=HANGS_AFTER,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def report(self, *arguments: object, cwd: Path = WORKSPACE) -> dict[str, Any]:
        """Check targets and give the report."""
        ended = self.run("check", *arguments, "--format", "json", cwd=cwd)
        assert ended.out, ended.err
        return json.loads(ended.out)

    def units(self, *arguments: object, cwd: Path = WORKSPACE) -> dict[str, dict[str, Any]]:
        """Check targets and give the report's units by their ids."""
        return {unit["id"]: unit for unit in self.report(*arguments, cwd=cwd)["units"]}

    def unit_of(self, source: str, folder: Path, *arguments: object, name: str = "program.py") -> dict[str, Any]:
        """Check one program and give its unit."""
        (folder / name).write_text(source, encoding="utf-8")
        (unit,) = self.units(name, *arguments, cwd=folder).values()
        return unit


@cache
def has_package() -> bool:
    """Whether a worker of this interpreter would find the package, from any folder."""
    words = [sys.executable, "-c", "import everyway._core"]
    return subprocess.run(words, cwd="/", capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="session")
def everyway() -> Everyway:
    """The built command."""
    named = os.environ.get("EVERYWAY_COMMAND")
    command = Path(named) if named else WORKSPACE / "target/release/everyway"
    if not named and not command.is_file():
        pytest.skip("`everyway` is not built: run `cargo xtask test`, or name it with EVERYWAY_COMMAND")
    if not named and not has_package():
        pytest.skip("this interpreter has no everyway: run `cargo xtask setup` and take .venv/bin/python")
    return Everyway(command)


def corpus_names() -> list[str]:
    """The programs of the corpus, as GROUP/NAME."""
    return sorted(path.parent.relative_to(PROGRAMS).as_posix() for path in PROGRAMS.glob("*/*/expected.toml"))


def expected_of(name: str) -> dict[str, Any]:
    """What a program's `expected.toml` says."""
    return tomllib.loads((PROGRAMS / name / "expected.toml").read_text(encoding="utf-8"))


def path_of(name: str) -> str:
    """The program's path from the workspace, which is its id too."""
    return f"programs/{name}/python.py"


class Corpus:
    """The units of the corpus: a group is checked, all at once, when one of its programs is asked for."""

    def __init__(self, everyway: Everyway) -> None:
        self._everyway = everyway
        self._units: dict[str, dict[str, Any]] = {}

    def __getitem__(self, name: str) -> dict[str, Any]:
        if path_of(name) not in self._units:
            group = name.partition("/")[0] + "/"
            others = [each for each in corpus_names() if each.startswith(group) and each not in FEWER_EXECUTIONS]
            self._check([name] if name in FEWER_EXECUTIONS else others, FEWER_EXECUTIONS.get(name, EXECUTIONS))
        return self._units[path_of(name)]

    def _check(self, names: Iterable[str], executions: int) -> None:
        paths = [path_of(name) for name in names]
        self._units |= self._everyway.units(*paths, "--executions", executions)


@pytest.fixture(scope="session")
def corpus(everyway: Everyway) -> Corpus:
    """The checked corpus."""
    return Corpus(everyway)


def kinds_of(unit: dict[str, Any]) -> set[str]:
    """The kinds of a unit's failures."""
    return {failure["kind"] for failure in unit["failures"]}


def values_of(unit: dict[str, Any], name: str) -> list[Any]:
    """What a global is in each result."""
    return [result["value"]["globals"][name] for result in unit["results"]]

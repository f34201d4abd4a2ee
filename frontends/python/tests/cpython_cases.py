"""CPython's own test cases, each as a program of its own: for the plain interpreter and for everyway.

    python cpython_cases.py FOLDER COMMAND EXECUTIONS [MODULE]

takes the cases of `threading`, `queue`, `sched`, `_thread`, thread-local data and the thread part of
`concurrent.futures` from the test suite of the interpreter that runs this, as far as it has one. A case
is run plainly, in a process of its own, and explored for so many executions. Printed is a table: cases
run, equal, not equal and why.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TESTS = Path(os.__file__).parent / "test"
MODULES = ("test_queue", "test_sched", "test_threading", "test_thread", "test_threading_local")
FUTURES = "test_concurrent_futures"
PARTS = ("test_as_completed", "test_future", "test_init", "test_shutdown", "test_thread_pool", "test_wait")
HANGS_AFTER = 60

# Other executors and implementations, what is too long to explore, and what waits for a finalizer.
LEFT_OUT = re.compile(
    r"Process(Pool)?|Interpreter|CQueue|CFailing|CPriority|CLifo|CSimple|InterruptMain|many_threads|test__count"
)

DRIVER = """\
import unittest

from test import support

import {module} as cases

support.reap_children = lambda: None
(case,) = unittest.defaultTestLoader.loadTestsFromName({name!r}, cases)
outcome = unittest.TestResult()
type(case).setUpClass()
case.run(outcome)
type(case).doClassCleanups()
told = ["skipped" for _ in outcome.skipped]
told += [text.strip().splitlines()[-1] for _, text in outcome.failures + outcome.errors]
told = told or ["ok"]
del case, outcome
"""

FORK = """\
import importlib, json, os, signal, sys
sys.path.insert(0, "")
for name in sorted({line.split()[1] for file in sys.argv[2:] for line in open(file) if line.endswith(" as cases\\n")}):
    importlib.import_module(name)
for file in sys.argv[2:]:
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(int(sys.argv[1]))
        names = {"__name__": "__main__", "__file__": file}
        sys.modules["__main__"].__dict__.update(names)
        try:
            exec(compile(open(file).read(), file, "exec"), sys.modules["__main__"].__dict__)
            told = sys.modules["__main__"].told
        except BaseException as error:
            told = [f"{type(error).__name__}: {error}"]
        os.write(writing, json.dumps(told).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    print("told: " + json.dumps([file, json.loads(text) if text else ["does not end"]]), flush=True)
"""

LIST = """\
import json, sys, unittest
def each(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from each(test)
        else:
            yield test
found = []
for name in sys.argv[1:]:
    __import__(name)
    for test in each(unittest.defaultTestLoader.loadTestsFromModule(sys.modules[name])):
        if type(test).__module__ == name:
            found.append((name, f"{type(test).__name__}.{test._testMethodName}"))
        else:
            found.append((name, f"{type(test).__qualname__}.{test._testMethodName}"))
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Compared:
    """What came of a case."""

    name: str
    plain: list[str]
    explored: list[list[str]]
    verdict: str
    why: str

    @property
    def is_equal(self) -> bool:
        """Whether each execution tells what the plain interpreter tells."""
        return not self.why


def copy_tests(folder: Path) -> list[str]:
    """Copy the modules, so that they are the program's own; gives their names."""
    names = []
    for name in MODULES:
        if (TESTS / f"{name}.py").is_file():
            text = (TESTS / f"{name}.py").read_text(encoding="utf-8")
            text = text.replace("from test import lock_tests", "import lock_tests")
            # The private modules are the pure-Python ones already, and only one of each.
            text = re.sub(r"import_helper\.import_fresh_module\('(\w+)'[^)]*\)", r"__import__('\1')", text)
            (folder / f"{name}.py").write_text(text, encoding="utf-8")
            names.append(name)
    shutil.copy(TESTS / "lock_tests.py", folder)
    if (TESTS / f"{FUTURES}.py").is_file():
        shutil.copy(TESTS / f"{FUTURES}.py", folder)
        names.append(FUTURES)
    elif (TESTS / FUTURES).is_dir():
        shutil.copytree(TESTS / FUTURES, folder / FUTURES, ignore=shutil.ignore_patterns("__pycache__"))
        names += [f"{FUTURES}.{part}" for part in PARTS]
    return names


def make_cases(folder: Path, only: str) -> list[tuple[str, str]]:
    """Write each case's program; gives their files and names."""
    modules = [name for name in copy_tests(folder) if only in ("", name, name.partition(".")[0])]
    done = subprocess.run(
        [sys.executable, "-c", LIST, *modules], cwd=folder, capture_output=True, encoding="utf-8", check=True
    )
    cases = []
    for module, name in json.loads(done.stdout):
        if LEFT_OUT.search(name):
            continue
        file = f"case_{len(cases):03}.py"
        (folder / file).write_text(DRIVER.format(module=module, name=name), encoding="utf-8")
        cases.append((file, f"{module.removeprefix(FUTURES + '.')}.{name}"))
    return cases


def plain_outcomes(folder: Path, files: list[str]) -> dict[str, list[str]]:
    """What cases tell under the plain interpreter, each in a process that is forked off."""
    words = [sys.executable, "-c", FORK, str(HANGS_AFTER), *files]
    done = subprocess.run(words, cwd=folder, capture_output=True, encoding="utf-8", errors="replace", check=False)
    # Cases print too.
    told = [line.partition("told: ")[2] for line in done.stdout.splitlines() if "told: " in line]
    return dict(map(json.loads, told))


def explored_units(folder: Path, files: list[str], command: str, executions: int) -> dict[str, dict[str, Any]]:
    """What the cases' explorations found."""
    words = [command, "check", "--python", sys.executable, "--executions", str(executions), "--clock", "exact"]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    words += ["--format", "json", *files]
    done = subprocess.run(words, cwd=folder, env=kept, capture_output=True, encoding="utf-8", check=False)
    return {unit["id"]: unit for unit in json.loads(done.stdout)["units"]}


def why_not_equal(plain: list[str], unit: dict[str, Any]) -> str:
    """What keeps a case from being equal; nothing if it is."""
    told = [result["value"]["globals"].get("told") for result in unit["results"]]
    others = [each for each in told if each != plain]
    if unit["verdict"] in ("unsupported", "error"):
        return re.sub(r" \(.*?\)$", "", unit["message"] or "")
    kinds = {failure["kind"] for failure in unit["failures"]} - {"atomicity-violation", "data-race"}
    if kinds:
        return ", ".join(sorted(kinds))
    if others:
        return f"tells {others[0]}, plainly {plain}"
    return "" if told else "no execution ended within the bound"


def compare(folder: Path, command: str, executions: int, only: str = "") -> Iterator[Compared]:
    """Run each case both ways."""
    cases = make_cases(folder, only)
    plain = plain_outcomes(folder, [file for file, _ in cases])
    # What doesn't run plainly, outside its own test runner, tells nothing.
    cases = [(file, name) for file, name in cases if plain[file] in (["ok"], ["skipped"])]
    units = explored_units(folder, [file for file, _ in cases if plain[file] == ["ok"]], command, executions)
    for file, name in cases:
        if plain[file] != ["ok"]:
            continue
        unit = units[file]
        told = [result["value"]["globals"].get("told") for result in unit["results"]]
        yield Compared(name, plain[file], told, unit["verdict"], why_not_equal(plain[file], unit))


def table(found: list[Compared]) -> str:
    """The table of all cases: counts for each module, and each case that is not equal."""
    lines = []
    for module in sorted({each.name.partition(".")[0] for each in found}):
        own = [each for each in found if each.name.startswith(module + ".")]
        equal = sum(each.is_equal for each in own)
        proved = sum(each.is_equal and each.verdict == "proved" for each in own)
        lines.append(f"{module:24} {len(own):4} run  {equal:4} equal ({proved} proved)  {len(own) - equal:4} not equal")
    reasons = Counter(each.why for each in found if not each.is_equal)
    lines += [f"  {count:4} × {why}" for why, count in reasons.most_common()]
    lines += [f"    {each.name}: {each.why}" for each in found if not each.is_equal]
    return "\n".join(lines)


def main() -> None:
    """Compare, and print the table."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    print(table(list(compare(folder, sys.argv[2], int(sys.argv[3]), *sys.argv[4:5]))))


if __name__ == "__main__":
    main()

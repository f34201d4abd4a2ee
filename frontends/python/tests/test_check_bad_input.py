"""Whatever a target is or does, it ends with a clear message, the right status, and the other units' results."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import Ended, Everyway, kinds_of

GOOD = """\
import threading

total = 0
gate = threading.Lock()


def add():
    global total
    with gate:
        total += 1


threads = [threading.Thread(target=add) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""

IN_THREAD = """\
import os, sys, threading


def work():
    {work}


thread = threading.Thread(target=work)
thread.start()
thread.join()
"""

RAISES_IN_SOME = """\
import threading

ready = False


def work():
    if not ready:
        raise ValueError("too early")


thread = threading.Thread(target=work)
thread.start()
ready = True
thread.join()
"""


LIMIT = ("--executions", "50")
FEW = ("--executions", "60")


@dataclass
class Checked:
    """What was said of the odd program, beside a good one."""

    ended: Ended
    unit: dict[str, Any] | None


@pytest.fixture
def beside_good(everyway: Everyway, tmp_path: Path) -> Any:
    """Checks a target between two good ones, whose results must stand."""

    def check(
        name: str, content: str | bytes | None, *options: object, limit: tuple[str, str] = LIMIT, **environment: str
    ) -> Checked:
        for good in ("a_good.py", "z_good.py"):
            (tmp_path / good).write_text(GOOD, encoding="utf-8")
        if content is not None:
            (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        words = ("check", "a_good.py", name, "z_good.py", *limit, *options)
        ended = everyway.run(*words, "--format", "json", cwd=tmp_path, **environment)
        assert "panicked" not in ended.err and "Traceback" not in ended.err
        units = {unit["id"]: unit for unit in json.loads(ended.out)["units"]}
        for good in ("a_good.py", "z_good.py"):
            unit = units.pop(good)
            assert (unit["verdict"], [each["value"]["globals"]["total"] for each in unit["results"]]) == ("proved", [2])
        assert len(units) <= 1
        return Checked(ended, next(iter(units.values()), None))

    return check


def test_a_missing_file_is_named_and_the_others_are_checked(beside_good: Any) -> None:
    checked = beside_good("missing.py", None)
    assert (checked.ended.status, checked.unit) == (2, None)
    assert "`missing.py`: there is no such file or folder" in checked.ended.err


def test_a_binary_file_is_an_error_that_says_so(beside_good: Any) -> None:
    checked = beside_good("binary.py", b"\x7fELF\x02\x01\x01\x00\xd0\xff\xfe" * 50)
    assert (checked.ended.status, checked.unit["verdict"]) == (2, "error")
    assert "is not UTF-8" in checked.unit["message"]


def test_null_bytes_are_an_error_that_says_so(beside_good: Any) -> None:
    checked = beside_good("nulls.py", b"x = 1\n\x00\n")
    assert (checked.ended.status, checked.unit["verdict"]) == (2, "error")
    assert "NUL byte" in checked.unit["message"]


def test_a_syntax_error_is_an_error_with_its_line(beside_good: Any) -> None:
    checked = beside_good("syntax.py", "import threading\n\nfor x in\n    pass\n")
    assert (checked.ended.status, checked.unit["verdict"]) == (2, "error")
    assert "invalid syntax" in checked.unit["message"] and "syntax.py:3" in checked.unit["message"]


def test_a_syntax_error_in_a_block_has_its_line_in_the_guide(beside_good: Any) -> None:
    checked = beside_good("guide.md", "# Guide\n\n```python\nx = 1\nfor x in\n    pass\n```\n")
    assert (checked.ended.status, checked.unit["verdict"]) == (2, "error")
    assert "guide.md:5" in checked.unit["message"]


def test_an_indentation_error_has_its_line(beside_good: Any) -> None:
    checked = beside_good("indented.py", "def f():\npass\n")
    assert checked.unit["verdict"] == "error"
    assert "indented.py:2" in checked.unit["message"]


def test_nesting_too_deep_is_an_error(beside_good: Any) -> None:
    checked = beside_good("deep.py", "x = " + "(" * 5000 + ")" * 5000 + "\n")
    assert (checked.ended.status, checked.unit["verdict"]) == (2, "error")
    assert "deep.py" in checked.unit["message"]


def test_a_long_sum_is_checked_or_an_error(beside_good: Any) -> None:
    checked = beside_good("long.py", "x = " + " + ".join(["1"] * 20_000) + "\n")
    assert checked.unit["verdict"] in ("proved", "definitions", "error")
    assert checked.unit["verdict"] != "error" or "long.py" in checked.unit["message"]


def test_an_empty_file_is_only_definitions(beside_good: Any) -> None:
    checked = beside_good("empty.py", "")
    assert (checked.ended.status, checked.unit["verdict"]) == (0, "definitions")


def test_an_unterminated_fence_is_an_error_with_its_line(beside_good: Any) -> None:
    checked = beside_good("guide.md", "# Guide\n\n```python\nx = 1\nprint(x)\n\nmore\n")
    assert (checked.ended.status, checked.unit["verdict"]) == (2, "error")
    assert "line 3 is never closed" in checked.unit["message"]


def test_an_endless_loop_in_main_ends_and_says_which(beside_good: Any) -> None:
    checked = beside_good("endless.py", "while True:\n    pass\n", limit=FEW)
    assert (checked.ended.status, checked.unit["verdict"]) in [(0, "passed"), (1, "failed")]
    assert {"kind": "loop-bound", "what": "while True:", "line": 1} in checked.unit["assumptions"] or kinds_of(
        checked.unit
    ) == {"livelock"}


def test_an_endless_loop_in_a_block_ends_and_says_which(beside_good: Any) -> None:
    checked = beside_good("guide.md", "```python\nwhile True:\n    pass\n```\n", limit=FEW)
    assert (checked.ended.status, checked.unit["verdict"]) in [(0, "passed"), (1, "failed")]
    assert [each["line"] for each in checked.unit["assumptions"]] == [2] or kinds_of(checked.unit) == {"livelock"}


def test_an_endless_loop_in_a_thread_is_a_failure(beside_good: Any) -> None:
    checked = beside_good("endless.py", IN_THREAD.format(work="while True:\n        pass"))
    assert (checked.ended.status, checked.unit["verdict"]) == (1, "failed")
    assert kinds_of(checked.unit) <= {"livelock", "hang"}


def test_endless_code_that_nothing_controls_is_ended(beside_good: Any) -> None:
    content = "import itertools\n\nall(itertools.repeat(1))\n"
    checked = beside_good("endless.py", content, limit=("--time", "100ms"), EVERYWAY_PATIENCE="500ms")
    assert (checked.ended.status, checked.unit["verdict"]) == (2, "error")
    assert "no sign of life" in checked.unit["message"]


MEASURE = """\
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, encoding="utf-8")
most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps([done.stdout, most * (1 if sys.platform == "darwin" else 1024)]))
"""


@pytest.mark.parametrize("in_thread", [False, True])
def test_a_program_that_prints_much_needs_little_memory(everyway: Everyway, tmp_path: Path, in_thread: bool) -> None:
    pytest.importorskip("resource")
    printing = "for _ in range(20_000):\n        print('x' * 1000)"
    source = IN_THREAD.format(work=printing) if in_thread else printing.replace("\n    ", "\n") + "\n"
    (tmp_path / "prints.py").write_text(source, encoding="utf-8")
    words = [str(everyway.command), "check", "prints.py", "--executions", "20", "--format", "json"]
    measured = subprocess.run(
        [sys.executable, "-c", MEASURE, *words, "--python", sys.executable],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    out, most = json.loads(measured.stdout)
    (unit,) = json.loads(out)["units"]
    assert unit["verdict"] in ("proved", "passed")
    assert most < 200 * 2**20
    assert len(out) < 2**21


def test_an_exception_in_every_schedule_is_an_error_with_its_line(beside_good: Any) -> None:
    checked = beside_good("raises.py", IN_THREAD.format(work='raise ValueError("always")'))
    assert (checked.ended.status, checked.unit["verdict"]) == (2, "error")
    assert "`ValueError: always`" in checked.unit["message"] and "raises.py:5" in checked.unit["message"]


def test_an_exception_in_some_schedules_is_a_failure_with_its_line(beside_good: Any) -> None:
    checked = beside_good("raises.py", RAISES_IN_SOME)
    assert (checked.ended.status, checked.unit["verdict"]) == (1, "failed")
    (failure,) = checked.unit["failures"]
    assert failure["kind"] == "exception"
    assert "`ValueError: too early`" in failure["message"] and "raises.py:8" in failure["message"]


@pytest.mark.parametrize("in_thread", [False, True])
def test_ending_the_process_is_unsupported_by_name_and_line(beside_good: Any, in_thread: bool) -> None:
    source = IN_THREAD.format(work="os._exit(3)") if in_thread else "import os\n\nos._exit(3)\n"
    checked = beside_good("leaves.py", source)
    assert (checked.ended.status, checked.unit["verdict"]) == (0, "unsupported")
    assert "`os._exit`" in checked.unit["message"]
    assert ("leaves.py:5" if in_thread else "leaves.py:3") in checked.unit["message"]
    assert "`os._exit`" in checked.ended.err
    assert beside_good("leaves.py", source, "--strict").ended.status == 2


def test_the_death_of_the_process_is_an_error_with_its_status(beside_good: Any) -> None:
    checked = beside_good("dies.py", "import ctypes\n\nctypes.CDLL(None)._exit(3)\n")
    assert (checked.ended.status, checked.unit["verdict"]) in [(2, "error"), (0, "unsupported")]
    assert checked.unit["verdict"] == "unsupported" or "3" in checked.unit["message"]


@pytest.mark.parametrize("in_thread", [False, True])
def test_sys_exit_ends_only_its_task(beside_good: Any, in_thread: bool) -> None:
    source = IN_THREAD.format(work='sys.exit("x")') if in_thread else 'import sys\n\nsys.exit("x")\n'
    checked = beside_good("leaves.py", source)
    assert (checked.ended.status, checked.unit["verdict"]) == (0, "proved")
    assert [each["value"]["exception"] for each in checked.unit["results"]] == [None]


def test_sys_exit_in_main_lets_the_other_threads_end(beside_good: Any) -> None:
    source = GOOD.replace("for thread in threads:\n    thread.join()", "import sys\nsys.exit(1)")
    checked = beside_good("leaves.py", source)
    assert checked.unit["verdict"] == "proved"
    assert [each["value"]["globals"]["total"] for each in checked.unit["results"]] == [2]


def test_input_finds_nothing(beside_good: Any) -> None:
    checked = beside_good("asks.py", 'name = input("name? ")\n')
    assert (checked.ended.status, checked.unit["verdict"]) == (2, "error")
    assert "`EOFError" in checked.unit["message"] and "asks.py:1" in checked.unit["message"]


def test_a_program_that_expects_no_input_is_well(beside_good: Any) -> None:
    source = 'try:\n    name = input()\nexcept EOFError:\n    name = "nobody"\n'
    checked = beside_good("asks.py", source)
    assert (checked.ended.status, checked.unit["verdict"]) == (0, "proved")
    assert [each["value"]["globals"]["name"] for each in checked.unit["results"]] == ["nobody"]


def test_recursion_without_end_is_an_error(beside_good: Any) -> None:
    checked = beside_good("recurses.py", "def f():\n    f()\n\n\nf()\n")
    assert (checked.ended.status, checked.unit["verdict"]) == (2, "error")
    assert "RecursionError" in checked.unit["message"]


def test_a_module_that_is_not_there_is_an_error_with_its_line(beside_good: Any) -> None:
    checked = beside_good(
        "imports.py", "import threading\nimport no_such_module_at_all\n\nno_such_module_at_all.go()\n"
    )
    assert (checked.ended.status, checked.unit["verdict"]) == (2, "error")
    assert "no_such_module_at_all" in checked.unit["message"] and "imports.py:2" in checked.unit["message"]


def test_closed_standard_output_does_not_break_the_answers(beside_good: Any) -> None:
    source = "import sys\n\nsys.stdout.close()\nsys.stderr.close()\n"
    assert beside_good("closes.py", source).unit is not None


# --- the interpreter ------------------------------------------------------------------------------


def old_python() -> Path | None:
    """A Python below the oldest that is supported."""
    versions = Path.home() / ".pyenv/versions"
    found = [path for minor in (9, 8) for path in sorted(versions.glob(f"3.{minor}.*/bin/python"))]
    return found[0] if found else None


def test_a_python_that_is_too_old_is_refused(everyway: Everyway, tmp_path: Path) -> None:
    python = old_python()
    if python is None:
        pytest.skip("there is no Python 3.8 or 3.9 under ~/.pyenv")
    (tmp_path / "good.py").write_text(GOOD, encoding="utf-8")
    ended = everyway.run("check", "good.py", "--python", python, cwd=tmp_path)
    assert ended.status == 2
    assert "everyway needs 3.10 or newer" in ended.said
    assert "Traceback" not in ended.said


def test_a_python_without_the_package_is_refused_with_the_command_that_installs_it(
    everyway: Everyway, tmp_path: Path
) -> None:
    words = [sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "bare")]
    subprocess.run(words, check=True, capture_output=True)
    (tmp_path / "good.py").write_text(GOOD, encoding="utf-8")
    python = tmp_path / "bare/bin/python"
    ended = everyway.run("check", "good.py", "--python", python, cwd=tmp_path)
    assert ended.status == 2
    assert "has no everyway: install it with" in ended.said
    assert f"{python} -m pip install everyway==" in ended.said
    assert "Traceback" not in ended.said


def test_a_python_that_is_not_there_is_refused(everyway: Everyway, tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text(GOOD, encoding="utf-8")
    ended = everyway.run("check", "good.py", "--python", tmp_path / "none", cwd=tmp_path)
    assert ended.status == 2
    assert "cannot be started" in ended.said

"""Rewriting keeps the meaning of every form of the language, in both modes."""

from __future__ import annotations

import sys
import traceback
import types
from collections.abc import Iterator
from typing import Any

import pytest
from fake_announcers import FakeAnnouncers, builtins_of, core_announcers
from meaning_programs import PROGRAMS

from everyway.rewrite import Mode, SiteTable, rewrite

MODES: tuple[Mode, Mode] = ("accesses", "facts")

FAILING = """\
def look(table):
    return (table['a'] +
            table['missing'])
def start():
    look({'a': 1})
start()
"""

FRAMES = """\
import inspect
def look():
    frame = inspect.currentframe()
    return frame.f_code.co_name, frame.f_lineno
result = look()
"""

WRONG_ATTRIBUTE = """\
class Box:
    pass
def start(box):
    box.size = 1
    box.size += box.weight
start(Box())
"""


@pytest.fixture(autouse=True)
def module() -> Iterator[None]:
    """Register an empty module, which dataclasses look up."""
    sys.modules["program"] = types.ModuleType("program")
    yield
    del sys.modules["program"]


def run_plain(source: str) -> dict[str, Any]:
    """Run a program as it is."""
    namespace: dict[str, Any] = {"__name__": "program"}
    exec(compile(source, "program.py", "exec", dont_inherit=True), namespace)
    return namespace


def run_rewritten(source: str, mode: Mode) -> dict[str, Any]:
    """Run a program rewritten."""
    tree = rewrite(source, "program.py", mode=mode, sites=SiteTable())
    builtins = builtins_of(FakeAnnouncers(), mode) | core_announcers(mode)
    namespace: dict[str, Any] = {"__name__": "program", "__builtins__": builtins}
    exec(compile(tree, "program.py", "exec", dont_inherit=True), namespace)
    return namespace


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_rewritten_program_means_the_same(name: str, mode: Mode) -> None:
    source = PROGRAMS[name]
    assert repr(run_rewritten(source, mode)["result"]) == repr(run_plain(source)["result"])


@pytest.mark.parametrize("mode", MODES)
def test_a_function_that_looks_at_its_caller_sees_the_program(mode: Mode) -> None:
    if mode == "facts" and not core_announcers(mode):
        pytest.skip("the fake `__ev_call__` has a frame of its own; the core's has none")
    assert run_rewritten(FRAMES, mode)["result"] == run_plain(FRAMES)["result"]


def places(source: str, mode: Mode | None) -> list[tuple[Any, ...]]:
    """Give function, line and columns of the frames of the program's exception."""
    try:
        run_plain(source) if mode is None else run_rewritten(source, mode)
    except Exception:
        frames = traceback.extract_tb(sys.exc_info()[2])
    else:
        raise AssertionError("the program was to raise")
    if mode is None or core_announcers(mode):
        assert frames[-1].filename == "program.py"  # a fake announcer has a frame, the core's has none
    columns = ("colno", "end_colno") if sys.version_info >= (3, 11) else ()
    own = [frame for frame in frames if frame.filename == "program.py"]
    return [(frame.name, frame.lineno, *(getattr(frame, column) for column in columns)) for frame in own]


@pytest.mark.parametrize("mode", MODES)
def test_a_traceback_shows_the_lines_and_columns_of_the_program(mode: Mode) -> None:
    assert places(FAILING, mode) == places(FAILING, None)


@pytest.mark.parametrize("mode", MODES)
def test_a_traceback_of_an_augmented_attribute_shows_the_missing_one(mode: Mode) -> None:
    assert places(WRONG_ATTRIBUTE, mode) == places(WRONG_ATTRIBUTE, None)

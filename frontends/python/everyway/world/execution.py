"""One execution of a program: what its main task runs, from the first line to the end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from types import CodeType

from everyway import _core as core
from everyway.models import thread
from everyway.world.world import World


@dataclass(frozen=True)
class Program:
    """The rewritten code of a program: what is carried from elsewhere first, then its own."""

    codes: Sequence[tuple[CodeType, bool]]
    """Each with whether it only defines what another block of a guide left."""
    path: str
    arguments: Sequence[str] = ()


def run(world: World, program: Program) -> None:
    """Run the program. Its names are in ``world.namespace`` when this returns."""
    names = world.begin_execution(program.path, program.arguments).__dict__
    world.codes = [code for code, _ in sorted(program.codes, key=_definitions_first)]
    try:
        for code in world.codes:
            exec(code, names)
    except core.Abort:
        raise
    except SystemExit as leaving:
        _tell_status(leaving)
    except BaseException as exception:
        _report(exception)
    try:
        world.end_program()
    except core.Abort:
        raise
    except BaseException as exception:
        _report(exception)
    thread.task_ended(0)


def _definitions_first(entry: tuple[CodeType, bool]) -> bool:
    return not entry[1]


def _tell_status(leaving: SystemExit) -> None:
    if leaving.code is not None and not isinstance(leaving.code, int):
        sys.stderr.write(f"{leaving.code}\n")


def _report(exception: BaseException) -> None:
    if sys.excepthook is not sys.__excepthook__:
        try:
            sys.excepthook(type(exception), exception, exception.__traceback__)
        except core.Abort:
            raise
        except BaseException:
            pass  # as the interpreter, which only tells of it
    core.report_exception(exception)

"""Which processes there are, and what each has for itself.

All are tasks of one interpreter. What a process has for itself is put in place whenever one of its
tasks goes on: its modules in `sys.modules`, its environment, and what `multiprocessing` and
`threading` know of the process they are in.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

from everyway import _core as core
from everyway.models.thread import PROCESS_ID

MAIN = 0
_FIRST_HANDLE = 3

# The globals of modules that each process has for itself, and those whose content it has for itself.
_BOUND = {
    "multiprocessing.process": ("_current_process", "_parent_process", "_process_counter", "_children"),
    "multiprocessing.util": ("_exiting", "_finalizer_counter"),
    "threading": ("_main_thread", "_counter", "_SHUTTING_DOWN"),
}
_HELD = {
    "multiprocessing.util": ("_finalizer_registry",),
    "threading": ("_active",),
}


class Sentinel(int):
    """The descriptor that becomes ready when a process ends."""

    task: int


class ProcessState:
    """One process: its number, what it has for itself while another one is in place, how it ended."""

    def __init__(self, parent: int, number: int = -1) -> None:
        self.number = number  # that of its first task, once it is started
        self.parent = parent
        self.exitcode: int | None = None
        self.helpers: list[int] = []
        """Tasks that work for it and that no `threading` knows of."""
        self.ends: dict[int, Any] = {}
        self._next_handle = _FIRST_HANDLE
        self.modules: dict[str, Any] = {}
        self.bound: dict[str, dict[str, Any]] = {}
        self.held: dict[str, dict[str, Any]] = {}
        self.start_method: Any = None
        self.environment: dict[Any, Any] = {}
        self.arguments: list[str] = []
        self.at_exit: list[Any] = []

    @property
    def pid(self) -> int:
        """Its number in the system."""
        return pid_of(self.number)

    def add_end(self, end: Any) -> int:
        """The handle of an end of a pipe that is open in this process."""
        handle = self._next_handle
        self._next_handle += 1
        self.ends[handle] = end
        return handle

    def inherit_ends(self, other: ProcessState) -> None:
        """Have all open that the other has, as after a fork."""
        self.ends = dict(other.ends)
        self._next_handle = other._next_handle

    # --- what is in place -------------------------------------------------------------------------

    def take_away(self) -> None:
        """Another process is put in place."""
        self.modules = {name: sys.modules[name] for name in user_names() if name in sys.modules}
        for module, names in _BOUND.items():
            found = sys.modules.get(module)
            if found is not None:
                self.bound[module] = {name: found.__dict__[name] for name in names if name in found.__dict__}
        for module, names in _HELD.items():
            found = sys.modules.get(module)
            if found is not None:
                self.held[module] = {name: dict(found.__dict__[name]) for name in names}
        context = sys.modules.get("multiprocessing.context")
        if context is not None:
            self.start_method = context._default_context._actual_context
        self.environment = dict(os.environ._data)  # type: ignore[attr-defined]
        self.arguments = list(sys.argv)
        self.at_exit = list(_registered())

    def put_in_place(self) -> None:
        """A task of this process goes on."""
        for name in user_names():
            if name not in self.modules:
                sys.modules.pop(name, None)
        sys.modules.update(self.modules)
        for module, values in self.bound.items():
            sys.modules[module].__dict__.update(values)
        for module, contents in self.held.items():
            for name, content in contents.items():
                kept = sys.modules[module].__dict__[name]
                kept.clear()
                kept.update(content)
        context = sys.modules.get("multiprocessing.context")
        if context is not None:
            context._default_context._actual_context = self.start_method
        data = os.environ._data  # type: ignore[attr-defined]
        if data != self.environment:
            data.clear()
            data.update(self.environment)
        sys.argv[:] = self.arguments
        _registered()[:] = self.at_exit


_processes: dict[int, ProcessState] = {}
_in_place = MAIN
_names: Callable[[], set[str]] = set
_registered: Callable[[], list[Any]] = list
options: frozenset[str] = frozenset()
"""What earlier executions of this exploration have learned."""


def begin_exploration(names: Callable[[], set[str]], registered: Callable[[], list[Any]]) -> None:
    """Say which modules are the user's, and what is registered for the end of a process."""
    global _names, _registered
    _names, _registered = names, registered
    core.on_process(_put_in_place)


def begin_execution() -> None:
    """There is the main process, and no other."""
    global _in_place
    _processes.clear()
    _processes[MAIN] = ProcessState(-1, MAIN)
    _in_place = MAIN


def end_execution() -> None:
    """Put in place what the main process had."""
    if _in_place != MAIN:
        _put_in_place(MAIN)
    _processes.clear()


def user_names() -> set[str]:
    """The names of modules that each process has for itself."""
    return _names() | {"__main__", "__mp_main__"}


def pid_of(number: int) -> int:
    """The number of a process in the system, by the number of its first task."""
    return PROCESS_ID + number


def package(name: str) -> Any:
    """A module of the real package, which is loaded."""
    return sys.modules[name]


def current() -> ProcessState:
    """The process of the running task."""
    return _processes[core.current_process()]


def of(number: int) -> ProcessState:
    """The process with this number."""
    return _processes[number]


def add(process: ProcessState, number: int) -> None:
    """The process was started, and its first task has this number."""
    process.number = number
    _processes[number] = process


def by_pid(pid: int) -> ProcessState | None:
    """The process with this number in the system."""
    return _processes.get(pid - PROCESS_ID)


def _put_in_place(number: int) -> None:
    global _in_place
    if number == _in_place or number not in _processes:
        return
    _processes[_in_place].take_away()
    _in_place = number
    _processes[number].put_in_place()


def getpid() -> int:
    """The number of the running task's process."""
    return pid_of(core.current_process()) if core.in_execution() else PROCESS_ID


def getppid() -> int:
    """The number of its parent; the system's first process for the main one."""
    if not core.in_execution():
        return 1
    found = _processes.get(core.current_process())
    return 1 if found is None or found.parent < 0 else pid_of(found.parent)

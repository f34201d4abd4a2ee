"""How a process starts, ends and is waited for: a task with a module namespace of its own.

With `fork` it begins with a copy of what its parent has; with `spawn` it imports the main module anew
and gets its object pickled.
"""

from __future__ import annotations

import errno
import io
import itertools
import os
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from everyway import _core as core
from everyway.models.multiprocessing import classes, fork, state

SIGTERM = 15
SIGKILL = 9


def _no_main(name: str) -> ModuleType:
    raise RuntimeError(f"no program is explored that has a main module to run as `{name}`")


# Runs the main module anew, as a module of this name.
run_main: Callable[[str], ModuleType] = _no_main


class Popen:
    """A started process, as its parent sees it."""

    method = "fork"

    def __init__(self, process_obj: Any) -> None:
        self.returncode: int | None = None
        self.finalizer = None
        self._signalled = False
        self._launch(process_obj)

    def __everyway_fork__(self, copier: Any) -> Any:
        made = object.__new__(type(self))
        copier.memo[id(self)] = made
        made.__dict__.update(self.__dict__)
        return made

    def duplicate_for_child(self, fd: int) -> int:
        """The child has the same."""
        return fd

    def _launch(self, process_obj: Any) -> None:
        main = _Main(self._prepare(process_obj), core.current_process())
        self._open_for(main.process)
        self._task = core.task_start(main, True, process_obj.name)
        self.process = main.process_of(self._task)
        self.pid = self.process.pid
        self.sentinel = state.Sentinel(self.pid)
        self.sentinel.task = self._task

    def _prepare(self, process_obj: Any) -> Callable[[state.ProcessState], Any]:
        """What gives the process its modules and its object, called in it."""
        return fork.Image(process_obj).put_in_place

    def _open_for(self, process: state.ProcessState) -> None:
        """The process has all open that its parent has."""
        for each in state.current().ends.values():
            each.open_again()
        process.inherit_ends(state.current())

    def poll(self, flag: int = 1) -> int | None:
        """How the process ended, or None."""
        if self.returncode is None and not core.task_is_alive(self._task):
            self.returncode = self.process.exitcode
        return self.returncode

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait until the process has ended; how it did, or None."""
        if self.returncode is None and not self._signalled and core.task_join(self._task, timeout):
            self.returncode = self.process.exitcode
        return self.returncode

    def terminate(self) -> None:
        """Ask the system to end the process."""
        self._send_signal(SIGTERM)

    def kill(self) -> None:
        """The same, and it can't refuse."""
        self._send_signal(SIGKILL)

    def _send_signal(self, number: int) -> None:
        if self.returncode is not None:
            return
        if core.current_process() == state.MAIN and state.package("multiprocessing.util")._exiting:
            # The program's end ends it, and nobody looks any more.
            self._signalled = True
            self.returncode = -number
            return
        core.task_start(lambda: end_by_signal(self.process, number), True, "signal")

    def close(self) -> None:
        """Nothing is left open."""


class SpawnPopen(Popen):
    """The same for a process that begins with nothing but what it is given."""

    method = "spawn"

    def _prepare(self, process_obj: Any) -> Callable[[state.ProcessState], Any]:
        reduction = state.package("multiprocessing.reduction")
        context = state.package("multiprocessing.context")
        _check_not_importing_main()
        data = io.BytesIO()
        context.set_spawning_popen(self)
        try:
            reduction.dump(process_obj, data)
        finally:
            context.set_spawning_popen(None)
        return _Spawned(data.getvalue(), process_obj.name, list(sys.argv)).put_in_place

    def _open_for(self, process: state.ProcessState) -> None:
        """It has open only what it is given."""


class ForkServerPopen(SpawnPopen):
    """As far as a program can see, the same."""

    method = "forkserver"


def _check_not_importing_main() -> None:
    from multiprocessing import spawn

    check: Any = spawn
    check._check_not_importing_main()


class _Spawned:
    """What a spawned process begins with."""

    def __init__(self, data: bytes, name: str, arguments: list[str]) -> None:
        self._data = data
        self._name = name
        self._arguments = arguments

    def put_in_place(self, own: state.ProcessState) -> Any:
        _begin_modules(own)
        sys.argv[:] = self._arguments
        process = state.package("multiprocessing.process")
        process._current_process.name = self._name
        process._current_process._inheriting = True
        try:
            main = run_main("__mp_main__")
            sys.modules["__main__"] = main
            return state.package("multiprocessing.reduction").ForkingPickler.loads(self._data)
        finally:
            process._current_process._inheriting = False


def _begin_modules(own: state.ProcessState) -> None:
    """A fresh interpreter: the user's modules aren't loaded, and no child was ever started."""
    for name in state.user_names():
        sys.modules.pop(name, None)
    process = state.package("multiprocessing.process")
    process._current_process = fresh_main_process(process)
    classes.begin_threading(own)


def fresh_main_process(process: Any) -> Any:
    """An object for a process that knows nothing of its parent yet."""
    made = object.__new__(process.BaseProcess)
    made._identity, made._name, made._parent_pid = (), "MainProcess", None
    made._popen, made._closed = None, False
    made._config = {"authkey": process.AuthenticationString(b"0" * 32), "semprefix": "/mp"}
    return made


class _Main:
    """The first task of a process."""

    def __init__(self, prepare: Callable[[state.ProcessState], Any], parent: int) -> None:
        self._prepare = prepare
        self.process = state.ProcessState(parent)
        self.process.take_away()

    def process_of(self, task: int) -> state.ProcessState:
        """The state of the process whose first task this is."""
        if self.process.number < 0:
            state.add(self.process, task)
        return self.process

    def __call__(self) -> None:
        own = self.process_of(core.current_task())
        core.enter_process(own.number)
        try:
            own.exitcode = _run(self._prepare, own)
        except core.Abort:
            raise
        end(own)


def _run(prepare: Callable[[state.ProcessState], Any], own: state.ProcessState) -> int:
    """Run the process; gives its exit code."""
    _forget_parents()
    try:
        try:
            process_obj = prepare(own)
            _become(process_obj)
            process_obj.run()
            code = 0
        except core.Abort:
            raise
        finally:
            if not core.aborting():
                state.package("multiprocessing.util")._exit_function()
    except core.Abort:
        raise
    except SystemExit as leaving:
        code = _code_of(leaving)
    except BaseException as exception:
        core.report_exception(exception)
        code = 1
    _join_threads()
    return code


def _code_of(leaving: SystemExit) -> int:
    if leaving.code is None:
        return 0
    if isinstance(leaving.code, int):
        return leaving.code
    sys.stderr.write(f"{leaving.code}\n")
    return 1


def _forget_parents() -> None:
    """What the parent has started, and does at its end, is no business of the process."""
    process = state.package("multiprocessing.process")
    util = state.package("multiprocessing.util")
    process._process_counter = itertools.count(1)
    process._children = set()
    util._finalizer_registry.clear()
    util._exiting = False


def _become(process_obj: Any) -> None:
    """As the real `_bootstrap`: what the process knows of itself."""
    process = state.package("multiprocessing.process")
    context = state.package("multiprocessing.context")
    if process_obj._start_method is not None:
        context._force_start_method(process_obj._start_method)
    process._current_process = process_obj
    sentinel = state.Sentinel(process_obj._parent_pid)
    sentinel.task = state.current().parent
    process._parent_process = process._ParentProcess(process_obj._parent_name, process_obj._parent_pid, sentinel)


def _join_threads() -> None:
    """Wait for the process's other threads, those that end it doesn't cut off."""
    threading = state.package("threading")
    threading._SHUTTING_DOWN = True
    while True:
        others = [
            each
            for each in list(threading._active.values())
            if each is not threading._main_thread and not each._daemonic and each.__ev_task__ is not None
        ]
        waiting = [each for each in others if not getattr(each, "_joined_at_end", False)]
        if not waiting:
            return
        for each in waiting:
            core.task_join(each.__ev_task__)
            each._joined_at_end = True


def end(own: state.ProcessState) -> None:
    """The process ends: what it had open is closed, and its other threads are cut off."""
    threading = state.package("threading")
    for each in list(threading._active.values()):
        task = each.__ev_task__
        if task is not None and task != own.number and not getattr(each, "_joined_at_end", False):
            core.task_kill(task)
    for task in own.helpers:
        core.task_kill(task)
    close_ends(own)


def close_ends(own: state.ProcessState) -> None:
    """Close all that the process has open."""
    while own.ends:
        _, each = own.ends.popitem()
        each.close()


def exit_now(code: int) -> None:
    """End the running task's process at once, as `os._exit`."""
    own = state.current()
    own.exitcode = code & 0xFF
    end(own)
    core.task_leave()


def end_by_signal(process: state.ProcessState, number: int) -> None:
    """What the system does when a signal reaches a process that doesn't handle it."""
    if not core.task_kill(process.number):
        return
    process.exitcode = -number
    active = process.held.get("threading", {}).get("_active", {})
    for each in list(active.values()):
        if each.__ev_task__ is not None and each.__ev_task__ != process.number:
            core.task_kill(each.__ev_task__)
    for task in process.helpers:
        core.task_kill(task)
    close_ends(process)


def kill(pid: int, number: int) -> None:
    """Send a signal to one of the program's processes, as `os.kill`."""
    process = state.by_pid(pid)
    if process is None:
        raise ProcessLookupError(errno.ESRCH, os.strerror(errno.ESRCH))
    if number not in (SIGTERM, SIGKILL) or process.number == state.MAIN:
        core.refuse("os.kill")
    if process.number != core.current_process():
        core.task_start(lambda: end_by_signal(process, number), True, "signal")
        return
    own = state.current()
    own.exitcode = -number
    end(own)
    core.task_leave()

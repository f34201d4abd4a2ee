"""The process around a program: its number, its environment, what it registers for its end."""

from __future__ import annotations

import builtins
import io
import os
import sys
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

from everyway import _core as core
from everyway.models import files, files_open, files_os
from everyway.models.multiprocessing import popen, state
from everyway.world import output, randomness

_at_exit: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = []


def _refusing(what: str) -> Callable[..., Any]:
    def refuse(*arguments: object, **keywords: object) -> None:
        core.refuse(what)

    refuse.__name__ = what.rpartition(".")[2]
    return refuse


def _write(fd: int, data: Any, /) -> int:
    raw = files.descriptor(fd)
    if raw is not None:
        return raw.write(data)
    if fd not in (1, 2):
        return _real_write(fd, data)
    stream = output.STDOUT if fd == 1 else output.STDERR
    stream.write(bytes(data).decode("utf-8", "replace"))
    return len(data)


def _exit(status: int) -> None:
    if core.current_process() == state.MAIN:
        core.refuse("os._exit")
    popen.exit_now(status)


def _sched_yield() -> None:
    core.sleep(0.0)


_real_write = os.write

_PATCHES: dict[str, Any] = {
    **files_os.patches(),
    "getpid": state.getpid,
    "getppid": state.getppid,
    "kill": popen.kill,
    "_exit": _exit,
    "urandom": randomness.urandom,
    "getrandom": randomness.getrandom,
    "write": _write,
    "sched_yield": _sched_yield,
    **{
        name: _refusing(f"os.{name}")
        for name in """
            abort pipe pipe2 fork forkpty openpty dup2 wait wait3 wait4 waitpid waitid
            popen system execv execve execvp execvpe execl execle execlp execlpe spawnl spawnv
            mkfifo mknod setuid setgid nice eventfd memfd_create
        """.split()
    },
}


class Process:
    """What `os` and `sys` show a program, put in place for an exploration."""

    def __init__(self) -> None:
        self._real: dict[str, Any] = {}
        self._streams: tuple[Any, Any, Any] | None = None

    def enter(self) -> None:
        """Put the patches in place and remember what a program may change."""
        self._real = {name: getattr(os, name) for name in _PATCHES if hasattr(os, name)}
        files_os.remember(self._real)
        for name in self._real:
            setattr(os, name, _PATCHES[name])
        builtins.open = io.open = files_open.open
        self._streams = sys.stdin, sys.stdout, sys.stderr
        self._environment = dict(os.environ)
        self._encoded_environment = dict(os.environ._data)  # type: ignore[attr-defined]
        self._folder = os.getcwd()
        self._path = list(sys.path)
        self._arguments = list(sys.argv)
        self._recursion_limit = sys.getrecursionlimit()
        self._filters = list(warnings.filters)
        self._hooks = sys.excepthook, sys.unraisablehook

    def leave(self) -> None:
        """Take the patches away."""
        self.restore()
        for name, function in self._real.items():
            setattr(os, name, function)
        builtins.open = io.open = files.real_open
        if self._streams is not None:
            sys.stdin, sys.stdout, sys.stderr = self._streams

    def restore(self) -> None:
        """Take back what the last execution changed."""
        if os.environ._data != self._encoded_environment:  # type: ignore[attr-defined]
            for name in set(os.environ) - set(self._environment):
                del os.environ[name]
            os.environ.update(self._environment)
        if os.getcwd() != self._folder:
            os.chdir(self._folder)
        sys.path[:] = self._path
        sys.argv[:] = self._arguments
        if sys.getrecursionlimit() != self._recursion_limit:
            sys.setrecursionlimit(self._recursion_limit)
        if warnings.filters != self._filters:
            module: Any = warnings
            module.filters[:] = self._filters
            module._filters_mutated()
        sys.excepthook, sys.unraisablehook = self._hooks
        _at_exit.clear()


def patch_tempfile(module: ModuleType) -> None:
    """Name the folder for temporary files without trying to write in it."""
    names: Any = module
    names.tempdir = os.environ.get("TMPDIR") or "/tmp"


def patch_shutil(module: ModuleType) -> None:
    """Let folders be removed by their paths, and files be copied by reading and writing."""
    names: Any = module
    names._use_fd_functions = False
    for name in ("_USE_CP_SENDFILE", "_HAS_FCOPYFILE"):
        if hasattr(names, name):
            setattr(names, name, False)


def begin_execution() -> None:
    """Nothing is written, and what the libraries registered when they were loaded is registered."""
    files.begin_execution()
    util = sys.modules.get("multiprocessing.util")
    if util is not None:
        _at_exit.append((util._exit_function, (), {}))


# --- atexit ---------------------------------------------------------------------------------------


def _register(func: Any, /, *args: Any, **kwargs: Any) -> Any:
    if not callable(func):
        raise TypeError("the first argument must be callable")
    _at_exit.append((func, args, kwargs))
    return func


def _unregister(func: Any, /) -> None:
    _at_exit[:] = [entry for entry in _at_exit if entry[0] != func]


def registered() -> list[Any]:
    """What is registered for the end of the process whose state is in place."""
    return _at_exit


def run_at_exit() -> None:
    """Call what the program registered, the last one first; an exception doesn't stop the rest."""
    while _at_exit:
        function, arguments, keywords = _at_exit.pop()
        try:
            function(*arguments, **keywords)
        except core.Abort:
            raise
        except SystemExit:
            pass
        except BaseException as exception:
            core.report_exception(exception)


def make_atexit() -> ModuleType:
    """The module that programs import as `atexit`."""
    module: Any = ModuleType("atexit", "allow programmer to define functions for the end.")
    module.register = _register
    module.unregister = _unregister
    module._clear = _at_exit.clear
    module._run_exitfuncs = run_at_exit
    module._ncallbacks = lambda: len(_at_exit)
    return module  # type: ignore[no-any-return]

"""What an execution doesn't control, and how its use is refused by name.

A module that isn't controlled is a stand-in for the user's code: importing it and naming what is
in it is free, using that is refused. Below it, an audit hook stops what changes the system by
whatever way it is reached, other packages included.
"""

from __future__ import annotations

import importlib
import os
import sys
from types import ModuleType
from typing import Any, NoReturn

from everyway import _core as core

# Packages whose parts are refused, with all that is below them.
REFUSED_MODULES = frozenset(
    """
    asyncore asynchat _posixsubprocess
    socket _socket socketserver ssl _ssl select selectors signal _signal subprocess pty fcntl
    termios tty mmap _mmap sqlite3 _sqlite3 dbm shelve ctypes _ctypes resource syslog readline
    http urllib.request urllib.robotparser urllib.error ftplib smtplib smtpd imaplib poplib nntplib
    telnetlib xmlrpc webbrowser wsgiref cgi curses tkinter turtle idlelib pdb bdb code cmd
    interpreters _interpreters _xxsubinterpreters _interpqueues posix nt
    uvloop winloop trio anyio curio gevent greenlet eventlet twisted tornado
    aiohttp httpx requests urllib3 websockets zmq redis pymongo psycopg psycopg2 asyncpg sqlalchemy
    celery dask ray joblib billiard psutil
    """.split()
)

PACKAGES_WITH_REFUSED = frozenset(name.rpartition(".")[0] for name in REFUSED_MODULES) - {""}


def is_refused(name: str) -> bool:
    """Whether a module, or a package that it belongs to, isn't controlled."""
    while name:
        if name in REFUSED_MODULES:
            return True
        name = name.rpartition(".")[0]
    return False


def _refuse(what: str) -> NoReturn:
    core.refuse(what)
    raise RuntimeError(f"`{what}` is not controlled")  # outside an execution


class Refused:
    """Something that may be named but not used."""

    __slots__ = ("__weakref__", "_what")

    _what: str

    def __init__(self, what: str) -> None:
        object.__setattr__(self, "_what", what)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return stand_in(f"{self._what}.{name}")

    def __setattr__(self, name: str, value: object) -> None:
        _refuse(f"{self._what}.{name} = …")

    def __call__(self, *arguments: object, **keywords: object) -> NoReturn:
        """Refuse."""
        _refuse(self._what)

    def __mro_entries__(self, bases: tuple[object, ...]) -> NoReturn:
        _refuse(self._what)

    def __getitem__(self, key: object) -> Any:
        return self  # an annotation such as `Future[int]`

    def __or__(self, other: object) -> Any:
        return self

    __ror__ = __or__

    def __iter__(self) -> NoReturn:
        _refuse(self._what)

    def __enter__(self) -> NoReturn:
        _refuse(self._what)

    def __exit__(self, *exception: object) -> NoReturn:
        _refuse(self._what)

    def __int__(self) -> NoReturn:
        _refuse(self._what)

    __index__ = __int__

    def __repr__(self) -> str:
        return f"<{self._what}>"


def stand_in(what: str) -> Any:
    """What stands for the refused thing of that dotted name."""
    last = what.rpartition(".")[2]
    if last[:1].isupper() and last.endswith(("Error", "Exception", "Timeout", "Interrupt")):
        return type(last, (Exception,), {"__module__": what.rpartition(".")[0]})
    return Refused(what)


class RefusedModule(ModuleType):
    """A module whose parts are refused when they are used."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        what = f"{self.__name__}.{name}"
        value = stand_in(what)
        self.__dict__[name] = value
        return value


_modules: dict[str, ModuleType] = {}


def refused_module(name: str) -> ModuleType:
    """The stand-in for a module, linked below those of its packages."""
    found = _modules.get(name)
    if found is None:
        found = _modules[name] = RefusedModule(name)
        above, _, last = name.rpartition(".")
        if is_refused(above):
            setattr(refused_module(above), last, found)
    return found


def import_refused(name: str, wanted: tuple[str, ...]) -> ModuleType:
    """What `import name` or `from name import wanted` gives for a refused module."""
    if wanted:
        if "*" in wanted:
            _refuse(f"from {name} import *")
        return refused_module(name)
    top = name.partition(".")[0]
    if is_refused(top):
        return refused_module(top)
    return package_view(top, importlib.import_module(top))


def package_view(name: str, package: ModuleType) -> ModuleType:
    """A package that has refused parts, as the user's code sees it."""
    return _PackageView(name, package)


class _PackageView(ModuleType):
    """A package of which one part is refused: the rest is the package's own."""

    def __init__(self, name: str, package: ModuleType) -> None:
        super().__init__(name)
        self.__dict__["__package_behind__"] = package

    def __getattr__(self, name: str) -> Any:
        dotted = f"{self.__name__}.{name}"
        if is_refused(dotted):
            return refused_module(dotted)
        value = getattr(self.__dict__["__package_behind__"], name)
        if dotted in PACKAGES_WITH_REFUSED and isinstance(value, ModuleType):
            return package_view(dotted, value)
        return value


# --- what changes the system ----------------------------------------------------------------------

_REFUSED_EVENTS = {
    "ctypes.dlopen": "ctypes",
    "fcntl.fcntl": "fcntl.fcntl",
    "fcntl.flock": "fcntl.flock",
    "fcntl.ioctl": "fcntl.ioctl",
    "fcntl.lockf": "fcntl.lockf",
    "mmap.__new__": "mmap.mmap",
    "_thread.start_new_thread": "a thread of a library",
    "_thread.start_joinable_thread": "a thread of a library",
    "pty.spawn": "pty.spawn",
    "signal.pthread_kill": "signal.pthread_kill",
    "socket.__new__": "socket.socket",
    "sqlite3.connect": "sqlite3.connect",
    "subprocess.Popen": "subprocess.Popen",
    "webbrowser.open": "webbrowser.open",
    **{
        f"os.{name}": f"os.{name}"
        for name in """
            chflags chmod chown exec fork forkpty kill killpg link lockf mkdir posix_spawn remove
            removexattr rename rmdir setxattr spawn startfile symlink system truncate utime
        """.split()
    },
}
_WRITING_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC

_hook_is_set = False
_suspended = 0


def guard() -> None:
    """Refuse, in executions, what changes the system. A hook can't be taken out again."""
    global _hook_is_set
    if not _hook_is_set:
        _hook_is_set = True
        sys.addaudithook(_audit)


class suspended:
    """While the front-end itself does something in an execution, such as loading a library."""

    def __enter__(self) -> None:
        global _suspended
        _suspended += 1

    def __exit__(self, *exception: object) -> None:
        global _suspended
        _suspended -= 1


def is_suspended() -> bool:
    """Whether the front-end itself does something."""
    return _suspended > 0


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    what = _REFUSED_EVENTS.get(event)
    if what is None and event != "open":
        return
    if _suspended or not core.in_execution() or core.aborting():
        return
    if what is not None:
        core.refuse(what)
    path, mode, flags = arguments
    if path == os.devnull:
        return
    if mode is None:
        if isinstance(flags, int) and flags & _WRITING_FLAGS:
            core.refuse("os.open for writing")
    elif isinstance(mode, str) and any(letter in mode for letter in "wax+"):
        core.refuse(f'open(…, "{mode}")')

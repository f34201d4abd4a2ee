"""The private standard library: modules loaded on the modelled `_thread` and `time`.

They are loaded once, swapped into `sys.modules` for an exploration, and put back to their first
state for each execution. Whatever else an exploration imports stays in its `sys.modules` too, since
it may hold what is private.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib.machinery
import importlib.util
import reprlib
import sys
import weakref
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from everyway import _core as core
from everyway.models import futures, logging, multiprocessing, objects, queue, thread, threading, time
from everyway.models.asyncio import install as asyncio_install
from everyway.models.asyncio import loop as asyncio_loop
from everyway.models.asyncio import source as asyncio_source
from everyway.world import identity, process, randomness
from everyway.world.refusal import is_refused, suspended
from everyway.world.snapshot import Snapshot

# Loaded on the models and reset; packages with all that is below them.
PRIVATE = frozenset(
    """
    threading _threading_local queue sched concurrent random uuid secrets datetime _pydatetime _strptime
    zoneinfo calendar logging statistics shutil tempfile timeit unittest asyncio
    multiprocessing
    """.split()
)
# C versions of private modules, which would go round the models.
BLOCKED = frozenset({"_queue", "_datetime", "_zoneinfo", "_uuid", "_asyncio"})

# Modules of ours and of the import system, which go on using what is real.
_ALWAYS_REAL = frozenset(
    """
    __main__ builtins sys os posixpath io abc types enum re functools reprlib collections operator
    dataclasses importlib zipimport site encodings codecs weakref _weakrefset contextlib warnings
    traceback linecache tokenize inspect typing itertools gc greenlet everyway fake_core pytest
    _pytest pluggy
    """.split()
)

_PATCHES: dict[str, Callable[[ModuleType], None]] = {
    "multiprocessing": multiprocessing.install,
    "multiprocessing.process": multiprocessing.install_process,
    "threading": threading.install,
    "concurrent.futures": futures.install,
    "concurrent.futures._base": futures.install_base,
    "concurrent.futures.thread": futures.install_thread,
    "queue": queue.install,
    "random": randomness.patch_random,
    "shutil": process.patch_shutil,
    "tempfile": process.patch_tempfile,
    "uuid": randomness.patch_uuid,
}


def _is_private(name: str) -> bool:
    return name.partition(".")[0] in PRIVATE


class _LibraryLoader:
    """Loads a module of a library, whose primitives outlive the execution."""

    def __init__(self, loader: Any, loaded: Callable[[ModuleType], None]) -> None:
        self._loader = loader
        self._loaded = loaded

    def create_module(self, spec: Any) -> ModuleType | None:
        return self._loader.create_module(spec)  # type: ignore[no-any-return]

    def exec_module(self, module: ModuleType) -> None:
        objects.library_begins()
        try:
            with suspended():
                self._run(module)
                self._loaded(module)
        finally:
            objects.library_ends()

    def _run(self, module: ModuleType) -> None:
        if not asyncio_source.is_changed(module.__name__):
            self._loader.exec_module(module)
            return
        path = self._loader.get_filename(module.__name__)
        asyncio_source.run(self._loader.get_source(module.__name__), path, module.__dict__)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)


class Library:
    """The private standard library of a process; also the finder that loads it."""

    def __init__(self) -> None:
        self._ours: dict[str, ModuleType] = {
            "_thread": thread.make_module(),
            "time": time.make_module(),
            "atexit": process.make_atexit(),
            "_multiprocessing": multiprocessing.make_semaphores(),
        }
        self._theirs: dict[str, ModuleType] = {}
        self._before: set[str] = set()
        self._snapshots: dict[str, Snapshot] = {}
        self._patched: list[tuple[Any, str, Any]] = []
        self._finding = False
        self.loaded_in_execution: list[str] = []

    # --- an exploration ---------------------------------------------------------------------------

    def enter(self) -> None:
        """Put the private modules in the place of the real ones."""
        for name in _standing_on_replaced(set(self._ours)):
            self._theirs[name] = sys.modules.pop(name)
        self._before = set(sys.modules)
        sys.modules.update(self._ours)
        sys.meta_path.insert(0, self)
        self._patch_shared()
        import queue as _queue  # noqa: F401
        import threading as _threading  # noqa: F401

    def leave(self) -> None:
        """Put the real modules back."""
        sys.meta_path.remove(self)
        for target, name, value in reversed(self._patched):
            setattr(target, name, value)
        self._patched.clear()
        for name in [name for name in sys.modules if name not in self._before]:
            self._ours[name] = sys.modules.pop(name)
        sys.modules.update(self._theirs)
        self._theirs.clear()

    @property
    def threading(self) -> Any:
        """The private `threading`."""
        return sys.modules["threading"]

    # --- an execution -----------------------------------------------------------------------------

    def begin_execution(self, seed: int) -> None:
        """Put every private module back to how it was when it was loaded."""
        self.loaded_in_execution = []
        identity.forget()
        thread.begin_execution()
        asyncio_loop.begin_execution()
        randomness.begin_execution(seed)
        for snapshot in self._snapshots.values():
            snapshot.restore()
        finalizers: Any = weakref.finalize
        finalizers._registered_with_atexit = False
        objects.begin_execution()
        multiprocessing.begin_execution()
        threading.begin_execution(self.threading)
        process.begin_execution()
        futures.begin_execution(self.threading)

    def end_execution(self) -> None:
        """Leave nothing that belongs to the execution that has ended."""
        asyncio_loop.end_execution()
        objects.end_execution()

    # --- the finder -------------------------------------------------------------------------------

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> Any:
        """Find a library module that isn't loaded yet."""
        if name in BLOCKED:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        if self._finding:
            return None
        self._finding = True
        try:
            spec = _find(name, path, target, self)
        finally:
            self._finding = False
        if spec is None or spec.loader is None or not hasattr(spec.loader, "exec_module"):
            return spec
        if getattr(spec.loader, "loads_user_code", False):
            return spec
        spec.loader = _LibraryLoader(spec.loader, self._loaded)
        return spec

    def _loaded(self, module: ModuleType) -> None:
        name = module.__name__
        if core.in_execution():
            self.loaded_in_execution.append(name)
        patch = _PATCHES.get(name)
        if patch is not None:
            patch(module)
        if name.startswith("asyncio."):
            asyncio_install.install(module)
        if name == "datetime":
            _offer_c_api(module)
        if _is_private(name):
            self._snapshots[name] = Snapshot(module)
            above, _, last = name.rpartition(".")
            if above in self._snapshots:
                self._snapshots[above].keep(last, module)
        if "logging" in self._snapshots:
            logging.keep_loggers(module, self._snapshots["logging"])

    # --- shared modules that hold what is modelled ------------------------------------------------

    def _patch_shared(self) -> None:
        self._patch(functools, "RLock", thread.RLock)
        self._patch(reprlib, "get_ident", thread.get_ident)
        if hasattr(dataclasses, "_thread"):
            self._patch(dataclasses, "_thread", self._ours["_thread"])
        self._patch(dataclasses, "_process_class", _process_class)
        attrs = sys.modules.get("attr._make")
        if attrs is not None and hasattr(attrs, "_has_own_attribute"):
            has_own = attrs._has_own_attribute
            self._patch(
                attrs,
                "_has_own_attribute",
                lambda kind, name: not identity.is_adopted(kind, name) and has_own(kind, name),
            )

    def _patch(self, target: Any, name: str, value: Any) -> None:
        self._patched.append((target, name, getattr(target, name)))
        setattr(target, name, value)


_real_process_class: Any = dataclasses._process_class  # type: ignore[attr-defined]


def _process_class(kind: type, *arguments: Any, **keywords: Any) -> Any:
    """Make a dataclass, which looks whether the class has a hash and a text of its own."""
    identity.abandon(kind)
    made = _real_process_class(kind, *arguments, **keywords)
    if isinstance(made, type):
        identity.adopt(made)
    return made


def _find(name: str, path: Any, target: Any, asking: object) -> Any:
    for finder in sys.meta_path:
        if finder is asking:
            continue
        spec = finder.find_spec(name, path, target)
        if spec is not None:
            return spec
    return None


def _offer_c_api(module: Any) -> None:
    """Let C extensions load that ask for the types of the real `datetime`."""
    finder: Any = importlib.machinery
    for each in (finder.BuiltinImporter, finder.PathFinder):
        spec = each.find_spec("_datetime")
        if spec is not None:
            real = sys.modules.get("_datetime") or importlib.util.module_from_spec(spec)
            if not hasattr(real, "datetime_CAPI"):
                spec.loader.exec_module(real)
            module.datetime_CAPI = real.datetime_CAPI
            return


def _standing_on_replaced(ours: set[str]) -> list[str]:
    """Which loaded modules are private, or hold something of one that is."""
    replaced = {
        name for name in sys.modules if name in ours or name in BLOCKED or _is_private(name) or is_refused(name)
    }
    candidates = {
        name: module
        for name, module in sys.modules.items()
        if name not in replaced
        and name.partition(".")[0] in sys.stdlib_module_names
        and name.partition(".")[0].lstrip("_") not in _ALWAYS_REAL
        and not name.startswith("_frozen")
        and type(module) is ModuleType
        and getattr(module, "__file__", None)
    }
    while True:
        values = {id(sys.modules[name]) for name in replaced}
        more = {
            name
            for name, module in candidates.items()
            if any(_comes_from(value, replaced, values) for value in vars(module).values())
        }
        if not more:
            return [name for name in sys.modules if name in replaced and name not in _KEPT]
        replaced |= more
        for name in more:
            del candidates[name]


# The worker itself goes on with these; the user's own import of them is refused anyway.
_KEPT = frozenset({"greenlet", "signal", "_signal", "posix", "nt"})


def _comes_from(value: Any, names: set[str], modules: set[int]) -> bool:
    if type(value) is ModuleType:
        return id(value) in modules
    if callable(value):
        return getattr(value, "__module__", None) in names
    return False

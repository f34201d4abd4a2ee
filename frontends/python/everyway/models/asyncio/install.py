"""What is changed in the freshly loaded modules of `asyncio`."""

from __future__ import annotations

import heapq
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from everyway import _core as core
from everyway.models.asyncio import activities, awaitables, loop, notes
from everyway.world import identity
from everyway.world.refusal import stand_in

# What is refused when it is used.
_REFUSED = {
    "asyncio.streams": "open_connection start_server open_unix_connection start_unix_server StreamReaderProtocol",
    "asyncio.subprocess": "create_subprocess_shell create_subprocess_exec",
}
_POLICY = "_UnixDefaultEventLoopPolicy"
# Of a loop that waits for nothing outside the program: the tests of CPython have such a one.
HARMLESS = "__everyway_harmless__"


def _install_events(module: Any) -> None:
    loop.install_handles(module)
    module._lock = _NoLock()


# Methods of a loop that look at its settings, or change them.
_SETTINGS = {
    "create_task": False,
    "call_exception_handler": False,
    "get_task_factory": False,
    "get_exception_handler": False,
    "set_task_factory": True,
    "set_exception_handler": True,
    "set_default_executor": True,
}


class _Heap:
    """What `base_events` does with `heapq`: the timers of our loops aren't in a heap."""

    heappop = staticmethod(heapq.heappop)
    heapify = staticmethod(heapq.heapify)

    @staticmethod
    def heappush(heap: Any, item: Any) -> None:
        """Add a timer."""
        if isinstance(heap, loop.Timers):
            heap.push(item)
        else:
            heapq.heappush(heap, item)


def _install_base_events(module: Any) -> None:
    module.heapq = _Heap
    kind: Any = module.BaseEventLoop
    real_init = kind.__init__

    def init(self: Any) -> None:
        if not hasattr(self, "_handles") and not getattr(type(self), HARMLESS, False):
            core.refuse("a subclass of asyncio.BaseEventLoop")
        real_init(self)

    kind.__init__ = init
    for name, writes in _SETTINGS.items():
        setattr(kind, name, notes.around(getattr(kind, name), notes.SETTINGS, writes))


def _install_futures(module: Any) -> None:
    kind: Any = module.Future
    real_set_exception, real_delete = kind.set_exception, kind.__del__

    def set_exception(self: Any, exception: Any) -> None:
        real_set_exception(self, exception)
        loop.note_exception(self)

    def delete(self: Any) -> None:
        real_delete(self)
        self._log_traceback = False  # told once, even if something keeps the future after all

    set_exception.__doc__ = real_set_exception.__doc__
    kind.set_exception = set_exception
    kind.__del__ = delete
    kind.__hash__ = identity.serial_hash


def _install_tasks(module: Any) -> None:
    kind: Any = module.Task
    module.all_tasks = notes.around(module.all_tasks, notes.EVERYTHING, False)
    real_init = kind.__init__

    def init(self: Any, coro: Any, **keywords: Any) -> None:
        context = keywords.get("context")
        if context is not None:
            loop.give_context(context)
        real_init(self, coro, **keywords)

    kind.__init__ = init
    real_start = getattr(kind, "_Task__eager_start", None)
    if real_start is None:
        return

    def eager_start(self: Any) -> None:
        activity = activities.of_task(self)
        with activities.entered(self._loop._number, loop.OUTSIDE, activity):
            real_start(self)
        if self.done():
            core.activity_end(activity)

    kind._Task__eager_start = eager_start


class _NoLock:
    """In the place of the library's own locks: between two points of an execution nobody comes between."""

    def __enter__(self) -> None:
        """Go on."""

    def __exit__(self, *exception: object) -> None:
        """Go on."""


class _NoSignals:
    """What `runners` asks of `signal`: the program's interrupts aren't its business."""

    SIGINT = 2
    default_int_handler = object()

    @staticmethod
    def getsignal(number: int) -> None:
        """Somebody else handles it."""


def _install_mixins(module: Any) -> None:
    module._global_lock = _NoLock()


def _install_runners(module: Any) -> None:
    module.signal = _NoSignals


def _install_unix_events(module: Any) -> None:
    made = loop.make_loop(sys.modules["asyncio.base_events"], sys.modules["asyncio.events"])
    policy: Any = getattr(module, _POLICY)
    policy._loop_factory = made
    for name in ("SelectorEventLoop", "_UnixSelectorEventLoop", "EventLoop"):
        if hasattr(module, name):
            setattr(module, name, made)


_INSTALL: dict[str, Callable[[Any], None]] = {
    "asyncio.events": _install_events,
    "asyncio.base_events": _install_base_events,
    "asyncio.futures": _install_futures,
    "asyncio.locks": awaitables.install_locks,
    "asyncio.queues": awaitables.install_queues,
    "asyncio.tasks": _install_tasks,
    "asyncio.mixins": _install_mixins,
    "asyncio.runners": _install_runners,
    "asyncio.unix_events": _install_unix_events,
}


def install(module: ModuleType) -> None:
    """Change a freshly loaded module of the package."""
    name = module.__name__
    change = _INSTALL.get(name)
    if change is not None:
        change(module)
    for each in _REFUSED.get(name, "").split():
        if hasattr(module, each):
            setattr(module, each, stand_in(f"asyncio.{each}"))
    for value in list(vars(module).values()):
        if isinstance(value, type) and value.__module__ == name:
            identity.adopt(value)

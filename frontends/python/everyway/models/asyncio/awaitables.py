"""Locks, events, conditions, semaphores and queues as the engine knows them: what was done to each.

Their own code runs. What it did is told right after, so that a report shows it, and who holds a lock.
"""

from __future__ import annotations

from typing import Any

from everyway import _core as core

NUMBER = "_ev_awaitable"
_NOTHING = -1


def install_locks(module: Any) -> None:
    """Tell of what the synchronisation primitives do."""
    for kind, acquired, released in (
        (module.Lock, "acquire", "release"),
        (module.Semaphore, "semaphore", "semaphore_release"),
    ):
        _number(kind)
        _tell_when_awaited(kind, "acquire", acquired)
        _tell(kind, "release", released)
    _number(module.Event)
    _tell(module.Event, "set", "set")
    _tell(module.Event, "clear", "clear")
    _number(module.Condition)
    _tell(module.Condition, "notify", "notify")
    _tell_before(module.Condition, "wait", "condition_wait")


def install_queues(module: Any) -> None:
    """Tell of what queues do."""
    kind: Any = module.Queue
    _number(kind)
    _tell(kind, "put_nowait", "queue_put")
    _tell(kind, "get_nowait", "queue_get")
    _tell(kind, "task_done", "task_done")


def _number(kind: Any) -> None:
    real_init = kind.__init__

    def init(self: Any, *arguments: Any, **keywords: Any) -> None:
        real_init(self, *arguments, **keywords)
        setattr(self, NUMBER, core.awaitable_new() if core.in_execution() else _NOTHING)

    _put(kind, "__init__", init)


def _tell(kind: Any, name: str, what: str) -> None:
    real = getattr(kind, name)

    def method(self: Any, *arguments: Any, **keywords: Any) -> Any:
        result = real(self, *arguments, **keywords)
        core.awaitable_did(what, getattr(self, NUMBER))
        return result

    _put(kind, name, method)


def _tell_when_awaited(kind: Any, name: str, what: str) -> None:
    real = getattr(kind, name)

    async def method(self: Any, *arguments: Any, **keywords: Any) -> Any:
        result = await real(self, *arguments, **keywords)
        core.awaitable_did(what, getattr(self, NUMBER))
        return result

    _put(kind, name, method)


def _tell_before(kind: Any, name: str, what: str) -> None:
    real = getattr(kind, name)

    async def method(self: Any, *arguments: Any, **keywords: Any) -> Any:
        if self.locked():
            core.awaitable_did(what, getattr(self, NUMBER))
        return await real(self, *arguments, **keywords)

    _put(kind, name, method)


def _put(kind: Any, name: str, function: Any) -> None:
    replaced = getattr(kind, name)
    function.__name__ = name
    function.__qualname__ = replaced.__qualname__
    function.__doc__ = replaced.__doc__
    function.__module__ = replaced.__module__
    setattr(kind, name, function)

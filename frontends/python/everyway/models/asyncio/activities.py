"""Units of work on a loop: each `Task`, and each chain of callbacks of the program's own.

Reports have a column for each, and what one does between two awaits is never interrupted by another.
A callback of the library belongs to none: it is the loop that does it.
"""

from __future__ import annotations

from typing import Any

from everyway import _core as core

NONE = -1
_LIBRARIES = ("asyncio", "concurrent.futures")
_ENDS_OF_WAITS = frozenset({"_release_waiter", "_on_timeout", "_handle_timeout"})
_STEPS = frozenset({"__step", "__wakeup"})


class Chain:
    """A chain of the program's own callbacks: those that one of them asks for belong to it."""

    __slots__ = ("activity", "waiting")

    def __init__(self, activity: int) -> None:
        self.activity = activity
        self.waiting = 0


# By the driving task of a loop: the chain that is running there.
_running: dict[int, Chain] = {}


def begin_execution() -> None:
    """Forget what ran in the execution before."""
    _running.clear()


def of_task(task: Any) -> int:
    """The activity of an asyncio task."""
    try:
        return task._ev_activity  # type: ignore[no-any-return]
    except AttributeError:
        activity = task._ev_activity = core.activity_new(task._loop._number, task.get_name())
        return activity


def task_behind(callback: Any) -> Any:
    """The asyncio task of which the callback is a step; none if it is something else."""
    name = getattr(callback, "__name__", None)
    return getattr(callback, "__self__", None) if name in _STEPS else None


def begins(callback: Any) -> bool:
    """Whether the callback is the first step of a task."""
    task = task_behind(callback)
    if task is None or hasattr(task, "_ev_activity"):
        return False
    of_task(task)
    return True


def ends_a_wait(callback: Any) -> bool:
    """Whether the callback ends somebody's patience: that of `wait_for`, `timeout`, `wait`, `as_completed`."""
    return getattr(callback, "__name__", None) in _ENDS_OF_WAITS and is_librarys(callback)


def is_librarys(callback: Any) -> bool:
    """Whether the callback is code of the library."""
    module = getattr(callback, "__module__", None)
    if not isinstance(module, str):
        module = type(callback).__module__
    return module.startswith(_LIBRARIES)


def chain_of(loop: int, callback: Any) -> Chain:
    """The chain that a callback of the program's belongs to: that which asks for it, or a new one."""
    chain = _running.get(core.current_task())
    if chain is None:
        name = getattr(callback, "__name__", None) or type(callback).__name__
        chain = Chain(core.activity_new(loop, str(name)))
    chain.waiting += 1
    return chain


def leave_chain(chain: Chain) -> None:
    """A callback of the chain won't run any more."""
    chain.waiting -= 1
    if chain.waiting == 0:
        core.activity_end(chain.activity)


class running:
    """While a callback of a chain runs."""

    __slots__ = ("_chain", "_task")

    def __init__(self, chain: Chain) -> None:
        self._chain = chain

    def __enter__(self) -> None:
        self._task = core.current_task()
        _running[self._task] = self._chain

    def __exit__(self, *exception: object) -> None:
        _running.pop(self._task, None)


class entered:
    """While a callback acts, in the name of an activity or in the loop's own."""

    __slots__ = ("_activity", "_handle", "_loop")

    def __init__(self, loop: int, handle: int, activity: int) -> None:
        self._loop = loop
        self._handle = handle
        self._activity = activity

    def __enter__(self) -> None:
        core.loop_enter(self._loop, self._handle, self._activity)

    def __exit__(self, *exception: object) -> None:
        if not core.aborting():
            core.loop_leave(self._loop)

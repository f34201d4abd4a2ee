"""What a suspended task waits for, and where: told to the engine when a loop has nothing to do.

The chain of awaits goes from the task's coroutine through the program's frames into the library's;
the innermost of the program's is the place, the innermost of the library's that is known the kind.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

from everyway import _core as core
from everyway.models.asyncio import activities, awaitables

NOTHING = -1

# What a method of the library waits for, by its name with that of its class.
_KINDS = {
    "Lock.acquire": "mutex",
    "Event.wait": "event",
    "Condition.wait": "condition",
    "Semaphore.acquire": "semaphore",
    "Queue.get": "queue_get",
    "Queue.put": "queue_put",
    "Queue.join": "queue_join",
    "Barrier._wait": "barrier",
    "Barrier._block": "barrier",
}
_ONE_OF_OURS = "__ev_slice__"


def announce(loop: Any) -> None:
    """Say what each suspended task of the loop waits for."""
    tasks: Any = sys.modules["asyncio.tasks"]
    suspended = [task for task in tasks.all_tasks(loop) if getattr(task, "_fut_waiter", None) is not None]
    for task in sorted(suspended, key=activities.of_task):
        kind, found, place = _what(task, tasks)
        core.activity_waits(activities.of_task(task), kind, found, False, place)


def _what(task: Any, tasks: Any) -> tuple[str, int, FrameType | None]:
    place = None
    kind, found = "", NOTHING
    for frame in _frames(task.get_coro()):
        if _ONE_OF_OURS in frame.f_builtins:
            place, kind, found = frame, "", NOTHING
            continue
        known = _KINDS.get(_name_of(frame))
        if known is not None:
            kind = known
            found = getattr(frame.f_locals.get("self"), awaitables.NUMBER, NOTHING)
        elif not kind:
            other = _first_pending(frame, tasks)
            if other is not None:
                kind, found = "task", activities.of_task(other)
    if not kind:
        other = _task_of(task._fut_waiter, tasks)
        kind, found = ("future", NOTHING) if other is None else ("task", activities.of_task(other))
    return kind, found, place


def _name_of(frame: FrameType) -> str:
    owner = frame.f_locals.get("self")
    name = frame.f_code.co_name
    for kind in type(owner).__mro__:
        if name in kind.__dict__ and kind.__module__.startswith("asyncio."):
            return f"{kind.__name__}.{name}"
    return name


def _frames(awaited: Any) -> Iterator[FrameType]:
    """The frames of a chain of awaits, from the outside in."""
    while awaited is not None:
        if hasattr(awaited, "cr_frame"):
            frame, awaited = awaited.cr_frame, awaited.cr_await
        elif hasattr(awaited, "gi_frame"):
            frame, awaited = awaited.gi_frame, awaited.gi_yieldfrom
        elif hasattr(awaited, "ag_frame"):
            frame, awaited = awaited.ag_frame, awaited.ag_await
        elif type(awaited).__name__.startswith(("async_generator_", "coroutine_wrapper", "anext_awaitable")):
            inner = [each for each in gc.get_referents(awaited) if _is_chain(each)]
            awaited = inner[0] if inner else None
            continue
        else:
            return
        if frame is not None:
            yield frame


def _is_chain(value: Any) -> bool:
    return any(hasattr(value, name) for name in ("cr_frame", "gi_frame", "ag_frame"))


def _first_pending(frame: FrameType, tasks: Any) -> Any:
    """The first task, not done yet, of those that a function of the library waits for."""
    names = frame.f_locals
    waited: Any = names.get("fs") or names.get("fut") or getattr(names.get("self"), "_tasks", None)
    for each in _ordered(waited):
        found = _task_of(each, tasks)
        if found is not None:
            return found
    return None


def _ordered(waited: Any) -> list[Any]:
    if isinstance(waited, set | frozenset | list | tuple):
        return sorted(waited, key=lambda each: getattr(each, "_ev_activity", NOTHING))
    return [waited]


def _task_of(future: Any, tasks: Any) -> Any:
    """The task behind a future, not done yet: itself, or a child of a `gather`."""
    if isinstance(future, tasks._PyTask):
        return None if future.done() else future
    for child in getattr(future, "_children", ()):
        found = _task_of(child, tasks)
        if found is not None:
            return found
    return None

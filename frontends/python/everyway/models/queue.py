"""The queues of the private `queue`: each call is one operation of the engine.

`Queue` and `LifoQueue` are announced as a whole unless a subclass says how items are kept, as
`PriorityQueue` does: then the real code runs on modelled locks. `SimpleQueue` is the pure-Python one
with `_queue` blocked; it counts on `append` and `popleft` being single steps that everyone sees.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from everyway import _core as core
from everyway.models.dressing import replace
from everyway.models.natives import Inner, is_native
from everyway.models.objects import new_object
from everyway.models.thread import limit_of, lock
from everyway.world.identity import serial_hash

_KEEPING = ("_init", "_put", "_get", "_qsize")
_LOCKS = ("mutex", "not_empty", "not_full", "all_tasks_done")
_KEPT = ("queue", "unfinished_tasks", "is_shutdown", "maxsize")
OWN_ATTRIBUTES = frozenset((*_LOCKS, *_KEPT))
_TASK_BITS = 32


def install(module: ModuleType) -> None:
    """Announce the queues of the freshly loaded private `queue`."""
    _install_queue(module)
    _install_simple_queue(module)


class _Store:
    """The items of one queue by the numbers that the engine knows them by."""

    __slots__ = ("_puts", "items")

    def __init__(self) -> None:
        self.items: dict[int, Any] = {}
        """In the order in which they were put."""
        self._puts: dict[int, int] = {}

    def new_number(self) -> int:
        """The number of an item, which says which put of which task it is from."""
        task = core.current_task()
        nth = self._puts[task] = self._puts.get(task, 0) + 1
        return task << _TASK_BITS | nth


def is_queue(kind: type) -> bool:
    """Whether a class is one of the library's queues, modelled or not, or derived from one."""
    return any(each.__module__ in ("queue", "_queue") and each.__name__.endswith("Queue") for each in kind.__mro__)


def content(queue: Any) -> list[Any]:
    """What a queue holds, in the order in which it was put there, as far as that is kept."""
    attributes = getattr(queue, "__dict__", {})
    if attributes.get("__ev_id__") is not None:
        return list(attributes["__ev_store__"].items.values())
    return list(attributes.get("_queue", ()) or attributes.get("queue", ()))


# --- Queue, LifoQueue -----------------------------------------------------------------------------


def _install_queue(module: Any) -> None:
    kind: Any = module.Queue
    real = dict(kind.__dict__)
    orders = {
        tuple(getattr(each, name) for name in _KEEPING): order
        for each, order in ((module.Queue, "queue"), (module.LifoQueue, "lifo_queue"))
    }
    shut = getattr(module, "ShutDown", module.Full)

    def init(self: Any, maxsize: Any = 0) -> None:
        order = orders.get(tuple(getattr(type(self), name) for name in _KEEPING))
        if order is None or type(maxsize) is not int or not is_native("queue"):
            self.__dict__["__ev_id__"] = None
            real["__init__"](self, maxsize)
            return
        attributes = self.__dict__
        attributes["__ev_maxsize__"] = maxsize
        attributes["__ev_store__"] = _Store()
        attributes["__ev_id__"] = new_object(self, order, max(maxsize, 0))

    def put(self: Any, item: Any, block: Any = True, timeout: Any = None) -> None:
        number = self.__ev_id__
        if number is None:
            real["put"](self, item, block, timeout)
            return
        limit = _limit(block, timeout) if self.__ev_maxsize__ > 0 else None
        store = self.__ev_store__
        name = store.new_number()
        answer = core.queue_put(number, name, limit)
        if answer < 0:
            raise module.Full if answer == _NOTHING else shut
        store.items[name] = item

    def get(self: Any, block: Any = True, timeout: Any = None) -> Any:
        number = self.__ev_id__
        if number is None:
            return real["get"](self, block, timeout)
        name = core.queue_get(number, _limit(block, timeout))
        if name < 0:
            raise module.Empty if name == _NOTHING else shut
        return self.__ev_store__.items.pop(name)

    def task_done(self: Any) -> None:
        if self.__ev_id__ is None:
            real["task_done"](self)
        elif not core.queue_task_done(self.__ev_id__):
            raise ValueError("task_done() called too many times")

    def join(self: Any) -> None:
        if self.__ev_id__ is None:
            real["join"](self)
        else:
            core.queue_join(self.__ev_id__)

    def qsize(self: Any) -> int:
        if self.__ev_id__ is None:
            return real["qsize"](self)  # type: ignore[no-any-return]
        return core.queue_length(self.__ev_id__)

    def empty(self: Any) -> bool:
        if self.__ev_id__ is None:
            return real["empty"](self)  # type: ignore[no-any-return]
        return core.queue_length(self.__ev_id__) == 0

    def full(self: Any) -> bool:
        if self.__ev_id__ is None:
            return real["full"](self)  # type: ignore[no-any-return]
        return bool(0 < self.__ev_maxsize__ <= core.queue_length(self.__ev_id__))

    def shutdown(self: Any, immediate: Any = False) -> None:
        if self.__ev_id__ is None:
            real["shutdown"](self, immediate)
            return
        core.queue_shut_down(self.__ev_id__, bool(immediate))
        if immediate:
            self.__ev_store__.items.clear()

    replace(kind, __init__=init, put=put, get=get, task_done=task_done, join=join, qsize=qsize, empty=empty, full=full)
    if "shutdown" in real:
        replace(kind, shutdown=shutdown)
    kind.__ev_id__ = None
    for name in _LOCKS:
        setattr(kind, name, Inner("queue", name))
    for name in _KEPT:
        setattr(kind, name, Inner("queue", name, mutex="mutex"))
    kind.maxsize = _MaxSize()
    kind.__hash__ = serial_hash


_NOTHING = -1


def _limit(block: Any, timeout: Any) -> float | None:
    """How long a call may wait, in seconds; raises what the real one raises."""
    if not block:
        return 0.0
    if timeout is None:
        return None
    if timeout < 0:
        raise ValueError("'timeout' must be a non-negative number")
    return limit_of(timeout)


class _MaxSize(Inner):
    """How many items a queue holds: to be read of any queue, to be changed only inside the real one."""

    def __init__(self) -> None:
        super().__init__("queue", "maxsize", mutex="mutex")

    def __get__(self, owner: Any, kind: type | None = None) -> Any:
        if owner is not None and owner.__ev_id__ is not None:
            return owner.__ev_maxsize__
        return super().__get__(owner, kind)


# --- SimpleQueue ----------------------------------------------------------------------------------


def _install_simple_queue(module: Any) -> None:
    kind: Any = module._PySimpleQueue
    real_init = kind.__init__

    def init(self: Any) -> None:
        if is_native("queue"):
            self.__ev_store__ = _Store()
            self.__ev_id__ = new_object(self, "queue")
            return
        self.__ev_id__ = None
        real_init(self)
        self._mutex = lock()

    def put(self: Any, item: Any, block: bool = True, timeout: float | None = None) -> None:
        if self.__ev_id__ is not None:
            store = self.__ev_store__
            name = store.new_number()
            core.queue_put(self.__ev_id__, name, None)
            store.items[name] = item
            return
        with self._mutex:
            self._queue.append(item)
            self._count.release()

    def get(self: Any, block: bool = True, timeout: float | None = None) -> Any:
        if block and timeout is not None and timeout < 0:
            raise ValueError("'timeout' must be a non-negative number")
        if self.__ev_id__ is not None:
            name = core.queue_get(self.__ev_id__, _limit(block, timeout))
            if name < 0:
                raise module.Empty
            return self.__ev_store__.items.pop(name)
        if not self._count.acquire(block, timeout if block else None):
            raise module.Empty
        with self._mutex:
            return self._queue.popleft()

    def empty(self: Any) -> bool:
        return self.qsize() == 0  # type: ignore[no-any-return]

    def qsize(self: Any) -> int:
        if self.__ev_id__ is not None:
            return core.queue_length(self.__ev_id__)
        with self._mutex:
            return len(self._queue)

    replace(kind, __init__=init, put=put, get=get, empty=empty, qsize=qsize)
    kind.__name__ = kind.__qualname__ = "SimpleQueue"
    kind.__module__ = "_queue"
    kind.__hash__ = serial_hash

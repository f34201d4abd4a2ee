"""`multiprocessing.queues`: queues whose items a feeder thread of the putting process pickles and sends.

The order of what happens is CPython's: `put` leaves the item to the feeder, which pickles it later; `get`
takes the lock of all readers; a process waits at its end until its feeder has sent everything.
"""

from __future__ import annotations

import types
from types import ModuleType
from typing import Any

from everyway import _core as core
from everyway.models.multiprocessing import pickling, state
from everyway.models.multiprocessing.channels import NOTHING, Channel

COUNTED = "multiprocessing.Queue.qsize"
_END: Any = object()


class Queue:
    """A queue that processes share."""

    __module__ = "multiprocessing.queues"

    def __init__(self, maxsize: int = 0, *, ctx: Any) -> None:
        context = state.package("multiprocessing.context")
        bounded = maxsize > 0
        self._maxsize = maxsize if bounded else state.package("_multiprocessing").SemLock.SEM_VALUE_MAX
        self._channel = Channel()
        self._rlock = ctx.Lock()
        counted = bounded or COUNTED in state.options
        self._sem = ctx.BoundedSemaphore(self._maxsize) if counted else None
        self._opid = state.getpid()
        self._context = context
        self._reset()

    def _reset(self) -> None:
        """What each process has for itself."""
        self._buffer: Channel | None = None
        self._jointhread: Any = None
        self._joincancelled = False
        self._closed = False
        self._close: Any = None

    def __getstate__(self) -> Any:
        self._context.assert_spawning(self)
        return {name: value for name, value in self.__dict__.items() if name in _SENT}

    def __setstate__(self, content: Any) -> None:
        self.__dict__.update(content)
        self._context = state.package("multiprocessing.context")
        self._reset()

    def __everyway_fork__(self, copier: Any) -> Any:
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        made._reset()
        return made

    def _check_open(self) -> None:
        if self._closed:
            raise ValueError(f"Queue {self!r} is closed")

    def put(self, obj: Any, block: bool = True, timeout: float | None = None) -> None:
        """Leave an item to the feeder, once there is room."""
        self._check_open()
        if self._sem is not None and not self._sem.acquire(block, timeout):
            raise state.package("queue").Full
        self._append(obj, core.site_of_use(self))

    def _append(self, obj: Any, site: int) -> None:
        if self._buffer is None:
            self._start_feeder()
        assert self._buffer is not None
        self._buffer.post((obj, site))

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Take an item."""
        self._check_open()
        empty = state.package("queue").Empty
        if not self._rlock.acquire(block, timeout):
            raise empty
        try:
            data = self._channel.receive(timeout if block else 0.0)
            if data is NOTHING:
                raise empty
            if self._sem is not None:
                self._sem.release()
        finally:
            if not core.aborting():
                self._rlock.release()
        return pickling.loads(data)

    def get_nowait(self) -> Any:
        """Take an item if there is one."""
        return self.get(False)

    def put_nowait(self, obj: Any) -> None:
        """Leave an item to the feeder if there is room."""
        self.put(obj, False)

    def qsize(self) -> int:
        """How many items were put and not taken."""
        if self._sem is None:
            core.learn_of(COUNTED)  # the exploration begins again, counting
            return 0
        return self._maxsize - self._sem._semlock._get_value()  # type: ignore[no-any-return]

    def empty(self) -> bool:
        """Whether no item has arrived."""
        return not self._channel.is_ready()

    def full(self) -> bool:
        """Whether there is no room."""
        return self._sem is not None and self._sem._semlock._is_zero()

    def close(self) -> None:
        """Put no more items from this process."""
        self._closed = True
        close, self._close = self._close, None
        if close:
            close()

    def join_thread(self) -> None:
        """Wait until the feeder has sent everything."""
        assert self._closed, f"Queue {self!r} not closed"
        if self._jointhread:
            self._jointhread()

    def cancel_join_thread(self) -> None:
        """Don't wait at the end of the process for the feeder."""
        self._joincancelled = True
        if self._jointhread is not None:
            self._jointhread.cancel()

    # --- the feeder -------------------------------------------------------------------------------

    def _start_feeder(self) -> None:
        util = state.package("multiprocessing.util")
        self._buffer = buffer = Channel()
        feeder = core.task_start(_Feeder(buffer, self._channel, self._sem), True, "QueueFeederThread")
        if not self._joincancelled:
            self._jointhread = util.Finalize(buffer, core.task_join, [feeder], exitpriority=-5)
        else:
            state.current().helpers.append(feeder)
        self._close = util.Finalize(self, _end_feeder, [buffer], exitpriority=10)

    __class_getitem__: Any = classmethod(types.GenericAlias)


_SENT = frozenset({"_maxsize", "_channel", "_rlock", "_sem", "_opid", "_cond", "_unfinished_tasks"})


def _end_feeder(buffer: Channel) -> None:
    buffer.post((_END, 0))


class _Feeder:
    """Sends what was put, in a thread of its own."""

    def __init__(self, buffer: Channel, channel: Channel, semaphore: Any) -> None:
        self._buffer = buffer
        self._channel = channel
        self._semaphore = semaphore

    def __call__(self) -> None:
        while True:
            item, site = self._buffer.receive()
            if item is _END:
                return
            try:
                data = pickling.dumps(item, site)
            except Exception:
                if self._semaphore is not None:
                    self._semaphore.release()
                _tell_of_exception()
                continue
            self._channel.post(data, len(data))


def _tell_of_exception() -> None:
    import traceback

    traceback.print_exc()


class JoinableQueue(Queue):
    """A queue that can be waited for until its items are dealt with."""

    __module__ = "multiprocessing.queues"

    def __init__(self, maxsize: int = 0, *, ctx: Any) -> None:
        super().__init__(maxsize, ctx=ctx)
        self._unfinished_tasks = ctx.Semaphore(0)
        self._cond = ctx.Condition()

    def _append(self, obj: Any, site: int) -> None:
        with self._cond:
            super()._append(obj, site)
            self._unfinished_tasks.release()

    def task_done(self) -> None:
        """Say that an item is dealt with."""
        with self._cond:
            if not self._unfinished_tasks.acquire(False):
                raise ValueError("task_done() called too many times")
            if self._unfinished_tasks._semlock._is_zero():
                self._cond.notify_all()

    def join(self) -> None:
        """Wait until all items that were put are dealt with."""
        with self._cond:
            if not self._unfinished_tasks._semlock._is_zero():
                self._cond.wait()


class SimpleQueue:
    """A locked pipe."""

    __module__ = "multiprocessing.queues"

    def __init__(self, *, ctx: Any) -> None:
        self._channel = Channel()
        self._rlock = ctx.Lock()
        self._closed = False

    def __getstate__(self) -> Any:
        state.package("multiprocessing.context").assert_spawning(self)
        return {"_channel": self._channel, "_rlock": self._rlock, "_closed": self._closed}

    def __everyway_fork__(self, copier: Any) -> Any:
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        return made

    def close(self) -> None:
        """Use it no more in this process."""
        self._closed = True

    def empty(self) -> bool:
        """Whether there is no item."""
        self._check_open()
        return not self._channel.is_ready()

    def _check_open(self) -> None:
        if self._closed:
            raise OSError("handle is closed")

    def get(self) -> Any:
        """Take an item."""
        self._check_open()
        with self._rlock:
            data = self._channel.receive()
        return pickling.loads(data)

    def put(self, obj: Any) -> None:
        """Pickle an item and send it."""
        data = pickling.dumps(obj)
        self._check_open()
        self._channel.post(data, len(data))

    __class_getitem__: Any = classmethod(types.GenericAlias)


def make_module() -> ModuleType:
    """The module `multiprocessing.queues`."""
    module: Any = ModuleType("multiprocessing.queues")
    module.Queue, module.JoinableQueue, module.SimpleQueue = Queue, JoinableQueue, SimpleQueue
    queue = state.package("queue")
    module.Empty, module.Full = queue.Empty, queue.Full
    module.__all__ = ["Queue", "SimpleQueue", "JoinableQueue"]
    return module  # type: ignore[no-any-return]

"""What the private `queue` needs beside a blocked `_queue`.

The pure-Python `SimpleQueue` counts on `append` and `popleft` being single steps that everyone
sees; here they happen under a mutex, so that the engine sees their order.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from everyway.models.thread import lock
from everyway.world.identity import serial_hash


def install(module: ModuleType) -> None:
    """Make the private module's `SimpleQueue` visible to the engine."""
    kind: Any = module._PySimpleQueue
    real_init = kind.__init__

    def init(self: Any) -> None:
        real_init(self)
        self._mutex = lock()

    def put(self: Any, item: Any, block: bool = True, timeout: float | None = None) -> None:
        with self._mutex:
            self._queue.append(item)
            self._count.release()

    def get(self: Any, block: bool = True, timeout: float | None = None) -> Any:
        if timeout is not None and timeout < 0:
            raise ValueError("'timeout' must be a non-negative number")
        if not self._count.acquire(block, timeout if block else None):
            raise module.Empty
        with self._mutex:
            return self._queue.popleft()

    def empty(self: Any) -> bool:
        with self._mutex:
            return len(self._queue) == 0

    def qsize(self: Any) -> int:
        with self._mutex:
            return len(self._queue)

    for name, function in (("put", put), ("get", get), ("empty", empty), ("qsize", qsize)):
        function.__doc__ = getattr(kind, name).__doc__
        setattr(kind, name, function)
    kind.__init__ = init
    kind.__name__ = kind.__qualname__ = "SimpleQueue"
    kind.__module__ = "_queue"
    for each in (module.Queue, kind):
        each.__hash__ = serial_hash

"""`multiprocessing.connection` with modelled pipes; listeners and sockets are refused."""

from __future__ import annotations

import errno
from types import ModuleType
from typing import Any

from everyway import _core as core
from everyway.models.multiprocessing import pickling, state
from everyway.models.multiprocessing.channels import CLOSED, Channel
from everyway.models.objects import new_object
from everyway.world.refusal import stand_in


class End:
    """One end of a pipe, open in one or more processes."""

    __slots__ = ("__ev_id__", "__weakref__", "reads", "writes")
    __everyway_shared__ = True

    __ev_id__: int

    def __init__(self, reads: Channel | None, writes: Channel | None) -> None:
        self.reads = reads
        self.writes = writes
        self.__ev_id__ = new_object(self, "semaphore", 1)  # how many processes have it open

    def open_again(self) -> None:
        """Another process has it open, too."""
        core.semaphore_release(self.__ev_id__, 1)

    def close(self) -> None:
        """A process closes it."""
        core.semaphore_try(self.__ev_id__)
        if core.semaphore_value(self.__ev_id__) == 0:
            if self.writes is not None:
                self.writes.close(discard=False)
            if self.reads is not None:
                self.reads.close(discard=True)


class Connection:
    """One end of a pipe, as one process has it."""

    __module__ = "multiprocessing.connection"

    def __init__(self, end: End, handle: int, readable: bool = True, writable: bool = True) -> None:
        self._end = end
        self._handle: int | None = handle
        self._readable = readable
        self._writable = writable

    def __everyway_fork__(self, copier: Any) -> Connection:
        made: Connection = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        return made

    def __del__(self) -> None:
        if getattr(self, "_handle", None) is not None and core.in_execution() and not core.aborting():
            self.close()

    def __reduce__(self) -> Any:
        self._check_closed()
        return _rebuild, (*pickling.given_to_child(self._end), self._readable, self._writable)

    def _check_closed(self) -> None:
        if self._handle is None:
            raise OSError("handle is closed")

    def _check_readable(self) -> None:
        if not self._readable:
            raise OSError("connection is write-only")

    def _check_writable(self) -> None:
        if not self._writable:
            raise OSError("connection is read-only")

    closed = property(lambda self: self._handle is None, doc="True if the connection is closed")
    readable = property(lambda self: self._readable, doc="True if the connection is readable")
    writable = property(lambda self: self._writable, doc="True if the connection is writable")

    def fileno(self) -> int:
        """The number of the descriptor."""
        self._check_closed()
        assert self._handle is not None
        return self._handle

    def close(self) -> None:
        """Close the connection in this process."""
        handle, self._handle = self._handle, None
        if handle is not None and state.current().ends.pop(handle, None) is not None:
            self._end.close()

    def send_bytes(self, buf: Any, offset: int = 0, size: int | None = None) -> None:
        """Send bytes as one message."""
        self._check_closed()
        self._check_writable()
        view = memoryview(buf).cast("B")
        if offset < 0:
            raise ValueError("offset is negative")
        if len(view) < offset:
            raise ValueError("buffer length < offset")
        if size is None:
            size = len(view) - offset
        elif size < 0:
            raise ValueError("size is negative")
        elif offset + size > len(view):
            raise ValueError("buffer length < offset + size")
        self._send(bytes(view[offset : offset + size]))

    def send(self, obj: Any) -> None:
        """Send an object, pickled."""
        self._check_closed()
        self._check_writable()
        self._send(pickling.dumps(obj))

    def _send(self, data: bytes) -> None:
        assert self._end.writes is not None
        if not self._end.writes.post(data, len(data)):
            raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    def _receive(self) -> bytes:
        self._check_closed()
        self._check_readable()
        assert self._end.reads is not None
        data = self._end.reads.receive()
        if data is CLOSED:
            raise EOFError
        return data  # type: ignore[no-any-return]

    def recv_bytes(self, maxlength: int | None = None) -> bytes:
        """Receive one message as bytes."""
        self._check_closed()
        self._check_readable()
        if maxlength is not None and maxlength < 0:
            raise ValueError("negative maxlength")
        data = self._receive()
        if maxlength is not None and len(data) > maxlength:
            if self._writable:
                self._readable = False
            else:
                self.close()
            raise OSError("bad message length")
        return data

    def recv_bytes_into(self, buf: Any, offset: int = 0) -> int:
        """Receive one message into a buffer; gives its length."""
        self._check_closed()
        self._check_readable()
        view = memoryview(buf).cast("B")
        if offset < 0:
            raise ValueError("negative offset")
        if offset > len(view):
            raise ValueError("offset too large")
        data = self._receive()
        if len(view) < offset + len(data):
            raise stand_for("BufferTooShort")(data)
        view[offset : offset + len(data)] = data
        return len(data)

    def recv(self) -> Any:
        """Receive an object."""
        return pickling.loads(self._receive())

    def poll(self, timeout: float | None = 0.0) -> bool:
        """Whether there is something to receive, now or in so many seconds."""
        self._check_closed()
        self._check_readable()
        assert self._end.reads is not None
        return self._end.reads.is_ready(timeout)

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def stand_for(name: str) -> Any:
    """An exception of the real package."""
    return getattr(state.package("multiprocessing.context"), name)


def open_end(end: End, *, readable: bool, writable: bool) -> Connection:
    """The end as the current process has it, which just opened it."""
    return Connection(end, state.current().add_end(end), readable, writable)


def _rebuild(number: int, readable: bool, writable: bool) -> Connection:
    return open_end(pickling.taken_by_child(number), readable=readable, writable=writable)


def Pipe(duplex: bool = True) -> tuple[Connection, Connection]:
    """Two connections, one at each end of a pipe."""
    if duplex:
        there, back = Channel(), Channel()
        return (
            open_end(End(back, there), readable=True, writable=True),
            open_end(End(there, back), readable=True, writable=True),
        )
    channel = Channel()
    return (
        open_end(End(channel, None), readable=True, writable=False),
        open_end(End(None, channel), readable=False, writable=True),
    )


def wait(object_list: Any, timeout: float | None = None) -> list[Any]:
    """Those of the objects that are ready, after waiting until one is."""
    objects = list(object_list)
    ready = [each for each in objects if _is_ready(each)]
    if ready or not objects or (timeout is not None and timeout <= 0):
        return ready
    if len(objects) == 1:
        return objects if _wait_for(objects[0], timeout) else []
    event = core.new_object("event")
    for each in objects:
        core.task_start(_Waiter(each, event), True, "wait")
    core.event_wait(event, timeout)
    return [each for each in objects if _is_ready(each)]


class _Waiter:
    """Sets an event once one object is ready."""

    def __init__(self, target: Any, event: int) -> None:
        self._target = target
        self._event = event

    def __call__(self) -> None:
        _wait_for(self._target, None)
        core.event_set(self._event)


def _is_ready(target: Any) -> bool:
    if isinstance(target, state.Sentinel):
        return not core.task_is_alive(target.task)
    if not isinstance(target, Connection):
        core.refuse("multiprocessing.connection.wait")
    return bool(target.poll(0))


def _wait_for(target: Any, timeout: float | None) -> bool:
    if isinstance(target, state.Sentinel):
        return core.task_join(target.task, timeout)
    return bool(target.poll(timeout))


def make_module() -> ModuleType:
    """The module `multiprocessing.connection`."""
    module: Any = ModuleType("multiprocessing.connection")
    module.Connection = Connection
    module._ConnectionBase = Connection
    module.Pipe = Pipe
    module.wait = wait
    module.Listener = stand_in("multiprocessing.connection.Listener")
    module.Client = stand_in("multiprocessing.connection.Client")
    module.__all__ = ["Client", "Listener", "Pipe", "wait"]
    return module  # type: ignore[no-any-return]

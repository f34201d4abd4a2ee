"""Messages between processes: in their order, as through a pipe with a buffer."""

from __future__ import annotations

from typing import Any

from everyway import _core as core
from everyway.models.objects import new_object

# What a pipe of Linux holds, and the head of each message.
CAPACITY = 65_536
_HEAD = 4
_MESSAGES_OF_A_TASK = 1 << 24

NOTHING: Any = type("Nothing", (), {})()
CLOSED: Any = type("Closed", (), {})()


_by_number: dict[int, Channel] = {}


def begin_execution() -> None:
    """Forget the channels of the execution before."""
    _by_number.clear()


def _find(number: int) -> Channel:
    return _by_number[number]


class Channel:
    """One direction of a pipe; the messages are on this side, the engine knows them by numbers."""

    __slots__ = ("__ev_id__", "__weakref__", "_closed", "_counts", "_messages", "_sizes", "_total")
    __everyway_shared__ = True  # a forked process has the same

    __ev_id__: int

    def __init__(self) -> None:
        self.__ev_id__ = new_object(self, "mailbox")
        _by_number[self.__ev_id__] = self
        self._messages: dict[int, Any] = {}
        self._counts: dict[int, int] = {}
        self._sizes: list[int] = []
        self._total = 0
        self._closed = False

    def __reduce__(self) -> Any:
        return _find, (self.__ev_id__,)

    def post(self, message: Any, size: int = 0) -> bool:
        """Add a message, and wait until there was room for all of it; false if nobody will read it."""
        task = core.current_task()
        count = self._counts.get(task, 0)
        self._counts[task] = count + 1
        number = task * _MESSAGES_OF_A_TASK + count
        self._messages[number] = message
        if not core.mailbox_post(self.__ev_id__, number):
            return False
        self._sizes.append(size + _HEAD)
        self._total += size + _HEAD
        if self._total > CAPACITY:
            self._wait_for_room()
        return True

    def _wait_for_room(self) -> None:
        kept, first = 0, len(self._sizes)
        while first > 0 and kept + self._sizes[first - 1] <= CAPACITY:
            first -= 1
            kept += self._sizes[first]
        if first > 0:
            core.mailbox_gone(self.__ev_id__, first)

    def receive(self, timeout: float | None = None) -> Any:
        """Take the first message; `NOTHING` if there was none in time, `CLOSED` if there will be none."""
        number = core.mailbox_receive(self.__ev_id__, timeout)
        if number < 0:
            return NOTHING if number == -1 else CLOSED
        return self._messages.pop(number)

    def is_ready(self, timeout: float | None = 0.0) -> bool:
        """Whether there is a message in time, or there will be none."""
        if timeout is not None and timeout <= 0:
            return core.mailbox_length(self.__ev_id__) != 0 or self._closed
        return core.mailbox_ready(self.__ev_id__, timeout) != -1

    def close(self, *, discard: bool) -> None:
        """Take no more messages."""
        core.mailbox_close(self.__ev_id__, discard)
        self._closed = True

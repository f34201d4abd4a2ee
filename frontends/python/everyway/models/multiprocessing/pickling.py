"""What processes give each other: pickled by the real `ForkingPickler`, in the process's own modules."""

from __future__ import annotations

from typing import Any

from everyway import _core as core
from everyway.models.multiprocessing import state

_ATOMS = (int, float, complex, bool, str, bytes, type(None))
_given: list[Any] = []
_announcers: dict[str, Any] = core.announcers("accesses")

# How `__ev_scan__` is told to read all that a copy reads.
_COPY = 3


def begin_execution() -> None:
    """Forget what was given in the execution before."""
    _given.clear()


def dumps(value: Any, site: int | None = None) -> bytes:
    """The value's pickle; what is in it is read now, for this line of the program."""
    announce_read(value, core.site_of_use(value) if site is None else site)
    return bytes(state.package("multiprocessing.reduction").ForkingPickler.dumps(value))


def announce_read(value: Any, site: int) -> None:
    """Announce that all that is in the value is read, as a copy does."""
    if type(value) not in _ATOMS:
        _announcers["__ev_scan__"](value, site, _COPY)


def loads(data: bytes) -> Any:
    """What was pickled."""
    return state.package("multiprocessing.reduction").ForkingPickler.loads(data)


def given_to_child(value: Any) -> tuple[int]:
    """The arguments that rebuild something which a new process has, too; only while one is started."""
    context = state.package("multiprocessing.context")
    if context.get_spawning_popen() is None:
        core.refuse("a connection sent to another process")
    value.open_again()
    _given.append(value)
    return (len(_given) - 1,)


def taken_by_child(number: int) -> Any:
    """What was given."""
    return _given[number]

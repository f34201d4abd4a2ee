"""The modelled `time`: readings and sleeps in virtual time, the rest as it really is."""

from __future__ import annotations

import operator
import time as real
from types import ModuleType
from typing import Any

from everyway import _core as core
from everyway.models.dressing import builtin

EPOCH = 1_700_000_000
_NANOSECONDS = 1_000_000_000
_LONGEST_SLEEP = 9.0e9


class Reading(float):
    """A time that was read from the clock, or made from one by adding and subtracting."""

    __slots__ = ()

    def __add__(self, other: Any, /) -> Any:
        return _reading(float.__add__(self, other))

    def __radd__(self, other: Any, /) -> Any:
        return _reading(float.__radd__(self, other))

    def __sub__(self, other: Any, /) -> Any:
        return _reading(float.__sub__(self, other))

    def __rsub__(self, other: Any, /) -> Any:
        return _reading(float.__rsub__(self, other))

    def __mul__(self, other: Any, /) -> Any:
        return _reading(float.__mul__(self, other))

    def __rmul__(self, other: Any, /) -> Any:
        return _reading(float.__rmul__(self, other))

    def __truediv__(self, other: Any, /) -> Any:
        return _reading(float.__truediv__(self, other))

    def __neg__(self) -> Any:
        return Reading(float.__neg__(self))

    def __abs__(self) -> Any:
        return Reading(float.__abs__(self))

    def __reduce__(self) -> tuple[type[float], tuple[float]]:
        return float, (float(self),)


class ReadingInNanoseconds(int):
    """A whole number of nanoseconds that was read from the clock, or is a difference of such."""

    __slots__ = ()

    def __add__(self, other: Any, /) -> Any:
        return _reading_in_nanoseconds(int.__add__(self, other))

    def __radd__(self, other: Any, /) -> Any:
        return _reading_in_nanoseconds(int.__radd__(self, other))

    def __sub__(self, other: Any, /) -> Any:
        return _reading_in_nanoseconds(int.__sub__(self, other))

    def __rsub__(self, other: Any, /) -> Any:
        return _reading_in_nanoseconds(int.__rsub__(self, other))

    def __truediv__(self, other: Any, /) -> Any:
        return _reading(int.__truediv__(self, other))

    def __floordiv__(self, other: Any, /) -> Any:
        return _reading_in_nanoseconds(int.__floordiv__(self, other))

    def __reduce__(self) -> tuple[type[int], tuple[int]]:
        return int, (int(self),)


for _kind, _name in ((Reading, "float"), (ReadingInNanoseconds, "int")):
    _kind.__name__ = _kind.__qualname__ = _name
    _kind.__module__ = "builtins"


def _reading(value: Any) -> Any:
    return value if value is NotImplemented else Reading(value)


def _reading_in_nanoseconds(value: Any) -> Any:
    return value if value is NotImplemented else ReadingInNanoseconds(value)


def _now() -> float:
    return core.now() if core.in_execution() else 0.0


def time() -> float:
    """Seconds since the epoch."""
    return Reading(EPOCH + _now())


def monotonic() -> float:
    """Seconds on a clock that never goes back."""
    return Reading(_now())


def time_ns() -> int:
    """Nanoseconds since the epoch."""
    return ReadingInNanoseconds(EPOCH * _NANOSECONDS + round(_now() * _NANOSECONDS))


def monotonic_ns() -> int:
    """Nanoseconds on a clock that never goes back."""
    return ReadingInNanoseconds(round(_now() * _NANOSECONDS))


def sleep(seconds: Any, /) -> None:
    """Let at least so many seconds of virtual time pass."""
    kind = type(seconds)
    if kind is not float and kind is not int and not isinstance(seconds, float):
        try:
            seconds = operator.index(seconds)
        except TypeError:
            real.sleep(seconds)  # raises, in the running version's words
            raise
    if not 0 <= seconds < _LONGEST_SLEEP:
        real.sleep(seconds)  # raises: negative, not a number, or too long
    core.sleep(float(seconds))


def clock_gettime(clock: int, /) -> float:
    """The reading of one of the system's clocks."""
    real.clock_getres(clock)
    return time() if clock == real.CLOCK_REALTIME else monotonic()


def clock_gettime_ns(clock: int, /) -> int:
    """The same in nanoseconds."""
    real.clock_getres(clock)
    return time_ns() if clock == real.CLOCK_REALTIME else monotonic_ns()


def clock_settime(*arguments: object) -> None:
    """Refused: it would change the system."""
    core.refuse("time.clock_settime")


def localtime(seconds: float | None = None, /) -> real.struct_time:
    """The parts of a time in local time, of now if none is given."""
    return real.localtime(time() if seconds is None else seconds)


def gmtime(seconds: float | None = None, /) -> real.struct_time:
    """The parts of a time in UTC, of now if none is given."""
    return real.gmtime(time() if seconds is None else seconds)


def ctime(seconds: float | None = None, /) -> str:
    """A time as text, now if none is given."""
    return real.ctime(time() if seconds is None else seconds)


def asctime(parts: Any = None, /) -> str:
    """The parts of a time as text, of now if none are given."""
    return real.asctime(localtime() if parts is None else parts)


def strftime(format: str, parts: Any = None, /) -> str:
    """The parts of a time in a chosen form, of now if none are given."""
    return real.strftime(format, localtime() if parts is None else parts)


_MODELLED = {
    "time": time,
    "time_ns": time_ns,
    "monotonic": monotonic,
    "monotonic_ns": monotonic_ns,
    "perf_counter": monotonic,
    "perf_counter_ns": monotonic_ns,
    "process_time": monotonic,
    "process_time_ns": monotonic_ns,
    "thread_time": monotonic,
    "thread_time_ns": monotonic_ns,
    "sleep": sleep,
    "clock_gettime": clock_gettime,
    "clock_gettime_ns": clock_gettime_ns,
    "clock_settime": clock_settime,
    "clock_settime_ns": clock_settime,
    "localtime": localtime,
    "gmtime": gmtime,
    "ctime": ctime,
    "asctime": asctime,
    "strftime": strftime,
}


def make_module() -> ModuleType:
    """The module that programs and the private library import as `time`."""
    module = ModuleType("time", real.__doc__)
    for name in dir(real):
        if not name.startswith("__"):
            setattr(module, name, builtin(_MODELLED.get(name, getattr(real, name)), "time"))
    return module

"""What `loop.time()` gives: a time that remembers which reading of the loop's clock it comes from.

The engine knows a timer's deadline as a reading and what was added to it; the number itself is one
of many that the clock could have shown.
"""

from __future__ import annotations

from typing import Any

from everyway.models.time import Reading

NANOSECONDS = 1_000_000_000
# A timer that is due later is never seen to fire: the engine counts nanoseconds in 64 bits.
LONGEST_DELAY = 9.0e9


class LoopTime(Reading):
    """A reading of a loop's clock, or what a number was added to."""

    __slots__ = ("later", "loop", "reading")

    loop: int
    reading: int
    later: int
    """By how many nanoseconds it is later than the reading."""

    def __add__(self, other: Any, /) -> Any:
        if type(other) is int or type(other) is float:
            return self._moved(float.__add__(self, other), other)
        return Reading.__add__(self, other)

    __radd__ = __add__

    def __sub__(self, other: Any, /) -> Any:
        if type(other) is int or type(other) is float:
            return self._moved(float.__sub__(self, other), -other)
        return Reading.__sub__(self, other)

    def _moved(self, value: float, by: float) -> Any:
        if not -LONGEST_DELAY < by < LONGEST_DELAY:
            return Reading(value)
        return loop_time(self.loop, self.reading, self.later + round(by * NANOSECONDS), value)


LoopTime.__name__ = LoopTime.__qualname__ = "float"
LoopTime.__module__ = "builtins"


def loop_time(loop: int, reading: int, later: int, value: float) -> LoopTime:
    """Make a time that is so many nanoseconds later than a reading of the loop's clock."""
    made = LoopTime(value)
    made.loop = loop
    made.reading = reading
    made.later = later
    return made


def deadline_of(loop: int, when: Any) -> tuple[int, int] | None:
    """The reading and the nanoseconds after it that a timer is due; none if it never is.

    The reading is -1 for a time that comes from no reading of this loop's clock.
    """
    if isinstance(when, LoopTime) and when.loop == loop:
        return when.reading, when.later
    seconds = float(when)
    if not seconds < LONGEST_DELAY:
        return None
    return -1, round(max(seconds, -LONGEST_DELAY) * NANOSECONDS)

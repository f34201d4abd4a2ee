"""Which of the library's objects are announced as a whole: one operation of the engine for a call.

The library's own code for them runs on the modelled locks wherever somebody looks inside: a
program that takes such an object's lock, or what it keeps, begins anew with the real code, and so
does what is given to a function that does. Names such as `Thread-3` are drawn without an operation
until a program with several drawers looks at one.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Any

from everyway import _core as core
from everyway.models import objects

KINDS = frozenset({"queue", "future", "barrier", "name"})

_real = KINDS  # until an exploration says otherwise
_demanded: set[str] = set()


def begin_exploration(real: Iterable[str]) -> None:
    """Run the library's own code for objects of these kinds."""
    global _real
    _real = frozenset(real)
    _demanded.clear()


def choices() -> list[frozenset[str]]:
    """All ways to run some kinds with the library's own code, the fewest first."""
    kinds = sorted(KINDS)
    return [frozenset(some) for count in range(1, len(kinds) + 1) for some in combinations(kinds, count)]


def is_native(kind: str) -> bool:
    """Whether an object of this kind that is made now is announced as a whole."""
    return kind not in _real and objects.belongs_to_execution()


def demand_real(kind: str, what: str) -> None:
    """End the execution: the program needs the library's own code for objects of this kind."""
    _demanded.add(kind)
    core.refuse(what)


def demanded() -> frozenset[str]:
    """The kinds whose own code was asked for in this exploration."""
    return frozenset(_demanded)


class Inner:
    """An attribute that only the library's own code has.

    Where ``mutex`` is given, whoever looks at it without that lock takes the lock before, so that
    the engine sees when it was looked at.
    """

    def __init__(self, kind: str, name: str, *, mutex: str | None = None) -> None:
        self._kind = kind
        self._name = name
        self._mutex = mutex

    def __get__(self, owner: Any, kind: type | None = None) -> Any:
        if owner is None:
            raise AttributeError(f"type object {kind.__name__!r} has no attribute {self._name!r}")  # type: ignore[union-attr]
        attributes = self._attributes(owner)
        if self._name not in attributes:
            raise AttributeError(f"{type(owner).__name__!r} object has no attribute {self._name!r}")
        self._take_turn(attributes)
        return attributes[self._name]

    def __set__(self, owner: Any, value: Any) -> None:
        attributes = self._attributes(owner)
        if self._name in attributes:
            self._take_turn(attributes)
        attributes[self._name] = value

    def __delete__(self, owner: Any) -> None:
        del self._attributes(owner)[self._name]

    def _attributes(self, owner: Any) -> dict[str, Any]:
        if owner.__ev_id__ is not None and core.in_execution():
            demand_real(self._kind, f"{type(owner).__name__}.{self._name}")
        return owner.__dict__  # type: ignore[no-any-return]

    def _take_turn(self, attributes: dict[str, Any]) -> None:
        mutex = None if self._mutex is None else attributes.get(self._mutex)
        if mutex is None or not core.in_execution():
            return
        number = getattr(mutex, "__ev_id__", objects.OUTSIDE)
        if number != objects.OUTSIDE and not core.mutex_owned(number):
            core.mutex_acquire(number, None)
            core.mutex_release(number)

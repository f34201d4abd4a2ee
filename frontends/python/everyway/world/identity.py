"""Serial numbers in the place of addresses: what `id`, `hash` and `repr` show of an identity.

Real addresses differ from run to run. A serial number counts the objects that a task looked at,
so that it is the same whenever the task does the same.
"""

from __future__ import annotations

import builtins
import re
import weakref
from collections.abc import Callable
from typing import Any

from everyway import _core as core

_FIRST_ADDRESS = 0x7F00_0000_0000
_ADDRESSES_OF_A_TASK = 1 << 28
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")

_real_id = builtins.id
_real_build_class = builtins.__build_class__


class _Reference(weakref.ref):  # type: ignore[type-arg]
    """A weak reference that knows where its object stands in the table."""

    __slots__ = ("address",)

    address: int


_numbers: dict[int, int] = {}
_keepers: dict[int, object] = {}
_seen_by: dict[int, int] = {}


def forget() -> None:
    """Start a new execution: nothing has been looked at."""
    _numbers.clear()
    _keepers.clear()
    _seen_by.clear()


def _drop(reference: _Reference) -> None:
    _numbers.pop(reference.address, None)
    _keepers.pop(reference.address, None)


def serial_id(value: object, /) -> int:
    """The number that stands for the identity of ``value`` in this execution."""
    address = _real_id(value)
    number = _numbers.get(address)
    if number is not None:
        return number
    task = core.current_actor() if core.in_execution() else 0
    nth = _seen_by.get(task, 0) + 1
    _seen_by[task] = nth
    number = _FIRST_ADDRESS + task * _ADDRESSES_OF_A_TASK + nth * 16
    try:
        keeper: object = _Reference(value, _drop)
        keeper.address = address  # type: ignore[attr-defined]
    except TypeError:
        keeper = value  # kept alive, or another object could get its address
    _numbers[address] = number
    _keepers[address] = keeper
    return number


def serial_hash(self: object) -> int:
    """The hash of an object that is equal to nothing but itself."""
    return serial_id(self) >> 4


def serial_repr(self: object) -> str:
    """What `object.__repr__` gives, with a serial number for the address."""
    kind = type(self)
    name = kind.__qualname__
    if kind.__module__ not in (None, "builtins"):
        name = f"{kind.__module__}.{name}"
    return f"<{name} object at {serial_id(self):#x}>"


def adopt(kind: Any) -> None:
    """Give the instances of a class that has neither its own hash nor its own text serial ones."""
    if kind.__hash__ is object.__hash__:
        kind.__hash__ = serial_hash
    if kind.__repr__ is object.__repr__:
        kind.__repr__ = serial_repr


def abandon(kind: type) -> None:
    """Take back what `adopt` gave to this very class."""
    if kind.__dict__.get("__hash__") is serial_hash:
        del kind.__hash__
    if kind.__dict__.get("__repr__") is serial_repr:
        del kind.__repr__


def is_adopted(kind: type, name: str) -> bool:
    """Whether this member of the class is one that `adopt` gave it."""
    return kind.__dict__.get(name) in (serial_hash, serial_repr)


def build_class(function: Callable[..., object], name: str, /, *bases: Any, **keywords: Any) -> Any:
    """Make a class of the user's program."""
    made = _real_build_class(function, name, *bases, **keywords)
    if isinstance(made, type):
        try:
            if not made.__dict__.get("_is_protocol", False):
                adopt(made)
        except (AttributeError, TypeError):
            pass  # a metaclass that guards its classes keeps them as they are
    return made


def without_addresses(text: str) -> str:
    """The text with each address that it shows left out."""
    return _ADDRESS.sub(" at 0x…", text) if " at 0x" in text else text

"""Which engine object stands behind a modelled primitive.

A primitive made in an execution asks for its object at once, so that objects are numbered by who
made them. One made outside (a lock at the top level of a library module) lives through all
executions and gets a new object at the start of each; between them it only counts.
"""

from __future__ import annotations

from typing import Protocol

from everyway import _core as core

OUTSIDE = -1


class Primitive(Protocol):
    """What has an object of the engine."""

    __ev_id__: int


_made_outside: list[tuple[Primitive, str, int]] = []
_libraries_loading = 0


def new_object(owner: Primitive, kind: str, count: int = 0) -> int:
    """The id of a new object for ``owner``, or `OUTSIDE`."""
    executing = core.in_execution()
    if _libraries_loading or not executing:
        _made_outside.append((owner, kind, count))
    return core.new_object(kind, count) if executing else OUTSIDE


def belongs_to_execution() -> bool:
    """Whether what is made now lives no longer than the execution."""
    return not _libraries_loading and core.in_execution()


def library_begins() -> None:
    """What is made from now on belongs to a library that stays loaded."""
    global _libraries_loading
    _libraries_loading += 1


def library_ends() -> None:
    """The library is loaded."""
    global _libraries_loading
    _libraries_loading -= 1


def library_is_loading() -> bool:
    """Whether what is made now outlives the execution."""
    return _libraries_loading > 0


def begin_execution() -> None:
    """Give each primitive made outside its object of this execution."""
    for owner, kind, count in _made_outside:
        owner.__ev_id__ = core.new_object(kind, count)


def end_execution() -> None:
    """Take the objects away again."""
    for owner, _, _ in _made_outside:
        owner.__ev_id__ = OUTSIDE

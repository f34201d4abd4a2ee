"""The announcers of ``ANNOUNCERS.md`` in plain Python: they do the native thing and note the accesses.

They schedule nothing. ``announced`` is the sequence of access announcements, the same in both modes;
``facts`` is what facts mode adds. Where the core is built, ``core_announcers`` gives its own, for the tests
of what a program means and of frames: native functions have none.
"""

from __future__ import annotations

import builtins
import importlib
import inspect
import sys
import types
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

CONTAINERS = (list, dict, set, deque, bytearray)


class ItemStore:
    """Stands for a container until an item of it is stored or deleted."""

    def __init__(self, announcers: FakeAnnouncers, target: Any, site: int) -> None:
        self.announcers, self.target, self.site = announcers, target, site

    def __setitem__(self, key: Any, value: Any) -> None:
        self.announcers.note_entry("store", self.target, self.site)
        self.target[key] = value

    def __delitem__(self, key: Any) -> None:
        self.announcers.note_entry("store", self.target, self.site)
        del self.target[key]


class FakeAnnouncers:
    """The announcers in one of the two modes, with activations left out."""

    def __init__(self) -> None:
        self.announced: list[tuple[str, int]] = []
        self.facts: list[tuple[str, int]] = []
        self.activations = 0

    # -- What is noted

    def note(self, name: str, site: int) -> None:
        self.announced.append((name, site))

    def note_entry(self, name: str, target: Any, site: int) -> None:
        if isinstance(target, CONTAINERS):
            self.note(name, site)

    # -- Both modes

    def attr(self, target: Any, name: str, site: int) -> Any:
        self.note("attr", site)
        return target

    passed = attr

    def attrw(self, target: Any, name: str, site: int) -> Any:
        self.note("attrw", site)
        return target

    def wattr(self, value: Any, target: Any, name: str, site: int) -> Any:
        self.note("wattr", site)
        return value

    def global_(self, name: str, site: int) -> None:
        self.note("global", site)

    def globalw(self, value: Any, name: str, site: int) -> Any:
        self.note("globalw", site)
        return value

    def bind(self, name: str, site: int) -> None:
        self.note("bind", site)

    def newcell(self) -> object:
        return object()

    def cell(self, token: object, name: str, site: int) -> None:
        assert type(token) is object
        self.note("cell", site)

    def cellw(self, value: Any, token: object, name: str, site: int) -> Any:
        assert type(token) is object
        self.note("cellw", site)
        return value

    def item(self, target: Any, key: Any, site: int) -> Any:
        self.note_entry("item", target, site)
        return target[key]

    def peek(self, target: Any, key: Any, site: int) -> Any:
        self.note_entry("peek", target, site)
        return target

    def store(self, target: Any, site: int) -> ItemStore:
        return ItemStore(self, target, site)

    def keyw(self, target: Any, key: Any, site: int) -> Any:
        self.note_entry("keyw", target, site)
        return key

    def witem(self, value: Any, target: Any, key: Any, site: int) -> Any:
        self.note_entry("witem", target, site)
        return value

    def inplace(self, value: Any, target: Any, site: int) -> Any:
        self.note_entry("inplace", target, site)
        return value

    def in_(self, key: Any, target: Any, site: int) -> bool:
        self.note_entry("in", target, site)
        return key in target

    def size(self, target: Any, site: int) -> Any:
        self.note_entry("size", target, site)
        return target

    def scan(self, target: Any, site: int, reach: int = 0, after: int = -1) -> Any:
        self.note_entry("scan", target, site)
        return target

    def matched(self, target: Any, site: int, names: tuple[str, ...]) -> Any:
        self.note_entry("scan", target, site)
        return target

    def mutate(self, target: Any, site: int) -> Any:
        self.note_entry("mutate", target, site)
        return target

    def iter(self, target: Any, site: int, test: int = -1) -> Iterable[Any]:
        if site >= 0 and isinstance(target, CONTAINERS):
            return self.steps(target, site, test)
        return target if test < 0 else self.tested_steps(target, test)

    def steps(self, target: Any, site: int, test: int) -> Iterator[Any]:
        values = iter(target)
        while True:
            self.note("iter", site)
            if test >= 0:
                self.facts.append(("test", test))
            try:
                value = next(values)
            except StopIteration:
                return
            yield value

    def tested_steps(self, target: Any, test: int) -> Iterator[Any]:
        for value in target:
            self.facts.append(("test", test))
            yield value

    def method(self, target: Any, name: str, site: int, *arguments: Any) -> Any:
        self.note_entry("method", target, site)
        return getattr(target, name)(*arguments)

    def next(self, function: Any, site: int, *arguments: Any) -> Any:
        self.note("next", site)
        return function(*arguments)

    def reversed(self, function: Any, target: Any, site: int) -> Any:
        values = function(target)
        return self.steps(values, site, -1) if isinstance(target, CONTAINERS) else values

    def bound(self, target: Any, name: str, site: int) -> Callable[..., Any]:
        function = getattr(target, name)

        def call(*arguments: Any, **keywords: Any) -> Any:
            self.note_entry("method", target, site)
            return function(*arguments, **keywords)

        return call

    def loop(self, site: int) -> None:
        pass

    def round(self, site: int) -> None:
        self.note("round", site)

    # -- Facts only

    def enter(self, site: int) -> int:
        self.activations += 1
        self.facts.append(("enter", site))
        return self.activations

    def leave(self, activation: int) -> None:
        self.facts.append(("leave", activation))

    def define(self, activation: int, value: Any, site: int) -> Any:
        self.facts.append(("define", site))
        return value

    def test(self, activation: int, value: Any, site: int) -> Any:
        self.facts.append(("test", site))
        return value

    def return_(self, activation: int, value: Any, site: int) -> Any:
        self.facts.append(("return", site))
        return value

    def call(self, activation: int, site: int, function: Any, /, *arguments: Any, **keywords: Any) -> Any:
        self.facts.append(("call", site))
        return function(*arguments, **keywords)


ACCESSES = (
    "attr passed attrw wattr global_ globalw bind newcell cell cellw item peek store keyw witem inplace in_ size scan"
    " matched mutate iter next reversed method bound loop round"
).split()
FACTS = "enter leave define test return_ call".split()


def with_activation(announcer: Callable[..., Any]) -> Callable[..., Any]:
    """Give the form that an announcer of both modes has in facts mode."""

    def announce(activation: int, *arguments: Any) -> Any:
        assert isinstance(activation, int)
        return announcer(*arguments)

    return announce


def visible_names(frame: types.FrameType) -> dict[str, Any]:
    """Give a frame's locals without the rewriter's own; the namespace itself outside functions."""
    if not frame.f_code.co_flags & inspect.CO_OPTIMIZED:
        return cast("dict[str, Any]", frame.f_locals)
    return {name: value for name, value in frame.f_locals.items() if not name.startswith("__ev_")}


def visible_locals() -> Any:
    """The injected `locals`."""
    return visible_names(sys._getframe(1))


def visible_vars(*target: Any) -> Any:
    """The injected `vars`."""
    return vars(*target) if target else visible_names(sys._getframe(1))


def visible_dir(*target: Any, **wrong: Any) -> Any:
    """The injected `dir`."""
    return dir(*target, **wrong) if target or wrong else sorted(visible_names(sys._getframe(1)))


def builtins_of(announcers: FakeAnnouncers, mode: str) -> dict[str, Any]:
    """Give the builtins of a rewritten module."""
    injected = {"locals": visible_locals, "vars": visible_vars, "dir": visible_dir, "__ev_slice__": slice}
    for name in ACCESSES:
        announcer = getattr(announcers, name)
        injected[f"__ev_{name.rstrip('_')}__"] = with_activation(announcer) if mode == "facts" else announcer
    if mode == "facts":
        injected |= {f"__ev_{name.rstrip('_')}__": getattr(announcers, name) for name in FACTS}
    return {**vars(builtins), **injected}


def core_announcers(mode: str) -> dict[str, Any]:
    """Give the core's announcers, once it is built and offers them outside a check."""
    try:
        core = importlib.import_module("everyway._core")
    except ImportError:
        return {}
    offered: Callable[[str], dict[str, Any]] | None = getattr(core, "announcers", None)
    return {} if offered is None else offered(mode)

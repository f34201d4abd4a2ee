"""What a private module's globals and classes hold when it is freshly loaded, to put it back.

Containers keep their identity and get their content back; whatever was rebound is bound again.
"""

from __future__ import annotations

import itertools
from collections import deque
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary, WeakSet, WeakValueDictionary

_CONTAINERS = (dict, list, set, deque, bytearray)
_WEAK = (WeakSet, WeakKeyDictionary, WeakValueDictionary)
_COUNTER = type(itertools.count().__next__)


class Snapshot:
    """The state of one module: its globals, its classes' own data, and its module-level objects."""

    def __init__(self, module: ModuleType) -> None:
        self._owner = module.__name__
        self._names = module.__dict__
        self._bindings = dict(module.__dict__)
        self._contents: list[tuple[Any, Any]] = []
        self._weak: list[Any] = []
        self._counters: list[tuple[str, bool, int]] = []
        self._class_counters: list[tuple[type, str, bool, int]] = []
        self._classes: list[tuple[type, dict[str, Any]]] = []
        self._instances: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self._seen: set[int] = set()
        for name, value in self._bindings.items():
            if not name.startswith("__"):
                self._look_at(name, value)

    def keep(self, name: str, module: ModuleType) -> None:
        """Let a package keep its part, which was loaded later."""
        self._bindings[name] = module

    def keep_entry(self, dictionary: dict[Any, Any], key: Any, value: Any) -> None:
        """Let one of the module's dictionaries keep an object with the state that it has now."""
        for container, content in self._contents:
            if container is dictionary:
                content[key] = value
        if id(value) not in self._seen and type(getattr(value, "__dict__", None)) is dict:
            self._seen.add(id(value))
            self._look_at_all(value.__dict__)
            self._instances.append((value.__dict__, dict(value.__dict__)))

    def _look_at(self, name: str, value: Any) -> None:
        kind = type(value)
        if _is_counter(value):
            self._counters.append((name, _is_bound(value), _next_of(value)))
            return
        if id(value) in self._seen:
            return
        self._seen.add(id(value))
        if kind in _CONTAINERS:
            self._contents.append((value, kind(value)))
        elif isinstance(value, _WEAK):
            self._weak.append(value)
        elif isinstance(value, type):
            if value.__module__ == self._owner:
                self._look_at_class(value)
        elif kind.__module__ == self._owner and type(getattr(value, "__dict__", None)) is dict:
            self._look_at_all(value.__dict__)
            self._instances.append((value.__dict__, dict(value.__dict__)))

    def _look_at_class(self, kind: type) -> None:
        state = {name: value for name, value in kind.__dict__.items() if _is_state(name, value)}
        if state:
            self._classes.append((kind, state))
        for name, value in kind.__dict__.items():
            if _is_counter(value):
                self._class_counters.append((kind, name, _is_bound(value), _next_of(value)))
        self._look_at_all(kind.__dict__)

    def _look_at_all(self, values: Any) -> None:
        for name, value in list(values.items()):
            if not name.startswith("__") and not _is_counter(value):
                self._look_at(name, value)

    def restore(self) -> None:
        """Put everything back."""
        _put_back(self._names, self._bindings)
        for attributes, state in self._instances:
            _put_back(attributes, state)
        for container, content in self._contents:
            _put_content_back(container, content)
        for collection in self._weak:
            if collection.data:
                collection.clear()
        for name, bound, start in self._counters:
            self._names[name] = _counter(start, bound)
        for owner, name, bound, start in self._class_counters:
            setattr(owner, name, _counter(start, bound))
        for kind, state in self._classes:
            for name, value in state.items():
                if kind.__dict__.get(name) is not value:
                    setattr(kind, name, value)


def _put_back(names: dict[str, Any], bindings: dict[str, Any]) -> None:
    if len(names) != len(bindings):
        for name in [name for name in names if name not in bindings]:
            if type(names[name]) is not ModuleType:  # a part of a package that was loaded later
                del names[name]
    names.update(bindings)


def _put_content_back(container: Any, content: Any) -> None:
    if not container and not content:
        return
    container.clear()
    if hasattr(container, "update"):
        container.update(content)
    else:
        container.extend(content)


def _is_state(name: str, value: Any) -> bool:
    return not name.startswith("__") and (value is None or type(value) in (bool, int, str, float))


def _is_counter(value: Any) -> bool:
    return type(value) is itertools.count or (
        type(value) is _COUNTER
        and value.__name__ == "__next__"
        and type(getattr(value, "__self__", None)) is itertools.count
    )


def _is_bound(counter: Any) -> bool:
    """Whether the counter is the method that counts."""
    return type(counter) is not itertools.count


def _counter(start: int, bound: bool) -> Any:
    counter = itertools.count(start)
    return counter.__next__ if bound else counter


def _next_of(counter: Any) -> int:
    """What the counter will give next; its text is the only way to see that without taking it."""
    shown = repr(getattr(counter, "__self__", counter))
    return int(shown[len("count(") : -1].partition(",")[0])

"""The result of an execution: the module's names and values, as plain data that can be compared.

Lists, tuples and sets become lists (sets sorted), dictionaries become dictionaries with texts as
keys in order, an object of the user's is `{"Class": {attribute: value}}`, any other `"<Class>"`.
"""

from __future__ import annotations

import contextlib
import enum
import json
import math
import types
from collections import deque
from collections.abc import Collection, Iterable
from typing import Any

from everyway.models import queue as queue_model
from everyway.models.dressing import Builtin
from everyway.models.time import Reading, ReadingInNanoseconds
from everyway.world.identity import without_addresses

DEEPEST = 4
DEEPEST_OBJECT = 2
MOST_ELEMENTS = 1_000
LONGEST_TEXT = 10_000
CUT = "…"

_LARGEST_INTEGER = 1 << 63
_LEFT_OUT = (
    types.FunctionType,
    types.BuiltinFunctionType,
    Builtin,
    types.MethodType,
    types.ModuleType,
    type,
)
_READINGS = (Reading, ReadingInNanoseconds)
_DEFINED = frozenset(kind for kind in _LEFT_OUT if kind is not type)
_PLAIN_CONTAINERS = frozenset({list, tuple, dict})
_NOTHING: frozenset[str] = frozenset()
_opaque: set[type] = set()  # classes of libraries of which only the name is shown


def freeze(
    namespace: dict[str, Any],
    left_out: Collection[str] = _NOTHING,
    user_modules: Collection[str] = ("__main__",),
) -> dict[str, Any]:
    """The values of a module's own names, apart from those in ``left_out``."""
    frozen: dict[str, Any] = {}
    freezer = None
    for name, value in namespace.items():
        kind = type(value)
        if kind in _DEFINED or name.startswith("__") or name in left_out:
            continue
        if kind is int or kind is str or kind is bool or value is None or kind is float:
            frozen[name] = _scalar(kind, value)
        elif not isinstance(value, _LEFT_OUT) and kind not in _READINGS:
            if freezer is None:
                freezer = _Freezer(user_modules)
            frozen[name] = freezer.freeze_name(value)
    return dict(sorted(frozen.items()))


def _scalar(kind: type, value: Any) -> Any:
    if kind is int:
        return value if -_LARGEST_INTEGER <= value < _LARGEST_INTEGER else _digits(value)
    if kind is str:
        return _text(value)
    if kind is float:
        return value if math.isfinite(value) else str(value)
    return value


def _digits(value: int) -> str:
    try:
        return _text(str(value))
    except ValueError:  # more digits than Python converts
        return _text(hex(value))


def _text(value: str) -> str:
    if len(value) > LONGEST_TEXT:
        value = value[:LONGEST_TEXT] + CUT
    if not value.isascii():
        value = value.encode("utf-8", "backslashreplace").decode("utf-8")
    return without_addresses(value)


class _Freezer:
    """Freezes what isn't a plain scalar."""

    def __init__(self, user_modules: Collection[str]) -> None:
        self._user_modules = user_modules
        self._elements = 0
        self._above: set[int] = set()

    def freeze_name(self, value: Any) -> Any:
        """The value of one top-level name."""
        self._elements = 0
        return self._freeze(value, 1, 1)

    def _freeze(self, value: Any, depth: int, object_depth: int) -> Any:
        kind = type(value)
        if value is None or kind in (int, str, bool, float):
            return _scalar(kind, value)
        if kind in _READINGS:
            return "<clock reading>"
        if kind in _opaque:
            return f"<{kind.__name__}>"
        plain_container = kind in _PLAIN_CONTAINERS
        plain = None if plain_container else _plain_text(value)
        if plain is not None:
            return plain
        if id(value) in self._above:
            return CUT
        self._above.add(id(value))
        try:
            if plain_container:
                return self._freeze_content(value, depth, object_depth)
            return self._freeze_composite(kind, value, depth, object_depth)
        finally:
            self._above.discard(id(value))

    def _freeze_composite(self, kind: type, value: Any, depth: int, object_depth: int) -> Any:
        users = kind.__module__ in self._user_modules
        content = _content(kind, value)
        if content is not None and not (users and _has_attributes(value)):
            return self._freeze_content(content, depth, object_depth)
        if not users or _is_thread(kind):
            if not users:
                _opaque.add(kind)
            return f"<{kind.__name__}>"
        if object_depth > DEEPEST_OBJECT:
            return {kind.__name__: CUT}
        attributes = {
            name: self._freeze(each, 2, object_depth + 1)
            for name, each in sorted(_attributes(value).items())
            if not name.startswith("__ev_")
            and not (name in queue_model.OWN_ATTRIBUTES and queue_model.is_queue(kind))
            and not isinstance(each, _LEFT_OUT)
            and type(each) not in _READINGS
        }
        if content is not None:
            attributes["content"] = self._freeze_content(content, depth, object_depth)
        return {kind.__name__: attributes}

    def _freeze_content(self, content: Any, depth: int, object_depth: int) -> Any:
        if depth > DEEPEST:
            return CUT
        if isinstance(content, dict):
            return self._freeze_dict(content, depth, object_depth)
        if isinstance(content, (set, frozenset)):
            content = _in_order(content)
            frozen = self._freeze_all(content, depth, object_depth)
            return sorted(frozen, key=_order)
        return self._freeze_all(content, depth, object_depth)

    def _freeze_all(self, values: Iterable[Any], depth: int, object_depth: int) -> list[Any]:
        frozen: list[Any] = []
        for value in values:
            if self._elements >= MOST_ELEMENTS:
                frozen.append(CUT)
                break
            self._elements += 1
            frozen.append(self._freeze(value, depth + 1, object_depth))
        return frozen

    def _freeze_dict(self, value: dict[Any, Any], depth: int, object_depth: int) -> dict[str, Any]:
        keyed: dict[str, list[Any]] = {}
        for key, each in value.items():
            keyed.setdefault(self._key(key, depth, object_depth), []).append(each)
        frozen: dict[str, Any] = {}
        for key in sorted(keyed):
            if self._elements >= MOST_ELEMENTS:
                frozen[CUT] = CUT
                break
            self._elements += 1
            values = [self._freeze_value(each, depth, object_depth) for each in keyed[key]]
            for nth, each in enumerate(sorted(values, key=_order) if len(values) > 1 else values):
                # Different keys may look alike, such as objects with equal attributes.
                frozen[f"{key} #{nth + 1}" if nth else key] = each
        return frozen

    def _freeze_value(self, value: Any, depth: int, object_depth: int) -> Any:
        if isinstance(value, (type, types.FunctionType)):
            return f"<{value.__name__}>"
        return self._freeze(value, depth + 1, object_depth)

    def _key(self, key: Any, depth: int, object_depth: int) -> str:
        if type(key) is str:
            return _text(key)
        counted = self._elements
        frozen = self._freeze(key, depth + 1, object_depth)
        self._elements = counted  # or how keys are cut would depend on their order
        return frozen if isinstance(frozen, str) else json.dumps(frozen, ensure_ascii=False)


def _plain_text(value: Any) -> str | None:
    """The text of a value that has no parts but isn't plain data either."""
    if isinstance(value, enum.Enum):
        return str.__str__(f"{type(value).__name__}.{value.name}")
    if isinstance(value, (bytes, bytearray)):
        cut = len(value) > LONGEST_TEXT
        return repr(bytes(value[:LONGEST_TEXT])) + (CUT if cut else "")
    if isinstance(value, (complex, range)):
        return repr(value)
    kind = type(value)
    if isinstance(value, BaseException):
        try:
            return _text(f"{kind.__name__}: {value}" if value.args else kind.__name__)
        except Exception:
            return f"<{kind.__name__}>"
    if isinstance(value, int):
        return _digits(int(value))
    if isinstance(value, float):
        return str(float(value))
    if isinstance(value, str):
        return _text(str.__str__(value))
    if kind.__module__ in ("decimal", "fractions"):
        return str(value)
    return None


def _content(kind: type, value: Any) -> Any:
    """What a container holds; None if the value isn't one."""
    if isinstance(value, dict):
        return value if kind is dict else dict(dict.items(value))
    if isinstance(value, (list, tuple, deque, set, frozenset)):
        return value
    if not queue_model.is_queue(kind):
        return None
    held = queue_model.content(value)
    by_priority = any(each.__name__ == "PriorityQueue" for each in kind.__mro__)
    return sorted(held, key=_order_of_any) if by_priority else held


def _is_thread(kind: type) -> bool:
    return any(each.__module__ == "threading" for each in kind.__mro__)


def _has_attributes(value: Any) -> bool:
    return bool(_attributes(value))


def _attributes(value: Any) -> dict[str, Any]:
    try:
        found = dict(object.__getattribute__(value, "__dict__"))
    except AttributeError:
        found = {}
    for kind in type(value).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name in ("__dict__", "__weakref__"):
                continue
            if name.startswith("__") and not name.endswith("__"):
                name = f"_{kind.__name__.lstrip('_')}{name}"
            with contextlib.suppress(AttributeError):  # a slot may be empty
                found[name] = object.__getattribute__(value, name)
    return found


def _in_order(values: Collection[Any]) -> list[Any]:
    try:
        return sorted(values)
    except Exception:
        return sorted(values, key=_order_of_any)


def _order_of_any(value: Any) -> tuple[str, str]:
    try:
        return type(value).__name__, without_addresses(repr(value))
    except Exception:
        return type(value).__name__, ""


def _order(frozen: Any) -> tuple[int, Any]:
    if isinstance(frozen, (int, float)):
        return 0, frozen
    if isinstance(frozen, str):
        return (2 if frozen == CUT else 1), frozen
    return 1, json.dumps(frozen, ensure_ascii=False)

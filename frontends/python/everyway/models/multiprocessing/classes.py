"""How a forked process gets its own classes, and instances of them and of the library's."""

from __future__ import annotations

import abc
import io
import types
from typing import Any

from everyway import _core as core
from everyway.models.multiprocessing import state
from everyway.models.objects import new_object
from everyway.models.thread import ident_of, native_id_of

_LEFT_OUT = frozenset({"__dict__", "__weakref__", "_abc_impl", "__abstractmethods__"})
_FIRST = frozenset({"__module__", "__qualname__", "__doc__", "__slots__", "__firstlineno__", "__static_attributes__"})
_BUILT_IN = (dict, list, set, tuple, str, bytes, int, float, complex, frozenset, bytearray)


def begin_threading(own: state.ProcessState) -> None:
    """The running task is the main thread of its process, and the only one."""
    threading = state.package("threading")
    threading._SHUTTING_DOWN = False
    main = object.__new__(threading._MainThread)
    main.__init__()
    main.__ev_task__ = own.number
    main._ident = ident_of(own.number)
    main._native_id = native_id_of(own.number)
    main.__ev_ended__ = new_object(main, "event")
    threading._main_thread = main
    threading._active.clear()
    threading._active[main._ident] = main


# --- classes --------------------------------------------------------------------------------------


def is_users(copier: Any, kind: type) -> bool:
    """Whether the class was made by a module of the user's."""
    if not kind.__flags__ & (1 << 9):  # not made at run time
        return False
    if kind.__module__ in state.user_names():
        return True
    return any(is_users(copier, base) for base in kind.__bases__ if base is not object)


def copy_class(copier: Any, kind: Any) -> Any:
    """The process's own class, with its own attributes."""
    if not is_users(copier, kind):
        return kind
    meta = copier.copy(type(kind))
    bases = tuple([copier.copy(base) for base in kind.__bases__])
    found = copier.memo.get(id(kind))
    if found is not None:
        return found
    attributes = dict(kind.__dict__)
    first = {name: value for name, value in attributes.items() if name in _FIRST}
    if isinstance(first.get("__slots__"), dict):
        first["__slots__"] = tuple(first["__slots__"])
    made = _shell(meta, kind.__name__, bases, first)
    copier.remember(kind, made)
    slots = _slots_of(kind)

    def fill() -> None:
        for name, value in attributes.items():
            if name in _LEFT_OUT or name in _FIRST or name in slots:
                continue
            type.__setattr__(made, name, copier.copy(value))
        abstract = attributes.get("__abstractmethods__")
        if isinstance(kind, abc.ABCMeta):
            abc._abc_init(made)  # type: ignore[attr-defined]
        if abstract is not None:
            made.__abstractmethods__ = abstract

    copier.later(fill)
    return made


def _slots_of(kind: type) -> set[str]:
    return {name for name, value in kind.__dict__.items() if type(value) is types.MemberDescriptorType}


def _shell(meta: Any, name: str, bases: tuple[Any, ...], first: dict[str, Any]) -> Any:
    """An empty class; what the bases do when one is derived from them was done when the first was made."""
    hidden = [
        (base, base.__dict__["__init_subclass__"])
        for each in bases
        for base in each.__mro__
        if "__init_subclass__" in base.__dict__ and base.__flags__ & (1 << 9)
    ]
    for base, _ in hidden:
        type.__setattr__(base, "__init_subclass__", classmethod(lambda cls, **keywords: None))
    try:
        return type.__new__(meta, name, bases, first)
    finally:
        for base, value in hidden:
            type.__setattr__(base, "__init_subclass__", value)


# --- instances ------------------------------------------------------------------------------------


def copy_instance(copier: Any, value: Any) -> Any:
    """The process's own object."""
    kind = type(value)
    if is_users(copier, kind) or _is_process(value):
        return _copy_users(copier, value)
    if isinstance(value, io.IOBase):
        return value if getattr(value, "fileno", None) is None or _is_standard(value) else copier.refused(value)
    if kind.__module__ == "threading":
        return _THREADING.get(kind.__name__, _refused)(copier, value)
    return _copy_reduced(copier, value)


def _refused(copier: Any, value: Any) -> Any:
    return copier.refused(value)


def _is_process(value: Any) -> bool:
    return isinstance(value, state.package("multiprocessing.process").BaseProcess)


def _is_standard(value: Any) -> bool:
    try:
        return value.fileno() in (0, 1, 2)
    except (OSError, ValueError):
        return False


_FILL: dict[Any, Any] = {dict: dict.update, list: list.extend, set: set.update, bytearray: bytearray.extend}


def _copy_users(copier: Any, value: Any) -> Any:
    made_of: Any = copier.copy(type(value))
    made: Any
    built_in: Any = next((each for each in _BUILT_IN if isinstance(value, each)), None)
    if built_in is None and isinstance(value, BaseException):
        made = BaseException.__new__(made_of, *copier.copy(value.args))
        copier.remember(value, made)
    elif built_in is None:
        try:
            made = copier.remember(value, object.__new__(made_of))
        except TypeError:
            return _copy_reduced(copier, value)
    elif built_in in (dict, list, set, bytearray):
        made = copier.remember(value, built_in.__new__(made_of))
        plain = copier.copy(built_in(value))
        _FILL[built_in](made, plain)
    else:
        made = copier.remember(value, built_in.__new__(made_of, copier.copy(built_in(value))))

    def fill() -> None:
        attributes = getattr(value, "__dict__", None)
        if attributes:
            made.__dict__.update({name: copier.copy(each) for name, each in list(attributes.items())})
        for base in type(value).__mro__:
            for name in _slots_of(base):
                member = base.__dict__[name]
                try:
                    content = member.__get__(value)
                except AttributeError:
                    continue
                owner = copier.copy(base)
                owner.__dict__[name].__set__(made, copier.copy(content))

    copier.later(fill)
    return made


_CONSTANT = (int, float, complex, bool, str, bytes, type(None))


def _copy_reduced(copier: Any, value: Any) -> Any:
    """A copy by what the object says of itself to a pickler."""
    if isinstance(value, _CONSTANT):
        return value  # of a class of the library, such as a key
    try:
        reduced = value.__reduce_ex__(4)
    except Exception:
        return copier.refused(value)
    if isinstance(reduced, str):
        return value
    function, arguments, content, items, pairs, setter = (*reduced, None, None, None, None)[:6]
    constant = all(isinstance(each, (*_CONSTANT, type)) for each in arguments)
    if constant and content is None and items is None and pairs is None and not _is_iterator(value):
        return value
    made = copier.remember(value, function(*copier.copy(tuple(arguments))))

    def fill() -> None:
        if content is not None:
            _set_content(made, copier.copy(content), setter)
        if items is not None:
            made.extend([copier.copy(each) for each in items])
        for key, each in pairs or ():
            made[copier.copy(key)] = copier.copy(each)

    fill() if items is not None or pairs is not None else copier.later(fill)
    return made


def _is_iterator(value: Any) -> bool:
    return type(value).__module__ == "itertools" or hasattr(value, "__next__")


def _set_content(made: Any, content: Any, setter: Any) -> None:
    if setter is not None:
        setter(made, content)
    elif hasattr(made, "__setstate__"):
        made.__setstate__(content)
    else:
        attributes, slots = content if isinstance(content, tuple) and len(content) == 2 else (content, None)
        if attributes:
            made.__dict__.update(attributes)
        for name, each in (slots or {}).items():
            object.__setattr__(made, name, each)


# --- what threads of the parent shared ------------------------------------------------------------


def _event(copier: Any, value: Any) -> Any:
    threading = state.package("threading")
    made = copier.remember(value, threading.Event())
    if value.is_set():
        made.set()
    return made


def _semaphore(copier: Any, value: Any) -> Any:
    made = type(value)(core.semaphore_value(value.__ev_id__))
    return copier.remember(value, made)


def _condition(copier: Any, value: Any) -> Any:
    return copier.remember(value, state.package("threading").Condition(copier.copy(value._lock)))


_THREADING: dict[str, Any] = {
    "Event": _event,
    "Semaphore": _semaphore,
    "BoundedSemaphore": _semaphore,
    "Condition": _condition,
}

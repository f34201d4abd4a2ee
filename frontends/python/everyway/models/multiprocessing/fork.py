"""What a forked process begins with: a copy of all that the program has made in its parent.

Modules of the user's, with their functions, classes and values, are copied as they are when the process
starts. What both processes really share after a fork (locks of `multiprocessing`, pipes, shared memory)
stays the same object. What can't be copied here may be held, but not used: then it is refused by name.
"""

from __future__ import annotations

import collections
import functools
import sys
import types
import weakref
from collections.abc import Callable
from typing import Any

from everyway import _core as core
from everyway.models import thread
from everyway.models.multiprocessing import classes, state
from everyway.world.refusal import Refused

_SHARED_KINDS = (
    int,
    float,
    complex,
    bool,
    str,
    bytes,
    range,
    slice,
    types.NoneType,
    types.EllipsisType,
    types.NotImplementedType,
    types.CodeType,
    types.BuiltinFunctionType,
    types.WrapperDescriptorType,
    types.MethodDescriptorType,
    types.ClassMethodDescriptorType,
    types.GetSetDescriptorType,
    types.MemberDescriptorType,
    types.MethodWrapperType,
    types.GenericAlias,
    types.UnionType,
)
_UNCOPIED = (
    types.GeneratorType,
    types.CoroutineType,
    types.AsyncGeneratorType,
    types.FrameType,
    types.TracebackType,
)


class Image:
    """The memory of a process as it was at one moment."""

    def __init__(self, process_obj: Any) -> None:
        if not getattr(process_obj, "_replaces_another", False):
            _refuse_other_threads()
        copier = Copier()
        self._modules = {name: copier.copy(module) for name, module in _user_modules().items()}
        self._object = copier.copy(process_obj)
        copier.finish()

    def put_in_place(self, own: state.ProcessState) -> Any:
        """Make it what the running process has; gives the process's own object."""
        for name in state.user_names():
            sys.modules.pop(name, None)
        sys.modules.update(self._modules)
        classes.begin_threading(own)
        return self._object


def _user_modules() -> dict[str, Any]:
    return {name: sys.modules[name] for name in sorted(state.user_names()) if name in sys.modules}


def _refuse_other_threads() -> None:
    """A fork in the middle of what other threads do copies what they have half done."""
    threading = state.package("threading")
    for each in list(threading._active.values()):
        task = each.__ev_task__
        if task is not None and task != core.current_task() and core.task_is_alive(task):
            core.refuse("a process started by fork while other threads run (the start method spawn can be checked)")


class Copier:
    """Copies objects so that each is copied once, and references among them are kept."""

    def __init__(self) -> None:
        self.memo: dict[int, Any] = {}
        self._kept: list[Any] = []
        self._later: list[Callable[[], None]] = []
        self.user_globals = {id(module.__dict__) for module in _user_modules().values()}

    def finish(self) -> None:
        """Fill what was left empty."""
        while self._later:
            self._later.pop(0)()

    def later(self, fill: Callable[[], None]) -> None:
        """Fill something once it can be referred to."""
        self._later.append(fill)

    def remember(self, value: Any, made: Any) -> Any:
        """From now on this is the copy of the value."""
        self.memo[id(value)] = made
        self._kept.append(value)
        return made

    def copy(self, value: Any) -> Any:
        """The copy of the value, or the value where both processes have the same."""
        kind = type(value)
        if kind in _SHARED_KINDS:
            return value
        found = self.memo.get(id(value))
        if found is not None:
            return found
        handler = _HANDLERS.get(kind)
        if handler is not None:
            return handler(self, value)
        if isinstance(value, type):
            return classes.copy_class(self, value)
        if getattr(kind, "__everyway_shared__", False) is True:
            return value
        own = getattr(kind, "__everyway_fork__", None)
        if own is not None:
            return self.remember(value, own(value, self))
        if kind.__module__ == "multiprocessing.synchronize":
            return value
        if isinstance(value, types.ModuleType):
            return self._module(value)
        return classes.copy_instance(self, value)

    def refused(self, value: Any) -> Any:
        """What stands for something that can't be copied."""
        name = getattr(value, "__name__", None) or type(value).__name__
        return self.remember(value, Refused(f"`{name}`, made before a fork"))

    def _module(self, module: types.ModuleType) -> Any:
        if id(module.__dict__) not in self.user_globals:
            return module
        made = self.remember(module, types.ModuleType(module.__name__, module.__doc__))
        names = self.remember(module.__dict__, made.__dict__)
        for name, value in list(module.__dict__.items()):
            names[name] = value if name in ("__builtins__", "__spec__", "__loader__") else self.copy(value)
        core.user_module(names)
        return made


# --- functions and what refers to them ------------------------------------------------------------


def _function(copier: Copier, value: Any) -> Any:
    names = value.__globals__
    if id(names) not in copier.user_globals:
        return value
    closure = value.__closure__
    # Cells that several functions share stay shared; they are filled once the function can be referred to.
    cells = None if closure is None else tuple([_cell(copier, cell) for cell in closure])
    made = types.FunctionType(value.__code__, _globals_of(copier, names), value.__name__, None, cells)
    found = copier.memo.get(id(value))
    if found is not None:
        return found  # its module's copying has come by
    copier.remember(value, made)
    made.__qualname__, made.__module__, made.__doc__ = value.__qualname__, value.__module__, value.__doc__
    made.__defaults__ = copier.copy(value.__defaults__)
    made.__kwdefaults__ = copier.copy(value.__kwdefaults__)
    made.__annotations__ = dict(value.__annotations__)
    if value.__dict__:
        made.__dict__.update(copier.copy(dict(value.__dict__)))
    return made


def _globals_of(copier: Copier, names: Any) -> Any:
    found = copier.memo.get(id(names))
    if found is not None:
        return found
    for module in _user_modules().values():
        if module.__dict__ is names:
            copier.copy(module)
            return copier.memo[id(names)]
    return names


def _cell(copier: Copier, value: Any) -> Any:
    found = copier.memo.get(id(value))
    if found is not None:
        return found
    made = copier.remember(value, types.CellType())
    try:
        content = value.cell_contents
    except ValueError:
        return made  # empty

    def fill() -> None:
        made.cell_contents = copier.copy(content)

    copier.later(fill)
    return made


def _method(copier: Copier, value: Any) -> Any:
    return copier.remember(value, types.MethodType(copier.copy(value.__func__), copier.copy(value.__self__)))


def _partial(copier: Copier, value: Any) -> Any:
    made = functools.partial(copier.copy(value.func), *copier.copy(value.args), **copier.copy(value.keywords))
    made.__dict__.update(copier.copy(dict(value.__dict__)))
    return copier.remember(value, made)


def _property(copier: Copier, value: Any) -> Any:
    read, write, delete = (copier.copy(part) for part in (value.fget, value.fset, value.fdel))
    return copier.remember(value, property(read, write, delete, value.__doc__))


def _wrapping(kind: Any) -> Any:
    def handler(copier: Copier, value: Any) -> Any:
        return copier.remember(value, kind(copier.copy(value.__func__)))

    return handler


def _cached(copier: Copier, value: Any) -> Any:
    settings = value.cache_parameters()
    made = functools.lru_cache(**settings)(copier.copy(value.__wrapped__))
    return copier.remember(value, made)


# --- containers -----------------------------------------------------------------------------------


def _list(copier: Copier, value: Any) -> Any:
    made = copier.remember(value, [])
    made.extend([copier.copy(each) for each in value])
    return made


def _dict(copier: Copier, value: Any) -> Any:
    if id(value) in copier.user_globals:
        return _globals_of(copier, value)
    made = copier.remember(value, {})
    pairs = [(copier.copy(key), copier.copy(each)) for key, each in list(value.items())]
    _when_hashable(copier, value, lambda: made.update(pairs))
    return made


def _when_hashable(copier: Copier, keys: Any, fill: Callable[[], None]) -> None:
    """Fill a container now, or once the objects that are its keys have their content."""
    if all(type(key) in _SHARED_KINDS for key in keys):
        fill()
    else:
        copier.later(fill)


def _tuple(copier: Copier, value: Any) -> Any:
    made = tuple([copier.copy(each) for each in value])
    if all(new is old for new, old in zip(made, value, strict=True)):
        return value
    return copier.memo.get(id(value)) or copier.remember(value, made)


def _set(copier: Copier, value: Any) -> Any:
    made = copier.remember(value, set())
    elements = [copier.copy(each) for each in value]
    _when_hashable(copier, value, lambda: made.update(elements))
    return made


def _frozenset(copier: Copier, value: Any) -> Any:
    made = frozenset([copier.copy(each) for each in value])
    return copier.remember(value, made)


def _deque(copier: Copier, value: Any) -> Any:
    made = copier.remember(value, collections.deque(maxlen=value.maxlen))
    made.extend([copier.copy(each) for each in value])
    return made


def _bytearray(copier: Copier, value: Any) -> Any:
    return copier.remember(value, bytearray(value))


def _reference(copier: Copier, value: Any) -> Any:
    target = value()
    return value if target is None else copier.remember(value, weakref.ref(copier.copy(target)))


# --- what threads share ---------------------------------------------------------------------------


def _lock(copier: Copier, value: Any) -> Any:
    made = copier.remember(value, thread.lock())
    if core.mutex_locked(value.__ev_id__):
        core.mutex_try(made.__ev_id__)
    return made


def _rlock(copier: Copier, value: Any) -> Any:
    return copier.remember(value, thread.RLock())


_HANDLERS: dict[type, Callable[[Copier, Any], Any]] = {
    types.FunctionType: _function,
    types.MethodType: _method,
    types.CellType: _cell,
    functools.partial: _partial,
    property: _property,
    staticmethod: _wrapping(staticmethod),
    classmethod: _wrapping(classmethod),
    functools._lru_cache_wrapper: _cached,
    list: _list,
    dict: _dict,
    tuple: _tuple,
    set: _set,
    frozenset: _frozenset,
    collections.deque: _deque,
    bytearray: _bytearray,
    weakref.ref: _reference,
    thread.lock: _lock,
    thread.RLock: _rlock,
    Refused: lambda copier, value: value,
    object: lambda copier, value: copier.remember(value, object()),
    **dict.fromkeys(_UNCOPIED, Copier.refused),
}

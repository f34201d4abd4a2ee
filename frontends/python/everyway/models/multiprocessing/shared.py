"""`multiprocessing.sharedctypes` and `multiprocessing.heap`: values and arrays that processes share.

Each read and each store of a value is an access of its own, under the value's lock if it has one; so
`value.value += 1` is a read and a write.
"""

from __future__ import annotations

import array
from collections.abc import Callable
from types import ModuleType
from typing import Any

from everyway import _core as core
from everyway.models.multiprocessing import state
from everyway.world.refusal import Refused, stand_in

_FORMATS = {
    "c": ("c_char", "c"),
    "u": ("c_wchar", "u"),
    "b": ("c_byte", "b"),
    "B": ("c_ubyte", "B"),
    "h": ("c_short", "h"),
    "H": ("c_ushort", "H"),
    "i": ("c_int", "i"),
    "I": ("c_uint", "I"),
    "l": ("c_long", "l"),
    "L": ("c_ulong", "L"),
    "q": ("c_longlong", "q"),
    "Q": ("c_ulonglong", "Q"),
    "f": ("c_float", "f"),
    "d": ("c_double", "d"),
}
_BY_NAME = {name: code for code, (name, _) in _FORMATS.items()} | {
    "c_bool": "?",
    "c_int8": "b",
    "c_uint8": "B",
    "c_int16": "h",
    "c_uint16": "H",
    "c_int32": "i",
    "c_uint32": "I",
    "c_int64": "q",
    "c_uint64": "Q",
    "c_size_t": "L",
    "c_ssize_t": "l",
}
_shared: list[Any] = []


def begin_execution() -> None:
    """Forget what was shared in the execution before."""
    _shared.clear()


def _find(number: int) -> Any:
    return _shared[number]


class _Shared:
    """What both processes have after a fork or a spawn: one object."""

    __everyway_shared__ = True

    def __init__(self) -> None:
        _shared.append(self)
        self._number = len(_shared) - 1

    def __reduce__(self) -> Any:
        state.package("multiprocessing.context").assert_spawning(self)
        return _find, (self._number,)


def _code_of(kind: Any) -> str:
    if isinstance(kind, str):
        if kind not in _FORMATS:
            raise KeyError(kind)
        return kind
    name = object.__getattribute__(kind, "_what") if isinstance(kind, Refused) else getattr(kind, "__name__", "")
    name = name.removeprefix("ctypes.")
    if name not in _BY_NAME:
        core.refuse(f"shared memory for {name or kind!r}")
    return _BY_NAME[name]


def _converter(code: str) -> Callable[[Any], Any]:
    """What a stored value becomes, with the exceptions of the real type."""
    import ctypes

    real: Any = ctypes.c_bool if code == "?" else getattr(ctypes, _FORMATS[code][0])
    return lambda value: real(value).value


class Content:
    """One shared number or character; each use of it is announced."""

    def __init__(self, value: Any) -> None:
        self.value = value


class _Stored:
    """An attribute that is read and stored in shared memory.

    It is no property: who looks at attributes leaves the announcement to it.
    """

    def __init__(self, read: Callable[[Any, int], Any], store: Callable[[Any, Any, int], None]) -> None:
        self._read = read
        self._store = store

    def __get__(self, owner: Any, kind: type) -> Any:
        if owner is None:
            return self
        return self._read(owner, core.site_of_use(owner))

    def __set__(self, owner: Any, value: Any) -> None:
        self._store(owner, value, core.site_of_use(owner))


class RawValue(_Shared):
    """A number in shared memory, without a lock."""

    def __init__(self, code: str, *arguments: Any) -> None:
        super().__init__()
        self._convert = _converter(code)
        self._name = "c_bool" if code == "?" else _FORMATS[code][0]
        import ctypes

        self._content = Content(getattr(ctypes, self._name)(*arguments).value)

    def load(self, site: int) -> Any:
        """Read it, at this site."""
        core.shared_access(self._content, "value", "r", site)
        return self._content.value

    def store(self, value: Any, site: int) -> None:
        """Store it, at this site."""
        value = self._convert(value)
        core.shared_access(self._content, "value", "w", site)
        self._content.value = value

    value = _Stored(load, store)

    def __repr__(self) -> str:
        return f"{self._name}({self.load(core.site_of_use(self))!r})"


class RawArray(_Shared):
    """An array in shared memory, without a lock; each element is read and stored by itself."""

    def __init__(self, code: str, size_or_initializer: Any) -> None:
        super().__init__()
        self._code = code
        self._convert = _converter(code)
        self._name = "c_bool" if code == "?" else _FORMATS[code][0]
        zero = b"\0" if code == "c" else "\0" if code == "u" else False if code == "?" else self._convert(0)
        if isinstance(size_or_initializer, int):
            if size_or_initializer < 0:
                raise ValueError("Array length must be >= 0")
            values = [zero] * size_or_initializer
        else:
            given = size_or_initializer
            if code == "c" and isinstance(given, bytes):
                given = [given[index : index + 1] for index in range(len(given))]
            values = [self._convert(each) for each in given]
        self._values: list[Any] = values
        self._cells = [Content(None) for _ in values]

    def __len__(self) -> int:
        return len(self._values)

    def load(self, key: Any, site: int) -> Any:
        """Read elements, at this site."""
        if isinstance(key, slice):
            found = [self._one(index, site) for index in range(*key.indices(len(self._values)))]
            return b"".join(found) if self._code == "c" else "".join(found) if self._code == "u" else found
        return self._one(self._index(key), site)

    def _one(self, index: int, site: int) -> Any:
        core.shared_access(self._cells[index], "value", "r", site)
        return self._values[index]

    def store(self, key: Any, value: Any, site: int) -> None:
        """Store elements, at this site."""
        if isinstance(key, slice):
            indices = range(*key.indices(len(self._values)))
            if self._code == "c":
                value = [bytes([each]) for each in value]
            values = list(value)
            if len(values) != len(indices):
                raise ValueError("Can only assign sequence of same size")
            for index, each in zip(indices, values, strict=True):
                self._put(index, each, site)
            return
        self._put(self._index(key), value, site)

    def _put(self, index: int, value: Any, site: int) -> None:
        value = self._convert(value)
        core.shared_access(self._cells[index], "value", "w", site)
        self._values[index] = value

    def _index(self, key: Any) -> int:
        index = key.__index__()
        if index < 0:
            index += len(self._values)
        if not 0 <= index < len(self._values):
            raise IndexError("invalid index")
        return index  # type: ignore[no-any-return]

    def __getitem__(self, key: Any) -> Any:
        return self.load(key, core.site_of_use(self))

    def __setitem__(self, key: Any, value: Any) -> None:
        self.store(key, value, core.site_of_use(self))

    def __iter__(self) -> Any:
        for index in range(len(self._values)):
            yield self._one(index, core.site_of_use(self))

    def load_text(self, site: int) -> Any:
        """Read characters up to the first that is zero."""
        self._check_text()
        zero: Any = b"\0" if self._code == "c" else "\0"
        return self.load(slice(None), site).partition(zero)[0]

    def store_text(self, value: Any, site: int) -> None:
        """Store characters, and a zero behind them if there is room."""
        self._check_text()
        if len(value) > len(self._values):
            raise ValueError("byte string too long" if self._code == "c" else "string too long")
        ended = value + (b"\0" if self._code == "c" else "\0") if len(value) < len(self._values) else value
        self.store(slice(0, len(ended)), ended, site)

    def _check_text(self) -> None:
        if self._code not in "cu":
            raise AttributeError(f"'{self._name}_Array_{len(self._values)}' object has no attribute 'value'")

    value = _Stored(load_text, store_text)
    raw = _Stored(lambda self, site: self.load(slice(None), site), store_text)

    def __repr__(self) -> str:
        return f"<multiprocessing.sharedctypes.{self._name}_Array_{len(self._values)} object>"


class _Synchronized(_Shared):
    """Shared memory with a lock, which each use takes."""

    def __init__(self, obj: Any, lock: Any) -> None:
        super().__init__()
        self._obj = obj
        self._lock = lock
        self.acquire = lock.acquire
        self.release = lock.release

    def __enter__(self) -> Any:
        return self._lock.__enter__()

    def __exit__(self, *exception: object) -> Any:
        return self._lock.__exit__(*exception)

    def get_obj(self) -> Any:
        """What has no lock."""
        return self._obj

    def get_lock(self) -> Any:
        """The lock."""
        return self._lock

    def __repr__(self) -> str:
        return f"<{type(self).__name__} wrapper for {self._obj}>"


def _locked_load(name: str) -> Any:
    def load(self: Any, site: int) -> Any:
        with self._lock:
            return getattr(self._obj, name)(site)

    return load


def _locked_store(name: str) -> Any:
    def store(self: Any, value: Any, site: int) -> None:
        with self._lock:
            getattr(self._obj, name)(value, site)

    return store


class Synchronized(_Synchronized):
    """A number with a lock."""

    __module__ = "multiprocessing.sharedctypes"
    value = _Stored(_locked_load("load"), _locked_store("store"))


class SynchronizedArray(_Synchronized):
    """An array with a lock."""

    __module__ = "multiprocessing.sharedctypes"

    def __len__(self) -> int:
        return len(self._obj)

    def __getitem__(self, key: Any) -> Any:
        site = core.site_of_use(self)
        with self._lock:
            return self._obj.load(key, site)

    def __setitem__(self, key: Any, value: Any) -> None:
        site = core.site_of_use(self)
        with self._lock:
            self._obj.store(key, value, site)


class SynchronizedString(SynchronizedArray):
    """A text with a lock."""

    __module__ = "multiprocessing.sharedctypes"
    value = _Stored(_locked_load("load_text"), _locked_store("store_text"))
    raw = _Stored(lambda self, site: self[:], _locked_store("store_text"))


def _lock_for(lock: Any, ctx: Any) -> Any:
    if lock in (True, None):
        context = ctx or state.package("multiprocessing.context")._default_context.get_context()
        return context.RLock()
    if not hasattr(lock, "acquire"):
        raise AttributeError(f"{lock!r} has no method 'acquire'")
    return lock


def make_module() -> ModuleType:
    """The module `multiprocessing.sharedctypes`."""
    module: Any = ModuleType("multiprocessing.sharedctypes")

    def raw_value(typecode_or_type: Any, *args: Any) -> Any:
        return RawValue(_code_of(typecode_or_type), *args)

    def raw_array(typecode_or_type: Any, size_or_initializer: Any) -> Any:
        return RawArray(_code_of(typecode_or_type), size_or_initializer)

    def value(typecode_or_type: Any, *args: Any, lock: Any = True, ctx: Any = None) -> Any:
        obj = raw_value(typecode_or_type, *args)
        return obj if lock is False else Synchronized(obj, _lock_for(lock, ctx))

    def shared_array(typecode_or_type: Any, size_or_initializer: Any, *, lock: Any = True, ctx: Any = None) -> Any:
        obj = raw_array(typecode_or_type, size_or_initializer)
        if lock is False:
            return obj
        kind = SynchronizedString if obj._code == "c" else SynchronizedArray
        return kind(obj, _lock_for(lock, ctx))

    module.RawValue, module.RawArray = raw_value, raw_array
    module.Value, module.Array = value, shared_array
    module.copy = stand_in("multiprocessing.sharedctypes.copy")
    module.synchronized = stand_in("multiprocessing.sharedctypes.synchronized")
    module.Synchronized, module.SynchronizedArray = Synchronized, SynchronizedArray
    module.SynchronizedBase, module.SynchronizedString = _Synchronized, SynchronizedString
    module.__all__ = ["RawValue", "RawArray", "Value", "Array", "copy", "synchronized"]
    return module  # type: ignore[no-any-return]


class BufferWrapper(_Shared):
    """A piece of shared memory, such as a barrier keeps its numbers in."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._bytes = array.array("b", bytes(size))

    def create_memoryview(self) -> memoryview:
        """A view of it."""
        return memoryview(self._bytes).cast("B")


def make_heap() -> ModuleType:
    """The module `multiprocessing.heap`."""
    module: Any = ModuleType("multiprocessing.heap")
    module.BufferWrapper = BufferWrapper
    module.__all__ = ["BufferWrapper"]
    return module  # type: ignore[no-any-return]

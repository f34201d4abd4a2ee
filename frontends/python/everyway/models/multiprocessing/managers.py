"""`multiprocessing.managers`: objects that live in a server, and proxies that processes use them by.

Each call of a proxy is one operation on the server's object, with copies of its arguments and of its
result. Servers on a network address are refused.
"""

from __future__ import annotations

import array
import errno
import os
from collections.abc import Callable
from types import ModuleType
from typing import Any

from everyway import _core as core
from everyway.models.multiprocessing import state
from everyway.world.identity import serial_id
from everyway.world.refusal import stand_in

_announcers: dict[str, Any] = core.announcers("accesses")
_TEXT = 1
_COPY = 3
_referents: list[Any] = []

# What the server's own process is called by, beyond those of tasks.
_FIRST_SERVER = 1_000_000


def begin_execution() -> None:
    """Forget the servers of the execution before."""
    _referents.clear()


class RemoteError(Exception):
    """Something went wrong in a server."""

    __module__ = "multiprocessing.managers"


class Server:
    """What a manager's process has."""

    __everyway_shared__ = True

    def __init__(self) -> None:
        self.running = core.new_object("event")
        self.connected: set[int] = set()
        core.event_set(self.running)

    def check(self) -> None:
        """Raise what a call of a server raises that is shut down."""
        if core.event_is_set(self.running):
            self.connected.add(core.current_task())
            return
        if core.current_task() in self.connected:
            raise BrokenPipeError(errno.EPIPE, "Broken pipe")
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))


class Referent:
    """An object of a server."""

    __everyway_shared__ = True

    def __init__(self, server: Server, value: Any, typeid: str) -> None:
        self.server = server
        self.value = value
        self.typeid = typeid
        core.serve(value)
        _referents.append(self)
        self.number = len(_referents) - 1


class BaseProxy:
    """How a process uses an object of a server."""

    __module__ = "multiprocessing.managers"
    __everyway_shared__ = True
    _exposed_: tuple[str, ...] = ()
    _referent: Referent

    def __init__(self, referent: Referent) -> None:
        object.__setattr__(self, "_referent", referent)

    def __reduce__(self) -> Any:
        return _rebuild, (type(self), self._referent.number)

    def _value(self) -> Any:
        self._referent.server.check()
        return self._referent.value

    def _callmethod(self, methodname: str, args: Any = (), kwds: Any = {}) -> Any:  # noqa: B006 - as the real one
        value = self._value()
        site = core.site_of_use(self)
        args, kwds = _copy((tuple(args), dict(kwds)))
        result = _operate(value, methodname, args, kwds, site)
        return result if isinstance(result, BaseProxy) else _copy(result)

    def _getvalue(self) -> Any:
        value = self._value()
        _announcers["__ev_scan__"](value, core.site_of_use(self), _COPY)
        return _copy(value)

    def __deepcopy__(self, memo: Any) -> Any:
        return self._getvalue()

    def __repr__(self) -> str:
        kind = type(self).__name__
        return f"<{kind} object, typeid {self._referent.typeid!r} at {serial_id(self):#x}>"

    def __str__(self) -> str:
        value = self._value()
        _announcers["__ev_scan__"](value, core.site_of_use(self), _TEXT)
        return repr(value)


def _rebuild(kind: Any, number: int) -> Any:
    return kind(_referents[number])


def _copy(value: Any) -> Any:
    if type(value) in (int, float, bool, str, bytes, type(None)) or value == ((), {}):
        return value
    reduction = state.package("multiprocessing.reduction")
    return reduction.ForkingPickler.loads(bytes(reduction.ForkingPickler.dumps(value)))


def _operate(value: Any, name: str, args: Any, kwds: Any, site: int) -> Any:
    """One operation on a server's object."""
    if isinstance(value, dict | list | array.array):
        if name == "__getitem__":
            return _announcers["__ev_item__"](value, args[0], site)
        if name == "__setitem__":
            _announcers["__ev_store__"](value, site)[args[0]] = args[1]
            return None
        if name == "__delitem__":
            del _announcers["__ev_store__"](value, site)[args[0]]
            return None
        if name == "__contains__":
            return _announcers["__ev_in__"](args[0], value, site)
        if name == "__len__":
            return len(_announcers["__ev_size__"](value, site))
        if name in ("__add__", "__mul__", "__rmul__", "__repr__", "__str__", "__iter__"):
            _announcers["__ev_scan__"](value, site, _COPY)
            return getattr(value, name)(*args, **kwds)
        if name in ("__iadd__", "__imul__"):
            _announcers["__ev_mutate__"](value, site)
            getattr(value, name)(*args)
            return None
        if kwds:
            return _announcers["__ev_bound__"](value, name, site)(*args, **kwds)
        return _announcers["__ev_method__"](value, name, site, *args)
    return getattr(value, name)(*args, **kwds)


def _calls(*names: str) -> Any:
    """Methods that call those of the same names on the server."""

    def make(name: str) -> Any:
        def call(self: Any, /, *args: Any, **kwds: Any) -> Any:
            return self._callmethod(name, args, kwds)

        call.__name__ = name
        return call

    def add(kind: Any) -> Any:
        for name in names:
            if name not in kind.__dict__:
                setattr(kind, name, make(name))
        kind._exposed_ = names
        return kind

    return add


@_calls(
    *"__contains__ __delitem__ __getitem__ __len__ __setitem__ clear copy get has_key items keys pop popitem "
    "setdefault update values".split()
)
class DictProxy(BaseProxy):
    """A dictionary of a server."""

    __module__ = "multiprocessing.managers"

    def _listed(self, name: str) -> Any:
        value = self._value()
        _announcers["__ev_scan__"](value, core.site_of_use(self), _COPY)
        return _copy(list(getattr(value, name)()))

    def keys(self) -> Any:
        """The keys, as they are now."""
        return self._listed("keys")

    def values(self) -> Any:
        """The values, as they are now."""
        return self._listed("values")

    def items(self) -> Any:
        """The pairs, as they are now."""
        return self._listed("items")

    def __iter__(self) -> Any:
        value = self._value()
        steps = iter(value)
        while True:
            _announcers["__ev_scan__"](self._value(), core.site_of_use(self))
            try:
                yield next(steps)
            except StopIteration:
                return


@_calls(
    *"__add__ __contains__ __delitem__ __getitem__ __len__ __mul__ __reversed__ __rmul__ __setitem__ append count "
    "extend index insert pop remove reverse sort".split()
)
class ListProxy(BaseProxy):
    """A list of a server."""

    __module__ = "multiprocessing.managers"

    def __iadd__(self, value: Any) -> Any:
        self._callmethod("extend", (value,))
        return self

    def __imul__(self, value: Any) -> Any:
        self._callmethod("__imul__", (value,))
        return self


@_calls("__len__", "__getitem__", "__setitem__")
class ArrayProxy(BaseProxy):
    """An array of a server."""

    __module__ = "multiprocessing.managers"


class Namespace:
    """An object with any attributes."""

    def __init__(self, /, **kwds: Any) -> None:
        self.__dict__.update(kwds)

    def __repr__(self) -> str:
        shown = sorted(f"{name}={value!r}" for name, value in self.__dict__.items() if not name.startswith("_"))
        return f"{type(self).__name__}({', '.join(shown)})"


class NamespaceProxy(BaseProxy):
    """An object of a server with any attributes."""

    __module__ = "multiprocessing.managers"
    __everyway_per_task__ = True  # the core leaves its attributes to it
    _exposed_ = ("__getattribute__", "__setattr__", "__delattr__")

    def __getattr__(self, key: str) -> Any:
        if key.startswith("_"):
            return object.__getattribute__(self, key)
        value = self._value()
        core.shared_access(value, key, "r", core.site_of_use(self))
        return _copy(getattr(value, key))

    def __setattr__(self, key: str, new: Any) -> None:
        if key.startswith("_"):
            object.__setattr__(self, key, new)
            return
        site = core.site_of_use(self)
        value, new = self._value(), _copy(new)
        core.shared_access(value, key, "w", site)
        setattr(value, key, new)

    def __delattr__(self, key: str) -> None:
        if key.startswith("_"):
            object.__delattr__(self, key)
            return
        site = core.site_of_use(self)
        value = self._value()
        core.shared_access(value, key, "w", site)
        delattr(value, key)


class Value:
    """A value of a server."""

    def __init__(self, typecode: str, value: Any, lock: Any = True) -> None:
        self._typecode = typecode
        self.value = value

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._typecode!r}, {self.value!r})"


class _Attribute:
    """The value of a `ValueProxy`; no property, so that it announces itself."""

    def __get__(self, owner: Any, kind: type) -> Any:
        if owner is None:
            return self
        site = core.site_of_use(owner)
        held = owner._value()
        core.shared_access(held, "value", "r", site)
        return _copy(held.value)

    def __set__(self, owner: Any, new: Any) -> None:
        site = core.site_of_use(owner)
        held, new = owner._value(), _copy(new)
        core.shared_access(held, "value", "w", site)
        held.value = new


class ValueProxy(BaseProxy):
    """A value of a server."""

    __module__ = "multiprocessing.managers"
    _exposed_ = ("get", "set")
    value = _Attribute()

    def get(self) -> Any:
        """The value."""
        return self.value

    def set(self, value: Any) -> None:
        """Store a value."""
        self.value = value

    def __class_getitem__(cls, item: Any) -> Any:
        return cls


class AcquirerProxy(BaseProxy):
    """A lock or semaphore of a server."""

    __module__ = "multiprocessing.managers"
    _exposed_: tuple[str, ...] = ("acquire", "release")

    def acquire(self, blocking: bool = True, timeout: float | None = None) -> Any:
        """Take it."""
        value = self._value()
        return value.acquire(blocking) if timeout is None else value.acquire(blocking, timeout)

    def release(self) -> None:
        """Give it back."""
        self._value().release()

    def __enter__(self) -> Any:
        return self._value().acquire()

    def __exit__(self, *exception: object) -> Any:
        return self._value().release()


class ConditionProxy(AcquirerProxy):
    """A condition of a server."""

    __module__ = "multiprocessing.managers"
    _exposed_ = ("acquire", "release", "wait", "notify", "notify_all")

    def wait(self, timeout: float | None = None) -> Any:
        """Wait for a notification."""
        return self._value().wait(timeout)

    def notify(self, n: int = 1) -> None:
        """Wake so many that wait."""
        self._value().notify(n)

    def notify_all(self) -> None:
        """Wake all that wait."""
        self._value().notify_all()

    def wait_for(self, predicate: Any, timeout: float | None = None) -> Any:
        """Wait until something holds."""
        return self._value().wait_for(predicate, timeout)


def _reader(attribute: str) -> Callable[[Any], Any]:
    return lambda self: getattr(self._value(), attribute)


def _forwarding(name: str, *methods: str, attributes: tuple[str, ...] = ()) -> Any:
    """A proxy of an object that announces for itself."""

    def make(method: str) -> Any:
        def call(self: Any, /, *args: Any, **kwds: Any) -> Any:
            value = self._value()
            args, kwds = _copy((args, kwds))
            return _copy(getattr(value, method)(*args, **kwds))

        call.__name__ = method
        return call

    members: dict[str, Any] = {method: make(method) for method in methods}
    for attribute in attributes:
        members[attribute] = property(_reader(attribute))
    members["_exposed_"] = methods
    return type(name, (BaseProxy,), {"__module__": "multiprocessing.managers", **members})


EventProxy = _forwarding("EventProxy", "is_set", "set", "clear", "wait")
BarrierProxy = _forwarding("BarrierProxy", "wait", "abort", "reset", attributes=("parties", "n_waiting", "broken"))
QueueProxy = _forwarding(
    "AutoProxy[Queue]",
    *"empty full get get_nowait join put put_nowait qsize task_done".split(),
)


class BaseManager:
    """Starts a server and makes its objects."""

    __module__ = "multiprocessing.managers"

    def __init__(
        self, address: Any = None, authkey: Any = None, serializer: str = "pickle", *, ctx: Any = None
    ) -> None:
        if address is not None:
            core.refuse("a manager with an address")
        self._ctx = ctx or state.package("multiprocessing.context")._default_context.get_context()
        self._server: Server | None = None
        self._shut = False

    def __everyway_fork__(self, copier: Any) -> Any:
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        return made

    def start(self, initializer: Any = None, initargs: Any = ()) -> None:
        """Start the server."""
        if self._shut:
            raise state.package("multiprocessing.context").ProcessError("Manager has shut down")
        if self._server is not None:
            raise state.package("multiprocessing.context").ProcessError("Already started server")
        if initializer is not None:
            core.refuse("the initializer of a manager")
        process = self._ctx.Process(target=None)
        self.pid = state.pid_of(_FIRST_SERVER + process._identity[-1])
        self._server = Server()

    def shutdown(self) -> None:
        """End the server."""
        if self._server is not None and not self._shut:
            self._shut = True
            core.event_clear(self._server.running)

    def __enter__(self) -> Any:
        if self._server is None:
            self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.shutdown()

    def join(self, timeout: float | None = None) -> None:
        """Wait until the server has ended, which it has when it was told to."""

    def get_server(self) -> Any:
        """Refused: it would listen."""
        core.refuse("BaseManager.get_server")

    def connect(self) -> None:
        """Refused: it would use a socket."""
        core.refuse("BaseManager.connect")

    def _make(self, typeid: str, proxy: Any, value: Any) -> Any:
        if self._server is None:
            raise AssertionError("server not yet started")
        self._server.check()
        return proxy(Referent(self._server, value, typeid))

    @classmethod
    def register(cls, typeid: str, callable: Any = None, *rest: Any, **keywords: Any) -> None:
        """Say how an object of this kind is made; making one that the program registered is refused."""

        def make(self: Any, /, *args: Any, **kwds: Any) -> Any:
            core.refuse(f"a manager's own type `{typeid}`")

        make.__name__ = typeid
        setattr(cls, typeid, make)


class SyncManager(BaseManager):
    """A manager of containers, values and what threads wait for."""

    __module__ = "multiprocessing.managers"

    def dict(self, /, *args: Any, **kwds: Any) -> Any:
        """Make a dictionary."""
        args, kwds = _copy((args, kwds))
        return self._make("dict", DictProxy, {**dict_of(*args), **kwds})

    def list(self, /, *args: Any) -> Any:
        """Make a list."""
        return self._make("list", ListProxy, list_of(*_copy(args)))

    def Namespace(self, /, **kwds: Any) -> Any:
        """Make an object with any attributes."""
        return self._make("Namespace", NamespaceProxy, Namespace(**_copy(kwds)))

    def Value(self, typecode: str, value: Any, lock: Any = True) -> Any:
        """Make a value."""
        return self._make("Value", ValueProxy, Value(typecode, _copy(value)))

    def Array(self, typecode: str, sequence: Any, lock: Any = True) -> Any:
        """Make an array."""
        return self._make("Array", ArrayProxy, array.array(typecode, _copy(list_of(sequence))))


dict_of, list_of = dict, list


def _maker(typeid: str, module: str, proxy: Any) -> Any:
    def make(self: Any, /, *args: Any, **kwds: Any) -> Any:
        args = tuple(each._referent.value if isinstance(each, BaseProxy) else each for each in args)
        return self._make(typeid, proxy, getattr(state.package(module), typeid)(*args, **kwds))

    make.__name__ = typeid
    make.__doc__ = f"Make a `{module}.{typeid}`."
    return make


for _typeid, _proxy in (
    ("Lock", AcquirerProxy),
    ("RLock", AcquirerProxy),
    ("Semaphore", AcquirerProxy),
    ("BoundedSemaphore", AcquirerProxy),
    ("Condition", ConditionProxy),
    ("Event", EventProxy),
    ("Barrier", BarrierProxy),
):
    setattr(SyncManager, _typeid, _maker(_typeid, "threading", _proxy))
SyncManager.Queue = _maker("Queue", "queue", QueueProxy)  # type: ignore[attr-defined]
SyncManager.JoinableQueue = _maker("Queue", "queue", QueueProxy)  # type: ignore[attr-defined]


def make_module() -> ModuleType:
    """The module `multiprocessing.managers`."""
    module: Any = ModuleType("multiprocessing.managers")
    for value in (
        BaseManager, RemoteError, SyncManager, BaseProxy, DictProxy, ListProxy, ArrayProxy, NamespaceProxy, ValueProxy,
        AcquirerProxy, ConditionProxy, EventProxy, BarrierProxy, Namespace, Value,
    ):  # fmt: skip
        setattr(module, value.__name__, value)
    module.SharedMemoryManager = stand_in("multiprocessing.managers.SharedMemoryManager")
    module.MakeProxyType = stand_in("multiprocessing.managers.MakeProxyType")
    module.__all__ = ["BaseManager", "SyncManager", "BaseProxy", "Token", "SharedMemoryManager"]
    return module  # type: ignore[no-any-return]

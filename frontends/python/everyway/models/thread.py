"""The modelled `_thread`: locks, thread-local data and raw threads on the engine's objects.

Arguments that aren't the everyday ones are checked by the real lock of the running interpreter, so
that each version's own exceptions and messages come out.
"""

from __future__ import annotations

import _thread as real
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, NoReturn

from everyway import _core as core
from everyway.models.dressing import builtin
from everyway.models.objects import OUTSIDE, library_is_loading, new_object
from everyway.world.identity import serial_hash, serial_id

_FIRST_IDENT = 0x7F80_0000_0000
_IDENT_STRIDE = 0x1000
PROCESS_ID = 4242
_LONGEST_WAIT = 9.0e9
_FOREVER = -1

error = RuntimeError
TIMEOUT_MAX = real.TIMEOUT_MAX


def ident_of(task: int) -> int:
    """The thread identifier of a task."""
    return _FIRST_IDENT + task * _IDENT_STRIDE


def native_id_of(task: int) -> int:
    """The kernel's number of a task; the main thread has the process's, as on Linux."""
    return PROCESS_ID + task


_arguments_probe = real.allocate_lock()


def _limit(blocking: Any, timeout: Any) -> float | None:
    """The time limit of an `acquire` that may block, in seconds; raises as the real one."""
    _arguments_probe.acquire(blocking, timeout)
    _arguments_probe.release()
    return None if not blocking or timeout == -1 else float(timeout)


def limit_of(timeout: Any) -> float:
    """A time limit that isn't negative, in seconds; raises what waiting for a lock raises."""
    if type(timeout) in (float, int) and 0 <= timeout < _LONGEST_WAIT:
        return float(timeout)
    _arguments_probe.acquire(True, timeout)
    _arguments_probe.release()
    return float(timeout)


# The class is called as the real one, since programs print types.
class lock:
    """A lock that any thread may give back."""

    __slots__ = ("__ev_id__", "__weakref__", "_held")
    __module__ = "_thread"

    def __init__(self, *arguments: object) -> None:
        if arguments:
            raise TypeError(f"lock expected 0 arguments, got {len(arguments)}")
        self._held = False  # counts only outside executions
        self.__ev_id__ = new_object(self, "mutex")

    def __init_subclass__(cls) -> None:
        raise TypeError("type '_thread.lock' is not an acceptable base type")

    def acquire(self, blocking: Any = True, timeout: Any = _FOREVER) -> bool:
        """Take the lock."""
        limit = None if blocking is True and timeout is _FOREVER else _limit(blocking, timeout)
        if self.__ev_id__ == OUTSIDE:
            return self._acquire_outside()
        if not blocking:
            return core.mutex_try(self.__ev_id__)
        return core.mutex_acquire(self.__ev_id__, limit)

    def _acquire_outside(self) -> bool:
        taken, self._held = not self._held, True
        return taken

    def release(self) -> None:
        """Give the lock back."""
        if self.__ev_id__ == OUTSIDE:
            was_free, self._held = not self._held, False
        else:
            was_free = core.mutex_release(self.__ev_id__) != 0
        if was_free:
            raise RuntimeError("release unlocked lock")

    def locked(self) -> bool:
        """Whether the lock is held."""
        return self._held if self.__ev_id__ == OUTSIDE else core.mutex_locked(self.__ev_id__)

    def __enter__(self) -> bool:
        if self.__ev_id__ == OUTSIDE:
            return self._acquire_outside()
        return core.mutex_acquire(self.__ev_id__, None)

    def __exit__(self, *exception: object) -> None:
        if self.__ev_id__ == OUTSIDE or core.mutex_release(self.__ev_id__):
            self.release()

    def _at_fork_reinit(self) -> None:
        self._held = False
        self.__ev_id__ = new_object(self, "mutex")

    acquire_lock = acquire
    release_lock = release
    locked_lock = locked

    __hash__ = serial_hash

    def __repr__(self) -> str:
        state = "locked" if self.locked() else "unlocked"
        return f"<{state} _thread.lock object at {serial_id(self):#x}>"


LockType = lock

if sys.version_info >= (3, 13):
    allocate_lock: Any = lock
else:

    def allocate_lock(*arguments: object) -> lock:
        """Make a lock."""
        if arguments:
            raise TypeError(f"_thread.allocate_lock() takes no arguments ({len(arguments)} given)")
        return lock()


allocate = allocate_lock


class RLock:
    """A lock that its holder may take again."""

    __slots__ = ("__ev_id__", "__weakref__", "_depth")
    __module__ = "_thread"

    _depth: int
    __ev_id__: int

    def __new__(cls, *arguments: object, **keywords: object) -> RLock:
        """Make a lock; subclasses may take arguments."""
        self = object.__new__(cls)
        self._depth = 0  # counts only outside executions
        self.__ev_id__ = new_object(self, "rmutex")
        return self

    def acquire(self, blocking: Any = True, timeout: Any = _FOREVER) -> bool:
        """Take the lock, once more if it is the task's own."""
        limit = None if blocking is True and timeout is _FOREVER else _limit(blocking, timeout)
        if self.__ev_id__ == OUTSIDE:
            self._depth += 1
            return True
        if not blocking:
            return core.mutex_try(self.__ev_id__)
        return core.mutex_acquire(self.__ev_id__, limit)

    __enter__ = acquire

    def release(self) -> None:
        """Give the lock back, once."""
        if self.__ev_id__ == OUTSIDE:
            not_owned = self._depth == 0
            self._depth -= not not_owned
        else:
            not_owned = core.mutex_release(self.__ev_id__) != 0
        if not_owned:
            raise RuntimeError("cannot release un-acquired lock")

    def __exit__(self, *exception: object) -> None:
        if self.__ev_id__ == OUTSIDE or core.mutex_release(self.__ev_id__):
            self.release()

    def _is_owned(self) -> bool:
        return self._depth > 0 if self.__ev_id__ == OUTSIDE else core.mutex_owned(self.__ev_id__)

    def _recursion_count(self) -> int:
        if self.__ev_id__ == OUTSIDE:
            return self._depth
        return core.mutex_depth(self.__ev_id__) if core.mutex_owned(self.__ev_id__) else 0

    def _release_save(self) -> tuple[int, int]:
        depth = self._recursion_count()
        if depth == 0:
            raise RuntimeError("cannot release un-acquired lock")
        for _ in range(depth):
            self.release()
        return depth, get_ident()

    def _acquire_restore(self, state: tuple[int, int], /) -> None:
        for _ in range(state[0]):
            self.acquire()

    def _at_fork_reinit(self) -> None:
        self._depth = 0
        self.__ev_id__ = new_object(self, "rmutex")

    __hash__ = serial_hash

    def __repr__(self) -> str:
        # The engine tells only whether the current task is the holder.
        depth = self._recursion_count()
        owner = get_ident() if depth else 0
        state = "locked" if depth else "unlocked"
        kind = type(self)
        name = f"{kind.__module__}.{kind.__qualname__}"
        return f"<{state} {name} object owner={owner} count={depth} at {serial_id(self):#x}>"


# --- thread-local data ----------------------------------------------------------------------------


class _Own:
    """Which attributes a `_local` has in which task."""

    __slots__ = ("arguments", "by_task", "keywords", "shown")

    def __init__(self, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> None:
        self.arguments = arguments
        self.keywords = keywords
        self.by_task: dict[int, dict[str, Any]] = {}
        self.shown: int | None = None


_locals_of: dict[int, list[_Own]] = {}
_locals_made: list[_Own] = []


def _current_task() -> int:
    return core.current_task() if core.in_execution() else OUTSIDE


def _show_own(self: _local) -> None:
    """Put the current task's attributes in the object's `__dict__`, making them at first use."""
    own: _Own = object.__getattribute__(self, "_own")
    task = _current_task()
    if own.shown == task:
        return
    attributes = own.by_task.get(task)
    if attributes is None and task == OUTSIDE:
        return  # whoever looks after the execution sees what was shown last
    first = attributes is None
    if attributes is None:
        attributes = own.by_task[task] = {}
        _locals_of.setdefault(task, []).append(own)
    object.__setattr__(self, "__dict__", attributes)
    own.shown = task
    if first and type(self).__init__ is not object.__init__:
        type(self).__init__(self, *own.arguments, **own.keywords)


class _local:
    """An object whose attributes each thread has for itself."""

    __slots__ = ("__dict__", "__weakref__", "_own")
    __everyway_per_task__ = True  # the core announces no access to its attributes
    __module__ = "_thread"

    _own: _Own

    def __new__(cls, /, *arguments: Any, **keywords: Any) -> _local:
        """Make the object, with the attributes of the task that makes it."""
        if (arguments or keywords) and cls.__init__ is object.__init__:
            raise TypeError("Initialization arguments are not supported")
        self = object.__new__(cls)
        own = _Own(arguments, keywords)
        object.__setattr__(self, "_own", own)
        task = OUTSIDE if library_is_loading() else _current_task()
        own.by_task[task] = object.__getattribute__(self, "__dict__")
        own.shown = task
        _locals_of.setdefault(task, []).append(own)
        if task == OUTSIDE:
            _locals_made.append(own)
        return self

    def __getattribute__(self, name: str) -> Any:
        _show_own(self)
        try:
            return object.__getattribute__(self, name)
        except AttributeError as missing:
            raise _named_as_really(missing) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self._refuse_dict(name)
        _show_own(self)
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        self._refuse_dict(name)
        _show_own(self)
        try:
            object.__delattr__(self, name)
        except AttributeError as missing:
            raise _named_as_really(missing) from None

    def _refuse_dict(self, name: str) -> None:
        if name == "__dict__":
            kind = type(self)
            shown = "_thread._local" if kind is _local else kind.__name__
            raise AttributeError(f"'{shown}' object attribute '__dict__' is read-only")


def _named_as_really(missing: AttributeError) -> AttributeError:
    """The same exception, naming the class as the one of C names itself."""
    text = str(missing)
    if text.startswith("'_local' object "):
        missing.args = (text.replace("'_local'", "'_thread._local'", 1),)
    return missing


def task_ended(task: int) -> None:
    """Drop what belonged to a task that is about to end."""
    for own in _locals_of.pop(task, ()):
        if own.by_task.pop(task, None) is not None and own.shown == task:
            own.shown = None
    sentinel = _sentinels.pop(task, None)
    if sentinel is not None and sentinel.locked():
        sentinel.release()


# --- threads --------------------------------------------------------------------------------------

_ExceptHookArgs = real._ExceptHookArgs
_sentinels: dict[int, lock] = {}


def get_ident() -> int:
    """The current thread's identifier."""
    return ident_of(core.current_task()) if core.in_execution() else ident_of(0)


def get_native_id() -> int:
    """The current thread's number in the kernel."""
    return native_id_of(core.current_task()) if core.in_execution() else native_id_of(0)


def run_task(function: Callable[[], object]) -> None:
    """Run what a task does, then let go what belonged to the task."""
    try:
        function()
    except core.Abort:
        raise
    except SystemExit:
        pass
    except BaseException as exception:
        core.report_exception(exception)
    finally:
        if not core.aborting():
            task_ended(core.current_task())


def start_new_thread(function: Any, args: Any, kwargs: Any = None, /) -> int:
    """Start a thread that the program's end doesn't wait for."""
    if not callable(function):
        raise TypeError("first arg must be callable")
    if not isinstance(args, tuple):
        raise TypeError("2nd arg must be a tuple")
    if kwargs is not None and not isinstance(kwargs, dict):
        raise TypeError("optional 3rd arg must be a dictionary")
    keywords = {} if kwargs is None else kwargs
    name = getattr(function, "__name__", "thread")
    task = core.task_start(lambda: run_task(lambda: function(*args, **keywords)), True, name)
    return ident_of(task)


start_new = start_new_thread


class _ThreadHandle:
    """What 3.13's `threading` holds of a thread."""

    __slots__ = ("__weakref__", "_done", "_task")
    __module__ = "_thread"

    def __init__(self) -> None:
        self._task: int | None = None
        self._done = False

    @property
    def ident(self) -> int:
        return 0 if self._task is None else ident_of(self._task)

    def is_done(self) -> bool:
        """Whether the thread has ended."""
        if self._done or self._task is None or not core.in_execution():
            return self._done
        return not core.task_is_alive(self._task)

    def _set_done(self) -> None:
        self._done = True

    def join(self, timeout: Any = None) -> None:
        """Wait until the thread has ended."""
        if self._task is None:
            raise RuntimeError("thread not started")
        limit = None if timeout is None or timeout < 0 else limit_of(timeout)
        if not self._done:
            if self._task == core.current_task():
                raise RuntimeError("Cannot join current thread")
            core.task_join(self._task, limit)


def start_joinable_thread(function: Any, handle: _ThreadHandle | None = None, daemon: bool = True) -> _ThreadHandle:
    """Start a thread that can be joined through its handle."""
    if not callable(function):
        raise TypeError("thread function must be callable")
    if handle is None:
        handle = _ThreadHandle()
    elif not isinstance(handle, _ThreadHandle):
        raise TypeError("'handle' must be a _ThreadHandle")
    if handle._task is not None:
        raise RuntimeError("thread already started")
    name = getattr(function, "__name__", "thread")
    handle._task = core.task_start(lambda: run_task(function), bool(daemon), name)
    return handle


def _make_thread_handle(ident: int) -> _ThreadHandle:
    handle = _ThreadHandle()
    handle._task = (ident - _FIRST_IDENT) // _IDENT_STRIDE
    return handle


def _get_main_thread_ident() -> int:
    return ident_of(0)


def _set_sentinel() -> lock:
    sentinel = lock()
    _sentinels[_current_task()] = sentinel
    return sentinel


def _shutdown() -> None:
    core.task_join_all()


def _excepthook(args: Any, /) -> None:
    """Report that a thread ended with an exception; `SystemExit` ends one silently."""
    if type(args) is not _ExceptHookArgs:
        raise TypeError("_thread.excepthook argument type must be ExceptHookArgs")
    if args.exc_type is not SystemExit:
        core.report_exception(args.exc_value)


def _count() -> int:
    alive = core.task_enumerate()
    return 0 if alive is None else max(len(alive) - 1, 0)


def _is_main_interpreter() -> bool:
    return True


def daemon_threads_allowed() -> bool:
    """Whether daemon threads may be started."""
    return True


def interrupt_main(signum: int = 2, /) -> NoReturn:
    """Simulate a signal for the main thread: there are no signals in an execution."""
    core.refuse("_thread.interrupt_main")
    raise AssertionError("a refusal ends the execution")


def exit() -> NoReturn:
    """End the current thread."""
    raise SystemExit


exit_thread = exit


_stack_size = 0


def stack_size(size: Any = 0, /) -> int:
    """Note a stack size, which nothing depends on; gives the one before."""
    global _stack_size
    if isinstance(size, int) and size < 0:
        raise ValueError("size must be 0 or a positive value")
    if isinstance(size, int) and 0 < size < 32768:
        raise ValueError(f"size not valid: {size} bytes")
    before, _stack_size = _stack_size, size
    return before


def begin_execution() -> None:
    """Forget the tasks of the execution before."""
    global _stack_size
    _stack_size = 0
    _locals_of.clear()
    _sentinels.clear()
    for own in _locals_made:
        outside = own.by_task.get(OUTSIDE, {})
        own.by_task = {OUTSIDE: outside, 0: dict(outside)}
        own.shown = None


def make_module() -> ModuleType:
    """The module that programs and the private library import as `_thread`."""
    module = ModuleType("_thread", real.__doc__)
    for name in dir(real):
        if not name.startswith("__"):
            setattr(module, name, builtin(globals()[name], "_thread"))
    return module

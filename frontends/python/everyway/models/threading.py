"""The hot classes of the private `threading` with one engine operation for each call.

The classes stay the real module's own objects, so that subclasses, `Timer`, `Barrier` and `queue`
find what they expect; only the methods that wait, wake or look are replaced. A `Condition` round a
lock that isn't ours keeps the real code.
"""

from __future__ import annotations

import sys
from collections import deque
from typing import Any

from everyway import _core as core
from everyway.models import thread
from everyway.models.barrier import install_barrier
from everyway.models.dressing import replace, replace_function
from everyway.models.names import DrawnNames
from everyway.models.objects import OUTSIDE, new_object
from everyway.models.thread import ident_of, limit_of, native_id_of
from everyway.world.identity import serial_hash, serial_id

_ALL = -1
_MAIN_TASK = 0
# Modules whose objects have conditions of their own, which the user doesn't see.
_OWNERS_OF_CONDITIONS = frozenset({"concurrent.futures._base", "queue", "threading"})


def install(module: Any) -> None:
    """Replace the hot methods in a freshly loaded private `threading`."""
    _install_thread(module)
    _install_condition(module)
    _install_semaphores(module)
    _install_event(module)
    install_barrier(module)
    _install_functions(module)
    module.id = serial_id  # what texts show of an identity
    for kind in (
        module.Thread,
        module.Condition,
        module.Semaphore,
        module.Event,
        module.Barrier,
    ):
        kind.__hash__ = serial_hash


def begin_execution(module: Any) -> None:
    """Make the main thread's object, and forget the other threads."""
    main = object.__new__(module._MainThread)
    module._active.clear()
    module._main_thread = main
    main.__init__()
    main.__ev_ended__ = new_object(main, "event")


def main_ends(module: Any) -> None:
    """Let those go on who wait for the main thread, and run what is registered for its end."""
    module._SHUTTING_DOWN = True
    for call in reversed(module._threading_atexits):
        call()
    core.event_set(module._main_thread.__ev_ended__)


# --- Thread ---------------------------------------------------------------------------------------


class _Started:
    """Whether a thread was started; stands in the place of an `Event`."""

    __slots__ = ("_flag",)

    def __init__(self) -> None:
        self._flag = False

    def is_set(self) -> bool:
        return self._flag

    def set(self) -> None:
        self._flag = True

    def wait(self, timeout: object = None) -> bool:
        return self._flag


def _install_thread(module: Any) -> None:
    names = module.__dict__
    drawn_names = DrawnNames(module)
    active: dict[int, Any] = module._active
    kind: Any = module.Thread

    def current() -> Any:
        try:
            return active[ident_of(core.current_task())]
        except KeyError:
            return names["_DummyThread"]()

    def init(
        self: Any,
        group: None = None,
        target: Any = None,
        name: Any = None,
        args: Any = (),
        kwargs: Any = None,
        *,
        daemon: Any = None,
    ) -> None:
        assert group is None, "group argument must be None for now"
        if kwargs is None:
            kwargs = {}
        if name:
            name = str(name)
        else:
            name = drawn_names.draw()
            self.__ev_drawn__ = True
            if target is not None:
                try:  # noqa: SIM105 - runs for every thread
                    name += f" ({target.__name__})"
                except AttributeError:
                    pass
        self._target = target
        self._name = name
        self._args = args
        self._kwargs = kwargs
        self._daemonic = daemon if daemon is not None else current()._daemonic
        self._ident = None
        self._native_id = None
        self.__ev_task__ = None
        self._started = _Started()
        self._initialized = True
        self._stderr = sys.stderr

    def start(self: Any) -> None:
        if not self._initialized:
            raise RuntimeError("thread.__init__() not called")
        if self._started._flag:
            raise RuntimeError("threads can only be started once")
        self._started._flag = True
        self.__ev_task__ = task = core.task_start(self._bootstrap, bool(self._daemonic), self._name)
        self._ident = ident_of(task)
        self._native_id = native_id_of(task)
        active[self._ident] = self

    def bootstrap(self: Any) -> None:
        task = core.current_task()
        try:
            self.run()
        except core.Abort:
            raise
        except BaseException:
            invoke_excepthook(self)
        finally:
            if not core.aborting():
                thread.task_ended(task)

    def invoke_excepthook(self: Any) -> None:
        hook = names["excepthook"] or names["__excepthook__"]
        try:
            hook(thread._ExceptHookArgs([*sys.exc_info(), self]))
        except Exception as exception:
            exception.__suppress_context__ = True
            core.report_exception(exception)

    def join(self: Any, timeout: Any = None) -> None:
        if not self._initialized:
            raise RuntimeError("Thread.__init__() not called")
        if not self._started._flag:
            core.task_enumerate()  # another task may be about to start it
        if not self._started._flag:
            raise RuntimeError("cannot join thread before it is started")
        if self.__ev_task__ == core.current_task():
            raise RuntimeError("cannot join current thread")
        limit = None if timeout is None else limit_of(max(timeout, 0))
        if self.__ev_task__ is not None:
            core.task_join(self.__ev_task__, limit)

    def is_alive(self: Any) -> bool:
        assert self._initialized, "Thread.__init__() not called"
        if self.__ev_task__ is None:
            core.task_enumerate()  # another task may be about to start it
        return self.__ev_task__ is not None and core.task_is_alive(self.__ev_task__)

    def get_name(self: Any) -> str:
        assert self._initialized, "Thread.__init__() not called"
        if self.__ev_drawn__:
            drawn_names.look()
        return self._name  # type: ignore[no-any-return]

    def set_name(self: Any, name: Any) -> None:
        assert self._initialized, "Thread.__init__() not called"
        self._name = str(name)
        self.__ev_drawn__ = False
        if self.__ev_task__ is not None:
            core.set_task_name(self.__ev_task__, self._name)

    def show(self: Any) -> str:
        assert self._initialized, "Thread.__init__() was not called"
        status = "initial"
        if self._started._flag:
            status = "started" if self.is_alive() else "stopped"
        if self._daemonic:
            status += " daemon"
        if self._ident is not None:
            status += f" {self._ident}"
        return f"<{self.__class__.__name__}({self.name}, {status})>"

    replace(
        kind,
        __init__=init,
        start=start,
        _bootstrap=bootstrap,
        join=join,
        is_alive=is_alive,
        __repr__=show,
    )
    kind.__ev_drawn__ = False
    kind.name = property(get_name, set_name, doc=kind.name.__doc__)
    kind._invoke_excepthook = staticmethod(invoke_excepthook)
    replace_function(module, current_thread=current)
    _install_main_thread(module)


def _install_main_thread(module: Any) -> None:
    kind: Any = module.Thread
    main_kind: Any = module._MainThread

    def describe(self: Any, task: int) -> None:
        self._started._flag = True
        self.__ev_task__ = task
        self._ident = ident_of(task)
        self._native_id = native_id_of(task)
        module._active[self._ident] = self

    def init_main(self: Any) -> None:
        kind.__init__(self, name="MainThread", daemon=False)
        describe(self, _MAIN_TASK)

    def join_main(self: Any, timeout: Any = None) -> None:
        if core.current_task() == _MAIN_TASK:
            raise RuntimeError("cannot join current thread")
        core.event_wait(self.__ev_ended__, None if timeout is None else limit_of(max(timeout, 0)))

    def main_is_alive(self: Any) -> bool:
        return not core.event_is_set(self.__ev_ended__)

    def init_dummy(self: Any) -> None:
        kind.__init__(self, name=module._newname("Dummy-%d"), daemon=True)
        describe(self, core.current_task())

    def dummy_is_alive(self: Any) -> bool:
        if core.task_is_alive(self.__ev_task__):
            return True
        if sys.version_info >= (3, 13):
            raise RuntimeError("thread is not alive")
        return True  # before 3.13 a dummy never ends

    replace(main_kind, __init__=init_main, join=join_main, is_alive=main_is_alive)
    replace(module._DummyThread, __init__=init_dummy, is_alive=dummy_is_alive)


# --- Condition ------------------------------------------------------------------------------------


def _install_condition(module: Any) -> None:
    kind: Any = module.Condition
    real_init, real_wait = kind.__init__, kind.wait
    real_notify, real_notify_all = kind.notify, kind.notify_all
    real_is_owned = kind._is_owned
    make_rlock = module.RLock
    owned_kinds = (thread.lock, thread.RLock)

    def init(self: Any, lock: Any = None) -> None:
        if lock is None:
            lock = make_rlock()
        if type(lock) not in owned_kinds:
            self.__ev_id__ = None
            real_init(self, lock)
            return
        inner = sys._getframe(1).f_globals.get("__name__") in _OWNERS_OF_CONDITIONS
        self.__ev_id__ = new_object(self, "inner_condition" if inner else "condition")
        self._lock = lock
        self.acquire = lock.acquire
        self.release = lock.release
        self._waiters = deque()

    def is_owned(self: Any) -> bool:
        if self.__ev_id__ is None:
            return real_is_owned(self)  # type: ignore[no-any-return]
        lock = self._lock
        if lock.__ev_id__ == OUTSIDE:
            return lock.locked() if type(lock) is thread.lock else lock._is_owned()
        if core.mutex_owned(lock.__ev_id__):
            return True
        # Only the lock's kind knows its holder: any holder will do for a plain one.
        return type(lock) is thread.lock and core.mutex_locked(lock.__ev_id__)

    def wait(self: Any, timeout: Any = None) -> bool:
        if self.__ev_id__ is None:
            return real_wait(self, timeout)  # type: ignore[no-any-return]
        if not is_owned(self):
            raise RuntimeError("cannot wait on un-acquired lock")
        limit = None if timeout is None else limit_of(timeout) if timeout > 0 else 0.0
        waiter = object()
        self._waiters.append(waiter)
        notified = False
        try:
            notified = core.condition_wait(self.__ev_id__, self._lock.__ev_id__, limit)
            return notified
        finally:
            if not notified and waiter in self._waiters:
                self._waiters.remove(waiter)

    def notify(self: Any, n: Any = 1) -> None:
        if self.__ev_id__ is None:
            real_notify(self, n)
            return
        if not is_owned(self):
            raise RuntimeError("cannot notify on un-acquired lock")
        waiters = self._waiters
        count = 0
        while count < len(waiters) and n > count:
            count += 1
        core.condition_notify(self.__ev_id__, count)
        for _ in range(min(count, len(waiters))):
            waiters.popleft()

    def notify_all(self: Any) -> None:
        if self.__ev_id__ is None:
            real_notify_all(self)
            return
        if not is_owned(self):
            raise RuntimeError("cannot notify on un-acquired lock")
        core.condition_notify(self.__ev_id__, _ALL)
        self._waiters.clear()

    replace(kind, __init__=init, _is_owned=is_owned, wait=wait, notify=notify, notify_all=notify_all)


# --- Semaphore, BoundedSemaphore ------------------------------------------------------------------


def _install_semaphores(module: Any) -> None:
    kind: Any = module.Semaphore
    bounded: Any = module.BoundedSemaphore

    def init(self: Any, value: Any = 1) -> None:
        if value < 0:
            raise ValueError("semaphore initial value must be >= 0")
        self.__ev_outside__ = value  # counts only outside executions
        model = "bounded_semaphore" if isinstance(self, bounded) else "semaphore"
        self.__ev_id__ = new_object(self, model, value)

    def init_bounded(self: Any, value: Any = 1) -> None:
        init(self, value)
        self._initial_value = value

    def acquire(self: Any, blocking: Any = True, timeout: Any = None) -> bool:
        if timeout is not None and not blocking:
            raise ValueError("can't specify timeout for non-blocking acquire")
        if self.__ev_id__ == OUTSIDE:
            taken = self.__ev_outside__ > 0
            self.__ev_outside__ -= taken
            return taken  # type: ignore[no-any-return]
        if not blocking:
            return core.semaphore_try(self.__ev_id__)
        if timeout is None:
            return core.semaphore_acquire(self.__ev_id__, None)
        return _acquire_in_time(self.__ev_id__, timeout)

    def release(self: Any, n: Any = 1) -> None:
        if n < 1:
            raise ValueError("n must be one or more")
        if self.__ev_id__ == OUTSIDE:
            self.__ev_outside__ += n
        elif not core.semaphore_release(self.__ev_id__, n):
            raise ValueError("Semaphore released too many times")

    def leave(self: Any, *exception: object) -> None:
        self.release()

    def value(self: Any) -> int:
        if self.__ev_id__ == OUTSIDE:
            return self.__ev_outside__  # type: ignore[no-any-return]
        return core.semaphore_value(self.__ev_id__)

    def refuse_write(self: Any, value: object) -> None:
        core.refuse("threading.Semaphore._value = …")

    def inner_condition(self: Any) -> None:
        core.refuse("threading.Semaphore._cond")

    replace(kind, __init__=init, acquire=acquire, release=release, __exit__=leave)
    kind.__enter__ = kind.acquire
    kind._value = property(value, refuse_write)
    kind._cond = property(inner_condition)
    replace(bounded, __init__=init_bounded)
    del bounded.release


def _acquire_in_time(semaphore: int, timeout: Any) -> bool:
    """The real one looks at its time limit only when there is no permit."""
    if type(timeout) not in (float, int):
        if core.semaphore_try(semaphore):
            return True
        0.0 + timeout  # raises what the real one raises
    if timeout > 0:
        return core.semaphore_acquire(semaphore, limit_of(timeout))
    return core.semaphore_acquire(semaphore, 0.0)


# --- Event ----------------------------------------------------------------------------------------


def _install_event(module: Any) -> None:
    kind: Any = module.Event

    def init(self: Any) -> None:
        self.__ev_outside__ = False  # counts only outside executions
        self.__ev_id__ = new_object(self, "event")

    def is_set(self: Any) -> bool:
        if self.__ev_id__ == OUTSIDE:
            return self.__ev_outside__  # type: ignore[no-any-return]
        return core.event_is_set(self.__ev_id__)

    def set(self: Any) -> None:
        if self.__ev_id__ == OUTSIDE:
            self.__ev_outside__ = True
        else:
            core.event_set(self.__ev_id__)

    def clear(self: Any) -> None:
        if self.__ev_id__ == OUTSIDE:
            self.__ev_outside__ = False
        else:
            core.event_clear(self.__ev_id__)

    def wait(self: Any, timeout: Any = None) -> bool:
        if self.__ev_id__ == OUTSIDE:
            return self.__ev_outside__  # type: ignore[no-any-return]
        if timeout is None:
            return core.event_wait(self.__ev_id__, None)
        if type(timeout) not in (float, int):
            if core.event_is_set(self.__ev_id__):
                return True
            timeout > 0  # noqa: B015 - raises what the real one raises
        limit = limit_of(timeout) if timeout > 0 else 0.0
        return core.event_wait(self.__ev_id__, limit)

    def write(self: Any, flag: object) -> None:
        self.set() if flag else self.clear()

    def inner_condition(self: Any) -> None:
        core.refuse("threading.Event._cond")

    def reinit(self: Any) -> None:
        self.__ev_id__ = new_object(self, "event")

    replace(
        kind,
        __init__=init,
        is_set=is_set,
        set=set,
        clear=clear,
        wait=wait,
        _at_fork_reinit=reinit,
    )
    kind._flag = property(is_set, write)
    kind._cond = property(inner_condition)


# --- functions ------------------------------------------------------------------------------------


def _install_functions(module: Any) -> None:
    active: dict[int, Any] = module._active

    def enumerate() -> list[Any]:
        alive = core.task_enumerate()
        return [each for each in list(active.values()) if each.__ev_task__ in alive]

    def active_count() -> int:
        return len(enumerate())

    def settrace_all_threads(func: Any) -> None:
        module.settrace(func)

    def setprofile_all_threads(func: Any) -> None:
        module.setprofile(func)

    replace_function(module, enumerate=enumerate, active_count=active_count, _enumerate=enumerate)
    if sys.version_info >= (3, 12):
        replace_function(
            module,
            settrace_all_threads=settrace_all_threads,
            setprofile_all_threads=setprofile_all_threads,
        )

"""The private `concurrent.futures`: futures and the work queue of a pool as objects of the engine.

Executors run their own code. A future is announced as a whole until the program waits for several at
once (`wait`, `as_completed`): these take the locks of all, so they need the real one.
"""

from __future__ import annotations

import sys
import weakref
from types import ModuleType, SimpleNamespace
from typing import Any

from everyway import _core as core
from everyway.models.dressing import replace
from everyway.models.multiprocessing import executor
from everyway.models.natives import Inner, is_native
from everyway.models.objects import new_object
from everyway.models.thread import limit_of, lock
from everyway.world.identity import serial_hash, serial_id

_MOMENT = 1e-9
_NO_TIME_LEFT = -1
_CANCELLED = -2
_INNER = ("_condition", "_state", "_result", "_exception", "_waiters", "_done_callbacks")


def install(module: ModuleType) -> None:
    """Put the modelled executor of processes into the package."""
    executor.install(module)


# --- Future ---------------------------------------------------------------------------------------


def install_base(module: ModuleType) -> None:
    """Announce futures, and give them identities that are the same in every execution."""
    base: Any = module
    base.id = serial_id  # the order in which `wait` takes the locks of futures
    base._Waiter.__hash__ = serial_hash
    _install_waiter(base)
    _install_future(base)


def _install_waiter(base: Any) -> None:
    """Let time go on for who waits until the very end of its time limit and looks once more.

    `as_completed` goes on waiting until its time is over, not until it is up.
    """
    kind: Any = base._Waiter
    real_init = kind.__init__

    class End(base.threading.Event):  # type: ignore[misc]
        def wait(self, timeout: Any = None) -> bool:
            found: bool = super().wait(timeout)
            if not found and timeout is not None and timeout <= 0:
                core.sleep(_MOMENT)
            return found

    def init(self: Any) -> None:
        real_init(self)
        self.event = End()

    replace(kind, __init__=init)


def _install_future(base: Any) -> None:
    kind: Any = base.Future
    real = dict(kind.__dict__)

    def init(self: Any) -> None:
        if not is_native("future"):
            self.__dict__["__ev_id__"] = None
            real["__init__"](self)
            return
        self.__ev_outcome__ = None
        self.__ev_raised__ = None
        self.__ev_calls__ = []
        self.__ev_cancelled__ = False
        self.__dict__["__ev_id__"] = new_object(self, "future")

    def wait(self: Any, timeout: Any) -> None:
        limit = None if timeout is None else limit_of(max(timeout, 0))
        answer = core.future_wait(self.__ev_id__, limit)
        if answer == _CANCELLED:
            raise base.CancelledError
        if answer == _NO_TIME_LEFT:
            raise base.TimeoutError

    def result(self: Any, timeout: Any = None) -> Any:
        if self.__ev_id__ is None:
            return real["result"](self, timeout)
        wait(self, timeout)
        try:
            if self.__ev_raised__:
                raise self.__ev_raised__
            return self.__ev_outcome__
        finally:
            del self  # the exception's traceback would hold it

    def exception(self: Any, timeout: Any = None) -> Any:
        if self.__ev_id__ is None:
            return real["exception"](self, timeout)
        wait(self, timeout)
        return self.__ev_raised__

    def call_all(self: Any) -> None:
        for callback in self.__ev_calls__:
            call(self, callback)

    def call(self: Any, callback: Any) -> None:
        try:
            callback(self)
        except Exception:
            base.LOGGER.exception("exception calling callback for %r", self)

    def add_done_callback(self: Any, fn: Any) -> None:
        if self.__ev_id__ is None:
            real["add_done_callback"](self, fn)
        elif core.future_listen(self.__ev_id__):
            call(self, fn)
        else:
            self.__ev_calls__.append(fn)

    def cancel(self: Any) -> bool:
        if self.__ev_id__ is None:
            return real["cancel"](self)  # type: ignore[no-any-return]
        if not core.future_cancel(self.__ev_id__):
            return False
        if not self.__ev_cancelled__:
            self.__ev_cancelled__ = True
            call_all(self)
        return True

    def cancelled(self: Any) -> bool:
        if self.__ev_id__ is None:
            return real["cancelled"](self)  # type: ignore[no-any-return]
        return core.future_is_cancelled(self.__ev_id__)

    def running(self: Any) -> bool:
        if self.__ev_id__ is None:
            return real["running"](self)  # type: ignore[no-any-return]
        return core.future_is_running(self.__ev_id__)

    def done(self: Any) -> bool:
        if self.__ev_id__ is None:
            return real["done"](self)  # type: ignore[no-any-return]
        return core.future_is_done(self.__ev_id__)

    def state(self: Any) -> str:
        """What it was when it was asked first; whoever is done stays so."""
        if core.future_is_running(self.__ev_id__):
            return base.RUNNING  # type: ignore[no-any-return]
        if not core.future_is_done(self.__ev_id__):
            return base.PENDING  # type: ignore[no-any-return]
        if not self.__ev_cancelled__:
            return base.FINISHED  # type: ignore[no-any-return]
        return base.CANCELLED_AND_NOTIFIED if self.__ev_told__ else base.CANCELLED  # type: ignore[no-any-return]

    def begin(self: Any) -> bool:
        if self.__ev_id__ is None:
            return real["set_running_or_notify_cancel"](self)  # type: ignore[no-any-return]
        answer = core.future_begin(self.__ev_id__)
        if answer == 0:
            return True
        if answer == _NO_TIME_LEFT:
            self.__ev_told__ = True
            return False
        base.LOGGER.critical("Future %s in unexpected state: %s", base.id(self), state(self))
        raise RuntimeError("Future in unexpected state")

    def finish(self: Any, outcome: Any, raised: Any) -> None:
        if not core.future_set(self.__ev_id__):
            raise base.InvalidStateError(f"{state(self)}: {self!r}")
        self.__ev_outcome__ = outcome
        self.__ev_raised__ = raised
        call_all(self)

    def set_result(self: Any, result: Any) -> None:
        if self.__ev_id__ is None:
            real["set_result"](self, result)
        else:
            finish(self, result, None)

    def set_exception(self: Any, exception: Any) -> None:
        if self.__ev_id__ is None:
            real["set_exception"](self, exception)
        else:
            finish(self, None, exception)

    def show(self: Any) -> str:
        if self.__ev_id__ is None:
            return real["__repr__"](self)  # type: ignore[no-any-return]
        now = state(self)
        text = f"<{type(self).__name__} at {base.id(self):#x} state={base._STATE_TO_DESCRIPTION_MAP[now]}"
        if now != base.FINISHED:
            return text + ">"
        if self.__ev_raised__:
            return f"{text} raised {type(self.__ev_raised__).__name__}>"
        return f"{text} returned {type(self.__ev_outcome__).__name__}>"

    replace(
        kind,
        __init__=init,
        __repr__=show,
        add_done_callback=add_done_callback,
        cancel=cancel,
        cancelled=cancelled,
        done=done,
        exception=exception,
        result=result,
        running=running,
        set_exception=set_exception,
        set_result=set_result,
        set_running_or_notify_cancel=begin,
    )
    kind.__ev_id__ = None
    kind.__ev_told__ = False
    for name in _INNER:
        setattr(kind, name, Inner("future", name))
    kind.__hash__ = serial_hash


# --- ThreadPoolExecutor ---------------------------------------------------------------------------


def install_thread(module: ModuleType) -> None:
    """Let the workers of a pool leave without waking each other in turn."""
    real: Any = module.queue
    worker = module._worker.__code__
    simple: Any = real._PySimpleQueue

    class WorkQueue(simple):  # type: ignore[misc]
        """A queue that `None` closes: each worker finds it closed instead of passing the `None` on."""

        __slots__ = ()

        def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
            if item is not None or self.__ev_id__ is None:
                simple.put(self, item)
            elif not _is_called_by(worker):  # which found it closed
                core.queue_shut_down(self.__ev_id__, False)

        def get(self, block: bool = True, timeout: float | None = None) -> Any:
            if self.__ev_id__ is None:
                return simple.get(self, block, timeout)
            name = core.queue_get(self.__ev_id__, None if block else 0.0)
            if name >= 0:
                return self.__ev_store__.items.pop(name)
            if name == _CANCELLED and (block or _is_called_by(worker)):
                return None
            raise real.Empty

        def get_nowait(self) -> Any:
            return self.get(False)

    def make(*arguments: Any) -> Any:
        # A worker whose initializer fails takes what it finds away, also what would end the others.
        initialized = sys._getframe(1).f_locals.get("initializer") is not None
        return simple() if initialized else WorkQueue()

    module.queue = SimpleNamespace(SimpleQueue=make, Empty=real.Empty)  # type: ignore[attr-defined]
    module.ThreadPoolExecutor._counter = _Numbers()
    _at_end.append(module._python_exit)
    module.weakref = SimpleNamespace(ref=_Reference, WeakKeyDictionary=weakref.WeakKeyDictionary)  # type: ignore[attr-defined]


_at_end: list[Any] = []


def begin_execution(threading: Any) -> None:
    """Let the workers of pools be ended before the program waits for all threads."""
    for call in _at_end:
        if call not in threading._threading_atexits:
            threading._threading_atexits.append(call)


class _Numbers:
    """The numbers in the names of pools: which pool gets which shows who was made first."""

    def __init__(self) -> None:
        self._turn = lock()
        self._execution = 0
        self._next = 0

    def __call__(self) -> int:
        with self._turn:
            if self._execution != core.execution_number():
                self._execution, self._next = core.execution_number(), 0
            self._next += 1
            return self._next - 1


class _Reference:
    """What a worker holds of its pool: when the pool is dropped is an event that the engine sees."""

    def __init__(self, pool: Any, callback: Any) -> None:
        self._dropped = new_object(self, "event")  # type: ignore[arg-type]
        self._callback = callback
        self._pool = weakref.ref(pool, self._drop)
        self._idle = pool._idle_semaphore

    def _drop(self, reference: object) -> None:
        if core.in_execution() and not core.aborting():
            core.event_set(self._dropped)
            self._callback(reference)

    def __call__(self) -> Any:
        return None if core.event_is_set(self._dropped) else _Face(self._pool, self._idle)


class _Face:
    """A pool as its worker sees it, which doesn't keep it from being dropped."""

    def __init__(self, pool: Any, idle: Any) -> None:
        self.__dict__.update(_pool=pool, _idle_semaphore=idle)

    def __getattr__(self, name: str) -> Any:
        pool = self._pool()
        return False if pool is None else getattr(pool, name)

    def __setattr__(self, name: str, value: Any) -> None:
        pool = self._pool()
        if pool is not None:
            setattr(pool, name, value)


def _is_called_by(code: Any) -> bool:
    frame: Any = sys._getframe(2)
    return frame is not None and (frame.f_code is code or (frame.f_back is not None and frame.f_back.f_code is code))

"""`multiprocessing.pool`: worker processes that take calls from one queue.

What each call gives goes straight to who waits for it, as if the threads of the real pool that pass
tasks and results on took no time of their own; those that run code of the program's (callbacks,
generators of tasks, the start of a worker in the place of one that has ended) are tasks here too.
"""

from __future__ import annotations

import itertools
import os
import types
from collections.abc import Callable
from types import ModuleType
from typing import Any

from everyway import _core as core
from everyway.models.multiprocessing import pickling, state
from everyway.models.multiprocessing.channels import CLOSED, NOTHING, Channel
from everyway.world.refusal import stand_in

_RUN, _CLOSE, _TERMINATE = "RUN", "CLOSE", "TERMINATE"
_READY_MADE = (list, tuple, range, str, bytes, dict, set, frozenset)


class RemoteTraceback(Exception):
    """What went wrong in a worker, as text."""

    def __init__(self, tb: str) -> None:
        self.tb = tb

    def __str__(self) -> str:
        return self.tb


class MaybeEncodingError(Exception):
    """A result could not be pickled."""

    __module__ = "multiprocessing.pool"

    def __init__(self, exc: Any, value: Any) -> None:
        self.exc = repr(exc)
        self.value = repr(value)
        super().__init__(self.exc, self.value)

    def __str__(self) -> str:
        return f"Error sending result: '{self.value}'. Reason: '{self.exc}'"

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"


# --- results --------------------------------------------------------------------------------------


class Job:
    """What is shared of one call of the pool: a place for each result."""

    __everyway_shared__ = True

    def __init__(self, count: int = 0) -> None:
        self.places = [Channel() for _ in range(count)]
        self.failures = Channel()  # in the order in which they come
        self.arrived: Channel | None = None  # where the order of all counts

    def give(self, index: int, success: bool, data: Any) -> None:
        """A result has come."""
        if self.arrived is not None:
            self.arrived.post((success, data))
            return
        if not success:
            self.failures.post(data)
        self.places[index].post((success, data))


class ApplyResult:
    """The results of one call of the pool, which may be still to come."""

    __module__ = "multiprocessing.pool"

    def __init__(self, pool: Any, callback: Any = None, error_callback: Any = None, count: int = 1) -> None:
        self._job = Job(count)
        self._results: list[tuple[bool, Any]] = []
        self._lock = core.new_object("mutex")
        self._callback = callback
        self._error_callback = error_callback
        self._handled = core.new_object("event") if callback or error_callback else None
        self._value: Any = None
        self._success: bool | None = None
        if self._handled is not None:
            state.current().helpers.append(core.task_start(self._handle, True, "result handler"))

    def _wait_for_all(self, timeout: float | None) -> bool:
        for place in self._job.places[len(self._results) :]:
            found = place.receive(timeout)
            if found is NOTHING:
                return False
            self._results.append(found)
        return True

    def _finish(self) -> None:
        if self._success is None:
            failed = any(not success for success, _ in self._results)
            self._value = pickling.loads(self._job.failures.receive()) if failed else self._collected()
            self._success = not failed

    def _collected(self) -> Any:
        return pickling.loads(self._results[0][1])

    def _handle(self) -> None:
        self._wait_for_all(None)
        self._finish()
        call = self._callback if self._success else self._error_callback
        if call:
            call(self._value)
        if self._handled is not None:
            core.event_set(self._handled)

    def wait(self, timeout: float | None = None) -> None:
        """Wait until all results have come."""
        self._is_complete(timeout)

    def _is_complete(self, timeout: float | None) -> bool:
        if self._handled is not None:
            return core.event_wait(self._handled, timeout)
        if self._success is not None:
            return True
        if not core.mutex_acquire(self._lock, timeout):
            return False
        complete = self._wait_for_all(timeout)
        if complete:
            self._finish()
        core.mutex_release(self._lock)
        return complete

    def ready(self) -> bool:
        """Whether all results have come."""
        if self._handled is not None:
            return core.event_is_set(self._handled)
        return self._success is not None or all(place.is_ready() for place in self._job.places[len(self._results) :])

    def successful(self) -> bool:
        """Whether no call raised an exception."""
        if not self.ready():
            raise ValueError(f"{self!r} not ready")
        self._is_complete(None)
        return bool(self._success)

    def get(self, timeout: float | None = None) -> Any:
        """The result, or the exception that the call raised."""
        if not self._is_complete(timeout):
            raise state.package("multiprocessing.context").TimeoutError
        if self._success:
            return self._value
        raise self._value

    __class_getitem__: Any = classmethod(types.GenericAlias)


class MapResult(ApplyResult):
    """The results of a `map`."""

    __module__ = "multiprocessing.pool"

    def _collected(self) -> Any:
        return [value for _, data in self._results for value in pickling.loads(data)]


class IMapIterator:
    """The results of an `imap`, one after the other."""

    __module__ = "multiprocessing.pool"

    def __init__(self) -> None:
        self._job = Job()
        self._next = 0
        self._length: int | None = None

    def __iter__(self) -> Any:
        return self

    def _place(self, index: int) -> Channel:
        places = self._job.places
        while len(places) <= index:
            places.append(Channel())
        return places[index]

    def prepare(self, index: int) -> None:
        """A call with this index is about to be given to the workers."""
        self._place(index)

    def set_length(self, length: int) -> None:
        """There will be no more calls."""
        self._length = length
        self._place(length).close(discard=False)

    def next(self, timeout: float | None = None) -> Any:
        """The next result."""
        return self._take(self._place(self._next).receive(timeout))

    def _take(self, found: Any) -> Any:
        if found is CLOSED:
            raise StopIteration
        if found is NOTHING:
            raise state.package("multiprocessing.context").TimeoutError
        self._next += 1
        success, data = found
        value = pickling.loads(data)
        if success:
            return value
        raise value

    __next__ = next


class IMapUnorderedIterator(IMapIterator):
    """The same in the order in which they come."""

    __module__ = "multiprocessing.pool"

    def __init__(self) -> None:
        super().__init__()
        self._job.arrived = Channel()

    def prepare(self, index: int) -> None:
        """Nothing: whatever comes is next."""

    def set_length(self, length: int) -> None:
        """There will be no more calls; who waits is told."""
        self._length = length
        if self._next == length:
            self._close()

    def _close(self) -> None:
        if self._job.arrived is not None:
            self._job.arrived.close(discard=False)

    def next(self, timeout: float | None = None) -> Any:
        """The next result that comes."""
        if self._next == self._length:
            raise StopIteration
        assert self._job.arrived is not None
        return self._take(self._job.arrived.receive(timeout))

    __next__ = next


# --- workers --------------------------------------------------------------------------------------


def _star(function: Callable[..., Any], starred: bool, arguments: Any) -> list[Any]:
    results = []
    for each in arguments:
        core.begin_unit()
        results.append(function(*each) if starred else function(each))
    return results


def _each(function: Callable[..., Any], chunk: Any) -> list[Any]:
    return _star(function, False, chunk)


def _each_starred(function: Callable[..., Any], chunk: Any) -> list[Any]:
    return _star(function, True, chunk)


def _raise(exception: BaseException) -> None:
    raise exception


def _with_traceback(exception: BaseException) -> Any:
    import traceback

    shown = "".join(traceback.format_exception(type(exception), exception, exception.__traceback__))
    return _Remote(exception, f'\n"""\n{shown}"""')


class _Remote:
    """An exception on its way to another process, with its traceback as text."""

    def __init__(self, exception: BaseException, shown: str) -> None:
        self._exception = exception
        self._shown = shown
        exception.__traceback__ = None

    def __reduce__(self) -> Any:
        return _rebuild_exception, (self._exception, self._shown)


def _rebuild_exception(exception: BaseException, shown: str) -> BaseException:
    exception.__cause__ = RemoteTraceback(shown)
    return exception


def run_call(job: Job, index: int, function: Any, args: Any, kwds: Any) -> None:
    """Run one call in a worker, and give its result."""
    core.begin_unit()
    try:
        success, value = True, function(*args, **kwds)
    except Exception as exception:
        success, value = False, _with_traceback(exception)
    try:
        data = pickling.dumps(value)
    except Exception as exception:
        shown = value._exception if isinstance(value, _Remote) else value
        success, data = False, pickling.dumps(MaybeEncodingError(exception, shown))
    job.give(index, success, data)


def _work(tasks: Channel, initializer: Any, initargs: Any, most: int | None) -> None:
    if initializer is not None:
        initializer(*initargs)
    done = 0
    while most is None or done < most:
        task = tasks.receive()
        if task is CLOSED:
            return
        job, index, data = task
        run_call(job, index, *pickling.loads(data))
        done += 1


class Pool:
    """Worker processes that take calls."""

    __module__ = "multiprocessing.pool"

    def __init__(
        self,
        processes: int | None = None,
        initializer: Any = None,
        initargs: Any = (),
        maxtasksperchild: int | None = None,
        context: Any = None,
    ) -> None:
        self._ctx = context or state.package("multiprocessing.context")._default_context.get_context()
        if processes is None:
            processes = os.cpu_count() or 1
        if processes < 1:
            raise ValueError("Number of processes must be at least 1")
        if maxtasksperchild is not None and (not isinstance(maxtasksperchild, int) or maxtasksperchild <= 0):
            raise ValueError("maxtasksperchild must be a positive int or None")
        if initializer is not None and not callable(initializer):
            raise TypeError("initializer must be a callable")
        self._state = _RUN
        self._tasks = Channel()
        self._pending: list[ApplyResult | IMapIterator] = []
        self._pool: list[Any] = []
        self._settings = (initializer, initargs, maxtasksperchild)
        for _ in range(processes):
            self._add_worker()
        finalize = state.package("multiprocessing.util").Finalize
        self._terminate = finalize(self, _terminate_pool, (self._tasks, self._pool, self._pending), exitpriority=15)

    def __everyway_fork__(self, copier: Any) -> Any:
        return copier.refused(self)

    def _add_worker(self, *, replaces: bool = False) -> None:
        worker = self._ctx.Process(target=_work, args=(self._tasks, *self._settings))
        worker.name = worker.name.replace("Process", "PoolWorker")
        worker.daemon = True
        worker._replaces_another = replaces
        worker.start()
        self._pool.append(worker)
        if self._settings[2] is not None:
            state.current().helpers.append(core.task_start(_Replacer(self, worker), True, "worker handler"))

    def __repr__(self) -> str:
        kind = type(self)
        return f"<{kind.__module__}.{kind.__qualname__} state={self._state} pool_size={len(self._pool)}>"

    def __reduce__(self) -> Any:
        raise NotImplementedError("pool objects cannot be passed between processes or pickled")

    def _check_running(self) -> None:
        if self._state != _RUN:
            raise ValueError("Pool not running")

    # --- calls ------------------------------------------------------------------------------------

    def _give(self, job: Job, index: int, function: Any, args: Any, kwds: Any) -> None:
        try:
            data = pickling.dumps((function, args, kwds))
        except Exception as exception:
            job.give(index, False, pickling.dumps(exception))
            return
        self._tasks.post((job, index, data))

    def apply(self, func: Any, args: Any = (), kwds: Any = {}) -> Any:  # noqa: B006 - as the real one
        """Call a function in a worker and wait for what it gives."""
        return self.apply_async(func, args, kwds).get()

    def apply_async(
        self,
        func: Any,
        args: Any = (),
        kwds: Any = {},  # noqa: B006 - as the real one
        callback: Any = None,
        error_callback: Any = None,
    ) -> ApplyResult:
        """Call a function in a worker."""
        self._check_running()
        result = ApplyResult(self, callback, error_callback)
        self._pending.append(result)
        self._give(result._job, 0, func, args, kwds)
        return result

    def map(self, func: Any, iterable: Any, chunksize: int | None = None) -> Any:
        """Call a function with each element."""
        return self._map_async(func, iterable, _each, chunksize).get()

    def starmap(self, func: Any, iterable: Any, chunksize: int | None = None) -> Any:
        """The same with elements that are the arguments."""
        return self._map_async(func, iterable, _each_starred, chunksize).get()

    def map_async(
        self, func: Any, iterable: Any, chunksize: int | None = None, callback: Any = None, error_callback: Any = None
    ) -> MapResult:
        """As `map`, without waiting."""
        return self._map_async(func, iterable, _each, chunksize, callback, error_callback)

    def starmap_async(
        self, func: Any, iterable: Any, chunksize: int | None = None, callback: Any = None, error_callback: Any = None
    ) -> MapResult:
        """As `starmap`, without waiting."""
        return self._map_async(func, iterable, _each_starred, chunksize, callback, error_callback)

    def _map_async(
        self,
        func: Any,
        iterable: Any,
        mapper: Any,
        chunksize: int | None = None,
        callback: Any = None,
        error_callback: Any = None,
    ) -> MapResult:
        self._check_running()
        if not hasattr(iterable, "__len__"):
            iterable = list(iterable)
        if chunksize is None:
            chunksize, extra = divmod(len(iterable), len(self._pool) * 4)
            if extra:
                chunksize += 1
        chunks = list(_chunks(iterable, chunksize)) if len(iterable) else []
        result = MapResult(self, callback, error_callback, len(chunks))
        self._pending.append(result)
        for index, chunk in enumerate(chunks):
            self._give(result._job, index, mapper, (func, chunk), {})
        return result

    def imap(self, func: Any, iterable: Any, chunksize: int = 1) -> Any:
        """Call a function with each element; the results come one after the other."""
        return self._imap(IMapIterator, func, iterable, chunksize)

    def imap_unordered(self, func: Any, iterable: Any, chunksize: int = 1) -> Any:
        """The same, with the results in the order in which they come."""
        return self._imap(IMapUnorderedIterator, func, iterable, chunksize)

    def _imap(self, kind: Any, func: Any, iterable: Any, chunksize: int) -> Any:
        self._check_running()
        if chunksize < 1:
            raise ValueError(f"Chunksize must be 1+, not {chunksize}")
        result = kind()
        self._pending.append(result)
        calls = iterable if chunksize == 1 else _chunks(iterable, chunksize)

        def give_all() -> None:
            index = 0
            try:
                for index, each in enumerate(calls, 1):
                    result.prepare(index - 1)
                    function, arguments = (func, (each,)) if chunksize == 1 else (_each, (func, each))
                    self._give(result._job, index - 1, function, arguments, {})
            except core.Abort:
                raise
            except Exception as exception:
                result.prepare(index)
                result._job.give(index, False, pickling.dumps(exception))
                index += 1
            result.set_length(index)

        if isinstance(iterable, _READY_MADE):
            give_all()
        else:
            state.current().helpers.append(core.task_start(give_all, True, "task handler"))
        return result if chunksize == 1 else (item for chunk in result for item in chunk)

    # --- the end ----------------------------------------------------------------------------------

    def close(self) -> None:
        """Take no more calls."""
        if self._state == _RUN:
            self._state = _CLOSE
            self._tasks.close(discard=False)

    def terminate(self) -> None:
        """End the workers, whatever they do."""
        self._state = _TERMINATE
        self._terminate()

    def join(self) -> None:
        """Wait until the workers have ended."""
        if self._state == _RUN:
            raise ValueError("Pool is still running")
        for worker in list(self._pool):
            worker.join()

    def __enter__(self) -> Pool:
        self._check_running()
        return self

    def __exit__(self, *exception: object) -> None:
        self.terminate()


def _chunks(iterable: Any, size: int) -> Any:
    elements = iter(iterable)
    while chunk := tuple(itertools.islice(elements, size)):
        yield chunk


def _terminate_pool(tasks: Channel, workers: list[Any], pending: list[Any]) -> None:
    unfinished = any(not _is_finished(each) for each in pending)
    tasks.close(discard=True)
    for worker in workers:
        if unfinished and worker.is_alive():
            worker.terminate()
    for worker in workers:
        worker.join()


def _is_finished(result: Any) -> bool:
    """Whether all that the workers do for this result was seen to be done."""
    if isinstance(result, IMapIterator):
        return result._next == result._length
    return result._success is not None or result.ready()


class _Replacer:
    """Starts a worker in the place of one that has done its share."""

    def __init__(self, pool: Pool, worker: Any) -> None:
        self._pool = pool
        self._worker = worker

    def __call__(self) -> None:
        core.task_join(self._worker._popen._task)
        if self._worker._popen.process.exitcode == 0 and self._pool._state == _RUN:
            self._pool._pool.remove(self._worker)
            self._pool._add_worker(replaces=True)


def make_module() -> ModuleType:
    """The module `multiprocessing.pool`."""
    module: Any = ModuleType("multiprocessing.pool")
    for value in (Pool, ApplyResult, MapResult, IMapIterator, IMapUnorderedIterator, MaybeEncodingError):
        setattr(module, value.__name__, value)
    module.AsyncResult = ApplyResult
    module.RemoteTraceback = RemoteTraceback
    module.ThreadPool = stand_in("multiprocessing.pool.ThreadPool")
    module.__all__ = ["Pool", "ThreadPool"]
    return module  # type: ignore[no-any-return]

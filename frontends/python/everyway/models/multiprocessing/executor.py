"""`concurrent.futures.ProcessPoolExecutor`: worker processes whose results become futures.

As in the real one, a thread of the parent hands calls to the workers, one more than there are workers at
a time, and gives the futures their results.
"""

from __future__ import annotations

import functools
import itertools
import os
import sys
from collections import deque
from types import ModuleType
from typing import Any

from everyway import _core as core
from everyway.models.multiprocessing import pickling, state
from everyway.models.multiprocessing.channels import CLOSED, Channel
from everyway.models.multiprocessing.pool import _Remote, _with_traceback

_BROKEN = "A process in the process pool was terminated abruptly while the future was running or pending."


def _work(tasks: Channel, results: Channel, initializer: Any, initargs: Any) -> None:
    """What a worker does."""
    if initializer is not None:
        initializer(*initargs)
    while (task := tasks.receive()) is not CLOSED:
        number, data = task
        core.begin_unit()
        function, args, kwargs = pickling.loads(data)
        try:
            success, value = True, function(*args, **kwargs)
        except BaseException as exception:
            if isinstance(exception, core.Abort):
                raise
            success, value = False, _with_traceback(exception)
        try:
            sent = pickling.dumps(value)
        except Exception as exception:
            success, sent = False, pickling.dumps(_Remote(exception, ""))
        results.post(("result", number, success, sent))


def _call_each(function: Any, chunk: Any) -> list[Any]:
    return [function(*args) for args in chunk]


def _chunks(iterables: Any, size: int) -> Any:
    calls = zip(*iterables, strict=False)
    while chunk := tuple(itertools.islice(calls, size)):
        yield chunk


class _Handler:
    """The thread that hands calls out and gives futures their results."""

    def __init__(self, inbox: Channel, tasks: Channel, workers: list[Any], most: int, broken: type) -> None:
        self._inbox, self._tasks, self._workers = inbox, tasks, workers
        self._most, self._broken = most, broken
        self._pending: deque[tuple[Any, Any]] = deque()
        self._running: dict[int, Any] = {}
        self._numbers = itertools.count()
        self._ending = False

    def __call__(self) -> None:
        while not (self._ending and not self._pending and not self._running):
            kind, *rest = self._inbox.receive()
            getattr(self, f"_on_{kind}")(*rest)
            self._hand_out()
        self._tasks.close(discard=False)

    def _on_submit(self, future: Any, call: Any) -> None:
        self._pending.append((future, call))

    def _on_result(self, number: int, success: bool, data: bytes) -> None:
        future = self._running.pop(number, None)
        if future is not None:
            value = pickling.loads(data)
            future.set_result(value) if success else future.set_exception(value)

    def _on_end(self, cancel: bool) -> None:
        self._ending = True
        while cancel and self._pending:
            self._pending.popleft()[0].cancel()

    def _on_death(self) -> None:
        if self._ending and not self._running and not self._pending:
            return
        futures = [*self._running.values(), *(future for future, _ in self._pending)]
        self._running.clear()
        self._pending.clear()
        self._ending = True
        for future in futures:
            future.set_exception(self._broken(_BROKEN))
        for worker in self._workers:
            worker.terminate()

    def _hand_out(self) -> None:
        while self._pending and len(self._running) <= self._most:
            future, call = self._pending.popleft()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                data = pickling.dumps(call)
            except Exception as exception:
                future.set_exception(exception)
                continue
            number = next(self._numbers)
            self._running[number] = future
            self._tasks.post((number, data))


class _Watch:
    """Tells the handler that a worker has ended."""

    def __init__(self, worker: Any, inbox: Channel) -> None:
        self._worker, self._inbox = worker, inbox

    def __call__(self) -> None:
        core.task_join(self._worker._popen._task)
        if self._worker._popen.process.exitcode != 0:
            self._inbox.post(("death",))


def make(base: Any, broken_executor: Any) -> tuple[Any, Any]:
    """`ProcessPoolExecutor` and `BrokenProcessPool` over the private `concurrent.futures._base`."""

    class BrokenProcessPool(broken_executor):  # type: ignore[misc]
        """Raised when a process in a ProcessPoolExecutor terminated abruptly."""

        __module__ = "concurrent.futures.process"

    class ProcessPoolExecutor(base.Executor):  # type: ignore[misc]
        """Runs calls in worker processes."""

        __module__ = "concurrent.futures.process"

        def __init__(
            self,
            max_workers: int | None = None,
            mp_context: Any = None,
            initializer: Any = None,
            initargs: Any = (),
            *,
            max_tasks_per_child: int | None = None,
        ) -> None:
            if max_workers is not None and max_workers <= 0:
                raise ValueError("max_workers must be greater than 0")
            if initializer is not None and not callable(initializer):
                raise TypeError("initializer must be a callable")
            if max_tasks_per_child is not None:
                core.refuse("ProcessPoolExecutor(max_tasks_per_child=…)")
            import multiprocessing

            self._context = mp_context or multiprocessing.get_context()
            self._max_workers = max_workers or os.cpu_count() or 1
            self._initializer = (initializer, initargs)
            self._inbox: Channel | None = None
            self._handler = 0
            self._workers: list[Any] = []
            self._shut = False

        def _start(self) -> Channel:
            self._inbox, tasks = Channel(), Channel()
            for _ in range(self._max_workers):
                worker = self._context.Process(target=_work, args=(tasks, self._inbox, *self._initializer))
                worker.start()
                self._workers.append(worker)
            handler = _Handler(self._inbox, tasks, self._workers, self._max_workers, BrokenProcessPool)
            self._handler = core.task_start(handler, True, "process pool")
            for worker in self._workers:
                helper = core.task_start(_Watch(worker, self._inbox), True, "process pool watch")
                state.current().helpers.append(helper)
            state.package("threading")._register_atexit(self._end_at_exit)
            return self._inbox

        def _end_at_exit(self) -> None:
            self.shutdown()

        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
            """Call the function in a worker."""
            if self._shut:
                raise RuntimeError("cannot schedule new futures after shutdown")
            inbox = self._inbox or self._start()
            future = base.Future()
            inbox.post(("submit", future, (fn, args, kwargs)))
            return future

        def map(self, fn: Any, *iterables: Any, timeout: float | None = None, chunksize: int = 1) -> Any:
            """Call the function with each element."""
            if chunksize < 1:
                raise ValueError("chunksize must be >= 1.")
            results = super().map(functools.partial(_call_each, fn), _chunks(iterables, chunksize), timeout=timeout)
            return (value for chunk in results for value in chunk)

        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
            """Take no more calls, and wait until those that there are have ended."""
            if self._inbox is not None and not self._shut:
                self._inbox.post(("end", cancel_futures))
            self._shut = True
            if wait and self._inbox is not None:
                core.task_join(self._handler)
                for worker in self._workers:
                    worker.join()

    return ProcessPoolExecutor, BrokenProcessPool


def install(package: Any) -> None:
    """Put the executor into the freshly loaded private `concurrent.futures`."""
    module: Any = ModuleType("concurrent.futures.process")
    base = package._base
    module.ProcessPoolExecutor, module.BrokenProcessPool = make(base, base.BrokenExecutor)
    sys.modules[module.__name__] = module
    package.process = module
    package.ProcessPoolExecutor = module.ProcessPoolExecutor

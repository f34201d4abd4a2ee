"""The event loop: `BaseEventLoop` whose ready queue, timers, selector and clock are the engine's.

Handles are known to the engine by their numbers, from 0 in the order in which they were made. A pass
is one operation of the thread that runs the loop; it gives the handles to run, in their order.
"""

from __future__ import annotations

import contextlib
import sys
import weakref
from collections.abc import Callable, Iterator
from typing import Any

from everyway import _core as core
from everyway.models.asyncio import activities, notes, waits
from everyway.models.asyncio.clock import NANOSECONDS, deadline_of, loop_time
from everyway.models.thread import ident_of

OUTSIDE = -1

_REFUSED_METHODS = """
    add_reader remove_reader add_writer remove_writer sock_recv sock_recv_into sock_recvfrom
    sock_recvfrom_into sock_sendall sock_sendto sock_connect sock_accept sock_sendfile
    add_signal_handler remove_signal_handler create_connection create_server
    create_datagram_endpoint create_unix_connection create_unix_server connect_accepted_socket
    start_tls sendfile connect_read_pipe connect_write_pipe subprocess_shell subprocess_exec
    getaddrinfo getnameinfo
""".split()

# Loops by the identity of an asynchronous generator that they began to iterate.
_loops_of_generators: dict[int, Any] = {}
# Futures whose exception may never be asked for, in the order in which they got it.
_with_exception: list[weakref.ref[Any]] = []
# Contexts that may be those of several activities, by their identity.
_given_contexts: dict[int, tuple[Any, notes.Token]] = {}
_hooks_before: Any = None


def give_context(context: Any) -> None:
    """The program says in which context something runs: others may run in it too."""
    _given_contexts.setdefault(id(context), (context, notes.Token()))


def begin_execution() -> None:
    """No loop has run."""
    _given_contexts.clear()
    _loops_of_generators.clear()
    _with_exception.clear()
    activities.begin_execution()
    notes.begin_execution()


def end_execution() -> None:
    """Take back what the loops of the execution put in place."""
    global _hooks_before
    if _hooks_before is not None:
        sys.set_asyncgen_hooks(*_hooks_before)
        _hooks_before = None


def program_ends() -> None:
    """Tell of the exceptions that nobody asked for, as futures do when the interpreter ends."""
    for reference in _with_exception:
        future = reference()
        if future is not None and future._log_traceback:
            future.__del__()
    _with_exception.clear()


def note_exception(future: Any) -> None:
    """The future has got an exception."""
    _with_exception.append(weakref.ref(future))


class _Ready:
    """What stands in the place of the queue of ready handles."""

    def __init__(self, loop: Any) -> None:
        self._loop = loop

    def append(self, handle: Any) -> None:
        """Add a handle."""
        self._loop._add_ready(handle)

    def clear(self) -> None:
        """Forget all; the loop is being closed."""

    def __len__(self) -> int:
        return sum(1 for handle in self._loop._handles.values() if not hasattr(handle, "_when"))


class Timers:
    """What stands in the place of the heap of timers."""

    def __init__(self, loop: Any) -> None:
        self._loop = loop

    def push(self, timer: Any) -> None:
        """Add a timer."""
        self._loop._add_timer(timer)

    def clear(self) -> None:
        """Forget all; the loop is being closed."""

    def __len__(self) -> int:
        return sum(1 for handle in self._loop._handles.values() if hasattr(handle, "_when"))


class _Generators:
    """The asynchronous generators that a loop has to close: in the order in which they began."""

    def __init__(self) -> None:
        self._references: dict[int, weakref.ref[Any]] = {}

    def add(self, generator: Any) -> None:
        """Keep a generator in mind."""
        core.loop_note(notes.GENERATORS, True)
        self._references[id(generator)] = weakref.ref(generator)

    def discard(self, generator: Any) -> None:
        """Forget a generator."""
        core.loop_note(notes.GENERATORS, True)
        self._references.pop(id(generator), None)

    def clear(self) -> None:
        """Forget all."""
        self._references.clear()

    def __iter__(self) -> Iterator[Any]:
        core.loop_note(notes.GENERATORS, False)
        found = [reference() for reference in self._references.values()]
        return iter([each for each in found if each is not None])

    def __len__(self) -> int:
        return len(list(iter(self)))


def install_handles(events: Any) -> None:
    """Let handles know their numbers; `source.py` has given them the slots for that."""
    kind: Any = events.Handle
    real_init, real_cancel = kind.__init__, kind.cancel

    def init(self: Any, callback: Any, args: Any, loop: Any, context: Any = None) -> None:
        self._number = OUTSIDE
        self._chain = None
        if context is not None and not activities.is_librarys(callback):
            give_context(context)
        real_init(self, callback, args, loop, context)

    def cancel(self: Any) -> None:
        if not self._cancelled and self._number != OUTSIDE:
            self._loop._drop(self)
        real_cancel(self)

    kind.__init__ = init
    kind.cancel = cancel


def make_loop(base_events: Any, events: Any) -> type:
    """The kind of loop that programs get."""
    base: Any = base_events.BaseEventLoop

    class Loop(base):  # type: ignore[misc]
        def __init__(self) -> None:
            self._number = core.loop_new() if core.in_execution() else OUTSIDE
            self._next_handle = 0
            self._handles: dict[int, Any] = {}
            super().__init__()
            self._ready = _Ready(self)
            self._scheduled = Timers(self)
            self._asyncgens = _Generators()
            self._clock_resolution = 1e-9

        # --- what the engine keeps ---------------------------------------------------------------

        def _add_ready(self, handle: Any) -> None:
            number = self._register(handle)
            driver = self._thread_id
            if driver is None or driver == ident_of(core.current_task()):
                core.loop_soon(self._number, number, activities.begins(handle._callback))
            else:
                core.refuse("a method of a loop that another thread runs")

        def _add_timer(self, timer: Any) -> None:
            driver = self._thread_id
            if driver is not None and driver != ident_of(core.current_task()):
                core.refuse("a method of a loop that another thread runs")
            deadline = deadline_of(self._number, timer._when)
            if deadline is None:
                return
            reading, later = deadline
            limits = activities.ends_a_wait(timer._callback)
            core.loop_schedule(self._number, self._register(timer), reading, later, limits)

        def _register(self, handle: Any) -> int:
            handle._number = number = self._next_handle
            self._next_handle = number + 1
            self._handles[number] = handle
            callback = handle._callback
            if not activities.is_librarys(callback):
                handle._chain = activities.chain_of(self._number, callback)
            return number

        def _drop(self, handle: Any) -> None:
            """A handle was cancelled."""
            if self._handles.pop(handle._number, None) is not None:
                core.loop_cancel(self._number, handle._number)
                if handle._chain is not None:
                    activities.leave_chain(handle._chain)

        def _timer_handle_cancelled(self, handle: Any) -> None:
            pass

        # --- running -----------------------------------------------------------------------------

        def _run_once(self) -> None:
            handles = self._handles
            if not handles and not self._stopping:
                waits.announce(self)
            for number in core.loop_pass(self._number):
                handle = handles.pop(number, None)
                if handle is None:
                    continue  # an earlier one of the pass has cancelled it
                if self._debug:
                    self._current_handle = handle
                try:
                    self._run_handle(handle, number)
                finally:
                    self._current_handle = None
                handle = None

        def _run_handle(self, handle: Any, number: int) -> None:
            chain, task = handle._chain, activities.task_behind(handle._callback)
            given = _given_contexts.get(id(handle._context))
            try:
                if chain is not None:
                    with activities.entered(self._number, number, chain.activity), activities.running(chain):
                        _run_in(given, handle)
                elif task is not None:
                    with activities.entered(self._number, number, activities.of_task(task)):
                        _run_in(given, handle)
                    if task.done():
                        core.activity_end(activities.of_task(task))
                else:
                    with activities.entered(self._number, number, activities.NONE):
                        handle._run()
            finally:
                if chain is not None and not core.aborting():
                    activities.leave_chain(chain)
                handle = chain = task = None  # a traceback keeps this frame

        def run_forever(self) -> None:
            """Run until stop() is called."""
            try:
                super().run_forever()
            finally:
                _keep_generator_hooks(self)
                if not core.aborting():
                    core.loop_returned(self._number)

        def stop(self) -> None:
            """Stop running the event loop."""
            super().stop()
            core.loop_stop(self._number)

        def close(self) -> None:
            """Close the event loop."""
            was_closed = self._closed
            super().close()
            if not was_closed and self._closed and core.in_execution() and not core.aborting():
                for handle in self._handles.values():
                    if handle._chain is not None:
                        activities.leave_chain(handle._chain)
                self._handles.clear()
                core.loop_close(self._number)

        def call_soon_threadsafe(self, callback: Any, *args: Any, context: Any = None) -> Any:
            """Like call_soon(), but thread-safe."""
            self._check_closed()
            if self._debug:
                self._check_callback(callback, "call_soon_threadsafe")
            handle = events.Handle(callback, args, self, context)
            if handle._source_traceback:
                del handle._source_traceback[-1]
            number = self._register(handle)
            if self._thread_id == ident_of(core.current_task()):
                core.loop_soon(self._number, number)
            else:
                core.loop_soon_threadsafe(self._number, number)
            return handle

        def time(self) -> float:
            """Return the time according to the event loop's clock."""
            if not core.in_execution():
                return 0.0
            caller = sys._getframe(1).f_globals.get("__name__", "")
            if not caller.startswith("asyncio"):
                core.now()  # what the program does with it is unknown
            reading, nanoseconds = core.loop_read(self._number)
            return loop_time(self._number, reading, 0, nanoseconds / NANOSECONDS)

        def _write_to_self(self) -> None:
            pass

        # --- asynchronous generators -------------------------------------------------------------

        # The interpreter has one pair of hooks for all tasks of an execution.

        def _asyncgen_firstiter_hook(self, agen: Any) -> None:
            loop = events._get_running_loop()
            if isinstance(loop, Loop):
                _loops_of_generators[id(agen)] = loop
                base._asyncgen_firstiter_hook(loop, agen)

        def _asyncgen_finalizer_hook(self, agen: Any) -> None:
            loop = _loops_of_generators.pop(id(agen), None)
            if not core.in_execution() or core.aborting():
                return
            if loop is not None:
                base._asyncgen_finalizer_hook(loop, agen)
                return
            with contextlib.suppress(StopIteration):
                agen.aclose().send(None)

        # --- what goes wrong ---------------------------------------------------------------------

        def default_exception_handler(self, context: Any) -> None:
            """Log an exception; nobody has handled it, so that it is reported too."""
            super().default_exception_handler(context)
            exception = context.get("exception")
            if exception is not None and core.in_execution() and not isinstance(exception, core.Abort):
                core.report_exception(exception)

    Loop.__name__ = Loop.__qualname__ = "_UnixSelectorEventLoop"
    Loop.__module__ = "asyncio.unix_events"
    for name in _REFUSED_METHODS:
        setattr(Loop, name, _refusing(name))
    return Loop


def _run_in(given: Any, handle: Any) -> None:
    if given is not None:
        notes.note(given[1], 1)
    try:
        handle._run()
    finally:
        handle = None  # a traceback keeps this frame


def _refusing(name: str) -> Callable[..., Any]:
    def refuse(self: Any, *arguments: Any, **keywords: Any) -> None:
        core.refuse(f"loop.{name}")

    refuse.__name__ = name
    return refuse


def _keep_generator_hooks(loop: Any) -> None:
    """Leave the hooks in place: a loop of another thread may need them."""
    global _hooks_before
    if _hooks_before is None:
        _hooks_before = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(loop._asyncgen_firstiter_hook, loop._asyncgen_finalizer_hook)

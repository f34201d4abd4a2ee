"""What the extension gives: the engine, as the package drives it. See `src/`."""

from collections.abc import Callable
from typing import Any, Literal

__version__: str

class Abort(BaseException):
    """Raised in a task whose execution is over; never caught by the program."""

# A check.

def begin_check(sites: str, sources: list[tuple[int, str, int]], hash: int, settings: dict[str, Any]) -> None:
    """Begin a check of the program with these sites and sources (file, text, its first line)."""

def next_plan(spent: int) -> tuple[str, bool] | None:
    """Give the next execution's purpose and whether it records facts; `None` when the check is over."""

def replay_token(token: str) -> None:
    """Prepare the one execution of this schedule token; raises `ValueError` for one that doesn't fit."""

def steer(token: str, hash: int) -> None:
    """Prepare one execution by the schedule of a similar program, as far as it can be followed."""

def run(main: Callable[[], object]) -> None:
    """Run one execution whose main task calls `main()`."""

def ending() -> Literal["complete", "stuck", "redundant", "bound", "diverged", "stopped", "running"]:
    """Say how the execution ended."""

def printed() -> list[str]:
    """Give what each task of the execution printed, by content."""

def raised() -> list[tuple[int, str, str]]:
    """Give the exceptions that tasks ended with: task, type, text."""

def end_execution(result: str | None) -> None:
    """Report the end of an execution, with the canonical text of its result if it has one."""

def replayed() -> str:
    """Give the interleaving of the replayed execution, as JSON."""

def take_shared() -> list[str]:
    """Give the names that were stored at module level while several tasks existed, since the last call."""

def refused() -> tuple[str, tuple[int, int] | None] | None:
    """Say what was refused, with file number and line."""

def interrupt() -> None:
    """Stop exploring; what was found is still reported."""

def cut() -> None:
    """End the execution that is running, because it goes on too long without announcing anything."""

def progress() -> tuple[int, int, int | None, int]:
    """Count executions, classes, the share done in thousandths, failures."""

def counters() -> tuple[int, int]:
    """Count the last execution's operations, and the greenlets that could not be ended so far."""

def findings() -> str:
    """Give everything that the check found, as JSON."""

# What rewritten modules call.

def note_dictionary(object: Any) -> None:
    """Say that the program takes the object's `__dict__`, as `vars(object)` does."""

def note_attribute(object: object, name: object, writes: bool) -> None: ...
def announcers(mode: Literal["accesses", "facts"]) -> dict[str, Callable[..., Any]]:
    """Give the announcers by name."""

def user_module(dictionary: dict[str, Any]) -> None:
    """Say that this is the namespace of one of the program's modules."""

# Tasks.

def in_execution() -> bool:
    """Whether an execution is running and not being torn down."""

def aborting() -> bool:
    """Whether the execution is being torn down."""

def execution_number() -> int:
    """Give the number of the running execution, from 1."""

def task_start(function: Callable[[], object], daemon: bool, name: str) -> int:
    """Start a task that calls `function()`."""

def current_task() -> int:
    """Give the running task."""

def set_task_name(task: int, name: str) -> None:
    """Name a task for the report."""

def report_exception(exception: BaseException | None) -> None:
    """Say that this exception ended the running task."""

def task_join(task: int, timeout: float | None = None) -> bool:
    """Wait until the task has ended; false if the time ran out."""

def task_is_alive(task: int) -> bool:
    """Whether the task has begun and not ended."""

def task_enumerate() -> list[int]:
    """Give the tasks that are alive, by number."""

def task_join_all() -> None:
    """Wait until all other tasks but daemons have ended."""

# Objects.

def new_object(kind: str, count: int = 0) -> int:
    """Make an object of this kind; `count` is a semaphore's first number of permits."""

def mutex_acquire(mutex: int, timeout: float | None = None) -> bool:
    """Take the mutex; false if the time ran out."""

def mutex_try(mutex: int) -> bool:
    """Take the mutex if that can be done at once."""

def mutex_release(mutex: int) -> int:
    """Give the mutex back: 0, or 1 if it was free, 2 if another task holds it."""

def mutex_locked(mutex: int) -> bool:
    """Whether anyone holds the mutex."""

def mutex_owned(mutex: int) -> bool:
    """Whether the running task holds the mutex; no scheduling point."""

def mutex_depth(mutex: int) -> int:
    """Count how often the holder has taken the mutex; no scheduling point."""

def semaphore_acquire(semaphore: int, timeout: float | None = None) -> bool:
    """Take a permit; false if the time ran out."""

def semaphore_try(semaphore: int) -> bool:
    """Take a permit if there is one."""

def semaphore_release(semaphore: int, permits: int) -> bool:
    """Give permits back; false if that would be more than a bounded semaphore started with."""

def semaphore_value(semaphore: int) -> int:
    """Count the permits."""

def condition_wait(condition: int, mutex: int, timeout: float | None = None) -> bool:
    """Wait for a notification, with the mutex given back meanwhile; false if the time ran out."""

def condition_notify(condition: int, count: int) -> None:
    """Wake `count` waiters, all if it is negative."""

def event_wait(event: int, timeout: float | None = None) -> bool:
    """Wait until the event is set; false if the time ran out."""

def event_set(event: int) -> None:
    """Set the event."""

def event_clear(event: int) -> None:
    """Clear the event."""

def event_is_set(event: int) -> bool:
    """Whether the event is set."""

# Event loops. Callbacks are numbered from 0 for each loop, in the order of their creation.

def loop_new() -> int:
    """Make an event loop, to be run by the running task."""

def loop_soon(loop: int, handle: int, begins: bool = False) -> None:
    """Have the running task's own loop run a callback; `begins`: it is the first step of an activity."""

def loop_soon_threadsafe(loop: int, handle: int) -> None:
    """Have any loop run a callback."""

def loop_read(loop: int) -> tuple[int, int]:
    """Read the clock of the running task's loop: the number of the reading, and the least that it can be."""

def loop_schedule(loop: int, handle: int, reading: int, nanoseconds: int, timed_wait: bool) -> None:
    """Have a callback run so long after a reading, after the start if that is -1; maybe to end a wait."""

def loop_cancel(loop: int, handle: int) -> None:
    """Have a callback not run any more."""

def loop_stop(loop: int) -> None:
    """Make the present pass, or if there is none the next one, the last."""

def loop_returned(loop: int) -> None:
    """Say that the loop, which was stopped, has returned."""

def loop_pass(loop: int) -> list[int]:
    """Wait for the next pass, and give its callbacks in order."""

def loop_enter(loop: int, handle: int, activity: int) -> None:
    """Say that a callback begins to run, in the name of this activity; -1 for none of either. These nest."""

def loop_leave(loop: int) -> None:
    """Say that the callback has returned."""

def current_actor() -> int:
    """Give the running task, or the activity of its loop that runs."""

def loop_close(loop: int) -> None:
    """Say that the loop is closed."""

def loop_note(object: int, writes: bool) -> None:
    """Say that library code looks at or changes an awaitable object's own state; -1 stands for all."""

def activity_new(loop: int, name: str) -> int:
    """Add an activity: a coroutine that the program started, or a chain of callbacks."""

def activity_end(activity: int) -> None:
    """Say that the activity has ended."""

def activity_waits(activity: int, kind: str, object: int, timed: bool, place: object = None) -> None:
    """Say what the activity is about to await, in this frame or suspended coroutine, or where it was made."""

def activity_goes_on(activity: int) -> None:
    """Say that the activity goes on."""

def awaitable_new() -> int:
    """Make what activities wait for: a lock, event, queue or future of the loop's library."""

def awaitable_did(kind: str, object: int) -> None:
    """Say what was done to it, in the name of the activity that runs."""

# Objects whose every call is one operation. Items are named by numbers.

def queue_put(queue: int, item: int, timeout: float | None = None) -> int:
    """Add an item: 0; -1 if there was no room in time, -2 if the queue is shut down."""

def queue_get(queue: int, timeout: float | None = None) -> int:
    """Take an item; -1 if there was none in time, -2 if the queue is shut down."""

def queue_task_done(queue: int) -> bool:
    """Say that an item is dealt with; false if that was said too often."""

def queue_join(queue: int) -> None:
    """Wait until all items are dealt with."""

def queue_shut_down(queue: int, immediate: bool) -> None:
    """Let no more items in, and drop those that are there if ``immediate``."""

def queue_length(queue: int) -> int:
    """Count the items."""

def future_begin(future: int) -> int:
    """Begin to work on a future: 0; -1 if it was cancelled, -2 if somebody did or it is done."""

def future_set(future: int) -> bool:
    """Say that a future has its outcome; false if it had one or was cancelled."""

def future_cancel(future: int) -> bool:
    """Cancel a future unless somebody works on it; whether it is cancelled."""

def future_wait(future: int, timeout: float | None = None) -> int:
    """Wait for a future: 0; -1 if there was no time left, -2 if it is cancelled."""

def future_listen(future: int) -> bool:
    """Ask for a call when a future is done; whether it already is."""

def future_is_done(future: int) -> bool:
    """Whether the future is done or cancelled."""

def future_is_running(future: int) -> bool:
    """Whether somebody works on the future."""

def future_is_cancelled(future: int) -> bool:
    """Whether the future is cancelled."""

def barrier_wait(barrier: int, parties: int, timeout: float | None = None) -> int:
    """Wait at a barrier: how many had arrived before; -2 if it broke."""

def barrier_abort(barrier: int) -> None:
    """Break the barrier."""

def barrier_reset(barrier: int) -> None:
    """Make the barrier whole again; who waits is told that it broke."""

def barrier_is_broken(barrier: int) -> bool:
    """Whether the barrier is broken."""

def barrier_waiting(barrier: int) -> int:
    """Count those who wait at the barrier."""

# Processes.

def on_process(hook: Callable[[int], None] | None) -> None:
    """Set what puts the state of a process in place, when one of its tasks goes on."""

def enter_process(number: int) -> None:
    """Say that the running task, and those that it starts, belong to this process."""

def current_process() -> int:
    """Give the process of the running task."""

def begin_unit() -> None:
    """Begin a unit of work: what the running task prints from now on is told apart."""

def task_kill(task: int) -> bool:
    """End another task wherever it is; false if it has ended."""

def task_leave() -> None:
    """End the running task in the middle of what it does."""

def mailbox_post(mailbox: int, message: int) -> bool:
    """Add a message; false if the mailbox is closed."""

def mailbox_receive(mailbox: int, timeout: float | None = None) -> int:
    """Take the first message: its number, -1 if there was none in time, -2 if the mailbox is closed."""

def mailbox_ready(mailbox: int, timeout: float | None = None) -> int:
    """Wait for a message: 0, -1 if there was none in time, -2 if the mailbox is closed and empty."""

def mailbox_gone(mailbox: int, count: int) -> None:
    """Wait until so many messages in all are gone, or the mailbox is closed."""

def mailbox_length(mailbox: int) -> int:
    """Count the messages."""

def mailbox_close(mailbox: int, discard: bool) -> None:
    """Let no more messages in; drop those that are there if that is wished."""

def learn_of(name: str) -> None:
    """Let the exploration begin again, with this name among those learned."""

def site_of_use(object: object) -> int:
    """Give the site at which the running task uses the object."""

def shared_access(owner: object, name: str, kind: Literal["r", "w", "u"], site: int) -> None:
    """Announce that a part of shared memory is read, written or updated."""

def serve(object: object) -> None:
    """Say that the object is in a server, which is asked for each thing that is done to it."""

def file_access(number: int, kind: Literal["r", "w", "u"], site: int) -> None:
    """Announce that the file of this number is read, written or updated."""

# Time and the world.

def sleep(seconds: float) -> None:
    """Sleep so many seconds of virtual time."""

def now() -> float:
    """Give the virtual seconds since the execution began: a reading of the clock."""

def print_text(text: str) -> None:
    """Print; which task printed what is part of the result."""

def refuse(what: str) -> None:
    """End the execution and the unit as unsupported."""

"""The modelled primitives answer as the real ones do, where nobody has to wait.

The same calls go to an object of the real `threading` and to one of the private one, on the running
interpreter: results, kinds of exceptions and their messages must be equal.
"""

import _thread
import itertools
import threading
import time

import fake_core
import pytest

(world_module,) = fake_core.load("everyway.world.world")


@pytest.fixture(scope="module")
def private():
    """Runs a function with the private threading, in an execution."""

    def run(function):
        world = world_module.World("/nonexistent", None)
        seen = []

        def main():
            world.begin_execution("program.py", ())
            seen.append(function(world.library.threading))

        with world:
            fake_core.execute(main)
            world.end_execution()
        return seen[0]

    return run


def answers(module, make, calls):
    """What an object says to some calls."""
    made = make(module)
    said = []
    for name, *arguments in calls:
        try:
            said.append(getattr(made, name)(*arguments))
        except Exception as exception:
            said.append((type(exception).__name__, str(exception)))
    return said


LOCK = [("acquire", False), ("release",), ("locked",)]
RLOCK = [("acquire",), ("release",), ("acquire", False), ("_is_owned",)]
SEMAPHORE = [("acquire", False), ("release",), ("release", 2), ("acquire", True, 0), ("__enter__",)]
EVENT = [("set",), ("clear",), ("is_set",), ("wait", 0), ("isSet",)]
CONDITION = [("acquire", False), ("release",), ("wait", 0), ("notify",), ("notify_all",), ("wait", -1)]

LAWS = [
    ("lock", lambda module: module.Lock(), LOCK, 5),
    ("rlock", lambda module: module.RLock(), RLOCK, 5),
    ("semaphore", lambda module: module.Semaphore(2), SEMAPHORE[:4], 4),
    ("bounded semaphore", lambda module: module.BoundedSemaphore(2), SEMAPHORE[:4], 4),
    ("event", lambda module: module.Event(), EVENT[:4], 5),
    ("condition", lambda module: module.Condition(), CONDITION, 3),
    ("condition on a lock", lambda module: module.Condition(module.Lock()), CONDITION, 3),
]


@pytest.mark.parametrize(("name", "make", "calls", "length"), LAWS, ids=[law[0] for law in LAWS])
def test_every_sequence_of_calls_gives_what_the_real_object_gives(private, name, make, calls, length):
    sequences = list(itertools.product(calls, repeat=length))
    modelled = private(lambda module: [answers(module, make, each) for each in sequences])
    for sequence, said in zip(sequences, modelled, strict=True):
        assert said == answers(threading, make, sequence), sequence


NAN = float("nan")
ODD_ARGUMENTS = [
    (), (False,), (False, 1), (True, -2), (True, 1e300), (True, "x"), ("x",), (1.5,), (True, NAN),
    (True, None), (2,), (True, -1.0), (False, -1), (False, 0), (True, 1e10), (0,), (None,), (True, 3),
]  # fmt: skip


def said_by(call, *arguments):
    try:
        said = call(*arguments)
        return said if isinstance(said, (bool, int, str, type(None))) else type(said).__name__
    except Exception as exception:
        return type(exception).__name__, str(exception)


@pytest.mark.parametrize("arguments", ODD_ARGUMENTS, ids=repr)
def test_arguments_of_acquire_are_checked_as_really(private, arguments):
    for name in ("Lock", "RLock"):

        def call(module, name=name):
            return said_by(getattr(module, name)().acquire, *arguments)

        assert private(call) == call(threading)


ODD_CALLS = {
    "wait without the lock": lambda m: said_by(m.Condition().wait),
    "notify without the lock": lambda m: said_by(m.Condition().notify),
    "notify all without the lock": lambda m: said_by(m.Condition().notify_all),
    "condition on a foreign lock": lambda m: said_by(m.Condition(Foreign()).notify),
    "condition on nonsense": lambda m: said_by(m.Condition, 1),
    "wait text": lambda m: with_held(m.Condition(), "wait", "x"),
    "wait too long": lambda m: with_held(m.Condition(), "wait", 1e300),
    "wait nan": lambda m: with_held(m.Condition(), "wait", NAN),
    "notify none": lambda m: with_held(m.Condition(), "notify", 0),
    "semaphore below zero": lambda m: said_by(m.Semaphore, -1),
    "semaphore non-blocking with time": lambda m: said_by(m.Semaphore().acquire, False, 1),
    "semaphore text": lambda m: said_by(m.Semaphore().acquire, True, "x"),
    "empty semaphore text": lambda m: said_by(m.Semaphore(0).acquire, True, "x"),
    "empty semaphore below zero": lambda m: said_by(m.Semaphore(0).acquire, True, -1),
    "semaphore release none": lambda m: said_by(m.Semaphore().release, 0),
    "bounded release none": lambda m: said_by(m.BoundedSemaphore().release, 0),
    "bounded too many": lambda m: said_by(m.BoundedSemaphore(3).release, 4),
    "event text": lambda m: said_by(m.Event().wait, "x"),
    "set event text": lambda m: set_event_waits(m, "x"),
    "event too long": lambda m: said_by(m.Event().wait, 1e300),
    "join before start": lambda m: said_by(m.Thread().join),
    "join current": lambda m: said_by(m.current_thread().join),
    "start twice": lambda m: start_twice(m),
    "init not called": lambda m: without_init(m, "start"),
    "join, init not called": lambda m: without_init(m, "join"),
    "is_alive, init not called": lambda m: without_init(m, "is_alive"),
    "name, init not called": lambda m: without_init(m, "name"),
    "join text": lambda m: said_by(ended(m).join, "x"),
    "join too long": lambda m: said_by(running(m).join, 1e300),
    "join below zero": lambda m: said_by(ended(m).join, -1),
    "daemon of a running thread": lambda m: said_by(setattr, running(m), "daemon", True),
    "group": lambda m: said_by(m.Thread, 1),
    "barrier of none": lambda m: said_by(m.Barrier, 0) if m.__dict__.get("Barrier") else None,
    "local with arguments": lambda m: said_by(m.local, 1),
    "local without the name": lambda m: said_by(getattr, m.local(), "x"),
    "local dict": lambda m: said_by(setattr, m.local(), "__dict__", {}),
    "delete of a local": lambda m: said_by(delattr, m.local(), "x"),
    "lock with arguments": lambda m: said_by(m.Lock, 1),
    "stack size": lambda m: said_by(m.stack_size, -1),
}  # fmt: skip


class Foreign:
    """A lock that isn't the library's own."""

    def __init__(self):
        self.held = False

    def acquire(self, blocking=True, timeout=-1):
        self.held = True
        return True

    def release(self):
        self.held = False


def with_held(condition, name, *arguments):
    with condition:
        return said_by(getattr(condition, name), *arguments)


def set_event_waits(module, timeout):
    event = module.Event()
    event.set()
    return said_by(event.wait, timeout)


def ended(module):
    thread = module.Thread(target=int)
    thread.start()
    thread.join()
    return thread


def running(module):
    event = module.Event()
    thread = module.Thread(target=event.wait, args=(0.05,), daemon=True)
    thread.start()
    return thread


def start_twice(module):
    return said_by(ended(module).start)


def without_init(module, name):
    thread = module.Thread.__new__(module.Thread)
    return said_by(lambda: getattr(thread, name)() if name != "name" else thread.name)


@pytest.mark.parametrize("name", ODD_CALLS)
def test_misuse_is_told_in_the_real_words(private, name):
    assert private(ODD_CALLS[name]) == ODD_CALLS[name](threading)


def described(module):
    """What threads and their classes show of themselves."""
    thread = module.Thread(target=described, name="N", daemon=True)
    worker = type("Worker", (module.Thread,), {"run": lambda self: None})()
    return [
        repr(thread), thread.name, thread.daemon, thread.ident, thread.native_id, thread.is_alive(),
        repr(worker).replace(worker.name, "?"), module.Thread.__qualname__, module.Event.__module__,
        module.Condition.wait.__doc__, module.Semaphore.acquire.__name__, module.Thread.__doc__,
        repr(type(module.Lock())), repr(type(module.RLock())), str(repr(module.Lock()))[:23],
        ended(module).is_alive(), repr(ended(module)).split()[1], isinstance(ended(module).ident, int),
        repr(module.Condition())[:20], module.main_thread().name, module.TIMEOUT_MAX,
        module.current_thread() is module.main_thread(), sorted(module.__all__),
    ]  # fmt: skip


def test_threads_describe_themselves_as_really(private):
    assert private(described) == described(threading)


@pytest.mark.parametrize("seconds", [-1, NAN, 1e300, "x", None, 9.3e9, 1e10, -0.5], ids=repr)
def test_arguments_of_sleep_are_checked_as_really(private, seconds):
    def call(module):
        import time

        return said_by(time.sleep, seconds)

    assert private(call) == said_by(time.sleep, seconds)


@pytest.mark.parametrize("arguments", [(1, ()), (print, []), (print, (), []), (print, (), 1)], ids=repr)
def test_arguments_of_a_raw_thread_are_checked_as_really(private, arguments):
    def call(module):
        import _thread

        return said_by(_thread.start_new_thread, *arguments)

    assert private(call) == said_by(_thread.start_new_thread, *arguments)


def test_the_modelled_modules_have_all_names_of_the_real_ones(private):
    def missing(module):
        import _thread as modelled_thread
        import time as modelled_time

        return [set(dir(modelled_thread)), set(dir(modelled_time))]

    modelled_thread, modelled_time = private(missing)
    assert set(dir(_thread)) - modelled_thread <= {"__file__", "__initializing__"}
    assert set(dir(time)) - modelled_time <= {"__file__", "__initializing__"}


def test_locks_can_be_referred_to_weakly_and_not_derived_from(private):
    import weakref

    def derive(module):
        lock_type = type(module.Lock())
        assert weakref.ref(module.Lock)
        kept = module.Lock()
        assert weakref.ref(kept)() is kept
        return said_by(type, "Own", (lock_type,), {})

    assert private(derive) == derive(threading)

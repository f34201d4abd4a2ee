"""What small programs of CPython's own primitives can leave, by running every interleaving of their calls.

Each line of standard input is a kind of object and a program: `KIND OP,OP;OP;OP`, tasks separated by
semicolons. For each a line comes back with all outcomes: what each task's calls answered, as far as they
returned. Every task is a real thread, and one of them runs at a time. The library's own Python code runs on
a lock that hands over to whoever drives the threads instead of blocking; what is written in C is asked
without blocking, and again when its turn has come.
"""

from __future__ import annotations

import _thread
import importlib.util
import logging
import sys
import threading as real_threading
import types
from collections.abc import Callable
from typing import Any

BLOCKED = object()


class Abort(BaseException):
    """The execution is over; a blocked task goes away."""


class Worker:
    """A thread that does one call at a time."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.go = _thread.allocate_lock()
        self.go.acquire()
        self.call: Callable[[], Any] | None = None
        self.answer: str | None = None
        self.waits_for: Lock | None = None
        _thread.start_new_thread(self.run, ())

    def run(self) -> None:
        self.driver.workers[_thread.get_ident()] = self
        while True:
            self.go.acquire()
            try:
                assert self.call is not None
                self.answer = told(self.call)
            except Abort:
                pass
            self.call = None
            self.driver.back.release()

    def step(self) -> None:
        """Lets it go on until its call has returned or has to wait."""
        self.go.release()
        self.driver.back.acquire()

    def wait_for(self, lock: Lock) -> None:
        self.waits_for = lock
        self.driver.back.release()
        self.go.acquire()
        self.waits_for = None
        if self.driver.aborting:
            raise Abort


class Driver:
    """Drives the threads."""

    def __init__(self) -> None:
        self.workers: dict[int, Worker] = {}
        self.back = _thread.allocate_lock()
        self.back.acquire()
        self.aborting = False


DRIVER = Driver()


class Lock:
    """A lock that hands over instead of blocking."""

    def __init__(self) -> None:
        self.held = False

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if DRIVER.aborting:
            return True
        while self.held:
            if not blocking:
                return False
            DRIVER.workers[_thread.get_ident()].wait_for(self)
        self.held = True
        return True

    def release(self) -> None:
        if DRIVER.aborting:
            return
        if not self.held:
            raise RuntimeError("release unlocked lock")
        self.held = False

    def locked(self) -> bool:
        return self.held

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


def fresh(name: str) -> types.ModuleType:
    """The library's module of that name, loaded anew."""
    spec = importlib.util.find_spec(name)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    kept = sys.modules.get(name)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    finally:
        if kept is not None and name != "threading":
            sys.modules[name] = kept
    return module


def load() -> tuple[types.ModuleType, types.ModuleType, types.ModuleType]:
    """`threading`, `queue` and futures, on locks that hand over."""
    import concurrent.futures._base  # noqa: F401 - its packages have to be there

    fake = types.ModuleType("_thread")
    fake.__dict__.update(_thread.__dict__)
    fake.__dict__.update(allocate_lock=Lock, LockType=Lock, lock=Lock)
    del fake.__dict__["RLock"]
    sys.modules["_thread"] = fake
    try:
        threading = fresh("threading")
        return threading, fresh("queue"), fresh("concurrent.futures._base")
    finally:
        sys.modules["_thread"] = _thread
        sys.modules["threading"] = real_threading


threading, queue, futures = load()


def told(call: Callable[[], Any]) -> str | None:
    """What a call says, in the words of the engine; none if it has to wait."""
    try:
        said = call()
    except (RuntimeError, ValueError, futures.InvalidStateError) as error:
        return "closed" if isinstance(error, threading.BrokenBarrierError) else "misuse"
    except (queue.Empty, queue.Full, *EMPTY):
        return "no"
    except CLOSED:
        return "closed"
    if said is BLOCKED:
        return None
    if isinstance(said, bool):
        return "yes" if said else "no"
    return "done" if said is None else str(said)


import _queue  # noqa: E402

EMPTY = (_queue.Empty,)
CLOSED = (futures.CancelledError, *([queue.ShutDown] if hasattr(queue, "ShutDown") else []))


def or_blocked(call: Callable[[], Any], *refusals: type[Exception]) -> Any:
    """What the call says, and that it has to wait where it is refused."""
    try:
        said = call()
    except refusals:
        return BLOCKED
    return BLOCKED if said is False else said


def with_held(condition: Any, call: Callable[[], Any]) -> Any:
    with condition:
        return call()


def yes(call: Callable[[], Any]) -> bool:
    call()
    return True


LOCK: dict[str, Callable[[Any], Any]] = {
    "acquire": lambda o: or_blocked(lambda: o.acquire(False)),
    "try": lambda o: o.acquire(False),
    "release": lambda o: o.release(),
}
SEMAPHORE: dict[str, Callable[[Any], Any]] = {
    "acquire": lambda o: o.acquire(),
    "try": lambda o: o.acquire(False),
    "release": lambda o: o.release(),
    "release2": lambda o: o.release(2),
}
QUEUE: dict[str, Callable[[Any], Any]] = {
    "put4": lambda o: yes(lambda: o.put(4)),
    "put5": lambda o: yes(lambda: o.put(5)),
    "tryput6": lambda o: yes(lambda: o.put(6, block=False)),
    "get": lambda o: o.get(),
    "tryget": lambda o: o.get(block=False),
    "taskdone": lambda o: o.task_done(),
    "join": lambda o: yes(o.join),
    "length": lambda o: o.qsize(),
    "shutdown": lambda o: o.shutdown(),
    "shutdownnow": lambda o: o.shutdown(immediate=True),
}
SIMPLE_QUEUE: dict[str, Callable[[Any], Any]] = {
    **QUEUE,
    "get": lambda o: or_blocked(o.get_nowait, *EMPTY),
}
OPERATIONS: dict[str, dict[str, Callable[[Any], Any]]] = {
    "lock": {**LOCK, "locked": lambda o: o.locked()},
    "rlock": LOCK,
    "semaphore": SEMAPHORE,
    "bounded": SEMAPHORE,
    "condition": {
        "wait": lambda o: with_held(o, o.wait),
        "notify": lambda o: with_held(o, o.notify),
        "notifyall": lambda o: with_held(o, o.notify_all),
    },
    "event": {
        "wait": lambda o: o.wait(),
        "set": lambda o: o.set(),
        "clear": lambda o: o.clear(),
        "isset": lambda o: o.is_set(),
    },
    "barrier2": {
        "wait": lambda o: o.wait(),
        "abort": lambda o: o.abort(),
        "reset": lambda o: o.reset(),
        "broken": lambda o: o.broken,
        "waiting": lambda o: o.n_waiting,
    },
    "queue": QUEUE,
    "queue1": QUEUE,
    "lifo": QUEUE,
    "priority": QUEUE,
    "simple": SIMPLE_QUEUE,
    "pysimple": QUEUE,
    "future": {
        "begin": lambda o: o.set_running_or_notify_cancel(),
        "set7": lambda o: o.set_result(7),
        "cancel": lambda o: o.cancel(),
        "result": lambda o: o.result(),
        "isdone": lambda o: o.done(),
        "isrunning": lambda o: o.running(),
        "iscancelled": lambda o: o.cancelled(),
    },
}
OPERATIONS["barrier3"] = OPERATIONS["barrier2"]
MAKE: dict[str, Callable[[], Any]] = {
    "lock": _thread.allocate_lock,
    "rlock": _thread.RLock,
    "semaphore": lambda: threading.Semaphore(1),
    "bounded": lambda: threading.BoundedSemaphore(1),
    "condition": lambda: threading.Condition(threading.Lock()),
    "event": lambda: threading.Event(),
    "barrier2": lambda: threading.Barrier(2),
    "barrier3": lambda: threading.Barrier(3),
    "queue": lambda: queue.Queue(),
    "queue1": lambda: queue.Queue(1),
    "lifo": lambda: queue.LifoQueue(1),
    "priority": lambda: queue.PriorityQueue(),
    "simple": lambda: _queue.SimpleQueue(),
    "pysimple": lambda: queue._PySimpleQueue(),
    "future": lambda: futures.Future(),
}

WORKERS = [Worker(DRIVER) for _ in range(3)]


class Execution:
    """One run of a program."""

    def __init__(self, kind: str, program: list[list[str]]) -> None:
        self.made = MAKE[kind]()
        self.operations = OPERATIONS[kind]
        self.program = program
        self.answers: list[list[str]] = [[] for _ in program]
        self.refused = False

    def can_go_on(self, task: int) -> bool:
        worker = WORKERS[task]
        if worker.waits_for is not None:
            return not worker.waits_for.held
        return len(self.answers[task]) < len(self.program[task])

    def step(self, task: int) -> bool:
        """Lets a task go on; false if it has to wait and nothing changed."""
        worker = WORKERS[task]
        resumes = worker.waits_for is not None
        if not resumes:
            operation = self.operations[self.program[task][len(self.answers[task])]]
            worker.answer = None
            worker.call = lambda: operation(self.made)
        worker.step()
        if worker.waits_for is not None:
            return True
        if worker.answer is None:
            return False
        self.answers[task].append(worker.answer)
        return True

    def end(self) -> str:
        """Tears it down, and says what it left."""
        DRIVER.aborting = True
        for worker in WORKERS:
            if worker.waits_for is not None:
                worker.step()
        DRIVER.aborting = False
        return ";".join(",".join(answers) for answers in self.answers)


def outcomes(kind: str, program: list[list[str]]) -> set[str]:
    """What the program can leave, over all interleavings of its steps."""
    found = set()
    plans: list[list[int]] = [[]]
    while plans:
        plan = plans.pop()
        execution = Execution(kind, program)
        done = [execution.step(task) for task in plan]
        stands_still = not all(done)
        path = list(plan)
        while not stands_still:
            ready = [task for task in range(len(program)) if execution.can_go_on(task)]
            if not ready:
                break
            # The first that can go on goes on; the others are tried later.
            stepped = False
            for place, task in enumerate(ready):
                if execution.step(task):
                    plans.extend([*path, other] for other in ready[place + 1 :])
                    path.append(task)
                    stepped = True
                    break
            if not stepped:
                break
        if not stands_still:
            found.add(execution.end())
        else:
            execution.end()
    return found


def main() -> None:
    logging.disable()
    for line in sys.stdin:
        kind, text = line.rstrip("\n").split(" ")
        program = [[name for name in task.split(",") if name] for task in text.split(";")]
        print("/".join(sorted(outcomes(kind, program))))
    sys.stdout.flush()


main()

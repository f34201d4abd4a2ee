"""A tiny `everyway._core` for tests: tasks run one after the other, each until it must wait.

A task is a greenlet. It goes on until it waits for something that isn't there; then the next task
that can go on does. When none can, the earliest time limit expires.
"""

import contextlib
import importlib
import sys
from collections import deque
from pathlib import Path

from greenlet import getcurrent, greenlet

__version__ = "0"


class Abort(BaseException):
    pass


class Refused(BaseException):
    """Ends an execution in which something was refused."""

    def __init__(self, what):
        super().__init__(what)
        self.what = what


class Stuck(AssertionError):
    """All tasks wait, and nothing limits the time."""


class _Task:
    def __init__(self, number, function, daemon, name):
        self.number, self.function, self.daemon, self.name = number, function, daemon, name
        self.greenlet = None
        self.done = False
        self.ready = None
        self.deadline = None


class _Mutex:
    def __init__(self, reentrant):
        self.reentrant, self.owner, self.depth = reentrant, None, 0

    def can_take(self, task):
        return self.owner is None or (self.reentrant and self.owner == task)

    def take(self, task):
        self.owner, self.depth = task, self.depth + 1


class _Condition:
    def __init__(self):
        self.waiters = deque()


class _Semaphore:
    def __init__(self, value, bounded):
        self.value, self.most = value, value if bounded else None


class _Event:
    def __init__(self):
        self.flag = False


class _Loop:
    """A loop whose timers fire in the order of their deadlines."""

    def __init__(self):
        self.ready, self.timers = deque(), {}
        self.readings = []
        self.stopping = False
        self.woken = False

    def due(self):
        return min((when for when in self.timers.values()), default=None)

    def next_pass(self):
        due = [handle for handle, when in self.timers.items() if when <= _state.time]
        due.sort(key=self.timers.__getitem__)
        for handle in due:
            del self.timers[handle]
        order = [*self.ready, *due]
        self.ready.clear()
        return order


class _State:
    """What there is in one execution."""

    def __init__(self):
        self.loops, self.actors, self.activities, self.waits, self.notes = [], [], [], {}, []
        self.objects, self.tasks, self.texts, self.exceptions = [], [], [], []
        self.time = 0.0
        self.current = None
        self.root = getcurrent()
        self.aborting = False
        self.refused = None


_state = None
_executions = 0


def execute(function):
    """Run ``function`` as the main task; gives the state that it left."""
    global _state, _executions
    _executions += 1
    state = _state = _State()
    try:
        main = _new_task(function, False, "MainThread")
        _go(main)
        while not main.done and state.refused is None:
            _go(_next())
        if state.refused is not None:
            raise Refused(state.refused)
        return state
    finally:
        _abort(state)
        _state = None


def _abort(state):
    state.aborting = True
    for task in state.tasks:
        if not task.done and task.greenlet is not None:
            state.current = task
            for _ in range(20):
                if task.done:
                    break
                task.greenlet.throw(Abort)


def _new_task(function, daemon, name):
    task = _Task(len(_state.tasks), function, daemon, name)
    _state.tasks.append(task)
    return task


def _go(task):
    if task.greenlet is None:
        task.greenlet = greenlet(lambda: _body(task), parent=_state.root)
    _state.current = task
    task.greenlet.switch()


def _body(task):
    with contextlib.suppress(Abort):
        task.function()
    task.done = True


def _next():
    waiting = [task for task in _state.tasks if not task.done]
    for task in waiting:
        if task.ready is None or task.ready():
            return task
    limited = [task for task in waiting if task.deadline is not None]
    if not limited:
        raise Stuck(list(_state.waits.values()) or [task.name for task in waiting])
    task = min(limited, key=lambda task: task.deadline)
    _state.time = max(_state.time, task.deadline)
    task.deadline = -1.0
    return task


def _wait(ready, timeout=None):
    if _state.aborting:
        raise Abort
    task = _state.current
    if ready():
        return True
    task.ready = ready
    task.deadline = None if timeout is None else _state.time + timeout
    _state.root.switch()
    task.ready = None
    task.deadline = None
    return ready()


def new_object(kind, count=0):
    if _state is None:
        raise RuntimeError("no execution is under way")
    made = {
        "mutex": lambda: _Mutex(False),
        "rmutex": lambda: _Mutex(True),
        "condition": _Condition,
        "inner_condition": _Condition,
        "semaphore": lambda: _Semaphore(count, False),
        "bounded_semaphore": lambda: _Semaphore(count, True),
        "event": _Event,
    }[kind]()
    _state.objects.append(made)
    return len(_state.objects) - 1


def in_execution():
    return _state is not None


def execution_number():
    return _executions


def aborting():
    return _state is not None and _state.aborting


def current_task():
    return _state.current.number


def mutex_acquire(number, timeout):
    mutex, task = _state.objects[number], _state.current.number
    if not _wait(lambda: mutex.can_take(task), timeout):
        return False
    mutex.take(task)
    return True


def mutex_try(number):
    return mutex_acquire(number, None) if mutex_free(number) else False


def mutex_free(number):
    return _state.objects[number].can_take(_state.current.number)


def mutex_release(number):
    if _state.aborting:
        raise Abort
    mutex = _state.objects[number]
    if mutex.owner is None:
        return 1
    if mutex.reentrant and mutex.owner != _state.current.number:
        return 2
    mutex.depth -= 1
    if mutex.depth == 0:
        mutex.owner = None
    return 0


def mutex_locked(number):
    return _state.objects[number].owner is not None


def mutex_owned(number):
    return _state.objects[number].owner == _state.current.number


def mutex_depth(number):
    return _state.objects[number].depth


def semaphore_acquire(number, timeout):
    semaphore = _state.objects[number]
    if not _wait(lambda: semaphore.value > 0, timeout):
        return False
    semaphore.value -= 1
    return True


def semaphore_try(number):
    return semaphore_acquire(number, None) if _state.objects[number].value > 0 else False


def semaphore_release(number, n):
    semaphore = _state.objects[number]
    if semaphore.most is not None and semaphore.value + n > semaphore.most:
        return False
    semaphore.value += n
    return True


def semaphore_value(number):
    return _state.objects[number].value


def condition_wait(number, mutex_number, timeout):
    condition, mutex = _state.objects[number], _state.objects[mutex_number]
    owner, depth = mutex.owner, mutex.depth
    mutex.owner, mutex.depth = None, 0
    notified = []
    condition.waiters.append(notified)
    at_once = timeout is not None and timeout <= 0
    got = bool(notified) if at_once else _wait(lambda: bool(notified), timeout)
    _wait(lambda: mutex.owner is None)
    mutex.owner, mutex.depth = owner, depth
    if not got and any(waiter is notified for waiter in condition.waiters):
        condition.waiters.remove(notified)
    return got


def condition_notify(number, n):
    waiters = _state.objects[number].waiters
    for _ in range(len(waiters) if n < 0 else min(n, len(waiters))):
        waiters.popleft().append(True)


def event_wait(number, timeout):
    event = _state.objects[number]
    return _wait(lambda: event.flag, timeout)


def event_set(number):
    _state.objects[number].flag = True


def event_clear(number):
    _state.objects[number].flag = False


def event_is_set(number):
    return _state.objects[number].flag


def task_start(function, daemon, name):
    return _new_task(function, daemon, name).number


def task_join(number, timeout):
    task = _state.tasks[number]
    return _wait(lambda: task.done, timeout)


def task_is_alive(number):
    return not _state.tasks[number].done


def task_enumerate():
    return [task.number for task in _state.tasks if not task.done]


def task_join_all():
    me = _state.current
    _wait(lambda: all(task.done or task.daemon or task is me for task in _state.tasks))


def set_task_name(number, name):
    _state.tasks[number].name = name


def sleep(seconds):
    _wait(lambda: False, seconds)


def now():
    return _state.time


# --- event loops ----------------------------------------------------------------------------------

FIRST_ACTIVITY = 1_000


def loop_new():
    _state.loops.append(_Loop())
    return len(_state.loops) - 1


def loop_soon(number, handle, begins=False):
    _state.loops[number].ready.append(handle)


def loop_soon_threadsafe(number, handle):
    _state.loops[number].ready.append(handle)


def loop_read(number):
    loop = _state.loops[number]
    loop.readings.append(round(_state.time * 1e9))
    return len(loop.readings) - 1, loop.readings[-1]


def loop_schedule(number, handle, reading, delay, timed_wait):
    loop = _state.loops[number]
    start = 0 if reading < 0 else loop.readings[reading]
    loop.timers[handle] = (start + delay) / 1e9


def loop_cancel(number, handle):
    loop = _state.loops[number]
    loop.timers.pop(handle, None)
    if handle in loop.ready:
        loop.ready.remove(handle)


def loop_stop(number):
    _state.loops[number].stopping = True


def loop_returned(number):
    _state.loops[number].stopping = False


def loop_close(number):
    _state.loops[number] = _Loop()


def loop_pass(number):
    loop = _state.loops[number]
    if not (loop.ready or loop.stopping):
        limit = None if loop.due() is None else max(loop.due() - _state.time, 0)
        _wait(lambda: bool(loop.ready), limit)
    return loop.next_pass()


def loop_enter(number, handle, activity):
    _state.actors.append(activity)
    _state.waits.pop(activity, None)


def loop_leave(number):
    _state.actors.pop()


def loop_note(number, writes):
    _state.notes.append((number, writes))


def activity_new(number, name):
    _state.activities.append(name)
    return FIRST_ACTIVITY + len(_state.activities) - 1


def activity_end(activity):
    pass


def activity_waits(activity, kind, found, timed, place=None):
    name = _state.activities[activity - FIRST_ACTIVITY]
    _state.waits[activity] = (name, kind, found, None if place is None else place.f_lineno)


def awaitable_new():
    _state.objects.append(None)
    return len(_state.objects) - 1


def awaitable_did(kind, number):
    pass


def current_actor():
    return next((actor for actor in reversed(_state.actors) if actor >= 0), _state.current.number)


def print_text(text):
    _state.texts.append((_state.current.number, text))


def report_exception(exception):
    _state.exceptions.append((_state.current.number, exception))


def refuse(what):
    _state.refused = what
    raise Abort


def user_module(names):
    pass


def note_attribute(value, name, writes):
    pass


def current_process():
    return 0


def on_process(hook):
    pass


def site_of_use(value):
    return 0


def file_access(number, kind, site):
    pass


def learn_of(name):
    pass


def announcers(mode):
    return {}


def load(*names):
    """Import modules of everyway on this core, apart from those that run on the real one."""
    kept = {name: sys.modules.pop(name) for name in list(sys.modules) if _is_ours(name)}
    sys.modules["everyway._core"] = sys.modules[__name__]
    sys.path.insert(0, str(Path(__file__).parents[1]))
    try:
        package = importlib.import_module("everyway")
        package._core = sys.modules[__name__]
        return [importlib.import_module(name) for name in names]
    finally:
        del sys.path[0]
        for name in [name for name in sys.modules if _is_ours(name)]:
            del sys.modules[name]
        sys.modules.update(kept)


def _is_ours(name):
    return name == "everyway" or name.startswith("everyway.")

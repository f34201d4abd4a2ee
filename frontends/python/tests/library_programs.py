"""Small programs over `threading`, `queue`, `concurrent.futures`, `sched` and `logging`, by name.

Each ends with its findings in globals. A name that ends in `_313` needs that version.
"""

from __future__ import annotations

import sys
from textwrap import dedent

_START = """
def run(*functions):
    threads = [threading.Thread(target=each) for each in functions]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
"""

_SOURCES = {
    # --- threading ---
    "barrier_two_rounds": """
        import threading
        gate, found = threading.Barrier(2), []
        def meet():
            for turn in range(2):
                place = gate.wait()
                found.append((turn, place))
        run(meet, meet)
        found.sort()
    """,
    "barrier_calls_its_action_once_a_round": """
        import threading
        found = []
        gate = threading.Barrier(2, action=lambda: found.append("all here"))
        def meet():
            gate.wait()
            found.append("on")
        run(meet, meet)
    """,
    "barrier_action_takes_a_lock": """
        import threading
        lock, found = threading.Lock(), []
        def note(what):
            with lock:
                found.append(what)
        gate = threading.Barrier(2, action=lambda: note("action"))
        run(lambda: gate.wait() >= 0 and note("a"), lambda: gate.wait() >= 0 and note("b"), lambda: note("c"))
    """,
    "barrier_action_that_raises_breaks_it": """
        import threading
        found = []
        gate = threading.Barrier(2, action=lambda: 1 / 0)
        def meet():
            try:
                gate.wait()
            except (ZeroDivisionError, threading.BrokenBarrierError) as error:
                found.append(type(error).__name__)
        run(meet, meet)
        found.sort()
        broken = gate.broken
    """,
    "barrier_broken_by_time": """
        import threading
        gate, found = threading.Barrier(2, timeout=0.01), []
        def meet():
            try:
                gate.wait()
            except threading.BrokenBarrierError:
                found.append(gate.broken)
        run(meet)
    """,
    "barrier_aborted": """
        import threading
        gate, found = threading.Barrier(2), []
        def meet():
            try:
                gate.wait()
                found.append("met")
            except threading.BrokenBarrierError:
                found.append("broken")
        run(meet, gate.abort)
    """,
    "barrier_reset_while_waited_for": """
        import threading
        gate, found = threading.Barrier(2), []
        def meet():
            try:
                gate.wait(0.05)
                found.append("met")
            except threading.BrokenBarrierError:
                found.append("broken")
        run(meet, gate.reset)
        waiting, parties = gate.n_waiting, gate.parties
    """,
    "barrier_looked_at": """
        import threading
        gate, seen = threading.Barrier(2), []
        run(gate.wait, gate.wait, lambda: seen.append((gate.n_waiting, gate.broken)))
    """,
    "barrier_of_three": """
        import threading
        gate, found = threading.Barrier(3), []
        run(*[lambda: found.append(gate.wait())] * 3)
        found.sort()
    """,
    "barrier_seen_from_inside": """
        import threading
        gate, seen = threading.Barrier(2), []
        def look():
            with gate._cond:
                seen.append(gate._count)
        run(gate.wait, gate.wait, look)
    """,
    "timer_fires": """
        import threading
        found = []
        timer = threading.Timer(0.01, found.append, args=["fired"])
        timer.start()
        timer.join()
    """,
    "timer_cancelled_or_not": """
        import threading, time
        found = []
        timer = threading.Timer(0.01, found.append, ["fired"])
        timer.start()
        time.sleep(0.01)
        timer.cancel()
        timer.join()
    """,
    "local_is_each_tasks_own": """
        import threading
        own, found = threading.local(), []
        own.name = "main"
        def work(name):
            found.append(hasattr(own, "name"))
            own.name = name
            found.append(own.name == name)
        run(lambda: work("a"), lambda: work("b"))
        mine = own.name
    """,
    "local_subclass_is_made_for_each_task": """
        import threading
        made, lock = [], threading.Lock()
        class Own(threading.local):
            kept = "shared"
            def __init__(self, first):
                with lock:
                    made.append(first)
                self.count = first
        own = Own(5)
        def work():
            own.count += 1
        run(work, work)
        count = own.count, own.kept
        del own
    """,
    "wait_for_a_predicate": """
        import threading
        items, changed, found = [], threading.Condition(), []
        def consume():
            with changed:
                found.append(changed.wait_for(lambda: len(items) >= 2))
        def produce(item):
            with changed:
                items.append(item)
                changed.notify()
        run(consume, lambda: produce(1), lambda: produce(2))
        items.sort()
    """,
    "wait_for_with_a_time_limit": """
        import threading
        changed, found = threading.Condition(), []
        def consume():
            with changed:
                found.append(changed.wait_for(lambda: False, timeout=0.01))
        run(consume)
    """,
    "predicate_takes_a_lock": """
        import threading
        lock, changed, state, found = threading.Lock(), threading.Condition(), {"ready": 0}, []
        def is_ready():
            with lock:
                return state["ready"] > 0
        def consume():
            with changed:
                found.append(changed.wait_for(is_ready))
        def produce():
            with lock:
                state["ready"] += 1
            with changed:
                changed.notify_all()
        run(consume, produce)
    """,
    "notify_wakes_one_of_two": """
        import threading
        changed, found, tickets = threading.Condition(), [], []
        def wait(name):
            with changed:
                while not tickets:
                    changed.wait()
                tickets.pop()
                found.append(name)
        def give():
            for _ in range(2):
                with changed:
                    tickets.append(1)
                    changed.notify()
        run(lambda: wait("a"), lambda: wait("b"), give)
    """,
    "excepthook_is_called": """
        import threading
        found = []
        def hook(args):
            found.append((args.exc_type.__name__, str(args.exc_value), args.thread.name))
        threading.excepthook = hook
        def fail():
            raise ValueError("no")
        thread = threading.Thread(target=fail, name="failing")
        thread.start()
        thread.join()
    """,
    "excepthook_takes_a_lock": """
        import threading
        lock, failed, found = threading.Lock(), [], []
        def hook(args):
            with lock:
                failed.append(args.exc_type.__name__)
        threading.excepthook = hook
        def fail():
            raise KeyError(1)
        def look():
            with lock:
                found.append(len(failed))
        run(fail, look)
    """,
    "threads_are_listed": """
        import threading
        seen, go = [], threading.Event()
        def work():
            go.wait()
        thread = threading.Thread(target=work, name="worker", daemon=True)
        thread.start()
        seen.append(sorted(each.name for each in threading.enumerate()))
        seen.append(threading.active_count())
        go.set()
        thread.join()
        seen.append([each.name for each in threading.enumerate()])
        seen.append((thread.daemon, thread.is_alive(), thread.name, thread.ident is not None))
    """,
    "names_drawn_by_two_tasks": """
        import threading
        found = {}
        def make(who):
            found[who] = threading.Thread(target=print).name
        pair = [threading.Thread(target=make, args=(who,), name=who) for who in "ab"]
        for each in pair:
            each.start()
        for each in pair:
            each.join()
    """,
    "thread_subclass_with_names_of_its_own": """
        import threading
        class Worker(threading.Thread):
            def __init__(self, task):
                super().__init__()
                self._task = task
                self._id = 7
            def run(self):
                self.done = self._task()
        worker = Worker(lambda: 42)
        worker.start()
        worker.join()
        found = worker.done, worker._id
    """,
    "event_subclass_with_names_of_its_own": """
        import threading
        class Signal(threading.Event):
            def __init__(self):
                super().__init__()
                self._id = "mine"
        signal, found = Signal(), []
        run(signal.set, lambda: (signal.wait(), found.append(signal._id)))
    """,
    "bounded_semaphore_overflows": """
        import threading
        permits, found = threading.BoundedSemaphore(1), []
        def work():
            with permits:
                found.append("in")
        run(work, work)
        try:
            permits.release()
        except ValueError:
            found.append("too many")
    """,
    "lock_of_another_given_back": """
        import threading
        lock, found = threading.RLock(), []
        def work():
            try:
                lock.release()
            except RuntimeError as error:
                found.append(str(error))
        lock.acquire()
        run(work)
        lock.release()
    """,
    "lock_waited_for_in_vain": """
        import threading
        lock, found = threading.Lock(), []
        lock.acquire()
        run(lambda: found.append(lock.acquire(timeout=0.01)))
    """,
    "event_waited_for_in_time_or_not": """
        import threading, time
        event, found = threading.Event(), []
        def late():
            time.sleep(0.01)
            event.set()
        run(late, lambda: found.append(event.wait(0.01)))
    """,
    "context_variables_are_each_threads_own": """
        import contextvars, threading
        name, found = contextvars.ContextVar("name", default="none"), []
        name.set("main")
        def work(new):
            found.append(name.get())
            name.set(new)
            found.append(name.get() == new)
        run(lambda: work("a"), lambda: work("b"))
        mine = name.get()
        found.sort(key=str)
    """,
    "context_copied_into_a_thread": """
        import contextvars, threading
        name, found = contextvars.ContextVar("name"), []
        name.set("main")
        context = contextvars.copy_context()
        def work():
            found.append(name.get())
            name.set("other")
        run(lambda: context.run(work))
        mine, theirs = name.get(), context[name]
    """,
    # --- queue ---
    "queue_producer_consumer": """
        import queue, threading
        jobs, found = queue.Queue(), []
        def consume():
            while (item := jobs.get()) is not None:
                found.append(item)
        run(lambda: [jobs.put(each) for each in (1, 2, None)], consume)
    """,
    "queue_two_producers": """
        import queue, threading
        jobs, found = queue.Queue(), []
        run(lambda: jobs.put("a"), lambda: jobs.put("b"), lambda: found.extend([jobs.get(), jobs.get()]))
    """,
    "queue_two_consumers": """
        import queue, threading
        jobs, found = queue.Queue(), {}
        def take(name):
            found[name] = jobs.get()
        run(lambda: take("a"), lambda: take("b"), lambda: [jobs.put(each) for each in (1, 2)])
    """,
    "queue_bounded": """
        import queue, threading
        jobs, found = queue.Queue(1), []
        run(lambda: jobs.put(1), lambda: jobs.put(2), lambda: found.extend([jobs.get(), jobs.get()]))
    """,
    "queue_full_in_time": """
        import queue, threading
        jobs, found = queue.Queue(maxsize=1), []
        def put(item):
            try:
                jobs.put(item, timeout=5)
            except queue.Full:
                found.append("full")
        run(lambda: put(1), lambda: put(2), jobs.get)
        left = jobs.qsize()
    """,
    "queue_empty_in_time": """
        import queue, threading
        jobs, found = queue.Queue(), []
        def get():
            try:
                found.append(jobs.get(timeout=5))
            except queue.Empty:
                found.append("empty")
        run(get, lambda: jobs.put(1))
    """,
    "queue_looked_at": """
        import queue, threading
        jobs, seen = queue.Queue(2), []
        run(lambda: jobs.put(1), lambda: jobs.put(2), lambda: seen.append((jobs.qsize(), jobs.empty(), jobs.full())))
    """,
    "queue_nowait": """
        import queue, threading
        jobs, found = queue.Queue(1), []
        def put(item):
            try:
                jobs.put_nowait(item)
            except queue.Full:
                found.append("full")
        def get():
            try:
                found.append(jobs.get_nowait())
            except queue.Empty:
                found.append("empty")
        run(lambda: put(1), lambda: put(2), get)
    """,
    "queue_last_in_first_out": """
        import queue, threading
        jobs, found = queue.LifoQueue(), []
        run(lambda: [jobs.put(each) for each in (1, 2)], lambda: found.extend([jobs.get(), jobs.get()]))
    """,
    "queue_by_priority": """
        import queue, threading
        jobs, found = queue.PriorityQueue(), []
        run(lambda: jobs.put((2, "b")), lambda: jobs.put((1, "a")), lambda: found.extend([jobs.get(), jobs.get()]))
    """,
    "queue_by_the_programs_own_order": """
        import queue, threading
        compared, lock = [], threading.Lock()
        class Job:
            def __init__(self, rank):
                self.rank = rank
            def __lt__(self, other):
                with lock:
                    compared.append((self.rank, other.rank))
                return self.rank < other.rank
        jobs, found = queue.PriorityQueue(), []
        run(lambda: jobs.put(Job(2)), lambda: jobs.put(Job(1)))
        found = [jobs.get().rank, jobs.get().rank]
    """,
    "queue_of_distinct_items": """
        import queue, threading
        class Distinct(queue.Queue):
            def _init(self, maxsize):
                self.queue = set()
            def _put(self, item):
                self.queue.add(item)
            def _get(self):
                return self.queue.pop()
        jobs = Distinct()
        run(lambda: jobs.put(1), lambda: jobs.put(1))
        size = jobs.qsize()
    """,
    "queue_subclass_that_waits_in_put": """
        import queue, threading
        lock, found = threading.Lock(), []
        class Logged(queue.Queue):
            def _put(self, item):
                with lock:
                    found.append(item)
                super()._put(item)
        jobs = Logged()
        def look():
            with lock:
                found.append("look")
        run(lambda: jobs.put(1), look)
    """,
    "queue_subclass_round_put": """
        import queue, threading
        class Counted(queue.Queue):
            def __init__(self):
                super().__init__()
                self.count = 0
            def put(self, item, block=True, timeout=None):
                self.count += 1
                super().put(item, block, timeout)
        jobs = Counted()
        run(lambda: jobs.put(1), lambda: jobs.put(2))
        size, count = jobs.qsize(), jobs.count
    """,
    "queue_joined": """
        import queue, threading
        jobs, found = queue.Queue(), []
        def work():
            for _ in range(2):
                found.append(jobs.get())
                jobs.task_done()
        jobs.put(1)
        jobs.put(2)
        threading.Thread(target=work).start()
        jobs.join()
        found.append("joined")
    """,
    "queue_done_too_often": """
        import queue, threading
        jobs, found = queue.Queue(), []
        def done():
            try:
                jobs.task_done()
            except ValueError as error:
                found.append(str(error))
        run(lambda: jobs.put(1), done)
    """,
    "queue_looked_into": """
        import queue, threading
        jobs, seen = queue.Queue(), []
        def look():
            with jobs.mutex:
                seen.append(list(jobs.queue))
        run(lambda: jobs.put(1), lambda: jobs.put(2), look)
    """,
    "queue_looked_into_without_its_lock": """
        import queue, threading
        jobs, seen = queue.Queue(), []
        run(lambda: jobs.put(1), lambda: jobs.put(2), lambda: seen.append(len(jobs.queue)))
    """,
    "queue_emptied_from_inside": """
        import queue, threading
        jobs = queue.Queue()
        def empty():
            with jobs.mutex:
                jobs.queue.clear()
                jobs.unfinished_tasks = 0
                jobs.all_tasks_done.notify_all()
        run(lambda: jobs.put(1), empty)
        left = jobs.qsize()
    """,
    "queue_simple": """
        import queue, threading
        jobs, found = queue.SimpleQueue(), []
        def get():
            try:
                found.append(jobs.get(timeout=5))
            except queue.Empty:
                found.append("empty")
        run(lambda: jobs.put(1), get, lambda: found.append(jobs.qsize()))
        left = jobs.qsize()
        del jobs  # nobody can look into the real one
    """,
    "queue_shut_down_313": """
        import queue, threading
        jobs, found = queue.Queue(), []
        def put():
            try:
                jobs.put(1)
            except queue.ShutDown:
                found.append("put refused")
        def get():
            try:
                found.append(jobs.get())
            except queue.ShutDown:
                found.append("get refused")
        run(put, get, jobs.shutdown)
    """,
    "queue_shut_down_at_once_313": """
        import queue, threading
        jobs, found = queue.Queue(1), []
        jobs.put(0)
        def put():
            try:
                jobs.put(1)
            except queue.ShutDown:
                found.append("put refused")
        def get():
            try:
                found.append(jobs.get())
                jobs.task_done()
            except (queue.ShutDown, ValueError) as error:
                found.append(type(error).__name__)
        run(put, get, lambda: jobs.shutdown(immediate=True))
        left = jobs.qsize()
    """,
    # --- concurrent.futures ---
    "pool_results_in_order": """
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor(max_workers=2) as pool:
            futures = [pool.submit(pow, each, 2) for each in (2, 3)]
            found = [each.result() for each in futures]
    """,
    "pool_map": """
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor(2) as pool:
            found = list(pool.map(lambda one, other: one + other, [1, 2], [10, 20]))
    """,
    "pool_task_raises": """
        from concurrent.futures import ThreadPoolExecutor
        def fail(what):
            raise ValueError(what)
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(fail, "no")
            raised = repr(future.exception())
            try:
                future.result()
            except ValueError as error:
                found = str(error)
    """,
    "pool_result_in_time_or_not": """
        import time
        from concurrent.futures import ThreadPoolExecutor, TimeoutError
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(time.sleep, 0.01)
            try:
                future.result(timeout=0.01)
                found = "in time"
            except TimeoutError:
                found = "too late"
    """,
    "pool_task_cancelled_or_not": """
        import threading
        from concurrent.futures import CancelledError, ThreadPoolExecutor
        ran = []
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(ran.append, 1)
            second = pool.submit(ran.append, 2)
            cancelled = second.cancel()
            try:
                second.result()
                found = "done"
            except CancelledError:
                found = "cancelled"
        state = second.cancelled(), second.done(), second.running()
    """,
    "pool_as_completed": """
        from concurrent.futures import ThreadPoolExecutor, as_completed
        with ThreadPoolExecutor(2) as pool:
            futures = {pool.submit(pow, each, 2): each for each in (2, 3)}
            found = sorted((futures[each], each.result()) for each in as_completed(futures))
    """,
    "pool_as_completed_in_time_or_not": """
        import time
        from concurrent.futures import ThreadPoolExecutor, TimeoutError, as_completed
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(time.sleep, 0.01)
            try:
                found = len(list(as_completed([future], timeout=0.01)))
            except TimeoutError:
                found = "too late"
    """,
    "pool_wait_for_the_first": """
        from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
        with ThreadPoolExecutor(2) as pool:
            futures = [pool.submit(pow, each, 2) for each in (2, 3)]
            done, rest = wait(futures, return_when=FIRST_COMPLETED)
            count = len(done), len(rest)
    """,
    "pool_wait_for_an_exception": """
        from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
        with ThreadPoolExecutor(2) as pool:
            futures = [pool.submit(pow, 2, 2), pool.submit(divmod, 1, 0)]
            done, rest = wait(futures, return_when=FIRST_EXCEPTION)
            found = futures[1] in done
    """,
    "pool_wait_in_time_or_not": """
        import time
        from concurrent.futures import ThreadPoolExecutor, wait
        with ThreadPoolExecutor(1) as pool:
            done, rest = wait([pool.submit(time.sleep, 0.01)], timeout=0.01)
            count = len(done), len(rest)
    """,
    "pool_initializer": """
        import threading
        from concurrent.futures import ThreadPoolExecutor
        own, made, lock = threading.local(), [], threading.Lock()
        def begin(value):
            own.value = value
            with lock:
                made.append(1)
        with ThreadPoolExecutor(2, initializer=begin, initargs=(7,)) as pool:
            found = list(pool.map(lambda each: own.value + each, [1, 2]))
    """,
    "pool_initializer_fails": """
        from concurrent.futures import ThreadPoolExecutor
        from concurrent.futures.thread import BrokenThreadPool
        def begin():
            raise OSError("no")
        with ThreadPoolExecutor(1, initializer=begin) as pool:
            try:
                pool.submit(pow, 2, 2).result()
                found = "done"
            except BrokenThreadPool:
                found = "broken"
    """,
    "pool_callback": """
        import threading
        from concurrent.futures import ThreadPoolExecutor
        found = []
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(pow, 2, 2)
            future.add_done_callback(lambda each: found.append(("first", each.result())))
            future.add_done_callback(lambda each: found.append(("second", each.result())))
    """,
    "pool_callback_takes_a_lock": """
        import threading
        from concurrent.futures import ThreadPoolExecutor
        lock, found = threading.Lock(), []
        def note(what):
            with lock:
                found.append(what)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(pow, 2, 2).add_done_callback(lambda each: note("done"))
            note("main")
    """,
    "pool_callback_raises": """
        import logging
        from concurrent.futures import ThreadPoolExecutor
        found = []
        class Kept(logging.Handler):
            def emit(self, record):
                found.append((record.levelname, record.name, record.getMessage().partition(" at ")[0]))
        logging.getLogger("concurrent.futures").addHandler(Kept())
        def fail(future):
            raise ValueError("no")
        with ThreadPoolExecutor(1) as pool:
            pool.submit(pow, 2, 2).add_done_callback(fail)
    """,
    "pool_shut_down_with_work_left": """
        from concurrent.futures import ThreadPoolExecutor
        ran = []
        pool = ThreadPoolExecutor(1)
        futures = [pool.submit(ran.append, each) for each in (1, 2)]
        pool.shutdown(cancel_futures=True)
        cancelled = [each.cancelled() for each in futures]
    """,
    "pool_shut_down_twice": """
        from concurrent.futures import ThreadPoolExecutor
        pool = ThreadPoolExecutor(1)
        future = pool.submit(pow, 2, 2)
        pool.shutdown(wait=False)
        pool.shutdown(cancel_futures=True)
        try:
            pool.submit(pow, 2, 2)
        except RuntimeError as error:
            found = str(error)
    """,
    "pool_never_shut_down": """
        from concurrent.futures import ThreadPoolExecutor
        ran = []
        ThreadPoolExecutor(1).submit(ran.append, 1)
    """,
    "pool_names_its_threads": """
        import threading
        from concurrent.futures import ThreadPoolExecutor
        def name():
            return threading.current_thread().name
        with ThreadPoolExecutor(1) as pool, ThreadPoolExecutor(1, thread_name_prefix="own") as other:
            found = pool.submit(name).result(), other.submit(name).result()
    """,
    "pool_one_worker_or_two": """
        import threading
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor(2) as pool:
            idents = [pool.submit(threading.get_ident).result() for _ in range(2)]
            workers = len(set(idents))
        del idents
    """,
    "future_given_by_hand": """
        import threading
        from concurrent.futures import Future, InvalidStateError
        future, found = Future(), []
        def give(value):
            try:
                future.set_result(value)
            except InvalidStateError:
                found.append("late")
        run(lambda: give(1), lambda: give(2), lambda: found.append(future.result() > 0))
        result = future.result()
    """,
    "future_cancelled_or_begun": """
        import threading
        from concurrent.futures import Future
        future, found = Future(), {}
        def begin():
            found["begun"] = future.set_running_or_notify_cancel()
        def cancel():
            found["cancelled"] = future.cancel()
        run(begin, cancel)
        state = future.running(), future.cancelled()
    """,
    "future_callbacks_of_two_tasks": """
        import threading
        from concurrent.futures import Future
        future, found = Future(), []
        run(
            lambda: future.add_done_callback(lambda each: found.append("a")),
            lambda: future.add_done_callback(lambda each: found.append("b")),
        )
        future.set_result(1)
    """,
    "future_callback_of_a_cancelled_one": """
        import threading
        from concurrent.futures import Future
        future, found = Future(), []
        run(future.cancel, lambda: future.add_done_callback(lambda each: found.append(each.cancelled())))
        again = future.cancel()
    """,
    "future_shown": """
        from concurrent.futures import Future
        shown = []
        def show(future):
            words = repr(future).split()
            shown.append([word for word in words if not word.startswith("0x")])
        future = Future()
        show(future)
        future.set_running_or_notify_cancel()
        show(future)
        future.set_exception(ValueError(1))
        show(future)
        other = Future()
        other.cancel()
        show(other)
    """,
    # --- sched, logging ---
    "sched_runs_by_time_and_priority": """
        import sched, threading
        found = []
        plan = sched.scheduler()
        plan.enter(0.02, 1, found.append, ("late",))
        plan.enter(0.01, 2, found.append, ("second",))
        dropped = plan.enter(0.01, 3, found.append, ("dropped",))
        plan.enterabs(0, 1, found.append, ("first",))
        plan.cancel(dropped)
        run(plan.run)
        left = plan.empty()
        del dropped
    """,
    "sched_fed_by_another_thread": """
        import sched, threading
        found = []
        plan = sched.scheduler()
        def feed():
            plan.enter(0, 1, found.append, ("fed",))
        run(feed, plan.run)
        found.append(len(plan.queue))
    """,
    "log_of_two_threads": """
        import logging, threading
        found = []
        class Kept(logging.Handler):
            def emit(self, record):
                found.append(record.getMessage())
        log = logging.getLogger("mine")
        log.setLevel(logging.INFO)
        log.addHandler(Kept())
        run(lambda: log.info("a %d", 1), lambda: log.info("b"))
        log.debug("not shown")
        found.append(log.isEnabledFor(logging.DEBUG))
    """,
    "log_through_a_queue": """
        import logging, logging.handlers, queue, threading
        found = []
        class Kept(logging.Handler):
            def emit(self, record):
                found.append(record.getMessage())
        records = queue.Queue()
        log = logging.getLogger("queued")
        log.addHandler(logging.handlers.QueueHandler(records))
        listener = logging.handlers.QueueListener(records, Kept())
        listener.start()
        run(lambda: log.warning("a"), lambda: log.warning("b"))
        listener.stop()
    """,
    "log_set_up_by_two_threads": """
        import logging, threading
        found = []
        def begin():
            logging.basicConfig(level=logging.INFO)
            found.append(len(logging.getLogger().handlers))
        run(begin, begin)
    """,
}


def _whole(name: str) -> str:
    source = dedent(_SOURCES[name]).strip() + "\n"
    if "run(" not in source.replace("plan.run(", ""):
        return source
    lines = source.splitlines(keepends=True)
    last = max(place for place, line in enumerate(lines) if line.startswith(("import ", "from ")))
    return "".join([*lines[: last + 1], _START, *lines[last + 1 :]])


PROGRAMS = {name: _whole(name) for name in _SOURCES if not name.endswith("_313") or sys.version_info >= (3, 13)}

"""Programs run in the private world on the fake core: what they compute, print and are refused."""

import sys
import textwrap

import fake_core
import pytest

world_module, execution, results = fake_core.load(
    "everyway.world.world", "everyway.world.execution", "everyway.world.results"
)


def compile_user(path):
    with open(path, encoding="utf-8") as file:
        return compile(file.read(), path, "exec", dont_inherit=True)


class Run:
    def __init__(self, state, result):
        self.result = result
        self.texts = [text for _, text in state.texts]
        self.exceptions = [exception for _, exception in state.exceptions]


@pytest.fixture
def run(tmp_path):
    def run_program(text, times=1, **files):
        for name, content in files.items():
            (tmp_path / f"{name}.py").write_text(textwrap.dedent(content))
        path = str(tmp_path / "program.py")
        code = compile(textwrap.dedent(text), path, "exec", dont_inherit=True)
        program = execution.Program([(code, False)], path)
        with world_module.World(str(tmp_path), compile_user) as world:
            for _ in range(times):
                state = fake_core.execute(lambda: execution.run(world, program))
                result = results.freeze(world.namespace, (), world.modules.names)
                world.end_execution()
        return Run(state, result)

    return run_program


def test_a_program_is_its_own_main_module(run):
    done = run("ran = __name__ == '__main__'\nimport sys\nname = sys.argv[0][-10:]")
    assert done.result == {"ran": True, "name": "program.py"}


def test_threads_run_and_are_joined_at_the_end(run):
    done = run(
        """
        import threading
        seen = []
        lock = threading.Lock()
        def work(n):
            with lock:
                seen.append((n, threading.current_thread().name))
        for n in range(3):
            threading.Thread(target=work, args=(n,)).start()
        """
    )
    assert done.result["seen"] == [[n, f"Thread-{n + 1} (work)"] for n in range(3)]
    assert done.result["lock"] == "<lock>"


FEATURES = """
import threading, queue, time, sched
out = []
barrier = threading.Barrier(3, action=lambda: out.append("action"))
def at_barrier():
    barrier.wait()
threads = [threading.Thread(target=at_barrier) for _ in range(3)]
for t in threads: t.start()
for t in threads: t.join()
out.append([t.is_alive() for t in threads])
broken = threading.Barrier(2)
try:
    broken.wait(timeout=1)
except threading.BrokenBarrierError:
    out.append(broken.broken)
timer = threading.Timer(5, out.append, ["timer"])
timer.start(); timer.join()
cancelled = threading.Timer(5, out.append, ["never"])
cancelled.start(); cancelled.cancel(); cancelled.join()
for kind in (queue.Queue, queue.LifoQueue, queue.SimpleQueue):
    q = kind()
    def consume(q=q):
        while (item := q.get()) is not None:
            out.append(item)
    t = threading.Thread(target=consume); t.start()
    for n in (2, 1): q.put(n)
    q.put(None)
    t.join()
q = queue.Queue(1)
q.put(1)
try: q.put(2, timeout=3)
except queue.Full: out.append("full")
try: queue.Queue().get(timeout=1)
except queue.Empty: out.append("empty")
condition = threading.Condition()
def waiter():
    with condition:
        out.append(condition.wait_for(lambda: "go" in out, timeout=50))
t = threading.Thread(target=waiter); t.start()
with condition:
    out.append("go"); condition.notify_all()
t.join()
with condition: out.append(condition.wait(0.5))
semaphore = threading.BoundedSemaphore(2)
with semaphore: out.append(semaphore._value)
try: semaphore.release()
except ValueError as e: out.append(str(e))
out.append(threading.Semaphore(0).acquire(timeout=0.5))
event = threading.Event()
t = threading.Thread(target=lambda: out.append(event.wait(100))); t.start()
event.set(); t.join()
out.append(event.is_set())
own = threading.local(); own.x = 1
def look(): out.append(hasattr(own, "x"))
t = threading.Thread(target=look); t.start(); t.join()
out.append(own.x)
class Own(threading.local):
    n = 0
    def __init__(self, start): self.start = start; Own.n += 1
o = Own(7); o.start = 8
t = threading.Thread(target=lambda: out.append(o.start)); t.start(); t.join()
out.append([o.start, Own.n])
before = time.monotonic(); time.sleep(100); out.append(round(time.monotonic() - before))
s = sched.scheduler(); s.enter(3, 1, out.append, ("sched",)); s.run()
out.append([threading.active_count(), threading.main_thread() is threading.current_thread()])
rlock = threading.RLock()
with rlock, rlock: out.append(rlock._recursion_count() if hasattr(rlock, "_recursion_count") else 2)
try: rlock.release()
except RuntimeError as e: out.append(str(e))
"""


def test_the_library_does_in_virtual_time_what_it_really_does(run):
    done = run(FEATURES, times=2)
    assert not done.exceptions
    assert done.result["out"] == [
        "action", [False, False, False], True, "timer",
        2, 1, 2, 1,
        "full", "empty", "go", True, False, 1, "Semaphore released too many times",
        False, True, True, False, 1, 7, [8, 2], 100, "sched", [1, True], 2,
        "cannot release un-acquired lock",
    ]  # fmt: skip


def test_each_execution_starts_as_a_fresh_interpreter_would(run):
    done = run(
        """
        import threading, random, os, uuid, atexit, sys
        names = [threading.Thread(target=int).name, threading.Thread().name]
        values = [random.random(), os.urandom(4), uuid.uuid4().hex, str(random.Random().random())]
        before = [threading.active_count(), os.environ.get("EVERYWAY_TEST"), len(sys.argv)]
        os.environ["EVERYWAY_TEST"] = "1"
        sys.argv.append("more")
        threading.left_behind = 1
        class Plain: pass
        shown = [repr(Plain()), hash(Plain())]
        assert not hasattr(threading, "left") and not hasattr(random, "left")
        random.left = 1
        """,
        times=3,
    )
    once = run(
        """
        import threading, random, os, uuid, atexit, sys
        values = [random.random(), os.urandom(4), uuid.uuid4().hex, str(random.Random().random())]
        """
    )
    assert not done.exceptions
    assert done.result["names"] == ["Thread-1 (int)", "Thread-2"]
    assert done.result["before"] == [1, None, 1]
    assert done.result["values"] == once.result["values"]
    assert done.result["shown"][0] == "<__main__.Plain object at 0x…>"


def test_an_uncaught_exception_of_main_comes_before_the_join(run):
    done = run(
        """
        import threading, atexit
        order = []
        event = threading.Event()
        def work():
            event.wait(5)
            order.append("thread")
            raise ValueError("in thread")
        threading.Thread(target=work).start()
        atexit.register(order.append, "atexit")
        raise KeyError("in main")
        """
    )
    assert [repr(each) for each in done.exceptions] == ["KeyError('in main')", "ValueError('in thread')"]
    assert done.result["order"] == ["thread", "atexit"]


def test_leaving_is_no_exception(run):
    done = run(
        """
        import threading, sys
        threading.Thread(target=sys.exit).start()
        sys.exit("text")
        """
    )
    assert not done.exceptions


def test_a_print_is_one_text(run):
    done = run(
        """
        import sys, os, pprint, logging
        print("a", 1, sep="-", end="!")
        print()
        sys.stdout.write("b")
        sys.stdout.buffer.write(b"c")
        os.write(1, b"d")
        print(print and object())
        print("e", file=sys.stderr)
        logging.warning("f")
        """
    )
    assert done.texts == ["a-1!", "\n", "b", "c", "d", "<object object at 0x…>\n"]


def test_a_huge_output_is_cut_off(run):
    done = run("for _ in range(30):\n    print('x' * 99_999)")
    assert sum(map(len, done.texts)) < 1_000_100
    assert len(done.texts) == 30


def test_the_standard_input_is_empty(run):
    done = run(
        """
        import sys
        read = sys.stdin.read()
        try:
            input("name? ")
        except EOFError as error:
            text = str(error)
        """
    )
    assert done.result == {"read": "", "text": "EOF when reading a line"}
    assert done.texts == ["name? "]


def test_modules_beside_the_program_are_new_each_time(run):
    done = run(
        """
        import helper
        from helper import add
        import code
        add(); add()
        count, shadowed = helper.count, code.mine
        """,
        times=2,
        helper="""
        count = 0
        def add():
            global count
            count += 1
        """,
        code="mine = True",
    )
    assert done.result["count"] == 2
    assert done.result["shadowed"] is True


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("import asyncio\nasyncio.open_connection('h', 1)", "asyncio.open_connection"),
        ("from asyncio import start_server\nstart_server(print)", "asyncio.start_server"),
        ("import asyncio.subprocess as s\ns.create_subprocess_exec('ls')", "asyncio.create_subprocess_exec"),
        ("import asyncio\nasyncio.new_event_loop().add_signal_handler(2, print)", "loop.add_signal_handler"),
        ("import asyncio\nasyncio.new_event_loop().create_server(print)", "loop.create_server"),
        ("import asyncio\nclass Mine(asyncio.BaseEventLoop): pass\nMine()",
         "a subclass of asyncio.BaseEventLoop"),
        ("import uvloop\nuvloop.run(1)", "uvloop.run"),
        ("import trio\ntrio.run(1)", "trio.run"),
        ("import multiprocessing as mp\nmp.pool.ThreadPool()", "multiprocessing.pool.ThreadPool"),
        ("import urllib.request\nurllib.request.urlopen('x')", "urllib.request.urlopen"),
        ("from urllib import parse, request\nrequest.urlopen(parse.quote('x'))",
         "urllib.request.urlopen"),
        ("import signal\nsignal.signal(signal.SIGINT, None)", "signal.signal"),
        ("import socket\nclass S(socket.socket): pass", "socket.socket"),
        ("import os\nos.open('.', os.O_RDONLY)", "os.open of a folder"),
        ("import os\nos.symlink('a', 'b')", "os.symlink"),
        ("import os\nos.link('a', 'b')", "os.link"),
        ("import os\nos.system('true')", "os.system"),
        ("import os\nos.fork()", "os.fork"),
        ("import os\nos._exit(0)", "os._exit"),
        ("exec('1')", "exec"),
        ("import threading\nthreading.Semaphore()._value = 2", "threading.Semaphore._value = …"),
    ],
)  # fmt: skip
def test_what_is_not_controlled_is_refused_by_name(run, text, what):
    with pytest.raises(fake_core.Refused) as refused:
        run(text)
    assert refused.value.what == what


def test_naming_what_is_refused_is_no_use_of_it(run):
    done = run(
        """
        import multiprocessing, asyncio, signal, subprocess, socket
        from concurrent.futures import Future, ProcessPoolExecutor
        from multiprocessing import Process
        def typed(executor: ProcessPoolExecutor | None) -> Future[int]: ...
        read = open(__file__).read() if 0 else 1
        try:
            raise KeyError
        except (asyncio.CancelledError, KeyError):
            caught = True
        """
    )
    assert not done.exceptions
    assert done.result["caught"] is True


def test_names_of_the_rewriting_are_hidden(run):
    done = run(
        """
        __ev_cell_x__ = 1
        def f():
            __ev_act__ = 2
            x = 3
            return locals(), vars(), dir()
        seen = f()
        top = [name for name in dir() if "ev" in name]
        """
    )
    assert done.result["seen"] == [{"x": 3}, {"x": 3}, ["x"]]
    assert done.result["top"] == []


def test_dataclasses_and_plain_classes_keep_their_meaning(run):
    done = run(
        """
        from dataclasses import dataclass
        from enum import Enum
        from typing import NamedTuple, Protocol, runtime_checkable
        @dataclass
        class Point:
            x: int = 1
        @dataclass(frozen=True)
        class Fixed:
            x: int = 1
        class Color(Enum):
            RED = 1
        class Pair(NamedTuple):
            a: int = 1
        class Equal:
            def __eq__(self, other): return True
        @runtime_checkable
        class Closes(Protocol):
            def close(self): ...
        class Closer:
            def close(self): ...
        shown = [repr(Point()), repr(Fixed()), repr(Color.RED), repr(Pair())]
        hashes = [Point.__hash__, Equal.__hash__, hash(Fixed()) == hash(Fixed())]
        plain = object.__new__(Closer)
        found = [isinstance(plain, Closes), plain in {plain}, id(plain) == id(plain)]
        pairs = [Point() == Point(), {Closer(): 1, Closer(): 2}.__len__()]
        """
    )
    assert not done.exceptions
    assert done.result["shown"] == ["Point(x=1)", "Fixed(x=1)", "<Color.RED: 1>", "Pair(a=1)"]
    assert done.result["hashes"] == [None, None, True]
    assert done.result["found"] == [True, True, True]
    assert done.result["pairs"] == [True, 2]


def test_dates_come_from_the_virtual_clock(run):
    done = run(
        """
        import datetime, time, calendar
        from zoneinfo import ZoneInfo
        a = datetime.datetime.now()
        time.sleep(3600)
        hours = (datetime.datetime.now() - a).total_seconds() / 3600
        parsed = str(datetime.datetime.strptime("2020-01-02 +0100", "%Y-%m-%d %z"))
        utc = str(datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc))
        """
    )
    assert not done.exceptions
    assert done.result["hours"] == 1.0
    assert done.result["parsed"] == "2020-01-02 00:00:00+01:00"


def test_nothing_is_left_changed_outside(run):
    import os
    import queue
    import threading
    import time

    before = (
        sys.modules["threading"], sys.modules["time"], sys.modules["queue"], os.getpid,
        sys.stdout, list(sys.path), list(sys.meta_path), sys.modules["__main__"],
    )  # fmt: skip
    run("import threading, queue, random, logging, datetime")
    assert before == (
        threading, time, queue, os.getpid,
        sys.stdout, sys.path, sys.meta_path, sys.modules["__main__"],
    )  # fmt: skip


def test_the_main_thread_can_be_waited_for(run):
    done = run(
        """
        import threading, time
        out = []
        def work():
            main = threading.main_thread()
            out.append(main.is_alive())
            main.join()
            out.append(main.is_alive())
        threading.Thread(target=work).start()
        time.sleep(1)
        out.append("main ends")
        """
    )
    assert not done.exceptions
    assert done.result["out"] == [True, "main ends", False]


def test_raw_threads_and_excepthooks_work(run):
    done = run(
        """
        import _thread, threading, time
        seen = []
        def raw(): seen.append(threading.current_thread().name); raise ValueError("raw")
        _thread.start_new_thread(raw, ())
        time.sleep(1)
        def hook(args): seen.append((args.exc_type.__name__, args.thread.name))
        threading.excepthook = hook
        threading.Thread(target=lambda: 1 / 0, name="T").start()
        """
    )
    assert [str(each) for each in done.exceptions] == ["raw"]
    assert done.result["seen"] == ["Dummy-1", ["ZeroDivisionError", "T"]]

"""Laws of a module's shape."""

from __future__ import annotations

import ast
import textwrap

import pytest

from everyway.units.shape import Shape, shape


def of(source: str, carried: str = "") -> Shape:
    return shape(ast.parse(textwrap.dedent(source)), carried=ast.parse(carried).body)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "import json\nfrom threading import Lock as Mutex\nm = Mutex()",
        "'''Doc.'''\nn = -1\nx, y = 1, [2, {3: (4,)}]\nlimit: int = 60 * 60\nonly: str",
        "import threading as t\na = t.Lock()\nb = t.Condition(a)\nc = [t.Lock() for _ in range(3)]",
        "import queue, collections\nq = queue.Queue(maxsize=3)\nd = collections.defaultdict(list)",
        "from collections import deque, Counter\nd = deque([1], maxlen=4)\nc = Counter('abc')",
        "import asyncio\nlock = asyncio.Lock()",
        "seen = set()\nmarker = object()",
        "@staticmethod\ndef f(): run()\nasync def g(): run()\nclass C:\n    def h(self): run()",
        "try:\n    import fast\nexcept ImportError:\n    fast = None",
        "if __name__ == '__main__':\n    def f(): pass",
        "if __name__ == '__main__':\n    pass\nelse:\n    run()",
        "double = lambda n: run(n)\nJson = dict[str, int]",
        "from typing import TypeVar, NamedTuple\nT = TypeVar('T')",
    ],
)
def test_definitions_run_nothing(source: str) -> None:
    assert of(source).runs is None


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("print(1)", 1),
        ("n = 0\nn += 1", 2),
        ("class C: pass\nc = C()", 2),
        ("class Lock: pass\nm = Lock()", 2),
        ("n = [1][0]", 1),
        ("for i in range(3): pass", 1),
        ("import threading\nwith threading.Lock(): pass", 2),
        ("import threading\nb = threading.Barrier(compute())", 2),
        ("def f(): pass\nif __name__ == '__main__':\n    f()", 3),
        ("class C:\n    print(1)", 2),
        ("if ready(): pass", 1),
        ("def threading(): pass\nm = threading.Lock()", 2),
    ],
)
def test_the_first_line_that_runs_something_is_named(source: str, line: int) -> None:
    assert of(source).runs == line


def test_constructors_are_known_through_carried_imports() -> None:
    assert of("m = Mutex()").runs == 1
    assert of("m = Mutex()", "from threading import Lock as Mutex").definitions_only
    assert of("class Mutex: pass\nm = Mutex()", "from threading import Lock as Mutex").runs == 2


def test_loop_variables_and_as_targets_are_in_passing() -> None:
    source = """
        for i, (j, k) in pairs: total = i
        with a as b, c as (d, e): pass
        try: pass
        except ValueError as error: pass
        squares = [n for n in range(3)]
        rows[0] = 1
    """
    assert of(source).passing == {"i", "j", "k", "b", "d", "e", "error"}


@pytest.mark.parametrize(
    "other",
    [
        "i = 1",
        "import i",
        "def i(): pass",
        "i += 1",
        "(i := 2)",
        "def f():\n    global i\n    i = 1",
        "from x import i",
    ],
)
def test_a_name_bound_in_another_way_too_is_not_in_passing(other: str) -> None:
    assert of(f"for i in []: pass\n{other}").passing == frozenset()


def test_names_of_functions_are_no_names_of_the_module() -> None:
    assert of("def f():\n    for i in []: pass\nclass C:\n    for j in []: pass").passing == frozenset()


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import threading as t\ndef f(): t.Thread(target=f).start()", ["threading.Thread"]),
        ("from asyncio import run\nrun(main())", ["asyncio.run"]),
        (
            "from concurrent.futures import ThreadPoolExecutor as P\nwith P() as p: p.submit(f)",
            ["concurrent.futures.ThreadPoolExecutor", "submit"],
        ),
        ("import threading\nclass W(threading.Thread): pass", ["threading.Thread"]),
        ("class Thread: pass\nThread()", []),
        ("import threading\nm = threading.Lock()", []),
        (
            "import multiprocessing\nwith multiprocessing.Pool(4) as pool: pass",
            ["multiprocessing.Pool"],
        ),
    ],
)
def test_what_starts_something_concurrent_is_named(source: str, names: list[str]) -> None:
    assert [start.name for start in of(source).starts] == names


def test_own_functions_say_how_they_can_be_called() -> None:
    source = """
        def plain(a=1, *b, c=2, **d): pass
        def needs(a, b=1): pass
        def needs_by_name(*, a): pass
        async def later(): pass
        def many():
            if x: yield 1
        def inner():
            def g(): yield 1
            return [(yield_ for yield_ in g())]
        def replaced(): pass
        replaced = 1
        class C:
            def method(self): pass
    """
    functions = {function.name: function for function in of(source).functions}
    assert list(functions) == ["plain", "needs", "needs_by_name", "later", "many", "inner"]
    assert [name for name, function in functions.items() if function.takes_required] == [
        "needs",
        "needs_by_name",
    ]
    assert [name for name, function in functions.items() if function.is_async] == ["later"]
    assert [name for name, function in functions.items() if function.is_generator] == ["many"]
    assert functions["plain"].line == 2

"""Laws of small copies."""

from __future__ import annotations

import ast
import textwrap

import pytest

from everyway.units.copy import copies, small_copy


def cut(source: str, size: int = 2) -> str | None:
    smaller = small_copy(ast.parse(textwrap.dedent(source)), size)
    return None if smaller is None else ast.unparse(smaller.module)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("for _ in range(100000): f()", "for _ in range(2): f()"),
        ("for _ in range(10 ** 5): f()", "for _ in range(2): f()"),
        ("for i in range(5, 50): f()", "for i in range(5, 7): f()"),
        ("for i in range(0, 50, 5): f()", "for i in range(0, 10, 5): f()"),
        ("for i in range(9, 0, -1): f()", "for i in range(9, 7, -1): f()"),
        ("for i in range(9, -9, -5): f()", "for i in range(9, -1, -5): f()"),
        ("for i, _ in enumerate(range(10)): f()", "for i, _ in enumerate(range(2)): f()"),
        (
            "for i in range(10):\n    for j in range(20): f()",
            "for i in range(2):\n    for j in range(2): f()",
        ),
        ("for x in [1, 2, 3, 4]: f()", "for x in [1, 2]: f()"),
        ("xs = [f(i) for i in range(10)]", "xs = [f(i) for i in range(2)]"),
        ("xs = [0] * 1000", "xs = [0] * 2"),
        ("xs = 1000 * (0,)", "xs = 2 * (0,)"),
        ("i = 0\nwhile i < 1000: i += 1", "i = 0\nwhile i < 2: i += 1"),
        ("i = 1\nwhile i <= 1000: i = i + 2", "i = 1\nwhile i <= 3: i = i + 2"),
        ("i = 1000\nwhile i > 0: i -= 1", "i = 1000\nwhile i > 998: i -= 1"),
        (
            "def f():\n    i = 0\n    while i < 9 and go(): i += 1",
            "def f():\n    i = 0\n    while i < 2 and go(): i += 1",
        ),
        (
            "n = 0\ndef f():\n    global n\n    while n < 9: n += 1",
            "n = 0\ndef f():\n    global n\n    while n < 2: n += 1",
        ),
        (
            "N = 1000\nfor _ in range(N): f()\nfor _ in range(N): g()",
            "N = 2\nfor _ in range(N): f()\nfor _ in range(N): g()",
        ),
        (
            "N: int = 9\ndef f():\n    i = 0\n    while i < N: i += 1",
            "N: int = 2\ndef f():\n    i = 0\n    while i < N: i += 1",
        ),
        ("p.map(f, range(3))", "p.map(f, range(2))"),
    ],
)
def test_loop_bounds_are_cut(before: str, after: str) -> None:
    assert cut(before) == ast.unparse(ast.parse(after))


@pytest.mark.parametrize(
    "round_",
    [
        "threading.Thread(target=f).start()",
        "pool.submit(f)",
        "asyncio.create_task(f())",
        "Worker(f).start()",
    ],
)
def test_tasks_are_cut_to_the_size(round_: str) -> None:
    imports = "import threading, asyncio\n"
    assert cut(f"{imports}for _ in range(3): {round_}") == cut(f"{imports}for _ in range(10): {round_}")
    assert "range(2)" in (cut(f"{imports}ts = [{round_} for _ in range(3)]") or "")
    assert cut(f"{imports}for _ in range(2): {round_}") is None


@pytest.mark.parametrize(
    "source",
    [
        "for _ in range(3): f()",
        "n = 100000\nprint(n)",
        "time.sleep(1000)\ntext = 'a' * 1000\nx = 5 * 1000",
        "b = threading.Barrier(10)",
        "xs = [1, 2, 3, 4, 5]\nys = list(range(100))",
        "for _ in range(n): f()",
        "for _ in range(a, 100): f()",
        "i = f()\nwhile i < 1000: i += 1",
        "i = 0\nwhile i < 1000: i += g()",
        "i = 0\nwhile i < 1000:\n    i += 1\n    i = i * 2",
        "i = 0\nwhile i > -1000: i += 1",
        "N = 1000\nprint(N)\nfor _ in range(N): f()",
        "N = 1000\nN = 2000\nfor _ in range(N): f()",
        "N = 1000\ndef f(N):\n    for _ in range(N): g()",
        "def range(n): return []\nfor _ in range(1000): f()",
        "for x in [1, *more, 3, 4, 5]: f()",
        "x = [1] * 9 ** 9 ** 9 ** 9",
    ],
)
def test_other_numbers_stay(source: str) -> None:
    assert cut(source) is None


def test_cuts_are_told_with_their_lines() -> None:
    source = "N = 50\nfor _ in range(N):\n    for _ in range(100): pass\n"
    smaller = small_copy(ast.parse(source), 2)
    assert smaller is not None
    assert [(one.line, one.old, one.new) for one in smaller.cuts] == [
        (1, "N = 50", "N = 2"),
        (3, "range(100)", "range(2)"),
    ]


def test_a_copy_keeps_the_lines_and_leaves_the_program_alone() -> None:
    module = ast.parse("n = 0\n\nfor _ in range(-100, 100):\n    n += 1\n")
    before = ast.dump(module, include_attributes=True)
    smaller = small_copy(module, 3)
    assert smaller is not None
    lines = [node.lineno for node in ast.walk(smaller.module) if isinstance(node, ast.stmt)]
    assert lines == [node.lineno for node in ast.walk(module) if isinstance(node, ast.stmt)]
    assert ast.dump(module, include_attributes=True) == before
    scope: dict[str, object] = {}
    exec(compile(smaller.module, "copy", "exec"), scope)
    assert scope["n"] == 3


def test_there_is_a_copy_for_each_size_that_differs() -> None:
    assert [copy.size for copy in copies(ast.parse("for _ in range(9): f()"))] == [2, 3]
    # With three threads there is nothing to cut to three.
    threads = ast.parse("import threading\nfor _ in range(3): threading.Thread(target=f).start()")
    assert [copy.size for copy in copies(threads)] == [2]
    assert copies(ast.parse("f()")) == []

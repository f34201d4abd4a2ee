"""Laws of which functions of a block are probed together."""

from __future__ import annotations

import ast
import textwrap
import threading

import pytest

from everyway.units.probe import DRIVER_LINE, Finding, merge, scenarios


def pairs(source: str, carried: str = "") -> list[str]:
    module = ast.parse(textwrap.dedent(source))
    return [scenario.name for scenario in scenarios(module, carried=ast.parse(textwrap.dedent(carried)).body)]


@pytest.mark.parametrize(
    "source",
    [
        "n = 0\ndef f():\n    global n\n    n += 1",
        "n = 0\ndef f():\n    global n\n    n = n + 1",
        "d = {}\ndef f(): d['a'] = 1",
        "d = {}\ndef f(): del d['a']",
        "d = []\ndef f(): d.append(1)",
        "d = []\ndef f():\n    e = d\n    e.append(1)",
        "import heapq\nd = []\ndef f(): heapq.heappush(d, 1)",
        "import threading\nm = threading.Lock()\ndef f():\n    with m: pass",
        "import threading\nm = threading.Lock()\ndef f(): m.acquire(timeout=1)",
        "from threading import Lock\nms = [Lock() for _ in range(2)]\ndef f():\n    for m in ms:\n        with m: pass",
        "import threading\nms = [threading.Lock()]\ndef f():\n    with ms[0]: pass",
        "import queue\nq = queue.Queue()\ndef f(): return q.get()",
        "class C: total = 0\ndef f(): C.total += 1",
        "class C: items = []\ndef f(): C.items.append(1)",
        "def f(): f.calls = 1",
        "n = 0\nclass C:\n    def go(self):\n        global n\n        n += 1\ndef f(): C().go()",
        "n = []\ndef f():\n    def inner(): n.append(1)\n    inner()",
        "n = []\ndef f(a=1, *b): n.append(a)",
        "one = None\ndef f():\n    global one\n    if one is None: one = object()\n    return one",
    ],
)
def test_a_function_that_changes_state_runs_beside_itself(source: str) -> None:
    assert pairs(source) == ["f() ∥ f()"]


@pytest.mark.parametrize(
    "source",
    [
        "n = 0\ndef f(): return n",
        "n = 0\ndef f():\n    n = 1\n    return n",
        "d = [1, 2]\ndef f():\n    for x in d: print(x, len(d), d[0])",
        "d = {'a': 1}\ndef f(): return d.get('a')",
        "sep = ','\ndef f(): return sep.join('ab')",
        "import json\ndef g(x): pass\ndef f(): return g(json.dumps(1))",
        "class C:\n    def go(self): self.n = 1\ndef f(): C().go()",
        "import sys\ndef f(): sys.stdout.write('a')",
        "n = []\ndef f(a): n.append(a)",
        "n = []\ndef f(*, a): n.append(a)",
        "n = []\nasync def f(): n.append(1)",
        "n = []\ndef f(): yield n.append(1)",
        "n = []\nclass C:\n    def f(self): n.append(1)",
        "n = []\ndef f(): n.append(1)\nf = None",
    ],
)
def test_a_function_without_shared_changes_or_with_needs_is_left_alone(source: str) -> None:
    assert pairs(source) == []


def test_pairs_share_state_through_what_they_call() -> None:
    source = """
        a = []
        b = []
        def put(): _store(1)
        def look(): return len(a)
        def other(): b.append(1)
        def _store(x): a.append(x)
    """
    assert pairs(source) == ["put() ∥ put()", "put() ∥ look()", "other() ∥ other()"]


def test_carried_functions_are_called_through_own_ones_only() -> None:
    carried = "class C: n = 0\ndef bump(): C.n += 1"
    assert pairs("def f(): bump()", carried) == ["f() ∥ f()"]


def test_recursion_ends() -> None:
    assert pairs("n = []\ndef f(): g()\ndef g():\n    n.append(1)\n    f()") == [
        "f() ∥ f()",
        "f() ∥ g()",
        "g() ∥ g()",
    ]


def test_the_driver_runs_both_and_adds_no_visible_name() -> None:
    source = """
import threading
seen = []
def f(): seen.append(threading.current_thread())
def g(): seen.append(1)
"""
    module = ast.parse(source)
    scenario = scenarios(module)[1]
    before: dict[str, object] = {}
    exec(compile(module, "block", "exec"), before)
    module.body += scenario.statements()
    scope: dict[str, object] = {}
    exec(compile(module, "block", "exec"), scope)
    seen = scope["seen"]
    assert scenario.name == "f() ∥ g()" and isinstance(seen, list) and len(seen) == 2
    assert seen[0] is not threading.main_thread()
    assert {name for name in scope if name not in before} == {"__everyway_probe__"}


def test_the_drivers_lines_are_no_lines_of_the_user() -> None:
    scenario = scenarios(ast.parse("n = []\ndef f(): n.append(1)"))[0]
    nodes = [node for statement in scenario.statements() for node in ast.walk(statement)]
    assert {node.lineno for node in nodes if isinstance(node, ast.stmt | ast.expr)} == {DRIVER_LINE}


def test_equal_findings_become_one_that_names_the_other_scenarios() -> None:
    lines = frozenset([3, 5])
    found = [
        Finding("deadlock", lines, "f() ∥ g()", "the first"),
        Finding("deadlock", lines, "f() ∥ h()"),
        Finding("exception", lines, "f() ∥ h()"),
        Finding("deadlock", lines, "f() ∥ g()"),
        Finding("deadlock", frozenset([3]), "f() ∥ f()"),
    ]
    merged = merge(found)
    assert [(one.kind, one.scenario, one.also_in) for one in merged] == [
        ("deadlock", "f() ∥ g()", ("f() ∥ h()",)),
        ("exception", "f() ∥ h()", ()),
        ("deadlock", "f() ∥ f()", ()),
    ]
    assert merged[0].detail == "the first"

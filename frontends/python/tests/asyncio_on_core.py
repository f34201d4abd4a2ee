"""Runs CPython's own tests of `asyncio`, as plain Python does, or each in one execution on the real core.

    python asyncio_on_core.py plain MODULE…
    python asyncio_on_core.py core < NAMES

One line of JSON: by the test's name how it ended: "ok", "failed", "skipped", or what stopped it. The
first form gives the names that the second reads: it must not load the tests itself. The loops
of the tests' own have no real selector, and a time that the test tells: they are harmless.
"""

from __future__ import annotations

import io
import json
import sys
import unittest
from collections.abc import Iterator
from typing import Any

PROGRAM = """
import io
import unittest
import asyncio
from test import support

support.reap_children = lambda: None
asyncio.BaseEventLoop.__everyway_harmless__ = True
suite = unittest.defaultTestLoader.loadTestsFromName({name!r})
stream = io.StringIO()
done = unittest.TextTestRunner(stream=stream).run(suite)
how = "skipped" if done.skipped else "ok" if done.wasSuccessful() else "failed"
why = [text for _, text in done.failures + done.errors]
"""
# In the first execution coroutines are held until the ones before them have ended.
NO_REAL_ORDER = "serial"
SETTINGS = {"clock": "legal", "strategy": "auto", "seed": 0, "executions": 2, "output_order": False}


def names_of(suite: Any) -> Iterator[str]:
    """The tests of a suite by name."""
    for each in suite:
        if isinstance(each, unittest.TestSuite):
            yield from names_of(each)
        elif not each.id().startswith("unittest.loader."):
            yield each.id()


def tests_in(module: str) -> list[str]:
    """The tests in a module of `test.test_asyncio`; none if this version hasn't got it."""
    return list(names_of(unittest.defaultTestLoader.loadTestsFromName(f"test.test_asyncio.{module}")))


def plainly(name: str) -> str:
    """How a test ends under plain Python."""
    suite = unittest.defaultTestLoader.loadTestsFromName(name)
    done = unittest.TextTestRunner(stream=io.StringIO()).run(suite)
    return "skipped" if done.skipped else "ok" if done.wasSuccessful() else "failed"


def on_core(name: str) -> str:
    """How a test ends in an execution."""
    from everyway.checking import Request, prepare
    from everyway.exploring import Budget, Explorer, Unsupported

    source = PROGRAM.format(name=name)
    unit = {
        "id": "program.py", "name": "program.py", "path": "program.py", "line": 1, "language": "python",
        "kind": "file", "source": source, "module": None, "arguments": [], "definition_line": None,
    }  # fmt: skip
    request = Request(unit, [], None, {**SETTINGS, "time_seconds": 10.0, "include": []})
    (program,) = prepare(request).programs
    by_purpose: dict[str, Any] = {}
    last: list[Any] = []

    class Watching(Explorer):
        def _freeze(self, world: Any) -> str:
            last[:] = [(world.namespace.get("how", "not run"), world.namespace.get("why"))]
            return super()._freeze(world)

    def told(purpose: str) -> None:
        by_purpose[purpose] = last[0] if last else ("did not end", [])
        last.clear()

    try:
        Watching(program, SETTINGS, Budget(None, tell=told)).explore()
    except Unsupported as unsupported:
        return f"refused: {unsupported.what}"
    by_purpose.pop(NO_REAL_ORDER, None)
    how, why = next(iter(by_purpose.values()), ("not explored", []))
    return f"{how}: {why[0]}" if how == "failed" else how


def main() -> None:
    """Run the tests of the command line's modules, or those whose names are read."""
    if sys.argv[1] == "plain":
        print(json.dumps({name: plainly(name) for module in sys.argv[2:] for name in tests_in(module)}))
    else:
        print(json.dumps({name: on_core(name) for name in json.load(sys.stdin)}))


if __name__ == "__main__":
    main()

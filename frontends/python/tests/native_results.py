"""Runs a program under the plain interpreter, and prints the results that it has, as a report has them.

    python native_results.py RUNS FILE…

Each run is a process of its own, forked off, whose threads are switched as often as can be. A line of
JSON is printed for each file: its results without repetition.
"""

from __future__ import annotations

import ast
import json
import os
import sys
import threading
import types
from typing import Any

from everyway.units.shape import shape
from everyway.world.results import freeze

# Ends a run that waits for ever, which is no result.
HANGS_AFTER = 60


class Sorted:
    """A standard output that keeps the text of each thread apart."""

    def __init__(self) -> None:
        self.texts: dict[threading.Thread, list[str]] = {}  # an ident may be given again

    def write(self, text: str) -> int:
        self.texts.setdefault(threading.current_thread(), []).append(text)
        return len(text)

    def flush(self) -> None:
        pass


def result_of(path: str) -> dict[str, Any]:
    """Run a program in this process and give its result."""
    with open(path, encoding="utf-8") as file:
        source = file.read()
    left_out = frozenset(shape(ast.parse(source)).passing)
    raised: list[str] = []
    threading.excepthook = lambda hook: raised.append(told(hook.exc_value))
    sys.stdout = output = Sorted()  # type: ignore[assignment]
    main = types.ModuleType("__main__")
    main.__file__ = path
    sys.modules["__main__"] = main
    sys.setswitchinterval(1e-6)
    try:
        exec(compile(source, path, "exec", dont_inherit=True), main.__dict__)
    except SystemExit:
        pass
    except Exception as exception:
        raised.append(told(exception))
    # Pools that nobody shut down are, as at the end of a program.
    for shut_down in reversed(threading._threading_atexits):  # type: ignore[attr-defined]
        shut_down()
    # A thread can start others until it ends.
    while others := [each for each in threading.enumerate() if each is not threading.current_thread()]:
        for thread in others:
            if not thread.daemon:
                thread.join()
        if all(thread.daemon for thread in others):
            break
    return {
        "globals": freeze(main.__dict__, left_out),
        "stdout": sorted("".join(texts) for texts in output.texts.values()),
        "exception": None if not raised else raised[0] if len(raised) == 1 else sorted(raised),
    }


def told(exception: BaseException | None) -> str:
    """An exception as a result has it."""
    return f"{type(exception).__name__}: {exception}" if str(exception) else type(exception).__name__


def run(path: str) -> str | None:
    """Run a program in a process of its own; gives its result, or nothing if it did not end."""
    import signal

    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(HANGS_AFTER)
        try:
            os.write(writing, json.dumps(result_of(path), sort_keys=True).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return text or None


def main() -> None:
    """Run the files of the command line."""
    for path in sys.argv[2:]:
        results = {run(path) for _ in range(int(sys.argv[1]))}
        print(json.dumps({"path": path, "results": [each and json.loads(each) for each in sorted(results, key=str)]}))


if __name__ == "__main__":
    main()

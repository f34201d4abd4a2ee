"""The worker: checks units for the command line, one after the other (`cli/WORKER.md`)."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from typing import Any

from everyway import __version__
from everyway import _core as core
from everyway.checking import RUNTIME, Request, check, replay

# At most so often a second is progress told.
TELL_EVERY = 0.2


class Line:
    """The pipe to the command line, out of the reach of the program under check."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
        self._in = os.fdopen(os.dup(0), "r", encoding="utf-8", newline="\n")
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        os.close(nothing)
        self._told = 0.0

    def requests(self) -> Any:
        """The lines of the command line."""
        return iter(self._in.readline, "")

    def answer(self, message: dict[str, Any]) -> None:
        """Send a message."""
        self._out.write(json.dumps(message, ensure_ascii=False) + "\n")
        self._out.flush()

    def progress(self, phase: str) -> None:
        """Tell how far the exploration is, but not too often."""
        now = time.monotonic()
        if now - self._told < TELL_EVERY:
            return
        self._told = now
        executions, classes, share, failures = core.progress()
        self.answer(
            {
                "progress": {
                    "executions": executions,
                    "classes": classes,
                    "share": None if share is None else share / 1000,
                    "failures": failures,
                    "phase": phase,
                }
            }
        )


def request_of(message: dict[str, Any]) -> Request:
    """Read a request."""
    return Request(
        unit=message["unit"],
        carried=message.get("carried", []),
        prelude=message.get("prelude"),
        settings=message["settings"],
        schedule=message.get("schedule"),
    )


def main() -> None:
    """Answer requests until there are no more."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 1000))
    line = Line()
    signal.signal(signal.SIGINT, lambda number, frame: core.interrupt())
    line.answer({"hello": {"everyway": __version__, "runtime": RUNTIME}})
    for text in line.requests():
        message = json.loads(text)
        if "check" in message:
            line.answer({"unit": check(request_of(message["check"]), line.progress)})
        else:
            line.answer({"replayed": replay(request_of(message["replay"]))})


if __name__ == "__main__":
    main()

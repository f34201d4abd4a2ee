"""Runs the meaning programs as units on the real core, in both modes, and prints what they leave.

One line of JSON: by name and mode, each text of ``result`` that an execution left, without repetition.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from meaning_programs import PROGRAMS

from everyway.checking import Request, prepare
from everyway.exploring import Budget, Explorer, Unsupported

# Follows each program: executions record facts where there is something to find.
RACE = """

import threading

def race():
    global raced
    raced = raced + 1

raced = 0
racers = [threading.Thread(target=race) for _ in range(2)]
for racer in racers:
    racer.start()
for racer in racers:
    racer.join()
"""

SETTINGS = {"clock": "legal", "strategy": "auto", "seed": 0, "executions": 20, "output_order": False}


class Watching(Explorer):
    """Keeps what the executions of each mode leave in ``result``."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.left: dict[str, set[str]] = {"accesses": set(), "facts": set()}

    def _freeze(self, world: Any) -> str:
        frozen = super()._freeze(world)
        raised = json.loads(frozen)["exception"]
        left = repr(world.namespace["result"]) if "result" in world.namespace else f"no result: {raised}"
        self.left["facts" if self._facts else "accesses"].add(left)
        return frozen


def left_by(source: str) -> dict[str, list[str]]:
    """What the executions of a program leave, by mode."""
    source += RACE
    unit = {
        "id": "program.py", "name": "program.py", "path": "program.py", "line": 1, "language": "python",
        "kind": "file", "source": source, "module": None, "arguments": [], "definition_line": None,
    }  # fmt: skip
    request = Request(unit, [], None, {**SETTINGS, "time_seconds": 10.0, "include": []})
    (program,) = prepare(request).programs
    explorer = Watching(program, SETTINGS, Budget(None))
    try:
        explorer.explore()
    except Unsupported as unsupported:
        return {"unsupported": [unsupported.what]}
    return {mode: sorted(texts) for mode, texts in explorer.left.items()}


def main() -> None:
    """Run all, or those that the command line names."""
    names = sys.argv[1:] or list(PROGRAMS)
    print(json.dumps({name: left_by(PROGRAMS[name]) for name in names}))


if __name__ == "__main__":
    main()

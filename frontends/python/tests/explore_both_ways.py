"""Explores programs with the library's objects announced as a whole, and with the library's own code.

    python explore_both_ways.py EXECUTIONS FILE…

A line of JSON is printed for each file: what either exploration found, and how far it got.
"""

from __future__ import annotations

import ast
import json
import os
import sys
from typing import Any

from everyway.exploring import Budget, Explorer
from everyway.models.natives import KINDS
from everyway.program import Program, SourceText


def found(path: str, executions: int, real_code: frozenset[str]) -> dict[str, Any]:
    """What the exploration of a program finds."""
    with open(path, encoding="utf-8") as file:
        source = file.read()
    program = Program(
        path=path,
        tree=ast.parse(source),
        texts=[SourceText(path, source)],
        folder=os.path.dirname(os.path.abspath(path)),
    )
    settings = {"executions": executions, "clock": "legal", "seed": 0, "real_code": real_code}
    findings = Explorer(program, settings, Budget(None)).explore()
    return {
        "exhaustive": findings["explored"]["exhaustive"],
        "classes": findings["explored"]["classes"],
        "executions": findings["explored"]["executions"],
        "results": sorted(json.dumps(each["value"], sort_keys=True) for each in findings["results"]),
        "failures": sorted({each["kind"] for each in findings["failures"]}),
        "self_check": [each["message"] for each in findings["notes"] if each["kind"] == "self-check"],
    }


def main() -> None:
    """Explore the files of the command line."""
    for path in sys.argv[2:]:
        ways = {way: found(path, int(sys.argv[1]), kinds) for way, kinds in (("whole", frozenset()), ("real", KINDS))}
        print(json.dumps(ways), flush=True)


if __name__ == "__main__":
    main()

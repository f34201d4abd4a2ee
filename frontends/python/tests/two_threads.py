"""Programs of two threads, one that looks and one that changes, whose results are counted by hand."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import indent
from typing import Any

from conftest import Everyway, values_of

SOURCE = """\
import threading

seen = None
{before}


def look():
    global seen
{look}


def change():
{change}


pair = [threading.Thread(target=each) for each in (look, change)]
for each in pair:
    each.start()
for each in pair:
    each.join()
"""


def unit_of(everyway: Everyway, folder: Path, before: str, look: str, change: str) -> dict[str, Any]:
    """Check the program."""
    source = SOURCE.format(before=before, look=indent(look, "    "), change=indent(change, "    "))
    return everyway.unit_of(source, folder, "--executions", 2000)


def all_seen(unit: dict[str, Any], name: str = "seen") -> list[Any]:
    """What the first thread can have seen, in an order of its own."""
    assert unit["results_complete"], unit["message"]
    return in_order(values_of(unit, name))


def in_order(values: list[Any]) -> list[Any]:
    """Values of any kind, each once, in the order of their texts."""
    return [json.loads(text) for text in sorted({json.dumps(value) for value in values})]

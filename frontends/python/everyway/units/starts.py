"""Which calls start something concurrent, as far as their text tells."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from .names import library, origin, words

# What these stand for is known by the import; the name alone (`Thread`) may be the user's own
# class.
_CALLS = library(
    {
        "threading": "Thread Timer",
        "_thread": "start_new_thread start_new start_joinable_thread",
        "multiprocessing": "Process Pool Manager",
        "multiprocessing.pool": "Pool ThreadPool",
        "multiprocessing.dummy": "Pool Process",
        "concurrent.futures": "ThreadPoolExecutor ProcessPoolExecutor",
        "concurrent.futures.thread": "ThreadPoolExecutor",
        "concurrent.futures.process": "ProcessPoolExecutor",
        "asyncio": (
            "run Runner gather create_task ensure_future TaskGroup wait wait_for "
            "as_completed to_thread run_coroutine_threadsafe"
        ),
    }
)
# Methods of objects whose class the text doesn't tell: loops, executors, pools, task groups.
_METHODS = words(
    "create_task run_in_executor run_until_complete call_soon call_later call_at "
    "call_soon_threadsafe start_soon submit apply_async map_async starmap_async imap "
    "imap_unordered"
)


@dataclass(frozen=True)
class Start:
    """A call that starts something concurrent, or makes what starts it."""

    line: int
    name: str


def starts(tree: ast.AST, imported: Mapping[str, str], own: frozenset[str] = frozenset()) -> list[Start]:
    """Give the calls in ``tree`` that start something concurrent, in order of their lines.

    ``imported`` says what imported names stand for, ``own`` which names the module binds itself.
    """
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = _started_by(node, imported, own)
            if name is not None:
                found.append(Start(node.lineno, name))
        elif isinstance(node, ast.ClassDef):
            # A subclass is started by its own `start`, inherited.
            bases = [origin(base, imported, own=own) for base in node.bases]
            found += [Start(node.lineno, name) for name in bases if name is not None and name in _CALLS]
    return sorted(found, key=lambda start: (start.line, start.name))


def _started_by(call: ast.Call, imported: Mapping[str, str], own: frozenset[str]) -> str | None:
    name = origin(call.func, imported, own=own)
    if name in _CALLS:
        return name
    if isinstance(call.func, ast.Attribute) and call.func.attr in _METHODS:
        return call.func.attr
    return None

"""A copy of a guide that says the same in other words: other names, headings, lines and layout."""

from __future__ import annotations

import ast
import asyncio
import builtins
import concurrent.futures
import multiprocessing.managers
import os
import queue
import random
import re
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#+) .*$", re.MULTILINE)
PARAGRAPH = "A paragraph that the original does not have.\n\nAnd another one.\n\n"

LIBRARY: tuple[Any, ...] = (
    builtins, asyncio, concurrent.futures, multiprocessing, os, queue, random, threading, time,
    threading.Thread, threading.Lock(), threading.RLock(), threading.Condition(), threading.Event(),
    threading.Semaphore(), queue.Queue(), asyncio.Queue, asyncio.Lock, concurrent.futures.Executor,
    concurrent.futures.Future, multiprocessing.Process, multiprocessing.managers.ValueProxy, deque, list, dict, set,
    str,
)  # fmt: skip


@dataclass(frozen=True)
class Copy:
    """The copy's text, its names by those of the original, and the lines of its Python fences by theirs."""

    text: str
    names: dict[str, str]
    lines: dict[int, int]


def copy_of(guide: str) -> Copy:
    """Make a copy of a guide; what isn't Python is left as it is."""
    trees = {match.start(): ast.parse(match[2]) for match in FENCE.finditer(guide) if match[1] == "python"}
    names = new_names(trees.values())
    pieces, lines, end, length = [], {}, 0, 0

    def add(text: str) -> None:
        nonlocal length
        pieces.append(text)
        length += text.count("\n")

    add("---\n\n")
    for match in FENCE.finditer(guide):
        add(HEADING.sub(r"\1 Another heading", guide[end : match.start()]))
        end = match.end()
        if match.start() not in trees:
            add(match[0])
            continue
        add(PARAGRAPH)
        lines[guide.count("\n", 0, match.start()) + 1] = length + 1
        tree = Renaming(names).visit(trees[match.start()])
        add(f"```python\n# In other words.\n\n{ast.unparse(tree)}\n```")
    add(guide[end:])
    return Copy("".join(pieces), names, lines)


def new_names(trees: Iterable[ast.Module]) -> dict[str, str]:
    """A new name for each name that the guide itself gives to something."""
    taken = {name for each in LIBRARY for name in dir(each)} | {"item"}
    given: dict[str, None] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                taken |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                given[node.name] = None
            elif isinstance(node, ast.arg):
                given[node.arg] = None
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                given[node.id] = None
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                given[node.attr] = None
    own = [name for name in given if name not in taken and not name.startswith("__")]
    return {"item": "parcel"} | {name: new_name(name, number) for number, name in enumerate(own)}


def new_name(name: str, number: int) -> str:
    """A name of the same shape that has nothing else in common with the old one."""
    return f"Kind{number}" if name[0].isupper() else f"thing_{number}"


class Renaming(ast.NodeTransformer):
    """Gives the new names, wherever the old ones stand."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Rename what the node itself names."""
        for field in ("id", "attr", "arg", "name"):
            old = getattr(node, field, None)
            if isinstance(old, str) and not isinstance(node, (ast.alias, ast.keyword)):
                setattr(node, field, self.names.get(old, old))
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            node.names = [self.names.get(name, name) for name in node.names]
        return super().generic_visit(node)

"""Small copies: the program with its literal loop bounds and counts of tasks cut down.

A copy keeps every line where it was, so that a schedule found in it names lines of the program. It
only steers: what fails in a copy counts once the program itself fails so.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .bounds import constant, counter_bounds, loop_constants
from .names import bound, words
from .shape import visible_imports
from .starts import starts

# Loops of up to so many rounds stay as they are, unless each round starts a task.
KEPT = 3

# Wrappers of what a loop runs over that keep its length.
_KEEP_LENGTH = words("enumerate reversed list tuple sorted zip iter")
# Methods that start a task for each element of their last arguments.
_MAPPING_METHODS = words("map map_async starmap starmap_async imap imap_unordered")
# Called on what may be a thread of the user's own making.
_STARTING_METHODS = frozenset(["start"])


@dataclass(frozen=True)
class Cut:
    """One change of a small copy: at which line, what it was, what it is."""

    line: int
    old: str
    new: str


@dataclass(frozen=True)
class SmallCopy:
    """A smaller program, the size it was cut to, and the cuts in order of their lines."""

    size: int
    module: ast.Module
    cuts: tuple[Cut, ...]


def copies(module: ast.Module, sizes: Sequence[int] = (2, 3), *, carried: Sequence[ast.stmt] = ()) -> list[SmallCopy]:
    """Give the copies of ``module``, without those that change nothing or repeat another."""
    found: list[SmallCopy] = []
    for size in sizes:
        smaller = small_copy(module, size, carried=carried)
        if smaller is not None and all(smaller.cuts != other.cuts for other in found):
            found.append(smaller)
    return found


def small_copy(module: ast.Module, size: int, *, carried: Sequence[ast.stmt] = ()) -> SmallCopy | None:
    """Cut ``module`` down to ``size`` rounds and tasks; ``None`` if nothing can be cut."""
    smaller = copy.deepcopy(module)
    own = bound(module)
    cutter = _Cutter(size, visible_imports(module, carried, own), own)
    if "range" not in cutter.own:
        cutter.constants = loop_constants(smaller)
    cutter.cut(smaller)
    if not cutter.cuts:
        return None
    return SmallCopy(size, smaller, tuple(sorted(cutter.cuts, key=lambda cut: (cut.line, cut.old))))


class _Cutter:
    def __init__(self, size: int, imported: Mapping[str, str], own: frozenset[str]) -> None:
        self.size = size
        self.imported = imported
        self.own = own
        self.constants: dict[str, ast.Constant] = {}
        self.cuts: list[Cut] = []

    def cut(self, module: ast.Module) -> None:
        for node in ast.walk(module):
            for rounds, creates in self._rounds(node):
                self._cut_iterable(rounds, KEPT if not creates else 0)
        for counter in counter_bounds(module):
            self._cut_while(counter.test, counter.start, counter.step)
        for node in ast.walk(module):
            if isinstance(node, ast.BinOp):
                self._cut_repetition(node)

    def _rounds(self, node: ast.AST) -> Iterator[tuple[ast.expr, bool]]:
        """Give what a node iterates over, and whether each round starts a task."""
        if isinstance(node, ast.For | ast.AsyncFor):
            yield node.iter, self._starts(node.body)
        elif isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
            yield from ((part.iter, self._starts([node.elt])) for part in node.generators)
        elif isinstance(node, ast.DictComp):
            yield from ((part.iter, self._starts([node.key, node.value])) for part in node.generators)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in _MAPPING_METHODS:
                yield from ((argument, True) for argument in node.args[1:])
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "map":
            yield from ((argument, False) for argument in node.args[1:])

    def _starts(self, parts: Sequence[ast.AST]) -> bool:
        if any(starts(part, self.imported, self.own) for part in parts):
            return True
        calls = [node.func for part in parts for node in ast.walk(part) if isinstance(node, ast.Call)]
        return any(isinstance(function, ast.Attribute) and function.attr in _STARTING_METHODS for function in calls)

    def _cut_iterable(self, node: ast.expr, kept: int) -> None:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id not in self.own:
            if node.func.id == "range":
                self._cut_range(node, kept)
            elif node.func.id in _KEEP_LENGTH:
                for argument in node.args:
                    self._cut_iterable(argument, kept)
        elif isinstance(node, ast.List | ast.Tuple | ast.Set):
            starred = any(isinstance(part, ast.Starred) for part in node.elts)
            if not starred and self._is_long(len(node.elts), kept):
                old = ast.unparse(node)
                node.elts = node.elts[: self.size]
                self._record(node, old)

    def _cut_range(self, call: ast.Call, kept: int) -> None:
        position = 0 if len(call.args) == 1 else 1
        if call.keywords or not 1 <= len(call.args) <= 3:
            return
        values = [self._value(argument) for argument in call.args]
        first, stop = (0, values[0]) if position == 0 else (values[0], values[1])
        step = values[2] if len(values) == 3 else 1
        if first is None or stop is None or not step or not self._is_long(len(range(first, stop, step)), kept):
            return
        self._replace(call, call.args[position], first + self.size * step)

    def _cut_while(self, test: ast.Compare, start: int, step: int) -> None:
        limit = self._value(test.comparators[0])
        if limit is None:
            return
        inclusive = isinstance(test.ops[0], ast.LtE | ast.GtE)
        sign = 1 if step > 0 else -1
        if self._is_long(len(range(start, limit + sign * inclusive, step)), KEPT):
            rounds = self.size - 1 if inclusive else self.size
            self._replace(test, test.comparators[0], start + rounds * step)

    def _cut_repetition(self, node: ast.BinOp) -> None:
        """Cut ``[x] * 1000``."""
        for sequence, times in ((node.left, node.right), (node.right, node.left)):
            if isinstance(node.op, ast.Mult) and isinstance(sequence, ast.List | ast.Tuple):
                count = self._value(times)
                if count is not None and self._is_long(count, KEPT):
                    self._replace(node, times, self.size)

    def _replace(self, whole: ast.expr, part: ast.expr, value: int) -> None:
        old = ast.unparse(whole)
        if isinstance(part, ast.Name):
            # The first use decides for all: the others see the value that it cut.
            named = self.constants[part.id]
            self.cuts.append(Cut(named.lineno, f"{part.id} = {named.value!r}", f"{part.id} = {value}"))
            named.value = value
            return
        _overwrite(whole, part, ast.copy_location(_integer(value), part))
        self._record(whole, old)

    def _record(self, node: ast.expr, old: str) -> None:
        self.cuts.append(Cut(node.lineno, old, ast.unparse(node)))

    def _value(self, node: ast.expr) -> int | None:
        if isinstance(node, ast.Name) and node.id in self.constants:
            return constant(self.constants[node.id])
        return constant(node)

    def _is_long(self, count: int, kept: int) -> bool:
        return count > max(kept, self.size)


def _integer(value: int) -> ast.expr:
    number = ast.Constant(abs(value))
    return number if value >= 0 else ast.UnaryOp(ast.USub(), number)


def _overwrite(whole: ast.expr, part: ast.expr, new: ast.expr) -> None:
    ast.fix_missing_locations(new)
    for name, value in ast.iter_fields(whole):
        if value is part:
            setattr(whole, name, new)
        elif isinstance(value, list):
            value[:] = [new if item is part else item for item in value]

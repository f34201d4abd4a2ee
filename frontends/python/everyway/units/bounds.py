"""Which numbers of a program only bound its loops."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_OPERATORS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Pow: operator.pow,
}
# `10 ** 9 ** 9` must not be computed.
_LARGEST = 10**12
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


@dataclass(frozen=True)
class CounterBound:
    """The test of a ``while`` loop over a plain counter, with the counter's start and step."""

    test: ast.Compare
    start: int
    step: int


def constant(node: ast.expr) -> int | None:
    """Give the value of a whole number written out, ``10 * 1000`` included."""
    if isinstance(node, ast.Constant):
        return node.value if type(node.value) is int else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = constant(node.operand)
        return None if value is None else -value
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        left, right = constant(node.left), constant(node.right)
        if left is None or right is None or abs(left) > _LARGEST or abs(right) > _LARGEST:
            return None
        if isinstance(node.op, ast.Pow) and not 0 <= right <= 12:
            return None
        return _OPERATORS[type(node.op)](left, right)
    return None


def loop_constants(module: ast.Module) -> dict[str, ast.Constant]:
    """Give the globals bound once, to a whole number, and read nowhere but as bounds of loops."""
    found: dict[str, ast.Constant] = {}
    for statement in module.body:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
        elif isinstance(statement, ast.AnnAssign):
            target = statement.target
        else:
            continue
        value = statement.value
        if isinstance(target, ast.Name) and isinstance(value, ast.Constant) and type(value.value) is int:
            found[target.id] = value
    bounds = {id(node) for node in _bounds(module)}
    stores: dict[str, int] = {}
    for node in ast.walk(module):
        for name in _stored(node):
            stores[name] = stores.get(name, 0) + 1
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in bounds:
            found.pop(node.id, None)
    return {name: value for name, value in found.items() if stores[name] == 1}


def counter_bounds(module: ast.Module) -> Iterator[CounterBound]:
    """Give the tests of ``while`` loops that compare a plain counter with a bound."""
    functions = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    for scope in [module, *functions]:
        body = list(_own_nodes(scope))
        for test in (test for node in body if isinstance(node, ast.While) for test in _tests(node.test)):
            counter = _counter(test, body) or _global_counter(test, body, module)
            if counter is not None and _fits(test, counter[1]):
                yield CounterBound(test, *counter)


def _tests(test: ast.expr) -> Iterator[ast.Compare]:
    """Give the comparisons that must all hold."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        for part in test.values:
            yield from _tests(part)
    elif isinstance(test, ast.Compare) and len(test.ops) == 1:
        yield test


def _counter(test: ast.Compare, body: list[ast.AST]) -> tuple[int, int] | None:
    """Give the counter's start and step if ``body`` only starts and steps it."""
    if not isinstance(test.left, ast.Name):
        return None
    starts: set[int] = set()
    steps: set[int] = set()
    accounted = 0
    for node in body:
        value = _assigned(node, test.left.id)
        if value is not None:
            step = _step(value, test.left.id)
            into = starts if step is None else steps
            number = constant(value) if step is None else step
            if number is None:
                return None
            into.add(number)
            accounted += 1
    stores = [name for node in body for name in _stored(node) if name == test.left.id]
    if len(starts) != 1 or len(steps) != 1 or len(stores) != accounted:
        return None
    return starts.pop(), steps.pop()


def _global_counter(test: ast.Compare, body: list[ast.AST], module: ast.Module) -> tuple[int, int] | None:
    declared = [name for node in body if isinstance(node, ast.Global) for name in node.names]
    if not isinstance(test.left, ast.Name) or test.left.id not in declared:
        return None
    return _counter(test, list(ast.walk(module)))


def _assigned(node: ast.AST, name: str) -> ast.expr | None:
    """Give what a statement assigns to ``name``; ``name += 1`` as ``name + 1``."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
        return node.value if isinstance(target, ast.Name) and target.id == name else None
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == name:
        return node.value
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and node.target.id == name:
        return ast.BinOp(ast.Name(name, ast.Load()), node.op, node.value)
    return None


def _step(value: ast.expr, name: str) -> int | None:
    if not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Add | ast.Sub):
        return None
    if not isinstance(value.left, ast.Name) or value.left.id != name:
        return None
    step = constant(value.right)
    return -step if step is not None and isinstance(value.op, ast.Sub) else step


def _fits(test: ast.Compare, step: int) -> bool:
    upwards = isinstance(test.ops[0], ast.Lt | ast.LtE) and step > 0
    downwards = isinstance(test.ops[0], ast.Gt | ast.GtE) and step < 0
    return upwards or downwards


def _bounds(module: ast.Module) -> Iterator[ast.expr]:
    """Give the expressions that stand where a loop's bound does."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
            yield from node.args[:1] if len(node.args) == 1 else node.args[1:2]
        elif isinstance(node, ast.While):
            yield from (test.comparators[0] for test in _tests(node.test))
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            # `[x] * ROUNDS`
            pairs = (node.left, node.right), (node.right, node.left)
            yield from (times for sequence, times in pairs if isinstance(sequence, ast.List | ast.Tuple))


def _stored(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        return [node.id]
    if isinstance(node, ast.arg):
        return [node.arg]
    return []


def _own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """Give the nodes of a scope without those of the functions and classes in it."""
    pending = list(ast.iter_child_nodes(scope))
    while pending:
        node = pending.pop(0)
        yield node
        if not isinstance(node, _FUNCTIONS):
            pending.extend(ast.iter_child_nodes(node))

"""Which objects of the library a callback looks at or changes: what makes the order of callbacks matter.

The source of the library's modules is rewritten as it is loaded. A plain method announces its `self`
once, as changed if any of its statements may change it; coroutines and generators announce each access
where it happens, since another callback may run between two of them. Variables that a function shares
with the functions in it are one object. Methods announce themselves, so calling one is no access.
"""

from __future__ import annotations

import ast
import functools
from typing import Any

from everyway import _core as core

NOTE = "__ev_note__"
SEEN = "__ev_seen__"
BACK = "__ev_back__"
DRAWN = "__ev_drawn__"
TOKEN = "__ev_token__"
NEW_TOKEN = "__ev_new_token__"

MODULES = frozenset(
    f"asyncio.{name}" for name in "futures tasks locks queues taskgroups timeouts staggered mixins threads".split()
)

_MUTATORS = frozenset(
    """
    add append appendleft clear discard extend insert pop popitem popleft remove rotate setdefault
    sort update reverse
    """.split()
)
_MUTATING_FUNCTIONS = frozenset({"heappush", "heappop", "heapify"})
# What no other callback sees: a mark that lives for a moment, and what only a log shows.
_PRIVATE = frozenset(
    """
    _asyncio_future_blocking __log_traceback _log_traceback _source_traceback _log_destroy_pending
    _loop __class__ __name__ __dict__ __module__
    """.split()
)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef

# What all tasks of a program share: the numbers in their names, a loop's settings and its generators.
NAMES, SETTINGS, GENERATORS, _FIRST = range(4)
# Which tasks there are is told by no object.
EVERYTHING = -1
_numbers = _FIRST


class Token:
    """Stands for the variables that a call of a function shares with the functions in it."""

    __slots__ = ("_ev_number",)


def begin_execution() -> None:
    """No object has been announced."""
    global _numbers
    _numbers = _FIRST


def note(value: Any, writes: int) -> None:
    """Announce that the running callback looks at an object or changes it."""
    global _numbers
    try:
        number = value._ev_number
    except AttributeError:
        number = _numbers
        _numbers += 1
        try:
            value._ev_number = number
        except (AttributeError, TypeError):
            return  # a number, a text: it can't change
    core.loop_note(number, writes == 1)


def seen(value: Any, writes: int) -> Any:
    """The same, as a part of an expression."""
    note(value, writes)
    return value


def back(value: Any, token: Token) -> Any:
    """A coroutine goes on, and what it shares may have been changed meanwhile."""
    note(token, 1)
    return value


def around(function: Any, number: int, writes: bool) -> Any:
    """A function of the library that looks at, or changes, what all share."""

    @functools.wraps(function)
    def announcing(*arguments: Any, **keywords: Any) -> Any:
        if core.in_execution():
            core.loop_note(number, writes)
        return function(*arguments, **keywords)

    return announcing


def drawn(value: Any) -> Any:
    """A number was drawn for the name of a task."""
    core.loop_note(NAMES, True)
    return value


def names() -> dict[str, Any]:
    """What rewritten modules call."""
    return {NOTE: note, SEEN: seen, BACK: back, DRAWN: drawn, NEW_TOKEN: Token}


def rewrite(tree: ast.Module) -> ast.Module:
    """Let a module announce what it looks at and changes."""
    known = set()
    for statement in tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            known |= {(alias.asname or alias.name).partition(".")[0] for alias in statement.names}
        elif isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
            known.add(statement.name)
    for function in _outermost(tree):
        _function(function, known, None)
    return tree


def _outermost(tree: ast.AST) -> list[Function]:
    found: list[Function] = []
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, _FUNCTIONS):
            found.append(child)
        else:
            found += _outermost(child)
    return found


def _function(function: Function, known: set[str], outer: Function | None) -> None:
    """Rewrite a function; ``outer`` is the outermost one that it is in."""
    inner = [each for statement in function.body for each in _inner(statement)]
    shares = outer is not None or bool(inner)
    for each in inner:
        _function(each, known, outer or function)
    waits = isinstance(function, ast.AsyncFunctionDef) or _yields(function)
    parameters = function.args.posonlyargs + function.args.args
    own = parameters[0].arg if parameters and parameters[0].arg == "self" and not waits else None
    accesses = _Accesses(known, own, shares and waits)
    at = 1 if ast.get_docstring(function, clean=False) is not None else 0
    body = function.body
    body[at:] = [accesses.visit(statement) for statement in body[at:]]
    first: list[ast.stmt] = []
    if outer is None and inner:
        first.append(ast.Assign([_name(TOKEN, ast.Store())], _call(NEW_TOKEN)))
    elif outer is not None:
        first.append(ast.Expr(_call(NOTE, _name(TOKEN), ast.Constant(1))))
    if own is not None and accesses.strength is not None and function.name not in ("__init__", "__del__"):
        first.append(ast.Expr(_call(NOTE, _name(own), ast.Constant(accesses.strength))))
    for statement in first:
        ast.copy_location(statement, function)
        for node in ast.walk(statement):
            ast.copy_location(node, function)
    body[at:at] = first


def _inner(node: ast.AST) -> list[Function]:
    if isinstance(node, _FUNCTIONS):
        return [node]
    if isinstance(node, ast.ClassDef):
        return []
    return [each for child in ast.iter_child_nodes(node) for each in _inner(child)]


def _yields(node: ast.AST) -> bool:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (*_FUNCTIONS, ast.Lambda, ast.ClassDef)):
            continue
        if isinstance(child, ast.Yield | ast.YieldFrom) or _yields(child):
            return True
    return False


def _is_of(node: ast.expr, name: str) -> bool:
    """Whether it is an attribute of that variable."""
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name


def _name(name: str, context: ast.expr_context | None = None) -> ast.expr:
    return ast.Name(name, context or ast.Load())


def _call(name: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(_name(name), list(arguments), [])


class _Accesses(ast.NodeTransformer):
    """Announces the accesses in a function, but for those of its own object, whose strength it finds."""

    def __init__(self, known: set[str], own: str | None, shares: bool) -> None:
        self._known = known
        self._own = own
        self._shares = shares
        self._changed: set[int] = set()
        self._methods: set[int] = set()
        self.strength: int | None = None

    def visit_function(self, node: ast.AST) -> ast.AST:
        return node  # rewritten by itself

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = visit_function

    def visit_Call(self, node: ast.Call) -> ast.AST:
        called = node.func
        if isinstance(called, ast.Attribute):
            if isinstance(called.value, ast.Name):
                self._methods.add(id(called))
                # Its own container, given to a method: that may change it.
                self._changed |= {id(argument) for argument in node.args if _is_of(argument, called.value.id)}
            elif called.attr in _MUTATORS:
                self._changed.add(id(called.value))
        elif isinstance(called, ast.Name) and called.id in _MUTATING_FUNCTIONS:
            self._changed |= {id(argument) for argument in node.args}
        self.generic_visit(node)
        if isinstance(called, ast.Name) and called.id == "_task_name_counter":
            return ast.copy_location(_call(DRAWN, node), node)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if isinstance(node.ctx, ast.Store | ast.Del):
            self._changed.add(id(node.value))
        self.generic_visit(node)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self._changed.add(id(node.target))
        self.generic_visit(node)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        base = node.value
        if not isinstance(base, ast.Name) or base.id in self._known or node.attr in _PRIVATE:
            return node
        if id(node) in self._methods:
            return node
        strength = int(isinstance(node.ctx, ast.Store | ast.Del) or id(node) in self._changed)
        if base.id == self._own:
            self.strength = max(strength, self.strength or 0)
            return node
        node.value = ast.copy_location(_call(SEEN, base, ast.Constant(strength)), base)
        return node

    def visit_Await(self, node: ast.Await) -> ast.AST:
        self.generic_visit(node)
        if not self._shares:
            return node
        return ast.copy_location(_call(BACK, node, _name(TOKEN)), node)

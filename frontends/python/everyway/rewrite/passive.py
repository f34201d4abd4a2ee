"""Passive loops: `while` loops whose rounds only wait for what another task does.

Such a round changes no local, and calls nothing but what reads shared state or waits. One level of functions
without arguments of the same module is looked into. When in doubt a loop is not passive.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from .collector import Function, Scope, stored_names
from .scopes import Scopes

AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef
QUIET_BUILTINS = frozenset(
    "abs all any bool callable float frozenset getattr hasattr id int isinstance len list max min repr set sorted"
    " str sum tuple".split()
)
QUIET_METHODS = frozenset(
    "acquire copy count done empty full get index is_alive is_set items join keys locked qsize release values"
    " wait".split()
)
WAITING_FUNCTIONS = frozenset(("sleep", "monotonic", "time", "perf_counter"))
# At an await the others of an event loop go on, so a round with one is a round of theirs too.
UNQUIET = (
    ast.Await,
    ast.Yield,
    ast.YieldFrom,
    ast.NamedExpr,
    ast.Lambda,
    ast.Import,
    ast.ImportFrom,
    ast.For,
    ast.AsyncFor,
)
DEFINITIONS = (*Function, ast.ClassDef)


def passive_loops(scopes: Scopes) -> set[ast.While]:
    """Give the loops of a module whose rounds only read shared state and wait."""
    functions: dict[str, list[AnyFunction]] = {}
    for node in scopes.by_node:
        if isinstance(node, Function):
            functions.setdefault(node.name, []).append(node)
    quietness = Quietness(scopes, functions)
    return {node for node, scope in scopes.loops.items() if quietness.holds([node.test, *node.body], scope)}


class Quietness:
    """Judges the text of a loop, and of the functions that it calls, one level deep."""

    def __init__(self, scopes: Scopes, functions: dict[str, list[AnyFunction]], depth: int = 1) -> None:
        self.scopes = scopes
        self.functions = functions
        self.depth = depth

    def holds(self, nodes: Iterable[ast.AST], scope: Scope) -> bool:
        """Say whether these nodes change no local and call nothing that could."""
        parts = list(nodes)
        for name in stored_names(parts):
            if (
                self.scopes.owner(scope, scope.mangled(name)) is not self.scopes.module
                or scope.body() is self.scopes.module
            ):
                return False
        return all(self.is_quiet(part, scope) for node in parts for part in ast.walk(node))

    def is_quiet(self, node: ast.AST, scope: Scope) -> bool:
        """Say whether one node keeps a round passive."""
        if isinstance(node, ast.Call):
            return self.is_quiet_call(node, scope)
        return not isinstance(node, (*UNQUIET, *DEFINITIONS))

    def is_quiet_call(self, node: ast.Call, scope: Scope) -> bool:
        """Say whether a call only reads shared state or waits."""
        match node.func:
            case ast.Name(id=name) if self.scopes.is_builtin(scope, scope.mangled(name)):
                return name in QUIET_BUILTINS
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in self.functions:
                return not node.args and not node.keywords and self.is_quiet_function(name)
            case ast.Name(id=name):
                return name in WAITING_FUNCTIONS and self.scopes.imported(scope, scope.mangled(name)) is not None
            case ast.Attribute(attr=name):
                return name in QUIET_METHODS or name in WAITING_FUNCTIONS
        return False

    def is_quiet_function(self, name: str) -> bool:
        """Say whether all functions of this name in the module are quiet themselves."""
        if self.depth == 0:
            return False
        inner = Quietness(self.scopes, self.functions, self.depth - 1)
        found = self.functions[name]
        return all(inner.holds(function.body, self.scopes.by_node[function]) for function in found)

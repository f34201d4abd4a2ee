"""What shape a module has: does it only define, what does it start."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .definition import branches, is_definition, is_inert, makes_class
from .names import bound, dotted, imported_names, library, origin, root, words
from .starts import Start, starts

_SYNCHRONISATION = library(
    {
        "threading": "Lock RLock Semaphore BoundedSemaphore Condition Event Barrier local",
        "_thread": "allocate_lock",
        "queue": "Queue LifoQueue PriorityQueue SimpleQueue",
        "asyncio": ("Lock Semaphore BoundedSemaphore Condition Event Barrier Queue LifoQueue PriorityQueue"),
        "multiprocessing": (
            "Lock RLock Semaphore BoundedSemaphore Condition Event Barrier Queue SimpleQueue JoinableQueue Value Array"
        ),
        "contextvars": "ContextVar",
    }
)
_CONTAINERS = library(
    {
        "collections": "deque defaultdict OrderedDict Counter",
    }
)
# The only spellings of some literals: an empty set, a `bytearray`, a bare marker; and what rows
# of locks count by.
_LITERAL_BUILTINS = words("list dict set tuple frozenset bytearray object float range")


@dataclass(frozen=True)
class Function:
    """A plain or async function that a module defines at its top level."""

    name: str
    line: int
    node: ast.FunctionDef | ast.AsyncFunctionDef
    takes_required: bool
    is_async: bool
    is_generator: bool


@dataclass(frozen=True)
class Shape:
    """What the text of a module tells.

    ``runs`` is the line of the first statement that does more than define, or ``None``;
    ``passing`` are the names that results leave out.
    """

    runs: int | None
    passing: frozenset[str]
    starts: tuple[Start, ...]
    functions: tuple[Function, ...]

    @property
    def definitions_only(self) -> bool:
        """Say whether loading it runs only definitions, literals and such constructors."""
        return self.runs is None


def shape(module: ast.Module, *, carried: Iterable[ast.stmt] = ()) -> Shape:
    """Read the shape of ``module``; ``carried`` are definitions of earlier blocks that it sees."""
    own = bound(module)
    visible = visible_imports(module, carried, own)
    quiet = _Quiet(visible, own)
    runs = next((line for statement in module.body if (line := quiet.runs(statement)) is not None), None)
    return Shape(runs, passing_names(module), tuple(starts(module, visible, own)), own_functions(module))


def visible_imports(module: ast.Module, carried: Iterable[ast.stmt], own: frozenset[str]) -> dict[str, str]:
    """Say what the imported names that ``module``, which binds ``own``, sees stand for."""
    earlier = imported_names(list(carried))
    seen = {name: full for name, full in earlier.items() if name not in own}
    return {**seen, **imported_names(module.body)}


def own_functions(module: ast.Module) -> tuple[Function, ...]:
    """Give the functions that ``module`` defines at top level and leaves bound, in source order."""
    last: dict[str, ast.stmt] = {}
    for statement in module.body:
        for name in bound(ast.Module([statement], [])):
            last[name] = statement
    functions = [
        statement
        for statement in module.body
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and last[statement.name] is statement
    ]
    return tuple(_function(node) for node in functions)


def passing_names(module: ast.Module) -> frozenset[str]:
    """Give the top-level names bound only by ``for``, ``with … as`` and ``except … as``."""
    visitor = _PassingVisitor()
    visitor.visit(module)
    # A function that stores the name, declared `global`, binds it in another way.
    inner = [part for part in module.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]
    return frozenset(visitor.passing - visitor.stored - bound(ast.Module(list(inner), [])))


def is_generator(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Say whether calling the function only makes a generator."""
    pending: list[ast.AST] = list(node.body)
    while pending:
        part = pending.pop()
        if isinstance(part, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            pending.extend(ast.iter_child_nodes(part))
    return False


def is_main_guard(test: ast.expr) -> bool:
    """Say whether ``test`` is ``__name__ == "__main__"``."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return False
    sides = [test.left, test.comparators[0]]
    names = [side.id for side in sides if isinstance(side, ast.Name)]
    texts = [side.value for side in sides if isinstance(side, ast.Constant)]
    return names == ["__name__"] and texts == ["__main__"]


class _Quiet:
    """Finds the first line that runs something."""

    def __init__(self, imported: Mapping[str, str], own: frozenset[str]) -> None:
        self.imported = imported
        self.own = own

    def runs(self, statement: ast.stmt) -> int | None:
        if isinstance(statement, ast.If) and is_main_guard(statement.test):
            return self._first(statement.body)
        if isinstance(statement, ast.ClassDef):
            return self._first(statement.body)
        if isinstance(statement, ast.If) and not self._is_literal(statement.test):
            return statement.lineno
        inside = branches(statement)
        if inside is not None:
            return self._first(inside)
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            silent = statement.value is None or self._is_literal(statement.value)
            return None if silent else statement.lineno
        return None if is_definition(statement) or is_inert(statement) else statement.lineno

    def _first(self, statements: Sequence[ast.stmt]) -> int | None:
        return next((line for part in statements if (line := self.runs(part)) is not None), None)

    def _is_literal(self, node: ast.expr) -> bool:
        """Say whether ``node`` only makes literals and synchronisation objects."""
        if isinstance(node, ast.Lambda | ast.Constant | ast.Name):
            return True
        if isinstance(node, ast.Call):
            return self._makes_object(node)
        if isinstance(node, ast.Subscript):
            return self._is_library(node.value)
        if isinstance(node, ast.Await | ast.NamedExpr | ast.Yield | ast.YieldFrom):
            return False
        # Comprehensions of literals make literals; their parts are asked one by one.
        return all(self._is_literal(part) for part in _expressions(node))

    def _is_library(self, node: ast.expr) -> bool:
        """Say whether ``node`` names what the library has: the ``dict`` of ``dict[str, int]``."""
        name = origin(node, self.imported, own=self.own)
        return name is not None and (root(dotted(node) or "") in self.imported or hasattr(builtins, name))

    def _makes_object(self, call: ast.Call) -> bool:
        parts = [*call.args, *(keyword.value for keyword in call.keywords)]
        if not all(self._is_literal(part) for part in parts):
            return False
        name = origin(call.func, self.imported, own=self.own)
        made = name in _SYNCHRONISATION or name in _CONTAINERS or name in _LITERAL_BUILTINS
        return made or makes_class(call)


class _PassingVisitor(ast.NodeVisitor):
    def __init__(self) -> None:
        self.passing: set[str] = set()
        self.stored: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self.stored.add(node.id)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self._pass(node.target)
        for part in [node.iter, *node.body, *node.orelse]:
            self.visit(part)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> None:
        self.visit_For(node)

    def visit_withitem(self, node: ast.withitem) -> None:
        self.visit(node.context_expr)
        if node.optional_vars is not None:
            self._pass(node.optional_vars)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self.passing.add(node.name)
        for part in node.body:
            self.visit(part)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self.stored.add(node.name)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.stored.add(node.name)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.stored.add(node.name)

    def visit_alias(self, node: ast.alias) -> None:
        self.stored.add(node.asname or node.name.partition(".")[0])

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        self.stored |= {node.name} if node.name else set()
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        # Its target is a variable of its own.
        self.visit(node.iter)
        for condition in node.ifs:
            self.visit(condition)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        return

    def _pass(self, target: ast.expr) -> None:
        names = [part for part in ast.walk(target) if isinstance(part, ast.Name)]
        self.passing |= {name.id for name in names if isinstance(name.ctx, ast.Store)}


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Function:
    positional = [*node.args.posonlyargs, *node.args.args]
    required = len(positional) > len(node.args.defaults) or None in node.args.kw_defaults
    is_async = isinstance(node, ast.AsyncFunctionDef)
    return Function(node.name, node.lineno, node, required, is_async, is_generator(node))


def _expressions(node: ast.AST) -> list[ast.expr]:
    found: list[ast.expr] = []
    for child in ast.iter_child_nodes(node):
        found += [child] if isinstance(child, ast.expr) else _expressions(child)
    return found

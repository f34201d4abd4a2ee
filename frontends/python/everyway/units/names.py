"""Which module-level names a piece of code binds, and which it needs.

Python's own ``symtable`` decides what is global, so that a local which happens to be called like a
definition of an earlier block isn't taken for it.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass


def words(text: str) -> frozenset[str]:
    """Give the words of ``text`` as a set."""
    return frozenset(text.split())


def library(modules: Mapping[str, str]) -> frozenset[str]:
    """Give the full dotted names of what is listed for each module of the standard library."""
    return frozenset(f"{module}.{name}" for module, names in modules.items() for name in names.split())


@dataclass(frozen=True)
class Needs:
    """Dotted names that code reads: ``now`` while loaded, ``later`` in calls of its functions."""

    now: frozenset[str]
    later: frozenset[str]


def parse(source: str) -> ast.Module | None:
    """Parse ``source``, or give ``None`` where Python couldn't."""
    try:
        tree = ast.parse(source)
        _tables(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return tree


def root(dotted_name: str) -> str:
    """Give the first part of a dotted name."""
    return dotted_name.partition(".")[0]


def dotted(node: ast.expr) -> str | None:
    """Give ``a.b.c`` for such an expression and ``None`` for any other."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return None if base is None else f"{base}.{node.attr}"
    return None


def bound_at_top(tree: ast.Module) -> frozenset[str]:
    """Give the module-level names that the statements of ``tree`` bind while it is loaded."""
    top = _tables(tree)[0]
    return frozenset(symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned() or symbol.is_imported())


def bound(tree: ast.Module) -> frozenset[str]:
    """Give the module-level names that ``tree`` and its functions bind."""
    names = set(bound_at_top(tree))
    for table in _tables(tree)[1:]:
        for symbol in table.get_symbols():
            if symbol.is_declared_global() and (symbol.is_assigned() or symbol.is_imported()):
                names.add(symbol.get_name())
    return frozenset(names)


def needs(tree: ast.Module) -> Needs:
    """Give the module-level names that ``tree`` reads, its own among them."""
    visitor = _NeedsVisitor(global_names(tree))
    visitor.visit(tree)
    return Needs(frozenset(visitor.now), frozenset(visitor.later))


def global_names(tree: ast.Module) -> frozenset[str]:
    """Give every name that means the module's in at least one place of ``tree``."""
    top, *inner = _tables(tree)
    names = {symbol.get_name() for symbol in top.get_symbols()}
    for table in inner:
        # `x = x` in a class body reads the module's name and binds the class's.
        in_class = table.get_type() == "class"
        for symbol in table.get_symbols():
            if symbol.is_global() or symbol.is_declared_global() or (in_class and symbol.is_referenced()):
                names.add(symbol.get_name())
    return frozenset(names)


def origins(statements: Iterable[ast.stmt]) -> dict[str, str]:
    """Give for each imported name what it stands for: ``{"Mutex": "threading.Lock"}``."""
    found: dict[str, str] = {}
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    name = alias.asname or root(alias.name)
                    found[name] = alias.name if alias.asname else name
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
    return found


def origin(node: ast.expr, imported: Mapping[str, str], *, own: frozenset[str] = frozenset()) -> str | None:
    """Give the full name that ``node`` stands for; a name nothing binds stands for itself."""
    name = dotted(node)
    if name is None:
        return None
    first, dot, rest = name.partition(".")
    if first in imported:
        return imported[first] + dot + rest
    return None if first in own else name


def imported_names(statements: Sequence[ast.stmt]) -> dict[str, str]:
    """Give ``origins`` without the names that a statement beside them binds otherwise."""
    found = origins(statements)
    for statement in statements:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.pop(statement.name, None)
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            for target in statement.targets if isinstance(statement, ast.Assign) else [statement.target]:
                found.pop(dotted(target) or "", None)
    return found


def arguments_evaluated(arguments: ast.arguments) -> Iterator[ast.expr]:
    """Give the defaults and annotations, which a definition evaluates at once."""
    yield from arguments.defaults
    yield from (default for default in arguments.kw_defaults if default is not None)
    for argument in parameters(arguments):
        if argument.annotation is not None:
            yield argument.annotation


def parameters(arguments: ast.arguments) -> list[ast.arg]:
    """Give all parameters in order."""
    starred = [arguments.vararg] if arguments.vararg else []
    double_starred = [arguments.kwarg] if arguments.kwarg else []
    return [
        *arguments.posonlyargs,
        *arguments.args,
        *starred,
        *arguments.kwonlyargs,
        *double_starred,
    ]


class _NeedsVisitor(ast.NodeVisitor):
    def __init__(self, names: frozenset[str]) -> None:
        self.names = names
        self.now: set[str] = set()
        self.later: set[str] = set()
        self.depth = 0

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Store):
            self._add(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        name = dotted(node)
        if name is None:
            self.generic_visit(node)
        else:
            self._add(name)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self._add(node.target.id)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        returns = [node.returns] if node.returns else []
        parameters_of_type: list[ast.AST] = getattr(node, "type_params", [])
        at_once = [
            *node.decorator_list,
            *arguments_evaluated(node.args),
            *returns,
            *parameters_of_type,
        ]
        self._function(at_once, node.body)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._function(list(arguments_evaluated(node.args)), [node.body])

    def _function(self, at_once: Sequence[ast.AST], body: Sequence[ast.AST]) -> None:
        for part in at_once:
            self.visit(part)
        self.depth += 1
        for part in body:
            self.visit(part)
        self.depth -= 1

    def _add(self, name: str) -> None:
        if root(name) in self.names:
            (self.later if self.depth else self.now).add(name)


def _tables(tree: ast.Module) -> list[symtable.SymbolTable]:
    top = symtable.symtable(ast.unparse(tree), "<unit>", "exec")
    tables = [top]
    for table in tables:
        tables.extend(table.get_children())
    return tables

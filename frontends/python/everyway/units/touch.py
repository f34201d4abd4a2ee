"""Which module-level state a function touches, itself and through what it calls.

Cheap and on the safe side: an object that escapes (is passed on, stored, returned) counts as
changed, since a probe too many costs little and one too few hides a failure.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from .definition import is_definition
from .names import bound, global_names, imported_names, words

# Methods of containers and synchronisation objects that change nothing. `get` isn't one: a
# queue's takes.
_READING_METHODS = words("keys values items copy index count most_common is_set locked qsize empty full")
_READING_FUNCTIONS = words(
    "len print repr str bool sum min max sorted any all isinstance hash type tuple format int float"
)


class Holds(Enum):
    """What a module-level name holds, as far as its assignments tell."""

    IMMUTABLE = "a number, a text, a module"
    CONTAINER = "a container of such"
    OBJECT = "anything else"


@dataclass
class Touched:
    """The module-level state that code reads, and what it changes or synchronises on."""

    read: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)

    def add(self, other: Touched) -> None:
        """Take what other code touches too."""
        self.read |= other.read
        self.changed |= other.changed

    def shares_with(self, other: Touched) -> bool:
        """Say whether both touch something that at least one of them changes or synchronises on."""
        both = (self.read | self.changed) & (other.read | other.changed)
        return bool(both & (self.changed | other.changed))


class State:
    """The state of a module and the functions, own and carried, that may touch it."""

    def __init__(self, statements: Sequence[ast.stmt]) -> None:
        nodes = [node for statement in statements for node in _functions_of(statement)]
        self._by_name: dict[str, list[_Body]] = {}
        for name, node in nodes:
            self._by_name.setdefault(name, []).append(_Body(node))
        self._values = _values(statements)
        self._names = bound(ast.Module(list(statements), []))

    def touched_by(self, name: str) -> Touched:
        """Give what a call of the function ``name`` touches, with all it calls."""
        touched = Touched()
        seen: set[str] = set()
        pending = [name]
        while pending:
            called = pending.pop()
            if called not in seen:
                seen.add(called)
                for body in self._by_name.get(called, []):
                    touched.add(body.touches(self._values, self._names))
                    pending += sorted(body.mentions)
        return touched


class _Body:
    """The body of one function, or of all methods of a class where the class is called."""

    def __init__(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        self.node = node
        alone = ast.parse(ast.unparse(node))
        self.globals = global_names(alone) - {getattr(node, "name", "")} | _names_called(node)
        self.mentions = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        self.mentions |= {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}

    def touches(self, values: dict[str, Holds], names: frozenset[str]) -> Touched:
        visitor = _TouchVisitor(self.globals & names, values)
        for part in self.node.body if isinstance(self.node.body, list) else [self.node.body]:
            visitor.visit(part)
        return visitor.touched


class _TouchVisitor(ast.NodeVisitor):
    def __init__(self, names: frozenset[str], values: dict[str, Holds]) -> None:
        self.names = names
        self.values = values
        self.touched = Touched()

    def visit_Name(self, node: ast.Name) -> None:
        if node.id in self.names:
            changes = not isinstance(node.ctx, ast.Load)
            (self.touched.changed if changes else self.touched.read).add(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._change_unless_read(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self._change_unless_read(node)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Attribute):
            name = _base(node.func.value)
            # `Class.f()` uses a definition; `Class.items.append()` changes an object that it holds.
            defined = isinstance(node.func.value, ast.Name) and name not in self.values
            fixed = defined or self.values.get(name or "") is Holds.IMMUTABLE
            if not fixed and not self._only_reads(node, name):
                self._change(name)
        if not (isinstance(node.func, ast.Name) and node.func.id in _READING_FUNCTIONS):
            for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
                self._escape(argument)
        self.generic_visit(node)

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            if not isinstance(item.context_expr, ast.Call):
                self._change(_base(item.context_expr))
        self.generic_visit(node)

    def visit_AsyncWith(self, node: ast.AsyncWith) -> None:
        self.visit_With(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        self._escape(node.value)
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None:
            self._escape(node.value)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._escape(node.value)
        self.generic_visit(node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._escape(node.value)
        self.generic_visit(node)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self._escape_elements(node.iter)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self._escape_elements(node.iter)
        self.generic_visit(node)

    def _only_reads(self, call: ast.Call, name: str | None) -> bool:
        method = call.func.attr if isinstance(call.func, ast.Attribute) else None
        return method in _READING_METHODS or (method == "get" and self.values.get(name or "") is Holds.CONTAINER)

    def _change_unless_read(self, node: ast.Attribute | ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._change(_base(node))
        self.generic_visit(node)

    def _escape(self, node: ast.expr) -> None:
        """Count an object as changed that others may get hold of here."""
        for part in node.elts if isinstance(node, ast.Tuple | ast.List) else [node]:
            if isinstance(part, ast.Starred):
                self._escape_elements(part.value)
            elif isinstance(part, ast.Name):
                if self.values.get(part.id, Holds.IMMUTABLE) is not Holds.IMMUTABLE:
                    self._change(part.id)
            else:
                self._escape_elements(part)

    def _escape_elements(self, node: ast.expr) -> None:
        name = _base(node)
        if name is not None and self.values.get(name) is Holds.OBJECT:
            self._change(name)

    def _change(self, name: str | None) -> None:
        if name in self.names and name is not None:
            self.touched.changed.add(name)


def _base(node: ast.expr) -> str | None:
    """Give the name at the root of ``a.b[c].d``."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _names_called(node: ast.AST) -> frozenset[str]:
    own = getattr(node, "name", "")
    inner = [part for part in ast.walk(node) if part is not node]
    return frozenset({own} if any(isinstance(part, ast.Name) and part.id == own for part in inner) else ())


def _functions_of(
    statement: ast.stmt,
) -> Iterable[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda]]:
    """Give the functions a statement defines, ``__init__`` by the name of its class too."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        yield statement.name, statement
    elif isinstance(statement, ast.ClassDef):
        for part in statement.body:
            for name, node in _functions_of(part):
                yield name, node
                if name == "__init__":
                    yield statement.name, node
    elif isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Lambda):
        for target in statement.targets:
            if isinstance(target, ast.Name):
                yield target.id, statement.value
    elif isinstance(statement, ast.If | ast.Try):
        for part in [*statement.body, *statement.orelse]:
            yield from _functions_of(part)


def _values(statements: Sequence[ast.stmt]) -> dict[str, Holds]:
    """Give the names of values and imports with what each holds."""
    values = dict.fromkeys(imported_names(statements), Holds.IMMUTABLE)
    for statement in statements:
        if is_definition(statement):
            continue
        value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
        holds = Holds.OBJECT if value is None else _holds(value)
        for name in bound(ast.Module([statement], [])):
            values[name] = holds if values.get(name, holds) is holds else Holds.OBJECT
    return values


def _holds(node: ast.expr) -> Holds:
    if isinstance(node, ast.Constant | ast.JoinedStr):
        return Holds.IMMUTABLE
    if isinstance(node, ast.Tuple | ast.UnaryOp | ast.BinOp):
        parts = [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
        return Holds.IMMUTABLE if all(_holds(part) is Holds.IMMUTABLE for part in parts) else Holds.OBJECT
    if isinstance(node, ast.List | ast.Set):
        return Holds.CONTAINER if all(_holds(part) is Holds.IMMUTABLE for part in node.elts) else Holds.OBJECT
    if isinstance(node, ast.Dict):
        return Holds.CONTAINER if all(_holds(part) is Holds.IMMUTABLE for part in node.values) else Holds.OBJECT
    return Holds.OBJECT

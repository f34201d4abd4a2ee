"""What the earlier blocks of a guide bound at top level, in order.

Within one block the last binding of a name says whether it is a definition or a value. Among
blocks the latest definition wins; a value of a block hides a definition only from that block's own
functions.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from .definition import is_definition
from .names import Needs, bound, needs, parse, root

Place = tuple[int, int]


@dataclass(frozen=True)
class Block:
    """A block of a guide: the line of its opening fence and its text."""

    fence_line: int
    source: str


@dataclass(frozen=True)
class Definition:
    """One definition: its place (block, position there), its statement, and what that needs."""

    place: Place
    fence_line: int
    names: tuple[str, ...]
    statement: ast.stmt = field(compare=False)
    needs: Needs


@dataclass(frozen=True)
class Binding:
    """A name that an earlier block binds; to a value where ``definition`` is ``None``."""

    place: Place
    fence_line: int
    name: str
    definition: Definition | None


@dataclass(frozen=True)
class Visible:
    """What a name means: definitions (``import a.b``, ``import a.c``), a value, or nothing."""

    definitions: tuple[Definition, ...] = ()
    value: Binding | None = None


class History:
    """The bindings of the earlier blocks."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._bindings: dict[str, list[Binding]] = {}
        for index, block in enumerate(blocks):
            for binding in _read(index, block):
                self._bindings.setdefault(binding.name, []).append(binding)

    def at_load(self, name: str, definition: Definition) -> Visible:
        """Say what ``name`` meant where ``definition`` stands."""
        return self.visible(name, home=definition.place[0], before=definition.place)

    def visible(self, name: str, *, home: int | None, before: Place | None) -> Visible:
        """Say what ``name`` means for block ``home``, with what was bound before a place."""
        first = root(name)
        bindings = self._before(first, before)
        if not bindings:
            stars = [star.definition for star in self._before("*", before) if star.definition]
            return Visible() if hasattr(builtins, first) or first.startswith("__") else Visible(tuple(stars))
        at_home = [binding for binding in bindings if binding.place[0] == home]
        if at_home and at_home[-1].definition is None:
            return Visible(value=at_home[-1])
        definitions = _definitions(bindings)
        if not definitions:
            return Visible(value=bindings[-1])
        return Visible(_imports_of(name, definitions) or (definitions[-1],))

    def _before(self, name: str, before: Place | None) -> list[Binding]:
        bindings = self._bindings.get(name, [])
        return bindings if before is None else [binding for binding in bindings if binding.place < before]


def _definitions(bindings: list[Binding]) -> list[Definition]:
    """Give the definitions that no later value of their own block replaced."""
    last_value = {binding.place[0]: binding.place for binding in bindings if binding.definition is None}
    found = [binding.definition for binding in bindings if binding.definition is not None]
    return [one for one in found if one.place > last_value.get(one.place[0], (-1, -1))]


def _imports_of(name: str, definitions: list[Definition]) -> tuple[Definition, ...]:
    """Give those of several ``import a.…`` that the use ``a.b.c`` reaches."""
    found: dict[str, Definition] = {}
    for definition in reversed(definitions):
        module = _module_imported(definition.statement)
        if module is None:
            break
        if _is_within(name, module) or _is_within(module, name):
            found.setdefault(module, definition)
    return tuple(sorted(found.values(), key=lambda definition: definition.place))


def _module_imported(statement: ast.stmt) -> str | None:
    if isinstance(statement, ast.Import) and statement.names[0].asname is None:
        return statement.names[0].name
    return None


def _is_within(name: str, module: str) -> bool:
    return f"{name}.".startswith(f"{module}.")


@lru_cache(maxsize=1024)
def _read(index: int, block: Block) -> tuple[Binding, ...]:
    tree = parse(block.source)
    if tree is None:
        return ()
    if any(isinstance(one, ast.ImportFrom) and _is_future(one, "annotations") for one in tree.body):
        tree = _AnnotationsAsText().visit(tree)
    statements = [part for statement in tree.body for part in _parts(statement)]
    bindings: list[Binding] = []
    for position, statement in enumerate(statements):
        bindings += _bindings((index, position), block.fence_line, statement)
    return tuple(bindings)


def _bindings(place: Place, fence_line: int, statement: ast.stmt) -> list[Binding]:
    alone = ast.Module([statement], [])
    names = sorted(bound(alone))
    if isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*":
        names = ["*"]
    if not is_definition(statement):
        return [Binding(place, fence_line, name, None) for name in names]
    # What a function declares `global` and stores is a value of its block.
    own = _names_defined(statement) or tuple(names)
    definition = Definition(place, fence_line, own, statement, needs(alone))
    return [Binding(place, fence_line, name, definition if name in own else None) for name in names]


def _names_defined(statement: ast.stmt) -> tuple[str, ...] | None:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return (statement.name,)
    return None


def _parts(statement: ast.stmt) -> list[ast.stmt]:
    """Split an import into one for each name, and drop those of ``__future__``."""
    if isinstance(statement, ast.Import):
        return [_located(ast.Import([alias]), statement) for alias in statement.names]
    if isinstance(statement, ast.ImportFrom):
        if statement.module == "__future__":
            return []
        one = [ast.ImportFrom(statement.module, [alias], statement.level) for alias in statement.names]
        return [_located(part, statement) for part in one]
    return [statement]


def _located(part: ast.stmt, whole: ast.stmt) -> ast.stmt:
    return ast.copy_location(part, whole)


def _is_future(statement: ast.ImportFrom, feature: str) -> bool:
    return statement.module == "__future__" and any(alias.name == feature for alias in statement.names)


class _AnnotationsAsText(ast.NodeTransformer):
    """Does to annotations what ``from __future__ import annotations`` did in their own block."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = _as_text(node.annotation)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        node.annotation = _as_text(node.annotation) or node.annotation
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = _as_text(node.returns)
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = _as_text(node.returns)
        return node


def _as_text(annotation: ast.expr | None) -> ast.expr | None:
    if annotation is None:
        return None
    return ast.copy_location(ast.Constant(ast.unparse(annotation)), annotation)

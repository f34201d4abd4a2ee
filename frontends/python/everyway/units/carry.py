"""Which definitions of a guide's earlier blocks a block needs.

Imports, functions and classes stay visible, values don't. A definition comes along only if the
block needs it, directly or through another one, so an import that nobody uses here can't fail
here. What a definition evaluates while it is loaded (decorators, defaults, annotations, bases, a
class's body) means what it meant there; what its functions read when called is looked up in the
new module, as in a notebook: the latest definition, or the block's own.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence
from dataclasses import dataclass

from .history import Binding, Block, Definition, History
from .names import bound, bound_at_top, needs, parse, root


@dataclass(frozen=True)
class Carried:
    """One definition of an earlier block, at its lines in the guide, and the names it binds."""

    fence_line: int
    statements: list[ast.stmt]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Missing:
    """A name that stays unbound since it is, or needs while loaded, a value of an earlier block."""

    name: str
    value: str
    fence_line: int

    @property
    def message(self) -> str:
        """Explain a ``NameError`` on this name."""
        place = f"a value of the block at line {self.fence_line}; values are not carried"
        if self.name == self.value:
            return f"`{self.name}` is {place}"
        return f"`{self.name}` needs `{self.value}`, {place}"


@dataclass(frozen=True)
class Carry:
    """What a block takes over from earlier ones, in order of origin, and what it can't."""

    pieces: list[Carried]
    missing: list[Missing]

    def explain(self, name: str) -> str | None:
        """Say why ``name`` isn't there, if an earlier block has it as a value."""
        return next((missing.message for missing in self.missing if missing.name == name), None)


def carry(earlier: Sequence[Block], source: str) -> Carry:
    """Find what the block ``source`` needs of the ``earlier`` ones of its language, in order."""
    tree = parse(source)
    if tree is None:
        return Carry([], [])
    selection = _Selection(History(earlier), bound(tree), bound_at_top(tree))
    own = needs(tree)
    for name in sorted(own.now | own.later):
        selection.need(name, home=None)
    return selection.carry()


def with_carried(module: ast.Module, pieces: Sequence[Carried]) -> ast.Module:
    """Put carried definitions after a block's docstring and ``__future__`` imports."""
    head = 0
    while head < len(module.body) and _stays_first(module.body[head], head):
        head += 1
    carried = [statement for piece in pieces for statement in piece.statements]
    return ast.Module([*module.body[:head], *carried, *module.body[head:]], module.type_ignores)


def _stays_first(statement: ast.stmt, position: int) -> bool:
    if isinstance(statement, ast.ImportFrom):
        return statement.module == "__future__"
    return (
        position == 0
        and isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


class _Selection:
    def __init__(self, history: History, own: frozenset[str], bound_at_top: frozenset[str]) -> None:
        self.history = history
        self.own = own
        self.bound_at_top = bound_at_top
        self.chosen: dict[tuple[int, int], Definition] = {}
        self.obstacles: dict[tuple[int, int], Binding | None] = {}
        self.missing: dict[str, Missing] = {}

    def need(self, name: str, *, home: int | None) -> None:
        """Take what ``name`` means when the block, or a function of block ``home``, reads it."""
        if root(name) in self.bound_at_top:
            return
        found = self.history.visible(name, home=home, before=None)
        if found.value is not None:
            self._miss(root(name), found.value)
        if root(name) in self.own:
            return
        for definition in found.definitions:
            self._take(definition)

    def carry(self) -> Carry:
        """Give what was selected."""
        pieces = [self._piece(self.chosen[place]) for place in sorted(self.chosen)]
        present = {name for piece in pieces for name in piece.names} | self.bound_at_top
        hidden = [piece for piece in pieces if not self.own.isdisjoint(piece.names) and len(piece.names) == 1]
        last = {piece.names: piece for piece in hidden}
        # Needed only while others were loaded: the block itself must not see it before it binds
        # the name.
        pieces += [self._removal(piece) for piece in last.values()]
        missing = [self.missing[name] for name in sorted(self.missing) if name not in present]
        return Carry(pieces, missing)

    def _take(self, definition: Definition) -> None:
        if definition.place in self.chosen:
            return
        obstacle = self._obstacle(definition)
        if obstacle is not None:
            for name in definition.names:
                self._miss(name, obstacle)
            return
        self.chosen[definition.place] = definition
        for name in sorted(definition.needs.now):
            for needed in self.history.at_load(name, definition).definitions:
                self._take(needed)
                self._take_called(needed, definition, {definition.place})
        for name in sorted(definition.needs.later):
            self.need(name, home=definition.place[0])

    def _take_called(self, called: Definition, loading: Definition, seen: set[tuple[int, int]]) -> None:
        """Take, as of then, what ``called`` reads if loading ``loading`` calls it (a decorator)."""
        if called.place in seen:
            return
        seen.add(called.place)
        for name in sorted(called.needs.later):
            found = self.history.visible(name, home=called.place[0], before=loading.place)
            for needed in found.definitions:
                self._take(needed)
                self._take_called(needed, loading, seen)

    def _obstacle(self, definition: Definition) -> Binding | None:
        """Find the value without which ``definition`` can't even be loaded."""
        if definition.place not in self.obstacles:
            self.obstacles[definition.place] = None
            for name in sorted(definition.needs.now):
                found = self.history.at_load(name, definition)
                inner = [self._obstacle(needed) for needed in found.definitions]
                obstacle = found.value or next((value for value in inner if value), None)
                if obstacle is not None:
                    self.obstacles[definition.place] = obstacle
                    break
        return self.obstacles[definition.place]

    def _miss(self, name: str, value: Binding) -> None:
        self.missing.setdefault(name, Missing(name, value.name, value.fence_line))

    def _piece(self, definition: Definition) -> Carried:
        statement = ast.increment_lineno(copy.deepcopy(definition.statement), definition.fence_line)
        return Carried(definition.fence_line, [statement], definition.names)

    def _removal(self, piece: Carried) -> Carried:
        target = ast.Name(piece.names[0], ast.Del())
        removal = ast.copy_location(ast.Delete([target]), piece.statements[0])
        return Carried(piece.fence_line, [ast.fix_missing_locations(removal)], ())

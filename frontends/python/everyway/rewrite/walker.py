"""What every part of the rewriter shares: the mode, the current context, and how announcers are called.

Both modes walk alike and make the same sites; only what `fact` adds is left out for exploring.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from .collector import Scope, stored_names
from .containers import BUILTINS_GIVING_FRESH_CONTAINER, BUILTINS_GIVING_NO_CONTAINER, CONTAINER_CAPABLE
from .passive import passive_loops
from .scopes import Place, Scopes
from .sites import ModuleSites, SiteKind, Uses

Mode = Literal["accesses", "facts"]
Decider = tuple[str, int]
Node = TypeVar("Node", bound=ast.AST)

ACTIVATION = "__ev_act__"
NO_SHARED_CONTAINER = BUILTINS_GIVING_NO_CONTAINER | BUILTINS_GIVING_FRESH_CONTAINER


@dataclass
class Leave:
    """A statement that leaves its block: the tests around it and the loop it leaves, by depth."""

    tests: tuple[int, ...]
    loop: int | None = None
    ends_loop: bool = False


@dataclass
class Context:
    """Where the walk stands: the function, and what decides whether this place is reached."""

    scope: Scope
    function: int | None = None
    has_activation: bool = False
    deciders: list[Decider] = field(default_factory=list)
    tests: list[int] = field(default_factory=list)
    leaves: list[Leave] = field(default_factory=list)
    loops: int = 0
    repeats: int = 0
    iterables: int = 0
    block: int = 0


class Walker:
    """The state of one rewriting, and the smallest steps of it."""

    def __init__(
        self, tree: ast.Module, mode: Mode, sites: ModuleSites, scopes: Scopes, library: frozenset[str]
    ) -> None:
        self.tree = tree
        self.mode = mode
        self.sites = sites
        self.scopes = scopes
        self.library = library
        self.context = Context(scopes.module, block=sites.next_block())
        self.collectors = [Uses()]
        self.temporaries: list[str] = []
        self.temporary_count = 0
        self.passive_loops = passive_loops(scopes)
        self.while_tests: dict[ast.While, int] = {}

    # -- Contexts

    @contextmanager
    def within(self, context: Context) -> Iterator[None]:
        """Walk in another context: the body of a function or class."""
        outer, self.context = self.context, context
        self.collectors.append(Uses())
        try:
            yield
        finally:
            self.collectors.pop()
            self.context = outer

    @contextmanager
    def collecting(self) -> Iterator[Uses]:
        """Collect what the expressions inside use, for whoever consumes it; nothing goes outwards."""
        uses = Uses()
        self.collectors.append(uses)
        try:
            yield uses
        finally:
            self.collectors.pop()

    @contextmanager
    def decided_by(self, test: int, *, statement: bool = False, loop: bool = False) -> Iterator[None]:
        """Walk what a test decides; a statement's test also stands round the leaves inside it."""
        context = self.context
        context.deciders.append(("test", test))
        if statement:
            context.tests.append(test)
        context.loops += loop
        try:
            yield
        finally:
            context.loops -= loop
            if statement:
                context.tests.pop()
            context.deciders.pop()

    def use(self, uses: Uses) -> None:
        """Count these uses for the expression around."""
        self.collectors[-1].add(uses)

    # -- Sites

    def site(self, kind: SiteKind, at: ast.AST, **fields: Any) -> int:
        """Add a site at the current place."""
        context = self.context
        deciders = [{kind_: site} for kind_, site in dict.fromkeys(context.deciders)]
        fields |= {
            "deciders": deciders,
            "block": context.block,
            "function": context.function,
            "repeats": context.repeats > 0,
        }
        return self.sites.add(kind, at, fields)

    def source(self, kind: SiteKind, at: ast.AST, name: str, **fields: Any) -> int:
        """Add a site whose value the expression around uses."""
        site = self.site(kind, at, name=name, **fields)
        self.collectors[-1].sites[site] = None
        return site

    def assigned(self, statements: Sequence[ast.AST]) -> list[str]:
        """Give the locals of the current function that the statements may assign."""
        return list(dict.fromkeys(name for name in stored_names(statements) if self.place(name) is Place.LOCAL))

    # -- Names

    def mangled(self, name: str) -> str:
        """Give a name as the compiler stores it here."""
        return self.context.scope.mangled(name)

    def place(self, name: str) -> Place:
        """Say where the variable of a name lives, seen from here."""
        return self.scopes.place(self.context.scope, self.mangled(name))

    def announces_stores(self, name: str) -> bool:
        """Say whether a store of the name here is announced: of an announced name, or at module level."""
        scope = self.context.scope
        mangled = self.mangled(name)
        if self.place(name) in (Place.GLOBAL, Place.CELL):
            return True
        return scope.body() is self.scopes.module and self.scopes.owner(scope, mangled) is self.scopes.module

    def is_builtin(self, name: str) -> bool:
        """Say whether a name can only mean a builtin here."""
        return self.scopes.is_builtin(self.context.scope, self.mangled(name))

    def library_path(self, node: ast.expr) -> str | None:
        """Give the dotted path of what an expression names in the standard library."""
        match node:
            case ast.Name(id=name):
                path = self.scopes.imported(self.context.scope, self.mangled(name))
            case ast.Attribute(value=value, attr=attribute):
                outer = self.library_path(value)
                path = None if outer is None else f"{outer}.{attribute}"
            case _:
                path = None
        return path if path is not None and path.partition(".")[0] in self.library else None

    def may_be_container(self, node: ast.expr) -> bool:
        """Say whether an expression could give a container that another task shares."""
        if isinstance(node, ast.Name):
            mangled = self.mangled(node.id)
            fixed = self.scopes.stored_only_as(self.context.scope, mangled, ("definition", "import"))
            return not fixed and not self.is_builtin(node.id)
        if isinstance(node, ast.Call) and self.calls_builtin(node, NO_SHARED_CONTAINER):
            return False
        if isinstance(node, ast.Attribute):
            return self.library_path(node) is None
        return isinstance(node, CONTAINER_CAPABLE)

    def calls_builtin(self, node: ast.expr, names: frozenset[str]) -> bool:
        """Say whether an expression calls one of these builtins."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            return False
        return node.func.id in names and self.is_builtin(node.func.id)

    def may_give_container(self, node: ast.expr) -> bool:
        """Say the same of a receiver or an iterable, which may also be chosen from several."""
        return isinstance(node, ast.BoolOp | ast.IfExp) or self.may_be_container(node)

    # -- New nodes

    def announcer(self, at: ast.AST, name: str, *arguments: ast.expr | str | int | None) -> ast.Call:
        """Call an announcer, in facts mode with the activation first."""
        nodes = [
            argument if isinstance(argument, ast.expr) else placed(ast.Constant(argument), at) for argument in arguments
        ]
        if self.mode == "facts":
            nodes.insert(0, self.activation(at))
        return placed(ast.Call(self.load(name, at), nodes, []), at)

    def fact(self, at: ast.AST, name: str, value: ast.expr, site: int) -> ast.expr:
        """Record a fact about a value; the value itself where only accesses are announced."""
        return self.announcer(at, name, value, site) if self.mode == "facts" else value

    def fact_statement(self, at: ast.AST, name: str, site: int) -> list[ast.stmt]:
        """Record a fact that has no value, as a statement of its own."""
        return [self.statement(self.announcer(at, name, None, site), at)] if self.mode == "facts" else []

    def activation(self, at: ast.AST) -> ast.expr:
        """Give the expression of the current activation."""
        return self.load(ACTIVATION, at) if self.context.has_activation else placed(ast.Constant(0), at)

    def load(self, name: str, at: ast.AST) -> ast.Name:
        """Load a name."""
        return placed(ast.Name(name, ast.Load()), at)

    def token(self, name: str, at: ast.AST) -> ast.Name:
        """Load the identity of an announced closure variable."""
        return self.load(cell_name(self.mangled(name)), at)

    def statement(self, value: ast.expr, at: ast.AST) -> ast.Expr:
        """Make a statement of an expression."""
        return placed(ast.Expr(value), at)

    def temporary(self) -> str:
        """Name a new temporary; the statement that needs it deletes it."""
        self.temporary_count += 1
        name = f"__ev_t{self.temporary_count}__"
        self.temporaries.append(name)
        return name


def cell_name(name: str) -> str:
    """Give the name of the local that holds the identity of a closure variable."""
    return f"__ev_cell_{name}__"


def placed(node: Node, at: ast.AST) -> Node:
    """Give a new node the position of the node that it replaces."""
    return ast.copy_location(node, at)

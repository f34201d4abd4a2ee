"""Which variable a name means: the language's scope rules, without `symtable`.

`symtable` can't be matched with the nodes of comprehensions that 3.12 inlines. A comprehension is a scope
for its targets, but it runs where it stands: reading a variable in it captures nothing.
"""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterable

from .collector import Collector, Scope, Store, StoreKind


class Place(enum.Enum):
    """Where the variable of a name lives, as far as announcing goes."""

    GLOBAL = "an announced global"
    CELL = "an announced closure variable"
    LOCAL = "a local of the current function, or an unannounced name of the module's top level"
    OTHER = "anything else: announces nothing"


class Scopes:
    """All scopes of a module, and which of their names are announced."""

    def __init__(self, tree: ast.Module, shared: frozenset[str]) -> None:
        collector = Collector(tree)
        self.module = collector.module
        self.by_node = collector.by_node
        self.loops = collector.while_loops
        self.star_import = collector.star_import
        self.announced_globals = set(shared)
        self.announced_cells: set[tuple[Scope, str]] = set()
        self.mark_announced([self.module, *self.by_node.values()])

    def owner(self, scope: Scope, name: str) -> Scope:
        """Give the scope whose variable the mangled name means; the module's for globals and builtins."""
        first = True
        current: Scope | None = scope
        while current is not None and current.kind != "module":
            if name in current.globals:
                return self.module
            if name in current.stores and name not in current.nonlocals and (first or current.kind != "class"):
                return current
            first = False
            current = current.parent
        return self.module

    def place(self, scope: Scope, name: str) -> Place:
        """Say where the variable of a mangled name lives."""
        owner = self.owner(scope, name)
        if owner is self.module and name in self.announced_globals:
            return Place.GLOBAL
        if (owner, name) in self.announced_cells:
            return Place.CELL
        if owner is scope.body() and owner.kind != "class" and name in owner.stores:
            return Place.LOCAL
        return Place.OTHER

    def is_builtin(self, scope: Scope, name: str) -> bool:
        """Say whether the name can only mean a builtin."""
        return not self.star_import and self.stored_nowhere(scope, name)

    def stored_nowhere(self, scope: Scope, name: str) -> bool:
        """Say whether the module's text stores the name's variable nowhere."""
        return self.owner(scope, name) is self.module and name not in self.module.stores

    def stored_only_as(self, scope: Scope, name: str, kinds: Iterable[StoreKind]) -> bool:
        """Say whether all stores of the name's variable are of these kinds."""
        owner = self.owner(scope, name)
        stores = owner.stores.get(name, [])
        if owner is self.module and name in self.announced_globals:
            return False
        return bool(stores) and all(store.kind in kinds for store in stores)

    def imported(self, scope: Scope, name: str) -> str | None:
        """Give the dotted path that the name was imported from, if it is nothing else."""
        if not self.stored_only_as(scope, name, ("import",)):
            return None
        return self.owner(scope, name).imports.get(name)

    def mark_announced(self, scopes: list[Scope]) -> None:
        """Apply the rule that says which names are announced."""
        stores: dict[tuple[Scope, str], list[Store]] = {}
        captures: dict[tuple[Scope, str], list[int]] = {}
        foreign: set[tuple[Scope, str]] = set()
        for scope in scopes:
            for name, own in scope.stores.items():
                variable = (self.owner(scope, name), name)
                stores.setdefault(variable, []).extend(own)
                if variable[0] is self.module and scope is not self.module:
                    self.announced_globals.add(name)
                if name in scope.nonlocals:
                    foreign.add(variable)
            for name in scope.loads | set(scope.stores):
                owner = self.owner(scope, name)
                capturer = capturing_function(scope, owner)
                if owner.kind == "function" and capturer is not None:
                    captures.setdefault((owner, name), []).append(capturer.entered)
        for variable, orders in captures.items():
            own = stores.get(variable, [])
            late = any(store.order > min(orders) for store in own)
            if variable in foreign or len(own) > 1 or late or any(store.looped for store in own):
                self.announced_cells.add(variable)
        for owner, name in sorted(self.announced_cells, key=lambda variable: variable[1]):
            owner.cells.append(name)


def capturing_function(scope: Scope, owner: Scope) -> Scope | None:
    """Give the outermost function between a scope and the owner of its variable, if there is one."""
    found = None
    current: Scope | None = scope
    while current is not None and current is not owner:
        if current.kind in ("function", "lambda"):
            found = current
        current = current.parent
    return found

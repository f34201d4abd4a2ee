"""The scopes of a module, and what each stores, loads and declares, in order of evaluation.

Names are mangled as the compiler mangles them. Annotations are left out: they are never rewritten.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

ScopeKind = Literal["module", "function", "lambda", "class", "comprehension"]
StoreKind = Literal["value", "definition", "import", "parameter"]

Function = (ast.FunctionDef, ast.AsyncFunctionDef)
Comprehension = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
Pattern = (ast.MatchAs, ast.MatchStar, ast.MatchMapping)


@dataclass(frozen=True)
class Store:
    """One place that stores a name."""

    order: int
    looped: bool
    kind: StoreKind


@dataclass(eq=False)
class Scope:
    """One scope and the names that it stores, loads and declares."""

    kind: ScopeKind
    parent: Scope | None
    class_name: str | None
    entered: int
    stores: dict[str, list[Store]] = field(default_factory=dict)
    loads: set[str] = field(default_factory=set)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    imports: dict[str, str] = field(default_factory=dict)
    cells: list[str] = field(default_factory=list)

    def mangled(self, name: str) -> str:
        """Give the name as the compiler stores it in this scope."""
        if self.class_name is None or not name.startswith("__") or name.endswith("__") or "." in name:
            return name
        stripped = self.class_name.lstrip("_")
        return f"_{stripped}{name}" if stripped else name

    def body(self) -> Scope:
        """Give the scope whose code runs this one: itself, or what stands round a comprehension."""
        scope = self
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        return scope


class Collector(ast.NodeVisitor):
    """Finds the scopes of a module and what each stores, loads and declares, in order of evaluation."""

    def __init__(self, tree: ast.Module) -> None:
        self.order = 0
        self.loops = 0
        self.star_import = False
        self.by_node: dict[ast.AST, Scope] = {}
        self.while_loops: dict[ast.While, Scope] = {}
        self.module = self.scope = Scope("module", None, None, 0)
        for statement in tree.body:
            self.visit(statement)

    def store(self, name: str, kind: StoreKind = "value") -> None:
        """Record that the current scope stores a name."""
        self.order += 1
        store = Store(self.order, self.loops > 0, kind)
        self.scope.stores.setdefault(self.scope.mangled(name), []).append(store)

    def inside(self, node: ast.AST, kind: ScopeKind, parts: Iterable[ast.AST], parameters: Iterable[str] = ()) -> None:
        """Visit the parts of a node in a new scope."""
        self.order += 1
        outer, loops = self.scope, self.loops
        class_name = node.name if isinstance(node, ast.ClassDef) else outer.class_name
        self.scope = self.by_node[node] = Scope(kind, outer, class_name, self.order)
        self.loops = 1 if kind == "comprehension" else 0
        for name in parameters:
            self.store(name, "parameter")
        for part in parts:
            self.visit(part)
        self.scope, self.loops = outer, loops

    def visit_Name(self, node: ast.Name) -> None:
        """Note a load or a store."""
        if isinstance(node.ctx, ast.Load):
            self.scope.loads.add(self.scope.mangled(node.id))
        else:
            self.store(node.id)

    def visit_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Enter a function."""
        for part in [*node.decorator_list, *defaults(node.args)]:
            self.visit(part)
        self.store(node.name, "definition")
        self.inside(node, "function", node.body, parameters(node.args))

    visit_FunctionDef = visit_AsyncFunctionDef = visit_function

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Enter a lambda."""
        for part in defaults(node.args):
            self.visit(part)
        self.inside(node, "lambda", [node.body], parameters(node.args))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Enter a class body."""
        for part in [*node.decorator_list, *node.bases, *node.keywords]:
            self.visit(part)
        self.inside(node, "class", node.body)
        self.store(node.name, "definition")

    def visit_comprehension_node(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        """Enter a comprehension; its first iterable belongs to the scope around."""
        first, *others = node.generators
        self.visit(first.iter)
        elements = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self.inside(node, "comprehension", [first.target, *first.ifs, *others, *elements])

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_comprehension_node

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        """Note a store, which passes through comprehensions."""
        self.visit(node.value)
        inner = self.scope
        self.scope = inner.body()
        self.store(node.target.id)
        self.scope = inner

    def visit_Assign(self, node: ast.Assign) -> None:
        """Visit the value before the targets."""
        for part in [node.value, *node.targets]:
            self.visit(part)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """Note that the target is loaded too."""
        if isinstance(node.target, ast.Name):
            self.scope.loads.add(self.scope.mangled(node.target.id))
        for part in [node.value, node.target]:
            self.visit(part)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Visit the value and the target, but not the annotation."""
        if node.value is not None:
            self.visit(node.value)
            self.visit(node.target)
        elif isinstance(node.target, ast.Name):
            self.scope.stores.setdefault(self.scope.mangled(node.target.id), [])

    def visit_loop(self, node: ast.For | ast.AsyncFor | ast.While) -> None:
        """Visit what a loop repeats."""
        if isinstance(node, ast.While):
            self.while_loops[node] = self.scope
        else:
            self.visit(node.iter)
        self.loops += 1
        heads: list[ast.AST] = [node.test] if isinstance(node, ast.While) else [node.target]
        for part in [*heads, *node.body]:
            self.visit(part)
        self.loops -= 1
        for part in node.orelse:
            self.visit(part)

    visit_For = visit_AsyncFor = visit_While = visit_loop

    def visit_Import(self, node: ast.Import) -> None:
        """Note the modules that are imported."""
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self.scope.imports[self.scope.mangled(name)] = alias.name if alias.asname else name
            self.store(name, "import")

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Note the names that are imported."""
        for alias in node.names:
            if alias.name == "*":
                self.star_import = True
                continue
            name = alias.asname or alias.name
            self.scope.imports[self.scope.mangled(name)] = "." * node.level + f"{node.module or ''}.{alias.name}"
            self.store(name, "import")

    def visit_Global(self, node: ast.Global) -> None:
        """Note a declaration."""
        self.scope.globals.update(self.scope.mangled(name) for name in node.names)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        """Note a declaration."""
        self.scope.nonlocals.update(self.scope.mangled(name) for name in node.names)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        """Note the name of the exception."""
        if node.name is not None:
            self.store(node.name)
        self.generic_visit(node)

    def visit_pattern(self, node: ast.MatchAs | ast.MatchStar | ast.MatchMapping) -> None:
        """Note what a pattern captures."""
        name = node.rest if isinstance(node, ast.MatchMapping) else node.name
        if name is not None:
            self.store(name)
        self.generic_visit(node)

    visit_MatchAs = visit_MatchStar = visit_MatchMapping = visit_pattern

    def visit_TypeAlias(self, node: ast.AST) -> None:
        """Type aliases are left alone."""


def parameters(arguments: ast.arguments) -> list[str]:
    """Give the names of all parameters."""
    rest = [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]
    return [argument.arg for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *rest]]


def defaults(arguments: ast.arguments) -> list[ast.expr]:
    """Give the default values that are evaluated where the function is defined."""
    return [*arguments.defaults, *(default for default in arguments.kw_defaults if default is not None)]


def stored_names(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """Give the names that the nodes store, without those inside functions and classes."""
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                yield name
            case ast.ExceptHandler(name=str(name)):
                yield name
        if isinstance(node, Comprehension):
            yield from walrus_names(node)
        elif not isinstance(node, (*Function, ast.Lambda, ast.ClassDef)):
            yield from stored_names(list(ast.iter_child_nodes(node)))


def walrus_names(node: ast.AST) -> Iterator[str]:
    """Give the names that assignment expressions inside a comprehension store."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.NamedExpr):
            yield inner.target.id

"""Places that are stored to: names, attributes, entries and tuples of them.

A statement that stores one name, or no announced name, keeps its shape. One that stores several is split, so
that each announcement stands right before its own store; the values go through temporaries in native order.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from .calls import Calls
from .expressions import Flow
from .scopes import Place
from .sites import Uses, spelled, union
from .walker import placed

Leaf = tuple[ast.expr, Uses]

# Operators by which a container changes in place, and right sides with which none does.
NO_CONTAINER = (ast.Constant, ast.JoinedStr, ast.Compare, ast.UnaryOp)
IN_PLACE = (ast.Add, ast.Sub, ast.Mult, ast.BitOr, ast.BitAnd, ast.BitXor)


class Targets(Calls):
    """Rewrites assignments, deletions and whatever else binds."""

    # -- Assignment

    def statement_Assign(self, node: ast.Assign) -> list[ast.stmt]:
        """Rewrite an assignment."""
        value, whole, elements = self.assigned_value(node)
        flows = [Flow(whole, elements if elements and matches(target, elements) else ()) for target in node.targets]
        leaves = [
            leaf for target, flow in zip(node.targets, flows, strict=True) for leaf in target_leaves(target, flow)
        ]
        value = self.defined_leaves(node, value, leaves)
        first = node.targets[0]
        if len(node.targets) == 1 and isinstance(first, ast.Name):
            node.value = self.stored_value(first.id, node, value, whole)
            return [node]
        if any(isinstance(leaf, ast.Name) and self.announces_stores(leaf.id) for leaf, _ in leaves):
            return self.split(node, value, flows)
        node.value = value
        node.targets = [self.target(target, flow) for target, flow in zip(node.targets, flows, strict=True)]
        return [node]

    def assigned_value(self, node: ast.Assign) -> tuple[ast.expr, Uses, tuple[Uses, ...]]:
        """Rewrite the right side, element by element if it is a tuple for a tuple."""
        value = node.value
        if not isinstance(value, ast.Tuple) or not any(matches(target, value.elts) for target in node.targets):
            rewritten, whole = self.collected(value)
            return rewritten, whole, ()
        pairs = [self.collected(element) for element in value.elts]
        value.elts = [element for element, _ in pairs]
        elements = tuple(uses for _, uses in pairs)
        return value, union(*elements), elements

    def defined_leaves(self, at: ast.stmt, value: ast.expr, leaves: Sequence[Leaf]) -> ast.expr:
        """Record what flows into the locals; together where one element's value is another's old one."""
        groups: dict[int, tuple[Uses, list[str]]] = {}
        for leaf, uses in leaves:
            if isinstance(leaf, ast.Name):
                groups.setdefault(id(uses), (uses, []))[1].append(leaf.id)
        for uses, names in groups.values():
            own = {self.mangled(name) for name in names}
            if any(other is not uses and own & set(other.locals) for _, other in leaves):
                whole = union(*(other for _, other in leaves))
                return self.defined(at, value, [name for _, group in groups.values() for name in group], whole)
        for uses, names in groups.values():
            value = self.defined(at, value, names, uses)
        return value

    def split(self, node: ast.Assign, value: ast.expr, flows: Sequence[Flow]) -> list[ast.stmt]:
        """Store target after target, each with its own announcement."""
        statements: list[ast.stmt] = []
        if len(node.targets) > 1:
            name = self.temporary()
            statements.append(placed(ast.Assign([placed(ast.Name(name, ast.Store()), node)], value), node))
            values: list[ast.expr] = [self.load(name, node) for _ in node.targets]
        else:
            values = [value]
        for target, each, flow in zip(node.targets, values, flows, strict=True):
            statements += self.split_target(target, each, flow, node)
        return statements + self.released(node)

    def split_target(self, target: ast.expr, value: ast.expr, flow: Flow, at: ast.stmt) -> Iterator[ast.stmt]:
        """Unpack into temporaries, then store element after element."""
        if isinstance(target, ast.Name):
            yield placed(ast.Assign([target], self.stored_value(target.id, target, value, flow.whole)), at)
        elif isinstance(target, ast.Tuple | ast.List):
            names = [self.temporary() for _ in target.elts]
            places: list[ast.expr] = []
            for name, element in zip(names, target.elts, strict=True):
                place: ast.expr = placed(ast.Name(name, ast.Store()), element)
                places.append(
                    placed(ast.Starred(place, ast.Store()), element) if isinstance(element, ast.Starred) else place
                )
            yield placed(ast.Assign([placed(ast.Tuple(places, ast.Store()), target)], value), at)
            for index, (name, element) in enumerate(zip(names, target.elts, strict=True)):
                inner = element.value if isinstance(element, ast.Starred) else element
                yield from self.split_target(inner, self.load(name, element), flow.element(index), at)
        else:
            yield placed(ast.Assign([self.target(target, flow)], value), at)

    def released(self, at: ast.stmt) -> list[ast.stmt]:
        """Delete the temporaries of a statement."""
        names, self.temporaries = self.temporaries, []
        places: list[ast.expr] = [placed(ast.Name(name, ast.Del()), at) for name in names]
        return [placed(ast.Delete(places), at)] if places else []

    def bound_target(self, target: ast.expr, flow: Flow) -> tuple[ast.expr, list[ast.stmt]]:
        """Rewrite the target of `for` or `with`: what it is, and what its block begins with.

        Where it has names whose stores are announced, the block assigns them from a temporary.
        """
        names = [leaf.id for leaf, _ in target_leaves(target, flow) if isinstance(leaf, ast.Name)]
        own = [self.mangled(name) for name in names if self.place(name) is Place.LOCAL]
        if not any(self.announces_stores(name) for name in names):
            head = self.recorded(own, target, flow)
            return self.target(target, flow), head
        outer, self.temporaries = self.temporaries, []
        name = self.temporary()
        at = placed(ast.Pass(), target)
        stored = list(self.split_target(target, self.load(name, target), flow, at))
        head = [*stored, *self.released(at), *self.recorded(own, target, flow)]
        self.temporaries = outer
        return placed(ast.Name(name, ast.Store()), target), head

    def recorded(self, own: Sequence[str], at: ast.AST, flow: Flow) -> list[ast.stmt]:
        """Record that locals got what flows into a target."""
        if not own:
            return []
        return self.fact_statement(at, "__ev_define__", self.site("define", at, uses=flow.whole, locals=own))

    def statement_AnnAssign(self, node: ast.AnnAssign) -> list[ast.stmt]:
        """Rewrite an annotated assignment; the annotation stays as it is."""
        if node.value is None:
            return [node]
        value, uses = self.collected(node.value)
        if isinstance(node.target, ast.Name):
            name = node.target.id
            node.value = self.stored_value(name, node, self.defined(node, value, [name], uses), uses)
            return [node]
        node.value = value
        target = self.target(node.target, Flow(uses))
        assert isinstance(target, ast.Attribute | ast.Subscript)
        node.target = target
        return [node]

    # -- Places

    def target(self, node: ast.expr, flow: Flow) -> ast.expr:
        """Rewrite a place that is stored to or deleted; stores of names are announced elsewhere."""
        match node:
            case ast.Attribute():
                return self.attribute_target(node, flow)
            case ast.Subscript():
                return self.item_target(node, flow)
            case ast.Tuple() | ast.List():
                node.elts = [self.target(element, flow.element(index)) for index, element in enumerate(node.elts)]
            case ast.Starred():
                node.value = self.target(node.value, flow)
        return node

    def attribute_target(self, node: ast.Attribute, flow: Flow) -> ast.expr:
        """Rewrite an attribute that is stored to or deleted."""
        name = spelled(node)
        value, receiver = self.collected(node.value)
        uses = union(flow.whole, receiver)
        given = [flow.whole.as_fields()] if isinstance(node.ctx, ast.Store) else []
        site = self.site("write", node, name=name, uses=uses, receiver=receiver, arguments=given)
        node.value = self.announcer(node.value, "__ev_attrw__", value, self.mangled(node.attr), site)
        return node

    def item_target(self, node: ast.Subscript, flow: Flow) -> ast.expr:
        """Rewrite an entry that is stored to or deleted."""
        name, plain = spelled(node), self.is_plain_name(node.value)
        sliced = any(isinstance(part, ast.Slice) for part in ast.walk(node.slice))
        receiver_name = node.value.id if isinstance(node.value, ast.Name) else ""
        value, receiver = self.collected(node.value)
        key, used = self.collected(node.slice)
        site = self.site("write", node, name=name, uses=union(flow.whole, receiver, used))
        if plain and not sliced and isinstance(node.ctx, ast.Store):
            node.slice = self.announcer(key, "__ev_keyw__", self.load(receiver_name, node), key, site)
        else:
            node.value, node.slice = self.announcer(node.value, "__ev_store__", value, site), key
        return node

    def is_plain_name(self, node: ast.expr) -> bool:
        """Say whether evaluating an expression twice makes no difference and announces nothing."""
        return isinstance(node, ast.Name) and self.place(node.id) not in (Place.GLOBAL, Place.CELL)

    # -- Augmented assignment

    def statement_AugAssign(self, node: ast.AugAssign) -> list[ast.stmt]:
        """Rewrite an augmented assignment: read announced, native load, value, write announced, native store."""
        if isinstance(node.target, ast.Name):
            return self.augmented_name(node, node.target)
        if isinstance(node.target, ast.Attribute):
            self.augmented_attribute(node, node.target)
        else:
            self.augmented_item(node, node.target)
        return [node, *self.released(node)]

    def augmented_name(self, node: ast.AugAssign, target: ast.Name) -> list[ast.stmt]:
        """Rewrite `x += value`."""
        name, before = target.id, list[ast.stmt]()
        with self.collecting() as uses:
            if self.place(name) in (Place.GLOBAL, Place.CELL):
                before.append(self.statement(self.name_read(name, target), node))
            elif self.place(name) is Place.LOCAL:
                uses.locals[self.mangled(name)] = None
            mutates = isinstance(node.op, IN_PLACE) and not isinstance(node.value, NO_CONTAINER)
            value = self.expression(node.value)
        node.value = self.stored_value(name, node, self.defined(node, value, [name], uses), uses)
        if mutates:
            site = self.site("write", node, name=name, uses=uses)
            node.value = self.announcer(node, "__ev_inplace__", node.value, self.load(name, node), site)
        return [*before, node]

    def augmented_attribute(self, node: ast.AugAssign, target: ast.Attribute) -> None:
        """Rewrite `obj.name += value`."""
        name, attribute = spelled(target), self.mangled(target.attr)
        with self.collecting() as uses:
            held, again = self.held(target.value, node.value)
            receiver = union(uses)
            site = self.source("read", target, name, receiver=receiver)
            target.value = self.announcer(target.value, "__ev_attr__", held, attribute, site)
            value = self.expression(node.value)
        write = self.site("write", target, name=name, uses=uses, receiver=receiver, arguments=[uses.as_fields()])
        node.value = self.announcer(node.value, "__ev_wattr__", value, again, attribute, write)

    def augmented_item(self, node: ast.AugAssign, target: ast.Subscript) -> None:
        """Rewrite `obj[key] += value`."""
        name = spelled(target)
        with self.collecting() as uses:
            held, again = self.held(target.value, node.value, target.slice)
            held_key, key_again = self.held(target.slice, node.value)
            site = self.source("read", target, name)
            target.value = self.announcer(target.value, "__ev_peek__", held, held_key, site)
            target.slice = key_again
            value = self.expression(node.value)
        write = self.site("write", target, name=name, uses=uses)
        node.value = self.announcer(node.value, "__ev_witem__", value, again, copied(key_again), write)

    def held(self, node: ast.expr, *later: ast.expr) -> tuple[ast.expr, ast.expr]:
        """Rewrite an expression and give a second one for its value, through a temporary where needed."""
        binds = any(isinstance(part, ast.NamedExpr) for expression in later for part in ast.walk(expression))
        if isinstance(node, ast.Constant) or (self.is_plain_name(node) and not binds):
            value = self.expression(node)
            return value, copied(value)
        name = self.temporary()
        value = self.key(node)
        return placed(ast.NamedExpr(placed(ast.Name(name, ast.Store()), node), value), node), self.load(name, node)

    # -- Deletion and binding

    def statement_Delete(self, node: ast.Delete) -> list[ast.stmt]:
        """Rewrite `del`, name by name where the deletion of a name is announced."""
        leaves = [leaf for target in node.targets for leaf, _ in target_leaves(target, Flow(Uses()))]
        if not any(isinstance(leaf, ast.Name) and self.announces_stores(leaf.id) for leaf in leaves):
            with self.collecting():
                node.targets = [self.target(target, Flow(Uses())) for target in node.targets]
            return [node]
        statements: list[ast.stmt] = []
        for leaf in leaves:
            if isinstance(leaf, ast.Name):
                statements += self.bind(leaf.id, leaf)
            with self.collecting():
                statements.append(placed(ast.Delete([self.target(leaf, Flow(Uses()))]), leaf))
        return statements

    def bind(self, name: str, at: ast.AST, uses: Uses | None = None) -> list[ast.stmt]:
        """Announce a store that is no assignment, as a statement of its own."""
        if not self.announces_stores(name):
            return []
        site = self.site("write", at, name=name, uses=uses or Uses())
        if self.place(name) is Place.CELL:
            return [
                self.statement(
                    self.announcer(at, "__ev_cellw__", None, self.token(name, at), self.mangled(name), site), at
                )
            ]
        return [self.statement(self.announcer(at, "__ev_bind__", self.mangled(name), site), at)]

    def bind_names(self, names: Sequence[str], at: ast.AST, uses: Uses) -> list[ast.stmt]:
        """Announce and record the names that a pattern binds, at the start of its body."""
        statements = [statement for name in names for statement in self.bind(name, at, uses)]
        own = [self.mangled(name) for name in names if self.place(name) is Place.LOCAL]
        if own:
            statements += self.fact_statement(at, "__ev_define__", self.site("define", at, uses=uses, locals=own))
        return statements


def target_leaves(target: ast.expr, flow: Flow) -> Iterator[Leaf]:
    """Give the names, attributes and entries of a target with what flows into each."""
    if isinstance(target, ast.Tuple | ast.List):
        for index, element in enumerate(target.elts):
            yield from target_leaves(element, flow.element(index))
    elif isinstance(target, ast.Starred):
        yield from target_leaves(target.value, flow)
    else:
        yield target, flow.whole


def matches(target: ast.expr, values: Sequence[object]) -> bool:
    """Say whether a target takes these values one by one."""
    if not isinstance(target, ast.Tuple | ast.List) or len(target.elts) != len(values):
        return False
    return not any(isinstance(part, ast.Starred) for part in [*target.elts, *values])


def copied(node: ast.expr) -> ast.expr:
    """Give a second node for a name or constant."""
    if isinstance(node, ast.Name):
        return placed(ast.Name(node.id, ast.Load()), node)
    assert isinstance(node, ast.Constant)
    return placed(ast.Constant(node.value), node)

"""Expressions: reads, truth tests, comparisons and comprehensions.

Announcements stand right before the native operation; nothing is evaluated twice or in another order.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .collector import parameters
from .containers import COMPARISON, CONTAINER_METHODS, HOLDS, STEPPING_BUILTINS, TEXT, is_arithmetic_on_number, is_text
from .scopes import Place
from .sites import Uses, spelled
from .walker import ACTIVATION, Context, Walker, placed

SCANNING_OPERATORS = (ast.Add, ast.Mult, ast.BitOr, ast.BitAnd, ast.Sub, ast.BitXor, ast.Mod)
SCANNING_COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
# What is new, or chosen, may still have shared containers in it.
NEW_OR_CHOSEN = (ast.ListComp, ast.DictComp, ast.BoolOp, ast.IfExp)
BUILTINS_GIVING_NEW_CONTAINER = frozenset(("dict", "list", "sorted", "tuple"))
AnyComprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(frozen=True)
class Flow:
    """What flows into a target: as a whole, or element by element."""

    whole: Uses
    elements: tuple[Uses, ...] = ()

    def element(self, index: int) -> Flow:
        """Give what flows into one element of the target."""
        return Flow(self.elements[index]) if self.elements else self


class Expressions(Walker):
    """Rewrites expressions."""

    def expression(self, node: ast.expr) -> ast.expr:
        """Rewrite one expression."""
        rewriter: Callable[[ast.expr], ast.expr] = getattr(self, f"expression_{type(node).__name__}", self.parts)
        return rewriter(node)

    def parts(self, node: ast.expr) -> ast.expr:
        """Rewrite the parts of an expression that announces nothing itself."""
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.expr):
                setattr(node, name, self.expression(value))
            elif isinstance(value, list):
                setattr(node, name, [self.expression(part) if isinstance(part, ast.expr) else part for part in value])
        return node

    def collected(
        self, node: ast.expr, rewriter: Callable[[ast.expr], ast.expr] | None = None
    ) -> tuple[ast.expr, Uses]:
        """Rewrite an expression and collect what it uses, for its consumer alone."""
        with self.collecting() as uses:
            value = (rewriter or self.expression)(node)
        return value, uses

    def sized(self, node: ast.expr) -> ast.expr:
        """Rewrite an expression and announce a read of the shape of what it gives, if that may be a container."""
        if not self.may_be_container(node):
            return self.expression(node)
        name = spelled(node)
        value = self.expression(node)
        return self.announcer(node, "__ev_size__", value, self.source("read", node, name))

    def scanned(self, node: ast.expr, reach: int = 0, after: int | None = None) -> ast.expr:
        """Rewrite an expression whose whole content is read; together with the operand before it, by its site."""
        if not self.may_be_read(node, reach & ~HOLDS):
            return self.expression(node)
        name = spelled(node)
        value = self.expression(node)
        site = self.source("read", node, name)
        if after is not None:
            return self.announcer(node, "__ev_scan__", value, site, reach, after)
        return self.announcer(node, "__ev_scan__", value, site, *([reach] if reach else []))

    def may_be_read(self, node: ast.expr, reach: int) -> bool:
        """Say whether there may be something to read in what an expression gives, or behind it."""
        if reach and isinstance(node, ast.Tuple | ast.List):
            return any(self.may_be_read(element, reach) for element in node.elts)
        if reach and isinstance(node, ast.Dict):
            return any(self.may_be_read(value, reach) for value in node.values)
        if reach and (isinstance(node, NEW_OR_CHOSEN) or self.calls_builtin(node, BUILTINS_GIVING_NEW_CONTAINER)):
            return True
        return self.may_be_container(node) or self.steps(node)

    def steps(self, node: ast.expr) -> bool:
        """Say whether an expression makes an iterator over its arguments."""
        return self.calls_builtin(node, STEPPING_BUILTINS)

    def scanned_together(self, nodes: Sequence[ast.expr], reach: int) -> list[ast.expr]:
        """Rewrite operands whose contents native code reads at once: all are announced with the last one."""
        readable = [node for node in nodes if not isinstance(node, ast.Starred) and self.may_be_read(node, reach)]
        rewritten: list[ast.expr] = []
        before: int | None = None
        for node in nodes:
            if not any(node is each for each in readable):
                rewritten.append(self.expression(node))
                continue
            holds = node is not readable[-1]
            rewritten.append(self.scanned(node, reach + HOLDS * holds, before))
            before = self.sites.next_site() - 1
        return rewritten

    def truth(self, node: ast.expr) -> ast.expr:
        """Rewrite an expression whose truth is tested."""
        if isinstance(node, ast.BoolOp):
            return self.boolean_operation(node, self.truth)
        return self.sized(node)

    def tested(self, node: ast.expr, at: ast.AST, branches: Sequence[ast.AST] = ()) -> tuple[ast.expr, int]:
        """Rewrite a test and give its site."""
        question = ast.dump(node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) else node)
        assigned = self.assigned(branches)
        value, uses = self.collected(node, self.truth)
        self.use(uses)
        site = self.site("test", at, uses=uses, locals=assigned, question=question)
        return self.fact(at, "__ev_test__", value, site), site

    # -- Names, attributes, items

    def expression_Name(self, node: ast.Name) -> ast.expr:
        """Announce a read of an announced name, then load it natively."""
        place = self.place(node.id)
        if place is Place.LOCAL:
            self.collectors[-1].locals[self.mangled(node.id)] = None
        if place not in (Place.GLOBAL, Place.CELL):
            return node
        announcement = self.name_read(node.id, node)
        return placed(ast.BoolOp(ast.Or(), [announcement, node]), node)

    def name_read(self, name: str, at: ast.AST) -> ast.Call:
        """Announce a read of an announced global or closure variable."""
        site = self.source("read", at, name)
        if self.place(name) is Place.GLOBAL:
            return self.announcer(at, "__ev_global__", self.mangled(name), site)
        return self.announcer(at, "__ev_cell__", self.token(name, at), self.mangled(name), site)

    def expression_Attribute(self, node: ast.Attribute) -> ast.expr:
        """Announce a read of an attribute."""
        if self.library_path(node) is not None:
            return node
        if isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name) and node.value.func.id == "super":
            return self.parts(node)
        name = spelled(node)
        passes = node.attr in CONTAINER_METHODS and self.may_give_container(node.value)
        value, receiver = self.collected(node.value)
        self.use(receiver)
        site = self.source("read", node, name, receiver=receiver)
        announcer = "__ev_passed__" if passes else "__ev_attr__"
        node.value = self.announcer(node.value, announcer, value, self.mangled(node.attr), site)
        return node

    def expression_Subscript(self, node: ast.Subscript) -> ast.expr:
        """Announce a read of an entry, unless the receiver is a class or a module."""
        if not self.may_give_container(node.value):
            return self.parts(node)
        name = spelled(node)
        value = self.expression(node.value)
        key = self.key(node.slice)
        return self.announcer(node, "__ev_item__", value, key, self.source("read", node, name))

    def key(self, node: ast.expr) -> ast.expr:
        """Rewrite a subscript's key as an expression of its own."""
        if isinstance(node, ast.Slice):
            bounds = [
                placed(ast.Constant(None), node) if bound is None else self.expression(bound)
                for bound in (node.lower, node.upper, node.step)
            ]
            return placed(ast.Call(self.load("__ev_slice__", node), bounds, []), node)
        if isinstance(node, ast.Tuple):
            node.elts = [self.key(part) for part in node.elts]
            return node
        return self.expression(node)

    def expression_NamedExpr(self, node: ast.NamedExpr) -> ast.expr:
        """Announce an assignment expression."""
        name = node.target.id
        value, uses = self.collected(node.value)
        self.use(uses)
        node.value = self.stored_value(name, node, self.defined(node, value, [name], uses), uses)
        return node

    # -- Stores to names; the targets of statements need them too

    def stored_value(self, name: str, at: ast.AST, value: ast.expr, uses: Uses) -> ast.expr:
        """Announce the store of a value in a name, if such stores are announced."""
        if not self.announces_stores(name):
            return value
        site = self.site("write", at, name=name, uses=uses)
        if self.place(name) is Place.CELL:
            return self.announcer(at, "__ev_cellw__", value, self.token(name, at), self.mangled(name), site)
        return self.announcer(at, "__ev_globalw__", value, self.mangled(name), site)

    def defined(self, at: ast.AST, value: ast.expr, names: Sequence[str], uses: Uses) -> ast.expr:
        """Record that a value goes into those of the names that are locals."""
        own = [self.mangled(name) for name in names if self.place(name) is Place.LOCAL]
        if not own:
            return value
        return self.fact(at, "__ev_define__", value, self.site("define", at, uses=uses, locals=own))

    # -- Operators

    def expression_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        """Rewrite a unary operator; `not` tests the truth of its operand."""
        node.operand = self.truth(node.operand) if isinstance(node.op, ast.Not) else self.expression(node.operand)
        return node

    def expression_BinOp(self, node: ast.BinOp) -> ast.expr:
        """Rewrite an operator that may read two containers."""
        formats = isinstance(node.op, ast.Mod) and is_text(node.left)
        numbers = is_arithmetic_on_number(node.left) or is_arithmetic_on_number(node.right)
        text = is_text(node.left) or is_text(node.right)
        reads = isinstance(node.op, SCANNING_OPERATORS) and not numbers and (formats or not text)
        if reads:
            node.left, node.right = self.scanned_together([node.left, node.right], TEXT if formats else 0)
        else:
            node.left, node.right = self.expression(node.left), self.expression(node.right)
        return node

    def expression_Compare(self, node: ast.Compare) -> ast.expr:
        """Rewrite a comparison: membership reads an entry, equality and order read the whole."""
        if len(node.ops) == 1 and isinstance(node.ops[0], ast.In | ast.NotIn):
            return self.membership(node)
        operands = [node.left, *node.comparators]
        plain = any(isinstance(operand, ast.Constant) or is_arithmetic_on_number(operand) for operand in operands)
        scans = not plain and all(isinstance(operator, SCANNING_COMPARISONS) for operator in node.ops)
        if scans and len(node.ops) == 1:
            operands = self.scanned_together(operands, COMPARISON)
        else:
            operands = [self.scanned(each, COMPARISON) if scans else self.expression(each) for each in operands]
        node.left, *node.comparators = operands
        return node

    def membership(self, node: ast.Compare) -> ast.expr:
        """Rewrite `in` and `not in`."""
        container = node.comparators[0]
        name = spelled(container)
        shared = self.may_give_container(container)
        key = self.expression(node.left)
        value = self.expression(container)
        if not shared:
            node.left, node.comparators = key, [value]
            return node
        found = self.announcer(node, "__ev_in__", key, value, self.source("read", node, name))
        return found if isinstance(node.ops[0], ast.In) else placed(ast.UnaryOp(ast.Not(), found), node)

    def expression_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        """Rewrite `and` and `or` where the value of the last operand is given on."""
        return self.boolean_operation(node, self.expression)

    def boolean_operation(self, node: ast.BoolOp, last: Callable[[ast.expr], ast.expr]) -> ast.expr:
        """Rewrite `and` and `or`: each operand but the last is a test that decides the later ones."""
        before = len(self.context.deciders)
        for index, operand in enumerate(node.values[:-1]):
            node.values[index], site = self.tested(operand, operand)
            self.context.deciders.append(("test", site))
        node.values[-1] = last(node.values[-1])
        del self.context.deciders[before:]
        return node

    def expression_IfExp(self, node: ast.IfExp) -> ast.expr:
        """Rewrite a conditional expression."""
        node.test, site = self.tested(node.test, node)
        with self.decided_by(site):
            node.body = self.expression(node.body)
            node.orelse = self.expression(node.orelse)
        return node

    # -- Displays and texts

    def expression_Starred(self, node: ast.Starred) -> ast.expr:
        """Rewrite `*c`, which reads the whole."""
        node.value = self.scanned(node.value)
        return node

    def expression_Dict(self, node: ast.Dict) -> ast.expr:
        """Rewrite a dict display, where `**d` reads the whole of `d`."""
        for index, (key, value) in enumerate(zip(node.keys, node.values, strict=True)):
            if key is not None:
                node.keys[index] = self.expression(key)
            node.values[index] = self.scanned(value) if key is None else self.expression(value)
        return node

    def expression_FormattedValue(self, node: ast.FormattedValue) -> ast.expr:
        """Rewrite a value in an f-string, whose text reads the whole."""
        node.value = self.scanned(node.value, TEXT)
        if node.format_spec is not None:
            node.format_spec = self.expression(node.format_spec)
        return node

    # -- Comprehensions and lambdas

    def comprehension(self, node: AnyComprehension) -> ast.expr:
        """Rewrite a comprehension: its first iterable here, the rest in its own scope."""
        context, outer = self.context, self.context.scope
        for index, generator in enumerate(node.generators):
            context.iterables += 1
            generator.iter = self.comprehension_iterable(generator)
            context.iterables -= 1
            if index == 0:
                context.scope = self.scopes.by_node[node]
                context.repeats += 1
            generator.target = self.comprehension_target(generator.target)
            generator.ifs = [self.truth(test) for test in generator.ifs]
        if isinstance(node, ast.DictComp):
            node.key, node.value = self.expression(node.key), self.expression(node.value)
        else:
            node.elt = self.expression(node.elt)
        context.repeats -= 1
        context.scope = outer
        return node

    expression_ListComp = expression_SetComp = expression_DictComp = expression_GeneratorExp = comprehension

    def comprehension_iterable(self, generator: ast.comprehension) -> ast.expr:
        """Rewrite what a comprehension iterates over."""
        node, name = generator.iter, spelled(generator.iter)
        shared = self.may_give_container(node)
        value = self.expression(node)
        if not shared or generator.is_async:
            return value
        self.context.repeats += 1
        site = self.source("read", node, name)
        self.context.repeats -= 1
        arguments = (value, site) if self.mode == "accesses" else (value, site, -1)
        return self.announcer(node, "__ev_iter__", *arguments)

    def comprehension_target(self, node: ast.expr) -> ast.expr:
        """Rewrite the target of a comprehension; only its names are its own."""
        return node if isinstance(node, ast.Name) else self.target(node, Flow(Uses()))

    def target(self, node: ast.expr, flow: Flow) -> ast.expr:
        """Rewrite a place that is stored to (see `targets.py`)."""
        raise NotImplementedError

    def expression_Lambda(self, node: ast.Lambda) -> ast.expr:
        """Rewrite a lambda; in facts mode it is an activation of its own.

        Not inside a comprehension's iterable, where the language forbids the assignment expression that holds
        the activation: there it belongs to the function around it.
        """
        self.rewrite_defaults(node.args)
        outer, scope = self.context, self.scopes.by_node[node]
        if outer.iterables:
            with self.within(Context(scope, outer.function, outer.has_activation, iterables=1, block=outer.block)):
                node.body = self.expression(node.body)
            return node
        function = self.function_site(node, "lambda", node.args)
        with self.within(Context(scope, function, has_activation=True, block=self.sites.next_block())):
            value, uses = self.collected(node.body)
            site = self.site("return", node.body, uses=uses)
            node.body = self.lambda_body(value, function, site)
        return node

    def lambda_body(self, value: ast.expr, function: int, site: int) -> ast.expr:
        """Record entry, value and end of a lambda: `[enter, value, leave][1]`."""
        if self.mode == "accesses":
            return value
        entered = placed(ast.Call(self.load("__ev_enter__", value), [placed(ast.Constant(function), value)], []), value)
        held = placed(ast.NamedExpr(placed(ast.Name(ACTIVATION, ast.Store()), value), entered), value)
        steps: list[ast.expr] = [
            held,
            self.fact(value, "__ev_return__", value, site),
            self.announcer(value, "__ev_leave__"),
        ]
        whole = placed(ast.List(steps, ast.Load()), value)
        return placed(ast.Subscript(whole, placed(ast.Constant(1), value), ast.Load()), value)

    def function_site(self, node: ast.AST, name: str, arguments: ast.arguments) -> int:
        """Add the site of a function's entry."""
        positional = [argument.arg for argument in [*arguments.posonlyargs, *arguments.args]]
        others = [name for name in parameters(arguments) if name not in positional]
        return self.sites.add(
            "function",
            node,
            {"name": name, "parameters": positional, "other_parameters": others, "block": self.context.block},
        )

    def rewrite_defaults(self, arguments: ast.arguments) -> None:
        """Rewrite default values, which are evaluated where the function is defined."""
        arguments.defaults = [self.expression(default) for default in arguments.defaults]
        arguments.kw_defaults = [
            None if default is None else self.expression(default) for default in arguments.kw_defaults
        ]

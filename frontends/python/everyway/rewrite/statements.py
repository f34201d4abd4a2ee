"""Statements: what decides what, what binds, and how a function is entered and left."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from .collector import Function
from .containers import BUILTINS_GIVING_NO_CONTAINER, COMPARISON
from .expressions import Flow
from .sites import Uses, spelled, union
from .targets import Targets
from .walker import ACTIVATION, Context, Leave, cell_name, placed

CALLING_STATEMENTS = (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.With, ast.AsyncWith)
DEFINITIONS = (*Function, ast.ClassDef)
AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef


class Statements(Targets):
    """Rewrites statements."""

    def module(self) -> ast.Module:
        """Rewrite the whole module; its docstring and `__future__` imports stay first."""
        head = prologue_length(self.tree.body)
        body = self.block(self.tree.body[head:])
        self.tree.body[head:] = body
        return ast.fix_missing_locations(self.tree)

    # -- Blocks

    def block(self, statements: Sequence[ast.stmt]) -> list[ast.stmt]:
        """Rewrite a statement list: what leaves it or may raise in it decides the statements after."""
        context = self.context
        deciders, outer = list(context.deciders), context.block
        tests = len(context.tests)
        block = self.sites.next_block()
        rewritten: list[ast.stmt] = []
        for statement in statements:
            context.block = block
            leaves, first_site = len(context.leaves), self.sites.next_site()
            rewritten += self.statement_list(statement)
            if not isinstance(statement, DEFINITIONS):
                self.decide_rest(statement, context.leaves[leaves:], tests, first_site)
        context.deciders, context.block = deciders, outer
        return rewritten

    def statement_list(self, node: ast.stmt) -> list[ast.stmt]:
        """Rewrite one statement."""
        rewriter: Callable[[ast.stmt], list[ast.stmt]] = getattr(self, f"statement_{type(node).__name__}", self.plain)
        with self.collecting():
            return rewriter(node)

    def decide_rest(self, statement: ast.stmt, leaves: Sequence[Leave], tests: int, first_site: int) -> None:
        """Add what this statement decides about the rest of its block."""
        context = self.context
        for leave in leaves:
            left_inner_loop = leave.loop is not None and leave.loop > context.loops
            if left_inner_loop and not leave.ends_loop:
                continue
            kind = "loop_before" if left_inner_loop else "test"
            context.deciders += [(kind, test) for test in leave.tests[tests:]]
        if isinstance(statement, ast.While):
            context.deciders.append(("loop_before", self.while_tests[statement]))
        if isinstance(statement, CALLING_STATEMENTS):
            sites = range(first_site, self.sites.next_site())
            own = (site for site in sites if self.sites[site].get("function") == context.function)
            context.deciders += [("call_before", site) for site in own if self.sites[site]["kind"] == "call"]

    def plain(self, node: ast.stmt) -> list[ast.stmt]:
        """Rewrite the expressions of a statement that has no rule of its own."""
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.expr):
                setattr(node, name, self.expression(value))
        return [node]

    def untouched(self, node: ast.stmt) -> list[ast.stmt]:
        """Leave a statement as it is."""
        return [node]

    statement_Global = statement_Nonlocal = statement_Pass = untouched

    def statement_TypeAlias(self, node: ast.stmt) -> list[ast.stmt]:
        """Leave a type alias as it is."""
        return [node]

    # -- Functions and classes

    def statement_FunctionDef(self, node: AnyFunction) -> list[ast.stmt]:
        """Rewrite a function's definition and body."""
        bound = self.bind(node.name, node)
        node.decorator_list = [self.decorator(decorator) for decorator in node.decorator_list]
        self.rewrite_defaults(node.args)
        function = self.function_site(node, node.name, node.args)
        context = Context(self.scopes.by_node[node], function, has_activation=True)
        with self.within(context):
            head = 1 if ast.get_docstring(node, clean=False) is not None else 0
            first = node.body[min(head, len(node.body) - 1)]
            prologue = self.function_prologue(first, context, function)
            body = self.block(node.body[head:]) or [placed(ast.Pass(), first)]
            node.body = [*node.body[:head], *prologue, *self.function_body(body, first)]
        return [*bound, node]

    statement_AsyncFunctionDef = statement_FunctionDef

    def decorator(self, node: ast.expr) -> ast.expr:
        """Rewrite a decorator; one that is only a name or attribute announces nothing."""
        return node if isinstance(node, ast.Name | ast.Attribute) else self.expression(node)

    def function_prologue(self, at: ast.stmt, context: Context, function: int) -> list[ast.stmt]:
        """Make the activation and the identities of the closure variables that the function owns."""
        statements: list[ast.stmt] = []
        if self.mode == "facts":
            entered = placed(ast.Call(self.load("__ev_enter__", at), [placed(ast.Constant(function), at)], []), at)
            statements.append(placed(ast.Assign([placed(ast.Name(ACTIVATION, ast.Store()), at)], entered), at))
        for name in context.scope.cells:
            token = self.announcer(at, "__ev_newcell__")
            statements.append(placed(ast.Assign([placed(ast.Name(cell_name(name), ast.Store()), at)], token), at))
        return statements

    def function_body(self, body: list[ast.stmt], at: ast.stmt) -> list[ast.stmt]:
        """Record that the function is left, however it ends."""
        if self.mode == "accesses":
            return body
        left = self.statement(self.announcer(at, "__ev_leave__"), at)
        return [placed(ast.Try(body=body, handlers=[], orelse=[], finalbody=[left]), at)]

    def statement_ClassDef(self, node: ast.ClassDef) -> list[ast.stmt]:
        """Rewrite a class's bases and body."""
        bound = self.bind(node.name, node)
        node.decorator_list = [self.decorator(decorator) for decorator in node.decorator_list]
        node.bases = [self.expression(base) for base in node.bases]
        for keyword in node.keywords:
            keyword.value = self.keyword_value(keyword)
        with self.within(Context(self.scopes.by_node[node])):
            head = 1 if ast.get_docstring(node, clean=False) is not None else 0
            node.body = [*node.body[:head], *self.block(node.body[head:])]
        return [*bound, node]

    def statement_Return(self, node: ast.Return) -> list[ast.stmt]:
        """Rewrite `return`; a bare one keeps its shape, which async generators need."""
        if node.value is None:
            recorded = self.fact_statement(node, "__ev_return__", self.site("return", node))
            self.leave()
            return [*recorded, node]
        value, uses = self.collected(node.value)
        node.value = self.fact(node, "__ev_return__", value, self.site("return", node, uses=uses))
        self.leave()
        return [node]

    # -- Branches

    def statement_If(self, node: ast.If) -> list[ast.stmt]:
        """Rewrite `if`."""
        node.test, site = self.tested(node.test, node, [*node.body, *node.orelse])
        with self.decided_by(site, statement=True):
            node.body, node.orelse = self.block(node.body), self.block(node.orelse)
        return [node]

    def statement_Match(self, node: ast.Match) -> list[ast.stmt]:
        """Rewrite `match`: its subject is one test, each guard another."""
        with self.collecting() as uses:
            subject = self.matched(node)
        bodies = [part for case in node.cases for part in (case.pattern, *case.body)]
        site = self.site("test", node, uses=uses, locals=self.assigned(bodies))
        node.subject = self.fact(node.subject, "__ev_test__", subject, site)
        with self.decided_by(site, statement=True):
            for case in node.cases:
                self.match_case(case, uses)
        return [node]

    def matched(self, node: ast.Match) -> ast.expr:
        """Rewrite a subject: what the patterns name of it is read at once."""
        if not self.may_be_read(node.subject, COMPARISON):
            return self.expression(node.subject)
        patterns = [part for case in node.cases for part in ast.walk(case.pattern)]
        named = [name for part in patterns if isinstance(part, ast.MatchClass) for name in part.kwd_attrs]
        name = spelled(node.subject)
        value = self.expression(node.subject)
        site = self.source("read", node.subject, name)
        names: Any = tuple(dict.fromkeys(map(self.mangled, named)))
        return self.announcer(node.subject, "__ev_matched__", value, site, placed(ast.Constant(names), node.subject))

    def match_case(self, case: ast.match_case, subject: Uses) -> None:
        """Rewrite a case; its captures are announced at the start of its body."""
        captured = self.bind_names(list(dict.fromkeys(pattern_names(case.pattern))), case.pattern, subject)
        if case.guard is None:
            case.body = [*captured, *self.block(case.body)]
            return
        case.guard, site = self.tested(case.guard, case.guard, case.body)
        with self.decided_by(site, statement=True):
            case.body = [*captured, *self.block(case.body)]

    def statement_Assert(self, node: ast.Assert) -> list[ast.stmt]:
        """Rewrite `assert`, a test that leaves."""
        node.test, site = self.tested(node.test, node)
        if node.msg is not None:
            with self.decided_by(site):
                node.msg = self.expression(node.msg)
        self.context.leaves.append(Leave((*self.context.tests, site)))
        return [node]

    # -- Loops

    def statement_While(self, node: ast.While) -> list[ast.stmt]:
        """Rewrite `while`; each round announces itself, so that waiting rounds can be told."""
        node.test, site = self.tested(node.test, node, node.body)
        self.while_tests[node] = site
        with self.decided_by(site, statement=True, loop=True):
            round_site = self.site("round", node, name="passive" if node in self.passive_loops else "")
            head = self.statement(self.announcer(node, "__ev_round__", round_site), node)
            node.body = [head, *self.block(node.body)]
        node.orelse = self.block(node.orelse)
        return [self.statement(self.announcer(node, "__ev_loop__", round_site), node), node]

    def statement_For(self, node: ast.For | ast.AsyncFor) -> list[ast.stmt]:
        """Rewrite `for`: each step reads what it iterates over, and is a test."""
        assigned = self.assigned([node])
        name, at = spelled(node.iter), node.iter
        shared = isinstance(node, ast.For) and self.may_give_container(node.iter)
        stepwise = shared or (isinstance(node, ast.For) and self.is_lazy(node.iter))
        value, uses = self.collected(node.iter)
        with self.collecting() as steps:
            step = self.source("read", at, name) if shared else -1
        site = self.site("test", node, uses=union(uses, steps), locals=assigned)
        node.iter = self.iterated(value, at, step, site if stepwise else -1)
        head = self.fact_statement(at, "__ev_test__", site) if not stepwise else []
        node.target, stored = self.bound_target(node.target, Flow(union(uses, steps)))
        head += stored
        with self.decided_by(site, statement=True, loop=True):
            node.body = [*head, *self.block(node.body)]
        node.orelse = self.block(node.orelse)
        return [node]

    statement_AsyncFor = statement_For

    def is_lazy(self, node: ast.expr) -> bool:
        """Say whether an iterable is certainly no container, so that recording its steps announces nothing."""
        return isinstance(node, ast.GeneratorExp) or self.calls_builtin(node, BUILTINS_GIVING_NO_CONTAINER)

    def iterated(self, value: ast.expr, at: ast.expr, step: int, test: int) -> ast.expr:
        """Announce each step where something shared is iterated, and its test where facts are wanted."""
        if self.mode == "facts" and test >= 0:
            return self.announcer(at, "__ev_iter__", value, step, test)
        return self.announcer(at, "__ev_iter__", value, step) if step >= 0 else value

    # -- Leaving

    def leave(self, loop: int | None = None, *, ends_loop: bool = False) -> None:
        """Remember the tests round a statement that leaves its block."""
        self.context.leaves.append(Leave(tuple(self.context.tests), loop, ends_loop))

    def statement_Break(self, node: ast.Break) -> list[ast.stmt]:
        """Remember a `break`."""
        self.leave(self.context.loops, ends_loop=True)
        return [node]

    def statement_Continue(self, node: ast.Continue) -> list[ast.stmt]:
        """Remember a `continue`."""
        self.leave(self.context.loops)
        return [node]

    def statement_Raise(self, node: ast.Raise) -> list[ast.stmt]:
        """Rewrite `raise`: each test around it has a branch that raises."""
        for test in self.context.tests:
            self.sites[test]["raises"] = True
        self.leave()
        return self.plain(node)

    # -- Blocks that are no branches

    def statement_Try(self, node: ast.Try) -> list[ast.stmt]:
        """Rewrite `try`: a handler is a test of the last read that the body made."""
        first = self.sites.next_site()
        node.body = self.block(node.body)
        sites = range(first, self.sites.next_site())
        inside = Uses(
            {
                site: None
                for site in sites
                if self.sites[site]["kind"] in ("read", "call")
                and self.sites[site].get("function") == self.context.function
            }
        )
        for handler in node.handlers:
            self.handler(handler, inside)
        node.orelse, node.finalbody = self.block(node.orelse), self.block(node.finalbody)
        return [node]

    statement_TryStar = statement_Try

    def handler(self, node: ast.ExceptHandler, inside: Uses) -> None:
        """Rewrite an exception handler."""
        site = self.site("test", node, uses=inside, locals=self.assigned(node.body), newest_only=True)
        with self.decided_by(site, statement=True):
            head = self.fact_statement(node, "__ev_test__", site)
            if node.name is not None and self.announces_stores(node.name):
                node.body = [*head, *self.named_handler(node, node.name)]
            else:
                node.body = [*head, *self.block(node.body)]

    def named_handler(self, node: ast.ExceptHandler, name: str) -> list[ast.stmt]:
        """Bind an announced name to the exception for the handler's body, and delete it, as natively."""
        node.name = temporary = f"__ev_caught_{name}__"
        value = self.stored_value(name, node, self.load(temporary, node), Uses())
        first = placed(ast.Assign([placed(ast.Name(name, ast.Store()), node)], value), node)
        body = self.block(node.body)
        none = self.stored_value(name, node, placed(ast.Constant(None), node), Uses())
        last = [
            placed(ast.Assign([placed(ast.Name(name, ast.Store()), node)], none), node),
            placed(ast.Delete([placed(ast.Name(name, ast.Del()), node)]), node),
        ]
        return [first, placed(ast.Try(body=body, handlers=[], orelse=[], finalbody=last), node)]

    def statement_With(self, node: ast.With | ast.AsyncWith) -> list[ast.stmt]:
        """Rewrite `with`."""
        heads: list[list[ast.stmt]] = []
        for item in node.items:
            item.context_expr, uses = self.collected(item.context_expr)
            head: list[ast.stmt] = []
            if item.optional_vars is not None:
                item.optional_vars, head = self.bound_target(item.optional_vars, Flow(uses))
            heads.append(head)
        body = self.block(node.body)
        items: list[ast.withitem] = []
        for item, head in zip(reversed(node.items), reversed(heads), strict=True):
            if head and items:
                # What an item stores comes before the next one is evaluated.
                body = [placed(type(node)(items, body), node)]
                items = []
            body = [*head, *body]
            items.insert(0, item)
        node.items, node.body = items, body
        return [node]

    statement_AsyncWith = statement_With

    def statement_Import(self, node: ast.Import | ast.ImportFrom) -> list[ast.stmt]:
        """Announce the names that an import binds."""
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            return [node]
        names = [
            alias.asname or (alias.name.partition(".")[0] if isinstance(node, ast.Import) else alias.name)
            for alias in node.names
        ]
        return [*(statement for name in names if name != "*" for statement in self.bind(name, node)), node]

    statement_ImportFrom = statement_Import


def pattern_names(pattern: ast.pattern) -> list[str]:
    """Give the names that a pattern captures."""
    names = []
    for node in ast.walk(pattern):
        match node:
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                names.append(name)
    return names


def prologue_length(body: Sequence[ast.stmt]) -> int:
    """Count the docstring and the `__future__` imports that must stay first."""
    count = 0
    for statement in body:
        docstring = count == 0 and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        if not docstring and not future:
            break
        count += 1
    return count

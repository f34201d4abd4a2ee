"""Calls: container methods, builtins and library functions that read or change their arguments, the rest."""

from __future__ import annotations

import ast
from functools import partial

from .containers import (
    CONTAINER_METHODS,
    COPY,
    DEEPLY_READING_BUILTINS,
    DEEPLY_READING_FUNCTIONS,
    FRAME_BUILTINS,
    METHODS_READING_ARGUMENTS,
    MUTATING_FUNCTIONS,
    NUMBER_FUNCTIONS,
    PLAIN_BUILTINS,
    SCANNING_BUILTINS,
    SIZING_BUILTINS,
    STEPPING_BUILTINS,
)
from .expressions import Expressions
from .sites import Uses, spelled, union
from .walker import placed


class Calls(Expressions):
    """Rewrites call expressions."""

    def expression_Call(self, node: ast.Call) -> ast.expr:
        """Rewrite a call by what is known of its function."""
        function = node.func
        if isinstance(function, ast.Name) and self.is_known_builtin(function.id):
            return self.builtin_call(node, function.id)
        if isinstance(function, ast.Attribute) and self.may_be_container_method(function):
            return self.method_call(node, function)
        return self.ordinary_call(node)

    def may_be_container_method(self, function: ast.Attribute) -> bool:
        """Say whether an attribute could be a method of a container that another task shares."""
        known = function.attr in CONTAINER_METHODS and self.library_path(function) is None
        return known and self.may_give_container(function.value)

    def is_known_builtin(self, name: str) -> bool:
        """Say whether a call of this name is one of a builtin that needs no call site."""
        if name in FRAME_BUILTINS:
            return self.scopes.stored_nowhere(self.context.scope, self.mangled(name))
        return name in PLAIN_BUILTINS | SCANNING_BUILTINS and self.is_builtin(name)

    def builtin_call(self, node: ast.Call, name: str) -> ast.expr:
        """Rewrite a call of a builtin: what it is given flows into what it gives."""
        plain = not node.keywords and not any(isinstance(argument, ast.Starred) for argument in node.args)
        if name == "reversed" and plain and len(node.args) == 1 and self.may_give_container(node.args[0]):
            return self.stepping_call("__ev_reversed__", node)
        if name == "next" and plain and node.args and self.may_give_container(node.args[0]):
            return self.stepping_call("__ev_next__", node)
        keyed = any(keyword.arg == "key" and not self.is_getter(keyword.value) for keyword in node.keywords)
        if name in STEPPING_BUILTINS or (keyed and name in ("max", "min") and len(node.args) == 1):
            self.stepped_arguments(node, name)
        elif name in SIZING_BUILTINS:
            node.args = [self.expression(a) if isinstance(a, ast.Starred) else self.sized(a) for a in node.args]
        elif name in SCANNING_BUILTINS:
            node.args = self.scanned_together(node.args, self.reach_of(name, node))
        else:
            node.args = [self.expression(argument) for argument in node.args]
        for keyword in node.keywords:
            keyword.value = self.keyword_value(keyword)
        return node

    def reach_of(self, name: str, node: ast.Call) -> int:
        """Say how far a builtin looks into what it is given: with a key that is code of the program, not at all."""
        keys = [keyword.value for keyword in node.keywords if keyword.arg == "key"]
        if keys:
            return COPY if self.is_getter(keys[0]) else 0
        return DEEPLY_READING_BUILTINS.get(name, 0)

    def is_getter(self, node: ast.expr) -> bool:
        """Say whether an expression makes one of the functions by which `operator` looks into objects."""
        path = self.library_path(node.func) if isinstance(node, ast.Call) else None
        return path in ("operator.attrgetter", "operator.itemgetter")

    def stepping_call(self, announcer: str, node: ast.Call) -> ast.expr:
        """Rewrite `reversed(c)` or `next(i)`, whose steps get the call's own site."""
        name = spelled(node.args[0])
        arguments = [self.expression(argument) for argument in node.args]
        site = self.source("read", node, name)
        if announcer == "__ev_next__":
            return self.announcer(node, announcer, node.func, site, *arguments)
        return self.announcer(node, announcer, node.func, *arguments, site)

    def stepped_arguments(self, node: ast.Call, name: str) -> None:
        """Rewrite the arguments of a builtin that takes element after element, with code between."""
        first = 1 if name in ("filter", "map") else 0
        last = 0 if name == "iter" and len(node.args) != 1 else 1 if name == "enumerate" else len(node.args)
        for index, argument in enumerate(node.args):
            stepped = first <= index < last and not isinstance(argument, ast.Starred)
            node.args[index] = self.stepped(argument) if stepped else self.expression(argument)

    def stepped(self, node: ast.expr) -> ast.expr:
        """Rewrite an expression whose elements are taken one by one."""
        if not self.may_give_container(node):
            return self.expression(node)
        name = spelled(node)
        value = self.expression(node)
        self.context.repeats += 1
        site = self.source("read", node, name)
        self.context.repeats -= 1
        arguments = (value, site) if self.mode == "accesses" else (value, site, -1)
        return self.announcer(node, "__ev_iter__", *arguments)

    def keyword_value(self, keyword: ast.keyword) -> ast.expr:
        """Rewrite an argument by name; `**d` reads the whole of `d`."""
        return self.scanned(keyword.value) if keyword.arg is None else self.expression(keyword.value)

    def method_call(self, node: ast.Call, function: ast.Attribute) -> ast.expr:
        """Rewrite a call that may be of a container's method."""
        name = spelled(function)
        value, receiver = self.collected(function.value)
        arguments = self.arguments(node, function.attr in METHODS_READING_ARGUMENTS)
        site = self.call_site(node, name, receiver, arguments)
        attribute = self.mangled(function.attr)
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            node.func = self.announcer(function, "__ev_bound__", value, attribute, site)
            return node
        return self.announcer(node, "__ev_method__", value, attribute, site, *node.args)

    def ordinary_call(self, node: ast.Call) -> ast.expr:
        """Rewrite any other call; in facts mode the core makes it, and links it to the function's entry."""
        path = self.library_path(node.func)
        name = spelled(node.func)
        joins = isinstance(node.func, ast.Attribute) and node.func.attr in METHODS_READING_ARGUMENTS
        node.func, receiver = self.collected(node.func)
        if path in MUTATING_FUNCTIONS and node.args and not isinstance(node.args[0], ast.Starred):
            arguments = self.mutating_arguments(node)
        else:
            reads = joins or (path is not None and path not in NUMBER_FUNCTIONS)
            arguments = self.arguments(node, reads, DEEPLY_READING_FUNCTIONS.get(path or "", 0))
        site = self.call_site(node, name, receiver, arguments)
        if self.mode == "accesses":
            return node
        at = placed(ast.Constant(site), node)
        given = [self.activation(node), at, node.func, *node.args]
        return placed(ast.Call(self.load("__ev_call__", node), given, node.keywords), node)

    def call_site(self, node: ast.Call, name: str, receiver: Uses, arguments: list[tuple[str | None, Uses]]) -> int:
        """Add the site of a call, whose value the expression around uses in place of the arguments'."""
        uses = union(receiver, *(used for _, used in arguments))
        positional = [used.as_fields() for keyword, used in arguments if keyword is None]
        keywords = [[keyword, used.as_fields()] for keyword, used in arguments if keyword is not None]
        return self.source("call", node, name, uses=uses, receiver=receiver, arguments=positional, keywords=keywords)

    def arguments(self, node: ast.Call, scanned: bool, reach: int = 0) -> list[tuple[str | None, Uses]]:
        """Rewrite the arguments in place and give what each used; the name of `**d` is `**`."""
        used: list[tuple[str | None, Uses]] = []
        for index, argument in enumerate(node.args):
            simple = isinstance(argument, ast.Name | ast.Attribute | ast.Subscript) or self.steps(argument)
            rewriter = partial(self.scanned, reach=reach) if scanned and simple else self.expression
            node.args[index], uses = self.collected(argument, rewriter)
            used.append((None, uses))
        for keyword in node.keywords:
            with self.collecting() as uses:
                keyword.value = self.keyword_value(keyword)
            used.append((keyword.arg or "**", uses))
        return used

    def mutating_arguments(self, node: ast.Call) -> list[tuple[str | None, Uses]]:
        """Rewrite the arguments of a library function that changes its first one."""
        first = node.args[0]
        name = spelled(first)
        used = self.arguments(node, scanned=False)
        site = self.site("write", first, name=name, uses=union(*(uses for _, uses in used)))
        used[0][1].sites[site] = None
        node.args[0] = self.announcer(first, "__ev_mutate__", node.args[0], site)
        return used

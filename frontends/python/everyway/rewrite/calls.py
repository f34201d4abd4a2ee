"""Calls: container methods, builtins and library functions that read or change their arguments, the rest."""

from __future__ import annotations

import ast

from .containers import (
    CONTAINER_METHODS,
    FRAME_BUILTINS,
    METHODS_READING_ARGUMENTS,
    MUTATING_FUNCTIONS,
    NUMBER_FUNCTIONS,
    PLAIN_BUILTINS,
    SCANNING_BUILTINS,
    SIZING_BUILTINS,
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
        announcer = "__ev_size__" if name in SIZING_BUILTINS else "__ev_scan__"
        reads = name in SIZING_BUILTINS | SCANNING_BUILTINS
        for index, argument in enumerate(node.args):
            plain = not reads or isinstance(argument, ast.Starred)
            node.args[index] = self.expression(argument) if plain else self.observed(announcer, argument)
        for keyword in node.keywords:
            keyword.value = self.keyword_value(keyword)
        return node

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
            arguments = self.arguments(node, joins or (path is not None and path not in NUMBER_FUNCTIONS))
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

    def arguments(self, node: ast.Call, scanned: bool) -> list[tuple[str | None, Uses]]:
        """Rewrite the arguments in place and give what each used; the name of `**d` is `**`."""
        used: list[tuple[str | None, Uses]] = []
        for index, argument in enumerate(node.args):
            simple = isinstance(argument, ast.Name | ast.Attribute | ast.Subscript)
            node.args[index], uses = self.collected(argument, self.scanned if scanned and simple else self.expression)
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

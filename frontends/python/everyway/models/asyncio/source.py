"""The source of the library's modules as it is loaded.

`Abort` ends a task whose execution is over, so no handler of the library may take it. What callbacks
look at and change is announced (`notes.py`).
"""

from __future__ import annotations

import ast
from typing import Any

from everyway import _core as core
from everyway.models.asyncio import notes

ABORT = "__ev_abort__"
_SLOTS_OF_HANDLES = ("_chain", "_number")


def is_changed(name: str) -> bool:
    """Whether a module is loaded from a changed source."""
    return name.startswith("asyncio.")


def run(source: str, path: str, names: dict[str, Any]) -> None:
    """Run a module's changed source in its namespace."""
    module = names["__name__"]
    tree = _Change(module).visit(ast.parse(source, path))
    names[ABORT] = core.Abort
    if module in notes.MODULES:
        tree = notes.rewrite(tree)
        names.update(notes.names())
    exec(compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True), names)


class _Change(ast.NodeTransformer):
    def __init__(self, module: str) -> None:
        self._module = module

    def visit_Try(self, node: ast.Try) -> ast.AST:
        self.generic_visit(node)
        at = next((index for index, handler in enumerate(node.handlers) if _takes_all(handler)), None)
        if at is not None:
            taken: Any = node.handlers[at]
            let_go = ast.ExceptHandler(ast.Name(ABORT, ast.Load()), None, [ast.Raise(None, None)])
            ast.copy_location(let_go, taken)
            node.handlers.insert(at, let_go)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        if self._module == "asyncio.events" and node.name == "Handle":
            for statement in node.body:
                if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Tuple):
                    statement.value.elts += [ast.Constant(name) for name in _SLOTS_OF_HANDLES]
        return node


def _takes_all(handler: ast.ExceptHandler) -> bool:
    kind = handler.type
    return kind is None or (isinstance(kind, ast.Name) and kind.id == "BaseException")

"""What counts as a definition in a guide: an import, a function, a class; not a value."""

from __future__ import annotations

import ast

from .names import words

# Library calls that make a class or a type: `Point = namedtuple("Point", "x y")` defines as
# `class Point` does.
_CLASS_MAKERS = words(
    "namedtuple NamedTuple TypedDict NewType TypeVar ParamSpec TypeVarTuple make_dataclass Enum IntEnum Flag"
)
_TYPE_ALIAS: type[ast.stmt] | None = getattr(ast, "TypeAlias", None)
_TRY: tuple[type[ast.Try], ...] = (
    ast.Try,
    *([vars(ast)["TryStar"]] if hasattr(ast, "TryStar") else []),
)


def is_definition(statement: ast.stmt) -> bool:
    """Say whether a top-level statement defines, alone or as ``try: import …`` does."""
    if is_plain_definition(statement):
        return True
    inner = branches(statement)
    if inner is None:
        return False
    return any(is_definition(part) for part in inner) and all(
        is_definition(part) or is_inert(part) or _assigns_constant(part) for part in inner
    )


def is_plain_definition(statement: ast.stmt) -> bool:
    """Say whether a statement is one import, function or class."""
    if isinstance(
        statement,
        ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
    ):
        return True
    if _TYPE_ALIAS is not None and isinstance(statement, _TYPE_ALIAS):
        return True
    return isinstance(statement, ast.Assign) and _is_lambda_or_class(statement) is not None


def is_inert(statement: ast.stmt) -> bool:
    """Say whether a statement does nothing: ``pass``, a docstring, ``…``."""
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def makes_class(call: ast.Call) -> bool:
    """Say whether a call makes a class or a type by a library function known for it."""
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", None)
    # `Enum(value)` looks a member up, `Enum("Name", members)` makes a class.
    return name in _CLASS_MAKERS and (len(call.args) > 1 or "Enum" not in str(name))


def branches(statement: ast.stmt) -> list[ast.stmt] | None:
    """Give the statements inside an ``if`` or ``try``, and ``None`` for another statement."""
    if isinstance(statement, ast.If):
        return [*statement.body, *statement.orelse]
    if isinstance(statement, _TRY):
        handled = [part for handler in statement.handlers for part in handler.body]
        return [*statement.body, *handled, *statement.orelse, *statement.finalbody]
    return None


def _is_lambda_or_class(statement: ast.Assign) -> str | None:
    target, value = statement.targets[0], statement.value
    if len(statement.targets) != 1 or not isinstance(target, ast.Name):
        return None
    defines = isinstance(value, ast.Lambda) or (isinstance(value, ast.Call) and makes_class(value))
    return target.id if defines else None


def _assigns_constant(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)

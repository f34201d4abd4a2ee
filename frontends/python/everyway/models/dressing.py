"""How functions of a model take the place of the library's: under their names, with their descriptions."""

from __future__ import annotations

import functools
import types
from typing import Any


class Builtin(functools.partial):  # type: ignore[type-arg]
    """A function that, as those written in C, becomes no method when it is an attribute of a class."""

    __name__: str

    def __get__(self, owner: Any, kind: type | None = None) -> Builtin:
        return self

    def __repr__(self) -> str:
        return f"<built-in function {self.__name__}>"


Builtin.__name__ = Builtin.__qualname__ = "builtin_function_or_method"
Builtin.__module__ = "builtins"


def builtin(value: Any, module: str) -> Any:
    """What stands for something of a module written in C: a function becomes a `Builtin`."""
    if not isinstance(value, types.FunctionType):
        return value
    made = Builtin(value)
    for name in ("__name__", "__qualname__", "__doc__"):
        setattr(made, name, getattr(value, name))
    made.__module__ = module
    return made


def replace(kind: Any, **functions: Any) -> None:
    """Put functions in a class under the names and descriptions of those that they replace."""
    for name, function in functions.items():
        setattr(kind, name, _dressed(function, getattr(kind, name), name))


def replace_function(module: Any, **functions: Any) -> None:
    """The same for the functions of a module."""
    for name, function in functions.items():
        setattr(module, name, _dressed(function, getattr(module, name), name))


def _dressed(function: Any, replaced: Any, name: str) -> Any:
    functools.update_wrapper(function, replaced, assigned=("__module__", "__qualname__", "__doc__"), updated=())
    del function.__wrapped__
    function.__name__ = name
    return function

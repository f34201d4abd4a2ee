"""How functions of a model take the place of the library's: under their names, with their descriptions."""

from __future__ import annotations

import functools
from typing import Any


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

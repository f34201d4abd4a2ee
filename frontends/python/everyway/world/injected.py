"""The builtins of the user's modules: Python's own, the announcers, and what must be ours."""

from __future__ import annotations

import builtins
import sys
from typing import Any

from everyway import _core as core
from everyway.models import files_open
from everyway.world import identity, output
from everyway.world.refusal import PACKAGES_WITH_REFUSED, import_refused, is_refused, package_view
from everyway.world.user_modules import UserModules

HIDDEN = "__ev_"

_real_import = builtins.__import__
_real_vars = builtins.vars
_real_dir = builtins.dir
_MISSING: Any = object()


def make_builtins(announcers: dict[str, Any], modules: UserModules) -> dict[str, Any]:
    """The dictionary that each of the user's modules has as its `__builtins__`."""
    return {
        **vars(builtins),
        **announcers,
        "__build_class__": identity.build_class,
        "__ev_slice__": slice,
        "__import__": _importer(modules),
        "breakpoint": _refusing("breakpoint"),
        "compile": _refusing("compile"),
        "delattr": _delattr,
        "dir": _dir,
        "eval": _refusing("eval"),
        "exec": _refusing("exec"),
        "getattr": _getattr,
        "hasattr": _hasattr,
        "id": identity.serial_id,
        "input": output.input,
        "locals": _locals,
        "open": files_open.open,
        "print": output.print,
        "setattr": _setattr,
        "vars": _vars,
    }


def _getattr(value: Any, name: Any, *default: Any) -> Any:
    core.note_attribute(value, name, False)
    return getattr(value, name, *default)


def _hasattr(value: Any, name: Any, /) -> bool:
    core.note_attribute(value, name, False)
    return hasattr(value, name)


def _setattr(value: Any, name: Any, new: Any, /) -> None:
    core.note_attribute(value, name, True)
    setattr(value, name, new)


def _delattr(value: Any, name: Any, /) -> None:
    core.note_attribute(value, name, True)
    delattr(value, name)


def _refusing(what: str) -> Any:
    def refuse(*arguments: object, **keywords: object) -> None:
        core.refuse(what)

    refuse.__name__ = refuse.__qualname__ = what
    return refuse


def _visible(names: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in names.items() if not name.startswith(HIDDEN)}


def _locals_of(frame: Any) -> dict[str, Any]:
    names = frame.f_locals
    if names is frame.f_globals:
        return names  # type: ignore[no-any-return]
    return _visible(names)


def _locals() -> dict[str, Any]:
    """The names of the caller, without those that the rewriting added."""
    return _locals_of(sys._getframe(1))


def _vars(value: Any = _MISSING, /) -> Any:
    if value is _MISSING:
        return _locals_of(sys._getframe(1))
    core.note_dictionary(value)
    return _real_vars(value)


def _dir(value: Any = _MISSING, /) -> list[str]:
    if value is not _MISSING:
        return _real_dir(value)
    return sorted(name for name in _locals_of(sys._getframe(1)) if not name.startswith(HIDDEN))


def _importer(modules: UserModules) -> Any:
    def import_(
        name: str,
        globals: Any = None,
        locals: Any = None,
        fromlist: Any = (),
        level: int = 0,
    ) -> Any:
        """Import a module: the user's own, a stand-in for a refused one, or a library's."""

        def load() -> Any:
            return _real_import(name, globals, locals, fromlist, level)

        if level:
            return modules.load(_absolute(name, globals, level), load)
        if modules.is_users(name.partition(".")[0]):
            return modules.load(name, load)
        if is_refused(name):
            return import_refused(name, tuple(fromlist or ()))
        if fromlist and name in PACKAGES_WITH_REFUSED:
            fromlist = [each for each in fromlist if not is_refused(f"{name}.{each}")]
            return package_view(name, _real_import(name, globals, locals, fromlist or ("__name__",)))
        return load()

    return import_


def _absolute(name: str, globals: Any, level: int) -> str:
    package = (globals or {}).get("__package__") or (globals or {}).get("__name__", "")
    if (globals or {}).get("__path__") is None and not (globals or {}).get("__package__"):
        package = package.rpartition(".")[0]
    above = package.rsplit(".", level - 1)[0]
    return f"{above}.{name}" if name else above

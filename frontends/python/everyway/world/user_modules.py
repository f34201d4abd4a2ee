"""The user's own modules beside the program: rewritten when they are imported, new each time."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from types import CodeType, ModuleType
from typing import Any

from everyway import _core as core

CompileUser = Callable[[str], CodeType]


class _UserLoader:
    """Runs a rewritten module with the injected builtins."""

    loads_user_code = True

    def __init__(self, modules: UserModules, path: str) -> None:
        self._modules = modules
        self.path = path

    def create_module(self, spec: Any) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        modules = self._modules
        names = module.__dict__
        names["__builtins__"] = modules.builtins
        core.user_module(names)
        exec(modules.code_of(self.path), names)

    def get_filename(self, name: str) -> str:
        return self.path

    def get_source(self, name: str) -> str:
        with open(self.path, encoding="utf-8") as file:
            return file.read()

    def is_package(self, name: str) -> bool:
        return os.path.basename(self.path) == "__init__.py"


class UserModules:
    """The finder of the modules that are the user's: those in the program's folder.

    ``include`` names installed packages that count as the user's own.
    """

    def __init__(self, folder: str, include: Iterable[str], compile_user: CompileUser) -> None:
        self._folder = os.path.realpath(folder)
        self._include = frozenset(include)
        self._compile = compile_user
        self._codes: dict[str, CodeType] = {}
        self._found: dict[str, Any] = {}
        self._loading: dict[str, tuple[int, int]] = {}  # the task that runs it, its mutex
        self._waiting: dict[int, str] = {}
        self.builtins: dict[str, Any] = {}
        self.names: set[str] = {"__main__"}

    def code_of(self, path: str) -> CodeType:
        """The rewritten code of a file."""
        code = self._codes.get(path)
        if code is None:
            code = self._codes[path] = self._compile(path)
        return code

    def forget(self) -> None:
        """Take the user's modules out, so that the next execution runs them anew."""
        for name in self.names:
            if name != "__main__":
                sys.modules.pop(name, None)
        self._loading.clear()
        self._waiting.clear()

    def is_users(self, name: str) -> bool:
        """Whether a top-level module of that name is the user's."""
        return self._spec_of(name, None) is not None

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> Any:
        """Find one of the user's modules."""
        spec = self._spec_of(name, path)
        if spec is None:
            return None
        self.names.add(name)
        origin, places = spec
        if origin is None:
            made = importlib.machinery.ModuleSpec(name, None, is_package=True)
            made.submodule_search_locations = places
            return made
        return importlib.util.spec_from_file_location(
            name,
            origin,
            loader=_UserLoader(self, origin),  # type: ignore[arg-type]
            submodule_search_locations=places,
        )

    def _spec_of(self, name: str, path: Sequence[str] | None) -> Any:
        if name in self._found:
            return self._found[name]
        above = name.rpartition(".")[0]
        found = None
        if above:
            if above in self.names:
                found = self._search(name, path)
        elif name in self._include:
            found = self._search(name, None)
        else:
            found = self._search(name, [self._folder])
        self._found[name] = found
        return found

    def _search(self, name: str, path: Sequence[str] | None) -> Any:
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is None:
            return None
        places = spec.submodule_search_locations
        if spec.loader is None or spec.origin is None:
            return (None, list(places)) if places and not path else None
        if not spec.origin.endswith(".py"):
            return None
        return os.path.abspath(spec.origin), None if places is None else list(places)

    def load(self, name: str, load: Callable[[], Any]) -> Any:
        """Import a module; tasks that want it wait until the one that runs it is through."""
        if name in sys.modules:
            if self._loading:
                self._wait_until_loaded(name)
            return load()
        task, mutex = core.current_task(), core.new_object("mutex")
        core.mutex_acquire(mutex, None)
        self._loading[name] = task, mutex
        try:
            return load()
        finally:
            self._loading.pop(name, None)
            if not core.aborting():
                core.mutex_release(mutex)

    def _wait_until_loaded(self, name: str) -> None:
        task = core.current_task()
        loading = self._loading.get(name)
        if loading is None or self._waits_for(loading[0], task):
            return  # loaded, or a circle of imports: those see the unfinished module
        self._waiting[task] = name
        try:
            core.mutex_acquire(loading[1], None)
            core.mutex_release(loading[1])
        finally:
            self._waiting.pop(task, None)

    def _waits_for(self, task: int, other: int) -> bool:
        while task != other:
            loading = self._loading.get(self._waiting.get(task, ""))
            if loading is None:
                return False
            task = loading[0]
        return True

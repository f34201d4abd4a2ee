"""The world of a program: entered for an exploration, made new for each execution."""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Iterable
from types import CodeType, ModuleType
from typing import Any

from everyway import _core as core
from everyway.models import files
from everyway.models import threading as threading_model
from everyway.models.asyncio import loop as asyncio_loop
from everyway.models.multiprocessing import popen, state
from everyway.rewrite import Mode
from everyway.world import output, refusal
from everyway.world.injected import make_builtins
from everyway.world.library import Library
from everyway.world.process import Process, registered, run_at_exit
from everyway.world.user_modules import CompileUser, UserModules


class World:
    """What surrounds one program, while it is explored.

    ``folder`` is the program's own: modules in it are the user's and go through ``compile_user``.
    """

    _library: Library | None = None

    def __init__(
        self,
        folder: str,
        compile_user: CompileUser,
        *,
        mode: Mode = "accesses",
        include: Iterable[str] = (),
        seed: int = 0,
        learned: Iterable[str] = (),
    ) -> None:
        if World._library is None:
            World._library = Library()
        self.library = World._library
        self.modules = UserModules(folder, include, compile_user)
        self.namespace: dict[str, Any] = {}
        self._folder = folder
        self._mode = mode
        self._seed = seed
        self._learned = frozenset(learned)
        self.codes: list[CodeType] = []
        self._process = Process()
        self._main: ModuleType | None = None
        self._dont_write_bytecode = sys.dont_write_bytecode

    # --- an exploration ---------------------------------------------------------------------------

    def __enter__(self) -> World:
        refusal.guard()
        self._dont_write_bytecode = sys.dont_write_bytecode
        sys.dont_write_bytecode = True
        self._main = sys.modules.get("__main__")
        self._process.enter()
        self.library.enter()
        state.options = self._learned
        files.listed = files.LISTED in self._learned
        state.begin_exploration(lambda: self.modules.names, registered)
        popen.run_main = self._run_main
        sys.meta_path.insert(0, self.modules)
        self.modules.builtins = make_builtins(core.announcers(self._mode), self.modules)
        gc.collect()
        gc.freeze()
        gc.disable()
        return self

    def __exit__(self, *exception: object) -> None:
        gc.enable()
        gc.unfreeze()
        sys.meta_path.remove(self.modules)
        self.modules.forget()
        self.library.leave()
        self._process.leave()
        if self._main is not None:
            sys.modules["__main__"] = self._main
        sys.dont_write_bytecode = self._dont_write_bytecode

    def preload(self, names: Iterable[str]) -> None:
        """Import libraries that the program will import, outside any execution."""
        for name in names:
            if not refusal.is_refused(name) and not self.modules.is_users(name.partition(".")[0]):
                with contextlib.suppress(Exception):  # the program's own import shows it
                    __import__(name)

    # --- an execution -----------------------------------------------------------------------------

    def begin_execution(self, path: str, arguments: Iterable[str]) -> ModuleType:
        """Make everything new; gives the program's empty module. Runs in the main task."""
        self.modules.forget()
        self._process.restore()
        self.library.begin_execution(self._seed)
        output.begin_execution()
        main = ModuleType("__main__")
        sys.modules["__main__"] = main
        sys.argv[:] = [path, *arguments]
        sys.path.insert(0, self._folder)
        self._path = path
        self.namespace = self._furnish(main)
        return main

    def _furnish(self, main: ModuleType) -> dict[str, Any]:
        names = main.__dict__
        names.update(__builtins__=self.modules.builtins, __file__=self._path, __cached__=None, __annotations__={})
        core.user_module(names)
        return names

    def _run_main(self, name: str) -> ModuleType:
        """Run the main module again, under another name, for another process."""
        main = ModuleType(name)
        sys.modules[name] = main
        names = self._furnish(main)
        for code in self.codes:
            exec(code, names)
        return main

    def end_program(self) -> None:
        """Do what the interpreter does when the main module is through."""
        threading_model.main_ends(self.library.threading)
        core.task_join_all()
        run_at_exit()
        asyncio_loop.program_ends()

    def end_execution(self) -> None:
        """Collect what the execution left behind. Runs outside it, after the result is taken."""
        state.end_execution()
        self.library.end_execution()
        self.namespace = {}
        sys.modules.pop("__main__", None)
        self.modules.forget()
        hook, sys.unraisablehook = sys.unraisablehook, _ignore
        try:
            gc.collect()
        finally:
            sys.unraisablehook = hook

    @property
    def loaded(self) -> list[str]:
        """Libraries that were loaded in the last execution: the exploration must start again."""
        return self.library.loaded_in_execution


def _ignore(unraisable: object) -> None:
    """A finaliser of an execution that is over finds no engine; nobody needs to know."""

"""The exploration of one program: its executions, one after the other, as the core plans them."""

from __future__ import annotations

import gc
import json
import marshal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from everyway import _core as core
from everyway.models import natives
from everyway.program import Compiled, Program, declared_globals
from everyway.rewrite import Mode
from everyway.world.execution import Program as Executable
from everyway.world.execution import run
from everyway.world.injected import make_builtins
from everyway.world.results import freeze
from everyway.world.world import World

Findings = dict[str, Any]

MOST_RESTARTS = 50

# Among the names that have to be announced: the program takes objects' attributes by their dictionaries.
ATTRIBUTE_DICTIONARIES = "__dict__"

# So many small results keep their canonical text.
MOST_TEXTS = 1_000
LARGEST_KEY = 4_096

# Two values have the same bytes in this format only if they are the same.
_MARSHAL_VERSION = 2


class Unsupported(Exception):
    """The program uses something that is not controlled."""

    def __init__(self, what: str, line: int | None) -> None:
        super().__init__(what)
        self.what = what
        self.line = line


@dataclass
class Budget:
    """How long an exploration may take, and how to tell of it."""

    seconds: float | None
    started: float = field(default_factory=time.monotonic)
    tell: Callable[[str], None] = lambda phase: None

    def spent(self) -> int:
        """The used share, in thousandths."""
        if self.seconds is None:
            return 0
        if self.seconds <= 0:
            return 1000
        share = (time.monotonic() - self.started) / self.seconds
        return min(int(share * 1000), 1_000_000)


@dataclass
class Steering:
    """Schedules of a similar program, by token, and that program's hash."""

    tokens: list[str]
    hash: int


class _Restart(Exception):
    """More of the program has to be rewritten before it can be explored."""


class Explorer:
    """Explores one program in one world."""

    def __init__(self, program: Program, settings: dict[str, Any], budget: Budget) -> None:
        self.program = program
        self.settings = settings
        self.budget = budget
        self.compiled = Compiled(program, frozenset(), read=_read)
        self.announced = declared_globals(program.tree)
        self.operations = 0
        self._texts: dict[bytes, str] = {}
        self._new_module: str | None = None
        self._facts = False
        self._result: str | None = None
        self._real: frozenset[str] = frozenset(settings.get("real_code", ()))

    def explore(self, steering: Steering | None = None) -> Findings:
        """Explore the program; raises `Unsupported`."""
        return self._with_restarts(lambda world: self._explore(world, steering))

    def replay(self, token: str) -> Findings:
        """Run one schedule; raises `ValueError` for a token that doesn't fit."""
        shown = self._with_restarts(lambda world: self._replay(world, token))
        if shown["ending"] != "diverged":
            return shown
        # The check's program may have looked inside an object in some other schedule.
        for real in natives.choices():
            self._real = real
            again = self._with_restarts(lambda world: self._replay(world, token))
            if again["ending"] != "diverged":
                return again
        return shown

    def _with_restarts(self, task: Callable[[World], Findings]) -> Findings:
        for _ in range(MOST_RESTARTS):
            world = World(
                self.program.folder,
                self._compile_user,
                include=self.program.include,
                seed=self.settings.get("seed", 0),
                learned=self.compiled.shared,
            )
            natives.begin_exploration(self._real)
            try:
                with world:
                    return task(world)
            except _Restart:
                continue
        raise Unsupported("importing a library anew in each execution", None)

    def _compile_user(self, path: str) -> Any:
        mode: Mode = "facts" if self._facts else "accesses"
        if not self.compiled.knows(path):
            self._new_module = path
        return self.compiled.module(path, mode)

    def _begin(self, world: World) -> None:
        self._builtins = {
            facts: make_builtins(core.announcers("facts" if facts else "accesses"), world.modules)
            for facts in (False, True)
        }
        self._facts = False
        self._new_module = None
        settings = {**self.settings, "attributes_in_dictionaries": ATTRIBUTE_DICTIONARIES in self.compiled.shared}
        core.begin_check(self.compiled.site_json(), self.compiled.sources(), self.program.hash, settings)
        gc.collect()
        gc.freeze()  # what was made until now isn't looked through after each execution

    def _explore(self, world: World, steering: Steering | None) -> Findings:
        self._begin(world)
        if steering is not None:
            for token in steering.tokens:
                core.steer(token, steering.hash)
        while (plan := core.next_plan(self.budget.spent())) is not None:
            purpose, facts = plan
            self._execute(world, facts)
            self.budget.tell(purpose)
        return json.loads(core.findings())  # type: ignore[no-any-return]

    def _replay(self, world: World, token: str) -> Findings:
        self._begin(world)
        core.replay_token(token)
        ending = self._execute(world, False)
        shown = json.loads(core.replayed())
        return {"ending": ending, "raised": core.raised(), "result": self._result, **shown}

    def _execute(self, world: World, facts: bool) -> str:
        """Run one execution and report its end to the core."""
        self._facts = facts
        modules = world.modules
        modules.builtins = self._builtins[facts]
        modules._codes.clear()
        code = self.compiled.main("facts" if facts else "accesses")
        executable = Executable([(code, False)], self.program.path, self.program.arguments)
        core.run(lambda: run(world, executable))
        ending: str = core.ending()
        self._result = self._freeze(world) if ending == "complete" else None
        self.operations = max(self.operations, core.counters()[0])
        core.end_execution(self._result)
        world.end_execution()
        self._look_for_restart(world)
        refused = core.refused()
        if refused is not None:
            what, place = refused
            raise Unsupported(what, place[1] if place else None)
        return ending

    def _look_for_restart(self, world: World) -> None:
        if natives.demanded() - self._real:
            self._real |= natives.demanded()
            raise _Restart
        stored = core.take_shared()
        if not stored and self._new_module is None and not world.loaded:
            return
        names = {name for name in stored if name not in self.announced}
        shared = self.compiled.shared | names
        if shared == self.compiled.shared and self._new_module is None and not world.loaded:
            return
        modules = list(self.compiled.modules)
        if self._new_module is not None:
            modules.append(self._new_module)
        if world.loaded and shared == self.compiled.shared and self._new_module is None:
            # The libraries are loaded now; the next execution is as all that follow.
            raise _Restart
        self.compiled = Compiled(self.program, frozenset(shared), modules, read=_read)
        raise _Restart

    def _freeze(self, world: World) -> str:
        values = freeze(world.namespace, self.program.left_out, world.modules.names)
        raised = [f"{kind}: {text}" if text else kind for _, kind, text in core.raised()]
        exception: Any = None
        if raised:
            exception = raised[0] if len(raised) == 1 else sorted(raised)
        result = {"globals": values, "stdout": core.printed(), "exception": exception}
        try:
            key = marshal.dumps(result, _MARSHAL_VERSION)
        except ValueError:  # a name that is no plain text
            key = b""
        text = self._texts.get(key)
        if text is None:
            text = json.dumps(result, ensure_ascii=False, allow_nan=False)
            if 0 < len(key) <= LARGEST_KEY and len(self._texts) < MOST_TEXTS:
                self._texts[key] = text
        return text


def _read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()

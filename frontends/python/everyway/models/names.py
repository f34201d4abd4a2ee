"""The names that threads are given, such as `Thread-3`: each execution counts anew."""

from __future__ import annotations

from typing import Any

from everyway import _core as core
from everyway.models import natives, thread


class DrawnNames:
    """The numbers in names such as `Thread-3`: which thread gets which shows who was made first."""

    def __init__(self, module: Any) -> None:
        self._names = module.__dict__
        self._turn = thread.lock()
        self._execution = 0
        self._drawers: set[int] = set()
        self._is_looked_at = False

    def draw(self) -> str:
        """The next name."""
        if not natives.is_native("name"):
            with self._turn:
                return self._next()
        self._begin()
        self._drawers.add(core.current_task())
        self._demand_turns()
        return self._next()

    def look(self) -> None:
        """The program looks at a name that was drawn."""
        if natives.is_native("name"):
            self._begin()
            self._is_looked_at = True
            self._demand_turns()

    def _next(self) -> str:
        return self._names["_newname"]("Thread-%d")  # type: ignore[no-any-return]

    def _begin(self) -> None:
        if self._execution != core.execution_number():
            self._execution = core.execution_number()
            self._drawers.clear()
            self._is_looked_at = False

    def _demand_turns(self) -> None:
        if self._is_looked_at and len(self._drawers) > 1:
            natives.demand_real("name", "threading.Thread.name")

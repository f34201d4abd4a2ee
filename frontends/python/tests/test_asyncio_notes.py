"""Whatever a callback changes in the library's objects is announced: else two orders would look like one."""

from __future__ import annotations

import gc
import textwrap
from collections import deque

import fake_core
import pytest
from asyncio_programs import SINGLE, is_for_this_version

world_module, execution, notes, library = fake_core.load(
    "everyway.world.world",
    "everyway.world.execution",
    "everyway.models.asyncio.notes",
    "everyway.world.library",
)
KINDS = (
    "Future Task _GatheringFuture Lock Event Condition Semaphore BoundedSemaphore Barrier Queue "
    "PriorityQueue LifoQueue TaskGroup Timeout"
).split()
# What nobody but a log, or the one who is at it, looks at; what is set when the object is made.
PRIVATE = {
    "_Future__log_traceback", "_asyncio_future_blocking", "_source_traceback", "_log_destroy_pending", "_ev_number",
    "_ev_activity", "_ev_awaitable", "_loop", "_cancelled_exc", "_name",
}  # fmt: skip


def state_of(value):
    """What an object holds, with containers copied."""
    return {
        name: list(held) if isinstance(held, list | deque | set | dict) else held
        for name, held in vars(value).items()
        if name not in PRIVATE
    }


class Watch:
    """Compares the library's objects before and after each callback."""

    def __init__(self):
        self.unannounced = set()
        self.callbacks = 0
        self._before = []

    def objects(self):
        for value in gc.get_objects():
            kind = type(value)
            if kind.__name__ in KINDS and kind.__module__.startswith("asyncio."):
                yield value

    def enter(self, number, handle, activity):
        self._before.append(
            ({id(each): (each, state_of(each)) for each in self.objects()}, len(fake_core._state.notes))
        )

    def leave(self, number):
        self.callbacks += 1
        before, first = self._before.pop()
        changed = {number for number, writes in fake_core._state.notes[first:] if writes}
        for value, state in before.values():
            if getattr(value, "_ev_number", None) in changed:
                continue
            now = state_of(value)
            self.unannounced |= {
                f"{type(value).__name__}.{name}"
                for name in now
                if now[name] is not state.get(name) and now[name] != state.get(name)
            }


@pytest.fixture
def watch(monkeypatch):
    watched = Watch()
    real_enter, real_leave = fake_core.loop_enter, fake_core.loop_leave

    def enter(*arguments):
        watched.enter(*arguments)
        real_enter(*arguments)

    def leave(*arguments):
        watched.leave(*arguments)
        real_leave(*arguments)

    monkeypatch.setattr(fake_core, "loop_enter", enter)
    monkeypatch.setattr(fake_core, "loop_leave", leave)
    return watched


def run(text, folder):
    path = str(folder / "program.py")
    code = compile("import asyncio\n" + textwrap.dedent(text), path, "exec", dont_inherit=True)
    with world_module.World(str(folder), None) as world:
        world.preload(["asyncio"])
        fake_core.execute(lambda: execution.run(world, execution.Program([(code, False)], path)))
        world.end_execution()


@pytest.mark.parametrize("name", [name for name in SINGLE if is_for_this_version(name)])
def test_what_a_callback_changes_is_announced(watch, tmp_path, name):
    run(SINGLE[name], tmp_path)
    assert watch.unannounced == set()


def test_a_change_that_is_not_announced_is_noticed(watch, tmp_path, monkeypatch):
    real_loop_note = fake_core.loop_note
    monkeypatch.setattr(fake_core, "loop_note", lambda number, writes: real_loop_note(number, False))
    run(SINGLE["lock_is_fair"], tmp_path)
    assert watch.callbacks > 5
    assert {"Lock._locked", "Task._state"} <= watch.unannounced

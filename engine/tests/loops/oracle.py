"""Runs programs on the interpreter's own asyncio loop, under every small duration of the code between.

One program a line comes in, the set of its orders goes out: `0 1,2 3` is a pass that ran callback 0, one
that ran 1 and then 2, and one that ran 3. `program.rs` says what a program is. The clock, the selector and
the threads are ours; `_run_once`, `call_later`, `call_at`, `cancel`, `heapq` are the interpreter's.
"""

from __future__ import annotations

import asyncio
import collections
import sys
from asyncio import base_events, events
from typing import Any


class Choices:
    """Answers of what is not the loop's to decide; `advance` goes through all of them."""

    def __init__(self) -> None:
        self.path: list[list[int]] = []
        self.asked = 0

    def choose(self, count: int) -> int:
        """A number below ``count``."""
        if count == 1:
            return 0
        if self.asked == len(self.path):
            self.path.append([0, count])
        self.asked += 1
        return self.path[self.asked - 1][0]

    def advance(self) -> bool:
        """Goes on to the next answers, if there are any."""
        self.asked = 0
        while self.path:
            self.path[-1][0] += 1
            if self.path[-1][0] < self.path[-1][1]:
                return True
            self.path.pop()
        return False


class Ready(collections.deque[Any]):
    """The ready callbacks, after each of which a thread may add its result."""

    loop: Loop

    def append(self, handle: Any) -> None:
        """Adds a callback."""
        super().append(handle)
        self.loop.threads_may_finish()


class Loop(base_events.BaseEventLoop):
    """The interpreter's loop with a clock, a selector and threads that follow the choices."""

    def __init__(self, choices: Choices, program: Program) -> None:
        super().__init__()
        self.choices = choices
        self.program = program
        self.clock = 0
        self.phase = "callbacks"
        self.selectable: dict[int, events.Handle] = {}
        self.threads: list[int] = []
        self.finishing = False
        self._clock_resolution = program.resolution
        self._selector = self
        self._ready = Ready()
        self._ready.loop = self

    def __del__(self) -> None:
        """A loop that was dropped is nothing to warn of."""

    def _write_to_self(self) -> None:
        pass

    def time(self) -> int:
        """The clock, after as much time as the code is chosen to have taken."""
        if self.phase == "polling":
            return self.clock
        self.phase = "callbacks"
        # Without a deadline and without a reading to compare with, only differences to come count.
        if not self.program.exact and (self._scheduled or self.program.reads):
            self.clock += self.choices.choose(self.program.longest + 1)
        return self.clock

    def threads_may_finish(self, *, must: bool = False) -> bool:
        """Whether the results of some threads were added to the ready callbacks."""
        if self.finishing:
            return False
        self.finishing = True
        finished = False
        while self.threads:
            choice = self.choices.choose(len(self.threads) + (not must)) - (not must)
            if choice < 0:
                break
            number = self.threads.pop(choice)
            self.program.handles[number] = self.call_soon_threadsafe(self.program.run, self, number)
            finished, must = True, False
        self.finishing = False
        return finished

    def select(self, timeout: int | None) -> list[events.Handle]:
        """Results, in the order in which they are chosen to arrive; else the timeout passes."""
        self.phase = "polling"
        spins = timeout == 0 and self.spins()
        found: list[int] = []
        must = timeout is None
        woken = False
        if not self._ready:
            if must and self.threads and self.selectable:
                by_thread = self.choices.choose(2) == 1
                woken = by_thread and self.threads_may_finish(must=True)
            else:
                woken = self.threads_may_finish(must=must and bool(self.threads))
        while self.selectable:
            optional = not must or woken or bool(found)
            choice = self.choices.choose(len(self.selectable) + optional) - optional
            if choice < 0:
                break
            found.append(list(self.selectable)[choice])
            self.program.found[found[-1]] = self.selectable.pop(found[-1])
        assert timeout is not None or woken or found, "the driver ends a loop that waits for ever"
        self.sleep(1 if spins else timeout, woken=woken or bool(found))
        self.phase = "end"
        return [self.program.found[number] for number in found]

    def sleep(self, timeout: int | None, *, woken: bool) -> None:
        """Lets the time of a select pass."""
        if woken:
            # If code takes time, that covers the wait too.
            if self.program.exact:
                most = self.program.longest if timeout is None else timeout
                self.clock += self.choices.choose(most + 1)
            return
        assert timeout is not None
        self.clock += timeout

    def spins(self) -> bool:
        """Whether the loop has slept until a deadline that it takes for due only when the clock moves on."""
        idle = not self._ready and not self._stopping and self._scheduled
        return bool(idle and self._scheduled[0]._when >= self.clock + self._clock_resolution)

    def _process_events(self, event_list: list[events.Handle]) -> None:
        for handle in event_list:
            self._add_callback(handle)


class Program:
    """A program: what each of its callbacks does."""

    def __init__(self, line: str) -> None:
        settings, *bodies = line.split("|")
        clock, resolution = settings.split()
        self.exact = clock == "exact"
        self.resolution = int(resolution)
        self.bodies = [[self.parse(action) for action in body.split()] for body in bodies]
        actions = [action for body in self.bodies for action in body]
        self.reads = any(kind in "mqa" for kind, _, _ in actions)
        constants = [0, *(constant for _, _, constant in actions)]
        # A longer time than one more than any difference of constants decides nothing else.
        self.longest = max(constants) - min(constants) + 1

    @staticmethod
    def parse(action: str) -> tuple[str, int, int]:
        """The kind of an action, the callback that it is about and its constant."""
        number, _, constant = action[1:].partition(":")
        return action[0], int(number or 0), int(constant or 0)

    def execute(self, choices: Choices) -> str:
        """The order of callbacks under these choices."""
        self.order: list[list[str]] = []
        self.handles: dict[int, events.Handle] = {}
        self.found: dict[int, events.Handle] = {}
        self.mark = 0
        loop = Loop(choices, self)
        self.handles[0] = loop.call_soon(self.run, loop, 0)
        while loop._ready or loop.selectable or loop.threads or any(not t._cancelled for t in loop._scheduled):
            loop.phase = "polling"
            self.order.append([])
            loop._run_once()
            if loop._stopping:
                break
        return " ".join(",".join(numbers) for numbers in self.order if numbers)

    def run(self, loop: Loop, number: int) -> None:
        """A callback."""
        self.order[-1].append(str(number))
        loop.threads_may_finish()
        for kind, target, constant in self.bodies[number]:
            self.act(loop, kind, target, constant)

    def act(self, loop: Loop, kind: str, target: int, constant: int) -> None:
        """Does one action."""
        if kind == "s":
            self.handles[target] = loop.call_soon(self.run, loop, target)
        elif kind == "l":
            self.handles[target] = loop.call_later(constant, self.run, loop, target)
        elif kind == "a":
            self.handles[target] = loop.call_at(self.mark + constant, self.run, loop, target)
        elif kind == "c":
            self.cancel(loop, target)
        elif kind == "x":
            loop.stop()
        elif kind == "e":
            self.handles[target] = events.Handle(self.run, (loop, target), loop)
            loop.selectable[target] = self.handles[target]
        elif kind == "t":
            loop.threads.append(target)
            loop.threads_may_finish()
        elif kind == "m":
            self.mark = loop.time()
        elif kind == "q":
            if loop.time() - self.mark >= constant:
                self.handles[target] = loop.call_soon(self.run, loop, target)
        else:
            raise ValueError(kind)

    def cancel(self, loop: Loop, target: int) -> None:
        """Cancels a callback, or the work whose result it waits for."""
        if target in loop.threads:
            loop.threads.remove(target)
        loop.selectable.pop(target, None)
        if target in self.handles:
            self.handles[target].cancel()


def main() -> None:
    """Answers each line."""
    # The fastest context for callbacks that need none of their own.
    assert asyncio is not None
    for line in sys.stdin:
        program = Program(line)
        choices = Choices()
        orders = {program.execute(choices)}
        while choices.advance():
            orders.add(program.execute(choices))
        print(";".join(sorted(orders)), flush=True)


if __name__ == "__main__":
    main()

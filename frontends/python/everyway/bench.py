"""What instrumentation costs: `python -m everyway.bench` prints rows for `cargo xtask bench`.

Each program runs as it is and instrumented, in turns within one execution, so that a loaded machine
slows both. Times are those of the processor; a row is the median of all rounds.
"""

from __future__ import annotations

import _thread
import argparse
import ast
import inspect
import json
from collections.abc import Callable, Iterable
from statistics import median
from time import perf_counter, thread_time
from typing import Any

from everyway import _core as core
from everyway import bench_programs
from everyway.exploring import Budget, Explorer
from everyway.program import Program, SourceText
from everyway.world.world import World

Row = dict[str, Any]

ROUNDS = 9
READS = 20_000
HAND_OVERS = 2_000
RESETS = 1_000

ALONE = "everyway one task"
SHARED = "everyway"
NATIVE = "native"

_DRIVER = """
import threading
__measure__("everyway one task", SIZES, Box, ten_reads, no_reads)
threading.Thread(target=int).start()
__measure__("everyway", SIZES, Box, ten_reads, no_reads)
"""

_HAND_OVER = """
import threading
def answer():
    __answer__()
other = threading.Thread(target=answer)
__alone__()
other.start()
__ask__()
other.join()
"""


class Samples:
    """Measured values by program, measure and tool."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str, str], list[float]] = {}

    def add(self, program: str, measure: str, tool: str, value: float) -> None:
        """Take down one value."""
        self._values.setdefault((program, measure, tool), []).append(value)

    def rows(self) -> list[Row]:
        """The medians."""
        return [
            {"program": program, "measure": measure, "tool": tool, "value": median(values)}
            for (program, measure, tool), values in self._values.items()
        ]


class _Explorer(Explorer):
    """Explores a program that is given more builtins, whose code isn't instrumented."""

    def __init__(self, text: str, executions: int, given: dict[str, Any]) -> None:
        path = f"{__name__}.py"
        program = Program(path, ast.parse(text), [SourceText(path, text)])
        super().__init__(program, {"strategy": "walk", "executions": executions}, Budget(None))
        self._given = given
        self.began = 0.0

    def _begin(self, world: World) -> None:
        super()._begin(world)
        for names in self._builtins.values():
            names.update(self._given)
        self.began = thread_time()


def _time(function: Callable[..., object], *arguments: Any) -> float:
    start = thread_time()
    function(*arguments)
    return thread_time() - start


def instrumentation(samples: Samples, rounds: int) -> None:
    """What an announced access costs, and how much slower programs get by it."""

    def measure(tool: str, sizes: Any, box: Any, reads: Any, nothing: Any) -> None:
        for name, (function, size) in sizes.items():
            native, _ = bench_programs.SIZES[name]
            slow, fast = _time(function, size), _time(native, size)
            samples.add(name, "slowdown", tool, slow / fast)
        values = bench_programs.Box()
        announced = _time(reads, box(), READS // 10)
        plain = _time(bench_programs.ten_reads, values, READS // 10)
        loop = _time(bench_programs.no_reads, 1, READS // 10)
        samples.add("announced_access", "nanoseconds", tool, (announced - loop) / READS * 1e9)
        samples.add("announced_access", "nanoseconds", NATIVE, (plain - loop) / READS * 1e9)

    text = inspect.getsource(bench_programs) + _DRIVER
    _Explorer(text, rounds, {"__measure__": measure}).explore()


def switch(samples: Samples, rounds: int) -> None:
    """What it costs to go on in another task, beside a hand-over between threads of the system."""
    there = back = 0
    alone: list[float] = []

    def without() -> None:
        nonlocal there, back
        there, back = core.new_object("semaphore", 0), core.new_object("semaphore", 0)
        alone.append(_time(hand_over_to_oneself))

    def hand_over_to_oneself() -> None:
        for _ in range(HAND_OVERS):
            core.semaphore_release(there, 1)
            core.semaphore_acquire(there, None)
            core.semaphore_release(back, 1)
            core.semaphore_acquire(back, None)

    def answer() -> None:
        _time(hand_back)  # as deep as the others, since the core looks for the user's line

    def hand_back() -> None:
        for _ in range(HAND_OVERS):
            core.semaphore_acquire(there, None)
            core.semaphore_release(back, 1)

    def hand_over() -> None:
        for _ in range(HAND_OVERS):
            core.semaphore_release(there, 1)
            core.semaphore_acquire(back, None)

    def ask() -> None:
        extra = _time(hand_over) - alone.pop()
        samples.add("switch", "nanoseconds", SHARED, extra / HAND_OVERS / 2 * 1e9)
        samples.add("switch", "nanoseconds", NATIVE, _hand_over_of_threads() / HAND_OVERS / 2 * 1e9)

    given = {"__alone__": without, "__answer__": answer, "__ask__": ask}
    _Explorer(_HAND_OVER, rounds, given).explore()


def _hand_over_of_threads() -> float:
    """Hand over between two threads of the system; both processors count, so by the clock."""
    there, back = _thread.allocate_lock(), _thread.allocate_lock()
    there.acquire()
    back.acquire()

    def answer() -> None:
        for _ in range(HAND_OVERS):
            there.acquire()
            back.release()

    _thread.start_new_thread(answer, ())
    start = perf_counter()
    for _ in range(HAND_OVERS):
        there.release()
        back.acquire()
    return perf_counter() - start


def reset(samples: Samples, rounds: int) -> None:
    """What an execution costs around a program that does nothing."""
    code = compile("", "nothing", "exec")

    def native() -> None:
        for _ in range(RESETS):
            exec(code, {"__name__": "__main__"})

    for _ in range(rounds):
        explorer = _Explorer("", RESETS, {})
        explorer.explore()
        spent = thread_time() - explorer.began
        samples.add("reset", "nanoseconds", SHARED, spent / RESETS * 1e9)
        samples.add("reset", "nanoseconds", NATIVE, _time(native) / RESETS * 1e9)


def rows(rounds: int = ROUNDS) -> list[Row]:
    """Measure everything."""
    samples = Samples()
    for measure in (instrumentation, switch, reset):
        measure(samples, rounds)
    return samples.rows()


def main(arguments: Iterable[str] | None = None) -> None:
    """Print the rows."""
    parser = argparse.ArgumentParser(prog="everyway.bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args(None if arguments is None else list(arguments))
    measured = rows(options.rounds)
    if options.json:
        print(json.dumps({"rows": measured}))
        return
    for row in measured:
        print(f"{row['program']:20} {row['measure']:12} {row['tool']:20} {row['value']:12.2f}")


if __name__ == "__main__":
    main()

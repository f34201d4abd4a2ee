"""The rows of frontrun: run by `cargo xtask bench python` under frontrun's own launcher."""

import json
import os
import sys
import time

# Its own name is this file's, so the folder of this file must not come first.
sys.path.remove(os.path.dirname(os.path.abspath(__file__)))

import frontrun

SECONDS = 2.0


class Counter:
    """The racy counter in the shape that `explore` asks for: state, workers, invariant."""

    def __init__(self) -> None:
        """Start at zero."""
        self.value = 0


def add_one(counter: Counter) -> None:
    """Add one, in two steps."""
    seen = counter.value
    counter.value = seen + 1


def explore() -> int:
    """Explore every schedule, without stopping at the first failure; how many there were."""
    result = frontrun.explore(
        setup=Counter,
        workers=[add_one, add_one],
        invariant=lambda counter: counter.value == 2,
        preemption_bound=None,
        stop_on_first=False,
        reproduce_on_failure=0,
    )
    return int(result.num_explored)


def main() -> None:
    """Explore again and again for a while; print the rows."""
    to_exhaust = explore()
    executions = 0
    start = time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        executions += explore()
    rate = executions / (time.perf_counter() - start)
    measures = {"executions_per_second": rate, "executions_to_exhaust": to_exhaust}
    rows = [
        {"program": "racy_counter", "measure": name, "tool": "frontrun explore", "value": value}
        for name, value in measures.items()
    ]
    print(json.dumps({"rows": rows}))


if __name__ == "__main__":
    main()

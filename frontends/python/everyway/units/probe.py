"""Probing of a block that only defines: which of its functions to run at the same time.

The pairs are of the block's own functions that can be called as they are and share state. Each
runs as two threads from a fresh module.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from .shape import Function, own_functions
from .touch import State

# No line of a file has this number: what stands there is ours.
DRIVER_LINE = 0

_DRIVER = """\
def __everyway_probe__():
    import threading as __everyway_threading__
    __everyway_first__ = __everyway_threading__.Thread(target={first})
    __everyway_second__ = __everyway_threading__.Thread(target={second})
    __everyway_first__.start()
    __everyway_second__.start()
    __everyway_first__.join()
    __everyway_second__.join()
__everyway_probe__()
"""


@dataclass(frozen=True)
class Scenario:
    """Calls to run at the same time, and the driver that does so after the module's code."""

    name: str
    source: str

    def statements(self) -> list[ast.stmt]:
        """Give the driver's statements, all on ``DRIVER_LINE``."""
        driver = ast.parse(self.source)
        for node in ast.walk(driver):
            if isinstance(node, ast.expr | ast.stmt | ast.arg | ast.alias | ast.keyword):
                node.lineno = node.end_lineno = DRIVER_LINE
                node.col_offset = node.end_col_offset = 0
        return driver.body


@dataclass(frozen=True)
class Finding:
    """A failure of one scenario: what makes it equal to others, and the report's object."""

    kind: str
    lines: frozenset[int]
    scenario: str
    detail: object = field(default=None, compare=False)
    also_in: tuple[str, ...] = ()


def scenarios(module: ast.Module, *, carried: Sequence[ast.stmt] = ()) -> list[Scenario]:
    """Give the pairs worth running of the functions of ``module``, a block that only defines.

    ``carried`` are the definitions of earlier blocks that it sees; no driver calls them itself.
    """
    state = State([*carried, *module.body])
    functions = [function for function in own_functions(module) if is_callable_alone(function)]
    touched = {function.name: state.touched_by(function.name) for function in functions}
    names = list(touched)
    return [
        _scenario(first, second)
        for index, first in enumerate(names)
        for second in names[index:]
        if touched[first].shares_with(touched[second])
    ]


def is_callable_alone(function: Function) -> bool:
    """Say whether a thread can run the function as it is."""
    return not (function.takes_required or function.is_async or function.is_generator)


def merge(findings: Iterable[Finding]) -> list[Finding]:
    """Merge findings of equal kind and lines; ``also_in`` names the other scenarios."""
    merged: dict[tuple[str, frozenset[int]], Finding] = {}
    for finding in findings:
        key = finding.kind, finding.lines
        first = merged.setdefault(key, finding)
        if first is not finding and finding.scenario not in (first.scenario, *first.also_in):
            merged[key] = replace(first, also_in=(*first.also_in, finding.scenario))
    return list(merged.values())


def _scenario(first: str, second: str) -> Scenario:
    return Scenario(f"{first}() ∥ {second}()", _DRIVER.format(first=first, second=second))

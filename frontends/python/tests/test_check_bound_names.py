"""A loop, a `with` and a handler store to a shared name right after announcing it."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Everyway
from two_threads import all_seen, in_order, unit_of

STORES = {
    "for": "global shared\nfor shared in (1, 2):\n    pass",
    "for of a pair": "global shared\nfor _, shared in ((0, 1), (0, 2)):\n    pass",
    "for of a rest": "global shared\nfor _, *shared in ((0, 1), (0, 2)):\n    pass",
    "with": "global shared\nwith nullcontext(1) as shared:\n    pass\nwith nullcontext(2) as shared:\n    pass",
    "with of two": "global shared\nwith nullcontext(1) as shared, nullcontext(2) as shared:\n    pass",
}
BEFORE = "from contextlib import nullcontext\nshared = 0"


@pytest.mark.parametrize("form", STORES)
def test_another_thread_can_come_before_each_store(everyway: Everyway, tmp_path: Path, form: str) -> None:
    unit = unit_of(everyway, tmp_path, BEFORE, "seen = [shared, shared]", STORES[form])
    values = [0, [1], [2]] if form == "for of a rest" else [0, 1, 2]
    pairs = [[one, two] for index, one in enumerate(values) for two in values[index:]]
    assert all_seen(unit) == in_order(pairs)


def test_a_handler_binds_and_deletes_its_name(everyway: Everyway, tmp_path: Path) -> None:
    store = "global shared\ntry:\n    1 / 0\nexcept ZeroDivisionError as shared:\n    pass"
    look = "try:\n    seen = str(shared)\nexcept NameError:\n    seen = 'deleted'"
    unit = unit_of(everyway, tmp_path, BEFORE, look, store)
    assert all_seen(unit) == in_order(["0", "division by zero", "deleted"])


def test_a_closure_variable_of_a_loop_is_announced_before_its_store(everyway: Everyway, tmp_path: Path) -> None:
    before = """\
def pair_of():
    shared = 0

    def store():
        nonlocal shared
        for shared in (1, 2):
            pass

    return lambda: [shared, shared], store


load, store = pair_of()
"""
    unit = unit_of(everyway, tmp_path, before, "seen = load()", "store()")
    assert all_seen(unit) == in_order([[0, 0], [0, 1], [0, 2], [1, 1], [1, 2], [2, 2]])

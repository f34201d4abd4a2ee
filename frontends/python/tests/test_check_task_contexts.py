"""Each task has context variables of its own, and so a context of `decimal`, in every execution anew."""

from __future__ import annotations

from pathlib import Path

from conftest import Everyway
from two_threads import all_seen, unit_of


def test_context_variables_belong_to_one_task(everyway: Everyway, tmp_path: Path) -> None:
    before = "from contextvars import ContextVar\nlevel = ContextVar('level', default=0)\nlevel.set(5)\nother = None"
    look = "level.set(1)\nseen = [level.get()]\nseen.append(level.get())"
    change = "global other\nother = level.get()\nlevel.set(2)"
    unit = unit_of(everyway, tmp_path, before, look, change)
    assert (all_seen(unit), all_seen(unit, "other")) == ([[1, 1]], [0])


def test_the_context_of_decimal_belongs_to_one_task(everyway: Everyway, tmp_path: Path) -> None:
    before = "from decimal import Decimal, getcontext\nturns = []"
    look = "getcontext().prec = 2\nturns.append('look')\nseen = str(Decimal(1) / 3)"
    change = "turns.append('change')\nturns.append(str(Decimal(1) / 3))"
    unit = unit_of(everyway, tmp_path, before, look, change)
    assert all_seen(unit) == ["0.33"]
    digits = {text for turns in all_seen(unit, "turns") for text in turns} - {"look", "change"}
    assert digits == {"0." + "3" * 28}


def test_what_main_sets_in_one_execution_is_gone_in_the_next(everyway: Everyway, tmp_path: Path) -> None:
    before = (
        "from contextvars import ContextVar\nfrom decimal import Decimal, getcontext\n"
        "digits = len(str(Decimal(1) / 3))\ngetcontext().prec = 2\nitems = []"
    )
    unit = unit_of(everyway, tmp_path, before, "items.append(1)", "items.append(2)")
    assert all_seen(unit, "digits") == [30]
    assert len(unit["results"]) == 2

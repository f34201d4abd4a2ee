"""An update through a property, or through `__getattr__` and `__setattr__`, can be lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Everyway, kinds_of
from two_threads import all_seen, unit_of

PROPERTY = """\
class Tank:
    def __init__(self):
        self.litres = 0

    @property
    def level(self):
        return self.litres

    @level.setter
    def level(self, litres):
        self.litres = litres

tank = Tank()
"""

DYNAMIC = """\
class Tank:
    def __init__(self):
        object.__setattr__(self, "held", {"level": 0})

    def __getattr__(self, name):
        return self.held[name]

    def __setattr__(self, name, value):
        self.held[name] = value

tank = Tank()
"""

UPDATES = {
    "augmented": "tank.level += 1",
    "assigned": "tank.level = tank.level + 1",
    "through a local": "found = tank.level\ntank.level = found + 1",
}


@pytest.mark.parametrize("form", UPDATES)
@pytest.mark.parametrize("kind", [PROPERTY, DYNAMIC], ids=["property", "__getattr__"])
def test_an_update_can_be_lost(everyway: Everyway, tmp_path: Path, kind: str, form: str) -> None:
    look = UPDATES[form] + "\nseen = 0"
    unit = unit_of(everyway, tmp_path, kind, look, UPDATES[form])
    assert (unit["verdict"], kinds_of(unit)) == ("failed", {"atomicity-violation"})
    levels = {str(tank) for tank in all_seen(unit, "tank")}
    assert len(levels) == 2

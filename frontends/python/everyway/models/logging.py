"""The private `logging`: loggers that libraries made when they were loaded are there in each execution."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from everyway.world.snapshot import Snapshot


def keep_loggers(module: ModuleType, snapshot: Snapshot) -> None:
    """Let the private `logging`, whose state ``snapshot`` is, know a library module's loggers."""
    logging: Any = sys.modules["logging"]
    known = logging.Logger.manager.loggerDict
    for value in list(module.__dict__.values()):
        if type(value) is logging.Logger and known.get(value.name) is value:
            above = value.name
            while above:
                if above in known:
                    snapshot.keep_entry(known, above, known[above])
                above = above.rpartition(".")[0]

"""Programs of many tasks, whose schedules no exploration finishes: what is said of them still holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Everyway, kinds_of

VOTERS = """\
import threading

votes = 0


def vote():
    global votes
    votes += 1


voters = [threading.Thread(target=vote) for _ in range({count})]
for voter in voters:
    voter.start()
for voter in voters:
    voter.join()
"""


@pytest.mark.parametrize("count", [12, 20])
def test_a_result_of_several_lost_updates_is_no_serial_value(everyway: Everyway, tmp_path: Path, count: int) -> None:
    unit = everyway.unit_of(VOTERS.format(count=count), tmp_path, "--executions", 100)
    assert (unit["verdict"], kinds_of(unit)) == ("failed", {"atomicity-violation"})
    assert all(f"every serial order gives {count}." in f"{failure['message']}." for failure in unit["failures"])

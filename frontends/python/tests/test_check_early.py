"""Waits that run out early: what only they show is a note and never changes the verdict."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Everyway

PROGRAM = """\
import subprocess
import threading
import time

lock = threading.Lock()
seen = []


def work():
    with lock:
        pass


def hurry():
    if lock.acquire(timeout=1):
        lock.release()
    else:
        {late}


threads = [threading.Thread(target=each) for each in (work, hurry)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


@pytest.mark.parametrize(
    ("late", "note"),
    [
        ("raise RuntimeError", "exception if the wait at line 15 runs out"),
        ("seen.append(1)", "another result if the wait at line 15 runs out"),
        ("seen.append(time.monotonic() > 0)", "another result if the wait at line 15 runs out"),
        ("subprocess.run(['true'])", "something that is not controlled is used if the wait at line 15 runs out"),
    ],
)
def test_what_only_an_early_end_of_a_wait_shows_is_a_note(
    everyway: Everyway, tmp_path: Path, late: str, note: str
) -> None:
    unit = everyway.unit_of(PROGRAM.format(late=late), tmp_path)
    assert (unit["verdict"], unit["assumptions"], unit["failures"]) == ("proved", [], [])
    assert len(unit["results"]) == 1
    told = [each["message"] for each in unit["notes"] if each["kind"] == "timing"]
    assert any(message.startswith(note) for message in told), told


def test_with_any_clock_it_counts(everyway: Everyway, tmp_path: Path) -> None:
    unit = everyway.unit_of(PROGRAM.format(late="raise RuntimeError"), tmp_path, "--clock", "any")
    assert [failure["kind"] for failure in unit["failures"]] == ["exception"]
    unit = everyway.unit_of(PROGRAM.format(late="subprocess.run(['true'])"), tmp_path, "--clock", "any")
    assert unit["verdict"] == "unsupported"

"""The real check gives each program of the corpus the verdict that its `expected.toml` says."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Corpus, Everyway, corpus_names, expected_of, kinds_of

# What is known not to come out yet, and why. A program that comes out right may not stand here.
NOT_YET = {
    "livelock/too_polite": ("passed", "tasks that go on for ever in step are a cycle, which is not looked for yet"),
}

# The part of `needs` that no region shows.
NEEDS_AN_ASSERTION = "an assertion"


def expected_verdict(name: str) -> tuple[str, set[str]]:
    """The verdict that must come out today, and the kinds of failure of which one must be there."""
    expected = expected_of(name)
    if name in NOT_YET:
        return NOT_YET[name][0], set()
    if expected.get("needs") == NEEDS_AN_ASSERTION:
        return "proved", set()
    return expected["verdict"], set(expected["kinds"])


@pytest.mark.parametrize("name", corpus_names())
def test_a_program_gets_the_verdict_that_it_deserves(corpus: Corpus, name: str) -> None:
    unit = corpus[name]
    verdict, kinds = expected_verdict(name)
    assert unit["verdict"] == verdict, (unit["message"], kinds_of(unit))
    assert kinds_of(unit) & kinds if kinds else not kinds_of(unit)


@pytest.mark.parametrize("name", [name for name in corpus_names() if "results" in expected_of(name)])
def test_a_program_has_the_results_that_were_counted_by_hand(corpus: Corpus, name: str) -> None:
    unit = corpus[name]
    if unit["results_complete"] or name not in NOT_YET:
        assert len(unit["results"]) == expected_of(name)["results"]


@pytest.mark.parametrize("name", corpus_names())
def test_a_verdict_says_how_far_it_was_looked(corpus: Corpus, name: str) -> None:
    unit = corpus[name]
    if unit["verdict"] == "proved":
        assert unit["explored"]["exhaustive"] and unit["results_complete"] and not unit["assumptions"]
    if unit["verdict"] == "passed":
        assert not unit["explored"]["exhaustive"] or unit["assumptions"]
        assert "not all schedules" in unit["message"]
    if unit["verdict"] == "error":
        assert unit["message"]


@pytest.mark.parametrize("name", corpus_names())
def test_orders_of_independent_operations_give_one_result(corpus: Corpus, name: str) -> None:
    assert not [note for note in corpus[name]["notes"] if note["kind"] == "self-check"]


SLEEP_UNDER_LOCK = """\
import threading
import time

free = threading.Lock()


def hold():
    with free:
        time.sleep(0.1)


def try_for_a_second():
    if free.acquire(timeout=1):
        free.release()


threads = [threading.Thread(target=each) for each in (hold, try_for_a_second)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_a_sleep_beside_a_timed_wait_is_nothing_unseen(everyway: Everyway, tmp_path: Path) -> None:
    unit = everyway.unit_of(SLEEP_UNDER_LOCK, tmp_path, "--executions", 1000)
    assert (unit["verdict"], unit["assumptions"], unit["notes"]) == ("proved", [], [])


@pytest.mark.parametrize("name", [name for name in corpus_names() if "deadlock" in expected_of(name)["kinds"]])
def test_a_deadlock_shows_a_closed_circle(corpus: Corpus, name: str) -> None:
    for failure in corpus[name]["failures"]:
        if failure["kind"] != "deadlock":
            continue
        held_by = {wait["task"]: wait["held_by"] for wait in failure["waits"]}
        assert held_by and set(held_by.values()) == set(held_by)
        assert all(wait["line"] and wait["for"] for wait in failure["waits"])


@pytest.mark.parametrize("name", sorted(NOT_YET))
def test_what_comes_out_right_is_no_longer_listed_as_missing(corpus: Corpus, name: str) -> None:
    expected = expected_of(name)
    unit = corpus[name]
    assert unit["verdict"] != expected["verdict"] or not kinds_of(unit) & set(expected["kinds"])

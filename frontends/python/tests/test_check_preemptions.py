"""What is said of preemptions: of a finished exploration how many classes need how many, else what was visited."""

from __future__ import annotations

from pathlib import Path

from conftest import Everyway

INCREMENTS = """\
import threading

counter = 0


def work():
    global counter
    for _ in range({rounds}):
        value = counter
        counter = value + 1


threads = [threading.Thread(target=work) for _ in range({threads})]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_of_a_finished_exploration_each_class_is_counted_by_what_it_needs(everyway: Everyway, tmp_path: Path) -> None:
    explored = everyway.unit_of(INCREMENTS.format(rounds=1, threads=2), tmp_path)["explored"]
    assert explored["exhaustive"]
    assert (explored["classes_by_preemptions"], explored["preemptions_at_most"]) == ([2, 2], 1)


def test_of_an_unfinished_one_everything_with_few_is_said_to_be_visited(everyway: Everyway, tmp_path: Path) -> None:
    program = INCREMENTS.format(rounds=4, threads=3)
    explored = everyway.unit_of(program, tmp_path, "--executions", 4000)["explored"]
    assert not explored["exhaustive"]
    assert explored["preemptions_at_most"] >= 1
    assert "classes_by_preemptions" not in explored


def test_where_not_even_all_without_a_preemption_were_visited_nothing_is_said(
    everyway: Everyway, tmp_path: Path
) -> None:
    program = INCREMENTS.format(rounds=3, threads=8)
    explored = everyway.unit_of(program, tmp_path, "--executions", 500)["explored"]
    assert explored["preemptions_at_most"] is None

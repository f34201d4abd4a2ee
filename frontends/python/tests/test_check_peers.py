"""What a rival's exhaustive search passes although it is wrong, is found.

Its search never lets the second thread enter a contended lock first, sees no look into a dictionary,
nothing of threads that a worker starts, and loses wake-ups of conditions.
"""

from __future__ import annotations

from math import factorial
from pathlib import Path

import pytest
from conftest import Everyway, kinds_of, values_of

ENTRIES = {
    "with a lock": ("threading.Lock()", "with gate:\n        claim(name)"),
    "acquire and release": ("threading.Lock()", "gate.acquire()\n    claim(name)\n    gate.release()"),
    "with a re-entrant lock": ("threading.RLock()", "with gate:\n        claim(name)"),
    "with a semaphore of one": ("threading.Semaphore(1)", "with gate:\n        claim(name)"),
    "with a condition": ("threading.Condition()", "with gate:\n        claim(name)"),
}

ENTRY = """\
import threading

gate = {gate}
winner = None


def claim(name):
    global winner
    if winner is None:
        winner = name


def runner(name):
    {enter}


runners = [threading.Thread(target=runner, args=(name,)) for name in ("ann", "bob")]
for each in runners:
    each.start()
for each in runners:
    each.join()
"""


@pytest.mark.parametrize("form", ENTRIES)
def test_either_thread_can_be_the_first_to_enter(everyway: Everyway, tmp_path: Path, form: str) -> None:
    gate, enter = ENTRIES[form]
    unit = everyway.unit_of(ENTRY.format(gate=gate, enter=enter), tmp_path, "--executions", 1000)
    assert unit["verdict"] == "proved"
    assert sorted(values_of(unit, "winner")) == ["ann", "bob"]


@pytest.mark.parametrize("form", ENTRIES)
def test_an_assertion_on_who_enters_first_fails(everyway: Everyway, tmp_path: Path, form: str) -> None:
    gate, enter = ENTRIES[form]
    source = ENTRY.format(gate=gate, enter=enter) + 'assert winner == "ann"\n'
    unit = everyway.unit_of(source, tmp_path, "--executions", 1000)
    assert (unit["verdict"], kinds_of(unit)) == ("failed", {"exception"})


TURNS = """\
import threading

notes = []
pen = threading.Lock()


def author(letter):
    for _ in range({rounds}):
        with pen:
            notes.append(letter)


authors = [threading.Thread(target=author, args=(letter,)) for letter in "xyz"[:{threads}]]
for each in authors:
    each.start()
for each in authors:
    each.join()
"""


@pytest.mark.parametrize(("threads", "rounds"), [(2, 1), (3, 1), (2, 2), (2, 3), (3, 2)])
def test_every_order_of_locked_sections_is_a_result(
    everyway: Everyway, tmp_path: Path, threads: int, rounds: int
) -> None:
    unit = everyway.unit_of(TURNS.format(threads=threads, rounds=rounds), tmp_path, "--executions", 10_000)
    orders = {"".join(notes) for notes in values_of(unit, "notes")}
    assert unit["verdict"] == "proved"
    assert len(orders) == factorial(threads * rounds) // factorial(rounds) ** threads


@pytest.mark.parametrize("wrong", ["xxyy", "xyxy", "xyyx", "yxxy", "yxyx", "yyxx"])
def test_the_one_wrong_order_is_found(everyway: Everyway, tmp_path: Path, wrong: str) -> None:
    source = TURNS.format(threads=2, rounds=2) + f'assert "".join(notes) != "{wrong}"\n'
    unit = everyway.unit_of(source, tmp_path, "--executions", 1000)
    assert (unit["verdict"], kinds_of(unit)) == ("failed", {"exception"})


LOOKS = {
    "in on a dictionary": 'if "menu" not in shelf:\n        shelf["menu"] = cook()',
    "get of a dictionary": 'if shelf.get("menu") is None:\n        shelf["menu"] = cook()',
    "a missing key": 'try:\n        shelf["menu"]\n    except KeyError:\n        shelf["menu"] = cook()',
    "the length": "if len(cooked) == 0:\n        cook()",
    "the truth": "if not cooked:\n        cook()",
    "in on a list": 'if "soup" not in cooked:\n        cook()',
}

LOOK = """\
import threading

shelf = {{}}
cooked = []


def cook():
    cooked.append("soup")
    return len(cooked)


def visit():
    {look}


guests = [threading.Thread(target=visit) for _ in range(2)]
for guest in guests:
    guest.start()
for guest in guests:
    guest.join()
{end}
"""


@pytest.mark.parametrize("form", LOOKS)
def test_two_threads_that_look_before_they_act_both_act(everyway: Everyway, tmp_path: Path, form: str) -> None:
    unit = everyway.unit_of(LOOK.format(look=LOOKS[form], end=""), tmp_path, "--executions", 1000)
    assert (unit["verdict"], kinds_of(unit)) == ("failed", {"atomicity-violation"})
    assert {len(cooked) for cooked in values_of(unit, "cooked")} == {1, 2}


@pytest.mark.parametrize("form", LOOKS)
def test_an_assertion_that_one_acts_fails(everyway: Everyway, tmp_path: Path, form: str) -> None:
    source = LOOK.format(look=LOOKS[form], end="assert len(cooked) == 1")
    unit = everyway.unit_of(source, tmp_path, "--executions", 1000)
    assert unit["verdict"] == "failed"
    assert "exception" in kinds_of(unit)


NESTED = """\
import threading

shelves = 0


def stack():
    global shelves
    shelves += 1


def foreman():
    crew = [threading.Thread(target=stack) for _ in range(2)]
    for hand in crew:
        hand.start()
    for hand in crew:
        hand.join()


chief = threading.Thread(target=foreman)
chief.start()
chief.join()
"""


def test_threads_that_a_thread_starts_race(everyway: Everyway, tmp_path: Path) -> None:
    unit = everyway.unit_of(NESTED, tmp_path, "--executions", 1000)
    assert (unit["verdict"], kinds_of(unit)) == ("failed", {"atomicity-violation"})
    assert set(values_of(unit, "shelves")) == {1, 2}


BAKERY = """\
import threading

counter = threading.Condition()
loaves = []
empty_handed = 0


def bake():
    for loaf in ("rye", "oat"):
        with counter:
            loaves.append(loaf)
            counter.notify()


def buy():
    global empty_handed
    with counter:
        {word} not loaves:
            counter.wait()
        if loaves:
            loaves.pop()
        else:
            empty_handed += 1


people = [threading.Thread(target=each) for each in (buy, buy, bake)]
for person in people:
    person.start()
for person in people:
    person.join()
assert empty_handed == 0
"""


def test_a_wait_that_is_not_repeated_finds_nothing(everyway: Everyway, tmp_path: Path) -> None:
    unit = everyway.unit_of(BAKERY.format(word="if"), tmp_path, "--executions", 5000)
    assert (unit["verdict"], kinds_of(unit)) == ("failed", {"exception"})
    assert set(values_of(unit, "empty_handed")) == {0, 1}


def test_a_wait_that_is_repeated_finds_something(everyway: Everyway, tmp_path: Path) -> None:
    unit = everyway.unit_of(BAKERY.format(word="while"), tmp_path, "--executions", 5000)
    assert unit["verdict"] == "proved"
    assert set(values_of(unit, "empty_handed")) == {0}

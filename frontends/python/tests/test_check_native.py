"""What a program does under the plain interpreter is among the results that its exploration lists."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import HANGS_AFTER, PROGRAMS, WORKSPACE, Corpus, corpus_names, expected_of, path_of, values_of

RUNS = 20
ENDLESS = {"deadlock", "hang", "lost-wakeup", "livelock", "leak"}


def ends_natively(name: str) -> bool:
    """Whether the program always ends, soon, and has results that can be compared."""
    expected = expected_of(name)
    source = (PROGRAMS / name / "python.py").read_text(encoding="utf-8")
    slow = any(word in source for word in ("sleep(", "Timer(", "timeout", "daemon=True"))
    return not slow and expected["verdict"] != "passed" and not ENDLESS & set(expected["kinds"])


NAMES = [name for name in corpus_names() if ends_natively(name)]


@pytest.fixture(scope="module")
def native() -> dict[str, list[Any]]:
    """The results of native runs by the names of the programs."""
    if not hasattr(os, "fork"):
        pytest.skip("the native runs are forked")
    words = [sys.executable, str(Path(__file__).with_name("native_results.py")), str(RUNS)]
    done = subprocess.run(
        [*words, *map(path_of, NAMES)],
        cwd=WORKSPACE,
        env=os.environ | {"PYTHONHASHSEED": "0"},
        capture_output=True,
        encoding="utf-8",
        timeout=HANGS_AFTER,
        check=True,
    )
    told = map(json.loads, done.stdout.splitlines())
    return {name: each["results"] for name, each in zip(NAMES, told, strict=True)}


def test_many_programs_run_natively() -> None:
    assert len(NAMES) >= 25 or not PROGRAMS.is_dir()


@pytest.mark.parametrize("name", NAMES)
def test_what_happens_natively_is_among_the_results(corpus: Corpus, native: dict[str, list[Any]], name: str) -> None:
    unit = corpus[name]
    assert unit["results_complete"]
    listed = [result["value"] for result in unit["results"]]
    for result in native[name]:
        assert result in listed


def test_an_iteration_can_begin_after_the_change_of_another_thread(corpus: Corpus) -> None:
    visited = values_of(corpus["atomicity/iterate_while_dict_grows"], "visited")
    assert ["Bari", "Cork", "Dover"] in visited
    heard = values_of(corpus["exception/set_changes_while_iterated"], "heard")
    assert [5] in heard

"""No correct program is reported for having been explored in part only."""

from __future__ import annotations

from collections import defaultdict

import pytest
from conftest import Corpus, Everyway, corpus_names, expected_of, kinds_of, path_of

CORRECT = [
    name
    for name in corpus_names()
    if name.startswith("atomicity/") and expected_of(name)["verdict"] in ("proved", "passed")
]


@pytest.mark.parametrize("share", [2, 4])
def test_a_correct_program_is_not_reported_with_a_share_of_its_executions(
    everyway: Everyway, corpus: Corpus, share: int
) -> None:
    by_limit: dict[int, list[str]] = defaultdict(list)
    for name in CORRECT:
        by_limit[max(corpus[name]["explored"]["executions"] // share, 1)].append(path_of(name))
    wrong = {}
    for limit, paths in by_limit.items():
        for path, unit in everyway.units(*paths, "--executions", limit).items():
            if unit["failures"]:
                wrong[path] = kinds_of(unit)
    assert not wrong

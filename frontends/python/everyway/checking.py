"""The check of one unit: its programs, their explorations, and the report's unit object."""

from __future__ import annotations

import ast
import os
import platform
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any

from everyway.exploring import Budget, Explorer, Findings, Steering, Unsupported
from everyway.program import Program, SourceText
from everyway.units.carry import Carry, carry, with_carried
from everyway.units.copy import copies
from everyway.units.history import Block
from everyway.units.probe import Scenario, scenarios
from everyway.units.shape import Shape, shape
from everyway.world.refusal import is_refused

Report = dict[str, Any]
Tell = Callable[[str], None]

RUNTIME = f"CPython {platform.python_version()}"
PROMPT = re.compile(r"^\s*(>>>|\.\.\.)( |$)")

# A program whose shortest execution has more operations is first looked at through small copies.
LONG_EXECUTION = 5_000

# How many executions tell whether a program can be exhausted at once.
FIRST_LOOK = 3


class BrokenUnit(Exception):
    """The unit can't be run at all."""


@dataclass(frozen=True)
class Request:
    """One unit to check, as the command line asks for it."""

    unit: Report
    carried: Sequence[Report]
    prelude: str | None
    settings: Report
    schedule: str | None = None


@dataclass
class Prepared:
    """What a unit's text gives: the programs to explore."""

    programs: list[Program]
    carry: Carry
    shape: Shape
    tree: ast.Module
    carried: list[ast.stmt] = field(default_factory=list)


def check(request: Request, tell: Tell = lambda phase: None) -> Report:
    """Check a unit and give the report's object for it."""
    started = time.monotonic()
    report = _empty(request.unit)
    try:
        prepared = prepare(request)
        _explore_all(request, prepared, report, tell)
    except BrokenUnit as broken:
        report.update(verdict="error", message=str(broken))
    except RecursionError:
        message = f"an expression is nested too deeply to be looked at ({request.unit['path']})"
        report.update(verdict="error", message=message)
    except Unsupported as unsupported:
        report.update(verdict="unsupported", message=_unsupported(unsupported, request.unit))
    report["explored"]["seconds"] = round(time.monotonic() - started, 6)
    return report


def replay(request: Request) -> Report:
    """Run one schedule of a unit; gives the answer's `unit`, `steps` and `outcome`."""
    report = _empty(request.unit)
    token = request.schedule or ""
    steps: list[Report] = []
    outcome = ""
    try:
        prepared = prepare(request)
        shown, program = _replay_any(request, prepared, token)
        steps = shown["steps"]
        outcome = _outcome(shown)
        if shown["ending"] == "diverged":
            raise BrokenUnit(_parted(steps))
        report.update(verdict="passed", message=outcome)
        # The same schedule once more, to say whether what it shows is a failure.
        steering = Steering([token], program.hash)
        findings = Explorer(program, _settings(request), Budget(None)).explore(steering)
        if findings["failures"]:
            outcome = f"{findings['failures'][0]['message']}; {outcome}"
            report.update(verdict="failed", message=None, failures=findings["failures"])
        report["explored"].update(executions=1, classes=1)
    except (BrokenUnit, ValueError) as broken:
        report.update(verdict="error", message=str(broken))
        outcome = str(broken)
    except Unsupported as unsupported:
        outcome = _unsupported(unsupported, request.unit)
        report.update(verdict="unsupported", message=outcome)
    return {"unit": report, "steps": steps, "outcome": outcome}


def _replay_any(request: Request, prepared: Prepared, token: str) -> tuple[Findings, Program]:
    """Replay the token on the program it belongs to: the unit itself or one of its scenarios."""
    refusal: ValueError | None = None
    for program in prepared.programs:
        explorer = Explorer(program, _settings(request), Budget(None))
        try:
            return explorer.replay(token), program
        except ValueError as error:
            refusal = error
    raise refusal or BrokenUnit("nothing here runs: the unit only defines")


def _parted(steps: Sequence[Report]) -> str:
    last = steps[-1] if steps else None
    place = f"after {last['path']}:{last['line']}" if last else "at its start"
    return f"the program parted from the schedule {place}: check it again for a new token"


def _outcome(shown: Findings) -> str:
    raised = [f"{kind}: {text}" if text else str(kind) for _, kind, text in shown["raised"]]
    told = f", after {', '.join(raised)}" if raised else ""
    if shown["ending"] == "stuck":
        waits = ", ".join(_wait(wait) for wait in shown["waits"])
        return f"nothing can go on: {waits}{told}" if waits else f"nothing can go on{told}"
    if shown["ending"] == "complete":
        return f"the program ended{told}: {shown['result']}"
    return f"the execution was cut short{told}"


def _wait(wait: Report) -> str:
    held = f" held by `{wait['held_by']}`" if wait["held_by"] else ""
    return f"`{wait['task']}` waits for `{wait['for']}`{held}"


# --- preparing ------------------------------------------------------------------------------------


def prepare(request: Request) -> Prepared:
    """Make the programs of a unit; raises `BrokenUnit` if its text is no program."""
    unit = request.unit
    offset = unit["line"] if unit["kind"] == "block" else 0
    source = _without_prompts(unit["source"]) if unit["kind"] == "block" else unit["source"]
    path = unit["path"]
    tree = _parse(source, path, offset)
    earlier = [Block(block["line"], _without_prompts(block["source"])) for block in request.carried]
    brought = carry(earlier, source) if earlier else Carry([], [])
    ast.increment_lineno(tree, offset)
    carried = [statement for piece in brought.pieces for statement in piece.statements]
    found = shape(tree, carried=carried)
    whole = with_carried(tree, brought.pieces) if brought.pieces else tree
    texts = [SourceText(path, source, offset + 1)]
    texts += [SourceText(path, block.source, block.fence_line + 1) for block in earlier]
    if request.prelude is not None:
        whole = _with_prelude(whole, request.prelude)
    program = Program(
        path=path,
        tree=whole,
        texts=texts,
        arguments=tuple(unit.get("arguments", ())),
        folder=os.path.dirname(os.path.abspath(path)),
        left_out=frozenset(found.passing),
        include=tuple(request.settings.get("include", ())),
    )
    programs = _programs(program, tree, found, carried, unit.get("definition_line"))
    return Prepared(programs, brought, found, tree, carried)


def _programs(
    program: Program,
    tree: ast.Module,
    found: Shape,
    carried: list[ast.stmt],
    definition_line: int | None,
) -> list[Program]:
    """The program itself if it runs something, else its scenarios."""
    if not found.definitions_only and definition_line is None:
        return [program]
    probed = scenarios(tree, carried=carried)
    if definition_line is not None:
        probed = [each for each in probed if _concerns(each, tree, definition_line)]
    return [
        replace(
            program,
            tree=_with_driver(program.tree, scenario),
            scenario=scenario.name,
            left_out=program.left_out | {"__everyway_probe__"},
        )
        for scenario in probed
    ]


def _concerns(scenario: Scenario, tree: ast.Module, line: int) -> bool:
    names = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or 0)
    }
    return any(f"{name}()" in scenario.name.split(" ") for name in names)


def _with_driver(tree: ast.Module, scenario: Scenario) -> ast.Module:
    return ast.Module([*tree.body, *scenario.statements()], tree.type_ignores)


def _with_prelude(tree: ast.Module, prelude: str) -> ast.Module:
    try:
        before = ast.parse(prelude, "<prelude>")
    except SyntaxError as error:
        raise BrokenUnit(f"the prelude, line {error.lineno}: {error.msg}") from None
    for node in ast.walk(before):
        for place in ("lineno", "end_lineno", "col_offset", "end_col_offset"):
            if hasattr(node, place):
                setattr(node, place, 0)
    return ast.Module([*before.body, *tree.body], tree.type_ignores)


def _parse(source: str, path: str, offset: int) -> ast.Module:
    try:
        return ast.parse(source, path)
    except SyntaxError as error:
        line = (error.lineno or 1) + offset
        raise BrokenUnit(f"{error.msg} ({path}:{line})") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise BrokenUnit(f"not a program: {error} ({path})") from None


def _without_prompts(source: str) -> str:
    """The statements of a block of `>>>` prompts; outputs become empty lines."""
    if not source.lstrip().startswith(">>>"):
        return source
    lines = []
    for line in source.splitlines():
        prompt = PROMPT.match(line)
        lines.append(line[prompt.end() :] if prompt else "")
    return "\n".join(lines) + "\n"


# --- exploring ------------------------------------------------------------------------------------


def _explore_all(request: Request, prepared: Prepared, report: Report, tell: Tell) -> None:
    programs = prepared.programs
    if not programs:
        _refuse_uncontrolled(prepared.tree)
        report.update(verdict="definitions", message=None, results_complete=True)
        report["explored"]["exhaustive"] = True
        return
    share = Share(request.settings, len(programs))
    all_findings = []
    for program in programs:
        findings = _explore_program(request, program, prepared, share, tell)
        all_findings.append((program, findings))
        if findings.get("interrupted"):
            break
    _merge(report, all_findings, prepared)


def _refuse_uncontrolled(tree: ast.Module) -> None:
    """Refuse definitions that use a library which is not controlled: nothing can be said of them."""
    imported: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {
                alias.asname or alias.name.partition(".")[0]: alias.name
                for alias in node.names
                if is_refused(alias.name)
            }
        elif isinstance(node, ast.ImportFrom) and node.module and is_refused(node.module):
            imported |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    uses = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in imported]
    if uses:
        first = min(uses, key=lambda node: (node.lineno, node.col_offset))
        raise Unsupported(imported[first.id], first.lineno)


class Share:
    """What one of a unit's programs may spend: seconds, or executions where they are limited."""

    def __init__(self, settings: Report, programs: int) -> None:
        executions = settings.get("executions")
        self.seconds = settings["time_seconds"] / programs if executions is None else None
        self.executions = None if executions is None else max(executions // programs, 1)

    def part(self, parts: int) -> float | None:
        """A part of the time, if time is what is limited."""
        return None if self.seconds is None else self.seconds / parts

    def left(self, spent: int) -> int | None:
        """How many executions are left, if they are limited."""
        return None if self.executions is None else max(self.executions - spent, 0)


def _settings(request: Request) -> Report:
    names = ("clock", "strategy", "seed", "output_order")
    return {name: request.settings.get(name) for name in names}


def _explore_program(request: Request, program: Program, prepared: Prepared, share: Share, tell: Tell) -> Findings:
    """Explore a program; one too long to be exhausted is looked at through small copies first."""
    settings = _settings(request)
    budget = Budget(share.seconds, tell=tell)
    first = min(FIRST_LOOK, share.left(0) or FIRST_LOOK)
    look = Explorer(program, {**settings, "executions": first}, budget)
    findings = look.explore()
    spent = findings["explored"]["executions"]
    if _is_settled(findings) or findings.get("interrupted") or share.left(spent) == 0:
        return findings
    if look.operations > LONG_EXECUTION:
        steered, more = _steer(program, prepared, settings, share, tell)
        spent += more
        if steered is not None:
            steered["explored"]["executions"] += spent
            return steered
    left = share.left(spent)
    if left == 0:
        findings["explored"]["executions"] = spent
        return findings
    if left is not None and look.operations > LONG_EXECUTION:
        # What is limited is work: a long execution counts as many.
        left = max(left * LONG_EXECUTION // look.operations, 1)
    budget = Budget(share.seconds, tell=tell)
    findings = Explorer(program, {**settings, "executions": left}, budget).explore()
    findings["explored"]["executions"] += spent
    return findings


def _is_settled(findings: Findings) -> bool:
    if findings["tasks"] == 1:
        return True
    return bool(findings["explored"]["exhaustive"])


def _steer(
    program: Program, prepared: Prepared, settings: Report, share: Share, tell: Tell
) -> tuple[Findings | None, int]:
    """Look for failures in small copies; the findings of the program itself once they are confirmed."""
    spent = 0
    for small in copies(program.tree, carried=prepared.carried):
        left = share.left(spent)
        if left == 0:
            break
        limit = None if left is None else max(left // 4, 1)
        variant = replace(program, tree=small.module, variant=f"copy {small.size}")
        budget = Budget(share.part(4), tell=tell)
        found = Explorer(variant, {**settings, "executions": limit}, budget).explore()
        spent += found["explored"]["executions"]
        tokens = [failure["schedule"] for failure in found["failures"]]
        if not tokens:
            continue
        steering = Steering(tokens, variant.hash)
        findings = Explorer(program, settings, Budget(None, tell=tell)).explore(steering)
        if findings["failures"]:
            return findings, spent
        spent += findings["explored"]["executions"]
    return None, spent


# --- the report -----------------------------------------------------------------------------------


def _empty(unit: Report) -> Report:
    explored = {
        "exhaustive": False,
        "executions": 0,
        "classes": 0,
        "redundant": 0,
        "preemptions_at_most": None,
        "seconds": 0.0,
    }
    return {
        "id": unit["id"],
        "name": unit["name"],
        "path": unit["path"],
        "line": unit["line"],
        "language": unit["language"],
        "runtime": RUNTIME,
        "source_hash": "",
        "verdict": "error",
        "message": None,
        "explored": explored,
        "assumptions": [],
        "results_complete": False,
        "results": [],
        "output_orders": {"count": 0, "exhaustive": False},
        "failures": [],
        "notes": [],
    }


def _unsupported(unsupported: Unsupported, unit: Report) -> str:
    place = f" ({unit['path']}:{unsupported.line})" if unsupported.line else ""
    return f"`{unsupported.what}` is not controlled yet{place}"


def _merge(report: Report, explored: list[tuple[Program, Findings]], prepared: Prepared) -> None:
    """Put the findings of all programs of a unit together."""
    totals = report["explored"]
    for program, findings in explored:
        for name in ("executions", "classes", "redundant"):
            totals[name] += findings["explored"][name]
        report["assumptions"] += _new(report["assumptions"], findings["assumptions"])
        report["notes"] += _new(report["notes"], findings["notes"])
        _merge_results(report["results"], findings["results"])
        for failure in findings["failures"]:
            _add_failure(report["failures"], {**failure, "scenario": program.scenario})
    all_findings = [findings for _, findings in explored]
    totals["exhaustive"] = all(each["explored"]["exhaustive"] for each in all_findings)
    _merge_preemptions(totals, [each["explored"] for each in all_findings])
    report["results_complete"] = all(each["results_complete"] for each in all_findings)
    orders = [each["output_orders"] for each in all_findings]
    report["output_orders"] = {
        "count": sum(order["count"] for order in orders),
        "exhaustive": all(order["exhaustive"] for order in orders),
    }
    report["verdict"] = _verdict(all_findings)
    messages = [each["message"] for each in all_findings if each["message"]]
    report["message"] = _explained(messages, prepared) if messages else None
    if report["verdict"] == "failed":
        report["message"] = None
    if len(explored) == 1 and all_findings[0]["tasks"] == 1 and totals["exhaustive"]:
        report["notes"].append(_note("one schedule: nothing here runs concurrently"))


def _merge_preemptions(totals: Report, explored: list[Report]) -> None:
    """Say what can be said of the preemptions of all programs together."""
    counts: list[list[int]] = [each.get("classes_by_preemptions") or [] for each in explored]
    if totals["exhaustive"] and all(counts):
        rows = zip_longest(*counts, fillvalue=0)
        totals["classes_by_preemptions"] = [sum(row) for row in rows]
    # Of a program that was exhausted everything was visited, however many preemptions are meant.
    open_ones = [each for each in explored if totals["exhaustive"] or not each["exhaustive"]]
    known = [each["preemptions_at_most"] for each in open_ones]
    if known and None not in known:
        totals["preemptions_at_most"] = max(known) if totals["exhaustive"] else min(known)


def _verdict(findings: list[Findings]) -> str:
    verdicts = {each["verdict"] for each in findings}
    for verdict in ("failed", "error", "passed"):
        if verdict in verdicts:
            return verdict
    return "proved"


def _explained(messages: list[str], prepared: Prepared) -> str:
    """The first message, with what is known of a name that isn't there."""
    message = messages[0]
    missing = re.search(r"name '(\w+)' is not defined", message)
    reason = prepared.carry.explain(missing.group(1)) if missing else None
    return f"{message}: {reason}" if reason else message


def _note(message: str) -> Report:
    return {"kind": "schedules", "message": message, "line": None}


def _new(known: list[Report], more: list[Report]) -> list[Report]:
    return [each for each in more if each not in known]


def _merge_results(known: list[Report], more: list[Report]) -> None:
    for result in more:
        same = next((each for each in known if each["value"] == result["value"]), None)
        if same is None:
            known.append(result)
        else:
            same["executions"] += result["executions"]


def _add_failure(known: list[Report], failure: Report) -> None:
    """Add a failure, or only its scenario if another one already shows the same fault."""
    if failure["kind"] == "atomicity-violation":
        failure["message"] += f". Whether {RUNTIME} can switch there was not checked"
    places = _places(failure)
    for each in known:
        if each["kind"] == failure["kind"] and _places(each) == places:
            if failure["scenario"] and failure["scenario"] not in each["also_in"]:
                each["also_in"].append(failure["scenario"])
            return
    known.append(failure)


def _places(failure: Report) -> frozenset[Any]:
    waits = frozenset((wait["line"], wait["held_since_line"]) for wait in failure["waits"])
    return waits or frozenset((step["op"], step["line"]) for step in failure["steps"])

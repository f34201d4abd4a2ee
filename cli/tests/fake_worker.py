"""Stands in for the Python front-end: answers as the unit's source says, without running it.

A source holds lines ``fake: WORD``. The command line under test starts this file through a small
shell script, as it would start an interpreter.
"""

import json
import os
import signal
import sys

VERSION = os.environ.get("FAKE_VERSION", "0.1.0")
RUNTIME = os.environ.get("FAKE_RUNTIME", "CPython 3.11.7")


def say(message: dict) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def unit_of(program: dict, verdict: str, *, executions: int = 4) -> dict:
    """The report's unit object, as the contract has it."""
    asked = program["unit"]
    return {
        **{name: asked[name] for name in ("id", "name", "path", "line", "language")},
        "runtime": None,
        "source_hash": "",
        "verdict": verdict,
        "message": None,
        "explored": {
            "exhaustive": verdict == "proved",
            "executions": executions,
            "classes": executions,
            "redundant": 0,
            "preemptions_at_most": None,
            "seconds": 0.25,
        },
        "assumptions": [],
        "results_complete": True,
        "results": [
            {
                "value": {"globals": {"n": 10**40}, "stdout": [], "exception": None},
                "executions": executions,
                "witness": "ew1:result",
                "needs": None,
            }
        ],
        "output_orders": {"count": 1, "exhaustive": True},
        "failures": [],
        "notes": [],
    }


def step(program: dict, task: str, op: str, value: str, reason: str | None) -> dict:
    return {
        "task": task,
        "op": op,
        "object": "counter",
        "value": value,
        "reason": reason,
        "path": program["unit"]["path"],
        "line": program["unit"]["line"] + 1,
        "column": 1,
        "text": "counter += 1",
    }


def steps(program: dict) -> list[dict]:
    return [
        step(program, "T1", "read", "0", "start"),
        step(program, "T2", "read", "0", "T1 may lose its turn here"),
        step(program, "T2", "write", "1", None),
        step(program, "T1", "write", "1", "T2 has ended"),
    ]


def failed(program: dict) -> dict:
    unit = unit_of(program, "failed")
    unit["failures"] = [
        {
            "kind": "atomicity-violation",
            "message": "`increment` lost an update",
            "scenario": None,
            "also_in": [],
            "needs": None,
            "runtimes": None,
            "switches": 2,
            "shortest": True,
            "schedule": "ew1:failure",
            "waits": [],
            "steps": steps(program),
        }
    ]
    return unit


def interrupted(program: dict) -> None:
    """Asks the command line's parent for an interrupt, and answers what it has by then."""

    def tell(*_: object) -> None:
        say({"unit": unit_of(program, "passed", executions=7)})
        sys.exit(0)

    signal.signal(signal.SIGINT, tell)
    os.kill(os.getppid(), signal.SIGINT)
    signal.pause()


def interrupted_twice() -> None:
    """Answers the command line's interrupt with the user's second one, and never with a unit."""
    signal.signal(signal.SIGINT, lambda *_: os.kill(os.getppid(), signal.SIGINT))
    os.kill(os.getppid(), signal.SIGINT)
    while True:
        signal.pause()


def check(program: dict) -> None:
    words = [line.split("fake:")[1].strip() for line in program["unit"]["source"].splitlines() if "fake:" in line]
    for word in words or ["proved"]:
        match word.split():
            case ["progress"]:
                say({"progress": {"executions": 1, "classes": 1, "share": 0.1, "failures": 0, "phase": "exhaustive"}})
            case ["exit", status]:
                print("last words", file=sys.stderr, flush=True)
                os._exit(int(status))
            case ["signal", number]:
                os.kill(os.getpid(), int(number))
            case ["silence"]:
                signal.pause()
            case ["nonsense"]:
                print("hello from the program", flush=True)
            case ["interrupt"]:
                interrupted(program)
            case ["interrupt-twice"]:
                interrupted_twice()
            case ["interrupt-and-die"]:
                signal.signal(signal.SIGINT, signal.SIG_DFL)
                os.kill(os.getppid(), signal.SIGINT)
                signal.pause()
            case ["failed"]:
                say({"unit": failed(program)})
            case ["unsupported"]:
                say({"unit": {**unit_of(program, "unsupported"), "message": "`fork` at line 1 is not controlled"}})
            case ["error"]:
                say({"unit": {**unit_of(program, "error"), "message": "`ValueError` at line 1"}})
            case ["request"]:
                request = {"kind": "request", "message": json.dumps(program, sort_keys=True), "line": None}
                say({"unit": {**unit_of(program, "passed"), "notes": [request]}})
            case ["environment"]:
                names = ("PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE")
                message = json.dumps({"arguments": sys.argv[1:], **{name: os.environ.get(name) for name in names}})
                note = {"kind": "environment", "message": message, "line": None}
                say({"unit": {**unit_of(program, "passed"), "notes": [note]}})
            case [verdict]:
                say({"unit": unit_of(program, verdict)})


def replay(program: dict) -> None:
    unit = failed(program)
    outcome = f"`increment` lost an update under {program['schedule']}"
    say({"replayed": {"unit": unit, "steps": steps(program), "outcome": outcome}})


def main() -> None:
    if "-c" in sys.argv:
        print(os.environ.get("FAKE_DIAGNOSIS", "3 11 True"))
        return
    if "FAKE_DEATH" in os.environ:
        sys.exit(f"{os.environ['FAKE_DEATH']}")
    say({"hello": {"everyway": VERSION, "runtime": RUNTIME}})
    for line in sys.stdin:
        request = json.loads(line)
        if "check" in request:
            check(request["check"])
        else:
            replay(request["replay"])


main()

"""What a program prints and reads: each text goes to the engine as one operation."""

from __future__ import annotations

import builtins
import io
import sys
from typing import Any

from everyway import _core as core
from everyway.world.identity import without_addresses

MOST_OUTPUT = 1_000_000
CUT_OFF = "… (output cut off at 1 MB)\n"

_real_print = builtins.print
_printed_by: dict[int, int] = {}
errors: list[str] = []
_errors_size = 0


def begin_execution() -> None:
    """Nothing has been printed, and the standard input is empty."""
    global _errors_size
    _printed_by.clear()
    errors.clear()
    _errors_size = 0
    sys.stdout = STDOUT
    sys.stderr = STDERR
    sys.stdin = _empty_stdin()


_stdin_bytes = io.BytesIO()
_stdin = io.TextIOWrapper(_stdin_bytes, encoding="utf-8")


def _empty_stdin() -> io.TextIOWrapper:
    """An empty standard input: the last execution's if the program left it as it was."""
    global _stdin, _stdin_bytes
    if not _is_unchanged():
        _stdin_bytes = io.BytesIO()
        _stdin = io.TextIOWrapper(_stdin_bytes, encoding="utf-8")
    return _stdin


def _is_unchanged() -> bool:
    try:
        return (
            not _stdin.closed
            and _stdin.buffer is _stdin_bytes
            and not _stdin_bytes.getvalue()
            and _stdin_bytes.tell() == 0
            and not _stdin.__dict__
            and not _stdin_bytes.__dict__
            and _stdin.encoding == "utf-8"
            and _stdin.errors == "strict"
            and not _stdin.line_buffering
            and not _stdin.write_through
        )
    except ValueError:  # detached
        return False


def dropped() -> dict[int, int]:
    """How many characters of each task's output were not kept."""
    return {task: size - MOST_OUTPUT for task, size in _printed_by.items() if size > MOST_OUTPUT}


def announce(text: str) -> None:
    """Print a text as one operation; of a huge output only the beginning is kept."""
    task = core.current_task()
    before = _printed_by.get(task, 0)
    after = before + len(text)
    _printed_by[task] = after
    if after > MOST_OUTPUT:
        text = text[: MOST_OUTPUT - before] + CUT_OFF if before <= MOST_OUTPUT else ""
    core.print_text(without_addresses(text))


class _Bytes(io.RawIOBase):
    """The binary side of the captured standard output or error."""

    def __init__(self, text: _Text) -> None:
        self._text = text

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._text.write(bytes(data).decode("utf-8", "replace"))
        return len(data)


class _Text(io.TextIOBase):
    """A captured standard stream."""

    encoding = "utf-8"
    errors = "strict"
    newlines = None
    line_buffering = True
    mode = "w"

    def __init__(self, name: str, number: int) -> None:
        self.name = name
        self._number = number
        self.buffer = _Bytes(self)

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return self._number

    def reconfigure(self, **options: object) -> None:
        """Accept settings, which a captured text doesn't depend on."""

    def close(self) -> None:
        """Stay open for the executions that follow."""


class _Stdout(_Text):
    def write(self, text: str, /) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if text and core.in_execution():
            announce(text)
        return len(text)


class _Stderr(_Text):
    def write(self, text: str, /) -> int:
        global _errors_size
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if _errors_size < MOST_OUTPUT:
            errors.append(text[:MOST_OUTPUT])
        _errors_size += len(text)
        return len(text)


STDOUT = _Stdout("<stdout>", 1)
STDERR = _Stderr("<stderr>", 2)


def print(
    *values: object,
    sep: str | None = " ",
    end: str | None = "\n",
    file: Any = None,
    flush: bool = False,
) -> None:
    """Print the values as one text."""
    target = sys.stdout if file is None else file
    if target is not STDOUT:
        if target is not None:
            _real_print(*values, sep=sep, end=end, file=target, flush=flush)
        return
    for name, given in (("sep", sep), ("end", end)):
        if given is not None and not isinstance(given, str):
            raise TypeError(f"{name} must be None or a string, not {type(given).__name__}")
    between = " " if sep is None else sep
    text = between.join([str(value) for value in values]) + ("\n" if end is None else end)
    if text:
        announce(text)


def input(prompt: object = "", /) -> str:
    """Read a line from the standard input, which is empty unless the program replaced it."""
    text = str(prompt)
    if text:
        sys.stdout.write(text)
    line = sys.stdin.readline()
    if not line:
        raise EOFError("EOF when reading a line")
    return line.removesuffix("\n")

"""`open` over the program's own files: the real buffers and texts round a modelled raw file."""

from __future__ import annotations

import io
import os
from typing import Any

from everyway import _core as core
from everyway.models import files
from everyway.models.dressing import builtin
from everyway.models.files import RawFile


class _Writer(io.BufferedWriter):
    def write(self, data: Any, /) -> int:
        _note(self.raw, self)
        return super().write(data)


class _Random(io.BufferedRandom):
    def write(self, data: Any, /) -> int:
        _note(self.raw, self)
        return super().write(data)


class _Text(io.TextIOWrapper):
    def write(self, text: str, /) -> int:
        _note(_raw_of(self.buffer), self)
        return super().write(text)

    def writelines(self, lines: Any, /) -> None:
        for line in lines:
            self.write(line)


def _raw_of(buffer: Any) -> Any:
    return getattr(buffer, "raw", buffer)


def _note(raw: Any, owner: Any) -> None:
    """Remember which line wrote what the buffer holds, to say so when it reaches the file."""
    if isinstance(raw, RawFile):
        raw.site = core.site_of_use(owner)


def _open(
    file: Any,
    mode: str = "r",
    buffering: int = -1,
    encoding: str | None = None,
    errors: str | None = None,
    newline: str | None = None,
    closefd: bool = True,
    opener: Any = None,
) -> Any:
    """Open a file of the program's, or of the disk for reading."""
    rest = (buffering, encoding, errors, newline, closefd, opener)
    if not files.is_on() or core.aborting():
        return files.real_open(file, mode, *rest)
    raw = files.descriptor(file)
    if raw is None and (isinstance(file, int) or files.is_real(file)):
        return files.real_open(file, mode, *rest)
    _check(mode, buffering, encoding, errors, newline)
    letters = mode.replace("t", "").replace("b", "")
    if raw is None and opener is not None:
        raw = files.descriptor(opener(file, _flags(letters)))
        if raw is None:
            core.refuse("open(…, opener=…)")
            raise AssertionError("a refusal ends the execution")
        raw.name = file
    elif raw is None:
        raw = files.open_raw(file, letters)
    raw.closefd = closefd
    return _wrapped(raw, mode, buffering, encoding, errors, newline)


def _check(mode: Any, buffering: int, encoding: Any, errors: Any, newline: Any) -> None:
    """Raise what the real `open` raises for these arguments."""
    harmless = mode.replace("x", "w") if isinstance(mode, str) else mode
    files.real_open(os.devnull, harmless, buffering, encoding, errors, newline).close()


def _flags(letters: str) -> int:
    access = os.O_RDWR if "+" in letters else os.O_RDONLY if "r" in letters else os.O_WRONLY
    more = {"w": os.O_CREAT | os.O_TRUNC, "a": os.O_CREAT | os.O_APPEND, "x": os.O_CREAT | os.O_EXCL}
    return access | more.get(letters[0], 0) | os.O_CLOEXEC


def _wrapped(raw: RawFile, mode: str, buffering: int, encoding: Any, errors: Any, newline: Any) -> Any:
    binary = "b" in mode
    if buffering == 0:
        return raw
    size = io.DEFAULT_BUFFER_SIZE if buffering in (-1, 1) else buffering
    if "+" in mode:
        buffer: Any = _Random(raw, size)
    elif "r" in mode:
        buffer = io.BufferedReader(raw, size)
    else:
        buffer = _Writer(raw, size)
    if binary:
        return buffer
    named: Any = io
    text = _Text(buffer, named.text_encoding(encoding), errors, newline, buffering == 1)
    text.mode = mode  # type: ignore[misc]
    return text


_open.__name__ = _open.__qualname__ = "open"
open = builtin(_open, "io")

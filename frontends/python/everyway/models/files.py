"""The files that an execution sees: the disk as it is, and over it what the program has written.

Nothing is written to the disk. What is done to one path is one file of the engine, whoever does it; a
file's content is read and written when the real one's would be, by the real buffers over a modelled raw
file.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import stat
from collections.abc import Callable, Iterator
from typing import Any

from everyway import _core as core
from everyway.world import refusal

LISTED = "the entries of folders"
_REAL_PLACES = ("/dev/", "/proc/", "/sys/")
_FIRST_DESCRIPTOR = 1_000

real_open: Callable[..., Any] = io.open
real_stat: Callable[..., os.stat_result] = os.stat
real_listdir: Callable[..., list[str]] = os.listdir
real_path: Callable[..., str] = os.path.realpath

# Whether earlier executions of this exploration have looked at the entries of folders.
listed = False


class File:
    """The content of a file that was read or written."""

    def __init__(self, path: str, content: bytes = b"", mode: int = 0o644) -> None:
        self.path = path
        self.content = bytearray(content)
        self.mode = mode
        self.serial = 0


class Folder:
    """A folder that the program made."""


class _Gone:
    """What was there is removed."""


_overlay: dict[str, File | Folder | _Gone] = {}
_GONE = _Gone()
_descriptors: dict[int, RawFile] = {}
_serials = 0


def begin_execution() -> None:
    """The disk is as it was."""
    global _serials
    _overlay.clear()
    _descriptors.clear()
    _serials = 0


def is_on() -> bool:
    """Whether the program runs, and not what is around it."""
    return core.in_execution() and not refusal.is_suspended()


# --- paths ----------------------------------------------------------------------------------------


def absolute(path: Any) -> str:
    """The path by which a file is known."""
    text = os.fsdecode(path)
    folder, name = os.path.split(os.path.abspath(text))
    with refusal.suspended():  # it looks at the disk by the functions that are replaced
        return os.path.join(real_path(folder), name) if name not in ("", ".", "..") else real_path(text)


def is_real(path: Any) -> bool:
    """Whether it is no file of the program's: a device, or something of the system."""
    return isinstance(path, str | bytes | os.PathLike) and os.path.abspath(os.fsdecode(path)).startswith(_REAL_PLACES)


def _number_of(path: str) -> int:
    return int.from_bytes(hashlib.blake2b(os.fsencode(path), digest_size=8).digest(), "big") >> 1


def announce(path: str, kind: Any, owner: Any = None) -> None:
    """Announce that the path is read, written or updated."""
    core.file_access(_number_of(path), kind, core.site_of_use(owner))


def announce_entry(path: str) -> None:
    """Announce that an entry of a folder comes or goes."""
    if listed:
        announce(os.path.dirname(path) + os.sep, "w")


def announce_listing(path: str) -> None:
    """Announce that the entries of a folder are looked at."""
    if not listed:
        core.learn_of(LISTED)
    announce(path + os.sep, "r")


def error(number: int, path: Any, kind: Any = None) -> OSError:
    """The exception of the system for this path."""
    return OSError(number, os.strerror(number), path)


# --- what there is --------------------------------------------------------------------------------


def look(path: str) -> File | Folder | os.stat_result | None:
    """What is at a path: the program's own, or what the disk has; no announcement."""
    found = _overlay.get(path)
    if isinstance(found, _Gone):
        return None
    if found is not None:
        return found
    parent = os.path.dirname(path)
    if parent != path and isinstance(_overlay.get(parent), _Gone | Folder):
        return None
    try:
        return real_stat(path)
    except OSError:
        return None


def is_folder(found: Any) -> bool:
    """Whether that is a folder."""
    return isinstance(found, Folder) or (isinstance(found, os.stat_result) and stat.S_ISDIR(found.st_mode))


def file_at(path: str) -> File | None:
    """The file at a path, read from the disk if it is there."""
    found = look(path)
    if isinstance(found, os.stat_result) and not stat.S_ISDIR(found.st_mode):
        with real_open(path, "rb") as file:
            found = File(path, file.read(), stat.S_IMODE(found.st_mode))
        _number(found)
        _overlay[path] = found
    return found if isinstance(found, File) else None


def _number(file: File) -> None:
    global _serials
    _serials += 1
    file.serial = _serials


def put(path: str, what: File | Folder | None) -> None:
    """Let this be at the path; nothing, if it is None."""
    if isinstance(what, File):
        what.path = path
    _overlay[path] = _GONE if what is None else what


def make_file(path: str, mode: int = 0o644) -> File:
    """Make an empty file."""
    made = File(path, b"", mode)
    _number(made)
    put(path, made)
    return made


def entries(path: str) -> list[str]:
    """The names in a folder."""
    found = look(path)
    names = set() if isinstance(found, Folder) else set(real_listdir(path))
    for each, what in _overlay.items():
        folder, name = os.path.split(each)
        if folder == path:
            names.discard(name) if isinstance(what, _Gone) else names.add(name)
    return sorted(names)


def below(path: str) -> Iterator[str]:
    """The paths of the program's own below a folder."""
    return iter([each for each in _overlay if each.startswith(path + os.sep)])


def status(found: File | Folder | os.stat_result) -> os.stat_result:
    """What `os.stat` tells of it."""
    if isinstance(found, os.stat_result):
        return found
    if isinstance(found, Folder):
        parts = (stat.S_IFDIR | 0o755, 1, 1, 2, os.getuid(), os.getgid(), 4096, 0, 0, 0)
    else:
        size = len(found.content)
        parts = (stat.S_IFREG | found.mode, 1_000_000 + found.serial, 1, 1, os.getuid(), os.getgid(), size, 0, 0, 0)
    return os.stat_result(parts)


# --- open files -----------------------------------------------------------------------------------


class RawFile(io.RawIOBase):
    """An open file, without a buffer."""

    def __init__(self, file: File, *, reads: bool, writes: bool, appends: bool, name: Any, mode: str) -> None:
        self._file = file
        self._reads, self._writes, self._appends = reads, writes, appends
        self._position = len(file.content) if appends else 0
        self._descriptor: int | None = None
        self.name = name
        self.mode = mode
        self.closefd = True
        self.site: int | None = None  # where what the buffer holds was written

    def _announce(self, kind: Any) -> None:
        site = self.site if kind != "r" and self.site is not None else core.site_of_use(self)
        core.file_access(_number_of(self._file.path), kind, site)

    def readable(self) -> bool:
        """Whether it was opened for reading."""
        return self._reads

    def writable(self) -> bool:
        """Whether it was opened for writing."""
        return self._writes

    def seekable(self) -> bool:
        """It is a file."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what is there."""
        if not self._reads:
            raise io.UnsupportedOperation("not readable")
        self._announce("r")
        found = self._file.content[self._position : self._position + len(buffer)]
        buffer[: len(found)] = found
        self._position += len(found)
        return len(found)

    def write(self, data: Any) -> int:
        """Write at the position, or at the end."""
        if not self._writes:
            raise io.UnsupportedOperation("not writable")
        written = bytes(data)
        if not core.in_execution() or core.aborting():
            return len(written)
        self._announce("u" if self._appends else "w")
        content = self._file.content
        if self._appends:
            self._position = len(content)
        if self._position > len(content):
            content.extend(bytes(self._position - len(content)))
        content[self._position : self._position + len(written)] = written
        self._position += len(written)
        return len(written)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a position."""
        if whence == 2:
            self._announce("r")
        base = (0, self._position, len(self._file.content))[whence]
        if base + offset < 0:
            raise error(errno.EINVAL, None)
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        """The position."""
        return self._position

    def truncate(self, size: int | None = None) -> int:
        """Cut it, or fill it up with zeros."""
        size = self._position if size is None else size
        self._announce("w")
        content = self._file.content
        del content[size:]
        content.extend(bytes(size - len(content)))
        return size

    def fileno(self) -> int:
        """Its number, by which it can be used through `os`."""
        if self.closed:
            raise ValueError("I/O operation on closed file")
        if self._descriptor is None:
            self._descriptor = add_descriptor(self)
        return self._descriptor

    def close(self) -> None:
        """Close it."""
        if not self.closed and self._descriptor is not None and self.closefd:
            _descriptors.pop(self._descriptor, None)
        super().close()

    def status(self) -> os.stat_result:
        """What `os.fstat` tells of it."""
        self._announce("r")
        return status(self._file)


def add_descriptor(raw: RawFile) -> int:
    """Give an open file a number."""
    number = _FIRST_DESCRIPTOR + core.current_task() * 100
    while number in _descriptors:
        number += 1
    _descriptors[number] = raw
    raw._descriptor = number
    return number


def descriptor(number: Any) -> RawFile | None:
    """The open file of this number, if it is one of the program's."""
    return _descriptors.get(number) if isinstance(number, int) else None


def open_raw(path: Any, mode: str, permissions: int = 0o644, name: Any = None) -> RawFile:
    """Open a file; the mode has one of the letters r, w, a, x, and + perhaps."""
    known = absolute(path)
    updates = "+" in mode
    letter = next(each for each in "rwax" if each in mode)
    announce(known, "r" if letter == "r" else "u")
    found = look(known)
    if is_folder(found):
        raise error(errno.EISDIR, path)
    if found is None:
        parent = look(os.path.dirname(known))
        if letter == "r" or parent is None:
            raise error(errno.ENOENT, path)
        if not is_folder(parent):
            raise error(errno.ENOTDIR, path)
        announce_entry(known)
        file = make_file(known, permissions)
    elif letter == "x":
        raise error(errno.EEXIST, path)
    else:
        opened = file_at(known)
        assert opened is not None
        file = opened
        if letter == "w":
            file.content.clear()
    return RawFile(
        file,
        reads=letter == "r" or updates,
        writes=letter != "r" or updates,
        appends=letter == "a",
        name=path if name is None else name,
        mode=mode,
    )

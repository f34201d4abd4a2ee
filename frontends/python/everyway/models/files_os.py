"""What `os` does to files and folders, over the program's own."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from typing import Any

from everyway import _core as core
from everyway.models import files
from everyway.models.dressing import builtin
from everyway.models.files import File, Folder, absolute, announce, announce_entry, announce_listing, error, look

_real: dict[str, Any] = {}


def _is_ours(path: Any) -> bool:
    """Whether a call for this path is about what the program sees."""
    return files.is_on() and not core.aborting() and not isinstance(path, int) and not files.is_real(path)


def _refuse_folders(name: str, keywords: dict[str, Any]) -> None:
    if any(keywords.get(each) is not None for each in ("dir_fd", "src_dir_fd", "dst_dir_fd")):
        core.refuse(f"os.{name}(…, dir_fd=…)")


def _there(path: Any, known: str) -> Any:
    found = look(known)
    if found is None:
        raise error(errno.ENOENT, path)
    return found


def stat_(path: Any, *, dir_fd: Any = None, follow_symlinks: bool = True) -> os.stat_result:
    """Tell of a file."""
    raw = files.descriptor(path)
    if raw is not None:
        return raw.status()
    if not _is_ours(path) or dir_fd is not None:
        return _real["stat"](path, dir_fd=dir_fd, follow_symlinks=follow_symlinks)  # type: ignore[no-any-return]
    known = absolute(path)
    announce(known, "r")
    if known not in files._overlay and not follow_symlinks:
        return _real["lstat"](path)  # type: ignore[no-any-return]
    return files.status(_there(path, known))


def lstat(path: Any, *, dir_fd: Any = None) -> os.stat_result:
    """Tell of a file, or of a link itself."""
    return stat_(path, dir_fd=dir_fd, follow_symlinks=False)


def fstat(fd: int) -> os.stat_result:
    """Tell of an open file."""
    raw = files.descriptor(fd)
    return _real["fstat"](fd) if raw is None else raw.status()


def listdir(path: Any = ".") -> list[Any]:
    """The names in a folder."""
    if not _is_ours(path):
        return _real["listdir"](path)  # type: ignore[no-any-return]
    known = absolute(path)
    announce_listing(known)
    if not files.is_folder(_there(path, known)):
        raise error(errno.ENOTDIR, path)
    names = files.entries(known)
    return [os.fsencode(name) for name in names] if isinstance(path, bytes) else names


class _Entry:
    """An entry of a folder, as `os.scandir` gives it."""

    def __init__(self, folder: Any, name: str, known: str) -> None:
        self.name = name
        self.path = os.path.join(os.fspath(folder), name)
        self._known = known

    def __fspath__(self) -> str:
        return self.path

    def inode(self) -> int:
        """The number of the file."""
        return self.stat().st_ino

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        """Whether it is a folder."""
        return files.is_folder(look(self._known))

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        """Whether it is a file."""
        found = look(self._known)
        return found is not None and not files.is_folder(found)

    def is_symlink(self) -> bool:
        """Whether it is a link, which none of the program's is."""
        return self._known not in files._overlay and os.path.islink(self._known)

    def is_junction(self) -> bool:
        """No such thing."""
        return False

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        """What `os.stat` tells of it."""
        return stat_(self.path, follow_symlinks=follow_symlinks)

    def __repr__(self) -> str:
        return f"<DirEntry {self.name!r}>"


class _Entries:
    """What `os.scandir` gives."""

    def __init__(self, found: list[_Entry]) -> None:
        self._left: Iterator[_Entry] = iter(found)

    def __iter__(self) -> _Entries:
        return self

    def __next__(self) -> _Entry:
        return next(self._left)

    def close(self) -> None:
        """Give no more."""
        self._left = iter(())

    def __enter__(self) -> _Entries:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def scandir(path: Any = ".") -> Any:
    """The entries of a folder."""
    if not _is_ours(path):
        return _real["scandir"](path)
    known = absolute(path)
    return _Entries([_Entry(path, name, os.path.join(known, name)) for name in listdir(os.fsdecode(path))])


def mkdir(path: Any, mode: int = 0o777, **keywords: Any) -> None:
    """Make a folder."""
    if not _is_ours(path):
        _real["mkdir"](path, mode, **keywords)
        return
    _refuse_folders("mkdir", keywords)
    known = absolute(path)
    announce(known, "u")
    if look(known) is not None:
        raise error(errno.EEXIST, path)
    if not files.is_folder(_there(path, os.path.dirname(known))):
        raise error(errno.ENOTDIR, path)
    announce_entry(known)
    files.put(known, Folder())


def rmdir(path: Any, **keywords: Any) -> None:
    """Remove an empty folder."""
    if not _is_ours(path):
        _real["rmdir"](path, **keywords)
        return
    _refuse_folders("rmdir", keywords)
    known = absolute(path)
    announce(known, "u")
    announce_listing(known)
    if not files.is_folder(_there(path, known)):
        raise error(errno.ENOTDIR, path)
    if files.entries(known):
        raise error(errno.ENOTEMPTY, path)
    announce_entry(known)
    files.put(known, None)


def remove(path: Any, **keywords: Any) -> None:
    """Remove a file."""
    if not _is_ours(path):
        _real["remove"](path, **keywords)
        return
    _refuse_folders("remove", keywords)
    known = absolute(path)
    announce(known, "u")
    if files.is_folder(_there(path, known)):
        raise error(errno.EISDIR, path)
    announce_entry(known)
    files.put(known, None)


def _moving(name: str) -> Callable[..., None]:
    def move(src: Any, dst: Any, **keywords: Any) -> None:
        if not _is_ours(src):
            _real[name](src, dst, **keywords)
            return
        _refuse_folders(name, keywords)
        source, target = absolute(src), absolute(dst)
        announce(source, "u")
        announce(target, "u")
        found, before = look(source), look(target)
        if found is None or look(os.path.dirname(target)) is None:
            raise OSError(errno.ENOENT, os.strerror(errno.ENOENT), src, None, dst)
        if files.is_folder(found):
            core.refuse(f"os.{name} of a folder")
        if files.is_folder(before):
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), src, None, dst)
        announce_entry(source)
        announce_entry(target)
        file = files.file_at(source)
        files.put(source, None)
        files.put(target, file)

    move.__name__ = name
    return move


def access(path: Any, mode: int, **keywords: Any) -> bool:
    """Whether a file may be used so."""
    if not _is_ours(path):
        return _real["access"](path, mode, **keywords)  # type: ignore[no-any-return]
    known = absolute(path)
    announce(known, "r")
    found = look(known)
    if isinstance(found, File | Folder):
        return isinstance(found, Folder) or not mode & os.X_OK or bool(found.mode & stat.S_IXUSR)
    return found is not None and _real["access"](path, mode, **keywords)


def chmod(path: Any, mode: int, **keywords: Any) -> None:
    """Change who may use a file."""
    if not _is_ours(path) and files.descriptor(path) is None:
        _real["chmod"](path, mode, **keywords)
        return
    if files.descriptor(path) is None:
        known = absolute(path)
        announce(known, "u")
        _there(path, known)
        file = files.file_at(known)
        if file is not None:
            file.mode = stat.S_IMODE(mode)


def utime(path: Any, *arguments: Any, **keywords: Any) -> None:
    """Set times, which nothing here depends on."""
    if not _is_ours(path) and files.descriptor(path) is None:
        _real["utime"](path, *arguments, **keywords)
    elif files.descriptor(path) is None:
        known = absolute(path)
        announce(known, "r")
        _there(path, known)


def truncate(path: Any, length: int) -> None:
    """Cut a file."""
    raw = files.descriptor(path)
    if raw is None and not _is_ours(path):
        _real["truncate"](path, length)
        return
    (raw or files.open_raw(path, "r+")).truncate(length)


def listxattr(path: Any = None, *arguments: Any, **keywords: Any) -> list[str]:
    """The attributes of a file beyond the usual: none."""
    return [] if files.is_on() else _real["listxattr"](path, *arguments, **keywords)


# --- descriptors ----------------------------------------------------------------------------------


def open_(path: Any, flags: int, mode: int = 0o777, **keywords: Any) -> int:
    """Open a file and give its number."""
    if not _is_ours(path):
        return _real["open"](path, flags, mode, **keywords)  # type: ignore[no-any-return]
    _refuse_folders("open", keywords)
    if flags & getattr(os, "O_DIRECTORY", 0) or (not flags & 3 and files.is_folder(look(absolute(path)))):
        core.refuse("os.open of a folder")
    how = flags & (os.O_RDONLY | os.O_WRONLY | os.O_RDWR)
    if flags & os.O_CREAT and flags & os.O_EXCL:
        letters = "x"
    elif flags & os.O_APPEND:
        letters = "a"
    elif flags & os.O_TRUNC:
        letters = "w"
    else:
        letters = "r"
    if letters == "r" and flags & os.O_CREAT and look(absolute(path)) is None:
        letters = "x"
    raw = files.open_raw(path, letters + "+", mode & 0o644)
    raw._reads, raw._writes = how != os.O_WRONLY, how != os.O_RDONLY
    return files.add_descriptor(raw)


def _on_descriptor(name: str, ours: Callable[..., Any]) -> Callable[..., Any]:
    def call(fd: Any, *arguments: Any, **keywords: Any) -> Any:
        raw = files.descriptor(fd)
        return _real[name](fd, *arguments, **keywords) if raw is None else ours(raw, *arguments)

    call.__name__ = name
    return call


def _read(raw: files.RawFile, length: int) -> bytes:
    buffer = bytearray(length)
    return bytes(buffer[: raw.readinto(buffer)])


def patches() -> dict[str, Any]:
    """What stands in the place of the functions of `os`: as those in C, they are no methods of a class.

    In CPython 3.10 `pathlib` makes attributes of a class of them.
    """
    ours = {
        "stat": stat_,
        "lstat": lstat,
        "fstat": fstat,
        "listdir": listdir,
        "scandir": scandir,
        "mkdir": mkdir,
        "rmdir": rmdir,
        "remove": remove,
        "unlink": remove,
        "rename": _moving("rename"),
        "replace": _moving("replace"),
        "access": access,
        "chmod": chmod,
        "utime": utime,
        "truncate": truncate,
        "listxattr": listxattr,
        "open": open_,
        "read": _on_descriptor("read", _read),
        "close": _on_descriptor("close", lambda raw: raw.close()),
        "lseek": _on_descriptor("lseek", lambda raw, *place: raw.seek(*place)),
        "fsync": _on_descriptor("fsync", lambda raw: None),
        "ftruncate": _on_descriptor("ftruncate", lambda raw, size: raw.truncate(size)),
        "isatty": _on_descriptor("isatty", lambda raw: False),
        "fchmod": _on_descriptor("fchmod", lambda raw, mode: None),
        "set_inheritable": _on_descriptor("set_inheritable", lambda raw, inheritable: None),
    }
    return {name: builtin(function, "posix") for name, function in ours.items()}


def remember(functions: dict[str, Any]) -> None:
    """Say what the real functions are."""
    _real.update(functions)

"""`multiprocessing.shared_memory`: blocks of bytes by name, which processes attach to."""

from __future__ import annotations

import errno
import os
from types import ModuleType
from typing import Any

from everyway.models import files
from everyway.models.multiprocessing import state
from everyway.world.refusal import stand_in

_PLACE = "/dev/shm"
_blocks: dict[str, bytearray] = {}
_made: dict[int, int] = {}


def begin_execution() -> None:
    """There is no block."""
    _blocks.clear()
    _made.clear()


def _new_name() -> str:
    number = state.current().number
    _made[number] = _made.get(number, 0) + 1
    return f"psm_{number}_{_made[number]}"


class SharedMemory:
    """A block of shared memory, as one process has it."""

    __module__ = "multiprocessing.shared_memory"

    def __init__(self, name: str | None = None, create: bool = False, size: int = 0, *, track: bool = True) -> None:
        if not size >= 0:
            raise ValueError("'size' must be a positive integer")
        if create and size == 0:
            raise ValueError("'size' must be a positive number different from zero")
        if name is None and not create:
            raise ValueError("'name' can only be None if create=True")
        self._name = _new_name() if name is None else name
        files.announce(f"{_PLACE}/{self._name}", "u" if create else "r", self)
        found = _blocks.get(self._name)
        if create and found is not None:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), f"/{self._name}")
        if not create and found is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), f"/{self._name}")
        self._block = _blocks.setdefault(self._name, bytearray(size))
        self._size = len(self._block)
        self._buf: memoryview | None = memoryview(self._block)

    def __everyway_fork__(self, copier: Any) -> SharedMemory:
        made: SharedMemory = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        if self._buf is not None:
            made._buf = memoryview(self._block)
        return made

    def __reduce__(self) -> Any:
        return type(self), (self._name, False, self._size)

    buf = property(lambda self: self._buf, doc="The bytes.")
    name = property(lambda self: self._name, doc="The name by which other processes attach to it.")
    size = property(lambda self: self._size, doc="How many bytes it has.")

    def close(self) -> None:
        """Use it no more in this process."""
        if self._buf is not None:
            self._buf.release()
            self._buf = None

    def unlink(self) -> None:
        """Let nobody attach to it any more."""
        files.announce(f"{_PLACE}/{self._name}", "u", self)
        if self._name not in _blocks:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), f"/{self._name}")
        del _blocks[self._name]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._name!r}, size={self._size})"


def make_module() -> ModuleType:
    """The module `multiprocessing.shared_memory`."""
    module: Any = ModuleType("multiprocessing.shared_memory")
    module.SharedMemory = SharedMemory
    module.ShareableList = stand_in("multiprocessing.shared_memory.ShareableList")
    module.__all__ = ["SharedMemory", "ShareableList"]
    return module  # type: ignore[no-any-return]

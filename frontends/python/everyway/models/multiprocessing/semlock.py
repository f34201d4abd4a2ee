"""The modelled `_multiprocessing`: locks and semaphores that processes share.

The real `multiprocessing.synchronize` runs on it, so conditions, events and barriers are CPython's own.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from everyway import _core as core
from everyway.models.objects import new_object

RECURSIVE_MUTEX = 0
_MOST = 2**31 - 1

_by_handle: dict[int, SemLock] = {}


def begin_execution() -> None:
    """Forget the semaphores of the execution before."""
    _by_handle.clear()


def _limit(timeout: Any) -> float | None:
    return None if timeout is None else max(float(timeout), 0.0)


class SemLock:
    """A semaphore of the system: one object, whichever process has it."""

    __slots__ = ("__ev_id__", "__weakref__", "handle", "kind", "maxvalue", "name")
    __module__ = "_multiprocessing"
    __everyway_shared__ = True  # a forked process has the same

    SEM_VALUE_MAX = _MOST

    __ev_id__: int

    def __init__(self, kind: int, value: int, maxvalue: int, name: str, unlink: bool) -> None:
        self.kind = kind
        self.maxvalue = maxvalue
        self.name = None if unlink else name
        if kind == RECURSIVE_MUTEX:
            made = "rmutex"
        elif value == maxvalue == 1:
            made = "mutex"
        else:
            made = "semaphore" if maxvalue == _MOST else "bounded_semaphore"
        self.__ev_id__ = new_object(self, made, 0 if made.endswith("mutex") else value)
        self.handle = self.__ev_id__
        _by_handle[self.handle] = self

    @property
    def _is_mutex(self) -> bool:
        return self.maxvalue == 1

    @staticmethod
    def _rebuild(handle: int, *description: object) -> SemLock:
        return _by_handle[handle]

    def acquire(self, block: bool = True, timeout: Any = None) -> bool:
        """Take it, or a permit."""
        limit = _limit(timeout) if block else 0.0
        if self._is_mutex:
            if not block:
                return core.mutex_try(self.__ev_id__)
            return core.mutex_acquire(self.__ev_id__, limit)
        return core.semaphore_acquire(self.__ev_id__, limit)

    def __enter__(self) -> bool:
        return self.acquire()

    def release(self) -> None:
        """Give it, or a permit, back."""
        if self._is_mutex:
            if core.mutex_release(self.__ev_id__) == 0:
                return
            if self.kind == RECURSIVE_MUTEX:
                raise AssertionError("attempt to release recursive lock not owned by thread")
        elif core.semaphore_release(self.__ev_id__, 1):
            return
        raise ValueError("semaphore or lock released too many times")

    def __exit__(self, *exception: object) -> None:
        self.release()

    def _is_mine(self) -> bool:
        return self._is_mutex and core.mutex_owned(self.__ev_id__)

    def _count(self) -> int:
        return core.mutex_depth(self.__ev_id__) if self._is_mine() else 0

    def _get_value(self) -> int:
        if self._is_mutex:
            return 0 if core.mutex_locked(self.__ev_id__) else 1
        return core.semaphore_value(self.__ev_id__)

    def _is_zero(self) -> bool:
        return self._get_value() == 0

    def _after_fork(self) -> None:
        """Nothing: it is shared."""


def make_module() -> ModuleType:
    """The module that the real package imports as `_multiprocessing`."""
    module: Any = ModuleType("_multiprocessing")
    module.SemLock = SemLock
    module.flags = {"HAVE_SEM_OPEN": 1, "HAVE_SEM_TIMEDWAIT": 1}
    module.sem_unlink = lambda name: None
    return module  # type: ignore[no-any-return]

"""The modelled `multiprocessing`: processes as tasks with modules of their own.

`process`, `context`, `synchronize`, `reduction` and `util` are the real modules, on a modelled
`_multiprocessing`; how processes start and end, pipes, queues, pools, managers and shared memory are
modelled here.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from everyway.models.multiprocessing import (
    blocks,
    channels,
    connection,
    managers,
    pickling,
    pool,
    popen,
    queues,
    semlock,
    shared,
    state,
)
from everyway.world.identity import serial_hash

_PACKAGE = "multiprocessing"


def make_semaphores() -> ModuleType:
    """The module `_multiprocessing`."""
    return semlock.make_module()


def install_process(module: Any) -> None:
    """Let starting a process not look which others have ended: nothing shows that it did."""
    cleanup = module._cleanup

    def active_children() -> list[Any]:
        cleanup()
        return list(module._children)

    active_children.__doc__ = module.active_children.__doc__
    module._cleanup = lambda: None
    module.active_children = active_children
    module.BaseProcess.__hash__ = serial_hash
    module._current_process._config["authkey"] = module.AuthenticationString(bytes(32))


def install(package: Any) -> None:
    """Put the modelled parts into the freshly loaded private package."""
    import queue as _queue  # noqa: F401
    import threading as _threading  # noqa: F401

    modules: dict[str, ModuleType] = {
        "connection": connection.make_module(),
        "heap": shared.make_heap(),
        "sharedctypes": shared.make_module(),
        "queues": queues.make_module(),
        "managers": managers.make_module(),
        "pool": pool.make_module(),
        "resource_tracker": _tracker(),
        "popen_fork": _with_popen("popen_fork", popen.Popen),
        "popen_spawn_posix": _with_popen("popen_spawn_posix", popen.SpawnPopen),
        "popen_forkserver": _with_popen("popen_forkserver", popen.ForkServerPopen),
        "shared_memory": blocks.make_module(),
    }
    for name, module in modules.items():
        sys.modules[f"{_PACKAGE}.{name}"] = module
        setattr(package, name, module)
    from multiprocessing import synchronize, util  # noqa: F401

    locks: Any = synchronize
    locks.SemLock._make_name = staticmethod(lambda: "/mp-everyway")
    locks.Barrier.n_waiting = property(_waiting)
    locks.Barrier.broken = property(_broken)


def _waiting(self: Any) -> int:
    """How many wait at a barrier, looked at under its lock."""
    with self._cond:
        return self._count if self._state == 0 else 0


def _broken(self: Any) -> bool:
    """Whether a barrier is broken, looked at under its lock."""
    with self._cond:
        return self._state == -2  # type: ignore[no-any-return]


def _with_popen(name: str, kind: Any) -> ModuleType:
    module: Any = ModuleType(f"{_PACKAGE}.{name}")
    module.Popen = kind
    return module  # type: ignore[no-any-return]


def _tracker() -> ModuleType:
    module: Any = ModuleType(f"{_PACKAGE}.resource_tracker")
    module.register = module.unregister = lambda name, kind: None
    module.ensure_running = module.getfd = lambda: None
    return module  # type: ignore[no-any-return]


def begin_execution() -> None:
    """There is one process again, and nothing is shared."""
    state.begin_execution()
    semlock.begin_execution()
    channels.begin_execution()
    pickling.begin_execution()
    shared.begin_execution()
    managers.begin_execution()
    blocks.begin_execution()

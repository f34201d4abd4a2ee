"""Random values that are the same in every execution: a stream for each task, from one seed."""

from __future__ import annotations

import random as real
from types import ModuleType
from typing import Any

from everyway import _core as core

_TASK_STRIDE = 1_000_003
_FIXED_NODE = 0x0242AC110002

_seed = 0
_streams: dict[int, real.Random] = {}
_generators: dict[int, Any] = {}


def begin_execution(seed: int) -> None:
    """Start all streams anew."""
    global _seed
    _seed = seed
    _streams.clear()
    _generators.clear()


def _task() -> int:
    return core.current_actor() if core.in_execution() else 0


def _stream() -> real.Random:
    task = _task()
    stream = _streams.get(task)
    if stream is None:
        stream = _streams[task] = real.Random(_seed * _TASK_STRIDE + task)
    return stream


def urandom(size: int, /) -> bytes:
    """What `os.urandom` gives in an execution."""
    if size < 0:
        raise ValueError("negative argument not allowed")
    return _stream().randbytes(size)


def getrandom(size: int, flags: int = 0) -> bytes:
    """What `os.getrandom` gives in an execution."""
    return urandom(size)


def patch_random(module: ModuleType) -> None:
    """Give a freshly loaded private `random` a generator for each task and seeds from the stream."""
    kind: Any = module.Random
    inner_seed = kind.seed

    def seed(self: Any, a: Any = None, version: int = 2) -> None:
        inner_seed(self, _stream().getrandbits(128) if a is None else a, version)

    seed.__doc__ = inner_seed.__doc__
    kind.seed = seed

    def generator() -> Any:
        task = _task()
        found = _generators.get(task)
        if found is None:
            found = _generators[task] = kind(_seed * _TASK_STRIDE + task)
        return found

    shared = module._inst
    for name, value in list(vars(module).items()):
        if getattr(value, "__self__", None) is shared:
            setattr(module, name, _forward(name, generator, value))


def _forward(name: str, generator: Any, replaced: Any) -> Any:
    method = replaced.__name__

    def forward(*arguments: Any, **keywords: Any) -> Any:
        return getattr(generator(), method)(*arguments, **keywords)

    forward.__name__ = name
    forward.__doc__ = replaced.__doc__
    return forward


def patch_uuid(module: ModuleType) -> None:
    """Give a freshly loaded private `uuid` a fixed network address."""
    module._node = _FIXED_NODE  # type: ignore[attr-defined]
    module.getnode = lambda: _FIXED_NODE  # type: ignore[attr-defined]

"""The `Barrier` of the private `threading`: arriving and going on are one operation of the engine each."""

from __future__ import annotations

from typing import Any

from everyway import _core as core
from everyway.models.dressing import replace
from everyway.models.natives import Inner, is_native
from everyway.models.objects import OUTSIDE, new_object
from everyway.models.thread import limit_of


def install_barrier(module: Any) -> None:
    """Announce barriers as a whole; one with an action of its own runs the real code.

    Those who look at a real one look under its lock, so that the engine sees it.
    """
    kind: Any = module.Barrier
    real = dict(kind.__dict__)

    def init(self: Any, parties: Any, action: Any = None, timeout: Any = None) -> None:
        if action is not None or type(parties) is not int or parties < 1 or not is_native("barrier"):
            self.__dict__["__ev_id__"] = None
            real["__init__"](self, parties, action, timeout)
            return
        self._action = None
        self._timeout = timeout
        self._parties = parties
        self.__dict__["__ev_id__"] = new_object(self, "barrier", parties)

    def wait(self: Any, timeout: Any = None) -> int:
        if self.__ev_id__ is None:
            return real["wait"](self, timeout)  # type: ignore[no-any-return]
        if timeout is None:
            timeout = self._timeout
        limit = None if timeout is None else limit_of(max(timeout, 0))
        index = core.barrier_wait(self.__ev_id__, self._parties, limit)
        if index < 0:
            raise module.BrokenBarrierError
        return index

    def reset(self: Any) -> None:
        if self.__ev_id__ is None:
            real["reset"](self)
        else:
            core.barrier_reset(self.__ev_id__)

    def abort(self: Any) -> None:
        if self.__ev_id__ is None:
            real["abort"](self)
        else:
            core.barrier_abort(self.__ev_id__)

    def looked_at(look: Any, at_native: Any) -> Any:
        def under_lock(self: Any) -> Any:
            if self.__ev_id__ is not None:
                return at_native(self.__ev_id__)
            condition = self._cond
            if condition._lock.__ev_id__ == OUTSIDE or core.mutex_owned(condition._lock.__ev_id__):
                return look(self)
            with condition:
                return look(self)

        return under_lock

    replace(kind, __init__=init, wait=wait, reset=reset, abort=abort)
    natively = {
        "n_waiting": lambda barrier: core.barrier_waiting(barrier),
        "broken": lambda barrier: core.barrier_is_broken(barrier),
    }
    for name, at_native in natively.items():
        found = real[name]
        setattr(kind, name, property(looked_at(found.fget, at_native), doc=found.__doc__))
    kind.__ev_id__ = None
    for name in ("_cond", "_state", "_count"):
        setattr(kind, name, Inner("barrier", name))

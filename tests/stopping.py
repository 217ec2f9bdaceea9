"""Where a process that a test starts stops, so that it can be killed there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


def stop(*_: object) -> None:
    """Say that the moment has come, and stay in it for ever."""
    print("reached", flush=True)
    threading.Event().wait()


def before(owner: Any, name: str, when: Callable[..., bool] = lambda *_: True) -> None:
    """Stop in front of a function."""
    original = getattr(owner, name)

    def stopping(*arguments: Any, **options: Any) -> Any:
        if when(*arguments):
            stop()
        return original(*arguments, **options)

    setattr(owner, name, stopping)

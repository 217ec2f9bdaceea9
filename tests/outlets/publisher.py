"""A process of its own that sends a meeting, and stops where a test wants to kill it.

`python -m tests.outlets.publisher DATA ID OUTLET PLACE`: at PLACE it prints `reached` and waits for its end. The
outlets are those of DATA/outlets.toml.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.folder import find
from pipeline.outlets import archive, git, index, sending, sent, shelf
from pipeline.outlets.listed import chosen, outlets
from pipeline.outlets.sent import Step


def _stop() -> None:
    print("reached", flush=True)
    threading.Event().wait()


def _before(owner: Any, name: str, when: Callable[..., bool] = lambda *_: True) -> None:
    """Stop in front of a function."""
    original = getattr(owner, name)

    def stopping(*arguments: Any, **options: Any) -> Any:
        if when(*arguments):
            _stop()
        return original(*arguments, **options)

    setattr(owner, name, stopping)


def _at(place: str) -> None:
    match place:
        case "begun":  # noted, and nothing sent yet
            for owner, name in ((archive, "put"), (git, "put"), (shelf, "put")):
                _before(owner, name)
        case "half":  # some files are there
            _before(shelf, "_copied", lambda _, __, file: file.name.endswith(".txt"))
        case "in-a-file":
            _before(os, "fsync", lambda _: len(list(Path.cwd().glob("site/*/.*.part"))) > 0)
        case "uncommitted":
            _before(git, "_commit")
        case "unpushed":
            _before(git, "_push")
        case "unindexed":
            _before(index, "rebuild")
        case "unnoted":  # it is all there, and nobody noted it
            _before(sending.sent, "add", lambda _, line: line.step is Step.SENT)
        case "withdrawing":
            _before(sent, "add", lambda _, line: line.step is Step.WITHDRAWN)
        case _:
            raise SystemExit(f"no such place: {place}")


def main(data: str, meeting: str, name: str, place: str) -> None:
    """Send it, or take it down."""
    _at(place)
    known = outlets(Path(data))
    folder = find(Path(data), meeting)
    if place == "withdrawing":
        sending.withdraw(Path(data), folder, known, (name,))
    else:
        sending.send(Path(data), folder, chosen(known, (name,)))
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""A process of its own that sends a meeting, and stops where a test wants to kill it.

`python -m tests.outlets.publisher DATA ID OUTLET PLACE`: at PLACE it prints `reached` and waits for its end. The
outlets are those of DATA/outlets.toml.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pipeline.folder import find
from pipeline.outlets import archive, git, index, sending, sent, shelf
from pipeline.outlets.listed import chosen, outlets
from pipeline.outlets.sent import Step
from tests.stopping import before


def _at(place: str) -> None:
    match place:
        case "begun":  # noted, and nothing sent yet
            for owner, name in ((archive, "put"), (git, "put"), (shelf, "put")):
                before(owner, name)
        case "half":  # some files are there
            before(shelf, "_copied", lambda _, __, file: file.name.endswith(".txt"))
        case "in-a-file":
            before(os, "fsync", lambda _: len(list(Path.cwd().glob("site/*/.*.part"))) > 0)
        case "uncommitted":
            before(git, "_commit")
        case "unpushed":
            before(git, "_push")
        case "unindexed":
            before(index, "rebuild")
        case "unnoted":  # it is all there, and nobody noted it
            before(sending.sent, "add", lambda _, line: line.step is Step.SENT)
        case "withdrawing":
            before(sent, "add", lambda _, line: line.step is Step.WITHDRAWN)
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

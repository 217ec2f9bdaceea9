"""What went where: `sent.jsonl` in a meeting's folder, an append-only chain that no approval depends on.

A line says what is going to be done before it is done, and another one that it is done. So whatever stands somewhere
is known, even if the program was killed in between: a line without its second one may stand there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from pipeline.folder import MeetingFolder
from redaction.chain import Chain
from redaction.decision import Artifact
from speakers.moment import moment
from speakers.record import digest

NAME = "sent.jsonl"


class Step(StrEnum):
    """What a line says."""

    BEGUN = "begun"
    SENT = "sent"
    REFUSED = "refused"
    WITHDRAWING = "withdrawing"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Line:
    """A step of a sending.

    Attributes:
        seq: 0, 1, 2, …
        at: ISO time with offset.
        by: who did it, as they write their name.
        step: what this line says.
        outlet: its name.
        kind: of the outlet.
        root: what the outlet was then: address, clone or folder.
        key: under which the record stands there; of a line `begun`, under which it was asked for.
        release: digest of the content that was released.
        files: (n_files,) what stands there.
        of: number of the line that began it; -1 for such a line.
        previous: hash of the line before.
        hash: of everything above.
    """

    seq: int
    at: str
    by: str
    step: Step
    outlet: str
    kind: str
    root: str
    key: str
    release: str
    files: tuple[Artifact, ...]
    of: int
    previous: str
    hash: str


def _load(values: dict[str, Any]) -> Line:
    files = tuple(Artifact(**f) for f in values["files"])
    return Line(**{**values, "step": Step(values["step"]), "files": files})


CHAIN: Chain[Line] = Chain(
    digest("sendings of a meeting"),
    _load,
    asdict,
    "the last sendings",
    "Restore sent.jsonl and sent.head from one backup; nothing is sent until then.",
)


def read(folder: MeetingFolder) -> tuple[Line, ...]:
    """Every line.

    Raises:
        LedgerError: If the file was changed by hand.
    """
    return CHAIN.read(folder.root / NAME)


def add(folder: MeetingFolder, line: Line) -> Line:
    """Add a line, and have it on the disk before returning.

    Raises:
        LedgerError: If the file was changed by hand.
        StorageError: If it cannot be written; then nothing is to be sent.
    """
    (made,) = CHAIN.note(folder.root / NAME, line)
    return made


@dataclass(frozen=True, slots=True)
class Standing:
    """That a record stands somewhere, or may.

    Attributes:
        begun: the line that began it.
        sure: whether it is known to stand there, and with exactly these files.
        ours: whether it ever was: then nobody else's record can be under this key.
        key: under which it stands.
        files: what stands there; where it is not sure also what may.
        at: when it went there.
    """

    begun: Line
    sure: bool
    ours: bool
    key: str
    files: tuple[Artifact, ...]
    at: str


def standing(lines: Sequence[Line], outlet: str = "") -> tuple[Standing, ...]:
    """Where a record stands, the oldest first: at one outlet, or at all.

    A place that a sending began to change holds what was there, what was to be there, or some of either.
    """
    found: dict[tuple[str, str, str], Standing] = {}
    was: dict[int, Standing | None] = {}
    for line in lines:
        place = (line.outlet, line.root, line.key)
        before = found.pop(place, None)
        match line.step:
            case Step.BEGUN:
                both = dict.fromkeys((*(before.files if before else ()), *line.files))
                ours = before is not None and before.ours
                found[place] = Standing(line, False, ours, line.key, tuple(both), line.at)
                was[line.seq] = before
            case Step.SENT:
                begun = lines[line.of]
                asked = (begun.outlet, begun.root, begun.key)
                if asked != place and asked in found and found[asked].begun.seq == begun.seq:
                    del found[asked]  # the archive chose another key than was asked for
                    if (earlier := was.get(begun.seq)) is not None:
                        found[asked] = earlier
                found[place] = Standing(begun, True, True, line.key, line.files, line.at)
            case Step.REFUSED if (earlier := was.get(line.of)) is not None:
                found[place] = earlier
            case Step.WITHDRAWING if before is not None:
                found[place] = replace(before, sure=False)
            case _:
                pass
    return tuple(one for (name, *_), one in found.items() if outlet in {"", name})


def line(
    step: Step,
    by: str,
    outlet: tuple[str, str, str],
    key: str,
    *,
    release: str,
    files: tuple[Artifact, ...],
    of: int = -1,
) -> Line:
    """A line of this moment that is not in the file yet; `outlet` is its name, kind and root."""
    return Line(0, moment(), by, step, *outlet, key, release, files, of, "", "")


def taken(data: Path, outlet: str, besides: str) -> frozenset[str]:
    """Keys at an outlet under which records of other meetings stand, or may.

    Raises:
        LedgerError: If one of their files was changed by hand.
    """
    others = (path for path in (data / "meetings").glob(f"*/{NAME}") if path.parent.name != besides)
    return frozenset(one.key for path in others for one in standing(CHAIN.read(path), outlet))

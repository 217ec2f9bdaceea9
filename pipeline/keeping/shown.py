"""What other parts of the program say of holds and erasures: in a meeting's row, before a run, and to who verifies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.folder import MeetingFolder
from pipeline.keeping import backups, certificates, holds
from pipeline.keeping.certificates import Certificate, Step
from pipeline.keeping.kinds import Erased, Kind, erased
from speakers.error import LedgerError, ZhuziError

_ONE_FILE = {Kind.LEDGER: "ledger", Kind.WINDOW: "window"}
"""Kinds that are there again as soon as somebody decides something."""


def gone(folder: MeetingFolder) -> dict[Kind, Erased]:
    """What of a meeting was erased, and did not come back."""
    return {
        kind: one
        for kind, one in erased(folder.manifest()).items()
        if kind not in _ONE_FILE or not getattr(folder, _ONE_FILE[kind]).exists()
    }


def row(folder: MeetingFolder) -> dict[str, Any]:
    """A meeting's hold, and what of it was erased, for programs."""
    try:
        held = holds.held(folder.root.parent.parent).get(folder.id)
        hold = {"by": held.by, "at": held.at, "reason": held.reason} if held else None
    except ZhuziError as error:  # nothing can be erased then; everything else goes on
        hold = {"by": "", "at": "", "reason": str(error)}
    return {
        "hold": hold,
        "erased": [
            {"kind": e.kind.value, "at": e.at, "rule": e.rule, "certificate": e.certificate}
            for e in gone(folder).values()
        ],
    }


def lines(row_: dict[str, Any]) -> Iterator[str]:
    """The same for people."""
    held = row_.get("hold")
    if held and not held["at"]:
        yield held["reason"]
    elif held:
        yield f"Under hold since {held['at'][:10]}: nothing of it may be erased."
    for one in row_.get("erased", ()):
        yield Erased(Kind(one["kind"]), one["at"], one["rule"], one["certificate"]).told


def state(folder: MeetingFolder) -> str | None:
    """Where a meeting stands whose draft was erased; None if it was not."""
    if Kind.DRAFT not in gone(folder):
        return None
    return "released, draft erased" if folder.public.is_dir() else "draft erased"


def erased_before(data: Path, folder: MeetingFolder) -> Iterator[str]:
    """What to tell whoever drops a recording whose whole meeting was erased, each as a sentence."""
    if folder.meeting_toml.exists() or folder.ledger.exists():
        return
    found = [
        one
        for one in certificates.certificates(certificates.read(data))
        if one.begun.meeting == folder.id and one.begun.kind == Kind.MEETING and one.ended
    ]
    if found:
        yield (
            f"Meeting {folder.id} was erased on {found[-1].begun.at[:10]} (certificate {found[-1].number}) with all "
            "that was known of it: say again who takes part, and who is to be hidden."
        )


def chains(data: Path) -> tuple[tuple[str, Path, Callable[[Path], Sequence[object]]], ...]:
    """The files in keeping/ that are chained: name, path, and how to read one from end to end."""
    return (
        ("holds", holds.path_of(data), holds.CHAIN.read),
        ("erasures", certificates.path_of(data), certificates.CHAIN.read),
        ("backups", backups.path_of(data), backups.CHAIN.read),
    )


def unfounded(folder: MeetingFolder) -> Iterator[ZhuziError]:
    """What a manifest says was erased, and no certificate does."""
    try:
        claimed = erased(folder.manifest())
        known = certificates.certificates(certificates.read(folder.root.parent.parent)) if claimed else ()
    except ZhuziError:  # it is told where that file is verified
        return
    for one in claimed.values():
        if not any(_is(one, folder, other) for other in known):
            yield LedgerError(
                f"The manifest of meeting {folder.id} says that its {one.kind} was erased, and no certificate does.",
                "Restore it from a backup.",
            )


def _is(one: Erased, folder: MeetingFolder, other: Certificate) -> bool:
    begun, ended = other.begun, other.ended
    same = (begun.seq, begun.meeting, begun.kind) == (one.certificate, folder.id, one.kind)
    return same and (ended is None or ended.step is not Step.ABANDONED)

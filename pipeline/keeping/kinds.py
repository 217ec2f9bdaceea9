"""What is kept, by kinds that are erased apart from each other; and what a manifest says of those that were."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from speakers.error import KeepingError


class Kind(StrEnum):
    """What can be erased; the values are those of words.toml and of retention.toml."""

    ORIGINAL = "original"
    SOUND = "sound"
    DRAFT = "draft"
    LEDGER = "ledger"
    WINDOW = "window"
    WITHDRAWN = "withdrawn"
    LOGS = "logs"
    MEETING = "meeting"
    JOBS = "jobs"
    VOICEPRINTS = "voiceprints"
    REGISTER = "register"


OF_MEETINGS = tuple(Kind)[:8]
"""Kinds of which every meeting has its own."""

DIGESTED = frozenset({Kind.ORIGINAL, Kind.SOUND, Kind.DRAFT, Kind.WITHDRAWN, Kind.JOBS, Kind.MEETING})
"""Kinds with files whose sha256 a certificate may keep: of no other can a file hold less than somebody could guess."""

GUESSABLE = re.compile(
    r"(?:.*\.)?(?:toml|old|jsonl|head|log|lock|part)|(?:job|manifest|revoked|shown-.*|36-given|46-brought)\.json"
    r"|brought-[0-9]{2}(?:\..*)?"
)
"""Names of files of such kinds whose digest is not kept: who knows all of one but a name could try names."""

_PATTERNS: Mapping[Kind, tuple[str, ...]] = {
    Kind.ORIGINAL: ("original/*", "original/.*"),
    Kind.SOUND: ("[0-9][0-9]-*.wav", ".[0-9][0-9]-*.wav*.part", "room/waveform.bin", ".listen"),
    Kind.DRAFT: ("[0-9][0-9]-*.json", ".[0-9][0-9]-*.json*.part", "sections/*", "sections/.*"),
    Kind.LEDGER: ("ledger.jsonl", "ledger.head", "ledger.head.part", "meeting.toml.old"),
    Kind.WINDOW: ("window/*", "window/.*"),
    Kind.WITHDRAWN: ("withdrawn/*", "withdrawn/.*"),
    Kind.LOGS: ("job.log",),
    Kind.MEETING: ("*", ".*"),
}
"""Where each kind of a meeting lies in its folder."""

_CALLED = re.compile(
    r"\.?(?:recording|microphone-[0-9a-f]{12}|brought-[0-9]{2}|[0-9]{2}-[a-z-]+|waveform|(?:cut|words|windows|voices)(?:-[0-9]{3,})?)"
    r"(?:\.[a-z0-9]{1,8}){0,3}"
)
"""Names that the program gives; any other may be somebody's."""


def paths(root: Path, kind: Kind) -> tuple[Path, ...]:
    """What there is of a kind in a meeting's folder: files, and whole folders."""
    found = {path for pattern in _PATTERNS.get(kind, ()) for path in root.glob(pattern)}
    return tuple(sorted(found))


def files(path: Path) -> Iterator[Path]:
    """Every file that is a path or lies in it; links are files, whatever they point to."""
    if path.is_symlink() or not path.is_dir():
        yield path
        return
    for below in sorted(path.iterdir()):
        yield from files(below)


def called(path: Path) -> str:
    """What a certificate calls a file: by its name only if the program gave it.

    >>> called(Path("original/recording.wav")), called(Path("original/蔡佩珊.wav"))
    ('recording.wav', 'another file')
    """
    return path.name if _CALLED.fullmatch(path.name) else "another file"


@dataclass(frozen=True, slots=True)
class Erased:
    """That a kind of a meeting was erased.

    Attributes:
        kind: which.
        at: when, ISO.
        rule: under which rule.
        certificate: its number.
        released: when the meeting was released last, ISO; empty if it was not, or that can still be looked up.
    """

    kind: Kind
    at: str
    rule: str
    certificate: int
    released: str = ""

    @property
    def told(self) -> str:
        """As a sentence."""
        return (
            f"The {self.kind} was erased on {self.at[:10]} under the rule “{self.rule}” "
            f"(certificate {self.certificate})."
        )


def erased(manifest: Mapping[str, Any]) -> dict[Kind, Erased]:
    """What a manifest says was erased; nothing it says in another way counts."""
    given = manifest.get("erased")
    found = {}
    for name, values in given.items() if isinstance(given, dict) else ():
        match values:
            case {"at": str(at), "rule": str(rule), "certificate": int(number), **more} if (
                name in OF_MEETINGS
            ):
                found[Kind(name)] = Erased(Kind(name), at, rule, number, str(more.get("released", "")))
    return found


def noted(manifest: Mapping[str, Any], made: tuple[Erased, ...]) -> dict[str, Any]:
    """The value of a manifest's `erased` with more in it."""
    known = {**erased(manifest), **{e.kind: e for e in made}}
    return {
        e.kind.value: {"at": e.at, "rule": e.rule, "certificate": e.certificate, "released": e.released}
        for e in known.values()
    }


def came_back(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    """The manifest once a file is there again.

    Args:
        manifest: as it was.
        name: of the file, in the meeting's folder.
    """
    back = {k for k in erased(manifest) if k is not Kind.MEETING and _is(name, k)}
    if not back:
        return manifest
    left = {k: v for k, v in manifest["erased"].items() if k not in back}
    return {**manifest, "erased": left}


def _is(name: str, kind: Kind) -> bool:
    return any(Path(name).match(pattern) for pattern in _PATTERNS[kind])


def refuse(meeting_id: str, manifest: Mapping[str, Any], kind: Kind) -> None:
    """Say that something is not there because it was erased, and not because it was damaged.

    Raises:
        KeepingError: If it was.
    """
    found = erased(manifest).get(kind)
    if found is None:
        return
    what = f"The {kind} of meeting {meeting_id} was erased on {found.at[:10]} under the rule “{found.rule}”."
    if kind is Kind.ORIGINAL:
        raise KeepingError(
            what,
            'Drop the same recording again (zhuzi run RECORDING), or publish text alone: publish = "text".',
        )
    raise KeepingError(what, "What is public stays; drop the same recording again to have it made anew.")

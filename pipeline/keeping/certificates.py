"""Certificates of what was erased: an append-only, hash-chained file without a name of anybody but who erased.

An erasure is two lines: what is going to be erased, on the disk before the first file goes, and that it is gone. One
that was killed in between has no second line yet; the next one finishes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from pipeline.keeping.holds import PLACE
from redaction.chain import Chain
from speakers.error import NotFoundError
from speakers.moment import moment
from speakers.record import digest


class Step(StrEnum):
    """What a line says."""

    BEGUN = "begun"
    ERASED = "erased"
    ABANDONED = "abandoned"
    AGAIN = "erased again"


@dataclass(frozen=True, slots=True)
class File:
    """A file that was erased.

    Attributes:
        name: where the program gave it, otherwise "another file".
        bytes: its size.
        sha256: of its bytes; empty where a file is so short that somebody could guess it and try.
    """

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Line:
    """A step of an erasure. The number of its first line is the certificate's.

    Attributes:
        seq: 0, 1, 2, …
        at: ISO time with offset.
        by: who did it, as they write their name.
        step: what this line says.
        of: the certificate that it belongs to; -1 for the first line.
        meeting: id of the meeting; empty where it is of none.
        kind: see `pipeline.keeping.kinds.Kind`.
        rule: under which rule.
        piece: id of the job, voiceprint or entry, where it is of no meeting.
        files: (n_files,) what goes; empty but for the first line.
        previous: hash of the line before.
        hash: of everything above.
    """

    seq: int
    at: str
    by: str
    step: Step
    of: int
    meeting: str
    kind: str
    rule: str
    piece: str
    files: tuple[File, ...]
    previous: str
    hash: str


def _load(values: dict[str, Any]) -> Line:
    files = tuple(File(**f) for f in values["files"])
    return Line(**{**values, "step": Step(values["step"]), "files": files})


CHAIN: Chain[Line] = Chain(
    digest("erasures of a data directory"),
    _load,
    asdict,
    "the last certificates",
    "Restore the folder keeping/ from a backup; nothing can be erased until then.",
)

LIMITS = (
    "Erased means: unlinked from the file system of this data directory, and its folders brought to the disk. The "
    "blocks of an SSD or of a file system that copies on write, its snapshots, backups, and copies that people made "
    "are not reached by this: against those help an encrypted disk, and an end to how long backups are kept. What is "
    "encrypted with a key of its own (consent register, voiceprints) can be read nowhere once that key is destroyed.",
    "擦除是指：檔案已從這個資料目錄的檔案系統移除，資料夾的變更也已寫入磁碟。SSD 或寫入時複製的檔案系統裡的區塊、快照、"
    "備份，以及別人另外複製的檔案，不在其內；這些要靠磁碟加密與備份本身的保存期限。另有金鑰加密的資料（同意書登錄、聲紋）"
    "在金鑰銷毀之後，無論在哪裡都無法再讀取。",
)
"""What a certificate does not say, in English and in Chinese."""


def path_of(data: Path) -> Path:
    """The file of a data directory."""
    return data / PLACE / "erasures.jsonl"


def read(data: Path) -> tuple[Line, ...]:
    """Every line.

    Raises:
        LedgerError: If the file was changed by hand.
    """
    return CHAIN.read(path_of(data))


def add(data: Path, *made: Line) -> tuple[Line, ...]:
    """Add lines, and have them on the disk before returning; call it undisturbed.

    Returns:
        The new ones, as they were written.

    Raises:
        StorageError: If they cannot be written; nothing is to be erased then.
    """
    return CHAIN.note(path_of(data), *made)


def beginning(
    by: str, rule: str, files: tuple[File, ...], *, kind: str, meeting: str = "", piece: str = ""
) -> Line:
    """A first line that is not in the file yet; arguments as in `Line`."""
    return Line(0, moment(), by, Step.BEGUN, -1, meeting, kind, rule, piece, files, "", "")


def ending(by: str, begun: Line, step: Step) -> Line:
    """A line that belongs to a first one, and is not in the file yet."""
    return replace(begun, at=moment(), by=by, step=step, of=begun.seq, files=())


@dataclass(frozen=True, slots=True)
class Certificate:
    """An erasure as a whole.

    Attributes:
        begun: its first line.
        ended: how it ended; None if it was killed and nobody finished it.
        again: when it was done again after a backup was restored.
    """

    begun: Line
    ended: Line | None
    again: tuple[Line, ...] = ()

    @property
    def number(self) -> int:
        """By which people call it."""
        return self.begun.seq

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(f.bytes for f in self.begun.files)


def certificates(lines: Sequence[Line]) -> tuple[Certificate, ...]:
    """The erasures of these lines, the oldest first."""
    ends = {one.of: one for one in lines if one.step in {Step.ERASED, Step.ABANDONED}}
    return tuple(
        Certificate(
            one,
            ends.get(one.seq),
            tuple(a for a in lines if a.step is Step.AGAIN and a.of == one.seq),
        )
        for one in lines
        if one.step is Step.BEGUN
    )


def table(one: Certificate) -> dict[str, Any]:
    """A certificate for programs."""
    return {
        "number": one.number,
        "meeting": one.begun.meeting,
        "kind": one.begun.kind,
        "piece": one.begun.piece,
        "rule": one.begun.rule,
        "by": one.begun.by,
        "begun": one.begun.at,
        "ended": one.ended.at if one.ended else None,
        "outcome": one.ended.step.value if one.ended else Step.BEGUN.value,
        "count": len(one.begun.files),
        "bytes": one.bytes,
        "files": [{"name": f.name, "bytes": f.bytes, "sha256": f.sha256} for f in one.begun.files],
        "again": [a.at for a in one.again],
        "previous": one.begun.previous,
        "hash": (one.ended or one.begun).hash,
        "limits": LIMITS[0],
    }


def lines_of(one: Certificate) -> Iterator[str]:
    """A certificate to print."""
    shown = table(one)
    yield f"擦除證明 Certificate of erasure {one.number}"
    yield f"  會議 meeting        {shown['meeting'] or '–'}"
    yield f"  種類 kind           {shown['kind']} {shown['piece']}".rstrip()
    yield f"  依據 rule           {shown['rule']}"
    yield f"  執行者 by           {shown['by']}"
    yield f"  開始 begun          {shown['begun']}"
    yield f"  結束 ended          {shown['ended'] or 'not yet'} ({shown['outcome']})"
    yield from (f"  還原後再次擦除 again {at}" for at in shown["again"])
    yield f"  檔案 files          {shown['count']}, {shown['bytes']} bytes"
    for file in shown["files"]:
        yield f"    {file['sha256'] or 'no digest is kept':<64}  {file['bytes']:>14}  {file['name']}"
    yield f"  前一筆 follows      {shown['previous']}"
    yield f"  雜湊 hash           {shown['hash']}"
    yield from (f"  {limit}" for limit in LIMITS)


def chosen(data: Path, number: int | None = None, meeting: str = "") -> tuple[Certificate, ...]:
    """Certificates of a data directory.

    Args:
        data: the directory.
        number: of one; None for all.
        meeting: only those of the meeting whose id begins so.

    Raises:
        NotFoundError: If there is none of that number.
        LedgerError: If the file was changed by hand.
    """
    found = tuple(
        one
        for one in certificates(read(data))
        if number in {None, one.number} and one.begun.meeting.startswith(meeting)
    )
    if number is not None and not found:
        raise NotFoundError(
            "There is no certificate of that number.", "See which there are: zhuzi certificates."
        )
    return found


def short(one: Certificate) -> str:
    """A certificate in one line."""
    shown = table(one)
    about = shown["meeting"] or shown["piece"]
    files = "files" if shown["count"] != 1 else "file "
    return (
        f"{shown['number']:>5}  {shown['begun']}  {about:<14} {shown['kind']:<12}{shown['count']:>5} {files} "
        f"{shown['bytes'] / 1e6:>10.1f} MB  {shown['outcome']}, by {shown['by']}"
    )

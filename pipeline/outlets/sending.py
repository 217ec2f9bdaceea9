"""Sending a release to outlets, and taking it down there; each step is noted before it is done, and after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path

from pipeline.folder import MeetingFolder
from pipeline.lock import alone
from pipeline.outlets import archive, git, index, sent, shelf
from pipeline.outlets.listed import KINDS, Archive, Git, Outlet, Shelf
from pipeline.outlets.parcel import Parcel, first_line, parcel, still_there
from pipeline.outlets.sent import Line, Standing, Step, standing
from pipeline.register_log import account
from redaction.decision import Artifact
from redaction.scan import scan
from speakers.error import LeakError, LedgerError, NotReleasableError, OutletError, StorageError, ZhuziError

_LONGEST = 50
"""UTF-16 units of a key: as the archive cuts them."""


class Became(StrEnum):
    """What became of it at an outlet."""

    SENT = "sent"
    THERE = "already there"
    WOULD = "would be sent"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a record at one outlet.

    Attributes:
        meeting: its id.
        outlet: name of the outlet.
        kind: of the outlet.
        became: in a word.
        key: under which it stands, or stood; empty if nobody knows.
        files: how many files.
        notes: (n_notes,) what somebody should know, each a sentence.
        failure: why it failed; None if it did not.
    """

    meeting: str
    outlet: str
    kind: str
    became: Became
    key: str = ""
    files: int = 0
    notes: tuple[str, ...] = ()
    failure: ZhuziError | None = field(default=None, compare=False)


def root_of(outlet: Outlet) -> str:
    """Where an outlet is."""
    if isinstance(outlet, Archive):
        return outlet.url
    return str(outlet.repository if isinstance(outlet, Git) else outlet.path)


def _named(outlet: Outlet) -> tuple[str, str, str]:
    return outlet.name, KINDS[type(outlet)], root_of(outlet)


def send(
    data: Path,
    folder: MeetingFolder,
    outlets: Iterable[Outlet],
    by: str = "",
    *,
    dry_run: bool = False,
    unasked: bool = False,
) -> tuple[Result, ...]:
    """Have what was released last of a meeting stand at outlets, exactly that, and once.

    Args:
        data: the data directory.
        folder: the meeting.
        outlets: where it goes, one after another; one that fails does not hold up the others.
        by: who does it; empty for the account that runs the program.
        dry_run: only say what would be done.
        unasked: it goes there because everything does: what somebody withdrew from an outlet stays away.

    Raises:
        NotReleasableError: If nothing may be sent.
        LeakError: If a name that has to be hidden by now stands in it. Nothing is sent then.
        LedgerError: If the ledger, or what was sent, was changed by hand. Nothing is sent then.
        BusyError: If somebody else is sending, or working on this meeting.
    """
    with alone(data, name="sending.lock", wait=False), alone(folder.root, wait=False, shared=True):
        going = parcel(folder)
        lines = sent.read(folder)
        wanted = [one for one in outlets if not (unasked and _withdrawn(lines, one, going))]
        if all(_done(one, going, lines) for one in wanted):
            return tuple(_result(one, going, Became.THERE, _key(data, one, going, lines)) for one in wanted)
        _clean(going)
        if going.changed:
            raise NotReleasableError(
                "Its record was changed since it was released.",
                "Approve and release it again, or take it down: zhuzi revoke ID.",
            )
        one_by_one = partial(_one, data, going, by.strip() or account(), dry_run=dry_run)
        return tuple(one_by_one(outlet) for outlet in wanted)


def _mine(outlet: Outlet, lines: Sequence[Line]) -> tuple[Standing, ...]:
    """Where it stands at an outlet as that is now: one of the same name may have been elsewhere before."""
    return tuple(one for one in standing(lines, outlet.name) if one.begun.root == root_of(outlet))


def _not_taken_down(going: Parcel) -> None:
    if not still_there(going):
        raise NotReleasableError(
            "It was taken down while it was being sent.",
            "Take it down there too: zhuzi publish --withdraw ID.",
        )


def _result(outlet: Outlet, going: Parcel, became: Became, key: str, *notes: str) -> Result:
    files = len(_files(outlet, going))
    return Result(going.folder.id, outlet.name, KINDS[type(outlet)], became, key, files, notes)


def _one(data: Path, going: Parcel, by: str, outlet: Outlet, *, dry_run: bool) -> Result:
    folder = going.folder
    try:
        lines = sent.read(folder)
        key = _key(data, outlet, going, lines)
        if _done(outlet, going, lines):
            return _result(outlet, going, Became.THERE, key)
        _check(data, outlet)
        if dry_run:
            return _result(outlet, going, Became.WOULD, key)
        notes: tuple[str, ...] = ()
        if not _is_sent(outlet, going, lines):
            notes = _sent(outlet, going, by, key, lines)
        for old in _mine(outlet, sent.read(folder))[:-1]:  # under another name, from before
            notes += _withdraw(outlet, folder, by, old)
        now = _mine(outlet, sent.read(folder))[-1]
        _not_taken_down(going)
        return _result(outlet, going, Became.SENT, now.key, *notes)
    except (LedgerError, NotReleasableError):
        raise
    except ZhuziError as error:
        kind = KINDS[type(outlet)]
        return Result(folder.id, outlet.name, kind, Became.FAILED, failure=error)


def _files(outlet: Outlet, going: Parcel) -> tuple[Artifact, ...]:
    """Which files of a release go there.

    Raises:
        OutletError: If there is none of them.
    """
    if isinstance(outlet, Shelf):
        return going.files
    endings = ("md",) if isinstance(outlet, Archive) else outlet.files
    found = tuple(file for ending in endings if (file := going.ending(ending)) is not None)
    if not found:
        raise OutletError(
            f"The release has none of the files that outlet {outlet.name} takes.",
            "Name others in outlets.toml.",
        )
    return found


def _is_sent(outlet: Outlet, going: Parcel, lines: Sequence[Line]) -> bool:
    """Whether exactly this release is noted to stand there, and, where one can look, does."""
    places = _mine(outlet, lines)
    if not places:
        return False
    try:
        last, files = places[-1], _files(outlet, going)
    except OutletError:  # outlets.toml names other files by now: said when it is sent
        return False
    if not last.sure or last.begun.release != going.release or last.files != files:
        return False
    if isinstance(outlet, Archive):
        return True
    return shelf.whole(_place(outlet), last.key, files)


def _done(outlet: Outlet, going: Parcel, lines: Sequence[Line]) -> bool:
    return _is_sent(outlet, going, lines) and len(_mine(outlet, lines)) == 1


def _withdrawn(lines: Sequence[Line], outlet: Outlet, going: Parcel) -> bool:
    """Whether the last thing that happened to this very release there is that somebody took it down."""
    mine = [one for one in lines if one.outlet == outlet.name and one.release == going.release]
    return bool(mine) and mine[-1].step in {Step.WITHDRAWING, Step.WITHDRAWN}


def _place(outlet: Git | Shelf) -> Path:
    return outlet.path if isinstance(outlet, Shelf) else outlet.repository / outlet.folder


def _check(data: Path, outlet: Outlet) -> None:
    """Refuse early what could not be done at the end."""
    if isinstance(outlet, Archive):
        archive.token_of(outlet)
    elif isinstance(outlet, Git):
        git.check(outlet)
    else:
        shelf.check(outlet.path, outlet.name)
        place, drafts = outlet.path.resolve(), (data / "meetings").resolve()
        if place == data.resolve() or place.is_relative_to(drafts):
            raise index.no_records()
        index.check(outlet.path)


def _key(data: Path, outlet: Outlet, going: Parcel, lines: Sequence[Line]) -> str:
    """Under which key it is to stand: its own where it has one, or the first that nobody else has."""
    mine = _mine(outlet, lines)
    others = sent.taken(data, outlet.name, going.folder.id)
    for key in _keys(going.slug):
        for one in mine:
            if key in {one.key, one.begun.key}:
                return one.key
        free = isinstance(outlet, Archive) or shelf.free(_place(outlet), key)
        if free and key not in others:
            return key
    raise OutletError("No name is free there.", "Give the meeting another title.")


def _keys(slug: str) -> Iterator[str]:
    for number in range(1, 1000):
        suffix = f"-{number}" if number > 1 else ""
        cut = slug
        while len(f"{cut}{suffix}".encode("utf-16-le")) > 2 * _LONGEST:
            cut = cut[:-1]
        yield cut.rstrip("-.") + suffix


def _sent(outlet: Outlet, going: Parcel, by: str, key: str, lines: Sequence[Line]) -> tuple[str, ...]:
    folder, files, named = going.folder, _files(outlet, going), _named(outlet)
    before = [f for one in _mine(outlet, lines) if one.key == key for f in one.files]
    begun = sent.add(folder, sent.line(Step.BEGUN, by, named, key, release=going.release, files=files))
    notes: tuple[str, ...] = ()
    if isinstance(outlet, Archive):
        try:
            key, fresh = archive.put(outlet, key, going.bytes_of(files[0]))
        except archive.RefusedError:
            sent.add(
                folder,
                sent.line(Step.REFUSED, by, named, key, release=going.release, files=files, of=begun.seq),
            )
            raise
        if not fresh:
            notes = ("It is stored there, but readers may see the old pages for a while.",)
    elif isinstance(outlet, Git):
        git.put(outlet, key, going, files, before)
    else:
        shelf.put(outlet.path, key, going, files)
        kept = {file.name for file in files}
        notes = _stayed(shelf.take_down(outlet.path, key, [f for f in before if f.name not in kept]))
        index.rebuild(outlet.path, url=outlet.url, title=outlet.title, released={key: going.at})
    sent.add(folder, sent.line(Step.SENT, by, named, key, release=going.release, files=files, of=begun.seq))
    return notes


def _clean(going: Parcel) -> None:
    """Refuse what has to be hidden today, in the release or in what the index says of it."""
    sought, folder = going.sought, going.folder
    with index.staged(folder) as piece:
        hits = [
            hit
            for place in (folder.public, piece)
            for hit in scan(
                place,
                sought.terms,
                allowed=sought.allowed,
                public=sought.public,
                salts=(folder.id,),
                numbers=True,
            )
        ]
    if hits:
        places = "; ".join(dict.fromkeys(hit.where for hit in hits[:10]))
        raise LeakError(
            f"What has to be hidden by now stands in the release, in {len(hits)} places: {places}.",
            "Take it down (zhuzi revoke ID), hide it, then approve and release it again.",
        )


def withdraw(
    data: Path, folder: MeetingFolder, outlets: Sequence[Outlet], names: tuple[str, ...] = (), by: str = ""
) -> tuple[Result, ...]:
    """Take a meeting's record down wherever it was sent, or may have been.

    Args:
        data: the data directory.
        folder: the meeting.
        outlets: all that are known.
        names: of those where it is to be taken down; empty for all.
        by: as in `send`.

    Returns:
        For each place what became of it; where it failed it stands still, or may.

    Raises:
        LedgerError: If what was sent was changed by hand: then look into each outlet.
    """
    with alone(data, name="sending.lock"):
        known = {one.name: one for one in outlets}
        found = []
        for one in standing(sent.read(folder)):
            if names and one.begun.outlet not in names:
                continue
            outlet, begun = known.get(one.begun.outlet), one.begun
            told = partial(Result, folder.id, begun.outlet, begun.kind)
            try:
                notes = _withdraw(_as_it_was(outlet, begun), folder, by.strip() or account(), one)
                found.append(told(Became.WITHDRAWN, one.key, len(one.files), notes))
            except (OutletError, StorageError) as error:
                found.append(told(Became.FAILED, one.key, len(one.files), failure=error))
        return tuple(found)


def _as_it_was(outlet: Outlet | None, begun: Line) -> Outlet:
    if outlet is None or _named(outlet) != (begun.outlet, begun.kind, begun.root):
        raise OutletError(
            f"Outlet {begun.outlet} is not in outlets.toml any more as it was.",
            "Write it there again as it was, or take the record down there yourself.",
        )
    return outlet


def _withdraw(outlet: Outlet, folder: MeetingFolder, by: str, old: Standing) -> tuple[str, ...]:
    named, release = _named(outlet), old.begun.release
    begun = sent.add(
        folder, sent.line(Step.WITHDRAWING, by, named, old.key, release=release, files=old.files)
    )
    notes: tuple[str, ...] = ()
    if isinstance(outlet, Archive):
        if not old.ours and _of_another(outlet, folder, old):
            raise OutletError(
                f"A sending to outlet {outlet.name} was interrupted, and under its key stands something else.",
                "Look there whether the record stands under another key, and take it down yourself.",
            )
        archive.take_down(outlet, old.key)
    elif isinstance(outlet, Git):
        notes = _stayed(git.take_down(outlet, old.key, old.files, release))
        notes += (f"The history of the repository of outlet {outlet.name} keeps what was committed.",)
    else:
        shelf.check(outlet.path, outlet.name)
        notes = _stayed(shelf.take_down(outlet.path, old.key, old.files))
        index.rebuild(outlet.path, url=outlet.url, title=outlet.title)
    sent.add(
        folder, sent.line(Step.WITHDRAWN, by, named, old.key, release=release, files=old.files, of=begun.seq)
    )
    return notes


def _of_another(outlet: Archive, folder: MeetingFolder, old: Standing) -> bool:
    """Whether what stands under a key that was asked for is not what we sent: the archive chose another one then."""
    there = archive.heading_there(outlet, old.key)
    ours = first_line(folder, old.files)
    return there is not None and (not ours or archive.heading(ours) != there)


def _stayed(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names:
        return ()
    return (f"{len(names)} files there hold something else by now, and stay: {', '.join(names)}.",)

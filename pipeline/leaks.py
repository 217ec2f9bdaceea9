"""Looking for protected people in files that lie anywhere: what `zhuzi scan` is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline.folder import find
from pipeline.meeting_toml import read
from pipeline.register import Register, of
from pipeline.review import draft_of
from redaction.forbidden import Forbidden, forbidden
from redaction.scan import Hit, Term, facts_of, scan, terms_of
from speakers.error import MeetingError, NotFoundError, StorageError
from speakers.meeting import HIDDEN, Participant, Wish


@dataclass(frozen=True, slots=True)
class Sought:
    """Whom to look for.

    Attributes:
        terms: their names and facts.
        allowed: per surface, how often it may stand.
        public: texts that were published as they are.
        salts: ids that digests may have been mixed with.
    """

    terms: tuple[Term, ...] = field(repr=False)
    allowed: dict[str, int] = field(repr=False)
    public: tuple[str, ...] = field(repr=False)
    salts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found.

    Attributes:
        hits: (n_hits,) in order of the paths.
        terms: how many names and facts were looked for.
    """

    hits: tuple[Hit, ...]
    terms: int


def of_people(people: Iterable[Participant]) -> Forbidden:
    """Names and facts of those of them who asked for anonymity."""
    people = tuple(people)
    return Forbidden((*terms_of(people), *facts_of(people)), {}, ())


def registered(people: Register) -> tuple[Participant, ...]:
    """Everybody in the register who asked for anonymity, in whatever meeting; each read is noted."""
    return tuple(
        Participant(entry.id, entry.name, aliases=entry.aliases, wish=Wish.ANONYMOUS, facts=entry.facts)
        for entry in people.all("scan")
        if entry.everywhere or {entry.wish, *(part.wish for part in entry.parts)} & HIDDEN
    )


def sought(meetings: Iterable[str], data: Callable[[], Path], *, register: bool = False) -> Sought:
    """Whom the meetings protect, and the register.

    Args:
        meetings: `meeting.toml` files, and IDs of meetings.
        data: where meetings live.
        register: whether everybody in the register is looked for.

    Raises:
        MeetingError: If nobody is to be looked for.
        NotFoundError: If a file or a meeting is not there.
        RegisterError: If the register cannot be read.
    """
    found: list[tuple[str, Forbidden]] = []
    for given in meetings:
        if Path(given).exists() or Path(given).suffix == ".toml":
            people = of(data()).seen_from(Path(given).absolute().parent.name, "scan")
            found.append(("", of_people(read(Path(given), people).protected)))
        else:
            folder = find(data(), given)
            found.append((folder.id, forbidden(draft_of(folder))))
    one = found[0][1] if len(found) == 1 and not register else None
    terms = tuple(
        replace(t, id=f"{n}:{t.id}") if len(found) > 1 else t
        for n, (_, meeting) in enumerate(found, 1)
        for t in meeting.terms
    )
    if register:
        terms += of_people(registered(of(data()))).terms
    if not found and not register:
        raise MeetingError(
            "Nobody was named whom to look for.", "Give --register, --meeting FILE or --meeting ID."
        )
    # With several, what one meeting's reviewers kept may be another one's leak.
    return Sought(
        terms, one.allowed if one else {}, one.public if one else (), tuple(i for i, _ in found if i)
    )


def look(paths: Iterable[Path], people: Sought, *, numbers: bool = False) -> Looked:
    """Scan files and folders, one after another.

    Args:
        paths: which.
        people: whom to look for.
        numbers: whether telephone numbers and the like are reported too, whosever they are.

    Raises:
        NotFoundError: If one is not there.
        StorageError: If one cannot be read.
    """
    hits: list[Hit] = []
    paths = tuple(paths)
    for number, path in enumerate(paths, 1):
        if not path.exists() and not path.is_symlink():
            raise NotFoundError("There is no file or folder at one of the paths.", "Check the paths.")
        try:
            found = scan(
                path,
                people.terms,
                allowed=people.allowed,
                public=people.public,
                salts=people.salts,
                numbers=numbers,
            )
        except OSError as error:
            raise StorageError(
                "A path cannot be read to its end.", "Check its rights, then scan again."
            ) from error
        hits += [replace(h, where=f"{number}: {h.where}") for h in found] if len(paths) > 1 else found
    return Looked(tuple(hits), len(people.terms))


def table(looked: Looked) -> dict[str, Any]:
    """The same for programs."""
    hits = [{"where": h.where, "how": h.how, "term": h.term} for h in looked.hits]
    return {"clean": not hits, "hits": hits, "names": looked.terms}

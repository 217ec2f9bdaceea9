"""What the leak scanner reports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where a term was found, or that nobody could look into.

    Attributes:
        where: path relative to the scanned root, member, tag and line: "a.zip!b.txt line 3". Never shows a
            term: the part of a name that is one reads ●.
        how: what hid it: "as written", "percent-encoded", "split over captions", "cannot be looked into", ….
        term: `Term.id`; "" where nothing was found because nothing could be seen.
    """

    where: str
    how: str
    term: str

"""What may stand in a release although it looks like a leak: what reviewers kept, and what the header shows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from redaction.folding import fold
from redaction.numerals import plain
from redaction.term import Term

ALWAYS = 1_000_000


class Tolerated:
    """How often what may stand in one text.

    Args:
        terms: what is looked for.
        kept: per surface, how often a reviewer decided that it may stand.
        public: texts that are published as they are: title, place, links, names and roles of people who are named.
            A protected name is a leak in them too; a fact, a number, and what only sounds like a name is not.
    """

    def __init__(
        self, terms: Iterable[Term] = (), kept: Mapping[str, int] = {}, public: Iterable[str] = ()
    ) -> None:
        written = {unicodedata.normalize("NFC", surface): times for surface, times in kept.items()}
        self._kept = [(_bare(surface), plain(surface), times) for surface, times in written.items()]
        self._public = "\n".join(_bare(text) for text in public)
        self._numbers = "\n".join(plain(text) for text in public)
        self._spelt: dict[str, dict[str, int]] = {}
        for term in (t for t in terms if not t.fact):
            bare = _bare(term.surface)
            alike = {s: n for s, n in written.items() if s == term.surface or (bare and _bare(s) == bare)}
            if alike:
                self._spelt[term.id] = alike
        facts = {t.id: self.wording(t.surface) for t in terms if t.fact}
        self._terms = facts | {term: sum(alike.values()) for term, alike in self._spelt.items()}

    def term(self, term_id: str) -> int:
        """How often a term may stand as written, in whatever case or characters: "ann" was kept of Ann."""
        return self._terms.get(term_id, 0)

    def spelt(self, text: str) -> Iterator[tuple[str, int]]:
        """How often a text holds each name exactly as it was kept, with the signs in it: `(term, times)`."""
        for term, alike in self._spelt.items():
            yield term, sum(min(times, text.count(surface)) for surface, times in alike.items())

    def wording(self, surface: str) -> int:
        """How often words that are no name may stand.

        >>> Tolerated(kept={"晨曉鳴": 2}, public=["交通局會議室"]).wording("晨曉鳴")
        2
        """
        bare = _bare(surface)
        if bare and bare in self._public:
            return ALWAYS
        return sum(times * text.count(bare) for text, _, times in self._kept if bare)

    def number(self, number: str) -> int:
        """How often a number or address may stand, in the form of `numerals.plain`."""
        if number in self._numbers:
            return ALWAYS
        return sum(times for _, text, times in self._kept if number in text)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", fold(text))

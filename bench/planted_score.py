"""How much of what was planted a finder finds, and what else it marks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from bench.planted import Mention, Planted
from bench.planted_finders import ANYBODY, Finder, Found, clock
from speakers.meeting import Meeting
from speakers.record import Record

TIERS = ("A", "A+B", "all")
_IN = {"A": frozenset("A"), "A+B": frozenset("AB"), "all": frozenset("ABC")}


@dataclass
class Score:
    """Of one finder over planted meetings.

    Attributes:
        total: mentions, by group.
        found: of these, by tiers and group.
        people: people who are mentioned at all.
        whole: of these, people of whom every mention is found, by tiers.
        proposed: marks that are about somebody.
        right: of these, marks that touch a mention of that person.
        characters: that were searched.
        seconds: of processor time that it took.
        missed: mentions that no tier found, with what stands there.
    """

    total: Counter[str] = field(default_factory=Counter)
    found: dict[str, Counter[str]] = field(default_factory=lambda: {t: Counter() for t in TIERS})
    people: int = 0
    whole: Counter[str] = field(default_factory=Counter)
    proposed: int = 0
    right: int = 0
    characters: int = 0
    seconds: float = 0.0
    missed: list[tuple[Mention, str]] = field(default_factory=list)

    def recall(self, group: str, tiers: str = "all") -> float | None:
        """Of a group, in percent; None if nothing of it was planted."""
        return 100 * self.found[tiers][group] / self.total[group] if self.total[group] else None

    def add(self, planted: Planted, finder: Finder) -> None:
        """Search a meeting."""
        began = clock(finder)
        marks = finder(planted.meeting, planted.record)
        self.seconds += clock(finder) - began
        texts = {s.id: s.text for s in planted.record.statements}
        self.characters += sum(map(len, texts.values()))
        by_statement: dict[str, list[Found]] = defaultdict(list)
        for mark in marks:
            by_statement[mark.statement_id].append(mark)
        missing: dict[str, set[str]] = {t: set() for t in TIERS}
        for mention in planted.mentions:
            text = texts[mention.statement_id]
            for group in groups(mention):
                self.total[group] += 1
            for tiers in TIERS:
                own = [m for m in by_statement[mention.statement_id] if m.tier in _IN[tiers]]
                if covered(mention, text, own):
                    self.found[tiers].update(groups(mention))
                else:
                    missing[tiers].add(mention.subject)
                    if tiers == "all":
                        self.missed.append((mention, text[mention.start : mention.end]))
        people = {m.subject for m in planted.mentions}
        self.people += len(people)
        for tiers in TIERS:
            self.whole[tiers] += len(people - missing[tiers])
        about = [m for m in marks if m.subject]
        self.proposed += len(about)
        self.right += sum(touches(mark, planted.mentions) for mark in about)


def groups(mention: Mention) -> Iterable[str]:
    """What a mention is counted under."""
    yield "all"
    yield "in class" if mention.written != "outside" else "out of class"
    yield mention.form
    length = "three or more" if mention.syllables > 2 else "two or one"
    yield f"{length} characters" if mention.syllables else "Latin letters"
    yield f"{mention.written}, {'cued' if mention.cued else 'no cue'}"
    if mention.written == "outside":
        yield f"out of class, {min(mention.wrong, 3)} wrong"
        length = f"{mention.syllables} syllables" if mention.syllables else "Latin"
        yield f"out of class, {length}"
        if mention.syllables and mention.form != "title":
            yield f"out of class, {length}, {min(mention.wrong, 3)} wrong"


def covered(mention: Mention, text: str, marks: Sequence[Found]) -> bool:
    """Whether a release would hide every letter of a mention as that person's; half of it is not enough."""
    hidden = {at for m in marks if m.subject in {mention.subject, ANYBODY} for at in range(m.start, m.end)}
    return all(at in hidden or not text[at].isalnum() for at in range(mention.start, mention.end))


def touches(mark: Found, mentions: Iterable[Mention]) -> bool:
    """Whether a mark is about a mention, and about the right person."""
    return any(
        m.statement_id == mark.statement_id
        and m.start < mark.end
        and mark.start < m.end
        and mark.subject in {m.subject, ANYBODY}
        for m in mentions
    )


@dataclass
class Falses:
    """What a finder marks where nobody protected is spoken of.

    Attributes:
        hours: that were searched.
        forms: different surface forms of each hour, summed, by tiers; and `"everyday"`: those of nicknames.
        masks: marks, by tier.
        others: marks that are about nobody on the roster.
        characters: that were searched.
        seconds: of processor time that each hour took.
    """

    hours: int = 0
    forms: Counter[str] = field(default_factory=Counter)
    masks: Counter[str] = field(default_factory=Counter)
    others: int = 0
    characters: int = 0
    seconds: list[float] = field(default_factory=list)

    def add(self, meeting: Meeting, record: Record, finder: Finder, everyday: Callable[[str], bool]) -> None:
        """Search an hour."""
        began = clock(finder)
        marks = finder(meeting, record)
        self.seconds.append(clock(finder) - began)
        self.hours += 1
        self.characters += sum(len(s.text) for s in record.statements)
        about = [m for m in marks if m.subject]
        self.others += len(marks) - len(about)
        self.masks.update(m.tier for m in about)
        for tiers in TIERS:
            forms = {(m.subject, m.surface) for m in about if m.tier in _IN[tiers]}
            self.forms[tiers] += len(forms)
            self.forms[f"{tiers}, nicknames"] += sum(everyday(surface) for _, surface in forms)

"""Who is shown as what: labels that are fixed for a meeting, in order of first speech, derived from nobody's name."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from redaction.folding import fold
from redaction.mark import Kind, Mark
from redaction.mentions import find, reads_as
from redaction.released import PublicSpeaker
from speakers.meeting import Meeting, Participant, Wish
from speakers.record import (
    NOBODIES,
    Diarization,
    Millis,
    Record,
    Span,
    SpeakerId,
    Statement,
    Word,
)

if TYPE_CHECKING:  # the register of consent needs labels, and starts without the rules that find names
    from redaction.draft import Draft

_WORDS = {
    "zh": {
        "anonymous": "參與者",
        "named": "發言者",
        "question": "提問者",
        "message": "留言者",
        "unknown": "不明發言者",
        "unknown question": "匿名提問者",
        "unknown message": "匿名留言者",
        "unrecorded": "（不列入紀錄）",
        "unnamed": "（不具名）",
        "elsewhere": "某人",
        "contact": "（聯絡資料）",
        "quasi": "（隱去）",
    },
    "en": {
        "anonymous": "Participant",
        "named": "Speaker",
        "question": "Questioner",
        "message": "Commenter",
        "unknown": "Unknown speaker",
        "unknown question": "Anonymous questioner",
        "unknown message": "Anonymous commenter",
        "unrecorded": "(not recorded)",
        "unnamed": "(unnamed)",
        "elsewhere": "a person",
        "contact": "(contact details)",
        "quasi": "(withheld)",
    },
}


_NUMBERED = ("anonymous", "named", "question", "message")
"""What carries a number."""


def language_of(draft: Draft) -> str:
    """The language of a record's labels."""
    return draft.record.language if draft.record.language in _WORDS else "en"


class Labels:
    """What the voices and marks of a draft are shown as.

    Args:
        draft: the meeting, and who speaks.
        language: of the labels.
    """

    def __init__(self, draft: Draft, language: str) -> None:
        self._draft = draft
        self._words = _WORDS[language]
        meeting = draft.meeting
        voices = dict.fromkeys((*draft.record.speakers, *draft.record.diarization.speakers))
        heard = [p for v in voices if (p := draft.namings.person(v)) is not None]
        numbered = [p.id for p in meeting.participants if p.wish is Wish.ANONYMOUS and not p.label]
        order = [i for i in dict.fromkeys((*heard, *numbered)) if i in numbered]
        self._participants = {i: f"{self._words['anonymous']} {n}" for n, i in enumerate(order, start=1)}
        spoken = draft.record.voices_heard
        self._wrote = {s.speaker: str(s.written.kind) for s in draft.record.statements if s.written}
        self._wrote = {voice: kind for voice, kind in self._wrote.items() if voice not in spoken}
        unnamed = [v for v in draft.record.speakers if v not in NOBODIES and draft.namings.person(v) is None]
        counted: Counter[str] = Counter()
        self._voices: dict[SpeakerId, int] = {}
        for voice in unnamed:
            counted[self._said_as(voice)] += 1
            self._voices[voice] = counted[self._said_as(voice)]

    def _said_as(self, voice: SpeakerId) -> str:
        """Which word calls a voice that nobody has named: of those that only wrote another one."""
        return self._wrote.get(voice, "named")

    @property
    def unrecorded(self) -> str:
        """What stands in place of what somebody says who asked not to be recorded."""
        return self._words["unrecorded"]

    def person(self, voice: SpeakerId) -> Participant | None:
        """The participant a voice is."""
        participant_id = self._draft.namings.person(voice)
        return self._draft.meeting.participant(participant_id) if participant_id else None

    def hidden(self, person: Participant) -> str:
        """What stands for somebody whose names are hidden."""
        if person.label:
            return person.label
        if person in self._draft.meeting.elsewhere:
            return self._words["elsewhere"]
        # One for all who asked for it, so that nobody can follow one of them through the record.
        return self._words["unnamed"] if person.wish is Wish.UNNAMED else self._participants[person.id]

    def of(self, voice: SpeakerId) -> PublicSpeaker:
        """What a voice is shown as."""
        person = self.person(voice)
        if person is None:
            said = self._said_as(voice)
            nobody = self._words["unknown" if said == "named" else f"unknown {said}"]
            label = nobody if voice in NOBODIES else f"{self._words[said]} {self._voices[voice]}"
        elif person.protected:
            label = self.hidden(person)
        else:
            return PublicSpeaker(person.name, person.name.replace(" ", ""), person.role, named=True)
        return PublicSpeaker(label, label.replace(" ", ""), "", named=False)

    def placeholder(self, mark: Mark) -> str:
        """What stands in the text where a mark was masked: of a fact, what staff chose, and never who it is about."""
        person = self._draft.meeting.participant(mark.subject)
        if mark.replacement:
            return mark.replacement
        told_apart = mark.kind in {Kind.CONTACT, Kind.QUASI, Kind.VOICE}
        if person is not None and person.protected and not told_apart:
            return self.hidden(person)
        return self._words["contact" if mark.kind is Kind.CONTACT else "quasi"]


def telling(meeting: Meeting) -> Iterator[str]:
    """Labels by which somebody could be found out, or taken for somebody else, each as a sentence without the label."""
    reserved = {as_read(word) for words in _WORDS.values() for word in words.values()}
    labelled = [(p, as_read(p.label)) for p in meeting.protected if p.label]
    taken: dict[str, str] = {}
    for person, label in labelled:
        if not label:
            yield f"The label of {person.id} has no letter, digit or symbol."
            continue
        if label in reserved or _numbered().match(label):
            yield f"The label of {person.id} means something else in every record."
        if (other := taken.setdefault(label, person.id)) != person.id:
            yield f"The labels of {other} and {person.id} read alike: they would be one person."
        whose = sorted({p.id for p in meeting.protected if _sounds_like(person.label, p)})
        if whose:
            yield f"The label of {person.id} holds a name of {', '.join(whose)}, or sounds like one."
        for shown in (p for p in meeting.participants if not p.protected):
            if label == as_read(shown.role) or any(name in label for name in _called(shown)):
                yield f"By the label of {person.id} readers would take them for {shown.id}, who is named."


def as_read(label: str) -> str:
    """One form for labels that a reader takes for the same.

    >>> as_read("飼主 甲") == as_read("饲主甲：") == as_read("飼主\u200b甲"), as_read("**")
    (True, '')
    """
    return "".join(c for c in fold(label) if unicodedata.category(c)[0] in "LNS")


@cache
def _numbered() -> re.Pattern[str]:
    """What the program calls people by itself; a pseudonym drawn by lot is none of these.

    Made when it is needed first: folding reads tables that a process which only does a stage has no use for.
    """
    called = "|".join(as_read(words[k]) for words in _WORDS.values() for k in _NUMBERED)
    return re.compile(f"(?:{called})s?[0-9零〇一二三四五六七八九十]")


def _called(person: Participant) -> Iterator[str]:
    """What somebody who is named is called, as it is read; a single character is anybody's."""
    for name in (*person.names, *_given(person)):
        if len(read := as_read(name)) >= 2:
            yield read


def _given(person: Participant) -> list[str]:
    return [person.name[-2:]] if len(person.name) in {3, 4} and person.name.isalpha() else []


def _sounds_like(label: str, person: Participant) -> bool:
    return any(reads_as(name, label) for name in (*person.names, *_given(person))) or bool(
        find(Meeting(participants=(person,)), _spoken(label))
    )


def _spoken(text: str) -> Record:
    """A record in which somebody says just this."""
    span = Span(Millis(0), Millis(1))
    statement = Statement("a1", SpeakerId("S1"), (Word(text, span, 1.0),))
    return Record("zh", (statement,), Diarization((), (), Millis(1)))

"""The stage that fits a transcript that people wrote to the sound, and what it calls the voices.

36-given.json   the record with their words, and what they called whom; it is nobody's but a reviewer's
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline import brought
from pipeline.folder import MeetingFolder, Stage
from pipeline.hinted import void_voices
from speakers import authors, record_json
from speakers.error import StorageError
from speakers.fit import VERSION, Fitted, fit
from speakers.meeting import Meeting
from speakers.reason import Match, Why
from speakers.record import Record, SpeakerId, clock, digest

STAGE, FILE = "given", "36-given.json"

_FEW = 5
"""So many moments are told; of more, how many there are."""


def stages(
    folder: MeetingFolder, meeting: Meeting, words: str, turns: str, result: Callable[[str], str]
) -> tuple[Stage, ...]:
    """The stage of one meeting; none where no transcript was brought.

    Args:
        folder: the meeting.
        meeting: what is known about it.
        words: name of the file with what was heard.
        turns: name of the file with who speaks when.
        result: gives the digest of an earlier stage's file.
    """
    if not brought.brings_transcript(folder):
        return ()

    def make(into: Path) -> tuple[str, ...]:
        heard = record_json.parse_transcript((folder.root / words).read_bytes())
        said = record_json.parse_diarization((folder.root / turns).read_bytes())
        found = fit(brought.transcript(folder), heard, said)
        values = {
            "version": 1,
            "called": [[c.speaker, c.label, c.share] for c in found.called],
            "record": json.loads(record_json.serialize(found.record)),
        }
        if _called(folder) not in {None, frozenset((c.speaker, c.label) for c in found.called)}:
            void_voices(folder, meeting, "another transcript calls the voices otherwise")
        into.write_text(json.dumps(values, ensure_ascii=False) + "\n", "utf-8")
        return _notes(found)

    def inputs() -> str:
        return digest(VERSION, *map(result, ("transcribe", "diarize", brought.STAGE)))

    return (Stage(STAGE, FILE, inputs, make, after=("transcribe", "diarize", brought.STAGE)),)


def _called(folder: MeetingFolder) -> frozenset[tuple[str, str]] | None:
    """What the transcript before called which voice; None if there was none.

    A voice that nobody heard apart has only its name: under the same number it may be somebody else's now.
    """
    if not (folder.root / FILE).is_file():
        return None
    try:
        return frozenset((str(voice), str(label)) for voice, label, _ in _values(folder)["called"])
    except (StorageError, ValueError, TypeError):  # nobody knows what reviewers saw
        return frozenset({("", "")})


def _notes(found: Fitted) -> tuple[str, ...]:
    """What staff have to know of it, each as a sentence without any word of it."""
    doubted = (s for s in found.record.statements if s.id in found.doubted)
    told = (
        (
            [str(number) for number in found.unspoken],
            "Paragraphs of the transcript that nobody says are left out: {}.",
        ),
        (
            [clock(moment) for moment in found.omitted],
            "Where the transcript has nothing for what is said, the record has what was heard: at {}.",
        ),
        (
            [clock(s.span.start) for s in doubted],
            "Another voice than the transcript says is heard, so whose it is has to be decided: at {}.",
        ),
    )
    return tuple(sentence.format(_some(places)) for places, sentence in told if places)


def _some(places: list[str]) -> str:
    """The first few of them, and how many there are.

    >>> _some(["1", "2"]), _some(["1", "2", "3", "4", "5", "6", "7"])
    ('1, 2', '1, 2, 3, 4, 5, … (7)')
    """
    few = ", ".join(places[:_FEW])
    return few if len(places) <= _FEW else f"{few}, … ({len(places)})"


def record_of(folder: MeetingFolder) -> Record:
    """The record that the stage made.

    Raises:
        StorageError: If its file is damaged.
    """
    return record_json.parse_record(json.dumps(_values(folder)["record"]).encode())


def matches_of(folder: MeetingFolder, meeting: Meeting) -> tuple[Match, ...]:
    """Whom the transcript says the voices belong to, of those who are on the list.

    Raises:
        StorageError: If the stage's file is damaged.
    """
    if not brought.brings_transcript(folder) or not (folder.root / FILE).is_file():
        return ()
    return tuple(
        Match(SpeakerId(voice), person.id, float(share), Why.TRANSCRIBED)
        for voice, label, share in _values(folder)["called"]
        for person in authors.exactly(meeting.participants, label)
        or authors.within(meeting.participants, label)
    )


def _values(folder: MeetingFolder) -> dict[str, Any]:
    try:
        values = json.loads((folder.root / FILE).read_bytes())
        values["record"], values["called"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise brought.damaged() from error
    return dict(values)

"""Listening to the published sound: transcribed again, it must not name anybody who is protected.

A mention can hide under somebody else's voice: the recognizer wrote nothing down where two people spoke at once,
and with one of them taken out the other is suddenly clear. So the sound itself is searched, not only its record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from redaction import mentions
from redaction.audible import MENTION_MARGIN_MS
from redaction.decision import Verdict
from redaction.draft import Draft
from redaction.mark import Mark, Tier
from speakers import attribute, sound
from speakers.error import RecordingError
from speakers.record import Diarization, Millis, Span, union
from speakers.transcribe import Transcriber

_CODEC_DELAY_MS = 60
"""An encoder shifts sound by a few frames; the margin grows by as much."""


def mentions_in(
    published: Path,
    draft: Draft,
    transcriber: Transcriber,
    progress: Callable[[str, int, int], None],
    scratch: Path,
) -> tuple[Span, ...]:
    """Where the published sound still names a protected person, in milliseconds, margins included.

    Args:
        published: the sound that is about to be released.
        draft: whose protected people are searched for; what a reviewer kept is no mention.
        transcriber: hears it, first without a hint, and then as somebody who knows whom they listen for.
        progress: told about milliseconds done.
        scratch: a private folder in which the sound may lie while it is listened to.

    Returns:
        (n_spans,) sorted, disjoint; none if nobody is named.
    """
    wav = scratch / "again.wav"
    duration = sound.decode(sound.look(published), wav, lambda *_: None, silence=True)
    again = sound.Sound(wav)
    wav.unlink()  # it is mapped: it goes when it was heard, or with this process
    names = tuple(name for person in draft.meeting.protected for name in person.names)
    for hint in ((), names):
        found = _named(again, duration, draft, transcriber, hint=hint, progress=progress)
        if found:
            return found
    return ()


def _named(
    again: sound.Sound,
    duration: Millis,
    draft: Draft,
    transcriber: Transcriber,
    *,
    hint: tuple[str, ...],
    progress: Callable[[str, int, int], None],
) -> tuple[Span, ...]:
    try:
        heard = transcriber(again, draft.record.language, hint, progress)
    except RecordingError:  # everything was replaced, so nobody speaks in it: nobody is named either
        return ()
    record = attribute.record(heard.language, heard.words, Diarization((), (), duration))
    found, keeps = [], tuple(_kept(draft))
    for mark in mentions.find(draft.meeting, record):
        statement = record.statement(mark.statement_id)
        if statement is None or mark.tier not in {Tier.A, Tier.B}:
            continue
        span = statement.time_of(mark.char_start, mark.char_end).widened(MENTION_MARGIN_MS + _CODEC_DELAY_MS)
        surface = statement.text[mark.char_start : mark.char_end]
        if not any(
            kept.subject == mark.subject and span.overlap(time) and mentions.reads_as(text, surface)
            for kept, time, text in keeps
        ):
            found.append(span)
    return union(found)


def _kept(draft: Draft) -> Iterator[tuple[Mark, Span, str]]:
    """What reviewers let stand, when it is spoken, and its words."""
    for mark in draft.marks:
        decision, statement = draft.decision(mark), draft.record.statement(mark.statement_id)
        if decision is not None and decision.verdict is Verdict.KEEP and statement is not None:
            text = statement.text[mark.char_start : mark.char_end]
            yield mark, statement.time_of(mark.char_start, mark.char_end), text

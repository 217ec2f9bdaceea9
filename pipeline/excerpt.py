"""A few seconds of a meeting's sound for reviewers: as it was, or as it would be published."""

from __future__ import annotations

from output import sound
from pipeline.folder import MeetingFolder
from pipeline.run import SOUND
from redaction.audible import previewed
from redaction.draft import Draft
from redaction.released import ReleasedSound
from speakers.error import RecordError
from speakers.record import Millis, Span

LONGEST_MS = 120_000
"""More than that is no excerpt: it is held in memory."""

_AS_IT_WAS = ReleasedSound(allowed=True, reason="", replaced=())


def stretch(start_ms: int, end_ms: int) -> Span:
    """A stretch of time that somebody asked for.

    Raises:
        RecordError: If it is none, or too long.
    """
    if not 0 <= start_ms < end_ms or end_ms - start_ms > LONGEST_MS:
        raise RecordError(
            f"That is no stretch of sound of {LONGEST_MS // 1000} seconds or less.", "Ask for a shorter one."
        )
    return Span(Millis(start_ms), Millis(end_ms))


def private(folder: MeetingFolder, span: Span) -> bytes:
    """What was said, as a WAV.

    Raises:
        StorageError: If the sound cannot be read.
    """
    return sound.excerpt(folder.root / SOUND, _AS_IT_WAS, span)


def public(folder: MeetingFolder, draft: Draft, span: Span) -> bytes:
    """What would be heard of it if it were published as it stands, as a WAV; what is undecided is masked.

    Raises:
        NotReleasableError: If no sound would be published.
        StorageError: If the sound cannot be read.
    """
    return sound.excerpt(folder.root / SOUND, previewed(draft), span)

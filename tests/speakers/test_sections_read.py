"""Sections with the real model: what is heard in one does not depend on what was read before, nor by whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.models import open_model
from pipeline.settings import settings
from speakers import sound
from speakers.sound import Sound
from speakers.transcribe import WhisperTranscriber, joined_sections

pytestmark = pytest.mark.models

EXAMPLE = Path(__file__).parents[2] / "examples" / "zhtw_collab.flac"


def engine() -> WhisperTranscriber:
    return WhisperTranscriber(
        open_model("whisper-base", settings().models), "test", threads=1, section_ms=40_000
    )


def test_the_words_are_the_same_whoever_reads_a_section_and_when(tmp_path: Path) -> None:
    sound.decode(sound.look(EXAMPLE), tmp_path / "sound.wav", lambda *_: None)
    heard, first = Sound(tmp_path / "sound.wav"), engine()
    whole = first(heard, "auto", (), lambda *_: None)
    cut = first.cut(heard, "auto")
    assert len(cut.sections) == 3
    second = engine()  # as in another process: it has read nothing yet
    last = second.read(heard, cut, 2, (), lambda *_: None)
    others = [first.read(heard, cut, number, (), lambda *_: None) for number in (0, 1)]
    assert joined_sections(cut, [*others, last]) == whole
    assert whole.arithmetic == (first.whisper.arithmetic,)
    assert not whole.unheard

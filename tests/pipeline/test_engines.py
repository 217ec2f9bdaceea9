"""Which engines hear a recording, and what changes when one of them does."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.engines import EMBEDDING, SEGMENTATION, engines, fingerprint
from pipeline.run import run
from pipeline.settings import Settings, settings
from speakers.diarize import Diarizer
from speakers.error import ModelError
from speakers.transcribe import Transcriber
from tests.conftest import silent_report
from tests.engines import crashing, scripted, silent


def test_doubles_are_engines() -> None:
    ears: list[Transcriber] = [
        scripted.ScriptedTranscriber(),
        silent.SilentTranscriber(),
        crashing.CrashingTranscriber(RuntimeError),
    ]
    voices: list[Diarizer] = [
        scripted.ScriptedDiarizer(),
        silent.SilentDiarizer(),
        crashing.CrashingDiarizer(RuntimeError),
    ]
    assert all(engine.fingerprint for engine in (*ears, *voices))


def test_missing_models_stop_a_job_before_anything_is_taken(
    recording: Path, data: Path, tmp_path: Path
) -> None:
    chosen = Settings(data=data, models=tmp_path / "none")
    with pytest.raises(ModelError, match="zhuzi models fetch"):
        run(recording, None, data, lambda: engines(chosen), silent_report)
    assert not data.exists()


def test_an_unknown_model_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="whisper-base"):
        engines(Settings(data=tmp_path, models=tmp_path, whisper="whisper-bass"))


def test_a_fingerprint_is_that_of_the_files(tmp_path: Path) -> None:
    prints = {fingerprint(name, tmp_path) for name in ("whisper-base", SEGMENTATION, EMBEDDING)}
    assert len(prints) == 3
    assert fingerprint("whisper-base", tmp_path) in prints


@pytest.mark.models
def test_the_real_engines_say_what_they_are_made_of_and_load_nothing_yet(data: Path) -> None:
    chosen = engines(settings(data))
    assert [name for name, _ in chosen.made_with] == ["whisper-base", SEGMENTATION, EMBEDDING]
    assert chosen.transcription.startswith("whisper-base ")
    assert chosen.diarization.startswith("offline ")

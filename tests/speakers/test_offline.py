"""The offline bundle with its real models, on the conversation that ships with pyannote.audio."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from pipeline.engines import EMBEDDING, SEGMENTATION
from pipeline.models import open_model
from pipeline.settings import settings
from speakers import sound
from speakers.diarize import import_pyannote
from speakers.offline import OfflineDiarizer
from speakers.sound import Samples, Sound

pytestmark = pytest.mark.models


class Watched(Sound):
    """Sound that remembers how much of it was read at once."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.widest = 0

    def __getitem__(self, part: slice) -> Samples:
        samples = super().__getitem__(part)
        self.widest = max(self.widest, len(samples))
        return samples


@pytest.fixture(scope="module")
def engine() -> OfflineDiarizer:
    models = settings().models
    return OfflineDiarizer(
        open_model(SEGMENTATION, models) / "pytorch_model.bin",
        open_model(EMBEDDING, models) / "campplus_cn_en_common.pt",
        "test",
    )


@pytest.fixture(scope="module")
def conversation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import_pyannote()
    import pyannote.audio

    into = tmp_path_factory.mktemp("sound") / "sound.wav"
    sound.decode(
        sound.look(Path(pyannote.audio.__file__).parent / "sample" / "sample.wav"), into, lambda *_: None
    )
    return into


def test_two_people_on_the_telephone(engine: OfflineDiarizer, conversation: Path) -> None:
    heard, told = Watched(conversation), []
    found = engine(heard, None, None, lambda step, done, total: told.append((step, done, total)))
    assert found.speakers == ("S1", "S2")
    assert any(a.span.overlap(b.span) for a in found.overlapping for b in found.overlapping if a != b)
    assert heard.widest == 160_000  # a window, never the whole of it
    assert {step for step, _, _ in told} == {"segmentation", "embeddings"}
    assert all(0 < done <= total for _, done, total in told)
    assert engine(Watched(conversation), None, None, lambda *_: None) == found


@pytest.mark.parametrize("number", [1, 3])
def test_a_hint_is_honoured(engine: OfflineDiarizer, conversation: Path, number: int) -> None:
    found = engine(Sound(conversation), number, number, lambda *_: None)
    assert len(found.speakers) == number


def test_who_speaks_to_the_end_speaks_no_longer(
    engine: OfflineDiarizer, conversation: Path, tmp_path: Path
) -> None:
    with wave.open(str(tmp_path / "cut.wav"), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes((Sound(conversation)[16_000 * 7 : 16_000 * 9 + 5] * 32768).astype("<i2").tobytes())
    found = engine(Sound(tmp_path / "cut.wav"), None, None, lambda *_: None)
    assert found.overlapping[-1].span.end == found.duration == 2000


def test_silence_has_no_voices(engine: OfflineDiarizer, tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "silence.wav"), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(bytes(2 * 16_000 * 3))
    assert engine(Sound(tmp_path / "silence.wav"), None, None, lambda *_: None).speakers == ()


def test_parts_heard_in_any_order_give_the_whole_to_the_bit(
    engine: OfflineDiarizer, conversation: Path, tmp_path: Path
) -> None:
    with wave.open(str(tmp_path / "long.wav"), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        for _ in range(4):
            file.writeframes((Sound(conversation)[:] * 32768).astype("<i2").tobytes())
    heard = Sound(tmp_path / "long.wav")
    whole = engine(heard, None, None, lambda *_: None)
    windows = {n: engine.segment_part(heard, (n, 4), lambda *_: None) for n in (3, 1, 0, 2)}
    assert {len(part) for part in windows.values()} > {0}, "a part may have nothing to hear"
    activity = np.concatenate([windows[n] for n in range(4)])
    pieces = {n: engine.embed_part(heard, activity, (n, 4), lambda *_: None) for n in (2, 0, 3, 1)}
    vectors = np.concatenate([pieces[n] for n in range(4)])
    assert engine.join_parts(heard, activity, vectors, None, None) == whole

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.models import models_directory, open_model
from speakers.error import ModelError
from speakers.kokoro import RATE_HZ, VOICES, Kokoro


def test_a_folder_without_the_model_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="zhuzi models fetch kokoro"):
        Kokoro(tmp_path)


@pytest.fixture(scope="module")
def voice() -> Kokoro:
    try:
        return Kokoro(open_model("kokoro", models_directory()))
    except ModelError:
        pytest.skip("the synthetic voice is optional and was not fetched")


@pytest.mark.models
def test_it_reads_the_same_in_the_same_way_and_faster_when_asked(voice: Kokoro) -> None:
    text = "參與者 1 說得對，謝謝大家。"
    read = voice.read(text, "zh", 0)
    assert 1.5 < len(read) / RATE_HZ < 5
    assert np.array_equal(read, voice.read(text, "zh", len(VOICES["zh"])))
    assert not np.array_equal(read, voice.read(text, "zh", 1))
    assert len(voice.read(text, "zh", 0, speed=1.4)) < 0.85 * len(read)


@pytest.mark.models
def test_nothing_is_read_where_there_is_nothing_to_say(voice: Kokoro) -> None:
    assert len(voice.read("🙂 …", "zh", 0)) == 0
    assert len(voice.read("Thank you. " * 60, "en", 0)) > 10 * RATE_HZ

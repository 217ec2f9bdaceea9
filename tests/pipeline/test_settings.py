"""Settings that make no sense are errors: fewer approvers than meant would be no small thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import engines
from pipeline.settings import SETTINGS, settings
from speakers.error import ModelError, RecordError, StorageError


def test_defaults(tmp_path: Path) -> None:
    chosen = settings(None, {})
    assert (chosen.whisper, chosen.diarization, chosen.device) == ("whisper-base", "offline", "auto")
    assert (chosen.approvers, chosen.token) == (1, None)
    assert chosen.data.is_absolute()
    empty = settings(None, {s.name: "" for s in SETTINGS})
    assert (empty.approvers, empty.device, empty.data) == (1, "auto", chosen.data)
    assert settings(tmp_path, {"ZHUZI_DATA": "/elsewhere"}).data == tmp_path


@pytest.mark.parametrize("value", ["two", "0", "-1", "1.5", "２", " 2", "2 approvers", "1e3", "99999"])
def test_approvers_that_are_no_number_are_an_error(value: str) -> None:
    with pytest.raises(RecordError, match="ZHUZI_APPROVERS"):
        settings(None, {"ZHUZI_APPROVERS": value})


def test_two_approvers_are_two() -> None:
    assert settings(None, {"ZHUZI_APPROVERS": "2"}).approvers == 2


@pytest.mark.parametrize("value", ["gpu", "CUDA", "cuda:0", "0"])
def test_a_device_that_is_none_is_an_error(value: str) -> None:
    with pytest.raises(RecordError, match="ZHUZI_DEVICE"):
        settings(None, {"ZHUZI_DEVICE": value})


def test_a_gpu_that_is_not_there_is_an_error_before_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctranslate2.get_cuda_device_count", lambda: 0)
    with pytest.raises(ModelError, match="no GPU"):
        engines.device_of("cuda")
    assert engines.device_of("auto") == engines.device_of("cpu") == ("cpu", "int8")
    monkeypatch.setattr("ctranslate2.get_cuda_device_count", lambda: 1)
    assert engines.device_of("auto") == engines.device_of("cuda") == ("cuda", "float16")


def test_a_file_is_no_data_directory(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"")
    for place in (path, path / "below"):
        with pytest.raises(StorageError, match="Choose another with --data"):
            settings(place, {})

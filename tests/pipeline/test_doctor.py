"""The doctor names what is wrong and what to do, and passes what is well."""

import os
import shutil
import subprocess
import sys
import types
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest
from click.testing import Result

from pipeline import doctor

Zhuzi = Callable[..., Result]


def named(findings: tuple[doctor.Finding, ...]) -> dict[str, doctor.Finding]:
    return {finding.name: finding for finding in findings}


@pytest.fixture
def quiet_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No graphics card, whatever this machine has, and the shipped catalogue only."""
    monkeypatch.setattr(doctor, "_graphics_cards", lambda: 0)
    monkeypatch.delenv("ZHUZI_DATA", raising=False)


@pytest.mark.usefixtures("quiet_machine")
def test_every_fault_has_a_cure_and_no_model_is_a_fault(tmp_path: Path) -> None:
    findings = doctor.examine(tmp_path / "data", tmp_path / "models")
    assert all(finding.cure for finding in findings if not finding.ok)
    assert all(finding.says.endswith(".") for finding in findings)
    missing = named(findings)["model whisper-base (transcription)"]
    assert (missing.ok, missing.optional) == (False, False)
    assert "zhuzi models fetch whisper-base" in missing.cure
    assert named(findings)["decoding"].ok
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("quiet_machine")
def test_a_broken_catalogue_of_the_user_is_one_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "models.toml").write_text("[model]\n")
    monkeypatch.setenv("ZHUZI_DATA", str(tmp_path))
    assert "Did you mean" in named(doctor.examine(tmp_path, tmp_path))["models"].cure


@pytest.mark.parametrize(
    ("free", "ok", "optional"),
    [(6_000_000_000, True, True), (4_000_000_000, False, True), (1_000, False, False)],
)
def test_a_disk_warns_before_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, ok: bool, optional: bool
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: types.SimpleNamespace(free=free))
    finding = doctor._disk(tmp_path)
    assert (finding.ok, finding.optional) == (ok, optional)


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    finding = doctor._writable("data directory", tmp_path / "file", "ZHUZI_DATA")
    assert not finding.ok
    assert "ZHUZI_DATA" in finding.cure


@pytest.mark.parametrize(
    ("version", "needs", "gpus", "ok"),
    [
        ("2.13.0+cpu", ["filelock"], 0, True),
        ("2.13.0", ["nvidia-cudnn-cu13==9"], 0, False),
        ("2.13.0", ["nvidia-cudnn-cu13==9"], 1, True),
        ("2.13.0+cpu", ["filelock"], 1, False),
    ],
)
def test_torch_fits_the_machine_or_the_doctor_says_so(
    monkeypatch: pytest.MonkeyPatch, version: str, needs: list[str], gpus: int, ok: bool
) -> None:
    monkeypatch.setattr(metadata, "version", lambda _: version)
    monkeypatch.setattr(metadata, "requires", lambda _: needs)
    finding = doctor._torch(gpus)
    assert (finding.ok, finding.optional) == (ok, True)


def test_no_torch_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_: str) -> str:
        raise metadata.PackageNotFoundError

    monkeypatch.setattr(metadata, "version", gone)
    finding = doctor._torch(0)
    assert (finding.ok, finding.optional) == (False, False)


def test_graphics_cards_are_counted_by_the_driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert doctor._graphics_cards() == 0
    driver = tmp_path / "nvidia-smi"
    driver.write_text("#!/bin/sh\necho 'GPU 0: A'; echo 'GPU 1: B'\n")
    driver.chmod(0o755)
    assert doctor._graphics_cards() == 2
    driver.write_text("#!/bin/sh\nexit 9\n")
    assert doctor._graphics_cards() == 0


def test_a_driver_that_hangs_is_no_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("nvidia-smi", 20)

    monkeypatch.setattr(shutil, "which", lambda _: "nvidia-smi")
    monkeypatch.setattr(subprocess, "run", hang)
    assert doctor._graphics_cards() == 0


def test_cards_that_speech_to_text_cannot_use_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("ctranslate2")
    module.get_cuda_device_count = lambda: 0  # type: ignore[attr-defined]  # a scripted module
    monkeypatch.setitem(sys.modules, "ctranslate2", module)
    assert doctor._graphics(0).ok
    assert not doctor._graphics(1).ok
    module.get_cuda_device_count = lambda: 1  # type: ignore[attr-defined]  # a scripted module
    assert doctor._graphics(1).ok


def test_telemetry_that_is_asked_for_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor._telemetry().ok
    monkeypatch.setenv("PYANNOTE_METRICS_ENABLED", "1")
    assert not doctor._telemetry().ok
    monkeypatch.setenv("PYANNOTE_METRICS_ENABLED", "0")
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY")
    assert "ORT_DISABLE_TELEMETRY" in doctor._telemetry().says


def test_ffmpeg_is_never_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (os.devnull, None):
        monkeypatch.setattr(shutil, "which", lambda _, path=path: path)
        assert doctor._ffmpeg().ok


def test_a_finding_without_a_cure_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a cure"):
        doctor.Finding("disk", False, False, "Full.")


@pytest.mark.usefixtures("quiet_machine")
def test_a_job_that_nobody_can_read_is_told_and_its_recording_is_there(
    data: Path, recording: Path, zhuzi: Zhuzi
) -> None:
    assert zhuzi("submit", recording).exit_code == 0
    (job,) = (data / "work").glob("j*/job.json")
    assert named(doctor.examine(data, data / "models"))["jobs"].ok
    job.write_bytes(b"{")
    found = named(doctor.examine(data, data / "models"))["jobs"]
    assert not found.ok
    assert job.parent.name in found.says
    assert (job.parent / "recording.wav").read_bytes() == recording.read_bytes()

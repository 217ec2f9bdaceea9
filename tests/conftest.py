"""Fixtures named by intent: a recording, what is known about it, a job, and its draft undecided and approved."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from pipeline import review
from pipeline.engines import Engines
from pipeline.folder import MeetingFolder
from pipeline.run import run
from speakers import score_words
from speakers.error import ZhuziError
from tests.engines import scripted

ROOT = Path(__file__).parents[1]
needs_meeteval = pytest.mark.skipif(
    not score_words.available(), reason="meeteval is not installed: `make eval` needs a C++ compiler"
)
SECRETS = ("蔡佩珊", "佩珊", "毛毛媽", "沈立言", "林志明", "Tsai Pei-shan")
"""Names of the meeting below: none of them may get into a log, a database or an error."""

MEETING = """\
title = "寵物友善運輸協作會議"
date = 2024-05-01
glossary = ["附議"]

[[participants]]
name = "沈立言"
role = "主持人"
heard_at = "0:01"

[[participants]]
name = "蔡佩珊"
aliases = ["佩珊", "毛毛媽", "Tsai Pei-shan"]
wish = "anonymous"
heard_at = "0:03"

[[participants]]
name = "林志明"
wish = "not recorded"
heard_at = "0:06"
"""

MISHEARD = (
    ("S1", 200, 2_200, "大家好，我是沈立言。"),
    ("S2", 2_600, 4_600, "我是蔡佩珊，我要附宜。"),
    ("S3", 5_000, 6_400, "負役很好，負役，斧議。"),
    ("S1", 6_800, 8_600, "謝謝佩珊，斧議，散會。"),
)
"""What the scripted voices say where 附議 of the glossary is heard as other characters."""


os.environ.setdefault(
    "OMP_WAIT_POLICY", "PASSIVE"
)  # threads of models that wait take no core from other tests
signal.signal(signal.SIGINT, signal.default_int_handler)
"""Whoever starts tests in the background may have them ignore Ctrl-C; the programs that they start would do so too."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """An option of the tests in a browser."""
    parser.addoption(
        "--screenshots", metavar="DIR", default="", help="keep a picture of every page of the room there"
    )


def write_wave(path: Path, seconds: float = 9.0, volume: float = 0.2, seed: int = 1) -> Path:
    """A short recording of noise; a volume of 0 is silence."""
    samples = np.random.default_rng(seed).uniform(-volume, volume, int(seconds * 16_000)) * 32_767
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(samples.astype(np.int16).tobytes())
    return path


def silent_report(stage: str, step: str, completed: int, total: int) -> None:
    """For runs whose progress nobody looks at."""


@pytest.fixture(scope="session", autouse=True)
def keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """No test makes a key where its user's keys are; registers lie beside the tests' data by themselves."""
    place = tmp_path_factory.mktemp("keys")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZHUZI_REGISTER_KEY", str(place / "register.key"))
        patch.delenv("ZHUZI_REGISTER", raising=False)
        yield place


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Where meetings will live; not there yet."""
    return tmp_path / "data"


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """Where scripted engines note their calls."""
    return tmp_path / "calls.txt"


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A recording with the meeting's toml beside it."""
    place = tmp_path / "dropped"
    place.mkdir()
    (place / "meeting.toml").write_text(MEETING, encoding="utf-8")
    return write_wave(place / "meeting.wav")


@pytest.fixture
def hear(recording: Path, data: Path, calls: Path) -> Callable[..., MeetingFolder]:
    """Run the recording, or another one, with scripted engines or others."""

    def hear_(path: Path | None = None, engines: Engines | None = None, **given: Any) -> MeetingFolder:
        return run(
            path or recording,
            given.get("meeting"),
            data,
            lambda: engines or scripted.engines(calls),
            silent_report,
        )

    return hear_


@pytest.fixture
def job(hear: Callable[..., MeetingFolder]) -> MeetingFolder:
    """A meeting that was heard."""
    return hear()


@pytest.fixture
def misheard(hear: Callable[..., MeetingFolder]) -> MeetingFolder:
    """A meeting in which 附議, a word of its glossary, was heard as other characters."""
    folder = hear(engines=scripted.engines(transcriber=scripted.ScriptedTranscriber(said=MISHEARD)))
    assert {s.proposed for s in review.draft_of(folder).suggestions} == {"附議"}
    return folder


@pytest.fixture
def undecided(job: MeetingFolder) -> MeetingFolder:
    """A meeting with marks that nobody has decided."""
    assert review.draft_of(job).undecided
    return job


@pytest.fixture
def approved(job: MeetingFolder) -> MeetingFolder:
    """A meeting that somebody approved as proposed."""
    review.accept_proposed(job, "Reviewer")
    return job


@pytest.fixture
def zhuzi(monkeypatch: pytest.MonkeyPatch, data: Path, calls: Path) -> Callable[..., Result]:
    """The command line with scripted engines: `zhuzi("run", path)`."""
    from pipeline import cli

    monkeypatch.setenv("ZHUZI_DATA", str(data))
    for name in ("ZHUZI_APPROVERS", "ZHUZI_DEVICE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ZHUZI_CORRECTION_DAYS", "0")
    monkeypatch.setattr("pipeline.engines.engines", lambda _: scripted.engines(calls))

    def zhuzi_(*arguments: object, **options: Any) -> Result:
        return CliRunner().invoke(cli.main, [str(a) for a in arguments], **options)

    return zhuzi_


@pytest.fixture
def start(calls: Path, data: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start `tests/engines/worker.py` in a process of its own; it does not outlive the test."""
    started: list[subprocess.Popen[str]] = []

    def start_(verb: str, what: object, meeting: object = "-", place: str = "") -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.engines.worker", verb]
        process = subprocess.Popen(
            [*command, *map(str, (what, meeting, data, calls)), *([place] if place else [])],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start_
    for process in started:
        process.kill()
        process.communicate()


def finishes(folder: MeetingFolder) -> dict[str, int]:
    """How often each stage was done to its end."""
    return {name: stage["finishes"] for name, stage in folder.manifest()["stages"].items()}


def one_object(text: str) -> dict[str, Any]:
    """The one JSON object that a text is."""
    value = json.loads(text)
    assert isinstance(value, dict)
    return value


def assert_told(result: Result, kind: type[ZhuziError], says: str = "") -> None:
    """One line "Error: … cure" with the right exit code, and no name in it."""
    assert result.exit_code == kind.exit_code, result.output
    lines = result.stderr.rstrip("\n").split("\n")
    assert [line for line in lines if not line.startswith("  ")] == lines[-1:]  # what is indented is progress
    assert lines[-1].startswith("Error: ")
    assert lines[-1].endswith((".", "?"))
    assert lines[-1].count(". ") >= 1, "no cure"
    assert says in lines[-1]
    assert "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit)


@pytest.fixture
def trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that says what happens in the transcriber."""
    path = tmp_path / "trouble"
    path.write_text("")
    monkeypatch.setenv("SCRIPTED_STAGE", str(path))
    return path

"""From file to published record with the real models: the story that the README tells."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from output import akoma_ntoso, manifest
from pipeline import review
from pipeline.demo import telephone_conversation
from pipeline.engines import Engines, engines
from pipeline.folder import MeetingFolder
from pipeline.meeting_toml import read
from pipeline.publish import publish
from pipeline.run import run
from pipeline.settings import settings
from redaction import mentions
from redaction.mark import Tier
from redaction.scan import scan, terms_of
from speakers import QUIET, account_files, attribute, record_json, sound
from speakers.account import of_record
from speakers.record import Diarization
from speakers.score import Score, score, with_turns
from speakers.score_turns import der
from tests.conftest import needs_meeteval

pytestmark = pytest.mark.models

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"


@dataclass(frozen=True)
class Job:
    """A finished job of the demo."""

    folder: MeetingFolder
    data: Path
    meeting_toml: Path
    recording: Path
    engines: Engines


def _job(recording: Path, meeting_toml: Path, data: Path) -> Job:
    heard_by = engines(settings(data))
    folder = run(recording, meeting_toml, data, lambda: heard_by, lambda *_: None)
    review.accept_proposed(folder, "the story")
    publish(folder, listener=heard_by.transcriber)
    return Job(folder, data, meeting_toml, recording, heard_by)


@pytest.fixture(scope="module")
def telephone(tmp_path_factory: pytest.TempPathFactory) -> Job:
    return _job(telephone_conversation(), EXAMPLES / "telephone.toml", tmp_path_factory.mktemp("telephone"))


@pytest.fixture(scope="module")
def collab(tmp_path_factory: pytest.TempPathFactory) -> Job:
    return _job(
        EXAMPLES / "zhtw_collab.flac", EXAMPLES / "zhtw_collab.toml", tmp_path_factory.mktemp("collab")
    )


@pytest.fixture(scope="module", params=["telephone", "collab"])
def job(request: pytest.FixtureRequest) -> Job:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Job)
    return found


def _score(job: Job, words: Path) -> Score:
    spoken, turned = (
        next(iter(account_files.read(path.read_bytes(), path.name).values()))
        for path in (words, job.recording.with_suffix(".rttm"))
    )
    return score("story", with_turns(spoken, turned), of_record(review.draft_of(job.folder).record))


@needs_meeteval
def test_the_telephone_conversation_is_heard(telephone: Job) -> None:
    cp = _score(telephone, telephone.recording.with_suffix(".stm")).cp
    assert cp is not None
    assert cp.rate is not None
    assert cp.rate <= 0.25


@needs_meeteval
def test_the_meeting_is_heard(collab: Job) -> None:
    cp = _score(collab, EXAMPLES / "zhtw_collab.seglst.json").cp
    assert cp is not None
    assert cp.rate is not None
    assert cp.rate <= 0.40


def test_turns_are_right(job: Job) -> None:
    told = account_files.read(job.recording.with_suffix(".rttm").read_bytes(), "x.rttm")
    heard = record_json.parse_diarization((job.folder.root / "30-turns.json").read_bytes())
    found = der(next(iter(told.values())).turns, heard.overlapping, heard.duration)
    assert found.rate is not None
    assert found.rate <= 0.10


def test_every_format_is_published_under_labels(job: Job) -> None:
    public = job.folder.public
    endings = sorted(p.name.split(".", 1)[1] for p in public.iterdir())
    assert endings == ["an.xml", "docx", "html", "json", "md", "mp3", "odt", "srt", "svg", "txt", "vtt"]
    assert not manifest.verify(public)
    speakers = {label for label, _ in akoma_ntoso.parse(next(public.glob("*.an.xml")).read_bytes())}
    protected = read(job.meeting_toml).protected
    label = "參與者" if "zhtw" in job.recording.name else "Participant"
    assert {f"{label} {n}" for n in range(1, len(protected) + 1)} <= speakers


def test_no_published_byte_gives_anybody_away(job: Job) -> None:
    meeting = read(job.meeting_toml)
    assert scan(job.folder.public, terms_of(meeting.participants)) == ()
    for path in job.folder.public.iterdir():
        for person in meeting.protected:
            for name in person.names:
                assert name.encode() not in path.read_bytes()
                assert name not in path.name


def test_the_published_sound_transcribed_again_names_nobody(job: Job, tmp_path: Path) -> None:
    meeting = read(job.meeting_toml)
    published = next(job.folder.public.glob("*.mp3"))
    sound.decode(sound.look(published), tmp_path / "again.wav", lambda *_: None)
    again = sound.Sound(tmp_path / "again.wav")
    # Without and with the names as a hint: a listener who expects a name hears it sooner.
    names = tuple(name for p in meeting.protected for name in p.names)
    for hint in ((), names):
        heard = job.engines.transcriber()(again, meeting.language, hint, lambda *_: None)
        nobody = Diarization((), (), again.duration)
        record = attribute.record(heard.language, heard.words, nobody)
        found = [m for m in mentions.find(meeting, record) if m.tier in {Tier.A, Tier.B}]
        assert found == []


def test_what_is_not_published_holds_no_words_either(job: Job) -> None:
    names = [n for p in read(job.meeting_toml).participants for n in p.names]
    sinks = [p for p in job.data.iterdir() if p.is_file()]
    if job.folder.log.exists():
        sinks.append(job.folder.log)
    assert sinks
    for sink in sinks:
        content = sink.read_bytes()
        assert not [n for n in names if n.encode() in content], sink.name
        assert job.recording.name.encode() not in content


def test_running_again_does_nothing_again(telephone: Job) -> None:
    before = telephone.folder.manifest()
    run(
        telephone.recording,
        telephone.meeting_toml,
        telephone.data,
        lambda: telephone.engines,
        lambda *_: None,
    )
    assert telephone.folder.manifest() == before
    assert {stage["finishes"] for stage in before["stages"].values()} == {1}


_NO_NETWORK = """
import ctypes, os, struct

def instruction(code, true, false, value):
    return struct.pack("HBBI", code, true, false, value)

LOAD, EQUAL, RETURN, ALLOW, KILL = 0x20, 0x15, 0x06, 0x7FFF0000, 0x80000000
program = b"".join((
    instruction(LOAD, 0, 0, 0),            # the number of the system call
    instruction(EQUAL, 0, 6, 41),          # socket(...) on x86-64
    instruction(LOAD, 0, 0, 16),           # its first argument, the family
    instruction(EQUAL, 5, 0, 2),           # AF_INET: killed
    instruction(EQUAL, 0, 3, 10),          # AF_INET6:
    instruction(LOAD, 0, 0, 24),           # its second argument
    instruction(0x54, 0, 0, 15),           # without flags
    instruction(EQUAL, 1, 0, 2),           # datagrams (looking up a name): killed; a stream is a probe for IPv6
    instruction(RETURN, 0, 0, ALLOW),
    instruction(RETURN, 0, 0, KILL),
))
buffer = ctypes.create_string_buffer(program)
class Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("program", ctypes.c_void_p)]
filter_ = Filter(len(program) // 8, ctypes.addressof(buffer))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0      # no new privileges
assert libc.prctl(22, 2, ctypes.byref(filter_), 0, 0) == 0, os.strerror(ctypes.get_errno())
"""
"""From here on the kernel kills the process if it, or native code in any of its threads, opens an internet socket."""

_RUN = _NO_NETWORK + "from pipeline.cli import main; main()"
_TALK = _NO_NETWORK + "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)"
_LINGER = (
    _NO_NETWORK
    + """
import time
import numpy as np
import speakers
import faster_whisper.vad
faster_whisper.vad.get_vad_model()(np.zeros(512 * 60, dtype=np.float32))
time.sleep(15)
"""
)


def _python(program: str, *arguments: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
        env={k: v for k, v in os.environ.items() if k not in QUIET} | ({"HOME": str(home)} if home else {}),
    )


def test_a_run_and_a_release_open_no_internet_socket(
    telephone: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHUZI_CORRECTION_DAYS", "0")
    done = _python(_RUN, "run", str(telephone.recording), "--data", str(tmp_path), "--json")
    assert done.returncode == 0, done.stderr[-2000:]
    answer = json.loads(done.stdout)
    assert answer["state"] == "awaiting review"
    options = ("--data", str(tmp_path), "--json")
    reviewed = _python(_RUN, "review", answer["id"], "--accept", "proposed", "--reviewer", "R", *options)
    assert reviewed.returncode == 0, reviewed.stderr[-2000:]
    released = _python(_RUN, "release", answer["id"], *options)
    assert released.returncode == 0, released.stderr[-2000:]


def test_an_engine_that_is_left_running_does_not_talk_either(tmp_path: Path) -> None:
    """onnxruntime's collector would note the machine in the user's cache, and wake up ten seconds later."""
    assert _python(_LINGER, home=tmp_path).returncode == 0
    assert not [p for p in tmp_path.rglob("*") if "onnx" in p.name or "Microsoft" in p.name]


def test_the_kernel_would_have_told() -> None:
    assert _python(_TALK).returncode == -signal.SIGSYS

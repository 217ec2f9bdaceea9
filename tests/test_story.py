"""From file to published record with the real models: the story that the README tells."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.rates import cp_error_rate, diarization_error_rate, tokens
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
from speakers import attribute, record_json, sound
from speakers.record import Diarization, Millis

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


def _hypothesis(job: Job) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    for statement in review.draft_of(job.folder).record.statements:
        said.setdefault(statement.speaker, []).extend(tokens(statement.text))
    return said


def test_the_telephone_conversation_is_heard(telephone: Job) -> None:
    reference: dict[str, list[str]] = {}
    for line in telephone.recording.with_suffix(".stm").read_text().splitlines():
        _, _, speaker, _, _, text = line.split(maxsplit=5)
        reference.setdefault(speaker, []).extend(tokens(text))
    assert cp_error_rate(reference, _hypothesis(telephone)) <= 0.25


def test_the_meeting_is_heard(collab: Job) -> None:
    reference: dict[str, list[str]] = {}
    for segment in json.loads((EXAMPLES / "zhtw_collab.seglst.json").read_text(encoding="utf-8")):
        reference.setdefault(segment["speaker"], []).extend(tokens(segment["words"]))
    assert cp_error_rate(reference, _hypothesis(collab)) <= 0.40


def test_turns_are_right(job: Job) -> None:
    heard = record_json.parse_diarization((job.folder.root / "30-turns.json").read_bytes())
    assert diarization_error_rate(job.recording.with_suffix(".rttm"), heard) <= 0.10


def test_every_format_is_published_under_labels(job: Job) -> None:
    public = job.folder.public
    endings = sorted(p.name.split(".", 1)[1] for p in public.iterdir())
    assert endings == ["an.xml", "json", "md", "mp3", "txt", "vtt"]
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
    samples = sound.samples_of(tmp_path / "again.wav")
    # Without and with the names as a hint: a listener who expects a name hears it sooner.
    names = tuple(name for p in meeting.protected for name in p.names)
    for hint in ((), names):
        heard = job.engines.transcriber()(samples, meeting.language, hint, lambda *_: None)
        nobody = Diarization((), (), Millis(len(samples) // 16))
        again = attribute.record(heard.language, heard.words, nobody)
        found = [m for m in mentions.find(meeting, again) if m.tier in {Tier.A, Tier.B}]
        assert found == []


def test_what_is_not_published_holds_no_words_either(job: Job) -> None:
    names = [n for p in read(job.meeting_toml).participants for n in p.names]
    sinks = [p for p in job.data.iterdir() if p.is_file()]
    if job.folder.log.exists():
        sinks.append(job.folder.log)
    assert any(p.name == "jobs.sqlite" for p in sinks)
    for sink in sinks:
        content = sink.read_bytes()
        assert not [n for n in names if n.encode() in content], sink.name
        assert job.recording.name.encode() not in content
    with sqlite3.connect(job.data / "jobs.sqlite") as database:
        assert database.execute("select count(*) from workflow_status").fetchone()[0] == 1
    database.close()


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
import socket, sys
def refuse(self, address, *rest):
    if self.family != socket.AF_UNIX:
        print("CONNECTS", address, file=sys.stderr)
        raise OSError("no network in this test")
socket.socket.connect = refuse
socket.socket.connect_ex = refuse
def unresolved(*a, **k):
    print("RESOLVES", a[:1], file=sys.stderr)
    raise OSError("no network in this test")
socket.getaddrinfo = unresolved
from pipeline.cli import main
main()
"""


def test_a_run_needs_no_network_and_asks_for_none(telephone: Job, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            _NO_NETWORK,
            "run",
            str(telephone.recording),
            "--data",
            str(tmp_path),
            "--json",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "CONNECTS" not in done.stderr
    assert "RESOLVES" not in done.stderr
    assert json.loads(done.stdout)["state"] == "awaiting review"

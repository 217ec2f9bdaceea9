"""Kill it anywhere: the next run goes on, nothing is lost, and what was finished is not done again."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.folder import MeetingFolder, meetings
from pipeline.review import accept_proposed, draft_of, standing
from pipeline.run import WORDS
from speakers.error import StageError
from tests.conftest import ROOT, SECRETS, finishes
from tests.engines import scripted
from tests.engines.crashing import CrashingDiarizer, CrashingTranscriber
from tests.engines.scripted import publish

Start = Callable[..., "subprocess.Popen[str]"]
Hear = Callable[..., MeetingFolder]
STAGES = ("decode", "transcribe", "diarize", "attribute")
ONCE = dict.fromkeys(STAGES, 1)


def kill_at(process: subprocess.Popen[str]) -> None:
    """Wait until a worker says that it is where we want it, then kill it."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if line != "reached\n":
        pytest.fail(f"{line!r}: {process.communicate()[1]}")
    process.send_signal(signal.SIGKILL)
    process.wait()


def ended(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")
    return out


PLACES = [f"within:{stage}" for stage in STAGES] + [f"unnoted:{stage}" for stage in STAGES]


@pytest.mark.parametrize("place", ["copy", *PLACES])
def test_a_killed_run_goes_on_where_it_was(
    start: Start, hear: Hear, recording: Path, data: Path, calls: Path, place: str
) -> None:
    content = recording.read_bytes()
    kill_at(start("run", recording, recording.with_name("meeting.toml"), place))
    before = {}
    if place != "copy":
        (folder,) = meetings(data)
        before = {p: p.stat().st_mtime_ns for p in folder.root.glob("[1-4]0-*")}
        unnoted = place.startswith("unnoted:")
        assert len(before) == STAGES.index(place.partition(":")[2]) + unnoted
        if unnoted:  # the manifest did not hear of the last one, so only that one is made again
            before.popitem() if len(before) == 1 else before.pop(max(before))
    folder = hear()
    assert finishes(folder) == ONCE
    assert {p: p.stat().st_mtime_ns for p in before} == before
    assert folder.original.read_bytes() == content == recording.read_bytes()
    again = {"unnoted:transcribe": "transcribe", "unnoted:diarize": "diarize"}.get(place)
    assert sorted(calls.read_text().split()) == sorted(["transcribe", "diarize", *([again] if again else [])])
    assert standing(folder) == "awaiting review"
    assert [p.name for p in folder.root.rglob("*.part") if "manifest" not in p.name] == []


def test_a_checkpoint_is_not_believed_without_its_file(
    start: Start, hear: Hear, recording: Path, data: Path, calls: Path
) -> None:
    kill_at(start("run", recording, recording.with_name("meeting.toml"), "within:diarize"))
    (folder,) = meetings(data)
    (folder.root / WORDS).unlink()
    hear()
    assert finishes(folder) == ONCE | {"transcribe": 2}


def test_a_change_after_a_kill_makes_anew_what_depends_on_it(
    start: Start, hear: Hear, recording: Path, data: Path
) -> None:
    toml = recording.with_name("meeting.toml")
    kill_at(start("run", recording, toml, "within:diarize"))
    toml.write_text(toml.read_text("utf-8").replace("附議", "動議"), encoding="utf-8")
    assert finishes(hear()) == ONCE | {"transcribe": 2}


def test_two_processes_do_the_work_once(start: Start, recording: Path, data: Path, calls: Path) -> None:
    toml = recording.with_name("meeting.toml")
    first = start("run", recording, toml, "within:diarize")
    assert first.stdout is not None
    assert first.stdout.readline() == "reached\n"
    second = start("run", recording, toml)
    assert second.stdout is not None
    assert second.stdout.readline() == "wait\n"
    first.kill()
    out = ended(second)
    (folder,) = meetings(data)
    assert out == f"done {folder.id}\n"
    assert finishes(folder) == ONCE
    assert sorted(calls.read_text().split()) == ["diarize", "transcribe"]


def test_two_processes_at_once_both_succeed(start: Start, recording: Path, data: Path, calls: Path) -> None:
    both = [start("run", recording, recording.with_name("meeting.toml")) for _ in range(2)]
    for process in both:
        assert "done" in ended(process)
    (folder,) = meetings(data)
    assert finishes(folder) == ONCE
    assert sorted(calls.read_text().split()) == ["diarize", "transcribe"]


@pytest.mark.parametrize("place", ["writing", "unswapped", "swapping", "swapped"])
@pytest.mark.parametrize("released_before", [False, True])
def test_a_killed_release_leaves_public_absent_or_complete(
    start: Start, approved: MeetingFolder, data: Path, place: str, released_before: bool
) -> None:
    from output import manifest

    if released_before:
        publish(approved)
    content = approved.original.read_bytes()
    kill_at(start("release", approved.id, "-", place))
    if approved.public.exists():
        assert not manifest.verify(approved.public)
    assert approved.public.exists() is (place == "swapped" or (released_before and place != "swapping"))
    ledger = approved.ledger.read_bytes()
    publish(approved)
    assert not manifest.verify(approved.public)
    assert standing(approved) == "released"
    assert not (approved.root / ".public.part").exists()
    kept = list((approved.root / "withdrawn").iterdir()) if (approved.root / "withdrawn").exists() else []
    assert len(kept) == released_before + (place == "swapped")
    assert not any(manifest.verify(folder) for folder in kept)
    assert approved.original.read_bytes() == content
    assert approved.ledger.read_bytes().startswith(ledger)


def test_control_c_stops_at_once_and_the_next_run_goes_on(
    hear: Hear, recording: Path, data: Path, calls: Path
) -> None:
    program = (
        "import signal, sys; from pathlib import Path; import pipeline.engines; from pipeline import cli;"
        # Whoever runs the tests in the background may have had Ctrl-C ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from tests.engines import scripted, worker; worker._stop_at('within:diarize');"
        "calls = Path(sys.argv.pop());"
        "pipeline.engines.engines = lambda _: scripted.engines(calls); cli.main()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, "run", recording, "--data", data, calls],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "reached\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err.splitlines()[-1] == "Stopped. What is finished stays; run the same command to go on."
    assert "Traceback" not in err
    process.stdout.close()
    assert finishes(hear()) == ONCE


class _OddError(Exception):
    """An error whose message holds what nobody may read."""


@pytest.mark.parametrize(
    "kind", [_OddError, RuntimeError, OSError, SystemExit, KeyboardInterrupt, MemoryError]
)
@pytest.mark.parametrize("stage", ["transcribe", "diarize"])
def test_a_crash_is_one_line_and_tells_no_secret(
    hear: Hear, data: Path, capfd: pytest.CaptureFixture[str], kind: type[BaseException], stage: str
) -> None:
    secret = SECRETS[0]

    def error() -> BaseException:
        cause = kind(f"inner {secret}")
        crash = kind(f"could not hear {secret}")
        crash.__cause__ = cause
        crash.add_note(secret)
        return crash

    engines = (
        scripted.engines(transcriber=CrashingTranscriber(error))
        if stage == "transcribe"
        else scripted.engines(diarizer=CrashingDiarizer(error))
    )
    with pytest.raises(StageError) as caught:
        hear(engines=engines)
    (folder,) = meetings(data)
    assert caught.value.exit_code == 13
    assert caught.value.what == f"Stage {stage} of meeting {folder.id} failed ({kind.__name__})."
    assert str(folder.log) in caught.value.cure
    assert f"stage {stage}: {kind.__name__}" in folder.log.read_text("utf-8")
    assert "crashing.py" in folder.log.read_text("utf-8")
    assert capfd.readouterr() == ("", "")
    private = {folder.root / "meeting.toml", folder.root / WORDS}
    for path in (p for p in data.rglob("*") if p.is_file() and p not in private):
        found = [s for s in SECRETS if s.encode() in path.read_bytes()]
        assert not found, f"{path.name} holds {found}"


def test_a_crash_is_still_told_when_the_log_cannot_be_written(
    hear: Hear, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MeetingFolder, "log", property(lambda self: self.root / "no such folder" / "job.log"))
    with pytest.raises(StageError, match="Stage diarize"):
        hear(engines=scripted.engines(diarizer=CrashingDiarizer(lambda: RuntimeError(SECRETS[0]))))


@pytest.mark.parametrize("name", ["with space", "100%41", "what?x=1", "a#b", "會議 資料", "-dash", "file:x"])
def test_any_data_directory_will_do(
    hear: Hear, recording: Path, tmp_path: Path, calls: Path, name: str
) -> None:
    from pipeline.run import run
    from tests.conftest import silent_report

    data = tmp_path / name
    folder = run(recording, None, data, lambda: scripted.engines(calls), silent_report)
    assert finishes(folder) == ONCE
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        [name, f"{name}-register", "calls.txt", "dropped"]
    )


def test_a_job_reaches_for_no_network(hear: Hear, monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    tried: list[object] = []

    def refuse(self: socket.socket, address: Any) -> None:
        tried.append(address)
        raise OSError("no network here")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **_: tried.append(a) or [])
    monkeypatch.setenv("DBOS__CLOUD", "true")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://192.0.2.1:4318")
    monkeypatch.setenv("DBOS_CONDUCTOR_KEY", "key")
    folder = hear()
    accept_proposed(folder, "Reviewer")
    publish(folder)
    assert draft_of(folder).approvals
    assert tried == []

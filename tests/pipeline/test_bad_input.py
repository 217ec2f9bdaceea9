"""Whatever is wrong is one line with a cure and an exit code; nothing is half done, and nothing is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import wave
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from click.testing import Result

from pipeline.folder import MeetingFolder, meetings
from speakers.error import (
    MeetingError,
    NotFoundError,
    RecordError,
    RecordingError,
    StorageError,
)
from tests.conftest import MEETING, ROOT, SECRETS, assert_told, one_object, write_wave

Zhuzi = Callable[..., Result]


def mp4(path: Path, seconds: int, *, faststart: bool) -> bytes:
    """An MP4 with noise in it."""
    options = {"movflags": "faststart"} if faststart else {}
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream("aac", rate=16_000, layout="mono")
        noise = np.random.default_rng(2).uniform(-0.2, 0.2, (1, 16_000)).astype(np.float32)
        for second in range(seconds):
            frame = av.AudioFrame.from_ndarray(noise, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 16_000, second * 16_000
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path.read_bytes()


def _empty(path: Path) -> Path:
    path.write_bytes(b"")
    return path


def _text(path: Path) -> Path:
    path.write_text("這不是錄音\n" * 100, encoding="utf-8")
    return path


def _cut_index(path: Path) -> Path:
    whole = mp4(path.with_suffix(".mp4"), 8, faststart=False)
    path.with_suffix(".mp4").write_bytes(whole[: len(whole) // 2])
    return path.with_suffix(".mp4")


def _picture(path: Path) -> Path:
    with av.open(str(path.with_suffix(".mp4")), "w") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width = stream.height = 32
        frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path.with_suffix(".mp4")


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


NOT_TAKEN: dict[str, tuple[Callable[[Path], Path], str]] = {
    "empty": (_empty, "is empty"),
    "text": (_text, "is no audio or video file"),
    "an index that is cut off": (_cut_index, "is no audio or video file"),
    "no sound track": (_picture, "has no sound track"),
    "a folder": (_folder, "is a folder"),
    "missing": (lambda path: path, "There is no file"),
    "a pipe": (_pipe, "is empty"),
}


@pytest.mark.parametrize(("make", "says"), NOT_TAKEN.values(), ids=NOT_TAKEN)
@pytest.mark.parametrize("json", [(), ("--json",)], ids=["", "json"])
def test_what_is_no_recording_is_not_taken(
    zhuzi: Zhuzi, tmp_path: Path, data: Path, make: Callable[[Path], Path], says: str, json: tuple[str, ...]
) -> None:
    path = make(tmp_path / "x.wav")
    content = path.read_bytes() if path.is_file() else b""
    for verb in ("run", "new"):
        result = zhuzi(verb, path, *json)
        assert_told(result, RecordingError, says)
        if json:
            assert one_object(result.stdout)["exit_code"] == 3
        else:
            assert result.stdout == ""
    assert not data.exists()
    assert not (tmp_path / "meeting.toml").exists()
    assert content == (path.read_bytes() if path.is_file() else b"")


def _there(folder: MeetingFolder) -> list[str]:
    """What a meeting's folder holds besides locks."""
    return sorted(p.name for p in folder.root.iterdir() if p.suffix != ".lock")


def test_what_breaks_off_is_kept_and_told(zhuzi: Zhuzi, tmp_path: Path, data: Path) -> None:
    path = tmp_path / "cut.mp4"
    whole = mp4(path, 30, faststart=True)
    path.write_bytes(whole[: len(whole) * 2 // 3])
    result = zhuzi("run", path)
    assert_told(result, RecordingError, "breaks off at")
    (folder,) = meetings(data)
    assert folder.original.read_bytes() == path.read_bytes()
    assert _there(folder) == ["manifest.json", "original"]
    assert "interrupted in decode" in zhuzi("status").stdout


def test_silence_is_told(zhuzi: Zhuzi, tmp_path: Path, data: Path) -> None:
    assert_told(zhuzi("run", write_wave(tmp_path / "x.wav", volume=0.0)), RecordingError, "holds no sound")
    (folder,) = meetings(data)
    assert _there(folder) == ["manifest.json", "original"]


@pytest.mark.parametrize(
    "name",
    ["會議 錄音.wav", "with  spaces .wav", "12:30.wav", "file:x.wav", "concat:a|b.wav", "x" * 251 + ".wav",
     "noending", "a.b.c.WAV", "'quotes\".wav", "%s%n.wav", "new\nline.wav", "\x1b[31mred.wav", "[red]x.wav",
     os.fsdecode(b"\xff\xfe.wav")],
)  # fmt: skip
def test_any_file_name_will_do(
    zhuzi: Zhuzi, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_wave(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    result = zhuzi("run", "--json", name)
    assert result.exit_code == 0, result.output
    assert one_object(result.stdout)["state"] == "awaiting review"
    path.write_bytes(b"text")
    assert_told(zhuzi("run", name), RecordingError)
    assert one_object(zhuzi("run", "--json", name).stdout)["exit_code"] == 3


def test_a_name_with_a_dash_in_front_is_a_file_behind_two_dashes(
    zhuzi: Zhuzi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_wave(tmp_path / "-x.wav")
    monkeypatch.chdir(tmp_path)
    assert zhuzi("run", "--", "-x.wav").exit_code == 0
    assert zhuzi("run", "-x.wav").exit_code == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b'titel = "x"', "Did you mean"),
        (b"date = 2024-13-01", "not valid TOML (line 1)"),
        (b'title = "\n', "not valid TOML (line 1)"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b'[[participants]]\nname = "x"\nheard_at = "14"', "is no moment"),
        (
            MEETING.encode() + b'[[participants]]\nname = "\xe8\x94\xa1\xe4\xbd\xa9\xe7\x8f\x8a"',
            "2 and 4 have the same",
        ),
    ],
)
def test_a_bad_meeting_toml_stops_before_anything_is_taken(
    zhuzi: Zhuzi, recording: Path, data: Path, text: bytes, says: str
) -> None:
    recording.with_name("meeting.toml").write_bytes(text)
    for extra in ((), ("--meeting", recording.with_name("meeting.toml"))):
        result = zhuzi("run", recording, *extra)
        assert_told(result, MeetingError, says)
        assert not [name for name in SECRETS if name in result.output]
    assert not data.exists()


def test_a_meeting_toml_that_is_not_there(zhuzi: Zhuzi, recording: Path, data: Path) -> None:
    for path in ("none.toml", recording.parent):
        assert_told(zhuzi("run", recording, "--meeting", path), MeetingError, "cannot be read")
        assert_told(zhuzi("scan", recording, "--meeting", path), MeetingError, "cannot be read")
    assert not data.exists()


@pytest.mark.parametrize("verb", ["review", "show", "release", "status"])
def test_an_unknown_meeting(zhuzi: Zhuzi, job: MeetingFolder, verb: str) -> None:
    who = ("--reviewer", "R") if verb == "review" else ()
    for meeting_id in ("000000000000", "abc", "../../etc", "蔡佩珊", "x" * 5000, *([""] if who else [])):
        result = zhuzi(verb, meeting_id, *who, "--json")
        assert_told(result, NotFoundError, "zhuzi status")
        assert one_object(result.stdout)["exit_code"] == 8


@pytest.mark.parametrize("below", [False, True])
def test_a_data_directory_that_is_a_file(zhuzi: Zhuzi, recording: Path, data: Path, below: bool) -> None:
    data.write_bytes(b"mine")
    place = data / "below" if below else data
    for arguments in (("run", recording), ("status",), ("doctor",), ("show", "abcd")):
        assert_told(zhuzi(*arguments, "--data", place), StorageError, "Choose another with --data")
    assert data.read_bytes() == b"mine"


def test_somebody_who_may_not_read_or_write(tmp_path: Path, recording: Path) -> None:
    """As another user, because root may do everything."""
    if os.getuid() != 0:
        pytest.skip("only root can become somebody else")
    for folder in (recording.parent, *recording.parents):
        if folder.stat().st_mode & 0o005 != 0o005 and Path(tempfile.gettempdir()) in folder.parents:
            folder.chmod(0o755)
    home = tmp_path / "home"
    home.mkdir()
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    program = (
        "import os, encodings.utf_8_sig; import pipeline.engines; from pipeline import cli, progress, run, status;"
        "from tests.engines import scripted;"
        "pipeline.engines.engines = lambda _: scripted.engines();"
        "cli.settings();"  # imports what it needs, while it still may
        "os.setgroups([]); os.setgid(65534); os.setuid(65534); cli.main()"
    )

    def as_nobody(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", program, *map(str, arguments)],
            cwd=ROOT,
            env={"HOME": str(home), "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )

    refused = as_nobody("run", recording, "--data", data)
    assert refused.returncode == StorageError.exit_code, refused.stderr
    assert list(data.iterdir()) == []
    assert refused.stderr.startswith(f"Error: {data} cannot be written (permission denied).")
    recording.chmod(0o000)
    unread = as_nobody("run", recording, "--data", home / "d")
    assert (unread.returncode, unread.stdout) == (RecordingError.exit_code, ""), unread.stderr
    assert (
        unread.stderr
        == "Error: meeting.wav may not be read. Allow it, for example with: chmod u+r 'meeting.wav'.\n"
    )
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    status = as_nobody("status", "--data", closed / "data")
    assert (status.returncode, status.stderr.count("\n")) == (StorageError.exit_code, 1)


@pytest.mark.parametrize("name", ["ZHUZI_APPROVERS", "ZHUZI_DEVICE"])
def test_a_setting_that_makes_no_sense(
    zhuzi: Zhuzi, approved: MeetingFolder, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "nonsense")
    for arguments in (("release", approved.id), ("status",), ("doctor",)):
        assert_told(zhuzi(*arguments), RecordError, name)
    assert not approved.public.exists()


def test_sound_that_is_too_short_for_words(zhuzi: Zhuzi, tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
    result = zhuzi("run", path)
    assert result.exit_code == RecordingError.exit_code
    assert_told(result, RecordingError)

"""A microphone for everybody, from files to the record: taken, aligned, told apart, named, and masked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result

from pipeline import meeting_toml, microphones, review
from pipeline.folder import MeetingFolder, meetings
from pipeline.run import SOUND, run
from speakers import sound
from speakers.error import MeetingError, NotReleasableError, RecordingError, StorageError
from speakers.sound import Sound
from tests.conftest import MEETING, SECRETS, finishes, one_object, silent_report
from tests.engines import scripted
from tests.microphones import later, said, write

Zhuzi = Callable[..., Result]

WITHOUT_MOMENTS = "\n".join(line for line in MEETING.splitlines() if not line.startswith("heard_at")) + "\n"
OWNED = (
    WITHOUT_MOMENTS
    + """
[[microphones]]
channel = 1
participant = "沈立言"

[[microphones]]
file = "mic-b.wav"
participant = "佩珊"

[[microphones]]
file = "mic-c.wav"
participant = "林志明"
"""
)
LATER_MS = (0, 900, -700)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Three files of one meeting, each of another start, with a meeting.toml that says whose they are."""
    place = tmp_path / "dropped"
    place.mkdir()
    for name, heard, by_ms in zip(("a", "mic-b", "mic-c"), said(), LATER_MS, strict=True):
        write(place / f"{name}.wav", later(heard, by_ms))
    (place / "meeting.toml").write_text(OWNED, encoding="utf-8")
    return place


def turns_of(folder: MeetingFolder) -> list[tuple[str, int, int]]:
    record = review.draft_of(folder).record
    return [(t.speaker, t.span.start, t.span.end) for t in record.diarization.exclusive]


def assert_turns_as_said(folder: MeetingFolder) -> None:
    found = turns_of(folder)
    assert [who for who, *_ in found] == [who for who, *_ in scripted.SAID]
    for (_, start, end), (_, begins, ends, _) in zip(found, scripted.SAID, strict=True):
        assert (start, end) == (pytest.approx(begins, abs=120), pytest.approx(ends, abs=120))


def test_everybody_is_named_by_their_microphone_and_no_voice_is_guessed(
    zhuzi: Zhuzi, place: Path, calls: Path
) -> None:
    result = zhuzi("run", place / "a.wav", "--json")
    assert result.exit_code == 0, result.output
    answer = one_object(result.stdout)
    folder = MeetingFolder(Path(answer["folder"]))
    assert_turns_as_said(folder)
    assert "diarize" not in calls.read_text(encoding="utf-8").split()  # nobody was told apart by ear
    draft = review.draft_of(folder)
    assert [draft.namings.person(v) for v in ("S1", "S2", "S3")] == ["p1", "p2", "p3"]
    assert all(link.confirmed for link in draft.namings.links)
    assert any("Microphone 1 begins 900 ms after the recording" in note for note in answer["notes"])
    assert list(finishes(folder)) == [
        "align", "attribute", "compare", "decode", "diarize", "tracks", "transcribe",
    ]  # fmt: skip


def test_every_microphone_is_kept_as_it_was_and_told_by_no_name(zhuzi: Zhuzi, place: Path) -> None:
    before = {p.name: p.read_bytes() for p in place.iterdir()}
    folder = MeetingFolder(Path(one_object(zhuzi("run", place / "a.wav", "--json").stdout)["folder"]))
    assert {p.name: p.read_bytes() for p in place.iterdir()} == before
    kept = sorted((folder.root / "original").iterdir())
    assert sorted(p.read_bytes() for p in kept) == sorted(v for n, v in before.items() if n.endswith(".wav"))
    assert not [p for p in kept if "mic-" in p.name or p.stat().st_mode & 0o222]
    manifest = (folder.root / "manifest.json").read_text(encoding="utf-8")
    assert not [name for name in (*SECRETS, "mic-b") if name in manifest]


def test_a_second_run_does_nothing_and_another_microphone_does_it_anew(zhuzi: Zhuzi, place: Path) -> None:
    folder = MeetingFolder(Path(one_object(zhuzi("run", place / "a.wav", "--json").stdout)["folder"]))
    once = finishes(folder)
    zhuzi("run", place / "a.wav")
    assert finishes(folder) == once
    write(place / "mic-c.wav", later(said(leak_db=-18)[2], -300))
    zhuzi("run", place / "a.wav")
    assert finishes(folder)["align"] == finishes(folder)["tracks"] == 2
    assert_turns_as_said(folder)


def test_files_given_by_option_are_heard_inside_because_nobody_said_whose_they_are(
    zhuzi: Zhuzi, place: Path, calls: Path
) -> None:
    (place / "meeting.toml").write_text(WITHOUT_MOMENTS, encoding="utf-8")
    options = ("--microphone", place / "mic-b.wav", "--microphone", place / "mic-c.wav")
    result = zhuzi("run", place / "a.wav", *options, "--json")
    assert result.exit_code == 0, result.output
    assert calls.read_text(encoding="utf-8").split().count("diarize") == 3
    assert not review.draft_of(MeetingFolder(Path(one_object(result.stdout)["folder"]))).namings.conflicts


def test_channels_that_are_microphones_are_found_told_and_may_be_refused(
    zhuzi: Zhuzi, tmp_path: Path, calls: Path
) -> None:
    path = write(tmp_path / "many.wav", said())
    toml = tmp_path / "many.toml"
    toml.write_text(WITHOUT_MOMENTS, encoding="utf-8")
    answer = one_object(zhuzi("run", path, "--json").stdout)
    assert any('channels = "mixed"' in note for note in answer["notes"])
    folder = MeetingFolder(Path(answer["folder"]))
    assert "tracks" in finishes(folder)
    toml.write_text('channels = "mixed"\n' + WITHOUT_MOMENTS, encoding="utf-8")
    before = calls.read_text(encoding="utf-8").split().count("diarize")
    again = one_object(zhuzi("run", path, "--json").stdout)
    assert (again["id"], again["notes"]) == (answer["id"], [])
    assert calls.read_text(encoding="utf-8").split().count("diarize") == before + 1  # by ear, once


def test_a_channel_with_a_participant_names_them(zhuzi: Zhuzi, tmp_path: Path) -> None:
    path = write(tmp_path / "many.wav", said())
    blocks = "".join(
        f'\n[[microphones]]\nchannel = {n}\nparticipant = "{name}"\n'
        for n, name in enumerate(("沈立言", "蔡佩珊", "林志明"), start=1)
    )
    (tmp_path / "many.toml").write_text(WITHOUT_MOMENTS + blocks, encoding="utf-8")
    folder = MeetingFolder(Path(one_object(zhuzi("run", path, "--json").stdout)["folder"]))
    assert_turns_as_said(folder)
    assert [review.draft_of(folder).namings.person(v) for v in ("S1", "S2", "S3")] == ["p1", "p2", "p3"]


def test_who_is_hidden_is_hidden_in_every_microphone(zhuzi: Zhuzi, place: Path, data: Path) -> None:
    folder = MeetingFolder(Path(one_object(zhuzi("run", place / "a.wav", "--json").stdout)["folder"]))
    review.accept_proposed(folder, "Reviewer")
    released = scripted.publish(folder)
    assert released.sound.allowed
    (published,) = folder.public.glob("*.mp3")
    sound.decode(sound.look(published), data / "out.wav", lambda *_: None)
    out, mix = Sound(data / "out.wav")[:], Sound(folder.root / SOUND)[:]
    kept = slice(int(0.4 * 16_000), int(1.9 * 16_000))
    assert correlation(mix[kept], out, kept) > 0.8
    hidden = slice(int(2.8 * 16_000), int(4.4 * 16_000))  # what p2 says
    for heard in (mix, *said()):
        assert correlation(heard[hidden], out, hidden) < 0.1


def correlation(wanted: np.ndarray, whole: np.ndarray, at: slice) -> float:
    """The largest within 100 ms: MP3 is some frames late."""
    shifts = range(0, 1_600)
    best = 0.0
    for shift in shifts:
        there = whole[at.start + shift : at.stop + shift]
        best = max(best, abs(float(np.corrcoef(wanted[: len(there)], there)[0, 1])))
    return best


def test_a_release_is_refused_when_a_microphone_changed_on_disk(zhuzi: Zhuzi, place: Path) -> None:
    folder = MeetingFolder(Path(one_object(zhuzi("run", place / "a.wav", "--json").stdout)["folder"]))
    review.accept_proposed(folder, "Reviewer")
    kept = microphones.originals(folder)[0]
    kept.chmod(0o600)
    kept.write_bytes(kept.read_bytes()[:-2] + b"\1\1")
    with pytest.raises(StorageError, match="microphone is not what was transcribed"):
        scripted.publish(folder)
    assert not folder.public.exists()


def test_other_microphones_than_were_heard_name_nobody_and_publish_nothing(zhuzi: Zhuzi, place: Path) -> None:
    folder = MeetingFolder(Path(one_object(zhuzi("run", place / "a.wav", "--json").stdout)["folder"]))
    review.accept_proposed(folder, "Reviewer")
    folder.note(microphones=folder.manifest()["microphones"][::-1])  # as after a run that was killed
    assert not [
        n
        for n in review.draft_of(folder).namings.links
        if n.confirmed and n.participant_id == "p3" and n.speaker == "S2"
    ]
    with pytest.raises(NotReleasableError):
        scripted.publish(folder)


def test_a_file_of_another_meeting_stops_the_run_and_loses_nothing(
    zhuzi: Zhuzi, place: Path, data: Path
) -> None:
    write(place / "mic-c.wav", np.random.default_rng(8).uniform(-0.5, 0.5, 16_000 * 9))
    result = zhuzi("run", place / "a.wav")
    assert result.exit_code == RecordingError.exit_code
    assert "Microphone 2" in result.stderr
    assert "run without this one" in result.stderr
    assert len(list((data / "meetings").glob("*/original/*.wav"))) == 3


def test_a_file_that_is_not_there_is_told_by_its_number(place: Path, data: Path) -> None:
    (place / "mic-b.wav").unlink()
    with pytest.raises(MeetingError, match="microphone 1 is not there") as refused:
        run(place / "a.wav", None, data, scripted.engines, silent_report)
    assert "mic-b" not in refused.value.what
    assert not meetings(data)


def test_a_channel_that_is_not_there(zhuzi: Zhuzi, tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", said()[0])
    (tmp_path / "a.toml").write_text("[[microphones]]\nchannel = 3\n", encoding="utf-8")
    result = zhuzi("run", path)
    assert result.exit_code == MeetingError.exit_code
    assert "1 channels, and none with the number 3" in result.stderr


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ("file = 'a.wav'\nchannel = 2", "neither a file nor a channel, or both"),
        ("participant = '沈立言'", "neither a file nor a channel, or both"),
        ("channel = 0", "no number from 1"),
        ("channel = true", "no number from 1"),
        ("file = 'a.wav'\npeople = 'two'", "no number from 1"),
        ("file = 'a.wav'\nparticipant = '王小明'", "none of the participants"),
        ("file = 'a.wav'\nparticipant = '沈立言'\npeople = 2", "several people speak"),
        ("file = 'a.wav'\nname = 'x'", "unknown key"),
    ],
)
def test_what_cannot_be_said_of_a_microphone(block: str, says: str) -> None:
    with pytest.raises(MeetingError, match=says) as refused:
        meeting_toml.parse(f"{MEETING}\n[[microphones]]\n{block}\n")
    assert not [name for name in (*SECRETS, "王小明") if name in str(refused.value)]


def test_whose_a_microphone_is_may_be_said_by_any_of_their_names() -> None:
    found = meeting_toml.parse(
        f"{MEETING}\n[[microphones]]\nfile = 'a.wav'\nparticipant = '毛毛媽'\n"
    ).microphones
    assert [(m.participant_id, m.shared) for m in found] == [("p2", False)]
    with pytest.raises(MeetingError, match="channels"):
        meeting_toml.parse('channels = "both"')


def test_the_recording_alone_is_heard_with_the_microphones_that_were_taken(zhuzi: Zhuzi, place: Path) -> None:
    folder = MeetingFolder(Path(one_object(zhuzi("run", place / "a.wav", "--json").stdout)["folder"]))
    once = finishes(folder)
    (place / "elsewhere").mkdir()
    alone = (place / "a.wav").rename(place / "elsewhere" / "a.wav")
    result = zhuzi("run", alone)
    assert result.exit_code == 0, result.output
    assert finishes(folder) == once


@pytest.mark.parametrize("content", [b"", b"RIFFno sound"])
def test_an_error_does_not_tell_what_a_microphone_is_called(
    zhuzi: Zhuzi, place: Path, content: bytes
) -> None:
    (place / "蔡佩珊.wav").write_bytes(content)
    (place / "meeting.toml").write_text(OWNED.replace("mic-b", "蔡佩珊"), encoding="utf-8")
    for options in ((), ("--microphone", place / "蔡佩珊.wav")):
        result = zhuzi("run", place / "a.wav", "--json", *options)
        assert result.exit_code == RecordingError.exit_code
        assert "microphone 1" in result.output
        assert "蔡佩珊" not in result.output


@pytest.mark.parametrize("twice", ["a", "mic-b"])
def test_a_file_is_nobody_elses_microphone_too(zhuzi: Zhuzi, place: Path, twice: str) -> None:
    (place / "meeting.toml").write_text(OWNED.replace("mic-c", twice), encoding="utf-8")
    result = zhuzi("run", place / "a.wav", "--json")
    assert (result.exit_code, "Microphone 2 is" in result.output) == (RecordingError.exit_code, True)

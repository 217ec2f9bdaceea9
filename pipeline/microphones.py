"""Microphones that were recorded for themselves: their files, their stages, and whose they are."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.digest import sha256_of
from pipeline.folder import MeetingFolder, Stage
from speakers import align, channels, microphones, sound, timeline, tracks
from speakers.diarize import Diarizer
from speakers.error import MeetingError, RecordingError, StorageError
from speakers.meeting import Meeting, Microphone
from speakers.mix import Beside
from speakers.record import Diarization, Millis, Span, clock, digest
from speakers.sound import Progress

ALIGNMENT, TRACKS, LEVELS = "05-alignment.json", "15-microphones.wav", "25-microphones.json"

ALIGN = "align"
"""The stage that brings files in step."""

_RESTORE = "Run the recording again, with its microphones: it is made anew."


@dataclass(frozen=True, slots=True)
class Setup:
    """Which tracks there are: the recording's channels, or the recording as one, and then the further files.

    Attributes:
        channels: of the recording that are microphones of their own; 1 where it is one track.
        tracks: (n_tracks,) what is known about each.
    """

    channels: int
    tracks: tuple[Microphone, ...]

    @property
    def several(self) -> bool:
        """Whether there is anything to compare."""
        return len(self.tracks) > 1


def files_of(meeting: Meeting, beside: Path | None, given: tuple[Path, ...]) -> tuple[Path, ...]:
    """The files of microphones: those that `meeting.toml` names, from where it lies, then those given besides.

    Raises:
        MeetingError: If one that is named is not there.
        RecordingError: If one is no recording.
    """
    named = named_by(meeting, beside)
    for number, path in enumerate((*named, *given), start=1):
        sound.look(path, f"microphone {number}")  # whose it is may stand in its name
    return (*named, *given)


def named_by(meeting: Meeting, beside: Path | None) -> tuple[Path, ...]:
    """The files of microphones that `meeting.toml` names, from where it lies.

    Raises:
        MeetingError: If one that is named is not there.
    """
    named = tuple((beside.parent if beside else Path()) / m.file for m in meeting.microphones if m.file)
    for number, path in enumerate(named, start=1):
        if not path.is_file():
            raise MeetingError(
                f"The file of microphone {number} is not there.",
                "Put it beside meeting.toml, or correct its name.",
            )
    return named


def compare_channels(folder: MeetingFolder) -> None:
    """Find out, once, whether the recording's channels are different microphones."""
    known = folder.manifest().get("channels", {})
    if known.get("version") == channels.VERSION:
        return
    try:
        found = channels.measure(folder.original)
    except (timeline.UNREADABLE, RecordingError):  # decoding says what is wrong with it
        return
    folder.note(channels={"version": channels.VERSION, **asdict(found)})


def setup_of(folder: MeetingFolder, meeting: Meeting) -> Setup:
    """Which microphones a meeting has.

    Raises:
        MeetingError: If a channel is named that the recording does not have.
    """
    manifest = folder.manifest()
    found = manifest.get("channels", {})
    named = {m.channel: m for m in meeting.microphones if m.channel}
    count = max(1, int(found.get("count", 1)))
    if named and max(named) > count:
        raise MeetingError(
            f"The recording has {count} channels, and none with the number {max(named)}.",
            "Correct the channels of the microphones.",
        )
    separate = meeting.channels == "separate" or bool(named and count > 1)
    if meeting.channels == "auto" and not named:
        separate = bool(found.get("separate"))
    own = count if separate and meeting.channels != "mixed" else 1
    yours = tuple(named.get(n, Microphone(channel=n)) for n in range(1, own + 1))
    described = [m for m in meeting.microphones if m.file]
    listed = manifest.get("microphones", [])
    others = (described[n] if n < len(described) else Microphone() for n in range(len(listed)))
    return Setup(own, (*yours, *others))


def notes(folder: MeetingFolder, meeting: Meeting) -> tuple[str, ...]:
    """What people should know about the recording and its microphones, each as a sentence."""
    told = tuple(said for stage, said in folder.notes() if stage != ALIGN or originals(folder))
    found = folder.manifest().get("channels", {})
    if meeting.channels != "auto" or any(m.channel for m in meeting.microphones) or not found.get("separate"):
        return told
    return (
        *told,
        f"The {found['count']} channels of the recording are different microphones, so who speaks is taken from them. "
        'If that is wrong, write channels = "mixed" into meeting.toml.',
    )


def originals(folder: MeetingFolder) -> tuple[Path, ...]:
    """The files of further microphones, in the folder."""
    return tuple(folder.root / "original" / str(m["file"]) for m in folder.manifest().get("microphones", []))


def beside(folder: MeetingFolder, *, verified: bool = False) -> tuple[Beside, ...]:
    """Further microphones, each in its place on the recording's clock.

    Args:
        folder: the meeting.
        verified: whether every byte is compared with what was taken.

    Raises:
        StorageError: If one is gone or damaged.
    """
    files = originals(folder)
    if not files:
        return ()
    try:
        entries = folder.manifest()["microphones"]
        path = folder.root / ALIGNMENT
        if verified and (
            sha256_of(path) != folder.manifest()["stages"][ALIGN]["sha256"]
            or any(sha256_of(f) != e["sha256"] for f, e in zip(files, entries, strict=True))
        ):
            raise StorageError("A microphone is not what was transcribed.", _RESTORE)
        places = json.loads(path.read_bytes())
        return tuple(
            Beside(f, float(p["offset_ms"]), float(p["drift_ppm"]))
            for f, p in zip(files, places, strict=True)
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StorageError("A microphone or its place is gone or damaged.", _RESTORE) from error


def taken(folder: MeetingFolder) -> tuple[str, ...]:
    """What the sound that models hear depends on besides the recording: contents and places of microphones."""
    manifest = folder.manifest()
    listed = [str(m["sha256"]) for m in manifest.get("microphones", [])]
    return (*listed, str(manifest["stages"].get(ALIGN, {}).get("sha256", ""))) if listed else ()


def align_stage(folder: MeetingFolder, progress: Progress) -> tuple[Stage, ...]:
    """Bring further files in step with the recording; no stage if there are none."""
    if not originals(folder):
        return ()

    def make(into: Path) -> tuple[str, ...]:
        places, notes = [], []
        with tempfile.TemporaryDirectory(dir=folder.root, prefix=".align.") as scratch:
            yours = _decoded(folder.original, Path(scratch) / "recording.wav", progress, silence=True)
            for number, file in enumerate(originals(folder), start=1):
                other = _decoded(file, Path(scratch) / "other.wav", progress, silence=False)
                place = align.align(yours, other, f"Microphone {number}")
                places.append(asdict(place))
                notes.append(_place_note(number, place))
        into.write_text(json.dumps(places, indent=1) + "\n", encoding="utf-8")
        return tuple(notes)

    def inputs() -> str:
        listed = folder.manifest().get("microphones", [])
        return digest(
            align.VERSION, folder.manifest()["recording"]["sha256"], *(str(m["sha256"]) for m in listed)
        )

    return (Stage(ALIGN, ALIGNMENT, inputs, make, after=()),)


def _decoded(file: Path, into: Path, progress: Progress, *, silence: bool) -> sound.Sound:
    sound.decode(sound.look(file), into, progress, silence=silence)
    return sound.Sound(into)


def _place_note(number: int, place: align.Alignment) -> str:
    offset = round(place.offset_ms)
    when = (
        f"{clock(abs(offset))} {'before' if offset < 0 else 'after'} the recording"
        if abs(offset) >= 1000
        else (f"{abs(offset)} ms {'before' if offset < 0 else 'after'} the recording")
    )
    if offset <= -1000:
        when += "; what it heard before that is left out"
    return f"Microphone {number} begins {when}; its clock differs by {abs(place.drift_ppm):.0f} millionths."


def _tracks_inputs(folder: MeetingFolder, setup: Setup) -> str:
    decoded = str(folder.manifest()["stages"].get("decode", {}).get("sha256", ""))
    return digest("tracks 1", decoded, str(setup.channels), *taken(folder))


def listen_stages(
    folder: MeetingFolder, setup: Setup, progress: Progress, result: Callable[[str], str]
) -> tuple[Stage, ...]:
    """A track for each microphone, and who is loud at which; no stages where there is only one."""
    if not setup.several:
        return ()

    def write(into: Path) -> None:
        tracks.write(folder.original, beside(folder), into, progress, channels=setup.channels > 1)

    def compare(into: Path) -> None:
        heard = tracks.Tracks(folder.root / TRACKS)
        duration = Millis(heard.length * 1000 // sound.SAMPLE_RATE_HZ)
        found = microphones.activity(heard.levels(), duration)
        into.write_text(json.dumps(asdict(found)) + "\n", encoding="utf-8")

    return (
        Stage(
            "tracks",
            TRACKS,
            lambda: _tracks_inputs(folder, setup),
            write,
            after=("decode",),
        ),
        Stage(
            "compare",
            LEVELS,
            lambda: digest(microphones.VERSION, result("tracks")),
            compare,
            after=("tracks",),
        ),
    )


def diarize(
    folder: MeetingFolder,
    setup: Setup,
    bounds: tuple[int | None, int | None],
    diarizer: Callable[[], Diarizer],
    progress: Progress,
) -> Diarization:
    """Who speaks when, by who is loud at which microphone."""
    return microphones.diarize(
        activity_of(folder),
        [m.shared for m in setup.tracks],
        tracks.Tracks(folder.root / TRACKS),
        inside=diarizer,
        bounds=bounds,
        progress=progress,
    )


def activity_of(folder: MeetingFolder) -> microphones.Activity:
    """What the `compare` stage found.

    Raises:
        StorageError: If it is damaged.
    """

    def spans(rows: list[list[dict[str, Any]]]) -> tuple[tuple[Span, ...], ...]:
        return tuple(tuple(Span(Millis(s["start"]), Millis(s["end"])) for s in row) for row in rows)

    try:
        values = json.loads((folder.root / LEVELS).read_bytes())
        return microphones.Activity(
            spans(values["overlapping"]), spans(values["exclusive"]), Millis(values["duration"])
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StorageError("An artifact is damaged.", "Run the recording again: it is made anew.") from error


def with_owners(folder: MeetingFolder, meeting: Meeting) -> Meeting:
    """The meeting, with a moment for everybody who had a microphone of their own, as if staff had typed it.

    That a microphone is somebody's is a human's word, like `heard_at`.
    """
    setup = setup_of(folder, meeting)
    if not setup.several or not any(m.participant_id for m in setup.tracks):
        return meeting
    if folder.manifest()["stages"].get("tracks", {}).get("inputs") != _tracks_inputs(folder, setup):
        return meeting  # other microphones than those that were heard: no name is better than a wrong one
    moment_of = partial(_moments, activity_of(folder), setup)
    return replace(
        meeting,
        participants=tuple(
            replace(p, heard_at=tuple(dict.fromkeys((*p.heard_at, *moment_of(p.id)))))
            for p in meeting.participants
        ),
    )


def _moments(heard: microphones.Activity, setup: Setup, participant_id: str) -> tuple[Millis, ...]:
    found = (
        heard.moment(number)
        for number, microphone in enumerate(setup.tracks[: len(heard.exclusive)])
        if microphone.participant_id == participant_id
    )
    return tuple(moment for moment in found if moment is not None)

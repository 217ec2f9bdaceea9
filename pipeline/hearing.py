"""The stages in which models hear a recording: what was said, and who speaks when.

A long recording is heard in sections (`speakers.sections`, `speakers.diarize.SectionDiarizer`), a stage for each, which
may be done at the same time and in any order; a last stage joins them. Sections are known once it is cut, parts once it
is decoded: until then a plan has the last stage alone, and it waits for one that is not there.
"""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline import microphones
from pipeline.engines import Engines
from pipeline.folder import MeetingFolder, Stage
from pipeline.jobs.order import STAGES
from pipeline.stages import said, section, whole
from speakers import record_json, sections, sound
from speakers.diarize import SectionDiarizer
from speakers.error import RecordingError, StorageError
from speakers.record import digest
from speakers.sections import Cut
from speakers.sound import Progress
from speakers.transcribe import SectionTranscriber, Transcript, joined_sections

CUT = "sections/cut.json"
"""Where the recording is cut, and where somebody speaks in each section."""

Report = Callable[[str, str, int, int], None]
"""As `pipeline.run.Report`."""

Bounds = Callable[[], tuple[int | None, int | None]]
"""Gives at least and at most how many voices there are."""


class Hearing:
    """The stages of one meeting.

    Args:
        folder: the meeting.
        engines: that hear it.
        report: told about progress.
        decoded: name of the file with its sound.
    """

    def __init__(self, folder: MeetingFolder, engines: Engines, report: Report, decoded: str) -> None:
        self._folder, self._engines, self._report = folder, engines, report
        self._decoded = folder.root / decoded

    def _result(self, *names: str) -> tuple[str, ...]:
        """Digests of stages' files."""
        stages = self._folder.manifest()["stages"]
        return tuple(str(stages.get(name, {}).get("sha256", "")) for name in names)

    def _progress(self, stage: str) -> Progress:
        return lambda step, completed, total: self._report(stage, step, completed, total)

    def words(self, language: str, vocabulary: tuple[str, ...], file: str) -> tuple[Stage, ...]:
        """Write down what was said.

        Args:
            language: "auto", "zh" or "en".
            vocabulary: what the recognizer should know.
            file: what the last stage makes.
        """
        if self._engines.in_sections is None:
            return (self._words_at_once(language, vocabulary, file),)
        engine = self._engines.in_sections

        def cut(into: Path) -> None:
            self._progress("cut")("cut", 0, 0)
            into.write_bytes(sections.serialize(engine().cut(self._sound(), language)))

        first = Stage(
            "cut",
            CUT,
            lambda: digest("cut 1", *self._result("decode"), self._engines.transcription, language),
            cut,
            model=True,
            after=("decode",),
        )
        if not self._folder.done(first):
            return (first, self._words_joined(file, (section("transcribe", 1),)))
        count = len(self._cut().sections)
        parts = tuple(self._words_of(engine, number, count, vocabulary) for number in range(count))
        return (first, *parts, self._words_joined(file, tuple(p.name for p in parts)))

    def _words_at_once(self, language: str, vocabulary: tuple[str, ...], file: str) -> Stage:
        def make(into: Path) -> None:
            engine = self._engines.transcriber()
            into.write_bytes(
                written(engine(self._sound(), language, vocabulary, self._progress("transcribe")))
            )

        def inputs() -> str:
            made_by = self._engines.transcription
            return digest("transcribe 1", *self._result("decode"), made_by, language, *vocabulary)

        return Stage("transcribe", file, inputs, make, model=True, after=("decode",))

    def _words_of(
        self, engine: Callable[[], SectionTranscriber], number: int, count: int, vocabulary: tuple[str, ...]
    ) -> Stage:
        def make(into: Path) -> None:
            progress = self._progress(said("transcribe", number + 1, count))
            heard = engine().read(self._sound(), self._cut(), number, vocabulary, progress)
            into.write_bytes(record_json.serialize(heard))

        def inputs() -> str:
            before = self._result("decode", "cut")
            return digest("read 1", *before, self._engines.transcription, str(number), *vocabulary)

        name = section("transcribe", number + 1)
        return Stage(name, _words_file(number), inputs, make, model=True, after=("cut",))

    def _words_joined(self, file: str, parts: tuple[str, ...]) -> Stage:
        def make(into: Path) -> None:
            cut = self._cut()
            heard = [
                record_json.parse_section((self._folder.root / _words_file(number)).read_bytes())
                for number in range(len(cut.sections))
            ]
            into.write_bytes(written(joined_sections(cut, heard)))

        def inputs() -> str:
            return digest("transcribe 2", *self._result("cut", *parts))

        return Stage("transcribe", file, inputs, make, after=("cut", *parts))

    def voices(self, setup: microphones.Setup, bounds: Bounds, file: str) -> tuple[Stage, ...]:
        """Tell the voices apart.

        Args:
            setup: which microphones there are.
            bounds: how many voices to expect.
            file: what the last stage makes.
        """
        engine = self._engines.voices_in_sections
        if setup.several or engine is None:
            return (self._voices_at_once(setup, bounds, file),)
        count = _parts(self._decoded)
        if count == 0:
            unknown = ((section("diarize", 1),), (section("voices", 1),))
            return (self._voices_joined(engine, bounds, file, *unknown),)
        if count == 1:
            return (self._voices_at_once(setup, bounds, file),)
        numbers = range(1, count + 1)
        windows = tuple(section("diarize", n) for n in numbers)
        pieces = tuple(section("voices", n) for n in numbers)
        return (
            *(self._windows_of(engine, number, count) for number in range(count)),
            *(self._pieces_of(engine, number, count, windows) for number in range(count)),
            self._voices_joined(engine, bounds, file, windows, pieces),
        )

    def _voices_at_once(self, setup: microphones.Setup, bounds: Bounds, file: str) -> Stage:
        apart = (str([m.shared for m in setup.tracks]),)

        def make(into: Path) -> None:
            least, most = bounds()
            engine, progress = self._engines.diarizer, self._progress("diarize")
            if setup.several:
                turns = microphones.diarize(self._folder, setup, (least, most), engine, progress)
            else:
                turns = engine()(self._sound(), least, most, progress)
            into.write_bytes(record_json.serialize(turns))

        def inputs() -> str:
            heard = (*self._result("compare"), *apart) if setup.several else ()
            made_by = self._engines.diarization
            return digest("diarize 1", *self._result("decode"), made_by, str(bounds()), *heard)

        after = ("decode", "compare") if setup.several else ("decode",)
        return Stage("diarize", file, inputs, make, model=True, after=after)

    def _windows_of(self, engine: Callable[[], SectionDiarizer], number: int, count: int) -> Stage:
        def make(into: Path) -> None:
            progress = self._progress(said("diarize", number + 1, count))
            _write_array(into, engine().segment_part(self._sound(), (number, count), progress))

        def inputs() -> str:
            which = (str(number), str(count))
            return digest("segment 1", *self._result("decode"), self._engines.diarization, *which)

        name = section("diarize", number + 1)
        return Stage(name, _windows_file(number), inputs, make, model=True, after=("decode",))

    def _pieces_of(
        self, engine: Callable[[], SectionDiarizer], number: int, count: int, windows: tuple[str, ...]
    ) -> Stage:
        def make(into: Path) -> None:
            progress = self._progress(said("voices", number + 1, count))
            activity = self._arrays(_windows_file, count)
            _write_array(into, engine().embed_part(self._sound(), activity, (number, count), progress))

        def inputs() -> str:
            which = (self._engines.diarization, str(number), str(count))
            return digest("embed 1", *which, *self._result("decode", *windows))

        name = section("voices", number + 1)
        return Stage(name, _pieces_file(number), inputs, make, model=True, after=windows)

    def _voices_joined(
        self,
        engine: Callable[[], SectionDiarizer],
        bounds: Bounds,
        file: str,
        windows: tuple[str, ...],
        pieces: tuple[str, ...],
    ) -> Stage:
        def make(into: Path) -> None:
            count = len(windows)
            activity, vectors = self._arrays(_windows_file, count), self._arrays(_pieces_file, count)
            turns = engine().join_parts(self._sound(), activity, vectors, *bounds())
            into.write_bytes(record_json.serialize(turns))

        def inputs() -> str:
            made_by = self._engines.diarization
            return digest("diarize 2", made_by, str(bounds()), *self._result("decode", *windows, *pieces))

        return Stage("diarize", file, inputs, make, model=True, after=(*windows, *pieces))

    def _sound(self) -> sound.Sound:
        return sound.Sound(self._decoded)

    def _cut(self) -> Cut:
        return sections.parse((self._folder.root / CUT).read_bytes())

    def _arrays(self, file: Callable[[int], str], count: int) -> npt.NDArray[Any]:
        try:
            return np.concatenate(
                [np.load(self._folder.root / file(n), allow_pickle=False) for n in range(count)]
            )
        except (OSError, EOFError, ValueError) as error:
            raise StorageError(
                "An artifact is damaged.", "Run the recording again: it is made anew."
            ) from error


def written(heard: Transcript) -> bytes:
    """A transcript as it is kept.

    Raises:
        RecordingError: If there is no word in it.
    """
    if not heard.words:
        raise RecordingError("Nobody speaks in this recording.", "Check the microphone and the file.")
    return record_json.serialize(heard)


def made_with(engines: Engines, transcript: bytes) -> tuple[tuple[str, str], ...]:
    """Each model with its version, and in which numbers the first one reckoned, where that is known.

    A record may have been read by several machines, some with a GPU and some without.

    Args:
        engines: that heard the recording.
        transcript: the file with its words.
    """
    numbers = [name.replace(" ", "-") for name in record_json.parse_transcript(transcript).arithmetic]
    if not engines.made_with or not numbers:
        return engines.made_with
    (name, version), *others = engines.made_with
    return ((name, "+".join((version, *numbers))), *others)  # one word, which is all that a release lets out


def progress_of(folder: MeetingFolder) -> dict[str, dict[str, Any]]:
    """The stages that a manifest knows, in the order of the work; those of sections are gathered in their whole's.

    Returns:
        By name: "file", "finished", "attempts", "seconds" of all together, and where it has sections "sections" and
        "sections_done".
    """
    entries = folder.manifest()["stages"]
    gathered: dict[str, list[dict[str, Any]]] = {}
    for name, entry in entries.items():
        if whole(name) != name:
            gathered.setdefault(whole(name), []).append(entry)
    rows: dict[str, dict[str, Any]] = {}
    for name in sorted({*map(whole, entries)}, key=lambda n: (_PLACES.get(n, len(_PLACES)), n)):
        parts, last = gathered.get(name, []), entries.get(name)
        done = sum(bool(part.get("finished")) for part in parts)
        made = [e for e in (*parts, *([last] if last else [])) if e.get("seconds") is not None]
        rows[name] = {
            "file": (last or parts[-1]).get("file"),
            "finished": bool(last.get("finished")) if last else name == "voices" and done == len(parts),
            "attempts": max(e.get("attempts", 0) for e in (*parts, *([last] if last else []))),
            "seconds": round(sum(e["seconds"] for e in made), 2) if made else None,
        }
        if parts:
            rows[name] |= {"sections": max(len(parts), _sections(folder, name)), "sections_done": done}
    return rows


_PLACES = {name: place for place, name in enumerate(STAGES["run"])}


def _sections(folder: MeetingFolder, name: str) -> int:
    """How many sections a stage has, as far as that can be told."""
    try:
        if name == "transcribe":
            return len(sections.parse((folder.root / CUT).read_bytes()).sections)
        return _parts(folder.root / str(folder.manifest()["stages"]["decode"]["file"]))
    except (OSError, KeyError, StorageError):
        return 0


def _parts(decoded: Path) -> int:
    """In how many parts voices are heard; 0 until the sound is decoded."""
    try:
        return max(1, round(sound.Sound(decoded).duration / sections.SECTION_MS))
    except (OSError, EOFError, wave.Error):
        return 0


def _words_file(number: int) -> str:
    return f"sections/words-{number + 1:03}.json"


def _windows_file(number: int) -> str:
    return f"sections/windows-{number + 1:03}.npy"


def _pieces_file(number: int) -> str:
    return f"sections/voices-{number + 1:03}.npy"


def _write_array(into: Path, values: npt.NDArray[Any]) -> None:
    with into.open("wb") as file:
        np.save(file, values, allow_pickle=False)

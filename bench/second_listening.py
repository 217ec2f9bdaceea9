"""What a second hearing finds of names that the text does not hold, and what it finds where nobody is named.

    python bench/second_listening.py [--json] [--data DIR]

Invented sentences are read by synthetic voices in a room with noise, once with the names of eight protected people in
them, and once with others' names. DIR holds recordings (`*.flac`, in folders too) in which none of the eight is named.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.rows import Row, limited, plain, show
from bench.second_listening_material import Pcm, meeting, named, spoken, strange
from pipeline.engines import Engines, engines, reader
from pipeline.run import vocabulary
from pipeline.settings import settings
from redaction import heard_names, mentions
from redaction.heard_names import HeardName
from speakers import attribute, sound
from speakers.error import RecordingError
from speakers.record import Diarization, Millis, Span
from speakers.sound import SAMPLE_RATE_HZ


@dataclass(frozen=True)
class Heard:
    """One recording, heard twice.

    Attributes:
        text: whom the text names, and when.
        sound: whom only the sound names.
        first: seconds that the first hearing took.
        second: seconds that the second one took.
        length: of the recording, in seconds.
    """

    text: tuple[tuple[str, Span], ...]
    sound: tuple[HeardName, ...]
    first: float
    second: float
    length: float


def twice(path: Path, language: str, heard_by: Engines) -> Heard:
    """Hear a WAV as a run does."""
    samples, people = sound.Sound(path), meeting()
    begin = time.perf_counter()
    said = heard_by.transcriber()(samples, language, vocabulary(people), lambda *_: None)
    first = time.perf_counter() - begin
    nobody = Diarization((), (), Millis(samples.duration))
    record = attribute.record(said.language, said.words, nobody)
    begin = time.perf_counter()
    found = heard_names.find(people, record, samples, heard_by.listener(), lambda *_: None)
    second = time.perf_counter() - begin
    text = [
        (mark.subject, statement.time_of(mark.char_start, mark.char_end))
        for mark in mentions.find(people, record)
        if (statement := record.statement(mark.statement_id)) is not None
    ]
    return Heard(tuple(text), found, first, second, samples.duration / 1000)


def measure(data: Path | None, scratch: Path) -> Iterator[Row]:
    """Every figure."""
    chosen = settings(scratch / "data")
    heard_by, voice = engines(chosen), reader(chosen)
    with_names = spoken(voice, named())
    heard = twice(_wav(scratch / "named.wav", with_names.samples), "zh", heard_by)
    missed = [
        (whose, span)
        for whose, _, span in with_names.truth
        if not any(who == whose and span.overlap(there) for who, there in heard.text)
    ]
    again = [t for t in missed if any(n.subject == t[0] and n.span.overlap(t[1]) for n in heard.sound)]
    marked = [t for t in missed if any(n.span.overlap(t[1]) for n in heard.sound)]
    how = f"{len(missed)} of {len(with_names.truth)} invented sentences, whisper as set"
    yield plain("% of mentions that the text holds", 100 - 100 * len(missed) / len(with_names.truth), how)
    yield plain("% of the others that only the sound names", 100 * len(again) / max(1, len(missed)), how)
    yield plain("the same, whoever it is taken for", 100 * len(marked) / max(1, len(missed)), how)
    where = [span for _, _, span in with_names.truth]
    yield _beside("names, beside what is there", [heard], len(heard.sound) - _right(heard, with_names.truth))
    yield plain(
        "time of the second over the first hearing", heard.second / heard.first, f"{len(where)} names"
    )
    others = spoken(voice, strange())
    second = twice(_wav(scratch / "others.wav", others.samples), "zh", heard_by)
    yield _beside("others' names", [second], len(second.sound))
    if data is None:
        return
    heards = []
    for path in sorted(data.rglob("*.flac")):
        wav = scratch / "decoded.wav"
        sound.decode(sound.look(path), wav, lambda *_: None)
        try:
            heards.append(twice(wav, "auto", heard_by))
        except RecordingError:  # a piece in which nobody speaks
            continue
        finally:
            wav.unlink()
    yield _beside("DIR", heards, sum(len(h.sound) for h in heards))
    ratio = sum(h.second for h in heards) / sum(h.first for h in heards)
    yield plain("time of the second over the first hearing, DIR", ratio, f"{len(heards)} recordings")


def _right(heard: Heard, truth: tuple[tuple[str, str, Span], ...]) -> int:
    return sum(any(who == n.subject and n.span.overlap(span) for who, _, span in truth) for n in heard.sound)


def _beside(where: str, heards: list[Heard], wrong: int) -> Row:
    minutes = sum(h.length for h in heards) / 60
    clear = sum(n.clear for h in heards for n in h.sound)
    how = f"{wrong} in {minutes:.1f} min; {clear} of all there clear"
    return limited(f"false sightings an hour, {where}", 60 * wrong / minutes, 10, how)


def _wav(path: Path, samples: Pcm) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes(samples.tobytes())
    return path


def main() -> None:
    """Measure, and print a table or rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, help="folder of recordings in which none of the eight is named")
    parser.add_argument("--json", action="store_true", help="print rows {figure, value, goal, holds, how}")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        print(show(measure(options.data, Path(scratch)), as_json=options.json))


if __name__ == "__main__":
    main()

"""The recordings that `bench/hearing.py` measures on, and a long one put together from them."""

from __future__ import annotations

import json
import random
import wave
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from speakers import account_files, sound
from speakers.account import Account, Passage, of_passages
from speakers.record import Millis, Span, SpeakerId
from speakers.score import with_turns
from speakers.sound import SAMPLE_RATE_HZ, Sound

SENTENCES = "aishell3"
"""Group of single sentences, of which only the words are known."""

MEETING_VOICES = 20
"""In a long recording."""


@dataclass(frozen=True)
class Recording:
    """A recording whose words, turns or both are known.

    Attributes:
        name: of the file.
        group: it is counted in.
        wav: what every engine hears.
        length_s: seconds.
        reference: what is true.
        worded: whether words are known.
        turned: whether turns are known.
    """

    name: str
    group: str
    wav: Path
    length_s: float
    reference: Account
    worded: bool
    turned: bool


def recordings(data: Path, scratch: Path) -> Iterator[Recording]:
    """Every recording below a folder that has a reference, decoded.

    Args:
        data: holds `NAME.flac` with `NAME.seglst.json` and `NAME.rttm`; in its folders `NAME.flac` with `NAME.rttm`
            only; and `aishell3/text.json`, a list of {file, text}.
        scratch: folder to decode into.
    """
    for words in sorted(data.glob("*.seglst.json")):
        name = words.name.removesuffix(".seglst.json")
        turns = data / f"{name}.rttm"
        reference = with_turns(_account(words), _account(turns))
        yield _decoded(data / f"{name}.flac", name, scratch, reference, worded=True, turned=True)
    for turns in sorted(data.glob("*/*.rttm")):
        yield _decoded(
            turns.with_suffix(".flac"), turns.parent.name, scratch, _account(turns), worded=False, turned=True
        )
    listed = data / SENTENCES / "text.json"
    for each in json.loads(listed.read_text(encoding="utf-8")) if listed.exists() else ():
        said = [Passage(Span(Millis(0), Millis(1)), SpeakerId("x"), each["text"])]
        reference = of_passages("SegLST", said)
        yield _decoded(listed.parent / each["file"], SENTENCES, scratch, reference, worded=True, turned=False)


def _account(path: Path) -> Account:
    return next(iter(account_files.read(path.read_bytes(), path.name).values()))


def _decoded(
    flac: Path, group: str, scratch: Path, reference: Account, *, worded: bool, turned: bool
) -> Recording:
    wav = scratch / f"{flac.stem}.wav"
    duration = sound.decode(sound.look(flac), wav, lambda *_: None)
    whole = replace(reference, duration=Millis(max(duration, reference.duration)))
    return Recording(flac.stem, group, wav, duration / 1000, whole, worded, turned)


def short(recording: Recording, scratch: Path, seconds: int = 10) -> Path:
    """The beginning of a recording, for engines to warm up on."""
    path = scratch / "warm-up.wav"
    with _writing(path) as file:
        file.writeframes(_pcm(Sound(recording.wav)[: seconds * SAMPLE_RATE_HZ]))
    return path


def compose(parts: list[Recording], seconds: float, path: Path, seed: int = 1) -> tuple[float, int]:
    """Write a long meeting: what people say in the recordings, in another order and with other pauses, over and over.

    Args:
        parts: from `recordings`; of those with words and turns every passage is used, of the sentences as many as
            bring the voices to `MEETING_VOICES`.
        seconds: at least so long.
        path: the WAV to write.
        seed: of order, pauses and loudness.

    Returns:
        Seconds, and how many voices there are.
    """
    pieces = [
        (r.wav, passage.span, f"{r.name} {passage.speaker}")
        for r in parts
        if r.worded and r.turned
        for passage in r.reference.passages
    ]
    sentences = [r for r in parts if r.group == SENTENCES]
    missing = max(0, MEETING_VOICES - len({who for _, _, who in pieces}))
    pieces.extend(
        (r.wav, Span(Millis(0), Millis(round(r.length_s * 1000))), r.name) for r in sentences[:missing]
    )
    chance = random.Random(seed)  # noqa: S311 - repeatable by intent
    written, order = 0, pieces[:0]
    with _writing(path) as file:
        while written < seconds * SAMPLE_RATE_HZ:
            if not order:
                order = chance.sample(pieces, len(pieces))
            wav, span, _ = order.pop()
            said = Sound(wav).cut(span) * chance.uniform(0.5, 1.0)
            pause = np.zeros(round(chance.uniform(0.1, 3.0) * SAMPLE_RATE_HZ), dtype=np.float32)
            for block in (said, pause):
                file.writeframes(_pcm(block))
                written += len(block)
    return written / SAMPLE_RATE_HZ, len({who for _, _, who in pieces})


def _writing(path: Path) -> wave.Wave_write:
    file = wave.open(str(path), "wb")  # noqa: SIM115 - whoever calls closes it
    file.setnchannels(1)
    file.setsampwidth(2)
    file.setframerate(SAMPLE_RATE_HZ)
    return file


def _pcm(samples: sound.Samples) -> bytes:
    return (samples * 32767).round().clip(-32768, 32767).astype(np.int16).tobytes()

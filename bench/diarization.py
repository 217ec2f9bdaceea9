"""Who spoke when, measured beside pyannote's own default: error, time, and a long recording of many voices.

    python bench/diarization.py --data DIR [--pairs N] [--json]

DIR holds recordings `NAME.flac` with `NAME.rttm`, in folders too; the conversation inside the pyannote.audio package is
added. Both sides hear the same files with the same models in the same process, on the same threads, in turn.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import re
import statistics
import sys
import tempfile
import time
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import peer
from bench.rows import Row, show, table_row
from pipeline.engines import EMBEDDING, SEGMENTATION
from pipeline.models import open_model
from pipeline.settings import settings
from speakers import sound
from speakers.diarize import import_pyannote
from speakers.offline import OfflineDiarizer
from speakers.record import Diarization

LONG_S = 3 * 3600
VOICES = 20
GAP_S = 0.3
SEED = 1


@dataclass(frozen=True)
class Errors:
    """Seconds of speech, and of what is wrong about it."""

    speech: float
    wrong: float

    @property
    def rate(self) -> float:
        """DER in percent."""
        return 100 * self.wrong / self.speech


def reference(rttm: Path) -> list[tuple[float, float, str]]:
    """(start, end, speaker) in seconds, of an RTTM file."""
    rows = []
    for line in rttm.read_text(encoding="utf-8").splitlines():
        _, _, _, start, length, _, _, speaker, *_ = line.split()
        rows.append((float(start), float(start) + float(length), speaker))
    return rows


def errors(rttm: Path, heard: Diarization) -> Errors:
    """No collar, overlap counted, over the whole recording."""
    from pyannote.core import Annotation, Segment, Timeline
    from pyannote.metrics.diarization import DiarizationErrorRate

    wanted, found = Annotation(uri="x"), Annotation(uri="x")
    for number, (start, end, speaker) in enumerate(reference(rttm)):
        wanted[Segment(start, end), number] = speaker
    for number, turn in enumerate(heard.overlapping):
        found[Segment(turn.span.start / 1000, turn.span.end / 1000), number] = turn.speaker
    whole = Timeline([Segment(0, heard.duration / 1000)])
    parts = DiarizationErrorRate()(wanted, found, uem=whole, detailed=True)
    return Errors(parts["total"], parts["missed detection"] + parts["false alarm"] + parts["confusion"])


def ours() -> OfflineDiarizer:
    """What `zhuzi run` uses without a GPU."""
    models = settings().models
    return OfflineDiarizer(
        open_model(SEGMENTATION, models) / "pytorch_model.bin",
        open_model(EMBEDDING, models) / "campplus_cn_en_common.pt",
        "",
    )


def decoded(recording: Path, scratch: Path) -> sound.Sound:
    """A recording as engines hear it."""
    wav = scratch / f"{recording.stem}.wav"
    sound.decode(sound.look(recording), wav, lambda *_: None)
    return sound.Sound(wav)


def compose(recordings: list[Path], scratch: Path) -> Path:
    """Three hours in which twenty voices take turns, from the turns of recordings whose speakers are known.

    Where the recordings have fewer than twenty people who speak for long enough, the first ones come again a sixth
    higher and faster, as somebody else. Turns follow each other in an order that a fixed seed draws.
    """
    turns: dict[str, list[np.ndarray]] = {}
    for recording in recordings:
        heard = decoded(recording, scratch)
        for start, end, speaker in reference(recording.with_suffix(".rttm")):
            if end - start >= 1:
                samples = heard[int(start * sound.SAMPLE_RATE_HZ) : int(end * sound.SAMPLE_RATE_HZ)]
                turns.setdefault(f"{recording.stem} {speaker}", []).append(samples)
    people = [t for t in turns.values() if sum(map(len, t)) >= 15 * sound.SAMPLE_RATE_HZ][:VOICES]
    for original in people[: VOICES - len(people)]:
        at = [np.arange(0, len(s) - 1, 7 / 6) for s in original]
        people.append(
            [np.interp(a, np.arange(len(s)), s).astype(np.float32) for a, s in zip(at, original, strict=True)]
        )
    draw = np.random.default_rng(SEED)
    path, left = scratch / "long.wav", LONG_S * sound.SAMPLE_RATE_HZ
    with path.open("wb") as raw, wave.open(raw, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.SAMPLE_RATE_HZ)
        while left > 0:
            person = people[draw.integers(len(people))]
            said = person[draw.integers(len(person))]
            samples = np.concatenate([said, np.zeros(int(GAP_S * sound.SAMPLE_RATE_HZ), np.float32)])
            file.writeframes((samples * 32767).astype("<i2").tobytes())
            left -= len(samples)
    return path


def peak_gb() -> float:
    """Peak resident memory of this process; `ru_maxrss` would begin with that of the one that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1e6


def alone(wav: Path, seconds: float, answer: multiprocessing.Queue[tuple[int, float, float, float]]) -> None:
    """In a process of its own: voices found, seconds taken, peak memory in GB after a minute and after all of it."""
    engine = ours()
    whole = sound.Sound(wav)
    short = wav.with_name("short.wav")
    with wave.open(str(short), "wb") as file:
        file.setparams((1, 2, sound.SAMPLE_RATE_HZ, 0, "NONE", ""))
        file.writeframes((whole[: int(seconds) * sound.SAMPLE_RATE_HZ] * 32767).astype("<i2").tobytes())
    engine(sound.Sound(short), None, None, lambda *_: None)
    before = peak_gb()
    started = time.perf_counter()
    found = engine(whole, None, None, lambda *_: None)
    took = time.perf_counter() - started
    after = peak_gb()
    answer.put((len(found.speakers), took, before, after))


def long_rows(recordings: list[Path], scratch: Path) -> Iterator[Row]:
    """Three hours, twenty voices: memory, time and voices."""
    wav = compose(recordings, scratch)
    context = multiprocessing.get_context("spawn")
    answer = context.Queue()
    process = context.Process(target=alone, args=(wav, 300, answer))
    process.start()
    voices, took, before, after = answer.get()
    process.join()
    how = f"{LONG_S // 3600} h composed, {VOICES} voices, one process"
    yield Row("voices found of 20", voices, "18 to 22", 18 <= voices <= 22, how + ", no hint")
    yield Row("peak memory GB, 3 h", after, "≤ 2", after <= 2, how)
    yield Row("peak memory GB, 5 minutes of it", before, "", True, "the same process before")
    yield Row("real-time factor, 3 h", took / LONG_S, "", True, how)


def paired(recordings: list[Path], pairs: int, scratch: Path) -> Iterator[Row]:
    """Error and time of both sides."""
    engine = ours()
    models = settings().models
    theirs = peer.pipeline(
        open_model(SEGMENTATION, models) / "pytorch_model.bin",
        open_model(EMBEDDING, models) / "campplus_cn_en_common.pt",
    )
    sounds = [decoded(r, scratch) for r in recordings]
    engine(sounds[0], None, None, lambda *_: None)
    peer.diarize(theirs, sounds[0])
    ratios, found = [], []
    length = sum(s.duration for s in sounds) / 1000
    for _ in range(pairs):
        started = time.perf_counter()
        heard = [engine(s, None, None, lambda *_: None) for s in sounds]
        between = time.perf_counter()
        found = [(h, peer.diarize(theirs, s)) for h, s in zip(heard, sounds, strict=True)]
        mine, other = between - started, time.perf_counter() - between
        ratios.append(mine / other)
    rates = [
        (errors(r.with_suffix(".rttm"), a), errors(r.with_suffix(".rttm"), b))
        for r, (a, b) in zip(recordings, found, strict=True)
    ]
    for recording, (a, b), (heard_ours, _) in zip(recordings, rates, found, strict=True):
        people = len({who for _, _, who in reference(recording.with_suffix(".rttm"))})
        how = f"peer {b.rate:.1f}; {len(heard_ours.speakers)} voices found of {people}"
        yield Row(f"{recording.stem}: DER %", a.rate, "", True, how)
    mine, other = (
        Errors(sum(r[i].speech for r in rates), sum(r[i].wrong for r in rates)).rate for i in (0, 1)
    )
    yield Row("DER %, ours, all", mine, "", True, "no collar, overlap counted")
    yield Row(
        "DER %, peer, all", other, "", True, "pyannote's default: step .1, threshold .7, its own embedding"
    )
    yield Row("DER, × peer", mine / other, "≤ 1.0", mine <= other, "all recordings together")
    ratio, spread = statistics.median(ratios), f"{min(ratios):.3f} to {max(ratios):.3f}"
    yield Row("time, × peer", ratio, "≤ 0.1", ratio <= 0.1, f"median of {pairs} pairs, {spread}; wall clock")
    yield Row(
        "real-time factor of the last pair",
        (between - started) / length,
        "",
        True,
        f"{length:.0f} s of sound",
    )


def main() -> None:
    """Measure, and print a table or rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="folder of recordings with their turns")
    parser.add_argument("--pairs", type=int, default=3, help="how often both sides hear everything")
    parser.add_argument("--json", action="store_true", help="print rows {figure, value, goal, holds, how}")
    options = parser.parse_args()
    recordings = sorted(p.with_suffix(".flac") for p in options.data.rglob("*.rttm"))
    if not recordings:
        parser.error(f"{options.data} holds no NAME.rttm.")
    import_pyannote()
    import pyannote.audio

    sample = Path(pyannote.audio.__file__).parent / "sample" / "sample.wav"
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as scratch:
        for row in itertools.chain(
            paired([sample, *recordings], options.pairs, Path(scratch)),
            long_rows(recordings, Path(scratch)),
        ):
            rows.append(row)
            if not options.json:
                print(table_row(row, 36, 3), flush=True)
    if options.json:
        print(show(rows, as_json=True))


if __name__ == "__main__":
    main()

"""The whole way from sound to record, measured: error rates, time and memory, beside their limits.

    python bench/spine.py --data DIR [--json]

DIR holds recordings with `NAME.flac`, `NAME.rttm` and `NAME.seglst.json`. Beside us runs the peer, in the same
process, on the same files, models and threads: faster-whisper's own sequential mode, without hints.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from pipeline.engines import Engines, engines
from pipeline.models import open_model
from pipeline.settings import settings
from speakers import account_files, attribute, score_words, sound, transcribe
from speakers.account import of_record
from speakers.score import edits, score, spoken, with_turns
from speakers.tokens import tokens


@dataclass(frozen=True)
class Row:
    """One figure beside its limit; `goal` is empty where there is none."""

    figure: str
    value: float
    goal: str
    holds: bool
    how: str


def measure(recording: Path, used: Engines, peer: Any, scratch: Path) -> Iterator[Row]:
    """Every figure of one recording."""
    name = recording.stem
    said, turned = (
        next(iter(account_files.read(path.read_bytes(), path.name).values()))
        for path in (recording.with_suffix(".seglst.json"), recording.with_suffix(".rttm"))
    )
    reference = with_turns(said, turned)

    started = time.perf_counter()
    duration = sound.decode(sound.look(recording), scratch / "sound.wav", lambda *_: None) / 1000
    heard_sound = sound.Sound(scratch / "sound.wav")
    heard = used.transcriber()(heard_sound, "auto", (), lambda *_: None)
    transcribed = time.perf_counter() - started
    turns = used.diarizer()(heard_sound, None, None, lambda *_: None)
    whole = time.perf_counter() - started
    record = attribute.record(heard.language, transcribe.with_unheard(heard), turns)
    started = time.perf_counter()
    segments, _ = peer.transcribe(
        heard_sound[:], beam_size=5, word_timestamps=True, vad_filter=True, condition_on_previous_text=False
    )
    sequential = tuple(t for segment in segments for t in tokens(segment.text))
    theirs = time.perf_counter() - started

    figures = score(name, reference, of_record(record))
    if figures.wer is None or figures.cp is None or figures.der is None:
        raise SystemExit(f"{name}: the references hold no words or no turns.")
    wanted = spoken(reference.pieces)
    yield Row(f"{name}: cpWER/cpCER %", 100 * (figures.cp.rate or 0), "", True, "no meeting.toml")
    yield Row(f"{name}: WER/CER %", 100 * (figures.wer.rate or 0), "", True, "no hints")
    ratio = figures.wer.errors / edits(wanted, sequential).errors
    yield Row(f"{name}: WER/CER, × sequential", ratio, "≤ 1.05", ratio <= 1.05, "ratio in one run")
    rate = 100 * (figures.der.rate or 0)
    yield Row(f"{name}: DER %", rate, "≤ 17.1", rate <= 17.1, "no collar, overlap counted")
    count = float(figures.miscounted or 0)
    yield Row(f"{name}: speaker-count error", count, "0", count == 0, "without a hint")
    pace = transcribed / theirs
    yield Row(f"{name}: transcription time, × sequential", pace, "≤ 2.0", pace <= 2.0, "ratio in one run")
    real_time = whole / duration
    yield Row(
        f"{name}: real-time factor", real_time, "≤ 1.0", real_time <= 1.0, "decode, transcribe, diarize"
    )


def main() -> None:
    """Measure every recording in `--data`, and print a table or rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="folder of recordings with their references")
    parser.add_argument("--json", action="store_true", help="print rows {figure, value, goal, holds, how}")
    options = parser.parse_args()
    recordings = sorted(
        p.with_name(p.name.split(".")[0] + ".flac") for p in options.data.glob("*.seglst.json")
    )
    if not recordings:
        parser.error(f"{options.data} holds no NAME.seglst.json.")
    if not score_words.available():
        parser.error("meeteval is missing. Install it: make eval.")
    from faster_whisper import WhisperModel

    chosen = settings()
    used = engines(chosen)
    peer = WhisperModel(str(open_model(chosen.whisper, chosen.models)), device="cpu", compute_type="int8")
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as scratch:
        for recording in recordings:
            rows.extend(measure(recording, used, peer, Path(scratch)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    rows.append(
        Row("peak memory GB, both models and the peer's", peak, "≤ 4.0", peak <= 4.0, "maximum resident set")
    )
    if options.json:
        print(json.dumps([asdict(r) for r in rows], ensure_ascii=False, indent=1))
        return
    for row in rows:
        mark = "" if not row.goal else ("holds" if row.holds else "MISSED")
        print(f"{row.figure:<52}{row.value:>9.2f}  {row.goal:<8}{mark:<8}{row.how}")


if __name__ == "__main__":
    main()

"""Hearing, measured beside its peers in one run: words, voices, time, memory, and the machine's own limit.

    python bench/hearing.py --data DIR [--json] [--runs 3] [--device cpu|cuda] [--peers PYTHON] [--hours 3]

DIR holds recordings `NAME.flac` with `NAME.seglst.json` and `NAME.rttm`, in folders below it recordings with an RTTM
only, and `aishell3/text.json` with the text of single sentences. Nothing is hinted: no meeting.toml.

Every engine lives in a child process of its own, with its models loaded and warmed up before the clock starts; they
take turns on each recording, in the opposite order in every other run, so a pair is measured under the same load.
Ratios are medians over medians; the least and the most of the pairs stand beside them. whisperX lives in an environment
of its own: `sh bench/whisperx.sh FOLDER` makes it, `--peers FOLDER/bin/python` uses it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import goals, measure
from bench.child import Answered, Child, DiedError
from bench.contenders import Setup, span
from bench.material import Recording, compose, recordings, short
from bench.measure import Figures, Measured
from bench.rows import Row, show
from pipeline.engines import EMBEDDING, SEGMENTATION
from pipeline.models import open_model
from pipeline.settings import settings
from speakers import score_words
from speakers.record import Span

TRANSCRIBERS = ("ours", "sequential", "plain", "batched", "whisperx")
DIARIZERS = ("ours", "pyannote")


def tell(what: str) -> None:
    """Progress, on standard error."""
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


@dataclass
class Bench:
    """Children that are loaded, and what they were measured at.

    Attributes:
        setup: what every engine is given.
        scratch: folder for logs and sounds.
        peers: interpreter of whisperX's environment; "" if there is none.
        children: by engine.
        figures: so far.
        heard: by recording, where the audit looks for words.
        peaks: by engine, megabytes.
    """

    setup: Setup
    scratch: Path
    peers: str
    children: dict[str, Child] = field(default_factory=dict)
    figures: list[Figures] = field(default_factory=list)
    heard: dict[str, list[Span]] = field(default_factory=dict)
    peaks: dict[str, float] = field(default_factory=dict)
    loading_s: dict[str, float] = field(default_factory=dict)

    def load(self, sample: Path) -> None:
        """Start every engine, and let it do each of its tasks once."""
        for engine in dict.fromkeys((*TRANSCRIBERS, *DIARIZERS)):
            if engine == "whisperx" and not self.peers:
                continue
            tell(f"loading {engine}")
            started = time.perf_counter()
            child = self.start(engine)
            self.children[engine] = child
            if engine in TRANSCRIBERS:
                child.ask("words", sample)
            if engine in DIARIZERS:
                child.ask("voices", sample)
            self.loading_s[engine] = time.perf_counter() - started

    def start(self, engine: str) -> Child:
        """A child process with one engine."""
        python = self.peers if engine == "whisperx" else sys.executable
        return Child(engine, self.setup, self.scratch / f"{engine}.log", python)

    def ask(self, engine: str, do: str, recording: Recording, **more: object) -> Answered:
        """Give a task, and remember how much memory the process has held."""
        answer = self.children[engine].ask(do, recording.wav, **more)
        self.peaks[engine] = answer.peak_mb
        tell(f"{recording.name}: {engine} {do} {answer.wall_s:.1f} s")
        return answer

    def hear(self, recording: Recording, run: int) -> None:
        """Everything that every engine makes of a recording, once."""
        turn = -1 if run % 2 else 1
        words: dict[str, Answered] = {}
        voices: dict[str, Answered] = {}
        if recording.worded:
            if recording.name not in self.heard:
                said = self.ask("ours", "speech", recording).said["speech"]
                self.heard[recording.name] = [span(values) for values in said]
            for engine in [e for e in TRANSCRIBERS if e in self.children][::turn]:
                words[engine] = self.ask(engine, "words", recording)
        if recording.turned:
            for engine in DIARIZERS[::turn]:
                voices[engine] = self.ask(engine, "voices", recording)
        made = {
            engine: measure.of_words(engine, recording, run, answer, self.heard[recording.name])
            for engine, answer in words.items()
        }
        for engine, answer in voices.items():
            named = "ours, voices" if engine == "ours" else engine
            made[named] = measure.of_voices(named, recording, run, answer)
        self.figures.extend(made.values())
        if words and voices:
            self._together(recording, words, voices, made)

    def _together(
        self,
        recording: Recording,
        words: dict[str, Answered],
        voices: dict[str, Answered],
        made: dict[str, Figures],
    ) -> None:
        """Words with their speakers: ours, sequential with pyannote's turns, and whisperX with the same turns."""
        turns = {e: measure.diarization(voices[e].said, recording) for e in DIARIZERS}
        started, cpu = time.perf_counter(), time.process_time()
        account = measure.account_of(words["ours"].said, turns["ours"])
        wall, cpu = time.perf_counter() - started, time.process_time() - cpu
        attributed = replace(made["ours"], wall_s=wall, cpu_s=cpu)
        parts = [made["ours"], made["ours, voices"], replace(attributed, work=type(attributed.work)())]
        self.figures.append(measure.of_whole("ours, whole", recording, account, parts))
        theirs = measure.by_turns(words["sequential"].said, turns["pyannote"])
        parts = [made["sequential"], made["pyannote"]]
        self.figures.append(measure.of_whole("sequential + word turns", recording, theirs, parts))
        if "whisperx" in words:
            given = self.ask("whisperx", "assign", recording, turns=voices["pyannote"].said["overlapping"])
            step = replace(made["whisperx"], wall_s=given.wall_s, cpu_s=given.cpu_s, work=given.work)
            parts = [made["whisperx"], made["pyannote"], step]
            account = measure.by_passages(given.said)
            self.figures.append(measure.of_whole("whisperx + pyannote", recording, account, parts))

    def close(self) -> Measured:
        """End the children; what was measured."""
        for child in self.children.values():
            child.close()
        return Measured(tuple(self.figures), self.peaks, self.loading_s)

    def peak(self, sample: Path) -> dict[str, float]:
        """Operations a second of this machine."""
        tell("this machine's peak")
        child = self.start("machine")
        found: dict[str, float] = child.ask("peak", sample).said["peak"]
        child.close()
        return found

    def last(self, hours: float, parts: list[Recording], sample: Path) -> tuple[float, float]:
        """The most memory, in megabytes, that so long a recording takes, and the real-time factor."""
        recording = self.scratch / f"long-{hours:g}.wav"
        seconds, people = compose(parts, hours * 3600, recording)
        tell(f"{hours:g} h of {people} voices")
        child = self.start("ours")
        done = child.ask("whole", sample, recording=str(recording), into=str(self.scratch / "decoded.wav"))
        child.close()
        recording.unlink()
        tell(f"{hours:g} h: {done.wall_s:.0f} s, {done.peak_mb:.0f} MB, {done.said['voices']} voices found")
        return done.peak_mb, done.wall_s / seconds


def run(bench: Bench, parts: list[Recording], runs: int, hours: float) -> list[Row]:
    """Measure everything."""
    sample = short(next((r for r in parts if r.worded), parts[0]), bench.scratch)
    peaks = bench.peak(sample)
    bench.load(sample)
    for number in range(runs):
        for recording in parts:
            tell(f"run {number + 1} of {runs}: {recording.name}, {recording.length_s:.0f} s")
            bench.hear(recording, number)
    measured = bench.close()
    rows = list(goals.rows(measured, peaks, bench.setup.compute_type))
    ended: dict[float, tuple[float, float]] = {}
    for each in (hours / 3, hours) if hours else ():
        try:
            ended[each] = bench.last(each, parts, sample)
        except DiedError as error:
            tell(str(error))
    peak, took = ({h: both[side] for h, both in ended.items()} for side in (0, 1))
    rows.extend(goals.long(hours, peak, took))
    return rows


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print a table or rows."""
    about, _, more = (__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(
        description=about, epilog=more, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of recordings with their references")
    parser.add_argument("--json", action="store_true", help="print rows {figure, value, goal, holds, how}")
    parser.add_argument("--runs", type=int, default=3, help="paired runs (3)")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--peers", default="", metavar="PYTHON", help="of whisperX's environment")
    parser.add_argument("--hours", type=float, default=3.0, help="of the long recording; 0: none (3)")
    options = parser.parse_args(arguments)
    if not score_words.available():
        parser.error("meeteval is missing. Install it: make eval.")
    chosen = settings()
    models = [open_model(name, chosen.models) for name in (chosen.whisper, SEGMENTATION, EMBEDDING)]
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        parts = list(recordings(options.data, scratch))
        if not any(r.worded and r.turned for r in parts):
            parser.error(f"{options.data} holds no NAME.seglst.json.")
        kinds = ("int8",) if options.device == "cpu" else ("float16", "int8_float16")
        for kind in kinds:
            setup = Setup(
                whisper=str(models[0]),
                segmentation=str(models[1] / "pytorch_model.bin"),
                embedding=str(models[2] / "campplus_cn_en_common.pt"),
                device=options.device,
                compute_type=kind,
                threads=len(os.sched_getaffinity(0)),
            )
            try:
                found = run(Bench(setup, scratch, options.peers), parts, options.runs, options.hours)
            except DiedError as error:
                sys.exit(f"Error: {error}")
            prefix = f"{kind}: " if len(kinds) > 1 else ""
            rows.extend(replace(r, figure=prefix + r.figure) for r in found)
    print(show(rows, as_json=options.json))


if __name__ == "__main__":
    main()

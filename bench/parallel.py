"""Long recordings in sections: do several processes help, are the words the same, and is memory bounded?

With the real models, on what people say in recordings whose words are known, one after the other and over again. Every
process is one of its own; each reads whole sections, as the lanes of a worker do.

    python bench/parallel.py --data DIR [--minutes 22] [--long 60] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.child import peak_mb
from bench.material import Recording, recordings
from bench.rows import Row, limited, plain, show, table_row
from speakers import record_json, score, sections
from speakers.record import Millis, Span
from speakers.sound import SAMPLE_RATE_HZ, Sound
from speakers.transcribe import Transcript, joined_sections

UNCUT = 10**9
"""Milliseconds of a section that no recording has: it is read as a whole, as it was before there were sections."""

_SHORT_MS = 150_000
"""Sections that are short enough for some minutes to have many, so that all processes are busy to the end."""

_PAUSE_S = 1.5


@dataclass(frozen=True)
class Reading:
    """What came of a recording.

    Attributes:
        heard: the words.
        wall_s: seconds from the first section to the last word.
        cpu_s: seconds of all threads of all processes.
        peak_mb: the most memory that one process held.
        sections: how many there were.
    """

    heard: Transcript
    wall_s: float
    cpu_s: float
    peak_mb: float
    sections: int


class Process:
    """A process with the real models in it, that reads what it is told to.

    Args:
        threads: that its models may use; 0 for all cores.
        section_ms: about so long is a section.
    """

    def __init__(self, threads: int, section_ms: int) -> None:
        environment = {**os.environ, **({"OMP_NUM_THREADS": str(threads)} if threads else {})}
        self._process = subprocess.Popen(  # noqa: S603 - this file
            [sys.executable, str(Path(__file__).resolve()), "--child", str(threads), str(section_ms)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        self.told()

    def ask(self, **task: object) -> None:
        """Give it a task; `told` waits for what it says."""
        assert self._process.stdin is not None  # noqa: S101 - asked for above
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()

    def told(self) -> dict[str, Any]:
        """What it says to the task that it was given."""
        assert self._process.stdout is not None  # noqa: S101 - asked for above
        said: dict[str, Any] = json.loads(self._process.stdout.readline())
        return said

    def close(self) -> None:
        """End it."""
        self._process.communicate()


def _child(threads: int, section_ms: int) -> None:
    from pipeline.engines import engines
    from pipeline.settings import settings
    from speakers.transcribe import WhisperTranscriber

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    chosen = settings(environment={**os.environ, "ZHUZI_THREADS": str(threads), "ZHUZI_DEVICE": "cpu"})
    made = engines(chosen)
    transcriber = made.transcriber()
    assert isinstance(transcriber, WhisperTranscriber)  # noqa: S101 - the settings name no other
    transcriber._section_ms = section_ms
    print("{}", file=answers, flush=True)
    for line in sys.stdin:
        task = json.loads(line)
        sound = Sound(Path(task["sound"]))
        cpu, wall, said = time.process_time(), time.perf_counter(), {}
        match task["do"]:
            case "cut":
                said = {"cut": sections.serialize(transcriber.cut(sound, "auto")).decode()}
            case "read":
                cut = sections.parse(task["cut"].encode())
                heard = transcriber.read(sound, cut, task["number"], (), lambda *_: None)
                said = {"heard": record_json.serialize(heard).decode()}
            case "voices":
                found = made.diarizer()(sound, None, None, lambda *_: None)
                said = {"voices": len(found.speakers)}
        spent = {"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall}
        print(json.dumps({**said, **spent, "peak_mb": peak_mb()}), file=answers, flush=True)


def read(sound: Path, processes: Sequence[Process]) -> Reading:
    """Read a recording with some processes: whoever is free takes the next section."""
    processes[0].ask(do="cut", sound=str(sound))
    said = processes[0].told()
    cpu, peak = float(said["cpu_s"]), float(said["peak_mb"])
    cut = sections.parse(said["cut"].encode())
    heard: dict[int, Any] = {}
    left = list(range(len(cut.sections)))
    started = time.perf_counter()
    at_work: dict[int, int] = {}
    for which, process in enumerate(processes[: len(left)]):
        at_work[which] = left.pop(0)
        process.ask(do="read", sound=str(sound), cut=said["cut"], number=at_work[which])
    while at_work:
        for which in _spoken(processes, at_work):
            told = processes[which].told()
            heard[at_work.pop(which)] = record_json.parse_section(told["heard"].encode())
            cpu, peak = cpu + told["cpu_s"], max(peak, told["peak_mb"])
            if left:
                at_work[which] = left.pop(0)
                processes[which].ask(do="read", sound=str(sound), cut=said["cut"], number=at_work[which])
    joined = joined_sections(cut, [heard[n] for n in range(len(cut.sections))])
    return Reading(joined, time.perf_counter() - started, cpu, peak, len(cut.sections))


def _spoken(processes: Sequence[Process], at_work: Mapping[int, int]) -> list[int]:
    import selectors

    with selectors.DefaultSelector() as waiting:
        for which in at_work:
            pipe = processes[which]._process.stdout
            assert pipe is not None  # noqa: S101 - asked for in `Process`
            waiting.register(pipe, selectors.EVENT_READ, which)
        return [int(key.data) for key, _ in waiting.select()]


def compose(parts: Sequence[Recording], seconds: float, into: Path) -> tuple[str, ...]:
    """One recording after the other, over again, with a pause between; gives what is said in them."""
    import wave

    written, said = 0, []
    with wave.open(str(into), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        while written < seconds * SAMPLE_RATE_HZ:
            part = parts[len(said) % len(parts)]
            samples = np.concatenate(
                [Sound(part.wav)[:], np.zeros(round(_PAUSE_S * SAMPLE_RATE_HZ), np.float32)]
            )
            file.writeframes((samples * 32767).astype("<i2").tobytes())
            said.append(score.spoken(part.reference.passages))
            written += len(samples)
    return tuple(token for tokens in said for token in tokens)


def tokens_of(heard: Transcript) -> tuple[str, ...]:
    """What was heard, as the scorer counts it."""
    from speakers.account import Passage
    from speakers.record import SpeakerId, joined

    whole = Span(Millis(0), Millis(1))
    return score.spoken([Passage(whole, SpeakerId("x"), joined(heard.words))])


def _of(figure: str, wrong: score.Edits, how: str) -> Row:
    return plain(figure, 100 * (wrong.rate or 0.0), f"{wrong.errors} of {wrong.length}; {how}")


def words_rows(sound: Path, said: tuple[str, ...]) -> Iterator[Row]:
    """The same words by one process and by two; the words and their errors cut and uncut; and how much faster."""
    minutes = Sound(sound).duration / 60_000
    one, two = [Process(1, _SHORT_MS) for _ in range(2)], Process(0, _SHORT_MS)
    serial = read(sound, one[:1])
    parallel = read(sound, one)
    all_threads = read(sound, [two])
    for process in (*one, two):
        process.close()
    how = f"{minutes:.0f} min in {serial.sections} sections"
    differ = sum(a != b for a, b in zip(serial.heard.words, parallel.heard.words, strict=False))
    differ += abs(len(serial.heard.words) - len(parallel.heard.words))
    yield limited(
        "words that differ, two processes against one", differ, 0, f"{how}; moments and confidence too"
    )
    differ = score.edits(tokens_of(serial.heard), tokens_of(all_threads.heard)).errors
    yield limited("words that differ, all threads against one", differ, 0, how)
    rate = serial.wall_s / (2 * parallel.wall_s)
    spread = f"{serial.wall_s:.0f} s by one process, {parallel.wall_s:.0f} s by two, of one thread each"
    yield Row("efficiency of two processes", rate, "≥ 0.9", rate >= 0.9, spread)
    more = parallel.cpu_s / serial.cpu_s
    yield plain(
        "processor time, two processes over one",
        more,
        f"{serial.cpu_s:.0f} s by one; other work does not count",
    )
    rate = all_threads.wall_s / parallel.wall_s
    yield plain(
        "pace, two processes over one with all threads", rate, f"{all_threads.wall_s:.0f} s by that one"
    )
    yield from _uncut(sound, said, serial)


def _uncut(sound: Path, said: tuple[str, ...], short: Reading) -> Iterator[Row]:
    readings = {}
    for section_ms in (UNCUT, sections.SECTION_MS):
        process = Process(0, section_ms)
        readings[section_ms] = read(sound, [process])
        process.close()
    uncut, cut = readings[UNCUT], readings[sections.SECTION_MS]
    whole = score.edits(said, tokens_of(uncut.heard))
    yield _of("errors, uncut, %", whole, "read as a whole, as before there were sections")
    for name, reading in (("cut", cut), (f"cut every {_SHORT_MS // 60_000} min", short)):
        how = f"{reading.sections} sections"
        wrong = score.edits(said, tokens_of(reading.heard))
        worse = wrong.errors <= whole.errors + max(1, whole.length // 1000)
        yield Row(
            f"errors, {name}, %",
            100 * (wrong.rate or 0.0),
            f"≤ {100 * (whole.rate or 0.0) + 0.1:.2f}",
            worse,
            f"{wrong.errors} of {wrong.length}; {how}",
        )
        other = score.edits(tokens_of(uncut.heard), tokens_of(reading.heard))
        yield _of(f"words that differ, {name} against uncut, %", other, how)
        yield plain(f"unheard, {name}, s", _unheard_s(reading), f"uncut {_unheard_s(uncut):.1f} s")


def _unheard_s(reading: Reading) -> float:
    return sum(span.length for span in reading.heard.unheard) / 1000


def memory_rows(parts: Sequence[Recording], minutes: Sequence[float], scratch: Path) -> Iterator[Row]:
    """The most memory that a process holds, by how long a recording is: of words, and of voices."""
    peaks = []
    for length in minutes:
        sound = scratch / f"{length:.0f}.wav"
        compose(parts, 60 * length, sound)
        process = Process(0, sections.SECTION_MS)
        words = read(sound, [process])
        process.close()
        process = Process(0, sections.SECTION_MS)
        process.ask(do="voices", sound=str(sound))
        voices = process.told()
        process.close()
        peaks.append((words.peak_mb, float(voices["peak_mb"])))
        how = f"{words.sections} sections, {words.wall_s:.0f} s"
        yield plain(f"peak memory of words, {length:.0f} min, MB", words.peak_mb, how)
        yield plain(f"peak memory of voices, {length:.0f} min, MB", peaks[-1][1], f"{voices['wall_s']:.0f} s")
        sound.unlink()
    for what, side in (("words", 0), ("voices", 1)):
        more = peaks[-1][side] / peaks[0][side]
        how = f"{minutes[-1]:.0f} min over {minutes[0]:.0f} min"
        yield limited(f"memory of {what}, × longer recording", more, 1.15, how)


def main() -> None:
    """Measure, and print a table or rows."""
    if sys.argv[1:2] == ["--child"]:
        _child(int(sys.argv[2]), int(sys.argv[3]))
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="folder of recordings with their words")
    parser.add_argument("--minutes", type=float, default=22, help="of the recording that is read by several")
    parser.add_argument("--long", type=float, default=60, help="minutes of the one whose memory is measured")
    parser.add_argument("--json", action="store_true", help="print rows {figure, value, goal, holds, how}")
    given = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        parts = [r for r in recordings(given.data, scratch) if r.worded and r.turned]
        if not parts:
            parser.error(f"{given.data} holds no NAME.seglst.json.")
        sound = scratch / "long.wav"
        said = compose(parts, 60 * given.minutes, sound)
        lengths = (given.long / 3, given.long)
        for measured in (words_rows(sound, said), memory_rows(parts, lengths, scratch)):
            for row in measured:
                rows.append(row)
                if not given.json:
                    print(table_row(row, 50), flush=True)
    if given.json:
        print(show(rows, as_json=True))


if __name__ == "__main__":
    main()

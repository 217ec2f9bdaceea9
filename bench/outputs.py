"""Every format of a five-hour record: how long writing takes, how much memory, and whether twice gives the same bytes.

    python bench/outputs.py [--json] [--hours 5]

An invented record as `bench.search` makes them: 30 speakers, an agenda, words of jieba's dictionary at 250 characters a
minute, in captions of at most two lines. Sound and video are not in it: they are encoded as fast as the processor can
(`bench/masking.py`). Each writing is one process of its own. The disk is measured with it: every file is synced.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.child import peak_mb
from bench.rows import Row, limited, plain, show
from bench.search import paragraphs
from output import files
from redaction.released import Cue, PublicSection, PublicSpeaker, PublicStatement, Released, ReleasedSound
from speakers.record import Millis, Span

GOAL_S = 5
GOAL_MB = 300
A_MINUTE = 250
"""Characters that people say in a minute."""

_CUE = 28
"""Characters of a caption."""


def record(hours: float) -> Released:
    """An invented record of so many hours."""
    lot = random.Random(7)  # noqa: S311 - the same every time
    speakers = tuple(
        PublicSpeaker(f"與會者{n}號", f"與會者{n}號", "機關代表" if n % 3 else "", named=True)
        if n % 5
        else PublicSpeaker(f"參與者 {n}", f"參與者{n}", "", named=False)
        for n in range(30)
    )
    a_character = 60_000 / A_MINUTE
    statements: list[PublicStatement] = []
    at = 0.0
    whole = "".join(paragraphs(lot, int(hours * 60 * A_MINUTE)))
    while whole:
        length = lot.choice((8, 15, 25, 40, 60))
        text, whole = whole[:length], whole[length:]
        cues = []
        for start in range(0, len(text), _CUE):
            part = text[start : start + _CUE]
            until = at + len(part) * a_character
            cues.append(Cue(Span(Millis(int(at)), Millis(int(until))), part))
            at = until
        statements.append(PublicStatement(lot.randrange(len(speakers)), text, tuple(cues)))
    step = max(1, len(statements) // 8)
    return Released(
        title="很長的會議",
        date="2026-05-01",
        place="臺北市",
        case="示範案",
        links=(),
        language="zh",
        speakers=speakers,
        statements=tuple(statements),
        sound=ReleasedSound(allowed=False, reason="Not in this benchmark.", replaced=()),
        approval="0" * 64,
        approved_at="2026-05-10T10:00:00+08:00",
        approvers=2,
        hidden=(("person", 12),),
        sections=tuple(
            PublicSection(f"議程第 {n // step + 1} 項", n, statements[n].cues[0].span.start)
            for n in range(0, len(statements), step)
        ),
        begins="14:00:00",
    )


def written(hours: float) -> dict[str, Any]:
    """Write it once, in this process."""
    released = record(hours)
    before = peak_mb()
    with tempfile.TemporaryDirectory() as place:
        wall, cpu = time.perf_counter(), time.process_time()
        paths = files.write(released, Path(place), None)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        digests = {p.name.partition(".")[2]: hashlib.sha256(p.read_bytes()).hexdigest() for p in paths}
        size = sum(p.stat().st_size for p in paths)
    return {
        "wall_s": wall,
        "cpu_s": cpu,
        "peak_mb": peak_mb(),
        "before_mb": before,
        "size": size,
        "digests": digests,
        "paragraphs": len(released.statements),
    }


def rows(hours: float) -> list[Row]:
    """The figures."""
    runs = [_run(hours) for _ in range(2)]
    best = min(runs, key=lambda run: float(run["wall_s"]))
    digests = [run["digests"] for run in runs]
    others = sum(digests[0].get(name) != digests[1].get(name) for name in {*digests[0], *digests[1]})
    what = f"{len(digests[0])} formats of {hours:g} hours, {best['paragraphs']} paragraphs, {best['size'] / 1e6:.1f} MB"
    return [
        limited(
            "formats: seconds to write",
            round(best["wall_s"], 2),
            GOAL_S,
            f"{what}; {best['cpu_s']:.1f} s of processor",
        ),
        limited(
            "formats: most memory, MB",
            round(max(run["peak_mb"] for run in runs)),
            GOAL_MB,
            "of the process, the record in it",
        ),
        plain("formats: memory before, MB", round(best["before_mb"]), "Python, the libraries, the record"),
        limited("formats: other bytes the second time", others, 0, "files, in another process"),
    ]


def _run(hours: float) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603 - this file
        [sys.executable, __file__, "--child", "--hours", str(hours)],
        capture_output=True,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--hours", type=float, default=5)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        print(json.dumps(written(given.hours)))
        return
    sys.stdout.write(show(rows(given.hours), as_json=given.json) + "\n")


if __name__ == "__main__":
    main()

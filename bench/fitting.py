"""How well a transcript that people wrote is fitted to the sound: when its paragraphs begin, and in whose voice.

    python bench/fitting.py --data DIR [--json]

DIR holds recordings `NAME.flac` with `NAME.seglst.json`. Each recording is run as a user would, with the words and
speakers of its reference as a transcript and nothing else; the reference's times are not told.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.rows import Row, show
from pipeline.folder import meetings
from pipeline.given import FILE, record_of
from speakers.record import UNKNOWN, Record

_BEGINS = 12
"""Characters by which a paragraph of the record is found in the reference."""


@dataclass
class Found:
    """What was measured of all recordings.

    Attributes:
        paragraphs: of the references.
        off_s: seconds by which each begins too early or too late.
        nobodys: how many were left to a reviewer.
        mixed: how many stand under a voice that is mostly somebody else's.
    """

    paragraphs: int = 0
    off_s: list[float] = field(default_factory=list)
    nobodys: int = 0
    mixed: int = 0


def _heard(recording: Path, reference: list[dict[str, Any]], scratch: Path) -> Record:
    """The record that the program makes with the reference's words."""
    (scratch / "transcript.txt").write_text(
        "\n\n".join(f"{said['speaker']}: {said['words']}" for said in reference), "utf-8"
    )
    (scratch / "meeting.toml").write_text(
        '[[brought]]\nkind = "transcript"\nfile = "transcript.txt"\n', "utf-8"
    )
    own = {
        "ZHUZI_DATA": scratch / "data",
        "ZHUZI_REGISTER": scratch / "people",
        "ZHUZI_REGISTER_KEY": scratch / "key",
    }
    subprocess.run(  # noqa: S603 - our own program
        [
            sys.executable,
            "-c",
            "from pipeline.cli import main; main()",
            "run",
            recording,
            "--meeting",
            scratch / "meeting.toml",
        ],
        check=True,
        env={**os.environ, **{name: str(path) for name, path in own.items()}},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    (folder,) = meetings(scratch / "data")
    if not (folder.root / FILE).is_file():
        raise RuntimeError("the transcript was not fitted")
    return record_of(folder)


def _compare(record: Record, reference: list[dict[str, Any]], found: Found) -> None:
    at = 0
    whose: dict[str, list[str]] = {}
    for statement in record.statements:
        begins = statement.text.replace(" ", "")[:_BEGINS]
        rest = range(at, len(reference))
        number = next((n for n in rest if reference[n]["words"].replace(" ", "").startswith(begins)), None)
        if number is None:
            continue
        at, said = number + 1, reference[number]
        found.off_s.append(abs(statement.span.start / 1000 - float(said["start_time"])))
        if statement.speaker == UNKNOWN:
            found.nobodys += 1
        else:
            whose.setdefault(statement.speaker, []).append(said["speaker"])
    found.paragraphs += len(reference)
    found.mixed += sum(len(people) - max(map(people.count, people)) for people in whose.values())


def measured(data: Path) -> Iterator[Row]:
    """The figures of every recording of a folder together."""
    found = Found()
    references = sorted(data.glob("*.seglst.json"))
    for path in references:
        recording = path.with_name(path.name.replace(".seglst.json", ".flac"))
        reference = sorted(json.loads(path.read_text("utf-8")), key=lambda said: float(said["start_time"]))
        with tempfile.TemporaryDirectory() as scratch:
            _compare(_heard(recording, reference, Path(scratch)), reference, found)
    how = f"{len(references)} recordings, {found.paragraphs} paragraphs; times of composed references are from energy"
    off = sorted(found.off_s)
    median, most = off[len(off) // 2], off[int(len(off) * 0.95)]
    placed = len(off) / found.paragraphs
    yield Row("share of paragraphs that are in the record as written", placed, "1", placed == 1, how)
    yield Row("seconds by which a paragraph begins elsewhere, median", median, "<= 0.5", median <= 0.5, how)
    yield Row("the same, 95 of 100", most, "<= 2", most <= 2, how)
    yield Row("paragraphs in somebody else's voice", found.mixed, "0", found.mixed == 0, how)
    share = found.nobodys / found.paragraphs
    yield Row("share left to a reviewer, who listens whose it is", share, "<= 0.1", share <= 0.1, how)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    print(show(measured(asked.data), as_json=asked.json))


if __name__ == "__main__":
    main()

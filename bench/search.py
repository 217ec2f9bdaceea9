"""Searching a thousand published records: how long a question takes, and what the index over them costs.

    python bench/search.py [--json] [--records 1000] [--characters 20000] [--folder]

Invented records: words of jieba's dictionary, drawn as often as it counts them, in paragraphs of a hundred characters.
Questions of one to four characters: the commonest words, seldom ones, words that nobody said, and words beside each
other that are common alone. `--folder` also makes the index of a folder of such records, which takes minutes.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import random
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from importlib import resources
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.rows import Row, limited, plain, show
from output import manifest
from output.manifest import File, Manifest
from pipeline.outlets import find, index
from pipeline.outlets.record import Paragraph, Published

GOAL_MS = 50
PARAGRAPH = 100
"""Characters."""

ROUNDS = 5


@cache
def _counts() -> dict[str, int]:
    """How often jieba's dictionary counts each word."""
    lines = resources.files("jieba").joinpath("dict.txt").read_text("utf-8").splitlines()
    return {word: int(count) for word, count, *_ in (line.split() for line in lines)}


@cache
def _words() -> tuple[list[str], list[int]]:
    known = [(word, count) for word, count in _counts().items() if count >= 20]
    return [word for word, _ in known], list(itertools.accumulate(count for _, count in known))


def paragraphs(lot: random.Random, characters: int) -> Iterator[str]:
    """So many characters of speech, a paragraph after the other."""
    words, weights = _words()
    for _ in range(characters // PARAGRAPH):
        said = "".join(lot.choices(words, cum_weights=weights, k=PARAGRAPH // 2))[:PARAGRAPH]
        yield "，".join(said[i : i + 20] for i in range(0, len(said), 20)) + "。"


def records(count: int, characters: int) -> Iterator[Published]:
    """Invented records, one a day."""
    lot = random.Random(7)  # noqa: S311 - the same every time
    for number in range(count):
        date = f"{2000 + number // 336}-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}"
        said = enumerate(paragraphs(lot, characters), start=1)
        spoken = tuple(Paragraph(n, f"參與者 {n % 7}", text) for n, text in said)
        files = (f"{date}-會議.html", f"{date}-會議.md", manifest.NAME)
        yield Published(
            f"{date}-會議",
            f"{date} 會議",
            date,
            f"{date}T10:00:00+08:00",
            "0" * 64,
            files,
            "CC0-1.0",
            spoken,
        )


def questions() -> dict[int, list[str]]:
    """Of each length: common, seldom, and never said."""
    words, _ = _words()
    counts = _counts()
    asked = {1: ["的", "龘"], 2: ["的是", "龘龘"], 3: ["的是一", "龘龘龘"], 4: ["的是我們", "了一個會"]}
    for length, found in asked.items():
        known = sorted((w for w in words if len(w) == length), key=lambda w: -counts[w])
        found += [*known[:5], *known[len(known) // 2 :][:3], *known[-3:]]
    return asked


def _timed(database: sqlite3.Connection, data: Path, wanted: str) -> float:
    """Milliseconds for a question, the look whether the index is up to date included."""
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        find.refresh(database, data)
        find.look(database, wanted, 20)
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


def on_the_machine(count: int, characters: int, place: Path) -> Iterator[Row]:
    """`zhuzi search`, on as many meetings' folders."""
    data = place / "data"
    (data / "meetings").mkdir(parents=True)
    how = f"{count} records of {characters} characters"
    with closing(find.opened(data)) as database:
        begun = time.perf_counter()
        for number, record in enumerate(records(count, characters)):
            public = data / "meetings" / f"{number:012x}" / "public"
            public.mkdir(parents=True)
            (public / manifest.NAME).write_text("{}")
            (public.parent / "ledger.jsonl").write_text("")
            find.add(database, public.parent.name, find.stamp(str(public.parent)), record)
        database.commit()
        yield plain("index made, s", time.perf_counter() - begun, f"{how}; they are invented meanwhile")
        size = sum(path.stat().st_size for path in data.glob(f"{find.NAME}*"))
        yield plain("index, MB", size / 1e6, how)
        for length, asked in questions().items():
            taken = [_timed(database, data, wanted) for wanted in asked]
            told = f"slowest of {len(asked)} questions, median of {ROUNDS}; {how}"
            yield limited(f"{length} characters, ms", max(taken), GOAL_MS, told)


def in_a_folder(count: int, characters: int, place: Path) -> Iterator[Row]:
    """The index of a folder of records."""
    for record in records(count, characters):
        _written(place / record.slug, record)
    begun = time.perf_counter()
    index.rebuild(place, title="Bench")
    how = f"{count} records of {characters} characters"
    yield plain("folder indexed, s", time.perf_counter() - begun, how)
    shards = [path.stat().st_size for path in place.glob("search/g-*/*.js")]
    yield plain("scripts of pairs, MB", sum(shards) / 1e6, f"{len(shards)} scripts; {how}")
    yield plain("largest script, KB", max(shards) / 1e3, f"a question loads one for each pair; {how}")
    yield plain("page, KB", (place / "index.html").stat().st_size / 1e3, how)
    yield plain(
        "most memory, MB",
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
        "of this program, whatever it measured before",
    )


def _written(folder: Path, record: Published) -> None:
    folder.mkdir(parents=True)
    blocks = [f"# {record.title}"]
    blocks += [block for p in record.paragraphs for block in (f"### {p.label}：", p.text)]
    text = folder / f"{record.slug}.md"
    text.write_text("\n\n".join(blocks) + "\n", "utf-8")
    (folder / f"{record.slug}.html").write_text("<!DOCTYPE html>\n", "utf-8")
    files = tuple(
        File(path.name, hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size)
        for path in sorted(folder.iterdir())
    )
    described = Manifest(files, "0" * 64, record.approved_at, 1, (), "", (), "CC0-1.0")
    (folder / manifest.NAME).write_bytes(manifest.serialize(described))


def main() -> None:
    """Measure, and print a table or JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--records", type=int, default=1000)
    options.add_argument("--characters", type=int, default=20_000)
    options.add_argument("--folder", action="store_true")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as made:
        place = Path(made)
        rows = list(on_the_machine(given.records, given.characters, place))
        if given.folder:
            (place / "folder").mkdir()
            rows += in_a_folder(given.records, given.characters, place / "folder")
    sys.stdout.write(show(rows, as_json=given.json) + "\n")
    sys.exit(not all(row.holds for row in rows))


if __name__ == "__main__":
    main()

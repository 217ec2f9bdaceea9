"""How many planted leaks the scanner finds, beside `grep`; false alarms on clean files; how fast it is.

    python bench/leaks.py [--json] [--clean DIR] [--megabytes 140]

The three sets of blind canaries were written by somebody who had not seen the scanner; ours by those who wrote it.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT)]

from bench.rows import Row, plain, show  # noqa: E402 (the project is found through the line above)
from redaction.scan import Term, facts_of, scan, terms_of  # noqa: E402
from tests.redaction import canaries_blind, canaries_second, canaries_third, test_scan_canaries  # noqa: E402
from tests.redaction.canaries import TERMS, sound  # noqa: E402

LIBRARY_FILES = 400
GOAL = 99.0


@dataclass(frozen=True)
class Planted:
    """One leak, or one clean file.

    Attributes:
        group: "blind", "second" and "third" (blind too, and written later) or "ours".
        kind: what is given away: "name", "alias", "number", "fact"; "nothing" of a clean file.
        write: writes it into a folder.
        terms: what is looked for.
    """

    group: str
    kind: str
    write: Callable[[Path], None]
    terms: tuple[Term, ...]


def planted() -> Iterator[Planted]:
    """Every canary of the four sets, and the clean files beside them."""
    for group, hidden, canaries in (
        ("blind", canaries_blind.PEOPLE, (*canaries_blind.CANARIES, *canaries_blind.CLEAN)),
        ("second", canaries_second.PEOPLE, (*canaries_second.SECOND, *canaries_second.SECOND_CLEAN)),
        ("third", canaries_third.PEOPLE, (*canaries_third.THIRD, *canaries_third.THIRD_CLEAN)),
    ):
        people = terms_of(hidden) + facts_of(hidden)
        for canary in canaries:
            yield Planted(group, canary.leaks, canary.write, people)
    given = test_scan_canaries
    for kind, texts, files in (
        ("name", given.TEXTS, given.FILES),
        ("nothing", given.CLEAN_TEXTS, given.CLEAN_FILES),
    ):
        for content in texts.values():
            yield Planted("ours", kind, _writer("record.txt", content), TERMS)
        for name, content in files.values():
            yield Planted("ours", kind, _writer(name, content), TERMS)


def _writer(name: str, content: str | bytes | Callable[[Path], None]) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        if callable(content):
            content(folder / name)
        else:
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)

    return write


def grepped(folder: Path, terms: tuple[Term, ...], *command: str) -> bool:
    """Whether a search for the terms as they are finds one, in a file or in a file's name."""
    names = [argument for term in terms for argument in ("-e", term.surface)]
    found = subprocess.run([*command, *names, str(folder)], capture_output=True, check=False)  # noqa: S603 (as given)
    listed = "\n".join(str(p.relative_to(folder)) for p in folder.rglob("*")).lower()
    return bool(found.stdout.strip()) or any(t.surface.lower() in listed for t in terms)


def caught(work: Path) -> Iterator[Row]:
    """What was found of what was planted, by class, beside grep and ripgrep; false alarms."""
    ours, greps, rips, refused, total = (
        Counter[str](),
        Counter[str](),
        Counter[str](),
        Counter[str](),
        Counter[str](),
    )
    alarms, clean, unread = Counter[str](), Counter[str](), Counter[str]()
    for number, one in enumerate(planted()):
        folder = work / str(number) / "o"
        folder.mkdir(parents=True)
        one.write(folder)
        hits = scan(folder, one.terms)
        named = any(h.term for h in hits)
        keys = (one.group, f"{one.group}: {one.kind}")
        if one.kind == "nothing":
            clean[one.group] += 1
            alarms[one.group] += named
            unread[one.group] += bool(hits) and not named
            continue
        if one.kind == "number" and not named:
            named = bool(scan(folder, (), numbers=True))
        grep = grepped(folder, one.terms, "grep", "-r", "-a", "-i", "-F")
        rip = bool(shutil.which("rg")) and grepped(folder, one.terms, "rg", "-z", "-a", "-i", "-F", "-uuu")
        for key in keys:
            total[key] += 1
            ours[key] += named
            refused[key] += bool(hits) and not named
            greps[key] += grep
            rips[key] += rip
    for key, count in sorted(total.items()):
        share = 100 * ours[key] / count
        how = f"{ours[key]} of {count} named, {refused[key]} more refused; grep -raiF {greps[key]}"
        how += f"; rg -z {rips[key]}" if shutil.which("rg") else "; ripgrep is not installed"
        yield Row(f"leaks found %, {key}", share, f"≥ {GOAL:g}", share >= GOAL, how)
        yield plain(
            f"the same with grep %, {key}", 100 * greps[key] / count, "names as they are, file names too"
        )
    for group, count in sorted(clean.items()):
        how = f"of {count} clean files; {unread[group]} more were refused as unreadable (random bytes)"
        yield Row(f"false alarms, {group}", alarms[group], "0", not alarms[group], how)


def library() -> Iterator[Row]:
    """False alarms on Python's own texts, and how fast they are read."""
    folder = Path(sysconfig.get_paths()["stdlib"])
    files = sorted(p for p in folder.glob("*.py") if p.is_file())[:LIBRARY_FILES]
    yield from _clean("Python's standard library", files)


def _clean(what: str, files: list[Path]) -> Iterator[Row]:
    people = terms_of(canaries_blind.PEOPLE) + facts_of(canaries_blind.PEOPLE)
    size = sum(p.stat().st_size for p in files) / 1e6
    begun = time.process_time()
    found = [h for path in files for h in scan(path, people)]
    took = time.process_time() - begun
    yield Row(f"false alarms, {what}", len(found), "0", not found, f"{len(files)} files, {size:.1f} MB")
    yield plain(
        f"MB per processor second, {what}",
        size / took,
        f"{took:.1f} s of one processor, one file after another",
    )


def long_release(work: Path, megabytes: int) -> Iterator[Row]:
    """A release of many hours: a record in four formats, and sound of so many megabytes."""
    folder = work / "release"
    folder.mkdir()
    lines = [
        f"參與者 {n % 9 + 1}：第 {n} 案，說明小組會再補充公共工程的資訊公開，謝謝主席。" for n in range(9_000)
    ]
    (folder / "record.txt").write_text("\n".join(lines), encoding="utf-8")
    (folder / "record.md").write_text("\n\n".join(f"**{line}**" for line in lines), encoding="utf-8")
    speeches = "".join(f'<speech by="#s{n % 9}"><p>{line}</p></speech>\n' for n, line in enumerate(lines))
    (folder / "record.an.xml").write_text(f"<akomaNtoso>{speeches}</akomaNtoso>", encoding="utf-8")
    cues = (
        f"{n // 1800:02}:{n // 30 % 60:02}:{n % 30 * 2:02}.000 --> {n // 1800:02}:{n // 30 % 60:02}:{n % 30 * 2 + 1:02}"
        f".900\n{line}\n"
        for n, line in enumerate(lines)
    )
    (folder / "record.vtt").write_text("WEBVTT\n\n" + "\n".join(cues), encoding="utf-8")
    piece = work / "piece.mp3"
    sound(piece, form="mp3", codec="libmp3lame")
    with (folder / "record.mp3").open("wb") as out:
        frames = piece.read_bytes()[45:]
        while out.tell() < megabytes << 20:
            out.write(frames)
    people = terms_of(canaries_blind.PEOPLE) + facts_of(canaries_blind.PEOPLE)
    for what, files in (
        ("texts of a long release", [*sorted(folder.glob("record.[!m]*")), folder / "record.md"]),
        ("its sound", [folder / "record.mp3"]),
    ):
        size = sum(p.stat().st_size for p in files) / 1e6
        begun = time.process_time()
        found = [h for path in files for h in scan(path, people, numbers=True)]
        took = time.process_time() - begun
        yield Row(f"false alarms, {what}", len(found), "0", not found, f"{len(files)} files, {size:.1f} MB")
        yield plain(f"MB per processor second, {what}", size / took, f"{took:.1f} s of one processor")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    yield Row("peak memory GB", peak, "≤ 2", peak <= 2, "of this process, everything above")


def main() -> None:
    """Print the table, or its rows as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", dest="as_json")
    parser.add_argument("--clean", type=Path, action="append", default=[], help="a folder known to be clean")
    parser.add_argument("--megabytes", type=int, default=140, help="of sound in the long release")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        rows = [*long_release(Path(work), given.megabytes), *caught(Path(work)), *library()]
    for folder in given.clean:
        rows += _clean(f"clean folder {folder.name}", sorted(p for p in folder.rglob("*") if p.is_file()))
    print(show(rows, as_json=given.as_json))


if __name__ == "__main__":
    main()

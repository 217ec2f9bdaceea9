"""How many captions keep the rules of `redaction.legible`, and how many did when they were cut by counting characters.

    python bench/captions.py --data DIR [--json]

DIR is a data directory with meetings that were transcribed, as `make demo` leaves one. What cannot be met, because
people speak faster than others read or interrupt each other, is in these shares.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.rows import Row, show
from output.captions import Caption, captions
from pipeline import review
from pipeline.folder import MeetingFolder
from pipeline.run import RECORD
from redaction import cues as cutting
from redaction import legible
from redaction import release as gate
from redaction.cues import Piece
from redaction.draft import Draft
from redaction.labels import language_of
from redaction.released import PublicSpeaker, PublicStatement, Released, ReleasedSound
from speakers.record import Millis, Span

RULES = {
    "lines": "two at most, of 16 full-width characters or 42 Latin ones",
    "reading speed": "9 full-width characters a second, 20 Latin ones",
    "time": "5/6 s to 7 s",
    "distance": "80 ms or more before the next one",
    "word": "it ends where a word, a clause or a sentence does",
    "all of these": "",
}


def kept(shown: list[Caption], cut: int) -> dict[str, float]:
    """The share of captions that keeps each rule.

    Args:
        shown: by start.
        cut: how many of them end in a word.
    """
    after = [c.span.start for c in shown[1:]] + [10**12]
    tests = [
        (
            all(legible.columns(line) <= legible.line_of(line) for line in lines)
            and len(lines) <= legible.LINES,
            legible.reading_ms(c.text.replace("\n", "")) <= c.span.length,
            legible.SHORTEST_MS <= c.span.length <= legible.LONGEST_MS,
            next_ - c.span.end >= legible.APART_MS,
        )
        for c, next_ in zip(shown, after, strict=True)
        for lines in [c.text.split("\n")]
    ]
    count = max(1, len(tests))
    shares = {rule: sum(t[n] for t in tests) / count for n, rule in enumerate(list(RULES)[:4])}
    return {**shares, "word": 1 - cut / count, "all of these": sum(all(t) for t in tests) / count}


def counted(pieces: list[Piece]) -> Iterator[tuple[Span, str]]:
    """Cut after 7 s or 40 characters, or after a sign once there are 20: what was done before."""
    group: list[Piece] = []
    at = 0
    for index, piece in enumerate(pieces):
        group.append(piece)
        length = sum(len(p.text) for p in group)
        long = piece.span.end - group[0].span.start >= 7_000 or length >= 40
        half = length >= 20 and piece.text.endswith(tuple("。？！，；.?!,"))
        if ((long or half) and not piece.tied) or index == len(pieces) - 1:
            start = max(group[0].span.start, at)
            at = max(*(p.span.end for p in group), start + 1)
            yield Span(Millis(start), Millis(at)), cutting.joined(group)
            group = []


def before(draft: Draft) -> tuple[list[Caption], int]:
    """The captions as they were, and how many of them end in a word."""
    made: list[Caption] = []
    cut = 0
    for _, speaker, pieces in gate._published(draft, language_of(draft)):
        rows = list(counted(cutting._spread(pieces)))
        made += [Caption(span, speaker.label, text) for span, text in rows]
        cut += _in_words(cutting.joined(pieces), (text for _, text in rows))
    made.sort(key=lambda c: c.span.start)
    return _one_at_a_time(made), cut


def _one_at_a_time(made: list[Caption]) -> list[Caption]:
    shown: list[Caption] = []
    for caption in made:
        start, end = caption.span.start, caption.span.end
        if shown and shown[-1].span.end > start:
            last = shown[-1]
            start = Millis(min(max(start, last.span.start + 1_000), last.span.end))
            shown[-1] = Caption(Span(last.span.start, start), last.label, last.text)
        shown.append(Caption(Span(start, Millis(max(end, start + 1))), caption.label, caption.text))
    return shown


def _in_words(text: str, parts: Iterable[str]) -> int:
    """How many of the parts of a text, in order, end inside a word."""
    words, at, inside = cutting._word_ends(text), 0, 0
    for part in parts:
        at = text.index(part, at) + len(part)
        after = text[at : at + 1]
        inside += after.isalnum() and text[at - 1].isalnum() and at not in words
    return inside


def now(draft: Draft) -> Released:
    """What captions are made of; nobody has to have approved it, for only figures come out of here."""
    language = language_of(draft)
    speakers: list[PublicSpeaker] = []
    statements = []
    for _, speaker, pieces in gate._published(draft, language):
        if speaker not in speakers:
            speakers.append(speaker)
        text = cutting.joined(pieces)
        statements.append(PublicStatement(speakers.index(speaker), text, cutting.cues(pieces)))
    return Released(
        title="", date="", place="", case="", links=(), language=language, speakers=tuple(speakers),
        statements=tuple(statements), sound=ReleasedSound(allowed=False, reason="", replaced=()), approval="a" * 64,
        approved_at="", approvers=1, hidden=(),
    )  # fmt: skip


def figures(drafts: list[Draft]) -> Iterator[Row]:
    """A row for each rule: before, and now."""
    old = [before(draft) for draft in drafts]
    released = [now(draft) for draft in drafts]
    new = [
        (list(captions(r)), sum(_in_words(s.text, (c.text for c in s.cues)) for s in r.statements))
        for r in released
    ]
    shares = [_of_all(rows) for rows in (old, new)]
    counts = [sum(len(shown) for shown, _ in rows) for rows in (old, new)]
    for rule, how in RULES.items():
        goal = 0.9 if rule == "all of these" else 0.95
        was, is_ = shares[0][rule], shares[1][rule]
        yield Row(f"captions that keep: {rule}, before", was, "", True, f"of {counts[0]}; {how}".rstrip("; "))
        yield Row(
            f"captions that keep: {rule}",
            is_,
            f"≥ {goal:g}",
            is_ >= goal,
            f"of {counts[1]}; {how}".rstrip("; "),
        )


def _of_all(rows: list[tuple[list[Caption], int]]) -> dict[str, float]:
    each = [(kept(*row), len(row[0])) for row in rows if row[0]]
    total = sum(count for _, count in each) or 1
    return {rule: sum(shares[rule] * count for shares, count in each) / total for rule in RULES}


def heard(data: Path) -> Iterator[Draft]:
    """Every draft of a data directory."""
    for root in sorted((data / "meetings").iterdir()):
        folder = MeetingFolder(root)
        if (root / RECORD).is_file():
            yield review.draft_of(folder)


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="a data directory")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    given = parser.parse_args()
    drafts = list(itertools.islice(heard(given.data), 1_000))
    if not drafts:
        sys.exit("No meeting there is transcribed.")
    print(show(figures(drafts), as_json=given.json))


if __name__ == "__main__":
    main()

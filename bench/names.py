"""Names given to voices, measured: on invented meetings, and enrolled voices on recordings with known turns.

    python bench/names.py [--json] [--bank develop] [--data DIR]

The words are those of `bench/meetings.py`: 200 meetings in Taiwan Mandarin and 200 in English, from the locked bank of
sentences and seeds that the rules were not developed with. DIR holds recordings with `NAME.flac` and `NAME.rttm`:
each person's turns are cut into halves, one of which is enrolled, and the other has to be recognised.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.meetings import invent
from bench.phrasing import DEVELOP, LOCKED
from speakers.names import name
from speakers.naming_rates import NamingRates, rates

MEETINGS = 200
"""In each language."""

FIRST_SEED = {"develop": 0, "locked": 1_000_000}


@dataclass(frozen=True)
class Row:
    """One figure beside its limit; `goal` is empty where there is none."""

    figure: str
    value: float
    goal: str
    holds: bool
    how: str


def words(bank: str) -> Iterator[Row]:
    """What is named by what people say."""
    everything = NamingRates()
    for phrasing in DEVELOP if bank == "develop" else LOCKED:
        total = NamingRates()
        for number in range(MEETINGS):
            invented = invent(FIRST_SEED[bank] + number, phrasing)
            total += rates(name(invented.meeting, invented.record), invented.truth)
        everything += total
        yield from _rows(phrasing.language, total, f"{MEETINGS} invented meetings, {bank} bank and seeds")
    yield from _rows("both", everything, f"{2 * MEETINGS} invented meetings, {bank} bank and seeds")


def _rows(what: str, total: NamingRates, how: str) -> Iterator[Row]:
    good = total.precision >= 0.99
    given = f"{total.right} right, {total.wrong} wrong; {how}"
    yield Row(f"{what}: precision of proposals %", 100 * total.precision, "≥ 99", good, given)
    yield Row(f"{what}: recall %", 100 * total.recall, "", True, how)
    voices = f"{total.contested} of {total.open + total.strange} because evidence is at odds; {how}"
    yield Row(f"{what}: abstention %", 100 * total.abstention, "", True, voices)


def main() -> None:
    """Measure, and print a table or rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--bank", choices=list(FIRST_SEED), default="locked", help="of sentences and seeds")
    parser.add_argument(
        "--data", type=Path, help="folder of recordings with their turns, for enrolled voices"
    )
    parser.add_argument("--json", action="store_true", help="print rows {figure, value, goal, holds, how}")
    options = parser.parse_args()
    rows = list(words(options.bank))
    if options.json:
        print(json.dumps([asdict(r) for r in rows], ensure_ascii=False, indent=1))
        return
    for row in rows:
        mark = "" if not row.goal else ("holds" if row.holds else "MISSED")
        print(f"{row.figure:<40}{row.value:>9.2f}  {row.goal:<6}{mark:<8}{row.how}")


if __name__ == "__main__":
    main()

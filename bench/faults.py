"""Faults and what is lost by them: `python -m bench.faults [--json] [--kills N] [--only WORD]`.

Every case has the real engine do meetings with scripted models, causes its fault as often as it says, and counts what
came of what was handed in. Goals: nothing is lost, and no finished stage is done again, but for a kill between the end
of a stage and its being written down, which does no harm.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from bench import faults_kills, faults_more, faults_servers, rows
from bench.faults_frame import Case, tried

CASES: tuple[Case, ...] = (*faults_kills.CASES, *faults_servers.CASES, *faults_more.CASES)


def main() -> None:
    """Try the cases, and print what came of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--json", action="store_true", help="rows of figure, value, goal, holds, how")
    parser.add_argument("--kills", type=int, default=100, help="how many random kills (default 100)")
    parser.add_argument("--only", default="", help="cases whose name has this word")
    given = parser.parse_args()
    chosen = [case for case in CASES if given.only in case.name]
    if not chosen:
        parser.error(f"no such case; there are: {', '.join(case.name for case in CASES)}")
    found = []
    with tempfile.TemporaryDirectory(prefix="zhuzi-faults-") as place:
        for row in tried(chosen, Path(place), given.kills):
            found.append(row)
            print(rows.table_row(row, 60, 0), file=sys.stderr, flush=True)
    print(rows.show(found, as_json=given.json))


if __name__ == "__main__":
    main()

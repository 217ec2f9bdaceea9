"""What the formats add of themselves, times and ids, is taken for nobody's number by the leak scanner."""

from __future__ import annotations

import random
from dataclasses import replace

from output import files
from redaction.released import Cue, PublicSection, PublicStatement
from redaction.scan import Term, scan
from speakers.record import Millis, Span


def test_no_time_of_a_long_record_is_taken_for_a_telephone_number(make, tmp_path):
    drawn = random.Random(7)  # noqa: S311 (nothing secret: any times will do)
    at, said = 0, []
    for number in range(500):
        start = at + drawn.randrange(50, 40_000)
        at = start + drawn.randrange(400, 20_000)
        said.append(PublicStatement(number % 2, "好。", (Cue(Span(Millis(start), Millis(at)), "好。"),)))
    released = replace(
        make(begins="09:12:34", sayit_times=True, join="a4b2f4ac-5e4c-4c8b-8a48-1fd38c9a7a44"),
        statements=tuple(said),
        sections=tuple(PublicSection(f"第 {n} 案", n * 33, Millis(n * 1_000_000)) for n in range(15)),
    )
    files.write(released, tmp_path, None)
    assert scan(tmp_path, (Term("p1/1", "蔡佩珊"),), numbers=True) == ()

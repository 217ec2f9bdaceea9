"""Names that belong to nobody on the roster."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from redaction.mark import Tier
from redaction.mentions import find as mentions_of
from redaction.nearness import nearness
from redaction.strangers import Stranger, find, marks
from speakers import names
from speakers.meeting import Meeting
from tests.scenes import hidden, shown, spoken

MEETING = Meeting(participants=(hidden(1, "蔡佩珊", "佩珊", heard_at=100), shown(2, "高慧敏")))


def test_names_of_nobody_are_listed_with_their_number_and_first_place() -> None:
    record = spoken(("S1", "昨天王小明來過"), ("S2", "王小明跟我叫陳大偉"), ("S2", "謝謝高慧敏"))
    assert find(MEETING, record) == (Stranger("王小明", 2, "a1"), Stranger("陳大偉", 1, "a2"))


@pytest.mark.parametrize("text", ["謝謝蔡沛珊", "謝謝高惠敏", "大家好，今天討論預算", "夏天很熱", "黃色的紙"])
def test_who_is_on_the_roster_and_what_is_no_name_is_not(text: str) -> None:
    assert find(MEETING, spoken(("S1", text))) == ()


def test_names_in_english_after_an_introduction() -> None:
    assert find(MEETING, spoken(("S1", "my name is Joyce Wang"))) == (Stranger("Joyce Wang", 1, "a1"),)


def test_near_a_protected_person_each_is_a_mark() -> None:
    record = spoken(("S1", "昨天王小明來過"), *(("S2", "好"),) * 3, ("S2", "昨天王小明來過"))
    near = nearness(MEETING, record, names.name(MEETING, record), mentions_of(MEETING, record))
    (mark,) = marks(MEETING, record, near)
    assert (mark.statement_id, mark.char_start, mark.char_end, mark.tier) == ("a1", 2, 5, Tier.C)


def test_jieba_leaves_no_file_and_says_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    program = "from speakers.lexicon import people; assert people('昨天王小明來過')"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        check=True,
        text=True,
    )
    assert (done.stdout, done.stderr, list(tmp_path.iterdir())) == ("", "", [])
    with caplog.at_level(logging.DEBUG):
        find(MEETING, spoken(("S1", "昨天王小明來過")))
    assert caplog.text == ""

"""Numbers and addresses by which somebody can be reached, as people say them and recognizers write them."""

from __future__ import annotations

import pytest

from redaction.contacts import find, spans
from redaction.mark import Kind, Tier
from tests.scenes import spoken


@pytest.mark.parametrize(
    ("text", "what", "hidden"),
    [
        ("打 0912-345-678 給我", "telephone", "0912-345-678"),
        ("打 0912 345 678", "telephone", "0912 345 678"),
        ("打０９１２３４５６７８", "telephone", "０９１２３４５６７８"),
        ("零九一二，三四五，六七八", "telephone", "零九一二，三四五，六七八"),
        ("洞九一二三四五六拐八", "telephone", "洞九一二三四五六拐八"),
        ("02-2345-6789", "telephone", "02-2345-6789"),
        ("(02)2345-6789", "telephone", "02)2345-6789"),
        ("+886 912 345 678", "telephone", "+886 912 345 678"),
        ("+886-2-2345-6789", "telephone", "+886-2-2345-6789"),
        ("call 415-555-0132 now", "telephone", "415-555-0132"),
        ("zero nine one two three four five six", "telephone", "zero nine one two three four five six"),
        ("A123456789", "identity-card", "A123456789"),
        ("身分證 A 1 2 3 4 5 6 7 8 9", "identity-card", "A 1 2 3 4 5 6 7 8 9"),
        ("A一二三四五六七八九", "identity-card", "A一二三四五六七八九"),
        ("chen.wei@example.org.tw", "e-mail", "chen.wei@example.org.tw"),
        ("chen小老鼠example點org", "e-mail", "chen小老鼠example點org"),
        ("chen at example dot org", "e-mail", "chen at example dot org"),
        ("09\u200b12345678", "telephone", "09\u200b12345678"),
    ],
)
def test_what_is_hidden(text: str, what: str, hidden: str) -> None:
    assert [(text[start:end], found) for start, end, found in spans(text)] == [(hidden, what)]


@pytest.mark.parametrize(
    "text",
    [
        "二零一零年訂的，一百公分，三百件",
        "2024-05-01 10:30",
        "第 123 案，預算 12,345,678 元",
        "open data at home",
        "",
        "A1234",
        "三二一，開始",
    ],
)
def test_what_is_left(text: str) -> None:
    assert spans(text) == ()


def test_a_contact_is_nobody_s_and_decided_one_by_one() -> None:
    (mark,) = find(spoken(("S1", "大家好"), ("S2", "打0912345678")))
    assert (mark.statement_id, mark.char_start, mark.subject) == ("a2", 1, "")
    assert (mark.kind, mark.tier) == (Kind.CONTACT, Tier.B)
    assert "0912" not in repr(mark)


def test_the_same_number_is_one_group() -> None:
    record = spoken(("S1", "0912345678"), ("S2", "0912345678"), ("S3", "0987654321"))
    groups = [m.surface_group for m in find(record)]
    assert groups[0] == groups[1] != groups[2]

"""Numbers and addresses by which somebody can be reached, as people say them and recognizers write them."""

from __future__ import annotations

import pytest

from redaction.contacts import find, spans
from redaction.mark import Kind, Tier
from redaction.release import release
from speakers.meeting import Meeting
from tests.scenes import approved, shown, spoken


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
        ("打我的電話，零九八七，六五四，三二一。", "telephone", "零九八七，六五四，三二一"),
        ("洞九八拐六五四三兩么", "telephone", "洞九八拐六五四三兩么"),
        ("洞勾么兩三四五六拐八", "telephone", "洞勾么兩三四五六拐八"),
        ("零玖捌柒陸伍肆參貳壹", "telephone", "零玖捌柒陸伍肆參貳壹"),
        ("09八七 654 三二一", "telephone", "09八七 654 三二一"),
        ("零九12-345-六七八", "telephone", "零九12-345-六七八"),
        ("零九八七。六五四。三二一。", "telephone", "零九八七。六五四。三二一"),
        ("零九八七，嗯，六五四，然後三二一", "telephone", "零九八七，嗯，六五四，然後三二一"),
        ("零,九,八,七,六,五,四,三,二,一", "telephone", "零,九,八,七,六,五,四,三,二,一"),
        ("零二，二三四五，六七八九轉一二", "telephone", "零二，二三四五，六七八九"),
        ("電話是二三四五，六七八九", "telephone", "二三四五，六七八九"),
        ("專線 2345-6789", "telephone", "2345-6789"),
        ("加八八六，九八七，六五四，三二一", "telephone", "八八六，九八七，六五四，三二一"),
        ("oh nine one two triple three four", "telephone", "oh nine one two triple three four"),
        ("我的是A么兩三四五六拐八勾", "identity-card", "A么兩三四五六拐八勾"),
        ("A兩二三，四五六，七八九", "identity-card", "A兩二三，四五六，七八九"),
        ("身分證字號 A1二三四五6789", "identity-card", "A1二三四五6789"),
        ("身份證是西一二三四五六七八九", "identity-card", "一二三四五六七八九"),
        ("chen點wei小老鼠example點com點tw", "e-mail", "chen點wei小老鼠example點com點tw"),
        ("a b c 一二三小老鼠 example 點 org", "e-mail", "a b c 一二三小老鼠 example 點 org"),
        ("chen底線一二三老鼠雅虎點com", "e-mail", "chen底線一二三老鼠雅虎點com"),
        ("寄給陳小老鼠example點org", "e-mail", "陳小老鼠example點org"),
        ("chen小老鼠example點org就好", "e-mail", "chen小老鼠example點org"),
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
        "三百二十八萬",
        "一千兩百三十四萬五千六百七十八元",
        "六月十八日，二零二六年六月十八號",
        "二零二零，二零二一，二零二二",
        "一一零跟一一九，還有一九九九",
        "第零零七號，三點一四一五九二六五",
        "電話裡面談了三十分鐘",
        "身分證三年換一次",
        "看到一隻小老鼠",
        "we meet at 3.30 today",
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


def test_a_number_in_another_notation_is_of_the_same_group() -> None:
    record = spoken(
        ("S1", "0987-654-321"), ("S2", "零九八七，六五四，三二一"), ("S3", "洞勾八拐六五四三兩么")
    )
    assert len({m.surface_group for m in find(record)}) == 1


def test_a_number_said_in_chinese_is_hidden_from_all_that_is_published() -> None:
    meeting = Meeting(participants=(shown(1, "高慧敏"),))
    record = spoken(("S1", "打我的電話，零九八七，六五四，三二一，謝謝"))
    released = release(approved(meeting, record))
    assert not set("零九八七六五四三二一") & set(repr(released.statements))
    assert "（聯絡資料）" in repr(released.statements)

"""Numbers and addresses by which somebody can be reached, as people say them and recognizers write them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redaction import contacts
from redaction.checksums import identity_card, luhn, tax_number
from redaction.contacts import find, spans
from redaction.mark import Kind, Tier
from redaction.reachable import _PASSED_OVER
from redaction.release import release
from redaction.stretch import Stretch
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
        ("我電話0912345678LINE也是", "telephone", "0912345678"),
        ("Tel0912345678", "telephone", "0912345678"),
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
        ("零二，二三四五，六七八九轉一二", "telephone", "零二，二三四五，六七八九轉一二"),
        ("電話是二三四五，六七八九", "telephone", "二三四五，六七八九"),
        ("專線 2345-6789", "telephone", "2345-6789"),
        ("加八八六，九八七，六五四，三二一", "telephone", "加八八六，九八七，六五四，三二一"),
        ("oh nine one two triple three four", "telephone", "oh nine one two triple three four"),
        ("我的是A么兩三四五六拐八勾", "identity-card", "A么兩三四五六拐八勾"),
        ("A兩二三，四五六，七八九", "identity-card", "A兩二三，四五六，七八九"),
        ("身分證字號 A1二三四五6789", "identity-card", "A1二三四五6789"),
        ("身份證是西一二三四五六七八九", "identity-card", "西一二三四五六七八九"),
        ("chen點wei小老鼠example點com點tw", "e-mail", "chen點wei小老鼠example點com點tw"),
        ("a b c 一二三小老鼠 example 點 org", "e-mail", "a b c 一二三小老鼠 example 點 org"),
        ("chen底線一二三老鼠雅虎點com", "e-mail", "chen底線一二三老鼠雅虎點com"),
        ("寄給陳小老鼠example點org", "e-mail", "陳小老鼠example點org"),
        ("chen小老鼠example點org就好", "e-mail", "chen小老鼠example點org"),
        ("我的電話九百一十二、三百四十五、六百七十八", "telephone", "九百一十二、三百四十五、六百七十八"),
        ("零九幺二三四五六七八", "telephone", "零九幺二三四五六七八"),
        ("手機零九一二的三四五的六七八", "telephone", "零九一二的三四五的六七八"),
        ("(02) 2345-6789 分機 123", "telephone", "02) 2345-6789 分機 123"),
        ("我的市話是零三七，三三，二一二三", "telephone", "零三七，三三，二一二三"),
        ("請轉，分機一二三四", "telephone", "一二三四"),
        ("零八九，三二四，五六七", "telephone", "零八九，三二四，五六七"),
        ("0836-12345", "telephone", "0836-12345"),
        ("0800-012-345", "telephone", "0800-012-345"),
        ("手機是九一二，三四五，六七八", "telephone", "九一二，三四五，六七八"),
        ("零九八七六五四，啊不對，是六五五，三二一", "telephone", "零九八七六五四，啊不對，是六五五，三二一"),
        ("打給我，零九一二，三是五，劉七八", "telephone", "零九一二，三是五，劉七八"),
        ("手機零九一二，三四五，六七", "telephone", "零九一二，三四五，六七"),
        (
            "nine one two, three four five, six seven eight",
            "telephone",
            "nine one two, three four five, six seven eight",
        ),
        ("電話號碼是 nine one two 三四五 six 七八", "telephone", "nine one two 三四五 six 七八"),
        (
            "call 0912, double three four, five six seven",
            "telephone",
            "0912, double three four, five six seven",
        ),
        ("你的電話幾號？二三四五，六七八九", "telephone", "二三四五，六七八九"),
        ("身分證是欸一二三四五六七八九", "identity-card", "欸一二三四五六七八九"),
        ("我的身份證字號是大寫 B，兩二三，四五六，七八九", "identity-card", "B，兩二三，四五六，七八九"),
        ("居留證 AB12345678", "identity-card", "AB12345678"),
        ("居留證號碼是 A C 四五五八，六二一一", "identity-card", "A C 四五五八，六二一一"),
        ("健保卡號碼，九零三二，五六七八，一二三四", "health-card", "九零三二，五六七八，一二三四"),
        ("護照號碼是三一二，三四五，六七八", "passport", "三一二，三四五，六七八"),
        ("病歷號是一二三，四五六七", "file-number", "一二三，四五六七"),
        ("郵局帳號零零零一二三四，五六七八九零一", "bank-account", "零零零一二三四，五六七八九零一"),
        ("信用卡號 4111 1111 1111 1111", "credit-card", "4111 1111 1111 1111"),
        ("統編是零四五九五二五七", "tax-number", "零四五九五二五七"),
        ("車牌 ABC-1234", "plate", "ABC-1234"),
        ("我的車牌號碼是 A B C 一二三四", "plate", "A B C 一二三四"),
        ("我的車號是一二三四 A B", "plate", "一二三四 A B"),
        ("MNP-5678 那台車", "plate", "MNP-5678"),
        ("信箱是佩珊一二三小老鼠居妹點康", "e-mail", "佩珊一二三小老鼠居妹點康"),
        ("s h e i l a at G mail dot com", "e-mail", "s h e i l a at G mail dot com"),
        (
            "寄到 wei underscore lin at example dot com dot tw",
            "e-mail",
            "wei underscore lin at example dot com dot tw",
        ),
        ("我的 LINE ID 是 wei_lin99", "handle", "wei_lin99"),
        ("加我的 line，帳號是 m o m o 520", "handle", "m o m o 520"),
        ("IG 是 peishan.tsai", "handle", "peishan.tsai"),
        ("@wei_lin 在嗎", "handle", "@wei_lin"),
        ("https://www.facebook.com/wei.lin.5 看得到", "page", "https://www.facebook.com/wei.lin.5"),
        ("臉書點com斜線wei點lin", "page", "臉書點com斜線wei點lin"),
        ("我住在中山路二段三十五號五樓", "address", "中山路二段三十五號五樓"),
        (
            "我家住新北市板橋區文化路一段一百八十八巷十二弄三號之二",
            "address",
            "新北市板橋區文化路一段一百八十八巷十二弄三號之二",
        ),
        ("花蓮縣壽豐鄉大學路二段 1 號", "address", "花蓮縣壽豐鄉大學路二段 1 號"),
        ("他家在大安村三鄰五號", "address", "大安村三鄰五號"),
        ("就在和平街，十五巷三十九号，9樓", "address", "和平街，十五巷三十九号，9樓"),
        ("I live at 12 Maple Street, Apartment 4", "address", "12 Maple Street, Apartment 4"),
        (
            "No. 8, Lane 20, Section 3, Heping East Road, Taipei",
            "address",
            "No. 8, Lane 20, Section 3, Heping East Road, Taipei",
        ),
        ("民國七十八年三月五號生", "date-of-birth", "民國七十八年三月五號生"),
        ("我七十八年次的", "date-of-birth", "七十八年次"),
        ("生日是五月三號", "date-of-birth", "五月三號"),
        ("零九一二對嗎三四五沒錯六七八", "telephone", "零九一二對嗎三四五沒錯六七八"),
        ("my license plate is A B C one two three four", "plate", "A B C one two three four"),
        ("date of birth is 1989-03-05", "date-of-birth", "1989-03-05"),
        ("my email is weilin99@example.com", "e-mail", "weilin99@example.com"),
        ("嘉義市民族路 15 之 3 號 2 樓", "address", "嘉義市民族路 15 之 3 號 2 樓"),
        ("台東縣 延平鄉 桃源村 3 鄰 12 號", "address", "台東縣 延平鄉 桃源村 3 鄰 12 號"),
        ("加我微信 wxid_12345", "handle", "wxid_12345"),
        ("員工編號 A12345", "file-number", "A12345"),
        ("帳號是 700 0012345 0678901", "bank-account", "700 0012345 0678901"),
        ("born on May 3rd, 1989", "date-of-birth", "May 3rd, 1989"),
    ],
)
def test_what_is_hidden(text: str, what: str, hidden: str) -> None:
    assert [(text[start:end], found) for start, end, found in spans(text)] == [(hidden, what)]


@pytest.mark.parametrize(
    ("heard", "hidden"),
    [
        ("答我電話零九二六零一八一五九謝謝我的", "零九二六零一八一五九"),
        ("請波零九九六零三零八二次謝謝答", "零九九六零三零八二"),
        ("電話十動勾四，三兩三個勾四我的", "勾四，三兩三個勾四"),
        ("困張號四六六七以二七六把，四二六把麻煩你。", "四六六七以二七六把，四二六"),
        ("肩膀卡號四一零九二百一五九零一三九身", "四一零九二百一五九零一三九"),
        ("份證字號是A二四五九五七一對。", "A二四五九五七一"),
        ("身份政治號是要的七七，七四一二一五對身", "七七，七四一二一五"),
        ("家在臺北四大安區和平東路三段一百零八向四二六七號。", "和平東路三段一百零八向四二六七號"),
        ("住在民生街四五向三號。", "民生街四五向三號"),
        ("七十五年字的我", "七十五年字"),
        ("我的信箱寺SHRL小老祖今天點賦請", "SHRL小老祖今天點賦請"),
        ("車牌號碼是B-C-E-E-R-S-N-C", "B-C-E-E-R-S-N-C"),
    ],
)
def test_what_the_built_in_model_wrote_for_invented_ones(heard: str, hidden: str) -> None:
    at = heard.index(hidden)
    assert any(start <= at and at + len(hidden) <= end for start, end, _ in spans(heard))


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
        "shoppy at Halston. I think so",
        "we met at Amazon.com last year",
        "look at booking.com",
        "it's at gmail",
        "三十五、四十五、五十五、六十五歲",
        "3號、5號、7號",
        "我住三樓",
        "預算是 0.12345678",
        "第 02345678 號公告",
        "經費 23456789 元",
        "105年到110年，一百零五、一百一十",
        "ISO-27001，PM2.5，COVID-19，CNS-1234",
        "https://join.gov.tw/idea/detail/1234",
        "LINE 群組 2024",
        "三十年生產經驗",
        "民國一百零八年出生率",
        "縱向是轉90度",
        "我們家就在民生路那邊",
        "一千兩百、三千四百、五千六百件",
        "零、三百、五百、兩百",
    ],
)
def test_what_is_left(text: str) -> None:
    assert spans(text) == ()


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        (("我的手機零九一二三四五", "六七八，謝謝"), ("零九一二三四五", "六七八")),
        (
            ("零九一二", "0912", "三四五", "三四五", "六七八", "對"),
            ("零九一二", "0912", "三四五", "三四五", "六七八"),
        ),
        (("我住中山路二段", "三十五號五樓"), ("中山路二段", "三十五號五樓")),
        (("電話號碼？", "二三四五六七八九"), ("二三四五六七八九",)),
    ],
)
def test_what_is_cut_over_statements_is_hidden_in_each(
    said: tuple[str, ...], hidden: tuple[str, ...]
) -> None:
    record = spoken(*((f"S{1 + n % 2}", text) for n, text in enumerate(said)))
    marks = find(record)
    texts = {s.id: s.text for s in record.statements}
    assert tuple(texts[m.statement_id][m.char_start : m.char_end] for m in marks) == hidden
    assert len({m.surface_group for m in marks}) == 1


@pytest.mark.parametrize("piece", ["1 ", "嗯，", "a b ", "小老鼠 a.", "路", "Road ", "一", "LINE ID "])
def test_the_work_grows_with_the_text_only(piece: str) -> None:
    assert _calls(piece * 160) < 3 * _calls(piece * 80)


def _calls(text: str) -> int:
    """Functions called while a text is searched; found by counting, since time depends on the machine."""
    calls = 0

    def counted(frame: object, event: str, arg: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(counted)
    try:
        spans(text)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize(
    ("what", "holds", "fails"),
    [
        (luhn, "4111111111111111", "4111111111111112"),
        (identity_card, "A123456789", "A123456788"),
        (tax_number, "04595257", "04595258"),
    ],
)
def test_check_digits(what: Callable[[str], bool], holds: str, fails: str) -> None:
    assert (what(holds), what(fails)) == (True, False)


def test_a_check_digit_raises_the_confidence_only() -> None:
    right, wrong = find(spoken(("S1", "身分證 A123456789"), ("S1", "身分證 A123456788")))
    assert right.confidence > wrong.confidence
    assert "checksum" in right.evidence.cues
    assert "checksum" not in wrong.evidence.cues


def test_a_date_of_birth_is_no_contact() -> None:
    (mark,) = find(spoken(("S1", "民國七十八年三月五號生")))
    assert mark.kind is Kind.QUASI


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


# A long record is searched again only around what changed.

_SAID = st.sampled_from(  # what rules look for, whole and in pieces
    ["零九八七", "六五四三二一", "0912", "345678", "我的電話是", "分機", "一二三", "中山路五號", "三樓", "小老鼠",
     "gmail 點 com", "民國七十年", "出生", "A123456789", "LINE 的 ID 是 abc_1", "嗯", "，", "好的", "今天開會", "x"]
)  # fmt: skip
_LINE = st.lists(_SAID, min_size=1, max_size=5).map("".join)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(_LINE, min_size=1, max_size=12),
    st.lists(
        st.tuples(st.integers(0, 400), st.integers(0, 3), st.lists(_LINE, max_size=3)), min_size=1, max_size=6
    ),
    st.integers(1, 3),
)
def test_what_is_found_after_changes_is_what_would_be_found_in_all_of_it(
    kinds: list[str], changes: list[tuple[int, int, list[str]]], at_once: int
) -> None:
    lines = [f"{line}{'好' * (n % 7)}" for n, line in enumerate(kinds * 400)][:400]
    search = contacts._Last()
    search.stretches(tuple(lines), "\n".join(lines))
    for first in range(0, len(changes), at_once):
        for at, gone, new in changes[first : first + at_once]:
            lines[at : at + gone] = new
        whole = "\n".join(lines)
        assert search.stretches(tuple(lines), whole) == tuple(contacts._disjoint(whole))


def test_a_change_far_away_is_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"打我的電話，零九八七，六五四，三二{n}。" for n in "一二三四五六七八九" * 200]
    search = contacts._Last()
    search.stretches(tuple(lines), "\n".join(lines))
    searched: list[int] = []
    disjoint = contacts._disjoint

    def searching(text: str) -> Iterator[Stretch]:
        searched.append(len(text))
        return disjoint(text)

    monkeypatch.setattr(contacts, "_disjoint", searching)
    lines[900] = "沒有號碼。"
    assert len(search.stretches(tuple(lines), "\n".join(lines))) == 1_799
    assert searched == [pytest.approx(1_600, abs=50)]
    lines[100] = lines[1_700] = "沒有號碼。"
    assert len(search.stretches(tuple(lines), "\n".join(lines))) == 1_797
    assert searched[1:] == [pytest.approx(1_600, abs=50)] * 2


def test_two_meetings_at_once_do_not_disturb_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    meetings = [[f"{who}，零九八七，六五四，三二{n}。" for n in "一二三四五六七八九" * 40] for who in "甲乙"]
    search = contacts._Last()
    for lines in meetings:
        search.stretches(tuple(lines), "\n".join(lines))
    search.stretches(("一行",), "一行")
    searched: list[int] = []
    disjoint = contacts._disjoint

    def searching(text: str) -> Iterator[Stretch]:
        searched.append(len(text))
        return disjoint(text)

    monkeypatch.setattr(contacts, "_disjoint", searching)
    for lines in meetings:
        lines[200] = "沒有號碼。"
        found = search.stretches(tuple(lines), "\n".join(lines))
        assert found == tuple(disjoint("\n".join(lines)))
    assert max(searched) < 2_000


_PIECES = st.sampled_from(
    [
        "0912345678", "零九一二", "三四五六七八", "分機123", "chen@example.org", " at gmail.com", "A123456789",
        "臺北市", "中正路五號", "ABC-1234", "民國七十年五月", "三日生", "電話", "，", " ", "\n",
        "#t1234567", "第", "好",
    ]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=8).map("".join))
def test_the_quick_way_finds_every_number_and_every_way_to_write(text: str) -> None:
    def told(found: tuple[tuple[int, int, str], ...]) -> list[tuple[int, int, str]]:
        return [place for place in found if place[2] not in _PASSED_OVER]

    assert told(contacts.dialled(text)) == told(spans(text))

"""What Slido and meeting platforms export is read as people have it, whatever their spreadsheets made of it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from pipeline import brought
from pipeline.brought_chat import messages
from pipeline.brought_table import MOST, questions
from pipeline.brought_times import moment_of
from speakers import authors
from speakers.brought import Clock, File, Item, with_brought
from speakers.error import MeetingError
from speakers.meeting import Participant, Source
from speakers.record import Diarization, Millis, Record, Span, SpeakerId, Statement, Word, WrittenKind

ROWS = [["問題", "提問者", "票數", "時間", "狀態"], ["何時開始？", "王小明", "5", "下午 2:03", "已回答"]]
READ = Item("何時開始？", "王小明", (14 * 60 + 3) * 60_000, "", 5, answered=True)


def text(rows: list[list[str]] = ROWS, between: str = ",") -> str:
    made = io.StringIO()
    csv.writer(made, delimiter=between).writerows(rows)
    return made.getvalue()


def book(*sheets: list[list[object]], merged: str = "") -> bytes:
    made, into = openpyxl.Workbook(), io.BytesIO()
    made.remove(made.worksheets[0])
    for rows in sheets:
        sheet = made.create_sheet()
        for row in rows:
            sheet.append(row)
    if merged:
        made.worksheets[-1].merge_cells(merged)
    made.save(into)
    return into.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        text().encode("utf-8"),
        text().encode("utf-8-sig"),
        text().encode("cp950"),
        text(between="\t").encode("utf-16"),
        text(between=";").encode("utf-8"),
        text([["Slido 匯出", "", "", "", ""], [], *ROWS]).encode("utf-8"),
        text([row[::-1] for row in ROWS]).encode("utf-8"),
        book([list(row) for row in ROWS]),
        book([["Poll", "Answer"], ["Lunch?", "yes"]], [list(row) for row in ROWS]),
        book([["會議問題"], *[list(row) for row in ROWS]], merged="A1:E1"),
    ],
)
def test_an_export_reads_the_same_however_it_was_saved(data: bytes) -> None:
    assert questions(data) == ((READ,), 0)


def test_the_columns_of_an_english_export() -> None:
    rows = [
        ["ID", "Date created", "Question", "Author name", "Is anonymous", "Upvotes", "Downvotes", "Score", "State"],
        ["1", "2024-05-01T06:03:22.000Z", "Why?", "May Lin", "false", "1,204", "4", "1200", "Archived"],
        ["2", "2024-05-01 14:05", "Who pays?", "May Lin", "true", "0", "", "", "Live"],
        ["3", "2024-05-01 14:06", "Never shown", "x", "false", "0", "", "", "Dismissed"],
        ["4", "2024-05-01 14:05", "Who pays?", "May Lin", "true", "0", "", "", "Live"],
        ["5", "2024-05-01 14:05", "  ", "May Lin", "", "", "", "", ""],
    ]  # fmt: skip
    assert questions(text(rows).encode()) == (
        (
            Item("Why?", "May Lin", ((14 * 60 + 3) * 60 + 22) * 1000, "2024-05-01", 1204, answered=True),
            Item("Who pays?", "", (14 * 60 + 5) * 60_000, "2024-05-01", 0, answered=False),
        ),
        1,
    )


def test_a_cell_is_never_calculated() -> None:
    data = book([["Question", "Votes"], ['=HYPERLINK("https://example.org","x")', "=1+1"], ["Why?", "=2*3"]])
    assert questions(data) == ((Item("Why?"),), 0)
    typed = text([["Question"], ["=1+1 嗎？"]]).encode()
    assert questions(typed)[0][0].text == "=1+1 嗎？"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no column of questions"),
        (b"\0\1\2", "no spreadsheet"),
        (b"PK\x03\x04 broken", "no spreadsheet"),
        ("問題\n".encode(), "No question"),
        ("甲,乙\n丙,丁\n".encode(), "no column of questions"),
        (text([["Question"], *[[f"Why {n}?"] for n in range(100_000)]]).encode(), f"more than {MOST} rows"),
        (book([["Question"], *[[f"Why {n}?"] for n in range(MOST + 1)]]), f"more than {MOST} rows"),
        (text().encode("euc-jp", "replace")[:-1] + b"\x80\xff", "neither UTF-8 nor Big5"),
    ],
)
def test_what_is_no_export_is_refused_and_named_by_its_number(data: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "王小明.csv"
    path.write_bytes(data)
    with pytest.raises(MeetingError, match=says) as caught:
        brought.look(path, Source.SLIDO, 2)
    assert caught.value.what.startswith("Brought file 2 ")
    assert "王小明" not in str(caught.value)


@pytest.mark.parametrize(
    ("chat", "read"),
    [
        ("00:58:04\tAlex:\tDepends, I guess.\n", [("Alex", 3_484_000, "Depends, I guess.")]),
        (
            "14:03:22 From Alex Chen to Everyone:\n\thello\n\tworld\n14:03:30 From May : hi there\n",
            [("Alex Chen", 50_602_000, "hello world"), ("May", 50_610_000, "hi there")],
        ),
        (
            "14:03:22 從 王小明 到 所有人:\n\t大家好：我遲到了\n",
            [("王小明", 50_602_000, "大家好：我遲到了")],
        ),
        (
            'from Alex Chen to everyone:    2:03 PM\nhello\n',
            [("Alex Chen", 50_580_000, "hello")],
        ),
        ("[14:03] Alex: a: b\n[2024/5/1 14:04] May: c\n", [("Alex", 50_580_000, "a: b"), ("May", 50_640_000, "c")]),
        (
            "WEBVTT\n\n1\n00:01:02.500 --> 00:01:05.000\n<v Alex Chen>see https://a.example</v>\n\n"
            "01:04.000 --> 01:05.000\nMay: 好\n",
            [("Alex Chen", 62_500, "see https://a.example"), ("May", 64_000, "好")],
        ),
        ("00:01:02.000,00:01:05.000\nAlex: hello\n\n00:01:09.000,00:01:12.000\nMay: hi\n",
            [("Alex", 62_000, "hello"), ("May", 69_000, "hi")]),
        (
            '00:00:01\tAlex:\tReplying to "what is…"\n\nthis is\n00:00:02\tMay:\tReacted to "this is" with 👍\n',
            [("Alex", 1_000, "this is")],
        ),
    ],
)  # fmt: skip
def test_a_chat_reads_as_its_platform_wrote_it(chat: str, read: list[tuple[str, int, str]]) -> None:
    for data in (chat.encode("utf-8-sig"), chat.encode("utf-16"), chat.replace("\n", "\r\n").encode()):
        found, private = messages(data)
        assert [(m.author, m.at, m.text) for m in found] == read
        assert private == 0


@pytest.mark.parametrize(
    "line",
    [
        "14:03:22 From Alex to May (Direct Message):\n\tsecret",
        "14:03:22 From Alex to May(Privately) : secret",
        "14:03:22 From Alex to Hosts and panelists:\n\tsecret",
        "14:03:22 從 王小明 到 林志明(私人訊息):\n\tsecret",
        "from Alex to May:    2:03 PM\nsecret",
    ],
)
def test_a_message_that_was_not_for_everybody_is_left_out(line: str) -> None:
    found, private = messages(f"{line}\n14:04:00 From May to Everyone:\n\thello\n".encode())
    assert ([m.text for m in found], private) == (["hello"], 1)


def test_a_chat_without_messages_is_refused(tmp_path: Path) -> None:
    for data in (b"", b"just some notes\n", b"14:03:22 From A to B (Direct Message):\n\tx\n"):
        with pytest.raises(MeetingError, match="No message"):
            messages(data)
    with pytest.raises(MeetingError, match="more than"):
        messages("".join(f"00:00:01\tA\t{n}\n" for n in range(100_000)).encode())


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024/5/1 下午 02:03:22", (50_602_000, "2024-05-01")),
        ("12:00 AM", (0, "")),
        ("12:30 PM", (45_000_000, "")),
        ("2024-05-01T23:30:00Z", (27_000_000, "2024-05-02")),
        ("2024-05-01T14:03:22+08:00", (50_602_000, "2024-05-01")),
        ("2024-13-45 14:03", (50_580_000, "")),
        ("14:75", (None, "")),
        ("", (None, "")),
    ],
)
def test_moments_as_people_write_them(written: str, read: tuple[int | None, str]) -> None:
    assert moment_of(written) == read


def record(*starts: int) -> Record:
    statements = tuple(
        Statement(f"a{n}", SpeakerId("S1"), (Word("好", Span(Millis(s), Millis(s + 900)), 0.9),))
        for n, s in enumerate(starts, start=1)
    )
    return Record("zh", statements, Diarization((), (), Millis(600_000)))


@pytest.mark.parametrize(
    ("item", "clock", "order"),
    [
        (Item("x", at=5_000), Clock(), ["a1", "q1", "a2"]),
        (Item("x", at=5_000), Clock("14:00:00"), ["a1", "q1", "a2"]),  # so long since the beginning
        (Item("x", at=50_405_000), Clock("14:00:00"), ["a1", "q1", "a2"]),
        (Item("x", at=50_405_000, day="2024-05-01"), Clock("14:00:00", "2024-05-01"), ["a1", "q1", "a2"]),
        (Item("x", at=50_405_000, day="2024-04-30"), Clock("14:00:00", "2024-05-01"), ["q1", "a1", "a2"]),
        (Item("x", at=5_000), Clock("23:59:58"), ["a1", "q1", "a2"]),  # past midnight
        (Item("x", at=50_405_000), Clock(), ["a1", "a2", "q1"]),
        (Item("x"), Clock("14:00:00"), ["a1", "a2", "q1"]),
    ],
)
def test_where_an_item_stands(item: Item, clock: Clock, order: list[str]) -> None:
    made, _ = with_brought(record(0, 9_000), [File(WrittenKind.QUESTION, (item,), (0,))], [clock])
    assert [s.id for s in made.statements] == order
    starts = [s.span.start for s in made.statements]
    assert starts == sorted(starts)


def test_whose_a_name_is_is_not_guessed() -> None:
    people = (
        Participant("p1", "沈立言", aliases=("Audrey Shen",)),
        Participant("p2", "王安"),
        Participant("p3", "王安石"),
    )
    assert [p.id for p in authors.exactly(people, "ａｕｄｒｅｙ shen")] == ["p1"]
    assert not authors.exactly(people, "Audrey")
    assert [p.id for p in authors.within(people, "沈立言（主持人）")] == ["p1"]
    assert len(authors.within(people, "王安石 教授")) == 2
    assert not authors.within((Participant("p1", "Ann"),), "Joanna")


def test_a_chat_in_a_spreadsheet_is_read_by_its_headings_and_what_was_private_is_left_out() -> None:
    rows = [
        ["Time", "From", "To", "Message"],
        ["14:03:22", "May Lin", "Everyone", "hello"],
        ["14:03:23", "May Lin", "Alex Chen", "for you alone"],
        ["14:03:24", "", "", "and to all"],
    ]
    for data in (text(rows).encode("utf-16"), book([list(row) for row in rows])):
        assert messages(data) == (
            (Item("hello", "May Lin", 50_602_000), Item("and to all", "", 50_604_000)),
            1,
        )


UNCLEAR = "時間,姓名,內容\n14:03,王小明,何時開始？\n"


@pytest.mark.parametrize(
    ("data", "kinds"),
    [
        (text().encode("cp950"), {Source.SLIDO: 1}),
        (book([["Poll"]], [list(row) for row in ROWS]), {Source.SLIDO: 1}),
        (b"Content,Upvotes\nWhy?,3\n", {Source.SLIDO: 1}),
        ("14:03:22 From May to Everyone: hi, there\n".encode("utf-16"), {Source.CHAT: 1}),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v May>Hello\n", {Source.CHAT: 1, Source.TRANSCRIPT: 1}),
        ("1\n00:00:01,000 --> 00:00:02,000\n大家好\n".encode(), {Source.TRANSCRIPT: 1}),
        ("王小明：大家好。\n\n毛毛媽：我們開始。\n".encode("cp950"), {Source.TRANSCRIPT: 2}),
        ("時間,傳送者,訊息\n14:03,王小明,大家好\n".encode(), {Source.CHAT: 1}),
        (UNCLEAR.encode(), {Source.SLIDO: 1, Source.CHAT: 1}),
        (b"14:02\tAlex\tQuestion\n14:03\tMay\tWhy?\n", {Source.SLIDO: 1, Source.CHAT: 2}),
        (b"Time,From,Message\n14:03,May,\nMessage\n", None),
        ("一、開會\n二、散會\n".encode(), None),
        (b"", None),
    ],
)
def test_what_wrote_a_file_is_found_by_what_stands_in_it_or_left_to_a_person(
    data: bytes, kinds: dict[Source, int] | None, tmp_path: Path
) -> None:
    path = tmp_path / "王小明"
    path.write_bytes(data)
    if kinds is not None:
        assert brought.recognised(path) == kinds
        return
    with pytest.raises(MeetingError) as caught:
        brought.recognised(path)
    assert caught.value.cure
    assert "王小明" not in str(caught.value)


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    with path.open("wb") as file:
        file.truncate(brought.MOST_BYTES + 1)
    with pytest.raises(MeetingError, match="16 MB"):
        brought.recognised(path)

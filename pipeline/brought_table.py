"""The questions of a Slido export, as its spreadsheet has them; likewise a chat that was saved as a spreadsheet.

Called in a process of its own (`pipeline.aside`), whose memory is limited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.brought_times import moment_of
from pipeline.sheet import Size, sheets
from speakers.authors import nobody
from speakers.brought import Item
from speakers.error import MeetingError
from speakers.meeting import Source

MOST = 5_000
"""Questions or messages of one file."""

LONGEST = 4_000
"""Characters of one."""

LONGEST_NAME = 200
"""Characters of what somebody typed as their name."""

_SIZE = Size(
    rows=MOST,
    columns=60,
    longest=LONGEST,
    sheets=10,
    days=False,
    cure="Send only what came during this meeting.",
)

_HEADINGS = {
    "text": "question questions questiontext questioncontent text content "
    "問題 提問 問題內容 提問內容 內容 题目 问题 提问",
    "message": "message messages messagetext chatmessage 訊息 訊息內容 留言 留言內容 消息",
    "to": "to recipient recipients receiver sentto 收件者 收件人 接收者 傳送對象 對象",
    "author": "author authorname askedby askername name participant participantname user username submittedby "
    "from sender sendername sentby 提問者 提問人 提問者姓名 作者 姓名 名稱 暱稱 使用者 提问者 傳送者 發送者 留言者",
    "upvotes": "upvotes upvotecount numberofupvotes upvote likes 讚 按讚 按讚數 讚數 支持 支持數 附議 附議數 赞",
    "votes": "votes votecount numberofvotes score popularity 票數 得票數 票数 分數",
    "at": "createdat created datecreated timecreated time timestamp asked askedat submittedat submissiontime datetime "
    "時間 提問時間 建立時間 發問時間 提交時間 时间",
    "day": "date day createddate 日期 提問日期 建立日期",
    "answered": "answered isanswered markedasanswered 已回答 是否已回答 是否回答 回答",
    "state": "status state questionstatus 狀態 状态",
    "anonymous": "anonymous isanonymous 匿名 是否匿名",
}
"""What heads a column, without spaces, signs and brackets; the first one of a kind counts."""

_ASKED = "question questions questiontext questioncontent 問題 提問 問題內容 提問內容 题目 问题 提问"
"""Of what heads the text those that only questions have."""

_YES = "true yes y 1 x v answered archived 是 已回答 有 √ ✓ ✔"
_NO = "false no n 0 unanswered live open active published approved new 否 未回答 無"
_UNSEEN = (
    "inreview waiting pending dismissed rejected deleted hidden withdrawn spam "
    "審核中 待審 已退回 已拒絕 已刪除 已隱藏"
)
"""States of questions that the audience never saw: a moderator kept them back, or nobody looked at them."""

_BRACKETS = re.compile(r"[（(\[].*?[)）\]]")


def questions(data: bytes) -> tuple[tuple[Item, ...], int]:
    """The questions of an export, in its order, each once; and how many nobody saw in the meeting.

    Raises:
        MeetingError: If it is no spreadsheet, has no question, or too many.
    """
    found_table = _table(data, "text")
    if found_table is None:
        raise MeetingError(
            "The spreadsheet has no column of questions.",
            "Export the questions from Slido as a spreadsheet, and leave its headings as they are.",
        )
    found, unseen = [], 0
    for item in _rows(*found_table):
        if item is None:
            unseen += 1
        elif item not in found:
            found.append(item)
    if not found:
        raise MeetingError("No question is in the spreadsheet.", "Look into it, or remove its block.")
    return tuple(found), unseen


def messages(data: bytes) -> Iterator[tuple[Item, str]]:
    """The messages of a chat that was saved as a spreadsheet, each with to whom it went; none if it is no such one.

    Raises:
        MeetingError: If it has too many rows, or cannot be read.
    """
    rows, columns = _table(data, "message", "text") or ([], {})
    for row in rows:
        cells = {key: row[n].strip() for n, key in columns.items() if n < len(row)}
        at, day = moment_of(f"{cells.get('day', '')} {cells.get('at', '')}")
        yield (
            Item(cells.get("message") or cells.get("text", ""), cells.get("author", ""), at, day),
            cells.get("to", ""),
        )


def likely(data: bytes) -> tuple[Source, ...]:
    """What a spreadsheet is by its headings: one, both where they leave it open, or nothing.

    Raises:
        MeetingError: If it cannot be read.

    >>> likely("Question,Upvotes".encode()), likely("時間,傳送者,訊息".encode()), likely("內容,姓名".encode())
    ((<Source.SLIDO: 'slido'>,), (<Source.CHAT: 'chat'>,), (<Source.SLIDO: 'slido'>, <Source.CHAT: 'chat'>))
    """
    for rows in sheets(data, _SIZE):
        for row in rows[:20]:
            headed = set(_headed(row).values())
            if headed & {"message", "text"}:
                asked = any(_word(cell) in _ASKED.split() for cell in row)
                if asked or headed & {"upvotes", "votes", "answered"}:
                    return (Source.SLIDO,) if "text" in headed else ()
                return (Source.CHAT,) if headed & {"message", "to"} else (Source.SLIDO, Source.CHAT)
    return ()


def _table(data: bytes, *wanted: str) -> tuple[Sequence[Sequence[str]], dict[int, str]] | None:
    """The rows below the first headings that have one of these, and what heads each column."""
    for rows in sheets(data, _SIZE):
        for number, row in enumerate(rows[:20]):
            headed = _headed(row)
            if set(wanted) & set(headed.values()):
                return rows[number + 1 :], headed
    return None


def _rows(rows: Sequence[Sequence[str]], columns: dict[int, str]) -> Iterator[Item | None]:
    """Each question; None for one that nobody saw."""
    for row in rows:
        cells = {key: row[n].strip() for n, key in columns.items() if n < len(row)}
        if not any(c.isalnum() for c in cells.get("text", "")):
            continue
        state = _word(cells.get("state", ""))
        if state in _UNSEEN.split():
            yield None
            continue
        author = cells.get("author", "")
        if nobody(author) or _word(cells.get("anonymous", "")) in _YES.split():
            author = ""
        at, day = moment_of(f"{cells.get('day', '')} {cells.get('at', '')}")
        answered = _whether(cells.get("answered", ""))
        yield Item(
            text=cells["text"],
            author=author[:LONGEST_NAME],
            at=at,
            day=day,
            votes=_number(cells.get("upvotes") or cells.get("votes", "")),
            answered=answered if answered is not None else _whether(state),
        )


def _headed(row: Sequence[str]) -> dict[int, str]:
    found: dict[int, str] = {}
    for number, cell in enumerate(row):
        for key, words in _HEADINGS.items():
            if _word(cell) in words.split() and key not in found.values():
                found[number] = key
    return found


def _word(cell: str) -> str:
    return re.sub(r"[\s_\-.:：*?？#]", "", _BRACKETS.sub("", cell)).lower()


def _number(cell: str) -> int | None:
    """A count of votes; None for what is none."""
    plain = cell.replace(",", "").strip()
    return int(plain) if re.fullmatch(r"\d{1,7}", plain) else None


def _whether(cell: str) -> bool | None:
    word = _word(cell)
    return True if word in _YES.split() else False if word in _NO.split() else None

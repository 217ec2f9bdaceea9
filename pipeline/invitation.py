"""What participants are written with their personal link, in Chinese and English; no name stands in it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

_DAYS = "一二三四五六日"

PATH = "/mine/"
"""Where personal links lead."""

HERE = "http://127.0.0.1:8377"
"""Where the room is, if nothing else was said."""


def address(room: str, token: str) -> str:
    """A personal link.

    >>> address("https://room.example/", "abc")
    'https://room.example/mine/abc'
    """
    return f"{room.rstrip('/')}{PATH}{token}"


@dataclass(frozen=True, slots=True)
class Letter:
    """A message.

    Attributes:
        subject: one line.
        text: the rest.
    """

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Invited:
    """What a message says.

    Attributes:
        title: of the meeting, as it would be published; empty if it has none.
        date: of it, ISO or empty.
        link: all of it.
        last: the window's last day.
    """

    title: str
    date: str
    link: str
    last: datetime.date


def invitation(to: Invited) -> Letter:
    """What somebody is written with their link."""
    return _letter(to, "請確認您的發言紀錄 Please look at what you said")


def reminder(to: Invited, left: int | None) -> Letter:
    """What somebody is written who has not answered, with a new link: the earlier one is dead.

    Args:
        to: what it says.
        left: working days that are left; None if nobody knows.
    """
    days = f"（還有 {left} 個工作天 {left} working days left）" if left else ""
    return _letter(to, "提醒：請確認您的發言紀錄 A reminder: please look at what you said", days)


def _letter(to: Invited, subject: str, days: str = "") -> Letter:
    last, meeting = to.last, " ".join(filter(None, (to.date, to.title))) or "會議 the meeting"
    when = f"{last.year} 年 {last.month} 月 {last.day} 日（週{_DAYS[last.weekday()]}）"
    return Letter(
        f"{subject}: {meeting}",
        f"""您好：

「{meeting}」的逐字紀錄即將公開。公開之前，請您看看自己的發言，可以提出更正、刪去某一段，或改為匿名。
這是您個人的連結，請不要轉給別人：

{to.link}

期限：{when}結束前（臺灣時間）{days}
沒有意見的話，請在頁面上按「我同意」。期限過後沒有回覆，就會照頁面上的內容公開。

Hello,

the verbatim record of this meeting is about to be published. Before that, please look at what you said: you may
suggest corrections, ask to leave something out, or ask for anonymity. The link above is yours alone; please do not pass
it on. It takes suggestions until the end of {last.isoformat()} (Taiwan time). If nothing is to be changed, press
"I agree" there. Without an answer, it will be published as it stands there.
""",
    )

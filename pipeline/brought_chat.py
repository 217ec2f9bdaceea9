"""The messages of a meeting platform's chat: Zoom, Webex, Google Meet and Teams, or time, author and text by tabs.

A spreadsheet with headings is read as well.

Called in a process of its own (`pipeline.aside`), whose memory is limited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline import brought_table
from pipeline.brought_table import LONGEST, LONGEST_NAME, MOST
from pipeline.brought_times import moment_of
from pipeline.sheet import ZIPPED, decoded, one_line
from speakers.authors import folded, nobody
from speakers.brought import Item
from speakers.error import MeetingError

_CLOCK = r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}[ T,]*)?(?:上午|下午)?\s*\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:\s*[AP]M)?"
_FROM, _TO = r"(?:From|從|来自|來自|自|从)", r"(?:To|到|至|給|给|傳送給|发送给)"

_ZOOM = re.compile(
    rf"(?P<at>{_CLOCK})\s+{_FROM}\s+(?P<author>.+?)(?:\s+{_TO}\s+(?P<to>.+?))?\s*[:：](?:\s+|$)(?P<text>.*)",
    re.IGNORECASE,
)
_WEBEX = re.compile(
    rf"{_FROM}\s+(?P<author>.+?)\s+{_TO}\s+(?P<to>.+?)\s*[:：]\s*(?P<at>{_CLOCK})\s*(?P<text>)", re.IGNORECASE
)
_TABS = re.compile(rf"(?P<at>{_CLOCK})\t\s*(?P<author>[^\t]*?)\s*[:：]?\s*\t(?P<text>.*)")
_SQUARE = re.compile(rf"\[(?P<at>{_CLOCK})\]\s*(?P<author>[^:：]{{1,80}}?)\s*[:：](?:\s+|$)?(?P<text>.*)")
_LINE = (_ZOOM, _WEBEX, _TABS, _SQUARE)

_CUE = re.compile(r"((?:\d+:)?\d{1,2}:\d{2}[.,]\d{3})\s*(?:-->|,)\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{3}.*")
_VOICE = re.compile(r"<v(?:\.[^ >]*)?\s+([^>]+)>")
_SAID = re.compile(r"([^:：]{1,80})[:：]\s*(.*)")
_TAG = re.compile(r"<[^>]*>")

_EVERYBODY = (
    "everyone everybody all allparticipants allpanelistsandattendees allattendees everyoneinmeeting meetinggroupchat "
    "所有人 每个人 全体 大家 所有与会者 所有参与者 全部人 各位"
)
"""To whom a message goes that everybody saw; any other was private."""

_REACTION = re.compile(r"(?:Reacted to|Removed an? .{1,20} reaction from)\s+[\"“]", re.IGNORECASE)
_REPLY = re.compile(r"Replying to\s+[\"“].*?[\"”](?:\s+|$)", re.IGNORECASE | re.DOTALL)


def messages(data: bytes) -> tuple[tuple[Item, ...], int]:
    """The messages of a chat that everybody saw, in their order, each once; and how many were private.

    Raises:
        MeetingError: If it is no text, has no message, or too many.
    """
    found: list[Item] = []
    private = 0
    for item, to in _said(data) if in_lines(data) else brought_table.messages(data):
        said = _REPLY.sub("", item.text).strip()
        if not any(c.isprintable() and not c.isspace() for c in said) or _REACTION.match(said):
            continue
        if to and not _for_all(to):
            private += 1
            continue
        author = "" if nobody(item.author) else one_line(item.author)[:LONGEST_NAME]
        found.append(replace(item, text=one_line(said)[:LONGEST], author=author))
        if len(found) > MOST:
            raise MeetingError(
                f"The chat has more than {MOST} messages.", "Send only what came during this meeting."
            )
    if not found:
        raise MeetingError(
            "No message that everybody saw is in the chat.",
            "Save the chat as the platform does, or write time, author and text with tabs between them.",
        )
    return tuple(dict.fromkeys(found)), private


def in_lines(data: bytes) -> bool:
    """Whether anything in a file is a message, as platforms write it.

    Raises:
        MeetingError: If it is neither text nor a spreadsheet.

    >>> in_lines("14:03:22 From May to Everyone: hi".encode()), in_lines(b"Question,Votes")
    (True, False)
    """
    return data[:4] != ZIPPED and any(True for _ in _said(data))


def _said(data: bytes) -> Iterator[tuple[Item, str]]:
    """What stands in a text, and to whom it went."""
    lines = decoded(data).splitlines()
    cued = any(_CUE.fullmatch(line.strip()) for line in lines[:20])
    yield from _cues(lines) if cued else _lines(lines)


def _for_all(to: str) -> bool:
    """Whether a message went to everybody: whatever is not known for that was private.

    >>> _for_all("Everyone"), _for_all("沈立言 (Direct Message)"), _for_all("everyone (Privately)")
    (True, False, False)
    """
    return re.sub(r"[\s,&]", "", folded(to)) in _EVERYBODY.split()


def _lines(lines: list[str]) -> Iterator[tuple[Item, str]]:
    """Messages that begin with their time each; what follows without one belongs to the one before."""
    open_: tuple[Item, str] | None = None
    for line in lines:
        match = next(filter(None, (pattern.fullmatch(line.strip()) for pattern in _LINE)), None)
        if match is None:
            if open_ is not None and line.strip():
                open_ = replace(open_[0], text=f"{open_[0].text} {line.strip()}".strip()), open_[1]
            continue
        if open_ is not None:
            yield open_
        at, day = moment_of(match["at"])
        to = match.groupdict().get("to") or ""
        open_ = Item(match["text"].strip(), " ".join(match["author"].split()), at, day), to
    if open_ is not None:
        yield open_


def _cues(lines: list[str]) -> Iterator[tuple[Item, str]]:
    """Messages as captions: `00:01:02.000 --> …` and below it who wrote what."""
    at: int | None = None
    held: list[str] = []
    for line in [*lines, "00:00.000 --> 00:00.000"]:
        cue = _CUE.fullmatch(line.strip())
        if cue is None:
            held.append(line.strip())
            continue
        if at is not None:
            # A number above the next cue, or a blank line, is nobody's words.
            while held and (not held[-1] or held[-1].isdigit()):
                held.pop()
            yield from _cue(at, " ".join(held))
        at, held = _since(cue[1]), []


def _since(clock: str) -> int:
    """Milliseconds since the beginning.

    >>> _since("01:02.500"), _since("00:01:02,000")
    (62500, 62000)
    """
    *above, seconds = clock.replace(",", ".").split(":")
    hours, minutes = int(above[-2]) if len(above) > 1 else 0, int(above[-1])
    return (hours * 60 + minutes) * 60_000 + round(float(seconds) * 1000)


def _cue(at: int, said: str) -> Iterator[tuple[Item, str]]:
    voice = _VOICE.match(said)
    plain = " ".join(_TAG.sub(" ", said).split())
    if voice is not None:
        yield Item(plain, " ".join(voice[1].split()), at), ""
    elif match := _SAID.fullmatch(plain):
        yield Item(match[2], " ".join(match[1].split()), at), ""

"""`meeting.toml`: what staff know about a meeting, read strictly, with a suggestion for every slip."""

from __future__ import annotations

import datetime
import difflib
import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

from speakers.error import MeetingError
from speakers.meeting import Link, Medium, Meeting, Microphone, Participant, Stand, Wish
from speakers.record import Millis
from speakers.traditional import to_simplified

_KEYS = (
    "title",
    "date",
    "place",
    "case",
    "language",
    "speakers",
    "channels",
    "introduced_in_order",
    "glossary",
    "links",
    "participants",
    "microphones",
    "publish",
    "hide_with",
    "picture_shows_nobody",
)
_Choice = TypeVar("_Choice", Medium, Stand)

_MICROPHONE_KEYS = ("file", "channel", "participant", "people")
_PERSON_KEYS = ("name", "role", "aliases", "wish", "heard_at", "voiceprint")

TEMPLATE = """\
# What you know about this meeting. Everything is optional; remove the # in front of what you fill in.
# 這場會議的資料，全部都可以不填；要填的那一行請把前面的 # 刪掉。

# title = "寵物友善運輸協作會議"
# date = 2024-05-01
# place = "臺北市"
# case = "協作會議第 123 案"
# language = "auto"            # auto, zh or en 語言
# speakers = 5                 # or { min = 3, max = 8 } 預計有幾個人發言
# channels = "auto"            # auto, separate or mixed: are the channels different microphones? 各聲道是否為不同麥克風
# introduced_in_order = true   # people introduced themselves in the order of this list 依下列順序自我介紹
# publish = "sound"            # text, sound or video: what goes out beside the text 除文字外要公開什麼
# hide_with = "tone"           # tone, silence or voice: what is heard instead 隱去的聲音以什麼代替
# picture_shows_nobody = true  # video: nobody protected is seen or named in the picture 畫面拍不到受保護的人與其姓名
# glossary = ["Slido", "附議"]  # words that the recognizer should know 希望聽得懂的詞

# [[links]]
# label = "現場錄影"
# url = "https://example.org/video"

# One block for each person. wish: named, anonymous, or "not recorded".
# 每個人一段。wish：named 具名、anonymous 匿名、"not recorded" 發言不列入紀錄。
# heard_at: a moment at which this person speaks, so that the voice is known. 這個人在說話的時間點。
# voiceprint: only of somebody who agreed to be recognised: zhuzi enroll --help 本人同意後登錄的聲紋。

# [[participants]]
# name = "沈立言"
# role = "主持人"
# heard_at = "0:05"
# voiceprint = "v0a1b2c3d4e5f"

# [[participants]]
# name = "蔡佩珊"
# aliases = ["佩珊", "毛毛媽"]   # every other name that this person is called by 綽號、網路上的名字
# wish = "anonymous"
# heard_at = ["0:17", "1:32"]

# Microphones that were recorded for themselves, if there are any: into files of their own (file), or as channels of
# the recording (channel). participant: whose it is. people: how many speak at it.
# 若有分開錄的麥克風：各自的檔案（file）或錄音的某一聲道（channel）；participant 是誰的，people 有幾個人用。

# [[microphones]]
# file = "mic-2.wav"
# participant = "沈立言"

# [[microphones]]
# channel = 2
# people = 3
"""


def read(path: Path) -> Meeting:
    """The meeting that a file describes.

    Raises:
        MeetingError: If it cannot be read, or says something that cannot be; names the line or the person.
    """
    try:
        return parse(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        reason = error.strerror or "unreadable"
        raise MeetingError(
            f"{path} cannot be read ({reason.lower()}).", "Check the path and its rights."
        ) from error
    except UnicodeDecodeError as error:
        raise MeetingError(f"{path.name} is not UTF-8 text.", "Save it as UTF-8.") from error


def parse(text: str) -> Meeting:
    """The meeting that a text describes.

    Raises:
        MeetingError: As `read`.

    >>> parse('title = "會議"').title
    '會議'
    """
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        where = re.search(r"line \d+", str(error))
        raise MeetingError(
            f"meeting.toml is not valid TOML ({where.group() if where else 'at its end'}).",
            "Look for a missing quote or bracket there.",
        ) from error
    _known(table, _KEYS, "meeting.toml")
    people = tuple(
        _participant(number, entry)
        for number, entry in enumerate(_tables(table.get("participants", []), "participants"), start=1)
    )
    _distinct(people)
    language = _text(table, "language", "meeting.toml") or "auto"
    if language not in {"auto", "zh", "en"}:
        raise MeetingError("The language is none that can be heard.", 'Use "auto", "zh" or "en".')
    return Meeting(
        title=_text(table, "title", "meeting.toml"),
        date=_date(table.get("date", "")),
        place=_text(table, "place", "meeting.toml"),
        case=_text(table, "case", "meeting.toml"),
        links=tuple(_link(entry) for entry in _tables(table.get("links", []), "links")),
        participants=people,
        glossary=_texts(table.get("glossary", []), "glossary"),
        language=language,
        speakers=_speakers(table.get("speakers")),
        channels=_channels(table),
        microphones=tuple(
            _microphone(number, entry, people)
            for number, entry in enumerate(_tables(table.get("microphones", []), "microphones"), start=1)
        ),
        introduced_in_order=_flag(table, "introduced_in_order"),
        publish=_chosen(table, "publish", Medium, Medium.SOUND),
        hide_with=_chosen(table, "hide_with", Stand, Stand.TONE),
        picture_shows_nobody=_flag(table, "picture_shows_nobody"),
    )


def _chosen(table: dict[str, Any], key: str, among: type[_Choice], usual: _Choice) -> _Choice:
    try:
        return among(_text(table, key, "meeting.toml") or usual)
    except ValueError as error:
        known = ", ".join(f'"{value}"' for value in among)
        raise MeetingError(f'"{key}" is none of the words for it.', f"Write one of {known}.") from error


def _channels(table: dict[str, Any]) -> str:
    channels = _text(table, "channels", "meeting.toml") or "auto"
    if channels not in {"auto", "separate", "mixed"}:
        raise MeetingError(
            'What "channels" are is unknown.', 'Write "auto", "separate" (each a microphone) or "mixed".'
        )
    return channels


def _microphone(number: int, entry: dict[str, Any], people: tuple[Participant, ...]) -> Microphone:
    where = f"microphone {number}"
    _known(entry, _MICROPHONE_KEYS, where.capitalize())
    file, channel, count = (
        _text(entry, "file", where),
        _count(entry, "channel", where),
        _count(entry, "people", where),
    )
    if bool(file) == bool(channel):
        raise MeetingError(
            f"Microphone {number} is neither a file nor a channel, or both.",
            'Write file = "…" for a file of its own, or channel = 2 for a channel of the recording.',
        )
    wanted = to_simplified(_text(entry, "participant", where)).casefold()
    owners = [p for p in people if wanted in {to_simplified(n).casefold() for n in p.names}]
    if wanted and len(owners) != 1:
        raise MeetingError(
            f"The participant of microphone {number} is none of the participants.",
            "Write the name as it stands in the block of that participant, and give everybody a block.",
        )
    if wanted and count not in {None, 1}:
        raise MeetingError(
            f"Microphone {number} belongs to a participant, but several people speak at it.",
            'Leave out "participant"; their voices are told apart by ear.',
        )
    return Microphone(file, channel or 0, owners[0].id if wanted else "", count)


def _count(table: dict[str, Any], key: str, where: str) -> int | None:
    value = table.get(key)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        raise MeetingError(f'"{key}" of {where} is no number from 1.', f"Write it as: {key} = 2.")
    return value


def _known(table: dict[str, Any], keys: tuple[str, ...], where: str) -> None:
    for number, key in enumerate(table, start=1):
        if key not in keys:
            close = difflib.get_close_matches(key.lower(), keys, n=1, cutoff=0.5)
            if close:
                raise MeetingError(f'{where} has an unknown key "{key}".', f'Did you mean "{close[0]}"?')
            # What resembles no key may be somebody's name, and an error may end up in a log.
            raise MeetingError(
                f"{where} has an unknown key, number {number}.", f"Known are: {', '.join(keys)}."
            )


def _text(table: dict[str, Any], key: str, where: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise MeetingError(f'"{key}" of {where} is not text.', 'Put it in quotation marks: "…".')
    return " ".join(value.split())


def _flag(table: dict[str, Any], key: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise MeetingError(f'"{key}" is neither true nor false.', f"Write it as: {key} = true.")
    return value


def _texts(value: object, key: str) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
        raise MeetingError(f'"{key}" is no list of texts.', f'Write it as: {key} = ["…", "…"].')
    return tuple(" ".join(v.split()) for v in values)


def _tables(value: object, key: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
        raise MeetingError(f'"{key}" is no list of blocks.', f"Begin each one with [[{key}]].")
    return value


def _date(value: object) -> str:
    if isinstance(value, datetime.date):
        return value.strftime("%Y-%m-%d")
    if value == "":
        return ""
    try:
        return datetime.date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise MeetingError("The date is none.", "Write it as 2024-05-01 (not the ROC year).") from None


def _link(entry: dict[str, Any]) -> Link:
    _known(entry, ("label", "url"), "A link")
    link = Link(_text(entry, "label", "a link"), _text(entry, "url", "a link"))
    if not re.match(r"https?://[^\s]+$", link.url):
        raise MeetingError("A link has no web address.", 'Write it as url = "https://…".')
    return link


def _speakers(value: object) -> tuple[int | None, int | None]:
    if value is None:
        return None, None
    if isinstance(value, dict):
        _known(value, ("min", "max"), '"speakers"')
        least, most = value.get("min"), value.get("max")
    else:
        least = most = value
    bounds = [b for b in (least, most) if b is not None]
    if not all(isinstance(b, int) and not isinstance(b, bool) and b >= 1 for b in bounds) or (
        len(bounds) == 2 and bounds[0] > bounds[1]
    ):
        raise MeetingError(
            "The number of speakers is none.", "Write speakers = 5, or speakers = { min = 3, max = 8 }."
        )
    return least, most


def _moment(value: object, person: int) -> Millis:
    match = (
        re.fullmatch(r"(?:(\d+):)?(\d{1,3}):(\d{2})(?:\.(\d{1,3}))?", value)
        if isinstance(value, str)
        else None
    )
    if match is None or int(match.group(3)) > 59:
        raise MeetingError(
            f'"heard_at" of participant {person} is no moment.',
            'Write minutes and seconds: heard_at = "0:14".',
        )
    hours, minutes, seconds, fraction = match.groups()
    millis = int((fraction or "0").ljust(3, "0"))
    return Millis(((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + millis)


def _participant(number: int, entry: dict[str, Any]) -> Participant:
    where = f"participant {number}"
    _known(entry, _PERSON_KEYS, where.capitalize())
    name = _text(entry, "name", where)
    if not name:
        raise MeetingError(f"Participant {number} has no name.", 'Write name = "…", or remove the block.')
    wish = _text(entry, "wish", where) or Wish.NAMED.value
    if wish not in set(Wish):
        close = difflib.get_close_matches(wish, [w.value for w in Wish], n=1)
        hint = f' Did you mean "{close[0]}"?' if close else ""
        raise MeetingError(
            f"The wish of participant {number} is unknown.{hint}",
            'Use "named", "anonymous" or "not recorded".',
        )
    moments = entry.get("heard_at", [])
    return Participant(
        id=f"p{number}",
        name=name,
        role=_text(entry, "role", where),
        aliases=tuple(dict.fromkeys(a for a in _texts(entry.get("aliases", []), "aliases") if a != name)),
        wish=Wish(wish),
        heard_at=tuple(_moment(m, number) for m in (moments if isinstance(moments, list) else [moments])),
        voiceprint=_voiceprint(_text(entry, "voiceprint", where), number),
    )


def _voiceprint(value: str, person: int) -> str:
    if value and not re.fullmatch("v[0-9a-f]{12}", value):
        raise MeetingError(
            f"The voiceprint of participant {person} is no id of one.", "Copy it from: zhuzi voiceprints."
        )
    return value


def _distinct(people: tuple[Participant, ...]) -> None:
    """No two people of one name; and no name of a protected person that somebody else is published under.

    Numbers, not names, go into the error: it may end up in a log.
    """
    seen: dict[str, int] = {}
    for number, person in enumerate(people, start=1):
        folded = to_simplified(person.name).casefold()
        if folded in seen:
            raise MeetingError(
                f"Participants {seen[folded]} and {number} have the same name.",
                "Put everything about one person in one block; tell two people apart by their full names.",
            )
        seen[folded] = number
    prints = [p.voiceprint for p in people if p.voiceprint]
    if len(set(prints)) < len(prints):
        raise MeetingError("Two participants have the same voiceprint.", "Leave it with the one whose it is.")
    hidden = {
        to_simplified(name).casefold(): number
        for number, person in enumerate(people, start=1)
        if person.protected
        for name in person.names
    }
    for number, person in enumerate(people, start=1):
        clash = hidden.get(to_simplified(person.name).casefold())
        if not person.protected and clash is not None:
            raise MeetingError(
                f"Participant {number} would be published under a name of participant {clash}, who is anonymous.",
                f"Give participant {number} another form of the name, or remove that alias.",
            )

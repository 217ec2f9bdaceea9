"""`meeting.toml`: what staff know about a meeting, read strictly, with a suggestion for every slip."""

from __future__ import annotations

import datetime
import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pipeline import toml_values as toml
from pipeline.clashes import refuse_clashes
from pipeline.participant_toml import UNREGISTERED, People, hidden_elsewhere, participant
from speakers.error import MeetingError
from speakers.meeting import (
    AgendaItem,
    Attachment,
    Licence,
    Link,
    Medium,
    Meeting,
    Microphone,
    Participant,
    Source,
    Stand,
)
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
    "approvers",
    "correction_days",
    "glossary",
    "links",
    "participants",
    "microphones",
    "publish",
    "hide_with",
    "picture_shows_nobody",
    "hear_twice",
    "agenda",
    "begins",
    "join",
    "video",
    "licence",
    "brought",
    "sayit_times",
)
_Choice = TypeVar("_Choice", Medium, Stand, Licence)

_NAME = "meeting.toml"
_AGENDA_KEYS = ("title", "at", "slides")
_MICROPHONE_KEYS = ("file", "channel", "participant", "people")
_BROUGHT_KEYS = ("kind", "file", "begins")


def read(path: Path, people: People = UNREGISTERED) -> Meeting:
    """The meeting that a file describes.

    Args:
        path: of the file.
        people: the consent register.

    Raises:
        MeetingError: If it cannot be read, or says something that cannot be; names the line or the person.
        RegisterError: If somebody whom it names by their id cannot be looked up.
    """
    return parse(text_of(path), people, name=path.name)


def text_of(path: Path, name: str = "") -> str:
    """A file's text.

    Args:
        path: of the file.
        name: what errors call it instead of its own name, which may be somebody's.

    Raises:
        MeetingError: If it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = error.strerror or "unreadable"
        raise MeetingError(
            f"{name or path} cannot be read ({reason.lower()}).", "Check the path and its rights."
        ) from error
    except UnicodeDecodeError as error:
        raise MeetingError(f"{name or path.name} is not UTF-8 text.", "Save it as UTF-8.") from error


def table_of(text: str, name: str = _NAME) -> dict[str, Any]:
    """The keys and values of a text, before anything is asked of them.

    Raises:
        MeetingError: If it is not TOML.
    """
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        where = re.search(r"line \d+", str(error))
        raise MeetingError(
            f"{name} is not valid TOML ({where.group() if where else 'at its end'}).",
            "Look for a missing quote or bracket there.",
        ) from error


def parse(text: str, people: People = UNREGISTERED, *, name: str = _NAME) -> Meeting:
    """The meeting that a text describes; errors call the file by `name`.

    Raises:
        MeetingError: As `read`.
        RegisterError: As `read`.

    >>> parse('title = "會議"').title
    '會議'
    """
    table = table_of(text, name)
    toml.known(table, _KEYS, name)
    there = tuple(
        participant(number, entry, people)
        for number, entry in enumerate(toml.tables(table.get("participants", []), "participants"), start=1)
    )
    elsewhere = tuple(
        hidden_elsewhere(person, f"e{number}")
        for number, person in enumerate(people.elsewhere(frozenset(p.person for p in there)), start=1)
    )
    refuse_clashes(there, elsewhere)
    language = toml.text(table, "language", name) or "auto"
    if language not in {"auto", "zh", "en"}:
        raise MeetingError("The language is none that can be heard.", 'Use "auto", "zh" or "en".')
    return Meeting(
        title=toml.text(table, "title", name),
        date=_date(table.get("date", "")),
        place=toml.text(table, "place", name),
        case=toml.text(table, "case", name),
        links=tuple(_link(entry) for entry in toml.tables(table.get("links", []), "links")),
        participants=there,
        glossary=toml.texts(table.get("glossary", []), "glossary"),
        language=language,
        speakers=_speakers(table.get("speakers")),
        channels=_channels(table, name),
        microphones=tuple(
            _microphone(number, entry, there)
            for number, entry in enumerate(toml.tables(table.get("microphones", []), "microphones"), start=1)
        ),
        introduced_in_order=toml.flag(table, "introduced_in_order"),
        elsewhere=elsewhere,
        approvers=toml.count(table, "approvers", name) or 1,
        correction_days=toml.count(table, "correction_days", name, least=0),
        publish=_chosen(table, "publish", Medium, Medium.SOUND, name),
        hide_with=_chosen(table, "hide_with", Stand, Stand.TONE, name),
        picture_shows_nobody=toml.flag(table, "picture_shows_nobody"),
        hear_twice=toml.flag(table, "hear_twice"),
        agenda=_agenda(toml.tables(table.get("agenda", []), "agenda")),
        begins=_begins(table.get("begins", "")),
        join=_join(toml.text(table, "join", name)),
        video=_address(toml.text(table, "video", name), "The video") if "video" in table else "",
        licence=_chosen(table, "licence", Licence, Licence.CC0, name),
        brought=_brought(toml.tables(table.get("brought", []), "brought")),
        sayit_times=_sayit_times(table),
    )


def _chosen(table: dict[str, Any], key: str, among: type[_Choice], usual: _Choice, name: str) -> _Choice:
    try:
        return among(toml.text(table, key, name) or usual)
    except ValueError as error:
        known = ", ".join(f'"{value}"' for value in among)
        raise MeetingError(f'"{key}" is none of the words for it.', f"Write one of {known}.") from error


def _channels(table: dict[str, Any], name: str) -> str:
    channels = toml.text(table, "channels", name) or "auto"
    if channels not in {"auto", "separate", "mixed"}:
        raise MeetingError(
            'What "channels" are is unknown.', 'Write "auto", "separate" (each a microphone) or "mixed".'
        )
    return channels


def _microphone(number: int, entry: dict[str, Any], people: tuple[Participant, ...]) -> Microphone:
    where = f"microphone {number}"
    toml.known(entry, _MICROPHONE_KEYS, where.capitalize())
    file, channel, count = (
        toml.text(entry, "file", where),
        toml.count(entry, "channel", where),
        toml.count(entry, "people", where),
    )
    if bool(file) == bool(channel):
        raise MeetingError(
            f"Microphone {number} is neither a file nor a channel, or both.",
            'Write file = "…" for a file of its own, or channel = 2 for a channel of the recording.',
        )
    wanted = to_simplified(toml.text(entry, "participant", where)).casefold()
    owners = [p for p in people if wanted in {p.person, *(to_simplified(n).casefold() for n in p.names)}]
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


def _brought(entries: list[dict[str, Any]]) -> tuple[Attachment, ...]:
    found = []
    for number, entry in enumerate(entries, start=1):
        toml.known(entry, _BROUGHT_KEYS, f"Brought file {number}")
        file, kind = (toml.text(entry, key, f"brought file {number}") for key in ("file", "kind"))
        if kind not in set(Source) or not file:
            raise MeetingError(
                f"Brought file {number} has no kind or no file.",
                'Write kind = "slido", "chat" or "transcript", and file = "…".',
            )
        begins = _begins(entry.get("begins", ""), brought=number)
        found.append(Attachment(Source(kind), file, begins))
    if sum(a.kind is Source.TRANSCRIPT for a in found) > 1:
        raise MeetingError(
            "Two transcripts are brought, and a record can have the words of one only.",
            "Put both into one file, or leave one out.",
        )
    return tuple(found)


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
    toml.known(entry, ("label", "url"), "A link")
    return Link(toml.text(entry, "label", "a link"), _address(toml.text(entry, "url", "a link"), "A link"))


def _address(url: str, what: str) -> str:
    if not re.match(r"https?://[^\s]+$", url):
        raise MeetingError(f"{what} has no web address.", 'Write it as "https://…", in quotation marks.')
    return url


def _agenda(entries: list[dict[str, Any]]) -> tuple[AgendaItem, ...]:
    items = []
    for number, entry in enumerate(entries, start=1):
        where = f"agenda item {number}"
        toml.known(entry, _AGENDA_KEYS, where.capitalize())
        title, slides = toml.text(entry, "title", where), toml.text(entry, "slides", where)
        if not title:
            raise MeetingError(
                f"Agenda item {number} has no title.", 'Write title = "…", or remove the block.'
            )
        at = toml.moment(entry["at"], "at", where) if "at" in entry else None
        items.append(AgendaItem(title, at, _address(slides, f"Agenda item {number}") if slides else ""))
    timed = [item.at for item in items if item.at is not None]
    if timed != sorted(timed):
        raise MeetingError(
            "The items of the agenda do not follow each other.",
            "Put them in the order in which they were held.",
        )
    return tuple(items)


def _sayit_times(table: dict[str, Any]) -> bool:
    timed = toml.flag(table, "sayit_times")
    if timed and not (table.get("date") and table.get("begins")):
        raise MeetingError(
            "SayIt cannot be told when each paragraph was said: date or begins is missing.",
            "Write both, or leave out sayit_times.",
        )
    return timed


def _begins(value: object, *, brought: int = 0) -> str:
    if value == "":
        return ""
    try:
        moment = value if isinstance(value, datetime.time) else datetime.time.fromisoformat(str(value))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is not None:
        cure = "Write it as begins = 14:05:00."
        if brought:
            raise MeetingError(f'"begins" of brought file {brought} is no time of day.', cure)
        raise MeetingError('"begins" is no time of day.', cure)
    return moment.replace(microsecond=0).isoformat()


_JOIN = re.compile(
    r"(?:https?://join\.gov\.tw/idea/detail/)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/?", re.IGNORECASE
)


def _join(value: str) -> str:
    """The id of a proposal, of itself or of its address.

    >>> _join("https://join.gov.tw/idea/detail/A4B2F4AC-5E4C-4C8B-8A48-1FD38C9A7A44")
    'a4b2f4ac-5e4c-4c8b-8a48-1fd38c9a7a44'
    """
    found = _JOIN.fullmatch(value)
    if value and found is None:
        raise MeetingError(
            '"join" is no proposal of the platform.',
            "Copy the address of its page, which begins with https://join.gov.tw/idea/detail/.",
        )
    return found[1].lower() if found else ""


def _speakers(value: object) -> tuple[int | None, int | None]:
    if value is None:
        return None, None
    if isinstance(value, dict):
        toml.known(value, ("min", "max"), '"speakers"')
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

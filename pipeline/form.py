"""The form for what `meeting.toml` holds: fields become its text, its text becomes fields; it decides nothing."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline import words
from pipeline.intake import canonical
from speakers.meeting import FactKind

Field = tuple[str, str]
"""Name and value; a name may come several times, once for each row."""

PLAIN = (
    *("title", "place", "case", "language", "channels", "publish", "hide_with"),
    *("begins", "join", "video", "licence"),
)
COUNTS = ("approvers", "correction_days")
FLAGS = ("introduced_in_order", "picture_shows_nobody", "hear_twice", "sayit_times")
PERSON = ("name", "person", "role", "aliases", "wish", "label", "heard_at", "facts", "voiceprint")
LINK = ("label", "url")
AGENDA = ("title", "at", "slides")
MICROPHONE = ("file", "channel", "participant", "people")
BROUGHT = ("file", "kind", "begins")

_BETWEEN = re.compile(r"[、,，;；\n]+")
_ARROW = re.compile(r"\s*(?:→|->|⇒|=>)\s*")


def text_of(fields: Sequence[Field]) -> str:
    """What was typed, as a meeting's file; `pipeline.meeting_toml` says whether it can be.

    A value that is not what it should be comes into the file as it was typed, so that it is refused there.

    >>> print(text_of([("title", "會議"), ("speakers_min", "3")]), end="")
    title = "會議"
    <BLANKLINE>
    [speakers]
    min = 3
    """
    one = dict(fields)
    table: dict[str, Any] = {key: one[key].strip() for key in PLAIN if one.get(key, "").strip()}
    if date := one.get("date", "").strip():
        table["date"] = _date(date)
    table |= {key: _number(value) for key in COUNTS if (value := one.get(key, "").strip())}
    table |= {key: True for key in FLAGS if one.get(key)}
    if glossary := split(one.get("glossary", "")):
        table["glossary"] = glossary
    bounds = {k: _number(v) for k in ("min", "max") if (v := one.get(f"speakers_{k}", "").strip())}
    if bounds:
        table["speakers"] = bounds
    blocks = {
        "links": [dict(row) for row in rows(fields, "link", LINK)],
        "agenda": [dict(row) for row in rows(fields, "agenda", AGENDA)],
        "participants": [_person(row) for row in rows(fields, "person", PERSON)],
        "microphones": [_microphone(row) for row in rows(fields, "microphone", MICROPHONE)],
        "brought": [dict(row) for row in rows(fields, "brought", BROUGHT)],
    }
    return canonical({**table, **{key: rows_ for key, rows_ in blocks.items() if rows_}}).decode()


def rows(fields: Sequence[Field], kind: str, keys: tuple[str, ...]) -> list[dict[str, str]]:
    """The rows of one kind that hold anything, each with what it holds; the fields of all come column by column.

    >>> rows([("link-label", "錄影"), ("link-label", ""), ("link-url", "https://a"), ("link-url", "")], "link", LINK)
    [{'label': '錄影', 'url': 'https://a'}]
    """
    columns = {key: [v.strip() for n, v in fields if n == f"{kind}-{key}"] for key in keys}
    count = max(map(len, columns.values()))
    found = ({k: c[i] for k, c in columns.items() if i < len(c) and c[i]} for i in range(count))
    return [row for row in found if set(row) - {"wish", "kind"}]


def fields_of(table: Mapping[str, Any]) -> list[Field]:
    """The fields that show a file's table; those of a row stand together."""
    found: list[Field] = [(key, str(table[key])) for key in (*PLAIN, "date", *COUNTS) if key in table]
    found += [(key, "on") for key in FLAGS if table.get(key) is True]
    glossary = table.get("glossary", [])
    found.append(("glossary", "\n".join([glossary] if isinstance(glossary, str) else map(str, glossary))))
    bounds = table.get("speakers", {})
    if not isinstance(bounds, dict):
        bounds = {"min": bounds, "max": bounds}
    found += [(f"speakers_{k}", str(v)) for k, v in bounds.items()]
    blocks = (
        ("link", "links", LINK),
        ("agenda", "agenda", AGENDA),
        ("person", "participants", PERSON),
        ("microphone", "microphones", MICROPHONE),
        ("brought", "brought", BROUGHT),
    )
    for kind, key, keys in blocks:
        for block in table.get(key, []):
            found += [(f"{kind}-{k}", _shown(k, block.get(k, ""))) for k in keys]
    return found


def split(text: str) -> list[str]:
    """Words that stand in a list, however it is written.

    >>> split("佩珊、毛毛媽, Pei-shan")
    ['佩珊', '毛毛媽', 'Pei-shan']
    """
    return [" ".join(part.split()) for part in _BETWEEN.split(text) if part.strip()]


def field_of(what: str) -> str:
    """The field that an error is about: its name, for a row with its number from 1; empty for none in particular.

    >>> field_of("The wish of participant 2 is unknown."), field_of("The date is none.")
    ('person-wish 2', 'date')
    """
    for pattern, field in _ABOUT:
        if match := re.search(pattern, what, flags=re.IGNORECASE):
            return f"{field} {match[1]}" if match.groups() else field
    return ""


_ABOUT = (
    (r"^the role of participant (\d+)", "person-role"),
    (r"^the wish of participant (\d+)", "person-wish"),
    (r"^the voiceprint of participant (\d+)", "person-voiceprint"),
    (r'^"heard_at" of participant (\d+)', "person-heard_at"),
    (r"fact about participant (\d+)", "person-facts"),
    (r"participant (\d+) has facts", "person-facts"),
    (r"participant (\d+) has (?:an? )?label", "person-label"),
    (r"^participants \d+ and (\d+)", "person-name"),
    (r"\bparticipant (\d+)", "person-name"),
    (r"\bp(\d+)\b.*\blabel\b", "person-label"),
    (r"^the title\b", "title"),
    (r"^the place\b", "place"),
    (r"^the case\b", "case"),
    (r"^the date\b", "date"),
    (r"number of speakers", "speakers_min"),
    (r'"approvers"', "approvers"),
    (r'"correction_days"', "correction_days"),
    (r"\blink\b", "link-url 1"),
    (r'^"at" of agenda item (\d+)', "agenda-at"),
    (r"^agenda item (\d+) has no web address", "agenda-slides"),
    (r"^agenda item (\d+)", "agenda-title"),
    (r"items of the agenda do not follow", "agenda-at 1"),
    (r'^"begins" of brought file (\d+)', "brought-begins"),
    (r"\bbrought file (\d+)", "brought-kind"),
    (r'^"begins"', "begins"),
    (r'^"join"', "join"),
    (r"^the video\b", "video"),
    (r"\bmicrophone (\d+)", "microphone-participant"),
)
"""How errors of `pipeline.meeting_toml` and `pipeline.intake` begin, and what they are about."""


def _person(row: Mapping[str, str]) -> dict[str, Any]:
    """A block of a participant."""
    block: dict[str, Any] = {
        k: row[k] for k in ("name", "person", "role", "wish", "label", "voiceprint") if k in row
    }
    if "aliases" in row:
        block["aliases"] = split(row["aliases"])
    if "heard_at" in row:
        block["heard_at"] = split(row["heard_at"])
    if "facts" in row:
        block["facts"] = [_fact(line) for line in row["facts"].splitlines() if line.strip()]
    return block


def _fact(line: str) -> dict[str, str]:
    """A fact as it is typed on one line.

    >>> _fact("任職單位：小橘動物醫院 → 某動物醫院")
    {'kind': 'employer', 'text': '小橘動物醫院', 'instead': '某動物醫院'}
    """
    kinds = {said: kind.value for kind in FactKind for said in (kind.value, words.of("fact", kind).zh)}
    before, colon, after = line.replace("：", ":").partition(":")
    kind = kinds.get(before.strip().lower()) if colon else None
    text, *instead = _ARROW.split((after if kind else line).strip(), maxsplit=1)
    return {
        **({"kind": kind} if kind else {}),
        "text": text,
        **({"instead": instead[0]} if instead and instead[0] else {}),
    }


def _microphone(row: Mapping[str, str]) -> dict[str, Any]:
    return {k: _number(v) if k in {"channel", "people"} else v for k, v in row.items()}


def _shown(key: str, value: Any) -> str:
    if key == "facts":
        return "\n".join(_fact_line(fact) for fact in value)
    if key in {"aliases", "heard_at"}:
        return "、".join([value] if isinstance(value, str) else map(str, value))
    return str(value)


def _fact_line(fact: Mapping[str, str]) -> str:
    said = f"{words.of('fact', fact['kind']).zh}：" if fact.get("kind") in set(FactKind) else ""
    return f"{said}{fact.get('text', '')}" + (f" → {fact['instead']}" if fact.get("instead") else "")


def _date(typed: str) -> datetime.date | str:
    try:
        return datetime.date.fromisoformat(typed)
    except ValueError:
        return typed


def _number(typed: str) -> int | str:
    return int(typed) if re.fullmatch("[0-9]{1,6}", typed) else typed

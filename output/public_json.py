"""The record as JSON, for programs; docs/record.schema.json says what stands in it."""

from __future__ import annotations

import json
from typing import Any

from output import clock, licence
from output.paragraph import (
    Paragraph,
    Section,
    labels,
    note,
    paragraphs,
    proposal,
    readable,
    roles,
    sections,
    video,
    web_links,
)
from redaction.released import Released
from speakers.record import Millis

FORMAT = "zhuzi record"
VERSION = 1


def serialize(released: Released) -> bytes:
    """The record as JSON.

    Returns:
        UTF-8, keys in the order of the schema; the same record gives the same bytes. A speaker is known by the place
        in `speakers`, from 0, in the order in which they first speak: it tells nothing about anybody.
    """
    spoken = paragraphs(released)
    speaking = sorted({p.speaker for p in spoken})
    places = {index: place for place, index in enumerate(speaking)}
    shown, titles = labels(released), roles(released)
    record = {
        "format": FORMAT,
        "version": VERSION,
        "heading": readable(released.heading) or "Record",
        "title": readable(released.title),
        "date": clock.iso_date(released.date) or None,
        "begins": released.begins or None,
        "place": readable(released.place),
        "case": readable(released.case),
        "language": released.language,
        "licence": {"spdx": str(released.licence), "url": licence.address(released)},
        "proposal": proposal(released) or None,
        "video": video(released) or None,
        "links": [{"label": label, "url": url} for label, url in web_links(released)],
        "speakers": [
            {
                "id": person_id(place),
                "label": shown[index],
                "role": titles[index],
                "named": released.speakers[index].named,
            }
            for place, index in enumerate(speaking)
        ],
        "sections": [_section(section, places) for section in sections(released)],
        "note": note(released, spoken),
    }
    return (json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def person_id(place: int) -> str:
    """The id of who is the nth to speak, from 0; it holds in one meeting only.

    >>> person_id(0)
    's1'
    """
    return f"s{place + 1}"


def _section(section: Section, places: dict[int, int]) -> dict[str, Any]:
    return {
        "title": section.title,
        "at": _seconds(section.at),
        "slides": section.slides or None,
        "paragraphs": [_paragraph(paragraph, places) for paragraph in section.paragraphs],
    }


def _paragraph(paragraph: Paragraph, places: dict[int, int]) -> dict[str, Any]:
    span = paragraph.span
    return {
        "number": paragraph.number,
        "speaker": places[paragraph.speaker],
        "text": paragraph.text,
        "start": _seconds(span.start) if span else None,
        "end": _seconds(span.end) if span else None,
    }


def _seconds(after: Millis | None) -> float | None:
    return None if after is None else after / 1000


def parse(data: bytes) -> tuple[tuple[str, str], ...]:
    """The (speaker label, text) of every paragraph, in order.

    Raises:
        KeyError: If it is not what `serialize` wrote.
    """
    record = json.loads(data)
    people = [speaker["label"] for speaker in record["speakers"]]
    return tuple((people[p["speaker"]], p["text"]) for s in record["sections"] for p in s["paragraphs"])

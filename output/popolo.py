"""Who was there, in the vocabulary of Popolo: the meeting as an event, those who are named, and as what they spoke.

Nobody else is in it: a label is no person whom another program should know again.
"""

from __future__ import annotations

import json
from typing import Any

from output import clock, licence
from output.akoma_ntoso import person_addresses
from output.paragraph import labels, paragraphs, readable, roles, sections, web_links
from output.slug import slug
from redaction.released import Released


def serialize(released: Released) -> bytes:
    """The meeting and its named speakers.

    Returns:
        UTF-8 JSON; the same record gives the same bytes.
    """
    meeting = slug(released.heading)
    spoke = {p.speaker for p in paragraphs(released)}
    named = [n for n in sorted(spoke) if released.speakers[n].named]
    ids = {index: f"{meeting}/person/{number}" for number, index in enumerate(named, start=1)}
    shown, titles, addresses = labels(released), roles(released), person_addresses(released, spoke)
    organization = {"id": f"{meeting}/organization", "name": _name(released), "classification": "meeting"}
    persons = [
        {
            "id": ids[n],
            "name": shown[n],
            "identifiers": [{"identifier": addresses[n], "scheme": "Akoma Ntoso import"}],
        }
        for n in named
    ]
    memberships = [
        {
            "id": f"{meeting}/membership/{number}",
            "person_id": ids[n],
            "organization_id": organization["id"],
            "role": titles[n],
        }
        for number, n in enumerate((n for n in named if titles[n]), start=1)
    ]
    found = {
        "persons": persons,
        "organizations": [organization],
        "memberships": memberships,
        "events": [_event(released, meeting, [{"id": ids[n], "name": shown[n]} for n in named])],
        "meta": {"license": licence.address(released)},
    }
    return (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _event(released: Released, meeting: str, attendees: list[dict[str, str]]) -> dict[str, Any]:
    begun = clock.zero(released)
    issued = (("case", readable(released.case)), ("join.gov.tw", released.join))
    event = {
        "id": meeting,
        "name": _name(released),
        "classification": "meeting",
        "start_date": begun.isoformat(timespec="seconds") if begun else clock.iso_date(released.date),
        "location": readable(released.place),
        "identifiers": [{"identifier": value, "scheme": scheme} for scheme, value in issued if value],
        "organization_id": f"{meeting}/organization",
        "attendees": attendees,
        "children": [
            {"id": f"{meeting}/item/{number}", "name": section.title, "parent_id": meeting}
            for number, section in enumerate(sections(released), start=1)
            if section.title
        ],
        "sources": [{"url": url, "note": label} for label, url in web_links(released)],
    }
    return {key: value for key, value in event.items() if value}


def _name(released: Released) -> str:
    return readable(released.title) or readable(released.heading) or "Record"

"""What is published of a meeting besides its record and its people, and who is named in it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from redaction.mentions import written
from speakers.meeting import Meeting


def header(meeting: Meeting) -> Iterator[tuple[str, tuple[str, ...]]]:
    """`(what, texts)`: what it is called, and its texts, of which an address is the last; empty where nothing is given.

    Whatever else a meeting's file may come to say in public has to stand here: then it is looked at before it is taken
    in, before it is released, and by the leak scan.
    """
    yield "title", (meeting.title,)
    yield "date", (meeting.date,)
    yield "place", (meeting.place,)
    yield "case number", (meeting.case,)
    for link in meeting.links:
        yield "link", (link.label, link.url)
    for item in meeting.agenda:
        yield "agenda", (item.title, item.slides)
    yield "video's address", (meeting.video,)


def named_in_header(meeting: Meeting) -> Iterator[tuple[str, tuple[str, ...]]]:
    """`(what, ids)`: where hidden people are named in it, also behind an address's escapes, and who, sorted."""
    for what, texts in header(meeting):
        found = written(meeting, " ".join((*texts, unquote(texts[-1]))))
        if found:
            yield what, tuple(sorted({person for person, _ in found}))

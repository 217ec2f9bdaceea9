"""What was sent is noted in a chain, by one at a time, and leads to the paragraph that it is about."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pipeline import public, revoke
from pipeline.folder import MeetingFolder
from pipeline.lock import alone
from pipeline.outlets import sent
from pipeline.outlets.find import search
from pipeline.outlets.listed import Shelf
from pipeline.outlets.sending import send
from pipeline.outlets.sent import Step
from speakers.error import BusyError, LedgerError


def test_what_was_sent_cannot_be_changed_unnoticed(data: Path, released: MeetingFolder, site: Shelf) -> None:
    send(data, released, (site,), "Clerk")
    lines = sent.read(released)
    assert [(one.step, one.by) for one in lines] == [(Step.BEGUN, "Clerk"), (Step.SENT, "Clerk")]
    assert lines[1].files == public.artifacts(released.public)
    path = released.root / sent.NAME
    path.write_text(path.read_text("utf-8").replace("Clerk", "Other"), "utf-8")
    with pytest.raises(LedgerError):
        send(data, released, (site,))
    assert any("look into each outlet" in note for note in revoke.listed(released).notes)


def test_two_do_not_send_at_once(data: Path, released: MeetingFolder, site: Shelf) -> None:
    with alone(data, name="sending.lock"), pytest.raises(BusyError):
        send(data, released, (site,))


def test_permalinks_of_the_search_lead_to_paragraphs_of_the_released_page(
    data: Path, released: MeetingFolder, site: Shelf
) -> None:
    send(data, released, (site,))
    (listed,) = json.loads((site.path / "records.json").read_bytes())["records"]
    shown = (site.path / listed["page"]).read_text("utf-8")
    hits = search(data, "会") + search(data, "好")
    assert hits
    for hit in hits:
        name, _, anchor = hit.link.partition("#")
        assert (site.path / name) == site.path / listed["page"]
        (paragraph,) = re.findall(rf'id="{anchor}".*?</p>', shown, re.DOTALL)
        assert hit.snippet in re.sub("<[^>]+>", "", paragraph)

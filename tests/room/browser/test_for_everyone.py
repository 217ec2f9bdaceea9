"""Every page for everyone: by axe, by the keyboard alone, on small screens, in light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from pipeline.settings import Settings
from tests.room.browser.conftest import Enter, Room, room, sign_in
from tests.room.browser.furnished import State, furnish, meeting

Opened = Any
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
RULES = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}


@pytest.fixture
def states(
    enter: Enter, settings: Settings, tmp_path: Path, cheap: None
) -> Iterator[Iterator[tuple[State, Page]]]:
    """Every state of every page, each brought about when it is its turn."""
    folder = meeting(settings, tmp_path)
    with room(settings, module="tests.engines.work_child") as (url, application):

        def one_by_one() -> Iterator[tuple[State, Page]]:
            pages: dict[str, Page] = {}
            for state in furnish(application, folder):
                if state.who not in pages:
                    pages[state.who] = enter(viewport=WIDE)
                    if state.who:
                        sign_in(pages[state.who], url, state.who)
                page = pages[state.who]
                page.set_viewport_size(WIDE)
                page.goto(url + state.path)
                state.opened(page)
                yield state, page

        yield one_by_one()


def violations(page: Page) -> Iterator[str]:
    """What axe finds."""
    for found in Axe().run(page, options=RULES).response["violations"]:
        for node in found["nodes"]:
            yield f"{found['impact']} {found['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"


def test_axe_finds_nothing_in_light_and_dark_wide_and_narrow(states: Iterator[tuple[State, Page]]) -> None:
    wrong: list[str] = []
    for state, page in states:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for size in (WIDE, NARROW):
                page.set_viewport_size(size)
                wrong += [f"{state.name}, {scheme}, {size['width']}: {found}" for found in violations(page)]
        if (width := page.evaluate("document.documentElement.scrollWidth")) > NARROW["width"]:
            wrong.append(f"{state.name}: {width} px wide")
    assert not wrong, "\n".join(wrong)

"""Every page that people see is named here with its picture, and both documents and pictures are there."""

from __future__ import annotations

import pytest

from pipeline.room.app import create
from pipeline.settings import Settings
from tests.conftest import ROOT
from tests.room.test_routes import routes

PAGES = {
    "/": ("meetings",),
    "/sign-in": ("sign-in",),
    "/link/{token}": ("welcome",),
    "/account": ("account",),
    "/accounts": ("accounts",),
    "/audit": ("audit",),
    "/audit/verify": ("audit-verified",),
    "/drop": ("drop",),
    "/work/{job_id}": ("work",),
    "/mine/{token}": ("mine", "mine-phone", "mine-phone-dark"),
    "/meetings/{meeting_id}": ("reading", "reading-phone", "voices", "status"),
    "/meetings/{meeting_id}/about": ("about", "about-written"),
    "/meetings/{meeting_id}/marks": ("deciding", "deciding-dark"),
    "/meetings/{meeting_id}/beside": ("beside",),
    "/meetings/{meeting_id}/sign-off": ("sign-off", "released"),
    "/meetings/{meeting_id}/window": ("window", "personal-links"),
    "/meetings/{meeting_id}/taken-down": ("taken-down",),
}
"""What GET shows to people, with its pictures in docs/room."""

FETCHED = {
    "/sign-in/oidc",
    "/sign-in/oidc/return",
    "/uploads/{upload_id}",
    "/mine/{token}/sound/{statement_id}",
    *(
        f"/meetings/{{meeting_id}}/{end}"
        for end in (
            *("beside.json", "changes", "excerpt.wav", "files/{number:int}", "history", "marks.json"),
            *("marks/elsewhere", "masked.wav", "outline", "picture", "release.json", "sound", "statements"),
            *("suggestions", "voices", "waveform"),
        )
    ),
}
"""What GET gives to pages, to players and to browsers on their way."""

WATCHED = {"/healthz", "/readyz", "/metrics"}
"""What GET tells those who watch over the machine; /api/ has tests of its own, in tests/outside."""


def test_every_page_has_its_pictures_and_no_picture_is_of_nothing(settings: Settings) -> None:
    shown = {route.path for route in routes(create(settings)) if "GET" in (route.methods or ())}
    assert {path for path in shown if not path.startswith("/api/")} == PAGES.keys() | FETCHED | WATCHED
    pictures = {name for names in PAGES.values() for name in names}
    assert pictures == {path.stem for path in (ROOT / "docs" / "room").glob("*.png")}


@pytest.mark.parametrize("name", [name for names in PAGES.values() for name in names])
def test_the_document_shows_every_picture_and_it_is_small(name: str) -> None:
    assert f"](room/{name}.png)" in (ROOT / "docs" / "room.md").read_text("utf-8")
    assert (ROOT / "docs" / "room" / f"{name}.png").stat().st_size < 150_000

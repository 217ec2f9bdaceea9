"""Who may open what: every route of the room, one by one. A new page is named here, or this fails."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount, Route

from pipeline import words
from pipeline.room import emergency
from pipeline.room.accounts import Role
from pipeline.room.app import create
from pipeline.settings import Settings

EVERYBODY = frozenset(Role)
ADMIN = frozenset({Role.ADMIN})
REVIEWER = frozenset({Role.REVIEWER})
STAFF = frozenset({Role.STAFF})
DROPPERS = frozenset({Role.STAFF, Role.ADMIN})
READERS = REVIEWER | ADMIN
OPEN = None

ROUTES: dict[tuple[str, str], frozenset[Role] | None] = {
    ("GET", "/"): EVERYBODY,
    ("GET", "/sign-in"): OPEN,
    ("POST", "/sign-in"): OPEN,
    ("GET", "/sign-in/oidc"): OPEN,
    ("GET", "/sign-in/oidc/return"): OPEN,
    ("POST", "/sign-out"): EVERYBODY,
    ("GET", "/link/{token}"): OPEN,
    ("POST", "/link/{token}"): OPEN,
    ("GET", "/account"): EVERYBODY,
    ("POST", "/account/password"): EVERYBODY,
    ("POST", "/account/sessions"): EVERYBODY,
    ("GET", "/accounts"): ADMIN,
    ("POST", "/accounts"): ADMIN,
    ("POST", "/accounts/{account_id:int}/link"): ADMIN,
    ("POST", "/accounts/{account_id:int}/roles"): ADMIN,
    ("POST", "/accounts/{account_id:int}/shut"): ADMIN,
    ("POST", "/accounts/{account_id:int}/open"): ADMIN,
    ("POST", "/accounts/{account_id:int}/sessions"): ADMIN,
    ("POST", "/accounts/{account_id:int}/outside"): ADMIN,
    ("GET", "/audit"): ADMIN,
    ("GET", "/audit/verify"): ADMIN,
    ("OPTIONS", "/uploads"): DROPPERS,
    ("POST", "/uploads"): DROPPERS,
    ("GET", "/uploads/{upload_id}"): DROPPERS,
    ("PATCH", "/uploads/{upload_id}"): DROPPERS,
    ("DELETE", "/uploads/{upload_id}"): DROPPERS,
    ("POST", "/uploads/{upload_id}/look"): DROPPERS,
    ("GET", "/drop"): DROPPERS,
    ("POST", "/drop"): DROPPERS,
    ("POST", "/drop/roster"): DROPPERS,
    ("GET", "/meetings/{meeting_id}/about"): DROPPERS,
    ("POST", "/meetings/{meeting_id}/about"): DROPPERS,
    ("GET", "/work/{job_id}"): EVERYBODY,
    ("POST", "/work/{job_id}/{act:str}"): EVERYBODY,
    ("GET", "/mine/{token}"): OPEN,
    ("GET", "/mine/{token}/sound/{statement_id}"): OPEN,
    ("POST", "/mine/{token}/agree"): OPEN,
    ("POST", "/mine/{token}/opened"): OPEN,
    ("POST", "/mine/{token}/suggest"): OPEN,
    ("GET", "/meetings/{meeting_id}"): EVERYBODY,
    ("GET", "/healthz"): OPEN,
    ("GET", "/readyz"): OPEN,
    ("GET", "/metrics"): EVERYBODY,
    ("GET", "/api/v1/openapi.json"): OPEN,
    **{
        (method, f"/api/v1/{page}"): roles
        for roles, pages in {
            EVERYBODY: (
                *("GET meetings", "GET meetings/{meeting_id}", "GET models", "GET jobs", "GET jobs/{job_id}"),
                *("POST jobs/{job_id}/retry", "POST jobs/{job_id}/cancel", "DELETE jobs/{job_id}"),
            ),
            DROPPERS: (
                *("POST jobs", "PUT recordings", "OPTIONS uploads", "POST uploads"),
                *("GET uploads/{upload_id}", "PATCH uploads/{upload_id}", "DELETE uploads/{upload_id}"),
            ),
            READERS: ("GET register", "GET register/log"),
            REVIEWER: (
                *("GET register/{entry_id}", "POST register", "PATCH register/{entry_id}"),
                "DELETE register/{entry_id}",
                *(
                    f"{one.partition(' ')[0]} meetings/{{meeting_id}}/{one.partition(' ')[2]}"
                    for one in (
                        *("GET record", "GET risk", "GET suggestions", "POST suggestions", "POST review"),
                        *("POST release", "POST revoke", "POST scan", "GET window", "POST window"),
                        *("POST window/move", "POST window/close", "POST window/links"),
                        *("POST window/unlink", "POST window/answers"),
                    )
                ),
            ),
            ADMIN: (
                *("GET doctor", "GET audit", "GET audit/verify", "GET accounts", "GET webhooks"),
                *("POST webhooks/test", "POST webhooks/{message_id}/resend"),
            ),
        }.items()
        for method, page in (one.split() for one in pages)
    },
    **{
        (method, f"/meetings/{{meeting_id}}/{page}"): roles
        for roles, pages in {
            READERS: (
                *("GET changes", "GET history", "GET outline", "GET picture", "GET sound", "GET statements"),
                *("GET suggestions", "GET voices", "GET waveform", "POST acts", "POST search"),
            ),
            REVIEWER: (
                *("GET marks", "GET marks.json", "GET marks/elsewhere", "GET excerpt.wav", "GET masked.wav"),
                *("POST marks", "POST marks/by-hand", "POST marks/settled", "POST marks/undone"),
                *("GET sign-off", "GET beside", "GET beside.json", "POST read", "POST approve"),
                *(
                    "GET release.json",
                    "GET files/{number:int}",
                    "GET taken-down",
                    "POST release",
                    "POST revoke",
                ),
                *("GET window", "POST window/answer", "POST window/close", "POST window/links"),
                *("POST window/move", "POST window/open", "POST window/unlink"),
            ),
        }.items()
        for method, page in (one.split() for one in pages)
    },
}


def routes(application: Starlette) -> list[Route]:
    return [route for route in application.routes if isinstance(route, Route)]


def test_every_route_says_who_may_open_it_and_no_other_than_is_meant(settings: Settings) -> None:
    found = {
        (method, route.path): route.roles  # type: ignore[attr-defined]
        for route in routes(create(settings))
        for method in sorted((route.methods or set()) - {"HEAD"})
    }
    assert found == ROUTES


def test_every_route_says_in_words_what_is_done_there_and_nothing_else_does() -> None:
    deeds = words.table()["deed"]
    assert {one for one in deeds if not one.startswith("zhuzi ")} == {" ".join(route) for route in ROUTES}
    commands = re.findall(r'_noted\(settings, "(\w+)"', Path(emergency.__file__).read_text("utf-8"))
    assert {one for one in deeds if one.startswith("zhuzi ")} == {f"zhuzi account {one}" for one in commands}
    assert len({said.zh for said in deeds.values()}) == len(deeds), "two of them could not be told apart"
    assert len({said.en for said in deeds.values()}) == len(deeds), "two of them could not be told apart"


def test_beside_pages_there_are_only_files_that_hold_nothing_private(settings: Settings) -> None:
    mounted = [route.path for route in create(settings).routes if not isinstance(route, Route)]
    assert mounted == ["/static"]
    assert all(isinstance(r, Route | Mount) for r in create(settings).routes)

"""The HTTP API: by token alone, as far as its scopes and its account's roles reach, and as its description says."""

from __future__ import annotations

import base64
import datetime
import json
import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator
from starlette.applications import Starlette
from starlette.routing import Route

from pipeline import audit, register, review
from pipeline.folder import MeetingFolder
from pipeline.room import attempts
from pipeline.room.accounts import Role
from pipeline.room.api import described
from pipeline.room.tokens import ROLES, Scope
from pipeline.settings import Settings
from redaction import ledger
from speakers.error import AccountError, NotFoundError
from tests.conftest import MEETING, SECRETS
from tests.room.conftest import Browser
from tests.room.test_routes import routes
from tests.test_docs import COMMANDS

API = "/api/v1"
NAMES = {Role.REVIEWER: "林審閱", Role.STAFF: "陳職員", Role.ADMIN: "管理者"}

NOT_OVER_HTTP = {
    "new": "writes a template beside a recording of whoever types",
    "run": "attended, in the foreground: POST /jobs does the same in the background",
    "demo": "likewise",
    "serve": "is what answers",
    "worker": "is what does the work",
    "watch": "looks at a folder of the machine for as long as it lasts",
    "submit": "copies files of whoever types: POST /jobs hands in what was sent",
    "eval": "reads files of whoever types",
    "models fetch": "downloads onto the machine: for whoever looks after it",
    "models verify": "reads every model: GET /doctor does it for those that are needed",
    "publish": "sends records to others: a person's act at the machine",
    "index": "writes into a folder of whoever types",
    "search": "reads every published record: anybody may, on the machine and in the folder's page",
    "verify": "reads a folder of whoever types",
    "signing-key": "a key is made where it is kept",
    "rediarize": "runs models in the foreground",
    "enroll": "a voiceprint is biometric: made at the machine only",
    "voiceprints": "names with voiceprints: at the machine only",
    "unenroll": "likewise",
    "release": "POST /meetings/ID/release gives a job instead of the answer",
    "account add": "who may come in is not for programs to say",
    "account link": "likewise",
    "account token": "likewise",
    "account tokens": "likewise",
    "account untoken": "likewise",
    "purge": "erasing is done at the machine, by somebody who saw the dry run",
    "certificates": "likewise, read at the machine",
    "hold": "keeping what is under hold is decided at the machine",
    "unhold": "likewise",
    "holds": "likewise; GET /meetings says it of each meeting",
    "backup": "writes to a disk of the machine",
    "backup-key": "a secret key never goes over a network",
    "restore": "makes a data directory at the machine",
    "metrics": "GET /metrics, as Prometheus reads it",
}
"""Commands that no operation gives the answer of, and why."""

Program = Callable[..., Any]


def application(browser: Browser) -> Starlette:
    assert isinstance(browser.app, Starlette)
    return browser.app


def made(browser: Browser, role: Role, *scopes: Scope, days: int = 1) -> str:
    room = application(browser).state.room
    account = room.accounts.named(NAMES[role])
    return str(room.tokens.make(account.number, account.roles, scopes, days)[0])


@pytest.fixture
def program(browser: Callable[[], Browser]) -> Program:
    """Ask as a program of somebody's: `program(Role.STAFF, Scope.STATUS)("GET", "/meetings")`."""

    def program_(role: Role, *scopes: Scope) -> Program:
        one = browser()
        one.headers.pop("origin")
        one.headers["accept"] = "*/*"
        one.headers["authorization"] = f"Bearer {made(one, role, *scopes)}"
        return lambda method, path, **given: one.request(method, API + path, **given)

    return program_


def operations(browser: Browser) -> list[Route]:
    return [r for r in routes(application(browser)) if r.scope]  # type: ignore[attr-defined]  # put there by `page`


def test_a_token_opens_what_its_scope_says_and_its_account_may_and_nothing_else(
    browser: Callable[[], Browser], program: Program, job: MeetingFolder
) -> None:
    every = {role: program(role, *(s for s in Scope if role in ROLES[s])) for role in Role}
    tried = 0
    for route in operations(browser()):
        scope = Scope(route.scope)  # type: ignore[attr-defined]  # as above
        path = re.sub(r"\{[^}]*\}", "1", route.path.replace("{meeting_id}", job.id)).removeprefix(API)
        if path == "/metrics":
            continue
        for role in Role:
            others = [s for s in Scope if role in ROLES[s] and s is not scope]
            without = program(role, *others) if others else None
            for method in sorted((route.methods or set()) - {"HEAD"}):
                tried += 1
                allowed = every[role](method, path).status_code
                assert (allowed in {401, 403}) == (role not in ROLES[scope]), (role, method, path, allowed)
                if without:
                    assert without(method, path).status_code == 403, (role, method, path)
    assert tried > 100


def test_no_scope_approves(browser: Callable[[], Browser]) -> None:
    assert not [s for s in Scope if "approv" in s]
    assert not [o.path for o in described.operations() if "approv" in o.path]
    for body in described.description()["components"]["schemas"].values():
        assert "approve" not in body.get("properties", {})


def test_a_session_is_no_token_and_a_token_no_session(
    browser: Callable[[], Browser], reviewer: Browser, program: Program
) -> None:
    assert reviewer.get(f"{API}/meetings").status_code == 401
    token = made(reviewer, Role.REVIEWER, *(s for s in Scope if Role.REVIEWER in ROLES[s]))
    one = browser()
    one.headers["authorization"] = f"Bearer {token}"
    assert one.get("/").status_code == 303
    assert one.post("/sign-out").status_code == 403


@pytest.mark.parametrize(
    "sent", ["", "Basic eDp5", "Bearer", "Bearer x", "Bearer zhuzi_", f"Bearer zhuzi_{'A' * 43}", "bearer é"]
)
def test_what_is_no_token_is_told_so_as_json(browser: Callable[[], Browser], sent: str) -> None:
    one = browser()
    answer = one.get(f"{API}/meetings", headers={"authorization": sent.encode()} if sent else {})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["exit_code"] == AccountError.exit_code


def test_a_token_ends(browser: Callable[[], Browser], monkeypatch: pytest.MonkeyPatch) -> None:
    one = browser()
    room = application(one).state.room
    account = room.accounts.named(NAMES[Role.STAFF])

    def opens(token: str) -> bool:
        return one.get(f"{API}/jobs", headers={"authorization": f"Bearer {token}"}).status_code == 200

    first, second, third = (made(one, Role.STAFF, Scope.STATUS) for _ in range(3))
    assert opens(first)
    room.tokens.revoke(room.tokens.visitor(first).token)
    assert not opens(first)
    assert opens(second)
    room.accounts.shut(account.number)
    assert not opens(second)
    room.accounts.open(account.number)
    room.links.use(room.links.make(account.number).rpartition("/")[2], "another long password")
    assert not opens(third), "a new password ends what the old one may have given away"
    fourth = made(one, Role.STAFF, Scope.STATUS)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 86_401)
    assert not opens(fourth)


def test_a_role_that_was_taken_away_is_taken_from_tokens_too(browser: Callable[[], Browser]) -> None:
    one = browser()
    room = application(one).state.room
    token = made(one, Role.REVIEWER, Scope.REGISTER)
    sent = {"authorization": f"Bearer {token}"}
    assert one.get(f"{API}/register", headers=sent).status_code == 200
    room.accounts.set_roles(room.accounts.named(NAMES[Role.REVIEWER]).number, frozenset({Role.STAFF}))
    assert one.get(f"{API}/register", headers=sent).status_code == 403


def test_tokens_are_kept_as_hashes_and_stand_in_the_audit_by_their_ids(
    browser: Callable[[], Browser], settings: Settings, job: MeetingFolder
) -> None:
    one = browser()
    token = made(one, Role.REVIEWER, Scope.READ)
    one.get(f"{API}/meetings/{job.id}/record", headers={"authorization": f"Bearer {token}"})
    one.get(f"{API}/meetings/{job.id}/record", headers={"authorization": f"Bearer {token[:-1]}x"})
    kept = b"".join(p.read_bytes() for p in (settings.data / "room").iterdir())
    assert token.encode() not in kept
    assert token[6:].encode() not in kept
    lines = [x for x in audit.shown(settings.data).lines if x.route.endswith("/record")]
    called = application(one).state.room.tokens.all()[0].id
    assert {(x.who, x.about, x.status) for x in lines} == {
        (f"token {called}", NAMES[Role.REVIEWER], 200),
        ("", "", 401),
    }


def test_guessing_and_asking_too_often_are_slowed_down(
    browser: Callable[[], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = browser()
    good = {"authorization": f"Bearer {made(one, Role.STAFF, Scope.STATUS)}"}
    monkeypatch.setattr(attempts, "_CALLS", attempts.limits.parse("3 per minute"))
    got = [one.get(f"{API}/jobs", headers=good) for _ in range(4)]
    assert [a.status_code for a in got] == [200, 200, 200, 429]
    assert int(got[3].headers["retry-after"]) > 0
    codes = [
        one.get(f"{API}/jobs", headers={"authorization": f"Bearer zhuzi_{n:043}"}).status_code
        for n in range(40)
    ]
    assert codes[:30] == [401] * 30
    assert codes[30:] == [429] * 10


def test_a_token_reaches_no_further_than_its_account(zhuzi: Callable[..., Result], data: Path) -> None:
    assert zhuzi("account", "add", "王小明", "--role", "staff").exit_code == 0
    refused = zhuzi("account", "token", "王小明", "--scope", "read", "--json")
    assert refused.exit_code == AccountError.exit_code
    plain = json.loads(zhuzi("account", "token", "王小明", "--json").output)
    assert plain["scopes"] == ["status"]
    (row,) = json.loads(zhuzi("account", "tokens", "--json").output)["tokens"]
    assert row["id"] == plain["id"]
    assert "token" not in row
    assert zhuzi("account", "untoken", row["id"]).exit_code == 0
    assert zhuzi("account", "untoken", row["id"]).exit_code == NotFoundError.exit_code
    assert zhuzi("account", "token", "王小明", "--days", "0").exit_code == AccountError.exit_code
    done = [x.route for x in audit.shown(data).lines]
    assert {"account token", "account untoken"} <= set(done)


def test_staff_see_of_meetings_what_the_room_shows_them(program: Program, job: MeetingFolder) -> None:
    staff = program(Role.STAFF, Scope.STATUS)("GET", f"/meetings/{job.id}").json()
    reviewer = program(Role.REVIEWER, Scope.STATUS)("GET", "/meetings").json()["meetings"][0]
    assert staff["state"] == reviewer["state"] == "awaiting review"
    assert "folder" not in {**staff, **reviewer}
    assert "questions" in reviewer
    assert not {"questions", "warnings", "next", "notes"} & set(staff)


def test_a_recording_goes_in_and_its_meeting_comes_out_released(
    program: Program,
    browser: Callable[[], Browser],
    recording: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    application(browser()).state.room.beside.start()  # as the room does while it is open
    staff = program(Role.STAFF, Scope.SUBMIT, Scope.STATUS)
    sent = staff("PUT", "/recordings?ending=.wav", content=recording.read_bytes())
    assert sent.status_code == 201, sent.text
    assert sent.json()["announced_ms"] == 9000
    handed = staff("POST", "/jobs", json={"recording": sent.json()["upload"], "meeting": MEETING})
    assert handed.status_code == 202, handed.text
    job = finished(staff, handed.json()["id"])
    assert job["state"] == "done", job
    assert not [s for s in SECRETS if s in json.dumps(job, ensure_ascii=False)]
    meeting = f"/meetings/{job['meeting']}"
    everything = program(Role.REVIEWER, *(s for s in Scope if Role.REVIEWER in ROLES[s]))
    record = everything("GET", f"{meeting}/record").json()
    undecided = [m["id"] for m in record["marks"] if m["verdict"] is None]
    decided = {"digest": record["digest"], "mask": undecided, "names": {"S1": "p1", "S2": "p2", "S3": "p3"}}
    reviewed = everything("POST", f"{meeting}/review", json=decided)
    assert reviewed.status_code == 200, reviewed.text
    again = everything("POST", f"{meeting}/review", json=decided)
    assert again.status_code == 409, "it is not the record that was shown any more"
    refused = everything("POST", f"{meeting}/release")
    assert refused.status_code == 409
    folder = MeetingFolder(settings.data / "meetings" / job["meeting"])
    entries = ledger.read(folder.ledger)
    assert {e.who for e in entries} == {NAMES[Role.REVIEWER]}
    assert all(re.fullmatch(r"by token t[0-9a-f]{8}", e.how) for e in entries)
    rest = review.draft_of(folder)
    if rest.undecided:
        everything(
            "POST", f"{meeting}/review", json={"digest": rest.digest, "mask": [m.id for m in rest.undecided]}
        )
    review.approve(folder, NAMES[Role.REVIEWER])  # a person
    released = everything("POST", f"{meeting}/release")
    assert released.status_code == 202, released.text
    assert finished(everything, released.json()["id"])["state"] == "done"
    assert everything("POST", f"{meeting}/scan").json()["clean"]
    assert everything("GET", meeting).json()["state"] == "released"
    taken = everything("POST", f"{meeting}/revoke", json={"reason": "a test"})
    assert taken.json()["failures"] == []
    assert everything("GET", meeting).json()["state"] == "revoked"


def finished(ask: Program, job_id: str) -> dict[str, Any]:
    end = time.monotonic() + 120
    while (job := ask("GET", f"/jobs/{job_id}").json())["state"] in {"waiting", "running"}:
        assert time.monotonic() < end, job
        time.sleep(0.1)
    return dict(job)


def test_a_recording_can_be_sent_in_pieces_too(program: Program, recording: Path, data: Path) -> None:
    staff, content = program(Role.STAFF, Scope.SUBMIT), recording.read_bytes()
    ending = base64.b64encode(b".wav").decode()
    tus = {"tus-resumable": "1.0.0"}
    begun = staff(
        "POST",
        "/uploads",
        headers={**tus, "upload-length": str(len(content)), "upload-metadata": f"ending {ending}"},
    )
    assert begun.status_code == 201
    where = begun.headers["location"].removeprefix(API)
    assert where.startswith("/uploads/")
    for at in range(0, len(content), 100_000):
        piece = {**tus, "content-type": "application/offset+octet-stream", "upload-offset": str(at)}
        answer = staff("PATCH", where, content=content[at : at + 100_000], headers=piece)
        assert answer.status_code == 204, answer.text
    assert (data / "uploads" / where.rpartition("/")[2] / "data").read_bytes() == content
    assert staff("DELETE", where).status_code == 204


def test_what_is_no_recording_is_refused_and_not_kept(program: Program, data: Path) -> None:
    staff = program(Role.STAFF, Scope.SUBMIT)
    assert staff("PUT", "/recordings?ending=.wav", content=b"no sound").status_code == 400
    assert not list((data / "uploads").glob("*/data"))


def test_somebody_elses_upload_is_nobodys(program: Program, recording: Path) -> None:
    sent = program(Role.STAFF, Scope.SUBMIT)("PUT", "/recordings?ending=.wav", content=recording.read_bytes())
    stolen = program(Role.ADMIN, Scope.SUBMIT)("POST", "/jobs", json={"recording": sent.json()["upload"]})
    assert stolen.status_code == 404


def test_names_of_the_register_are_shown_by_their_own_scope_only(
    program: Program, job: MeetingFolder, data: Path
) -> None:
    (entry_id,) = register.of(data).ids
    listing = program(Role.ADMIN, Scope.REGISTER, Scope.ADMIN)
    for path in ("/register", "/register/log", "/audit", "/meetings"):
        answer = (
            program(Role.REVIEWER, Scope.REGISTER)("GET", path) if path != "/audit" else listing("GET", path)
        )
        assert not [s for s in SECRETS if s in answer.text], path
    assert listing("GET", f"/register/{entry_id}").status_code == 403
    named = program(Role.REVIEWER, Scope.NAMES)("GET", f"/register/{entry_id}")
    assert named.json()["name"] == "蔡佩珊"


def test_a_person_is_entered_changed_and_deleted(program: Program, data: Path) -> None:
    ask = program(Role.REVIEWER, Scope.CONSENT, Scope.NAMES)
    text = '[[participants]]\nname = "游品妤"\nwish = "anonymous"\n'
    entered = ask("POST", "/register", json={"people": text, "consent": "表 7"})
    assert entered.status_code == 201, entered.text
    entry_id = entered.json()["people"][0]["id"]
    assert "游品妤" not in entered.text
    changed = ask("PATCH", f"/register/{entry_id}", json={"wish": "not named", "everywhere": True})
    assert changed.json()["wish"] == "not named"
    assert ask("GET", f"/register/{entry_id}").json()["consent"] == "表 7"
    assert ask("DELETE", f"/register/{entry_id[:6]}").status_code == 400
    assert ask("DELETE", f"/register/{entry_id}").json() == {"removed": entry_id, "used_in": []}
    assert register.of(data).ids == ()


def test_a_correction_window_is_opened_and_closed(program: Program, approved: MeetingFolder) -> None:
    ask = program(Role.REVIEWER, Scope.WINDOW)
    window = f"/meetings/{approved.id}/window"
    assert ask("POST", window, json={"days": 5}).json()["window"]["stage"] == "open"
    link = ask("POST", f"{window}/links", json={"participant": "p1"}).json()["link"]
    assert "/mine/" in link
    stands = ask("GET", window).json()
    assert stands["people"][0]["linked"]
    later = datetime.date.fromisoformat(stands["window"]["last_day"]) + datetime.timedelta(days=7)
    assert ask("POST", f"{window}/unlink", json={"participant": "p1"}).status_code == 200
    assert ask("POST", f"{window}/move", json={"until": str(later), "reason": "later"}).status_code == 200
    assert ask("POST", f"{window}/close", json={"reason": "over"}).json()["ending"]


def test_a_second_reader_is_not_shown_by_a_program_what_they_must_not_know_yet(
    browser: Callable[[], Browser], program: Program, job: MeetingFolder
) -> None:
    room = application(browser()).state.room
    room.settings = replace(room.settings, approvers=2)
    review.accept_proposed(job, "王審閱")
    for path in ("record", "risk", "suggestions"):
        answer = program(Role.REVIEWER, Scope.READ)("GET", f"/meetings/{job.id}/{path}")
        assert answer.status_code == 409, path


def test_an_error_is_an_object_with_the_exit_code(program: Program, browser: Callable[[], Browser]) -> None:
    ask = program(Role.STAFF, Scope.STATUS, Scope.SUBMIT)
    missing = ask("GET", "/meetings/0f3a9c27d1b4")
    assert (missing.status_code, missing.json()["exit_code"]) == (404, 8)
    wrong = ask(
        "POST", "/jobs", json={"recording": "x", SECRETS[0]: SECRETS[1]}, headers={"accept": "text/html"}
    )
    assert wrong.status_code == 400
    assert set(wrong.json()) >= {"error", "cure", "exit_code"}
    assert not [s for s in SECRETS if s in wrong.text]
    other = ask("PUT", "/jobs")
    assert (other.status_code, other.json()["exit_code"]) == (405, 8)
    assert browser().get(f"{API}/nothing", headers={"accept": "text/html"}).json()["exit_code"] == 8


def test_another_sites_page_cannot_use_a_token(browser: Callable[[], Browser]) -> None:
    one = browser()
    token = made(one, Role.STAFF, Scope.SUBMIT, Scope.STATUS)
    sent = {"authorization": f"Bearer {token}", "origin": "https://evil.example"}
    assert one.post(f"{API}/jobs", json={}, headers=sent).status_code == 403
    assert "access-control-allow-origin" not in one.get(f"{API}/jobs", headers=sent).headers


def test_figures_are_for_who_has_a_token(browser: Callable[[], Browser], job: MeetingFolder) -> None:
    one = browser()
    assert one.get("/metrics").status_code == 401
    token = made(one, Role.STAFF, Scope.STATUS)
    answer = one.get("/metrics", headers={"authorization": f"Bearer {token}"})
    assert 'zhuzi_meetings{state="awaiting review"} 1.0' in answer.text


def test_the_description_is_openapi_and_names_every_operation(browser: Callable[[], Browser]) -> None:
    one = browser()
    shown = one.get(f"{API}/openapi.json").json()
    OpenAPIV31SpecValidator(shown).validate()
    there = {
        (method, r.path.replace(":int}", "}"))
        for r in operations(one)
        for method in (r.methods or set()) - {"HEAD"}
        if r.path.startswith(API)
    }
    assert {(m.upper(), p) for p, found in shown["paths"].items() for m in found} == there
    called = [o["operationId"] for found in shown["paths"].values() for o in found.values()]
    assert len(called) == len(set(called))


def test_every_command_is_an_operation_or_is_named_with_the_reason_why_not() -> None:
    over_http = {o.command for o in described.operations() if o.command}
    assert over_http | set(NOT_OVER_HTTP) >= set(COMMANDS)
    assert over_http <= set(COMMANDS)
    assert not over_http & set(NOT_OVER_HTTP)
    assert set(NOT_OVER_HTTP) <= set(COMMANDS)


def test_an_operation_answers_what_its_command_does(
    program: Program, zhuzi: Callable[..., Result], job: MeetingFolder
) -> None:
    ask = program(Role.REVIEWER, Scope.READ, Scope.STATUS, Scope.REGISTER)
    for command, path in (
        ("show", f"/meetings/{job.id}/record"),
        ("risk", f"/meetings/{job.id}/risk"),
        ("suggestions", f"/meetings/{job.id}/suggestions"),
    ):
        assert ask("GET", path).json() == json.loads(zhuzi(command, job.id, "--json").output), command
    (row,) = json.loads(zhuzi("status", "--json").output)["meetings"]
    del row["folder"]
    assert ask("GET", "/meetings").json() == {"meetings": [row], "pending": 0}
    assert ask("GET", "/register").json() == json.loads(zhuzi("register", "list", "--json").output)


TEXT = st.one_of(
    st.text(max_size=12), st.sampled_from(["S1", "p1", "a1", "m1", "2026-05-01", "accept", "0" * 32])
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=8,
)


@hypothesis_settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_whatever_is_sent_there_is_never_a_fault(
    browser: Callable[[], Browser],
    program: Program,
    job: MeetingFolder,
    data: st.DataObject,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of every operation: fields that it knows, with whatever in them."""
    known = described.operations()
    one = data.draw(st.sampled_from(known))
    role = data.draw(st.sampled_from(sorted(ROLES[one.scope])))
    path = one.path.removeprefix(API).replace(
        "{meeting_id}", data.draw(st.sampled_from([job.id, "1", "0" * 12]))
    )
    path = re.sub(r"\{[^}]*\}", data.draw(st.sampled_from(["1", "j0123456789abcdef", "%00", "é"])), path)
    fields = list(one.body.model_fields) if one.body else []
    said = {name: data.draw(VALUES) for name in fields if data.draw(st.booleans())}
    query = {name: data.draw(TEXT) for name in one.queries if data.draw(st.booleans())}
    monkeypatch.setattr(attempts, "_CALLS", attempts.limits.parse("1000000 per second"))
    body = {} if one.method in {"GET", "PUT"} else {"content": json.dumps(said).encode()}
    answer = program(role, one.scope)(
        one.method, path, params=query, headers={"content-type": "application/json"}, **body
    )
    assert answer.status_code < 500, (one.method, one.path, said, answer.text)
    if answer.status_code >= 400 and answer.content:
        assert set(answer.json()) >= {"error", "cure", "exit_code"}

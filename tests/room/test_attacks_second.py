"""A second round of attacks on the room: whatever is damaged, sent at once, or written into a name."""

from __future__ import annotations

import base64
import itertools
import json
import re
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from pipeline import aside, review, workdays
from pipeline import window as windows
from pipeline.folder import MeetingFolder
from pipeline.live import LiveMeeting
from pipeline.room import accounts as accounts_
from pipeline.settings import Settings
from redaction import ledger
from redaction.decision import Added, Corrected, Decided, Joined, Reassigned, Split, Verdict
from speakers.error import StageError
from speakers.record import Statement
from tests.pipeline.test_window import HIDDEN, HOST, at, link_of, opened
from tests.room.conftest import Browser
from tests.room.test_attacks import application
from tests.room.test_gates import sent, served
from tests.room.test_mine import form_of
from tests.room.test_routes import routes
from tests.room.test_sign_off import shown

__all__ = ["at", "opened"]
Opens = Callable[[], Browser]

_OF_TODAY = frozenset({"accounts.sqlite", "accounts.sqlite-wal", "accounts.sqlite-shm", "calls.txt"})
"""Files that are open in the room, and one of the tests."""

DAMAGES: dict[str, Callable[[Path], object]] = {
    "cut": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "noise": lambda path: path.write_bytes(b"\xff\xfe\x00\x80" * 64),
    "object": lambda path: path.write_bytes(b"{}\n"),
    "deep": lambda path: path.write_bytes(b"[" * 100_000),
    "gone": lambda path: path.unlink(),
    "folder": lambda path: (path.unlink(), path.mkdir()),
}
"""What a disk, a half restored backup or a curious hand leaves of a file."""


def _swap(path: Path, damage: str, keep: Path) -> Callable[[], None]:
    """Damage a file; what is given back mends it."""
    shutil.copy2(path, keep)
    path.chmod(0o600)
    DAMAGES[damage](path)

    def mend() -> None:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        shutil.copy2(keep, path)

    return mend


@pytest.mark.parametrize("damage", DAMAGES)
def test_whatever_is_damaged_of_one_meeting_the_first_page_opens_and_says_so(
    reviewer: Browser, staff: Browser, opened: MeetingFolder, tmp_path: Path, damage: str
) -> None:
    token = link_of(opened, HOST)
    assert reviewer.get(f"/mine/{token}").status_code == 200
    wrong = []
    for path in sorted(p for p in opened.root.rglob("*") if p.is_file()):
        mend = _swap(path, damage, tmp_path / "kept")
        for who in (reviewer, staff):
            for page in ("", "/sign-off", "/marks", "/about", "/window", "/outline", "/history"):
                answer = who.get(f"/meetings/{opened.id}{page}")
                if "Something unforeseen" in answer.text:
                    wrong.append((path.name, page, answer.status_code))
            if who.get("/").status_code != 200:
                wrong.append((path.name, "the first page", 500))
        if "Something unforeseen" in reviewer.get(f"/mine/{token}").text:
            wrong.append((path.name, "a personal link", 500))
        mend()
    assert not wrong
    assert "damaged" not in reviewer.get("/").text


@pytest.mark.parametrize("damage", DAMAGES)
def test_whatever_is_damaged_beside_the_meetings_is_said_and_nothing_unforeseen(
    reviewer: Browser, staff: Browser, opened: MeetingFolder, data: Path, tmp_path: Path, damage: str
) -> None:
    staff.post("/uploads", headers={"tus-resumable": "1.0.0", "upload-length": "9"})
    beside = [p for p in data.parent.rglob("*") if p.is_file() and data / "meetings" not in p.parents]
    wrong, shut = set(), set()
    for path in sorted(p for p in beside if "dropped" not in p.parts and p.name not in _OF_TODAY):
        mend = _swap(path, damage, tmp_path / "kept")
        for who in (reviewer, staff):
            for page in ("/", f"/meetings/{opened.id}", f"/meetings/{opened.id}/sign-off", "/drop"):
                answer = who.get(page)
                if "Something unforeseen" in answer.text:
                    wrong.add((path.name, page))
            if who.get("/").status_code != 200:
                shut.add(path.name)
        mend()
    assert not wrong
    assert shut <= {"audit.jsonl", "audit.head"}, "nobody sees anything that nobody could know of later"


def test_a_last_day_beyond_all_days_shuts_nobody_out(
    reviewer: Browser, opened: MeetingFolder, browser: Opens
) -> None:
    token = link_of(opened, HOST)
    window = f"/meetings/{opened.id}/window"
    for until in ("9999-12-31", "9999-12-25", "0001-01-01", "2100-01-01"):
        answer = reviewer.post(f"{window}/move", data={"until": until, "reason": "r"})
        assert answer.status_code in {303, 400}, until
        assert browser().get(f"/mine/{token}").status_code == 200, until
        assert browser().get("/mine/nothing").status_code == 404, until
        assert reviewer.get(window).status_code == 200, until
        again = reviewer.post(f"{window}/links", data={"who": HOST})
        assert again.status_code == 200, until
        token = again.text.partition("/mine/")[2][:43]


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 400, "-1", "1.5", "true", '"٣"'])
def test_a_number_that_is_none_is_refused_calmly(
    reviewer: Browser, opened: MeetingFolder, number: str
) -> None:
    said = (
        ("/marks/by-hand", '{"statement": "a1", "start": N, "end": N, "digest": "", "places": N}'),
        ("/marks", '{"answers": [{"mark": "m", "verdict": "mask", "seen": N}]}'),
        ("/acts", '{"acts": [{"act": "split", "statement": "a1", "digest": "", "char": N}]}'),
        ("/read", '{"statement": "a1", "digest": "", "read": N}'),
    )
    for page, body in said:
        answer = reviewer.post(
            f"/meetings/{opened.id}{page}",
            content=body.replace("N", number),
            headers={"content-type": "application/json"},
        )
        assert answer.status_code < 500, page


@pytest.mark.parametrize("number", [2**63, 2**64, 10**30, 0, -1])
def test_an_account_of_any_number_is_none(admin: Browser, reviewer: Browser, number: int) -> None:
    for what in ("shut", "open", "link", "roles", "outside"):
        answer = admin.post(f"/accounts/{number}/{what}", data={"role": "staff", "outside": "x"})
        assert answer.status_code == 404, what
    assert reviewer.get(f"/meetings/000000000000/files/{abs(number)}").status_code == 404


@pytest.fixture
def blind(undecided: MeetingFolder) -> MeetingFolder:
    """A meeting that a first reader decided in words of their own, and approved; a second one has to follow."""
    toml = undecided.meeting_toml
    toml.write_text(f"approvers = 2\n{toml.read_text('utf-8')}", "utf-8")
    while left := review.draft_of(undecided).undecided:
        first, *others = left
        acts = [Decided(first.id, Verdict.EDIT, replacement=REPLACED)]
        review.decide(undecided, "王審閱", (*acts, *(Decided(m.id, Verdict.MASK) for m in others)))
    review.approve(undecided, "王審閱")
    return undecided


REPLACED = "某位第一讀者換上的說法"


def test_no_page_tells_a_second_reader_what_the_first_one_decided(
    blind: MeetingFolder, reviewer: Browser, second: Browser
) -> None:
    draft = review.draft_of(blind)
    marked = [s for s in draft.record.statements if draft.marks_in(s.id)]
    for statement in marked:
        said = {"act": "reassign", "statement": statement.id, "digest": statement.digest, "voice": "new"}
        assert second.post(f"/meetings/{blind.id}/acts", json={"acts": [said]}).status_code == 200
    told = []
    for route in routes(application(reviewer)):
        if "{meeting_id}" in route.path and "GET" in (route.methods or ()):
            path = route.path.replace("{meeting_id}", blind.id)
            answer = reviewer.get(re.sub(r"\{[^}]*\}", "0", path), params={"from": "0", "to": "900"})
            assert answer.status_code < 500, path
            shows = json.dumps(REPLACED)[1:-1] in answer.text or REPLACED in answer.text
            if shows or '"hidden": [{' in answer.text or '"hidden":[{' in answer.text:
                told.append(route.path)
    for statement in marked:
        answer = reviewer.get(f"/meetings/{blind.id}/history", params={"statement": statement.id})
        if json.dumps(REPLACED)[1:-1] in answer.text or REPLACED in answer.text:
            told.append("history of a statement")
    assert not told


def test_a_flood_of_passwords_leaves_the_room_to_those_who_are_in(
    settings: Settings, cheap: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()
    monkeypatch.setattr(accounts_, "_WAIT_S", 60.0)
    monkeypatch.setattr(accounts_.Accounts, "_fits", _held(over))
    with served(settings) as port, ThreadPoolExecutor(60) as pool:
        try:
            tries = [pool.submit(_tries, port, f"nobody {n}") for n in range(55)]
            refused = [one.result() for one in itertools.islice(as_completed(tries), 55 - 22)]
            assert {answer[9:12] for answer in refused} == {b"409"}
            page = b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            assert sent(port, page)[9:12] == b"200"
        finally:
            over.set()
        assert {one.result()[9:12] for one in tries} == {b"403", b"409"}


def _held(over: threading.Event) -> Callable[..., bool]:
    """Looking at a password that takes until something is over."""

    def fits(self: accounts_.Accounts, hashed: str, password: str) -> bool:
        with self._place():
            return not over.wait(60)

    return fits


def _tries(port: int, name: str) -> bytes:
    form = urlencode({"name": name, "password": "x"}).encode()
    head = f"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(form)}\r\n".encode()
    kind = b"Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r\n"
    return sent(port, head + kind + form)


def test_links_show_what_was_approved_although_the_room_died_in_between(
    opened: MeetingFolder, browser: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = link_of(opened, HOST)
    statement = review.draft_of(opened).record.statements[0]
    changed = Corrected(statement.id, statement.digest, "大家好，我是沈立言，歡迎。")
    review.decide(opened, "林審閱", (changed,))
    with monkeypatch.context() as dying:
        dying.setattr("pipeline.window_steps.present", _dies)
        with pytest.raises(KeyboardInterrupt):
            LiveMeeting(opened).approve("林審閱")
    assert review.draft_of(opened).approvals, "it was recorded"
    assert "歡迎" in browser().get(f"/mine/{token}").text


def _dies(*_: object) -> None:
    raise KeyboardInterrupt


def _cut(folder: MeetingFolder, words: str, number: int = 0) -> Statement:
    """Cut a statement behind some words; what stands behind them."""
    one = review.draft_of(folder).record.statements[number]
    review.decide(folder, "林審閱", (Split(one.id, one.digest, one.text.index(words) + len(words)),))
    return review.draft_of(folder).record.statements[number + 1]


def _hide(folder: MeetingFolder, statement_id: str, words: str) -> None:
    statement = review.draft_of(folder).statement(statement_id)
    assert statement is not None
    at = statement.text.index(words)
    review.decide(folder, "林審閱", (Added(statement.id, at, at + len(words), "", statement.digest),))


def test_what_is_hidden_in_a_part_that_was_cut_off_since_is_shown_by_no_link(
    opened: MeetingFolder, browser: Opens
) -> None:
    token = link_of(opened, HIDDEN)
    assert "沈立言。" in browser().get(f"/mine/{token}").text
    _hide(opened, _cut(opened, "大家好，").id, "沈立言")
    assert "沈立言。" not in browser().get(f"/mine/{token}").text


def test_what_is_hidden_in_what_two_turns_became_is_shown_by_no_link(
    opened: MeetingFolder, browser: Opens
) -> None:
    second = _cut(opened, "大家好，")
    review.approve(opened, "林審閱")
    token = link_of(opened, HOST)
    assert "沈立言。" in browser().get(f"/mine/{token}").text
    first = review.draft_of(opened).record.statements[0]
    review.decide(opened, "林審閱", (Joined(first.id, first.digest, second.id, second.digest),))
    _hide(opened, first.id, "沈立言")
    assert "沈立言。" not in browser().get(f"/mine/{token}").text


def test_how_a_hidden_name_was_misheard_is_shown_by_no_link(opened: MeetingFolder, browser: Opens) -> None:
    first = review.draft_of(opened).record.statements[0]
    said = "大家好，我是蔡珮杉。"
    review.decide(opened, "林審閱", (Corrected(first.id, first.digest, said),))
    while left := review.draft_of(opened).undecided:
        review.decide(opened, "林審閱", tuple(Decided(m.id, Verdict.KEEP, "somebody else") for m in left))
    kept = tuple(Decided(d.mark_id, Verdict.KEEP, "x") for d in review.draft_of(opened).decisions)
    review.decide(opened, "林審閱", kept)
    review.approve(opened, "林審閱")
    token = link_of(opened, HIDDEN)
    assert "蔡珮杉" in browser().get(f"/mine/{token}").text
    now = review.draft_of(opened).record.statements[0]
    review.decide(opened, "林審閱", (Corrected(now.id, now.digest, "大家好，我是蔡佩珊。"),))
    draft = review.draft_of(opened)
    review.decide(opened, "林審閱", tuple(Decided(m.id, Verdict.MASK) for m in draft.undecided))
    assert "蔡珮杉" not in browser().get(f"/mine/{token}").text


def test_a_part_that_is_somebody_elses_since_is_shown_and_played_to_nobody_as_theirs(
    opened: MeetingFolder, browser: Opens
) -> None:
    token, last = link_of(opened, HOST), review.draft_of(opened).record.statements[3].id
    assert browser().get(f"/mine/{token}/sound/{last}").status_code == 200
    part = _cut(opened, "謝謝佩珊，", 3)
    theirs = review.draft_of(opened).namings.voices(HIDDEN)[0]
    review.decide(opened, "林審閱", (Reassigned(part.id, part.digest, theirs),))
    assert browser().get(f"/mine/{token}/sound/{last}").status_code == 404
    assert "散會" not in browser().get(f"/mine/{token}").text


def test_an_approval_and_an_accepted_suggestion_never_wait_for_each_other(
    opened: MeetingFolder, reviewer: Browser, second: Browser, browser: Opens
) -> None:
    token, anybody = link_of(opened, HOST), browser()
    last = review.draft_of(opened).record.statements[3]
    for number in range(4):
        form = form_of(anybody, token, kind="text", statement=last.id, text=f"謝謝參與者 1，散會{number}。")
        assert anybody.post(f"/mine/{token}/suggest", data=form).status_code == 303
        window = windows.of(opened)
        assert window is not None
        answer = {"number": str(window.suggestions[-1].number), "answer": "accept"}
        with ThreadPoolExecutor(2) as pool:
            accepted = pool.submit(reviewer.post, f"/meetings/{opened.id}/window/answer", data=answer)
            approved = pool.submit(second.post, f"/meetings/{opened.id}/approve", data=shown(second, opened))
            assert accepted.result(timeout=60).status_code == 303
            assert approved.result(timeout=60).status_code in {303, 409}
        if not review.draft_of(opened).approvals:
            review.accept_proposed(opened, "林審閱")


def test_taking_down_what_was_never_public_makes_nobody_the_first_reader(
    blind: MeetingFolder, reviewer: Browser
) -> None:
    assert reviewer.post(f"/meetings/{blind.id}/revoke", data={"reason": "x"}).status_code == 303
    form = {"digest": review.draft_of(blind).digest, "after": str(len(ledger.read(blind.ledger)))}
    answer = reviewer.post(f"/meetings/{blind.id}/approve", data=form)
    assert answer.status_code == 409
    assert "second reader" in answer.text
    assert REPLACED not in reviewer.get(f"/meetings/{blind.id}/beside.json").text


def test_no_window_tells_a_second_reader_what_the_first_one_decided(
    blind: MeetingFolder, reviewer: Browser, second: Browser, browser: Opens
) -> None:
    window = f"/meetings/{blind.id}/window"
    opening = {"days": "10", "who": [HOST, HIDDEN]}
    links = second.post(f"{window}/open", data=opening)  # type: ignore[arg-type]  # httpx takes lists
    shows = [
        REPLACED in browser().get(f"/mine/{t}").text for t in re.findall(r"/mine/([\w-]{43})", links.text)
    ]
    assert any(shows)
    for participant in (HOST, HIDDEN):
        assert "/mine/" not in reviewer.post(f"{window}/links", data={"who": participant}).text
    assert reviewer.get(window).status_code == 409
    assert second.get(window).status_code == 200


def test_a_damaged_meeting_shuts_no_link_of_others_and_tells_participants_no_path(
    opened: MeetingFolder, browser: Opens, data: Path
) -> None:
    token, anybody = link_of(opened, HOST), browser()
    other = data / "meetings" / "0123456789ab"
    (other / "window").mkdir(parents=True)
    (other / "window" / "window.jsonl").write_bytes(b"noise\n")
    assert anybody.get(f"/mine/{token}").status_code == 200
    told = [anybody.get("/mine/nothing")]
    shutil.rmtree(other)
    for name in ("meeting.toml", "40-record.json", "ledger.jsonl", "window/window.head"):
        path = opened.root / name
        kept = path.read_bytes()
        path.write_bytes(b"\xff\n")
        told.append(anybody.get(f"/mine/{token}"))
        path.write_bytes(kept)
    for answer in told:
        assert answer.status_code in {404, 500, 507}
        assert "辦公室" in answer.text, "they are told whom to ask"
        assert str(data) not in answer.text
        assert "zhuzi" not in answer.text.lower().replace("逐字 zhuzi", "").replace(">zhuzi<", "")
    assert anybody.get(f"/mine/{token}").status_code == 200


def test_a_flood_of_spreadsheets_starts_few_processes(
    staff: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    over, started, lock = threading.Event(), [], threading.Lock()

    def never(task: object, module: str = "") -> None:
        with lock:
            started.append(task)
        over.wait(60)
        raise StageError("It ended.", "Try again.")

    monkeypatch.setattr(aside, "start", never)
    monkeypatch.setattr(aside, "_WAIT_S", 0.01)
    sheet = {"sheet": base64.b64encode(b"PK\x03\x04").decode()}
    with ThreadPoolExecutor(12) as pool:
        sent_ = [pool.submit(staff.post, "/drop/roster", json=sheet) for _ in range(12)]
        refused = [one.result().status_code for one in itertools.islice(as_completed(sent_), 8)]
        over.set()
    assert refused == [409] * 8
    assert len(started) == 4


SCRIPT = "\"'><script>alert(1)</script>{{7*7}}"


def test_a_script_in_whatever_people_write_is_text_wherever_it_is_shown(
    opened: MeetingFolder, browser: Opens, reviewer: Browser, staff: Browser, admin: Browser
) -> None:
    token, anybody = link_of(opened, HOST), browser()
    meeting, last = f"/meetings/{opened.id}", review.draft_of(opened).record.statements[3]
    form = form_of(anybody, token)
    for asks in ({"kind": "text", "statement": last.id}, {"kind": "other"}):
        assert (
            anybody.post(f"/mine/{token}/suggest", data={**form, **asks, "text": SCRIPT}).status_code == 303
        )
    moving = {"until": (workdays.now().date() + timedelta(days=30)).isoformat(), "reason": SCRIPT}
    assert reviewer.post(f"{meeting}/window/move", data=moving).status_code == 303
    window = windows.of(opened)
    assert window is not None
    refusing = {"number": str(window.suggestions[0].number), "answer": "refuse", "reason": SCRIPT}
    assert reviewer.post(f"{meeting}/window/answer", data=refusing).status_code == 303
    assert reviewer.post(f"{meeting}/revoke", data={"reason": SCRIPT}).status_code == 303
    correcting = {"act": "correct", "statement": last.id, "digest": last.digest, "text": SCRIPT}
    assert reviewer.post(f"{meeting}/acts", json={"acts": [correcting]}).status_code == 200
    shown_on = _escaped_on([anybody], f"/mine/{token}")
    toml = opened.meeting_toml
    toml.write_text(toml.read_text("utf-8").replace('title = "', f"title = {json.dumps(SCRIPT)} # "), "utf-8")
    for route in routes(application(reviewer)):
        if "{meeting_id}" in route.path and "GET" in (route.methods or ()):
            path = re.sub(r"\{[^}]*\}", "0", route.path.replace("{meeting_id}", opened.id))
            shown_on += _escaped_on([reviewer, staff, admin], path)
    shown_on += _escaped_on([reviewer, staff], "/")
    assert {"/", f"/mine/{token}", meeting, f"{meeting}/window", f"{meeting}/about"} <= {*shown_on}


def _escaped_on(browsers: list[Browser], path: str) -> list[str]:
    """The path, if it shows the script as text; nowhere may it stand as it was written, but in JSON and JSON's way."""
    found = []
    for one in browsers:
        answer = one.get(path)
        assert answer.headers["x-content-type-options"] == "nosniff"
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert "<script>alert" not in answer.text, path
            found += [path] if "&gt;&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in answer.text else []
    return found

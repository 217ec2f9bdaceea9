"""A participant's link: what it shows and plays, what it takes, and what it refuses."""

from __future__ import annotations

import io
import itertools
import json
import re
import wave
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck
from hypothesis import given as supposing
from hypothesis import settings as limits
from hypothesis import strategies as st

from pipeline import review, window_steps, workdays
from pipeline import window as windows
from pipeline.folder import MeetingFolder
from pipeline.review import draft_of
from pipeline.room.mine import _ranged
from redaction.decision import Added, Corrected, Reassigned
from redaction.shown import Muted, Shown, ShownTurn
from speakers.meeting import Participant, Wish
from speakers.record import Millis, Span
from tests.pipeline.test_window import AFTER, DURING, HIDDEN, HOST, UNRECORDED, at, link_of, opened
from tests.room.conftest import Browser

__all__ = ["at", "opened"]
PRIVATE = ("蔡佩珊", "佩珊", "毛毛媽", "Tsai")
RATE = 16


@pytest.fixture
def anybody(browser: Callable[[], Browser]) -> Browser:
    """Somebody without an account."""
    return browser()


def page_of(browser: Browser, token: str) -> str:
    answer = browser.get(f"/mine/{token}")
    assert answer.status_code == 200, answer.text
    return answer.text


def form_of(browser: Browser, token: str, **values: str) -> dict[str, str]:
    page = page_of(browser, token)
    found = dict(re.findall(r'name="(csrf|approval)" value="([^"]+)"', page))
    return {**found, **values}


def post(browser: Browser, token: str, what: str, **values: str) -> int:
    return browser.post(f"/mine/{token}/{what}", data=form_of(browser, token, **values)).status_code


def own(folder: MeetingFolder, participant: str) -> tuple[str, ...]:
    draft = draft_of(folder)
    voices = draft.namings.voices(participant)
    return tuple(s.id for s in draft.record.statements if s.speaker in voices)


def samples(data: bytes) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    with wave.open(io.BytesIO(data)) as file:
        assert file.getframerate() == RATE * 1000
        return np.frombuffer(file.readframes(file.getnframes()), np.int16)


def test_a_link_shows_their_own_turns_with_what_stands_around_as_it_would_be_published(
    opened: MeetingFolder, anybody: Browser
) -> None:
    page = page_of(anybody, link_of(opened, HIDDEN))
    assert "參與者 1" in page
    assert "大家好，我是沈立言。" in page  # the turn before
    assert "謝謝參與者 1" not in page  # stands two turns away
    assert not [name for name in PRIVATE if name in page]
    assert "臺北" not in page


def test_a_time_stands_once_with_each_turn_and_is_no_heading_of_its_own(
    opened: MeetingFolder, anybody: Browser
) -> None:
    page = page_of(anybody, link_of(opened, HOST))
    headings = re.findall(r"<h([1-6])[^>]*>(.*?)</h[1-6]>", page, re.DOTALL)
    assert not [said for _, said in headings if re.fullmatch(r"[\d:]+", said.strip())]
    turns = [said for level, said in headings if level == "3"]
    assert turns
    assert all(len(re.findall(r'<span class="at">[\d:]+</span>', said)) == 1 for said in turns)
    levels = [int(level) for level, _ in headings]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize("participant", [HOST, HIDDEN, UNRECORDED])
def test_no_link_shows_a_protected_name_or_what_is_not_recorded(
    opened: MeetingFolder, anybody: Browser, participant: str
) -> None:
    page = page_of(anybody, link_of(opened, participant))
    assert not [name for name in PRIVATE if name in page]
    assert "請不要記" not in page


def test_nobody_sees_more_than_that_page_with_it(opened: MeetingFolder, anybody: Browser) -> None:
    page_of(anybody, link_of(opened, HOST))
    assert anybody.get(f"/meetings/{opened.id}").status_code == 303
    assert anybody.get(f"/meetings/{opened.id}/window").status_code == 303
    assert not anybody.cookies


def test_their_own_voice_is_heard_and_what_is_protected_of_others_is_not(
    opened: MeetingFolder, anybody: Browser
) -> None:
    last = own(opened, HOST)[-1]  # 謝謝佩珊，散會。
    heard = samples(anybody.get(f"/mine/{link_of(opened, HOST)}/sound/{last}").content)
    statement = draft_of(opened).record.statement(last)
    assert statement is not None
    with wave.open(str(opened.root / "10-sound.wav")) as file:
        file.setpos(statement.span.start * RATE)
        said = np.frombuffer(file.readframes(statement.span.length * RATE), np.int16)
    assert len(heard) == len(said)
    where = statement.text.index("佩珊")
    name = statement.time_of(where, where + 2)
    inside = slice((name.start - statement.span.start) * RATE, (name.end - statement.span.start) * RATE)
    assert not np.array_equal(heard[inside], said[inside])
    assert np.abs(heard[inside]).max() < 1_500  # the quiet tone
    tail = slice(-100 * RATE, None)
    assert np.array_equal(heard[tail], said[tail])


def test_a_protected_person_hears_their_own_voice_and_name(opened: MeetingFolder, anybody: Browser) -> None:
    statement = draft_of(opened).record.statement(own(opened, HIDDEN)[0])
    assert statement is not None
    heard = samples(anybody.get(f"/mine/{link_of(opened, HIDDEN)}/sound/{statement.id}").content)
    first = heard[: 300 * RATE]
    assert np.abs(first).max() > 3_000


def test_the_sound_of_others_is_refused_ranges_too(opened: MeetingFolder, anybody: Browser) -> None:
    token = link_of(opened, HOST)
    for one in (*own(opened, HIDDEN), *own(opened, UNRECORDED), "a99", "%2e%2e", "a1.wav"):
        for headers in ({}, {"range": "bytes=0-99"}):
            answer = anybody.get(f"/mine/{token}/sound/{one}", headers=headers)
            assert answer.status_code == 404
            assert b"RIFF" not in answer.content


def test_a_player_may_ask_for_a_range_and_gets_only_of_their_own_turn(
    opened: MeetingFolder, anybody: Browser
) -> None:
    path = f"/mine/{link_of(opened, HOST)}/sound/{own(opened, HOST)[0]}"
    whole = anybody.get(path).content
    part = anybody.get(path, headers={"range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole)}"
    assert anybody.get(path, headers={"range": f"bytes={len(whole)}-"}).status_code == 416
    assert anybody.get(path, headers={"range": "bytes=0-99999999999"}).content == whole


@supposing(
    first=st.integers(0, 30), last=st.integers(0, 30), form=st.sampled_from(["{0}-{1}", "{0}-", "-{1}"])
)
def test_every_range_is_a_stretch_of_the_bytes_or_refused(first: int, last: int, form: str) -> None:
    data = bytes(range(20))
    answer = _ranged(data, "bytes=" + form.format(first, last))
    if answer.status_code == 206:
        start, end = map(int, re.findall(r"\d+", answer.headers["content-range"])[:2])
        assert answer.body == data[start : end + 1] != b""
    else:
        assert answer.status_code == 416
        assert not answer.body


def test_what_somebody_who_is_not_recorded_said_is_neither_played_nor_changed(
    opened: MeetingFolder, anybody: Browser
) -> None:
    token, one = link_of(opened, UNRECORDED), own(opened, UNRECORDED)[0]
    assert anybody.get(f"/mine/{token}/sound/{one}").status_code == 404
    assert post(anybody, token, "suggest", kind="text", statement=one, text="x") == 409


def test_a_suggestion_is_kept_and_shown_with_its_answer(
    opened: MeetingFolder, anybody: Browser, reviewer: Browser
) -> None:
    token, one = link_of(opened, HOST), own(opened, HOST)[0]
    assert post(anybody, token, "suggest", kind="text", statement=one, text="大家早，我是沈立言。") == 303
    assert "等待回覆" in page_of(anybody, token)
    window = windows.of(opened)
    assert window is not None
    number = window.suggestions[0].number
    refused = {"number": str(number), "answer": "refuse", "reason": "錄音裡是「大家好」"}
    assert reviewer.post(f"/meetings/{opened.id}/window/answer", data=refused).status_code == 303
    page = page_of(anybody, token)
    assert "未採納" in page
    assert "錄音裡是「大家好」" in page


def test_what_is_sent_twice_is_asked_once(opened: MeetingFolder, anybody: Browser) -> None:
    token, one = link_of(opened, HOST), own(opened, HOST)[0]
    for _ in range(3):
        assert post(anybody, token, "suggest", kind="leave out", statement=one, text="") == 303
    window = windows.of(opened)
    assert window is not None
    assert len(window.suggestions) == 1


def test_turns_of_others_cannot_be_changed(opened: MeetingFolder, anybody: Browser) -> None:
    token = link_of(opened, HOST)
    for one in own(opened, HIDDEN):
        for kind in ("text", "leave out"):
            assert post(anybody, token, "suggest", kind=kind, statement=one, text="別人的話") == 409
    assert windows.of(opened) is not None
    assert windows.of(opened).suggestions == ()  # type: ignore[union-attr]


def test_a_form_of_another_link_or_none_is_refused(opened: MeetingFolder, anybody: Browser) -> None:
    token, other = link_of(opened, HOST), link_of(opened, HIDDEN)
    one = own(opened, HOST)[0]
    mine_ = form_of(anybody, token, kind="leave out", statement=one, text="")
    theirs = {**mine_, "csrf": form_of(anybody, other)["csrf"]}
    for data in ({**mine_, "csrf": ""}, {k: v for k, v in mine_.items() if k != "csrf"}, theirs):
        assert anybody.post(f"/mine/{token}/suggest", data=data).status_code == 403
    elsewhere = {"origin": "http://elsewhere.test"}
    assert anybody.post(f"/mine/{token}/suggest", data=mine_, headers=elsewhere).status_code == 403
    assert anybody.post(f"/mine/{token}/opened").status_code == 403
    assert windows.of(opened).suggestions == ()  # type: ignore[union-attr]


def test_a_link_stays_good_while_the_record_is_approved_again(
    opened: MeetingFolder, anybody: Browser, reviewer: Browser
) -> None:
    token = link_of(opened, HOST)
    before = form_of(anybody, token)
    first = draft_of(opened).record.statements[0]
    review.decide(opened, "Reviewer", (Corrected(first.id, first.digest, "大家早，我是沈立言。"),))
    assert "大家好" in page_of(anybody, token)
    review.approve(opened, "Reviewer")
    page = page_of(anybody, token)
    assert "大家早" in page
    assert "大家好" not in page
    stale = anybody.post(f"/mine/{token}/agree", data=before)  # of what was shown before
    assert stale.status_code == 409
    typed = {**before, "kind": "text", "statement": first.id, "text": "大家晚安，我是沈立言。"}
    kept = anybody.post(f"/mine/{token}/suggest", data=typed)
    assert kept.status_code == 409
    assert "大家晚安" in kept.text  # nothing that they typed is lost
    assert post(anybody, token, "agree") == 303


def test_what_is_hidden_since_is_held_back_until_it_was_approved_again(
    opened: MeetingFolder, anybody: Browser
) -> None:
    token = link_of(opened, HIDDEN)
    host = draft_of(opened).record.statements[0]
    assert "沈立言。" in page_of(anybody, token)
    where = host.text.index("沈立言")
    review.decide(opened, "Reviewer", (Added(host.id, where, where + 3, "", host.digest),))
    assert "沈立言。" not in page_of(anybody, token)
    assert anybody.get(f"/mine/{link_of(opened, HOST)}/sound/{host.id}").status_code == 404
    review.approve(opened, "Reviewer")
    assert "（隱去）" in page_of(anybody, token)


def test_a_turn_that_is_somebody_elses_after_all_is_shown_and_played_to_nobody_as_theirs(
    opened: MeetingFolder, anybody: Browser
) -> None:
    token, first = link_of(opened, HOST), own(opened, HOST)[0]
    assert anybody.get(f"/mine/{token}/sound/{first}").status_code == 200
    statement = draft_of(opened).record.statement(first)
    assert statement is not None
    theirs = draft_of(opened).namings.voices(HIDDEN)[0]
    review.decide(opened, "Reviewer", (Reassigned(first, statement.digest, theirs),))
    assert anybody.get(f"/mine/{token}/sound/{first}").status_code == 404
    page = page_of(anybody, token)
    assert "大家好" not in page
    assert "正在重新處理" in page


def test_who_becomes_anonymous_is_shown_to_nobody_from_then_on(
    opened: MeetingFolder, anybody: Browser, reviewer: Browser
) -> None:
    token, other = link_of(opened, HOST), link_of(opened, HIDDEN)
    assert post(anybody, token, "suggest", kind="anonymous") == 303
    assert "沈立言" in page_of(anybody, other)
    window = windows.of(opened)
    assert window is not None
    accept = {"number": str(window.suggestions[0].number), "answer": "accept", "wish": "anonymous"}
    assert reviewer.post(f"/meetings/{opened.id}/window/answer", data=accept).status_code == 303
    for one in (token, other):
        page = page_of(anybody, one)
        assert "沈立言" not in page
        assert "正在重新審閱" in page
    assert "沈立言" not in opened.meeting_toml.read_text(encoding="utf-8")
    assert not list(opened.window.parent.glob("shown-*.json"))
    assert draft_of(opened).meeting.participants[0].wish is Wish.ANONYMOUS
    review.accept_proposed(opened, "Reviewer")
    for one in (token, other):
        page = page_of(anybody, one)
        assert "沈立言" not in page
        assert "參與者" in page


def test_links_that_expired_were_revoked_or_replaced_open_nothing(
    opened: MeetingFolder, anybody: Browser, at: Callable[..., None], reviewer: Browser
) -> None:
    token = link_of(opened, HOST)
    replaced = link_of(opened, HOST)
    token, replaced = replaced, token
    assert anybody.get(f"/mine/{replaced}").status_code == 404
    at(AFTER)
    assert "已經結束" in page_of(anybody, token)
    at(DURING + windows.AFTERWARDS)
    assert "已經結束" in page_of(anybody, token)
    at(AFTER + windows.AFTERWARDS)
    assert anybody.get(f"/mine/{token}").status_code == 404
    at(DURING)
    answer = reviewer.post(f"/meetings/{opened.id}/window/unlink", data={"person": HOST})
    assert answer.status_code == 303
    for path in ("", "/sound/a1"):
        assert anybody.get(f"/mine/{token}{path}").status_code == 404
    assert anybody.post(f"/mine/{token}/agree", data={}).status_code == 404


def test_after_the_last_day_nothing_is_taken(
    opened: MeetingFolder, anybody: Browser, at: Callable[..., None]
) -> None:
    token = link_of(opened, HOST)
    form = form_of(anybody, token, kind="other", text="太晚了")
    at(AFTER)
    assert anybody.post(f"/mine/{token}/suggest", data=form).status_code == 409
    assert anybody.post(f"/mine/{token}/agree", data=form).status_code == 409


def test_guesses_are_counted_and_stopped(opened: MeetingFolder, anybody: Browser) -> None:
    token = link_of(opened, HOST)
    for near in (token[:-1], token + "x", token.swapcase(), "x", "%00", "字"):
        answer = anybody.get(f"/mine/{near}")
        assert answer.status_code == 404
        assert not [name for name in ("沈立言", "會議逐", opened.id) if name in answer.text]
    codes = [anybody.get(f"/mine/guess-{n}").status_code for n in range(40)]
    assert codes[-1] == 429
    assert anybody.get(f"/mine/{token}").status_code == 429


def test_when_a_link_was_opened_is_noted_once_without_an_address(
    opened: MeetingFolder, anybody: Browser
) -> None:
    token = link_of(opened, HOST)
    before = opened.window.read_bytes()
    form = form_of(anybody, token)
    assert opened.window.read_bytes() == before  # looking changes nothing
    for _ in range(2):
        assert anybody.post(f"/mine/{token}/opened", headers={"x-csrf": form["csrf"]}).status_code == 204
    lines = opened.window.read_text(encoding="utf-8").splitlines()
    seen = [json.loads(line) for line in lines if json.loads(line)["act"]["act"] == "seen"]
    assert len(seen) == 1
    assert set(seen[0]["act"]) == {"act", "token"}
    assert "testclient" not in "".join(lines)


def test_no_token_and_no_name_gets_into_what_the_room_notes(
    opened: MeetingFolder, anybody: Browser, settings: object
) -> None:
    token = link_of(opened, HOST)
    page_of(anybody, token)
    post(anybody, token, "suggest", kind="other", text="毛毛媽的話")
    anybody.get(f"/mine/{token}x")
    room = opened.root.parent.parent
    for path in room.rglob("*"):
        if path.is_file() and opened.root not in path.parents:
            data = path.read_bytes()
            assert token.encode() not in data, path
            assert "毛毛媽".encode() not in data, path
    answer = anybody.get(f"/mine/{token}")
    assert answer.headers["referrer-policy"] == "strict-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert "'unsafe-inline'" not in answer.headers["content-security-policy"]


NAMES = st.text("甲乙丙丁戊己庚辛", min_size=2, max_size=4)


@limits(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@supposing(
    whose=st.lists(st.sampled_from(["p1", "p2", "p3", ""]), min_size=1, max_size=12),
    spans=st.lists(
        st.tuples(st.integers(0, 900), st.integers(1, 300), st.sampled_from(["p1", "p2", ""])), max_size=8
    ),
)
def test_what_is_muted_for_somebody_covers_all_that_is_protected_of_others(
    whose: list[str], spans: list[tuple[int, int, str]]
) -> None:
    people = {p: Participant(p, f"名字{p}", wish=Wish.ANONYMOUS) for p in ("p1", "p2", "p3")}
    seal = {p: one.seal for p, one in people.items()} | {"": ""}
    turns = tuple(
        ShownTurn(
            f"a{n}", "d", seal[who], False, who, f"話 {n}", Span(Millis(n * 100), Millis(n * 100 + 90)), True
        )
        for n, who in enumerate(whose)
    )
    muted = tuple(Muted(Span(Millis(s), Millis(s + length)), seal[who]) for s, length, who in spans)
    shown = Shown("x", "y", "", "", turns, muted, ())
    for participant, person in people.items():
        mine_ = shown.own(person)
        assert {t.whose for t in mine_} <= {person.seal}
        assert len(mine_) == whose.count(participant)
        not_heard = shown.muted_for(person)
        assert not_heard is not None
        for start, length, who in spans:
            covered = any(m.start <= start and start + length <= m.end for m in not_heard)
            assert covered or who == participant
    assert Shown("x", "y", "", "", turns, muted, (people["p2"].seal,)).muted_for(people["p1"]) is None


def test_the_working_days_that_are_left_are_shown(opened: MeetingFolder, anybody: Browser) -> None:
    page = page_of(anybody, link_of(opened, HOST))
    assert "2026 年 12 月 7 日（週一）" in page
    assert "還有 11 個工作天" in page  # today, a Monday, is one of them
    assert workdays.left(AFTER.date(), DURING.date()) == 0
    assert window_steps.AFTERWARDS.days == 7

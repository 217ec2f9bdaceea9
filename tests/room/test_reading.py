"""The page of a meeting, what it fetches, and what may be changed through it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline import review
from pipeline.folder import MeetingFolder
from pipeline.run import SOUND
from redaction import ledger
from speakers.record import SpeakerId
from tests.conftest import SECRETS
from tests.room.conftest import Browser

PRIVATE = (
    "outline",
    "statements",
    "changes",
    "picture",
    "waveform",
    "sound",
    "suggestions",
    "voices",
    "history",
)


def got(browser: Browser, folder: MeetingFolder, what: str) -> Any:
    answer = browser.get(f"/meetings/{folder.id}/{what}", headers={"accept": "application/json"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def asked(browser: Browser, folder: MeetingFolder, *acts: dict[str, Any], since: str = "") -> tuple[int, Any]:
    answer = browser.post(
        f"/meetings/{folder.id}/acts",
        json={"acts": list(acts), "since": since},
        headers={"accept": "application/json"},
    )
    return answer.status_code, answer.json()


def settled(browser: Browser, folder: MeetingFolder) -> str:
    """The version in which all that was changed has been searched for mentions."""
    for _ in range(1000):
        said = got(browser, folder, "outline")
        if said["settled"]:
            return str(said["version"])
    raise AssertionError("it is still being searched")


def row(browser: Browser, folder: MeetingFolder, statement: str) -> dict[str, Any]:
    found: dict[str, Any] = got(browser, folder, f"statements?from={statement}&count=1")["rows"][0]
    return found


@pytest.mark.parametrize("what", PRIVATE)
def test_staff_get_no_private_byte(staff: Browser, job: MeetingFolder, what: str) -> None:
    for headers in ({}, {"range": "bytes=0-99"}):
        answer = staff.get(f"/meetings/{job.id}/{what}", headers=headers)
        assert answer.status_code == 403
        assert b"RIFF" not in answer.content
    assert staff.post(f"/meetings/{job.id}/search", json={"text": "我"}).status_code == 403
    assert staff.post(f"/meetings/{job.id}/acts", json={"acts": [{"act": "undo"}]}).status_code == 403


def test_staff_see_how_far_it_is_and_nobodys_words(staff: Browser, job: MeetingFolder) -> None:
    answer = staff.get(f"/meetings/{job.id}")
    assert answer.status_code == 200
    assert "寵物友善運輸協作會議" in answer.text
    for secret in (*SECRETS, "散會"):
        assert secret not in answer.text


def test_the_page_can_be_read_as_it_comes(reviewer: Browser, job: MeetingFolder) -> None:
    page = reviewer.get(f"/meetings/{job.id}").text
    assert 'aria-setsize="4"' in page
    assert "散會" in page
    assert '<mark class="mark first last open">' in page
    assert "蔡佩珊" not in page.partition("<title>")[2].partition("</title>")[0]


def test_ranges_of_the_sound(reviewer: Browser, job: MeetingFolder) -> None:
    whole = (job.root / SOUND).read_bytes()
    path = f"/meetings/{job.id}/sound"

    def part(header: str) -> tuple[int, bytes, str]:
        answer = reviewer.get(path, headers={"range": header})
        return answer.status_code, answer.content, answer.headers.get("content-range", "")

    assert reviewer.get(path).content == whole
    assert part("bytes=10-19") == (206, whole[10:20], f"bytes 10-19/{len(whole)}")
    assert part("bytes=-5")[:2] == (206, whole[-5:])
    assert part(f"bytes={len(whole) - 3}-")[:2] == (206, whole[-3:])
    assert part(f"bytes={len(whole)}-") == (416, b"", f"bytes */{len(whole)}")
    assert part("bytes=-0")[0] == 416
    status, several, _ = part("bytes=0-3,20-23")
    assert status == 206
    assert whole[:4] in several
    assert whole[20:24] in several
    many = "bytes=" + ",".join("0-" for _ in range(1000))
    assert len(part(many)[1]) <= len(whole)
    assert reviewer.get(path).headers["cache-control"] == "no-store"


def test_a_meeting_that_is_not_there(reviewer: Browser, job: MeetingFolder) -> None:
    for what in PRIVATE:
        assert reviewer.get(f"/meetings/{job.id[:6]}/{what}").status_code == 404
        assert reviewer.get(f"/meetings/..%2f{job.id}/{what}").status_code == 404


def test_the_waveform_is_kept_for_exactly_this_sound(reviewer: Browser, job: MeetingFolder) -> None:
    path = f"/meetings/{job.id}/waveform"
    first = reviewer.get(path).content
    assert len(first) == 9_000 // 50
    kept = job.root / "room" / "waveform.bin"
    before = kept.read_bytes()
    assert reviewer.get(path).content == first
    kept.write_bytes(before[:-1])
    assert reviewer.get(path).content == first
    assert kept.read_bytes() == before


def test_an_outline_and_rows_of_all_statements(reviewer: Browser, job: MeetingFolder) -> None:
    outline = got(reviewer, job, "outline")
    record = review.draft_of(job).record
    assert [c[0] for c in outline["columns"]] == [s.id for s in record.statements]
    assert outline["voices"]["S2"]["name"] == "蔡佩珊"
    rows = got(reviewer, job, "statements")["rows"]
    for shown, statement in zip(rows, record.statements, strict=True):
        assert shown["text"] == statement.text
        flat = shown["words"]
        assert [flat[i : i + 4] for i in range(0, len(flat), 5)] == [
            [a, b, w.span.start, w.span.end] for a, b, w in statement.placed()
        ]
    assert [m["state"] for r in rows for m in r["marks"]].count("open") == len(review.draft_of(job).undecided)


def test_a_correction_tells_what_changed_and_who_did_it(
    reviewer: Browser, second: Browser, job: MeetingFolder
) -> None:
    since = got(second, job, "outline")["version"]
    seen = row(reviewer, job, "a1")
    status, said = asked(
        reviewer,
        job,
        {"act": "correct", "statement": "a1", "digest": seen["digest"], "text": "各位好。"},
        since=since,
    )
    assert status == 200
    assert [r["text"] for r in said["rows"]] == ["各位好。"]
    assert said["undo"]["statement"] == "a1"
    changes = got(second, job, f"changes?since={since}")
    assert [r["id"] for r in changes["rows"]] == ["a1"]
    assert changes["undo"] is None, "what another did is not theirs to take back"
    version = settled(second, job)
    assert "rows" not in got(second, job, f"changes?since={version}")
    history = got(second, job, "history?statement=a1")
    assert history["heard"] == seen["text"]
    (change,) = history["changes"]
    assert (change["who"], change["by_hand"]) == ("林審閱", True)
    assert (change["before"], change["after"]) == ([seen["text"]], ["各位好。"])


def test_of_two_who_change_one_statement_the_second_is_shown_the_first(
    reviewer: Browser, second: Browser, job: MeetingFolder
) -> None:
    seen = row(reviewer, job, "a1")["digest"]
    assert asked(second, job, {"act": "correct", "statement": "a1", "digest": seen, "text": "甲"})[0] == 200
    status, said = asked(reviewer, job, {"act": "correct", "statement": "a1", "digest": seen, "text": "乙"})
    assert status == 409
    assert said["conflict"]["now"]["text"] == "甲"
    assert said["conflict"]["by"]["who"] == "王審閱"
    assert len(ledger.read(job.ledger)) == 1
    again = said["conflict"]["now"]["digest"]
    assert (
        asked(reviewer, job, {"act": "correct", "statement": "a1", "digest": again, "text": "乙"})[0] == 200
    )


def test_taking_back_does_not_take_back_what_others_did_since(
    reviewer: Browser, second: Browser, job: MeetingFolder
) -> None:
    for browser, text in ((reviewer, "甲"), (second, "乙")):
        digest = row(browser, job, "a1")["digest"]
        assert (
            asked(browser, job, {"act": "correct", "statement": "a1", "digest": digest, "text": text})[0]
            == 200
        )
    status, said = asked(reviewer, job, {"act": "undo"})
    assert status == 409
    assert said["conflict"]["now"]["text"] == "乙"
    assert asked(second, job, {"act": "undo"})[0] == 200
    assert asked(reviewer, job, {"act": "undo"})[0] == 200
    assert row(reviewer, job, "a1")["text"] == "大家好，我是沈立言。"
    assert asked(reviewer, job, {"act": "redo"})[0] == 200
    assert row(reviewer, job, "a1")["text"] == "甲"


def test_a_search_finds_variants_and_is_in_no_address(reviewer: Browser, job: MeetingFolder) -> None:
    answer = reviewer.post(f"/meetings/{job.id}/search", json={"text": "台 北"}, headers={"accept": "*/*"})
    assert answer.json()["count"] == 1
    (place,) = answer.json()["places"]
    assert place[0] == "a2"
    assert reviewer.get(f"/meetings/{job.id}/search").status_code == 405


def test_nothing_unknown_is_changed(reviewer: Browser, job: MeetingFolder) -> None:
    path = f"/meetings/{job.id}/acts"
    for body in (
        "",
        "[]",
        '{"acts": 1}',
        '{"acts": []}',
        '{"acts": [1]}',
        json.dumps({"acts": [{"act": "approved"}]}),
    ):
        answer = reviewer.post(path, content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 400, body
    assert asked(reviewer, job, {"act": "correct", "statement": "a99", "digest": "", "text": "x"})[0] == 404
    assert asked(reviewer, job, {"act": "name", "voice": "S9", "participant": "p1", "was": ""})[0] == 404
    assert ledger.read(job.ledger) == ()


def test_suggestions_are_accepted_all_alike_and_taken_back_at_once(
    reviewer: Browser, misheard: MeetingFolder
) -> None:
    suggested = got(reviewer, misheard, "suggestions")["suggestions"]
    group = next(s["group"] for s in suggested if [o["group"] for o in suggested].count(s["group"]) > 1)
    alike = [s for s in suggested if s["group"] == group]
    before = [s.text for s in review.draft_of(misheard).record.statements]
    assert asked(reviewer, misheard, {"act": "accept", "suggestion": alike[0]["id"], "alike": True})[0] == 200
    left = got(reviewer, misheard, "suggestions")["suggestions"]
    assert len(left) == len(suggested) - len(alike)
    while got(reviewer, misheard, "outline")["undo"]:
        assert asked(reviewer, misheard, {"act": "undo"})[0] == 200
    assert [s.text for s in review.draft_of(misheard).record.statements] == before


def test_suggestions_are_sent_again_only_where_they_are_others(
    reviewer: Browser, misheard: MeetingFolder
) -> None:
    first, outline = got(reviewer, misheard, "suggestions"), got(reviewer, misheard, "outline")
    have = f"suggestions?have={first['version']}"
    assert got(reviewer, misheard, have) == {"version": first["version"], "same": True}
    act = {"act": "reject", "suggestion": first["suggestions"][0]["id"]}
    status, said = asked(reviewer, misheard, act, since=outline["version"])
    assert status == 200
    settled(reviewer, misheard)
    said = got(reviewer, misheard, f"changes?since={outline['version']}")
    assert said["drafted"] != outline["drafted"]
    again = got(reviewer, misheard, have)
    assert again["version"] != first["version"]
    assert len(again["suggestions"]) < len(first["suggestions"])


def test_a_name_that_somebody_else_gave_meanwhile_is_shown(
    reviewer: Browser, second: Browser, job: MeetingFolder
) -> None:
    was = got(reviewer, job, "outline")["voices"]["S1"]["person"]
    act = {"act": "name", "voice": "S1", "was": was}
    assert asked(second, job, {**act, "participant": ""})[0] == 200
    status, said = asked(reviewer, job, {**act, "participant": was})
    assert status == 409
    assert said["conflict"]["voice"] == "S1"
    assert said["voices"]["S1"]["state"] == "nobody"


def test_no_error_holds_a_word_of_the_record(
    reviewer: Browser, job: MeetingFolder, settings: Any, browser: Callable[[], Browser]
) -> None:
    status, said = asked(reviewer, job, {"act": "split", "statement": "a2", "digest": "0", "char": 3})
    assert status == 409
    words = {k: v for k, v in said.items() if k in {"error", "cure"}}
    assert not any(secret in json.dumps(words, ensure_ascii=False) for secret in SECRETS)
    log = Path(settings.data) / "error.log"
    assert not log.exists()


def test_reviewers_see_what_somebody_typed_as_their_name(
    reviewer: Browser, job: MeetingFolder, recording: Path, hear: Callable[..., MeetingFolder]
) -> None:
    assert got(reviewer, job, "voices")["typed"] == {}
    (recording.parent / "slido.csv").write_text("Question,Author\n誰來付錢？,橘子貓\n誰說的？,\n", "utf-8")
    toml = recording.parent / "meeting.toml"
    toml.write_text(f'{toml.read_text("utf-8")}\n[[brought]]\nkind = "slido"\nfile = "slido.csv"\n', "utf-8")
    hear()
    assert got(reviewer, job, "voices")["typed"] == {"Q1": "橘子貓"}
    assert {"Q0", "Q1"} <= set(got(reviewer, job, "outline")["voices"])
    shown = row(reviewer, job, "q1")
    assert shown["text"] == "誰來付錢？"
    status, _ = asked(reviewer, job, {"act": "name", "voice": "Q1", "participant": "p1", "was": ""})
    assert status == 200
    assert review.draft_of(job).namings.person(SpeakerId("Q1")) == "p1"

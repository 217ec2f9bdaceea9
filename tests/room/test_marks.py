"""Deciding in the room: one key an answer, several people at once, and a second reader who sees nothing."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from pipeline import review
from pipeline.folder import MeetingFolder
from redaction import ledger
from redaction.decision import Decided, Judged, Verdict
from tests.room.conftest import Browser

JSON = {"accept": "application/json"}


def queue(browser: Browser, folder: MeetingFolder) -> dict[str, Any]:
    answer = browser.get(f"/meetings/{folder.id}/marks.json", headers=JSON)
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert isinstance(said, dict)
    return said


def decide(
    browser: Browser, folder: MeetingFolder, *rows: dict[str, Any], verdict: str = "mask", **more: str
) -> Any:
    answers = [{"mark": row["id"], "verdict": verdict, "seen": row["seq"], **more} for row in rows]
    return browser.post(f"/meetings/{folder.id}/marks", json={"answers": answers}, headers=JSON)


def mask_all(browser: Browser, folder: MeetingFolder) -> None:
    while rows := [row for row in queue(browser, folder)["rows"] if not row["verdict"]]:
        assert decide(browser, folder, *rows).status_code == 200


def test_the_queue_begins_with_what_is_sure_and_tells_why_in_words(
    reviewer: Browser, undecided: MeetingFolder
) -> None:
    rows = queue(reviewer, undecided)["rows"]
    tiers = [row["tier"] for row in rows]
    assert tiers == sorted(tiers)
    assert rows[0]["words"] in {"蔡佩珊", "佩珊", "毛毛媽"}
    assert "字面完全相同" in rows[0]["why"]["zh"]
    assert "written exactly so" in rows[0]["why"]["en"]
    statement = review.draft_of(undecided).record.statement(rows[0]["statement"])
    assert statement is not None
    span = statement.time_of(rows[0]["start"], rows[0]["end"])
    assert rows[0]["start_ms"] < span.start
    assert rows[0]["end_ms"] > span.end


@pytest.mark.parametrize(
    "path", ["marks", "marks.json", "sign-off", "beside", "beside.json", "excerpt.wav?from=0&to=900"]
)
def test_only_reviewers_see_what_is_to_be_hidden(
    path: str, staff: Browser, admin: Browser, browser: Callable[[], Browser], undecided: MeetingFolder
) -> None:
    for one in (staff, admin):
        assert one.get(f"/meetings/{undecided.id}/{path}").status_code == 403
    assert browser().get(f"/meetings/{undecided.id}/{path}", headers=JSON).status_code == 403


def test_an_answer_is_in_the_ledger_under_the_name_of_whoever_gave_it(
    reviewer: Browser, undecided: MeetingFolder
) -> None:
    row = queue(reviewer, undecided)["rows"][0]
    said = decide(reviewer, undecided, row).json()
    changed = {r["id"]: r for r in said["rows"]}
    assert changed[row["id"]]["verdict"] == "mask"
    assert changed[row["id"]]["by"] == "林審閱"
    last = ledger.read(undecided.ledger)[-1]
    assert (last.who, last.act) == ("林審閱", Decided(row["id"], Verdict.MASK))


def test_keeping_needs_a_reason_and_offers_those_that_were_given(
    reviewer: Browser, undecided: MeetingFolder
) -> None:
    row = queue(reviewer, undecided)["rows"][0]
    assert decide(reviewer, undecided, row, verdict="keep").status_code == 400
    assert decide(reviewer, undecided, row, verdict="keep", reason="公開的名字").status_code == 200
    assert queue(reviewer, undecided)["reasons"] == ["公開的名字"]


def test_who_was_slower_is_told_and_overwrites_nothing(
    reviewer: Browser, second: Browser, undecided: MeetingFolder
) -> None:
    row = queue(second, undecided)["rows"][0]
    decide(reviewer, undecided, row, verdict="keep", reason="公開的名字")
    refused = decide(second, undecided, row)
    assert refused.status_code == 409
    there = refused.json()["overtaken"][0]
    assert (there["verdict"], there["by"]) == ("keep", "林審閱")
    assert review.draft_of(undecided).decisions[0].verdict is Verdict.KEEP
    assert decide(second, undecided, there).status_code == 200, "having seen it, they may decide otherwise"


def test_two_who_decide_one_mark_at_the_same_moment(
    reviewer: Browser, second: Browser, undecided: MeetingFolder
) -> None:
    row = queue(reviewer, undecided)["rows"][0]
    with ThreadPoolExecutor(2) as pool:
        asked = [
            pool.submit(decide, reviewer, undecided, row, verdict="keep", reason="公開的名字"),
            pool.submit(decide, second, undecided, row),
        ]
        codes = sorted(one.result().status_code for one in asked)
    assert codes == [200, 409]
    assert sum(isinstance(e.act, Decided) for e in ledger.read(undecided.ledger)) == 1


def test_what_was_decided_with_one_key_is_undone_with_one_key(
    reviewer: Browser, second: Browser, undecided: MeetingFolder
) -> None:
    rows = queue(reviewer, undecided)["rows"]
    decide(second, undecided, rows[0])
    decide(reviewer, undecided, *rows[1:])
    said = reviewer.post(f"/meetings/{undecided.id}/marks/undone", json={}, headers=JSON).json()
    assert not any(r["verdict"] for r in said["rows"])
    standing = {r["id"]: r["by"] for r in queue(reviewer, undecided)["rows"] if r["verdict"]}
    assert standing == {rows[0]["id"]: "王審閱"}
    again = reviewer.post(f"/meetings/{undecided.id}/marks/undone", json={}, headers=JSON)
    assert again.status_code == 404, "what others decided is not taken back"


def test_selected_words_are_hidden_here_or_everywhere_after_their_places_were_shown(
    reviewer: Browser, undecided: MeetingFolder
) -> None:
    statement = next(s for s in review.draft_of(undecided).record.statements if "大家好" in s.text)
    at = statement.text.index("大家好")
    place = {"statement": statement.id, "digest": statement.digest, "start": at, "end": at + 3}
    found = reviewer.get(f"/meetings/{undecided.id}/marks/elsewhere", params=place, headers=JSON).json()
    assert found["contexts"][0][3] == "大家好"
    path = f"/meetings/{undecided.id}/marks/by-hand"
    refused = reviewer.post(path, json={**place, "places": found["places"] + 1}, headers=JSON)
    assert refused.status_code == 409, "as many as were shown, or none"
    made = reviewer.post(path, json={**place, "places": found["places"], "subject": "p2"}, headers=JSON)
    assert made.status_code == 200, made.text
    by_hand = [m for m in review.draft_of(undecided).marks if m.tier == "manual"]
    assert len(by_hand) == found["places"]
    assert {m.subject for m in by_hand} == {"p2"}


def test_words_of_a_statement_that_changed_meanwhile_are_not_hidden_elsewhere(
    reviewer: Browser, undecided: MeetingFolder
) -> None:
    statement = review.draft_of(undecided).record.statements[0]
    place = {"statement": statement.id, "digest": "0" * 64, "start": 0, "end": 2}
    refused = reviewer.post(f"/meetings/{undecided.id}/marks/by-hand", json=place, headers=JSON)
    assert refused.status_code == 404
    assert not ledger.read(undecided.ledger)


def samples(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    with wave.open(io.BytesIO(answer.content)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.int16)


def test_the_masked_sound_hides_what_nobody_decided(reviewer: Browser, undecided: MeetingFolder) -> None:
    row = next(r for r in queue(reviewer, undecided)["rows"] if r["words"] == "佩珊")
    stretch = f"?from={row['start_ms']}&to={row['end_ms']}"
    was = samples(reviewer.get(f"/meetings/{undecided.id}/excerpt.wav{stretch}", headers=JSON))
    heard = samples(reviewer.get(f"/meetings/{undecided.id}/masked.wav{stretch}", headers=JSON))
    assert len(was) == len(heard) == (row["end_ms"] - row["start_ms"]) * 16
    assert abs(np.corrcoef(was, heard)[0, 1]) < 0.1


@pytest.mark.parametrize(
    "stretch", ["?from=0&to=999999999", "?from=5&to=5", "?from=-1&to=5", "?from=x&to=5", ""]
)
def test_no_stretch_of_sound_is_refused_as_what_it_is(
    stretch: str, reviewer: Browser, undecided: MeetingFolder
) -> None:
    assert reviewer.get(f"/meetings/{undecided.id}/excerpt.wav{stretch}", headers=JSON).status_code == 400


@pytest.fixture
def blind(
    reviewer: Browser, second: Browser, undecided: MeetingFolder, monkeypatch: pytest.MonkeyPatch
) -> Browser:
    """A second reader, after the first one masked and approved everything."""
    toml = undecided.meeting_toml
    toml.write_text(f"approvers = 2\n{toml.read_text('utf-8')}", "utf-8")
    mask_all(reviewer, undecided)
    review.approve(undecided, "林審閱")
    return second


def test_a_second_reader_is_told_nothing_of_what_was_decided(
    blind: Browser, undecided: MeetingFolder
) -> None:
    said = queue(blind, undecided)
    assert said["second"]
    assert said["blind"]
    assert {(r["verdict"], r["by"], r["reason"], r["seq"]) for r in said["rows"]} == {("", "", "", -1)}
    assert said["reasons"] == []
    for path in ("beside", "beside.json", "masked.wav?from=0&to=900"):
        assert blind.get(f"/meetings/{undecided.id}/{path}", headers=JSON).status_code == 409
    page = blind.get(f"/meetings/{undecided.id}/sign-off").text
    assert "參與者 1" not in page
    assert 'action="/meetings/' + undecided.id + '/approve"' not in page


def test_what_a_second_reader_says_is_a_judgement_and_changes_nothing(
    blind: Browser, undecided: MeetingFolder
) -> None:
    before = review.draft_of(undecided)
    rows = queue(blind, undecided)["rows"]
    said = decide(blind, undecided, *rows, verdict="keep", reason="-").json()
    assert not said["blind"]
    now = review.draft_of(undecided)
    assert (now.digest, [e.who for e in now.approvals]) == (before.digest, ["林審閱"])
    assert all(isinstance(e.act, Judged) for e in ledger.read(undecided.ledger)[-len(rows) :])
    assert all(r["differs"] and r["verdict"] == "mask" for r in queue(blind, undecided)["rows"])


def test_differences_are_settled_by_giving_in_or_by_deciding_otherwise(
    blind: Browser, reviewer: Browser, undecided: MeetingFolder
) -> None:
    rows = queue(blind, undecided)["rows"]
    decide(blind, undecided, *rows[2:])
    decide(blind, undecided, *rows[:2], verdict="keep", reason="-")
    differing = [r for r in queue(blind, undecided)["rows"] if r["differs"]]
    assert len(differing) == 2
    path = f"/meetings/{undecided.id}/marks/settled"
    assert blind.post(path, json={"marks": [differing[0]["id"]]}, headers=JSON).status_code == 200
    assert review.draft_of(undecided).approvals, "giving in changes nothing"
    assert decide(blind, undecided, differing[1], verdict="keep", reason="公開的名字").status_code == 200
    assert not any(r["differs"] for r in queue(blind, undecided)["rows"])
    now = review.draft_of(undecided)
    assert not now.approvals
    assert "void" in reviewer.get(f"/meetings/{undecided.id}/sign-off").text


def test_saying_again_what_stands_voids_no_approval(
    blind: Browser, reviewer: Browser, undecided: MeetingFolder
) -> None:
    row = queue(reviewer, undecided)["rows"][0]
    before = len(ledger.read(undecided.ledger))
    assert decide(reviewer, undecided, row).status_code == 200
    assert len(ledger.read(undecided.ledger)) == before
    rows = queue(blind, undecided)["rows"]
    decide(blind, undecided, *rows, verdict="keep", reason="-")
    decide(blind, undecided, *queue(blind, undecided)["rows"])
    assert not any(r["differs"] for r in queue(blind, undecided)["rows"]), "that is giving in"
    assert review.draft_of(undecided).approvals


def test_a_second_reader_who_reads_and_listens_is_told_nothing_either(
    blind: Browser, reviewer: Browser, undecided: MeetingFolder
) -> None:
    def states(browser: Browser) -> set[str]:
        said = browser.get(f"/meetings/{undecided.id}/statements", headers=JSON).json()
        return {mark["state"] for row in said["rows"] for mark in row["marks"]}

    assert states(reviewer) == {"mask"}
    assert states(blind) == {"open"}
    decide(blind, undecided, *queue(blind, undecided)["rows"])
    assert states(blind) == {"mask"}

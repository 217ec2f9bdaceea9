"""Signing off in the room: exactly what was shown, once; releases and revocations; nothing for others."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pipeline import publish, review
from pipeline.folder import MeetingFolder
from pipeline.job import Release
from redaction import ledger
from redaction.decision import Approved, Decided, Judged, Revoked, Verdict
from tests.room.conftest import Browser

JSON = {"accept": "application/json"}


def page_of(browser: Browser, folder: MeetingFolder) -> str:
    answer = browser.get(f"/meetings/{folder.id}/sign-off")
    assert answer.status_code == 200, answer.text
    return answer.text


def shown(browser: Browser, folder: MeetingFolder) -> dict[str, str]:
    """What the form of the approval holds."""
    page = page_of(browser, folder)
    return {name: re.findall(rf'name="{name}" value="([^"]+)"', page)[0] for name in ("digest", "after")}


def approve(browser: Browser, folder: MeetingFolder, form: dict[str, str]) -> Any:
    return browser.post(f"/meetings/{folder.id}/approve", data=form)


def approvals(folder: MeetingFolder) -> list[str]:
    return [e.who for e in ledger.read(folder.ledger) if isinstance(e.act, Approved)]


@pytest.fixture
def decided(undecided: MeetingFolder) -> MeetingFolder:
    """A meeting in which everything is decided and nothing approved."""
    while left := review.draft_of(undecided).undecided:
        review.decide(undecided, "陳審閱", tuple(Decided(m.id, Verdict.MASK) for m in left))
    return undecided


@pytest.fixture
def two(decided: MeetingFolder) -> MeetingFolder:
    """The same, which two people have to approve."""
    toml = decided.meeting_toml
    toml.write_text(f"approvers = 2\n{toml.read_text('utf-8')}", "utf-8")
    return decided


@pytest.fixture
def public(decided: MeetingFolder) -> MeetingFolder:
    """A meeting that is public."""
    review.approve(decided, "林審閱")
    publish.publish(decided)
    return decided


def test_the_page_shows_what_stands_in_the_way_and_what_is_left_of_the_risk(
    reviewer: Browser, undecided: MeetingFolder
) -> None:
    page = page_of(reviewer, undecided)
    assert "marks are undecided" in page
    assert "Residual risk" in page
    assert re.search(r'data-open="a\d+"', page)
    assert review.draft_of(undecided).digest in page
    assert "個建議的更正沒有回答" not in page


def test_open_suggestions_are_told_before_an_approval(reviewer: Browser, misheard: MeetingFolder) -> None:
    count = len(review.draft_of(misheard).suggestions)
    assert f"還有 {count} 個建議的更正沒有回答" in page_of(reviewer, misheard)


def test_an_approval_is_of_exactly_what_was_shown(reviewer: Browser, decided: MeetingFolder) -> None:
    form = shown(reviewer, decided)
    assert approve(reviewer, decided, form).status_code == 303
    assert [e.who for e in review.draft_of(decided).approvals] == ["林審閱"]
    assert "You have approved exactly this" in page_of(reviewer, decided)


def test_an_approval_that_is_sent_twice_counts_once(reviewer: Browser, decided: MeetingFolder) -> None:
    form = shown(reviewer, decided)
    with ThreadPoolExecutor(2) as pool:
        codes = sorted(
            one.result().status_code for one in [pool.submit(approve, reviewer, decided, form) for _ in "12"]
        )
    assert codes == [303, 409]
    assert approvals(decided) == ["林審閱"]


def test_a_replayed_approval_is_refused_even_if_the_content_is_the_same_again(
    reviewer: Browser, decided: MeetingFolder
) -> None:
    form = shown(reviewer, decided)
    approve(reviewer, decided, form)
    mark = review.draft_of(decided).marks[0]
    review.decide(decided, "王審閱", (Decided(mark.id, Verdict.KEEP, "known"),))
    review.decide(decided, "王審閱", (Decided(mark.id, Verdict.MASK),))
    assert review.draft_of(decided).digest == form["digest"]
    assert approve(reviewer, decided, form).status_code == 409
    assert not review.draft_of(decided).approvals


def test_a_stale_approval_is_refused_and_says_so(reviewer: Browser, decided: MeetingFolder) -> None:
    form = shown(reviewer, decided)
    mark = review.draft_of(decided).marks[0]
    review.decide(decided, "王審閱", (Decided(mark.id, Verdict.KEEP, "known"),))
    refused = approve(reviewer, decided, form)
    assert refused.status_code == 409
    assert "since this page was shown" in refused.text
    assert approvals(decided) == []


def test_an_approval_while_somebody_decides_never_covers_what_was_not_seen(
    reviewer: Browser, second: Browser, decided: MeetingFolder
) -> None:
    form = shown(reviewer, decided)
    mark = review.draft_of(decided).marks[0]
    rows = second.get(f"/meetings/{decided.id}/marks.json", headers=JSON).json()["rows"]
    row = next(r for r in rows if r["id"] == mark.id)
    answers = [{"mark": row["id"], "verdict": "keep", "reason": "known", "seen": row["seq"]}]
    with ThreadPoolExecutor(2) as pool:
        asked = pool.submit(approve, reviewer, decided, form)
        done = pool.submit(
            second.post, f"/meetings/{decided.id}/marks", json={"answers": answers}, headers=JSON
        )
        assert asked.result().status_code in {303, 409}
        assert done.result().status_code == 200
    assert not review.draft_of(decided).approvals


def test_an_approval_and_a_revocation_at_once_leave_nothing_that_could_go_out(
    reviewer: Browser, second: Browser, public: MeetingFolder
) -> None:
    mark = review.draft_of(public).marks[0]
    review.decide(public, "王審閱", (Decided(mark.id, Verdict.MASK, "again"),))
    form = shown(reviewer, public)
    with ThreadPoolExecutor(2) as pool:
        asked = pool.submit(approve, reviewer, public, form)
        done = pool.submit(second.post, f"/meetings/{public.id}/revoke", data={"reason": "withdrew"})
        assert done.result().status_code == 303
        assert asked.result().status_code in {303, 409}
    entries = ledger.read(public.ledger)
    assert any(isinstance(e.act, Revoked) for e in entries)
    assert not review.draft_of(public).approvals
    assert not public.public.exists()


def test_a_second_reader_cannot_approve_before_everything_is_judged_and_settled(
    reviewer: Browser, second: Browser, two: MeetingFolder
) -> None:
    approve(reviewer, two, shown(reviewer, two))
    draft = review.draft_of(two)
    forged = {"digest": draft.digest, "after": str(len(ledger.read(two.ledger)))}
    refused = approve(second, two, forged)
    assert refused.status_code == 409
    assert "blind" in refused.text
    review.decide(two, "王審閱", tuple(Judged(m.id, Verdict.KEEP) for m in draft.marks))
    assert approve(second, two, shown(second, two)).status_code == 409
    review.decide(two, "王審閱", tuple(Judged(m.id, Verdict.MASK) for m in draft.marks))
    form = shown(second, two)
    assert approve(second, two, form).status_code == 303
    assert [e.who for e in review.draft_of(two).approvals] == ["林審閱", "王審閱"]


def test_a_second_reader_reads_the_public_text_without_the_private_one(
    reviewer: Browser, second: Browser, two: MeetingFolder
) -> None:
    approve(reviewer, two, shown(reviewer, two))
    marks = review.draft_of(two).marks
    review.decide(two, "王審閱", tuple(Judged(m.id, Verdict.MASK) for m in marks))
    pairs = second.get(f"/meetings/{two.id}/beside.json", headers=JSON).json()["pairs"]
    assert pairs
    assert not any(pair["private"] or pair["speaker"] for pair in pairs)
    assert "蔡佩珊" not in str(pairs)
    both = reviewer.get(f"/meetings/{two.id}/beside.json?both=1", headers=JSON).json()["pairs"]
    assert "蔡佩珊" in str(both)


def test_what_was_read_is_ticked_off_for_this_reader_and_this_text_only(
    reviewer: Browser, second: Browser, decided: MeetingFolder
) -> None:
    def passages(browser: Browser) -> dict[str, Any]:
        said = browser.get(f"/meetings/{decided.id}/beside.json?both=1", headers=JSON).json()
        assert isinstance(said["passages"], dict)
        return said["passages"]

    statement_id = next(iter(passages(reviewer)))
    statement = review.draft_of(decided).record.statement(statement_id)
    assert statement is not None
    said = {"statement": statement_id, "digest": statement.digest, "read": True}
    path = f"/meetings/{decided.id}/read"
    assert reviewer.post(path, json=said, headers=JSON).status_code == 200
    assert passages(reviewer)[statement_id]["read"]
    assert not passages(second)[statement_id]["read"]
    from redaction.decision import Corrected

    review.decide(decided, "王審閱", (Corrected(statement_id, statement.digest, "改了。"),))
    assert not passages(reviewer).get(statement_id, {"read": False})["read"]
    assert reviewer.post(path, json=said, headers=JSON).status_code == 400


def test_a_release_is_ordered_only_once_nothing_stands_in_the_way(
    reviewer: Browser, decided: MeetingFolder
) -> None:
    path = f"/meetings/{decided.id}/release"
    work = reviewer.app.state.room.work  # type: ignore[attr-defined]
    assert reviewer.post(path).status_code == 409
    assert work.jobs() == ()
    approve(reviewer, decided, shown(reviewer, decided))
    try:
        assert reviewer.post(path).status_code == 303
        assert [job.order for job in work.jobs()] == [Release(decided.id)]
        assert reviewer.post(path).status_code == 303
        assert len(work.jobs()) == 1 or not work.jobs()[1].open, "one at a time"
    finally:
        work.close()


def test_public_files_are_handed_out_exactly_as_they_were_released(
    reviewer: Browser, staff: Browser, public: MeetingFolder
) -> None:
    page = page_of(reviewer, public)
    files = sorted(public.public.iterdir())
    for number, path in enumerate(files):
        answer = reviewer.get(f"/meetings/{public.id}/files/{number}")
        assert answer.content == path.read_bytes()
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert staff.get(f"/meetings/{public.id}/files/{number}").status_code == 403
    assert len(re.findall(r"<code>[0-9a-f]{64}</code>", page)) == len(files)
    assert reviewer.get(f"/meetings/{public.id}/files/{len(files)}").status_code == 404


def test_files_that_were_not_released_so_are_not_handed_out(reviewer: Browser, public: MeetingFolder) -> None:
    first = min(public.public.iterdir())
    first.chmod(0o644)
    first.write_bytes(first.read_bytes() + b"x")
    assert reviewer.get(f"/meetings/{public.id}/files/0").status_code == 404
    assert "are not what was released" in page_of(reviewer, public)


def test_revoking_takes_down_and_lists_what_went_out(reviewer: Browser, public: MeetingFolder) -> None:
    digest = ledger.read(public.ledger)[-1].act
    refused = reviewer.post(f"/meetings/{public.id}/revoke", data={"reason": " "})
    assert refused.status_code == 400
    assert public.public.exists()
    answer = reviewer.post(f"/meetings/{public.id}/revoke", data={"reason": "withdrew"})
    assert answer.status_code == 303
    assert not public.public.exists()
    answer = reviewer.get(answer.headers["location"])
    assert all(file.sha256 in answer.text for file in digest.files)  # type: ignore[union-attr]


@pytest.mark.parametrize("broken", ["40-record.json", "ledger.jsonl", "meeting.toml"])
def test_a_damaged_meeting_can_be_taken_down(broken: str, reviewer: Browser, public: MeetingFolder) -> None:
    (public.root / broken).write_bytes(b"{broken")
    page = page_of(reviewer, public)
    assert 'name="reason"' in page
    reviewer.post(f"/meetings/{public.id}/revoke", data={"reason": "withdrew"})
    assert not public.public.exists()

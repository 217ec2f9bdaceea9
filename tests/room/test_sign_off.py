"""Signing off in the room: exactly what was shown, once; releases and revocations; nothing for others."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pipeline import publish, review
from pipeline.folder import MeetingFolder
from pipeline.jobs.order import Release
from redaction import ledger
from redaction.decision import Approved, Decided, Judged, Revoked, Verdict
from redaction.mark import Tier
from tests.room.conftest import Browser

JSON = {"accept": "application/json"}


def page_of(browser: Browser, folder: MeetingFolder) -> str:
    answer = browser.get(f"/meetings/{folder.id}/sign-off")
    assert answer.status_code == 200, answer.text
    return answer.text


def shown(browser: Browser, folder: MeetingFolder) -> dict[str, str]:
    """What the form of the approval holds, with its tick."""
    page = page_of(browser, folder)
    hidden = {name: re.findall(rf'name="{name}" value="([^"]+)"', page)[0] for name in ("digest", "after")}
    tick = re.findall(r'name="unread" id="unread" value="(\d+)"', page)
    return {**hidden, **({"unread": tick[0]} if tick else {})}


def read_off(browser: Browser, folder: MeetingFolder) -> int:
    """Tick off every passage that deserves a full read; how many there are."""
    passages = browser.get(f"/meetings/{folder.id}/beside.json", headers=JSON).json()["passages"]
    draft = review.draft_of(folder)
    for statement_id in passages:
        statement = draft.statement(statement_id)
        assert statement is not None
        said = {"statement": statement_id, "digest": statement.digest, "read": True}
        assert browser.post(f"/meetings/{folder.id}/read", json=said, headers=JSON).status_code == 200
    return len(passages)


def keep_sure(folder: MeetingFolder) -> None:
    """Somebody keeps a sure mention."""
    sure = next(m for m in review.draft_of(folder).marks if m.tier is Tier.A)
    review.decide(folder, "陳審閱", (Decided(sure.id, Verdict.KEEP, "只是應了一聲"),))


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


def test_an_approval_with_unread_passages_needs_the_tick_that_says_so(
    reviewer: Browser, decided: MeetingFolder
) -> None:
    form = shown(reviewer, decided)
    assert int(form["unread"]) > 0
    assert f"我知道還有 <span data-unread>{form['unread']}</span> 段沒有讀" in page_of(reviewer, decided)
    for told in ({}, {"unread": "0"}, {"unread": str(int(form["unread"]) - 1)}):
        refused = approve(reviewer, decided, {"digest": form["digest"], "after": form["after"], **told})
        assert refused.status_code == 409
        assert "not ticked off as read" in refused.text
    assert approvals(decided) == []
    assert approve(reviewer, decided, form).status_code == 303


def test_who_read_every_passage_needs_no_tick_and_nobody_else_s_reading_counts(
    reviewer: Browser, second: Browser, decided: MeetingFolder
) -> None:
    every = read_off(reviewer, decided)
    assert f"<strong data-read>{every}</strong>" in page_of(reviewer, decided)
    form = shown(reviewer, decided)
    assert form.pop("unread") == "0"
    assert shown(second, decided)["unread"] == str(every)
    assert approve(second, decided, form).status_code == 409
    assert approve(reviewer, decided, form).status_code == 303


def test_sure_mentions_that_were_kept_are_counted_beside_the_approval_and_the_release(
    reviewer: Browser, decided: MeetingFolder
) -> None:
    link = "/marks?state=kept&amp;tier=A"
    page = page_of(reviewer, decided)
    assert "確定的提及（A 類）沒有一處保留" in page
    assert link not in page
    keep_sure(decided)
    before, _, after = page_of(reviewer, decided).partition('id="h-sign"')
    for part in (before, after):
        assert "有 1 處確定的提及（A 類）有人選了保留" in part
        assert link in part


def test_a_second_reader_is_not_told_what_was_kept_before_they_judged_everything(
    reviewer: Browser, second: Browser, two: MeetingFolder
) -> None:
    keep_sure(two)
    assert approve(reviewer, two, shown(reviewer, two)).status_code == 303
    assert "A 類" not in page_of(second, two)
    assert "tier A" not in page_of(second, two)


def test_what_is_public_and_unchanged_is_not_offered_for_release_again(
    reviewer: Browser, public: MeetingFolder
) -> None:
    button = f'action="/meetings/{public.id}/release"'
    page = page_of(reviewer, public)
    assert "已經公開，之後沒有更動" in page
    assert "沒有任何阻礙" not in page
    assert button not in page
    keep_sure(public)
    changed = page_of(reviewer, public)
    assert "已經公開，之後沒有更動" not in changed
    assert button in changed


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
    for _ in range(2):
        assert reviewer.post(path).status_code == 303
        assert [job.order for job in work.jobs()] == [Release(decided.id)]


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
    taken = next(e for e in ledger.read(public.ledger) if isinstance(e.act, Revoked))
    assert f'<time datetime="{taken.at}">' in answer.text
    assert re.search(r"</time> · 林審閱 · .*理由.*：withdrew</p>", answer.text)


@pytest.mark.parametrize("broken", ["40-record.json", "ledger.jsonl", "meeting.toml"])
def test_a_damaged_meeting_can_be_taken_down(broken: str, reviewer: Browser, public: MeetingFolder) -> None:
    (public.root / broken).write_bytes(b"{broken")
    page = page_of(reviewer, public)
    assert 'name="reason"' in page
    reviewer.post(f"/meetings/{public.id}/revoke", data={"reason": "withdrew"})
    assert not public.public.exists()
    assert "：withdrew</p>" in reviewer.get(f"/meetings/{public.id}/taken-down").text

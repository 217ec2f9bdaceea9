"""The correction window: what opens it, what it shows, and what may be published when."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import Result

from pipeline import answers, mine, register, review, window_steps, workdays
from pipeline import window as windows
from pipeline.folder import MeetingFolder
from pipeline.publish import publish
from pipeline.review import draft_of, standing
from pipeline.window import Stage
from pipeline.window_acts import Ending, Kind
from redaction.decision import Corrected
from redaction.shown import parse
from speakers.error import (
    BusyError,
    LedgerError,
    NotFoundError,
    NotReleasableError,
    RecordError,
    StorageError,
)
from speakers.meeting import Wish
from tests.conftest import MEETING, SECRETS
from tests.engines import scripted

OPENED = datetime.datetime(2026, 11, 23, 12, tzinfo=workdays.TAIPEI)
DURING = datetime.datetime(2026, 12, 7, 23, 59, tzinfo=workdays.TAIPEI)
AFTER = datetime.datetime(2026, 12, 8, 0, 0, tzinfo=workdays.TAIPEI)
"""Ten working days from a Monday."""

HOST, HIDDEN, UNRECORDED = "p1", "p2", "p3"
"""The participants of the meeting of tests/conftest.py."""


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime.datetime], None]:
    """Set the clock."""

    def at_(moment: datetime.datetime) -> None:
        monkeypatch.setattr(workdays, "now", lambda: moment)

    at_(OPENED)
    return at_


@pytest.fixture
def opened(approved: MeetingFolder, at: Callable[[datetime.datetime], None]) -> MeetingFolder:
    """An approved meeting with a window of ten working days."""
    windows_ = window_steps.open_(approved, draft_of(approved), "Reviewer", days=10)
    assert windows_.last == DURING.date()
    return approved


def link_of(folder: MeetingFolder, participant: str) -> str:
    return window_steps.link(folder, "Reviewer", window_steps.participant_of(draft_of(folder), participant))[
        0
    ]


def look(folder: MeetingFolder, token: str) -> mine.View:
    """What a link shows now."""
    found, link = mine.found(folder.root.parent.parent, token)
    assert found.root == folder.root
    window = windows.of(folder)
    assert window is not None
    draft = draft_of(folder)
    return mine.view(folder, draft, link, mine.shared(folder, draft, window.presented))


def approval_of(view: mine.View) -> str:
    assert view.shared.shown is not None
    return view.shared.shown.approval


def suggest(folder: MeetingFolder, token: str, kind: Kind, statement: str = "", text: str = "") -> int:
    """Suggest, as a page does; the suggestion's number."""
    view = look(folder, token)
    mine.suggest(folder, view, approval_of(view), kind, statement_id=statement, text=text)
    window = windows.of(folder)
    assert window is not None
    return window.suggestions[-1].number


def accept(folder: MeetingFolder, number: int, **given: object) -> tuple[str, ...]:
    return answers.accept(
        folder,
        draft_of(folder),
        number,
        "Reviewer",
        decide=lambda acts, how: review.decide(folder, "Reviewer", acts, how=how),
        register=register.of(folder.root.parent.parent),
        **given,  # type: ignore[arg-type]
    )


def release(folder: MeetingFolder, days: int = 10) -> None:
    publish(folder, correction_days=days, listener=scripted.ScriptedTranscriber)


def agree_all(folder: MeetingFolder) -> None:
    for one in (HOST, HIDDEN, UNRECORDED):
        view = look(folder, link_of(folder, one))
        mine.agree(folder, view, approval_of(view))


def test_nothing_is_opened_before_somebody_approved(undecided: MeetingFolder) -> None:
    with pytest.raises(NotReleasableError, match="undecided"):
        window_steps.open_(undecided, draft_of(undecided), "Reviewer", days=10)
    assert windows.of(undecided) is None
    assert not undecided.window.parent.exists()


def test_nothing_is_opened_after_the_approved_content_changed(approved: MeetingFolder) -> None:
    statement = draft_of(approved).record.statements[0]
    review.decide(approved, "Reviewer", (Corrected(statement.id, statement.digest, "大家早。"),))
    with pytest.raises(NotReleasableError):
        window_steps.open_(approved, draft_of(approved), "Reviewer", days=10)


def test_two_windows_are_never_open_at_once(opened: MeetingFolder) -> None:
    with pytest.raises(BusyError):
        window_steps.open_(opened, draft_of(opened), "Reviewer", days=10)


def test_a_window_may_end_on_a_day_that_is_named(approved: MeetingFolder, at: Callable[..., None]) -> None:
    day = datetime.date(2028, 1, 5)  # no calendar of that year is published yet
    assert window_steps.open_(approved, draft_of(approved), "Reviewer", until=day).last == day
    row = windows.row(windows.of(approved), draft_of(approved), 10)
    assert (row["last_day"], row["days_left"]) == ("2028-01-05", None)


def test_a_last_day_that_is_over_is_refused(approved: MeetingFolder, at: Callable[..., None]) -> None:
    with pytest.raises(RecordError):
        window_steps.open_(approved, draft_of(approved), "Reviewer", until=datetime.date(2026, 11, 22))


def test_without_a_window_nothing_is_published_where_one_is_asked_for(approved: MeetingFolder) -> None:
    with pytest.raises(NotReleasableError, match="correction") as told:
        release(approved)
    assert "zhuzi window open ID" in told.value.cure
    assert not approved.public.exists()
    assert standing(approved, correction_days=10) == "approved, window to open"
    release(approved, days=0)
    assert approved.public.is_dir()


def test_an_open_window_keeps_a_record_until_its_last_day_ended_in_taipei(
    opened: MeetingFolder, at: Callable[..., None]
) -> None:
    for days in (10, 0):  # once opened, it counts, whatever is asked for
        at(DURING)
        with pytest.raises(NotReleasableError, match="open until 2026-12-07"):
            release(opened, days)
    assert standing(opened, correction_days=10) == "in the correction window"
    at(AFTER)
    assert standing(opened, correction_days=10) == "approved"
    release(opened)
    assert opened.public.is_dir()


def test_when_everybody_agreed_nobody_waits(opened: MeetingFolder) -> None:
    for one in (HOST, HIDDEN):
        view = look(opened, link_of(opened, one))
        mine.agree(opened, view, approval_of(view))
    with pytest.raises(NotReleasableError, match="2 of 3"):
        release(opened)
    view = look(opened, link_of(opened, UNRECORDED))
    mine.agree(opened, view, approval_of(view))
    release(opened)
    assert opened.public.is_dir()


def test_an_agreement_is_void_when_their_own_words_change_and_only_then(opened: MeetingFolder) -> None:
    agree_all(opened)
    assert windows.everybody_agreed(windows.of(opened), draft_of(opened))
    mine_ = next(s for s in draft_of(opened).record.statements if s.text.startswith("大家好"))
    review.decide(opened, "Reviewer", (Corrected(mine_.id, mine_.digest, "大家早，我是沈立言。"),))
    assert windows.agreed(windows.of(opened), draft_of(opened)) == {HIDDEN, UNRECORDED}
    review.approve(opened, "Reviewer")
    with pytest.raises(NotReleasableError, match="2 of 3"):
        release(opened)


def test_a_suggestion_that_nobody_answered_keeps_a_record_even_after_the_last_day(
    opened: MeetingFolder, at: Callable[..., None]
) -> None:
    number = suggest(opened, link_of(opened, HOST), Kind.OTHER, text="我的職稱改了")
    at(AFTER)
    for days in (10, 0):
        with pytest.raises(NotReleasableError, match="unanswered"):
            release(opened, days)
    assert standing(opened, correction_days=10) == "suggestions to answer"
    answers.refuse(opened, number, "Reviewer", "職稱以當天為準")
    release(opened)


def test_what_comes_while_it_is_scanned_stops_it(
    opened: MeetingFolder, at: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline import publish as publishing

    token = link_of(opened, HOST)
    at(AFTER)
    clean = publishing._clean

    def and_meanwhile(*given: object) -> None:
        at(DURING)
        suggest(opened, token, Kind.OTHER, text="等一下")
        at(AFTER)
        clean(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(publishing, "_clean", and_meanwhile)
    with pytest.raises(NotReleasableError, match="unanswered"):
        release(opened)
    assert not opened.public.exists()


def test_a_window_that_is_closed_early_does_not_count(opened: MeetingFolder, at: Callable[..., None]) -> None:
    with pytest.raises(RecordError):
        window_steps.close(opened, draft_of(opened), "Reviewer", "")
    assert window_steps.close(opened, draft_of(opened), "Reviewer", "wrong people") is Ending.CANCELLED
    at(AFTER)
    with pytest.raises(NotReleasableError):
        release(opened)
    window_steps.open_(opened, draft_of(opened), "Reviewer", days=1)


def test_a_window_is_closed_when_it_is_over_and_its_links_are_dead(
    opened: MeetingFolder, at: Callable[..., None]
) -> None:
    token = link_of(opened, HOST)
    at(AFTER)
    look(opened, token)
    assert window_steps.close(opened, draft_of(opened), "Reviewer", "") is Ending.OVER
    with pytest.raises(NotFoundError):
        look(opened, token)
    release(opened)


def test_a_window_closed_because_everybody_agreed_has_to_be_opened_again_if_the_text_changes(
    opened: MeetingFolder,
) -> None:
    agree_all(opened)
    assert window_steps.close(opened, draft_of(opened), "Reviewer", "") is Ending.AGREED
    first = draft_of(opened).record.statements[0]
    review.decide(opened, "Reviewer", (Corrected(first.id, first.digest, "大家早，我是沈立言。"),))
    review.approve(opened, "Reviewer")
    with pytest.raises(NotReleasableError, match="changed since"):
        release(opened)


def test_a_window_with_open_suggestions_is_not_closed(opened: MeetingFolder) -> None:
    suggest(opened, link_of(opened, HOST), Kind.OTHER, text="等一下")
    with pytest.raises(NotReleasableError):
        window_steps.close(opened, draft_of(opened), "Reviewer", "enough")


def test_the_last_day_is_moved_with_a_reason_and_links_follow(
    opened: MeetingFolder, at: Callable[..., None]
) -> None:
    token = link_of(opened, HOST)
    with pytest.raises(RecordError):
        window_steps.move(opened, "Reviewer", datetime.date(2027, 1, 15), " ")
    window_steps.move(opened, "Reviewer", datetime.date(2027, 1, 15), "somebody was ill")
    at(datetime.datetime(2027, 1, 15, 20, tzinfo=workdays.TAIPEI))
    view = look(opened, token)
    assert view.takes
    assert view.window.moved == "somebody was ill"
    window_steps.move(opened, "Reviewer", datetime.date(2027, 1, 15), "no change")
    at(datetime.datetime(2027, 1, 16, tzinfo=workdays.TAIPEI))
    with pytest.raises(NotReleasableError):
        window_steps.move(opened, "Reviewer", datetime.date(2027, 1, 20), "too late")


def test_a_meeting_says_how_many_days_it_needs_itself(
    recording: Path, hear: Callable[..., MeetingFolder]
) -> None:
    (recording.parent / "meeting.toml").write_text(f"correction_days = 0\n{MEETING}", encoding="utf-8")
    folder = hear()
    review.accept_proposed(folder, "Reviewer")
    assert windows.stage(None, draft_of(folder), 10) is Stage.NONE
    release(folder)


def test_who_does_not_speak_need_not_agree(opened: MeetingFolder) -> None:
    draft = draft_of(opened)
    assert [p.id for p in windows.taking_part(draft)] == [HOST, HIDDEN, UNRECORDED]


def test_without_anybody_on_the_list_nobody_agreed(
    recording: Path, hear: Callable[..., MeetingFolder]
) -> None:
    (recording.parent / "meeting.toml").write_text('title = "會議"', encoding="utf-8")
    folder = hear()
    review.accept_proposed(folder, "Reviewer")
    window_steps.open_(folder, draft_of(folder), "Reviewer", days=1)
    with pytest.raises(NotReleasableError, match="0 of 0"):
        release(folder)


def test_what_was_shown_is_kept_and_only_the_newest_of_it(opened: MeetingFolder) -> None:
    before = list(opened.window.parent.glob("shown-*.json"))
    assert len(before) == 1
    assert opened.window.parent.stat().st_mode & 0o777 == 0o700
    first = draft_of(opened).record.statements[0]
    review.decide(opened, "Reviewer", (Corrected(first.id, first.digest, "大家早，我是沈立言。"),))
    token = link_of(opened, HOST)
    assert look(opened, token).own[0].text == "大家好，我是沈立言。"  # nobody approved the other one yet
    review.approve(opened, "Reviewer")
    assert look(opened, token).own[0].text == "大家早，我是沈立言。"
    after = list(opened.window.parent.glob("shown-*.json"))
    assert len(after) == 1
    assert after != before
    assert parse(after[0].read_bytes()).approval == draft_of(opened).digest


def test_what_was_shown_is_noticed_if_it_is_changed(opened: MeetingFolder) -> None:
    token = link_of(opened, HOST)
    path = next(opened.window.parent.glob("shown-*.json"))
    path.write_bytes(path.read_bytes().replace("大家".encode(), "各位".encode()))
    with pytest.raises(StorageError):
        look(opened, token)


def test_a_changed_line_stops_everything(opened: MeetingFolder, at: Callable[..., None]) -> None:
    opened.window.write_bytes(opened.window.read_bytes().replace(b"2026-12-07", b"2026-11-24"))
    at(AFTER)
    with pytest.raises(LedgerError):
        release(opened)


def test_no_name_and_no_token_stands_in_what_is_kept_of_links(opened: MeetingFolder) -> None:
    tokens = [link_of(opened, one) for one in (HOST, HIDDEN, UNRECORDED)]
    kept = opened.window.read_text(encoding="utf-8")
    assert not [t for t in tokens if t in kept]
    assert not [s for s in SECRETS if s in kept]


def test_the_command_line_goes_the_whole_way(
    approved: MeetingFolder,
    at: Callable[..., None],
    zhuzi: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ZHUZI_CORRECTION_DAYS", "10")
    by = ("--reviewer", "Reviewer")
    assert "zhuzi window open" in zhuzi("release", approved.id).stderr
    assert zhuzi("window", "open", approved.id, *by).exit_code == 0
    shown = zhuzi("window", "link", approved.id, HOST, *by)
    token = shown.stdout.partition("/mine/")[2].split()[0]
    number = suggest(
        approved, token, Kind.TEXT, look(approved, token).own[0].statement_id, "大家早，我是沈立言。"
    )
    assert "suggestions to answer" in zhuzi("status").stdout
    assert "大家早" in zhuzi("window", "list", approved.id).stdout
    assert zhuzi("window", "answer", approved.id, number, *by).exit_code == 2
    assert zhuzi("window", "answer", approved.id, number, "--accept", *by).exit_code == 0
    assert zhuzi("review", approved.id, "--approve", *by).exit_code == 0
    assert zhuzi("release", approved.id).exit_code == NotReleasableError.exit_code
    assert zhuzi("window", "unlink", approved.id, HOST, *by).exit_code == 0
    with pytest.raises(NotFoundError):
        look(approved, token)
    moved = zhuzi("window", "move", approved.id, "--until", "2026-11-23", "--reason", "all were told", *by)
    assert moved.exit_code == 0
    at(OPENED + datetime.timedelta(days=1))
    assert zhuzi("window", "close", approved.id, *by).exit_code == 0
    assert zhuzi("release", approved.id).exit_code == 0


def test_a_setting_that_is_no_number_is_told(
    zhuzi: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHUZI_CORRECTION_DAYS", "soon")
    assert "ZHUZI_CORRECTION_DAYS" in zhuzi("status").stderr


def test_a_wish_is_only_a_wish(opened: MeetingFolder) -> None:
    number = suggest(opened, link_of(opened, HOST), Kind.ANONYMOUS)
    with pytest.raises(RecordError):
        accept(opened, number, wish=Wish.NAMED)


def test_many_at_once_lose_nothing_and_one_suggestion_has_one_answer(opened: MeetingFolder) -> None:
    tokens = [link_of(opened, one) for one in (HOST, HIDDEN)]
    views = [look(opened, token) for token in tokens]

    def remark(n: int) -> None:
        view = views[n % 2]
        mine.suggest(opened, view, approval_of(view), Kind.OTHER, text=f"意見 {n}")

    def correct(n: int) -> None:
        first = draft_of(opened).record.statements[n % 2]
        with contextlib.suppress(NotFoundError, BusyError):  # somebody else was quicker, and is told so
            review.decide(opened, f"Reviewer {n}", (Corrected(first.id, first.digest, f"{first.text}{n}"),))

    with ThreadPoolExecutor(8) as pool:
        done = [pool.submit(remark, n) for n in range(12)] + [pool.submit(correct, n) for n in range(4)]
    assert [one.exception() for one in done] == [None] * 16
    window = windows.of(opened)
    assert window is not None
    assert {s.asked.text for s in window.suggestions} == {f"意見 {n}" for n in range(12)}
    number = window.suggestions[0].number
    with ThreadPoolExecutor(6) as pool:
        tried = [pool.submit(answers.refuse, opened, number, f"R{n}", "no") for n in range(6)]
    assert [type(one.exception()) for one in tried].count(BusyError) == 5
    assert [one.exception() for one in tried].count(None) == 1

"""What is logged: events with ids, numbers and words of the program; nothing that anybody said gets through."""

from __future__ import annotations

import json
import logging
import re
import threading
import warnings
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import log, review
from pipeline.folder import MeetingFolder
from pipeline.outside import events
from pipeline.outside.events import Event, event
from pipeline.outside.telling import Telling
from pipeline.room.accounts import Role
from pipeline.room.app import create
from pipeline.room.tokens import Scope
from pipeline.settings import Settings
from speakers.error import RecordError
from tests.conftest import SECRETS
from tests.room.conftest import Browser
from tests.room.test_routes import routes

MEETING = "0f3a9c27d1b4"


@pytest.fixture
def begun(data: Path) -> Iterator[Callable[..., Path]]:
    """Begin to log; where the lines go."""
    ends: list[Callable[[], None]] = []

    def begin(**given: Any) -> Path:
        ends.append(events.begin(Telling(**given), data, "serve"))
        return data / "log" / "serve.log"

    yield begin
    for end in ends:
        end()


def fail(error: Exception) -> None:
    raise error


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_an_event_is_one_json_line_with_its_moment_and_values(begun: Callable[..., Path]) -> None:
    path = begun()
    event(Event.MEETING, meeting=MEETING, old="approved", new="released", seconds=1.5)
    (line,) = lines(path)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT.*Z", line.pop("at"))
    assert line == {
        "event": "meeting.changed",
        "level": "info",
        "meeting": MEETING,
        "old": "approved",
        "new": "released",
        "seconds": 1.5,
    }
    assert path.stat().st_mode & 0o077 == 0


def test_words_of_anybody_are_refused_where_they_are_written(begun: Callable[..., Path]) -> None:
    path = begun()
    for secret in SECRETS:
        for field in ("meeting", "where", "kind", "old", "route", "job", "anything", "frames", "library"):
            with pytest.raises(TypeError) as refused:
                event(Event.ERROR, **{field: secret})
            assert secret not in str(refused.value)
    assert path.read_text("utf-8") == ""


@given(st.text(min_size=1), st.sampled_from(["old", "where", "said"]))
def test_a_text_is_refused_unless_it_is_a_word_of_the_program(text: str, field: str) -> None:
    if events.is_word(text):
        return
    with pytest.raises(TypeError):
        event(Event.ERROR, **{field: text})


@pytest.mark.parametrize("value", [SECRETS, {"name": SECRETS[0]}, SECRETS[0].encode(), Exception(SECRETS[0])])
def test_what_is_no_plain_value_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        event(Event.ERROR, seconds=value)


def test_other_libraries_are_named_and_not_quoted(
    begun: Callable[..., Path], capfd: pytest.CaptureFixture[str]
) -> None:
    path = begun(level="debug")
    for name in ("faster_whisper", "dbos", "uvicorn.error", "uvicorn.access", "sqlalchemy.engine", "new.one"):
        logger = logging.getLogger(name)
        logger.warning("heard %s", SECRETS[0], extra={"said": SECRETS[1]})
        try:
            fail(ValueError(SECRETS[2]))
        except ValueError:
            logger.exception(SECRETS[3])
    warnings.simplefilter("always")
    warnings.warn(SECRETS[4], stacklevel=1)
    thread = threading.Thread(target=lambda: [][int(SECRETS[0])], name=SECRETS[0])  # type: ignore[call-overload]  # it is to fail
    thread.start()
    thread.join()
    out = capfd.readouterr()
    told = path.read_text("utf-8") + out.out + out.err
    assert not [secret for secret in SECRETS if secret in told]
    found = lines(path)
    assert {"faster_whisper", "other", "py", "uvicorn"} <= {line.get("library") for line in found}
    assert "ValueError" in {line.get("kind") for line in found}
    assert found[-1]["where"] == "thread"


def test_what_an_error_says_is_not_logged_but_where_it_was(begun: Callable[..., Path], data: Path) -> None:
    path = begun()
    try:
        fail(RuntimeError(SECRETS[0]))
    except RuntimeError as error:
        log.write(data / "error.log", "stage decode", error)
        log.write(data / "error.log", SECRETS[0], error)
    first, second = lines(path)
    assert (first["where"], first["kind"], second["where"]) == ("stage decode", "RuntimeError", "elsewhere")
    assert re.fullmatch(r"test_events.py:\d+ test_events.py:\d+", first["frames"])
    assert SECRETS[0] not in path.read_text("utf-8")


def test_text_goes_to_standard_error(begun: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    path = begun(log="text")
    event(Event.JOB, job="j0123456789abcdef", new="done")
    said = capsys.readouterr().err
    assert re.fullmatch(r"at=\S+ level=info event=job.changed job=j0123456789abcdef new=done\n", said)
    assert not path.exists()


def test_a_level_holds_back_what_weighs_less(begun: Callable[..., Path]) -> None:
    path = begun(level="warning")
    event(Event.MEETING, meeting=MEETING)
    event(Event.ERROR, level=logging.ERROR, where="work")
    assert [line["event"] for line in lines(path)] == ["error"]


@pytest.mark.parametrize("given", [{"log": "xml"}, {"level": "loud"}])
def test_a_setting_that_makes_no_sense_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(RecordError):
        Telling(**given)  # type: ignore[arg-type]  # what a person may write


def test_every_page_of_the_room_can_be_named_in_a_line(settings: Settings) -> None:
    for route in routes(create(settings)):
        assert events.is_id("route", route.path), route.path


def test_nothing_that_is_asked_of_the_room_gets_into_the_log(
    begun: Callable[..., Path], reviewer: Browser, browser: Callable[[], Browser], job: MeetingFolder
) -> None:
    path = begun(level="debug")
    room = reviewer.app.state.room  # type: ignore[attr-defined]  # Starlette's
    token, _ = room.tokens.make(1, frozenset(Role), [Scope.READ])
    program = {"authorization": f"Bearer {token}"}
    for secret in SECRETS:
        reviewer.get("/", params={"q": secret})
        reviewer.get(f"/meetings/{job.id}/statements", headers={"user-agent": "x", "referer": "http://x/"})
        reviewer.post(f"/meetings/{job.id}/search", json={"words": secret})
        browser().post("/sign-in", data={"name": secret, "password": secret * 3})
        browser().get(f"/mine/{token}", headers={"cookie": f"zhuzi={token}"})
        browser().get(f"/api/v1/meetings/{job.id}/record", headers=program)
        browser().get(f"/{token}/{job.id}")
    room.notifier.look(30)
    review.accept_proposed(job, SECRETS[3])
    room.notifier.look(30)
    told = path.read_text("utf-8")
    assert not [one for one in (*SECRETS, token, "林審閱", "testclient") if one in told]
    found = lines(path)
    assert {"/", "/meetings/{meeting_id}/search", "/sign-in", "/mine/{token}"} <= {
        x.get("route") for x in found
    }
    assert {"meeting": job.id, "old": "awaiting review", "new": "approved"}.items() <= next(
        x.items() for x in found if x["event"] == "meeting.changed"
    )


def write_many(data: Path, most: int, count: int) -> None:
    events.MOST_BYTES = most
    end = events.begin(Telling(), data, "worker")
    for _ in range(count):
        event(Event.MEETING, meeting=MEETING, new="released")
    end()


def test_several_processes_share_a_file_that_is_put_away_when_it_is_long(data: Path) -> None:
    context = get_context("spawn")
    several = [context.Process(target=write_many, args=(data, 40_000, 400)) for _ in range(3)]
    for one in several:
        one.start()
    for one in several:
        one.join(60)
        assert one.exitcode == 0
    files = sorted((data / "log").glob("worker.log*"))
    files = [path for path in files if not path.name.endswith(".lock")]
    assert len(files) > 1
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)
    assert sum(len(lines(path)) for path in files) == 1200

"""The Python API: the example of its paper runs, and its answers are those of the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from pipeline.api import Zhuzi, common
from pipeline.folder import MeetingFolder
from pipeline.registrar import Change
from pipeline.settings import settings
from speakers.error import NotFoundError, NotReleasableError, RecordError, RecordingError
from speakers.meeting import Wish
from tests.engines import scripted
from tests.test_docs import DOCS, blocks
from tests.working import Working

EXAMPLE = [block for paper, block in blocks("python") if paper == "api.md"]


@pytest.fixture
def api(data: Path, monkeypatch: pytest.MonkeyPatch, calls: Path) -> Zhuzi:
    """The API of the tests' data directory, with scripted engines."""
    monkeypatch.setenv("ZHUZI_CORRECTION_DAYS", "0")
    monkeypatch.setattr("pipeline.engines.engines", lambda _: scripted.engines(calls))
    monkeypatch.setattr(common, "Jobs", Working)
    return Zhuzi(data)


def test_the_example_of_the_paper_runs(
    api: Zhuzi, data: Path, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(recording.parent)
    names: dict[str, object] = {}
    text = "\n".join(EXAMPLE).replace("/srv/zhuzi", str(data))
    assert "approve" in text
    try:
        exec(compile(text, "docs/api.md", "exec"), names)  # noqa: S102 - the project's own paper
    finally:
        made = names.get("zhuzi")
        if isinstance(made, Zhuzi) and isinstance(made._jobs, Working):
            made._jobs.close()
    assert (data / "meetings").is_dir()


def test_every_method_stands_in_the_paper() -> None:
    methods = {name for name in dir(Zhuzi) if not name.startswith("_")} - {"data"}
    paper = (DOCS / "api.md").read_text("utf-8")
    table = paper.partition("| methods |")[2].partition("\n\n")[0]
    assert {one for one in methods if f"`{one}`" not in table} == set()


def test_what_it_answers_is_what_the_commands_do(
    api: Zhuzi, zhuzi: Callable[..., Result], job: MeetingFolder
) -> None:
    def said(*typed: object) -> object:
        return json.loads(zhuzi(*typed, "--json").output)

    assert {"jobs": [], **api.meetings()} == said("status")
    assert api.show(job.id) == said("show", job.id)
    assert api.risk(job.id) == said("risk", job.id)
    assert api.suggestions(job.id) == said("suggestions", job.id)
    assert api.window(job.id) == said("window", "list", job.id)
    assert api.people() == said("register", "list")
    (person,) = api.people()["people"]
    assert api.person(person["id"]) == said("register", "show", person["id"])
    assert api.models() == said("models", "list")
    assert api.verify_audit() == said("audit", "verify")
    assert api.audit() == said("audit", "show")
    assert {f["name"] for f in api.doctor()["findings"]} >= {"disk", "consent register"}
    assert {row["entry"] for row in api.register_uses()["log"]} == {person["id"]}
    values = api.review(job.id, "Reviewer")
    assert values == said("review", job.id, "--reviewer", "Reviewer")


def test_a_decision_about_another_draft_is_refused(api: Zhuzi, job: MeetingFolder) -> None:
    with pytest.raises(NotReleasableError):
        api.review(job.id, "Reviewer", digest="0" * 64, names=["S1=p1"])


def test_a_correction_window_is_opened_answered_and_closed(api: Zhuzi, approved: MeetingFolder) -> None:
    assert api.open_window(approved.id, "Reviewer", days=3)["window"]["stage"] == "open"
    assert "/mine/" in api.link(approved.id, "Reviewer", "p1")["link"]
    assert api.unlink(approved.id, "Reviewer", "p1")["participant"] == "p1"
    with pytest.raises(NotFoundError):
        api.answer(approved.id, 1, "Reviewer", "refuse", reason="no")
    assert api.close_window(approved.id, "Reviewer", "it is a test")["ending"]


def test_a_person_of_the_register_is_changed_and_deleted(api: Zhuzi) -> None:
    text = '[[participants]]\nname = "游品妤"\nwish = "anonymous"\n'
    (person,) = api.add_people(text, "Reviewer")["people"]
    changed = api.change_person(person["id"], Change(Wish("not named")), "Reviewer")
    assert changed["wish"] == "not named"
    again = api.change_person(person["id"], Change(), "Reviewer", text.replace("品妤", "品予"))
    assert again["aliases"] == 1, "the old name is looked for still"
    assert api.remove_person(person["id"]) == {"removed": person["id"], "used_in": []}


def test_what_is_no_recording_is_refused_and_nothing_stays(api: Zhuzi, tmp_path: Path, data: Path) -> None:
    path = tmp_path / "letter.wav"
    path.write_text("no sound")
    with pytest.raises(RecordingError):
        api.submit(path)
    assert not list((data / "work" / ".arriving").glob("in-*"))
    assert not (data / "uploads").exists()
    assert api.jobs() == {"jobs": []}


def test_what_is_handed_in_twice_is_one_job_of_its_office(
    data: Path, recording: Path, zhuzi: Callable[..., Result]
) -> None:
    api = Zhuzi(data)
    job = api.submit(recording, office="archive", backlog=True)
    assert (job["office"], job["backlog"], job["state"]) == ("archive", True, "waiting")
    assert api.submit(str(recording), recording.parent / "meeting.toml") == job
    assert api.jobs() == {"jobs": [job]}
    stopped = json.loads(zhuzi("cancel", job["id"], "--json").output)
    assert stopped == api.job(job["id"])
    assert api.submit(recording)["state"] == "waiting", "one that was cancelled is begun again"


def test_its_settings_are_those_of_the_environment(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHUZI_APPROVERS", "2")
    monkeypatch.setenv("ZHUZI_DATA", str(data))
    assert Zhuzi().settings == settings(data)
    assert Zhuzi().settings.approvers == 2
    with pytest.raises(RecordError):
        Zhuzi("")

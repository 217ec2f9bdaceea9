"""The command line: one object with --json, documented exit codes, and no command that undoes another."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import Result

from pipeline import cli, review
from pipeline.finding import Finding
from pipeline.folder import MeetingFolder
from pipeline.meeting_template import TEMPLATE
from pipeline.meeting_toml import read
from redaction import ledger
from redaction.decision import Absent, Added, Corrected, Decided, Merged, Named, Verdict
from speakers import error
from tests.conftest import MEETING, SECRETS, finishes, one_object

Zhuzi = Callable[..., Result]


def test_every_error_has_an_exit_code_of_its_own() -> None:
    kinds = error.ZhuziError.__subclasses__()
    codes = [kind.exit_code for kind in kinds]
    assert len(set(codes)) == len(codes)
    assert not {0, 1, 2, 130} & set(codes)


def test_the_way_of_a_recording(zhuzi: Zhuzi, recording: Path, data: Path) -> None:
    ran = one_object(zhuzi("run", recording, "--json").stdout)
    assert (ran["state"], set(ran["seconds"])) == (
        "awaiting review",
        {"decode", "transcribe", "diarize", "attribute"},
    )
    folder = MeetingFolder(Path(ran["folder"]))
    for arguments in (("show", folder.id[:4]), ("status",), ("status", folder.id)):
        assert folder.id in zhuzi(*arguments).stdout or arguments[0] == "show"
        one_object(zhuzi(*arguments, "--json").stdout)
    refused = zhuzi("release", folder.id, "--json")
    assert (refused.exit_code, one_object(refused.stdout)["exit_code"]) == (6, 6)
    assert not folder.public.exists()
    reviewed = zhuzi("review", folder.id, "--reviewer", "R", "--accept", "proposed", "--json")
    assert one_object(reviewed.stdout)["state"] == "approved"
    released = one_object(zhuzi("release", folder.id, "--json").stdout)
    assert released["approval"] == one_object(reviewed.stdout)["digest"]
    assert set(released["files"]) == {p.name for p in folder.public.iterdir()}
    assert one_object(zhuzi("status", "--json").stdout)["meetings"][0]["state"] == "released"
    assert zhuzi("release", folder.id).exit_code == 0
    one_object(zhuzi("run", recording, "--json").stdout)
    assert set(finishes(folder).values()) == {1}


def test_new_writes_a_template_and_never_overwrites(zhuzi: Zhuzi, recording: Path) -> None:
    path = recording.with_name("meeting.toml")
    refused = zhuzi("new", recording, "--json")
    assert (refused.exit_code, one_object(refused.stdout)["exit_code"]) == (4, 4)
    assert path.read_text("utf-8") == MEETING
    path.unlink()
    assert one_object(zhuzi("new", recording, "--json").stdout) == {"meeting": str(path)}
    assert path.read_text("utf-8") == TEMPLATE
    assert read(path).participants == ()


def test_half_a_template_is_not_left(zhuzi: Zhuzi, recording: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = recording.with_name("meeting.toml")
    path.unlink()

    def full(self: Path, text: str, **options: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", full)
        refused = zhuzi("new", recording)
    assert (refused.exit_code, path.exists()) == (9, False)
    assert zhuzi("new", recording).exit_code == 0


def test_options_become_acts(zhuzi: Zhuzi, undecided: MeetingFolder) -> None:
    draft = review.draft_of(undecided)
    first, second, *_ = draft.undecided
    done = zhuzi(
        "review", undecided.id, "--reviewer", "R", "--json",
        "--name", "s1=P1", "--merge", "S3=S1", "--absent", "p3",
        "--correct", "a1", "大家早。", "--hide", "a2", "臺北",
        "--mask", first.id, "--keep", second.id, "already public",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    statement = draft.record.statements[0]
    at = draft.record.statements[1].text.index("臺北")
    assert [entry.act for entry in ledger.read(undecided.ledger)] == [
        Named(review.voice("S1"), "p1"),
        Merged(review.voice("S3"), review.voice("S1")),
        Absent("p3"),
        Corrected("a1", statement.digest, "大家早。"),
        Added("a2", at, at + 2, "", draft.record.statements[1].digest),
        Decided(first.id, Verdict.MASK),
        Decided(second.id, Verdict.KEEP, "already public"),
    ]
    assert {entry.how for entry in ledger.read(undecided.ledger)} == {"by option"}


WRONG = (
    ("--name", "蔡佩珊"),
    ("--merge", "S3 S1"),
    ("--name", "S9=p1"),
    ("--absent", "蔡佩珊"),
    ("--mask", "蔡佩珊"),
    ("--correct", "蔡佩珊", "x"),
    ("--hide", "a1", "蔡佩珊"),
    ("--hide", "a1", ""),
    ("--keep", "m1", " "),
)


def test_wrong_options_record_nothing_and_repeat_no_name(zhuzi: Zhuzi, undecided: MeetingFolder) -> None:
    for option in WRONG:
        result = zhuzi("review", undecided.id, "--reviewer", "R", "--json", *option)
        assert result.exit_code in {8, 12}
        assert one_object(result.stdout)["exit_code"] == result.exit_code
        assert not [name for name in SECRETS if name in result.output]
        assert not undecided.ledger.exists()


def test_the_terminal_stops_where_nobody_answers(zhuzi: Zhuzi, undecided: MeetingFolder) -> None:
    result = zhuzi("review", undecided.id, "--reviewer", "R", input="")
    assert result.exit_code == 0
    assert "Stopped. What you decided is kept" in result.stdout
    assert not undecided.ledger.exists()


@pytest.mark.parametrize(
    "arguments",
    [("nosuch",), ("run",), ("run", "--nosuch"), ("review", "x"), ("review", "x", "--reviewer", "R", "--accept", "all"),
     ("models", "nosuch"), ("show", "a", "b")],
)  # fmt: skip
def test_wrong_usage_is_exit_code_2_and_an_object(zhuzi: Zhuzi, arguments: tuple[str, ...]) -> None:
    result = zhuzi(*arguments, "--json")
    assert result.exit_code == 2
    said = one_object(result.stdout)
    assert said["exit_code"] == 2
    assert said["cure"].endswith("--help")
    assert zhuzi(*arguments).stdout == ""


def _commands(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, *path, name)
        else:
            yield (*path, name)


@pytest.mark.parametrize("path", tuple(_commands(cli.main)), ids=" ".join)
def test_every_command_has_help_and_json_and_data(zhuzi: Zhuzi, path: tuple[str, ...]) -> None:
    result = zhuzi(*path, "--help")
    assert result.exit_code == 0
    for option in ("--json", "--data"):
        assert option in result.stdout


def test_scan_says_clean_or_where(zhuzi: Zhuzi, approved: MeetingFolder, tmp_path: Path) -> None:
    assert zhuzi("release", approved.id).exit_code == 0
    toml = approved.meeting_toml
    clean = zhuzi("scan", approved.public, "--meeting", toml)
    assert (clean.exit_code, clean.stderr) == (0, "")
    assert one_object(zhuzi("scan", approved.public, "--meeting", toml, "--json").stdout)["clean"] is True
    (tmp_path / "dirty").mkdir()
    (tmp_path / "dirty" / "x.txt").write_text("她是毛毛媽。", encoding="utf-8")
    dirty = zhuzi("scan", tmp_path / "dirty", "--meeting", toml)
    assert dirty.exit_code == 7
    assert dirty.stderr == "Error: 1 places give somebody away. Do not publish this.\n"
    assert "x.txt line 1" in dirty.stdout
    as_object = zhuzi("scan", tmp_path / "dirty", "--meeting", toml, "--json")
    assert (as_object.exit_code, one_object(as_object.stdout)["clean"]) == (7, False)
    assert not [name for name in SECRETS if name in dirty.output + as_object.output]
    missing = zhuzi("scan", tmp_path / "none", "--meeting", toml, "--json")
    assert (missing.exit_code, one_object(missing.stdout)["exit_code"]) == (8, 8)


def test_scan_takes_a_meeting_by_its_id_several_paths_and_numbers(
    zhuzi: Zhuzi, approved: MeetingFolder, tmp_path: Path
) -> None:
    assert zhuzi("release", approved.id).exit_code == 0
    (tmp_path / "x.txt").write_text("打 0912-345-678", encoding="utf-8")
    paths = (approved.public, tmp_path / "x.txt")
    clean = zhuzi("scan", *paths, "--meeting", approved.id)
    assert (clean.exit_code, clean.stderr) == (0, "")
    dirty = zhuzi("scan", *paths, "--meeting", approved.id, "--numbers")
    assert (dirty.exit_code, dirty.stdout) == (7, "2: x.txt line 1: a way to reach somebody (telephone)\n")
    assert zhuzi("scan", *paths).exit_code == 4


@pytest.mark.parametrize(("ok", "exit_code"), [(True, 0), (False, 5)])
def test_models_verify_answers_with_one_object(
    zhuzi: Zhuzi, monkeypatch: pytest.MonkeyPatch, ok: bool, exit_code: int
) -> None:
    found = (Finding("m", ok, False, "It is so.", "" if ok else "Fetch it again."),)
    monkeypatch.setattr("pipeline.models.verify", lambda *_: found)
    monkeypatch.setattr("pipeline.models.status", lambda _: ())
    result = zhuzi("models", "verify", "m", "--json")
    assert (result.exit_code, one_object(result.stdout)["ok"]) == (exit_code, ok)
    assert zhuzi("models", "verify", "m").exit_code == exit_code
    monkeypatch.setattr("pipeline.models.verify", lambda *_: ())
    none = zhuzi("models", "verify", "--json")
    assert (none.exit_code, one_object(none.stdout)["exit_code"]) == (5, 5)


def test_doctor_and_models_list_answer_with_one_object(zhuzi: Zhuzi, tmp_path: Path) -> None:
    assert one_object(zhuzi("models", "list", "--json").stdout)["models"]
    sick = zhuzi("doctor", "--json", env={"ZHUZI_MODELS": str(tmp_path / "none")})
    assert (sick.exit_code, one_object(sick.stdout)["ok"]) == (8, False)


def test_progress_is_lines_where_nobody_looks(zhuzi: Zhuzi, recording: Path) -> None:
    result = zhuzi("run", recording)
    assert re.search(r"^  decode", result.stderr, re.MULTILINE)
    assert all(line.startswith("  ") for line in result.stderr.splitlines())


def test_a_statement_is_not_corrected_and_hidden_in_at_once(zhuzi: Zhuzi, undecided: MeetingFolder) -> None:
    """The words to hide are those of before the correction: the mark would be about a text that is gone."""
    options = ("--correct", "a1", "大家早，我是沈立言。", "--hide", "a1", "大家")
    refused = zhuzi("review", undecided.id, "--reviewer", "R", *options)
    assert refused.exit_code == 12
    assert not undecided.ledger.exists()


def test_a_release_says_what_was_hidden_and_that_it_was_scanned(
    approved: MeetingFolder, zhuzi: Callable[..., Result]
) -> None:
    said = zhuzi("release", approved.id)
    assert said.exit_code == 0, said.output
    assert "Hidden in the text: " in said.stdout
    assert " × name" in said.stdout
    assert "Leak scan of every file: clean." in said.stdout
    assert re.search(r"Replaced in the sound: [1-9]\d*\.\d s\.", said.stdout)
    assert said.stdout.rstrip().endswith(str(approved.public))


def test_who_is_not_recorded_is_said_to_be_named_all_the_same(recording: Path, zhuzi: Zhuzi) -> None:
    said = zhuzi("run", recording)
    assert said.exit_code == 0, said.output
    (line,) = (line for line in said.stdout.split("\n") if "still publishes their name" in line)
    assert "p3" in line
    assert "林志明" not in line

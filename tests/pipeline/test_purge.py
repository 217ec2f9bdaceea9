"""Erasing: what is due or named, never what is held, at work or unreleased; certified, and finished after a kill."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from pipeline import register, review, status, window_steps
from pipeline.audit import verify
from pipeline.digest import sha256_of
from pipeline.folder import MeetingFolder, write_atomically
from pipeline.keeping import certificates, erase, holds, plan
from pipeline.keeping.certificates import Step
from pipeline.keeping.kinds import Kind, erased
from pipeline.keeping.plan import Wanted
from pipeline.lock import alone
from pipeline.publish import publish
from pipeline.settings import settings
from speakers.error import KeepingError, LedgerError, StorageError
from tests.conftest import ROOT, SECRETS, assert_told, one_object, write_wave
from tests.engines import scripted

Zhuzi = Callable[..., Result]

ALL = [k.value for k in Kind]


@pytest.fixture
def released(approved: MeetingFolder) -> MeetingFolder:
    publish(approved, listener=scripted.ScriptedTranscriber)
    return approved


def purge(zhuzi: Zhuzi, *arguments: object) -> dict[str, Any]:
    result = zhuzi("purge", *arguments, "--json")
    assert result.exit_code in {0, KeepingError.exit_code}, result.output
    return one_object(result.stdout)


def erase_by_hand(zhuzi: Zhuzi, folder: MeetingFolder, *kinds: str) -> dict[str, Any]:
    named = [part for kind in kinds for part in ("--kind", kind)]
    return purge(zhuzi, folder.id, *named, "--erase", "--yes", "--by", "Keeper")


def tree(root: Path) -> set[str]:
    return {str(p.relative_to(root)) for p in root.rglob("*") if p.is_file() and p.suffix != ".lock"}


def age(folder: MeetingFolder, days: int) -> None:
    """Make every file of a meeting that much older."""
    then = datetime.datetime.now().timestamp() - days * 86_400
    for path in [folder.root, *folder.root.rglob("*")]:
        os.utime(path, (then, then))


def rule(data: Path, text: str) -> None:
    (data / "retention.toml").write_text(text, "utf-8")


def test_without_rules_nothing_is_ever_due(zhuzi: Zhuzi, released: MeetingFolder) -> None:
    age(released, 10_000)
    before = tree(released.root)
    assert purge(zhuzi, "--due", "--erase", "--yes")["items"] == []
    assert tree(released.root) == before


def test_looking_erases_nothing_and_says_what_would_go(
    zhuzi: Zhuzi, released: MeetingFolder, data: Path
) -> None:
    before = tree(data)
    shown = purge(zhuzi, released.id, "--kind", "original")
    assert not shown["erased"]
    assert [(i["kind"], i["count"], i["refused"]) for i in shown["items"]] == [("original", 1, "")]
    assert shown["items"][0]["bytes"] == released.original.stat().st_size
    assert tree(data) == before


def test_a_kind_is_due_so_many_days_after_its_event(
    zhuzi: Zhuzi, released: MeetingFolder, data: Path
) -> None:
    rule(data, '[original]\ndays = 30\nafter = "taken"\n[sound]\ndays = 60\nafter = "taken"\n')
    age(released, 29)
    assert purge(zhuzi)["items"] == []
    age(released, 31)
    assert [i["kind"] for i in purge(zhuzi, "--erase", "--yes")["items"]] == ["original"]
    assert not list((released.root / "original").iterdir())
    assert (released.root / "10-sound.wav").exists()


def test_released_counts_from_the_release_and_not_from_the_files(
    zhuzi: Zhuzi, released: MeetingFolder, data: Path
) -> None:
    rule(data, "[original]\ndays = 1\n")
    age(released, 400)
    assert purge(zhuzi)["items"] == []
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=2)
    assert [i.kind for i in plan.plan(settings(data), Wanted(), later)] == [Kind.ORIGINAL]


@pytest.mark.parametrize(
    "text",
    [
        "[recordings]\ndays = 1\n",
        "[original]\ndays = -1\n",
        "[original]\ndays = true\n",
        '[original]\ndays = "30"\n',
        "[original]\n",
        '[original]\ndays = 1\nafter = "never"\n',
        '[jobs]\ndays = 1\nafter = "released"\n',
        "[original]\ndays = 1\nmonths = 2\n",
        "original = 3\n",
        "[original",
        "\x00",
    ],
)
def test_a_rule_that_nobody_understands_makes_nothing_due(
    zhuzi: Zhuzi, released: MeetingFolder, data: Path, text: str
) -> None:
    rule(data, text)
    before = tree(released.root)
    assert_told(zhuzi("purge", "--erase", "--yes"), KeepingError)
    assert tree(released.root) == before


def test_what_was_erased_is_told_and_is_not_taken_for_damage(zhuzi: Zhuzi, released: MeetingFolder) -> None:
    erase_by_hand(zhuzi, released, "original", "sound")
    row = status.details(released, 1)
    assert row["state"] == "released"
    assert [e["kind"] for e in row["erased"]] == ["original", "sound"]
    said = zhuzi("status", released.id).stdout
    assert "The original was erased on" in said
    assert "named by hand" in said
    assert all(one.error is None for one in verify(released.root.parent.parent))
    again = zhuzi("release", released.id)
    assert_told(again, KeepingError, "was erased on")


def test_an_erased_draft_leaves_what_is_public_and_says_so(zhuzi: Zhuzi, released: MeetingFolder) -> None:
    public = tree(released.public)
    erase_by_hand(zhuzi, released, "draft", "ledger", "window", "withdrawn")
    assert tree(released.public) == public
    assert status.details(released, 1)["state"] == "released, draft erased"
    for command in (("show", released.id), ("review", released.id, "--reviewer", "A", "--approve")):
        assert_told(zhuzi(*command), KeepingError, "draft of meeting")
    assert zhuzi("audit", "verify").exit_code == 0


def test_the_ledger_does_not_go_before_the_draft_that_it_decides(
    zhuzi: Zhuzi, released: MeetingFolder
) -> None:
    shown = erase_by_hand(zhuzi, released, "ledger")
    assert "without its decisions" in shown["items"][0]["refused"]
    assert released.ledger.exists()


def test_the_same_file_dropped_again_is_worked_on_as_if_new(
    zhuzi: Zhuzi, released: MeetingFolder, recording: Path, hear: Callable[..., MeetingFolder]
) -> None:
    erase_by_hand(zhuzi, released, "original", "sound", "draft")
    assert sorted(erased(released.manifest())) == ["draft", "original", "sound"]
    again = hear()
    assert again.root == released.root
    assert erased(again.manifest()) == {}
    assert again.original.read_bytes() == recording.read_bytes()
    assert status.details(again, 1)["state"] == "released"
    assert review.draft_of(again).approvals


def test_a_whole_meeting_goes_with_what_is_public_and_can_come_back(
    zhuzi: Zhuzi, released: MeetingFolder, recording: Path, data: Path
) -> None:
    erase_by_hand(zhuzi, released, "meeting")
    assert not released.root.exists()
    assert not list((data / "keeping" / "erasing").iterdir())
    assert zhuzi("audit", "verify").exit_code == 0
    back = zhuzi("run", recording, "--json")
    assert back.exit_code == 0, back.output
    assert any("was erased on" in w for w in one_object(back.stdout)["warnings"])


def test_what_is_not_released_goes_only_where_somebody_says_so(
    zhuzi: Zhuzi, job: MeetingFolder, data: Path
) -> None:
    rule(data, '[original]\ndays = 0\nafter = "taken"\n')
    before = tree(job.root)
    assert "not released" in purge(zhuzi, "--due", "--erase", "--yes")["items"][0]["refused"]
    assert "not released" in purge(zhuzi, "--even-unreleased", "--erase", "--yes")["items"][0]["refused"]
    assert "not released" in erase_by_hand(zhuzi, job, "original")["items"][0]["refused"]
    assert tree(job.root) == before
    shown = purge(zhuzi, job.id, "--kind", "original", "--even-unreleased", "--erase", "--yes")
    assert shown["items"][0]["certificates"] == [0]
    assert not list((job.root / "original").iterdir())


def test_altered_public_files_count_as_not_released(zhuzi: Zhuzi, released: MeetingFolder) -> None:
    released.public.chmod(0o755)
    (released.public / "more.txt").write_text("x")
    assert "not released" in erase_by_hand(zhuzi, released, "original")["items"][0]["refused"]


def test_a_damaged_ledger_keeps_everything(zhuzi: Zhuzi, released: MeetingFolder) -> None:
    released.ledger.write_bytes(released.ledger.read_bytes()[10:])
    before = tree(released.root)
    for kinds in (("original",), ("draft", "ledger"), ("meeting",)):
        assert all(i["refused"] for i in erase_by_hand(zhuzi, released, *kinds)["items"])
    assert tree(released.root) == before


def test_an_open_correction_window_keeps_everything(zhuzi: Zhuzi, released: MeetingFolder) -> None:
    window_steps.open_(released, review.draft_of(released), "A", days=10)
    assert "correction window is open" in erase_by_hand(zhuzi, released, "window")["items"][0]["refused"]


def test_a_meeting_that_is_being_worked_on_is_left_alone(zhuzi: Zhuzi, released: MeetingFolder) -> None:
    with alone(released.root, lambda: None):
        shown = erase_by_hand(zhuzi, released, "original")
    assert shown["items"][0]["refused"]
    assert released.original.exists()


def test_nothing_under_hold_is_erased_and_the_others_are(
    zhuzi: Zhuzi, released: MeetingFolder, data: Path, tmp_path: Path, hear: Callable[..., MeetingFolder]
) -> None:
    other = hear(write_wave(tmp_path / "other.wav", seed=5))
    review.accept_proposed(other, "Reviewer")
    publish(other)
    rule(data, '[original]\ndays = 0\nafter = "taken"\n')
    assert zhuzi("hold", released.id, "--reason", "lawsuit 7", "--by", "Keeper").exit_code == 0
    items = {i["id"]: i for i in purge(zhuzi, "--erase", "--yes")["items"]}
    assert items[released.id]["refused"] == "It is under hold."
    assert items[other.id]["certificates"]
    assert released.original.exists()
    assert status.details(released, 1)["hold"]["reason"] == "lawsuit 7"
    assert zhuzi("unhold", released.id, "--reason", "settled", "--by", "Keeper").exit_code == 0
    assert purge(zhuzi, "--erase", "--yes")["items"][0]["certificates"]


def test_a_hold_that_was_changed_by_hand_stops_every_erasure(
    zhuzi: Zhuzi, released: MeetingFolder, data: Path
) -> None:
    holds.hold(data, released.id, "why", "Keeper")
    path = holds.path_of(data)
    path.write_text(path.read_text().replace('"held": true', '"held": false'))
    assert_told(zhuzi("purge", released.id, "--kind", "original", "--erase", "--yes"), LedgerError)
    path.write_text("")
    assert_told(zhuzi("purge", released.id, "--kind", "original", "--erase", "--yes"), LedgerError)
    assert released.original.exists()


def test_a_hold_against_a_purge_is_kept_or_came_too_late_and_never_in_between(
    released: MeetingFolder, data: Path
) -> None:
    """Whoever holds first wins; a hold that was acknowledged is followed by no erasure."""
    chosen, wanted = settings(data), Wanted((released.id,), (Kind.ORIGINAL,))
    items = plan.plan(chosen, wanted)
    begin, seen = threading.Barrier(2), []

    def hold() -> None:
        begin.wait()
        holds.hold(data, released.id, "why", "Keeper")
        seen.append(bool(list((released.root / "original").iterdir())))

    thread = threading.Thread(target=hold)
    thread.start()
    begin.wait()
    outcome = erase.erase(chosen, items, wanted, "Keeper")[0]
    thread.join()
    there = bool(list((released.root / "original").iterdir()))
    assert seen == [there]
    assert there is bool(outcome.refused)


def test_a_hold_put_after_the_plan_still_counts(released: MeetingFolder, data: Path) -> None:
    chosen, wanted = settings(data), Wanted((released.id,), (Kind.ORIGINAL,))
    items = plan.plan(chosen, wanted)
    holds.hold(data, released.id, "why", "Keeper")
    assert erase.erase(chosen, items, wanted)[0].refused == "It is under hold."
    assert released.original.exists()


def test_a_certificate_says_what_went_and_names_nobody_but_who_did_it(
    zhuzi: Zhuzi, released: MeetingFolder, data: Path
) -> None:
    original, named = released.original, released.root / "original" / "蔡佩珊.wav"
    content, size = sha256_of(original), original.stat().st_size
    write_wave(named, seed=9)
    erase_by_hand(zhuzi, released, "original")
    erase_by_hand(zhuzi, released, "draft", "ledger")
    first = one_object(zhuzi("certificates", "0", "--json").stdout)["certificates"][0]
    assert {"name": "recording.wav", "bytes": size, "sha256": content} in first["files"]
    assert {f["name"] for f in first["files"]} == {"recording.wav", "another file"}
    assert (first["meeting"], first["kind"], first["by"], first["outcome"]) == (
        released.id,
        "original",
        "Keeper",
        "erased",
    )
    of_ledger = next(c for c in certificates.chosen(data) if c.begun.kind == "ledger")
    assert {f.sha256 for f in of_ledger.begun.files} == {""}  # short enough to be guessed
    everything = certificates.path_of(data).read_text() + zhuzi("certificates", "0").stdout
    assert not [name for name in SECRETS if name in everything]
    for said in ("SSD", "備份", content, "Keeper"):
        assert said in zhuzi("certificates", "0").stdout


def test_a_manifest_that_claims_an_erasure_nobody_certified_is_found(job: MeetingFolder) -> None:
    (job.root / "40-record.json").unlink()
    claim = {"draft": {"at": "2026-01-01T00:00:00+08:00", "rule": "x", "certificate": 0}}
    job.note(erased=claim)
    wrong = [v for v in verify(job.root.parent.parent) if v.error]
    assert [v.place for v in wrong] == [f"{job.id} erased"]


KILLED = """
import os, sys
from pathlib import Path
from pipeline.keeping import certificates, erase, plan
from pipeline.keeping.plan import Wanted
from pipeline.keeping.kinds import Kind
from pipeline.settings import settings
data, meeting, kind, at = sys.argv[1:]
steps = 0
def count(owner, name):
    real = getattr(owner, name)
    def step(*a, **k):
        global steps
        steps += 1
        if steps == int(at):
            os.kill(os.getpid(), 9)
        return real(*a, **k)
    setattr(owner, name, step)
count(certificates, "add"); count(Path, "unlink"); count(Path, "rename"); count(Path, "replace"); count(erase, "sync")
chosen, wanted = settings(Path(data)), Wanted((meeting,), (Kind(kind),))
erase.erase(chosen, plan.plan(chosen, wanted), wanted, "Keeper")
"""


@pytest.mark.parametrize("kind", ["original", "meeting"])
def test_killed_anywhere_an_erasure_is_whole_or_not_begun_after_the_next(
    released: MeetingFolder, data: Path, kind: str, tmp_path: Path
) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(data, whole)
    ended = False
    for at in range(1, 40):
        for folder in (p for p in data.rglob("*") if p.is_dir()):
            folder.chmod(0o700)
        shutil.rmtree(data)
        shutil.copytree(whole, data)
        command = [sys.executable, "-c", KILLED, str(data), released.id, kind, str(at)]
        code = subprocess.run(
            command, cwd=ROOT, check=False, env={**os.environ, "PYTHONPATH": _path()}
        ).returncode
        assert code in {0, -9}
        ended = code == 0
        erase.finish(data, "Keeper")
        assert erase.unfinished(data) == ()
        last = certificates.certificates(certificates.read(data))[-1:]
        there = bool(plan.measured(released, Kind(kind))[0])
        done = bool(last) and last[0].ended is not None and last[0].ended.step is Step.ERASED
        assert there is not done
        assert [v for v in verify(data) if v.error] == []
        if there:
            assert status.details(released, 1)["state"] == "released"
            assert status.details(released, 1)["erased"] == []
        if ended:
            break
    assert ended
    assert at > 5


def _path() -> str:
    return os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])


def test_a_recording_that_was_dropped_again_after_a_kill_is_not_erased(
    released: MeetingFolder, data: Path, hear: Callable[..., MeetingFolder]
) -> None:
    command = [sys.executable, "-c", KILLED, str(data), released.id, "original", "4"]
    subprocess.run(command, cwd=ROOT, check=False, env={**os.environ, "PYTHONPATH": _path()})
    assert erase.unfinished(data)
    hear()
    erase.finish(data, "Keeper")
    assert released.original.exists()
    assert erased(released.manifest()) == {}


def test_a_full_disk_erases_nothing_uncertified(
    released: MeetingFolder, data: Path, monkeypatch: pytest.MonkeyPatch, zhuzi: Zhuzi
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("redaction.chain.write_whole", full)
    result = zhuzi("purge", released.id, "--kind", "original", "--erase", "--yes")
    assert result.exit_code == 9
    assert released.original.exists()
    assert erased(released.manifest()) == {}


def test_a_person_is_found_in_the_meetings_that_name_them(
    zhuzi: Zhuzi, released: MeetingFolder, data: Path
) -> None:
    people = register.of(data)
    for entry_id in people.ids:
        shown = purge(zhuzi, "--person", entry_id, "--kind", "original")
        assert shown["holding"] == [released.id]
        assert [i["id"] for i in shown["items"]] == [released.id]
    held = people.ids[0]
    holds.hold(data, released.id, "why", "Keeper")
    assert_told(zhuzi("register", "remove", held, "--even-if-used"), KeepingError)
    assert held in people.ids


def test_an_entry_that_no_meeting_names_is_due_and_one_that_hides_everywhere_is_not(
    zhuzi: Zhuzi, released: MeetingFolder, data: Path, tmp_path: Path
) -> None:
    people = register.of(data)
    named = set(people.ids)
    file = tmp_path / "people.toml"
    file.write_text('[[participants]]\nname = "高慧敏"\nwish = "anonymous"\n', "utf-8")
    zhuzi("register", "add", file)
    file.write_text('[[participants]]\nname = "王志豪"\nwish = "anonymous"\n', "utf-8")
    zhuzi("register", "add", file)
    unused, everywhere = [i for i in people.ids if i not in named]
    zhuzi("register", "set", everywhere, "--everywhere")
    rule(data, "[register]\ndays = 3650\n")
    assert purge(zhuzi)["items"] == []
    rule(data, "[register]\ndays = 0\n")
    done = purge(zhuzi, "--erase", "--yes")["items"]
    assert [(i["kind"], len(i["certificates"])) for i in done] == [("register", 1)]
    assert set(people.ids) == named | {everywhere}
    assert certificates.chosen(data)[-1].begun.piece == unused
    assert "高慧敏" not in certificates.path_of(data).read_text()


def test_a_job_that_failed_long_ago_goes_and_one_that_waits_does_not(
    zhuzi: Zhuzi, data: Path, recording: Path
) -> None:
    from pipeline.jobs import order

    work = data / "work"
    for number, state in enumerate(("failed", "waiting", "cancelled")):
        made = order.Job(
            f"j{number:016x}",
            order.Run("0" * 12),
            order.State(state),
            1.0,
            ended=None if state == "waiting" else 2.0,
        )
        place = work / made.id
        place.mkdir(parents=True)
        write_atomically(place / "job.json", order.serialize(made))
        (place / "recording.wav").write_bytes(recording.read_bytes())
    rule(data, "[jobs]\ndays = 7\n")
    done = purge(zhuzi, "--erase", "--yes")["items"]
    assert len(done[0]["certificates"]) == 2
    assert sorted(p.name for p in work.glob("j0*")) == ["j0000000000000001"]
    content = {f.name: f.sha256 for c in certificates.chosen(data) for f in c.begun.files}
    assert content == {"another file": "", "recording.wav": sha256_of(recording)}


def test_wrong_usage_erases_nothing(zhuzi: Zhuzi, released: MeetingFolder) -> None:
    before = tree(released.root)
    assert zhuzi("purge", released.id, "--kind", "original", "--erase", "--json").exit_code == 2
    assert zhuzi("purge", released.id, "--kind", "original", "--erase", input="n\n").exit_code == 1
    assert_told(zhuzi("purge", released.id, "--kind", "jobs", "--erase", "--yes"), KeepingError)
    assert zhuzi("purge", "ffff", "--kind", "original", "--erase", "--yes").exit_code == 8
    assert tree(released.root) == before
    assert json.loads(zhuzi("holds", "--json").stdout) == {"holds": []}


def test_what_workers_elsewhere_may_hold_is_forgotten_first_or_nothing_is_erased(
    zhuzi: Zhuzi, released: MeetingFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    there: list[str] = []

    class Away:
        def forget(self, meeting_id: str) -> None:
            raise StorageError("The store is away.", "Try again.")

    class Here:
        def forget(self, meeting_id: str) -> None:
            assert (released.root / "40-record.json").exists()
            there.append(meeting_id)

    monkeypatch.setattr("pipeline.store.of", lambda _: Away())
    assert erase_by_hand(zhuzi, released, "draft")["items"][0]["refused"] == "The store is away."
    assert (released.root / "40-record.json").exists()
    assert erased(released.manifest()) == {}
    monkeypatch.setattr("pipeline.store.of", lambda _: Here())
    assert erase_by_hand(zhuzi, released, "draft")["items"][0]["certificates"]
    assert there == [released.id]

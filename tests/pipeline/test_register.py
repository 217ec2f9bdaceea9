"""Who is to be hidden is kept apart and sealed; every use is noted; what is lost or changed stops everything."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result

from pipeline import intake, register, review
from pipeline.entry import Entry, Told
from pipeline.folder import MeetingFolder
from pipeline.meeting_toml import parse
from pipeline.register import Register
from pipeline.run import meeting_of
from pipeline.settings import register_place
from redaction import ledger
from redaction.decision import Named
from speakers.error import MeetingError, NotFoundError, NotReleasableError, RegisterError
from speakers.meeting import Fact, FactKind, Participant, Wish
from tests.conftest import MEETING, assert_told, one_object, write_wave
from tests.engines.scripted import publish

Zhuzi = Callable[..., Result]
Hear = Callable[..., MeetingFolder]
NAMES = ("蔡佩珊", "佩珊", "毛毛媽", "Tsai Pei-shan", "Pei-shan")
HEARD = ("20-words.json", "40-record.json")
"""What was said, which a record is made of."""

FACTS = (Fact(FactKind.EMPLOYER, "小橘動物醫院", "某動物醫院"),)


@pytest.fixture
def people(data: Path) -> Register:
    return register.of(data)


@pytest.fixture
def entry(people: Register) -> Entry:
    """Somebody in the register."""
    return people.enter(Told("", "蔡佩珊", ("佩珊",), FACTS, Wish.ANONYMOUS), "")[1]


def entry_of(job: MeetingFolder) -> str:
    (entry_id,) = register.of(job.root.parent.parent).ids
    return entry_id


def holding(place: Path, but: tuple[str, ...] = ()) -> list[str]:
    """Files under a folder in which a name of the hidden person stands."""
    files = [p for p in place.rglob("*") if p.is_file() and p.name not in but and p.parent.name != "original"]
    return [p.name for p in files if any(n.encode() in p.read_bytes() for n in NAMES)]


def test_after_a_whole_run_no_name_is_in_the_data_nor_in_the_clear_beside_it(
    zhuzi: Zhuzi, recording: Path, data: Path
) -> None:
    toml = MEETING.replace('["附議"]', '["附議", "毛毛媽"]') + "\n[[microphones]]\nchannel = 1\npeople = 3\n"
    recording.with_name("meeting.toml").write_text(f"# 蔡佩珊 called.\n{toml}", encoding="utf-8")
    ran = one_object(zhuzi("run", recording, "--json").stdout)
    assert zhuzi("run", recording).exit_code == 0
    assert zhuzi("review", ran["id"], "--reviewer", "R", "--accept", "proposed").exit_code == 0
    assert zhuzi("release", ran["id"]).exit_code == 0
    assert holding(data, HEARD) == []
    assert set(holding(data)) == set(HEARD)
    assert len(list((data.parent / "data-register").rglob("r*.json"))) == 2
    assert holding(data.parent / "data-register") == []
    assert not [name for name in NAMES for warning in ran["warnings"] if name in warning]
    assert "Both are new: back them up" in ran["warnings"][0]
    assert "still holds the names of 1 hidden person" in ran["warnings"][1]


def test_only_its_owner_can_look_into_the_register(people: Register, entry: Entry) -> None:
    people.change(entry.id, lambda e: replace(e, aliases=()))
    for path in [people.place, *people.place.rglob("*")]:
        if path.name != "worker.lock":
            wanted = 0o700 if path.is_dir() else 0o600
            assert path.stat().st_mode & 0o777 == wanted, path.name


def test_what_is_kept_says_the_same_as_the_file(job: MeetingFolder, people: Register) -> None:
    meeting = meeting_of(job)
    (hidden,) = meeting.protected
    assert (hidden.id, hidden.names, hidden.wish) == ("p2", NAMES[:4], Wish.ANONYMOUS)
    assert hidden.person in job.meeting_toml.read_text("utf-8")
    assert hidden.seal != hidden.name


def test_the_same_full_name_is_one_person_and_every_meeting_has_its_own_wish(
    people: Register, entry: Entry
) -> None:
    before, now = people.enter(Told("", "蔡 佩珊", ("毛毛媽",), (), Wish.UNNAMED), "0f3a9c27d1b4")
    assert before == entry
    assert (now.id, now.aliases, now.facts) == (entry.id, ("佩珊", "毛毛媽"), FACTS)
    assert now.seen_in("0f3a9c27d1b4").wish is Wish.UNNAMED
    assert now.seen_in("another").wish is Wish.ANONYMOUS


def test_an_old_file_does_not_undo_what_was_changed_since(
    job: MeetingFolder, hear: Hear, people: Register
) -> None:
    people.change(entry_of(job), lambda e: replace(e, aliases=("毛毛媽",), parts=(), wish=Wish.UNNAMED))
    people.change(entry_of(job), lambda e: replace(e, parts=()))
    told = people.read(entry_of(job), "test")
    hear()
    assert people.read(entry_of(job), "test").wish is told.wish
    again = people.change(entry_of(job), lambda e: replace(e, aliases=("毛毛媽",)))[1]
    hear()
    assert people.read(entry_of(job), "test").aliases == again.aliases


def test_a_change_keeps_what_was_said_before_and_removing_removes_all(people: Register, entry: Entry) -> None:
    people.change(entry.id, lambda e: replace(e, aliases=("毛毛媽",)), by="Amy")
    assert [e.aliases for e in people.earlier(entry.id)] == [("佩珊",)]
    assert people.read(entry.id, "test").changed_by == "Amy"
    people.remove(entry.id)
    assert list(people.place.rglob("r*.*.json")) == list((people.place / "people").iterdir()) == []
    with pytest.raises(NotFoundError):
        people.remove(entry.id)


def test_every_use_is_noted_by_id(zhuzi: Zhuzi, job: MeetingFolder, people: Register) -> None:
    entry_id = entry_of(job)
    assert zhuzi("register", "show", entry_id).exit_code == 0
    assert zhuzi("show", job.id).exit_code == 0
    rows = one_object(zhuzi("register", "log", entry_id, "--json").stdout)["log"]
    assert {(r["purpose"], r["meeting"]) for r in rows} >= {
        ("entered", job.id),
        ("meeting", job.id),
        ("shown", ""),
    }
    assert {r["entry"] for r in rows} == {entry_id}
    assert not [n for n in NAMES if n in (people.place / "log.jsonl").read_text("utf-8")]


@pytest.mark.parametrize(
    "loss", ["key", "another key", "open key", "register", "entry", "damage", "swapped", "another"]
)
def test_what_cannot_be_opened_stops_everything_and_names_nobody(
    zhuzi: Zhuzi,
    approved: MeetingFolder,
    people: Register,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    loss: str,
) -> None:
    publish(approved)
    path = people.place / "people" / f"{entry_of(approved)}.json"
    key = tmp_path / "a.key"
    if loss in {"key", "another key", "open key"}:
        if loss != "key":
            key.write_text("0" * 64)
            key.chmod(0o600 if loss == "another key" else 0o644)
        monkeypatch.setenv("ZHUZI_REGISTER_KEY", str(key))
    elif loss == "register":
        people.place.rename(tmp_path / "gone")
    elif loss == "another":
        monkeypatch.setenv("ZHUZI_REGISTER", str(tmp_path / "other"))
        Register(*register_place(tmp_path / "x"), tmp_path / "x").enter(Told("", "林大同"), "")
    elif loss == "entry":
        path.unlink()
    elif loss == "damage":
        envelope = json.loads(path.read_bytes())
        envelope["sealed"] = "A" + envelope["sealed"][1:-1]
        path.write_text(json.dumps(envelope))
    else:
        envelope = json.loads(path.read_bytes()) | {"everywhere": "2026-01-01T00:00:00+08:00"}
        path.write_text(json.dumps(envelope))
    for command in (("show",), ("release",), ("review", "--reviewer", "R")):
        result = zhuzi(*command, approved.id)
        assert_told(result, RegisterError)
        assert not [n for n in NAMES if n in result.output]
    (row,) = one_object(zhuzi("status", "--json").stdout)["meetings"]
    assert row["state"] == "register cannot be opened"
    assert row["error"]
    assert "cannot be told" in row["why"]


def test_without_the_register_a_release_is_neither_called_changed_nor_damaged(
    zhuzi: Zhuzi, approved: MeetingFolder, people: Register, tmp_path: Path
) -> None:
    publish(approved)
    people.place.rename(tmp_path / "gone")
    (row,) = one_object(zhuzi("status", "--json").stdout)["meetings"]
    assert row["state"] == "register cannot be opened"
    assert "ZHUZI_REGISTER" in row["error"]
    assert row["why"] == "Whether anything changed since its release cannot be told until then."
    assert zhuzi("revoke", approved.id, "--reviewer", "R", "--reason", "asked").exit_code == 0
    (row,) = one_object(zhuzi("status", "--json").stdout)["meetings"]
    assert row["state"] == "register cannot be opened"
    assert "why" not in row
    assert zhuzi("release", approved.id).exit_code == RegisterError.exit_code


def test_a_register_that_is_lost_is_not_one_that_never_was(
    zhuzi: Zhuzi, job: MeetingFolder, people: Register, tmp_path: Path
) -> None:
    people.change(entry_of(job), lambda e: replace(e, everywhere="2026-01-01T00:00:00+08:00"))
    other = write_wave(tmp_path / "other.wav", seed=2)
    people.place.rename(tmp_path / "gone")
    assert_told(zhuzi("run", other), RegisterError, "is not at")


@pytest.mark.parametrize(
    ("place", "key", "says"),
    [
        ("{data}/people", "", "not apart"),
        ("{data}/..", "", "not apart"),
        ("", "{data}/register.key", "lies beside"),
        ("{data}-people", "{data}-people/a.key", "lies beside"),
    ],
)
def test_the_register_and_its_key_are_kept_apart(data: Path, place: str, key: str, says: str) -> None:
    named = {"ZHUZI_REGISTER": place.format(data=data), "ZHUZI_REGISTER_KEY": key.format(data=data)}
    with pytest.raises(RegisterError, match=says):
        register_place(data, named)


def test_a_changed_wish_makes_a_release_stale_and_says_why(zhuzi: Zhuzi, approved: MeetingFolder) -> None:
    publish(approved)
    entry_id = entry_of(approved)
    result = zhuzi("register", "set", entry_id, "--wish", "not named", "--meeting", approved.id)
    assert f"The release of meeting {approved.id} was made before this change" in result.stdout
    (row,) = one_object(zhuzi("status", "--json").stdout)["meetings"]
    assert row["state"] == "released, changed since"
    assert f"Of the consent register, {entry_id} changed" in row["why"]
    assert zhuzi("release", approved.id).exit_code == 6
    shown = one_object(zhuzi("register", "show", entry_id, "--json", "--earlier").stdout)
    assert shown["used_in"] == [approved.id]
    assert shown["meetings"] == {approved.id: "not named"}
    assert [e["meetings"] for e in shown["earlier"]][-1] == {approved.id: "anonymous"}


def test_names_are_shown_by_show_alone(zhuzi: Zhuzi, job: MeetingFolder, tmp_path: Path) -> None:
    entry_id, path = entry_of(job), tmp_path / "entry.toml"
    path.write_text(zhuzi("register", "show", entry_id, "--toml").stdout, encoding="utf-8")
    assert [n for n in NAMES[:4] if n in path.read_text("utf-8")] == list(NAMES[:4])
    changed = path.read_text("utf-8").replace("毛毛媽", "毛媽媽")
    said = [
        zhuzi("register", "set", entry_id, "--from", "-", "--consent", "form 12", input=changed),
        zhuzi("register", "list"),
        zhuzi("register", "list", "--json"),
        zhuzi("register", "log"),
    ]
    assert [r.exit_code for r in said] == [0, 0, 0, 0], said[0].output
    assert not [n for n in (*NAMES, "毛媽媽") for r in said if n in r.output]
    shown = one_object(zhuzi("register", "show", entry_id, "--json").stdout)
    assert (shown["aliases"], shown["consent"]) == (["佩珊", "毛媽媽", "Tsai Pei-shan"], "form 12")


def test_people_are_entered_from_a_file_and_named_by_id(
    zhuzi: Zhuzi, hear: Hear, recording: Path, people: Register, tmp_path: Path
) -> None:
    path = tmp_path / "people.toml"
    path.write_text(
        '[[participants]]\nname = "蔡佩珊"\naliases = ["佩珊"]\nwish = "not named"\n', encoding="utf-8"
    )
    assert zhuzi("register", "add", path, "--by", "Amy").exit_code == 0
    (entry_id,) = people.ids
    toml = f'[[participants]]\nname = "沈立言"\nheard_at = "0:01"\n[[participants]]\nperson = "{entry_id}"\n'
    recording.with_name("meeting.toml").write_text(f'{toml}heard_at = "0:03"\n', encoding="utf-8")
    folder = hear()
    (hidden,) = meeting_of(folder).protected
    assert (hidden.name, hidden.wish, hidden.person) == ("蔡佩珊", Wish.UNNAMED, entry_id)
    assert_told(zhuzi("register", "remove", entry_id), RegisterError, folder.id)
    assert zhuzi("register", "remove", entry_id, "--even-if-used").exit_code == 0
    with pytest.raises(RegisterError, match="no entry"):
        review.draft_of(folder)


def test_who_is_hidden_everywhere_is_hidden_where_they_do_not_take_part(
    zhuzi: Zhuzi, entry: Entry, recording: Path
) -> None:
    toml = "[[participants]]".join(MEETING.split("[[participants]]")[:2])
    recording.with_name("meeting.toml").write_text(toml, encoding="utf-8")
    ran = one_object(zhuzi("run", recording, "--json").stdout)
    assert "Nobody is protected in this meeting" in ran["warnings"][0]
    assert ran["undecided"] == 0
    assert zhuzi("register", "set", entry.id, "--everywhere").exit_code == 0
    assert zhuzi("review", ran["id"], "--reviewer", "R", "--accept", "proposed").exit_code == 0
    assert zhuzi("release", ran["id"]).exit_code == 0
    text = next((Path(ran["folder"]) / "public").glob("*.txt")).read_text("utf-8")
    assert "我是某人，" in text
    assert "蔡佩珊" not in text
    assert not (Path(ran["folder"]) / "meeting.toml").read_text("utf-8").count(entry.id)


def test_hidden_everywhere_needs_a_hidden_wish(zhuzi: Zhuzi, entry: Entry) -> None:
    assert_told(
        zhuzi("register", "set", entry.id, "--everywhere", "--wish", "not recorded"),
        RegisterError,
        "everywhere",
    )


def test_a_label_that_the_file_says_no_more_is_gone(people: Register) -> None:
    told = Told("", "蔡佩珊", (), (), Wish.ANONYMOUS, "飼主甲")
    entry = people.enter(told, "0f3a9c27d1b4")[1]
    by_id = Told(entry.id, "蔡佩珊", wish=Wish.ANONYMOUS)
    assert people.enter(by_id, "0f3a9c27d1b4")[1].seen_in("0f3a9c27d1b4").label == "飼主甲"
    again = people.enter(replace(told, label=""), "0f3a9c27d1b4")[1]
    assert again.seen_in("0f3a9c27d1b4").label == ""


def test_a_name_that_was_corrected_is_found_by_a_file_that_still_has_the_old_one(
    people: Register, entry: Entry
) -> None:
    people.change(entry.id, lambda e: replace(e, name="蔡佩姍"))
    assert people.enter(Told("", "蔡佩珊", (), (), Wish.ANONYMOUS), "0f3a9c27d1b4")[1].id == entry.id
    assert people.read(entry.id, "test").name == "蔡佩姍"


def test_one_pseudonym_in_all_meetings_only_for_who_chose_it(
    zhuzi: Zhuzi, people: Register, entry: Entry
) -> None:
    people.enter(Told("", "蔡佩珊", (), (), Wish.ANONYMOUS, "飼主甲"), "0f3a9c27d1b4")
    now = people.read(entry.id, "test")
    assert (now.seen_in("0f3a9c27d1b4").label, now.seen_in("another").label) == ("飼主甲", "")
    assert zhuzi("register", "set", entry.id, "--linked").exit_code == 0
    label = people.read(entry.id, "test").seen_in("another").label
    assert label.startswith("代號 ")
    assert len(label) == len("代號 0000")
    assert people.read(entry.id, "test").seen_in("0f3a9c27d1b4").label == label


def test_a_folder_of_before_is_moved_over_by_a_review(
    job: MeetingFolder, zhuzi: Zhuzi, people: Register
) -> None:
    first = entry_of(job)
    assert people.read(first, "test").revision == 1
    named = Named(review.voice("S1"), "p2", Participant("p2", "蔡佩珊").seal)
    ledger.append(job.ledger, "R", (named,), how="by hand")
    people.remove(first)
    job.meeting_toml.write_text(MEETING, encoding="utf-8")
    (job.root / "meeting.toml.old").write_text(f"# 蔡佩珊\n{MEETING}", encoding="utf-8")
    assert review.draft_of(job).meeting.protected[0].person == ""
    assert zhuzi("review", job.id, "--reviewer", "R", "--accept", "proposed").exit_code == 0
    assert review.draft_of(job).namings.person(review.voice("S1")) == "p2"
    assert holding(job.root, HEARD) == []
    assert entry_of(job) != first
    assert [p.wish for p in meeting_of(job).participants] == [Wish.NAMED, Wish.ANONYMOUS, Wish.NOT_RECORDED]
    intake.settle(job, people)
    assert people.read(entry_of(job), "test").revision == 1


def test_a_microphone_belongs_to_an_entry(people: Register) -> None:
    toml = f'{MEETING}\n[[microphones]]\nfile = "b.wav"\nparticipant = "毛毛媽"\n'
    kept = intake.take_in(toml, "0f3a9c27d1b4", people).kept.decode()
    assert not [n for n in NAMES if n in kept]
    assert parse(kept, people.seen_from("0f3a9c27d1b4")).microphones == parse(toml).microphones


def test_a_key_in_the_data_directory_is_told(
    zhuzi: Zhuzi, job: MeetingFolder, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = data / "voiceprints.key"
    key.write_text("0" * 64)
    monkeypatch.setenv("ZHUZI_VOICEPRINT_KEY", str(key))
    (row,) = one_object(zhuzi("status", "--json").stdout)["meetings"]
    assert "lies in the data directory" in row["warnings"][-1]
    found = {f["name"]: f for f in one_object(zhuzi("doctor", "--json").stdout)["findings"]}
    assert (found["keys"]["ok"], found["keys"]["optional"]) == (False, True)
    assert found["consent register"]["ok"]
    monkeypatch.setenv("ZHUZI_REGISTER_KEY", str(key.with_name("gone.key")))
    found = {f["name"]: f for f in one_object(zhuzi("doctor", "--json").stdout)["findings"]}
    assert not found["consent register"]["ok"]


def test_an_old_name_is_hidden_until_somebody_removes_it(people: Register, entry: Entry) -> None:
    renamed = people.change(entry.id, lambda e: replace(e, name="蔡美玲", aliases=()))[1]
    assert entry.name in renamed.seen_in("0f3a9c27d1b4").aliases
    again = people.change(entry.id, lambda e: replace(e, aliases=()))[1]
    assert again.seen_in("0f3a9c27d1b4").aliases == ()


def test_two_people_of_the_register_have_two_names_and_two_labels(people: Register, entry: Entry) -> None:
    other = people.enter(Told("", "林大同"), "")[1]
    with pytest.raises(RegisterError, match="has that name already"):
        people.change(other.id, lambda e: replace(e, name="蔡佩珊"))
    people.change(entry.id, lambda e: replace(e, linked=True, label="飼主甲"))
    with pytest.raises(RegisterError, match="has the label"):
        people.change(other.id, lambda e: replace(e, linked=True, label="飼主 甲"))


def test_somebody_named_who_is_hidden_elsewhere_is_told(zhuzi: Zhuzi, entry: Entry, recording: Path) -> None:
    text = MEETING.replace('wish = "anonymous"\n', "")
    recording.with_name("meeting.toml").write_text(text, encoding="utf-8")
    ran = one_object(zhuzi("run", recording, "--json").stdout)
    (said,) = [q for q in ran["questions"] if entry.id in q]
    assert said.startswith("Participant 2 will be published under their name and has the name of")
    assert "is hidden in other meetings: if they are one person, ask again" in said
    (row,) = one_object(zhuzi("status", "--json").stdout)["meetings"]
    assert said in row["questions"]


def test_another_meeting_s_new_alias_makes_a_release_stale(
    zhuzi: Zhuzi, approved: MeetingFolder, tmp_path: Path
) -> None:
    publish(approved)
    (tmp_path / "other.toml").write_text(MEETING.replace('"佩珊"', '"佩珊", "珊珊姐"'), encoding="utf-8")
    result = zhuzi("run", write_wave(tmp_path / "other.wav", seed=2))
    assert f"The release of meeting {approved.id} was made before this change" in result.stdout
    assert review.standing(approved) == "released, changed since"


@pytest.mark.parametrize(
    "header",
    [
        'title = "蔡佩珊案"',
        'place = "毛毛媽家"',
        '[[links]]\nlabel = "x"\nurl = "https://x/%E4%BD%A9%E7%8F%8A"',
    ],
)
def test_a_header_with_a_hidden_name_is_refused_at_once(
    zhuzi: Zhuzi, recording: Path, data: Path, header: str
) -> None:
    blocks = MEETING[MEETING.index("[[participants]]") :]
    recording.with_name("meeting.toml").write_text(f"{header}\n{blocks}", encoding="utf-8")
    result = zhuzi("run", recording)
    assert_told(result, MeetingError, "holds a name of p2")
    assert not [n for n in NAMES if n in result.output]


@pytest.mark.parametrize(
    ("label", "says"),
    [
        ("佩珊的朋友", "name of p2"),
        ("沛山", "name of p2"),
        ("蔡小姐", "name of p2"),
        ("參與者 3", "means something else"),
        ("（不具名）", "means something else"),
        ("沈立言", "is also what"),
    ],
)
def test_a_label_that_tells_is_refused(zhuzi: Zhuzi, recording: Path, label: str, says: str) -> None:
    text = MEETING.replace('wish = "anonymous"', f'wish = "anonymous"\nlabel = "{label}"')
    recording.with_name("meeting.toml").write_text(text, encoding="utf-8")
    assert_told(zhuzi("run", recording), MeetingError, says)


def test_a_damaged_file_in_the_folder_is_mended_by_the_one_beside_the_recording(
    job: MeetingFolder, hear: Hear, people: Register
) -> None:
    job.meeting_toml.write_text("蔡佩珊 = ", encoding="utf-8")
    hear()
    assert [p.name for p in meeting_of(job).protected] == ["蔡佩珊"]
    assert holding(job.root, HEARD) == []


def test_what_is_read_is_opened_again_and_again_but_noted_once_a_minute(
    people: Register, entry: Entry
) -> None:
    for _ in range(3):
        people.read(entry.id, "meeting", "0f3a9c27d1b4")
    people.read(entry.id, "meeting", "another")
    assert [r["meeting"] for r in people.log.rows(entry.id) if r["purpose"] == "meeting"] == [
        "0f3a9c27d1b4",
        "another",
    ]


def test_a_change_that_a_meeting_cannot_be_opened_with_is_told(
    zhuzi: Zhuzi, job: MeetingFolder, tmp_path: Path
) -> None:
    path = tmp_path / "entry.toml"
    block = '[[participants]]\nname = "蔡佩珊"\nwish = "anonymous"\nlabel = "沈立言"\n'
    path.write_text(block, encoding="utf-8")
    arguments = ("register", "set", entry_of(job), "--from", path, "--meeting", job.id, "--json")
    answer = one_object(zhuzi(*arguments).stdout)
    assert f"Meeting {job.id} cannot be opened now: The label of participant 2 is also" in answer["broken"][0]


def test_nobody_approves_a_label_that_tells(job: MeetingFolder, people: Register) -> None:
    people.change(entry_of(job), lambda e: replace(e, label="林小明", linked=True))
    review.accept_proposed(job, "R")
    people.change(entry_of(job), lambda e: replace(e, label="佩山的鄰居"))
    with pytest.raises(NotReleasableError, match="The label of p2 holds a name of p2"):
        review.approve(job, "R")


def test_a_wish_for_one_meeting_does_not_show_somebody_in_others(people: Register, entry: Entry) -> None:
    people.enter(Told(entry.id, "蔡佩珊", wish=Wish.NAMED), "0f3a9c27d1b4")
    people.change(entry.id, lambda e: replace(e, everywhere="2026-01-01T00:00:00+08:00"))
    assert parse("", people.seen_from("0f3a9c27d1b4")).protected[0].names == ("蔡佩珊", "佩珊")


def test_everybody_in_the_register_is_looked_for(zhuzi: Zhuzi, entry: Entry, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<p>佩<b>珊</b></p>", encoding="utf-8")
    found = zhuzi("scan", tmp_path / "page.html", "--register")
    assert (found.exit_code, f"({entry.id}/1)" in found.stdout) == (7, True)
    assert "佩" not in found.output
    (tmp_path / "other.html").write_text("<p>大家</p>", encoding="utf-8")
    assert zhuzi("scan", tmp_path / "other.html", "--register").exit_code == 0


@pytest.mark.parametrize("wish", ["named", "not recorded"])
def test_nobody_hidden_is_shown_by_a_slip(
    zhuzi: Zhuzi, job: MeetingFolder, people: Register, wish: str
) -> None:
    entry_id = entry_of(job)
    people.change(entry_id, lambda e: replace(e, facts=FACTS))
    before = people.read(entry_id, "test")
    arguments = ("register", "set", entry_id, "--wish", wish, "--meeting", job.id)
    refused = zhuzi(*arguments)
    assert_told(refused, RegisterError, "--unhide")
    assert f"In meeting {job.id}, their name will be published" in refused.output
    assert ("but nothing that they say" in refused.output) is (wish == "not recorded")
    assert "3 aliases and 1 fact (employer)" in refused.output
    assert people.read(entry_id, "test") == before
    done = zhuzi(*arguments, "--unhide")
    assert f"! In meeting {job.id}, their name will be published" in done.stdout
    assert f"anonymous     in {job.id}: {wish}, 1 meeting, 3 aliases, 1 fact\n" in done.stdout
    assert f"in {job.id}: {wish}" in zhuzi("register", "list").stdout
    assert [r["meeting"] for r in people.log.rows(entry_id) if r["purpose"].startswith("shown where")] == [
        job.id
    ]
    for command in (
        ("show", job.id),
        ("status", job.id),
        ("review", job.id, "--reviewer", "R", "--accept", "proposed"),
    ):
        said = zhuzi(*command).stdout
        assert (
            f"and is {entry_id}, who was hidden in this meeting before: make sure that they agreed." in said
        )
    assert not [n for r in (refused, done) for n in NAMES if n in r.output]


@pytest.mark.parametrize("block", ['name = "蔡佩珊"', 'person = "{entry}"\nwish = "named"'])
def test_no_file_shows_who_is_hidden_in_its_meeting(
    zhuzi: Zhuzi, job: MeetingFolder, recording: Path, people: Register, block: str
) -> None:
    before, entry_id = job.meeting_toml.read_bytes(), entry_of(job)
    first = "[[participants]]".join(MEETING.split("[[participants]]")[:2])
    toml = f"{first}\n[[participants]]\n{block.format(entry=entry_id)}\nheard_at = '0:03'\n"
    recording.with_name("meeting.toml").write_text(toml, encoding="utf-8")
    result = zhuzi("run", recording)
    assert_told(result, MeetingError, "Participant 2 is hidden in this meeting")
    assert job.meeting_toml.read_bytes() == before
    assert not [n for n in NAMES if n in result.output]
    cure = ("register", "set", entry_id, "--meeting", job.id, "--wish", "named", "--unhide")
    assert " ".join(cure).replace("named", '"named"') in result.output
    assert zhuzi(*cure).exit_code == 0
    assert zhuzi("run", recording).exit_code == 0
    assert meeting_of(job).protected == ()


def test_a_usual_wish_that_shows_somebody_needs_the_flag_too(
    zhuzi: Zhuzi, people: Register, entry: Entry
) -> None:
    people.change(entry.id, lambda e: replace(e, parts=()))
    refused = zhuzi("register", "set", entry.id, "--wish", "named")
    assert_told(refused, RegisterError, "Where a meeting says nothing else")
    assert zhuzi("register", "set", entry.id, "--wish", "not named").exit_code == 0


def test_the_beginning_of_an_id_is_enough(zhuzi: Zhuzi, people: Register, entry: Entry) -> None:
    short = entry.id[:6]
    shown = zhuzi("register", "show", short).stdout
    assert shown.startswith(entry.id)
    assert one_object(zhuzi("register", "log", short, "--json").stdout)["log"]
    assert zhuzi("register", "set", short, "--consent", "form 12").exit_code == 0
    again = zhuzi("register", "show", short).stdout
    assert f"    consent: form 12\n    entered by {entry.entered_by}, {entry.entered_at}\n" in again
    for command in (("show", entry.id[:3]), ("show", "r0000"), ("set", "x"), ("remove", "r00000000000")):
        result = zhuzi("register", *command)
        assert_told(result, NotFoundError, "zhuzi register list")
        assert "backup" not in result.output
    removed = zhuzi("register", "remove", short)
    assert removed.stdout.startswith(f"{entry.id} is deleted")
    assert people.ids == ()


def test_errors_name_the_file_that_was_given(
    zhuzi: Zhuzi, recording: Path, entry: Entry, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.toml"
    for text, says in (
        ("[[participants", "bad.toml is not valid TOML"),
        ("titel = 1", "bad.toml has an unknown"),
    ):
        bad.write_text(text, encoding="utf-8")
        assert_told(zhuzi("register", "add", bad), MeetingError, says)
        assert_told(zhuzi("register", "set", entry.id, "--from", bad), MeetingError, says)
        assert_told(zhuzi("run", recording, "--meeting", bad), MeetingError, says)
        given = zhuzi("register", "add", "-", input=text)
        assert_told(given, MeetingError, says.replace("bad.toml", "standard input"))

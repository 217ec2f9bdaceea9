"""Enrolled voices: only of who agreed, from turns that are known, sealed, expiring, and never of protected people."""

from __future__ import annotations

import json
import wave
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result

from pipeline import review
from pipeline.enroll import Enrolment, a_year_after, enroll
from pipeline.folder import MeetingFolder
from pipeline.recognise import VOICES
from pipeline.run import run
from pipeline.voiceprints import Register, Voiceprint
from redaction.decision import Merged, Named
from speakers.error import NotFoundError, StorageError, VoiceprintError
from speakers.names import Why
from speakers.record import SpeakerId
from tests.conftest import assert_told, finishes, one_object, silent_report
from tests.engines import scripted

TODAY = date.today()
S1, S2 = SpeakerId("S1"), SpeakerId("S2")
Said = tuple[tuple[str, int, int, str], ...]
SAID: Said = (
    ("S1", 0, 24_000, "今天的會議現在開始討論第一個提案的內容"),
    ("S2", 24_500, 48_000, "這個案子去年就已經開始規劃到現在還沒有結論"),
)
PITCHES = {"S1": 410.0, "S2": 1_810.0}
PEOPLE = """\
[[participants]]
name = "高慧敏"
aliases = ["慧敏"]
heard_at = "0:05"

[[participants]]
name = "張育誠"
{more}
"""


def tones(path: Path, said: Said = SAID, seed: int = 1) -> Path:
    """A recording in which every voice is a tone of its own."""
    samples = np.random.default_rng(seed).uniform(-0.01, 0.01, said[-1][2] * 16 + 16_000)
    for who, start, end, _ in said:
        at = np.arange(start * 16, end * 16)
        samples[at] += 0.3 * np.sin(2 * np.pi * PITCHES[who] * at / 16_000)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes((samples * 32_767).astype(np.int16).tobytes())
    return path


class Office:
    """A data directory with its key, and meetings that are heard in it."""

    def __init__(self, tmp_path: Path) -> None:
        self.place, self.data, self.key = tmp_path, tmp_path / "data", tmp_path / "keys" / "a.key"
        self.calls = tmp_path / "calls.txt"

    def register(self, today: date = TODAY) -> Register:
        return Register(self.data, self.key, today)

    def hear(
        self,
        name: str,
        people: str,
        said: tuple[tuple[str, int, int, str], ...] = SAID,
        key: Path | None = None,
    ) -> MeetingFolder:
        recording = self.place / f"{name}.wav"
        if not recording.exists():
            tones(recording, said, seed=len(list(self.place.glob("*.wav"))))
        recording.with_suffix(".toml").write_text(people, encoding="utf-8")
        engines = scripted.engines(
            self.calls,
            transcriber=scripted.ScriptedTranscriber(said=said),
            diarizer=scripted.ScriptedDiarizer(said=said),
            encoder=scripted.ScriptedEncoder(calls=self.calls),
        )
        return run(recording, None, self.data, lambda: engines, silent_report, voiceprint_key=self.key)

    @property
    def looked(self) -> int:
        """How many stretches of sound were embedded in runs."""
        return len(self.calls.read_text().splitlines()) if self.calls.exists() else 0

    def enroll(self, folder: MeetingFolder, person: str = "p1", **changed: object) -> Voiceprint:
        wanted = replace(Enrolment(person, "a.m.y", TODAY, "form 12"), **changed)  # type: ignore[arg-type]
        return enroll(folder, wanted, self.register(), scripted.ScriptedEncoder(), TODAY)

    def enrolled(self) -> Voiceprint:
        return self.enroll(self.hear("first", PEOPLE.format(more="")))

    def second(self, print_id: str, more: str = "", name: str = "高慧敏") -> MeetingFolder:
        """Another meeting, with the enrolled person on its roster, and nobody heard_at."""
        person = f'[[participants]]\nname = "{name}"\nvoiceprint = "{print_id}"\n{more}\n'
        return self.hear("second", f'{person}[[participants]]\nname = "林大同"\n')


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def everything(data: Path) -> bytes:
    return b"\n".join(p.read_bytes() for p in sorted(data.rglob("*")) if p.is_file())


def traces(made: Voiceprint) -> list[bytes]:
    """How the numbers of a voiceprint could stand in a file."""
    numbers = np.asarray(made.embedding)
    return [
        numbers.astype(np.float32).tobytes()[:32],
        numbers.astype(np.float64).tobytes()[:32],
        json.dumps(made.embedding[:4])[1:-1].encode(),
    ]


# Enrolling.


def test_an_enrolled_person_is_recognised_elsewhere_and_only_proposed(office: Office) -> None:
    made = office.enrolled()
    folder = office.second(made.id)
    draft = review.draft_of(folder)
    link = draft.namings.of(S1)
    assert link is not None
    assert (link.participant_id, link.why, link.confirmed) == ("p1", Why.VOICE, False)
    assert draft.namings.person(S1) is None
    assert office.looked
    assert any("enrolled voice" in q for q in review.questions(draft))


def test_a_voiceprint_is_kept_sealed_under_a_name_that_says_nothing(office: Office) -> None:
    made = office.enrolled()
    assert office.register().read(made.id) == made
    kept = everything(office.data / "voiceprints")
    assert not any(trace in kept for trace in traces(made))
    for secret in ("高慧敏", "慧敏", "form 12", "a.m.y"):
        assert secret.encode() not in kept
        assert json.dumps(secret)[1:-1].encode() not in kept
    assert office.key.stat().st_mode & 0o777 == 0o600
    assert (office.data / "voiceprints").stat().st_mode & 0o777 == 0o700
    assert office.data not in office.key.parents


def test_what_a_meeting_keeps_of_a_match_is_ids_and_a_score(office: Office) -> None:
    made = office.enrolled()
    folder = office.second(made.id)
    values = json.loads((folder.root / VOICES).read_bytes())
    assert set(values) == {"version", "turns", "matches", "unused", "delete"}
    (match,) = values["matches"]
    assert set(match) == {"speaker", "participant", "voiceprint", "score"}
    assert not any(trace in everything(office.data) for trace in traces(made))


def test_every_use_is_noted_by_id(office: Office) -> None:
    made = office.enrolled()
    folder = office.second(made.id)
    office.register().delete(made.id)
    rows = [json.loads(line) for line in (office.data / "voiceprints/uses.jsonl").read_text().splitlines()]
    assert [(r["what"], r["voiceprint"]) for r in rows] == [
        ("enrolled", made.id),
        ("compared", made.id),
        ("deleted", made.id),
    ]
    assert rows[1]["meeting"] == folder.id
    assert all(set(r) == {"at", "what", "voiceprint", "meeting"} for r in rows)


def test_a_proposal_is_not_enough_to_enroll(office: Office) -> None:
    folder = office.hear("first", PEOPLE.format(more=""))
    with pytest.raises(VoiceprintError, match="a proposal is not enough"):
        office.enroll(folder, "p2")
    review.decide(folder, "amy", (Named(S2, "p2"),))
    assert office.enroll(folder, "p2").names == ("張育誠",)


def test_too_little_speech_is_not_enrolled(office: Office) -> None:
    short = (("S1", 0, 12_000, SAID[0][3]), ("S2", 12_500, 40_000, SAID[1][3]))
    with pytest.raises(VoiceprintError, match="heard alone for 12 s"):
        office.enroll(office.hear("first", PEOPLE.format(more=""), short))
    assert office.register().ids == ()


def test_speech_that_others_speak_into_does_not_count(office: Office) -> None:
    both = (("S1", 0, 24_000, SAID[0][3]), ("S2", 10_000, 48_000, SAID[1][3]))
    path = tones(office.place / "first.wav", both)
    path.with_suffix(".toml").write_text(PEOPLE.format(more=""), encoding="utf-8")

    class Overlapping(scripted.ScriptedDiarizer):
        def __call__(self, sound, least, most, progress):  # type: ignore[no-untyped-def]
            turns = scripted.turns(both)
            from speakers.record import Diarization, Millis

            return Diarization((), turns, Millis(len(sound) // 16))

    engines = scripted.engines(diarizer=Overlapping(), transcriber=scripted.ScriptedTranscriber(said=both))
    folder = run(path, None, office.data, lambda: engines, silent_report, voiceprint_key=office.key)
    review.decide(folder, "amy", (Named(S1, "p1"),))
    with pytest.raises(VoiceprintError, match="heard alone for 10 s"):
        office.enroll(folder)


def test_two_voices_of_one_person_are_enrolled_together(office: Office) -> None:
    folder = office.hear("first", PEOPLE.format(more=""))
    review.decide(folder, "amy", (Merged(S2, S1), Named(S1, "p1")))
    assert office.enroll(folder).seconds == 47


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"consent_record": " "}, "needs a consent"),
        ({"by": " "}, "needs a consent"),
        ({"consented_on": TODAY + timedelta(days=1)}, "lies ahead"),
        ({"until": TODAY - timedelta(days=1)}, "expired already"),
    ],
)
def test_without_consent_nobody_is_enrolled(office: Office, changed: dict[str, object], says: str) -> None:
    folder = office.hear("first", PEOPLE.format(more=""))
    with pytest.raises(VoiceprintError, match=says):
        office.enroll(folder, **changed)
    assert office.register().ids == ()
    assert not office.key.exists()


def test_nobody_is_enrolled_twice(office: Office) -> None:
    made = office.enrolled()
    with pytest.raises(VoiceprintError, match=made.id):
        office.enrolled()


def test_there_is_no_such_participant(office: Office) -> None:
    with pytest.raises(NotFoundError):
        office.enroll(office.hear("first", PEOPLE.format(more="")), "p9")


# People who asked for protection.


@pytest.mark.parametrize("wish", ["anonymous", "not recorded"])
def test_a_protected_person_is_never_enrolled_and_nothing_of_their_voice_is_written(
    office: Office, wish: str
) -> None:
    folder = office.hear("first", PEOPLE.format(more=f'wish = "{wish}"\nheard_at = "0:30"'))
    with pytest.raises(VoiceprintError, match="asked for protection"):
        office.enroll(folder, "p2")
    assert office.register().ids == ()
    assert not (office.data / "voiceprints").exists()


def test_who_is_protected_in_another_meeting_is_not_enrolled(office: Office) -> None:
    office.hear("private", '[[participants]]\nname = "林小芬"\naliases = ["高慧敏"]\nwish = "anonymous"\n')
    with pytest.raises(VoiceprintError, match="in another meeting"):
        office.enrolled()


def test_who_asks_for_protection_later_is_not_compared_and_their_print_is_reported(office: Office) -> None:
    made = office.enrolled()
    folder = office.second(made.id, 'wish = "anonymous"')
    draft = review.draft_of(folder)
    assert office.looked == 0
    assert draft.namings.reasons == ()
    assert any(f"zhuzi unenroll {made.id}" in q for q in review.questions(draft))
    office.register().delete(made.id)
    assert not any("unenroll" in q for q in review.questions(review.draft_of(folder)))


def test_their_print_is_reported_even_if_the_meeting_does_not_name_it(office: Office) -> None:
    made = office.enrolled()
    folder = office.hear("second", '[[participants]]\nname = "高慧敏"\nwish = "anonymous"\n')
    assert any(f"zhuzi unenroll {made.id}" in q for q in review.questions(review.draft_of(folder)))


def test_protection_in_one_meeting_ends_recognition_in_all(office: Office) -> None:
    made = office.enrolled()
    office.hear("private", '[[participants]]\nname = "慧敏"\nwish = "anonymous"\n')
    folder = office.second(made.id)
    draft = review.draft_of(folder)
    assert draft.namings.of(S1) is None
    assert office.looked == 0
    assert any("asked not to be named or recorded" in q for q in review.questions(draft))


def test_a_voice_that_is_known_to_be_a_protected_person_s_is_never_looked_at(office: Office) -> None:
    made = office.enrolled()
    more = '[[participants]]\nname = "蔡佩珊"\nwish = "anonymous"\nheard_at = "0:30"\n'
    looked: list[int] = []

    class Counting(scripted.ScriptedEncoder):
        def __call__(self, samples):  # type: ignore[no-untyped-def]
            spectrum = np.abs(np.fft.rfft(samples[:16_000], 16_000))
            looked.append(int(spectrum.argmax()))
            return super().__call__(samples)

    path = tones(office.place / "second.wav", seed=9)
    people = f'[[participants]]\nname = "高慧敏"\nvoiceprint = "{made.id}"\n{more}'
    path.with_suffix(".toml").write_text(people, encoding="utf-8")
    engines = scripted.engines(
        encoder=Counting(),
        transcriber=scripted.ScriptedTranscriber(said=SAID),
        diarizer=scripted.ScriptedDiarizer(said=SAID),
    )
    run(path, None, office.data, lambda: engines, silent_report, voiceprint_key=office.key)
    assert looked
    assert {round(p, -1) for p in looked} == {round(PITCHES["S1"], -1)}


# Matching.


def test_somebody_else_s_voice_is_nobody_s(office: Office) -> None:
    made = office.enrolled()
    folder = office.second(made.id, name="張育誠")
    draft = review.draft_of(folder)
    assert draft.namings.of(S1) is None
    assert any("another name" in q for q in review.questions(draft))


def test_without_anybody_enrolled_on_the_roster_there_is_no_such_stage(office: Office) -> None:
    office.enrolled()
    folder = office.hear("second", PEOPLE.format(more=""))
    assert "recognise" not in finishes(folder)
    assert office.looked == 0


def test_the_stage_is_done_once_and_again_when_the_print_changes(office: Office) -> None:
    made = office.enrolled()
    folder = office.second(made.id)
    office.second(made.id)
    assert finishes(folder)["recognise"] == 1
    office.register().delete(made.id)
    office.second(made.id)
    assert finishes(folder)["recognise"] == 2
    assert finishes(folder)["diarize"] == 1
    assert json.loads((folder.root / VOICES).read_bytes())["matches"] == []


def test_a_deleted_print_proposes_nobody_even_before_the_next_run(office: Office) -> None:
    made = office.enrolled()
    folder = office.second(made.id)
    office.register().delete(made.id)
    assert review.draft_of(folder).namings.of(S1) is None
    assert made.id not in [p.stem for p in (office.data / "voiceprints").iterdir()]


def test_an_expired_print_is_deleted_and_not_used(office: Office) -> None:
    made = office.enroll(office.hear("first", PEOPLE.format(more="")), until=TODAY)
    assert office.register(TODAY).usable(made.id)
    later = office.register(TODAY + timedelta(days=1))
    assert not later.usable(made.id)
    assert later.all() == ()
    assert later.ids == ()
    folder = office.second(made.id)
    assert review.draft_of(folder).namings.of(S1) is None
    assert any("expired" in q for q in review.questions(review.draft_of(folder)))


def test_a_print_expires_after_a_year_if_nothing_else_is_said(office: Office) -> None:
    assert office.enrolled().until == a_year_after(TODAY).isoformat()


def test_a_print_of_another_model_is_not_compared(office: Office) -> None:
    made = office.enrolled()
    register = office.register()
    register.delete(made.id)
    register.add(replace(made, model="another"))
    assert any("another model" in q for q in review.questions(review.draft_of(office.second(made.id))))


def test_damage_of_what_was_recognised_is_told(office: Office) -> None:
    folder = office.second(office.enrolled().id)
    (folder.root / VOICES).write_text("{}")
    with pytest.raises(StorageError, match="decisions stay"):
        review.draft_of(folder)


# The key.


def test_a_missing_key_is_never_made_again_over_prints(office: Office) -> None:
    made = office.enrolled()
    office.key.rename(office.place / "lost.key")
    with pytest.raises(VoiceprintError, match="missing"):
        office.register().read(made.id)
    folder = office.hear("other", PEOPLE.format(more='heard_at = "0:30"'))
    with pytest.raises(VoiceprintError, match="missing"):
        office.enroll(folder, "p2")
    with pytest.raises(VoiceprintError, match="missing"):
        office.register().add(replace(made, id="v000000000001"))
    assert not office.key.exists()
    (office.place / "lost.key").rename(office.key)
    assert office.register().read(made.id) == made


def test_another_key_opens_nothing_and_is_said_to_be_another(office: Office) -> None:
    made = office.enrolled()
    office.key.write_text("00" * 32)
    with pytest.raises(VoiceprintError, match="is not the one"):
        office.register().read(made.id)
    with pytest.raises(VoiceprintError, match="is not the one"):
        office.register().add(replace(made, id="v000000000001"))


def test_a_run_that_needs_a_print_says_that_the_key_is_missing_and_keeps_the_record(office: Office) -> None:
    made = office.enrolled()
    office.key.unlink()
    with pytest.raises(VoiceprintError, match="missing"):
        office.second(made.id)
    (folder,) = [f for f in (office.data / "meetings").iterdir() if not (f / VOICES).exists() and f.is_dir()][
        -1:
    ]
    assert (folder / "40-record.json").exists()


def test_without_the_key_other_meetings_are_heard(office: Office) -> None:
    office.enrolled()
    office.key.unlink()
    office.hear("second", PEOPLE.format(more='wish = "anonymous"'))
    assert not office.key.exists()


def test_without_the_key_a_print_can_be_deleted(office: Office) -> None:
    made = office.enrolled()
    office.key.unlink()
    office.register().delete(made.id)
    assert office.register().ids == ()
    with pytest.raises(NotFoundError):
        office.register().delete(made.id)


def test_a_key_that_others_can_read_is_refused(office: Office) -> None:
    made = office.enrolled()
    office.key.chmod(0o644)
    with pytest.raises(VoiceprintError, match="chmod 600"):
        office.register().read(made.id)


def test_what_is_no_key_is_said_to_be_none(office: Office) -> None:
    made = office.enrolled()
    office.key.write_text("not a key")
    with pytest.raises(VoiceprintError, match="is no key"):
        office.register().read(made.id)


@pytest.mark.parametrize("field", ["until", "sealed"])
def test_a_print_whose_file_was_changed_does_not_open(office: Office, field: str) -> None:
    made = office.enrolled()
    path = office.data / "voiceprints" / f"{made.id}.json"
    envelope = json.loads(path.read_text())
    envelope[field] = {"until": "2999-01-01", "sealed": "AAAA" + envelope["sealed"][4:]}[field]
    path.write_text(json.dumps(envelope))
    with pytest.raises(VoiceprintError, match="damaged"):
        office.register().read(made.id)


def test_a_print_that_is_no_envelope_is_damaged(office: Office) -> None:
    made = office.enrolled()
    (office.data / "voiceprints" / f"{made.id}.json").write_text("[]")
    with pytest.raises(VoiceprintError, match="damaged"):
        office.register().until(made.id)
    office.register().delete(made.id)


# The commands.


def test_the_commands_enroll_list_and_delete(
    office: Office, zhuzi: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHUZI_DATA", str(office.data))
    monkeypatch.setenv("ZHUZI_VOICEPRINT_KEY", str(office.key))
    folder = office.hear("first", PEOPLE.format(more=""))
    agreed = ("--by", "amy", "--consented-on", TODAY.isoformat(), "--consent-record", "form 12")
    assert one_object(zhuzi("voiceprints", "--json").stdout) == {"voiceprints": []}
    done = zhuzi("enroll", folder.id, "p1", *agreed, "--json")
    made = one_object(done.stdout)
    assert made["seconds"] == 24
    (row,) = one_object(zhuzi("voiceprints", "--json").stdout)["voiceprints"]
    assert (row["id"], row["name"], row["consent_record"]) == (made["voiceprint"], "高慧敏", "form 12")
    assert "高慧敏" in zhuzi("voiceprints").stdout
    assert one_object(zhuzi("unenroll", made["voiceprint"], "--json").stdout) == {
        "deleted": made["voiceprint"]
    }
    assert_told(zhuzi("unenroll", made["voiceprint"]), NotFoundError)
    assert_told(zhuzi("unenroll", "../x"), NotFoundError)
    assert_told(zhuzi("enroll", folder.id, "p2", *agreed), VoiceprintError, "a proposal is not enough")


def test_enrolling_asks_for_consent(zhuzi: Callable[..., Result]) -> None:
    assert zhuzi("enroll", "0000", "p1", "--by", "amy").exit_code == 2

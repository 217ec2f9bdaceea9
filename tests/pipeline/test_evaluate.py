"""`zhuzi eval`: what is compared with what, what is printed, and whose names never are."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from pipeline import figures, lanes, review
from pipeline.evaluate import evaluate
from pipeline.folder import MeetingFolder
from redaction.decision import Corrected, Named
from speakers import score_words
from speakers.error import NotFoundError, StorageError, TranscriptError
from speakers.record import SpeakerId
from speakers.tokens import RULES
from tests.conftest import SECRETS, assert_told, needs_meeteval, one_object

Zhuzi = Callable[..., Result]
SVG = "{http://www.w3.org/2000/svg}"


def segments(name: str, *said: tuple[str, float, float, str], **labels: str) -> str:
    return json.dumps(
        [
            {"session_id": name, "speaker": s, "start_time": b, "end_time": e, "words": w}
            | ({"label": labels[s]} if s in labels else {})
            for s, b, e, w in said
        ],
        ensure_ascii=False,
    )


def wrote(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    return wrote(
        tmp_path / "ref.seglst.json", segments("ref", ("A", 0, 2, "早安 everybody"), ("B", 2, 4, "謝謝"))
    )


@pytest.fixture
def hypothesis(tmp_path: Path) -> Path:
    return wrote(tmp_path / "hyp.stm", "hyp 1 S1 0 2 早 everybody\nhyp 1 S2 2 3 谢谢\n")


def told(job: MeetingFolder) -> str:
    """A reference of the scripted meeting in which people are called by their names."""
    draft = review.draft_of(job)
    names = dict(zip(draft.record.diarization.speakers, ("沈立言", "蔡佩珊", "林志明"), strict=False))
    rows = [
        (names.get(s.speaker, s.speaker), s.span.start / 1000, s.span.end / 1000, s.text)
        for s in draft.record.statements
    ]
    return segments("m", *rows)


def test_two_files(zhuzi: Zhuzi, hypothesis: Path, reference: Path) -> None:
    done = one_object(zhuzi("eval", hypothesis, "--reference", reference, "--json").stdout)
    (row,) = done["recordings"]
    assert row["wer"] == {"rate": 1 / 5, "insertions": 0, "deletions": 1, "substitutions": 0, "length": 5}
    assert row["der"] == {
        "rate": 0.25, "missed_s": 1.0, "false_alarm_s": 0.0, "confusion_s": 0.0, "total_s": 4.0
    }  # fmt: skip
    assert (row["reference_speakers"], row["speaker_count_error"], row["naming"]) == (2, 0, None)
    assert row["pairs"] == [{"speaker": "A", "voice": "S1"}, {"speaker": "B", "voice": "S2"}]
    assert {k: v for k, v in row.items() if k not in {"pairs", "name"}} == {
        k: v for k, v in done["total"].items() if k != "name"
    }
    assert done["rules"] == list(RULES)


def test_the_table_says_every_figure_and_the_rules(zhuzi: Zhuzi, hypothesis: Path, reference: Path) -> None:
    text = zhuzi("eval", hypothesis, "--reference", reference).stdout
    assert re.search(r"CER .* 20\.0% .*ins 0, del 1, sub 0", text)
    assert re.search(r"DER .* 25\.0% .*1\.0 \+ 0\.0 \+ 0\.0 of 4\.0 s", text)
    assert all(rule in text for rule in RULES)
    assert "everybody" not in text
    if score_words.available():
        assert re.search(r"cpCER .* 20\.0%", text)
        assert "within 5 s" in text


def test_without_meeteval_it_says_how_to_get_it(
    zhuzi: Zhuzi, hypothesis: Path, reference: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(score_words, "available", lambda: False)
    text = zhuzi("eval", hypothesis, "--reference", reference).stdout
    assert "make eval" in text
    assert re.search(r"cpCER +–", text)
    assert re.search(r"DER .* 25\.0%", text)


def test_turns_come_from_an_rttm_where_one_is_named(
    zhuzi: Zhuzi, tmp_path: Path, hypothesis: Path, reference: Path
) -> None:
    rttm = wrote(
        tmp_path / "x.rttm",
        "SPEAKER r 1 0 2 <NA> <NA> s7 <NA> <NA>\nSPEAKER r 1 2 1 <NA> <NA> s8 <NA> <NA>\n",
    )
    for given in (("--rttm", rttm), ("--reference", rttm)):
        done = one_object(zhuzi("eval", hypothesis, "--reference", reference, *given, "--json").stdout)
        assert done["total"]["der"]["rate"] == 0
        assert done["recordings"][0]["pairs"][0] == {"speaker": "A", "voice": "S1"}
    alone = one_object(zhuzi("eval", hypothesis, "--reference", rttm, "--json").stdout)["total"]
    assert (alone["wer"], alone["der"]["rate"]) == (None, 0)


def test_a_meeting_by_its_id_and_as_it_was_heard(zhuzi: Zhuzi, job: MeetingFolder, tmp_path: Path) -> None:
    truth = wrote(tmp_path / "truth.seglst.json", told(job))
    statement = review.draft_of(job).record.statements[0]
    review.decide(job, "R", (Corrected(statement.id, statement.digest, "完全不同"),))
    as_heard = one_object(zhuzi("eval", job.root / "40-record.json", "--reference", truth, "--json").stdout)[
        "total"
    ]
    corrected = one_object(zhuzi("eval", job.id, "--reference", truth, "--json").stdout)["total"]
    assert as_heard["wer"]["rate"] == 0
    assert corrected["wer"]["rate"] > 0
    against = one_object(
        zhuzi("eval", job.root / "40-record.json", "--reference", job.id[:5], "--json").stdout
    )["total"]
    assert against["wer"]["rate"] > 0
    assert against["der"]["rate"] == 0


def test_names_are_judged_and_never_printed(zhuzi: Zhuzi, job: MeetingFolder, tmp_path: Path) -> None:
    truth = wrote(tmp_path / "truth.seglst.json", told(job))
    svg = tmp_path / "x.svg"
    outputs = [
        zhuzi("eval", job.id, "--reference", truth, "--picture", svg).output,
        zhuzi("eval", job.id, "--reference", truth, "--json").output,
        svg.read_text("utf-8"),
    ]
    assert not [name for name in SECRETS for text in outputs if name in text]
    found = one_object(outputs[1])
    naming = found["total"]["naming"]
    assert naming["confirmed"]["right"] >= 1
    assert naming["confirmed"]["wrong"] == 0
    assert {"speaker": "p1", "voice": "S1 = p1"} in found["recordings"][0]["pairs"]


def test_a_name_in_another_spelling_is_not_printed_either(
    zhuzi: Zhuzi, job: MeetingFolder, tmp_path: Path
) -> None:
    truth = wrote(tmp_path / "truth.seglst.json", told(job).replace("蔡佩珊", "蔡珮姍"))
    text = zhuzi("eval", job.id, "--reference", truth).output
    assert "蔡珮姍" not in text
    assert "R2 ↔ " in text


def test_a_voice_named_wrongly_costs_precision(zhuzi: Zhuzi, job: MeetingFolder, tmp_path: Path) -> None:
    truth = wrote(tmp_path / "truth.seglst.json", told(job))
    review.decide(job, "R", (Named(SpeakerId("S1"), "p3"),))
    naming = one_object(zhuzi("eval", job.id, "--reference", truth, "--json").stdout)["total"]["naming"]
    assert naming["confirmed"]["wrong"] == 1
    assert naming["confirmed"]["precision"] < 1


def test_a_folder_is_matched_by_name_and_by_recording(
    zhuzi: Zhuzi, job: MeetingFolder, recording: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "refs"
    folder.mkdir()
    wrote(folder / "other.seglst.json", segments("other", ("A", 0, 1, "a")))
    wrote(folder / "talk.seglst.json", told(job))
    wrote(folder / "talk.people.json", "{}")
    (folder / "talk.wav").write_bytes(recording.read_bytes())
    by_recording = one_object(zhuzi("eval", job.id, "--reference", folder, "--json").stdout)
    assert by_recording["total"]["wer"]["rate"] == 0
    heard = tmp_path / "heard"
    heard.mkdir()
    wrote(heard / "other.stm", "x 1 S1 0 1 a\n")
    wrote(heard / "talk.stm", "x 1 S1 0 1 b\n")
    wrote(heard / "third.stm", "x 1 S1 0 1 c\n")
    by_name = one_object(zhuzi("eval", heard, "--reference", folder, "--json").stdout)
    assert [r["name"] for r in by_name["recordings"]] == ["other", "talk"]
    assert by_name["recordings"][0]["wer"]["rate"] == 0


def test_several_recordings_get_a_table_with_a_total(
    zhuzi: Zhuzi, tmp_path: Path, hypothesis: Path, reference: Path
) -> None:
    many = wrote(tmp_path / "many.stm", "one 1 S1 0 1 a b c\ntwo 1 S1 0 1 d e\n")
    references = wrote(tmp_path / "truth.stm", "two 1 A 0 1 d x\none 1 A 0 1 a b c\n")
    done = one_object(
        zhuzi("eval", many, hypothesis, "--reference", references, "--reference", reference, "--json").stdout
    )
    assert [(r["name"], r["wer"]["rate"]) for r in done["recordings"]] == [
        ("one", 0),
        ("two", 0.5),
        ("hyp", 0.2),
    ]
    assert done["total"]["wer"] == {
        "rate": 0.2,
        "insertions": 0,
        "deletions": 1,
        "substitutions": 1,
        "length": 10,
    }
    lines = zhuzi("eval", many, "--reference", references).stdout.splitlines()
    assert [line.split()[0] for line in lines[1:4]] == ["one", "two", "total"]


@pytest.mark.parametrize(
    ("arguments", "kind", "says"),
    [
        (("{hyp}", "--reference", "{bad}"), TranscriptError, "line 2"),
        (("{hyp}", "{ref}", "--reference", "{ref}"), TranscriptError, "no reference"),
        (("{hyp}", "--reference", "none.stm"), NotFoundError, "none.stm"),
        (("deadbeef", "--reference", "{ref}"), NotFoundError, "no meeting"),
        (("{hyp}", "--reference", "{empty}"), NotFoundError, "nothing to compare"),
        (("{hyp}", "--reference", "{ref}", "--rttm", "{ref}"), TranscriptError, "--rttm"),
        (("{hyp}", "--reference", "{ref}", "--picture", "{empty}/no/x.svg"), StorageError, "written"),
        (("{hyp}", "--reference", "{ref}", "--picture", "{ref}"), StorageError, "no name for a picture"),
    ],
)
def test_what_cannot_be_compared_is_said(
    zhuzi: Zhuzi, tmp_path: Path, hypothesis: Path, reference: Path, *,
    arguments: tuple[str, ...], kind: type[TranscriptError], says: str,
) -> None:  # fmt: skip
    (tmp_path / "empty").mkdir()
    bad = wrote(tmp_path / "bad.stm", "x 1 A 0 1 a\nx 1 A 佩珊\n")
    filled = [a.format(hyp=hypothesis, ref=reference, bad=bad, empty=tmp_path / "empty") for a in arguments]
    result = zhuzi("eval", *filled)
    assert_told(result, kind, says)
    assert says in result.stderr


def test_a_collar_of_nothing_is_wrong_usage(zhuzi: Zhuzi, hypothesis: Path, reference: Path) -> None:
    assert zhuzi("eval", hypothesis, "--reference", reference, "--collar", "0").exit_code == 2


@needs_meeteval
def test_the_collar_is_what_is_asked_for(zhuzi: Zhuzi, tmp_path: Path, reference: Path) -> None:
    late = wrote(tmp_path / "late.stm", "h 1 S1 30 32 早安 everybody\nh 1 S2 32 34 謝謝\n")
    rates = [
        one_object(zhuzi("eval", late, "--reference", reference, "--collar", c, "--json").stdout)["total"][
            "tcpwer"
        ]
        for c in ("1", "60")
    ]
    assert [r["rate"] for r in rates] == [2, 0]


def test_nothing_is_written_but_the_picture(
    zhuzi: Zhuzi, tmp_path: Path, hypothesis: Path, reference: Path, job: MeetingFolder
) -> None:
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p.is_file()}
    truth = told(job)
    zhuzi("eval", job.id, "--reference", wrote(reference, truth), "--picture", tmp_path / "p.svg")
    after = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p.is_file()}
    assert set(after) - set(before) == {tmp_path / "p.svg"}
    noted = tmp_path / "data-register" / "log.jsonl"  # who read the register is a row of its log
    assert {p for p in before if before[p] != after[p]} - {noted} == {reference}


def drawn(hypothesis: str, reference: str, tmp_path: Path) -> ET.Element:
    one = wrote(tmp_path / "h.rttm", hypothesis)
    other = wrote(tmp_path / "r.rttm", reference)
    compared, _ = evaluate(tmp_path, (str(one),), (str(other),))
    return ET.fromstring(lanes.picture(compared[0]))  # noqa: S314 - our own words


def rttm(*turns: tuple[float, float, str]) -> str:
    return "".join(f"SPEAKER x 1 {b} {e - b} <NA> <NA> {s} <NA> <NA>\n" for b, e, s in turns)


def test_labels_in_the_picture_are_text_and_nothing_else(tmp_path: Path) -> None:
    evil = '<script>alert("x")</script>&"\x1b'
    svg = drawn(rttm((0, 1, evil)), rttm((0, 1, "A&B")), tmp_path)
    texts = [t.text for t in svg.iter(f"{SVG}text")]
    assert "A&B" in texts
    assert any(str(t).startswith("<script>") for t in texts)
    assert not list(svg.iter(f"{SVG}script"))


@pytest.mark.parametrize(("seconds", "rows"), [(30, 1), (121, 2), (600, 10), (10_800, 12)])
def test_the_picture_goes_on_in_rows(tmp_path: Path, seconds: int, rows: int) -> None:
    turns = [(float(i), i + 0.5, f"v{i % 3}") for i in range(0, seconds, max(1, seconds // 300))]
    turns.append((seconds - 0.5, float(seconds), "v0"))
    svg = drawn(rttm(*turns), rttm(*turns), tmp_path)
    assert len(list(svg.iter(f"{SVG}g"))) == rows
    for path in svg.iter(f"{SVG}path"):
        for x, width in re.findall(r"M([\d.]+) [\d.]+h([\d.]+)", path.attrib["d"]):
            assert 170 <= float(x) <= float(x) + float(width) <= 1281


def test_a_picture_of_each_recording(zhuzi: Zhuzi, tmp_path: Path) -> None:
    both = wrote(tmp_path / "b.stm", "one 1 S1 0 1 a\ntwo 1 S1 0 1 b\n")
    zhuzi("eval", both, "--reference", both, "--picture", tmp_path / "p.svg")
    assert sorted(p.name for p in tmp_path.glob("*.svg")) == ["p-1.svg", "p-2.svg"]


def test_a_label_cannot_steer_the_terminal(zhuzi: Zhuzi, tmp_path: Path) -> None:
    evil = wrote(tmp_path / "e.seglst.json", segments("x", ("a\x1b[2J\nb", 0, 1, "a")))
    text = zhuzi("eval", evil, "--reference", evil).output
    assert "\x1b" not in text
    assert "a�[2J�b" in text


def test_columns_are_as_wide_as_a_terminal_shows_them(
    zhuzi: Zhuzi, hypothesis: Path, reference: Path
) -> None:
    lines = zhuzi("eval", hypothesis, "--reference", reference).stdout.splitlines()
    rates = [line for line in lines if re.match(r"  \S.*%", line)]
    assert len({figures._width(line[: line.index("%")]) for line in rates}) == 1
    assert max(figures._width(line) for line in lines if not line.startswith("! ")) <= 120

"""A transcript that people wrote gives a record its words: private like any other, and named only when confirmed."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from odfdo import Document, Element, Paragraph

from pipeline import given, review
from pipeline.brought_text import passages
from pipeline.folder import MeetingFolder, meetings
from pipeline.status import details
from redaction.decision import Named
from redaction.release import preview
from speakers.error import MeetingError
from speakers.reason import Why
from speakers.record import SpeakerId
from tests.conftest import MEETING
from tests.engines.scripted import publish

Hear = Callable[..., MeetingFolder]

LINES = (
    ("沈立言", "大家好，我是沈立言。"),
    ("毛毛媽", "我是蔡佩姍，住在台北。"),
    ("林志明", "這一句請不要記。"),
    ("沈立言", "謝謝佩珊，散會！"),
)
"""What the scripted voices say, as somebody wrote it down: one name in other characters."""


def bring(recording: Path, text: str | bytes, name: str = "逐字稿 蔡佩珊.txt") -> None:
    """The meeting, with a transcript in its file."""
    data = text.encode() if isinstance(text, str) else text
    (recording.parent / name).write_bytes(data)
    block = f'\n[[brought]]\nkind = "transcript"\nfile = "{name}"\n'
    (recording.parent / "meeting.toml").write_text(MEETING + block, encoding="utf-8")


def text(lines: tuple[tuple[str, str], ...] = LINES) -> str:
    return "\n\n".join(f"{who}：{said}" for who, said in lines)


def spoken(folder: MeetingFolder) -> list[str]:
    return [s.text for s in review.draft_of(folder).record.statements]


def test_the_record_has_the_words_that_people_wrote(recording: Path, hear: Hear) -> None:
    bring(recording, text())
    draft = review.draft_of(hear())
    assert [s.text for s in draft.record.statements] == [said for _, said in LINES]
    assert [s.speaker for s in draft.record.statements] == ["S1", "S2", "S3", "S1"]
    assert [s.span.start for s in draft.record.statements] == [200, 2_600, 5_000, 6_800]


def test_a_name_in_the_transcript_is_evidence_and_no_more(recording: Path, hear: Hear) -> None:
    """Nobody gave a moment at which they speak: whoever wrote the transcript may have been wrong."""
    bring(recording, text((LINES[0], ("毛毛媽", "住在台北。"), *LINES[2:])))
    file = recording.parent / "meeting.toml"
    file.write_text(
        "\n".join(x for x in file.read_text("utf-8").splitlines() if "heard_at" not in x), encoding="utf-8"
    )
    draft = review.draft_of(hear())
    link = draft.namings.of(SpeakerId("S2"))
    assert link is not None
    assert (link.participant_id, link.why, link.confirmed) == ("p2", Why.TRANSCRIBED, False)
    assert draft.namings.person(SpeakerId("S2")) is None


def test_who_is_protected_is_hidden_in_words_that_people_wrote_and_nowhere_named(
    recording: Path, hear: Hear, data: Path
) -> None:
    bring(recording, text())
    folder = hear()
    review.accept_proposed(folder, "Reviewer")
    publish(folder)
    for path in folder.public.iterdir():
        for name in ("佩珊", "佩姍", "毛毛媽", "這一句", "逐字稿 "):
            assert name.encode() not in path.read_bytes(), (path.name, name)
    for path in (folder.log, *data.rglob("*.log"), folder.root / "manifest.json"):
        said = path.read_text("utf-8") if path.is_file() else ""
        assert not any(name in said for name in ("佩珊", "佩姍", "毛毛媽"))


def test_a_transcript_that_comes_later_or_goes_makes_the_record_anew_and_hears_nothing_again(
    job: MeetingFolder, recording: Path, hear: Hear, calls: Path
) -> None:
    before, heard = spoken(job), calls.read_text()
    review.accept_proposed(job, "Reviewer")
    bring(recording, text())
    folder = hear()
    assert spoken(folder) == [said for _, said in LINES] != before
    assert not review.draft_of(folder).approvals
    bring(recording, text((*LINES[:3], ("沈立言", "謝謝佩珊，會議結束散會。"))))
    hear()
    assert spoken(folder)[-1] == "謝謝佩珊，會議結束散會。"
    (recording.parent / "meeting.toml").write_text(MEETING, encoding="utf-8")
    hear()
    assert spoken(folder) == before
    assert not given.matches_of(folder, review.draft_of(folder).meeting)
    assert calls.read_text() == heard


def test_staff_are_told_what_was_left_out_by_its_place_and_by_no_word(recording: Path, hear: Hear) -> None:
    head = "出席：行政院資訊處、交通部公路局、各縣市政府動物保護處及關心寵物運輸的民眾團體代表共三十人"
    bring(recording, f"{head}\n\n{text()}")
    folder = hear()
    assert spoken(folder) == [said for _, said in LINES]
    notes = folder.manifest()["stages"][given.STAGE]["notes"]
    assert notes == ["Paragraphs of the transcript that nobody says are left out: 1."]


def test_another_meetings_transcript_fails_with_a_cure_and_nothing_is_lost(
    recording: Path, hear: Hear, data: Path
) -> None:
    bring(recording, "王小明：本院今日審查預算案，各委員發言時間十分鐘。\n\n王小明：發言登記至十點為止。")
    with pytest.raises(MeetingError, match="not of this recording") as failed:
        hear()
    assert "take it out of meeting.toml" in failed.value.cure
    (left,) = meetings(data)
    assert details(left, 1)["why"] == str(failed.value)
    (recording.parent / "meeting.toml").write_text(MEETING, encoding="utf-8")
    assert spoken(hear())
    row = details(left, 1)
    assert "why" not in row
    assert "given" not in row["stages"]


def test_two_transcripts_are_one_too_many(recording: Path, hear: Hear) -> None:
    bring(recording, text())
    file = recording.parent / "meeting.toml"
    block = file.read_text("utf-8").partition("[[brought]]")[2]
    file.write_text(f"{file.read_text('utf-8')}\n[[brought]]{block}", encoding="utf-8")
    with pytest.raises(MeetingError, match="Two transcripts"):
        hear()


# Formats: what is read of each.

SAID = [
    ("沈立言", "大家好。"),
    ("蔡佩珊", "我家的狗：可以上車嗎？"),
    ("蔡佩珊", "很久了。"),
    ("沈立言", "謝謝。"),
]


def read(data: bytes) -> list[tuple[str, str]]:
    return [(p.label, p.text) for p in passages(data)]


def as_docx() -> bytes:
    document = docx.Document()
    for line in ("沈立言：大家好。", "蔡佩珊：我家的狗：可以上車嗎？", "很久了。"):
        document.add_paragraph(line)
    row = document.add_table(1, 2).rows[0]
    row.cells[0].text, row.cells[1].text = "沈立言", "謝謝。"
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def as_odt() -> bytes:
    document = Document("text")
    document.body.clear()
    for line in ("沈立言：大家好。", "蔡佩珊：我家的狗：可以上車嗎？", "很久了。", "沈立言：謝謝。"):
        document.body.append(Paragraph(line))
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


VTT = """WEBVTT

00:01.000 --> 00:02.000
<v 沈立言>大家好。

00:02.000 --> 00:04.000
<v 蔡佩珊>我家的狗：可以上車嗎？

00:08.000 --> 00:09.000
<v 蔡佩珊>很久了。

00:09.000 --> 00:10.000
<v 沈立言>謝謝。
"""

SRT = """1
00:00:01,000 --> 00:00:02,000
沈立言：大家好。

2
00:00:02,000 --> 00:00:04,000
蔡佩珊：我家的狗：可以上車嗎？

3
00:00:08,000 --> 00:00:09,000
很久了。

4
00:00:09,000 --> 00:00:10,000
沈立言：謝謝。
"""

MARKDOWN = """### 沈立言:
大家好。

### 蔡佩珊:
我家的狗：可以上車嗎？

很久了。

### 沈立言:
謝謝。
"""

PLAIN = "[00:01] 沈立言: 大家好。\n[00:02] 蔡佩珊: 我家的狗：可以上車嗎？\n很久了。\n[00:09] 沈立言: 謝謝。\n"


@pytest.mark.parametrize(
    "data",
    [
        as_docx(),
        as_odt(),
        VTT.encode(),
        SRT.encode(),
        MARKDOWN.encode(),
        PLAIN.encode("cp950"),
        PLAIN.encode("utf-16"),
    ],
    ids=["docx", "odt", "vtt", "srt", "markdown", "big5", "utf-16"],
)
def test_every_format_says_the_same(data: bytes) -> None:
    assert read(data) == SAID


def test_captions_that_roll_up_are_read_once() -> None:
    rolling = (
        "WEBVTT\n\n00:00.000 --> 00:02.000\n大家好我是\n\n00:02.000 --> 00:04.000\n大家好我是\n沈立言今天\n\n"
        "00:04.000 --> 00:06.000\n沈立言今天\n我們討論\n"
    )
    assert read(rolling.encode()) == [("", "大家好我是沈立言今天我們討論")]


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04broken", b"\x00\x01\x02", "。。。\n——\n".encode()],
    ids=["empty", "zip", "binary", "signs"],
)
def test_what_is_no_transcript_is_refused_with_a_cure(data: bytes) -> None:
    with pytest.raises(MeetingError) as refused:
        passages(data)
    assert "DOCX" in refused.value.cure


def test_the_artifact_is_damaged_and_says_so(recording: Path, hear: Hear) -> None:
    from speakers.error import StorageError

    bring(recording, text())
    folder = hear()
    (folder.root / given.FILE).write_text(json.dumps({"version": 1}))
    with pytest.raises(StorageError, match="damaged"):
        given.matches_of(folder, review.draft_of(folder).meeting)


@pytest.mark.parametrize(
    "lines",
    [
        (*LINES[:2], ("沈立言", "這一句請不要記。"), LINES[3]),
        (*LINES[:2], ("沈立言", "這一句請不要記。謝謝佩珊，散會！")),
        (("沈立言", "大家好，我是沈立言。這一句請不要記。"), LINES[3]),
    ],
    ids=["paragraph", "part", "joined"],
)
def test_who_is_not_to_be_recorded_does_not_come_back_under_another_name_of_the_transcript(
    lines: tuple[tuple[str, str], ...], recording: Path, hear: Hear
) -> None:
    """Staff said when they speak; whoever wrote the transcript gave their words to the chair."""
    bring(recording, text(lines))
    folder = hear()
    assert "這一句請不要記" in "".join(spoken(folder))
    assert review.draft_of(folder).undecided
    review.accept_proposed(folder, "Reviewer")
    shown = "".join(said for _, _, said in preview(review.draft_of(folder)))
    assert "不要記" not in shown
    assert "散會" in shown


def test_what_reviewers_said_of_a_voice_is_void_where_another_transcript_calls_it_otherwise(
    recording: Path, hear: Hear
) -> None:
    """A voice that only the transcript tells apart has the same number, and is somebody else's."""
    lines = (*LINES[:3], ("沈立言", "謝謝佩珊，"))
    bring(recording, text((*lines, ("沈立言先生", "散會！"))))
    folder = hear()
    review.decide(folder, "Reviewer", (Named(SpeakerId("S4"), "p1"),))
    review.accept_proposed(folder, "Reviewer")
    before = review.draft_of(folder)
    assert before.namings.person(SpeakerId("S4")) == "p1"
    assert before.approvals
    bring(recording, text((*lines, ("王小明", "散會！"))))
    draft = review.draft_of(hear())
    assert [s.text for s in draft.record.statements] == [s.text for s in before.record.statements]
    assert draft.namings.person(SpeakerId("S4")) is None
    assert not draft.approvals


def test_what_word_keeps_apart_is_read_and_what_was_deleted_is_not() -> None:
    """Tracked changes, fields of a form and tables with a column of moments: nobody's words go to somebody else."""
    document = docx.Document()
    line = document.add_paragraph("沈立言：大家")._p
    for xml in (
        "<w:ins {} w:id='1'><w:r><w:t>午安</w:t></w:r></w:ins>",
        "<w:del {} w:id='2'><w:r><w:delText>晚安</w:delText></w:r></w:del>",
        "<w:sdt {}><w:sdtContent><w:r><w:t>，開會。</w:t></w:r></w:sdtContent></w:sdt>",
        "<w:r {}><w:rPr><w:vanish/></w:rPr><w:t>看不到的字。</w:t></w:r>",
        "<w:r {}><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>請坐。</w:t></w:r>",
    ):
        line.append(parse_xml(xml.format(nsdecls("w"))))
    whole = "<w:sdt {}><w:sdtContent><w:p><w:r><w:t>謝謝各位。</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    line.addnext(parse_xml(whole.format(nsdecls("w"))))
    row = document.add_table(1, 3).rows[0]
    for cell, said in zip(row.cells, ("00:05", "蔡佩珊", "我來說明。"), strict=True):
        cell.text = said
    row.cells[2].add_paragraph("沈立言：好。")
    file = io.BytesIO()
    document.save(file)
    assert read(file.getvalue()) == [
        ("沈立言", "大家午安，開會。請坐。"),
        ("沈立言", "謝謝各位。"),
        ("蔡佩珊", "我來說明。"),
        ("沈立言", "好。"),
    ]


def test_who_comments_in_a_transcript_and_what_was_deleted_there_are_no_part_of_it() -> None:
    document = Document("text")
    document.body.clear()
    for xml in (
        "<text:tracked-changes><text:changed-region text:id='c'><text:deletion><text:p>刪掉的話。</text:p>"
        "</text:deletion></text:changed-region></text:tracked-changes>",
        "<text:p>沈立言：大家<office:annotation><dc:creator>祕書王小明</dc:creator><text:p>要查證</text:p>"
        "</office:annotation>好。</text:p>",
        "<text:section text:name='s'><table:table table:name='t'><table:table-row><table:table-cell>"
        "<text:p>蔡佩珊</text:p></table:table-cell><table:table-cell><text:p>我來說明。</text:p>"
        "</table:table-cell></table:table-row></table:table></text:section>",
    ):
        document.body.append(Element.from_tag(xml))
    file = io.BytesIO()
    document.save(file)
    assert read(file.getvalue()) == [("沈立言", "大家好。"), ("蔡佩珊", "我來說明。")]


def test_two_voices_of_one_caption_are_two() -> None:
    both = "WEBVTT\n\n00:01.000 --> 00:04.000\n- <v 沈立言>請說。</v>\n- <v.loud 蔡佩珊>我家的 &lt;狗&gt;。\n"
    assert [(who, said.strip(" -")) for who, said in read(both.encode())] == [
        ("沈立言", "請說。"),
        ("蔡佩珊", "我家的 <狗>。"),
    ]


@pytest.mark.parametrize("moment", ["00:03 --> 00:04", "-00:03.000 --> 00:04.000", "00:03.000 --> 下午"])
def test_a_caption_whose_moment_cannot_be_read_is_not_lost_in_silence(moment: str) -> None:
    one, three = ("00:01.000 --> 00:02.000\n一起開會", "00:05.000 --> 00:06.000\n三點散會")
    with pytest.raises(MeetingError, match="1 captions of the transcript have a moment"):
        read(f"WEBVTT\n\n{one}\n\n{moment}\n兩個問題\n\n{three}\n".encode())


def test_an_arrow_in_a_text_does_not_make_it_captions() -> None:
    assert read("沈立言：第 1 --> 2 項。\n沈立言：好。".encode()) == [
        ("沈立言", "第 1 --> 2 項。"),
        ("沈立言", "好。"),
    ]

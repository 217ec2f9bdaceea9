"""What SayIt and the archive of Taiwan ask of a file, rule by rule, in the order of docs/formats.md."""

from __future__ import annotations

import datetime
import itertools
import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from output import akoma_ntoso, akoma_ntoso_30, files, markdown
from output.paragraph import paragraphs
from redaction.released import Cue, PublicSection, PublicSpeaker, PublicStatement, Released
from speakers.meeting import Licence, Link
from speakers.record import Millis, Span

Meetings = st.SearchStrategy[Released]
SHOWN = frozenset(
    (
        "a",
        "abbr",
        "b",
        "i",
        "u",
        "span",
        "sub",
        "sup",
        "br",
        "p",
        "ol",
        "ul",
        "li",
        "table",
        "caption",
        "tr",
        "th",
        "td",
    )
)
"""Tags that SayIt shows; any other stands there as literal text."""
NAMED = PublicSpeaker("高慧敏", "高慧敏", "交通局", named=True)
HIDDEN = PublicSpeaker("參與者 1", "參與者1", "里長", named=False)

some = settings(max_examples=40)


def tree(released):
    return etree.fromstring(akoma_ntoso.serialize(released))


def people(root):
    return [(p.get("id"), p.get("href"), p.get("showAs")) for p in root.iter("TLCPerson")]


def as_sayit_reads(root):
    """(display name, text) of every block, in SayIt's order: by date, time (none: 23:59) and place in the file."""
    names = {p.get("id"): p.get("showAs") for p in root.iter("TLCPerson")}
    blocks = []
    for place, block in enumerate(root.iter("speech", "narrative")):
        time = block.get("startTime", "")[:19] or "9999"
        who = names.get((block.get("by") or "")[1:], "")
        shown = (block.findtext("from") or who) if who else ""
        blocks.append((time, place, shown, "".join(block.find("p").itertext()).strip()))
    return [(shown, text) for _, _, shown, text in sorted(blocks)]


@pytest.fixture
def timed(make):
    return make(
        begins="23:59:58",
        sayit_times=True,
        sections=(PublicSection("說明", 0, Millis(0), "https://s.example"), PublicSection("討論", 2)),
    )


# The namespace


@some
@given(st.data())
def test_there_is_no_namespace(meetings: Meetings, data: st.DataObject) -> None:
    root = tree(data.draw(meetings))
    assert not [e.tag for e in root.iter() if e.nsmap or e.prefix or "{" in e.tag]


@some
@given(st.data())
def test_the_strict_file_has_its_namespace_as_the_default_one(
    meetings: Meetings, data: st.DataObject
) -> None:
    root = etree.fromstring(akoma_ntoso_30.serialize(data.draw(meetings)))
    assert root.nsmap == {None: akoma_ntoso_30.NAMESPACE}
    ours = [e for e in root.iter() if e.tag.startswith(f"{{{akoma_ntoso_30.NAMESPACE}}}")]
    assert not [e.tag for e in ours if e.prefix]
    assert [etree.QName(e).localname for e in root.iter() if e not in ours] == ["license"]


# People


@some
@given(st.data())
def test_every_person_has_an_id_an_address_and_a_name(meetings: Meetings, data: st.DataObject) -> None:
    root = tree(data.draw(meetings))
    for person in root.iter("TLCPerson"):
        assert set(person.attrib) == {"id", "href", "showAs"}
        assert all(value.strip() for value in person.attrib.values())
    assert not root.xpath("//@eId")
    assert b"xml:id" not in etree.tostring(root)


def test_somebody_named_has_one_address_in_every_meeting(make):
    first, second = (tree(make([(0, "好")], [NAMED], title=title)) for title in ("甲", "乙"))
    assert people(first) == people(second) == [("高慧敏", "/ontology/person/::/高慧敏", "高慧敏")]


def test_a_label_belongs_to_one_meeting(make):
    first, second = (tree(make([(0, "好")], [HIDDEN], title=title)) for title in ("甲", "乙"))
    assert people(first)[0][1] == "/ontology/person/::/2024-05-01-甲/參與者1"
    assert people(first)[0][1] != people(second)[0][1]


@some
@given(st.data())
def test_no_two_people_share_an_address(meetings: Meetings, data: st.DataObject) -> None:
    found = people(tree(data.draw(meetings)))
    assert len({href for _, href, _ in found}) == len(found)


@some
@given(st.data())
def test_nobody_is_listed_who_says_nothing(meetings: Meetings, data: st.DataObject) -> None:
    root = tree(data.draw(meetings))
    assert {f"#{name}" for name, _, _ in people(root)} == {s.get("by") for s in root.iter("speech")} - {""}


def test_listed_are_only_those_whose_words_are_shown(make):
    assert [p[0] for p in people(tree(make([(0, "好"), (1, "\u200b")], [NAMED, HIDDEN])))] == ["高慧敏"]


# Who speaks


@some
@given(st.data())
def test_by_is_a_hash_and_an_id_that_is_there(meetings: Meetings, data: st.DataObject) -> None:
    root = tree(data.draw(meetings))
    ids = {name for name, _, _ in people(root)}
    for speech in root.iter("speech"):
        by = speech.get("by")
        assert by == "" or (by[0] == "#" and by[1:] in ids)


def test_a_display_name_fits_sayits_column(make):
    named = PublicSpeaker("高慧敏", "高慧敏", "長" * 400, named=True)
    (shown,) = tree(make([(0, "好")], [named])).iter("from")
    assert len(shown.text) == 256


@some
@given(st.data())
def test_a_display_name_stands_only_where_the_speaker_is_known(
    meetings: Meetings, data: st.DataObject
) -> None:
    root = tree(data.draw(meetings))
    assert all(shown.getparent().get("by") for shown in root.iter("from"))


def test_somebody_hidden_is_shown_through_a_pseudonymous_person(make):
    root = tree(make([(0, "好")], [HIDDEN]))
    assert as_sayit_reads(root)[1] == ("參與者 1", "好")
    assert "里長" not in etree.tostring(root, encoding="unicode")


def test_a_role_is_shown_by_the_display_name(make):
    assert as_sayit_reads(tree(make([(0, "好")], [NAMED])))[1] == ("高慧敏（交通局）", "好")


@some
@given(st.data())
def test_nothing_is_said_by_what_sayit_ignores(meetings: Meetings, data: st.DataObject) -> None:
    root = tree(data.draw(meetings))
    assert not root.xpath("//@as|//@to|//@refersTo|//@status|//@class|//TLCRole|//TLCOrganization")


# Title, date and source


def test_the_preface_has_title_date_and_source(make):
    preface = tree(make(links=(Link("錄影", "https://a.example"), Link("b", "https://b.example")))).find(
        ".//preface"
    )
    assert preface.findtext(".//docTitle") == "2024-05-01 開放政府會議"
    assert preface.find(".//docDate").get("date") == "2024-05-01"
    assert [link.get("href") for link in preface.iter("link")] == ["https://a.example"]


@pytest.mark.parametrize("date", ["113/05/01", "民國113年5月1日", "113-05-01", ""])
def test_no_date_is_in_a_roc_year(make, date):
    assert tree(make(date=date)).find(".//docDate") is None


# Headings and sections


@some
@given(st.data())
def test_every_section_has_a_heading_that_is_not_empty(meetings: Meetings, data: st.DataObject) -> None:
    sections = list(tree(data.draw(meetings)).iter("debateSection"))
    assert sections
    for section in sections:
        assert [len(h.text.strip()) > 0 for h in section.findall("heading")] == [True]


@some
@given(st.data())
def test_no_section_holds_both_speeches_and_sections(meetings: Meetings, data: st.DataObject) -> None:
    for section in tree(data.draw(meetings)).iter("debateSection"):
        inside = {child.tag for child in section} - {"heading"}
        assert not ("debateSection" in inside and inside - {"debateSection"})


# What SayIt shows of the text


@some
@given(st.data())
def test_a_narrative_has_neither_a_speaker_nor_a_time(meetings: Meetings, data: st.DataObject) -> None:
    root = tree(data.draw(meetings))
    assert not [n.attrib for n in root.iter("narrative", "scene", "summary", "other") if n.attrib]


@some
@given(st.data())
def test_nothing_stands_where_sayit_drops_it(meetings: Meetings, data: st.DataObject) -> None:
    root = tree(data.draw(meetings))
    for section in root.iter("debateSection"):
        assert {child.tag for child in section} <= {"heading", "speech", "narrative", "debateSection"}
    for block in root.iter("speech", "narrative"):
        assert {child.tag for child in block} <= {"from", "p"}
        assert not (block.text or "").strip()
        assert not "".join(child.tail or "" for child in block).strip()


@some
@given(st.data())
def test_only_tags_that_sayit_shows_stand_in_text(meetings: Meetings, data: st.DataObject) -> None:
    root = tree(data.draw(meetings))
    assert {e.tag for block in root.iter("speech", "narrative") for e in block.iter()} <= {
        *SHOWN,
        "speech",
        "narrative",
        "from",
    }


@some
@given(st.data())
def test_there_is_no_comment(meetings: Meetings, data: st.DataObject) -> None:
    released = data.draw(meetings)
    for serialize in (akoma_ntoso.serialize, akoma_ntoso_30.serialize):
        assert not etree.fromstring(serialize(released)).xpath("//comment()|//processing-instruction()")


# Times


@some
@given(st.data())
def test_times_are_wall_times_of_taipei(meetings: Meetings, data: st.DataObject) -> None:
    for moment in tree(data.draw(meetings)).xpath("//@startTime"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00", moment)


@some
@given(st.data())
def test_either_no_block_has_a_time_or_every_one_a_later_one(meetings: Meetings, data: st.DataObject) -> None:
    released = data.draw(meetings)
    root = tree(released)
    times = [b.get("startTime") for b in root.iter("speech", "narrative")]
    known = released.sayit_times and released.date == "2024-05-01" and released.begins
    if not known:
        assert not [t for t in times if t]
    else:
        assert all(times)
        moments = [datetime.datetime.fromisoformat(t) for t in times]
        assert all(a < b for a, b in itertools.pairwise(moments))
        assert next(root.iter("narrative"), None) is None


def test_untimed_is_the_default(make):
    assert b"startTime" not in akoma_ntoso.serialize(make(begins="14:05:00"))


def test_a_timed_file_keeps_its_order_in_sayit(timed):
    shown = as_sayit_reads(tree(timed))
    assert shown == as_sayit_reads(tree(replace(timed, sayit_times=False)))
    assert [who for who, _ in shown] == [
        "",
        "",
        "高慧敏（交通局）",
        "參與者 1",
        "高慧敏（交通局）",
        "高慧敏（交通局）",
        "",
    ]


def test_a_timed_narrative_is_a_speech_by_nobody(timed):
    nobodys = [s for s in tree(timed).iter("speech") if s.get("by") == ""]
    assert len(nobodys) == 3
    assert all(s.get("startTime") and s.find("p/i") is not None for s in nobodys)


def test_times_go_on_after_midnight(timed):
    times = [s.get("startTime") for s in tree(timed).iter("speech")]
    assert times[0] == "2024-05-01T23:59:58+08:00"
    assert times[2] == "2024-05-02T00:00:00+08:00"


def test_a_paragraph_has_the_second_in_which_it_began(make):
    said = tuple(
        PublicStatement(0, text, (Cue(Span(Millis(at), Millis(at + 100)), text),))
        for text, at in (("一", 61_999), ("二", 62_000), ("三", 62_100), ("四", 90_000))
    )
    released = replace(
        make([(0, "好")], [NAMED], begins="14:00:00", sayit_times=True, links=()), statements=said
    )
    times = [s.get("startTime")[11:19] for s in tree(released).iter("speech")]
    assert times[:4] == ["14:01:01", "14:01:02", "14:01:03", "14:01:30"]


# Importing again


def test_a_corrected_record_replaces_the_one_before(make):
    first, second = (tree(make([(0, text)], [NAMED])) for text in ("好", "很好"))
    for path in (".//debateSection/heading", ".//docTitle", ".//docDate"):
        assert first.findtext(path) == second.findtext(path) != ""
    assert people(first) == people(second)


# Characters


@some
@given(st.data())
def test_every_file_is_well_formed_without_control_characters(
    meetings: Meetings, data: st.DataObject
) -> None:
    released = data.draw(meetings)
    for serialize in (akoma_ntoso.serialize, akoma_ntoso_30.serialize):
        written = serialize(released)
        etree.fromstring(written)
        text = written.decode("utf-8").replace("\n", "")
        assert not [c for c in text if unicodedata.category(c) == "Cc"]


def test_a_literal_less_than_survives_both_formats(make):
    released = make([(0, "若 a<b && b>c，則 <b>x</b>")], [NAMED])
    expected = (("高慧敏", "若 a<b && b>c，則 <b>x</b>"),)
    assert akoma_ntoso.parse(akoma_ntoso.serialize(released)) == expected
    assert markdown.parse(markdown.serialize(released)) == expected


# The house style of the archive


def test_the_house_style(make):
    root = tree(make([(0, "一"), (0, "二")], [replace(NAMED, role="")], links=(), hidden=()))
    written = re.sub(r"\n *", "", etree.tostring(root.find("debate/debateBody"), encoding="unicode"))
    assert written == (
        "<debateBody><debateSection><heading>2024-05-01 開放政府會議</heading>"
        '<speech by="#高慧敏"><p>一</p></speech><speech by="#高慧敏"><p>二</p></speech>'
        "</debateSection></debateBody>"
    )


@some
@given(st.data())
def test_there_is_one_speech_to_a_paragraph(meetings: Meetings, data: st.DataObject) -> None:
    released = data.draw(meetings)
    by_somebody = [s for s in tree(released).iter("speech") if s.get("by")]
    assert len(by_somebody) == len(paragraphs(released))
    assert all(len(s.findall("p")) == 1 for s in by_somebody)


def test_a_narrative_is_italic_and_in_brackets(make):
    narratives = list(tree(make()).iter("narrative"))
    assert len(narratives) == 2
    for narrative in narratives:
        assert [child.tag for child in narrative] == ["p"]
        assert [child.tag for child in narrative[0]] == ["i"]
        assert re.fullmatch("（.*）", "".join(narrative.itertext()).strip())


def test_files_are_named_by_date_and_title(make, tmp_path):
    written = files.write(make(title="開放政府 Open " + "長" * 60), tmp_path, None)
    names = {p.name.partition(".")[0] for p in written}
    assert names == {"2024-05-01-開放政府-open-" + "長" * 29}
    assert {len(n) for n in names} == {50}
    assert {".an.xml", ".akn.xml", ".md"} <= {"." + p.name.partition(".")[2] for p in written}
    assert all(p.name == unicodedata.normalize("NFC", p.name) for p in written)


def test_another_licence_than_the_archives_is_said(make):
    for serialize in (akoma_ntoso.serialize, markdown.serialize):
        assert "creativecommons" not in serialize(make()).decode()
        assert "（授權：" in serialize(make(licence=Licence.CC_BY)).decode()


# Markdown


@some
@given(st.data())
def test_the_markdown_keeps_the_archives_rules(meetings: Meetings, data: st.DataObject) -> None:
    released = data.draw(meetings)
    written = markdown.serialize(released).decode("utf-8")
    assert written.startswith("# ")  # no byte order mark and no front matter
    assert written == unicodedata.normalize("NFC", written)
    for line in written.split("\n"):
        assert line == line.rstrip()
        if line.startswith("#"):
            assert line.startswith("### ") == line.endswith((":", "："))
            assert line.startswith(("# ", "### "))
        if line.startswith(">"):
            assert line.startswith(("> (", "> （"))


def test_a_speaker_has_the_colon_of_the_language(make):
    assert "\n### 高慧敏：\n" in markdown.serialize(make()).decode()
    assert "\n### 高慧敏:\n" in markdown.serialize(make(language="en")).decode()


def test_an_item_of_the_agenda_is_nobodys_words_and_the_speaker_is_named_again(make):
    released = make(
        [(0, "一"), (0, "二")], [NAMED], sections=(PublicSection("甲", 0), PublicSection("乙：", 1))
    )
    lines = [
        line
        for line in markdown.serialize(released).decode().split("\n")
        if line.startswith(("##", "> （議"))
    ]
    assert lines == ["> （議程：甲）", "### 高慧敏：", "> （議程：乙）", "### 高慧敏："]


DRAFT_LINES = ("📅 時間：2024 年 5 月 1 日", "🏡 地點：臺北", "🌐 共筆：https://a.example", "【開始記錄】")


@pytest.mark.parametrize("line", DRAFT_LINES)
def test_a_line_of_the_draft_never_stands_as_such(make, line):
    released = make([(0, line)], [PublicSpeaker(line, line, line, named=True)])
    released = replace(
        released,
        title=line,
        links=(Link(line, "https://a.example"),),
        sections=(PublicSection(line, 0, Millis(0), f"https://a.example/{line}"),),
    )
    written = markdown.serialize(released).decode()
    assert line[:3] not in written
    assert not re.search("[📅🏡🌐]|【開始", written)
    assert markdown.parse(written.encode())[0][1] == line  # and yet nothing is lost


def test_what_only_drafts_say_is_not_published(make):
    written = markdown.serialize(make(begins="14:05:00"))
    for released in (written, akoma_ntoso.serialize(make(begins="14:05:00"))):
        text = released.decode()
        assert not re.search("時間|地點|臺北|共筆|共同編輯|CC0|開始記錄|A-1", text)


# Practice, and ways in which somebody hidden could leak


def test_who_is_named_but_not_recorded_keeps_the_name(make):
    root = tree(make([(0, "（不列入紀錄）")], [NAMED]))
    assert as_sayit_reads(root)[1] == ("高慧敏（交通局）", "（不列入紀錄）")
    assert root.find(".//speech/p/i") is not None


def test_nothing_of_somebody_hidden_but_the_label_is_written(make):
    hidden = PublicSpeaker("參與者 1", "參與者1", "蔡佩珊的秘書", named=False)
    for serialize in (akoma_ntoso.serialize, akoma_ntoso_30.serialize, markdown.serialize):
        assert "蔡佩珊" not in serialize(make([(0, "好")], [hidden])).decode()


def test_a_person_who_becomes_hidden_is_at_another_address(make):
    named, hidden = (people(tree(make([(0, "好")], [who])))[0] for who in (NAMED, HIDDEN))
    assert named[1] != hidden[1]
    assert "高慧敏" not in "".join(hidden)

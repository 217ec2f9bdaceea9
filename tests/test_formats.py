"""Every file of both demo meetings' releases, by programs and schemas that are not ours; and its licence."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import markdown_it
import pytest
from lxml import etree
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Route

from output import files
from output.captions import captions
from output.chapters import chapters
from output.licence import ADDRESSES
from output.paragraph import paragraphs
from pipeline.outlets.listed import Shelf
from pipeline.outlets.sending import send
from speakers.meeting import Licence
from tests import demo_meetings, foreign
from tests.demo_meetings import Published
from tests.output.test_akoma_ntoso import SCHEMA as AKN_3
from tests.output.test_akoma_ntoso import strict
from tests.output.test_public_json import VALID
from tests.room.browser.conftest import chromium

__all__ = ["chromium"]

OF_EVERY_MEETING = ("mp3", *files.ENDINGS)
OF_VIDEO = ("mp4", "chapters.txt", "chapters.vtt")
XHTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture(scope="module")
def telephone(tmp_path_factory: pytest.TempPathFactory) -> Published:
    return demo_meetings.telephone(tmp_path_factory.mktemp("telephone"))


@pytest.fixture(scope="module")
def collab(tmp_path_factory: pytest.TempPathFactory) -> Published:
    return demo_meetings.collab(tmp_path_factory.mktemp("collab"))


@pytest.fixture(scope="module", params=["telephone", "collab"])
def meeting(request: pytest.FixtureRequest) -> Published:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Published)
    return found


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> foreign.Office:
    return foreign.Office(tmp_path_factory.mktemp("office"))


def test_both_meetings_have_every_format_and_no_other(telephone: Published, collab: Published) -> None:
    """A new format stands in one of these lists, and so in the tests below."""
    for published, endings in ((telephone, OF_EVERY_MEETING), (collab, (*OF_EVERY_MEETING, *OF_VIDEO))):
        there = sorted(p.name.split(".", 1)[1] for p in published.folder.public.iterdir())
        assert there == sorted(["json", *endings])  # one json more: the manifest
        assert len(endings) == len(set(endings))
    assert not telephone.released.sections
    assert len(chapters(collab.released)) == 3


def test_akoma_ntoso_is_valid_by_the_schema_of_oasis(meeting: Published) -> None:
    AKN_3.assertValid(etree.parse(str(meeting.file("akn.xml"))))
    AKN_3.assertValid(strict(etree.parse(str(meeting.file("an.xml"))).getroot()))


def test_tei_is_valid_by_the_schema_of_the_tei_consortium(meeting: Published) -> None:
    assert foreign.tei_errors(meeting.file("tei.xml")) == ""


def test_the_json_is_valid_by_its_published_schema(meeting: Published) -> None:
    VALID.validate(json.loads(record_json(meeting).read_bytes()))


def test_popolo_names_nobody_but_who_is_named(meeting: Published) -> None:
    """Its schemas are in no package; `tests/output/test_popolo.py` holds the fields of its specification."""
    read = json.loads(meeting.file("popolo.json").read_bytes())
    named = {s.label for s in meeting.released.speakers if s.named}
    assert {person["name"] for person in read["persons"]} == named


def test_commonmark_shows_every_paragraph(meeting: Published) -> None:
    tokens = markdown_it.MarkdownIt().parse(meeting.file("md").read_text("utf-8"))
    shown = [
        "".join(child.content for child in token.children or ()) for token in tokens if token.type == "inline"
    ]
    said = [p.text for p in paragraphs(meeting.released)]
    assert [text for text in shown if text in set(said)] == said


def test_the_w3c_s_parser_reads_the_captions(meeting: Published) -> None:
    read = foreign.webvtt(meeting.file("vtt").read_bytes())
    assert read["errors"] == []
    assert [(c["voice"], c["text"]) for c in read["cues"]] == [
        (c.label, c.text) for c in captions(meeting.released)
    ]
    assert [(round(c["start"] * 1000), round(c["end"] * 1000)) for c in read["cues"]] == times(meeting)


def test_the_w3c_s_parser_reads_the_chapters(collab: Published) -> None:
    read = foreign.webvtt(collab.file("chapters.vtt").read_bytes(), "chapters")
    assert read["errors"] == []
    assert [c["text"] for c in read["cues"]] == [c.title for c in chapters(collab.released)]


def test_the_w3c_s_parser_would_have_told() -> None:
    assert foreign.webvtt(b"WEBVTT\n\n00:02.000 --> 00:01.000\n<b>a\n")["errors"]


_TRACKS = """async () => {
    const track = document.querySelector("track");
    track.track.mode = "hidden";
    if (track.readyState !== 2)
        await new Promise((good, bad) => { track.onload = good; track.onerror = () => bad("refused"); });
    return [...track.track.cues].map(cue => {
        const shown = cue.getCueAsHTML(), voice = shown.querySelector("span");
        return [Math.round(cue.startTime * 1000), Math.round(cue.endTime * 1000),
                voice ? voice.title : "", shown.textContent];
    });
}"""


@pytest.mark.parametrize(("ending", "kind"), [("vtt", "captions"), ("chapters.vtt", "chapters")])
def test_chromium_reads_the_tracks(collab: Published, chromium: Chromium, ending: str, kind: str) -> None:
    page = chromium.new_page()
    given = {
        "https://records.test/": ("text/html", f'<video><track default kind="{kind}" src="/t.vtt">'.encode()),
        "https://records.test/t.vtt": ("text/vtt", collab.file(ending).read_bytes()),
    }

    def answer(route: Route) -> None:
        kind_of_file, body = given[route.request.url]
        route.fulfill(content_type=kind_of_file, body=body)

    page.route("**", answer)
    page.goto("https://records.test/")
    found = page.evaluate(_TRACKS)
    page.close()
    if kind == "captions":
        wanted = [(c.span.start, c.span.end, c.label, c.text) for c in captions(collab.released)]
    else:
        wanted = [(c.span.start, c.span.end, "", c.title) for c in chapters(collab.released)]
    assert [tuple(row) for row in found] == wanted


def test_ffprobe_reads_subrip_and_webvtt(meeting: Published) -> None:
    for ending, codec in (("srt", "subrip"), ("vtt", "webvtt")):
        read = foreign.ffprobe(meeting.file(ending), "-show_packets")
        (track,) = read["streams"]
        assert track["codec_name"] == codec
        packets = read["packets"]
        spans = [(p["pts"], p["pts"] + p["duration"]) for p in packets]
        assert spans == times(meeting)


def test_ffprobe_reads_the_sound(meeting: Published) -> None:
    read = foreign.ffprobe(meeting.file("mp3"))
    (stream,) = read["streams"]
    assert (stream["codec_name"], stream["channels"]) == ("mp3", 1)
    assert float(read["format"]["duration"]) > captions(meeting.released)[-1].span.end / 1000 - 1


def test_ffprobe_reads_the_video_and_its_subtitle_track(collab: Published) -> None:
    read = foreign.ffprobe(collab.file("mp4"), "-show_packets")
    assert [s["codec_name"] for s in read["streams"]] == ["h264", "aac", "mov_text"]
    assert read["streams"][2]["tags"]["language"] == "zho"
    shown = [
        (round(float(p["pts_time"]) * 1000), round((float(p["pts_time"]) + float(p["duration_time"])) * 1000))
        for p in read["packets"]
        if p["codec_type"] == "subtitle" and int(p["size"]) > 2
    ]
    assert shown == times(collab)


@pytest.mark.parametrize("ending", ["odt", "docx"])
def test_libreoffice_opens_the_documents(meeting: Published, office: foreign.Office, ending: str) -> None:
    data = meeting.file(ending).read_bytes()
    colon = "：" if meeting.released.language == "zh" else ": "
    said = [f"{p.label}{colon}{p.text}" for p in paragraphs(meeting.released)]
    assert [line for line in office.text(data, ending).splitlines() if line in set(said)] == said
    assert office.pdf(data, ending).startswith(b"%PDF-")


def test_the_checker_of_the_w3c_has_no_objection_to_the_page(meeting: Published) -> None:
    assert foreign.html_errors(meeting.file("html")) == ""


def test_chromium_draws_the_pictures(meeting: Published, chromium: Chromium) -> None:
    etree.parse(str(meeting.file("svg")))
    page = chromium.new_page()
    page.goto(meeting.file("svg").as_uri())
    size = page.evaluate("[document.documentElement.tagName, document.querySelectorAll('rect').length]")
    page.close()
    assert size[0] == "svg"
    assert size[1] > 2


def test_sha256sum_finds_every_file_as_the_manifest_has_it(meeting: Published) -> None:
    listed = json.loads((meeting.folder.public / "manifest.json").read_bytes())["files"]
    assert len(listed) == len(list(meeting.folder.public.iterdir())) - 1
    sums = "".join(f"{file['sha256']}  {file['name']}\n" for file in listed)
    subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet"],
        input=sums.encode(),
        cwd=meeting.folder.public,
        check=True,
    )


def test_feedparser_reads_the_feed_of_both(telephone: Published, collab: Published, tmp_path: Path) -> None:
    import feedparser

    shelf = Shelf("web", tmp_path / "records", "https://records.example/")
    shelf.path.mkdir()
    for published in (telephone, collab):
        send(published.folder.root.parent.parent, published.folder, [shelf])
    read = feedparser.parse((shelf.path / "feed.xml").read_bytes())
    assert not read.bozo
    assert read.version == "atom10"
    assert {entry.title for entry in read.entries} == {telephone.released.heading, collab.released.heading}


def record_json(meeting: Published) -> Path:
    """The record, not the manifest beside it."""
    (found,) = (
        p for p in meeting.folder.public.glob("*.json") if p.name.count(".") == 1 and p.stem != "manifest"
    )
    return found


def times(meeting: Published) -> list[tuple[int, int]]:
    """Of every caption, in milliseconds."""
    return [(c.span.start, c.span.end) for c in captions(meeting.released)]


def _elements(path: Path, tag: str, attribute: str = "") -> list[str]:
    found = etree.parse(str(path)).getroot().iter("{*}" + tag)
    return [element.get(attribute) if attribute else element.text for element in found]


def _documents(path: Path) -> str:
    with ZipFile(path) as archive:
        return "".join(archive.read(n).decode() for n in archive.namelist() if n.endswith((".xml", ".rels")))


LICENCE_IN: dict[str, Callable[[Path], object]] = {
    "akn.xml": lambda path: _elements(path, "license"),
    "tei.xml": lambda path: _elements(path, "licence", "target"),
    "svg": lambda path: etree.parse(str(path)).xpath("//@*[local-name() = 'resource']"),
    "json": lambda path: json.loads(path.read_bytes())["licence"]["url"],
    "popolo.json": lambda path: json.loads(path.read_bytes())["meta"]["license"],
    "html": lambda path: re.findall(r'<link rel="license" href="([^"]*)">', path.read_text("utf-8")),
    "odt": _documents,
    "docx": _documents,
    "txt": lambda path: path.read_text("utf-8"),
    "vtt": lambda path: path.read_text("utf-8").split("\n\n")[1],
    "chapters.vtt": lambda path: path.read_text("utf-8").split("\n\n")[1],
    "chapters.txt": lambda path: path.read_text("utf-8"),
    "mp3": lambda path: foreign.ffprobe(path)["format"]["tags"]["copyright"],
    "mp4": lambda path: foreign.ffprobe(path)["format"]["tags"]["copyright"],
}
"""Where a format has the address of the licence."""

BY_THE_ARCHIVE_S_RULE = {"an.xml", "md"}
"""Everything in SayIt's archive is CC0, and its house style forbids a notice of it: there only another one is told."""

NOWHERE = {"srt"}
"""SubRip knows no comments: whatever stands in it is shown as said."""


def test_every_file_has_the_licence(meeting: Published) -> None:
    licence = meeting.released.licence
    address, looked = ADDRESSES[licence], set()
    for path in meeting.folder.public.iterdir():
        ending = path.name.split(".", 1)[1]
        looked.add(ending)
        if path.name == "manifest.json":
            assert json.loads(path.read_bytes())["licence"] == licence.value
        elif ending in BY_THE_ARCHIVE_S_RULE:
            assert (address in path.read_text("utf-8")) == (licence is not Licence.CC0)
        elif ending in NOWHERE:
            assert address not in path.read_text("utf-8")
        else:
            assert address in LICENCE_IN[ending](path), ending
    assert looked == {*OF_EVERY_MEETING, *(OF_VIDEO if meeting.released.sections else ())}


def test_the_two_meetings_have_two_licences(telephone: Published, collab: Published) -> None:
    assert (telephone.released.licence, collab.released.licence) == (Licence.CC_BY, Licence.CC0)

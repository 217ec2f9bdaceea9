"""The published page: by validators that are not ours, and in a Chromium that opens it from a folder."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import html5lib
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page

from output import files, html_page
from output.captions import captions
from output.paragraph import paragraphs
from redaction.released import Cue, PublicSection, PublicStatement, ReleasedPicture
from redaction.scan import Term, scan
from speakers.record import Millis, Span
from tests.foreign import html_errors
from tests.room.browser.conftest import chromium  # noqa: F401 (a fixture)
from tests.videos import RATE_HZ, film

AGENDA = (
    PublicSection("開場", 0, Millis(0)),
    PublicSection("討論", 2, Millis(2000), "https://example.org/a.pdf"),
)
XHTML = "{http://www.w3.org/1999/xhtml}"


def parsed(page: bytes):
    """As browsers read it; anything that the standard calls an error is one."""
    return html5lib.HTMLParser(strict=True).parse(page, transport_encoding="utf-8")


def said(page: bytes) -> list[tuple[str, str, str]]:
    """(id, label with its colon, text) of every paragraph."""
    body = parsed(page)
    found = [p for p in body.iter(f"{XHTML}p") if p.get("id")]
    return [(p.get("id"), p.findtext(f"{XHTML}b"), p.findtext(f"{XHTML}span")) for p in found]


@given(data=st.data())
def test_whatever_is_said_stands_in_the_page_letter_by_letter(data, releases):
    released = data.draw(releases)
    colon = "：" if released.language == "zh" else ": "
    page = html_page.serialize(released, data.draw(st.sampled_from(["", "mp3", "mp4"])))
    # A reader of HTML takes no space at an element's end or start for less than it is.
    assert said(page) == [(f"p{p.number}", p.label + colon, p.text) for p in paragraphs(released)]


def test_its_policy_lets_in_its_own_style_and_script_and_nothing_else(released):
    page = html_page.serialize(released, "mp3").decode("utf-8")
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1].replace(
        "&#39;", "'"
    )
    for kind in ("style", "script"):
        (inline,) = re.findall(rf"<{kind}>(.*?)</{kind}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inline.encode("utf-8")).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"\son\w+=|\sstyle=", page)


def test_it_names_no_file_but_its_own_sound(make):
    page = html_page.serialize(make(title="寵物 & 100% 運輸"), "mp4").decode("utf-8")
    assert [unquote(source) for source in re.findall(r'\ssrc="([^"]*)"', page)] == [
        "2024-05-01-寵物-100-運輸.mp4",
        "2024-05-01-寵物-100-運輸.vtt",
    ]
    assert not re.search(
        r"<(link|img|iframe|object|embed|script)[^>]*(src|href)=\"(?!data:,|https://creativecommons)", page
    )
    assert not re.search(r"<(audio|video|track)", html_page.serialize(make()).decode("utf-8"))


def test_captions_that_are_not_the_paragraph_are_shown_as_one(make):
    spoken = (
        PublicStatement(
            0,
            "好，謝謝。",
            (Cue(Span(Millis(0), Millis(500)), "好，"), Cue(Span(Millis(600), Millis(900)), "謝謝。")),
        ),
        PublicStatement(0, "好，謝謝。", (Cue(Span(Millis(1000), Millis(1900)), "謝謝，好。"),)),
    )
    page = html_page.serialize(make(statements=spoken), "mp3").decode("utf-8")
    assert re.findall(r'data-cues="([^"]*)"', page) == [
        "0:00:00-0:00:50,2;0:00:60-0:00:90,3",
        "0:01:00-0:01:90,5",
    ]


@pytest.mark.parametrize("media", ["", "mp3", "mp4"])
def test_the_validator_of_the_w3c_has_no_objection(make, tmp_path, media):
    for name, released in (("zh", make(sections=AGENDA)), ("en", make(language="en", spoken=[]))):
        (tmp_path / f"{name}.html").write_bytes(html_page.serialize(released, media))
    assert html_errors(*sorted(tmp_path.iterdir())) == ""


def test_the_leak_scanner_finds_a_name_in_it(make, tmp_path):
    term, path = (Term("p1/0", "蔡佩珊"),), tmp_path / "record.html"
    for changed in (
        {"spoken": [(0, "謝謝蔡佩珊。")]},
        {"title": "蔡佩珊"},
        {"sections": (PublicSection("蔡佩珊", 0),)},
    ):
        path.write_bytes(html_page.serialize(make(**changed), "mp3"))
        assert scan(path, term)
    path.write_bytes(html_page.serialize(make(sections=AGENDA), "mp4"))
    assert scan(path, term, numbers=True) == ()


Open = Callable[..., Page]


@pytest.fixture
def folder(make, tmp_path: Path) -> Path:
    """A release with video, as it is published."""
    seconds = np.arange(5 * RATE_HZ) / RATE_HZ
    sound = np.column_stack([9_000 * np.sin(2 * np.pi * 300 * seconds)] * 2).astype(np.int16)
    original = film(tmp_path / "original.mkv", sound, laden=False)
    into = tmp_path / "公開 #1"
    into.mkdir()
    released = make(sections=AGENDA, picture=ReleasedPicture(allowed=True))
    files.add_video(released, files.write(released, into, original), original)
    return into


@pytest.fixture
def opened(chromium, folder: Path) -> Iterator[Open]:  # noqa: F811 (the fixture)
    """The page of the release, opened from its folder; options as `Browser.new_context` has them."""
    wrong: list[str] = []
    contexts = []

    def open_(after: str = "", *, sound_only: bool = False, **options: object) -> Page:
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "request",
            lambda asked: asked.url.startswith((folder.as_uri(), "data:,")) or wrong.append(asked.url),
        )
        (file,) = folder.glob("*.html")
        if sound_only:
            file.write_bytes(
                file.read_bytes().replace(b"<video", b"<audio").replace(b"</video>", b"</audio>")
            )
        page.goto(file.as_uri() + after)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not wrong


def test_a_click_on_a_time_plays_from_there_and_shows_what_is_heard(opened: Open) -> None:
    page = opened()
    page.click("#p3 > a")
    page.wait_for_selector("#p3.now")
    page.wait_for_function("document.querySelector('#player').currentTime >= 2")
    assert page.locator("[aria-current]").evaluate_all("all => all.map((one) => one.id || one.hash)") == [
        "#s2",
        "p3",
    ]
    cues = page.evaluate(
        "[...player.textTracks[0].cues].map((cue) => [cue.startTime, cue.getCueAsHTML().textContent])"
    )
    assert cues[1] == [1, "參與者 1：我住在［地址］，<不方便>說。"]
    assert len(cues) == 4
    assert page.evaluate("player.textTracks[0].mode") == "showing"


def test_a_video_in_the_page_has_the_captions_of_the_published_file(
    chromium,  # noqa: F811 (the fixture)
    make,
    tmp_path: Path,
) -> None:
    def said(speaker: int, *cues: tuple[int, int, str]) -> PublicStatement:
        made = tuple(Cue(Span(Millis(a), Millis(b)), text) for a, b, text in cues)
        return PublicStatement(speaker, "".join(cue.text for cue in made), made)

    released = make(
        statements=(
            said(0, (0, 300, "好，"), (300, 700, "謝謝。"), (2000, 5000, "今天談的是寵物運輸。")),
            said(1, (3000, 6000, "我可以 <先> 說嗎？")),
            said(0, (7000, 7200, "請。"), (7200, 7400, "您先。")),
            said(0, (7500, 7700, "慢慢說。")),
        )
    )
    (tmp_path / "page.html").write_bytes(html_page.serialize(released, "mp4"))
    page = chromium.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    there = page.evaluate(
        "[...player.textTracks[0].cues].map((cue) => [cue.startTime, cue.endTime, cue.getCueAsHTML().textContent])"
    )
    page.close()
    colon = "："
    assert len(there) < sum(len(s.cues) for s in released.statements)
    assert [(round(a * 100), round(b * 100), re.sub(r"\s", "", text)) for a, b, text in there] == [
        (c.span.start // 10, c.span.end // 10, re.sub(r"\s", "", c.label + colon + c.text))
        for c in captions(released)
    ]


def test_a_permalink_marks_its_paragraph_and_waits_there(opened: Open) -> None:
    page = opened("#p4")
    page.wait_for_function("document.querySelector('#player').currentTime === 3")
    assert page.evaluate("document.querySelector(':target').id + player.paused") == "p4true"


def test_by_keyboard_alone_it_is_played_and_searched(opened: Open) -> None:
    page = opened()
    page.focus("#p2 > a")
    page.keyboard.press("Enter")
    page.wait_for_selector("#p2.now")
    page.focus("#q")
    page.keyboard.type("謝謝")
    page.keyboard.press("Enter")
    assert page.inner_text("#count") == "1/1"
    assert page.locator("p.here").get_attribute("id") == "p3"


def test_a_search_counts_and_filters_whatever_the_width_and_case(opened: Open) -> None:
    page = opened()
    for sought, count in (
        ("談開", "1"),
        ("　各位　", "1"),
        ("＜不", "1"),
        ("慧敏", "3"),
        ("沒有", "找不到"),
        ("", ""),
    ):
        page.fill("#q", sought)
        assert page.inner_text("#count") == count, sought
    page.fill("#q", "高慧敏")
    page.check("#only")
    assert page.locator("main p[id]:visible").evaluate_all("all => all.map((one) => one.id)") == [
        "p1",
        "p3",
        "p4",
    ]
    page.click("#after")
    page.click("#after")
    assert page.inner_text("#count") == "2/3"
    page.click("#before")
    assert page.inner_text("#count") == "1/3"


def test_without_a_script_it_is_read_and_nothing_stands_there_that_does_nothing(opened: Open) -> None:
    page = opened(java_script_enabled=False)
    assert "今天談開放政府" in page.inner_text("main")
    assert not page.locator("#search, #options").locator("visible=true").count()
    assert page.locator("video[controls]").is_visible()


def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(opened: Open) -> None:
    wrong = []
    for sound_only in (False, True):
        page = opened("#p2", sound_only=sound_only)
        page.fill("#q", "謝謝")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for size in ({"width": 1280, "height": 900}, {"width": 320, "height": 640}):
                page.set_viewport_size(size)
                rules = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
                for found in Axe().run(page, options=rules).response["violations"]:
                    wrong += [f"{found['id']}: {node['html'][:120]}" for node in found["nodes"]]
                if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
                    wrong.append(f"too wide for {size['width']}")
    assert not wrong, "\n".join(wrong)


def test_on_paper_stands_the_text_and_no_player(opened: Open) -> None:
    page = opened()
    page.fill("#q", "謝謝")
    page.check("#only")
    page.emulate_media(media="print")
    assert page.locator("main p[id]:visible").count() == 4
    assert not page.locator("#player, #search, nav").locator("visible=true").count()

"""The index over published records: a page that finds what is there, a feed, and nothing that was taken down."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from lxml import etree
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from output import manifest, markdown
from output.manifest import File, Manifest
from pipeline.folder import MeetingFolder
from pipeline.outlets import feed, grams, index, page, record
from pipeline.outlets.listed import Shelf
from pipeline.outlets.sending import send, withdraw
from speakers.error import NotFoundError, OutletError
from tests.conftest import SECRETS, assert_told, one_object
from tests.engines.scripted import publish
from tests.room.browser.conftest import chromium

__all__ = ["chromium"]

SAID = (
    ("唐主持", "歡迎各位來到臺北，今天討論寵物友善運輸。"),
    ("參與者 1", "我贊成 Open Data，資料要公開，鑫。"),
)


def written(root: Path, key: str, title: str, said: tuple[tuple[str, str], ...], at: str) -> Path:
    """A record in a folder, as a release leaves one."""
    place = root / key
    place.mkdir(parents=True)
    blocks = [f"# {title}", *(block for who, text in said for block in (f"### {who}：", text))]
    files = {f"{key}.md": "\n\n".join(blocks) + "\n", f"{key}.html": "<!DOCTYPE html><p id=p2>2</p>\n"}
    listed = []
    for name, text in files.items():
        (place / name).write_text(text, "utf-8")
        (digest,) = {manifest._file(place / name).sha256}
        listed.append(File(name, digest, (place / name).stat().st_size))
    described = Manifest(tuple(listed), "0" * 64, at, 1, (), "", (), "CC0-1.0")
    (place / manifest.NAME).write_bytes(manifest.serialize(described))
    return place


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    place = tmp_path / "records"
    written(place, "2024-05-01-運輸", "2024-05-01 運輸", SAID, "2024-06-01T10:00:00+08:00")
    written(
        place, "2025-01-02-其他", "2025-01-02 其他 <b>", (("甲", "別的事。"),), "2025-02-01T10:00:00+08:00"
    )
    return place


def test_the_list_is_of_everything_that_is_there_the_newest_first(shelf: Path) -> None:
    made = index.rebuild(shelf, title="紀錄", url="https://r.example.org/")
    listed = json.loads((shelf / "records.json").read_bytes())
    assert [r["key"] for r in listed["records"]] == ["2025-01-02-其他", "2024-05-01-運輸"]
    assert all((shelf / name).is_file() for r in listed["records"] for name in r["files"])
    assert listed["records"][1]["paragraphs"] == len(SAID)
    shown = (shelf / "index.html").read_text("utf-8")
    assert "其他 &lt;b&gt;" in shown
    assert shown.index("其他") < shown.index("運輸")
    assert (made.left_out, len(made.rows)) == ((), 2)


def test_the_same_records_give_the_same_bytes(shelf: Path) -> None:
    index.rebuild(shelf, title="紀錄")
    files = {p: p.read_bytes() for p in shelf.rglob("*") if p.is_file()}
    index.rebuild(shelf)
    assert {p: p.read_bytes() for p in shelf.rglob("*") if p.is_file()} == files


def test_the_feed_is_atom_with_ids_that_stay_and_times_of_release(shelf: Path) -> None:
    released = {"2024-05-01-運輸": "2025-03-01T10:00:00+08:00"}
    index.rebuild(shelf, url="https://r.example.org/", released=released)
    first = (shelf / "feed.xml").read_bytes()
    root = etree.fromstring(first)
    ns = {"a": feed.ATOM}
    assert root.tag == f"{{{feed.ATOM}}}feed"
    for entry in (root, *root.findall("a:entry", ns)):
        (id_,), (title,), (updated,) = (entry.findall(f"a:{n}", ns) for n in ("id", "title", "updated"))
        assert uuid.UUID(id_.text.removeprefix("urn:uuid:"))
        assert title.text
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", updated.text)
        links = entry.findall("a:link[@rel='alternate']", ns)
        assert [link.get("href").isascii() for link in links] == [True]
    assert root.find("a:author/a:name", ns) is not None
    assert len({e.text for e in root.iter(f"{{{feed.ATOM}}}id")}) == 3
    newest = root.find("a:entry", ns)
    assert newest is not None
    assert newest.findtext("a:updated", None, ns) == released["2024-05-01-運輸"]
    index.rebuild(shelf)  # which is told of no time, no address and no title
    assert (shelf / "feed.xml").read_bytes() == first


def test_what_was_changed_or_half_copied_is_left_out_and_named(shelf: Path) -> None:
    (shelf / "2024-05-01-運輸" / "2024-05-01-運輸.md").write_text("# 2024-05-01 運輸\n\nother\n", "utf-8")
    (shelf / "notes").mkdir()
    made = index.rebuild(shelf)
    assert made.left_out == ("2024-05-01-運輸",)
    assert [row.key for row in made.rows] == ["2025-01-02-其他"]


def test_what_is_withdrawn_is_gone_from_every_file_of_the_index(
    data: Path, approved: MeetingFolder, tmp_path: Path
) -> None:
    publish(approved)
    site = Shelf("site", tmp_path / "site")
    site.path.mkdir()
    send(data, approved, (site,))
    said = b"".join(p.read_bytes() for p in sorted(site.path.rglob("*")) if p.is_file())
    assert "寵物友善運輸協作會議".encode() in (site.path / "feed.xml").read_bytes()
    assert not any(secret.encode() in said for secret in SECRETS if secret not in {"沈立言", "林志明"})
    withdraw(data, approved, (site,))
    left = [p for p in site.path.rglob("*") if p.is_file()]
    assert not any("寵物".encode() in p.read_bytes() or "寵物" in p.name for p in left)


def test_the_command_makes_it_anew_and_takes_no_folder_of_drafts(
    zhuzi: Callable[..., Result], shelf: Path, data: Path, job: MeetingFolder
) -> None:
    answer = one_object(zhuzi("index", shelf, "--title", "本局紀錄", "--json").stdout)
    assert (answer["records"], answer["paragraphs"], answer["left_out"]) == (2, 3, [])
    assert "本局紀錄" in (shelf / "index.html").read_text("utf-8")
    assert_told(zhuzi("index", data), OutletError)
    assert_told(zhuzi("index", shelf / "nowhere"), NotFoundError)


def _found(opened: Page, words: str) -> list[tuple[str, str, str]]:
    """What the page finds: (address, who, marked words)."""
    opened.fill("#words", words)
    opened.wait_for_function("document.getElementById('said').textContent !== ''")
    return [
        (
            str(item.locator("a").get_attribute("href")),
            item.locator("b").inner_text(),
            "|".join(item.locator("mark").all_inner_texts()),
        )
        for item in opened.locator("#hits > li").all()
    ]


def test_the_page_finds_one_character_as_well_as_ten_without_a_server(
    chromium: Chromium, shelf: Path, pytestconfig: pytest.Config
) -> None:
    index.rebuild(shelf, title="公開會議紀錄")
    opened = chromium.new_page(viewport={"width": 900, "height": 900})
    wrong: list[str] = []
    opened.on("console", lambda message: wrong.append(message.text))
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto((shelf / "index.html").as_uri())
    where = "2024-05-01-%E9%81%8B%E8%BC%B8/2024-05-01-%E9%81%8B%E8%BC%B8.html"
    assert _found(opened, "鑫") == [(f"{where}#p2", "參與者 1", "鑫")]
    assert _found(opened, "台北") == [(f"{where}#p1", "唐主持", "臺北")]
    assert _found(opened, "寵物友善運輸") == [(f"{where}#p1", "唐主持", "寵物友善運輸")]
    assert _found(opened, "ＯＰＥＮ 公開") == [(f"{where}#p2", "參與者 1", "Open|公開")]
    for wanted in ("鑫鑫", "constructor", "__proto__", "公開寵物"):
        assert _found(opened, wanted) == []
    _found(opened, "資料")
    if place := pytestconfig.getoption("--screenshots"):
        opened.screenshot(path=f"{place}/records-index.png", full_page=True)
    assert wrong == []
    assert all(url.startswith("file://") for url in asked)
    opened.close()


def test_page_and_program_put_characters_into_the_same_scripts(chromium: Chromium, shelf: Path) -> None:
    words = ["寵物", "𠮷野", "ab", "龘", "é1", "ﬀ", "Ａ"]
    folded = ["".join(grams.runs(word)) for word in words]
    opened = chromium.new_page()
    index.rebuild(shelf)
    opened.goto((shelf / "index.html").as_uri())
    theirs = opened.evaluate(
        """words => words.map(w => {
          const f = [...w].map(c => c.normalize("NFKC").toLowerCase().replaceAll("臺", "台")).join("");
          const [a, b] = [...f].map(s => s.codePointAt(0));
          return [f, (a * 31 + (b ?? 0)) % Number(document.body.dataset.shards)];
        })""",
        words,
    )
    assert theirs == [[f, grams.shard_of(f[:2])] for f in folded]
    opened.close()


def test_the_text_of_a_record_is_read_as_it_is_shown(tmp_path: Path) -> None:
    place = written(
        tmp_path, "r", "2024-05-01 \\# a &lt; b", (("甲", "\\# 1 &lt; 2"),), "2024-06-01T10:00:00+08:00"
    )
    found = record.published(place)
    assert (found.title, found.date) == ("2024-05-01 # a < b", "2024-05-01")
    assert [p.text for p in found.paragraphs] == ["# 1 < 2"]
    assert markdown.parse((place / "r.md").read_bytes()) == (("甲", "# 1 < 2"),)
    assert b"</script" not in page.text_script("x", found)

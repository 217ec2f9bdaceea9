"""The page of an index: every record by its date, and a search over all of them that needs no server."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from pipeline.outlets.record import Published

ASSETS = ("find.js", "style.css")
_STATIC = Path(__file__).parent / "static"


class Row(Protocol):
    """A record of the index, as `pipeline.outlets.index` has it."""

    @property
    def key(self) -> str:
        """Name of its folder."""

    @property
    def record(self) -> Published:
        """What is in it."""

    @property
    def text_name(self) -> str:
        """The script with its text, without the ending."""


def asset(name: str) -> bytes:
    """A file that the page loads."""
    return (_STATIC / name).read_bytes()


def text_script(name: str, record: Published) -> bytes:
    """What was said in a record, as a script that hands it over."""
    said = [[p.number, p.label, p.text] for p in record.paragraphs]
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return f"zhuzi.text({json.dumps(name)},{text});\n".encode()


def serialize(title: str, rows: Sequence[Row], grams: str, *, shards: int) -> bytes:
    """The page.

    Args:
        title: of the index.
        rows: (n_records,) in the order of the list, which is that of the grams.
        grams: name of the folder with the scripts of the search.
        shards: how many of them there are.
    """
    shown = escape(title)
    listed = "\n".join(_listed(row) for row in rows) or "<li>目前沒有紀錄。</li>"
    return f"""<!DOCTYPE html>
<html lang="zh-Hant-TW">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{shown}</title>
<link rel="stylesheet" href="search/style.css">
<link rel="alternate" type="application/atom+xml" title="{shown}" href="feed.xml">
</head>
<body data-grams="{escape(grams)}" data-shards="{shards}">
<header>
<h1>{shown}</h1>
<p><span id="count">{len(rows)}</span> 份紀錄 <span lang="en">records</span> · <a href="feed.xml">Atom</a> ·
<a href="records.json">JSON</a></p>
<form id="search" role="search" hidden>
<label for="words">搜尋所有紀錄 <span lang="en">Search all records</span></label>
<input id="words" type="search" autocomplete="off" maxlength="100">
</form>
<noscript><p>搜尋需要 JavaScript；下面的清單不需要。</p></noscript>
</header>
<main>
<section id="found" aria-labelledby="found-heading" hidden>
<h2 id="found-heading">找到的段落 <span lang="en">Found</span></h2>
<p id="said" role="status"></p>
<ol id="hits"></ol>
<button id="more" type="button" hidden>更多 <span lang="en">More</span></button>
</section>
<section aria-labelledby="all">
<h2 id="all">所有紀錄 <span lang="en">All records</span></h2>
<ul id="records">
{listed}
</ul>
</section>
</main>
<script src="search/find.js"></script>
</body>
</html>
""".encode()


def _listed(row: Row) -> str:
    record = row.record
    name = record.title.removeprefix(record.date).strip() or record.title
    page = f"{quote(row.key)}/{quote(record.page)}"
    anchored = " data-anchored" if record.page.endswith(".html") else ""
    time = f'<time datetime="{record.date}">{record.date}</time> ' if record.date else ""
    files = " ".join(
        f'<a href="{quote(row.key)}/{quote(file)}">{escape(file.removeprefix(record.slug).lstrip("."))}</a>'
        for file in record.files
        if file.startswith(record.slug) and file != record.page
    )
    return (
        f'<li data-text="{row.text_name}"{anchored}>{time}<a class="page" href="{page}">{escape(name)}</a>'
        f'<span class="files">{files}</span></li>'
    )

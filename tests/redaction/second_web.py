"""The second set of blind canaries, in web pages, feeds, calendars, tables and settings."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import quote

from tests.redaction.blind_people import ALIAS, FACT, NAME, NUMBER, canary, collected, put


def page(body: str, head: str = "") -> str:
    """An HTML page."""
    return f'<!doctype html><html lang="zh-Hant"><head><meta charset="utf-8">{head}</head><body>{body}</body></html>\n'


@canary("HTML, meta", NAME, "the author that the editor's template fills in")
def html_meta(folder: Path) -> None:
    put(folder, "r.html", page("<p>好</p>", '<meta name="author" content="Peitsen&nbsp;Wen">'))


@canary("HTML, preview", NAME, "the picture of a link's preview is made by a service from its query")
def html_preview(folder: Path) -> None:
    address = "https://og.example.org/?title=" + quote(quote("邢瑄：無障礙坡道"))
    put(folder, "r.html", page("<p>好</p>", f'<meta property="og:image" content="{address}">'))


@canary("HTML, srcset", NAME, "portraits in three sizes")
def html_srcset(folder: Path) -> None:
    put(folder, "r.html", page('<img alt="" srcset="/i/situ_yunche-1x.webp 1x, /i/situ_yunche-2x.webp 2x">'))


@canary("HTML, class", NAME, "a class for each speaker")
def html_class(folder: Path) -> None:
    put(folder, "r.html", page('<p class="speech speaker-溫沛岑 odd">好</p>'))


@canary("HTML, script", NAME, "a list of characters, joined in the script")
def html_join(folder: Path) -> None:
    put(folder, "r.html", page("<script>const n=['司','徒','允','澈'].join('')</script>"))


@canary("HTML, script", NAME, "percent escapes within a script")
def html_component(folder: Path) -> None:
    put(folder, "r.html", page(f"<script>t=decodeURIComponent('{quote('羅烏菈．瑪里岸')}')</script>"))


@canary("HTML, application data", NAME, "the page's state, escaped JSON in a string")
def html_state(folder: Path) -> None:
    state = json.dumps(json.dumps({"speaker": {"2": "溫沛岑"}}))
    put(folder, "r.html", page(f"<script>window.__STATE__=JSON.parse({state})</script>"))


@canary("HTML, table", NAME, "surname and given name in cells, with attributes and a comment")
def html_cells(folder: Path) -> None:
    put(
        folder,
        "r.html",
        page('<table><tr><td rowspan="2">司徒</td><!-- 名 --><td class="n">允澈</td></tr></table>'),
    )


@canary("HTML, superscript", NAME, "a two-character name with a footnote between")
def html_footnote(folder: Path) -> None:
    put(folder, "r.html", page('<p>謝謝邢<sup><a href="#f1"></a></sup><span hidden></span>瑄。</p>'))


@canary("HTML, text fragment", NAME, "a link that jumps to a text")
def html_fragment(folder: Path) -> None:
    put(
        folder,
        "r.html",
        page(f'<a href="/r#:~:text={quote("請溫")},{quote("沛岑")}-,">…</a>'),
    )


@canary("HTML, style", NAME, "a style sheet's selector with escapes")
def html_selector(folder: Path) -> None:
    put(folder, "r.html", page("<p>好</p>", '<style>[data-who="\\6EAB\\6C9B \\5C91"]{color:red}</style>'))


@canary("RSS, creator", NAME, "the feed's author, with the given name first")
def rss_creator(folder: Path) -> None:
    put(
        folder,
        "feed.xml",
        "<rss><channel><item><dc:creator>Yun-Che Szutu</dc:creator></item></channel></rss>\n",
    )


@canary("podcast, chapters", ALIAS, "chapters of a podcast")
def podcast_chapters(folder: Path) -> None:
    put(
        folder,
        "chapters.json",
        json.dumps({"version": "1.2.0", "chapters": [{"startTime": 0, "title": "阿澈哥談坡道"}]}),
    )


@canary("iCalendar, attendee", NAME, "a line folded within the address of an attendee")
def calendar_attendee(folder: Path) -> None:
    put(
        folder,
        "e.ics",
        "BEGIN:VEVENT\r\nATTENDEE;CN=guest;ROLE=REQ-PARTICIPANT:mailto:pei.ts\r\n en.wen@example.org\r\nEND:VEVENT\r\n",
    )


@canary("vCard 2.1", NAME, "quoted-printable, surname and given name apart")
def vcard_old(folder: Path) -> None:
    parts = ["".join(f"={byte:02X}" for byte in part.encode()) for part in ("司徒", "允澈")]
    put(
        folder,
        "c.vcf",
        f"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{';'.join(parts)};;;\r\nEND:VCARD\r\n",
    )


@canary("vCard, picture", NUMBER, "a telephone number as an address")
def vcard_number(folder: Path) -> None:
    put(
        folder,
        "c.vcf",
        "BEGIN:VCARD\r\nVERSION:4.0\r\nTEL;VALUE=uri:tel:+886-7-553-2816;ext=12\r\nEND:VCARD\r\n",
    )


@canary("KML", NAME, "a placemark of somebody's home")
def kml(folder: Path) -> None:
    put(folder, "m.kml", "<kml><Placemark><name><![CDATA[邢瑄家 &amp; 坡道]]></name></Placemark></kml>\n")


@canary("CSV, columns", NAME, "given name before surname, quoted, the id in between")
def csv_columns(folder: Path) -> None:
    put(folder, "r.csv", '"given","family"\n"Yun-Che","Szutu"\n')


@canary("TSV in UTF-16", NAME, "a spreadsheet's 'Unicode text', surname and given name in columns")
def tsv_utf16(folder: Path) -> None:
    put(folder, "r.txt", "編號\t姓\t名\r\n2\t溫\t沛岑\r\n".encode("utf-16"))


@canary("YAML", NAME, "escapes in a list of speakers")
def yaml_escapes(folder: Path) -> None:
    put(folder, "speakers.yml", 'speakers:\n  s1: "\\u90A2\\u7444"\n  s2: null\n')


@canary("TOML, key", NAME, "a quoted key, romanised")
def toml_key(folder: Path) -> None:
    put(folder, "labels.toml", '[labels]\n"wen_peitsen" = "發言者 2"\n')


@canary("INI, section", FACT, "a section for the employer, as Latin-1 of UTF-8")
def ini_mojibake(folder: Path) -> None:
    put(folder, "r.ini", "[" + "旭嶺診所".encode().decode("latin-1") + "]\nx=1\n")


@canary("gettext", NAME, "the comment of a translator")
def gettext_comment(folder: Path) -> None:
    put(folder, "zh.po", '#. spoken by Xing Xuan\nmsgid "ok"\nmsgstr "好"\n')


@canary("LaTeX, author", NAME, "a font switch between the parts, a tie after the surname")
def latex_author(folder: Path) -> None:
    put(folder, "r.tex", "\\author{{\\kai 司徒}~\\textbf{允澈}\\thanks{x}}\n")


@canary("BibTeX", NAME, "surname first, with the accents of Wade-Giles")
def bibtex(folder: Path) -> None:
    put(folder, "r.bib", '@misc{x, author = {Hsing, Hs{\\"u}an and others}, year = 2026}\n')


@canary("sitemap", NAME, "addresses of the people's pages")
def sitemap(folder: Path) -> None:
    put(
        folder,
        "sitemap.xml",
        "<urlset><url><loc>https://example.org/people/lowula-mariyan/</loc></url></urlset>\n",
    )


@canary("address, query", NAME, "base64 for addresses of a query, in a query, encoded twice")
def query_base64(folder: Path) -> None:
    state = base64.urlsafe_b64encode(f"who={quote('邢瑄')}&p=2".encode()).decode()
    put(
        folder,
        "r.txt",
        f"https://example.org/login?next={quote(quote(f'/r?state={state}', safe=''), safe='')}\n",
    )


@canary("web manifest", ALIAS, "the short name of an app")
def web_manifest(folder: Path) -> None:
    put(folder, "app.webmanifest", json.dumps({"name": "x", "short_name": "小瑄"}))


@canary("Jupyter notebook", NAME, "source in lines, the output as a frame of pandas")
def notebook(folder: Path) -> None:
    output = ["   family given\n", "0      溫    沛岑\n"]
    put(folder, "a.ipynb", json.dumps({"cells": [{"cell_type": "code", "outputs": [{"text": output}]}]}))


@canary("HTTP archive", NAME, "what a browser saw, the body in base64")
def http_archive(folder: Path) -> None:
    body = base64.b64encode('{"display":"司徒 允澈"}'.encode()).decode()
    put(
        folder,
        "a.har",
        json.dumps({"log": {"entries": [{"response": {"content": {"encoding": "base64", "text": body}}}]}}),
    )


@canary("source code", NAME, "a constant in a test, escaped for ASCII")
def source_constant(folder: Path) -> None:
    put(folder, "test_x.py", 'WHO = "\\N{CJK UNIFIED IDEOGRAPH-90A2}\\N{CJK UNIFIED IDEOGRAPH-7444}"\n')


@canary("source code", NAME, "an identifier in capitals")
def source_identifier(folder: Path) -> None:
    put(folder, "config.js", "export const IS_SITU_YUN_CHE = id => id === 's3'\n")


@canary("package", NAME, "who packed it")
def package_author(folder: Path) -> None:
    put(folder, "package.json", json.dumps({"name": "r", "author": "Pei-cen Wen <pc@example.org>"}))


CANARIES = collected(globals())

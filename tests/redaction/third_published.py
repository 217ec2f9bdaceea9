"""The third set of blind canaries, in the text files that are published."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
from pathlib import Path
from urllib.parse import quote

from speakers.record import digest
from tests.redaction.blind_people import ALIAS, FACT, NAME, NUMBER, akoma, canary, captions, collected, put
from tests.redaction.third_people import HUANGFU


@canary("Akoma Ntoso, from", NAME, "the label of one statement was not replaced")
def akoma_from(folder: Path) -> None:
    put(folder, "r.xml", akoma('<speech by="#s2"><from>柯采蘋（家長）</from><p>好</p></speech>'))


@canary("Akoma Ntoso, speech", NAME, "every character an element of its own, on lines of its own")
def akoma_characters(folder: Path) -> None:
    parts = "\n".join(f'      <span class="w">{one}</span>' for one in "皇甫祐辰")
    put(folder, "r.xml", akoma(f'<speech by="#s3"><p>謝謝\n{parts}\n</p></speech>'))


@canary("Akoma Ntoso, reference", NAME, "the pseudonym stands in showAs, the name in the address")
def akoma_reference(folder: Path) -> None:
    put(
        folder,
        "r.xml",
        akoma("<p/>", '<TLCPerson eId="s3" href="/ontology/person/tw/kung.ni" showAs="發言者 3"/>'),
    )


@canary("Akoma Ntoso, identifier", NAME, "an identifier made of romanised syllables with tone numbers")
def akoma_identifier(folder: Path) -> None:
    put(folder, "r.xml", akoma('<speech eId="speech_ke1cai3ping2_4" by="#s1"><p>好</p></speech>'))


@canary("Akoma Ntoso, references", NAME, "decimal and hexadecimal character references in turn")
def akoma_entities(folder: Path) -> None:
    parts = "".join(f"&#{ord(c)};" if i % 2 else f"&#x{ord(c):05x};" for i, c in enumerate("柯采蘋"))
    put(folder, "r.xml", akoma(f'<speech by="#s1"><p title="{parts}">好</p></speech>'))


@canary("Akoma Ntoso, entity", NAME, "an entity declared for each half of a name")
def akoma_declared(folder: Path) -> None:
    prolog = '<!DOCTYPE akomaNtoso [<!ENTITY a "皇甫"><!ENTITY b "祐辰">]>\n'
    put(folder, "r.xml", akoma("<speech><p>謝謝&a;&b;。</p></speech>", prolog=prolog))


@canary("Akoma Ntoso, comment", FACT, "a comment of the editor splits a hospital's name")
def akoma_comment(folder: Path) -> None:
    put(folder, "r.xml", akoma("<speech><p>在暮光<!-- 查證 -->療養院住了兩年。</p></speech>"))


@canary("Akoma Ntoso, UTF-16", NAME, "the whole record as UTF-16, big-endian, without a mark")
def akoma_wide(folder: Path) -> None:
    put(folder, "r.xml", akoma("<speech><p>龔旎說可以。</p></speech>").encode("utf-16-be"))


@canary("Akoma Ntoso, Big5", NAME, "an old tool saved the record as Big5")
def akoma_big5(folder: Path) -> None:
    put(
        folder,
        "r.xml",
        akoma("<speech><p>請皇甫祐辰先生。</p></speech>").replace("utf-8", "big5").encode("big5"),
    )


@canary("Markdown, body", NAME, "emphasis inside a name")
def markdown_emphasis(folder: Path) -> None:
    put(folder, "r.md", "**發言者 1**：我是柯**采**_蘋_，大家好。\n")


@canary("Markdown, link", NAME, "a link's target, encoded")
def markdown_link(folder: Path) -> None:
    put(folder, "r.md", f"[發言者 2](<../people/{quote('皇甫祐辰')}.md> '簡介')\n")


@canary("Markdown, reference", NAME, "a reference that nobody sees rendered")
def markdown_reference(folder: Path) -> None:
    put(folder, "r.md", "**發言者 3**：好。\n\n[//]: # (龔 旎)\n")


@canary("Markdown, front matter", NAME, "a folded scalar broken in the name")
def markdown_front(folder: Path) -> None:
    put(folder, "r.md", "---\nsummary: >-\n  與會者有柯采\n  蘋等三人\n---\n\n# 會議\n")


@canary("Markdown, footnote", NAME, "the surname in the text, the given name in the next quoted line")
def markdown_quote(folder: Path) -> None:
    put(folder, "r.md", "> 接著由皇甫\n> 祐辰說明。\n")


@canary("Markdown, hyphen", ALIAS, "a soft hyphen as a named reference in an English alias")
def markdown_hyphen(folder: Path) -> None:
    put(folder, "r.md", "謝謝 Cass&shy;idy。\n")


@canary("Markdown, struck out", NAME, "half of it struck out")
def markdown_struck(folder: Path) -> None:
    put(folder, "r.md", "**發言者 4**：~~莫那~~娃．瓦歷~~漢~~說過。\n")


@canary("WebVTT, voice", NAME, "the voice's class carries the name")
def caption_voice(folder: Path) -> None:
    put(folder, "r.vtt", captions("<v.huangfu_youchen 發言者 2>好</v>"))


@canary("WebVTT, cues", NAME, "a name over two cues of two speakers' tags")
def caption_cues(folder: Path) -> None:
    put(folder, "r.vtt", captions("<v 發言者 1>我叫柯采", "<v 發言者 1>蘋，住附近"))


@canary("WebVTT, times", NAME, "a time stamp between the characters of a short name")
def caption_times(folder: Path) -> None:
    put(folder, "r.vtt", captions("謝謝<00:00:00.300><c>龔</c><00:00:00.600><c>旎</c>"))


@canary("WebVTT, note", NAME, "a note block holds base64 of JSON")
def caption_note(folder: Path) -> None:
    note = base64.b64encode(json.dumps({"label": "龔旎"}).encode()).decode()
    put(folder, "r.vtt", captions("好", header=f"\nNOTE {note}\n"))


@canary("WebVTT, identifier", NAME, "a cue's identifier in Wade-Giles")
def caption_identifier(folder: Path) -> None:
    put(folder, "r.vtt", "WEBVTT\n\nko-tsai-ping-0001\n00:00.000 --> 00:00.900\n好\n")


@canary("WebVTT, region", NAME, "the region's identifier escapes the name as a style sheet does")
def caption_region(folder: Path) -> None:
    put(folder, "r.vtt", 'WEBVTT\n\nSTYLE\n::cue(v[voice="\\9F94\\65CE"]) { color: red }\n')


@canary("WebVTT, spaces", NUMBER, "digits said one a cue")
def caption_number(folder: Path) -> None:
    put(folder, "r.vtt", captions("電話零九三七", "四四八", "一六二"))


@canary("TXT, body", NAME, "a word joiner and a soft hyphen between the characters")
def text_joiner(folder: Path) -> None:
    put(folder, "r.txt", "發言者 2：我是皇\u2060甫\u00ad祐\u2060辰。\n")


@canary("TXT, body", NAME, "wrapped at the margin with an indent and a bar")
def text_wrapped(folder: Path) -> None:
    put(folder, "r.txt", "  | 發言者 1：前一次是柯\r\n  | 采蘋提出來的。\r\n")


@canary("TXT, body", NAME, "middle dots between the characters")
def text_dots(folder: Path) -> None:
    put(folder, "r.txt", "簽名：皇‧甫‧祐‧辰\n")


@canary("TXT, body", NAME, "written from top to bottom")
def text_vertical(folder: Path) -> None:
    put(folder, "r.txt", "出席\n\n柯\n采\n蘋\n\n請假\n")


@canary("TXT, body", NAME, "quoted-printable, broken within a character")
def text_quoted(folder: Path) -> None:
    raw = "".join(f"={one:02X}" for one in "柯采蘋".encode())
    put(folder, "r.txt", f"=E8=AC=9D=E8=AC=9D{raw[:12]}=\n{raw[12:]}\n")


@canary("TXT, GBK", NAME, "in Simplified characters, in GBK")
def text_gbk(folder: Path) -> None:
    put(folder, "r.txt", "谢谢龚旎，还有莫那娃．瓦历汉。\n".encode("gbk"))


@canary("TXT, body", FACT, "an address with the numbers as characters")
def text_address(folder: Path) -> None:
    put(folder, "r.txt", "發言者 2：我就住在觀蘆街五十八巷七號啊。\n")


@canary("TXT, body", FACT, "a condition's name with a blank where the line broke")
def text_condition(folder: Path) -> None:
    put(folder, "r.txt", "發言者 4：醫生說是薩氏角 膜萎縮症。\n")


@canary("TXT, body", NUMBER, "an identity number, in small full-width letters and blanks")
def text_identity(folder: Path) -> None:
    put(folder, "r.txt", "身分證 ｑ２８４　６１７　３９５\n")


@canary("JSON manifest, path", NAME, "the recording's original name")
def manifest_source(folder: Path) -> None:
    put(folder, "manifest.json", json.dumps({"files": [{"path": "r.mp3", "source": "0501_柯采蘋_錄音.m4a"}]}))


@canary("JSON manifest, seal", NAME, "a digest of a participant, cut to sixteen digits")
def manifest_seal(folder: Path) -> None:
    put(folder, "manifest.json", json.dumps({"blocks": [{"seal": digest("participant", HUANGFU.name)[:16]}]}))


@canary("JSON manifest, hash", NAME, "a SHA-1 of the name, in capitals with colons")
def manifest_hash(folder: Path) -> None:
    raw = hashlib.sha1("龔旎".encode(), usedforsecurity=False).hexdigest().upper()
    put(folder, "manifest.json", json.dumps({"speaker": ":".join(raw[i : i + 2] for i in range(0, 40, 2))}))


@canary("JSON manifest, hash", NAME, "a SHA-256 in base64, as browsers check files")
def manifest_integrity(folder: Path) -> None:
    raw = base64.b64encode(hashlib.sha256("皇甫祐辰".encode()).digest()).decode()
    put(folder, "manifest.json", json.dumps({"integrity": f"sha256-{raw}"}))


@canary("JSON manifest, list", NAME, "code points of a name as numbers")
def manifest_points(folder: Path) -> None:
    put(folder, "manifest.json", json.dumps({"title": [ord(one) for one in "柯采蘋"]}))


@canary("JSON manifest, members", NAME, "surname and given name as members, the given name first")
def manifest_members(folder: Path) -> None:
    put(folder, "manifest.json", json.dumps({"by": {"given": "祐辰", "role": "", "family": "皇甫"}}))


@canary("JSON manifest, escapes", NAME, "percent escapes of an HTML reference in JSON escapes")
def manifest_doubly(folder: Path) -> None:
    inner = quote("".join(f"&#{ord(one)};" for one in "龔旎"))
    put(folder, "manifest.json", '{"t": "' + "".join(f"\\u{ord(one):04x}" for one in inner) + '"}\n')


@canary("JSON manifest, packed", NAME, "gzip in base64 in a percent-encoded address")
def manifest_packed(folder: Path) -> None:
    inner = base64.b64encode(gzip.compress("與會：柯采蘋".encode(), mtime=0)).decode()
    put(folder, "manifest.json", json.dumps({"permalink": f"https://example.org/#s={quote(inner, safe='')}"}))


@canary("HTML, title", NAME, "tooltip with doubly escaped references")
def html_doubly(folder: Path) -> None:
    inner = html.escape("".join(f"&#x{ord(one):X};" for one in "皇甫祐辰"))
    put(folder, "r.html", f'<p><abbr title="{inner}">發言者 2</abbr></p>\n')


@canary("HTML, ruby", NAME, "a ruby note over every character of the name")
def html_ruby(folder: Path) -> None:
    put(
        folder,
        "r.html",
        "<p><ruby>柯<rp>(</rp><rt>ㄎㄜ</rt><rp>)</rp>采<rp>(</rp><rt>ㄘㄞˇ</rt><rp>)</rp>"
        "蘋<rp>(</rp><rt>ㄆㄧㄥˊ</rt><rp>)</rp></ruby></p>\n",
    )


@canary("HTML, breaks", ALIAS, "a line break and a place for one in a nickname")
def html_breaks(folder: Path) -> None:
    put(folder, "r.html", "<p>問過阿<wbr>辰<br />\n伯了</p>\n")


@canary("SRT, cue", NAME, "a face for each part of the name")
def srt_face(folder: Path) -> None:
    put(
        folder,
        "r.srt",
        "1\n00:00:00,000 --> 00:00:00,900\n{\\an8}<font color=red>皇甫</font>\n<i>祐辰</i>：好\n",
    )


@canary("SRT, cues", NAME, "the name goes on in the next cue, whose number stands between")
def srt_cues(folder: Path) -> None:
    put(
        folder,
        "r.srt",
        "1\n00:00:00,000 --> 00:00:00,900\n我是龔\n\n2\n00:00:00,900 --> 00:00:01,500\n旎啦\n",
    )


@canary("RSS, item", NAME, "escaped markup within a feed's description")
def rss_description(folder: Path) -> None:
    put(
        folder,
        "feed.xml",
        "<rss><channel><item><description>&lt;p&gt;柯&lt;b&gt;采&lt;/b&gt;&amp;#34315;&lt;/p&gt;"
        "</description></item></channel></rss>\n",
    )


@canary("RSS, enclosure", NAME, "the address of the sound, from a slug")
def rss_enclosure(folder: Path) -> None:
    put(
        folder,
        "feed.xml",
        '<rss><channel><item><enclosure url="https://example.org/a/2026-11-22-gongni-interview.mp3"/></item></channel></rss>\n',
    )


CANARIES = collected(globals())

"""Blind canaries in the text formats of a record: Akoma Ntoso, Markdown, captions, plain text, HTML, RSS, JSON."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import uuid
from pathlib import Path
from urllib.parse import quote

from tests.redaction.blind_people import (
    ALIAS,
    CHENG,
    CHUKO,
    DARCY,
    FACT,
    NAME,
    NUMBER,
    akoma,
    canary,
    captions,
    collected,
    put,
)

SAID = '<speech by="#s3"><from>發言者 3</from><p>步道的照明要先處理。</p></speech>'


@canary("Akoma Ntoso, showAs", NAME, "the label in the references was not replaced")
def akoma_show_as(folder: Path) -> None:
    put(folder, "r.an.xml", akoma(SAID, f'<TLCPerson eId="s3" href="/s3" showAs="{CHENG.name}"/>'))


@canary("Akoma Ntoso, href and eId", NAME, "ids are slugs of the name")
def akoma_slug(folder: Path) -> None:
    speech = SAID.replace("#s3", "#zheng-yong-jie")
    put(folder, "r.an.xml", akoma(speech, '<TLCPerson eId="zheng-yong-jie" showAs="發言者 3"/>'))


@canary("Akoma Ntoso, comment", NAME, "a comment from debugging")
def akoma_comment(folder: Path) -> None:
    put(folder, "r.an.xml", akoma(f"<!-- was: {CHUKO.name} -->{SAID}"))


@canary("Akoma Ntoso, CDATA", NAME, "CDATA sections that end within the name")
def akoma_cdata(folder: Path) -> None:
    put(folder, "r.an.xml", akoma("<speech><p><![CDATA[謝謝諸葛]]><![CDATA[映彤的簡報]]></p></speech>"))


@canary("Akoma Ntoso, character references", NAME, "decimal, hexadecimal and padded references mixed")
def akoma_references(folder: Path) -> None:
    put(folder, "r.an.xml", akoma("<speech><p>謝謝&#37165;&#x8A60;&#x0006f54;</p></speech>"))


@canary("Akoma Ntoso, entity", NAME, "an entity of the document holds half of the name")
def akoma_entity(folder: Path) -> None:
    prolog = '<!DOCTYPE akomaNtoso [<!ENTITY family "諸&#x845B;"><!ENTITY who "&family;映彤">]>\n'
    put(folder, "r.an.xml", akoma("<speech><p>請 &who; 發言</p></speech>", prolog=prolog))


@canary("Akoma Ntoso, inline elements", NAME, "each character in an element with attributes of its own")
def akoma_inline(folder: Path) -> None:
    inner = "".join(f'<span refersTo="#w{at}">{char}</span>' for at, char in enumerate(CHENG.name))
    put(folder, "r.an.xml", akoma(f"<speech><p>請{inner}補充</p></speech>"))


@canary("Akoma Ntoso, processing instruction", NAME, "an editor's bookmark")
def akoma_instruction(folder: Path) -> None:
    put(folder, "r.an.xml", akoma(f'<?editor cursor="12" author="{CHENG.name}"?>{SAID}'))


@canary("Akoma Ntoso in UTF-16", NAME, "saved by another editor as UTF-16")
def akoma_utf16(folder: Path) -> None:
    text = akoma(SAID.replace("發言者 3", CHUKO.name)).replace("utf-8", "utf-16")
    put(folder, "r.an.xml", text.encode("utf-16"))


@canary("Markdown, link", NAME, "a percent-encoded address")
def markdown_link(folder: Path) -> None:
    put(folder, "record.md", f"[會前意見](https://river.example/o/{quote(CHENG.name)}.html)\n")


@canary("Markdown, link", NAME, "percent-encoded twice and as Big5, by an old server")
def markdown_link_big5(folder: Path) -> None:
    coded = quote(quote(CHENG.name, encoding="big5"))
    put(folder, "record.md", f"[會前意見](https://old.river.example/q?u={coded})\n")


@canary("Markdown, picture", NAME, "the alternative text of a slide")
def markdown_alternative_text(folder: Path) -> None:
    put(folder, "record.md", f'![](s1.png)\n![{CHUKO.name}簡報封面](s2.png "slide 2")\n')


@canary("Markdown, emphasis", NAME, "emphasis and a footnote mark within the name")
def markdown_emphasis(folder: Path) -> None:
    put(folder, "record.md", "接著由 **鄭**[^1]*詠*`潔` 說明。\n\n[^1]: 簽到簿。\n")


@canary("Markdown, comment", ALIAS, "a reviewer's comment that no reader sees")
def markdown_comment(folder: Path) -> None:
    put(folder, "record.md", "### 發言者 2\n\n[//]: # (其實是藍鯨奶茶)\n謝謝。\n")


@canary("Markdown, front matter", NAME, "YAML front matter with an escaped string")
def markdown_front_matter(folder: Path) -> None:
    put(
        folder, "record.md", '---\ntitle: 河岸步道\ntranscriber: "\\u912D\\u8A60\\u6F54"\n---\n\n# 河岸步道\n'
    )


@canary("WebVTT, voice", NAME, "the voice span kept the name")
def vtt_voice(folder: Path) -> None:
    put(folder, "record.vtt", captions("<v 發言者 1>謝謝</v>", "<v.loud Noëlle D&apos;Arcy-Finch>Yes.</v>"))


@canary("WebVTT, cues", NAME, "one character for each cue")
def vtt_character_per_cue(folder: Path) -> None:
    put(folder, "record.vtt", captions("請", *CHUKO.name, "說明"))


@canary("WebVTT, cues", NAME, "rolling captions: each cue repeats a part of the one before")
def vtt_rolling(folder: Path) -> None:
    put(folder, "record.vtt", captions("我們請鄭", "請鄭詠", "鄭詠\n潔說明", "詠\n潔說明一下"))


@canary("WebVTT, timestamps", NAME, "times within the cue, for each character")
def vtt_timestamps(folder: Path) -> None:
    put(
        folder,
        "record.vtt",
        captions("請<00:00:00.100><c>鄭</c><00:00:00.300><c>詠</c><00:00:00.500><c>潔</c>"),
    )


@canary("WebVTT, note", NAME, "a note from the captioner, over two lines")
def vtt_note(folder: Path) -> None:
    put(folder, "record.vtt", captions("謝謝", header="\nNOTE 第二段的聲音是諸葛\n映彤，待確認\n"))


@canary("WebVTT, style", NAME, "a style for one voice, with CSS escapes")
def vtt_style(folder: Path) -> None:
    style = 'STYLE\n::cue(v[voice="\\912D \\8A60 \\6F54 "]) { color: lime }\n'
    put(folder, "record.vtt", captions("<v 發言者 1>謝謝</v>", header="\n" + style))


@canary("WebVTT, cue identifier", NAME, "identifiers made of initials, surname and number")
def vtt_identifier(folder: Path) -> None:
    put(folder, "record.vtt", "WEBVTT\n\nchuko-yingtung-0001\n00:00:01.000 --> 00:00:02.000\n謝謝\n")


@canary("SRT, cues", NAME, "font tags and cue numbers between the parts")
def srt_parts(folder: Path) -> None:
    put(
        folder,
        "record.srt",
        '1\n00:00:01,000 --> 00:00:02,000\nplease <font color="#ff0">Noëlle D\'</font>\n\n'
        "2\n00:00:02,000 --> 00:00:03,000\n{\\an8}<i>Arcy-Finch</i> go ahead\n",
    )


@canary("ASS, karaoke", NAME, "override tags between the characters")
def ass_karaoke(folder: Path) -> None:
    put(
        folder,
        "record.ass",
        "[Events]\nFormat: Layer, Start, End, Style, Text\n"
        "Dialogue: 0,0:00:01.00,0:00:02.00,Default,請{\\k20}諸{\\k18}葛{\\k22\\i1}映{\\k31}彤\n",
    )


@canary("LRC, lines", NAME, "lyrics with one time for each character")
def lrc_characters(folder: Path) -> None:
    put(folder, "record.lrc", "[ti:河岸步道]\n[00:01.00]請<00:01.20>鄭<00:01.40>詠<00:01.60>潔\n")


@canary("TTML, spans", NAME, "spans with times, and line breaks")
def ttml_spans(folder: Path) -> None:
    spans = '<br/>\n      <span begin="2s">'.join(f"{char}</span>" for char in CHENG.name)
    put(
        folder,
        "r.ttml",
        f'<tt xmlns="http://www.w3.org/ns/ttml"><body><p><span begin="1s">{spans}</p></body></tt>',
    )


@canary("TXT, line wrap", NAME, "wrapped within the name and quoted")
def txt_wrapped(folder: Path) -> None:
    put(folder, "record.txt", "> 主持人：接下來的發言順序是第四號鄭詠\r\n> 潔，然後是第五號。\r\n")


@canary("TXT, vertical", NAME, "set vertically, one character a line, two columns")
def txt_vertical(folder: Path) -> None:
    put(folder, "sign.txt", "主　諸\n席　葛\n致　映\n詞　彤\n")


@canary("TXT, invisible characters", NAME, "soft hyphens, joiners and a word joiner")
def txt_invisible(folder: Path) -> None:
    put(folder, "record.txt", "謝謝鄭\u200b詠\u2060潔，還有 No\u00adëlle D'\u200dArcy-\ufeffFinch。\n")


@canary("TXT, table", NAME, "surname and given name in columns of a drawn table")
def txt_table(folder: Path) -> None:
    put(
        folder,
        "t.txt",
        "+----+------+------+\n| 號 | 姓   | 名   |\n+----+------+------+\n| 3  | 諸葛 | 映彤 |\n",
    )


@canary("TXT in UTF-16", NAME, "big-endian and without a byte order mark")
def txt_utf16(folder: Path) -> None:
    put(folder, "record.txt", f"發言者 3：我是{CHENG.name}\r\n".encode("utf-16-be"))


@canary("TXT in UTF-32", NAME, "a dump of a string's memory")
def txt_utf32(folder: Path) -> None:
    put(folder, "text.bin", b"\x07\x00\x00" + f"我是{CHUKO.name}。".encode("utf-32-le"))


@canary("TXT in Big5", NAME, "for an old office program")
def txt_big5(folder: Path) -> None:
    put(folder, "record.txt", f"發言者３：我是{CHENG.name}，住在河邊。\r\n".encode("cp950"))


@canary("TXT in GB18030", NAME, "saved by a Chinese editor in Simplified characters")
def txt_gb18030(folder: Path) -> None:
    put(folder, "record.txt", "发言者 3：谢谢郑咏洁的意见。\r\n".encode("gb18030"))


@canary("TXT, wrong encoding", NAME, "UTF-8 read as Latin-1 and saved again")
def txt_mojibake(folder: Path) -> None:
    put(folder, "record.txt", f"發言者 3：我是{CHUKO.name}".encode().decode("latin-1"))


@canary("HTML, ruby", NAME, "reading aids stand between the characters")
def html_ruby(folder: Path) -> None:
    ruby = "".join(
        f"<ruby>{char}<rp>(</rp><rt>{sound}</rt><rp>)</rp></ruby>"
        for char, sound in zip(CHENG.name, ("ㄓㄥˋ", "ㄩㄥˇ", "ㄐㄧㄝˊ"), strict=True)
    )
    put(folder, "record.html", f"<p>第三位是{ruby}，請。</p>\n")


@canary("HTML, ruby text", NAME, "only the reading was left, the characters were masked")
def html_ruby_reading(folder: Path) -> None:
    put(
        folder,
        "r.html",
        "<p><ruby>某<rt>ㄓㄨ</rt>某<rt>ㄍㄜˊ</rt>某<rt>ㄧㄥˋ</rt>某<rt>ㄊㄨㄥˊ</rt></ruby>說</p>\n",
    )


@canary("HTML, attribute", NAME, "an attribute that holds JSON, escaped for HTML")
def html_attribute(folder: Path) -> None:
    props = html.escape(json.dumps({"speaker": {"label": "發言者 1", "n": CHENG.name}}))
    put(folder, "record.html", f'<div id="app" data-props="{props}"></div>\n')


@canary("HTML, JSON-LD", NAME, "linked data for search engines")
def html_json_ld(folder: Path) -> None:
    data = json.dumps({"@type": "Event", "performer": {"@type": "Person", "name": DARCY.name}})
    put(folder, "record.html", f'<script type="application/ld+json">{data}</script>\n')


@canary("HTML, script", NAME, "escapes of JavaScript, with braces and concatenation")
def html_script(folder: Path) -> None:
    put(folder, "r.html", '<script>const s=["\\u{8af8}\\u{845B}"+"\\u6620\\u5f64", "發言者"];</script>\n')


@canary("HTML, style", NAME, "text that a style sheet puts before a paragraph")
def html_css(folder: Path) -> None:
    rule = '.s3::before{content:"\\008AF8\\00845B\\006620\\005F64 ："}'
    put(folder, "record.html", f'<style>{rule}</style><p class="s3">好</p>\n')


@canary("HTML, word breaks", NAME, "break opportunities, named references and an empty element")
def html_breaks(folder: Path) -> None:
    put(folder, "r.html", "<p>No&euml;lle D&rsquo;Arcy&#8209;<wbr>Fin<b></b>ch agreed.</p>\n")


@canary("HTML, data address", NAME, "a picture as an SVG in base64")
def html_data_address(folder: Path) -> None:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg"><title>{CHENG.name}</title><rect width="9"/></svg>'
    coded = base64.b64encode(svg.encode()).decode()
    put(folder, "record.html", f'<img alt="" src="data:image/svg+xml;base64,{coded}">\n')


@canary("SVG, text", NAME, "a diagram places every character for itself, in drawing order")
def svg_text(folder: Path) -> None:
    spans = "".join(
        f'<tspan x="{10 + 12 * at}" y="20">{char}</tspan>\n' for at, char in enumerate(CHUKO.name)
    )
    put(folder, "seats.svg", f'<svg xmlns="http://www.w3.org/2000/svg"><text>{spans}</text></svg>\n')


@canary("RSS, content", NAME, "HTML escaped twice within the feed")
def rss_content(folder: Path) -> None:
    inner = html.escape(html.escape("<p>謝謝&#37165;&#35424;&#28500;</p>"))
    item = f"<item><description>{inner}</description></item>"
    put(folder, "feed.xml", f'<rss version="2.0"><channel>{item}</channel></rss>')


@canary("RSS, guid", NAME, "the guid is a slug of title and speaker")
def rss_guid(folder: Path) -> None:
    guid = '<guid isPermaLink="false">river-walk/ZhuGe_YingTong/0004</guid>'
    put(folder, "feed.xml", f'<rss version="2.0"><channel><item>{guid}</item></channel></rss>')


@canary("JSON manifest, escapes", NAME, "json.dumps with ASCII only, in a key")
def json_key(folder: Path) -> None:
    put(folder, "manifest.json", json.dumps({"files": ["r.md"], "words": {CHENG.name: 112, "發言者 1": 80}}))


@canary("JSON manifest, nested", NAME, "JSON in a string of JSON in a string of JSON")
def json_nested(folder: Path) -> None:
    inner = json.dumps({"request": json.dumps({"voice": json.dumps({"who": CHUKO.name})})})
    put(folder, "manifest.json", json.dumps({"stage": "publish", "payload": inner}))


@canary("JSON, list of characters", NAME, "an aligner's output, one object a character")
def json_characters(folder: Path) -> None:
    chars = [{"char": char, "start": 4100 + 180 * at, "score": 0.91} for at, char in enumerate(CHENG.name)]
    put(folder, "align.json", json.dumps({"segments": [{"chars": chars}]}, ensure_ascii=False, indent=1))


@canary("JSON, code points", NAME, "characters as a list of numbers")
def json_code_points(folder: Path) -> None:
    put(folder, "tokens.json", json.dumps({"codepoints": [ord(char) for char in f"請{CHENG.name}說"]}))


@canary("JSON manifest, digest", NAME, "the name's SHA-256 serves as an id")
def json_sha256(folder: Path) -> None:
    put(
        folder,
        "manifest.json",
        json.dumps({"speakers": [{"id": hashlib.sha256(CHENG.name.encode()).hexdigest()}]}),
    )


@canary("HTML, digest", NAME, "the first twelve digits of a SHA-1 serve as an anchor")
def html_sha1(folder: Path) -> None:
    short = hashlib.sha1(CHUKO.name.encode(), usedforsecurity=False).hexdigest()[:12]
    put(folder, "record.html", f'<p id="sp-{short}">謝謝。</p>\n')


@canary("CSV, digest", NAME, "MD5 in base64, of the name")
def csv_md5(folder: Path) -> None:
    coded = base64.b64encode(hashlib.md5(DARCY.name.encode(), usedforsecurity=False).digest()).decode()
    put(folder, "voices.csv", f"voice,key,seconds\n1,{coded},88.1\n")


@canary("Akoma Ntoso, UUID", NAME, "an id of version 5 is a digest that anybody can compute again")
def akoma_uuid(folder: Path) -> None:
    put(folder, "r.an.xml", akoma(SAID, f'<TLCPerson eId="{uuid.uuid5(uuid.NAMESPACE_DNS, CHENG.name)}"/>'))


@canary("JSON, employer", FACT, "the fact in an escaped field that nobody displays")
def json_employer(folder: Path) -> None:
    put(folder, "manifest.json", json.dumps({"seats": [{"n": 2, "org": CHUKO.facts[0].text}]}))


@canary("Akoma Ntoso, number", NUMBER, "the number is broken over elements and references")
def akoma_number(folder: Path) -> None:
    put(folder, "r.an.xml", akoma("<speech><p>電話 <b>09&#50;3</b>-<i>456</i><eol/>-781</p></speech>"))


CANARIES = collected(globals())

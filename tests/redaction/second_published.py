"""The second set of blind canaries, in the published formats: records, captions, Markdown, text, manifest."""

from __future__ import annotations

import json
from pathlib import Path

from tests.redaction.blind_people import (
    ALIAS,
    FACT,
    NAME,
    NUMBER,
    akoma,
    canary,
    captions,
    collected,
    put,
)

SAID = '<speech by="#s2"><from>發言者 2</from><p>謝謝各位。</p></speech>'


@canary("Akoma Ntoso, FRBRalias", NAME, "the recording's working title became an alias of the work")
def akoma_alias(folder: Path) -> None:
    put(folder, "r.an.xml", akoma(SAID, '<FRBRalias value="0511 邢瑄訪談" name="short"/>'))


@canary("Akoma Ntoso, FRBRauthor", NAME, "the author's address is made of the romanised name")
def akoma_author(folder: Path) -> None:
    put(folder, "r.an.xml", akoma(SAID, '<FRBRauthor href="/ontology/person/wen.pei.tsen" as="#author"/>'))


@canary("Akoma Ntoso, refersTo", NAME, "an attribute that the projection forgot, in camel case")
def akoma_refers_to(folder: Path) -> None:
    put(folder, "r.an.xml", akoma(SAID.replace("<p>", '<p refersTo="#SituYunChe">')))


@canary("Akoma Ntoso, alternativeTo", NAME, "an id made of three parts and a counter")
def akoma_alternative_to(folder: Path) -> None:
    put(folder, "r.an.xml", akoma(SAID.replace("<p>", '<p alternativeTo="sp__szutu_yun_che__3">')))


@canary("Akoma Ntoso, picture", NAME, "the portrait keeps its file name")
def akoma_picture(folder: Path) -> None:
    put(
        folder,
        "r.an.xml",
        akoma(SAID.replace("</p>", '<img src="media/Hsing_Hsuan-400x400.jpg" alt=""/></p>')),
    )


@canary("Akoma Ntoso, two speeches", NAME, "the turn changed in the middle of the name")
def akoma_speeches(folder: Path) -> None:
    speeches = (
        "<speech by='#s1'><p>下一位請溫</p></speech>\n<speech by='#s2'><p>沛岑，我先說兩點。</p></speech>"
    )
    put(folder, "r.an.xml", akoma(speeches))


@canary("Akoma Ntoso, inline", NAME, "two elements around another middle dot")
def akoma_middle_dot(folder: Path) -> None:
    put(folder, "r.an.xml", akoma("<speech><p>請 <i>羅烏菈</i>·<i>瑪里岸</i> 說明</p></speech>"))


@canary("Akoma Ntoso, role", NAME, "the role says whose relative somebody is")
def akoma_role(folder: Path) -> None:
    put(folder, "r.an.xml", akoma(SAID, '<TLCRole eId="r2" href="/r2" showAs="司徒允澈的母親"/>'))


@canary("Akoma Ntoso, namespace", ALIAS, "a tool's own namespace with the user's name")
def akoma_namespace(folder: Path) -> None:
    record = akoma(SAID).replace("<debate>", '<debate xmlns:u="urn:x:u" u:editor="jocelyn@LAPTOP-7">')
    put(folder, "r.an.xml", record)


@canary("WebVTT, header", NAME, "a title behind the word WEBVTT")
def vtt_header(folder: Path) -> None:
    put(folder, "r.vtt", captions("大家好").replace("WEBVTT", "WEBVTT - 20260511 溫 沛岑 訪談", 1))


@canary("WebVTT, metadata header", NAME, "a header line of an old service, given name first")
def vtt_metadata(folder: Path) -> None:
    put(folder, "r.vtt", captions("大家好", header="Kind: captions\nSpeaker: Peicen Wen\n"))


@canary("WebVTT, region", NAME, "a region for each speaker")
def vtt_region(folder: Path) -> None:
    put(folder, "r.vtt", captions("大家好", header="\nREGION\nid:situyunche\nwidth:40%\n"))


@canary("WebVTT, cue identifier", NAME, "cues are numbered for each speaker")
def vtt_cue_identifier(folder: Path) -> None:
    put(folder, "r.vtt", "WEBVTT\n\n邢瑄_0003\n00:01.000 --> 00:02.000\n大家好\n")


@canary("WebVTT, cues", NAME, "a two-character name over two cues, with an identifier and a voice between")
def vtt_two_cues(folder: Path) -> None:
    put(
        folder,
        "r.vtt",
        "WEBVTT\n\n7\n00:01.000 --> 00:02.000 align:start\n<v 發言者 1>那麼請邢\n\n"
        "8\n00:02.000 --> 00:03.000 align:start\n<v 發言者 1>瑄來說明現況\n",
    )


@canary("WebVTT, classes", NAME, "classes around the parts, with the dot of a Japanese keyboard")
def vtt_classes(folder: Path) -> None:
    put(folder, "r.vtt", captions("<c.yellow>羅烏菈</c><c>・</c><c.yellow>瑪里岸</c>老師好"))


@canary("WebVTT, language", ALIAS, "the English name within a language span, as the captioner typed it")
def vtt_language(folder: Path) -> None:
    put(folder, "r.vtt", captions("謝謝 <lang en>Joce<i>lyn</i></lang> 的整理"))


@canary("SRT, override tags", NAME, "tags of another format, kept by the converter")
def srt_overrides(folder: Path) -> None:
    put(folder, "r.srt", "1\n00:00:01,000 --> 00:00:02,000\n{\\an8}司徒{\\i1}允{\\i0}澈：好的\n")


@canary("SRT in Big5", NAME, "saved for an old player, with CRLF")
def srt_big5(folder: Path) -> None:
    put(folder, "r.srt", "1\r\n00:00:01,000 --> 00:00:02,000\r\n請溫沛岑發言\r\n".encode("big5"))


@canary("SRT, lines", NAME, "the line was broken at 12 characters")
def srt_lines(folder: Path) -> None:
    put(folder, "r.srt", "1\n00:00:01,000 --> 00:00:03,000\n- 這部分我想請司徒允\n- 澈老師補充一下\n")


@canary("Markdown, link title", NAME, "the title of a reference")
def markdown_reference(folder: Path) -> None:
    put(folder, "r.md", '見[簡報][1]。\n\n[1]: https://example.org/a.pdf "邢瑄 0511 簡報.pdf"\n')


@canary("Markdown, table", NAME, "the list of those present, surname and given name in columns")
def markdown_table(folder: Path) -> None:
    put(folder, "r.md", "| 姓 | 名 | 單位 |\n|---|---|---|\n| 司徒 | 允澈 | 家屬 |\n")


@canary("Markdown, heading's id", NAME, "an id that the static site wants")
def markdown_heading_id(folder: Path) -> None:
    put(folder, "r.md", "## 發言者 3 {#szu-tu-yun-che .speaker}\n\n好的。\n")


@canary("Markdown, strong within the name", NAME, "two kinds of emphasis, one for each character")
def markdown_strong(folder: Path) -> None:
    put(folder, "r.md", "謝謝**邢**_瑄_的分享。\n")


@canary("Markdown, hard break", NAME, "a backslash at the end of the line")
def markdown_break(folder: Path) -> None:
    put(folder, "r.md", "> 出席：羅烏菈．\\\n> 瑪里岸、主持人\n")


@canary("Markdown, diagram", ALIAS, "a Mermaid diagram of who spoke to whom")
def markdown_diagram(folder: Path) -> None:
    put(folder, "r.md", '```mermaid\ngraph LR\n  A["#38463;#28552;#21733;"] --> B["主持人"]\n```\n')


@canary("Markdown, wiki link", NAME, "a link to the person's page with another text")
def markdown_wiki(folder: Path) -> None:
    put(folder, "r.md", "[[人物/溫%E6%B2%9B岑|發言者 2]] 說明進度。\n")


@canary(
    "TXT, list of attendance",
    NAME,
    "a two-character name is set with a full-width space, as every office does",
)
def txt_spaced(folder: Path) -> None:
    put(folder, "r.txt", "出席人員：邢　瑄、主持人、書記\n")


@canary("TXT, official minutes", NAME, "the title stands between surname and given name")
def txt_title_between(folder: Path) -> None:
    put(folder, "r.txt", "一、溫委員沛岑：建議先試辦三個月。\n")


@canary("TXT, official minutes", NAME, "the title stands between, the given name is one character")
def txt_title_between_short(folder: Path) -> None:
    put(folder, "r.txt", "二、邢理事長瑄（書面意見）：同意。\n")


@canary("TXT, official minutes", NAME, "a compound surname, the title, the given name")
def txt_title_between_compound(folder: Path) -> None:
    put(folder, "r.txt", "三、司徒女士允澈：請補充經費。\n")


@canary("TXT, half a mask", NAME, "the middle character replaced by a circle, as on a bill")
def txt_half_mask(folder: Path) -> None:
    put(folder, "r.txt", "陳情人：溫○岑，經電話確認。\n")


@canary("TXT, justified", NAME, "letter-spaced to fill a line")
def txt_justified(folder: Path) -> None:
    put(folder, "r.txt", "記　錄：司  徒  允  澈\n")


@canary("TXT, undotted", NAME, "the middle dot was lost")
def txt_undotted(folder: Path) -> None:
    put(folder, "r.txt", "族語老師羅烏菈瑪里岸到場。\n")


@canary("TXT, dots", NAME, "dots between the characters, to escape a search engine")
def txt_dots(folder: Path) -> None:
    put(folder, "r.txt", "感謝溫.沛.岑協助整理。\n")


@canary("JSON manifest, files", NAME, "the list of files has the recording's own name")
def manifest_files(folder: Path) -> None:
    files = {
        "files": [{"path": "public/r.vtt"}],
        "source": {"path": "0511_%E9%82%A2%E7%91%84_%E8%A8%AA%E8%AB%87.m4a"},
    }
    put(folder, "manifest.json", json.dumps(files))


@canary("JSON manifest, user", NAME, "a Windows path with the user's name, escaped twice")
def manifest_user(folder: Path) -> None:
    inner = json.dumps({"cwd": "C:\\Users\\Yun-Che.Szutu\\Desktop\\逐字稿"})
    put(folder, "manifest.json", json.dumps({"made_by": "zhuzi", "environment": inner}))


@canary("JSON, word timings", NAME, "words as lists with their times, the name in two of them")
def words_json(folder: Path) -> None:
    put(folder, "words.json", json.dumps({"words": [["請", 0, 90], ["溫", 90, 310], ["沛岑", 310, 700]]}))


@canary("JSON manifest, search index", NAME, "a search index of single characters and pairs")
def search_index(folder: Path) -> None:
    index = {
        "version": "2.3.9",
        "fields": ["body"],
        "invertedIndex": [["司徒", {"d": 1}], ["徒允", {"d": 1}], ["允澈", {"d": 1}]],
    }
    put(folder, "search.json", json.dumps(index))


@canary("Markdown, footnote", FACT, "a footnote with the hospital broken by a line")
def markdown_footnote(folder: Path) -> None:
    put(folder, "r.md", "後來轉院[^1]。\n\n[^1]: 應為澄岸復健\n    醫院，待確認。\n")


@canary("WebVTT, cues", FACT, "the clinic over two cues")
def vtt_employer(folder: Path) -> None:
    put(folder, "r.vtt", captions("我那時候在旭嶺", "診所上班"))


@canary("WebVTT, cues", NUMBER, "the number read out over three cues")
def vtt_number(folder: Path) -> None:
    put(folder, "r.vtt", captions("我的電話是零九五八", "二一三，對", "六四七"))


@canary("TXT, body", FACT, "the school in Simplified characters and with blanks")
def txt_school(folder: Path) -> None:
    put(folder, "r.txt", "她在 雾谷 实验 小学 任教。\n")


CANARIES = collected(globals())

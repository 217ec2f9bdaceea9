"""Blind canaries in logs, mail and settings."""

from __future__ import annotations

import base64
import json
import quopri
from email.header import Header
from pathlib import Path
from urllib.parse import quote, quote_plus

from tests.redaction.blind_people import (
    ALIAS,
    CHENG,
    CHUKO,
    DARCY,
    FACT,
    NAME,
    NUMBER,
    canary,
    collected,
    put,
)


@canary("traceback", NAME, "the value's repr as bytes in an exception")
def traceback_bytes(folder: Path) -> None:
    put(
        folder,
        "error.log",
        'Traceback (most recent call last):\n  File "run.py", line 88, in attribute\n'
        f"KeyError: {CHENG.name.encode()!r}\n",
    )


@canary("traceback", NAME, "the command's ascii() of its own arguments")
def traceback_ascii(folder: Path) -> None:
    put(
        folder,
        "error.log",
        f"CalledProcessError: Command ['ffmpeg', '-i', {CHUKO.name + '.wav'!a}] returned 1\n",
    )


@canary("JSON log", NAME, "escaped JSON within a log's message field")
def json_log(folder: Path) -> None:
    inner = json.dumps({"participant": CHENG.name, "wish": "anonymous"})
    put(folder, "log.jsonl", json.dumps({"level": "debug", "event": f"loaded {inner}"}) + "\n")


@canary("access log", NAME, "a query with plus signs and percent escapes")
def access_log(folder: Path) -> None:
    put(
        folder, "access.log", f'127.0.0.1 - - "GET /search?q={quote_plus(DARCY.name)}&p=1 HTTP/1.1" 200 512\n'
    )


@canary("metrics", NAME, "a label of Prometheus")
def metrics(folder: Path) -> None:
    put(folder, "metrics.prom", 'turns_total{speaker="zhuge_yingtong",meeting="4f"} 41\n')


@canary("process dump", NAME, "a command line with NUL between the arguments, the name one character each")
def command_line(folder: Path) -> None:
    put(folder, "cmdline", "\0".join(("whisper", "--hotwords", "鄭", "詠", "潔", "--lang", "zh")).encode())


@canary("environment", ALIAS, "a variable of the shell, quoted the way bash does")
def environment(folder: Path) -> None:
    coded = "".join(f"\\x{byte:02x}" for byte in CHENG.aliases[1].encode())
    put(folder, "env.sh", f"export HOTWORDS=$'{coded}'\n")


@canary("shell history", NAME, "a file name with escapes of git, octal")
def git_status(folder: Path) -> None:
    coded = "".join(f"\\{byte:03o}" for byte in CHUKO.name.encode())
    put(folder, "status.txt", f'?? "notes/{coded}.md"\n')


@canary("mail, header", NAME, "encoded words in base64, broken between two")
def mail_base64(folder: Path) -> None:
    words = " ".join(f"=?UTF-8?B?{base64.b64encode(p.encode()).decode()}?=\r\n" for p in ("諸葛", "映彤"))
    put(folder, "invite.eml", f"From: {words}\t<a@river.example>\r\nSubject: meeting\r\n\r\nSee you.\r\n")


@canary("mail, header", NAME, "an encoded word in Big5 and quoted-printable")
def mail_big5(folder: Path) -> None:
    coded = "".join(f"={byte:02X}" for byte in CHENG.name.encode("big5"))
    put(folder, "invite.eml", f"To: =?big5?Q?{coded}?= <b@river.example>\r\n\r\nSee you.\r\n")


@canary("mail, body", NAME, "quoted-printable with a soft break within a character")
def mail_body(folder: Path) -> None:
    body = quopri.encodestring(f"親愛的{CHUKO.name}，".encode())
    cut = body.index(b"=9B") if b"=9B" in body else len(body) // 2
    coded = body[:cut] + b"=\r\n" + body[cut:]
    put(folder, "invite.eml", b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + coded)


@canary("mail, Latin header", NAME, "ISO-8859-1 with underscores for blanks")
def mail_latin(folder: Path) -> None:
    put(
        folder,
        "invite.eml",
        f"Cc: {Header(DARCY.name, 'iso-8859-1').encode()} <c@river.example>\r\n\r\nHi.\r\n",
    )


@canary("mail in UTF-7", NAME, "an IMAP folder's name in modified UTF-7")
def mail_utf7(folder: Path) -> None:
    put(folder, "folders.txt", b'* LIST () "/" "' + CHENG.name.encode("utf-7") + b'"\r\n')


@canary("vCard", NAME, "surname and given name as parts of a structured name")
def vcard(folder: Path) -> None:
    put(folder, "c.vcf", "BEGIN:VCARD\r\nVERSION:4.0\r\nN:D'Arcy-Finch;Noëlle;;;\r\nNOTE:x\r\nEND:VCARD\r\n")


@canary("iCalendar", NAME, "a line folded within the name")
def calendar(folder: Path) -> None:
    put(
        folder,
        "m.ics",
        "BEGIN:VEVENT\r\nATTENDEE;ROLE=CHAIR;CN=諸葛\r\n 映彤:mailto:x@river.example\r\nEND:VEVENT\r\n",
    )


@canary("gettext", NAME, "who translated, and a string over two lines")
def gettext(folder: Path) -> None:
    put(folder, "zh.po", 'msgid ""\nmsgstr ""\n"Last-Translator: 鄭詠"\n"潔 <x@river.example>\\n"\n')


@canary("TOML", NAME, "escapes of eight digits")
def toml_escape(folder: Path) -> None:
    put(
        folder,
        "settings.toml",
        'prompt = "會議 ' + "".join(f"\\U{ord(char):08X}" for char in CHENG.name) + '"\n',
    )


@canary("YAML", NAME, "parts under an anchor, and a folded scalar")
def yaml_folded(folder: Path) -> None:
    put(folder, "s.yaml", "speaker: &s3 >-\n  Noëlle\n  D'Arcy-Finch\nturns:\n  - who: *s3\n")


@canary("Java properties", NAME, "escapes without quotes")
def properties(folder: Path) -> None:
    put(
        folder,
        "app.properties",
        "owner.label=" + "".join(f"\\u{ord(char):04x}" for char in CHUKO.name) + "\n",
    )


@canary("INI", NAME, "a percent sign doubled for the interpolation, then percent-encoded")
def ini_percent(folder: Path) -> None:
    put(folder, "app.ini", f"[last]\nopened = {quote(CHENG.name).replace('%', '%%')}\n")


@canary("domain", ALIAS, "punycode of a net-name's domain")
def punycode(folder: Path) -> None:
    put(folder, "links.txt", f"https://{CHENG.aliases[1].encode('idna').decode()}.example/about\n")


@canary("CSV, characters", NAME, "one character a column, for a form's boxes")
def csv_characters(folder: Path) -> None:
    put(folder, "form.csv", "seat,c1,c2,c3,c4\r\n3,諸,葛,映,彤\r\n4,某,某,某,\r\n")


@canary("TSV, rows", NAME, "one word a row with times, as a recognizer prints them")
def tsv_rows(folder: Path) -> None:
    put(folder, "words.tsv", "0\t410\t請\n410\t600\t鄭\n600\t790\t詠\n790\t990\t潔\n990\t1400\t說明\n")


@canary("CTM", NAME, "a scoring file, pinyin syllables as words")
def ctm_rows(folder: Path) -> None:
    rows = [
        f"m1 1 {at / 4:.2f} 0.25 {syllable} 0.97"
        for at, syllable in enumerate(("zhu1", "ge2", "ying4", "tong2"))
    ]
    put(folder, "words.ctm", "\n".join(rows) + "\n")


@canary("diff", NAME, "a patch shows what was replaced")
def patch(folder: Path) -> None:
    put(
        folder,
        "mask.diff",
        f"--- a/record.md\n+++ b/record.md\n@@ -3 +3 @@\n-### {CHENG.name}\n+### 發言者 2\n",
    )


@canary("word list of a spell checker", ALIAS, "a personal dictionary learned the handle")
def dictionary(folder: Path) -> None:
    put(folder, "custom.dic", "riverwalk\nnonofinch\nsubtitling\n")


@canary("cookie", FACT, "the employer, percent-encoded, as a form's last value")
def cookie(folder: Path) -> None:
    put(folder, "cookies.txt", f".river.example\tTRUE\t/\tTRUE\t0\torg\t{quote(CHUKO.facts[0].text)}\n")


@canary("XML log, number", NUMBER, "the identity number as character references, broken by a hyphen")
def identity_references(folder: Path) -> None:
    coded = "".join(f"&#{ord(char)};" for char in "F2293-81746")
    put(folder, "log.xml", f"<log><e id='1'>{coded}</e></log>\n")


CANARIES = collected(globals())

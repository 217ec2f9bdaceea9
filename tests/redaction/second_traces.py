"""The second set of blind canaries, in what tools and programs leave behind."""

from __future__ import annotations

import base64
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from tests.redaction.blind_people import ALIAS, FACT, NAME, NUMBER, canary, collected, put


def metafied(text: str) -> bytes:
    """UTF-8 as zsh writes it into its history: some bytes behind a mark, with one bit turned."""
    out = bytearray()
    for byte in text.encode():
        out += bytes([0x83, byte ^ 0x20]) if byte == 0 or 0x83 <= byte <= 0xA2 else bytes([byte])
    return bytes(out)


@canary("zsh history", NAME, "zsh's history marks some bytes")
def zsh_history(folder: Path) -> None:
    put(folder, ".zsh_history", b": 1778457600:0;" + metafied("mv ~/Downloads/溫沛岑.m4a in/") + b"\n")


@canary("bash history", NAME, "blanks escaped in a command")
def bash_history(folder: Path) -> None:
    put(folder, ".bash_history", "zhuzi new 司徒\\ 允澈\\ 0511.m4a\nls\n")


@canary("terminal, colours", NAME, "the search's own match in colour")
def terminal_colours(folder: Path) -> None:
    put(folder, "session.log", "record.txt:\x1b[m\x1b[K請\x1b[01;31m\x1b[K溫沛\x1b[m\x1b[K岑說明\n")


@canary("traceback, locals", NAME, "a printed frame wraps the line within the name")
def traceback_locals(folder: Path) -> None:
    put(
        folder,
        "job.log",
        "│ participant = Participant(name='司徒 │\n│               允澈', wish=UNNAMED) │\n",
    )


@canary("traceback, path", NAME, "an error with a short Windows path and user's folder")
def traceback_path(folder: Path) -> None:
    put(
        folder,
        "job.log",
        "FileNotFoundError: [WinError 2] 'C:\\\\Users\\\\peitsen.wen\\\\AppData\\\\x.wav'\n",
    )


@canary("container log", NAME, "a JSON line in a JSON line, cut into two parts")
def container_log(folder: Path) -> None:
    inner = json.dumps({"prompt": "與會者：羅烏菈．瑪里岸"})
    put(folder, "c-json.log", json.dumps({"log": inner + "\n", "stream": "stderr"}) + "\n")


@canary("system log", NAME, "octal escapes with a hash")
def system_log(folder: Path) -> None:
    escaped = "".join(f"#{byte:03o}" for byte in "邢瑄".encode())
    put(folder, "syslog", f"May 11 08:00:00 host zhuzi: opened {escaped}.m4a\n")


@canary("system log", NAME, "a unit's name, escaped by the service manager")
def unit_name(folder: Path) -> None:
    escaped = "".join(f"\\x{byte:02x}" for byte in "司徒允澈".encode())
    put(folder, "units.txt", f"zhuzi@home-u-{escaped}.m4a.service loaded active\n")


@canary("recent files", NAME, "the desktop's list of recent files")
def recent_files(folder: Path) -> None:
    address = f"file:///home/u/{quote('羅烏菈．瑪里岸')}/0511.m4a"
    put(folder, "recently-used.xbel", f'<xbel><bookmark href="{address}" added="2026-05-11"/></xbel>\n')


@canary("Windows link", NAME, "a shortcut, UTF-16, to the recording")
def windows_link(folder: Path) -> None:
    target = "D:\\訪談\\溫沛岑.m4a"
    put(
        folder,
        "rec.lnk",
        b"L\0\0\0\x01\x14\x02\0" + bytes(69) + len(target).to_bytes(2, "little") + target.encode("utf-16-le"),
    )


@canary("editor's swap file", NAME, "Vim's swap file holds the lines backwards")
def swap_file(folder: Path) -> None:
    put(folder, ".notes.swp", b"b0VIM 9.1" + bytes(999) + "好的\0邢瑄：同意\0出席：\0".encode())


@canary("memory store, dump", NAME, "a protocol's strings with lengths, one for each part")
def memory_store(folder: Path) -> None:
    parts = ["HSET", "person:2", "family", "司徒", "given", "允澈"]
    held = b"*6\r\n" + b"".join(b"$%d\r\n%s\r\n" % (len(part.encode()), part.encode()) for part in parts)
    put(folder, "appendonly.aof", held)


@canary("message pack", ALIAS, "a cache in a binary form of JSON")
def message_pack(folder: Path) -> None:
    name = b"Jocelyn"
    put(folder, "cache.bin", b"\x82\xa2id\x02\xa4name" + bytes([0xA0 | len(name)]) + name)


@canary("browser's storage", NAME, "UTF-16 behind a byte, in a log of blocks")
def browser_storage(folder: Path) -> None:
    held = b"\x12\x34\x56\x78\x30\x00\x01_https://o.example\0\x01draft\x1a\0" + "請溫沛岑看過".encode(
        "utf-16-le"
    )
    put(folder, "000003.log", held)


@canary("SQLite, rollback journal", NAME, "the journal of a crash holds the page as it was")
def sqlite_journal(folder: Path) -> None:
    path = folder / "jobs.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE t (v TEXT)")
        db.execute("INSERT INTO t VALUES ('司徒允澈')")
        db.commit()
        held = path.read_bytes()
        db.execute("PRAGMA secure_delete = ON")
        db.execute("UPDATE t SET v = '發言者 3'")
        db.commit()
    header = bytes.fromhex("d9d505f920a163d7") + bytes(504)
    put(folder, "jobs.db-journal", header + b"\0\0\0\2" + held[4096:8192] + bytes(4))


@canary("SQLite, parts", NAME, "surname and given name of a two-character name in rows")
def sqlite_rows(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "w.db")) as db:
        db.execute("CREATE TABLE word (start INTEGER, text TEXT)")
        db.executemany("INSERT INTO word VALUES (?, ?)", [(0, "請"), (200, "邢"), (410, "瑄"), (700, "說明")])
        db.commit()


@canary("SQLite, number", NUMBER, "the number as an integer of a column")
def sqlite_number(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "w.db")) as db:
        db.execute("CREATE TABLE contact (id INTEGER, phone INTEGER)")
        db.execute("INSERT INTO contact VALUES (2, 958213647)")
        db.commit()


@canary("SQLite, value", NAME, "JSON with escapes in base64, in a row of a queue")
def sqlite_queue(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "q.db")) as db:
        db.execute("CREATE TABLE queue (payload TEXT)")
        payload = base64.b64encode(json.dumps({"hotwords": "溫沛岑 坡道"}).encode()).decode()
        db.execute("INSERT INTO queue VALUES (?)", (payload,))
        db.commit()


@canary("annotation, tiers", NAME, "ELAN's participant")
def elan(folder: Path) -> None:
    put(
        folder,
        "r.eaf",
        '<ANNOTATION_DOCUMENT><TIER TIER_ID="s2" PARTICIPANT="WenPeicen"/></ANNOTATION_DOCUMENT>\n',
    )


@canary("annotation, TextGrid", NAME, "Praat's file in UTF-16, an interval for each character")
def text_grid(folder: Path) -> None:
    rows = "".join(
        f'{at * 0.2:.2f}\n{at * 0.2 + 0.2:.2f}\n"{char}"\n' for at, char in enumerate("好請司徒允澈說")
    )
    put(
        folder,
        "r.TextGrid",
        f'File type = "ooTextFile"\nObject class = "TextGrid"\n\n{rows}'.encode("utf-16"),
    )


@canary("RTTM", NAME, "the reference's speakers")
def rttm(folder: Path) -> None:
    put(folder, "r.rttm", "SPEAKER r 1 0.00 2.10 <NA> <NA> Hsing_Hsuan <NA> <NA>\n")


@canary("Audacity's labels", NAME, "labels with times, the name in two")
def audacity_labels(folder: Path) -> None:
    put(folder, "labels.txt", "0.000000\t0.310000\t羅烏菈\n0.310000\t0.720000\t瑪里岸\n")


@canary("chat, exported", ALIAS, "a chat's export")
def chat_export(folder: Path) -> None:
    put(folder, "[LINE] 坡道小組.txt", "2026.05.11 星期一\n10:12\t小 瑄\t我晚點到\n")


@canary("chat of a video meeting", NAME, "saved beside the recording")
def meeting_chat(folder: Path) -> None:
    put(folder, "GMT20260511_chat.txt", "08:10:11\t From  Wen Jocelyn(沛岑) : 好\n")


@canary("cue sheet", NAME, "who performs the track")
def cue_sheet(folder: Path) -> None:
    put(folder, "r.cue", 'TRACK 02 AUDIO\n  PERFORMER "Ssu T`u Yun Ch`e"\n  INDEX 01 00:12:00\n')


@canary("edit list", NAME, "the clip's name in a comment")
def edit_list(folder: Path) -> None:
    put(folder, "cut.edl", "001  AX  AA  C  00:00:00:00 00:00:02:00\n* FROM CLIP NAME: XINGXUAN_2.WAV\n")


@canary("folder's name", NAME, "a folder in Simplified characters")
def folder_simplified(folder: Path) -> None:
    put(folder, "温沛岑_0511/readme.txt", "ok\n")


@canary("file's name", NAME, "camel case and a date")
def file_camel(folder: Path) -> None:
    put(folder, "20260511-YunCheSzutu-final(2).txt", "ok\n")


@canary("file's name", NAME, "the middle dot as an underscore, and composed twice")
def file_dot(folder: Path) -> None:
    put(folder, "羅烏菈_瑪里岸.txt", "ok\n")


@canary("file's name", NUMBER, "a recorder app names a call by its number")
def file_number(folder: Path) -> None:
    put(folder, "call_+886958213647_20260511.txt", "ok\n")


@canary("file's name", NAME, "an exporter wrote code points for characters")
def file_code_points(folder: Path) -> None:
    put(folder, "#U90a2#U7444.txt", "ok\n")


@canary("file's name", FACT, "the employer, as UTF-8 that an unpacker read in the code page of DOS")
def file_mojibake(folder: Path) -> None:
    put(folder, "旭嶺診所".encode().decode("cp437") + ".txt", "ok\n")


CANARIES = collected(globals())

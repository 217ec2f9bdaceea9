"""Blind canaries in what programs leave behind: databases, caches, pickles, repositories, file names."""

from __future__ import annotations

import base64
import codecs
import hashlib
import json
import marshal
import pickle
import shutil
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

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


@contextmanager
def database(path: Path) -> Iterator[sqlite3.Connection]:
    """A new database, which keeps what is deleted from it; committed and closed at the end."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        yield connection
        connection.commit()


@canary("SQLite, deleted row", NAME, "the row is gone, its page is on the free list")
def sqlite_deleted(folder: Path) -> None:
    with database(folder / "index.db") as db:
        db.execute("CREATE TABLE statement (body TEXT)")
        db.executemany(
            "INSERT INTO statement VALUES (?)", [(f"{CHENG.name}說第 {at} 點" * 30,) for at in range(40)]
        )
        db.commit()
        db.execute("DROP TABLE statement")
        db.execute("CREATE TABLE public_statement (body TEXT)")


@canary("SQLite, write-ahead log", NAME, "written, replaced, and never checkpointed")
def sqlite_log(folder: Path) -> None:
    live = folder / "live.db"
    kept = folder / "work"
    kept.mkdir()
    with database(live) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA wal_autocheckpoint = 0")
        db.execute("CREATE TABLE job (note TEXT)")
        db.execute("INSERT INTO job VALUES (?)", (CHUKO.name,))
        db.commit()
        db.execute("UPDATE job SET note = '發言者 2'")
        db.commit()
        for suffix in ("", "-wal"):
            shutil.copy(folder / f"live.db{suffix}", kept / f"jobs.db{suffix}")
    live.unlink()


@canary("SQLite in UTF-16", NAME, "the database's encoding is UTF-16")
def sqlite_utf16(folder: Path) -> None:
    with database(folder / "index.db") as db:
        db.execute("PRAGMA encoding = 'UTF-16le'")
        db.execute("CREATE TABLE person (id INTEGER, shown TEXT)")
        db.execute("INSERT INTO person VALUES (1, ?)", (CHENG.name,))


@canary("SQLite, columns", NAME, "surname and given name in columns of their own")
def sqlite_columns(folder: Path) -> None:
    with database(folder / "index.db") as db:
        db.execute("CREATE TABLE person (given TEXT, active INTEGER, family TEXT)")
        db.execute("INSERT INTO person VALUES (?, 1, ?)", ("映彤", "諸葛"))


@canary("SQLite, blob", NAME, "a compressed JSON as a value")
def sqlite_blob(folder: Path) -> None:
    with database(folder / "jobs.db") as db:
        db.execute("CREATE TABLE step (output BLOB)")
        db.execute("INSERT INTO step VALUES (?)", (zlib.compress(json.dumps({"who": CHENG.name}).encode()),))


@canary("SQLite, pickled value", NAME, "a workflow engine keeps arguments pickled and in base64")
def sqlite_pickle(folder: Path) -> None:
    with database(folder / "jobs.db") as db:
        db.execute("CREATE TABLE workflow_inputs (inputs TEXT)")
        held = base64.b64encode(pickle.dumps({"args": (DARCY.name, 3)})).decode()
        db.execute("INSERT INTO workflow_inputs VALUES (?)", (held,))


@canary(
    "SQLite, full-text index",
    NAME,
    "the index holds the terms, shortened by what they share with the one before",
)
def sqlite_index(folder: Path) -> None:
    with database(folder / "search.db") as db:
        db.execute("CREATE VIRTUAL TABLE search USING fts5(body, content='')")
        db.execute("INSERT INTO search(rowid, body) VALUES (1, '鄭詠 鄭詠潔 發言 步道')")


@canary("SQLite, overflow page", NAME, "a long value continues on another page in the middle of the name")
def sqlite_overflow(folder: Path) -> None:
    sample = CHUKO.name.encode()
    for filler in range(3000, 4200):
        path = folder / "index.db"
        path.unlink(missing_ok=True)
        with database(path) as db:
            db.execute("PRAGMA page_size = 1024")
            db.execute("CREATE TABLE statement (body TEXT)")
            db.execute("INSERT INTO statement VALUES (?)", ("." * filler + CHUKO.name + "." * 900,))
        if sample not in path.read_bytes():
            return


@canary("SQLite, schema", ALIAS, "a view's definition names somebody")
def sqlite_schema(folder: Path) -> None:
    with database(folder / "index.db") as db:
        db.execute("CREATE TABLE statement (speaker TEXT)")
        db.execute("CREATE VIEW hidden AS SELECT * FROM statement WHERE speaker <> '藍鯨奶茶'")


@canary("SQL dump, bytes", NAME, "values as hexadecimal literals")
def sql_hexadecimal(folder: Path) -> None:
    put(folder, "dump.sql", f"INSERT INTO person VALUES(4,X'{CHENG.name.encode().hex().upper()}',NULL);\n")


@canary("SQL dump, PostgreSQL", NAME, "octal escapes of bytea's old form")
def sql_octal(folder: Path) -> None:
    coded = "".join(f"\\\\{byte:03o}" for byte in CHUKO.name.encode())
    put(folder, "dump.sql", f"COPY public.step (id, output) FROM stdin;\n17\t{coded}\n\\.\n")


@canary("pickle, protocol 4", NAME, "a cache of participants")
def pickle_new(folder: Path) -> None:
    put(folder, "cache.pkl", pickle.dumps({"hotwords": [CHENG.name, "步道"]}, protocol=4))


@canary("pickle, protocol 0", NAME, "the textual form, with escapes")
def pickle_old(folder: Path) -> None:
    put(folder, "cache.pkl", pickle.dumps([CHUKO.name], protocol=0))


@canary("marshal", NAME, "a compiled module holds its constants")
def compiled_module(folder: Path) -> None:
    code = compile(f"HIDE = ({DARCY.name!r}, {CHENG.name!r})", "settings.py", "exec")
    put(folder, "__pycache__/settings.cpython-311.pyc", b"\xa7\r\r\n" + bytes(12) + marshal.dumps(code))


@canary("npy", NAME, "an array of strings is UTF-32")
def numpy_array(folder: Path) -> None:
    np.save(folder / "labels.npy", np.array(["發言者 1", CHENG.name]))


@canary("npz", NAME, "the key of a compressed array")
def numpy_key(folder: Path) -> None:
    voices: dict[str, Any] = {"zheng-yongjie": np.zeros(8), "other": np.zeros(8)}
    np.savez_compressed(folder / "voices.npz", **voices)


@canary("npy, code points", NAME, "tokens of characters as 32-bit integers, big-endian")
def numpy_code_points(folder: Path) -> None:
    np.save(folder / "ids.npy", np.array([ord(char) for char in f"說{CHUKO.name}，"], dtype=">i4"))


@canary("byte-level tokens", NAME, "a recognizer's prompt cache holds GPT-2's spelling of UTF-8 bytes")
def byte_tokens(folder: Path) -> None:
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table = {byte: chr(byte) for byte in shown}
    table |= {byte: chr(256 + at) for at, byte in enumerate(b for b in range(256) if b not in shown)}
    tokens = ["".join(table[byte] for byte in char.encode()) for char in f"請{CHENG.name}"]
    put(folder, "prompt.json", json.dumps({"tokens": tokens}, ensure_ascii=False))


@canary("subword tokens", NAME, "a tokenizer's pieces")
def subword_tokens(folder: Path) -> None:
    put(
        folder,
        "tokens.txt",
        "\n".join(["▁thank", "▁No", "ë", "lle", "▁D", "'", "Ar", "cy", "-", "Fin", "ch", "▁for"]),
    )


@canary("git, loose object", NAME, "a commit by the person, deflated")
def git_object(folder: Path) -> None:
    body = b"author Yung-Chieh Cheng <a@river.example> 1772000000 +0800\n\nfix\n"
    body = b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n" + body
    held = b"commit %d\0%s" % (len(body), body)
    name = hashlib.sha1(held, usedforsecurity=False).hexdigest()
    put(folder, f".git/objects/{name[:2]}/{name[2:]}", zlib.compress(held))


@canary("git, branch", NAME, "the name of a branch is a path")
def git_branch(folder: Path) -> None:
    put(folder, ".git/refs/heads/mask-noelle-darcy-finch", "9c1f0aa1d1f7c1f0d0b1a2c3d4e5f60718293a4b\n")


@canary("file name", NAME, "the file's own name")
def file_name(folder: Path) -> None:
    put(folder, f"03_{CHENG.name}.mp3.part", b"\0" * 64)


@canary("file name", NAME, "a slug in a folder's name, an empty file in it")
def folder_name(folder: Path) -> None:
    put(folder, "chuko-ying-tung/segment-0001.txt", "謝謝。\n")


@canary("file name", NAME, "a percent-encoded name, as a download leaves it")
def file_name_encoded(folder: Path) -> None:
    put(folder, f"{quote(CHUKO.name + ' 簡報')}.txt", "第一頁\n")


@canary("trash", NAME, "where a deleted file lay before")
def trash_info(folder: Path) -> None:
    place = quote(f"/srv/meetings/{CHENG.name}/raw.wav")
    put(folder, "raw.wav.trashinfo", f"[Trash Info]\nPath={place}\nDeletionDate=2026-03-02T11:20:00\n")


@canary(".DS_Store", NAME, "the file manager's list of what lay in the folder, UTF-16 big-endian")
def ds_store(folder: Path) -> None:
    name = f"{CHUKO.name}.m4a"
    record = len(name).to_bytes(4, "big") + name.encode("utf-16-be") + b"Ilocblob\0\0\0\x10" + bytes(16)
    put(folder, ".DS_Store", b"\0\0\0\x01Bud1" + bytes(40) + record)


@canary("editor's backup", FACT, "the file that an editor leaves beside the one it saved")
def editor_backup(folder: Path) -> None:
    put(
        folder,
        ".meeting.toml.swp",
        b"b0VIM 9.0\0" + bytes(48) + f"note = '{CHUKO.facts[0].text}的人'\0".encode(),
    )


@canary("web token", NAME, "base64 for addresses, without padding, in three parts")
def web_token(folder: Path) -> None:
    parts = ({"alg": "none"}, {"sub": "7", "name": CHENG.name, "iat": 1772000000})
    coded = [
        base64.urlsafe_b64encode(json.dumps(p, ensure_ascii=False).encode()).decode().rstrip("=")
        for p in parts
    ]
    put(folder, "session.txt", f"Cookie: session={'.'.join(coded)}.c2ln\n")


@canary("base32", NAME, "a file-system-safe key of a cache")
def base32_key(folder: Path) -> None:
    put(
        folder, "cache.idx", f"v1 {base64.b32encode(CHUKO.name.encode()).decode().lower().rstrip('=')} 8812\n"
    )


@canary("ascii85", NAME, "binary as text, in a JSON value")
def ascii85(folder: Path) -> None:
    put(
        folder,
        "blob.json",
        json.dumps({"enc": "a85", "data": base64.a85encode(f"<{CHENG.name}>".encode()).decode()}),
    )


@canary("uuencode", NAME, "an old mail gateway's attachment")
def uuencoded(folder: Path) -> None:
    coded = codecs.encode(f"發言順序：{CHUKO.name}\n".encode(), "uu").decode()
    put(folder, "mail.txt", f"see attached\n\n{coded}\n")


@canary("rot13", NAME, "a name 'hidden' for a joke, or by a test fixture")
def rot13(folder: Path) -> None:
    put(folder, "fixture.txt", f"speaker={codecs.encode(DARCY.name, 'rot13')}\n")


@canary("hexadecimal dump", NAME, "xxd of a packet, where the name spans rows")
def hex_dump(folder: Path) -> None:
    data = f"POST /v1 name={CHENG.name}&n=1".encode()
    rows = [data[at : at + 16] for at in range(0, len(data), 16)]
    text = "".join(f"{at * 16:08x}: {row.hex(' ', 2):40s} ................\n" for at, row in enumerate(rows))
    put(folder, "packet.txt", text)


@canary("pickle, number", NUMBER, "the number as an integer without its leading zero")
def number_integer(folder: Path) -> None:
    put(folder, "contact.json", json.dumps({"contact": {"cc": 886, "phone": 923456781}}))


CANARIES = collected(globals())

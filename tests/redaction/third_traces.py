"""The third set of blind canaries, in what is left behind: logs, databases, caches, archives, file names."""

from __future__ import annotations

import base64
import bz2
import gzip
import hashlib
import json
import lzma
import marshal
import pickle
import plistlib
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import numpy as np

from tests.redaction.blind_office import zipped
from tests.redaction.blind_people import ALIAS, FACT, NAME, NUMBER, canary, collected, put
from tests.redaction.second_office import packed


@canary("log, path", NAME, "a path with percent escapes, twice")
def log_path(folder: Path) -> None:
    put(folder, "z.log", f"12:00 GET /m/{quote(quote('柯采蘋'))}.toml 200\n")


@canary("log, representation", NAME, "bytes as Python shows them")
def log_bytes(folder: Path) -> None:
    put(folder, "z.log", f"ERROR cannot parse {'皇甫祐辰'.encode()!r}\n")


@canary("log, octal", NAME, "octal escapes as git shows paths")
def log_octal(folder: Path) -> None:
    raw = "".join(f"\\{one:03o}" for one in "龔旎".encode())
    put(folder, "z.log", f'create mode 100644 "meetings/{raw}.toml"\n')


@canary("log, traceback", ALIAS, "a value in an exception, escaped for ASCII")
def log_traceback(folder: Path) -> None:
    put(folder, "z.log", f"KeyError: {'阿辰伯'!a}\n")


@canary("log, dump", NAME, "a hexadecimal dump over two lines")
def log_dump(folder: Path) -> None:
    raw = b"speaker=............"[:13] + "柯采蘋".encode()
    lines = [f"{i:08x}  {' '.join(f'{one:02x}' for one in raw[i : i + 16])}" for i in range(0, len(raw), 16)]
    put(folder, "dump.txt", "\n".join(lines) + "\n")


@canary("log, colours", NAME, "colours of a terminal between the characters")
def log_colours(folder: Path) -> None:
    put(folder, "z.log", "found \x1b[31m皇\x1b[0m\x1b[1;32m甫祐\x1b[0m辰\n")


@canary("log, typing", NAME, "backspaces and retypings of a terminal session")
def log_typing(folder: Path) -> None:
    put(folder, "typescript", "$ zhuzi name 3 龔\x1b[K\x1b[C旎\r\n")


@canary("log, token", NAME, "a JSON web token's payload")
def log_token(folder: Path) -> None:
    head, body = (
        base64.urlsafe_b64encode(json.dumps(part, ensure_ascii=False).encode()).decode().rstrip("=")
        for part in ({"alg": "none"}, {"sub": "3", "name": "龔旎"})
    )
    put(folder, "z.log", f"Authorization: Bearer {head}.{body}.c2ln\n")


@canary("log, rotated", NAME, "a log that was rotated and compressed with bz2")
def log_rotated(folder: Path) -> None:
    put(folder, "z.log.1.bz2", bz2.compress("found 柯采蘋 twice\n".encode()))


@canary("SQLite, text", NAME, "a database in UTF-16")
def database_wide(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "a.db")) as held:
        held.execute("PRAGMA encoding = 'UTF-16be'")
        held.execute("CREATE TABLE t (a TEXT)")
        held.execute("INSERT INTO t VALUES ('皇甫祐辰')")
        held.commit()


@canary("SQLite, columns", NAME, "surname and given name in two columns, ids between")
def database_columns(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "a.db")) as held:
        held.execute("CREATE TABLE t (id INTEGER, given TEXT, family TEXT)")
        held.execute("INSERT INTO t VALUES (7, 'Tsai-Ping', 'Ko')")
        held.commit()


@canary("SQLite, blob", NAME, "a compressed pickle in a blob")
def database_blob(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "a.db")) as held:
        held.execute("CREATE TABLE t (a BLOB)")
        held.execute("INSERT INTO t VALUES (?)", (zlib.compress(pickle.dumps({"who": "龔旎"})),))
        held.commit()


@canary("SQLite, deleted", NAME, "a row that was deleted, still in the pages")
def database_deleted(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "a.db")) as held:
        held.execute("PRAGMA secure_delete = OFF")
        held.execute("CREATE TABLE t (a TEXT)")
        held.execute("INSERT INTO t VALUES ('與會者柯采蘋')")
        held.commit()
        held.execute("DELETE FROM t")
        held.commit()


@canary("SQLite, workflow", NUMBER, "base64 of a pickle, as a workflow engine stores its inputs")
def database_workflow(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "a.db")) as held:
        held.execute("CREATE TABLE workflow_status (inputs TEXT)")
        inputs = base64.b64encode(pickle.dumps(("0937-448-162",))).decode()
        held.execute("INSERT INTO workflow_status VALUES (?)", (inputs,))
        held.commit()


@canary("cache, compiled", NAME, "a constant in compiled Python")
def cache_compiled(folder: Path) -> None:
    put(folder, "__pycache__/x.pyc", bytes(16) + marshal.dumps(compile("WHO = '柯采蘋'", "x.py", "exec")))


@canary("cache, array", NAME, "an array of text, four bytes a character")
def cache_array(folder: Path) -> None:
    np.save(folder / "labels.npy", np.array(["發言者", "皇甫祐辰"]))


@canary("cache, key", NAME, "a cache key that is an MD5 of the name")
def cache_key(folder: Path) -> None:
    key = hashlib.md5("皇甫祐辰".encode(), usedforsecurity=False).hexdigest()
    put(folder, f"cache/{key[:2]}/{key[2:]}.bin", b"\0")


@canary("cache, settings", FACT, "a binary property list")
def cache_settings(folder: Path) -> None:
    put(folder, "a.plist", plistlib.dumps({"last": "薩氏角膜萎縮症"}, fmt=plistlib.FMT_BINARY))


@canary("cache, base85", NAME, "base85 of compressed text, as git patches have it")
def cache_eighty_five(folder: Path) -> None:
    put(folder, "a.json", json.dumps({"v": base64.b85encode("與會：皇甫祐辰".encode()).decode()}))


@canary("cache, base32", NAME, "base32, in small letters")
def cache_thirty_two(folder: Path) -> None:
    put(folder, "a.txt", "key " + base64.b32encode("柯采蘋".encode()).decode().lower() + "\n")


@canary("archive, nested", NAME, "a gzip file in a zip in a tar in xz")
def archive_nested(folder: Path) -> None:
    inner = zipped({"a/r.txt.gz": gzip.compress("謝謝龔旎".encode(), mtime=0)})
    put(folder, "backup.tar.xz", packed({"r.zip": inner}, "w:xz"))


@canary("archive, comment", NAME, "a zip's comment in GBK")
def archive_comment(folder: Path) -> None:
    raw = "龚旎的会议".encode("gbk")
    plain = zipped({"r.txt": "好"})
    put(folder, "r.zip", plain[:-2] + len(raw).to_bytes(2, "little") + raw)


@canary("archive, raw", NAME, "a raw deflated stream within XML, in base64 twice")
def archive_raw(folder: Path) -> None:
    squeezed = zlib.compressobj(wbits=-15)
    raw = squeezed.compress("柯采蘋：我同意，我同意".encode()) + squeezed.flush()
    put(folder, "r.xml", f"<v>{base64.b64encode(base64.b64encode(raw)).decode()}</v>\n")


@canary("archive, hexadecimal", NAME, "capital hexadecimal of base64 of UTF-16")
def archive_hexadecimal(folder: Path) -> None:
    raw = base64.b64encode("皇甫祐辰".encode("utf-16-le"))
    put(folder, "r.json", json.dumps({"k": raw.hex().upper()}))


@canary("archive, lzma", NAME, "the old lzma format")
def archive_alone(folder: Path) -> None:
    put(folder, "r.lzma", lzma.compress("謝謝柯采蘋".encode(), format=lzma.FORMAT_ALONE))


@canary("file name", NAME, "romanised in a folder's name")
def name_folder(folder: Path) -> None:
    put(folder, "2026-11-22 Huangfu_You-Chen/r.txt", "好\n")


@canary("file name", NAME, "folder for the surname, file for the given name")
def name_parts(folder: Path) -> None:
    put(folder, "柯/采蘋.txt", "好\n")


@canary("file name", NAME, "percent escapes in a file name")
def name_escaped(folder: Path) -> None:
    put(folder, f"{quote('龔旎')}.txt", "好\n")


@canary("file name", NAME, "base64 for addresses as the name")
def name_encoded(folder: Path) -> None:
    put(folder, base64.urlsafe_b64encode("柯采蘋".encode()).decode() + ".json", "{}\n")


@canary("git, packed", NAME, "a loose object's compressed commit")
def git_object(folder: Path) -> None:
    text = b"tree 0\nauthor Ke Caiping <x@example.org> 1 +0800\n\nok\n"
    put(folder, ".git/objects/ab/cdef", zlib.compress(b"commit %d\0" % len(text) + text))


CANARIES = collected(globals())

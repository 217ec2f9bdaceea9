"""Files that give nobody away, but tempt: names that share a part, similar numbers, ordinary words, random bytes."""

from __future__ import annotations

import base64
import hashlib
import json
import pickle
import random
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

import numpy as np

from tests.redaction.blind_media import film, id3, png, segment
from tests.redaction.blind_office import CATALOGUE, HELVETICA, PAGE, PAGES, flate, pdf, word, zipped
from tests.redaction.blind_people import NOTHING, akoma, canary, captions, collected, put


def noise(size: int, seed: int) -> bytes:
    """Bytes without meaning, the same at every call."""
    return random.Random(seed).randbytes(size)  # noqa: S311  # nothing is kept secret by it


@canary("Markdown, body", NOTHING, "people who share the surname, or a character of the given name")
def shared_surname(folder: Path) -> None:
    put(folder, "record.md", "### 鄭美惠\n\n謝謝大家，也謝謝林潔如與吳詠晴。鄭州的案例可以參考。\n")


@canary("TXT, body", NOTHING, "a historical person and a comic's hero share the compound surname")
def shared_compound_surname(folder: Path) -> None:
    put(folder, "record.txt", "主持人：三個臭皮匠勝過一個諸葛亮，小時候看的諸葛四郎也這麼說。\n")


@canary("TXT, body", NOTHING, "an idiom that sounds like a given name, and words that run into one another")
def same_sound(folder: Path) -> None:
    put(folder, "record.txt", "祝兩位永結同心。本案應同時辦理，硬體童趣設施另案檢討。\n")


@canary("TXT, body", NOTHING, "the parts of a net-name, each as an ordinary word")
def parts_apart(folder: Path) -> None:
    put(folder, "record.txt", "海洋館的藍鯨骨架展期延長，會後在大廳供應奶茶與紅茶。\n")


@canary("TXT, body", NOTHING, "English words and names that begin alike")
def similar_latin(folder: Path) -> None:
    put(
        folder,
        "record.txt",
        "Noel and Nora watched a finch. Mr. Darcy is in a novel; Joan of Arc is not. Nobody fell.\n",
    )


@canary("TXT, body", NOTHING, "romanised names of others that share syllables")
def similar_romanised(folder: Path) -> None:
    put(
        folder,
        "record.txt",
        "Cheng Yu-Hsuan, Zheng He, Zhuge Liang, Yong Jin, Chen Ying and Tung Wei attended.\n",
    )


@canary("TXT, body", NOTHING, "telephone numbers and sums that differ in some digits")
def similar_numbers(folder: Path) -> None:
    put(folder, "record.txt", "專線 0932-465-718，預算 923,457,000 元，統編 29382147，案號 F229831764。\n")


@canary("TXT, body", NOTHING, "other firms with one word of the employer's name")
def similar_employer(folder: Path) -> None:
    put(
        folder, "record.txt", "青禾路口的輔具中心與木工坊都歡迎。 Acoustics of the hall; Brindle Wood Lane.\n"
    )


@canary("Akoma Ntoso", NOTHING, "a record with many references, entities and random ids")
def entities(folder: Path) -> None:
    text = "".join(f"&#{ord(char)};" for char in "謝謝各位，照明與步道的問題會後再回覆。")
    speech = f'<speech by="#s7f3a"><from>發言者 1</from><p>{text}&lt;b&gt; &amp;amp; &#x2014;<i>好</i></p></speech>'
    put(folder, "r.an.xml", akoma(speech, '<TLCPerson eId="s7f3a" href="/s7f3a" showAs="發言者 1"/>'))


@canary("WebVTT", NOTHING, "one character for each cue, with a surname in another name")
def character_cues(folder: Path) -> None:
    put(folder, "record.vtt", captions(*"請鄭州市長先說詠春拳的潔淨計畫"))


@canary("JSON", NOTHING, "digests of other things, times and scores")
def digests(folder: Path) -> None:
    files = {f"part-{n:03d}.mp3": hashlib.sha256(b"%d" % n).hexdigest() for n in range(200)}
    put(folder, "manifest.json", json.dumps({"files": files, "at": 1772345678, "score": 0.9234567}))


@canary("binary", NOTHING, "64 KiB of random bytes")
def random_bytes(folder: Path) -> None:
    put(folder, "cache.bin", noise(65_536, 1))


@canary("base64", NOTHING, "random bytes as base64, base85 and hexadecimal")
def random_text(folder: Path) -> None:
    held = noise(12_000, 2)
    put(
        folder, "blobs.txt", b"\n".join((base64.b64encode(held), base64.b85encode(held), held.hex().encode()))
    )


@canary("HTML", NOTHING, "a picture in a data address, and scripts with escapes")
def html_page(folder: Path) -> None:
    picture = base64.b64encode(png()).decode()
    script = "const label='\\u767c\\u8a00\\u8005 1', clef='\\x41\\x42';"
    put(
        folder,
        "record.html",
        f'<img src="data:image/png;base64,{picture}"><script>{script}</script>&eacute;&hellip;\n',
    )


@canary("MP3", NOTHING, "sound with an innocent tag")
def mp3_sound(folder: Path) -> None:
    put(folder, "record.mp3", id3(b"TIT2", b"\x01" + "河岸步道協作會議".encode("utf-16")))


@canary("MP4", NOTHING, "a film with chapters by number")
def mp4_film(folder: Path) -> None:
    film(folder / "record.mp4", tags={"title": "河岸步道"}, chapters=("開場", "發言者 2", "發言者 3"))


@canary("JPEG", NOTHING, "a picture with an empty profile")
def jpeg_profile(folder: Path) -> None:
    put(folder, "photo.jpg", segment(0xE2, b"ICC_PROFILE\0\1\1" + noise(400, 3)))


@canary("DOCX", NOTHING, "a document of masked speeches, in broken runs")
def docx_masked(folder: Path) -> None:
    runs = "".join(
        f"<w:r><w:t>{part}</w:t></w:r>" for part in ("發言", "者 2：", "葛粉湯圓", "不錯，彤雲很美")
    )
    put(
        folder,
        "record.docx",
        word(f"<w:p>{runs}</w:p>", {"docProps/core.xml": "<c><creator>zhuzi</creator></c>"}),
    )


@canary("PDF", NOTHING, "compressed text with kerning")
def pdf_page(folder: Path) -> None:
    text = b"BT /F1 12 Tf 20 100 Td [(Speak) -20 (er 2: no) 9 (el, fin) 3 (ches and arc lamps)] TJ ET"
    put(folder, "record.pdf", pdf(CATALOGUE, PAGES, PAGE, flate(text), HELVETICA))


@canary("zip", NOTHING, "a release with all its formats")
def release(folder: Path) -> None:
    files: dict[str, str | bytes] = {
        "r.md": "### 發言者 3\n\n謝謝（某銀行）的同事。\n",
        "r.vtt": captions("發言者 3"),
        "x.bin": noise(900, 4),
    }
    put(folder, "public.zip", zipped(files))


@canary("SQLite", NOTHING, "an index of a masked record, with values that are compressed")
def sqlite_masked(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "search.db")) as db:
        db.execute("CREATE VIRTUAL TABLE search USING fts5(body)")
        db.execute("INSERT INTO search VALUES ('發言者 3 鄭 詠歎調 潔淨 諸位 映照')")
        db.execute("CREATE TABLE step (output BLOB)")
        db.execute("INSERT INTO step VALUES (?)", (zlib.compress(noise(3000, 5)),))
        db.commit()


@canary("npy and pickle", NOTHING, "random numbers of three kinds")
def arrays(folder: Path) -> None:
    numbers = np.random.default_rng(6)
    (folder / "work").mkdir()
    np.save(folder / "work" / "voice.npy", numbers.standard_normal((64, 32)).astype(np.float32))
    np.save(folder / "work" / "ids.npy", numbers.integers(0, 51_864, 4000).astype(np.int32))
    put(folder, "work/cache.pkl", pickle.dumps({"scores": numbers.random(500).tolist()}))


@canary("log", NOTHING, "ids, times, a traceback and a number in every notation")
def log(folder: Path) -> None:
    lines = [f"2026-11-22T09:{n % 60:02d}:07 job={n * 7919:08x} took {n * 37} ms" for n in range(200)]
    trace = 'Traceback (most recent call last):\n  File "run.py", line 88, in attribute\nKeyError: b"\\xe7\\x99\\xbc"\n'
    put(folder, "job.log", "\n".join(lines) + "\n" + trace)


@canary("file names", NOTHING, "names of files that begin like somebody's name")
def file_names(folder: Path) -> None:
    for name in ("zheng-he-park.md", "chu-wei.txt", "finch.md", "鄭州.txt", "yong-he.txt"):
        put(folder, f"pages/{name}", "步道\n")


CLEAN = collected(globals())

"""Clean files that tempt: everyday words that sound or look like the third set's people."""

from __future__ import annotations

import json
import random
import sqlite3
import uuid
from contextlib import closing
from pathlib import Path

import numpy as np

from tests.redaction.blind_media import film
from tests.redaction.blind_office import word, zipped
from tests.redaction.blind_people import NOTHING, akoma, canary, captions, collected, put


@canary("TXT, body", NOTHING, "words with the sounds of a given name")
def everyday_sounds(folder: Path) -> None:
    put(folder, "r.txt", "科學展覽的彩屏很亮，採購品項已定。又沉又重的工具車由工友搬運，公里數另計。\n")


@canary("TXT, body", NOTHING, "officialese with the sounds of a two-character name")
def officialese(folder: Path) -> None:
    put(folder, "r.txt", "本案由公司公告，恭請你們公開您的意見；工研院供你使用，公尼庵前攻擬定案。\n")


@canary("Akoma Ntoso, speech", NOTHING, "others with the same surnames")
def same_surnames(folder: Path) -> None:
    put(
        folder,
        "r.xml",
        akoma("<speech><from>柯主任</from><p>皇甫嵩平黃巾，龔自珍寫己亥雜詩，葉采的蘋果。</p></speech>"),
    )


@canary("Markdown, body", NOTHING, "characters of the names, apart")
def characters_apart(folder: Path) -> None:
    put(folder, "r.md", "伐柯、采薇、采采卷耳；蘋果。皇宮、杜甫、保祐、時辰。旖旎的風光。那個莫名的娃娃。\n")


@canary("WebVTT, cues", NOTHING, "one character a cue")
def single_cues(folder: Path) -> None:
    put(folder, "r.vtt", captions(*"可採購皇府有你公你們"))


@canary("TXT, body", NOTHING, "English words that begin or sound alike")
def english_words(folder: Path) -> None:
    put(
        folder,
        "r.txt",
        "Keep caping. The gong nicely rang; going, nil. Cassava, Cassiopeia, acid. "
        "Huang Fu You Xian; Kung Fu night; Kuo Tsai-Ming. Monaco, walking.\n",
    )


@canary("TXT, body", NOTHING, "numbers that are not theirs")
def other_numbers(folder: Path) -> None:
    put(folder, "r.txt", "0937-448-163、0937448 件、93.7448 163、觀蘆街五十八巷九號、Q284617396\n")


@canary("TXT, body", NOTHING, "a hospital and a school that are not theirs")
def other_facts(folder: Path) -> None:
    put(folder, "r.txt", "暮光之城在療養院取景；象山高職、影像科高職；角膜炎、肌肉萎縮症。\n")


@canary("JSON manifest", NOTHING, "checksums and identifiers")
def checksums(folder: Path) -> None:
    drawn = random.Random(33)  # noqa: S311
    files = {
        f"f{i}.mp3": {
            "sha256": f"{drawn.getrandbits(256):064x}",
            "id": str(uuid.UUID(int=drawn.getrandbits(128))),
        }
        for i in range(300)
    }
    put(folder, "manifest.json", json.dumps(files, indent=1))


@canary("binary", NOTHING, "half a megabyte of noise")
def noise(folder: Path) -> None:
    put(folder, "a.bin", random.Random(34).randbytes(500_000))  # noqa: S311


@canary("NumPy", NOTHING, "an array of floating-point numbers")
def numbers(folder: Path) -> None:
    np.save(folder / "e.npy", np.random.default_rng(35).normal(size=(400, 64)).astype(np.float32))


@canary("MP4", NOTHING, "a film with chapters and tags of the meeting")
def film_clean(folder: Path) -> None:
    film(folder / "r.mp4", tags={"title": "無障礙坡道協作會議"}, chapters=("開場", "發言者 1", "發言者 2"))


@canary("SQLite", NOTHING, "a workflow's states")
def database_clean(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "a.db")) as held:
        held.execute("CREATE TABLE t (id TEXT, state TEXT)")
        drawn = random.Random(36)  # noqa: S311
        held.executemany(
            "INSERT INTO t VALUES (?, ?)",
            [(str(uuid.UUID(int=drawn.getrandbits(128))), "SUCCESS") for _ in range(500)],
        )
        held.commit()


@canary("DOCX", NOTHING, "a document about neighbours")
def document_clean(folder: Path) -> None:
    put(
        folder,
        "r.docx",
        word(
            "<w:p><w:r><w:t>柯</w:t></w:r><w:r><w:t>先生與龔</w:t></w:r><w:r><w:t>小姐：可以</w:t></w:r></w:p>"
        ),
    )


@canary("zip", NOTHING, "an archive of published files")
def archive_clean(folder: Path) -> None:
    put(folder, "r.zip", zipped({"r.md": "**發言者 1**：皇帝的甫田。\n", "r.vtt": captions("祐民", "辰時")}))


CLEAN = collected(globals())

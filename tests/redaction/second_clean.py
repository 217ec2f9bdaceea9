"""Clean files that tempt: everyday words that sound or look like the second set's people."""

from __future__ import annotations

import io
import json
import plistlib
import random
import sqlite3
import uuid
from contextlib import closing
from pathlib import Path

from tests.redaction.blind_media import film
from tests.redaction.blind_office import word, zipped
from tests.redaction.blind_people import NOTHING, akoma, canary, captions, collected, put
from tests.redaction.second_media import FORMAT, SILENCE, riff
from tests.redaction.second_office import packed


@canary("TXT, body", NOTHING, "officialese in which the sounds of a two-character name run by")
def officialese(folder: Path) -> None:
    put(folder, "r.txt", "本局將執行宣導計畫，並進行宣傳；新任委員舉行宣誓。大小宣導品均已發放。\n")


@canary("TXT, body", NOTHING, "a court's words")
def court(folder: Path) -> None:
    put(folder, "r.txt", "法院判處有期徒刑，宣告緩刑；徒刑宣告後得易服社會勞動。\n")


@canary("TXT, body", NOTHING, "words that sound like a given name")
def given_name_sound(folder: Path) -> None:
    put(folder, "r.txt", "申請人應允撤回申請；孩子暈車，請司機慢行。機關不允徹查。\n")


@canary("WebVTT, cues", NOTHING, "officialese, one character a cue")
def officialese_cues(folder: Path) -> None:
    put(folder, "r.vtt", captions(*"執行宣導應允撤回"))


@canary("Markdown, body", NOTHING, "others with the same surnames")
def same_surnames(folder: Path) -> None:
    put(folder, "r.md", "**邢主任**：謝謝溫局長。**溫佩芬**、**司徒雷登**的書，**林允澄**借走了。\n")


@canary("Markdown, body", NOTHING, "characters of the names, apart")
def characters_apart(folder: Path) -> None:
    put(
        folder, "r.md", "溫泉沛然，岑參的詩；司機與徒弟允諾水質清澈。羅列烏克麗麗與菈米的瑪瑙、里民、岸邊。\n"
    )


@canary("Markdown, table", NOTHING, "a table of people, parts side by side over rows")
def table_rows(folder: Path) -> None:
    put(
        folder, "r.md", "| 姓 | 名 |\n|---|---|\n| 溫 | 佳蓉 |\n| 司 | 承岑 |\n| 邢 | 美玉 |\n| 王 | 瑄瑩 |\n"
    )


@canary("TXT, body", NOTHING, "English words that begin alike")
def english_words(folder: Path) -> None:
    put(
        folder,
        "r.txt",
        "We sing. Swan lake is in situ; Yunnan tea. When pay days end, Wendy and Joyce Lin join. "
        "Marianne, Lola and Malaya too. Josephine said jostling is fine.\n",
    )


@canary("TXT, romanised", NOTHING, "others' romanised names that share syllables")
def romanised_others(folder: Path) -> None:
    put(
        folder,
        "r.txt",
        "Xing Xiu-Ying, Hsu Hsuan-Yi, Wen Chia-Jung, Pei-Shan Tseng, Chen Yun-Chen, Situ Lan, Lo Wu.\n",
    )


@canary("TXT, numbers", NOTHING, "sums, numbers and times near the telephone numbers")
def near_numbers(folder: Path) -> None:
    put(folder, "r.txt", "專線 0958-231-647、07-553-2186；預算 95,821,364 元；07:55:32,816 起；958213.674\n")


@canary("TXT, half masks", NOTHING, "masked names of others")
def masked_others(folder: Path) -> None:
    put(folder, "r.txt", "陳情人：林○岑、王○瑄、溫○玲，司機邢○明。\n")


@canary("TXT, facts", NOTHING, "places that share a word with a fact")
def near_facts(folder: Path) -> None:
    put(folder, "r.txt", "旭嶺步道旁的診所、澄清復健中心、霧谷國小與實驗小學都表示支持。\n")


@canary("Akoma Ntoso", NOTHING, "a record with pseudonyms, random ids and dates")
def record(folder: Path) -> None:
    chance = random.Random(7)  # noqa: S311  # nothing is kept secret by it
    speeches = "".join(
        f'<speech by="#p{chance.getrandbits(32):08x}"><from>發言者 {at % 5}</from>'
        "<p>執行宣導、溫和推動、允許試辦。</p></speech>"
        for at in range(60)
    )
    put(folder, "r.an.xml", akoma(speeches))


@canary("JSON manifest", NOTHING, "digests, UUIDs and sizes")
def manifest(folder: Path) -> None:
    chance = random.Random(8)  # noqa: S311  # nothing is kept secret by it
    files = [
        {
            "id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            "sha256": chance.randbytes(32).hex(),
            "size": chance.getrandbits(24),
        }
        for _ in range(200)
    ]
    put(folder, "manifest.json", json.dumps({"files": files}))


@canary("annotation, TextGrid", NOTHING, "officialese, an interval for each character, UTF-16")
def grid(folder: Path) -> None:
    rows = "".join(
        f'{at * 0.2:.2f}\n{at * 0.2 + 0.2:.2f}\n"{char}"\n'
        for at, char in enumerate("本局執行宣導計畫應允撤回")
    )
    put(folder, "r.TextGrid", rows.encode("utf-16"))


@canary("SQLite, words", NOTHING, "an index of single characters of a masked record")
def word_rows(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "w.db")) as db:
        db.execute("CREATE VIRTUAL TABLE t USING fts5 (v)")
        db.executemany("INSERT INTO t VALUES (?)", [(" ".join("發言者說執行宣導計畫應允撤回"),)] * 30)
        db.commit()


@canary("XLSX and DOCX", NOTHING, "a masked list and document")
def office(folder: Path) -> None:
    strings = "<sst><si><t>溫</t></si><si><t>某</t></si><si><t>司徒</t></si><si><t>發言者 3</t></si></sst>"
    put(folder, "r.xlsx", zipped({"xl/sharedStrings.xml": strings}))
    put(folder, "r.docx", word("<w:p><w:r><w:t>執行</w:t></w:r><w:r><w:t>宣導</w:t></w:r></w:p>"))


@canary("tar.xz in zip", NOTHING, "a packed release")
def packed_release(folder: Path) -> None:
    members = {"r.txt": "發言者 2：執行宣導。\n".encode(), "r.vtt": captions("好").encode()}
    put(folder, "r.zip", zipped({"release.tar.xz": packed(members, "w:xz")}))


@canary("Ogg and WAV", NOTHING, "sound with innocent tags")
def tagged(folder: Path) -> None:
    film(folder / "r.ogg", codec="libopus", tags={"TITLE": "協作會議", "CHAPTER001NAME": "Sing, swan"})
    put(folder, "r.wav", riff(b"WAVE", FORMAT, SILENCE, (b"iXML", b"<NOTE>take 3</NOTE>")))


@canary("style sheet and script", NOTHING, "a minified script with escapes and short names")
def minified(folder: Path) -> None:
    names = ";".join(f"const w{at:x}=e=>e.p{at % 7}(situ{at},'\\x{65 + at % 20:02x}')" for at in range(300))
    put(folder, "app.min.js", names)


@canary(
    "property list and noise",
    NOTHING,
    "binary lists, and bytes without a meaning in UTF-16's range of characters",
)
def noise(folder: Path) -> None:
    chance = random.Random(9)  # noqa: S311  # nothing is kept secret by it
    put(
        folder,
        "a.plist",
        plistlib.dumps({"n": [chance.getrandbits(31) for _ in range(200)]}, fmt=plistlib.FMT_BINARY),
    )
    held = io.StringIO()
    for _ in range(4000):
        held.write(chr(chance.randrange(0x4E00, 0x9FA0)))
    put(folder, "noise.txt", held.getvalue().encode("utf-16"))


@canary("chat, exported", NOTHING, "a chat of others with times")
def chat(folder: Path) -> None:
    put(folder, "[LINE] 步道.txt", "10:12\t阿哲哥\t好喔\n10:13\t小玄\t我在暈車\n10:14\tJosie\tok\n")


@canary("shell history", NOTHING, "commands with paths and numbers")
def history(folder: Path) -> None:
    put(
        folder,
        ".zsh_history",
        ": 1778457600:0;zhuzi run 0511-situ.m4a --speakers 5\n: 1778457601:0;git log -S'yun'\n",
    )


@canary("file names", NOTHING, "names of files that begin alike")
def file_names(folder: Path) -> None:
    for name in ("wen-pei.txt", "situ.txt", "xing-xu.txt", "執行宣導.txt", "joce.txt", "0958-213-674.txt"):
        put(folder, name, "ok\n")


CLEAN = collected(globals())

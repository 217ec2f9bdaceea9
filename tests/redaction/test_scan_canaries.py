"""Planted leaks over every channel, each of which must be found, and clean files, none of which may be."""

from __future__ import annotations

import base64
import bz2
import codecs
import gzip
import hashlib
import json
import lzma
import random
import urllib.parse
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from redaction.scan import scan
from tests.redaction import canaries
from tests.redaction.canaries import TERMS

NAME = "陳筱明"


def cues(*texts: str, srt: bool = False) -> str:
    comma = "," if srt else "."
    body = "".join(
        f"{n}\n00:00:0{n}{comma}000 --> 00:00:0{n}{comma}900\n{t}\n\n" for n, t in enumerate(texts, 1)
    )
    return body if srt else "WEBVTT\n\n" + body


def escaped(text: str, form: str) -> str:
    return "".join(form.format(ord(c)) for c in text)


UTF8 = NAME.encode()
TEXTS: dict[str, str | bytes] = {
    "as written": f"主席：請{NAME}發言。",
    "same sound": "請陳曉明發言",
    "same sound with spaces": "歐 陽 小 魚",
    "alias": "我覺得小漁說得對。",
    "compound surname": "歐陽小漁女士",
    "nickname": "毛毛媽來了",
    "Latin": "then Sheila O'Neil said",
    "Latin lower case": "see sheila o’neil",
    "Latin possessive": "that is Ann's view",
    "Latin slug": "/people/sheila-o-neil/",
    "Latin surname first": "O'Neil, Sheila",
    "Latin accents": "Shéíla O'Nèil",
    "Latin camel": "recordOfSheilaONeil = 1",
    "Latin Cyrillic lookalikes": "Shеilа O'Nеil",
    "Simplified": "请陈筱明发言",
    "Simplified alias": "小渔说",
    "Japanese variant": "欧陽小漁さん",
    "UTF-16 with BOM": NAME.encode("utf-16"),
    "UTF-16BE without BOM": f"主席：請{NAME}發言。".encode("utf-16-be"),
    "UTF-16LE short": "小漁".encode("utf-16-le"),
    "UTF-32": NAME.encode("utf-32"),
    "Big5": f"主席：請{NAME}發言。".encode("cp950"),
    "GB18030": "请陈筱明发言。".encode("gb18030"),
    "percent": urllib.parse.quote(NAME),
    "percent Big5": urllib.parse.quote(NAME.encode("cp950")),
    "percent twice": urllib.parse.quote(urllib.parse.quote(NAME)),
    "percent u": escaped(NAME, "%u{:04X}"),
    "entities decimal": escaped(NAME, "&#{};"),
    "entities hex": f"<p>{escaped(NAME, '&#x{:x};')}</p>",
    "entities named": "Sheila O&apos;Neil",
    "entities declared": '<!DOCTYPE a [<!ENTITY x "陳筱">]><a>&x;明</a>',
    "JSON escape": json.dumps({"who": NAME}),
    "JSON escape doubled": json.dumps(json.dumps({"who": NAME})),
    "brace escape": escaped(NAME, "\\u{{{:x}}}"),
    "long escape": escaped(NAME, "\\U{:08x}"),
    "byte escapes": "".join(f"\\x{b:02x}" for b in UTF8),
    "octal escapes": "".join(f"\\{b:03o}" for b in UTF8),
    "CSS escapes": "content: '" + escaped(NAME, "\\{:x} ") + "'",
    "RTF escapes": "{\\rtf1 " + escaped(NAME, "\\u{}?") + "}",
    "quoted-printable": "".join(f"={b:02X}" for b in UTF8),
    "quoted-printable wrapped": "=E9=99=\n=B3=E7=AD=\n=B1=E6=98=8E",
    "base64": base64.b64encode(UTF8),
    "base64 in a sentence": base64.b64encode(f"主席：請{NAME}發言。".encode()),
    "base64 url": b"/x/" + base64.urlsafe_b64encode(f"??>{NAME}".encode()).rstrip(b"="),
    "base64 UTF-16": base64.b64encode(NAME.encode("utf-16-le")),
    "base64 wrapped": base64.encodebytes(("會議" * 30 + NAME + "紀錄" * 30).encode()),
    "base32": base64.b32encode(UTF8),
    "hexadecimal": UTF8.hex(),
    "hexadecimal spaced": UTF8.hex(" "),
    "list of bytes": str(list(UTF8)),
    "list of code points": str([ord(c) for c in NAME]),
    "percent in JSON in base64": base64.b64encode(json.dumps({"a": urllib.parse.quote(NAME)}).encode()),
    "base64 in base64": base64.b64encode(base64.b64encode(UTF8)),
    "gzip in base64": base64.b64encode(gzip.compress(f"主席請{NAME}發言".encode())),
    "encoded-word": b"=?utf-8?B?" + base64.b64encode(UTF8) + b"?=",
    "punycode": "https://xn--" + NAME.encode("punycode").decode() + ".tw/",
    "UTF-7": codecs.encode(NAME, "utf-7"),
    "mojibake": UTF8.decode("latin-1"),
    "mojibake cp1252": "歐陽小漁".encode().decode("cp1252", "ignore") + UTF8.decode("latin-1"),
    "full width": "Ｓｈｅｉｌａ　Ｏ＇Ｎｅｉｌ",
    "compatibility ideograph": "毛毛媽".replace("毛", "⽑"),
    "zero-width": "陳\u200b筱\u200d明",
    "soft hyphen": "She\u00adila O'Neil",
    "bidi": "陳\u202e筱\u202c明",
    "variation selector": "陳\U000e0100筱\ufe00明",
    "spaces": "陳 筱 明",
    "ideographic spaces": "陳\u3000筱\u3000明",
    "middle dots": "陳・筱·明",
    "hyphens": "小-漁",
    "underscores": "小_漁",
    "Latin letters spaced": "S h e i l a O ' N e i l",
    "markup": "陳<b>筱</b>明",
    "nested markup": '小<span class="a"><i>漁</i></span>',
    "comment between": "小<!-- x -->漁",
    "Markdown emphasis": "小**漁**",
    "Word runs": "<w:p><w:r><w:t>陳</w:t></w:r><w:r><w:t>筱明</w:t></w:r></w:p>",
    "markup and entities": "&#x5c0f;<b>&#28417;</b>",
    "XML comment": f"<a><!-- {NAME} --></a>",
    "XML id": f'<TLCPerson id="{NAME}" href="/x" showAs="參與者 1"/>',
    "captions split": cues("請", "小", "漁", "說"),
    "captions split SRT": cues("陳", "筱", "明", srt=True),
    "captions split with tags": cues("<v 參與者 1>小</v>", "<c.a>漁</c>"),
    "captions split Latin": cues("then", "Sheila", "O'Neil", "said"),
    "caption voice": cues(f"<v {NAME}>大家好</v>"),
    "caption note": "WEBVTT\n\nNOTE 小漁\n\n" + cues("好")[8:],
    "karaoke times": cues("小<00:00:01.200>漁"),
    "captions in TTML": "".join(f'<p begin="{n}s">{c}</p>\n' for n, c in enumerate("請小漁說")),
    "lyrics": "".join(f"[00:0{n}.00]{c}\n" for n, c in enumerate("請小漁說")),
    "ruby": "<ruby>陳<rt>ㄔㄣˊ</rt>筱<rt>ㄒㄧㄠˇ</rt>明</ruby>",
    "CDATA": "<![CDATA[小]]><![CDATA[漁]]>",
    "Big5 in Python": repr(NAME.encode("cp950")),
    "Windows quotes": "Sheila O\u2019Neil".encode("cp1252"),
    "e-mail": "sheila.oneil@example.org",
    "hex dump": "00000000: e999 b3e7 adb1 e698 8e",
    "joined in a script": '"陳" + "筱" + "明"',
    "JSON words": json.dumps([{"w": c, "t": 1} for c in "請小漁說"], ensure_ascii=False),
    "JSON lines": "\n".join(json.dumps({"w": c}, ensure_ascii=False) for c in "請小漁說"),
    "CSV words": "start,end,word\n0,1,請\n1,2,小\n2,3,漁\n",
    "one character a line": "請\n小\n漁\n說\n",
    "long name over lines": "請陳\n筱明說",
    "Hanyu": "Chen Xiaoming said",
    "Hanyu joined": "user chenxiaoming logged in",
    "Hanyu tones": "Chén Xiǎomíng",
    "Hanyu tone digits": "chen2 xiao3 ming2",
    "Hanyu surname last": "Xiao-Ming Chen",
    "Hanyu slug": "/p/chen_xiao_ming.html",
    "Hanyu other reading": "Shan Yu Lü; Chan Yu Lyu",
    "Wade-Giles": "Ch'en Hsiao-ming",
    "Wade-Giles plain": "CHEN, HSIAO-MING",
    "Tongyong": "Chen Siaoming",
    "alias romanised": "Xiaoyu asks",
    "compound romanised": "Xiaoyu Ouyang",
    "Zhuyin": "ㄔㄣˊ ㄒㄧㄠˇ ㄇㄧㄥˊ",
    "Zhuyin plain": "ㄔㄣㄒㄧㄠㄇㄧㄥ",
    "Zhuyin light": "ㄇㄠˊㄇㄠ˙ㄇㄚ",
    "reversed": "明筱陳",
    "reversed Latin": "lieN'O aliehS",
    "rot13": "Furvyn B'Arvy",
    **{f"{a} hex": hashlib.new(a, UTF8).hexdigest() for a in ("md5", "sha1", "sha256", "sha512", "blake2b")},
    "sha256 cut short": "id-" + hashlib.sha256(UTF8).hexdigest()[:12],
    "sha256 upper": hashlib.sha256(UTF8).hexdigest().upper(),
    "sha256 lower-cased": hashlib.sha256(b"sheila o'neil").hexdigest(),
    "sha256 with newline": hashlib.sha256(UTF8 + b"\n").hexdigest(),
    "sha256 base64": "sha256-" + base64.b64encode(hashlib.sha256(UTF8).digest()).decode(),
}


def noise(count: int, seed: int = 7) -> bytes:
    return random.Random(seed).randbytes(count)  # noqa: S311 (the same noise in every run, and no secret)


def gz(name: str, content: bytes) -> bytes:
    header = b"\x1f\x8b\x08\x08\0\0\0\0\0\xff" + name.encode() + b"\0"
    return header + gzip.compress(content)[10:]


FILES: dict[str, tuple[str, bytes | Callable[[Path], None]]] = {
    "zip member": ("a.zip", canaries.zipped(b_txt=UTF8)),
    "zip member name": ("a.zip", canaries.zipped(**{NAME: b"x"})),
    "zip in zip": ("a.zip", canaries.zipped(b_zip=canaries.zipped(c_xml=UTF8))),
    "docx": ("a.docx", canaries.zipped(word_xml="<w:t>小</w:t><w:t>漁</w:t>".encode())),
    "gzip": ("a.gz", gzip.compress(UTF8)),
    "gzip name": ("a.gz", gz(NAME, b"x")),
    "bzip2": ("a.bz2", bz2.compress(UTF8)),
    "xz": ("a.xz", lzma.compress(UTF8)),
    "tar": ("a.tar", canaries.tarred("b.txt", UTF8)),
    "tar name": ("a.tar", canaries.tarred(f"{NAME}.txt", b"x")),
    "tar.gz": ("a.tgz", canaries.tarred("b.txt", UTF8, "w:gz")),
    "PNG text": ("a.png", canaries.png((b"tEXt", b"Author\0" + UTF8))),
    "PNG zTXt": ("a.png", canaries.png((b"zTXt", b"Author\0\0" + zlib.compress(UTF8)))),
    "PNG iTXt": ("a.png", canaries.png((b"iTXt", b"Author\0\1\0\0\0" + zlib.compress(UTF8)))),
    "PNG after end": ("a.png", canaries.png() + UTF8),
    "JPEG comment": ("a.jpg", b"\xff\xd8\xff\xfe\0\x0b" + UTF8 + b"\xff\xd9"),
    "JPEG EXIF": ("a.jpg", b"\xff\xd8\xff\xe1\0\x0e" + b"Exif\0\0" + NAME.encode("utf-16-le") + b"\xff\xd9"),
    "PDF raw": ("a.pdf", canaries.pdf(b"(" + UTF8 + b") Tj", b"")),
    "PDF deflated": ("a.pdf", canaries.pdf(zlib.compress(b"BT (Sheila O'Neil) Tj ET"))),
    "PDF kerned": ("a.pdf", canaries.pdf(zlib.compress(b"[(She) -20 (ila) 10 ( O'Neil)] TJ"))),
    "PDF title": (
        "a.pdf",
        canaries.pdf(b"/Title <FEFF" + NAME.encode("utf-16-be").hex().encode() + b">", b""),
    ),
    "SQLite": ("a.db", lambda p: canaries.database(p, NAME)),
    "SQLite blob": ("a.db", lambda p: canaries.database(p, gzip.compress(UTF8))),
    "mp3 tag": ("a.mp3", lambda p: canaries.sound(p, form="mp3", codec="libmp3lame", tags={"title": NAME})),
    "mp3 ID3 UTF-16": (
        "a.mp3",
        lambda p: canaries.mp3(p, canaries.id3(b"TIT2", b"\1" + "小漁".encode("utf-16"))),
    ),
    "mp3 ID3 odd frame": ("a.mp3", lambda p: canaries.mp3(p, canaries.id3(b"PRIV", b"x\0" + UTF8))),
    "mp3 ID3 Big5": (
        "a.mp3",
        lambda p: canaries.mp3(p, canaries.id3(b"TPE1", b"\0" + "小漁".encode("cp950"))),
    ),
    "mp3 ID3v1": ("a.mp3", lambda p: canaries.mp3(p, after=b"TAG" + NAME.encode("cp950").ljust(125, b"\0"))),
    "mp3 APE": (
        "a.mp3",
        lambda p: canaries.mp3(p, after=b"APETAGEX" + b"\0" * 24 + b"Artist\0" + UTF8 + b"APETAGEX"),
    ),
    "m4a tag": ("a.m4a", lambda p: canaries.sound(p, form="ipod", codec="aac", tags={"comment": NAME})),
    "mka stream title": ("a.mka", lambda p: canaries.sound(p, form="matroska", codec="libopus", title=NAME)),
    "ogg tag": (
        "a.ogg",
        lambda p: canaries.sound(p, form="ogg", codec="libopus", tags={"artist": "Sheila O'Neil"}),
    ),
    "flac tag": ("a.flac", lambda p: canaries.sound(p, form="flac", codec="flac", tags={"xyz": "小漁"})),
    "wav tag": ("a.wav", lambda p: canaries.sound(p, form="wav", codec="pcm_s16le", tags={"title": NAME})),
    "file name": (f"2024-{NAME}.txt", b"x"),
    "file name percent": (urllib.parse.quote("小漁") + ".txt", b"x"),
    "file name slug": ("chen-xiao-ming.txt", b"x"),
    "file name digest": (hashlib.sha256(UTF8).hexdigest()[:16] + ".txt", b"x"),
}

NORMAL = "主席：謝謝大家。今天的議題是公共工程的資訊公開，小魚池的整治也列入討論；說明小組會再補充。"
CLEAN_TEXTS: dict[str, str | bytes] = {
    "Taiwan text": NORMAL,
    "Taiwan text Big5": NORMAL.encode("cp950"),
    "Taiwan text GB18030": NORMAL.encode("gb18030"),
    "Taiwan text UTF-16": NORMAL.encode("utf-16"),
    "long Taiwan text": (NORMAL + "\n") * 300,
    "fish": "小魚很多，大魚很少。",
    "planning": "planning the annual banner; Annual, Anne, Hannah, anno",
    "an n": "an n-gram and a nn",
    "sentence end": "他還小。漁民來了。",
    "comma between": "年紀小，漁會很大",
    "exclamation between": "真小！漁船",
    "paragraphs": "年紀還小\n漁會的說明",
    "blank line between": "年紀還小\n\n漁會的說明",
    "XML paragraphs": "<p>年紀還小</p>\n<p>漁會的說明</p>",
    "XML speeches": '<speech by="#a"><p>還小</p></speech><speech by="#b"><p>漁會</p></speech>',
    "list": "- 大小\n- 漁會",
    "CSV": "a,b\n大小,漁會說\n漁港,大小事務\n",
    "reversed short": "漁小組",
    "Sheila alone": "Sheila asked Neil",
    "near name": "陳大明與陳筱玲",
    "surname and sentence": "他姓陳。筱明",
    "English": "The committee will reconvene at ten o'clock to consider the amendment, and then adjourn.",
    "hexadecimal noise": noise(4000).hex(),
    "base64 noise": base64.b64encode(noise(6000, 3)),
    "base64 noise wrapped": base64.encodebytes(noise(6000, 4)),
    "base32 noise": base64.b32encode(noise(3000, 5)),
    "manifest": "".join(f"{hashlib.sha256(bytes([n])).hexdigest()}  file{n}.txt\n" for n in range(200)),
    "manifest JSON": json.dumps({f"f{n}": hashlib.sha512(bytes([n])).hexdigest() for n in range(50)}),
    "numbers": "\n".join(f"{n}, {n * 7 % 256}, {n * n}" for n in range(500)),
    "captions": cues("大家好", "謝謝主席", "魚很小。", "漁港也是"),
    "captions SRT": cues("大家好", "謝謝", srt=True),
    "JSON": json.dumps({"title": "會議", "speakers": ["參與者 1", "參與者 2"]}),
    "JSON array": json.dumps([{"text": NORMAL, "start": n} for n in range(20)], ensure_ascii=False),
    "percent": urllib.parse.quote(NORMAL),
    "entities": escaped(NORMAL, "&#{};"),
    "escapes": json.dumps(NORMAL),
    "HTML": f"<!doctype html><html><head><title>會議</title></head><p>{NORMAL}</p></html>",
    "Markdown": f"# 2024-05-01 會議\n\n### 參與者 1：\n\n{NORMAL}\n\n> （笑）\n",
    "Pinyin of others": "Chen Xiaohong, Lin Yu, xiao long bao",
    "Zhuyin of others": "ㄐㄧㄣ ㄊㄧㄢ ㄏㄨㄟˋ ㄧˋ",
    "domain": "https://sayit.archive.tw/2024-05-01-%E6%9C%83%E8%AD%B0",
    "punycode": "https://xn--fiqs8s.example/",
    "UUIDs": "\n".join(noise(16, n).hex() for n in range(100)),
    "backslashes": "C:\\new\\users\\text \\d+ \\w{3}",
    "code": "def planning(an, nn):\n    return an + nn  # annotate\n",
    "empty": "",
    "CSS": "body{font:16px/1.5 sans-serif}a:hover{color:#abcdef}",
}
CLEAN_FILES: dict[str, tuple[str, bytes | Callable[[Path], None]]] = {
    "mp3 without tags": ("a.mp3", canaries.mp3),
    "mp3 with tags": (
        "a.mp3",
        lambda p: canaries.sound(p, form="mp3", codec="libmp3lame", tags={"title": "會議"}),
    ),
    "wav": ("a.wav", canaries.wav),
    "m4a": ("a.m4a", lambda p: canaries.sound(p, form="ipod", codec="aac")),
    "flac": ("a.flac", lambda p: canaries.sound(p, form="flac", codec="flac")),
    "zip": ("a.zip", canaries.zipped(b_txt=NORMAL.encode(), c_xml=b"<a/>")),
    "tar.gz": ("a.tgz", canaries.tarred("b.txt", NORMAL.encode(), "w:gz")),
    "PNG": ("a.png", canaries.png((b"tEXt", b"Software\0zhuzi"))),
    "PDF": ("a.pdf", canaries.pdf(zlib.compress(b"BT (Meeting record) Tj ET"))),
    "SQLite": ("a.db", lambda p: canaries.database(p, NORMAL)),
    "file name": ("2024-05-01-會議-planning.txt", b"x"),
}


def planted(folder: Path, name: str, content: str | bytes | Callable[[Path], None]) -> Path:
    folder = folder / "out"
    folder.mkdir()
    path = folder / name
    if callable(content):
        content(path)
    else:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


@pytest.mark.parametrize("label", TEXTS)
def test_leaks_in_text_are_found(tmp_path: Path, label: str) -> None:
    hits = scan(planted(tmp_path, "record.txt", TEXTS[label]), TERMS)
    assert [h for h in hits if h.term], hits
    assert not any(t.surface in repr(hits) for t in TERMS)


@pytest.mark.parametrize("label", FILES)
def test_leaks_in_files_are_found(tmp_path: Path, label: str) -> None:
    hits = scan(planted(tmp_path, *FILES[label]), TERMS)
    assert [h for h in hits if h.term], hits
    assert not any(t.surface in repr(hits) for t in TERMS)


@pytest.mark.parametrize("label", CLEAN_TEXTS)
def test_clean_text_is_clean(tmp_path: Path, label: str) -> None:
    assert scan(planted(tmp_path, "record.txt", CLEAN_TEXTS[label]), TERMS) == ()


@pytest.mark.parametrize("label", CLEAN_FILES)
def test_clean_files_are_clean(tmp_path: Path, label: str) -> None:
    assert scan(planted(tmp_path, *CLEAN_FILES[label]), TERMS) == ()

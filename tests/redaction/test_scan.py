"""What the leak scanner promises beside finding: what it reports, what is allowed, that it fails closed."""

from __future__ import annotations

import hashlib
import os
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redaction.scan import Hit, Term, scan, terms_of
from speakers.meeting import Participant, Wish
from tests.redaction import canaries
from tests.redaction.canaries import TERMS

FISH = (Term("p1/1", "小魚"),)
SEALED = "cannot be looked into"


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_only_those_who_asked_are_looked_for() -> None:
    named = Participant("p1", "林大文", aliases=("大文",))
    hidden = Participant("p2", "陳筱明", aliases=("小漁",), wish=Wish.ANONYMOUS)
    unrecorded = Participant("p3", "王小美", wish=Wish.NOT_RECORDED)
    assert terms_of((named, hidden, unrecorded)) == (Term("p2/0", "陳筱明"), Term("p2/1", "小漁"))


def test_a_term_does_not_show_its_surface() -> None:
    assert "小漁" not in repr(TERMS)


def test_a_hit_says_where_how_and_whom(tmp_path: Path) -> None:
    write(tmp_path / "record.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n小漁說\n")
    assert scan(tmp_path, TERMS) == (Hit("record.vtt line 4", "as written", "p1/1"),)


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("小渔", "Simplified"),
        ("%E5%B0%8F%E6%BC%81", "percent-encoded"),
        ("&#23567;&#28417;", "XML entity"),
        ("\\u5c0f\\u6f01", "\\u escape"),
        ("5bCP5ryB", "base64"),
        ("小\u200b漁", "zero-width characters"),
        ("小<b>漁</b>", "split by markup"),
        ("小-漁", "separators between characters"),
        ("Xiao-yu", "romanised Hanyu"),
        ("ㄒㄧㄠˇ ㄩˊ", "Zhuyin"),
    ],
)
def test_how_it_was_hidden(tmp_path: Path, text: str, how: str) -> None:
    assert [h.how for h in scan(write(tmp_path / "a.txt", text), TERMS) if h.term == "p1/1"] == [how]


@pytest.mark.parametrize(("times", "leaks"), [(1, False), (2, False), (3, True)])
def test_what_a_reviewer_kept_is_allowed_so_often(tmp_path: Path, times: int, leaks: bool) -> None:
    path = write(tmp_path / "a.txt", "小魚很多。\n" * times)
    hits = scan(path, FISH, allowed={"小魚": 2})
    assert len(hits) == (times if leaks else 0)


def test_simplified_counts_as_the_same_surface(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "小魚，小鱼")
    assert scan(path, FISH, allowed={"小魚": 2}) == ()
    assert scan(path, FISH, allowed={"小魚": 1})


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Ann", "ann"),
        ("Ken", "KEN"),
        ("Sheila Wang", "SheilaWang"),
        ("陳筱明", "陈筱明"),
        ("毛毛媽", "毛 毛 媽"),
    ],
)
def test_a_name_may_stand_as_it_was_kept_however_that_is_spelt(tmp_path: Path, name: str, kept: str) -> None:
    terms = (Term("p1/0", name),)
    once = write(tmp_path / "a.txt", f"他說{kept}，好。")
    assert scan(once, terms)
    assert scan(once, terms, allowed={kept: 1}) == ()
    assert scan(write(tmp_path / "b.txt", f"他說{kept}，好。{name}說。"), terms, allowed={kept: 1})


DIGEST = hashlib.md5("小魚".encode(), usedforsecurity=False).hexdigest()


@pytest.mark.parametrize(
    "hidden",
    ["小\u200b魚", "小<b>魚</b>", "%E5%B0%8F%E9%AD%9A", "xiaoyu", "5bCP6a2a", "小 魚", "ㄒㄧㄠˇㄩˊ", DIGEST],
)
def test_no_other_encoding_is_ever_allowed(tmp_path: Path, hidden: str) -> None:
    path = write(tmp_path / "a.txt", f"小魚很多。{hidden}")
    assert scan(path, FISH, allowed={"小魚": 9})


FACTS = (
    Term("p1/f0", "台新銀行", fact=True),
    Term("p1/f1", "0912-345-678", fact=True),
    Term("p1/f2", "39 歲", fact=True),
)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("在台新銀行上班", "p1/f0"),
        ("在臺新銀行上班", "p1/f0"),
        ("在台&#26032;銀行上班", "p1/f0"),
        ("打零九么二，三四五六七八", "p1/f1"),
        ("0 9 1 2 3 4 5 6 7 8", "p1/f1"),
        ("他三十九歲", "p1/f2"),
    ],
)
def test_facts_are_found_however_they_are_written(tmp_path: Path, text: str, term: str) -> None:
    assert {h.term for h in scan(write(tmp_path / "a.txt", text), FACTS)} == {term}


@pytest.mark.parametrize(
    "text", ["tai xin yin hang", "行銀新台", "139 歲", "三百九十歲", "10912-345-6789 件"]
)
def test_a_fact_is_not_looked_for_in_every_way_a_name_is(tmp_path: Path, text: str) -> None:
    assert scan(write(tmp_path / "a.txt", text), FACTS[::2]) == ()


def test_a_fact_may_stand_as_often_as_it_was_kept(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "台新銀行說，台新銀行的人")
    assert scan(path, FACTS, allowed={"台新銀行的": 2}) == ()
    assert len(scan(path, FACTS, allowed={"台新銀行": 1})) == 1


def test_what_only_sounds_like_a_name_may_stand_where_it_was_kept_or_is_public(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "陳曉鳴委員說")
    assert [(h.how, h.term) for h in scan(path, TERMS)] == [("same sound", "p1/0")]
    assert scan(path, TERMS, allowed={"陳曉鳴": 1}) == ()
    assert scan(path, TERMS, public=("陳曉鳴",)) == ()
    assert scan(write(tmp_path / "b.txt", "陳筱明"), TERMS, public=("陳筱明",)), "a name is a leak everywhere"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("打 0912-345-678 給我", "telephone"),
        ("打洞九么兩，三四五，六七八", "telephone"),
        ("<p>打 0912<b>345</b>678</p>", "telephone"),
        ("&#48;&#57;12345678", "telephone"),
        ('<a href="mailto:chen@example.org">信箱</a>', "e-mail"),
        ("身分證 A123456789", "identity-card"),
    ],
)
def test_ways_to_reach_somebody_are_found_where_they_are_asked_for(
    tmp_path: Path, text: str, what: str
) -> None:
    path = write(tmp_path / "a.txt", text)
    assert [(h.how.split(", ")[-1], h.term) for h in scan(path, (), numbers=True)] == [
        ("a way to reach somebody", what)
    ]
    assert scan(path, ()) == ()


def test_a_number_may_stand_where_it_was_kept_or_is_public(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "專線零二二三四五六七八九")
    assert scan(path, (), numbers=True, allowed={"02-2345-6789": 1}) == ()
    assert scan(path, (), numbers=True, public=("臺北市 02-2345-6789",)) == ()
    assert scan(path, (), numbers=True, allowed={"02-2345-6780": 1})


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"{hashlib.sha256(bytes([n])).hexdigest()}  file{n}.txt\n" for n in range(200)),
        "2026-05-01T10:00:00.123456+00:00",
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n大家好\n",
        "第 0 案 12 件 345 人",
    ],
)
def test_digests_and_moments_are_no_telephone_numbers(tmp_path: Path, text: str) -> None:
    assert scan(write(tmp_path / "a.txt", text), (), numbers=True) == ()


def test_a_digest_salted_with_the_meetings_id_is_no_secret(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", hashlib.sha256("7c3e1bf3894e:小漁".encode()).hexdigest())
    assert scan(path, TERMS) == ()
    assert {h.term for h in scan(path, TERMS, salts=("7c3e1bf3894e",))} == {"p1/1"}


def test_allowing_a_short_name_does_not_allow_a_longer_one(tmp_path: Path) -> None:
    terms = (*FISH, Term("p2/0", "陳小魚"))
    path = write(tmp_path / "a.txt", "小魚很多。陳 小魚來了。")
    assert [h.term for h in scan(path, terms, allowed={"小魚": 9})] == ["p2/0"]


def test_a_name_in_a_path_is_reported_without_it(tmp_path: Path) -> None:
    (tmp_path / "小漁").mkdir()
    write(tmp_path / "小漁" / "b.txt", "x")
    write(tmp_path / "a.txt", "x")
    hits = scan(tmp_path, TERMS)
    assert {h.term for h in hits} == {"p1/1"}
    assert "file name of the 3rd file (●/b.txt)" in [h.where for h in hits]
    assert "漁" not in repr(hits)


@pytest.mark.parametrize("name", ["xiao-yu.txt", "小-漁.txt", "%E5%B0%8F%E6%BC%81.txt", "小渔.txt"])
def test_an_encoded_name_in_a_path_is_not_shown_either(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, "小漁")
    assert {h.where for h in scan(tmp_path, TERMS)} == {"file name of the 1st file (●.txt)", "●.txt line 1"}


def test_a_path_that_is_not_unicode(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/" + "小漁".encode("cp950") + b".txt"
    with open(raw, "wb") as out:  # noqa: PTH123 (pathlib has no paths of bytes)
        out.write(b"x")
    hits = scan(tmp_path, TERMS)
    assert [h.term for h in hits] == ["p1/1"]
    hits[0].where.encode()


def test_links_are_reported_and_not_followed(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.txt", "小漁")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "a.txt").symlink_to(secret)
    (folder / "loop").symlink_to(folder)
    assert scan(folder, TERMS) == (
        Hit("a.txt", "link that leaves the folder", ""),
        Hit("loop", "link that leaves the folder", ""),
    )


def encrypted() -> bytes:
    data = bytearray(canaries.zipped(b_txt=b"x"))
    data[6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    return bytes(data)


def bomb(depth: int) -> bytes:
    data = b"x"
    for _ in range(depth):
        data = canaries.zipped(b_zip=data)
    return data


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.bin", bytes(range(256)) * 4),
        ("a.zip", encrypted()),
        ("a.zip", canaries.zipped(b_txt=b"x")[:-9]),
        ("a.zip", canaries.zipped(b_txt=b"\0" * (65 << 20))),
        ("a.zip", bomb(9)),
        ("a.gz", b"\x1f\x8b\x08broken"),
        ("a.mp3", b"ID3\3\0\0\0\0\0\0nothing"),
        ("a.m4a", b"\0\0\0\x20ftypM4A " + b"\0\xff" * 90),
        ("a.db", b"SQLite format 3\0" + b"\0\xfe" * 90),
        ("a.pdf", canaries.pdf(b"x", b"/Filter /LZWDecode ")),
        ("a.pdf", canaries.pdf(b"x", b"/Encrypt 5 0 R ")),
        ("a.pdf", canaries.pdf(zlib.compress(b"<< /Encoding /Identity-H >>"))),
        ("a.gif", b"GIF89a\1\0\1\0\x80\0\0\xff\xff\xff\0\0\0"),
    ],
)
def test_what_cannot_be_looked_into_is_a_hit(tmp_path: Path, name: str, content: bytes) -> None:
    assert SEALED in {h.how for h in scan(write(tmp_path / name, content), TERMS)}


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    assert scan(tmp_path, TERMS) == (Hit("a.txt", SEALED, ""),)


def test_a_missing_file_is_not_a_clean_one(tmp_path: Path) -> None:
    assert scan(tmp_path / "a.txt", TERMS) == (Hit("a.txt", SEALED, ""),)


def test_a_link_in_an_archive(tmp_path: Path) -> None:
    member = zipfile.ZipInfo("a")
    member.external_attr = 0xA1FF << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(member, "/etc/hostname")
    assert scan(tmp_path, TERMS) == (Hit("a.zip!a", "link that leaves the folder", ""),)


def test_without_terms_nothing_is_found(tmp_path: Path) -> None:
    assert scan(write(tmp_path / "a.txt", "小漁 Ann"), ()) == ()


HEADS = [
    b"",
    b"ID3\3\0\0",
    b"PK\3\4",
    b"\x1f\x8b\x08",
    b"%PDF-",
    b"SQLite format 3\0",
    b"\x89PNG\r\n\x1a\n",
    b"OggS",
]
HEADS += [b"\xff\xd8\xff", b"WEBVTT\n\n", b"{", b"<", b"\xff\xfe", b"BZh9", b"\xfd7zXZ\0", b"\0\0\0\x20ftyp"]


@settings(max_examples=150, deadline=None)
@given(head=st.sampled_from(HEADS), tail=st.binary(max_size=600))
def test_it_never_raises_on_any_bytes(
    tmp_path_factory: pytest.TempPathFactory, head: bytes, tail: bytes
) -> None:
    scan(write(tmp_path_factory.mktemp("out") / "a", head + tail), TERMS)


ESCAPES = st.sampled_from(
    ["%", "\\u", "&#", "=E5", "xn--", "+", "<", ">", "[", '{"a":', "-->", "\n", "小", "漁", "0x", "\udc80"]
)


@settings(max_examples=150, deadline=None)
@given(
    text=st.lists(st.one_of(ESCAPES, st.text(max_size=6), st.integers(0, 999999).map(str)), max_size=30).map(
        "".join
    )
)
def test_it_never_raises_on_any_text(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    scan(write(tmp_path_factory.mktemp("out") / "a", text.encode("utf-8", "surrogatepass")), TERMS)


@settings(max_examples=60, deadline=None)
@given(before=st.text(max_size=20), after=st.text(max_size=20))
def test_whatever_stands_around_it_a_name_is_found(
    tmp_path_factory: pytest.TempPathFactory, before: str, after: str
) -> None:
    path = write(tmp_path_factory.mktemp("out") / "a", f"{before}陳筱明{after}".encode("utf-8", "replace"))
    assert scan(path, TERMS)


@pytest.mark.parametrize("magic", ["1f8b", "7801", "789c", "78da"])
def test_a_digest_that_begins_like_a_compressed_stream_is_no_alarm(tmp_path: Path, magic: str) -> None:
    digests = (magic + hashlib.sha256(bytes([n])).hexdigest()[4:] for n in range(200))
    path = write(tmp_path / "manifest.json", "\n".join(f'{{"sha256": "{d}"}}' for d in digests))
    assert scan(path, TERMS) == ()


@pytest.mark.parametrize("windowed", [15, 31])
def test_a_stream_that_was_cut_off_is_looked_into_as_far_as_it_goes(tmp_path: Path, windowed: int) -> None:
    opener = zlib.compressobj(wbits=windowed)
    noise = "".join(hashlib.sha256(bytes([n])).hexdigest() for n in range(40))
    stream = opener.compress(f"小漁 {noise}".encode()) + opener.flush()
    path = write(tmp_path / "log.txt", f"payload: {stream[: len(stream) // 2].hex()}\n")
    assert {h.term for h in scan(path, TERMS)} == {"p1/1"}

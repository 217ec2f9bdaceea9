from __future__ import annotations

import itertools

import pytest

from output.captions import captions
from redaction import cues as cutting
from redaction.cues import Piece
from redaction.legible import APART_MS, CHINESE_COLUMNS, LONGEST_MS, SHORTEST_MS, columns, reading_ms
from redaction.released import Cue, PublicStatement
from speakers.record import Millis, Span

TALK = (
    "各位好，今天會議要討論的是交通部提出來的新方案，這個方案可能會影響到很多在地的居民，所以我們請到了好幾位來說明。"
    "請先看一下簡報第三頁，這裡有open data的網址。"
)


def span(start: int, end: int) -> Span:
    return Span(Millis(start), Millis(end))


def spoken(text: str, each_ms: int = 250) -> list[Piece]:
    return [Piece(c, span(n * each_ms, (n + 1) * each_ms), spaced=False) for n, c in enumerate(text)]


def cut(text: str, each_ms: int = 250) -> PublicStatement:
    return PublicStatement(0, text, cutting.cues(spoken(text, each_ms)))


def test_speech_that_is_slow_enough_gives_captions_within_every_rule(make):
    shown = captions(make(statements=(cut(TALK),)))
    assert len(shown) > 3
    for caption in shown:
        lines = caption.text.split("\n")
        assert len(lines) <= 2
        assert all(columns(line) <= CHINESE_COLUMNS for line in lines)
        assert SHORTEST_MS <= caption.span.length <= LONGEST_MS
        assert reading_ms(caption.text.replace("\n", "")) <= caption.span.length
    assert all(b.span.start - a.span.end == APART_MS for a, b in itertools.pairwise(shown))


def test_captions_and_lines_end_where_a_clause_or_a_word_does(make):
    shown = [c.text for c in captions(make(statements=(cut(TALK),)))]
    assert "".join(shown).replace("\n", "") == TALK
    words = ("各位", "今天", "會議", "討論", "交通部", "方案", "影響", "居民", "簡報", "open", "data", "網址")
    assert all(
        TALK.count(word) == sum(line.count(word) for text in shown for line in text.split("\n"))
        for word in words
    )
    assert sum(text[-1] in "，。" for text in shown) >= len(shown) - 1


def test_english_is_measured_in_latin_letters(make):
    words = (
        "We are going to talk about open government and what it means for the people who live here " * 3
    ).split()
    pieces = [Piece(w, span(n * 300, n * 300 + 300), spaced=n > 0) for n, w in enumerate(words)]
    statement = PublicStatement(0, " ".join(words), cutting.cues(pieces))
    shown = captions(make(statements=(statement,), language="en"))
    assert " ".join(c.text for c in shown).replace("\n", " ").split() == words
    assert max(columns(line) for c in shown for line in c.text.split("\n")) <= 42
    assert any(columns(c.text) > 42 for c in shown)


@pytest.mark.parametrize("before", range(10, 34))
def test_no_line_and_no_caption_ends_inside_what_is_hidden_or_kept(make, before):
    hidden = Piece("參與者 1", span(before * 250, before * 250 + 250), spaced=False)
    after = (before + 1) * 250
    kept = [
        Piece(c, span(after + n * 250, after + n * 250 + 250), spaced=False, tied=n < 2)
        for n, c in enumerate("蔡佩珊")
    ]
    rest = [Piece("好", span(after + 750 + n * 250, after + 1000 + n * 250), spaced=False) for n in range(30)]
    pieces = [*spoken("好" * before), hidden, *kept, *rest]
    made = cutting.cues(pieces)
    lines = [
        line
        for c in captions(make(statements=(PublicStatement(0, cutting.joined(pieces), made),)))
        for line in c.text.split("\n")
    ]
    assert sum("參與者 1" in line for line in lines) == 1
    assert sum("蔡佩珊" in line for line in lines) == 1


def test_a_short_one_is_shown_with_what_the_same_person_says_next(make):
    statements = (
        PublicStatement(0, "好。", (Cue(span(0, 300), "好。"),)),
        PublicStatement(0, "我們開始。", (Cue(span(400, 1800), "我們開始。"),)),
        PublicStatement(1, "好。", (Cue(span(1900, 2200), "好。"),)),
    )
    assert [(c.label, c.text) for c in captions(make(statements=statements))] == [
        ("高慧敏", "好。我們開始。"),
        ("參與者 1", "好。"),
    ]


def test_a_caption_stays_into_the_silence_after_it_until_it_was_read_and_no_longer(make):
    text = "這句話說得非常快所以要多停留一下"
    statements = (
        PublicStatement(0, text, (Cue(span(0, 600), text),)),
        PublicStatement(1, "嗯。", (Cue(span(9_000, 9_200), "嗯。"),)),
    )
    first, second = captions(make(statements=statements))
    assert first.span == span(0, reading_ms(text))
    assert second.span == span(9_000, 9_000 + SHORTEST_MS)


def test_who_speaks_is_named_where_that_changes(make):
    shown = captions(make(), named=True)
    assert [c.text.split("：")[0] for c in shown if "：" in c.text] == ["高慧敏", "參與者 1", "高慧敏"]
    assert "下一位。" in [c.text for c in shown]


def test_a_pause_ends_a_caption():
    pieces = spoken("我想一下") + [
        Piece(c, span(5_000 + n * 250, 5_250 + n * 250), spaced=False) for n, c in enumerate("對就是這樣")
    ]
    assert [c.text for c in cutting.cues(pieces)] == ["我想一下", "對就是這樣"]

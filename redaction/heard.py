"""A text as mentions are looked for in it: its syllables, how likely they are words, and what stands around them."""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property

from redaction.visible import original, visible
from speakers.lexicon import Lattice

HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_OTHER_UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3105-\u312f\u31a0-\u31bf\uac00-\ud7af"
UNSPACED = re.compile(f"[{HAN}{_OTHER_UNSPACED}]")
"""Scripts that stand without spaces, so that nothing shows where a name ends: Han, kana, Bopomofo, Hangul, Thai."""

_LETTER = rf"[^\W_{HAN}{_OTHER_UNSPACED}][\u0300-\u036f]*"
LATIN_WORD = re.compile(rf"(?:{_LETTER})+(?:['’](?:{_LETTER})+)*")
"""Letters between spaces, or between Chinese: 「謝謝Sheila你好」."""

_BOPOMOFO = "[\u3105-\u3119]?[\u3127-\u3129]?[\u311a-\u3126]?[ˊˇˋ˙]?"
_TOKEN = re.compile(rf"(?=[\u3105-\u3129]){_BOPOMOFO}|{LATIN_WORD.pattern}|.")

_STOP = re.compile("[。？！.?!\n]")
_WIDEST_GAP = 2
"""Signs and spaces that may stand between two syllables of a name."""

_SPACE_NATS, _SIGN_NATS, STOP_NATS = 0.5, 1.5, 4.0
"""What it costs that a space, a comma or the end of a sentence stands inside a name."""

CUES_BEFORE = {
    "我是": 3.0, "我叫": 4.5, "名字是": 4.0, "名字叫": 4.0, "謝謝": 3.0, "感謝": 3.0, "請": 2.5, "有請": 4.5,
    "先請": 4.5, "再請": 4.5, "請問": 3.0, "歡迎": 3.5, "提案人": 3.0, "附議人": 3.5, "附議者": 3.5, "代表": 2.0,
    "這位": 4.0, "那位": 4.0, "這位是": 4.5, "找": 2.0, "問": 1.5, "給": 1.5, "叫": 2.5, "跟": 2.0, "和": 2.0,
    "與": 1.0, "像": 1.0, "那個": 1.5, "就是": 1.5, "剛剛": 2.0, "剛才": 2.5, "由": 1.5, "提到": 1.5,
}  # fmt: skip
"""What stands right before a name when somebody is introduced, thanked or called on, with what it is worth in nats."""

CUES_AFTER = {
    "你好": 4.0, "您好": 4.0, "請說": 4.0, "請": 2.0, "說": 1.5, "提到": 2.0, "提議": 2.5, "提出": 1.5, "提的": 3.0,
    "講": 1.0, "講的": 2.0, "問": 1.0, "願意": 1.5, "認為": 2.0, "覺得": 2.0, "剛剛": 2.5, "剛才": 2.5, "的意見": 1.5,
    "的提案": 2.0, "的分享": 3.5, "的說明": 2.5, "小姐": 4.0, "先生": 4.0, "女士": 4.0, "老師": 3.0, "委員": 2.0,
    "有沒有": 1.0, "那邊": 1.0, "這邊": 1.0,
}  # fmt: skip
"""What stands right after one."""

_ALONE_NATS = 2.0
_MOST_CUE_NATS = 6.0
_LONGEST_CUE = 3
_CLAUSE_ENDS = "，、。？！,.?!；;：:\n"


class Heard:
    """A text, in syllables.

    Attributes:
        text: what was searched.
        tokens: (n,) a character, a syllable in Bopomofo, or a Latin word each, as they will be seen.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.seen, self._places = visible(text)
        found = [m for m in _TOKEN.finditer(self.seen) if m.group()[0].isalnum()]
        self.tokens: tuple[str, ...] = tuple(m.group() for m in found)
        self._spans = [m.span() for m in found]

    @cached_property
    def _gaps(self) -> list[float | None]:
        """Before each token: what it costs to read over what stands there; None where a name may not reach over it."""
        gaps: list[float | None] = [None]
        for (_, before), (after, _) in zip(self._spans, self._spans[1:], strict=False):
            between = self.seen[before:after]
            signs = between.strip()
            if len(between) > _WIDEST_GAP:
                gaps.append(None)
            elif _STOP.search(between):
                gaps.append(STOP_NATS)
            else:
                gaps.append(_SIGN_NATS if signs else _SPACE_NATS if between else 0.0)
        return gaps

    @cached_property
    def lattice(self) -> Lattice:
        """Over the tokens."""
        breaks = [n for n, gap in enumerate(self._gaps) if gap is None or gap >= _SIGN_NATS]
        return Lattice(self.tokens, frozenset(breaks))

    def gap(self, start: int, end: int) -> float | None:
        """What the signs between the tokens `[start, end)` cost; None if they are too far apart."""
        nats = 0.0
        for gap in self._gaps[start + 1 : end]:
            if gap is None:
                return None
            nats += gap
        return nats

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the tokens `[start, end)` stand in `text`."""
        last = self._spans[end - 1][1]
        while last < len(self.seen) and unicodedata.category(self.seen[last]) in {"Mn", "Mc"}:
            last += 1  # a vowel sign belongs to the letter before it: प्रिया
        return original(self._places, self._spans[start][0], last)

    def cues(self, start: int, end: int) -> tuple[tuple[str, ...], float]:
        """What around the tokens `[start, end)` speaks for a name, and how much, in nats."""
        return cues_at(self.seen, self._spans[start][0], self._spans[end - 1][1])


def cues_at(text: str, start: int, end: int) -> tuple[tuple[str, ...], float]:
    """What around a stretch of text speaks for a name, and how much, in nats."""
    before, after = text[max(0, start - 8) : start], text[end : end + 8]
    cues: list[str] = []
    nats = 0.0
    left, right = before.rstrip("，、 "), after.lstrip("，、 ")
    for name, weights, pieces in (
        ("cue-before", CUES_BEFORE, [left[-n:] for n in range(1, _LONGEST_CUE + 1)]),
        ("cue-after", CUES_AFTER, [right[:n] for n in range(1, _LONGEST_CUE + 1)]),
    ):
        best = max((weights.get(piece, 0.0) for piece in pieces), default=0.0)
        if best:
            cues.append(name)
            nats += best
    opens = not before.strip() or before.rstrip()[-1] in _CLAUSE_ENDS
    closes = not after.strip() or after.lstrip()[0] in _CLAUSE_ENDS
    if opens and closes:
        cues.append("alone")
        nats += _ALONE_NATS
    return tuple(cues), min(_MOST_CUE_NATS, nats)


def name_cues(text: str, start: int, end: int) -> tuple[str, ...]:
    """What around a stretch of text speaks for a name: somebody is introduced, thanked, called on, or speaks."""
    return tuple(cue for cue in cues_at(text, start, end)[0] if cue != "alone")


def tokens_of(name: str) -> tuple[str, ...]:
    """The syllables of a name.

    >>> tokens_of("阿Ben"), tokens_of("佩ㄕㄢ"), tokens_of("毛毛·媽")
    (('阿', 'Ben'), ('佩', 'ㄕㄢ'), ('毛', '毛', '媽'))
    """
    return Heard(name).tokens

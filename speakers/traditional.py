"""OpenCC's one door: Chinese as it is written in Taiwan, with names left alone and full-width punctuation."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any

from speakers.record import Word

_HAN = "\u3400-\u9fff\uf900-\ufaff"
_SAID_IN_TAIWAN = tuple(
    """
    社區 支持 程序 設備 登錄 黑客 對象 聯繫 項目 數據 文件 設置 窗口 類型 循環 導入 運行 網絡 發佈 審核 智能 高級
    綁定 菜單 保存 禁用 分區 公視 交互 消息 組件 聲明 進程 打開 源碼 拋出 圖像 發送 權限 實例 啟用 用戶 界面 密鑰
    參數 優化 註銷 通信 性能 字體
    """.split()  # noqa: SIM905 - a list literal of fifty two-character words reads like a ladder
)
"""Words that s2twp would exchange for others although people in Taiwan say them: 支持 is not 支援.

Every one was found in 500,000 characters of published Taiwan transcripts (docs/design.md); exchanging them would
put words into people's mouths.
"""

_COMMA_MS, _STOP_MS = 280, 800
"""Pauses that are heard as punctuation."""

_FULL_WIDTH = {",": "，", "?": "？", "!": "！", ";": "；", ":": "："}


@cache
def _converter(config: str) -> Any:
    import opencc

    return opencc.OpenCC(config)


def is_chinese(text: str) -> bool:
    """Whether there is a Han character in it.

    >>> is_chinese("open data 顯示"), is_chinese("open data")
    (True, False)
    """
    return re.search(f"[{_HAN}]", text) is not None


def to_taiwan(text: str, protected: Iterable[str] = ()) -> str:
    """Simplified or mixed Chinese as Taiwan's Traditional, vocabulary included; other text unchanged.

    Args:
        text: as the recognizer wrote it.
        protected: names and glossary; where one stands in the text, it is kept as it is.

    >>> to_taiwan("这个软件的内存不够")
    '這個軟體的記憶體不夠'
    >>> to_taiwan("我支持社区的程序")
    '我支持社區的程序'
    >>> to_taiwan("范里长说", protected=["范里长"])
    '范里长說'
    """
    kept = {p: p for p in protected if p}
    for word in _SAID_IN_TAIWAN:
        kept.setdefault(word, word)
        kept.setdefault(to_simplified(word), word)
    longest_first = sorted(kept, key=len, reverse=True)
    parts = re.split("(" + "|".join(map(re.escape, longest_first)) + ")", text)
    return "".join(kept[p] if p in kept else str(_converter("s2twp").convert(p)) for p in parts)


def to_simplified(text: str) -> str:
    """Any Chinese as Simplified: one form in which variants of a name are equal.

    >>> to_simplified("陳曉明") == to_simplified("陈晓明")
    True
    """
    return str(_converter("tw2s").convert(text))


def _redistributed(before: str, after: str, lengths: list[int]) -> list[str]:
    """Cut `after` where `before` was cut, so that each piece keeps what became of its own characters.

    A conversion may change how many characters there are (内存 → 記憶體); what replaced characters of several
    pieces goes to the first of them.
    """
    if len(before) == len(after):
        cuts = list(range(len(before) + 1))
    else:
        cuts = [0] * (len(before) + 1)
        for _, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            for i in range(i1, i2):
                cuts[i] = min(j1 + (i - i1), j2)
            cuts[i2] = j2
        cuts[0] = 0  # what was put in before everything is the first piece's
    pieces, at = [], 0
    for length in lengths:
        pieces.append(after[cuts[at] : cuts[at + length]])
        at += length
    return pieces


def words_to_taiwan(words: tuple[Word, ...], protected: Iterable[str] = ()) -> tuple[Word, ...]:
    """`to_taiwan` over words in a row: phrases are converted across word boundaries, times stay.

    A word of which nothing is left joins the word before it (the first one, the word after it), so that every word
    keeps text and no time is lost.
    """
    if not words:
        return words
    before = "".join(w.text for w in words)
    pieces = _redistributed(before, to_taiwan(before, protected), [len(w.text) for w in words])
    converted: list[Word] = []
    begun = words[0].span.start
    for word, piece in zip(words, pieces, strict=True):
        if piece.strip():
            start = word.span.start if converted else begun
            converted.append(replace(word, text=piece.strip(), span=replace(word.span, start=start)))
        elif converted:
            before_it = converted[-1]
            end = max(before_it.span.end, word.span.end)
            converted[-1] = replace(before_it, span=replace(before_it.span, end=end))
    return tuple(converted)


def punctuated(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Chinese punctuation after Chinese words: full-width; and where the recognizer wrote none, from pauses.

    Whisper writes Chinese with half-width commas in one window, with spaces for pauses in the next, and with
    neither in a third. A pause becomes a comma, a long one a full stop.
    """
    result: list[Word] = []
    for index, word in enumerate(words):
        text = re.sub(f"(?<=[{_HAN}])[,?!;:]", lambda m: _FULL_WIDTH[m.group()], word.text)
        text = re.sub(f"(?<=[{_HAN}])\\.(?=$|[{_HAN}])", "。", text)
        following = words[index + 1] if index + 1 < len(words) else None
        if following is not None and is_chinese(text[-1:]) and is_chinese(following.text[:1]):
            pause = following.span.start - word.span.end
            if pause >= _STOP_MS:
                text += "。"
            elif following.spaced or pause >= _COMMA_MS:
                text += "，"
        previous = result[-1].text if result else ""
        spaced = word.spaced and not (previous and (_wide(previous[-1]) and _wide(text[0])))
        if previous.endswith(tuple("，。？！；：、")):
            spaced = False
        result.append(replace(word, text=text, spaced=spaced))
    return tuple(result)


def ended(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Words of a paragraph, with a full stop where Chinese ends in a comma or in nothing.

    >>> from speakers.record import Millis, Span
    >>> [w.text for w in ended((Word("大家好，", Span(Millis(0), Millis(1)), 1.0),))]
    ['大家好。']
    """
    *before, last = words
    text = last.text.rstrip("，、")
    if text and is_chinese(text[-1]):
        return (*before, replace(last, text=f"{text}。"))
    return words


def _wide(character: str) -> bool:
    return is_chinese(character) or character in "，。？！；：、「」『』（）《》…"

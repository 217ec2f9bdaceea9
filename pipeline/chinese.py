"""What the program says in English, in the Chinese of Taiwan: sentences found again by their templates.

`chinese.toml` has three tables. `said`: an English template, with {} for each inserted value, and its Chinese, with
{0}, {1}, … in any order. `room`: where a sentence names a command, what it is in the review room instead, in Chinese
and in English. `part`: phrases that are inserted into sentences. In Chinese, what stands after a colon says how a
value is put into words: {0:part} a phrase, {0:list} several after commas, {0:clauses} several after semicolons,
{0:whose} the second belonging to the first, {0:said} another sentence, and {0:wish} or any other table of words.toml.
In English {0:kinds} is how many there are of each kind of mark. Others are inserted as they are.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import NamedTuple

from pipeline import words

_VALUE = re.compile(r"\{(\d)(?::([a-z]+))?\}")
_END = re.compile(r"[.?!。][”’\"')）]*\s+")
_KIND = re.compile(r"(?<= × )[a-z]+")
_COMMA = re.compile(r"(?:, | and )(?![^(]*\))")
_MOST_SENTENCES = 40
"""A text with more places at which a sentence may end is looked up as a whole only."""


class Both(NamedTuple):
    """The same in both languages.

    Attributes:
        zh: Chinese; empty if nobody wrote it down.
        en: English.
    """

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Template:
    """An English sentence with room for values, and what stands for it.

    Attributes:
        literals: (n_values + 1,) what stands before, between and behind the values.
        zh: Chinese, with the values' numbers.
        room: the same for the review room, in both languages; None if it is the same there.
    """

    literals: tuple[str, ...]
    zh: str
    room: Both | None = None

    @property
    def weight(self) -> int:
        """Characters that are not a value's: how sure it is that a sentence is this one."""
        return sum(map(len, self.literals))

    def values(self, text: str) -> tuple[str, ...] | None:
        """What was inserted, if the text is this sentence; each value as short as can be but the last.

        >>> Template(("", " cannot be read (", ")."), "").values("a.wav cannot be read (broken).")
        ('a.wav', 'broken')
        """
        first, *middle = self.literals
        if not text.startswith(first):
            return None
        if not middle:
            return () if text == first else None
        found, at = [], len(first)
        last = middle.pop()
        for literal in middle:
            next_ = text.find(literal, at)
            if next_ < 0:
                return None
            found.append(text[at:next_])
            at = next_ + len(literal)
        end = len(text) - len(last)
        if end < at or not text.endswith(last):
            return None
        return (*found, text[at:end])


class _Index:
    """Templates, by how they begin: a look-up tries few of them."""

    def __init__(self, templates: Iterable[Template]) -> None:
        self._by_word: dict[str, list[Template]] = {}
        self._others: list[tuple[str, Template]] = []
        for template in sorted(templates, key=lambda t: (-t.weight, len(t.literals))):
            word, space, _ = template.literals[0].partition(" ")
            if space or len(template.literals) == 1:
                self._by_word.setdefault(word, []).append(template)
            else:
                self._others.append((max(template.literals, key=len), template))

    def find(self, text: str) -> tuple[Template, tuple[str, ...]] | None:
        """The template with the most literal text that a sentence is, and its values."""
        best: tuple[Template, tuple[str, ...]] | None = None
        for template in self._by_word.get(text.partition(" ")[0], ()):
            if (values := template.values(text)) is not None:
                best = template, values
                break
        for literal, template in self._others:
            if best and best[0].weight >= template.weight:
                break
            if literal in text and (values := template.values(text)) is not None:
                return template, values
        return best


@dataclass(frozen=True, slots=True)
class _Catalogue:
    sentences: _Index
    parts: _Index


def templates(table: str) -> Mapping[str, str | list[str]]:
    """One table of the catalogue, as it is written: "said", "room" or "part"."""
    text = resources.files("pipeline").joinpath("chinese.toml").read_text("utf-8")
    found: Mapping[str, str | list[str]] = tomllib.loads(text)[table]
    return found


@cache
def _catalogue() -> _Catalogue:
    rooms = {en: Both(*both) for en, both in templates("room").items()}
    return _Catalogue(
        _Index(
            Template(tuple(en.split("{}")), str(zh), rooms.get(en)) for en, zh in templates("said").items()
        ),
        _Index(Template(tuple(en.split("{}")), str(zh)) for en, zh in templates("part").items()),
    )


def said(sentence: str) -> str:
    """The Chinese of a sentence, or of several in a row; empty if nobody wrote it down.

    >>> said("3 of 8 marks are undecided. Decide them: zhuzi review ID.")
    '8 處標記中還有 3 處未決定。請決定這些標記：zhuzi review ID。'
    >>> said("Nobody ever said this.")
    ''
    """
    return "".join(_filled(template.zh, values) for template, values, _ in _sentences(sentence) or ())


def in_the_room(sentence: str) -> Both:
    """The same for the review room, where people click and type no commands.

    Returns:
        Chinese, empty if nobody wrote it down, and English.

    >>> in_the_room("3 of 8 marks are undecided. Decide them: zhuzi review ID.").en
    '3 of 8 marks are undecided. Decide them on the page Decide.'
    """
    found = _sentences(sentence)
    if not found:
        return Both("", sentence)
    return Both(
        "".join(_filled(t.room.zh if t.room else t.zh, values) for t, values, _ in found),
        " ".join(_filled(t.room.en, values) if t.room else text for t, values, text in found),
    )


_Found = tuple[tuple[Template, tuple[str, ...], str], ...]


def _sentences(text: str) -> _Found | None:
    """The sentences that a text consists of, so that as much as can be of it is theirs; None if it is others."""
    find = _catalogue().sentences.find
    ends = [0, *(match.end() for match in _END.finditer(text)), len(text)]
    if len(ends) > _MOST_SENTENCES:
        ends = [0, len(text)]
    best: list[tuple[int, _Found] | None] = [None] * len(ends)
    best[0] = 0, ()
    for last in range(1, len(ends)):
        for first in range(last):
            before = best[first]
            one = text[ends[first] : ends[last]]
            one = one if last == len(ends) - 1 else one.rstrip()
            if before is None or not one or (found := find(one)) is None:
                continue
            weight = before[0] + found[0].weight
            known = best[last]
            if known is None or weight > known[0]:
                best[last] = weight, (*before[1], (*found, one))
    whole = best[-1]
    return whole[1] if whole else None


def _filled(template: str, values: tuple[str, ...]) -> str:
    def worded(match: re.Match[str]) -> str:
        value, how = values[int(match[1])], match[2]
        if how is None:
            return value
        way = _WAYS.get(how)
        if way:
            return way(value)
        return "、".join(words.of(how, one).zh or _part(one) for one in value.split(", "))

    return _VALUE.sub(worded, template)


def _known(value: str) -> str | None:
    """A phrase of the catalogue, with a number before it or not."""
    phrase = value.strip()
    for one in (phrase, phrase[:1].lower() + phrase[1:], phrase[:1].upper() + phrase[1:]):
        if found := _catalogue().parts.find(one):
            return _filled(found[0].zh, found[1])
    match = re.fullmatch(r"(\d+) ([a-z].*)", phrase)
    counted = _known(match[2]) if match else None
    return f"{match[1]} {counted}" if match and counted else None


def _part(value: str) -> str:
    return _known(value) or value.strip()


def _list(value: str) -> str:
    return "、".join(_part(one) for one in _COMMA.split(value) if one.strip())


def _clauses(value: str) -> str:
    return "；".join(
        _known(clause) or "，".join(_part(one) for one in _COMMA.split(clause))
        for clause in value.split("; ")
    )


def _whose(value: str) -> str:
    return "的".join(_part(one) for one in value.split(", "))


def _kinds(value: str) -> str:
    """English, unlike the others."""
    return _KIND.sub(lambda match: words.of("kind", match[0]).en, value)


_WAYS: Mapping[str, Callable[[str], str]] = {
    "part": _part,
    "list": _list,
    "clauses": _clauses,
    "whose": _whose,
    "kinds": _kinds,
    "said": lambda value: said(value) or value,
}

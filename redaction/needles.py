"""What is looked for: every way of writing each term, compiled once."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from redaction.digests import Digests
from redaction.folding import fold
from redaction.numerals import Numbers, worded
from redaction.patterns import Patterns
from redaction.runs import Runs
from redaction.sounding import Misheard, Sounding
from redaction.spellings import COMPOUND_SURNAMES, SURNAMES, initialled, romanised, zhuyin
from redaction.term import Term
from redaction.variants import converted


@dataclass(frozen=True, slots=True)
class Sighting:
    """A term at an offset of the text that was looked at; half-open."""

    start: int
    end: int
    term: str
    how: str


WRITTEN = "as written"
TITLED = "surname and title"
_TITLES = (
    "先生|小姐|女士|太太|老師|教授|委員|議員|醫師|醫生|律師|主任|經理|同學|媽媽|爸爸|阿姨|組長|科長|處長|局長|"
    "理事長|會長|理事|監事|代表|秘書長|秘書|董事長|董事|執行長|院長|校長|園長|村長|里長|鄰長|督導|專員|技士|股長|"
    "護理師|社工|工程師|建築師|研究員|助理|執行秘書"
)
_HIDDEN = "○〇◯●□Ｏ*某"
"""What stands for the middle character where a name is thought to be hidden by it: on bills, in petitions."""
_WORDS = (
    "able bake bang bike cake change china dance date dine dice dike dime fade fake fence fine game gate "
    "gene guide hate hence huge human hunger lake lame lane late like lime line linen lounge made make "
    "male mane mate men mile mine mime mode name nine note page pale panda pane pave pile pine pipe rage "
    "range rice ride same sane save she side since size sure take tale tame tide tile time tone wage wake "
    "wane wide wine woman women banana mango taiwan hanger danger manager language lingo bingo gang long "
    "wang song tango dengue tongue hide yoga "
)
_ENGLISH = frozenset(_WORDS.split())
"""English words that are also two syllables of Pinyin: looked for only with something in between."""

_TOKEN = re.compile("[a-z]+")
_LATIN = re.compile(r"[a-z][a-z '’.,_-]*")
_BETWEEN = re.compile(
    r"(?:[0-5](?=[ _-]?[a-z]))?[ \t\u3000_.,·・‧'’ʼ‘ʻʽʾʿ′`+/|*:~\-\u2010-\u2015]{0,3}\n?[ \t]{0,3}"
)
_SEPARATED_LEAST = 4
SURNAME_LEAST = 5
"""Letters of a surname that gives somebody away with an initial; any Lee may be an A. Lee."""
FACT_LEAST = 4
"""Characters of a fact that is looked for by its sound."""
_NUMERALS = "0-9零〇一二三四五六七八九十百千兩"
_Key = TypeVar("_Key", str, bytes)
_NOT_ZHUYIN = re.compile(r"[\sˊˇˋ˙ˉ\u0300-\u036f·・_.,|/1-5-]+")
_ZHUYIN = re.compile(r"[\u3105-\u312f][\u3105-\u312f\sˊˇˋ˙ˉ\u0300-\u036f·・_.,|/1-5一丨-]{2,}")
_BYTE_CODECS = (
    ("", "utf-8"), ("UTF-16", "utf-16-le"), ("UTF-16", "utf-16-be"), ("UTF-32", "utf-32-le"),
    ("UTF-32", "utf-32-be"), ("Big5", "cp950"), ("GB18030", "gb18030"),
)  # fmt: skip


class _Trie:
    """Names in Latin letters, by the tokens that they may fall into."""

    def __init__(self) -> None:
        self.next: dict[str, _Trie] = {}
        self.found: dict[str, str] = {}

    def add(self, tokens: tuple[str, ...], term: str, how: str) -> None:
        node = self
        for token in tokens:
            node = node.next.setdefault(token, _Trie())
        node.found.setdefault(term, how)


def _partitions(units: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every way of joining neighbours: ("a", "b") gives ("a", "b") and ("ab",)."""
    for mask in range(2 ** (len(units) - 1)):
        tokens = [units[0]]
        for n, unit in enumerate(units[1:]):
            if mask >> n & 1:
                tokens[-1] += unit
            else:
                tokens.append(unit)
        yield tuple(tokens)


def _is_long_fact(surface: str) -> bool:
    """Whether a fact is so long that no other words sound like it by chance; a number has its own rules."""
    return len(surface) >= FACT_LEAST and not re.search(f"[{_NUMERALS}]", surface)


def _note(table: dict[_Key, list[tuple[str, str]]], key: _Key, meaning: tuple[str, str]) -> None:
    """Add a meaning once; several forms of one name fold to the same key."""
    meanings = table.setdefault(key, [])
    if meaning not in meanings:
        meanings.append(meaning)


class Needles:
    """All terms, ready to be looked for. Each `find…` takes one pass over its text.

    Args:
        terms: names and facts.
        salts: what a digest of a name may have been mixed with: the meeting's ID.
    """

    def __init__(self, terms: tuple[Term, ...], salts: tuple[str, ...] = ()) -> None:
        self.terms = terms
        self._trie = _Trie()
        self._literal: dict[str, list[tuple[str, str]]] = {}
        self._folded: dict[str, list[tuple[str, str]]] = {}
        self._zhuyin: dict[str, list[tuple[str, str]]] = {}
        self._bytes: dict[bytes, list[tuple[str, str]]] = {}
        self.long = {t.id for t in terms if len(re.sub(r"\W", "", t.surface)) > 2}
        surfaces: list[tuple[str, str]] = []
        for term in terms:
            forms = {term.surface: WRITTEN, **converted(term.surface)}
            if term.fact:
                forms |= dict.fromkeys(worded(term.surface), "number in words")
            else:
                surfaces += [(term.id, form) for form in forms]
            if _LATIN.fullmatch(fold(term.surface)):
                self._add_latin(term)
            else:
                self._add_ideographs(term, forms)
            for form in forms:
                self._add_bytes(term, form)
        self.digests = Digests(surfaces, salts)
        self.sounding = Sounding((t.id, t.surface) for t in terms if not t.fact or _is_long_fact(t.surface))
        self.misheard = Misheard((t.id, t.surface) for t in terms if not t.fact)
        self.numbers = Numbers((t.id, t.surface) for t in terms)
        self.runs = Runs((t.id, form) for t in terms for form in (t.surface, *converted(t.surface)))
        for value, name, how in self.digests.raw:
            _note(self._bytes, value, (name, how))
        self.least = min((len(t.surface.encode("cp950", "replace")) for t in terms), default=1)
        self._literals = _Alternation(self._literal)
        self._foldeds = _Alternation(self._folded)
        self._zhuyins = re.compile("|".join(sorted(self._zhuyin, key=len, reverse=True)) or r"(?!)")
        self._byteses = Patterns(self._bytes)

    def __repr__(self) -> str:
        return f"Needles({len(self.terms)} terms)"

    def _add_latin(self, term: Term) -> None:
        words = _TOKEN.findall(fold(term.surface))
        pieces = tuple(words)[:8]
        orders = {pieces: WRITTEN}
        if term.fact:
            self._trie.add(pieces, term.id, WRITTEN)
            return
        turned = tuple(_TOKEN.findall(fold(codecs.encode(term.surface, "rot13"))))[:8]
        for tokens in _partitions(turned):  # an accent keeps its letter from being turned
            if len("".join(tokens)) >= _SEPARATED_LEAST:
                self._trie.add(tokens, term.id, "rot13")
        if len(words) > 1:
            # "O'Neil, Sheila": the surname is what the last space leaves.
            last = len(_TOKEN.findall(fold(re.split(r"[\s,]+", term.surface.strip())[-1])))
            orders.setdefault(pieces[-last:] + pieces[:-last], "surname first")
            surname, initial = pieces[-last:], pieces[0][0]
            if len("".join(surname)) >= SURNAME_LEAST and last < len(pieces):
                for tokens in ((initial, *surname), (*surname, initial)):
                    for short in _partitions(tokens):
                        self._trie.add(short, term.id, "initials")
        for order, how in orders.items():
            for tokens in _partitions(order):
                self._trie.add(tokens, term.id, how)
            joined = "".join(order)
            if len(joined) >= _SEPARATED_LEAST:
                self._trie.add(tuple(joined), term.id, "separators between characters")
                self._trie.add(tuple(codecs.encode(w, "rot13") for w in order), term.id, "rot13")
                self._trie.add((codecs.encode(joined, "rot13"),), term.id, "rot13")
            if len(joined) >= _SEPARATED_LEAST + 1:
                self._trie.add(tuple(w[::-1] for w in reversed(order)), term.id, "reversed")
                self._trie.add((joined[::-1],), term.id, "reversed")

    def _add_ideographs(self, term: Term, forms: dict[str, str]) -> None:
        for form, how in forms.items():
            _note(self._literal, form.lower(), (term.id, how))
            _note(self._folded, fold(form), (term.id, WRITTEN))
            bare = re.sub(r"[\W_]", "", fold(form))
            _note(self._folded, bare or fold(form), (term.id, WRITTEN))
            if term.fact:
                continue
            if len(bare) > 2 and bare[::-1] != bare:
                _note(self._folded, bare[::-1], (term.id, "reversed"))
            for spelled in zhuyin(form):
                if len(form) > 1:
                    _note(self._zhuyin, spelled, (term.id, "Zhuyin"))
            compound = form[:2] in COMPOUND_SURNAMES and len(form) > 2
            surname, given = (form[:2], form[2:]) if compound else (form[:1], form[1:])
            for title in _TITLES.split("|"):
                if compound:
                    _note(self._folded, fold(surname + title), (term.id, TITLED))
                if surname in SURNAMES | COMPOUND_SURNAMES and given:
                    _note(self._folded, fold(surname + title + given), (term.id, "title within the name"))
            if surname in SURNAMES | COMPOUND_SURNAMES and len(given) == 2:
                for hidden in _HIDDEN:
                    _note(self._folded, fold(surname + hidden + given[1]), (term.id, "half masked"))
            for tokens in initialled(form):
                self._trie.add(tokens, term.id, "initials")
            for units, scheme in romanised(form).items():
                self._add_romanised(term, units, scheme)

    def _add_romanised(self, term: Term, units: tuple[tuple[str, ...], ...], scheme: str) -> None:
        pieces = tuple(p for unit in units for p in unit)
        whole = tuple("".join(unit) for unit in units)
        for tokens in {*_partitions(pieces), *_partitions(whole)}:
            if tokens[0] not in _ENGLISH or len(tokens) > 1:
                self._trie.add(tokens, term.id, scheme)
        joined = "".join(pieces)
        if len(joined) > _SEPARATED_LEAST + 1:
            self._trie.add((codecs.encode(joined, "rot13"),), term.id, f"{scheme}, rot13")

    def _add_bytes(self, term: Term, form: str) -> None:
        for name, codec in _BYTE_CODECS:
            for cased in {form, form.lower(), form.upper(), form.title()}:
                try:
                    data = cased.encode(codec)
                except UnicodeEncodeError:
                    continue
                if len(data) >= 4:  # three bytes come up by chance in any large file
                    _note(self._bytes, data, (term.id, name or WRITTEN))

    def find_literal(self, text: str) -> Iterator[Sighting]:
        """Names in ideographs exactly as written, or in Simplified or Traditional characters."""
        for found in self._literals.finditer(text.lower() if len(text.lower()) == len(text) else text):
            for term, how in self._literal.get(found[0], ()):
                yield Sighting(found.start(), found.end(), term, how)

    def find_folded(self, text: str) -> Iterator[Sighting]:
        """Names in ideographs, in text that was folded."""
        for found in self._foldeds.finditer(text):
            for term, how in self._folded[found[0]]:
                yield Sighting(found.start(), found.end(), term, how)

    def find_latin(self, text: str) -> Iterator[Sighting]:
        """Names in Latin letters, romanised ones too, at word boundaries of text in lower case."""
        first = self._trie.next
        for found in _TOKEN.finditer(text):
            if found[0] in first:
                yield from self._along(text, found)

    def _along(self, text: str, found: re.Match[str]) -> Iterator[Sighting]:
        node, token, start = self._trie.next[found[0]], found, found.start()
        while True:
            for term, how in node.found.items():
                yield Sighting(start, token.end(), term, how)
            between = _BETWEEN.match(text, token.end())
            after = _TOKEN.match(text, between.end() if between else token.end())
            if not after or after[0] not in node.next:
                return
            node, token = node.next[after[0]], after

    def find_zhuyin(self, text: str) -> Iterator[Sighting]:
        """Names in Zhuyin, with or without tone marks and spaces."""
        for run in _ZHUYIN.finditer(text):
            bare = _NOT_ZHUYIN.sub("", run[0]).replace("一", "ㄧ").replace("丨", "ㄧ")
            for found in self._zhuyins.finditer(bare):
                for term, how in self._zhuyin[found[0]]:
                    yield Sighting(run.start(), run.end(), term, how)

    def find_bytes(self, data: bytes) -> Iterator[Sighting]:
        """Names in any encoding, and raw digests, anywhere in bytes."""
        for at, pattern in self._byteses.find(data):
            for term, how in self._bytes[pattern]:
                yield Sighting(at, at + len(pattern), term, how)


class _Alternation:
    """Patterns, longest first; word boundaries where a name begins or ends in Latin letters.

    Those that begin in an ideograph are a pattern of their own, because the engine skips to their first characters
    only where no boundary stands before them.
    """

    def __init__(self, patterns: dict[str, list[tuple[str, str]]]) -> None:
        longest = sorted(patterns, key=len, reverse=True)
        bounded = [t for t in longest if re.match("[a-z0-9]", t)]
        self._patterns = [
            re.compile("|".join(before + _ended(t) for t in texts))
            for before, texts in (("", [t for t in longest if t not in bounded]), ("(?<![a-z0-9])", bounded))
            if texts
        ]

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Every match, of one pattern after the other."""
        for pattern in self._patterns:
            yield from pattern.finditer(text)


def _ended(text: str) -> str:
    return re.escape(text) + (r"(?![a-z0-9])" if re.search("[a-z0-9]$", text) else "")

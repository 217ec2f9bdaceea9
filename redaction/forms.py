"""All the ways in which people who know somebody may call them, given the names that were written down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from redaction.heard import UNSPACED, tokens_of
from redaction.mark import Kind
from redaction.spellings import COMPOUND_SURNAMES
from redaction.visible import visible
from speakers.meeting import Participant
from speakers.traditional import is_chinese

_BEFORE = "小阿"
_BEFORE_SURNAME = "老小阿"
_AFTER = ("姐", "姊", "哥", "董", "總", "媽", "爸", "媽媽", "爸爸", "老師", "大哥", "大姐", "大姊")
_AFTER_SURNAME = ("董", "總", "姐", "姊", "哥", "媽", "爸", "sir", "工", "伯", "嫂", "公", "家")
_PARENTS = {"媽": ("媽媽", "的媽媽", "他媽媽", "媽咪"), "爸": ("爸爸", "的爸爸", "他爸爸", "爹")}

_GIVEN_NATS, _NICKNAME_NATS, _SURNAME_NATS, _DROPPED_NATS = 1.0, 3.0, 4.0, 4.5
"""How much less likely it is that somebody is called so than by a name that was written down."""


DERIVED = frozenset({"given-name", "nickname", "doubled", "child", "syllable-dropped"})
"""Rules by which a form comes of a name; "given-name" is nearly as good as one that was written down."""


@dataclass(frozen=True, slots=True)
class Form:
    """One thing that somebody may be called.

    Attributes:
        subject: their id.
        tokens: (n,) its syllables.
        kind: of name.
        full: whether it is the whole real name.
        rule: how it was derived from what was written down; empty for what was written down itself.
        nats: how much less likely it is than a name that was written down.
        fixed: places of `tokens` that have to be there as written.
    """

    subject: str
    tokens: tuple[str, ...]
    kind: Kind
    full: bool = False
    rule: str = ""
    nats: float = 0.0
    fixed: frozenset[int] = frozenset()


def is_latin(name: str) -> bool:
    """Whether a name stands between spaces, and is looked for by its letters."""
    return not UNSPACED.search(visible(name)[0])


def surname(name: str) -> str:
    """The family name of a Chinese name; two characters where they may be one, or the name has four.

    >>> surname("歐陽敏"), surname("蔡佩珊"), surname("張簡佩珊")
    ('歐陽', '蔡', '張簡')
    """
    return name[:2] if len(name) >= 4 or (len(name) == 3 and name[:2] in COMPOUND_SURNAMES) else name[:1]


@lru_cache(maxsize=2_000)
def forms_of(person: Participant) -> tuple[Form, ...]:
    """Everything that a person may be called in syllables, each once, what was written down first.

    Args:
        person: with name and aliases; the names in Latin letters among them have no syllables and are left out.
    """
    forms: dict[tuple[str, ...], Form] = {}
    for form in (*_written(person), *_derived(person)):
        forms.setdefault(form.tokens, form)
    return tuple(forms.values())


def _written(person: Participant) -> Iterator[Form]:
    for number, name in enumerate(person.names):
        tokens = tokens_of(name)
        if tokens and not is_latin(name):
            full = number == 0
            yield Form(person.id, tokens, Kind.NAME if full else Kind.ALIAS, full=full and len(tokens) >= 2)


def _derived(person: Participant) -> Iterator[Form]:
    for number, written in enumerate(person.names):
        name = "".join(tokens_of(written))
        if not name or not all(map(is_chinese, name)):
            continue
        if number == 0 and 2 <= len(name) <= 4:
            yield from _of_full_name(person.id, name)
        elif number:
            yield from _of_alias(person.id, name)


def _of_full_name(subject: str, name: str) -> Iterator[Form]:
    family = surname(name)
    given = name[len(family) :]
    if len(given) == 2:
        yield Form(subject, tuple(given), Kind.ALIAS, rule="given-name", nats=_GIVEN_NATS)
    yield from _nicknames(subject, given)
    for before in _BEFORE_SURNAME:
        yield _nickname(subject, before, family, "", _SURNAME_NATS)
    for after in _AFTER_SURNAME:
        yield _nickname(subject, "", family, after, _SURNAME_NATS)
    if len(name) >= 3:
        for left_out in range(len(name)):
            tokens = (*name[:left_out], *name[left_out + 1 :])
            yield Form(subject, tokens, Kind.NAME, rule="syllable-dropped", nats=_DROPPED_NATS)


def _of_alias(subject: str, name: str) -> Iterator[Form]:
    if len(name) >= 3 and name[-1] in _PARENTS:
        child = name[:-1]
        for parent in _PARENTS[name[-1]]:
            yield _nickname(subject, "", child, parent, 1.0)
        if len(child) == 2:
            yield Form(subject, tuple(child), Kind.ALIAS, rule="child", nats=_NICKNAME_NATS)
    elif len(name) == 2 and name[0] in _BEFORE:
        yield from _nicknames(subject, name[1])
    elif len(name) == 2:
        yield from _nicknames(subject, name)
    if len(name) >= 4:
        for left_out in range(len(name)):
            tokens = (*name[:left_out], *name[left_out + 1 :])
            yield Form(subject, tokens, Kind.ALIAS, rule="syllable-dropped", nats=_DROPPED_NATS)


def _nicknames(subject: str, given: str) -> Iterator[Form]:
    for character in dict.fromkeys(reversed(given)):
        for before in _BEFORE:
            yield _nickname(subject, before, character, "", _NICKNAME_NATS)
        for after in ("姐", "姊", "哥"):
            yield _nickname(subject, "", character, after, _NICKNAME_NATS + 1)
        yield Form(subject, (character, character), Kind.ALIAS, rule="doubled", nats=_NICKNAME_NATS)
    if len(given) == 2:
        for after in _AFTER:
            yield _nickname(subject, "", given, after, 0.5)


def _nickname(subject: str, before: str, middle: str, after: str, nats: float) -> Form:
    """A name with something in front or behind that has to be there as written."""
    head, tail = tokens_of(before), tokens_of(after)
    tokens = (*head, *middle, *tail)
    fixed = frozenset((*range(len(head)), *range(len(tokens) - len(tail), len(tokens))))
    return Form(subject, tokens, Kind.ALIAS, rule="nickname", nats=nats, fixed=fixed)

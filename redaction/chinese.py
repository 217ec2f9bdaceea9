"""Names in syllables, found by how likely it is that what was written is what was heard of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from redaction.forms import Form, forms_of
from redaction.found import LITERAL, Found
from redaction.heard import STOP_NATS, Heard
from redaction.mark import Tier
from redaction.spellings import SURNAMES
from redaction.syllable import NOT_A_SYLLABLE_NATS, Likeness, heard_as
from redaction.weighing import LEAST_NATS, SURE_NATS, features, fitted, weighs
from speakers.lexicon import is_common, is_everyday
from speakers.meeting import Participant
from speakers.traditional import is_chinese

_NAME_NATS = 7.0
"""How much of a surprise a name is by itself: about every thousandth word."""

_LEAST_NATS = {"exact": -2.0, "variant": -2.0, "same-sound": 0.0, "near-sound": 0.0, "near-miss": 4.0}
"""How much better a name has to explain what was written, by how alike it is."""

_DERIVED_NATS = {
    "": 0.0,
    "given-name": -1.0,
    "nickname": 2.5,
    "doubled": 1.0,
    "child": 1.0,
    "syllable-dropped": 1.0,
}
"""How much more if the name was derived, by its rule and if it is not there as written."""

_LONG_NATS = 1.0
"""How much more of three syllables and more of which one is wrong: there are enough left."""

_ANCHOR_NATS = 2.2
"""A syllable that costs no more than this makes it worth looking at what stands around it."""

_FAR_NATS, _ADDED_NATS = 9.7, 5.0
"""What a syllable costs that has nothing of the name, and one that the name does not have."""

_BESIDE_NATS = 3.7
"""What the other syllable of two may cost where one has nothing of the name."""

_MISHEARD_PREFIX_NATS = 1.5
"""What it costs more if 小 or 阿 before a name is misheard; what stands behind one has to be there as written."""

_STOPPED_NATS, _COMMON_NATS = 4.0, 4.0
"""How much more where a sentence ends inside, and if it was derived and is a word that everybody uses."""

_ANOTHER_NATS, _SURE_NATS = 3.0, 6.0
"""What it speaks against a misheard name that it is another's surname, and what makes a mention sure enough."""

_LEVELS = {
    Likeness.EXACT: "exact",
    Likeness.VARIANT: "variant",
    Likeness.SAME: "same-sound",
    Likeness.NEAR: "near-sound",
    Likeness.HALF: "near-miss",
    Likeness.FAR: "near-miss",
}


@dataclass(frozen=True, slots=True)
class _Window:
    start: int
    end: int
    nats: float
    least: Likeness
    cues: tuple[str, ...] = ()


class Matcher:
    """Finds forms in what was heard; made once for a list of people."""

    def __init__(self, forms: tuple[Form, ...]) -> None:
        self._forms = forms
        self._letters: dict[str, list[tuple[int, int]]] = {}
        for number, form in enumerate(forms):
            for place, token in enumerate(form.tokens):
                if place not in form.fixed or not place:
                    self._letters.setdefault(token, []).append((number, place))
        self._anchors: dict[str, tuple[tuple[int, int], ...]] = {}

    def windows(self, heard: Heard) -> Iterator[tuple[Form, _Window]]:
        """Every stretch that might be one of the forms, by sound alone."""
        voted: set[tuple[int, int]] = set()
        for at, token in enumerate(heard.tokens):
            for number, place in self._anchored(token):
                if at >= place:
                    voted.add((number, at - place))
        for number, start in sorted(voted):
            form = self._forms[number]
            if form.fixed and not _framed(form, heard, start):
                continue
            straight = _straight(form, heard, start)
            if straight is not None:
                yield form, straight
            if len(form.tokens) >= 3 and not form.rule and (number, start + 1) in voted:
                wider = _added(form, heard, start)
                if wider is not None and (straight is None or straight.least <= Likeness.HALF):
                    yield form, wider

    def _anchored(self, token: str) -> tuple[tuple[int, int], ...]:
        """Places of forms that a token may be."""
        if token not in self._anchors:
            self._anchors[token] = tuple(
                place
                for letter, places in self._letters.items()
                if heard_as(letter, token)[0] <= _ANCHOR_NATS
                for place in places
            )
        return self._anchors[token]


def _framed(form: Form, heard: Heard, start: int) -> bool:
    """Whether what has to be there as written may be: looked at first, since most nicknames fail here."""
    place = max(form.fixed)
    at = start + place
    least = Likeness.HALF if not place and form.tokens[0] == "阿" else Likeness.SAME
    return at < len(heard.tokens) and heard_as(form.tokens[place], heard.tokens[at])[1] >= least


def _straight(form: Form, heard: Heard, start: int) -> _Window | None:
    """With as many syllables as the form has."""
    size = len(form.tokens)
    if start + size > len(heard.tokens):
        return None
    if form.rule == "doubled" and len(set(heard.tokens[start : start + size])) > 1:
        return None
    nats, least, far = 0.0, Likeness.EXACT, 0
    for place, said in enumerate(form.tokens):
        cost, alike = heard_as(said, heard.tokens[start + place])
        if alike < _least_alike(form, place) or (cost >= NOT_A_SYLLABLE_NATS and alike < Likeness.VARIANT):
            return None
        if alike is Likeness.FAR:
            far += 1
            cost = max(cost, _FAR_NATS)
        elif alike < Likeness.VARIANT and place in form.fixed:
            cost += _MISHEARD_PREFIX_NATS
        nats += cost
        least = min(least, alike)
    if far > max(1, size - 2) or (far and size == 2 and nats > _FAR_NATS + _BESIDE_NATS):
        return None
    gap = heard.gap(start, start + size)
    return None if gap is None else _Window(start, start + size, nats + gap, least)


def _least_alike(form: Form, place: int) -> Likeness:
    """How alike a syllable has to be: the more, the less is left of what was written down."""
    if len(form.tokens) == 1 or (place and place in form.fixed):
        return Likeness.VARIANT
    if form.rule == "syllable-dropped":
        return Likeness.SAME
    if form.fixed and form.tokens[0] == "阿":
        return Likeness.FAR if place else Likeness.HALF
    if 0 in form.fixed:
        return Likeness.HALF if place else Likeness.SAME
    return Likeness.FAR if form.rule in {"", "given-name"} else Likeness.NEAR


def _added(form: Form, heard: Heard, start: int) -> _Window | None:
    """With one syllable more than the form has, somewhere inside."""
    size = len(form.tokens)
    if start + size + 1 > len(heard.tokens):
        return None
    best: _Window | None = None
    for extra in range(1, size):
        if not is_chinese(heard.tokens[start + extra]):
            continue
        tokens = [*heard.tokens[start : start + extra], *heard.tokens[start + extra + 1 : start + size + 1]]
        pairs = [heard_as(a, b) for a, b in zip(form.tokens, tokens, strict=True)]
        least = min(alike for _, alike in pairs)
        nats = sum(cost for cost, _ in pairs) + _ADDED_NATS
        if least >= Likeness.NEAR and (best is None or nats < best.nats):
            gap = heard.gap(start, start + size + 1)
            if gap is not None:
                best = _Window(start, start + size + 1, nats + gap, Likeness.HALF, ("syllable-added",))
    return best


@lru_cache(maxsize=100)
def matcher(people: tuple[Participant, ...]) -> Matcher:
    """For everything that these people may be called."""
    return Matcher(tuple(form for person in people for form in forms_of(person)))


def hits(found_by: Matcher, heard: Heard, over: int | None = None) -> Iterator[Found]:
    """Mentions of people by names in syllables.

    Args:
        found_by: knows the names.
        heard: where they are looked for.
        over: give only those that begin before this character and end behind it; None for all.
    """
    for form, window in found_by.windows(heard):
        if over is not None:
            start, end = heard.span(window.start, window.end)
            if not start < over < end - 1:
                continue
        hit = weighed(form, heard, window)
        if hit is not None:
            yield hit


def weighed(form: Form, heard: Heard, window: _Window) -> Found | None:
    """A stretch that sounds like a form, if the form explains it well enough."""
    level = _LEVELS[window.least]
    around, worth = heard.cues(window.start, window.end)
    gain = heard.lattice.gain(window.start, window.end)
    another = _another_s(form, heard, window) if level == "near-miss" else 0.0
    nats = gain + worth - window.nats - _NAME_NATS - form.nats - another
    gap = heard.gap(window.start, window.end) or 0.0
    size = len(form.tokens)
    common = form.rule and is_common("".join(heard.tokens[window.start : window.end]))
    more = (_STOPPED_NATS if gap >= STOP_NATS else 0.0) + (_COMMON_NATS if common else 0.0)
    if level not in LITERAL and weighs(form) and gap < STOP_NATS:
        there = heard.tokens[window.start : window.end]
        likely = fitted(features(form, there, window.nats, gain, worth)) - (another > 0)
        if likely < LEAST_NATS + more:
            return None
        sure = likely >= SURE_NATS
    else:
        least = _LEAST_NATS[level] + (0.0 if level in LITERAL else _DERIVED_NATS[form.rule]) + more
        asked = level not in LITERAL or form.rule or (gap >= STOP_NATS and size < 3)
        if asked and nats < least + _LONG_NATS * (level == "near-miss" and size > 2):
            return None
        sure = nats >= _SURE_NATS
    start, end = heard.span(window.start, window.end)
    surface = "".join(heard.tokens[window.start : window.end])
    cues = [*around, *window.cues]
    if form.rule:
        cues.append(form.rule)
    if gap >= STOP_NATS:
        cues.append("across-sentences")
    if form.full and size >= 3:
        cues.append("full-name")
    if is_common(surface):
        cues.append("common-word")
    elif size == 2 and (is_everyday(surface) or gain < _NAME_NATS):
        cues.append("everyday-word")
    return Found(
        start,
        end,
        form.subject,
        form.kind,
        _tier(form, level, cues, sure=sure),
        level,
        tuple(cues),
        nats,
        surface,
    )


def _another_s(form: Form, heard: Heard, window: _Window) -> float:
    """What it speaks against a name with a wrong syllable that somebody else's surname stands there."""
    before = heard.tokens[window.start - 1] if window.start else ""
    first = heard.tokens[window.start]
    wrong_first = heard_as(form.tokens[0], first)[1] <= Likeness.HALF
    foreign = not form.full and before in SURNAMES and heard.lattice.gain(window.start - 1, window.start) > 0
    return _ANOTHER_NATS * ((wrong_first and first in SURNAMES) or foreign)


def _tier(form: Form, level: str, cues: list[str], *, sure: bool) -> Tier:
    doubtful = "common-word" in cues or "everyday-word" in cues or "across-sentences" in cues
    cued = "cue-before" in cues or "cue-after" in cues
    if level in LITERAL:
        if form.rule:
            return Tier.A if form.rule == "given-name" and cued and not doubtful else Tier.B
        return Tier.B if doubtful or len(form.tokens) < 2 else Tier.A
    if (
        level == "same-sound"
        and len(form.tokens) >= 3
        and not form.rule
        and not doubtful
        and sure
        and (form.full or cued)
    ):
        return Tier.A
    return Tier.B if sure and "common-word" not in cues else Tier.C

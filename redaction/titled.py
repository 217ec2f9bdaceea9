"""Surname and title: 「蔡小姐」, also misheard, as 「菜小姐」."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from redaction.forms import surname
from redaction.found import LITERAL, Found
from redaction.heard import STOP_NATS, Heard
from redaction.mark import Kind, Tier
from redaction.spellings import SURNAMES
from redaction.syllable import Likeness, heard_as, plain
from speakers.meeting import Meeting, Participant
from speakers.roster import JOBS, TITLE
from speakers.traditional import is_chinese

_ALSO = "女士 太太 阿姨 伯伯 叔叔 醫生 大姊 議員 大哥 爸爸 媽媽 奶奶 爺爺 師傅 老闆 老闆娘 護理師 護士 督導 主秘 參事"
TITLES = tuple(sorted({*TITLE.split("|"), *_ALSO.split()}, key=len, reverse=True))

_TITLE_NATS, _NAME_NATS, _SURE_NATS = 4.0, 7.0, 4.0
"""What a title speaks for a name before it, what a name is a surprise, and what makes it sure enough."""

_ANOTHER_NATS = 3.0
"""What it speaks against a misheard surname that it is another surname."""

_LEAST_NATS = {"same-sound": 0.5, "near-sound": 1.5, "near-miss": 2.0}
_LEVELS = {
    Likeness.HALF: "near-miss",
    Likeness.NEAR: "near-sound",
    Likeness.SAME: "same-sound",
    Likeness.VARIANT: "variant",
    Likeness.EXACT: "exact",
}


@lru_cache(maxsize=100)
def _titles() -> dict[str, tuple[tuple[str, ...], ...]]:
    """By first character, the longest first."""
    table: dict[str, list[tuple[str, ...]]] = {}
    for title in TITLES:
        tokens = tuple(map(plain, title))
        table.setdefault(tokens[0], []).append(tokens)
    return {first: tuple(titles) for first, titles in table.items()}


def hits(meeting: Meeting, heard: Heard) -> Iterator[Found]:
    """Surnames before a title; not pre-accepted where others on the roster have that surname, or that title."""
    people = [p for p in meeting.protected if len(p.name) >= 2 and all(map(is_chinese, p.name))]
    if not people:
        return
    tokens = [plain(t) for t in heard.tokens]
    table, until = _titles(), 0
    for at, token in enumerate(tokens):
        if at < until:
            continue  # the 院長 in 副院長 has no surname before it
        for title in table.get(token, ()):
            if tuple(tokens[at : at + len(title)]) != title:
                continue
            for person in people:
                hit = _weighed(meeting, heard, person, at, at + len(title))
                if hit is not None:
                    yield hit
            until = at + len(title)
            break


def _weighed(meeting: Meeting, heard: Heard, person: Participant, at: int, end: int) -> Found | None:
    family = surname(person.name)
    start = at - len(family)
    gap = heard.gap(start, end) if start >= 0 else None
    if gap is None or gap >= STOP_NATS:
        return None
    pairs = [heard_as(a, b) for a, b in zip(family, heard.tokens[start:at], strict=True)]
    least = min(alike for _, alike in pairs)
    if least not in _LEVELS:
        return None
    level = _LEVELS[least]
    around, worth = heard.cues(start, end)
    nats = heard.lattice.gain(start, at) + worth + _TITLE_NATS - _NAME_NATS - gap - sum(n for n, _ in pairs)
    if level == "near-miss" and heard.tokens[at - 1] in SURNAMES:
        nats -= _ANOTHER_NATS
    same = "".join(map(plain, family))
    shared = any(
        p.id != person.id and "".join(map(plain, p.name)).startswith(same) for p in meeting.participants
    )
    cues = (*around, "surname-shared") if shared else around
    surface = "".join(heard.tokens[start:end])
    if level in LITERAL:
        title = "".join(heard.tokens[at:end])
        known = title in person.role or not any(map(title.endswith, JOBS))
        tier = Tier.A if known and not shared else Tier.B
    elif nats < _LEAST_NATS[level]:
        return None
    else:
        tier = Tier.B if level == "same-sound" and nats >= _SURE_NATS else Tier.C
    return Found(*heard.span(start, end), person.id, Kind.TITLE, tier, level, cues, nats, surface)

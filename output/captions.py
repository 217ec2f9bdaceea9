"""What is shown at a time, by the rules of `redaction.legible`: the same for every format that has captions."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

from output.paragraph import labels, readable
from output.words import words
from redaction.legible import (
    APART_MS,
    CLAUSE,
    CLOSED_MS,
    LINES,
    LONGEST_MS,
    SENTENCE,
    SHORTEST_MS,
    columns,
    full_width,
    line_of,
    reading_ms,
)
from redaction.released import Cue, Released
from speakers.record import Millis, Span

_TURN_MS = 1_000
"""A caption stands so long, if it is that long, before another person's takes its place."""

_BETWEEN_MS = 1_500
"""A longer pause stays between two captions of one person."""


@dataclass(frozen=True, slots=True)
class Caption:
    """What is shown at a time.

    Attributes:
        span: milliseconds from the start of the recording.
        label: the speaker's.
        text: of one line or more; two wherever they are enough.
        cues: (n_cues,) what it was made of: (index of the statement, index of its cue).
    """

    span: Span
    label: str
    text: str
    cues: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Shown:
    """A caption before it is broken into lines: `parts` are what no line may end in, `cues` as in `Caption`."""

    span: Span
    speaker: int
    parts: tuple[str, ...]
    cues: tuple[tuple[int, int], ...]

    @property
    def text(self) -> str:
        return "".join(self.parts)


def captions(released: Released, *, named: bool = False) -> tuple[Caption, ...]:
    """One at a time: where two people speak at once, they take turns.

    Args:
        released: the record.
        named: whether who speaks stands in the text, with a colon, wherever that changes.

    Returns:
        (n_captions,) by start, disjoint.
    """
    shown = labels(released)
    colon = words(released)["colon"]
    made: list[Caption] = []
    last: int | None = None
    for caption in _lasting(_together(_in_turns(released))):
        said_by = f"{shown[caption.speaker]}{colon}" if named and caption.speaker != last else ""
        text = _lines(caption.parts, said_by)
        made.append(Caption(caption.span, shown[caption.speaker], text, caption.cues))
        last = caption.speaker
    return tuple(made)


def _in_turns(released: Released) -> list[_Shown]:
    """Every cue that has something to show, by start, disjoint."""
    cues = (
        _Shown(cue.span, statement.speaker, parts, ((number, place),))
        for number, statement in enumerate(released.statements)
        for place, cue in enumerate(statement.cues)
        if (parts := _parts(cue))
    )
    shown: list[_Shown] = []
    for caption in sorted(cues, key=lambda caption: caption.span.start):
        start, end = caption.span.start, caption.span.end
        if shown and shown[-1].span.end > start:
            before = shown[-1]
            start = Millis(min(max(start, before.span.start + _TURN_MS), before.span.end))
            shown[-1] = replace(before, span=Span(before.span.start, start))
        shown.append(replace(caption, span=Span(start, Millis(max(end, start + 1)))))
    return shown


def _parts(cue: Cue) -> tuple[str, ...]:
    """The cue's text, cut wherever a line may end; none if nothing of it can be shown."""
    whole = readable(cue.text)
    places = (0, *cue.breaks, len(cue.text))
    parts = [cue.text[a:b] for a, b in itertools.pairwise(places)]
    clean = [readable(part) + " " * (part != part.rstrip(" ")) for part in parts]
    if "".join(clean).strip() != whole:  # a sign that is drawn onto the one before it, at a break
        clean = [whole]
    return tuple(part for part in clean if part.strip()) if whole else ()


def _together(shown: list[_Shown]) -> list[_Shown]:
    """Those of one person in one that stand too short to be read, as far as one has room for both."""
    made: list[_Shown] = []
    for caption in shown:
        before = made[-1] if made else None
        both = _both(before, caption) if before else None
        if both:
            made[-1] = both
        else:
            made.append(caption)
    return made


def _both(one: _Shown, other: _Shown) -> _Shown | None:
    """Two captions in one; None if they have to stay two, or are better so."""
    span = Span(one.span.start, other.span.end)
    enough = all(c.span.length >= max(SHORTEST_MS, reading_ms(c.text)) for c in (one, other))
    apart = other.span.start - one.span.end > _BETWEEN_MS
    if one.speaker != other.speaker or enough or apart or span.length > LONGEST_MS:
        return None
    last, first = one.parts[-1].rstrip(), other.parts[0][:1]
    space = "" if full_width(last[-1]) and full_width(first) else " "
    parts = (*one.parts[:-1], f"{last}{space}", *other.parts)
    cues = (*one.cues, *other.cues)
    return _Shown(span, one.speaker, parts, cues) if _wide(_lines(parts, "")) <= 0 else None


def _lasting(shown: list[_Shown]) -> list[_Shown]:
    """Each until it was read, as far as there is silence after it, and two frames before the next one."""
    made: list[_Shown] = []
    for caption, after in itertools.zip_longest(shown, shown[1:]):
        start, end = caption.span.start, caption.span.end
        wanted = max(end, start + SHORTEST_MS, start + reading_ms(caption.text))
        if after is not None:
            limit = after.span.start - APART_MS
            if limit - wanted < CLOSED_MS - APART_MS:
                wanted = limit
            if wanted < min(
                end, start + SHORTEST_MS
            ):  # two frames less would be too short: there are none between
                wanted = min(end, after.span.start)
        until = max(start + 1, min(wanted, start + LONGEST_MS))
        made.append(replace(caption, span=Span(start, Millis(until))))
    return made


def _wide(text: str) -> int:
    """How many columns too wide the widest line is, or how many lines too many there are; 0 or less if it fits."""
    lines = text.split("\n")
    return max(len(lines) - LINES, *(columns(line) - line_of(text) for line in lines))


def _lines(parts: tuple[str, ...], said_by: str) -> str:
    r"""A text in as few lines as it takes, at best two that end where a clause does.

    >>> _lines(("今天", "談的是", "開放", "政府，", "也", "談", "到了", "開放", "資料。"), "王小明：")
    '王小明：今天談的是開放政府，\n也談到了開放資料。'
    """
    whole = "".join((said_by, *parts)).strip()
    if columns(whole) <= line_of(whole):
        return whole
    choices = [
        (f"{said_by}{''.join(parts[:n])}".strip(), "".join(parts[n:]).strip()) for n in range(1, len(parts))
    ]
    if said_by:
        choices.append((said_by.strip(), "".join(parts).strip()))
    choices = [choice for choice in choices if all(choice)]
    if not choices:
        return whole
    first, second = min(choices, key=_objection)
    if columns(second) > line_of(whole) and len(parts) > 1 and first == said_by.strip():
        return f"{first}\n{_lines(parts, '')}"
    return f"{first}\n{second}"


def _objection(lines: tuple[str, str]) -> tuple[int, float]:
    """How bad a break is: lines that are too wide, then one in a clause, then lines of different length."""
    first, second = lines
    line = line_of(first + second)
    wide = sum(max(0, columns(each) - line) for each in lines)
    inside = 0.0 if first[-1] in SENTENCE else 0.1 if first[-1] in CLAUSE else 0.5
    return wide, inside + abs(columns(first) - columns(second)) / (columns(first) + columns(second))

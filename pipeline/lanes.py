"""A picture of reference against hypothesis over time, as SVG: who speaks, who was heard, and where they differ.

Each speaker has a lane; the reference's turns are its upper half and the paired voice's its lower half, in one colour.
Below stand overlap and errors. Long recordings go on in rows, as music does. No word of the record is in it.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from pipeline.evaluate import Compared
from pipeline.folder import write_atomically
from pipeline.printable import printable
from speakers.error import StorageError
from speakers.record import Millis, Span, SpeakerId, Turn, clock

_WIDTH, _LEFT, _RIGHT = 1280, 176, 24
_HALF, _GAP, _STRIP, _AXIS = 12, 9, 9, 26
_HEAD = 104
_ROWS_S = (60, 120, 300, 600, 900, 1200, 1800, 3600)
_MOST_ROWS = 12
_TICKS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600)

_COLOURS = (
    "#2f6db3",
    "#c8741a",
    "#3a8f4d",
    "#8a5bb0",
    "#b8476b",
    "#2b8f94",
    "#8d7a1f",
    "#6b6f7d",
    "#4f59c4",
    "#a3563b",
)
_ERRORS = {"missed": "#c62f2f", "false alarm": "#e09a00", "wrong speaker": "#7a2fa8"}
_OVERLAP, _PALE = "#c9ced8", 0.45
_SAYS = {"missed": "missed 漏", "false alarm": "false alarm 多", "wrong speaker": "wrong speaker 錯人"}

_STYLE = """
text{font-family:system-ui,"Noto Sans","Noto Sans TC","Noto Sans CJK TC",sans-serif;font-size:12px;fill:#2b2f36}
.t{font-size:19px;font-weight:600}.f{font-size:13px;fill:#4a505a}.m{font-size:11px;fill:#737a86}
.v{font-size:10.5px;fill:#737a86}.g{stroke:#e4e7ec}.b{fill:#f7f8fa}
"""


@dataclass(frozen=True, slots=True)
class Error:
    """A stretch in which reference and hypothesis differ; `count` speakers at once are wrong in this way."""

    kind: str
    span: Span
    count: int


@dataclass(frozen=True, slots=True)
class _Lane:
    label: str
    voice: str
    colour: str
    reference: tuple[Span, ...]
    hypothesis: tuple[Span, ...]


def write(path: Path, compared: tuple[Compared, ...]) -> tuple[Path, ...]:
    """Write a picture of each recording; of several, each gets its name into the file's name.

    Raises:
        StorageError: If it cannot be written, or is not called .svg and so may be something else.
    """
    if path.suffix.lower() != ".svg":
        raise StorageError(f"{path.name} is no name for a picture.", "Let it end in .svg.")
    written = []
    for number, each in enumerate(compared, start=1):
        target = path if len(compared) == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
        write_atomically(target, picture(each).encode("utf-8"))
        written.append(target)
    return tuple(written)


def errors(
    reference: tuple[Turn, ...], hypothesis: tuple[Turn, ...], voice_of: dict[SpeakerId, SpeakerId | None]
) -> tuple[Error, ...]:
    """Where the two differ, by the definitions of the diarization error rate without a collar.

    Args:
        reference: (n_turns,) of which no two of one speaker overlap.
        hypothesis: (m_turns,) likewise.
        voice_of: the voice that each speaker of the reference is paired with.

    Returns:
        (n_errors,) by time; the lengths times counts of a kind add up to its part of the rate.
    """
    moments: dict[int, list[tuple[bool, bool, SpeakerId]]] = {}
    for is_reference, turns in ((True, reference), (False, hypothesis)):
        for turn in turns:
            moments.setdefault(turn.span.start, []).append((is_reference, True, turn.speaker))
            moments.setdefault(turn.span.end, []).append((is_reference, False, turn.speaker))
    speaking: set[SpeakerId] = set()
    heard: set[SpeakerId] = set()
    found: list[Error] = []
    for at, until in pairwise(sorted(moments)):
        for is_reference, begins, speaker in moments[at]:
            side = speaking if is_reference else heard
            side.add(speaker) if begins else side.discard(speaker)
        right = sum(voice_of.get(speaker) in heard for speaker in speaking)
        more = len(speaking) - len(heard)
        counts = {
            "missed": max(0, more),
            "false alarm": max(0, -more),
            "wrong speaker": min(len(speaking), len(heard)) - right,
        }
        found += [Error(kind, Span(Millis(at), Millis(until)), n) for kind, n in counts.items() if n]
    return tuple(found)


def picture(compared: Compared) -> str:
    """The SVG of one recording.

    Args:
        compared: reference and hypothesis; both say who speaks when, otherwise only what is known is drawn.
    """
    duration = max(1, compared.score.duration)
    row_ms = _row_length(duration)
    lanes = _lanes(compared)
    wrong = errors(
        compared.reference.turns,
        compared.hypothesis.turns,
        {s: v for s, v in compared.score.pairs if s is not None},
    )
    overlap = tuple(_overlaps(compared.reference.turns))
    drawing = _Drawing(row_ms, lanes, wrong, overlap)
    body: list[str] = []
    y = _HEAD
    for start in range(0, duration, row_ms):
        drawn, y = drawing.row(Span(Millis(start), Millis(min(start + row_ms, duration))), y)
        body += drawn
    height = y + 8
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" '
            f'height="{height}" role="img" aria-label="Reference against hypothesis over time">',
            f"<style>{_STYLE}</style>",
            f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
            *_head(compared),
            *body,
            "</svg>\n",
        )
    )


def _row_length(duration: int) -> int:
    """Milliseconds that a row shows: at most `_MOST_ROWS` rows, and none for a rest that fits into the others.

    >>> _row_length(30_000), _row_length(121_000), _row_length(10_800_000)
    (30000, 60500, 900000)
    """
    if duration <= 60_000:
        return duration
    length = 1000 * next((s for s in _ROWS_S if duration <= 1000 * s * _MOST_ROWS), _ROWS_S[-1])
    rows, rest = divmod(duration, length)
    return -(-duration // rows) if rows and rest < length / 10 else length


def _lanes(compared: Compared) -> tuple[_Lane, ...]:
    def spans(turns: tuple[Turn, ...], speaker: SpeakerId | None) -> tuple[Span, ...]:
        return tuple(t.span for t in turns if t.speaker == speaker)

    pairs = compared.score.pairs or (
        *((s, None) for s in compared.reference.speakers),
        *((None, v) for v in compared.hypothesis.speakers),
    )
    return tuple(
        _Lane(
            compared.labels.get(speaker, speaker) if speaker is not None else "",
            compared.voices.get(voice, voice) if voice is not None else "",
            _COLOURS[index % len(_COLOURS)],
            spans(compared.reference.turns, speaker),
            spans(compared.hypothesis.turns, voice),
        )
        for index, (speaker, voice) in enumerate(pairs)
    )


def _overlaps(turns: tuple[Turn, ...]) -> Iterator[Span]:
    """Where two or more speak at once."""
    steps: dict[int, int] = {}
    for turn in turns:
        steps[turn.span.start] = steps.get(turn.span.start, 0) + 1
        steps[turn.span.end] = steps.get(turn.span.end, 0) - 1
    speaking = 0
    for at, until in pairwise(sorted(steps)):
        speaking += steps[at]
        if speaking > 1:
            yield Span(Millis(at), Millis(until))


def _head(compared: Compared) -> Iterator[str]:
    score = compared.score
    kind = "CER" if score.chinese else "WER"
    rates = [
        f"{name} {100 * errors_.rate:.1f}%"
        for name, errors_ in (
            (kind, score.wer),
            (f"cp{kind}", score.cp),
            ("DER", score.der),
            ("DER, collar 0.25 s", score.der_collar),
            ("JER", score.jer),
        )
        if errors_ is not None and errors_.rate is not None
    ]
    yield f'<text class="t" x="24" y="36">{_safe(score.name, 60)}</text>'
    yield f'<text class="f" x="24" y="58">{"   ·   ".join([clock(score.duration), *rates])}</text>'
    for y, opacity in ((72, 1), (72 + _HALF, _PALE)):
        paint = f'fill="{_COLOURS[0]}" fill-opacity="{opacity}"'
        yield f'<rect x="24" y="{y}" width="26" height="{_HALF - 1}" rx="1.5" {paint}/>'
    yield '<text class="m" x="58" y="82">reference 參考</text>'
    yield '<text class="m" x="58" y="95">hypothesis 假說</text>'
    x = _LEFT
    for colour, says in (
        (_OVERLAP, "overlap in the reference 重疊"),
        *((_ERRORS[k], _SAYS[k]) for k in _ERRORS),
    ):
        yield f'<rect x="{x}" y="77" width="12" height="12" rx="2" fill="{colour}"/>'
        yield f'<text class="m" x="{x + 18}" y="87">{says}</text>'
        x += 36 + 7 * _columns(says)


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What is drawn, and how much time a row shows (milliseconds)."""

    row_ms: int
    lanes: tuple[_Lane, ...]
    wrong: tuple[Error, ...]
    overlap: tuple[Span, ...]

    @property
    def scale(self) -> float:
        """Pixels for a millisecond."""
        return (_WIDTH - _LEFT - _RIGHT) / self.row_ms

    def row(self, span: Span, y: int) -> tuple[list[str], int]:
        """One row of time, and where the next begins; only who speaks or is heard in it has a lane."""
        active = [
            lane for lane in self.lanes if any(s.overlap(span) for s in (*lane.reference, *lane.hypothesis))
        ]
        height = len(active) * (2 * _HALF + _GAP) + 2 * _STRIP + 10
        top, bottom = y + 4, y + 4 + height
        width = _number(span.length * self.scale)
        drawn = [f'<g><rect class="b" x="{_LEFT}" y="{top}" width="{width}" height="{height}"/>']
        drawn += self._axis(span, top, bottom)
        at = top + 4
        for lane in active:
            drawn.append(_label(_safe(lane.label or "–", 22), at + 10))
            drawn.append(_label(_safe(lane.voice or "–", 24), at + 22, small=True))
            drawn += self._bars(lane.reference, span, at, f'fill="{lane.colour}"')
            pale = f'fill="{lane.colour}" fill-opacity="{_PALE}"'
            drawn += self._bars(lane.hypothesis, span, at + _HALF, pale)
            at += 2 * _HALF + _GAP
        drawn.append(_label("overlap 重疊", at + 8, small=True))
        drawn += self._bars(self.overlap, span, at, f'fill="{_OVERLAP}"', _STRIP)
        at += _STRIP + 3
        drawn.append(_label("errors 錯誤", at + 8, small=True))
        for kind, colour in _ERRORS.items():
            stretches = [e.span for e in self.wrong if e.kind == kind]
            drawn += self._bars(stretches, span, at, f'fill="{colour}"', _STRIP)
        drawn.append("</g>")
        return drawn, bottom + _AXIS + 8

    def _axis(self, span: Span, top: int, bottom: int) -> Iterator[str]:
        step = 1000 * next((s for s in _TICKS_S if self.row_ms / (s * 1000) <= 16), _TICKS_S[-1])
        for moment in range(-(-span.start // step) * step, span.end + 1, step):
            x = _number(_LEFT + (moment - span.start) * self.scale)
            yield f'<line class="g" x1="{x}" x2="{x}" y1="{top}" y2="{bottom + 4}"/>'
            yield f'<text class="m" x="{x}" y="{bottom + 17}" text-anchor="middle">{clock(moment)}</text>'

    def _bars(
        self, spans: Iterable[Span], row: Span, y: int, paint: str, height: int = _HALF - 1
    ) -> Iterator[str]:
        """Stretches as one path; each at least half a pixel wide, so that none is lost."""
        parts = []
        for span in spans:
            common = span.overlap(row)
            if common:
                x = _LEFT + (max(span.start, row.start) - row.start) * self.scale
                width = _number(max(0.6, common * self.scale))
                parts.append(f"M{_number(x)} {y}h{width}v{height}h-{width}z")
        if parts:
            yield f'<path d="{"".join(parts)}" {paint}/>'


def _label(text: str, y: int, *, small: bool = False) -> str:
    of_class = ' class="v"' if small else ""
    return f'<text{of_class} x="{_LEFT - 10}" y="{y}" text-anchor="end">{text}</text>'


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _safe(text: str, most: int) -> str:
    """A label as SVG text: escaped, without control characters, and no wider than its place.

    >>> _safe("<b>&", 10), _safe("abcdefgh", 5)
    ('&lt;b&gt;&amp;', 'abcd…')
    """
    shown = printable(text)
    if _columns(shown) > most:
        while _columns(shown) >= most:
            shown = shown[:-1]
        shown += "…"
    return html.escape(shown)

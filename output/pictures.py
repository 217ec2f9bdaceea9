"""Pictures of a record as SVG: who spoke how much, and a timeline of topics and speakers.

Across they are measured in percent, so that they fit a phone as well as a screen while letters keep their size. No
colour tells anything that a label or a place does not tell.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

from output import licence
from output.paragraph import labels, paragraphs, sections
from output.words import chosen, tag
from redaction.released import Released
from speakers.record import Millis, Span, clock, union

_HERE = Path(__file__).parent / "page"

_WORDS = {
    "zh": {
        "shares": "誰說了多少",
        "timeline": "什麼時候誰在說話",
        "shared": "各發言者說話的時間：{}。",
        "lasted": "從 0:00:00 到 {}。{}",
        "agenda": "議程：{}。",
        "figure": "{} {}（{} %）",
        "between": "、",
    },
    "en": {
        "shares": "Who spoke how much",
        "timeline": "Who spoke when",
        "shared": "How long each of them spoke: {}.",
        "lasted": "From 0:00:00 to {}. {}",
        "agenda": "Agenda: {}.",
        "figure": "{} {} ({} %)",
        "between": ", ",
    },
}

_INK, _FAINT, _BAR, _BAND, _LINE = "#1c1f24", "#55595f", "#0b5563", "#e9efef", "#c9c6bd"
"""For programs that read no style sheets; `pictures.css` says the same, and what is dark where that is asked for."""

_VOCABULARIES = {
    "xmlns:rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xmlns:cc": "http://creativecommons.org/ns#",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
}

_WIDE_PX = 800
_ROW_PX, _LANE_PX, _LETTER_PX = 38, 38, 14
_LONGEST_EM = 15.0
"""So much of a label fits beside its figures on a phone; the whole stands in its tooltip."""
_LONGEST_TITLE_EM = 46.0
_FINEST = 1_000
"""Into so many pieces a timeline is cut: what is finer than that is not drawn."""
_TICKS_MS = tuple(s * 1000 for s in (1, 2, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800))
_CLOSEST = 0.04
"""Numbers of topics that would stand closer than this part of the whole are left out."""


@dataclass(frozen=True, slots=True)
class Talk:
    """What one of the speakers said.

    Attributes:
        label: as every format shows it.
        spans: (n_spans,) sorted, disjoint: when captions of theirs are shown.
    """

    label: str
    spans: tuple[Span, ...]

    @property
    def length(self) -> Millis:
        """How long they spoke."""
        return Millis(sum(span.length for span in self.spans))


def talks(released: Released) -> tuple[Talk, ...]:
    """(n_speakers,) of whom anything is timed, in order of first statement."""
    spans: dict[int, list[Span]] = {}
    for paragraph in paragraphs(released):
        cues = released.statements[paragraph.number - 1].cues
        spans.setdefault(paragraph.speaker, []).extend(cue.span for cue in cues)
    shown = labels(released)
    return tuple(Talk(shown[speaker], union(said)) for speaker, said in sorted(spans.items()) if said)


def shares(released: Released, spoken: tuple[Talk, ...]) -> str:
    """A bar for each speaker, the longest first; empty where nothing is timed.

    Args:
        released: the record.
        spoken: what `talks` says of it.
    """
    return _text(_shares(released, spoken)) if spoken else ""


def timeline(released: Released, spoken: tuple[Talk, ...]) -> str:
    """A lane for each speaker above the hours, and the numbers of the agenda; empty where nothing is timed.

    Args:
        released: the record.
        spoken: what `talks` says of it.
    """
    return _text(_timeline(released, spoken)) if spoken else ""


def serialize(released: Released) -> bytes:
    """Both pictures below each other, with the titles of the agenda, as one SVG file in light or dark.

    Returns:
        Nothing where nothing is timed.
    """
    spoken = talks(released)
    if not spoken:
        return b""
    said = _words(released)
    whole = ET.Element("svg", xmlns="http://www.w3.org/2000/svg", lang=tag(released), role="img")
    ET.SubElement(whole, "title").text = said["shares"] + said["between"] + said["timeline"]
    _terms(whole, released)
    ET.SubElement(whole, "style").text = "".join(
        (_HERE / name).read_text("utf-8") for name in ("pictures_alone.css", "pictures.css")
    )
    ET.SubElement(whole, "rect", {"class": "ground", "width": "100%", "height": "100%", "fill": "#ffffff"})
    at = 24
    for name, picture in (("shares", _shares), ("timeline", _timeline)):
        _letters(whole, said[name], "3%", at + 16, **{"class": "heading", "font-size": "18"})
        drawn = picture(released, spoken)
        for key in ("role", "aria-labelledby", "xmlns"):
            drawn.attrib.pop(key, None)
        drawn.attrib |= {"x": "3%", "y": str(at + 32), "width": "94%"}
        whole.append(drawn)
        at += 32 + int(drawn.attrib["height"]) + 32
    for number, (title, begins) in enumerate(_agenda(released), 1):
        told = _short(title, _LONGEST_TITLE_EM)
        _letters(whole, f"{number}. {told}", "3%", at)
        _letters(whole, clock(begins) if begins is not None else "", "97%", at, **{"text-anchor": "end"})
        at += 24
    whole.attrib |= {"width": str(_WIDE_PX), "height": str(at + 16), "font-family": "sans-serif"}
    return (_text(whole) + "\n").encode("utf-8")


def _terms(whole: ET.Element, released: Released) -> None:
    """The licence as Creative Commons has it in SVG."""
    about = ET.SubElement(ET.SubElement(whole, "metadata"), "rdf:RDF", _VOCABULARIES)
    work = ET.SubElement(about, "cc:Work", {"rdf:about": ""})
    ET.SubElement(work, "dc:rights").text = licence.name(released)
    ET.SubElement(work, "cc:license", {"rdf:resource": licence.address(released)})


def _shares(released: Released, talking: tuple[Talk, ...]) -> ET.Element:
    spoken = sorted(talking, key=lambda talk: -talk.length)
    total = max(1, sum(talk.length for talk in spoken))
    said = _words(released)
    told = (said["figure"].format(t.label, clock(t.length), round(100 * t.length / total)) for t in spoken)
    described = said["shared"].format(said["between"].join(told))
    drawn = _picture("shares", said["shares"], described, _ROW_PX * len(spoken))
    for row, talk in enumerate(spoken):
        y = row * _ROW_PX
        _label(drawn, talk.label, y + 15)
        figure = f"{clock(talk.length)} · {round(100 * talk.length / total)} %"
        _letters(drawn, figure, "100%", y + 15, **{"text-anchor": "end"})
        _box(drawn, "rail", ("0%", y + 21, "100%", 8), _BAND)
        _box(drawn, "bar", ("0%", y + 21, _percent(talk.length / total), 8), _BAR)
    return drawn


def _timeline(released: Released, spoken: tuple[Talk, ...]) -> ET.Element:
    said = _words(released)
    agenda = _agenda(released)
    end = max(1, *(talk.spans[-1].end for talk in spoken), *(at for _, at in agenda if at is not None))
    listed = said["between"].join(
        f"{number}. {title}" + (f" {clock(at)}" if at is not None else "")
        for number, (title, at) in enumerate(agenda, 1)
    )
    described = said["lasted"].format(clock(Millis(end)), said["agenda"].format(listed) if agenda else "")
    top = 22 if agenda else 0
    bottom = top + _LANE_PX * len(spoken)
    drawn = _picture("timeline", said["timeline"], described.strip(), bottom + 24)
    drawn.set("data-end", f"{end / 1000:.3f}")
    _bands(drawn, agenda, end, bottom)
    for tick in _ticks(end):
        place = _percent(tick / end)
        line = {"class": "tick", "x1": place, "x2": place, "y1": str(top), "y2": str(bottom), "stroke": _LINE}
        ET.SubElement(drawn, "line", line)
        anchor = "start" if tick == 0 else "end" if tick > 0.93 * end else "middle"
        _letters(
            drawn,
            clock(Millis(tick)),
            place,
            bottom + 17,
            **{"text-anchor": anchor, "class": "faint", "fill": _FAINT},
        )
    for lane, talk in enumerate(spoken):
        y = top + lane * _LANE_PX
        _label(drawn, talk.label, y + 15)
        lane_box = {"y": str(y + 20), "width": "100%", "height": "10", "viewBox": f"0 0 {_FINEST} 1"}
        across = ET.SubElement(drawn, "svg", lane_box, preserveAspectRatio="none")
        ET.SubElement(across, "path", {"class": "bar", "d": _path(talk.spans, end), "fill": _BAR})
    return drawn


def _bands(drawn: ET.Element, agenda: tuple[tuple[str, Millis | None], ...], end: int, bottom: int) -> None:
    """Every other topic on darker ground, and as many of their numbers as can be told apart."""
    begins = [(number, at) for number, (_, at) in enumerate(agenda, 1) if at is not None]
    last = -_CLOSEST
    for place, ((number, at), (_, until)) in enumerate(pairwise([*begins, (0, Millis(end))])):
        if place % 2 == 0:
            _box(drawn, "band", (_percent(at / end), 0, _percent((until - at) / end), bottom), _BAND)
        if at / end - last >= _CLOSEST and at / end <= 1 - _CLOSEST / 2:
            _letters(drawn, str(number), _percent(at / end), 15, dx="4", **{"class": "number"})
            last = at / end


def _agenda(released: Released) -> tuple[tuple[str, Millis | None], ...]:
    """(title, when it begins) of what the record is divided into; nothing where there is no agenda."""
    return tuple(
        (
            s.title,
            s.at
            if s.at is not None
            else s.paragraphs[0].span.start
            if s.paragraphs and s.paragraphs[0].span
            else None,
        )
        for s in sections(released)
        if s.title
    )


def _path(spans: tuple[Span, ...], end: int) -> str:
    """A box for each span, and one for those so close that nobody would see between; each as wide as can be seen."""
    boxes: list[list[int]] = []
    for span in spans:
        start, until = _FINEST * span.start // end, -(-_FINEST * span.end // end)
        if boxes and start <= boxes[-1][1]:
            boxes[-1][1] = max(until, boxes[-1][1])
        else:
            boxes.append([start, until])
    return "".join(f"M{start},0h{until - start}v1h-{until - start}z" for start, until in boxes)


def _ticks(end: int) -> range:
    step = next((step for step in _TICKS_MS if end / step <= 5), end)
    return range(0, end, step)


def _picture(name: str, title: str, described: str, height: int) -> ET.Element:
    about = {"class": "picture", "role": "img", "aria-labelledby": f"{name}-title {name}-told", "id": name}
    drawn = ET.Element("svg", about, xmlns="http://www.w3.org/2000/svg", width="100%", height=str(height))
    ET.SubElement(drawn, "title", id=f"{name}-title").text = title
    ET.SubElement(drawn, "desc", id=f"{name}-told").text = described
    return drawn


def _label(drawn: ET.Element, label: str, y: int) -> None:
    letters = _letters(drawn, _short(label, _LONGEST_EM), "0%", y, dx="2")
    if letters.text != label:
        ET.SubElement(letters, "title").text = label


def _letters(drawn: ET.Element, text: str, x: str, y: int, **more: str) -> ET.Element:
    about = {"x": x, "y": str(y), "fill": _INK, "font-size": str(_LETTER_PX)} | more
    letters = ET.SubElement(drawn, "text", about)
    letters.text = text
    return letters


def _box(drawn: ET.Element, name: str, where: tuple[str, int, str, int], fill: str) -> None:
    x, y, width, height = where
    size = {"x": x, "y": str(y), "width": width, "height": str(height)}
    ET.SubElement(drawn, "rect", {"class": name, **size, "fill": fill})


def _short(text: str, longest_em: float) -> str:
    """As much of a text as fits: its beginning, and its end, in which two that are alike differ.

    >>> _short("王小明", 15), _short("某某委員會主任秘書-2", 7)
    ('王小明', '某某委…書-2')
    """
    if sum(map(_em, text)) <= longest_em:
        return text
    head, tail, left = "", "", longest_em - 1
    for character in reversed(text):
        if sum(map(_em, tail + character)) > left / 2.5:
            break
        tail = character + tail
    left -= sum(map(_em, tail))
    for character in text:
        left -= _em(character)
        if left < 0:
            break
        head += character
    return f"{head}…{tail}"


def _em(character: str) -> float:
    return 1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.6


def _percent(part: float) -> str:
    return f"{100 * part:.2f}%"


def _words(released: Released) -> dict[str, str]:
    return chosen(_WORDS, released.language)


def _text(drawn: ET.Element) -> str:
    return ET.tostring(drawn, encoding="unicode")

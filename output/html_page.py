"""The record as one page of HTML that works from a folder: it asks no other host, and no file but its own sound.

The text is there without any script. With one, a player plays from a paragraph, and shows which one is heard.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

import jinja2
import markupsafe

from output import licence, pictures
from output.captions import Caption, captions
from output.document import Run, facts, title
from output.paragraph import Paragraph, note, paragraphs, readable, sections
from output.slug import slug
from output.words import chosen, tag, words
from redaction.released import Cue, Released
from speakers.record import Span, clock

_HERE = Path(__file__).parent / "page"

_WORDS = {
    "zh": {
        "to_text": "跳到逐字稿",
        "player": "播放",
        "captions": "字幕",
        "search": "搜尋",
        "before": "上一個",
        "after": "下一個",
        "options": "選項",
        "only": "只顯示符合的段落",
        "follow": "播放時跟著捲動",
        "none": "找不到",
        "agenda": "議程",
        "pictures": "誰說了多少、什麼時候說",
        "record": "逐字稿",
        "play": "從這裡播放",
        "made": "如何產生",
        "approved": "公開前由 {} 人核可（{}）。",
        "hidden": "文字隱去了 {} 處。",
        "muted": "聲音中有 {} 換成了別的聲音。",
    },
    "en": {
        "to_text": "Skip to the record",
        "player": "Player",
        "captions": "Captions",
        "search": "Search",
        "before": "Previous",
        "after": "Next",
        "options": "Options",
        "only": "Show only paragraphs that match",
        "follow": "Scroll along while it plays",
        "none": "Not found",
        "agenda": "Agenda",
        "pictures": "Who spoke how much, and when",
        "record": "Record",
        "play": "Play from here",
        "made": "How it was made",
        "approved": "Approvals before it was published: {} ({}).",
        "hidden": "Places hidden in the text: {}.",
        "muted": "Replaced in the sound: {}.",
    },
}

_ICONS = "img-src data:"
"""The page's own icon, which is empty: without one, browsers ask for one."""


@dataclass(frozen=True, slots=True)
class _Said:
    """A paragraph as the template shows it.

    Attributes:
        id: of the paragraph in the page, for links that last.
        time: as people read it; empty if nobody knows.
        cues: when what is said, for the page's script; empty if nobody knows, or nothing is played.
        label: the speaker's.
        same: whether the paragraph before it in this section is of the same speaker.
        text: one line.
    """

    id: str
    time: str
    cues: str
    label: str
    same: bool
    text: str


@dataclass(frozen=True, slots=True)
class _Part:
    """A section as the template shows it."""

    id: str
    title: str
    time: str
    slides: str
    said: tuple[_Said, ...]


@cache
def _template() -> jinja2.Template:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return made.get_template("record.html")


@cache
def _own(*names: str) -> tuple[markupsafe.Markup, str]:
    """Files of ours one after the other, and by which digest the page's policy lets them in."""
    text = "\n" + "".join((_HERE / name).read_text("utf-8") for name in names)
    digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
    return markupsafe.Markup(text), f"'sha256-{digest}'"  # noqa: S704 (the package's own files; no word of a record)


def serialize(released: Released, media: str = "") -> bytes:
    """The page.

    Args:
        released: the record.
        media: the ending of what is published beside it and is to be played, "mp3" or "mp4"; empty if nothing is.

    Returns:
        UTF-8; HTML5 without any address of another host but in links.
    """
    style, style_digest = _own("record.css", "pictures.css")
    script, script_digest = _own("record.js")
    said = chosen(_WORDS, released.language)
    name = slug(released.heading)
    spoken = paragraphs(released)
    closing = note(released, spoken)
    talks = pictures.talks(released)
    policy = (
        "default-src 'none'",
        f"style-src {style_digest}",
        f"script-src {script_digest}",
        "media-src 'self' file:",
        _ICONS,
        "base-uri 'none'",
        "form-action 'none'",
    )
    shown = captions(released) if media == "mp4" else ()
    page = _template().render(
        say=said,
        words=words(released),
        language=tag(released),
        policy="; ".join(policy),
        style=style,
        script=script,
        title=title(released),
        facts=tuple(facts(released)),
        parts=tuple(_parts(released, _in(shown), timed=bool(media))),
        shown=";".join(_from_to(caption.span) for caption in shown),
        media=f"{quote(name)}.{media}" if media else "",
        video=media == "mp4",
        captions=f"{quote(name)}.vtt",
        pictures=tuple(
            markupsafe.Markup(drawn)  # noqa: S704 (ElementTree wrote it, which escapes what it is given)
            for drawn in (pictures.shares(released, talks), pictures.timeline(released, talks))
            if drawn
        ),
        many=len(talks) > _MANY,
        note=closing,
        licence=Run(licence.name(released), url=licence.address(released)),
        made=tuple(_made(released, said, sound=bool(media))),
    )
    return page.encode("utf-8")


_MANY = 8
"""With more speakers than that, the pictures would stand before the text for several screens, and start folded up."""


_In = Mapping[tuple[int, int], int]
"""The number, from 1, of the caption in which a cue is shown: by the index of its statement, and its own."""


def _in(shown: Iterable[Caption]) -> _In:
    return {cue: number for number, caption in enumerate(shown, 1) for cue in caption.cues}


def _parts(released: Released, shown: _In, *, timed: bool) -> Iterator[_Part]:
    for number, section in enumerate(sections(released), 1):
        speakers = [None, *(p.speaker for p in section.paragraphs)]
        yield _Part(
            id=f"s{number}",
            title=section.title,
            time=clock(section.at) if section.at is not None else "",
            slides=section.slides,
            said=tuple(
                _said(released, shown, paragraph, same=before == paragraph.speaker, timed=timed)
                for before, paragraph in zip(speakers, section.paragraphs, strict=False)
            ),
        )


def _said(released: Released, shown: _In, paragraph: Paragraph, *, same: bool, timed: bool) -> _Said:
    return _Said(
        id=f"p{paragraph.number}",
        time=clock(paragraph.span.start) if paragraph.span else "",
        cues=_cues(paragraph, released.statements[paragraph.number - 1].cues, shown) if timed else "",
        label=paragraph.label,
        same=same,
        text=paragraph.text,
    )


def _cues(paragraph: Paragraph, cues: tuple[Cue, ...], shown_in: _In) -> str:
    """Of each piece from when to when it is heard, how many characters of the paragraph it holds, and its caption.

    As attributes of a piece of text each, they would be most of the page and of the leak scanner's work; in another
    form than a clock's, the scanner would look at each of them for a telephone number.
    """
    if paragraph.span is None:
        return ""
    text, at = paragraph.text, 0
    told: list[str] = []
    for place, cue in enumerate(cues):
        if not (shown := readable(cue.text)):
            continue
        before, at = at, at + len(text[at:]) - len(text[at:].lstrip())
        if not text.startswith(shown, at):
            break
        at += len(shown)
        caption = shown_in.get((paragraph.number - 1, place))
        told.append(_cue(cue.span, at - before) + (f",{caption}" if caption else ""))
    # One for all where cues do not hold the paragraph letter by letter.
    return ";".join(told) if at == len(text) else _cue(paragraph.span, len(text))


def _cue(span: Span, characters: int) -> str:
    """Such as `1:05:20-1:07:00,12`.

    >>> _cue(Span(65_200, 67_000), 12)
    '1:05:20-1:07:00,12'
    """
    return f"{_from_to(span)},{characters}"


def _from_to(span: Span) -> str:
    """In minutes, seconds and hundredths."""
    return "-".join(
        f"{at // 60_000}:{at // 1000 % 60:02}:{at // 10 % 100:02}" for at in (span.start, span.end)
    )


def _made(released: Released, said: dict[str, str], *, sound: bool) -> Iterator[str]:
    """How it came about, as sentences: how much, never what or who."""
    yield said["approved"].format(released.approvers, readable(released.approved_at)[:10])
    if hidden := sum(count for _, count in released.hidden):
        yield said["hidden"].format(hidden)
    if sound and (replaced := sum(span.length for span in released.sound.replaced)):
        yield said["muted"].format(clock(replaced))

"""A transcript that people wrote, paragraph by paragraph: text or Markdown, captions (VTT, SRT), DOCX, ODT.

Called in a process of its own (`pipeline.aside`), whose memory is limited.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress

from output.webvtt import cues_of
from pipeline.sheet import ZIPPED, checked, decoded, one_line
from speakers.authors import folded, nobody
from speakers.brought import Passage
from speakers.error import MeetingError
from speakers.record import Span

MOST = 20_000
"""Paragraphs of a transcript."""

_LONGEST = 20_000
"""Characters of one."""

_LONG = 160
"""A paragraph of captions ends with the sentence that is under way after so many characters."""

_PAUSE_MS = 2_000
"""A pause between captions that begins a new paragraph."""

_FULL = 1 / 3
"""Of the paragraphs of a transcript that says who speaks, so many begin with it."""

_LABEL = re.compile(
    r"(?:\[?\(?(?:\d{1,2}[:：])?\d{1,2}[:：]\d{2}(?:[.,]\d+)?\)?\]?\s*)?"  # a moment may stand before it
    r"(?P<mark>#{1,6}\s*)?"
    r"(?P<label>[^:：。，、？！?!\n]{1,40}?)\s*[:：](?P<ends>\s*)(?P<text>.*)"
)
_ARROW = re.compile(r"^WEBVTT|\d+:\d+\S*[ \t]*-->", re.MULTILINE)
_ODT = b"application/vnd.oasis.opendocument.text"
_ENDS = tuple("。？！.?!")

_CURE = "Save the transcript as text, Markdown, VTT, SRT, DOCX or ODT."


def passages(data: bytes) -> tuple[Passage, ...]:
    r"""The paragraphs of a transcript, each with whose it is if they say so.

    A name with a colon before a paragraph is a speaker's where it stands so more than once, or as a heading; other
    paragraphs below it are theirs as well.

    Raises:
        MeetingError: If it is none of the formats that are read, is damaged, holds no word, or too many.

    >>> [(p.label, p.text) for p in passages("沈立言：大家好。\n我們開始。\n佩珊：好。\n沈立言：謝謝。".encode())][:2]
    [('沈立言', '大家好。'), ('沈立言', '我們開始。')]
    """
    try:
        found = tuple(_captions(data) if is_captions(data) else _labelled(list(_paragraphs(data))))
    except MeetingError:
        raise
    except Exception as error:  # readers of damaged files raise whatever they like
        raise MeetingError("This is no transcript that can be read.", _CURE) from error
    if not any(c.isalnum() for p in found for c in p.text):
        raise MeetingError("There is no word in the transcript.", _CURE)
    if len(found) > MOST or any(len(p.text) > _LONGEST for p in found):
        raise MeetingError(
            f"The transcript has more than {MOST} paragraphs, or one of more than {_LONGEST} characters.",
            "Bring only this meeting's, with a paragraph for each time somebody speaks.",
        )
    return found


def is_captions(data: bytes) -> bool:
    """Whether it is VTT or SRT."""
    with suppress(MeetingError):
        return data[:4] != ZIPPED and _ARROW.search(_text(data)[:5000]) is not None
    return False


def is_document(data: bytes) -> bool:
    """Whether it is DOCX or ODT."""
    if data[:4] != ZIPPED:
        return False
    with suppress(zipfile.BadZipFile, KeyError), zipfile.ZipFile(io.BytesIO(data)) as archive:
        if "word/document.xml" in archive.namelist():
            return True
        with archive.open("mimetype") as kind:
            return kind.read(len(_ODT) + 1) == _ODT
    return False


def says_who(data: bytes) -> bool:
    """Whether it is a text with names before its paragraphs."""
    return data[:4] != ZIPPED and any(p.label for p in passages(data))


def _paragraphs(data: bytes) -> Iterator[str]:
    if data[:4] != ZIPPED:
        yield from map(one_line, _text(data).splitlines())
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = checked(archive, _CURE)
    if "content.xml" in names:
        from output.odt import paragraphs
    else:
        from output.docx import paragraphs
    for text in paragraphs(data):
        yield from (one_line(line) for line in text.splitlines())


def _text(data: bytes) -> str:
    try:
        return decoded(data)
    except MeetingError as error:
        raise MeetingError("This is no transcript that can be read.", _CURE) from error


def _labelled(lines: list[str]) -> Iterator[Passage]:
    """Paragraphs, with their speakers."""
    found = [_LABEL.fullmatch(line) for line in lines]
    labels = _labels(lines)
    label = ""
    for line, match in zip(lines, found, strict=True):
        text = line
        if match is not None and _is_label(match, labels):
            label, text = _name(match["label"]), match["text"].strip()
        text = re.sub(r"^(?:[>#]+\s+|[*_]{2}(?=\w))", "", text).strip()
        if any(c.isalnum() for c in text):
            yield Passage(text, "" if nobody(label) else label)


def _labels(lines: list[str]) -> frozenset[str]:
    """What stands as a name before paragraphs, folded: whatever does so twice, or in a text that is full of it once.

    To take a word for somebody's name asks a reviewer; to take a name for a word would give what one person says to
    another.
    """
    matches = [m for m in map(_LABEL.fullmatch, lines) if m is not None]
    if headings := {folded(_name(m["label"])) for m in matches if m["mark"] and not m["text"]}:
        return frozenset(headings)
    found = Counter(folded(_name(m["label"])) for m in matches)
    least = 1 if found.total() >= _FULL * sum(map(bool, lines)) else 2
    return frozenset(name for name, count in found.items() if count >= least)


def _is_label(match: re.Match[str], labels: frozenset[str]) -> bool:
    name = _name(match["label"])
    if not any(c.isalpha() for c in name) or name.casefold() in {"http", "https"}:
        return False
    return folded(name) in labels


def _name(label: str) -> str:
    return " ".join(label.strip("*_>#[]() \t").split())


def _captions(data: bytes) -> Iterator[Passage]:
    """Captions in a row of one voice become paragraphs."""
    read, odd = cues_of(_text(data))
    if odd:
        raise MeetingError(
            f"{odd} captions of the transcript have a moment that is none: they would be lost.",
            "Write moments as 00:01:02.000 --> 00:01:05.000.",
        )
    cues = list(_once(read))
    labels = _labels([text for _, voice, text in cues if not voice])
    held, whose, over, label = "", "", 0, ""
    for span, voice, said in cues:
        match, text = _LABEL.fullmatch(said), said
        if voice:
            label = voice
        elif match is not None and _is_label(match, labels):
            label, text = _name(match["label"]), match["text"].strip()
        if held and (
            label != whose or span.start - over >= _PAUSE_MS or (len(held) >= _LONG and held.endswith(_ENDS))
        ):
            yield Passage(held, "" if nobody(whose) else whose)
            held = ""
        apart = bool(held and text and held[-1].isascii() and text[0].isascii())
        held, whose, over = f"{held}{' ' if apart else ''}{text}", label, span.end
    if held:
        yield Passage(held, "" if nobody(whose) else whose)


def _once(cues: Iterable[tuple[Span, str, str]]) -> Iterator[tuple[Span, str, str]]:
    """Captions with each line once: what rolls up from the one before is shown again there."""
    shown: list[str] = []
    for span, voice, text in cues:
        lines = [line for line in text.splitlines() if line.strip()]
        new = one_line(" ".join(line for line in lines if line not in shown))
        shown = lines
        if new:
            yield span, one_line(voice), new

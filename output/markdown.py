r"""Markdown as sayit.archive.tw reads it: a heading, a quote with links, speakers as headings of level three.

What people said is never markup. It is written so that CommonMark shows it letter by letter, and so that
readers which are not CommonMark do not trip over it either: the archive takes any `#` line that ends in a
colon for a speaker; md2an cuts the file at every `###` and drops a section that holds 📅.
"""

from __future__ import annotations

import html
import re

from output.paragraph import note, paragraphs, readable, sections, web_links
from redaction.released import Released

_ENTITIES = {
    "<": "&lt;",  # also where a reader passes HTML through: there a backslash would not help
    "🌐": "&#x1F310;",
    "📅": "&#x1F4C5;",
    "🏡": "&#x1F3E1;",  # drafts head their header lines with these three, and md2an drops what follows
}

_INLINE = re.compile(
    r"(?P<entity>[<🌐📅🏡])"
    r"|(?P<ampersand>&(?=#?\w+;))"
    r"|(?P<mark>\\(?=[!-/:-@\[-`{-~]|$)|[*`\[\]~]"
    r"|_(?<![^\W_]_)|_(?![^\W_])"  # inside a word it is a letter: open_data
    r"|#(?=#)|(?<=#)#|(?:(?<=\s)|^)#)"  # runs, and what could open or close a heading
)
_BLOCK = re.compile(r"(?P<bullet>[>+\-=|:])|(?P<number>\d+)(?P<stop>[.)])")

_HEADING = re.compile(r"### (?P<label>.*)[:：]")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])|(&(?:lt|amp|#x1F310|#x1F4C5|#x1F3E1);)")


def serialize(released: Released) -> bytes:
    """The record as the archive's upload takes it.

    Returns:
        UTF-8 without a byte order mark, in normal form C, no front matter, no space before a line's end.
    """
    colon = "：" if released.language == "zh" else ":"
    blocks = [f"# {_title(readable(released.heading)) or 'Record'}"]
    links = web_links(released)
    if links:
        shown = "，".join(f"[{_inline(label)}]({_address(url)})" for label, url in links)
        blocks.append(f"> （{shown}）")
    spoken = paragraphs(released)
    for section in sections(released):
        if section.title:  # which resets the speaker
            blocks.append(f"## {_title(section.title)}")
        if section.slides:
            shown = f"[{'投影片' if released.language == 'zh' else 'Slides'}]({_address(section.slides)})"
            blocks.append(f"> （{shown}）")
        speaker: int | None = None
        for paragraph in section.paragraphs:
            if paragraph.speaker != speaker:
                speaker = paragraph.speaker
                blocks.append(f"### {_inline(paragraph.label)}{colon}")
            blocks.append(_literal(paragraph.text))
    if said := note(released, spoken):
        # In brackets it is nobody's words; only such a quote leaves the speaker before it.
        blocks.append(f"> （{_inline(said)}）" if released.language == "zh" else f"> ({_inline(said)})")
    return ("\n\n".join(blocks) + "\n").encode("utf-8")


def parse(data: bytes) -> tuple[tuple[str, str], ...]:
    """The (speaker label, text) of every paragraph of speech, in order.

    Text before the first speaker and quotes that open with a bracket are nobody's, and are left out.
    """
    spoken: list[tuple[str, str]] = []
    label: str | None = None
    for block in data.decode("utf-8").strip("\n").split("\n\n"):
        heading = _HEADING.fullmatch(block)
        if heading:
            label = _plain(heading["label"])
        elif block.startswith("## "):
            label = None
        elif label is not None and not block.startswith(("> (", "> （", "# ")):
            spoken.append((label, _plain(block)))
    return tuple(spoken)


def _title(text: str) -> str:
    """A heading; one that ends in a colon would be read as a speaker."""
    return _inline(text.rstrip(":： \u3000"))


def _literal(text: str) -> str:
    r"""A paragraph that no reader takes for markup.

    >>> _literal("# 1 < 2"), _literal("- 3. *x*"), _literal("3. open_data"), _literal("[a](b)")
    ('\\# 1 &lt; 2', '\\- 3. \\*x\\*', '3\\. open_data', '\\[a\\](b)')
    """
    start = _BLOCK.match(text)
    if start is None:
        return _inline(text)
    opening = f"\\{start['bullet']}" if start["bullet"] else f"{start['number']}\\{start['stop']}"
    return opening + _inline(text[start.end() :])


def _inline(text: str) -> str:
    return _INLINE.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    if found["entity"]:
        return _ENTITIES[found["entity"]]
    return "&amp;" if found["ampersand"] else f"\\{found['mark']}"


def _plain(text: str) -> str:
    """What a reader of the Markdown sees."""
    return _ESCAPED.sub(lambda found: found[1] or html.unescape(found[2]), text)


def _address(url: str) -> str:
    """The address with what would end it, or turn it into markup, percent-encoded.

    >>> _address("https://example.org/a_(b)?x=<y>")
    'https://example.org/a_%28b%29?x=%3Cy%3E'
    """
    return re.sub(r"[()<>\\\[\]`*\"]", lambda found: f"%{ord(found[0]):02X}", url)

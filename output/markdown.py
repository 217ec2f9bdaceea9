r"""Markdown as sayit.archive.tw reads it: a heading, a quote with links, speakers as headings of level three.

What people said is never markup. It is written so that CommonMark shows it letter by letter, and so that
readers which are not CommonMark do not trip over it either: the archive takes any `#` line that ends in a
colon for a speaker; md2an cuts the file at every `###` and drops a section that holds 📅.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from urllib.parse import quote

from output import licence
from output.akoma_ntoso import LICENCE_IS
from output.paragraph import note, paragraphs, readable, sections, web_links
from output.told import Item, Said, Told
from output.words import both, chosen, words
from redaction.released import Released
from speakers.meeting import Licence

_ENTITIES = {
    "<": "&lt;",  # also where a reader passes HTML through: there a backslash would not help
    "🌐": "&#x1F310;",
    "📅": "&#x1F4C5;",
    "【": "&#x3010;",
    "🏡": "&#x1F3E1;",  # drafts have header lines that begin with these four; md2an drops what follows three of them
}

_INLINE = re.compile(
    r"(?P<entity>[<🌐📅🏡]|【(?=開始[記紀]錄】))"
    r"|(?P<ampersand>&(?=#?\w+;))"
    r"|(?P<mark>\\(?=[!-/:-@\[-`{-~]|$)|[*`\[\]~]"
    r"|_(?<![^\W_]_)|_(?![^\W_])"  # inside a word it is a letter: open_data
    r"|#(?=#)|(?<=#)#|(?:(?<=\s)|^)#)"  # runs, and what could open or close a heading
)
_BLOCK = re.compile(r"(?P<bullet>[>+\-=|:])|(?P<number>\d+)(?P<stop>[.)])")

ITEM_IS = both("agenda")
"""Before an item of the agenda. It stands in a quote in brackets, which every reader takes for nobody's words: the
archive's server gives a heading of level two to whoever spoke before it."""

_HEADING = re.compile(r"### (?P<label>.*)[:：]")
_LINK = re.compile(r"\[(?P<label>(?:\\.|[^\[\]\\])*)\]\((?P<address>[^()]*)\)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])|(&(?:lt|amp|#x1F310|#x1F4C5|#x1F3E1|#x3010);)")


def serialize(released: Released) -> bytes:
    """The record as the archive's upload takes it.

    Returns:
        UTF-8 without a byte order mark, in normal form C, no front matter, no space before a line's end.
    """
    chinese = released.language == "zh"
    colon = "：" if chinese else ":"
    blocks = [f"# {_title(readable(released.heading)) or 'Record'}"]
    links = web_links(released)
    if links:
        blocks.append(_quote("，".join(_link(label, url) for label, url in links)))
    spoken = paragraphs(released)
    for section in sections(released):
        item = [f"{chosen(ITEM_IS, released.language)}{_inline(section.title)}"] if section.title else []
        item += [_link(words(released)["slides"], section.slides)] if section.slides else []
        if item:
            blocks.append(_quote("，".join(item)))
        speaker: int | None = None
        for paragraph in section.paragraphs:
            if paragraph.speaker != speaker:
                speaker = paragraph.speaker
                blocks.append(f"### {_inline(paragraph.label)}{colon}")
            blocks.append(_literal(paragraph.text))
    if said := note(released, spoken):
        # In brackets it is nobody's words; only such a quote leaves the speaker before it.
        blocks.append(_quote(_inline(said)) if chinese else f"> ({_inline(said)})")
    if released.licence is not Licence.CC0:  # under which everything in the archive is
        named = _link(licence.name(released), licence.address(released))
        blocks.append(_quote(f"{chosen(LICENCE_IS, released.language)}{named}"))
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
        elif label is not None and not block.startswith(("> (", "> （", "# ")):
            spoken.append((label, _plain(block)))
    return tuple(spoken)


def told(data: bytes) -> Told:
    """What a file that `serialize` wrote tells.

    Raises:
        KeyError: If its licence is none of those that there are.
    """
    heading, *blocks = data.decode("utf-8").strip("\n").split("\n\n")
    items, label, note_, terms = [Item("", "", ())], "", "", Licence.CC0
    links: tuple[tuple[str, str], ...] = ()
    for block in blocks:
        linked = tuple((_plain(found["label"]), found["address"]) for found in _LINK.finditer(block))
        begins = block[3:].startswith
        if begins(tuple(ITEM_IS.values())):
            title = block[3 : block.rindex("，[") if linked else -1]
            for before in ITEM_IS.values():
                title = title.removeprefix(before)
            items.append(Item(_plain(title), linked[-1][1] if linked else "", ()))
        elif found := _HEADING.fullmatch(block):
            label = _plain(found["label"])
        elif not block.startswith(("> (", "> （")):
            said = Said(label, label, _plain(block))
            items[-1] = replace(items[-1], said=(*items[-1].said, said))
        elif linked and begins(tuple(LICENCE_IS.values())):
            terms = licence.at(linked[0][1])
        elif linked:
            links = linked
        else:
            note_ = _plain(block[3:-1])
    divided = items[1:] if len(items) > 1 else items
    return Told(_plain(heading[2:]), links, tuple(divided), note_, terms)


def _quote(text: str) -> str:
    """Nobody's words."""
    return f"> （{text}）"


def _link(label: str, url: str) -> str:
    return f"[{_inline(label)}]({address(url)})"


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


def address(url: str) -> str:
    """The address with what would end it, or turn it into markup, percent-encoded.

    >>> address("https://example.org/a_(b)?x=<y>")
    'https://example.org/a_%28b%29?x=%3Cy%3E'
    """
    return re.sub(r"[()<>\\\[\]`*\"🌐📅🏡【]", lambda found: quote(found[0], safe=""), url)

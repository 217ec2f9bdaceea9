"""The record for people who want to read it, print it or search it, and nothing else."""

from __future__ import annotations

from output.paragraph import labels_with_roles, note, paragraphs, readable, sections, web_links
from redaction.released import Released

_WORDS = {
    "zh": {
        "date": "日期：",
        "place": "地點：",
        "case": "案號：",
        "link": "連結：",
        "slides": "投影片：",
        "speakers": "發言者：",
        "between": "、",
        "colon": "：",
    },
    "en": {
        "date": "Date: ",
        "place": "Place: ",
        "case": "Case: ",
        "link": "Link: ",
        "slides": "Slides: ",
        "speakers": "Speakers: ",
        "between": ", ",
        "colon": ": ",
    },
}


def serialize(released: Released) -> bytes:
    """The record as text: a header, who speaks, `label：text` paragraphs, unwrapped, a closing note.

    Returns:
        UTF-8; paragraphs are parted by an empty line.
    """
    words = _WORDS["zh" if released.language == "zh" else "en"]
    spoken = paragraphs(released)
    blocks = [readable(released.heading), "\n".join(_header(released, words, {p.speaker for p in spoken}))]
    for section in sections(released):
        blocks.append(f"【{section.title}】" if section.title else "")
        blocks.append(f"{words['slides']}{section.slides}" if section.slides else "")
        blocks.extend(f"{p.label}{words['colon']}{p.text}" for p in section.paragraphs)
    blocks.append(note(released, spoken))
    return ("\n\n".join(block for block in blocks if block) + "\n").encode("utf-8")


def _header(released: Released, words: dict[str, str], speaking: set[int]) -> list[str]:
    facts = (("date", released.date), ("place", released.place), ("case", released.case))
    lines = [f"{words[name]}{readable(value)}" for name, value in facts if readable(value)]
    lines += [
        f"{words['link']}{label} {url}" if label != url else f"{words['link']}{url}"
        for label, url in web_links(released)
    ]
    shown = [label for index, label in enumerate(labels_with_roles(released)) if index in speaking]
    if shown:
        lines.append(words["speakers"] + words["between"].join(shown))
    return lines

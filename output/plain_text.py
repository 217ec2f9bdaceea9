"""The record for people who want to read it, print it or search it, and nothing else."""

from __future__ import annotations

from output import licence
from output.paragraph import labels_with_roles, note, paragraphs, readable, sections, web_links
from output.words import words
from redaction.released import Released


def serialize(released: Released) -> bytes:
    """The record as text: a header, who speaks, `label：text` paragraphs, unwrapped, a closing note.

    Returns:
        UTF-8; paragraphs are parted by an empty line.
    """
    said = words(released)
    spoken = paragraphs(released)
    blocks = [readable(released.heading), "\n".join(_header(released, {p.speaker for p in spoken}))]
    for section in sections(released):
        blocks.append(f"【{section.title}】" if section.title else "")
        blocks.append(f"{said['slides']}{said['colon']}{section.slides}" if section.slides else "")
        blocks.extend(f"{p.label}{said['colon']}{p.text}" for p in section.paragraphs)
    blocks.append(note(released, spoken))
    return ("\n\n".join(block for block in blocks if block) + "\n").encode("utf-8")


def _header(released: Released, speaking: set[int]) -> list[str]:
    said = words(released)
    facts = [("date", released.date), ("place", released.place), ("case", released.case)]
    facts = [(name, readable(value)) for name, value in facts]
    facts += [("link", f"{label} {url}" if label != url else url) for label, url in web_links(released)]
    facts.append(("licence", licence.line(released)))
    shown = [label for index, label in enumerate(labels_with_roles(released)) if index in speaking]
    facts.append(("speakers", said["between"].join(shown)))
    return [f"{said[name]}{said['colon']}{value}" for name, value in facts if value]

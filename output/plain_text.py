"""The record for people who want to read it, print it or search it, and nothing else."""

from __future__ import annotations

from output.paragraph import labels_with_roles, paragraphs, readable, web_links
from redaction.released import Released

_WORDS = {
    "zh": {
        "date": "日期：",
        "place": "地點：",
        "case": "案號：",
        "link": "連結：",
        "speakers": "發言者：",
        "between": "、",
        "colon": "：",
        "note": "註：以編號（例如「參與者 1」）、代稱或「（不具名）」出現的發言者未具名。"
        "參與者與發言者的編號只在本次會議內有效，不同會議的相同編號不代表同一人；「（不具名）」可能不只一人。"
        "代稱所取代的，是應當事人要求或依法不予公開的內容。",
    },
    "en": {
        "date": "Date: ",
        "place": "Place: ",
        "case": "Case: ",
        "link": "Link: ",
        "speakers": "Speakers: ",
        "between": ", ",
        "colon": ": ",
        "note": 'Note: speakers shown with a number (such as "Participant 1"), under a pseudonym, or as "(unnamed)" '
        "are not named. A participant's or speaker's number belongs to this meeting only; the same number elsewhere is "
        'not the same person, and "(unnamed)" could be several. Placeholders stand for words that are not published, '
        "at somebody's request or by law.",
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
    blocks.extend(f"{p.label}{words['colon']}{p.text}" for p in spoken)
    if released.hidden or any(not released.speakers[p.speaker].named for p in spoken):
        blocks.append(words["note"])
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

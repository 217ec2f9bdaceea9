"""What cannot be together in one meeting: two people of one name, and names that could never be hidden."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from redaction.folding import fold
from redaction.mentions import written
from speakers.error import MeetingError
from speakers.lexicon import is_everyday
from speakers.meeting import Meeting, Participant
from speakers.traditional import is_chinese, to_simplified

_IN_EVERY_RELEASE = frozenset(
    to_simplified(word).casefold()
    for word in """
    a akomantoso alias an anonymous approval approved approvers at attribution attributions base body by
    campplus cc cc0 contact date debate debatebody debatesection digest docdate doctitle en files from head heading
    hidden href html http https i id json kind length licence license link made manifest md meeting meta mp3
    name narrative no note p participant person preface record references released role section segmentation
    sha256 showas size sound speaker speech text the title tlcperson txt utf version video vtt webvtt whisper with www
    mp4 picture kokoro
    akn akoma as attendees audio availability back begins bibl case children classification creative
    creativecommons dc detail div docnumber docs eid end endtime eng events filedesc format frbrauthor
    frbrcountry frbrdate frbrexpression frbrformat frbrlanguage frbrmanifestation frbrthis frbruri frbrwork
    free front gov hant idea identification identifier identifiers idno import interval item join label lang
    language legaldocml licenses links listbibl listperson locale location main memberships named ns ntoso
    number oasis object occupation ogdl ontology open org organization organizations origin paragraphs parent
    particdesc participation persname persons place placeholders platform profiledesc proposal proprietary
    pseudonym publicationstmt publicdomain published publisher purl recordedtime recording recordingstmt ref
    refersto request scheme sections setting settingdesc shown since slides source sourcedesc sources spdx
    speakers start startevent starttime status target tei teiheader terms time timeline titlestmt tlclocation
    tlcobject tlcreference tlcrole to tw type unit unnamed url value when who zero zho
    chapters docx minisig odt policy proposals rules scanner settings srt svg
    xml zh zhuzi 參與者 發言者 不明發言者 會議 會議逐字稿 不列入紀錄 不具名 聯絡資料 隱去 某人
    """.split()  # noqa: SIM905 - a word list in a list literal reads like a ladder
)
"""Words of the published files themselves: somebody called that could never be published."""

_LATIN_SHORT = 4


def refuse_clashes(there: tuple[Participant, ...], elsewhere: tuple[Participant, ...] = ()) -> None:
    """Refuse people who cannot be in one meeting, and names that cannot be hidden.

    Numbers, not names, go into the error: it may end up in a log.

    Args:
        there: (n_people,) those who take part.
        elsewhere: those who are to be hidden though they do not.

    Raises:
        MeetingError: With the number of the participant, and what to do.
    """
    _refuse_doubles(there)
    hidden = {_folded(n): p for p in (*there, *elsewhere) if p.protected for n in p.names}
    for person in (p for p in there if not p.protected):
        other = hidden.get(_folded(person.name)) or _spelt_in(person.name, there)
        if other is not None:
            raise MeetingError(
                f"{_who(person)} would be published under a name of {_lower(other)}, who is hidden.",
                f"Give {_lower(person)} another form of the name, or remove that alias."
                if other in there
                else f'If they are one person, write person = "{other.person}" and the wish; else use another form.',
            )
    for person in (p for p in (*there, *elsewhere) if p.protected):
        _refuse_unhidable(person)


def _refuse_doubles(there: tuple[Participant, ...]) -> None:
    seen: dict[str, Participant] = {}
    for person in there:
        if (other := seen.setdefault(_folded(person.name), person)) is not person:
            raise MeetingError(
                f"Participants {other.id[1:]} and {person.id[1:]} have the same name.",
                "Put everything about one person in one block; tell two people apart by their full names.",
            )
    prints = [p.voiceprint for p in there if p.voiceprint]
    if len(set(prints)) < len(prints):
        raise MeetingError("Two participants have the same voiceprint.", "Leave it with the one whose it is.")
    shown: dict[str, Participant] = {_folded(p.name): p for p in there if not p.protected}
    for person in (p for p in there if p.label):
        if (other := shown.setdefault(_folded(person.label), person)) is not person:
            raise MeetingError(
                f"The label of {_lower(person)} is also what {_lower(other)} is shown as.",
                "Two people must not be one: choose another label.",
            )


def _refuse_unhidable(person: Participant) -> None:
    for number, name in enumerate(person.names):
        plain = _folded(name)
        letters = [c for c in fold(name) if c.isalnum() or unicodedata.category(c) == "So"]
        if len(letters) == 1 and letters[0].isalnum() and not is_chinese(letters[0]):
            why = "is a single letter"
        elif plain in _IN_EVERY_RELEASE:
            why = "is a word of every published file"
        else:
            continue
        which = f"alias {number} {why}" if number else f"the name {why}"
        raise MeetingError(
            f"{_who(person)}: {which}, so nothing could be published.",
            "Remove it, or write the fuller form that people say.",
        )


def _spelt_in(name: str, there: tuple[Participant, ...]) -> Participant | None:
    """Whose name of those who take part stands inside somebody's public name."""
    return next((p for p in there if p.protected and written(Meeting(participants=(p,)), name)), None)


def dangers(person: Participant) -> Iterator[str]:
    """Which names of somebody hidden need a person's eyes wherever they stand, each as a sentence without a name."""
    for number, name in enumerate(person.names):
        which = f"{_who(person)}, {f'alias {number}' if number else 'the name'}"
        plain = "".join(c for c in name if c.isalnum())
        chinese = bool(plain) and all(map(is_chinese, plain))
        if chinese and len(plain) == 1:
            yield f"{which}, is one syllable: found only as it is written."
        elif chinese and is_everyday(plain):
            yield f"{which}, is also a word that people use: some of its marks mean nobody, and misheard it is missed."
        elif chinese and len(plain) == 2:
            yield f"{which}, has two syllables: misheard in both, it is missed. Listen where this person may be meant."
        elif plain and not chinese and len(plain) < _LATIN_SHORT:
            yield f"{which}, is short: found only as it is written."


def _who(person: Participant) -> str:
    """Somebody without their name.

    >>> _who(Participant("p3", "x")), _who(Participant("e1", "x", person="r0a1b2c3d4e5f"))
    ('Participant 3', 'Entry r0a1b2c3d4e5f of the register')
    """
    return f"Participant {person.id[1:]}" if person.id[0] == "p" else f"Entry {person.person} of the register"


def _lower(person: Participant) -> str:
    who = _who(person)
    return who[0].lower() + who[1:]


def _folded(name: str) -> str:
    return to_simplified(name).casefold()

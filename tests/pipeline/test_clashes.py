"""Who cannot be hidden beside whom is refused; what is dangerous is told; and neither says a name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from lxml import etree

from pipeline.clashes import dangers, refuse_clashes
from pipeline.folder import MeetingFolder
from speakers.error import MeetingError
from speakers.meeting import Participant, Wish
from tests.engines.scripted import publish
from tests.scenes import hidden, shown


@pytest.mark.parametrize(
    ("alias", "says"),
    [
        ("A", "a single letter"),
        ("ａ", "a single letter"),
        ("A+", "a single letter"),
        ("x\u0302", "a single letter"),
        ("mp3", "a word of every published file"),
        ("發言者", "a word of every published file"),
        ("沈", "Participant 1 would be published under a name of participant 2"),
        ("立言", "Participant 1 would be published under a name of participant 2"),
        ("沈立言", "Participant 1 would be published under a name of participant 2"),
    ],
)
def test_a_name_that_could_never_be_hidden_is_refused(alias: str, says: str) -> None:
    with pytest.raises(MeetingError) as caught:
        refuse_clashes((shown(1, "沈立言"), hidden(2, "蔡佩珊", alias)))
    assert says in str(caught.value)
    assert alias not in str(caught.value)


@pytest.mark.parametrize("alias", ["佩珊", "毛毛媽", "蔡", "🐱", "A-mei", "大頭"])
def test_other_names_are_taken(alias: str) -> None:
    refuse_clashes((shown(1, "沈立言"), hidden(2, "蔡佩珊", alias)))


def test_nobody_is_published_under_a_name_of_somebody_hidden_elsewhere() -> None:
    elsewhere = Participant("e1", "蔡佩珊", wish=Wish.ANONYMOUS, person="r0a1b2c3d4e5f")
    refuse_clashes((shown(1, "沈立言"),), (elsewhere,))
    with pytest.raises(MeetingError, match="a name of entry r0a1b2c3d4e5f of the register"):
        refuse_clashes((shown(1, "蔡佩珊"),), (elsewhere,))


@pytest.mark.parametrize(
    ("alias", "says"),
    [
        ("佩珊", "has two syllables"),
        ("太陽", "is also a word"),
        ("珊", "is one syllable"),
        ("Amy", "is short"),
        ("毛毛媽", None),
        ("Peishan", None),
    ],
)
def test_a_dangerous_name_is_told_without_it(alias: str, says: str | None) -> None:
    told = list(dangers(hidden(2, "蔡佩珊", alias)))
    assert len(told) == (says is not None)
    assert not told or (
        says in told[0] and told[0].startswith("Participant 2, alias 1") and alias not in told[0]
    )


def test_no_word_of_the_files_themselves_is_somebody_s_name(approved: MeetingFolder) -> None:
    publish(approved)
    names = {path.suffix[1:] for path in approved.public.iterdir()}
    for path in approved.public.glob("*.json"):
        names |= {*keys(json.loads(path.read_bytes()))}
    for path in approved.public.glob("*.xml"):
        root = etree.parse(path).getroot()
        names |= {etree.QName(n).localname for element in root.iter() for n in (element, *element.attrib)}
        names |= {part for space in root.nsmap.values() for part in space.split("/")}
    words = {part for name in names for part in re.findall("[A-Za-z0-9]+", name)}
    taken = [word for word in words if not _refused(word)]
    assert taken == []


def keys(value: object) -> Iterator[str]:
    """Every key of a JSON value."""
    if isinstance(value, dict):
        yield from value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from keys(inner)


def _refused(name: str) -> bool:
    try:
        refuse_clashes((hidden(1, "蔡佩珊", name),))
    except MeetingError:
        return True
    return False

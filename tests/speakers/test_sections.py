"""Where long recordings are cut."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakers import record_json
from speakers.error import StorageError
from speakers.record import Span
from speakers.sections import SECTION_MS, Cut, Heard, parse, sections, serialize
from tests.scenes import span, word

MINUTE = 60_000


def talk(until: int, every: int = 20_000, pause: int = 500) -> list[Span]:
    """Speech without an end: `every` milliseconds, then a pause."""
    return [span(at, at + every - pause) for at in range(0, until, every)]


@pytest.mark.parametrize("minutes", [1, 5, 10, 14])
def test_a_short_recording_is_one_section(minutes: int) -> None:
    speech = talk(minutes * MINUTE)
    assert sections(speech) == (tuple(speech),)


def test_without_speech_there_is_no_section() -> None:
    assert sections([]) == ()


def test_a_single_region_is_one_section_however_long_it_is() -> None:
    assert sections([span(0, 60 * MINUTE)]) == ((span(0, 60 * MINUTE),),)


@pytest.mark.parametrize(("hours", "count"), [(1, 6), (3, 18), (8, 48)])
def test_a_long_recording_has_a_section_about_every_ten_minutes(hours: int, count: int) -> None:
    found = sections(talk(hours * 60 * MINUTE))
    assert len(found) == count
    lengths = [part[-1].end - part[0].start for part in found]
    assert SECTION_MS * 0.6 <= min(lengths) <= max(lengths) <= SECTION_MS * 1.4


def test_it_is_cut_in_the_longest_pause_near_where_a_section_should_end() -> None:
    speech = [s for s in talk(20 * MINUTE) if s.start not in {9 * MINUTE, 4 * MINUTE, 4 * MINUTE + 20_000}]
    first, second = sections(speech)
    assert (first[-1].end, second[0].start) == (9 * MINUTE - 500, 9 * MINUTE + 20_000)


def test_speech_without_pauses_is_cut_between_its_pieces() -> None:
    found = sections(talk(30 * MINUTE, every=18_000, pause=0))
    assert len(found) == 3
    assert all(a[-1].end == b[0].start for a, b in itertools.pairwise(found))


def test_hours_of_silence_are_in_no_section() -> None:
    speech = [span(0, 15_000), span(3 * 60 * MINUTE, 3 * 60 * MINUTE + 15_000)]
    assert sections(speech) == ((speech[0],), (speech[1],))


@given(
    st.lists(st.tuples(st.integers(0, 300_000), st.integers(1, 18_000)), max_size=200),
    st.integers(1_000, SECTION_MS),
)
def test_nothing_is_lost_doubled_or_moved(steps: list[tuple[int, int]], length: int) -> None:
    at, speech = 0, []
    for pause, spoken in steps:
        speech.append(span(at + pause, at + pause + spoken))
        at += pause + spoken
    found = sections(speech, length)
    assert [s for part in found for s in part] == speech
    assert all(found)
    assert sections(speech, length) == found


def test_a_cut_is_read_as_it_was_written() -> None:
    cut = Cut("zh", ((span(0, 100), span(200, 300)), (span(900, 1000),)))
    assert parse(serialize(cut)) == cut
    assert cut.speech == (span(0, 100), span(200, 300), span(900, 1000))


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"language": "zh", "sections": [[[5, 1]]]}', b"[" * 9999]
)
def test_a_damaged_cut_is_told(data: bytes) -> None:
    with pytest.raises(StorageError, match="damaged"):
        parse(data)


def test_a_section_is_read_as_it_was_written() -> None:
    heard = Heard((word("好", 0), word("Slido", 300, spaced=True)), failed=False, arithmetic="cpu int8")
    assert record_json.parse_section(record_json.serialize(heard)) == heard


@pytest.mark.parametrize("change", [{"words": 3}, {"failed": "no"}, {"arithmetic": None}])
def test_a_damaged_section_is_told(change: dict[str, Any]) -> None:
    values = json.loads(record_json.serialize(Heard((word("好"),)))) | change
    with pytest.raises(StorageError, match="damaged"):
        record_json.parse_section(json.dumps(values).encode())

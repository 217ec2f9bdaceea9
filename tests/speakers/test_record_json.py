"""What is written is read again; what is damaged is a StorageError, whatever is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speakers import record_json
from speakers.error import StorageError
from speakers.transcribe import Transcript
from tests.scenes import span, spoken, word

RECORD = spoken(("S1", ["大家", " open", " data"]), ("S2", "好。"))
TRANSCRIPT = Transcript("zh", (word("大"), word("家", 500, spaced=True)), (span(3000, 4000),))
PARSERS: tuple[tuple[Callable[[bytes], object], bytes], ...] = (
    (record_json.parse_record, record_json.serialize(RECORD)),
    (record_json.parse_transcript, record_json.serialize(TRANSCRIPT)),
    (record_json.parse_diarization, record_json.serialize(RECORD.diarization)),
)


@pytest.mark.parametrize(
    ("parse", "data", "value"),
    [
        (parse, data, value)
        for (parse, data), value in zip(PARSERS, (RECORD, TRANSCRIPT, RECORD.diarization), strict=True)
    ],
)
def test_what_is_written_is_read_again(parse: Callable[[bytes], object], data: bytes, value: object) -> None:
    assert parse(data) == value
    assert data.decode("utf-8").endswith("\n")


@pytest.mark.parametrize(("parse", "data"), PARSERS)
@pytest.mark.parametrize("damaged", [b"", b"1", b"[]", b"null", b"{}", b"\xff\xfe", b'{"language": "zh"}'])
def test_other_things_are_damaged(parse: Callable[[bytes], object], data: bytes, damaged: bytes) -> None:
    del data
    with pytest.raises(StorageError):
        parse(damaged)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PARSERS), st.data())
def test_a_half_artifact_is_damaged(
    parser: tuple[Callable[[bytes], object], bytes], draw: st.DataObject
) -> None:
    parse, data = parser
    end = draw.draw(st.integers(0, len(data) - 3))
    with pytest.raises(StorageError):
        parse(data[:end])


def test_impossible_values_are_damage() -> None:
    values = json.loads(PARSERS[0][1])
    values["statements"][0]["words"][0]["span"] = {"start": 5, "end": 1}
    with pytest.raises(StorageError):
        record_json.parse_record(json.dumps(values).encode())

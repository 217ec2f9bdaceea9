"""Formats are told by their content; what is wrong is named with its line, and no word of it is repeated."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakers import account_files, record_json
from speakers.account import Account
from speakers.error import TranscriptError
from tests.scenes import spoken

SEGMENT = {"session_id": "a", "speaker": "x", "start_time": 0, "end_time": 1.5, "words": "秘密 secret"}
STM = b";; a comment\nrec 1 Amy 0.0 1.25 <o,f0,female> secret words\nrec 1 Bob 1.0 2.0\n"
CTM = b"rec 1 0.0 0.5 secret 0.9\nrec 1 0.5 0.5 words\n"
RTTM = b"SPKR-INFO rec 1 <NA> <NA> <NA> unknown Amy <NA>\nSPEAKER rec 1 0.5 1.0 <NA> <NA> Amy <NA> <NA>\n"


def seglst(*segments: Any) -> bytes:
    return json.dumps(segments, ensure_ascii=False).encode()


def one(data: bytes, name: str = "x") -> Account:
    (account,) = account_files.read(data, name).values()
    return account


@pytest.mark.parametrize(
    ("data", "kind", "speakers", "said"),
    [
        (seglst(SEGMENT), "SegLST", ("x",), ["秘密 secret"]),
        (seglst({**SEGMENT, "start_time": "0.0", "end_time": "1.5"}), "SegLST", ("x",), ["秘密 secret"]),
        (STM, "STM", ("Amy", "Bob"), ["secret words", ""]),
        (STM.replace(b"\n", b"\r\n"), "STM", ("Amy", "Bob"), ["secret words", ""]),
        (b"rec 1 1 0.0 2.0 hello\n", "STM", ("1",), ["hello"]),
        (b"rec 1 1 0.0 2.0 3 4\n", "STM", ("1",), ["3 4"]),
        (CTM, "CTM", (), ["secret", "words"]),
        (RTTM, "RTTM", ("Amy",), []),
        (record_json.serialize(spoken(("S1", "好的"))), "record", ("S1",), ["好的"]),
        ("\ufeff".encode() + RTTM, "RTTM", ("Amy",), []),
        (STM.decode().encode("utf-16"), "STM", ("Amy", "Bob"), ["secret words", ""]),
    ],
)
def test_a_format_is_told_by_its_content(
    data: bytes, kind: str, speakers: tuple[str, ...], said: list[str]
) -> None:
    account = one(data, "misleading.stm" if kind == "STM" else "misleading.txt")
    assert (account.kind, account.speakers) == (kind, speakers)
    assert [p.text for p in account.passages] == said


def test_a_file_of_several_recordings_is_taken_apart() -> None:
    found = account_files.read(seglst(SEGMENT, {**SEGMENT, "session_id": "b"}), "x")
    assert set(found) == {"a", "b"}


def test_times_are_milliseconds_and_nothing_lasts_no_time() -> None:
    (passage,) = one(seglst({**SEGMENT, "start_time": 1.0004, "end_time": 1.0004})).passages
    assert (passage.span.start, passage.span.end) == (1000, 1001)


def test_a_label_that_names_the_person_is_kept_beside_the_speaker() -> None:
    account = one(seglst({**SEGMENT, "label": "Amy"}))
    assert account.name_of(account.speakers[0]) == "Amy"
    twice = one(seglst({**SEGMENT, "label": "Amy"}, {**SEGMENT, "label": "Bob"}))
    assert twice.name_of(twice.speakers[0]) == "x"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b";; nothing\n", "nothing but comments"),
        (b"[]", "no segments"),
        (b"[{]", "line 1 is wrong"),
        (b"[\n{},\n x]", "line 3 is wrong"),
        (b"[" * 100_000, "nested too deep"),
        (b"{}", "some other kind"),
        (b'{"statements": 3, "diarization": {}}', "damaged record"),
        (b"[3]", "segment 1, is no object"),
        (seglst(SEGMENT, {**SEGMENT, "words": None}), "segment 2, has words that are no text"),
        (seglst({k: v for k, v in SEGMENT.items() if k != "speaker"}), "segment 1, has no speaker"),
        (seglst({**SEGMENT, "end_time": "secret"}), "no number"),
        (seglst({**SEGMENT, "end_time": -1}), "ends before it begins"),
        (b'[{"speaker": "x", "start_time": 0, "end_time": NaN, "words": "a"}]', "no number"),
        (b'[{"speaker": "x", "start_time": 0, "end_time": 1e300, "words": "a"}]', "beyond a week"),
        (seglst({**SEGMENT, "end_time": True}), "no number"),
        (STM + b"rec 1 secret\n", "line 4, is no STM"),
        (STM + b"rec 1 Amy 2 1 secret\n", "line 4, ends before it begins"),
        (STM + b"rec 1 Amy 1 2 IGNORE_TIME_SEGMENT_IN_SCORING\n", "line 4, asks for a stretch"),
        (RTTM + b"SPEAKER rec 1 secret\n", "line 3, has 4 fields"),
        (RTTM + b"SPEAKER rec 1 1 -1 <NA> <NA> Amy <NA> <NA>\n", "line 3, ends before it begins"),
        (RTTM + b"secret rec 1 1 1 <NA> <NA> Amy <NA> <NA>\n", "line 3, is no RTTM"),
        (b"SPKR-INFO rec 1 <NA> <NA> <NA> unknown Amy <NA>\n", "no line of type SPEAKER"),
        (b"a secret letter\n", "not known (line 1)"),
        (b"ok\nsecret \xff\n", "line 2, is not UTF-8"),
    ],
)
def test_what_is_wrong_is_said_without_repeating_it(data: bytes, says: str) -> None:
    with pytest.raises(TranscriptError) as raised:
        account_files.read(data, "ref.txt")
    assert says in raised.value.what
    assert raised.value.what.startswith("ref.txt")
    assert raised.value.cure.endswith(".")
    assert "secret" not in str(raised.value)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        found = account_files.read(data, "x")
    except TranscriptError:
        return
    assert found

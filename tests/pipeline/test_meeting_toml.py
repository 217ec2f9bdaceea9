"""meeting.toml is read strictly, and what is wrong with it is said without a name."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from pipeline.form import fields_of, text_of
from pipeline.meeting_template import TEMPLATE
from pipeline.meeting_toml import _KEYS, parse, read, table_of
from speakers.error import MeetingError
from speakers.meeting import Person, Wish
from tests.conftest import MEETING, SECRETS

PERSON = '[[participants]]\nname = "蔡佩珊"\n'


def test_a_meeting_is_read_in_full() -> None:
    meeting = parse(MEETING)
    assert (meeting.title, meeting.date, meeting.glossary) == (
        "寵物友善運輸協作會議",
        "2024-05-01",
        ("附議",),
    )
    assert [(p.id, p.wish, p.heard_at) for p in meeting.participants] == [
        ("p1", Wish.NAMED, (1_000,)),
        ("p2", Wish.ANONYMOUS, (3_000,)),
        ("p3", Wish.NOT_RECORDED, (6_000,)),
    ]


def test_times_for_sayit_want_the_date_and_the_time_of_day() -> None:
    assert parse("sayit_times = true\ndate = 2024-05-01\nbegins = 14:05:00").sayit_times
    assert not parse("sayit_times = false").sayit_times
    assert not parse("date = 2024-05-01\nbegins = 14:05:00").sayit_times


def test_the_template_is_valid_as_it_is_and_with_everything_filled_in() -> None:
    assert parse(TEMPLATE) == parse("")
    filled = "\n".join(
        line.removeprefix("# ") if "=" in line or "[[" in line else line for line in TEMPLATE.split("\n")
    )
    tomllib.loads(filled.replace("wish: named", "# wish: named"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('titel = "x"', 'unknown key "titel". Did you mean "title"?'),
        ('Titel = "x"', 'Did you mean "title"?'),
        ('"蔡佩珊" = "anonymous"', "an unknown key, number 1. Known are: title, date"),
        (PERSON + 'wisch = "anonymous"', 'Participant 1 has an unknown key "wisch". Did you mean "wish"?'),
        (PERSON + 'wish = "anonymus"', 'Did you mean "anonymous"?'),
        (PERSON + 'wish = "匿名"', "The wish of participant 1 is unknown."),
        (PERSON + PERSON, "Participants 1 and 2 have the same name."),
        (PERSON + '[[participants]]\nname = "x"\naliases = ["蔡佩珊"]\nwish = "anonymous"', "Participant 1 would"),
        (PERSON + 'heard_at = "14"', '"heard_at" of participant 1 is no moment.'),
        (PERSON + "heard_at = 14", "is no moment"),
        (PERSON + 'heard_at = ["0:14", "0:99"]', "is no moment"),
        (PERSON + "aliases = [1]", '"aliases" is no list of texts.'),
        (PERSON + 'aliases = [" "]', "Participant 1 has an empty name or alias."),
        ("[[participants]]\nwish = 'named'", "Participant 1 has no name."),
        ("[participants]\nname = 'x'", "Begin each one with [[participants]]."),
        ("participants = [1]", "no list of blocks"),
        ('date = "113-05-01"', "Write it as 2024-05-01"),
        ('date = "yesterday"', "Write it as 2024-05-01"),
        ("date = 2024-02-30", "not valid TOML"),
        ("date = 5", "Write it as"),
        ("title = 5", "quotation marks"),
        ("speakers = 0", "number of speakers"),
        ("speakers = true", "number of speakers"),
        ("speakers = { min = 5, max = 3 }", "number of speakers"),
        ("speakers = { most = 3 }", "unknown key"),
        ("sayit_times = true", "date or begins is missing"),
        ("sayit_times = true\ndate = 2024-05-01", "date or begins is missing"),
        ("sayit_times = true\nbegins = 14:05:00", "date or begins is missing"),
        ('sayit_times = "yes"', "neither true nor false"),
        ('language = "tw"', '"auto", "zh" or "en"'),
        ('[[links]]\nurl = "javascript:alert(1)"', "no web address"),
        ('title = "x', "not valid TOML (at its end)"),
        ('蔡佩珊 = "anonymous"', "not valid TOML (line 1)"),
        ("a = " + "[" * 100_000, "not valid TOML"),
        ("speakers = " + "9" * 5_000, "not valid TOML"),
        ("title = 'x'\ntitle = 'y'", "not valid TOML"),
    ],
)  # fmt: skip
def test_a_slip_is_named_with_its_cure(text: str, says: str) -> None:
    with pytest.raises(MeetingError) as caught:
        parse(text)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not [name for name in SECRETS if name in str(caught.value)]


@pytest.mark.parametrize("data", [b"\xff\xfe\x00t", bytes(range(128, 256)), "標題".encode("big5")])
def test_bytes_are_no_text(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "meeting.toml"
    path.write_bytes(data)
    with pytest.raises(MeetingError, match="Save it as UTF-8"):
        read(path)


def test_what_notepad_writes_is_read(tmp_path: Path) -> None:
    path = tmp_path / "meeting.toml"
    path.write_bytes(b"\xef\xbb\xbftitle = 'x'\r\n")
    assert read(path).title == "x"


def test_a_missing_file_and_a_folder_are_errors(tmp_path: Path) -> None:
    with pytest.raises(MeetingError, match="no such file"):
        read(tmp_path / "none.toml")
    with pytest.raises(MeetingError, match="is a directory"):
        read(tmp_path)


def test_the_form_loses_no_key_of_a_meeting() -> None:
    """What the room's form shows and sends back is what was there."""
    filled = re.sub(r"^# (?=\[\[|[a-z_]+ = )", "", TEMPLATE, flags=re.MULTILINE)
    table = table_of(filled)
    assert table.keys() == set(_KEYS)
    back = table_of(text_of(fields_of(table)))
    assert set(back) == set(table)
    people = Unregistered()
    for key in (
        "agenda",
        "begins",
        "join",
        "video",
        "licence",
        "links",
        "glossary",
        "microphones",
        "brought",
    ):
        assert getattr(parse(text_of(fields_of(table)), people), key) == getattr(
            parse(filled, people), key
        ), key


class Unregistered:
    """A register with somebody in it."""

    def person(self, entry_id: str) -> Person:
        return Person(entry_id, "游品妤")

    def elsewhere(self, taking_part: frozenset[str]) -> tuple[Person, ...]:
        return ()

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from output.slug import MAX_CHARACTERS, slug


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("2024-05-01 開放政府會議", "2024-05-01-開放政府會議"),
        ("2024-05-01 Open Data / API v1.2", "2024-05-01-open-data-api-v1.2"),
        ("..\\..\\a:b|c", "a-b-c"),
        (".hidden", "hidden"),
        ("a\x00b\nc\u202ed", "a-b-c-d"),
        ("e\u0301té", "été"),
        ("NUL.txt", "record-nul.txt"),
        ("", "record"),
        ("👍", "record"),
        ("長" * 80, "長" * 50),
        ("a" * 49 + " b", "a" * 49),
    ],
)
def test_names_are_safe(heading, expected):
    assert slug(heading) == expected


@given(st.text())
def test_any_heading_gives_a_name_that_every_disk_and_address_takes(heading: str) -> None:
    name = slug(heading)
    assert 1 <= len(name) <= MAX_CHARACTERS
    assert len(name.encode()) <= 200
    assert not re.search(r'[\s/\\:*?"<>|%#&\x00-\x1f]|\.\.', name)
    assert name[0] not in ".-"
    assert name[-1] not in ".-"
    assert name == unicodedata.normalize("NFC", name)
    assert slug(name) == name

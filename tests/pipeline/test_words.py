"""Every word of the program's own that people see has Chinese and English."""

import ast
import re
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import audit, public, words
from pipeline.jobs import order as job
from pipeline.room.accounts import Role
from redaction import decision, mark, rates, risk
from speakers import meeting, reason
from tests.test_docs import ROOT

ENUMS: dict[str, type[StrEnum]] = {
    "public": public.Public,
    "wish": meeting.Wish,
    "medium": meeting.Medium,
    "stand": meeting.Stand,
    "kind": mark.Kind,
    "tier": mark.Tier,
    "fact": meeting.FactKind,
    "verdict": decision.Verdict,
    "why": reason.Why,
    "risk": risk.Why,
    "peril": risk.Peril,
    "length": rates.Length,
    "role": Role,
    "job": job.State,
    "outcome": audit.Outcome,
}

NO_CUES = re.compile(r"utf-|latin-1|percent-encoded|quoted-printable|heard-names|cue-word")
"""Hyphenated words of the rules that are names of encodings or of a rule itself."""


def strings(folder: str) -> set[str]:
    return {
        node.value
        for path in (ROOT / folder).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def first_arguments(folder: str, callee: str) -> set[str]:
    """What functions of that name are first called with, where that is written out."""
    return {
        node.args[0].value
        for path in (ROOT / folder).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == callee
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


@pytest.mark.parametrize("group", ENUMS)
def test_every_value_of_an_enum_has_a_name_and_nothing_else_has_one(group: str) -> None:
    assert set(words.table()[group]) == set(ENUMS[group])


def test_every_hyphenated_word_of_the_rules_has_a_name() -> None:
    said = {s for s in strings("redaction") if re.fullmatch(r"[a-z]+(?:-[a-z0-9]+)+", s)}
    known = set(words.table()["cue"]) | set(words.table()["level"])
    assert not {s for s in said - known if not NO_CUES.match(s)}


def test_what_a_number_or_a_fact_is_has_a_name() -> None:
    assert set(meeting.FactKind) <= set(words.table()["cue"])
    assert first_arguments("redaction", "_Meaning") <= set(words.table()["cue"])


def test_every_stage_and_step_has_a_name() -> None:
    assert first_arguments("pipeline", "Stage") <= set(words.table()["stage"])
    steps = first_arguments("speakers", "progress") | first_arguments("redaction", "progress")
    assert steps
    assert steps <= set(words.table()["step"])


def test_every_act_has_a_name() -> None:
    assert {kind.__name__.lower() for kind in decision.Act.__args__} <= set(words.table()["act"])


def test_nothing_has_half_a_name_or_simplified_characters() -> None:
    for group, values in words.table().items():
        for value, (zh, en) in values.items():
            assert zh, (group, value)
            assert en, (group, value)
            assert not re.search(r"[,;:!?]", zh), (group, value)


@given(st.sampled_from(sorted(words.table())), st.text())
def test_a_word_that_nobody_knows_is_said_in_english(group: str, value: str) -> None:
    zh, en = words.of(group, value)
    assert en or not value.replace("-", " ")
    assert not zh or value in words.table()[group] or value.startswith("interrupted in ")


def test_where_a_recording_was_interrupted_is_named() -> None:
    assert words.of("state", "interrupted in transcribe").zh == "中斷：聽寫"
    assert Path(words.__file__).with_suffix(".toml").is_file()

"""Released records for the tests: one that reads like a meeting, and any that the types allow."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from redaction.released import Cue, PublicSection, PublicSpeaker, PublicStatement, Released, ReleasedSound
from speakers.meeting import Licence, Link
from speakers.record import Millis, Span, union

# The machine is shared: a slow moment is no failure.
settings.register_profile(
    "shared", deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("shared")

ODD = (
    "<b>&amp;</b>",
    "-->",
    "# 一：",
    "###",
    "> （笑）",
    "1. ",
    "- ",
    "*a*_b_`c`[d](e)~f~",
    "\\*",
    "&lt;",
    "&#x41;",
    "：",
    ": ",
    "📅 時間",
    "👩‍👩‍👧",
    "שלום",
    "\u202e",
    "\u200b",
    "\x00",
    "\x1b[0m",
    "\ufffe",
    "\u3000",
    "\r\n\r\n",
    "e\u0301",
    "\u037e",
    "\U000f0000",
    "NOTE",
    "WEBVTT",
    "<v X>",
    "<!-- x -->",
    "]]>",
    "\"'",
)

Make = Callable[..., Released]


def _released(
    spoken: list[tuple[int, str]] | None = None,
    speakers: list[PublicSpeaker] | None = None,
    **changed: object,
) -> Released:
    if spoken is None:
        spoken = [
            (0, "各位好，今天談開放政府。"),
            (1, "我住在［地址］，<不方便>說。"),
            (0, "謝謝。"),
            (0, "下一位。"),
        ]
    if speakers is None:
        speakers = [
            PublicSpeaker("高慧敏", "高慧敏", "交通局", named=True),
            PublicSpeaker("參與者 1", "參與者1", "", named=False),
        ]
    statements = tuple(
        PublicStatement(speaker, text, (Cue(Span(Millis(n * 1000), Millis(n * 1000 + 900)), text),))
        for n, (speaker, text) in enumerate(spoken)
    )
    fields: dict[str, object] = {
        "title": "開放政府會議",
        "date": "2024-05-01",
        "place": "臺北",
        "case": "A-1",
        "links": (Link("現場錄影", "https://example.org/v?a=1&b=2"),),
        "language": "zh",
        "speakers": tuple(speakers),
        "statements": statements,
        "sound": ReleasedSound(allowed=True, reason="", replaced=()),
        "approval": "a" * 64,
        "approved_at": "2024-05-20T10:00:00+08:00",
        "approvers": 2,
        "hidden": (("contact", 1),),
    }
    fields.update(changed)
    return Released(**fields)  # type: ignore[arg-type]  # the test names the fields it changes


@pytest.fixture(scope="session")
def make() -> Make:
    """A released record, with what the test changes."""
    return _released


@pytest.fixture(scope="session")
def released() -> Released:
    return _released()


def _any_text() -> st.SearchStrategy[str]:
    odd = st.lists(st.one_of(st.sampled_from(ODD), st.text(max_size=6)), min_size=1, max_size=5).map("".join)
    return odd.filter(bool)


@st.composite
def _any_released(draw: st.DrawFn) -> Released:
    speakers = [
        PublicSpeaker(label, label if named else f"P{n}", draw(_any_text()) if named else "", named=named)
        for n, (label, named) in enumerate(
            draw(st.lists(st.tuples(_any_text(), st.booleans()), min_size=1, max_size=4))
        )
    ]
    texts = draw(st.lists(st.tuples(st.integers(0, len(speakers) - 1), _any_text()), max_size=6))
    return _released(
        texts,
        speakers,
        title=draw(st.one_of(st.just(""), _any_text())),
        date=draw(st.sampled_from(["", "2024-05-01", "113/05/01"])),
        place=draw(_any_text()),
        links=tuple(Link(draw(_any_text()), "https://a.example/" + draw(_any_text())) for _ in range(2)),
        language=draw(st.sampled_from(["zh", "en"])),
        sound=ReleasedSound(allowed=True, reason="", replaced=union([])),
    )


@st.composite
def _any_meeting(draw: st.DrawFn) -> Released:
    """Any record with an agenda, times, pages and a licence, or without."""
    released = draw(_any_released())
    firsts = sorted(draw(st.lists(st.integers(0, len(released.statements)), max_size=4)))
    moments = sorted(draw(st.lists(st.integers(0, 90_000_000), min_size=4, max_size=4)))
    address = st.one_of(st.just(""), _any_text().map("https://b.example/".__add__))
    return dataclasses.replace(
        released,
        sections=tuple(
            PublicSection(
                draw(_any_text()),
                first,
                Millis(at) if draw(st.booleans()) else None,
                draw(address),
            )
            for first, at in zip(firsts, moments, strict=False)
        ),
        case=draw(_any_text()),
        begins=draw(st.sampled_from(["", "00:00:00", "14:05:00", "23:59:58"])),
        join=draw(st.sampled_from(["", "a4b2f4ac-5e4c-4c8b-8a48-1fd38c9a7a44"])),
        video=draw(address),
        licence=draw(st.sampled_from(Licence)),
        sayit_times=draw(st.booleans()),
    )


@pytest.fixture(scope="session")
def meetings() -> st.SearchStrategy[Released]:
    """Any released record, with everything that a meeting may bring along."""
    return _any_meeting()


@pytest.fixture(scope="session")
def releases() -> st.SearchStrategy[Released]:
    """Any released record, with every character that might break a format."""
    return _any_released()

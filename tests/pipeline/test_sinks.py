"""After a full run, with failures in every stage, nothing but what has to hold a protected name does."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from pipeline import review
from pipeline.engines import Engines
from pipeline.folder import MeetingFolder
from redaction.decision import Corrected
from redaction.scan import scan, terms_of
from speakers.meeting import Participant, Wish
from speakers.record import Diarization
from speakers.sound import Samples
from tests.engines import scripted
from tests.engines.crashing import CrashingDiarizer, CrashingTranscriber
from tests.engines.scripted import publish

CANARY = Participant("p2", "蔡佩珊", aliases=("佩珊", "毛毛媽", "Tsai Pei-shan"), wish=Wish.ANONYMOUS)
TERMS = terms_of([CANARY])

MAY_HOLD = {
    "20-words.json": "every word as it was heard, unmasked: what a draft is made from",
    "40-record.json": "the same words by voice: what a reviewer reads",
    "ledger.jsonl": "the reviewer's own words: a correction that spells the name",
}
"""Private files of a meeting that have to hold what was said, each with its reason."""

CANNOT_BE_READ = {
    "register.key": "32 random bytes",
}


def _boom() -> BaseException:
    """An engine's error that quotes what it was working on."""
    return RuntimeError("蔡佩珊 Tsai Pei-shan said: 毛毛媽")


class _CrashingEncoder:
    fingerprint = "scripted encoder 1"

    def __call__(self, samples: Samples) -> Diarization:
        raise _boom()


def _crashing() -> list[Engines]:
    return [
        scripted.engines(transcriber=CrashingTranscriber(_boom)),
        scripted.engines(diarizer=CrashingDiarizer(_boom)),
        scripted.engines(encoder=_CrashingEncoder()),  # type: ignore[arg-type]  # it never returns
    ]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go, of this process and of those it starts."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return place


def _holding(root: Path) -> set[str]:
    """Files under a folder in which a name was found or nobody could look, relative to it."""
    found = set()
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        for hit in scan(path, TERMS):
            assert hit.term or path.name in CANNOT_BE_READ, f"{path.name} cannot be looked into"
            if hit.term:
                found.add(str(path.relative_to(root)))
    assert not [h for h in scan(root, TERMS) if h.where.startswith("file name")]
    return found


def test_no_sink_holds_a_name(
    recording: Path,
    data: Path,
    temporary: Path,
    hear: Callable[..., MeetingFolder],
    zhuzi: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    for engines in _crashing():
        monkeypatch.setattr("pipeline.engines.engines", lambda _, e=engines: e)
        failed = zhuzi("run", recording)
        said += [failed.output, failed.stderr]
    assert sum("Error" in text for text in said) >= 2, "no stage failed"
    monkeypatch.setattr("pipeline.engines.engines", lambda _: scripted.engines())
    ran = zhuzi("run", recording)
    assert ran.exit_code == 0
    folder = hear()
    said += [ran.output, zhuzi("status").output, zhuzi("status", folder.id, "--json").output]

    draft = review.draft_of(folder)
    statement = draft.record.statements[-1]
    review.decide(
        folder, "Reviewer", [Corrected(statement.id, text="謝謝蔡佩珊，散會。", text_digest=statement.digest)]
    )
    undecided = zhuzi("release", folder.id)
    said += [undecided.output, undecided.stderr]
    assert undecided.exit_code != 0
    review.accept_proposed(folder, "Reviewer")
    with monkeypatch.context() as patch:
        patch.setattr("output.files.write", _fails)
        failed = zhuzi("release", folder.id)
        assert "unforeseen" in failed.stderr
        said += [failed.output, failed.stderr]
    publish(folder)
    review.approve(folder, "Somebody else")
    publish(folder)
    assert list((folder.root / "withdrawn").iterdir())
    captured = capfd.readouterr()

    told = tmp_path / "told"
    told.mkdir()
    (told / "output.txt").write_text(
        "\n".join([*said, captured.out, captured.err, caplog.text]), encoding="utf-8"
    )
    inside = f"meetings/{folder.id}/"
    assert {name.removeprefix(inside) for name in _holding(data)} == set(MAY_HOLD)
    for place in (told, temporary, *data.parent.glob("data-*"), folder.public, folder.root / "withdrawn"):
        assert _holding(place) == set(), place.name


def _fails(*_: object, **__: object) -> tuple[Path, ...]:
    raise _boom()

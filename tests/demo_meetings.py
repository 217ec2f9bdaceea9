"""Both meetings of the demonstration, published: heard as their references have them, so that no model is needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from pipeline import review
from pipeline.demo import telephone_conversation
from pipeline.folder import MeetingFolder
from pipeline.publish import publish
from pipeline.run import run
from redaction.released import Released
from speakers.record import Millis, Span, Word
from speakers.transcribe import Progress, Sound, Transcript
from tests import videos
from tests.conftest import silent_report
from tests.engines import example, scripted

Said = tuple[tuple[str, int, int, str], ...]

_OF_COLLAB = """
publish = "video"
picture_shows_nobody = true
begins = "14:05:00"
join = "a4b2f4ac-5e4c-4c8b-8a48-1fd38c9a7a44"
"""
_AGENDA = """
[[agenda]]
title = "開場與說明"
at = "0:00"

[[agenda]]
title = "提案人的經驗 <寵物推車>"
at = "0:16.5"
slides = "https://example.org/簡報.pdf?a=1&b=2"

[[agenda]]
title = "討論"
at = "0:30"
"""


@dataclass(frozen=True)
class Published:
    """A meeting of which there is a release."""

    folder: MeetingFolder
    released: Released

    def file(self, ending: str) -> Path:
        """The file of a format."""
        (found,) = (p for p in self.folder.public.iterdir() if p.name.split(".", 1)[1] == ending)
        return found


@dataclass(frozen=True)
class _Told:
    """Hears what it was told, whatever the sound is: a word at each space, and two characters of Chinese."""

    said: Said
    fingerprint: str = "told 1"

    def __call__(
        self, sound: Sound, language: str, vocabulary: tuple[str, ...], progress: Progress
    ) -> Transcript:
        return Transcript(language, tuple(word for row in self.said for word in _words(*row[1:])), ())


def _words(start: int, end: int, text: str) -> Iterator[Word]:
    rows = [
        (part[at : at + 2] if not part.isascii() else part, at == 0 and part.isascii())
        for part in text.split()
        for at in range(0, 1 if part.isascii() else len(part), 2)
    ]
    for number, (part, spaced) in enumerate(rows):
        moments = [start + (end - start) * n // len(rows) for n in (number, number + 1)]
        yield Word(part, Span(Millis(moments[0]), Millis(moments[1])), 0.9, spaced)


def _of_stm(path: Path) -> Said:
    rows = [line.split(maxsplit=5) for line in path.read_text("utf-8").splitlines()]
    voices = {name: f"S{n}" for n, name in enumerate(dict.fromkeys(row[2] for row in rows), 1)}
    return tuple((voices[r[2]], round(float(r[3]) * 1000), round(float(r[4]) * 1000), r[5]) for r in rows)


def telephone(home: Path) -> Published:
    """The conversation of two people in English, with its sound."""
    recording = telephone_conversation()
    facts = (example.PLACE / "telephone.toml").read_text("utf-8")
    return _published(
        home, recording, 'licence = "CC-BY-4.0"\n' + facts, _of_stm(recording.with_suffix(".stm"))
    )


def collab(home: Path) -> Published:
    """The collaborative meeting in Chinese, with an agenda and a picture that moves."""
    with av.open(str(example.PLACE / "zhtw_collab.flac")) as container:
        convert = av.AudioResampler(format="s16", layout="stereo", rate=videos.RATE_HZ)
        blocks = [b.to_ndarray() for f in container.decode(audio=0) for b in convert.resample(f)]
    sound = np.concatenate(blocks, axis=1).reshape(-1, 2)
    recording = videos.film(home / "film.mkv", sound)
    facts = (example.PLACE / "zhtw_collab.toml").read_text("utf-8")
    return _published(home, recording, _OF_COLLAB + facts + _AGENDA, example.SAID)


def _published(home: Path, recording: Path, facts: str, said: Said) -> Published:
    toml = home / "meeting.toml"
    toml.write_text(facts, "utf-8")
    heard_by = scripted.engines(transcriber=_Told(said), diarizer=scripted.ScriptedDiarizer(said=said))
    folder = run(recording, toml, home / "data", lambda: heard_by, silent_report)
    review.accept_proposed(folder, "the tests")
    return Published(folder, publish(folder, listener=lambda: _Told(())))

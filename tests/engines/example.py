"""The meeting of examples/zhtw_collab, heard exactly as its reference has it: people who do not exist, at length.

`python -m tests.engines.example` is the child of background work that hears so; half-way it waits until somebody
writes into the pipe that EXAMPLE_GATE names.
"""

from __future__ import annotations

import json
import os
import re
import wave
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

import pipeline.engines
from pipeline import work_child
from pipeline.engines import Engines
from speakers.record import Millis, Span, Word
from speakers.transcribe import Progress, Sound, Transcript
from tests.engines import scripted

PLACE = Path(__file__).parents[2] / "examples"

ROSTER = "\n".join(
    (
        "姓名\t職稱\t意願\t別名\t時間",
        "沈立言\t主持人\t具名\t\t0:05",
        "高慧敏\t交通局\t具名\t\t",
        "蔡佩珊\t提案人\t匿名\t佩珊、毛毛媽\t0:18",
        "張育誠\t附議人\t具名\t\t0:26",
        "游品妤\t\t匿名\t品妤、小妤\t0:30",
    )
)
"""As it is copied from a spreadsheet; which voice is 高慧敏's is left for the reviewer to say."""


def _said() -> Iterator[tuple[str, int, int, str]]:
    rows = json.loads((PLACE / "zhtw_collab.seglst.json").read_text("utf-8"))
    ids: dict[str, str] = {}
    ends = [next_["start_time"] for _, next_ in pairwise(rows)] + [rows[-1]["end_time"]]
    for row, next_start in zip(rows, ends, strict=True):
        voice = ids.setdefault(row["speaker"], f"S{len(ids) + 1}")
        end = min(float(row["end_time"]), float(next_start))
        yield voice, round(float(row["start_time"]) * 1000), round(end * 1000), row["words"]


SAID = tuple(_said())
"""Who says what from when to when, in milliseconds; one after the other."""


BEGINS = "14:00:00"
"""The time of day at the recording's 0:00."""

QUESTION = "小型犬也要放進籠子嗎？"

SLIDO = f"""\
Question,Author name,Upvotes,Date created,Answered
{QUESTION},蔡佩珊,12,2026-05-01 14:01:30,yes
捷運站會貼出標示嗎？,,5,2026-05-01 14:01:40,no
"""
"""What was asked in writing, as Slido exports it: first by somebody who is to be hidden."""

CHAT = "時間,姓名,內容\n14:01:35,張育誠,我可以補充數字。\n"
"""A chat of which nobody but a person can tell that it is one."""


def recording(path: Path) -> Path:
    """Noise that is loud while somebody speaks, as the scripted ears listen for."""
    rng = np.random.default_rng(7)
    samples = rng.uniform(-0.004, 0.004, (SAID[-1][2] + 500) * 16)
    for _, start, end, _ in SAID:
        syllables = np.repeat(rng.uniform(0.12, 0.5, (end - start) // 160 + 1), 160 * 16)
        samples[start * 16 : end * 16] = (
            rng.uniform(-1, 1, (end - start) * 16) * syllables[: (end - start) * 16]
        )
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes((samples * 32_767).astype(np.int16).tobytes())
    return path


class Ears(scripted.ScriptedTranscriber):
    """Hears every word that nothing replaced; Latin words are one word each."""

    def __call__(
        self, sound: Sound, language: str, vocabulary: tuple[str, ...], progress: Progress
    ) -> Transcript:
        progress("transcribe", len(sound) // 2, len(sound))
        gate = Path(os.environ.get("EXAMPLE_GATE", "/nowhere"))
        if gate.exists():
            gate.read_bytes()
            gate.unlink()  # the worker hands its environment to every later child
        progress("transcribe", len(sound), len(sound))
        heard = (word for row in self.said for word in _words(*row[1:]))
        return Transcript("zh", tuple(word for word in heard if scripted.loud(sound, word.span)), ())


def _words(start: int, end: int, text: str) -> Iterator[Word]:
    parts = re.findall(r"[A-Za-z]+|[^A-Za-z\s]{1,2}", text)
    for number, part in enumerate(parts):
        begin = start + (end - start) * number // len(parts)
        span = Span(Millis(begin), Millis(start + (end - start) * (number + 1) // len(parts)))
        yield Word(part, span, 0.35 if "噪音" in part or "急診" in part else 0.94)


def engines(*_: object) -> Engines:
    """Scripted engines that hear it."""
    return scripted.engines(transcriber=Ears(said=SAID), diarizer=scripted.ScriptedDiarizer(said=SAID))


if __name__ == "__main__":
    pipeline.engines.engines = engines
    work_child.main()

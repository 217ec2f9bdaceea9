"""A finished meeting of five hours without running a model: 4,500 statements, 72,000 words, about 800 marks.

It is what the review room is built for. Everybody in it is invented, and what they say is put together from the
planted test set's sentences. The sound is noise where somebody speaks, and takes next to no disk elsewhere.

    python bench/long_meeting.py --data DIR [--statements 4500] [--decided 400] [--corrected 400]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.planted_sentences import CUED, FILLER, PLAIN
from pipeline import intake, register
from pipeline.digest import sha256_of
from pipeline.folder import MeetingFolder
from pipeline.review import decide, draft_of
from redaction.decision import Act, Corrected, Decided, Verdict
from speakers import record_json
from speakers.record import Diarization, Millis, Record, Span, SpeakerId, Statement, Turn, Word, digest
from speakers.sound import SAMPLE_RATE_HZ

HOURS, STATEMENTS, MARKS = 5, 4_500, 800
"""The size that the review room is built for."""

_SPACING_MS = HOURS * 3_600_000 // STATEMENTS
_WORD_MS, _NOISE_MS = 235, 200
_MENTION, _CONTACT = 0.165, 0.015
"""How often a statement names a protected person, or holds a telephone number."""

_PEOPLE = (
    ("沈立言", "主持人", (), "named"),
    ("蔡佩珊", "", ("佩珊", "毛毛媽"), "anonymous"),
    ("林品妤", "", ("品妤",), "anonymous"),
    ("歐陽明軒", "", ("明軒", "小軒"), "not named"),
    ("陳筱明", "", ("筱明",), "anonymous"),
    ("高慧敏", "科長", (), "named"),
    ("王志豪", "專員", (), "named"),
    ("李雅婷", "里長", (), "named"),
    ("張文雄", "委員", (), "named"),
    ("吳淑芬", "組長", (), "named"),
    ("黃柏翰", "律師", (), "named"),
    ("周怡君", "教授", (), "named"),
)
"""Name, role, aliases and wish; each has a voice, and two voices more are nobody's yet."""

_VOICES = len(_PEOPLE) + 2
_WORDS = re.compile(r"[A-Za-z]+[，。、？！]?|[^A-Za-z\s]{1,2}[，。、？！]?")


def make(data: Path, *, statements: int = STATEMENTS, seed: int = 5) -> MeetingFolder:
    """Put the meeting into a data directory, ready for review.

    Args:
        data: where meetings live; its consent register is made beside it, as the settings say.
        statements: how many; 4 s each.
        seed: the same seed gives the same meeting.
    """
    folder = MeetingFolder(data / "meetings" / digest("long meeting", str(statements), str(seed))[:12])
    (folder.root / "original").mkdir(parents=True)
    folder.root.chmod(0o700)
    record = recorded(statements, seed)
    files = {"transcribe": "20-words.json", "diarize": "30-turns.json", "attribute": "40-record.json"}
    (folder.root / files["diarize"]).write_bytes(record_json.serialize(record.diarization))
    (folder.root / files["attribute"]).write_bytes(record_json.serialize(record))
    words = [w for s in record.statements for w in s.words]
    written = json.dumps({"language": "zh", "words": len(words)}) + "\n"
    (folder.root / files["transcribe"]).write_text(written, encoding="utf-8")
    sound = folder.root / "10-sound.wav"
    _noise(sound, record)
    os.link(sound, folder.root / "original" / "recording.wav")
    stages = {
        name: {
            "file": file,
            "finished": True,
            "finishes": 1,
            "attempts": 1,
            "seconds": 0.0,
            "inputs": "bench",
        }
        | {"sha256": sha256_of(folder.root / file)}
        for name, file in {"decode": sound.name, **files}.items()
    }
    size = sound.stat().st_size
    folder.note(recording={"sha256": folder.id, "bytes": size}, stages=stages, version=1)
    taken = intake.take_in("".join(_described(record)), folder.id, register.of(data))
    folder.describe(taken.kept)
    return folder


def recorded(statements: int, seed: int) -> Record:
    """What was heard: people speak in turn, each statement in its own four seconds."""
    chance = random.Random(seed)  # noqa: S311 - repeatable by intent
    made: list[Statement] = []
    turns: list[Turn] = []
    for number in range(statements):
        voice = SpeakerId(f"S{1 + (number if number < _VOICES else chance.randrange(_VOICES))}")
        at = number * _SPACING_MS
        words = tuple(_spoken(_sentence(chance), at))
        made.append(Statement(f"a{number + 1}", voice, words))
        turns.append(Turn(Span(Millis(max(0, at - 40)), Millis(words[-1].span.end + 40)), voice))
    both = tuple(turns)
    return Record("zh", tuple(made), Diarization(both, both, Millis(statements * _SPACING_MS)))


def _sentence(chance: random.Random) -> str:
    draw = chance.random()
    if draw < _MENTION:
        hidden = [p for p in _PEOPLE if p[3] != "named"]
        name, _, aliases, _ = chance.choice(hidden)
        said = chance.choice(CUED + PLAIN).format(who=chance.choice((name, *aliases)))
    elif draw < _MENTION + _CONTACT:
        said = f"我的電話是零九{''.join(chance.choice('零一二三四五六七八九') for _ in range(8))}，"
    else:
        said = chance.choice(_CLAUSES) + "，"
    while len(said) < 25:
        said += chance.choice(_CLAUSES) + chance.choice("，，。")
    return said.rstrip("，。？！") + "。"


_CLAUSES = tuple(clause for text in FILLER for clause in re.split("[，。]", text) if clause.strip())


def _spoken(text: str, at: int) -> Iterator[Word]:
    """Sixteen words at most, as a recognizer gives them; the last one holds what is left."""
    found = list(_WORDS.finditer(text))
    for number, match in enumerate(found):
        start = at + min(number, 15) * _WORD_MS + max(0, number - 15) * 10
        spaced = match.start() > 0 and text[match.start() - 1] == " "
        yield Word(match.group(), Span(Millis(start), Millis(start + _WORD_MS)), 0.8, spaced)


def _described(record: Record) -> Iterator[str]:
    yield 'title = "五小時的會議"\ndate = 2026-05-01\nglossary = ["附議", "協作會議"]\n'
    for number, (name, role, aliases, wish) in enumerate(_PEOPLE):
        at = record.statements[number].span.start // 1_000 + 1 if number < len(record.statements) else 0
        called = json.dumps(aliases, ensure_ascii=False)
        yield f'\n[[participants]]\nname = "{name}"\nrole = "{role}"\naliases = {called}\n'
        yield f'wish = "{wish}"\nheard_at = "{at // 60}:{at % 60:02}"\n'


def _noise(path: Path, record: Record) -> None:
    """A WAV file with a burst of noise where each statement begins, and holes between."""
    block = np.random.default_rng(1).uniform(-6_000, 6_000, SAMPLE_RATE_HZ * _NOISE_MS // 1_000)
    burst = block.astype("<i2").tobytes()
    size = 2 * SAMPLE_RATE_HZ * (record.diarization.duration // 1_000)
    header = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 1, 1, SAMPLE_RATE_HZ,
                         2 * SAMPLE_RATE_HZ, 2, 16, b"data", size)  # fmt: skip
    with path.open("wb") as file:
        file.write(header)
        for statement in record.statements:
            file.seek(len(header) + 2 * SAMPLE_RATE_HZ * statement.span.start // 1_000 // 2 * 2)
            file.write(burst)
        file.truncate(len(header) + size)


def review(folder: MeetingFolder, *, decided: int, corrected: int) -> None:
    """Let somebody decide and correct so much of it."""
    draft = draft_of(folder)
    acts: list[Act] = [Decided(m.id, Verdict.MASK) for m in draft.undecided[:decided]]
    plain = [s for s in draft.record.statements if not draft.marks_in(s.id)]
    acts += [Corrected(s.id, s.digest, f"{s.text[:-1]}對不對？") for s in plain[:corrected]]
    decide(folder, "林審閱", tuple(acts), how="bench/long_meeting.py")


def main() -> None:
    """Make the meeting and say what it holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="data directory; a meeting is added to it")
    parser.add_argument("--statements", type=int, default=STATEMENTS)
    parser.add_argument("--decided", type=int, default=0, help="so many marks are masked")
    parser.add_argument("--corrected", type=int, default=0, help="so many statements are corrected")
    given = parser.parse_args()
    folder = make(given.data.absolute(), statements=given.statements)
    if given.decided or given.corrected:
        review(folder, decided=given.decided, corrected=given.corrected)
    draft = draft_of(folder)
    words = sum(len(s.words) for s in draft.record.statements)
    print(f"{folder.id}: {len(draft.record.statements)} statements, {words} words, {len(draft.marks)} marks")


if __name__ == "__main__":
    main()

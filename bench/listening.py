"""What listeners still find in masked sound: recognizers that know whom they look for, and references."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.signal import resample_poly

from bench.rows import Row, limited, plain
from output import sound as masking
from pipeline import review
from pipeline.engines import engines, reader
from pipeline.folder import MeetingFolder
from pipeline.publish import publish
from pipeline.run import run
from pipeline.settings import settings
from redaction import mentions
from redaction.audible import MENTION_MARGIN_MS
from redaction.draft import Draft
from redaction.mark import Tier
from redaction.release import release
from redaction.released import Released
from speakers import attribute, sound
from speakers.error import ModelError, RecordingError
from speakers.kokoro import RATE_HZ, VOICES, Reader
from speakers.meeting import Meeting, Participant, Wish
from speakers.phonetics import near_readings
from speakers.record import Diarization, Millis, Record, Span, union
from speakers.sound import SAMPLE_RATE_HZ
from speakers.timeline import opened, track
from speakers.transcribe import Transcriber

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
PROTECTED = {"p1", "p3"}
"""Of the example's reference: those who asked for anonymity."""

MARGINS_MS = (0, 100, 250, 400, 600)

_NAMES = "佩珊 育誠 品妤 立言 慧敏 思妤 冠廷 詩涵 柏翰 雅婷 承恩 宜蓁 家豪 欣怡".split()  # noqa: SIM905
_AROUND = (("謝謝", "今天來這裡說明。"), ("剛剛", "說的意見我們會帶回去。"), ("這個問題請", "補充一下。"))

Pcm = npt.NDArray[np.int16]


def listening(scratch: Path) -> Iterator[Row]:
    """Every figure that takes models."""
    chosen = settings(scratch / "data")
    heard_by = engines(chosen)
    listener = heard_by.transcriber()
    recording = EXAMPLES / "zhtw_collab.flac"
    folder = run(recording, EXAMPLES / "zhtw_collab.toml", chosen.data, lambda: heard_by, lambda *_: None)
    review.accept_proposed(folder, "bench")
    draft = review.draft_of(folder)
    published = publish(folder, listener=lambda: listener)
    yield from _found(folder, draft, listener, scratch)
    yield from _audible(draft, published)
    yield from _syllables(draft, recording, listener, scratch)
    try:
        voice = reader(chosen)
    except ModelError:
        yield Row(
            "ms of a name beside its span", None, "≤ 0", False, "fetch the voice: zhuzi models fetch kokoro"
        )
        return
    yield from _edges(voice, listener, scratch)


def _heard(path: Path, listener: Transcriber, hint: tuple[str, ...], scratch: Path) -> Record:
    wav = scratch / "heard.wav"
    duration = sound.decode(sound.look(path), wav, lambda *_: None, silence=True)
    nobody = Diarization((), (), duration)
    try:
        said = listener(sound.Sound(wav), "zh", hint, lambda *_: None)
    except RecordingError:
        return Record("zh", (), nobody)
    return attribute.record(said.language, said.words, nobody)


def _names(meeting: Meeting) -> tuple[str, ...]:
    return tuple(name for p in meeting.protected for name in p.names)


def _found(folder: MeetingFolder, draft: Draft, listener: Transcriber, scratch: Path) -> Iterator[Row]:
    mp3 = next(folder.public.glob("*.mp3"))
    for how, hint in (("no hint", ()), ("their names as a hint", _names(draft.meeting))):
        record = _heard(mp3, listener, hint, scratch)
        tiers = [mark.tier for mark in mentions.find(draft.meeting, record)]
        strict = sum(t in {Tier.A, Tier.B} for t in tiers)
        yield limited(f"mentions in the published sound, {how}", strict, 0, "the example; tiers A and B")
        yield plain(
            f"the same, {how}, tier C", tiers.count(Tier.C), "two characters that sound alike, no cue"
        )


def _turns(path: Path) -> Iterator[tuple[str, Span]]:
    for line in path.read_text("utf-8").splitlines():
        _, _, _, start, length, _, _, who, *_ = line.split()
        begin = round(float(start) * 1000)
        yield who, Span(Millis(begin), Millis(begin + round(float(length) * 1000)))


def _share(spans: tuple[Span, ...], hidden: tuple[Span, ...]) -> float:
    total = sum(s.length for s in spans)
    return sum(a.overlap(b) for a in spans for b in hidden) / total


def _audible(draft: Draft, published: Released) -> Iterator[Row]:
    turns = list(_turns(EXAMPLES / "zhtw_collab.rttm"))
    theirs = union(s for who, s in turns if who in PROTECTED)
    others = union(s for who, s in turns if who not in PROTECTED)
    left = 100 * (1 - _share(theirs, published.sound.replaced))
    how = "by the reference, overlaps included"
    yield limited("% of protected people's speech still audible", left, 2, how)
    yield plain("% of the others' speech replaced", 100 * _share(others, published.sound.replaced), how)


def _syllables(draft: Draft, recording: Path, listener: Transcriber, scratch: Path) -> Iterator[Row]:
    """Names in the published sound by how much is replaced around each, where a named person says them."""
    plain_release = release(draft)
    turns = tuple(s for who, s in _turns(EXAMPLES / "zhtw_collab.rttm") if who in PROTECTED)
    spans = [
        s.time_of(m.char_start, m.char_end)
        for m in draft.marks
        if (s := draft.record.statement(m.statement_id)) is not None
    ]
    for margin in MARGINS_MS:
        hidden = union([s.widened(margin) for s in spans] + [t.widened(750) for t in turns])
        less = replace(plain_release, sound=replace(plain_release.sound, replaced=hidden))
        path = masking.publish(recording, less, scratch)
        record = _heard(path, listener, _names(draft.meeting), scratch)
        strict = [m for m in mentions.find(draft.meeting, record) if m.tier in {Tier.A, Tier.B}]
        near = _beside(record, spans, _names(draft.meeting))
        label = f"{margin} ms around mentions"
        how = f"{len(strict)} mentions (tiers A and B); names as a hint; protected turns replaced by the reference"
        if margin == MENTION_MARGIN_MS:
            yield limited(f"syllables of names heard beside them, {label}", near, 0, how)
        else:
            yield plain(f"syllables of names heard beside them, {label}", near, how)


def _beside(record: Record, spans: list[Span], names: tuple[str, ...]) -> int:
    """How many characters within 600 ms of a mention sound like one of a name."""
    readings = {r for name in names for c in name for r in near_readings(c)}
    near = [s.widened(600) for s in spans]
    return sum(
        any(not readings.isdisjoint(near_readings(c)) for c in word.text)
        for statement in record.statements
        for word in statement.words
        if any(word.span.overlap(s) for s in near)
    )


def _edges(voice: Reader, listener: Transcriber, scratch: Path) -> Iterator[Row]:
    """How far names reach beyond where the recognizer puts them: their times are known, as they were put there."""
    parts: list[Pcm] = []
    truth: list[Span] = []
    at = 0

    def add(samples: Pcm) -> Span:
        nonlocal at
        begin = at
        parts.append(samples)
        at += len(samples)
        return Span(Millis(begin * 1000 // SAMPLE_RATE_HZ), Millis(at * 1000 // SAMPLE_RATE_HZ))

    pause = np.zeros(SAMPLE_RATE_HZ // 2, np.int16)
    for number, (name, (before, after)) in enumerate(itertools.product(_NAMES, _AROUND)):
        which = number % len(VOICES["zh"])
        add(_said(voice, before, which))
        truth.append(add(_said(voice, name, which)))
        add(_said(voice, after, which))
        add(pause)
    path = scratch / "edges.flac"
    _flac(path, np.concatenate(parts))
    people = tuple(Participant(f"p{n}", name, wish=Wish.ANONYMOUS) for n, name in enumerate(_NAMES, start=1))
    record = _heard(path, listener, tuple(_NAMES), scratch)
    found = []
    for mark in mentions.find(Meeting(participants=people), record):
        statement = record.statement(mark.statement_id)
        if statement is not None:
            found.append(statement.time_of(mark.char_start, mark.char_end))
    pairs = [(t, max(found, key=t.overlap)) for t in truth if any(t.overlap(f) for f in found)]
    early = np.array([f.start - t.start for t, f in pairs])
    late = np.array([t.end - f.end for t, f in pairs])
    how = f"{len(pairs)} of {len(truth)} names found, put between other words"
    outside = np.concatenate([early, late])
    for share in (50, 95, 99, 100):
        yield plain(
            f"ms that a name begins or ends outside, {share}% at most",
            float(np.percentile(outside, share)),
            how,
        )
    for margin in MARGINS_MS:
        left = np.clip(early - margin, 0, None) + np.clip(late - margin, 0, None)
        share = float(np.mean(left > 50)) * 100
        label = f"% of names with more than 50 ms beside {margin} ms"
        yield limited(label, share, 1, how) if margin == MENTION_MARGIN_MS else plain(label, share, how)


def _said(voice: Reader, text: str, which: int) -> Pcm:
    samples = resample_poly(voice.read(text, "zh", which).astype(np.float64), SAMPLE_RATE_HZ, RATE_HZ)
    loud = np.flatnonzero(np.abs(samples) > 300)
    return np.rint(samples[loud[0] : loud[-1] + 1]).clip(-32768, 32767).astype(np.int16)


def _flac(path: Path, samples: Pcm) -> None:
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("flac", rate=SAMPLE_RATE_HZ, layout="mono")
        for begin in range(0, len(samples), SAMPLE_RATE_HZ):
            piece = np.ascontiguousarray(samples[begin : begin + SAMPLE_RATE_HZ]).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(piece, format="s16", layout="mono")
            frame.sample_rate, frame.pts = SAMPLE_RATE_HZ, begin
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with opened(path) as made:
        assert track(made).rate == SAMPLE_RATE_HZ  # noqa: S101 - a bench checks itself

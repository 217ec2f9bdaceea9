"""The goals of hearing as rows: what ours has to reach beside its peers."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence

from bench.material import SENTENCES
from bench.measure import Figures, Measured
from bench.rows import Row, against, limited, plain

_WORDS = {
    "sequential": "faster-whisper sequential, beam 5, word timestamps, VAD filter",
    "plain": "faster-whisper sequential, its defaults",
    "batched": "faster-whisper batched, beam 5, word timestamps",
    "whisperx": "whisperX 3.8.6, no alignment model",
}

_TURNS, _XTURNS, _OURS = "sequential + word turns", "whisperx + pyannote", "ours, whole"

_Of = Callable[[Figures], "float | None"]


def _wall(f: Figures) -> float:
    return f.wall_s


def _cpu(f: Figures) -> float:
    return f.cpu_s


def _length(f: Figures) -> float:
    return f.length_s


def _word_errors(f: Figures) -> float | None:
    return f.words.errors if f.words else None


def _spoken_errors(f: Figures) -> float | None:
    return f.spoken.errors if f.spoken else None


def _turn_errors(f: Figures) -> float | None:
    return f.turns.missed_s + f.turns.false_alarm_s + f.turns.confusion_s if f.turns else None


_LENGTHS: Mapping[_Of, _Of] = {
    _word_errors: lambda f: f.words.length if f.words else None,
    _spoken_errors: lambda f: f.spoken.length if f.spoken else None,
    _turn_errors: lambda f: f.turns.total_s if f.turns else None,
}


def rows(measured: Measured, peaks: Mapping[str, float], arithmetic: str) -> Iterator[Row]:
    """Every row but those of the long recording.

    Args:
        measured: with engines "ours" and "ours, voices" and their peers.
        peaks: operations a second by precision; without any there is no roofline.
        arithmetic: CTranslate2's name for it.
    """
    yield from _words(measured)
    yield from _time_of_words(measured)
    yield from _silence(measured)
    yield from _voices(measured)
    yield from _whole(measured)
    for engine, peak in measured.peaks.items():
        how = f"its process, all tasks and runs; {measured.loading_s.get(engine, 0.0):.1f} s to load and warm up"
        yield plain(f"peak memory GB: {engine}", peak / 1000, how)
    if peaks:
        yield from _roofline(measured, peaks, arithmetic)


def _errors(measured: Measured, engine: str, of: _Of, groups: Sequence[str] = ()) -> list[float]:
    """Percent, for each run."""
    wrong, length = measured.runs(engine, of, groups), measured.runs(engine, _LENGTHS[of], groups)
    return [100 * a / b for a, b in zip(wrong, length, strict=True) if b]


def _median(values: Sequence[float]) -> float | None:
    return statistics.median(values) if values else None


def _better(measured: Measured, engines: Sequence[str], of: _Of, groups: Sequence[str] = ()) -> str:
    """The one with the lower median."""
    found = {e: statistics.median(values) for e in engines if (values := measured.runs(e, of, groups))}
    return min(found, key=lambda e: found[e], default=engines[0])


def _words(measured: Measured) -> Iterator[Row]:
    for engine in ("ours", *_WORDS):
        how = _WORDS.get(engine, "no meeting.toml, no hints") + ("; all recordings with words together")
        yield plain(f"WER/CER %: {engine}", _median(_errors(measured, engine, _word_errors)), how)
    limit = _better(measured, ("sequential", "plain"), _word_errors)
    yield against(
        "WER/CER, × sequential",
        _errors(measured, "ours", _word_errors),
        _errors(measured, limit, _word_errors),
        0.95,
        f"all recordings with words; against the better of the two sequential modes: {limit}",
    )
    for group in measured.groups:
        mine = _errors(measured, "ours", _word_errors, [group])
        if not mine:
            continue
        parts = [
            f"{e} {value:.1f}"
            for e in ("ours", *_WORDS)
            if (value := _median(_errors(measured, e, _word_errors, [group]))) is not None
        ]
        theirs = _errors(measured, limit, _word_errors, [group])
        yield against(f"{group}: WER/CER, × sequential", mine, theirs, None, f"%: {', '.join(parts)}")


def _time_of_words(measured: Measured) -> Iterator[Row]:
    long = [g for g in measured.groups if g != SENTENCES and measured.runs("ours", _word_errors, [g])]
    goals: dict[str, float | None] = {"batched": 1.0, "sequential": 0.5, "plain": None, "whisperx": None}
    for engine, goal in goals.items():
        how = "transcription alone, voice activity detection included, " + ", ".join(long)
        if engine == "plain":
            how += "; less work: it neither looks for speech nor tells when each word is said"
        for what, of in (("time", _wall), ("processor time", _cpu)):
            yield against(
                f"transcription: {what}, × {engine}",
                measured.runs("ours", of, long),
                measured.runs(engine, of, long),
                goal if of is _wall else None,
                how,
            )
    yield against(
        f"{SENTENCES}: time, × sequential",
        measured.runs("ours", _wall, [SENTENCES]),
        measured.runs("sequential", _wall, [SENTENCES]),
        None,
        "single sentences, each a recording by itself",
    )
    for engine in ("ours", *_WORDS):
        yield _pace(measured, engine, "transcription", long)


def _pace(measured: Measured, engine: str, what: str, groups: Sequence[str] = ()) -> Row:
    wall, cpu, length = (measured.runs(engine, of, groups) for of in (_wall, _cpu, _length))
    if not wall:
        return plain(f"{what}: real-time factor, {engine}", None, "not measured")
    paces = [a / b for a, b in zip(wall, length, strict=True)]
    spread = f"{min(paces):.3f} to {max(paces):.3f}; processor time {statistics.median(cpu) / length[0]:.3f}"
    return plain(f"{what}: real-time factor, {engine}", statistics.median(paces), spread)


def _silence(measured: Measured) -> Iterator[Row]:
    for side, goal, by in (
        ("audited", 1.0, "where the voice activity detector hears speech, stretches of .8 s or more"),
        ("referred", 1.0, "where the reference has speech, stretches of .8 s or more"),
    ):
        for engine in ("ours", "sequential", "batched"):

            def total(part: str, engine: str = engine, side: str = side) -> float | None:
                found = [
                    getattr(getattr(f, side), part) / 1000
                    for f in measured.figures
                    if f.engine == engine and f.run == 0 and getattr(f, side) is not None
                ]
                return sum(found) if found else None

            speech, bare, untold = map(total, ("speech", "wordless", "unreported"))
            if not speech or bare is None or untold is None:
                continue
            share, how = 100 * bare / speech, f"{by}: {bare:.1f} s of {speech:.1f} s"
            name = "by the audit" if side == "audited" else "by the reference"
            if engine != "ours":
                yield plain(f"speech with no words, {name}, %: {engine}", share, how)
                continue
            yield limited(f"speech with no words, {name}, %", share, goal, how)
            yield limited(f"the same unreported, {name}, s", untold, 0.0, "neither words nor （聽不清）")


def _voices(measured: Measured) -> Iterator[Row]:
    mine, theirs = "ours, voices", "pyannote"
    for engine in (mine, theirs):
        rate = _median(_errors(measured, engine, _turn_errors))
        yield plain(f"DER %: {engine}", rate, "no collar, overlap counted; all recordings with turns")
    yield against(
        "DER, × pyannote's default",
        _errors(measured, mine, _turn_errors),
        _errors(measured, theirs, _turn_errors),
        1.0,
        "same two models, step .1, threshold .7, its own embedding of every window and speaker",
    )
    for what, of, goal in (("time", _wall, 0.1), ("processor time", _cpu, None)):
        yield against(
            f"diarization: {what}, × pyannote's default",
            measured.runs(mine, of),
            measured.runs(theirs, of),
            goal,
            "diarization alone",
        )
    for group in measured.groups:
        ours, peer = (_errors(measured, e, _turn_errors, [group]) for e in (mine, theirs))
        if ours and peer:
            how = f"%: ours {_median(ours):.1f}, pyannote {_median(peer):.1f}"
            yield against(f"{group}: DER, × pyannote's default", ours, peer, None, how)
    for engine in (mine, theirs):
        yield _pace(measured, engine, "diarization")


def _whole(measured: Measured) -> Iterator[Row]:
    for engine in (_OURS, _TURNS, _XTURNS):
        rate = _median(_errors(measured, engine, _spoken_errors))
        yield plain(f"cpWER/cpCER %: {engine}", rate, "all recordings with words and turns")
    limit = _better(measured, (_XTURNS, _TURNS), _spoken_errors)
    yield against(
        "cpWER/cpCER, × the better peer",
        _errors(measured, _OURS, _spoken_errors),
        _errors(measured, limit, _spoken_errors),
        0.9,
        f"the better is {limit}; peers with pyannote's default turns",
    )
    for what, of, goal in (("time", _wall, 0.5), ("processor time", _cpu, None)):
        yield against(
            f"whole pipeline: {what}, × whisperX",
            measured.runs(_OURS, of),
            measured.runs(_XTURNS, of),
            goal,
            "whisperX and pyannote's default, without an alignment model",
        )
    for group in measured.groups:
        found = {e: _median(_errors(measured, e, _spoken_errors, [group])) for e in (_OURS, _TURNS, _XTURNS)}
        if found[_OURS] is not None:
            how = ", ".join(f"{e} {value:.1f}" for e, value in found.items() if value is not None)
            yield plain(f"{group}: cpWER/cpCER %", found[_OURS], how)
    for engine in (_OURS, _TURNS, _XTURNS):
        yield _pace(measured, engine, "whole pipeline")


def _roofline(measured: Measured, peaks: Mapping[str, float], arithmetic: str) -> Iterator[Row]:
    linear = "int8" if arithmetic.startswith("int8") else arithmetic
    other = "float16" if "float16" in arithmetic else "float32"
    for kind, peak in peaks.items():
        yield plain(f"peak of this machine, {kind}, GFLOP/s", peak / 1e9, "the fastest product of matrices")
    shares = [(e, "transcription", peaks[linear], peaks[other]) for e in ("ours", *_WORDS)]
    shares += [(e, "diarization", peaks["float32"], peaks["float32"]) for e in ("ours, voices", "pyannote")]
    for engine, what, by_weights, by_the_rest in shares:
        wall, length = measured.runs(engine, _wall), measured.runs(engine, _length)
        if not wall:
            continue
        roof = measured.runs(engine, lambda f, a=by_weights, b=by_the_rest: f.work.seconds(a, b))  # type: ignore[misc]
        done = measured.runs(engine, lambda f: f.work.linear + f.work.other)
        part = measured.runs(engine, lambda f: f.work.linear)
        pairs = [100 * a / b for a, b in zip(roof, wall, strict=True)]
        weights = 100 * part[0] / max(1, done[0])
        how = f"{done[0] / length[0] / 1e9:.2f} GFLOP for a second of sound, {weights:.0f}% of it by weights"
        yield plain(f"{what}: share of peak %, {engine}", statistics.median(pairs), how)


def long(hours: float, peaks: Mapping[float, float], took: Mapping[float, float]) -> Iterator[Row]:
    """The memory of a long recording, and of one a third as long.

    Args:
        hours: how long it was to be; 0 if none was asked for.
        peaks: megabytes by hours, of those that came to their end.
        took: real-time factor by hours.
    """
    for each in sorted(peaks):
        yield plain(f"peak memory GB, {each:g} h", peaks[each] / 1000, f"real-time factor {took[each]:.3f}")
    most, least = peaks.get(hours), peaks.get(hours / 3)
    how = "decode, transcribe, diarize, attribute, in a process of its own"
    if most is None:
        how = "not measured: " + ("it did not come to its end" if hours else "--hours 0")
    value = None if most is None else most / 1000
    yield limited(f"peak memory GB of {hours or 3:g} h, whole pipeline", value, 2.0, how)
    growth = most / least if most and least else None
    how = f"over that of {hours / 3:g} h; flat means a tenth more at most" if growth else how
    yield limited("peak memory, growth with length", growth, 1.1, how)

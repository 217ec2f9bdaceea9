"""Error rates of a record against its reference, by the field's definitions, with their rules stated."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from speakers.record import Diarization
from speakers.traditional import to_simplified


def tokens(text: str) -> list[str]:
    """Latin words, numbers and single Han characters; case, punctuation and script are no errors.

    >>> tokens("Open data，開放。")
    ['open', 'data', '开', '放']
    """
    return re.findall(r"[a-z0-9']+|[\u3400-\u9fff]", to_simplified(text).lower())


def error_rate(reference: Sequence[str], hypothesis: Sequence[str]) -> float:
    """Word error rate, for Chinese character error rate: edits over the length of the reference.

    >>> error_rate("abcd", "abxd")
    0.25
    """
    return Levenshtein.distance(reference, hypothesis) / len(reference)


def cp_error_rate(reference: Mapping[str, Sequence[str]], hypothesis: Mapping[str, Sequence[str]]) -> float:
    """CpWER (for Chinese cpCER): each speaker's words in a row, under the best pairing of speakers.

    Source:
        Watanabe et al., "CHiME-6 Challenge", 2020; as meeteval's `cpwer`, by trying every pairing, so for up to
        eight speakers or so.

    >>> cp_error_rate({"x": ["a", "b"], "y": ["c"]}, {"1": ["c"], "2": ["a", "b"]})
    0.0
    """
    wanted, found = list(reference.values()), list(hypothesis.values())
    size = max(len(wanted), len(found))
    wanted += [[]] * (size - len(wanted))
    found += [[]] * (size - len(found))
    distance = [[Levenshtein.distance(w, f) for f in found] for w in wanted]
    pairings = itertools.permutations(range(size))
    best = min(sum(distance[i][p] for i, p in enumerate(pairing)) for pairing in pairings)
    return best / sum(map(len, wanted))


def diarization_error_rate(reference: Path, heard: Diarization) -> float:
    """DER of turns against an RTTM file: no collar, overlapping speech counted, over the whole recording."""
    from pyannote.core import Annotation, Segment, Timeline
    from pyannote.metrics.diarization import DiarizationErrorRate

    wanted, found = Annotation(uri="x"), Annotation(uri="x")
    for number, line in enumerate(reference.read_text(encoding="utf-8").splitlines()):
        _, _, _, start, length, _, _, speaker, *_ = line.split()
        wanted[Segment(float(start), float(start) + float(length)), number] = speaker
    for number, turn in enumerate(heard.overlapping):
        found[Segment(turn.span.start / 1000, turn.span.end / 1000), number] = turn.speaker
    whole = Timeline([Segment(0, heard.duration / 1000)])
    return float(DiarizationErrorRate()(wanted, found, uem=whole))

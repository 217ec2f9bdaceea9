"""meeteval's one door: error rates of words that know about speakers and times.

meeteval is an extra, because it has to be compiled; where it is missing, `available` says so, and nothing here may be
called. Its functions get labels of our own instead of anybody's names, which they would write into warnings.
"""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from speakers.account import Passage
from speakers.tokens import tokens

MOST_SPEAKERS = 20
"""meeteval's cpWER and tcpWER take no more; so many are a fault in one of the files, it says."""

MOST_ORC_BYTES = 2_000_000_000
"""The greedy ORC-WER keeps one number for each utterance and word of a voice."""


@dataclass(frozen=True, slots=True)
class Edits:
    """What has to be done to the reference to get the hypothesis; counts of tokens.

    >>> (Edits(1, 2, 0, 10) + Edits(0, 0, 1, 10)).rate
    0.2
    """

    insertions: int
    deletions: int
    substitutions: int
    length: int

    def __add__(self, other: Edits) -> Edits:
        return Edits(
            self.insertions + other.insertions,
            self.deletions + other.deletions,
            self.substitutions + other.substitutions,
            self.length + other.length,
        )

    @property
    def errors(self) -> int:
        """All of them."""
        return self.insertions + self.deletions + self.substitutions

    @property
    def rate(self) -> float | None:
        """Errors over the length of the reference; None if that has no words."""
        return self.errors / self.length if self.length else None


def available() -> bool:
    """Whether meeteval is installed."""
    return importlib.util.find_spec("meeteval") is not None


def _segments(passages: Iterable[Passage]) -> Any:
    """Passages as meeteval takes them: tokens with spaces, seconds, and numbers in place of labels."""
    from meeteval.io import SegLST

    for name in ("preprocess", "time_constrained", "error_rate"):  # they warn of every overlap
        logging.getLogger(name).setLevel(logging.ERROR)
    labels: dict[str, str] = {}
    made = []
    for passage in passages:
        words = " ".join(tokens(passage.text))
        if words:
            made.append(
                {
                    "session_id": "x",
                    "speaker": labels.setdefault(passage.speaker, f"v{len(labels)}"),
                    "start_time": passage.span.start / 1000,
                    "end_time": passage.span.end / 1000,
                    "words": words,
                }
            )
    return SegLST(made)


def _edits(rate: Any) -> Edits:
    return Edits(rate.insertions, rate.deletions, rate.substitutions, rate.length)


def _too_many(*sides: tuple[Passage, ...]) -> bool:
    return any(len({p.speaker for p in side if tokens(p.text)}) > MOST_SPEAKERS for side in sides)


def cp(reference: tuple[Passage, ...], hypothesis: tuple[Passage, ...]) -> Edits | None:
    """CpWER: each speaker's words in a row, under the pairing of speakers with fewest errors.

    Args:
        reference: (n_passages,) sorted by start.
        hypothesis: (m_passages,) likewise.

    Returns:
        None beyond `MOST_SPEAKERS`.

    Source:
        Watanabe et al., "CHiME-6 Challenge", 2020; meeteval's `cpwer`.
    """
    from meeteval.wer import cp_word_error_rate

    if _too_many(reference, hypothesis):
        return None
    return _edits(cp_word_error_rate(_segments(reference), _segments(hypothesis)))


def tcp(reference: tuple[Passage, ...], hypothesis: tuple[Passage, ...], collar_s: float) -> Edits | None:
    """TcpWER: as `cp`, and words match only where their times are no further apart than the collar.

    Within a passage of several words meeteval places them by their length.

    Source:
        von Neumann et al., "MeetEval", 2023; meeteval's `tcpwer`.
    """
    from meeteval.wer import time_constrained_minimum_permutation_word_error_rate

    if _too_many(reference, hypothesis):
        return None
    return _edits(
        time_constrained_minimum_permutation_word_error_rate(
            _segments(reference), _segments(hypothesis), collar=collar_s
        )
    )


def greedy_orc(reference: tuple[Passage, ...], hypothesis: tuple[Passage, ...]) -> Edits | None:
    """Greedy ORC-WER: each utterance of the reference goes to the voice where it costs least, one after the other.

    It forgives wrong speakers and counts wrong words. The exact figure needs terabytes at five speakers; meeteval's
    greedy search starts from cpWER's pairing and moves utterances as long as that helps. Its own entry
    (`greedy_orcwer`) refuses more than ten voices, for the exact search's sake; the search itself is called here, and
    a test compares the two.

    Returns:
        None where it would need more than `MOST_ORC_BYTES`.

    Source:
        von Neumann et al., "On Word Error Rate Definitions and their Efficient Computation for Multi-Speaker Speech
        Recognition Systems", 2023; meeteval's `greedy_orcwer`.
    """
    from meeteval.wer import combine_error_rates
    from meeteval.wer.matching.greedy_combination_matching import (
        greedy_combination_matching,
        initialize_assignment,
    )

    said = [(tokens(p.text), p.speaker) for p in reference]
    utterances = [(words, speaker) for words, speaker in said if words]
    streams: dict[str, list[str]] = {}
    for passage in hypothesis:
        if words := tokens(passage.text):
            streams.setdefault(passage.speaker, []).extend(words)
    labels = list(streams)
    heard = sum(map(len, streams.values()))
    if len(labels) <= 1:
        assignment = [0] * len(utterances)
    elif 8 * len(utterances) * heard / len(labels) > MOST_ORC_BYTES:
        return None
    else:
        numbers: dict[str, int] = {}
        _, assignment = greedy_combination_matching(
            [[numbers.setdefault(w, len(numbers) + 1) for w in words] for words, _ in utterances],
            [[numbers.setdefault(w, len(numbers) + 1) for w in streams[label]] for label in labels],
            initial_assignment=initialize_assignment(
                _indexed(utterances), _indexed([(tuple(streams[label]), label) for label in labels])
            ),
        )
    rows: dict[int, list[str]] = {}
    for (words, _), stream in zip(utterances, assignment, strict=True):
        rows.setdefault(stream, []).extend(words)
    sides = [(rows.get(i, []), streams[label]) for i, label in enumerate(labels)] or [(rows.get(0, []), [])]
    return _edits(combine_error_rates(*(_siso(row, stream) for row, stream in sides)))


def _indexed(utterances: Iterable[tuple[tuple[str, ...], str]]) -> Any:
    from meeteval.io import SegLST

    return SegLST(
        [
            {"words": list(words), "speaker": speaker, "segment_index": index}
            for index, (words, speaker) in enumerate(utterances)
        ]
    )


def _siso(reference: list[str], hypothesis: list[str]) -> Any:
    from meeteval.wer import siso_word_error_rate

    # An empty side is no segment for meeteval's loader; one with an empty text is.
    return siso_word_error_rate(" ".join(reference), " ".join(hypothesis))

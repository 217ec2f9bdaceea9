"""The weights of `redaction/weighing.py`: fitted on the development split, and how well they tell names from words.

    python bench/mention_weights.py --data DIR [--hours 60] [--json]

DIR holds `background_zhtw.txt.gz`; nothing of it is kept. What is to be found: everything that the model in use wrote
for a name of the development split (`bench/confusions.json`), set between two words of a published transcript, half of
it with a cue. What is not: all that sounds a little like the people of `bench/redaction.py` in these transcripts. The
rows measured are those of five fits that each leave out a fifth of the names and hours, and count on these.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.planted import background
from bench.planted_classes import is_han, tokens, wrong
from bench.planted_ear import TABLE
from bench.planted_names import SPLITS, split_of, spoken_people
from bench.redaction import hours
from bench.rows import Row, plain, show
from redaction.chinese import matcher
from redaction.heard import Heard
from redaction.syllable import Likeness
from redaction.weighing import WEIGHTS, features, weighs
from speakers.meeting import Participant, Wish

_FOLDS = 5
_CUES = (0.0, 0.0, 0.0, 2.0, 3.0, 4.0)
"""What stands around half of the real mentions, in nats; chosen, not measured."""

_FALSE_AN_HOUR = (2, 5, 8)
_RIDGE = 1.0
_TIMES = 3
"""How often each name is set into a transcript."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Seen:
    """A stretch that may be a name: what is known of it, which stretches are decided with it, and its fold."""

    known: tuple[float, ...]
    group: str
    fold: int
    name: bool
    wrong: int = 0


def main() -> None:
    """Fit, and print the weights and how well they do."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="folder with background_zhtw.txt.gz")
    parser.add_argument("--hours", type=int, default=60, help="of published transcripts to search")
    parser.add_argument("--json", action="store_true", help="print rows {figure, value, goal, holds, how}")
    options = parser.parse_args()
    paragraphs = [p for rows in background(options.data) for p in rows]
    seen = [*_words(paragraphs, options.hours), *_names(paragraphs)]
    print(show(list(_rows(seen, options.hours)), as_json=options.json))


def _rows(seen: Sequence[_Seen], searched: int) -> Iterator[Row]:
    known = np.array([s.known for s in seen])
    name = np.array([s.name for s in seen])
    fold = np.array([s.fold for s in seen])
    prior, weights = _fit(known, name)
    yield plain("prior", prior, f"{int(name.sum())} names, {int((~name).sum())} stretches that are none")
    for feature, weight in zip(WEIGHTS, weights, strict=True):
        yield plain(f"weight: {feature}", weight, "")
    scores = np.zeros(len(seen))
    for left_out in range(_FOLDS):
        own, weights = _fit(known[fold != left_out], name[fold != left_out])
        scores[fold == left_out] = own + known[fold == left_out] @ weights
    best: dict[str, tuple[float, _Seen]] = {}
    for one, score in zip(seen, scores, strict=True):
        if one.group not in best or best[one.group][0] < score:
            best[one.group] = (float(score), one)
    false = sorted((score for score, one in best.values() if not one.name), reverse=True)
    for count in _FALSE_AN_HOUR:
        least = false[count * searched]
        for errors, what in ((0, "usual"), (1, "one wrong")):
            right = [score >= least for score, one in best.values() if one.name and one.wrong == errors]
            how = f"of {len(right)}, at {count} false forms an hour, nats above {least:.2f}"
            yield plain(f"recall, {what}, names apart %", 100 * sum(right) / max(1, len(right)), how)


def _fit(known: Floats, name: npt.NDArray[np.bool_]) -> tuple[float, Floats]:
    """Logistic regression: the prior and `(n_features,)` weights; `known` is (n, n_features)."""
    scale = known.std(axis=0) + 1e-9
    inside = np.column_stack([np.ones(len(known)), known / scale])
    sign = np.where(name, 1.0, -1.0)

    def loss(weights: Floats) -> tuple[float, Floats]:
        margin = sign * (inside @ weights)
        slope = -sign / (1.0 + np.exp(np.clip(margin, -500, 500)))
        ridge = np.concatenate([[0.0], weights[1:]])
        return float(
            np.logaddexp(0.0, -margin).sum() + _RIDGE * ridge @ ridge / 2
        ), inside.T @ slope + _RIDGE * ridge

    found = minimize(loss, np.zeros(inside.shape[1]), jac=True, method="L-BFGS-B").x
    return float(found[0]), found[1:] / scale


def _words(paragraphs: Sequence[str], count: int) -> Iterator[_Seen]:
    """What sounds like people who are not spoken of."""
    for number, (meeting, record) in enumerate(hours(paragraphs, count, "development")):
        for statement in record.statements:
            for known, subject, surface, _ in _stretches(meeting.protected, Heard(statement.text), None):
                yield _Seen(known, f"{number} {subject} {surface}", number % _FOLDS, name=False)


def _names(paragraphs: Sequence[str]) -> Iterator[_Seen]:
    """What was written for people who are."""
    chance = random.Random("weights")  # noqa: S311 - repeatable by intent
    homes = {given: split for split in SPLITS for _, given in spoken_people(split)}
    rows = json.loads(TABLE.read_text(encoding="utf-8"))["rows"]
    long = [p for p in paragraphs if len(p) > 40]
    for number, (said, form, _, _, _, written) in enumerate(rows):
        parts = tokens(written)
        if homes.get(said, split_of(said)) != "development" or written == said or len(parts) != 2:
            continue
        if form not in {"given", "small", "nickname"} or not all(map(is_han, parts)):
            continue
        for again in range(_TIMES):
            text = chance.choice(long)[:80]
            heard = Heard(text)
            cut = chance.choice([start for start, _ in heard.lattice.words()][1:] or [0])
            at = heard.span(cut, cut + 1)[0]
            placed = Heard(text[:at] + written + text[at:])
            cue = chance.choice(_CUES)
            for known, _, surface, start in _stretches((_called(said, form, chance),), placed, cue):
                if (start, surface) == (at, written):
                    yield _Seen(
                        known, f"{number} {again}", crc32(said.encode()) % _FOLDS, True, wrong(said, written)
                    )


def _called(said: str, form: str, chance: random.Random) -> Participant:
    """Somebody whom staff wrote down so, or, as often, by the full name only."""
    listed = form == "nickname" or chance.random() < 0.5
    given = {"given": said, "small": "秉" + said[-1]}.get(form, "秉澄")
    return Participant("p1", "馮" + given, "", (said,) if listed else (), Wish.ANONYMOUS)


def _stretches(
    people: tuple[Participant, ...], heard: Heard, cue: float | None
) -> Iterator[tuple[tuple[float, ...], str, str, int]]:
    """What is known of stretches that sound a little like a name of two syllables, whose, how they read and where."""
    for form, window in matcher(people).windows(heard):
        if weighs(form) and window.least < Likeness.VARIANT:
            there = heard.tokens[window.start : window.end]
            gain = heard.lattice.gain(window.start, window.end)
            worth = heard.cues(window.start, window.end)[1] if cue is None else cue
            known = features(form, there, window.nats, gain, worth)
            start = heard.span(window.start, window.end)[0]
            yield tuple(float(known[name]) for name in WEIGHTS), form.subject, "".join(there), start


if __name__ == "__main__":
    main()

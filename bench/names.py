"""Names given to voices, measured: on invented meetings, and enrolled voices on recordings with known turns.

    python bench/names.py [--json] [--bank develop] [--data DIR]

The words are those of `bench/meetings.py`: 200 meetings in Taiwan Mandarin and 200 in English, from the locked bank of
sentences and seeds that the rules were not developed with. DIR holds recordings with `NAME.flac` and `NAME.rttm`:
each person's turns are cut into halves, one of which is enrolled, and the other has to be recognised.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.meetings import invent
from bench.phrasing import DEVELOP, LOCKED
from bench.rows import Row, show
from pipeline.engines import EMBEDDING, fingerprint
from pipeline.models import open_model
from pipeline.settings import settings
from speakers import sound
from speakers.names import name
from speakers.naming_rates import NamingRates, rates
from speakers.record import Diarization, Millis, Span, SpeakerId, Turn
from speakers.voiceprint import MATCH_MS, THRESHOLD, CamPlusEncoder, Embedding, alone, embedded, recognised

MEETINGS = 200
"""In each language."""

FIRST_SEED = {"develop": 0, "locked": 1_000_000}


def words(bank: str) -> Iterator[Row]:
    """What is named by what people say."""
    everything, harder = NamingRates(), NamingRates()
    for phrasing in DEVELOP if bank == "develop" else LOCKED:
        total = NamingRates()
        for number in range(MEETINGS):
            invented = invent(FIRST_SEED[bank] + number, phrasing)
            total += rates(name(invented.meeting, invented.record), invented.truth)
            invented = invent(FIRST_SEED[bank] + number, phrasing, worse=3.0)
            harder += rates(name(invented.meeting, invented.record), invented.truth)
        everything += total
        yield from _rows(phrasing.language, total, f"{MEETINGS} invented meetings, {bank} bank and seeds")
    yield from _rows("both", everything, f"{2 * MEETINGS} invented meetings, {bank} bank and seeds")
    yield from _rows(
        "3 × the errors", harder, "the same seeds, with three times as much going wrong", goal=""
    )


def _rows(what: str, total: NamingRates, how: str, goal: str = "≥ 99") -> Iterator[Row]:
    good = total.precision >= 0.99 or not goal
    given = f"{total.right} right, {total.wrong} wrong; {how}"
    yield Row(f"{what}: precision of proposals %", 100 * total.precision, goal, good, given)
    yield Row(f"{what}: recall %", 100 * total.recall, "", True, how)
    voices = f"{total.contested} of {total.open + total.strange} because evidence is at odds; {how}"
    yield Row(f"{what}: abstention %", 100 * total.abstention, "", True, voices)


def voices(data: Path) -> Iterator[Row]:
    """Whether the one half of what somebody says is recognised by the other, and nobody else's is.

    Only people of one recording are held against each other: whether a voice of another one is the same person's is not
    known. Every pair is decided by itself, which is harder than beside the right person.
    """
    chosen = settings()
    encoder = CamPlusEncoder(
        open_model(EMBEDDING, chosen.models) / "campplus_cn_en_common.pt",
        fingerprint(EMBEDDING, chosen.models),
    )
    own: list[float] = []
    others: list[float] = []
    together = accepted = wrong = 0
    for turns in sorted([*data.glob("*.rttm"), *data.glob("*/*.rttm")]):
        halves = _halves(turns, encoder)
        people = {str(voice): half[0] for voice, half in halves.items()}
        heard = {voice: half[1] for voice, half in halves.items()}
        own += [float(a @ b) for a, b in halves.values()]
        others += [float(heard[v] @ people[p]) for v in heard for p in people if v != p]
        found = recognised(heard, people)
        together += len(heard)
        accepted += sum(m.speaker == m.participant_id for m in found)
        wrong += sum(m.speaker != m.participant_id for m in found)
    how = f"{len(own)} people and {len(others)} pairs of different ones, each within one recording"
    rejected = 100 * sum(s < THRESHOLD for s in own) / max(1, len(own))
    taken = 100 * sum(s >= THRESHOLD for s in others) / max(1, len(others))
    yield Row("voice: false accept %", taken, "≤ 0", taken == 0, how)
    yield Row("voice: false reject %", rejected, "", True, how)
    yield Row("voice: lowest score of the same person", min(own), "", True, f"threshold {THRESHOLD}")
    yield Row("voice: highest score of somebody else", max(others), "", True, f"threshold {THRESHOLD}")
    share = 100 * accepted / max(1, together)
    yield Row(
        "voice: recognised, with margin %",
        share,
        "",
        True,
        f"{wrong} wrong; all people of a recording at once",
    )


def _halves(rttm: Path, encoder: CamPlusEncoder) -> dict[SpeakerId, tuple[Embedding, Embedding]]:
    """Two embeddings of everybody who is heard alone long enough for both."""
    turns = tuple(
        sorted(
            Turn(
                Span(Millis(round(float(f[3]) * 1000)), Millis(round((float(f[3]) + float(f[4])) * 1000))),
                SpeakerId(f[7]),
            )
            for f in map(str.split, rttm.read_text(encoding="utf-8").splitlines())
            if float(f[4]) >= 0.001
        )
    )
    with tempfile.TemporaryDirectory() as scratch:
        duration = sound.decode(
            sound.look(rttm.with_suffix(".flac")), Path(scratch) / "sound.wav", lambda *_: None
        )
        samples = sound.Sound(Path(scratch) / "sound.wav")
        found = {}
        whole = Diarization((), turns, Millis(duration))
        for voice in whole.speakers:
            first, second = _split(alone(whole, (voice,)))
            one, other = (embedded(samples, half, encoder, MATCH_MS) for half in (first, second))
            if one is not None and other is not None:
                found[voice] = (one, other)
    return found


def _split(spans: tuple[Span, ...]) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The earlier and the later half of what somebody says."""
    left = sum(s.length for s in spans) // 2
    halves: tuple[list[Span], list[Span]] = ([], [])
    for span in spans:
        cut = Millis(span.start + min(span.length, max(0, left)))
        left -= span.length
        if cut > span.start:
            halves[0].append(Span(span.start, cut))
        if cut < span.end:
            halves[1].append(Span(cut, span.end))
    return tuple(halves[0]), tuple(halves[1])


def main() -> None:
    """Measure, and print a table or rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--bank", choices=list(FIRST_SEED), default="locked", help="of sentences and seeds")
    parser.add_argument(
        "--data", type=Path, help="folder of recordings with their turns, for enrolled voices"
    )
    parser.add_argument("--json", action="store_true", help="print rows {figure, value, goal, holds, how}")
    options = parser.parse_args()
    rows = list(words(options.bank))
    if options.data is not None:
        rows += voices(options.data)
    print(show(rows, as_json=options.json))


if __name__ == "__main__":
    main()

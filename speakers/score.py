"""How good an account is against a reference, by the field's definitions: every figure, and what they add up to."""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace

from rapidfuzz.distance import Levenshtein

from speakers import score_words
from speakers.account import Account, Passage, turns_of
from speakers.record import Millis, Span, SpeakerId, Turn, union
from speakers.score_turns import JaccardErrors, TurnErrors, der, jer, pairing
from speakers.score_words import Edits
from speakers.tokens import is_han, tokens

TCP_COLLAR_S = 5.0
"""meeteval's default."""

DER_COLLAR_S = 0.25
"""NIST's, on either side of each boundary."""

WORDLESS_MS = 800
"""Speech without a word counts from here on: shorter stretches are breaths between words."""

_GENERIC = re.compile(
    r"(?:s|spk|spkr|speaker|voice|person|participant|發言者|參與者|與會者|说话人|說話人|v|p)?[\s_-]*\d+|unknown|<na>|[a-z]?",
    re.IGNORECASE,
)
"""Labels that are nobody's name."""


@dataclass(frozen=True, slots=True)
class Naming:
    """Whether voices got the right people's names.

    Attributes:
        voices: of the hypothesis.
        people: of the reference.
        confirmed_right, confirmed_wrong: voices that somebody said are a person's, and whether they are.
        proposed_right, proposed_wrong: voices for which there is only evidence.
        people_confirmed: people of the reference of whom at least one confirmed voice is right.
        people_named: the same with proposed ones.
    """

    voices: int
    people: int
    confirmed_right: int
    confirmed_wrong: int
    proposed_right: int
    proposed_wrong: int
    people_confirmed: int
    people_named: int

    def __add__(self, other: Naming) -> Naming:
        return Naming(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def abstained(self) -> int:
        """Voices that nobody's name was given to."""
        given = self.confirmed_right + self.confirmed_wrong + self.proposed_right + self.proposed_wrong
        return self.voices - given


@dataclass(frozen=True, slots=True)
class Score:
    """Every figure of one recording, or of several together.

    Attributes:
        name: of the recording.
        duration: milliseconds.
        speech: milliseconds in which anybody of the reference speaks; wordless, in which there is no word of the
            hypothesis for at least `WORDLESS_MS`; marked, of these those that the hypothesis marks as not understood.
        han, length: Han characters among the tokens of the reference, and all of them.
        wer, cp, tcp, orc: errors of words; None where there are no words, meeteval is missing, or there is a note.
        der, der_collar, jer, jer_collar: errors of turns, without a collar and with one; None where there are no turns.
        reference_speakers, hypothesis_speakers: how many there are.
        miscounted: how many speakers too many or too few; of several recordings, all of them added up.
        naming: None where the reference's labels are nobody's names.
        pairs: (reference's speaker or None, hypothesis' voice or None), as DER pairs them.
        notes: what is missing, as sentences.
    """

    name: str
    duration: Millis
    speech: int | None
    wordless: int | None
    marked: int | None
    han: int
    length: int
    wer: Edits | None
    cp: Edits | None
    tcp: Edits | None
    orc: Edits | None
    der: TurnErrors | None
    der_collar: TurnErrors | None
    jer: JaccardErrors | None
    jer_collar: JaccardErrors | None
    reference_speakers: int | None
    hypothesis_speakers: int | None
    miscounted: int | None
    naming: Naming | None
    pairs: tuple[tuple[SpeakerId | None, SpeakerId | None], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def chinese(self) -> bool:
        """Whether most tokens are Han characters, so that error rates are called character error rates."""
        return 2 * self.han > self.length


def score(name: str, reference: Account, hypothesis: Account, tcp_collar_s: float = TCP_COLLAR_S) -> Score:
    """Every figure that these two allow.

    Args:
        name: of the recording.
        reference: what was really said; its turns may come from another file than its words.
        hypothesis: what is judged.
        tcp_collar_s: how far apart the times of matching words may be, for tcpWER.
    """
    worded = reference.worded and hypothesis.worded and bool(reference.passages)
    turned = reference.turned and hypothesis.turned
    duration = Millis(max(reference.duration, hypothesis.duration))
    notes = []
    wanted = spoken(reference.passages)
    cp = tcp = orc = None
    if worded and score_words.available():
        cp = score_words.cp(reference.passages, hypothesis.passages)
        tcp = score_words.tcp(reference.pieces, hypothesis.pieces, tcp_collar_s)
        orc = score_words.greedy_orc(reference.passages, hypothesis.passages)
        if cp is None:
            notes.append(f"More than {score_words.MOST_SPEAKERS} speakers: no cpWER and no tcpWER.")
        if orc is None:
            notes.append("Too long for the memory of ORC-WER at so few voices.")
    speech = union(t.span for t in reference.turns)
    bare = wordless(speech, (p.span for p in hypothesis.pieces if tokens(p.text))) if worded else ()
    found = pairing(reference.turns, hypothesis.turns, duration) if turned else {}
    counts = (len(reference.speakers), len(hypothesis.speakers)) if turned else None
    sides = (reference.turns, hypothesis.turns, duration)
    return Score(
        name=name,
        duration=duration,
        speech=sum(s.length for s in speech) if reference.turned else None,
        wordless=sum(s.length for s in bare) if worded and reference.turned else None,
        marked=sum(s.overlap(m) for s in bare for m in hypothesis.marked) if worded else None,
        han=sum(map(is_han, wanted)),
        length=len(wanted),
        wer=edits(wanted, spoken(hypothesis.pieces)) if worded else None,
        cp=cp,
        tcp=tcp,
        orc=orc,
        der=der(*sides) if turned else None,
        der_collar=der(*sides, DER_COLLAR_S) if turned else None,
        jer=jer(*sides) if turned else None,
        jer_collar=jer(*sides, DER_COLLAR_S) if turned else None,
        reference_speakers=counts[0] if counts else None,
        hypothesis_speakers=counts[1] if counts else None,
        miscounted=abs(counts[1] - counts[0]) if counts else None,
        naming=naming(reference, hypothesis) if turned else None,
        pairs=_pairs(reference, hypothesis, found) if turned else (),
        notes=tuple(notes),
    )


def with_turns(words: Account, turns: Account) -> Account:
    """A reference whose words come from one file and whose turns from another.

    Where the two share no label, the turns' speakers get the labels of those words that share the most time.
    """
    duration = Millis(max(words.duration, turns.duration))
    relabelled = turns.turns
    if words.turned and not {t.speaker for t in turns.turns} & {p.speaker for p in words.passages}:
        known = pairing(words.turns, turns.turns, duration)
        relabelled = turns_of((known.get(t.speaker, t.speaker), t.span) for t in turns.turns)
    return replace(words, kind=f"{words.kind} and {turns.kind}", turns=relabelled, duration=duration)


def spoken(passages: Iterable[Passage]) -> tuple[str, ...]:
    """(n_tokens,) of everybody, passage by passage in the order in which they begin."""
    return tuple(t for p in sorted(passages, key=lambda p: p.span.start) for t in tokens(p.text))


def edits(reference: tuple[str, ...], hypothesis: tuple[str, ...]) -> Edits:
    """Levenshtein's edits, each at the cost of one; for Chinese this is the character error rate.

    >>> edits(tuple("abcd"), tuple("abxd"))
    Edits(insertions=0, deletions=0, substitutions=1, length=4)
    """
    tags = [tag for tag, _, _ in Levenshtein.editops(reference, hypothesis)]
    return Edits(tags.count("insert"), tags.count("delete"), tags.count("replace"), len(reference))


def wordless(speech: Iterable[Span], words: Iterable[Span]) -> tuple[Span, ...]:
    """Stretches of speech of `WORDLESS_MS` or more in which no word stands.

    Args:
        speech: (n_stretches,) sorted, apart from each other.
        words: (n_words,) in any order.

    >>> wordless([Span(Millis(0), Millis(3000))], [Span(Millis(500), Millis(1000))])
    (Span(start=1000, end=3000),)
    """
    covered = union(words)
    bare, first = [], 0
    for stretch in speech:
        at = stretch.start
        while first < len(covered) and covered[first].end <= stretch.start:
            first += 1
        index = first
        while index < len(covered) and covered[index].start < stretch.end:
            if covered[index].start - at >= WORDLESS_MS:
                bare.append(Span(at, covered[index].start))
            at = max(at, covered[index].end)
            index += 1
        if stretch.end - at >= WORDLESS_MS:
            bare.append(Span(at, stretch.end))
    return tuple(bare)


def is_name(label: str) -> bool:
    """Whether a label may be somebody's name.

    >>> is_name("沈立言"), is_name("speaker_3"), is_name("S0")
    (True, False, False)
    """
    return _GENERIC.fullmatch(label.strip()) is None


def same_name(name: str) -> str:
    """One form for the ways in which a name is written.

    >>> same_name("Amy  CHEN") == same_name("amy chen"), same_name("陈筱薇") == same_name("陳筱薇")
    (True, True)
    """
    return "\0".join(tokens(name))


def naming(reference: Account, hypothesis: Account) -> Naming | None:
    """Whether the people that voices were said to be are those who speak in most of their turns.

    Returns:
        None if no label of the reference is the name of anybody whom the hypothesis could name.
    """
    people = {s: same_name(reference.name_of(s)) for s in reference.speakers if is_name(reference.name_of(s))}
    known = {same_name(n) for claim in hypothesis.claims for n in claim.names}
    if not known & set(people.values()):
        return None
    claims = {c.speaker: c for c in hypothesis.claims}
    outcomes: list[tuple[bool, bool]] = []
    confirmed: set[SpeakerId] = set()
    named: set[SpeakerId] = set()
    for voice in hypothesis.speakers:
        claim = claims.get(voice)
        if claim is None:
            continue
        who = _most_heard(reference.turns, [t for t in hypothesis.turns if t.speaker == voice])
        right = who is not None and people.get(who) in {same_name(n) for n in claim.names}
        outcomes.append((claim.confirmed, right))
        if right and who is not None:
            named.add(who)
            if claim.confirmed:
                confirmed.add(who)
    return Naming(
        voices=len(hypothesis.speakers),
        people=len(people),
        confirmed_right=outcomes.count((True, True)),
        confirmed_wrong=outcomes.count((True, False)),
        proposed_right=outcomes.count((False, True)),
        proposed_wrong=outcomes.count((False, False)),
        people_confirmed=len(confirmed),
        people_named=len(named),
    )


def _most_heard(reference: tuple[Turn, ...], voice: list[Turn]) -> SpeakerId | None:
    """Who speaks most of the time in which a voice does; `reference` is sorted."""
    starts = [t.span.start for t in reference]
    latest = list(itertools.accumulate((t.span.end for t in reference), max))
    shared: dict[SpeakerId, int] = {}
    for theirs in voice:
        index = bisect.bisect_left(starts, theirs.span.end) - 1
        while index >= 0 and latest[index] > theirs.span.start:
            turn = reference[index]
            shared[turn.speaker] = shared.get(turn.speaker, 0) + turn.span.overlap(theirs.span)
            index -= 1
    return max((s for s, common in shared.items() if common), key=lambda s: shared[s], default=None)


def _pairs(
    reference: Account, hypothesis: Account, found: Mapping[SpeakerId, SpeakerId]
) -> tuple[tuple[SpeakerId | None, SpeakerId | None], ...]:
    voice_of = {speaker: voice for voice, speaker in found.items()}
    paired = [(speaker, voice_of.get(speaker)) for speaker in reference.speakers]
    return (*paired, *((None, voice) for voice in hypothesis.speakers if voice not in found))


def total(scores: tuple[Score, ...]) -> Score:
    """All recordings as one: errors over lengths, so long ones weigh more; JER over all speakers.

    A figure that some recording lacks is one of the others, and a note says so.
    """
    values: dict[str, object] = {}
    incomplete = False
    for field in fields(Score):
        if field.name in {"name", "pairs", "notes"}:
            continue
        present = [v for s in scores if (v := getattr(s, field.name)) is not None]
        incomplete |= field.name != "naming" and 0 < len(present) < len(scores)
        together = None
        for value in present:
            together = value if together is None else together + value
        values[field.name] = together
    notes = ("Some recordings lack some figures; their totals are over the others.",) if incomplete else ()
    return Score(name="total", pairs=(), notes=notes, **values)  # type: ignore[arg-type]

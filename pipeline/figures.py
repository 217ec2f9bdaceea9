"""The figures of `zhuzi eval`: for people as a table, for programs as values. No word of a record is in them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from pipeline.evaluate import Compared
from speakers import score_words
from speakers.record import clock
from speakers.score import DER_COLLAR_S, WORDLESS_MS, Naming, Score
from speakers.score_turns import JaccardErrors, TurnErrors
from speakers.score_words import Edits
from speakers.tokens import RULES

INSTALL = "make eval (it needs a C++ compiler)"
_WITHOUT = f"meeteval is not installed, so cpWER, tcpWER and ORC-WER are left out. Install it: {INSTALL}."


def lines(compared: tuple[Compared, ...], whole: Score, tcp_collar_s: float) -> Iterator[str]:
    """Every figure with what it says, in columns; several recordings first side by side."""
    if len(compared) > 1:
        yield from _overview(tuple(c.score for c in compared), whole)
        yield ""
    yield from _block(compared[0] if len(compared) == 1 else None, whole, compared[0].score, tcp_collar_s)
    for note in _notes(compared, whole):
        yield f"! {note}"
    yield ""
    yield "How words are counted, on both sides 計字規則:"
    yield from (f"  - {rule}" for rule in RULES)


def _notes(compared: tuple[Compared, ...], whole: Score) -> Iterator[str]:
    if whole.wer is not None and not score_words.available():
        yield _WITHOUT
    for each in compared:
        yield from (f"{each.score.name}: {note}" for note in each.score.notes)
    yield from whole.notes if len(compared) > 1 else ()


def _overview(scores: tuple[Score, ...], whole: Score) -> Iterator[str]:
    kind = _kind(whole)
    heads = (
        "",
        "length",
        kind,
        f"cp{kind}",
        f"tcp{kind}",
        f"ORC-{kind}",
        "DER",
        f"DER {DER_COLLAR_S:g}",
        "JER",
        "voices",
    )
    rows: list[tuple[str, ...]] = [heads]
    for each in (*scores, whole):
        found = each.hypothesis_speakers
        rows.append(
            (
                each.name,
                clock(each.duration),
                *(_rate(r) for r in (each.wer, each.cp, each.tcp, each.orc)),
                *(_rate(r) for r in (each.der, each.der_collar, each.jer)),
                "–" if found is None else f"{found} of {each.reference_speakers}",
            )
        )
    widths = [max(_width(row[i]) for row in rows) for i in range(len(heads))]
    for row in rows:
        first, *others = (
            _padded(cell, width, right=i > 0) for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join((first, *others)).rstrip()


def _kind(score: Score) -> str:
    return "CER" if score.chinese else "WER"


def _block(one: Compared | None, score: Score, first: Score, tcp_collar_s: float) -> Iterator[str]:
    named = first.name if one else "All recordings together"
    against = f" against {one.reference.kind}" if one else ""
    yield f"{named}{against}: {clock(score.duration)} long"
    if score.wer is not None:
        kind, of = _kind(score), f"of {score.length} {'characters' if score.chinese else 'words'}"
        share = 100 * score.han // max(1, score.length)
        yield ""
        yield f"Words 文字 ({of}; {share}% are Chinese characters)"
        yield _row(
            f"{kind} {'字' if score.chinese else '詞'}錯誤率",
            score.wer,
            "all words in order of time, whoever says them",
        )
        yield _row(f"cp{kind}", score.cp, "each speaker's words in a row, speakers paired")
        yield _row(f"tcp{kind}", score.tcp, f"the same, and at the right time (within {tcp_collar_s:g} s)")
        yield _row(f"ORC-{kind}, greedy", score.orc, "wrong speakers forgiven, wrong words not")
        if score.speech is not None and score.wordless is not None:
            share_bare = f"{100 * score.wordless / score.speech:.1f}%" if score.speech else "–"
            yield _line(
                "speech without words 漏聽",
                share_bare,
                f"{score.wordless / 1000:.1f} s of {score.speech / 1000:.1f} s",
                f"{WORDLESS_MS / 1000:g} s or more at once; {(score.marked or 0) / 1000:.1f} s marked 聽不清",
            )
    if score.der is not None:
        yield ""
        yield "Speakers 發言者 (overlapping speech counts for each speaker)"
        yield _turns("DER 語者錯誤率", score.der, "missed + false alarm + wrong speaker")
        yield _turns(
            f"DER, collar {DER_COLLAR_S:g} s",
            score.der_collar,
            f"without {DER_COLLAR_S:g} s on either side of boundaries",
        )
        yield _jaccard("JER", score.jer, "every speaker counts the same")
        yield _jaccard(f"JER, collar {DER_COLLAR_S:g} s", score.jer_collar, "")
        yield _line(
            "speakers 人數",
            f"{score.hypothesis_speakers}",
            f"of {score.reference_speakers} in the reference",
            f"off by {score.miscounted}" if score.miscounted else "",
        )
        if one:
            yield from _pairs(one)
    if score.naming is not None:
        yield ""
        yield from _names(score.naming)


def _pairs(one: Compared) -> Iterator[str]:
    shown = []
    for speaker, voice in one.score.pairs:
        left = one.labels.get(speaker, str(speaker)) if speaker is not None else "(nobody)"
        right = one.voices.get(voice, str(voice)) if voice is not None else "(nobody)"
        shown.append(f"{left} ↔ {right}")
    for start in range(0, len(shown), 4):
        yield _line("pairs 配對" if start == 0 else "", "", "   ".join(shown[start : start + 4]), "").rstrip()


def _names(naming: Naming) -> Iterator[str]:
    yield f"Names 具名 ({naming.people} people in the reference, {naming.voices} voices)"
    for word, right, wrong, known in (
        ("confirmed 確認", naming.confirmed_right, naming.confirmed_wrong, naming.people_confirmed),
        (
            "proposed 建議",
            naming.proposed_right,
            naming.proposed_wrong,
            naming.people_named - naming.people_confirmed,
        ),
    ):
        if not right + wrong:
            continue
        yield _line(
            f"precision, {word}",
            _share(right, right + wrong),
            f"{right} of {right + wrong} voices",
            "so many names are right",
        )
        yield _line(
            f"recall, {word}",
            _share(known, naming.people),
            f"{known} of {naming.people} people",
            "so many got a voice of their name",
        )
    yield _line(
        "abstention 不具名",
        _share(naming.abstained, naming.voices),
        f"{naming.abstained} of {naming.voices} voices",
        "given nobody's name",
    )


def _row(label: str, edits: Edits | None, says: str) -> str:
    parts = f"ins {edits.insertions}, del {edits.deletions}, sub {edits.substitutions}" if edits else ""
    return _line(label, _rate(edits), parts, says)


def _turns(label: str, errors: TurnErrors | None, says: str) -> str:
    parts = ""
    if errors is not None:
        each = (errors.missed_s, errors.false_alarm_s, errors.confusion_s)
        parts = f"{' + '.join(f'{s:.1f}' for s in each)} of {errors.total_s:.1f} s"
    return _line(label, _rate(errors), parts, says)


def _jaccard(label: str, errors: JaccardErrors | None, says: str) -> str:
    return _line(label, _rate(errors), f"over {errors.speakers} speakers" if errors else "", says)


def _line(label: str, value: str, parts: str, says: str) -> str:
    return f"  {_padded(label, 26)}{_padded(value, 7, right=True)}  {_padded(parts, 31)}  {says}".rstrip()


def _rate(errors: Edits | TurnErrors | JaccardErrors | None) -> str:
    rate = errors.rate if errors is not None else None
    return "–" if rate is None else f"{100 * rate:.1f}%"


def _share(part: int, of: int) -> str:
    return f"{100 * part / of:.0f}%" if of else "–"


def _width(text: str) -> int:
    """Columns of a terminal.

    >>> _width("DER 錯誤率")
    10
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _padded(text: str, width: int, *, right: bool = False) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space


def table(compared: tuple[Compared, ...], whole: Score, tcp_collar_s: float) -> dict[str, Any]:
    """The same for programs; documented in docs/cli.md. What cannot be said is null."""
    return {
        "recordings": [{**_values(c.score), "pairs": _paired(c)} for c in compared],
        "total": _values(whole),
        "rules": list(RULES),
        "tcp_collar_s": tcp_collar_s,
        "der_collar_s": DER_COLLAR_S,
        "meeteval": score_words.available(),
        "notes": list(_notes(compared, whole)),
    }


def _paired(one: Compared) -> list[dict[str, Any]]:
    return [
        {
            "speaker": None if speaker is None else one.labels.get(speaker, speaker),
            "voice": None if voice is None else one.voices.get(voice, voice),
        }
        for speaker, voice in one.score.pairs
    ]


def _values(score: Score) -> dict[str, Any]:
    return {
        "name": score.name,
        "duration_s": score.duration / 1000,
        "tokens": score.length,
        "han_tokens": score.han,
        "wer": _edits(score.wer),
        "cpwer": _edits(score.cp),
        "tcpwer": _edits(score.tcp),
        "greedy_orcwer": _edits(score.orc),
        "speech_s": None if score.speech is None else score.speech / 1000,
        "wordless_s": None if score.wordless is None else score.wordless / 1000,
        "marked_s": None if score.marked is None else score.marked / 1000,
        "der": _parts(score.der),
        "der_collar": _parts(score.der_collar),
        "jer": _averaged(score.jer),
        "jer_collar": _averaged(score.jer_collar),
        "reference_speakers": score.reference_speakers,
        "hypothesis_speakers": score.hypothesis_speakers,
        "speaker_count_error": score.miscounted,
        "naming": _named(score.naming),
    }


def _edits(edits: Edits | None) -> dict[str, Any] | None:
    if edits is None:
        return None
    return {
        "rate": edits.rate,
        "insertions": edits.insertions,
        "deletions": edits.deletions,
        "substitutions": edits.substitutions,
        "length": edits.length,
    }


def _parts(errors: TurnErrors | None) -> dict[str, Any] | None:
    if errors is None:
        return None
    return {
        "rate": errors.rate,
        "missed_s": round(errors.missed_s, 3),
        "false_alarm_s": round(errors.false_alarm_s, 3),
        "confusion_s": round(errors.confusion_s, 3),
        "total_s": round(errors.total_s, 3),
    }


def _averaged(errors: JaccardErrors | None) -> dict[str, Any] | None:
    return None if errors is None else {"rate": errors.rate, "speakers": errors.speakers}


def _named(naming: Naming | None) -> dict[str, Any] | None:
    if naming is None:
        return None
    proposed = naming.people_named - naming.people_confirmed
    return {
        "voices": naming.voices,
        "people": naming.people,
        "confirmed": _outcome(
            naming.confirmed_right, naming.confirmed_wrong, naming.people_confirmed, naming
        ),
        "proposed": _outcome(naming.proposed_right, naming.proposed_wrong, proposed, naming),
        "abstained": naming.abstained,
        "abstention": naming.abstained / naming.voices if naming.voices else None,
    }


def _outcome(right: int, wrong: int, known: int, naming: Naming) -> dict[str, Any]:
    return {
        "right": right,
        "wrong": wrong,
        "precision": right / (right + wrong) if right + wrong else None,
        "recall": known / naming.people if naming.people else None,
    }

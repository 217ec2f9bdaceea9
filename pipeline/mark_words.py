"""Why something is a mark, in words for people: Chinese first, English beside it."""

from __future__ import annotations

from pipeline import words
from pipeline.words import Words
from redaction.mark import Kind, Mark


def why(mark: Mark, name: str) -> Words:
    """Why something is a mark.

    Args:
        mark: the mark.
        name: of whom it is about, as reviewers know them; empty for nobody on the list.
    """
    if mark.kind is Kind.VOICE:
        return Words(
            f"這些話是不是{name or '受保護的人'}說的？遮蔽就不公開",
            f"Are these the words of {name or 'a protected person'}? Masked, they are not published",
        )
    kind = words.of("kind", mark.kind)
    said = [words.of("level", mark.evidence.level), *(words.of("cue", cue) for cue in mark.evidence.cues)]
    whose_zh, whose_en = (f"{name}的", f" of {name}") if name else ("", "")
    return Words(
        f"{whose_zh}{kind.zh}：{'、'.join(w.zh or w.en for w in said)}",
        f"{kind.en}{whose_en}: {', '.join(w.en for w in said)}",
    )

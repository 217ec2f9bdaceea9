"""How much the rules are known to miss: figures of a measurement, in one place, with where they come from.

Exchange all of it together when `bench/redaction.py` has measured again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Length(StrEnum):
    """What decides how well a mention is found."""

    TWO = "two characters or fewer"
    MORE = "three characters or more"
    LATIN = "Latin letters"


@dataclass(frozen=True, slots=True)
class Measurement:
    """Recall of mentions, all tiers decided.

    Attributes:
        version: of the rules that were measured.
        on: which day, ISO, at the latest.
        how: on what, as a sentence in English, and the same in Chinese.
        recall: share of mentions found, by how they are written.
        misheard: share found of those with a syllable misheard beyond what the rules take for alike.
    """

    version: str
    on: str
    how: tuple[str, str]
    recall: dict[Length, float]
    misheard: dict[Length, float]


MEASURED = Measurement(
    version="mentions 5",
    on="2026-11-22",
    how=(
        "Measured on 6,000 mentions of invented people, written as the small model (Whisper base) misheard synthetic "
        "voices, part of them far away and in noise (bench/redaction.py). A larger model mishears less.",
        "以 6,000 次虛構人物的提及量測：依小模型（Whisper base）聽寫合成語音時的錯字，部分為遠距、有雜訊的錄音"
        "（bench/redaction.py）。較大的模型聽錯較少。",
    ),
    recall={Length.TWO: 0.881, Length.MORE: 0.935, Length.LATIN: 0.940},
    misheard={Length.TWO: 0.523, Length.MORE: 0.758},
)
"""In force."""

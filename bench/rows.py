"""What a benchmark prints: figures beside their goals, and ratios with their spread."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Row:
    """One figure beside its limit.

    Attributes:
        figure: what was measured.
        value: None if it was not measured; `how` says why.
        goal: empty where there is none.
        holds: whether the goal is met; what was not measured meets none.
        how: on what, and how.
    """

    figure: str
    value: float | None
    goal: str
    holds: bool
    how: str


@dataclass(frozen=True)
class Ratio:
    """One engine's figure over another's, from paired runs.

    Attributes:
        value: median over median.
        least: of the pairs.
        most: of the pairs.
        pairs: how many.
    """

    value: float
    least: float
    most: float
    pairs: int

    @property
    def spread(self) -> str:
        """The pairs in words."""
        return f"{self.least:.2f} to {self.most:.2f} over {self.pairs} paired run{'s' * (self.pairs > 1)}"


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> Ratio | None:
    """Median over median, and the ratios of the pairs; None without runs, or over nothing.

    >>> ratio([1.0, 2.0, 9.0], [4.0, 4.0, 5.0])
    Ratio(value=0.5, least=0.25, most=1.8, pairs=3)
    """
    if not ours or len(ours) != len(theirs) or not all(theirs):
        return None
    pairs = [a / b for a, b in zip(ours, theirs, strict=True)]
    return Ratio(statistics.median(ours) / statistics.median(theirs), min(pairs), max(pairs), len(pairs))


def limited(figure: str, value: float | None, most: float, how: str) -> Row:
    """A figure that may be `most` at most.

    >>> limited("time", 0.4, 0.5, "").holds, limited("time", None, 0.5, "no peer").holds
    (True, False)
    """
    return Row(figure, value, f"≤ {most:g}", value is not None and value <= most, how)


def plain(figure: str, value: float | None, how: str) -> Row:
    """A figure without a goal."""
    return Row(figure, value, "", True, how)


def against(figure: str, ours: Sequence[float], theirs: Sequence[float], most: float | None, how: str) -> Row:
    """A ratio, beside the most that it may be."""
    found = ratio(ours, theirs)
    how = f"{how}; {found.spread}" if found else f"not measured: {how}"
    value = found.value if found else None
    return plain(figure, value, how) if most is None else limited(figure, value, most, how)


def show(rows: Iterable[Row], *, as_json: bool) -> str:
    """A table, or JSON of the same rows."""
    rows = list(rows)
    if as_json:
        return json.dumps([asdict(r) for r in rows], ensure_ascii=False, indent=1)
    wide = max((len(r.figure) for r in rows), default=0) + 2
    return "\n".join(table_row(row, wide) for row in rows)


def table_row(row: Row, wide: int, digits: int = 2) -> str:
    """A row of the table.

    Args:
        row: which.
        wide: columns of the figure's name.
        digits: after the point.
    """
    value = "–" if row.value is None else f"{row.value:.{digits}f}"
    mark = "" if not row.goal else "holds" if row.holds else "MISSED" if row.value is not None else "OPEN"
    return f"{row.figure:<{wide}}{value:>9}  {row.goal:<8}{mark:<8}{row.how}".rstrip()

"""How long a step will take still, from how far it came since it began."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from pipeline.jobs.order import Progress

_SURE_S = 5
"""A step has to have run so long before anybody says how long it will take."""


class Pace:
    """Watches the reports of one stage."""

    def __init__(self) -> None:
        self._step: tuple[str, str, int] | None = None
        self._since, self._from = 0.0, 0

    def __call__(self, said: Mapping[str, Any]) -> Progress:
        """The progress that a report says, with the time that is left where that can be told."""
        stage, step, done, total = (
            str(said["stage"]),
            str(said["step"]),
            int(said["done"]),
            int(said["total"]),
        )
        now = time.monotonic()
        if self._step != (stage, step, total) or done < self._from:
            self._step, self._since, self._from = (stage, step, total), now, done
        spent, came = now - self._since, done - self._from
        sure = total > 0 and spent >= _SURE_S and came * 50 >= total
        left = round(spent * max(0, total - done) / came) if sure else None
        return Progress(stage, step, done, total, left)

"""What every part of the Python API stands on: the settings, the jobs, and how a draft is had."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline import register, review
from pipeline.folder import MeetingFolder, find
from pipeline.jobs.spool import Jobs
from pipeline.register import Register
from pipeline.settings import Settings, settings
from redaction.draft import Draft
from speakers.error import RecordError

Answer = dict[str, Any]
"""Values that JSON has; docs/cli.md says what each key means."""

Report = Callable[[str, str, int, int], None]
"""Called as `report(stage, step, completed, total)`."""


class Common:
    """What every part of the Python API stands on.

    Args:
        data: the directory; the one of the settings if left out.
        settings: in force, for who has them already.
        jobs: does what takes long, likewise.
        draft: gives a meeting's draft, for who keeps it up to date already.
        how: what did it, as ledgers note it.
    """

    def __init__(
        self,
        data: Path | str | None = None,
        *,
        settings: Settings | None = None,
        jobs: Jobs | None = None,
        draft: Callable[[MeetingFolder], Draft] = review.draft_of,
        how: str = "by the Python API",
    ) -> None:
        self.settings = settings or _settings(data)
        self._jobs = jobs or Jobs(self.settings)
        self._draft, self._how = draft, how

    @property
    def data(self) -> Path:
        """Where meetings live."""
        return self.settings.data

    @property
    def _register(self) -> Register:
        return register.of(self.data)

    def _folder(self, meeting_id: str) -> MeetingFolder:
        return find(self.data, meeting_id)


def _settings(data: Path | str | None) -> Settings:
    if data is not None and not str(data):
        raise RecordError("No data directory was named.", "Give its path.")
    return settings(Path(data) if data is not None else None)

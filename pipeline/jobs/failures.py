"""What is said of work that did not succeed, as the database of jobs keeps it."""

from __future__ import annotations

from typing import Any

from speakers.error import StageError, ZhuziError


def failed(error: ZhuziError) -> dict[str, Any]:
    """What a stage gives that did not succeed."""
    return {"failure": [error.what, error.cure, error.exit_code]}


def poison(stage: str, times: int) -> StageError:
    """An error for a stage that was begun so often and never ended."""
    return StageError(
        f"Stage {stage} was begun {times} times and never ended.",
        "It is put aside so that it stops no other work. See error.log, then have it tried again.",
    )

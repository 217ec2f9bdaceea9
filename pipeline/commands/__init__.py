"""The commands that `pipeline.cli` does not hold itself, a module for each topic: no logic, as there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from pipeline.commands import (
    account,
    audit,
    evaluate,
    jobs,
    keeping,
    outside,
    rediarize,
    register,
    revoke,
    risk,
    scan,
    serve,
    status,
    suggestions,
    voiceprints,
    watch,
    window,
    worker,
)

Command = Callable[[click.Group, str], Callable[..., click.Command]]
"""Makes a command, of a group and a name, with the options that every one has."""

_TOPICS: tuple[Any, ...] = (
    account,
    audit,
    evaluate,
    jobs,
    keeping,
    outside,
    rediarize,
    register,
    revoke,
    risk,
    scan,
    serve,
    status,
    suggestions,
    voiceprints,
    watch,
    window,
    worker,
)


def add(main: click.Group, command: Command) -> None:
    """Add them all to the group of all commands."""
    for topic in _TOPICS:
        topic.add(main, command)

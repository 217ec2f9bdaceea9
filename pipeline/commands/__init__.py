"""The commands that `pipeline.cli` does not hold itself, a module for each topic: no logic, as there."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from importlib import import_module

import click

Command = Callable[[click.Group, str], Callable[..., click.Command]]
"""Makes a command, of a group and a name, with the options that every one has."""


def add(main: click.Group, command: Command) -> None:
    """Add those of every module here to the group of all commands."""
    for topic in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{topic.name}").add(main, command)

"""The commands `zhuzi models …`: no logic, as in `pipeline.cli`."""

from __future__ import annotations

import sys
from typing import Any

import click

from pipeline.commands import Command


def add(main: click.Group, command: Command) -> None:
    """Add the commands to the others.

    Args:
        main: the group of all commands.
        command: makes a command with the options that every one has.
    """

    @main.group()
    def models() -> None:
        """The models that hear: which there are, fetching and verifying them."""

    @command(models, "list")
    def models_list(door: Any) -> None:
        """Every model of the catalogue: licence, origin, size, and whether it is here."""
        from pipeline.answered import catalogued
        from pipeline.models import status as status_

        chosen = door.settings
        found = status_(chosen.models)
        for entry in found:
            model, here = entry.model, "here" if entry.present else ("default" if entry.model.default else "")
            door.say(f"{model.name:<26}{model.job:<15}{entry.size / 1e6:>8.0f} MB  {model.licence:<12}{here}")
            door.say(f"    {model.origin}")
            door.say(f"    {entry.trust}")
        door.answer(catalogued(chosen.models, found))

    @command(models, "fetch")
    @click.argument("names", nargs=-1, metavar="[MODEL]...")
    def models_fetch(door: Any, names: tuple[str, ...]) -> None:
        """Bring models here (the default ones if none is named) and check every file."""
        from pipeline.models import fetch
        from pipeline.progress import Bars

        chosen = door.settings
        wanted = _wanted(names)
        with Bars(quiet=door.as_json) as bars:
            fetch(wanted, chosen.models, lambda step, done, total: bars("fetch", step, done, total))
        door.say(f"{', '.join(wanted)}: here and verified, in {chosen.models}.")
        door.answer({"directory": str(chosen.models), "models": list(wanted)})

    @command(models, "verify")
    @click.argument("names", nargs=-1, metavar="[MODEL]...")
    def models_verify(door: Any, names: tuple[str, ...]) -> None:
        """Read every byte of the models that are here (or of those named) and compare their digests."""
        from pipeline.answered import verified
        from pipeline.models import status as status_
        from pipeline.models import verify
        from speakers.error import ModelError

        chosen = door.settings
        here = tuple(e.model.name for e in status_(chosen.models) if e.present)
        findings = verify(names or here, chosen.models)
        for finding in findings:
            door.say(f"{'ok     ' if finding.ok else 'WRONG  '}{finding.says}")
        wrong = [f for f in findings if not f.ok]
        if not findings:
            raise ModelError("No model is here yet.", "Run `zhuzi models fetch`.")
        if wrong and not door.as_json:
            raise ModelError(f"{len(wrong)} of {len(findings)} model files are not right.", wrong[0].cure)
        door.answer(verified(findings))
        if wrong:
            sys.exit(ModelError.exit_code)


def _wanted(names: tuple[str, ...]) -> tuple[str, ...]:
    from pipeline.catalogue import catalogue_in_force

    return names or catalogue_in_force(None).defaults()

"""The commands `zhuzi verify` and `zhuzi signing-key`: no logic, as in `pipeline.cli`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from pipeline.commands import Command
from speakers.error import SignatureError

_PATH = click.Path(readable=False, path_type=Path)


def add(main: click.Group, command: Command) -> None:
    """Add the commands to the others.

    Args:
        main: the group of all commands.
        command: makes a command with the options that every one has.
    """

    @command(main, "verify")
    @click.argument("path", metavar="PATH", type=_PATH)
    @click.option(
        "--public-key",
        metavar="FILE|KEY",
        help="Whose signature it should have; without one, nobody looks at the signature.",
    )
    def verify_(door: Any, path: Path, public_key: str | None) -> None:
        """Check a published folder, wherever it is now, against its manifest, and that against its signature."""
        from pipeline import verifying

        found = verifying.verify(path, public_key)
        for kind in ("missing", "changed", "extra"):
            for name in getattr(found.differences, kind):
                door.say(f"{kind}: {name}")
        door.say(f"signature: {found.signed}")
        door.answer(verifying.table(found))
        if found.good:
            door.say(
                f"{len(found.manifest.files)} files are what was approved at {found.manifest.approved_at}."
            )
        elif door.as_json:
            sys.exit(SignatureError.exit_code)
        else:
            raise found.trouble or SignatureError(
                "The folder is not what was released.",
                "Do not rely on this copy: get it again from where it was published.",
            )

    @command(main, "signing-key")
    @click.argument("file", type=_PATH)
    def signing_key(door: Any, file: Path) -> None:
        """Make the key that signs releases, in FILE, and its public half in FILE.pub, for everybody."""
        from pipeline.signing import new_key

        public = new_key(file.absolute())
        door.say(f"ZHUZI_SIGNING_KEY={file.absolute()}")
        door.say(f"The public key is {public}: publish it where people look for it.")
        door.answer({"public": public, "key": str(file.absolute())})

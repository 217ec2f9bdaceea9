"""The commands for records that are public: where they go, their index, and search. No logic, as in `pipeline.cli`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipeline.commands import Command


def add(main: click.Group, command: Command) -> None:
    """Add the commands to the others.

    Args:
        main: the group of all commands.
        command: makes a command with the options that every one has.
    """

    @command(main, "publish")
    @click.argument("meeting_ids", metavar="[ID]...", nargs=-1)
    @click.option(
        "--to", "names", multiple=True, metavar="NAME", help="An outlet of outlets.toml; all if left out."
    )
    @click.option("--all", "everything", is_flag=True, help="Whatever is released and not there yet.")
    @click.option("--withdraw", is_flag=True, help="Take it down there instead.")
    @click.option("--dry-run", is_flag=True, help="Say what would be sent where; send nothing.")
    @click.option("--by", default="", help="Your name; the account that runs this if left out.")
    def publish_(door: Any, meeting_ids: tuple[str, ...], names: tuple[str, ...], **how: Any) -> None:
        """Send what was released of meeting ID to the outlets of outlets.toml: exactly that, and once."""
        from pipeline.outlets import answered

        asked = answered.Asked(meeting_ids, names, **how)
        results = answered.published(door.settings.data, asked)
        for line in answered.lines(results):
            door.say(line)
        failure = next((r.failure for r in results if r.failure), None)
        if failure and not door.as_json:
            raise failure
        door.answer(answered.table(results))
        if failure:
            raise SystemExit(failure.exit_code)

    @command(main, "index")
    @click.argument("folder", type=click.Path(readable=False, path_type=Path), metavar="PATH")
    @click.option("--title", default="", help="Of the page; the one that it has if left out.")
    @click.option("--url", default="", help="Where readers find the folder; what it was if left out.")
    def index_(door: Any, folder: Path, title: str, url: str) -> None:
        """Make the page, the feed and the list over all records in the folder PATH anew."""
        from pipeline.outlets import answered

        made = answered.indexed(door.settings.data, folder, title, url)
        for name in made["left_out"]:
            door.say(f"  ! {name} is not as it was released: it is left out.")
        door.say(f"Records: {made['records']}, in {folder / 'index.html'}.")
        door.answer(made)

    @command(main, "search")
    @click.argument("words", nargs=-1, required=True)
    @click.option(
        "--most", default=20, show_default=True, type=click.IntRange(1, 1000), help="So many paragraphs."
    )
    def search_(door: Any, words: tuple[str, ...], most: int) -> None:
        """Find paragraphs that hold all WORDS in every record that is public here, the newest first."""
        from pipeline.outlets import answered
        from pipeline.outlets.find import search

        found = search(door.settings.data, " ".join(words), most)
        for line in answered.hits(found, door.settings.data):
            door.say(line)
        door.answer(answered.found(found))

"""click's one door: the command line that people and scripts use. No logic lives here."""

from __future__ import annotations

import json
import os
import shlex
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any, NoReturn

import click

from pipeline import commands, log
from pipeline.printable import printable
from pipeline.settings import Settings, settings
from speakers.error import StorageError, ZhuziError

_UNFORESEEN = 1

_PATH = click.Path(readable=False, path_type=Path)
"""Whether it is there and may be read is said by whoever reads it, with its own exit code."""


class _Door:
    """What every command needs: the settings, and how to answer."""

    def __init__(self, data: Path | None, as_json: bool) -> None:
        self.meeting = ""
        self.data = data
        self.as_json = as_json

    @property
    def settings(self) -> Settings:
        if self.data is not None:
            # The catalogue of one's own models is found through it, by child processes too.
            os.environ["ZHUZI_DATA"] = str(self.data)
        return settings(self.data)

    def say(self, line: str = "") -> None:
        """A line for people; nothing with `--json`."""
        if not self.as_json:
            click.echo(line)

    def answer(self, values: dict[str, Any]) -> None:
        """The result for programs: one JSON object with `--json`, nothing without."""
        if self.as_json:
            click.echo(json.dumps(values, ensure_ascii=False, indent=2))

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Show every error alike, and leave with its exit code."""
        before = signal.getsignal(signal.SIGINT)
        if before is not signal.SIG_IGN:  # who starts us in the background may want us to go on
            signal.signal(signal.SIGINT, _stop)
        try:
            yield
        except ZhuziError as error:
            self._fail(error.what, error.cure, error.exit_code)
        except KeyboardInterrupt:
            _stop()
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise  # click's own ways out
        except Exception as error:  # noqa: BLE001 - the last resort: one line, and no words of the record
            where = self._log(error)
            self._fail(
                f"Something unforeseen happened ({type(error).__name__}).",
                f"Try again; if it happens again, report it{f' with {where}' if where else ''}.",
                _UNFORESEEN,
            )
        finally:
            signal.signal(signal.SIGINT, before)

    def _fail(self, what: str, cure: str, exit_code: int) -> NoReturn:
        what, cure = printable(what), printable(cure)
        if self.meeting:  # what is printed can be pasted
            from pipeline.status import pasteable

            cure = pasteable(cure, self.meeting)
        if self.as_json:
            self.answer({"error": what, "cure": cure, "exit_code": exit_code})
        click.echo(f"Error: {what} {cure}", err=True)
        sys.exit(exit_code)

    def _log(self, error: Exception) -> Path | None:
        """Where the frames of an unforeseen error were written down."""
        try:
            path = self.settings.data / "error.log"
        except ZhuziError:
            return None
        log.write(path, "command", error)
        return path if path.exists() else None


def _stop(*_: object) -> NoReturn:
    """End at once on Ctrl-C: everything finished is on the disk.

    Not by an exception: a library that waits may swallow it, and an orderly exit would wait for a stage that is at work
    in a thread.
    """
    cursor = "\x1b[?25h" if sys.stderr.isatty() else ""  # a progress bar hides it
    os.write(2, f"{cursor}\nStopped. What is finished stays; run the same command to go on.\n".encode())
    os._exit(130)


class _Main(click.Group):
    """The commands; wrong usage is answered with an object too where one is asked for."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta["as_json"] = "--json" in args
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            if ctx.meta["as_json"]:
                cure = f"See: {error.ctx.command_path if error.ctx else 'zhuzi'} --help"
                said = {
                    "error": printable(error.format_message()),
                    "cure": cure,
                    "exit_code": error.exit_code,
                }
                click.echo(json.dumps(said, ensure_ascii=False, indent=2))
            raise


def _command(group: click.Group, name: str) -> Callable[[Callable[..., None]], click.Command]:
    """A command with the options that every command has."""

    def decorate(function: Callable[..., None]) -> click.Command:
        def callback(data: Path | None, as_json: bool, **values: Any) -> None:
            door = _Door(data, as_json)
            with door.errors():
                function(door, **values)

        callback.__doc__ = function.__doc__
        command = click.command(name=name, help=function.__doc__)(callback)
        command.params = [
            *getattr(function, "__click_params__", [])[::-1],
            click.Option(
                ["--data"],
                type=_PATH,
                help="Where meetings live, above ZHUZI_DATA.",
            ),
            click.Option(["--json", "as_json"], is_flag=True, help="Answer with one JSON object."),
        ]
        group.add_command(command)
        return command

    return decorate


@click.group(cls=_Main)
@click.version_option(metadata.version("zhuzi"), package_name="zhuzi")
def main() -> None:
    """From the recording of a public meeting to a verbatim record that may be published.

    Nothing leaves this machine, and nothing is published before a person approved exactly that content.
    """


@_command(main, "new")
@click.argument("recording", type=_PATH)
def new(door: _Door, recording: Path) -> None:
    """Write a meeting.toml beside RECORDING, to fill in."""
    from pipeline.meeting_template import TEMPLATE
    from speakers import sound
    from speakers.error import MeetingError

    sound.look(recording)
    path, made = recording.parent / "meeting.toml", False
    try:
        path.touch(mode=0o600, exist_ok=False)  # it will hold real names
        made = True
        path.write_text(TEMPLATE, encoding="utf-8")
    except FileExistsError:
        raise MeetingError(f"{path} is already there.", "Fill that one in, or move it away first.") from None
    except OSError as error:
        if made:  # half a template would be read as knowing nothing
            path.unlink(missing_ok=True)
        raise StorageError(
            f"{path} cannot be written.", "Free some space, or allow writing in that folder."
        ) from error
    door.say(f"Fill in {path}, then: zhuzi run {shlex.quote(str(recording))}")
    door.answer({"meeting": str(path)})


@_command(main, "run")
@click.argument("recording", type=_PATH)
@click.option(
    "--meeting",
    type=_PATH,
    help="What you know about it; RECORDING's own .toml or meeting.toml beside it is found by itself.",
)
@click.option(
    "--microphone",
    "microphones",
    type=_PATH,
    multiple=True,
    metavar="FILE",
    help="A further microphone of this meeting, recorded into a file of its own.",
)
def run(door: _Door, recording: Path, meeting: Path | None, microphones: tuple[Path, ...]) -> None:
    """Transcribe RECORDING (audio or video) up to the review."""
    from pipeline import review
    from pipeline.engines import engines
    from pipeline.progress import Bars
    from pipeline.run import run as run_
    from pipeline.status import notes_of, warnings_of

    chosen = door.settings
    told: list[str] = []
    with Bars(quiet=door.as_json) as bars:
        folder = run_(
            recording,
            meeting,
            chosen.data,
            lambda: engines(chosen),
            bars,
            more=microphones,
            voiceprint_key=chosen.voiceprint_key,
            tell=told.append,
        )
    draft = review.draft_of(folder)
    state = review.standing(folder, approvers=chosen.approvers, correction_days=chosen.correction_days)
    door.say(
        f"Meeting {folder.id}: {state}; {len(draft.undecided)} of {len(draft.marks)} marks are undecided."
    )
    warned = (*told, *warnings_of(folder))
    for note in (*notes_of(folder), *warned):
        door.say(f"  ! {note}")
    for question in review.questions(draft):
        door.say(f"  ? {question}")
    door.say(f"Folder: {folder.root}")
    if state == "awaiting review":
        door.say(f'Next: zhuzi review {folder.id} --reviewer "Your Name"')
    door.answer(
        {
            "id": folder.id,
            "folder": str(folder.root),
            "state": state,
            "undecided": len(draft.undecided),
            "notes": list(notes_of(folder)),
            "warnings": list(warned),
            "questions": list(review.questions(draft)),
            "seconds": {n: s.get("seconds") for n, s in folder.manifest()["stages"].items()},
        }
    )


@_command(main, "review")
@click.argument("meeting_id", metavar="ID")
@click.option("--reviewer", required=True, help="Your name; it goes into the ledger.")
@click.option(
    "--accept",
    type=click.Choice(["proposed"]),
    help="Without questions: confirm, mask and approve as proposed.",
)
@click.option(
    "--name", "names", multiple=True, metavar="S1=p2", help="Voice S1 is participant p2 (S1= nobody)."
)
@click.option("--merge", "mergers", multiple=True, metavar="S3=S1", help="Voice S3 is the same as S1.")
@click.option("--absent", multiple=True, metavar="p3", help="Participant p3 does not speak.")
@click.option("--correct", nargs=2, multiple=True, metavar="a7 TEXT", help="Statement a7 really says TEXT.")
@click.option("--hide", nargs=2, multiple=True, metavar="a7 WORDS", help="Hide WORDS wherever a7 says them.")
@click.option("--mask", multiple=True, metavar="MARK", help="Mask this mark.")
@click.option("--keep", nargs=2, multiple=True, metavar="MARK REASON", help="Let this mark stand.")
@click.option("--approve", is_flag=True, help="Approve exactly what is there then.")
def review_(
    door: _Door, meeting_id: str, reviewer: str, accept: str | None, approve: bool, **acts: Any
) -> None:
    """Look at meeting ID and decide what is hidden; with questions unless options decide."""
    from pipeline import review, risk_note, terminal, window
    from pipeline.answered import reviewed
    from pipeline.folder import find
    from pipeline.intake import settle
    from pipeline.register import of
    from pipeline.scripted import acts_of

    chosen = door.settings
    folder = find(chosen.data, meeting_id)
    door.meeting = folder.id
    settle(folder, of(folder.root.parent.parent))
    asked = acts_of(review.draft_of(folder), **acts)
    if asked:
        review.decide(folder, reviewer, asked, how="by option")
    if accept or approve:
        for line in risk_note.lines(review.draft_of(folder)):
            door.say(line)
    if accept:
        review.accept_proposed(folder, reviewer)
    if approve:
        review.approve(folder, reviewer, how="by option")
    if accept or approve:
        now = review.draft_of(folder)
        waits = window.reasons(window.of(folder), now, chosen.correction_days)
        for line in review.outcome(now, folder.id, approvers=chosen.approvers, waits=waits):
            door.say(line)
    if not (asked or accept or approve or door.as_json):
        days = chosen.correction_days
        terminal.review(folder, reviewer, _ask, click.echo, approvers=chosen.approvers, correction_days=days)
    draft = review.draft_of(folder)
    values = reviewed(folder, draft, chosen)
    door.say(f"Meeting {folder.id}: {values['state']}; {values['undecided']} marks undecided.")
    for question in values["questions"]:
        door.say(f"  ? {question}")
    door.answer(values)


def _ask(question: str, default: str = "") -> str:
    try:
        return str(click.prompt(question, default=default, show_default=bool(default)))
    except click.Abort:
        return "q"


@_command(main, "show")
@click.argument("meeting_id", metavar="ID")
def show_(door: _Door, meeting_id: str) -> None:
    """Print the private draft of meeting ID, with its marks in brackets."""
    from pipeline import review, show
    from pipeline.folder import find

    draft = review.draft_of(find(door.settings.data, meeting_id))
    for line in show.lines(draft):
        door.say(line)
    door.answer(show.table(draft))


@_command(main, "release")
@click.argument("meeting_id", metavar="ID")
def release(door: _Door, meeting_id: str) -> None:
    """Write the public files of meeting ID, if exactly this content was approved and nothing leaks."""
    from pipeline import answered
    from pipeline.engines import engines, reader
    from pipeline.folder import find
    from pipeline.progress import Bars
    from pipeline.publish import publish, summary

    chosen = door.settings
    folder = find(chosen.data, meeting_id)
    door.meeting = folder.id
    with Bars(quiet=door.as_json) as bars:
        released = publish(
            folder,
            approvers=chosen.approvers,
            correction_days=chosen.correction_days,
            listener=lambda: engines(chosen).transcriber(),
            reader=lambda: reader(chosen),
            report=bars,
        )
    for line in summary(released):
        door.say(line)
    door.say(str(folder.public))
    door.answer(answered.released(folder, released))


commands.add(main, _command)

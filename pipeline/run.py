"""The story of a recording: taken in, decoded, heard, attributed, and laid before a reviewer.

    take → decode → transcribe → diarize → attribute → (people decide) → release

Every stage is a function of typed values; this module only says in which order, and where results are kept.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from pipeline import brought, given, heard_names, intake, kept, log, meeting_toml, microphones, register, uses
from pipeline.digest import sha256_of
from pipeline.engines import Engines
from pipeline.folder import ChangedError, MeetingFolder, Stage
from pipeline.hearing import Hearing, made_with
from pipeline.hinted import bounds_of, void_if_others
from pipeline.keeping import shown
from pipeline.lock import alone
from pipeline.recognise import STAGE, VOICES, Recogniser
from pipeline.settings import key_file
from pipeline.stages import ready
from pipeline.taking import take, take_beside
from pipeline.voiceprints import Register
from redaction import ledger
from speakers import attribute, record_json, sound, timeline, transcribe
from speakers.error import BusyError, StageError, ZhuziError
from speakers.meeting import Meeting
from speakers.record import digest

Report = Callable[[str, str, int, int], None]
"""Called as `report(stage, step, completed, total)`; a section's stage is called as `pipeline.stages.said` has it."""

SOUND, WORDS, TURNS, RECORD = "10-sound.wav", "20-words.json", "30-turns.json", "40-record.json"


def run(
    recording: Path,
    meeting_file: Path | None,
    data: Path,
    engines_of: Callable[[], Engines],
    report: Report,
    *,
    more: tuple[Path, ...] = (),
    voiceprint_key: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> MeetingFolder:
    """Take a recording as far as people have to look at it.

    What is done already is not done again; a run that was killed goes on where it was.

    Args:
        recording: any audio or video file; never changed.
        meeting_file: what staff know about it; None to look beside the recording.
        data: where meetings live.
        engines_of: gives what hears it; called once the input has been looked at.
        report: told about progress.
        more: files of further microphones, besides those that the meeting's file names.
        voiceprint_key: file with the key of enrolled voices; None for the one that the settings name.
        tell: given sentences for staff about the consent register.

    Returns:
        The meeting's folder, in which a draft awaits review.

    Raises:
        ZhuziError: With what happened, and what to do; finished stages stay.
    """
    sound.look(recording)
    beside = meeting_file or meeting_beside(recording)
    described = _described(beside, data)
    engines = engines_of()
    with alone(data, lambda: report("wait", "another job is running", 0, 0)):
        folder = _taken(recording, beside, described, data, more=more, tell=tell, report=report)
        with alone(folder.root, lambda: report("wait", "this meeting is being released", 0, 0)):
            perform(folder, engines, report, voiceprint_key=voiceprint_key)
    return folder


def take_in(
    recording: Path,
    meeting_file: Path | None,
    data: Path,
    *,
    more: tuple[Path, ...] = (),
    tell: Callable[[str], None] = lambda _: None,
) -> MeetingFolder:
    """Take a recording into its meeting's folder, with what staff know about it; no model hears it yet.

    Args:
        recording: any audio or video file; never changed.
        meeting_file: what staff know about it, if anything.
        data: where meetings live.
        more: files of further microphones, besides those that the meeting's file names.
        tell: given sentences for staff about the consent register.

    Returns:
        The meeting's folder.

    Raises:
        ZhuziError: As `run`.
    """
    sound.look(recording)
    described = _described(meeting_file, data)
    return _taken(recording, meeting_file, described, data, more=more, tell=tell, report=lambda *_: None)


def _described(beside: Path | None, data: Path) -> tuple[str | None, Meeting]:
    """The text of what staff know, and what it says; looked at before anything is taken."""
    if beside is None:
        return None, Meeting()
    given = meeting_toml.text_of(beside)
    people = register.of(data)
    return given, meeting_toml.parse(given, people.seen_from("", "before a run"), name=beside.name)


def _taken(
    recording: Path,
    beside: Path | None,
    described: tuple[str | None, Meeting],
    data: Path,
    *,
    more: tuple[Path, ...],
    tell: Callable[[str], None],
    report: Report,
) -> MeetingFolder:
    given, meeting = described
    people = register.of(data)
    files = microphones.files_of(meeting, beside, more)
    along = brought.files_of(meeting, beside)
    with alone(data, name="taking.lock"):
        folder = take(recording, data)
    for sentence in shown.erased_before(data, folder):
        tell(sentence)
    with alone(folder.root, lambda: report("wait", "this meeting is being released", 0, 0)):
        if given is not None:
            brought.refuse_to_lose(folder, map(sha256_of, along))
        intake.settle(folder, people, replaced=given is not None)
        if given is not None:
            taken = intake.take_in(given, folder.id, people)
            folder.describe(taken.kept)
            kept.seal_older(folder, meeting_of(folder).protected)
            for sentence in (*taken.notes, *uses.stale(data, taken.changed, but=folder.id)):
                tell(sentence)
            brought.take(folder, meeting, along)
        if beside is not None or more:
            take_beside(folder, files)
    return folder


_CHANGES = 5
"""So often at most something may change under a stage before nobody believes any more that it will end."""


def perform(
    folder: MeetingFolder, engines: Engines, report: Report, *, voiceprint_key: Path | None = None
) -> None:
    """Do what is left to do of a meeting that was taken in; call it while holding its folder.

    Raises:
        ZhuziError: What a stage raised; `StageError` for anything unforeseen.
    """
    changes = 0
    done: set[str] = set()
    while True:
        stages = stages_of(folder, engines, report, voiceprint_key)
        next_ones = ready(stages, frozenset(done))
        if not next_ones:
            break
        try:
            perform_stage(folder, next_ones[0])
            done.add(next_ones[0].name)
        except ChangedError:
            changes, done = changes + 1, set()
            if changes > _CHANGES:
                raise
    finish(folder, engines, stages, frozenset(done))


def finish(folder: MeetingFolder, engines: Engines, stages: tuple[Stage, ...], done: frozenset[str]) -> None:
    """Note what a meeting was heard with, once every stage is done; what was begun and is not wanted any more goes.

    Raises:
        StageError: If one is not done though none may begin: something it waits for went away meanwhile.
    """
    if not done.issuperset(s.name for s in stages):
        raise StageError(
            f"A result of meeting {folder.id} went away while others were made from it.",
            "Run it again; if it happens again, look at the disk.",
        )
    heard_with = made_with(engines, (folder.root / WORDS).read_bytes())
    with folder.changing() as manifest:
        manifest["made_with"] = heard_with
        entries = manifest["stages"].items()
        manifest["stages"] = {name: e for name, e in entries if e.get("finished") or name in done}


def stages_of(
    folder: MeetingFolder, engines: Engines, report: Report, voiceprint_key: Path | None = None
) -> tuple[Stage, ...]:
    """The stages of a meeting as it is now; what one of them makes may add others."""
    microphones.compare_channels(folder)
    meeting = meeting_of(folder)
    prints = Register(folder.root.parent.parent, voiceprint_key or key_file())
    return plan(folder, meeting, engines, report, prints)


def perform_stage(folder: MeetingFolder, stage: Stage) -> str:
    """Do one stage, as `MeetingFolder.perform`; whatever an engine throws becomes an error that says no word.

    Raises:
        ZhuziError: What the stage raised; `StageError` for anything unforeseen.
    """
    try:
        return folder.perform(stage)
    except (BusyError, ChangedError):
        raise
    except ZhuziError as error:
        folder.failed(stage, str(error))
        raise
    except BaseException as error:  # noqa: BLE001 - whatever an engine throws ends this stage, not the program
        log.write(folder.log, f"stage {stage.name}", error)
        failed = StageError(
            f"Stage {stage.name} of meeting {folder.id} failed ({type(error).__name__}).",
            f"Run it again; if it fails again, report it with {folder.log}.",
        )
        if isinstance(error, Exception):  # nobody has to be told that they stopped it
            folder.failed(stage, str(failed))
        raise failed from None


def meeting_beside(recording: Path) -> Path | None:
    """The `meeting.toml` that belongs to a recording: `NAME.toml` for `NAME.m4a`, or the folder's only one."""
    for candidate in (recording.with_suffix(".toml"), recording.parent / "meeting.toml"):
        # A link to nowhere counts: to pass over it would be to forget who asked for anonymity.
        if os.path.lexists(
            candidate
        ):  # unlike Path's, it takes a name that is too long for one that is not there
            return candidate
    return None


def meeting_of(folder: MeetingFolder) -> Meeting:
    """What staff said about a meeting, with the people of the consent register; nothing else if they said nothing."""
    people = register.of(folder.root.parent.parent).seen_from(folder.id)
    if folder.meeting_toml.exists():
        return meeting_toml.read(folder.meeting_toml, people)
    return meeting_toml.parse("", people)


def vocabulary(meeting: Meeting) -> tuple[str, ...]:
    """What the recognizer should know, most useful first: names, then the glossary.

    The names of people who asked for anonymity are in it, because a mention that is spelt right is found.
    """
    first = [p.name for p in meeting.participants]
    aliases = [a for p in meeting.participants for a in p.aliases]
    return tuple(dict.fromkeys([*first, *aliases, *meeting.glossary]))


def _header(meeting: Meeting) -> str:
    return json.dumps(asdict(meeting), ensure_ascii=False, sort_keys=True)


def decoding(folder: MeetingFolder) -> str:
    """Digest of what decides which sound stands at which moment.

    A record that was made under another one has other moments than the recording has now.
    """
    return digest(
        "decode 3", timeline.VERSION, folder.manifest()["recording"]["sha256"], *microphones.taken(folder)
    )


def plan(
    folder: MeetingFolder, meeting: Meeting, engines: Engines, report: Report, prints: Register
) -> tuple[Stage, ...]:
    """The stages of a meeting, each with what it depends on.

    What a long recording's sections are is found out on the way: a plan has the stages that are known, and is made
    again after each (`pipeline.stages.known`).
    """
    at = folder.root
    setup = microphones.setup_of(folder, meeting)
    recogniser = Recogniser(folder, meeting, prints, engines.encoding, engines.encoder)

    def progress(stage: str) -> Callable[[str, int, int], None]:
        return lambda step, completed, total: report(stage, step, completed, total)

    def decode(into: Path) -> tuple[str, ...]:
        flaws: list[timeline.Flaw] = []
        sound.decode(
            sound.look(folder.original),
            into,
            progress("decode"),
            told=flaws.append,
            beside=microphones.beside(folder),
        )
        return timeline.notes(flaws)

    def bounds() -> tuple[int | None, int | None]:
        return bounds_of(meeting, ledger.read(folder.ledger))

    def make_record(into: Path) -> None:
        if written:
            made = given.record_of(folder)
        else:
            heard = record_json.parse_transcript((at / WORDS).read_bytes())
            turns = record_json.parse_diarization((at / TURNS).read_bytes())
            made = attribute.record(heard.language, transcribe.with_unheard(heard), turns)
        into.write_bytes(record_json.serialize(made))
        if (at / RECORD).is_file():
            void_if_others(folder, meeting, (at / RECORD).read_bytes(), made)

    def recognise(into: Path) -> None:
        turns = record_json.parse_diarization((at / TURNS).read_bytes())
        into.write_bytes(recogniser.perform(sound.Sound(at / SOUND), turns, result("diarize")))

    def result(name: str) -> str:
        return str(folder.manifest()["stages"].get(name, {}).get("sha256", ""))

    hear_again = heard_names.stage(
        folder,
        meeting,
        record=RECORD,
        sound=SOUND,
        listener=engines.listener,
        listening=engines.listening,
        progress=progress("heard-names"),
        result=result,
    )
    hearing = Hearing(folder, engines, report, SOUND)
    written = given.stages(folder, meeting, WORDS, TURNS, result)
    aligned = microphones.align_stage(folder, progress("align"))
    return (
        *brought.stages(folder, meeting),  # first, so that no draft is without it
        *aligned,
        Stage("decode", SOUND, lambda: decoding(folder), decode, after=tuple(a.name for a in aligned)),
        *microphones.listen_stages(folder, setup, progress("tracks"), result),
        *hearing.words(meeting.language, vocabulary(meeting), WORDS),
        *hearing.voices(setup, bounds, TURNS),
        *written,
        Stage(
            "attribute",
            RECORD,
            lambda: digest(
                "attribute 2", *map(result, ("transcribe", "diarize", *(w.name for w in written)))
            ),
            make_record,
            after=("transcribe", "diarize", *(w.name for w in written)),
        ),
        *([hear_again] if heard_names.wanted(meeting) else []),
        *(
            [
                Stage(
                    STAGE,
                    VOICES,
                    lambda: recogniser.inputs(result("diarize")),
                    recognise,
                    after=("decode", "diarize"),  # where enrolled voices are: they go to no other machine
                )
            ]
            if recogniser.wanted
            else []
        ),
    )

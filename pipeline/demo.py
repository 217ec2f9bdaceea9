"""The demonstration: two real recordings, from file to published record, unattended."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline import review
from pipeline.engines import engines
from pipeline.hearing import progress_of
from pipeline.progress import Bars
from pipeline.publish import publish, summary
from pipeline.run import run
from pipeline.settings import Settings, register_place
from speakers.error import NotFoundError

_EXAMPLES = Path(__file__).parent.parent / "examples"


def telephone_conversation() -> Path:
    """The 30 s conversation of two people that ships inside the installed pyannote.audio package.

    Raises:
        NotFoundError: If the package does not have it.
    """
    found = importlib.util.find_spec("pyannote.audio")
    for place in (found.submodule_search_locations or []) if found else []:
        path = Path(place) / "sample" / "sample.wav"
        if path.is_file():
            return path
    raise NotFoundError("pyannote.audio carries no sample recording here.", "Install it again: make install.")


def demo(
    settings: Settings,
    examples: Path | None,
    say: Callable[[str], None],
    answer: Callable[[dict[str, Any]], None],
    *,
    quiet: bool = False,
) -> None:
    """Run both jobs and print what came out.

    Raises:
        NotFoundError: If the examples are not there.
    """
    folder_of = examples or _EXAMPLES
    collab = folder_of / "zhtw_collab.flac"
    if not collab.is_file():
        raise NotFoundError(f"{collab} is not there.", "Run this in a clone of the project: make demo.")
    jobs = (
        (telephone_conversation(), folder_of / "telephone.toml"),
        (collab, folder_of / "zhtw_collab.toml"),
    )
    heard_by = engines(settings)
    rows = []
    say(
        "What follows is heard by the small model that needs no account. It mishears much: a reviewer corrects"
    )
    say("that while reading, and a larger model hears better (docs/models.md).")
    say("內建的小模型聽錯不少：審閱時逐句校正，或換用較大的模型。")
    for number, (recording, meeting) in enumerate(jobs, start=1):
        say(f"\n──── {number} of {len(jobs)}: {recording.name}, with {meeting.name}")
        with Bars(quiet=quiet) as bars:
            folder = run(recording, meeting, settings.data, lambda: heard_by, bars)
            draft = review.accept_proposed(folder, "make demo")
            released = publish(folder, listener=heard_by.transcriber, report=bars)
        text = next(folder.public.glob("*.txt")).read_text(encoding="utf-8")
        say(f"\n{text.strip()}\n")
        for line in summary(released):
            say(line)
        took = ", ".join(f"{name} {stage['seconds']:.1f} s" for name, stage in progress_of(folder).items())
        duration = draft.record.diarization.duration / 1000
        say(f"A recording of {duration:.0f} s: {took}.")
        say(f"Files: {folder.public}")
        for path in sorted(folder.public.iterdir()):
            say(f"  {path.stat().st_size:>9} {path.name}")
        rows.append({"id": folder.id, "public": str(folder.public), "hidden": dict(released.hidden)})
    say("\nEverything was accepted as proposed, which is no way to protect anybody: a person has to look.")
    place, key = register_place(settings.data)
    say("To look around in the review room (or with zhuzi status) 要在審閱室裡看看:")
    say(f"  export ZHUZI_DATA={settings.data} ZHUZI_REGISTER={place} ZHUZI_REGISTER_KEY={key}")
    say("  .venv/bin/zhuzi serve")
    say("Your own recording: zhuzi serve in another terminal, or make run RECORDING=meeting.m4a.")
    answer({"jobs": rows})

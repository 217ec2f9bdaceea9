"""A process of its own that runs or releases a meeting with scripted engines, and stops where a test wants to kill it.

`python -m tests.engines.worker run RECORDING MEETING DATA CALLS [STOP]` or `… release ID - DATA CALLS [STOP]`.
At STOP it prints `reached` and waits for its end. When it is done it prints `done ID`. Where STOP is about a section,
the recording is heard section by section.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from pipeline import publish, run
from pipeline.folder import MeetingFolder, find
from tests.engines import scripted
from tests.stopping import before, stop


def _half_a_copy(source: Any, target: Any, length: int = 0) -> None:
    del length
    target.write(source.read(1000))
    target.flush()
    stop()


def _stop_at(place: str) -> None:
    verb, _, where = place.partition(":")
    match verb:
        case "copy":
            shutil.copyfileobj = _half_a_copy
        case "within" if where == "decode":
            decode = run.sound.decode
            run.sound.decode = lambda recording, into, _, **more: decode(recording, into, stop, **more)
        case "within" if where == "attribute":
            before(run.attribute, "record")
        case "within":
            before(
                {"transcribe": scripted.ScriptedTranscriber, "diarize": scripted.ScriptedDiarizer}[where],
                "__call__",
            )
        case "section":
            before(scripted.SectionedTranscriber, "read", lambda *given: given[3] == int(where) - 1)
        case "unnoted" | "section-unnoted":  # the artifact has its name, the manifest does not know yet
            before(
                MeetingFolder,
                "_write_manifest",
                lambda _, manifest: bool(manifest["stages"].get(where, {}).get("finished")),
            )
        case "writing":
            before(publish.manifest, "write")
        case "unswapped":
            before(publish, "put")
        case "swapping":
            before(Path, "rename", lambda _, target: Path(target).name == "public")
        case "swapped":
            before(MeetingFolder, "note", lambda *_: True)
        case _:
            raise SystemExit(f"no such place: {place}")


def main(verb: str, what: str, meeting: str, data: str, calls: str, place: str = "") -> None:
    """Run or release."""
    if place:
        _stop_at(place)
    sectioned = scripted.SectionedTranscriber(calls=Path(calls)) if place.startswith("section") else None
    if verb == "run":
        folder = run.run(
            Path(what),
            Path(meeting),
            Path(data),
            lambda: scripted.engines(Path(calls), in_sections=sectioned),
            lambda stage, *_: print(stage, flush=True) if stage == "wait" else None,
        )
    else:
        folder = find(Path(data), what)
        publish.publish(folder, listener=scripted.ScriptedTranscriber)
    print(f"done {folder.id}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

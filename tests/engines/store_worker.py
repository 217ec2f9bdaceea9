"""A worker of another machine, as a process of its own: `python -m tests.engines.store_worker VERB URL KEY ID INTO …`.

commit STAGE TEXT GO    pull, do a stage whose result is TEXT, wait for the file GO, commit, print whether it counts
die STAGE TEXT GO       the same, but stop for ever, after writing GO, between sending the result and the generation
push                    home's side: INTO is the data directory; prints the generation
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from pipeline.folder import MeetingFolder, Stage
from pipeline.store import Store
from pipeline.store_sealed import Sealed


def stage_of(name: str, text: str) -> Stage:
    """A stage whose result is a text, and whose inputs are what every machine takes them for."""

    def make(into: Path) -> None:
        into.write_text(text)

    return Stage(name, FILES.get(name, f"9{name[-1]}-{name}.json"), lambda: f"inputs of {name}", make)


FILES = {"transcribe": "20-words.json", "diarize": "30-turns.json", "stage7": "sections/words-007.json"}


def main(verb: str, url: str, key: str, meeting_id: str, into: str, *more: str) -> None:
    store = Store(url, Path(key))
    if verb == "push":
        print(store.push(MeetingFolder(Path(into) / "meetings" / meeting_id)), flush=True)
        return
    name, text, go = more
    folder = store.pull(meeting_id, Path(into))
    folder.perform(stage_of(name, text))
    if verb == "die":

        def stop(self: Sealed, *_: Any) -> bool:
            Path(go).touch()
            time.sleep(600)
            return False

        Sealed.add = stop  # type: ignore[method-assign] # here this process is killed
    else:
        print("ready", flush=True)
        while not Path(go).exists():
            time.sleep(0.005)
    print(store.commit(folder, name), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

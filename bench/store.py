"""What a store costs beside a plain copy: sending and fetching a meeting's sound, its time and its memory.

    python bench/store.py [--json] [--mb 400] [--runs 3]

A plain copy is fsspec's own `put_file` and `get_file` of the same bytes to the same place: it neither encrypts, nor
verifies, nor waits for the disk. The server for S3 is SeaweedFS on this machine, as in the tests. Every measurement is
a process of its own; pairs are measured one after the other.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.rows import Row, against, limited, plain, show
from pipeline.folder import MeetingFolder
from pipeline.store import Store
from tests.object_store import BucketPlace, FolderPlace, Place, credentials, server

ID = "0f3a9c27d1b4"
MB = 1_000_000


def meeting(data: Path, size: int) -> MeetingFolder:
    """A meeting with a sound of so many bytes, all of them by lot."""
    folder = MeetingFolder(data / "meetings" / ID)
    folder.root.mkdir(parents=True)
    seen = hashlib.sha256()
    with (folder.root / "10-sound.wav").open("wb") as file:
        for _ in range(size // MB):
            piece = os.urandom(MB)
            seen.update(piece)
            file.write(piece)
    entry = {"inputs": "i", "finished": True, "file": "10-sound.wav", "sha256": seen.hexdigest()}
    folder.note(stages={"decode": entry}, version=1)
    return folder


def child(verb: str, url: str, place: str) -> None:
    """One measurement: prints seconds, and the megabytes that the process grew by."""
    import fsspec

    root = Path(place)
    sound = root / "data" / "meetings" / ID / "10-sound.wav"
    store = Store(url, root / "store.key")
    fs, at = fsspec.core.url_to_fs(url)
    fs.ls(at.split("/")[0] if url.startswith("s3") else at)
    store.check()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    if verb == "push":
        store.push(MeetingFolder(sound.parent))
    elif verb == "pull":
        store.pull(ID, root / "worker")
    elif verb == "put":
        fs.put_file(str(sound), f"{at}/plain")
    else:
        fs.get_file(f"{at}/plain", str(root / "plain"))
    took = time.perf_counter() - started
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1000
    print(json.dumps([took, grown]))


def measured(verb: str, place: Place, root: Path) -> tuple[float, float]:
    """Seconds, and megabytes, in a process of its own."""
    command = [sys.executable, __file__, "--child", verb, place.url, str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - this very file
    took, grown = json.loads(done.stdout)
    return float(took), float(grown)


def of_place(name: str, place: Place, root: Path, megabytes: int, runs: int) -> Iterator[Row]:
    """The rows of one place."""
    times: dict[str, list[float]] = {verb: [] for verb in ("push", "put", "pull", "get")}
    grown: dict[str, list[float]] = {verb: [] for verb in times}
    for _ in range(runs):
        for verb, taken in times.items():
            if verb == "push":
                Store(place.url, root / "store.key").forget(ID)
            if verb == "pull":
                (root / "worker" / "meetings" / ID / "10-sound.wav").unlink(missing_ok=True)
            took, more = measured(verb, place, root)
            taken.append(took)
            grown[verb].append(more)
    for verb, peer in (("push", "put"), ("pull", "get")):
        pace = megabytes / statistics.median(times[verb])
        yield plain(f"{name}: {verb}, MB/s", pace, f"{megabytes} MB, median of {runs}")
        how = f"a plain copy makes {megabytes / statistics.median(times[peer]):.0f} MB/s"
        goal = 2.0 if name == "s3" else None
        yield against(f"{name}: {verb}, time × plain copy", times[verb], times[peer], goal, how)
        more = max(grown[verb])
        how = f"what the process grew by; a plain copy by {max(grown[peer]):.0f}"
        yield limited(f"{name}: {verb}, memory MB", more, 120.0, how)


def rows(megabytes: int, runs: int) -> Iterator[Row]:
    """Every row."""
    with tempfile.TemporaryDirectory() as scratch, server(Path(scratch) / "seaweed") as made:
        os.environ.update(credentials(made.port))
        for name in ("file", "s3"):
            root = Path(scratch) / name
            root.mkdir()
            meeting(root / "data", megabytes * MB)
            place: Place = FolderPlace(root / "share") if name == "file" else BucketPlace(made, "bench")
            yield from of_place(name, place, root, megabytes, runs)


def main() -> None:
    """Measure, and print."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--json", action="store_true")
    given.add_argument("--mb", type=int, default=400)
    given.add_argument("--runs", type=int, default=3)
    given.add_argument("--child", nargs=3, metavar=("VERB", "URL", "PLACE"))
    chosen = given.parse_args()
    if chosen.child:
        child(*chosen.child)
        return
    print(show(rows(chosen.mb, chosen.runs), as_json=chosen.json))


if __name__ == "__main__":
    main()

"""How fast `zhuzi backup` and `zhuzi restore` are, and what memory they take, beside copying the same bytes.

Two peers do the same work in the same run, one after the other, on the same files: `cp` with `sha256sum` of what it
copied, and `tar | age` where the program age is there (`--age PROGRAM`). Everything is made up; sound is random bytes,
which nothing compresses.

    python bench/backup.py --data DIR [--gigabytes 2] [--runs 3] [--age PROGRAM] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.rows import Row, against, limited, plain, show

_MEETINGS = 20
_BLOCK = 1 << 20
_MOST_RATIO = 1.5
"""A backup may take so many times what copying and digesting takes."""

_MOST_MB = 200
"""And so much memory, however large the data are."""

_CHILD = """
import json, sys, time
from pathlib import Path
what, data, archive, key, into = sys.argv[1:]
from pipeline.keeping.backup import back_up
from pipeline.keeping.restore import restore
from pipeline.settings import settings
begun = time.perf_counter()
if what == "backup":
    back_up(settings(Path(data)), Path(archive))
else:
    restore(Path(archive), Path(key), Path(into) if what == "restore" else None)
took = time.perf_counter() - begun
peak = next(l for l in open("/proc/self/status") if l.startswith("VmHWM"))
print(json.dumps({"seconds": took, "megabytes": int(peak.split()[1]) / 1024}))
"""


def make(data: Path, size: int) -> None:
    """A data directory of so many bytes: meetings with a recording, its sound, and small files."""
    each = size // _MEETINGS // 2
    for _ in range(_MEETINGS):
        root = data / "meetings" / secrets.token_hex(6)
        (root / "original").mkdir(parents=True)
        for name in ("original/recording.wav", "10-sound.wav"):
            with (root / name).open("wb") as file:
                for _ in range(each // _BLOCK):
                    file.write(os.urandom(_BLOCK))
        for name in ("20-words.json", "30-turns.json", "40-record.json"):
            (root / name).write_bytes(os.urandom(200_000))
        (root / "manifest.json").write_text('{"version": 1, "stages": {}}')


def child(*arguments: object) -> dict[str, float]:
    """One of our commands in a process of its own: seconds, and its most memory."""
    command = [sys.executable, "-c", _CHILD, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - our own program
    return dict(json.loads(done.stdout))


def timed(command: str, *arguments: object) -> float:
    """Seconds of a line of shell about the data, with what it wrote beside them brought to the disk as ours is."""
    begun = time.perf_counter()
    line = ["bash", "-ec", f'set -o pipefail; {command}; sync -f "$1"', "-", *map(str, arguments)]
    subprocess.run(line, check=True)  # noqa: S603 - lines of this file
    return time.perf_counter() - begun


def measured(place: Path, size: int, runs: int, age: str) -> list[Row]:
    """Every figure."""
    data, key = place / "data", place / "backup.key"
    make(data, size)
    os.environ["ZHUZI_BACKUP_TO"] = public = _key(key)
    megabytes = size / 1e6
    ours, copies, pipes, restores, verified, peaks = [], [], [], [], [], []
    for _ in range(runs):
        archive, copy, into = place / "ours.age", place / "copy", place / "restored"
        copies.append(
            timed('cp -r "$1" "$2"; find "$2" -type f -exec sha256sum {} + > "$2.sums"', data, copy)
        )
        shutil.rmtree(copy)
        made = child("backup", data, archive, key, into)
        ours.append(made["seconds"])
        looked, back = (child(what, data, archive, key, into) for what in ("verify", "restore"))
        verified.append(looked["seconds"])
        restores.append(back["seconds"])
        peaks += [made["megabytes"], looked["megabytes"], back["megabytes"]]
        archive.unlink()
        shutil.rmtree(into)
        if age:
            pipes.append(timed('tar -C "$1" -c . | "$2" -r "$3" -o "$4"', data, age, public, archive))
            archive.unlink()
    on = f"{megabytes:.0f} MB in {_MEETINGS} meetings"
    return [
        plain("backup, MB/s", megabytes * runs / sum(ours), on),
        plain("verify only, MB/s", megabytes * runs / sum(verified), on),
        plain("restore, MB/s", megabytes * runs / sum(restores), on),
        against("backup over cp and sha256sum, time", ours, copies, _MOST_RATIO, on),
        against("backup over tar | age, time", ours, pipes, None, on if age else "no program age was named"),
        against("restore over cp and sha256sum, time", restores, copies, None, on),
        limited("most memory of all three, MB", max(peaks), _MOST_MB, f"VmHWM of the process; {on}"),
    ]


def _key(path: Path) -> str:
    from pipeline.keeping.age import new_key

    return new_key(path)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="an empty folder on the disk to measure")
    parser.add_argument("--gigabytes", type=float, default=2.0)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--age", default="", help="the program age, for the peer `tar | age`")
    parser.add_argument("--json", action="store_true", help="rows as JSON")
    chosen = parser.parse_args()
    place = chosen.data / f"backup-{secrets.token_hex(3)}"
    place.mkdir(parents=True)
    try:
        rows = measured(place, int(chosen.gigabytes * 1e9), chosen.runs, chosen.age)
    finally:
        shutil.rmtree(place)
    print(show(rows, as_json=chosen.json))


if __name__ == "__main__":
    main()

"""`bench/outputs.py` writes every format, twice to the same bytes, and prints what it measured beside its goals."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from output import files

ROOT = Path(__file__).parent.parent


def test_every_format_is_measured_and_the_second_time_gives_the_same_bytes() -> None:
    done = subprocess.run(
        [sys.executable, "bench/outputs.py", "--hours", "0.1", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    rows = {row["figure"]: row for row in json.loads(done.stdout)}
    assert rows["formats: other bytes the second time"]["value"] == 0
    assert int(rows["formats: seconds to write"]["how"].split(" formats")[0]) >= len(files.ENDINGS)

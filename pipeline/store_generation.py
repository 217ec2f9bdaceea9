"""What a store knows of a meeting at one time: which files, and which stages are finished. Generations are only added.

Nobody locks a store. Whoever changes something reads the newest generation, makes the next one of it, and creates that
under its number; of several who do so at once one succeeds, and the others begin again with what that one wrote.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from speakers.error import StorageError
from speakers.record import digest

SOURCES = ("meeting.toml", "ledger.jsonl", "ledger.head")
"""What home says, in the meeting's folder; workers only read it."""

_RESULT = re.compile(r"(?:[0-9]{2}-|sections/)[a-z0-9-]+\.[a-z0-9]{1,8}")
"""What the file of a stage may be called: nothing that a worker sends takes the place of anything else."""

_NOT_SHARED = frozenset({"stages", "made_with", "store"})
"""Parts of a manifest that are not facts about the meeting."""

Entry = dict[str, Any]
"""What a manifest says of a stage."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file.

    Attributes:
        sha256: of its bytes.
        size: in bytes.
    """

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Generation:
    """All that workers need of a meeting.

    Attributes:
        number: from 1.
        token: drawn by lot, so that whoever created it knows it again.
        facts: the manifest but for its stages.
        stages: of the manifest; a finished one's file is in `files`, one that is not says what home expects.
        files: by path in the meeting's folder.
    """

    number: int
    token: str
    facts: Mapping[str, Any]
    stages: Mapping[str, Entry]
    files: Mapping[str, Kept]

    @property
    def basis(self) -> str:
        """Digest of what home says: facts and sources, without any result."""
        return basis_of(self.facts, self.files)

    def same(self, other: Generation) -> bool:
        """Whether another one says the same."""
        return (self.facts, self.stages, self.files) == (other.facts, other.stages, other.files)

    def to_bytes(self) -> bytes:
        """As JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True).encode()


def parse(data: bytes) -> Generation:
    """What `Generation.to_bytes` wrote.

    Raises:
        StorageError: If it is something else, or names files that are nobody's to name.
    """
    try:
        values = json.loads(data)
        files = {path: Kept(str(k["sha256"]), int(k["size"])) for path, k in values["files"].items()}
        stages = {name: dict(entry) for name, entry in values["stages"].items()}
        number, token, facts = int(values["number"]), str(values["token"]), dict(values["facts"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StorageError(
            "The store holds something that this version does not read.", "Use the same version everywhere."
        ) from error
    for path in files:
        check_name(path, source=path in SOURCES)
    return Generation(number, token, facts, stages, files)


def check_name(path: str, *, source: bool = False) -> None:
    """Refuse a name that would reach beyond the results of stages.

    Raises:
        StorageError: If it would.
    """
    if not source and not _RESULT.fullmatch(path):
        raise StorageError(
            "A file in the store is called what no stage's is.", "Use the same version everywhere."
        )


def facts_of(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The facts about a meeting in its manifest."""
    return {key: value for key, value in manifest.items() if key not in _NOT_SHARED}


def basis_of(facts: Mapping[str, Any], files: Mapping[str, Kept]) -> str:
    """Digest of facts and sources."""
    sources = (f"{path} {files[path].sha256}" for path in SOURCES if path in files)
    return digest("basis 1", json.dumps(facts, ensure_ascii=False, sort_keys=True), *sources)


def pushed(newest: Generation | None, manifest: Mapping[str, Any], files: Mapping[str, Kept]) -> Generation:
    """What comes after the newest generation when home says how it stands there.

    A result that only the store has stays in it as long as home expects it, and nothing it may rest on changed.

    Args:
        newest: None if there is none.
        manifest: of home.
        files: sources, and the results that home has.
    """
    mine: dict[str, Entry] = {name: dict(entry) for name, entry in manifest["stages"].items()}
    for entry in mine.values():
        if entry.get("file") not in files:
            entry["finished"] = False
    facts, kept = facts_of(manifest), dict(files)
    if newest is not None:
        changed = newest.basis != basis_of(facts, files) or any(
            path not in SOURCES and path in newest.files and newest.files[path] != k
            for path, k in files.items()
        )
        for name, entry in newest.stages.items():
            here = mine.get(name, {})
            expected = here.get("inputs")
            good = not changed if expected is None else expected == entry.get("inputs")
            if entry.get("finished") and not here.get("finished") and good:
                mine[name], kept[entry["file"]] = entry, newest.files[entry["file"]]
    return _next(newest, facts=facts, stages=mine, files=kept)


def with_result(newest: Generation, name: str, entry: Entry, basis: str, kept: Kept) -> Generation | None:
    """What comes after the newest generation when a stage was done; None if its result does not count.

    Args:
        newest: the newest generation.
        name: of the stage.
        entry: what the worker's manifest says of it.
        basis: of the generation from which the worker took what it worked on.
        kept: the result's file.
    """
    there = newest.stages.get(name, {})
    if there.get("finished"):
        return None  # the first one counts
    expected = there.get("inputs")
    if expected is None and newest.basis != basis:
        return None
    if expected is not None and expected != entry.get("inputs"):
        return None
    check_name(str(entry["file"]))
    return _next(
        newest,
        stages={**newest.stages, name: entry},
        files={**newest.files, str(entry["file"]): kept},
    )


def without(newest: Generation, name: str) -> Generation:
    """What comes after the newest generation when the result of a stage turned out to be damaged."""
    entry = newest.stages[name]
    return _next(
        newest,
        stages={**newest.stages, name: {**entry, "finished": False}},
        files={path: kept for path, kept in newest.files.items() if path != entry["file"]},
    )


def _next(newest: Generation | None, **values: Any) -> Generation:
    number, token = (newest.number if newest else 0) + 1, secrets.token_hex(8)
    if newest is None:
        return Generation(number, token, **values)
    return replace(newest, number=number, token=token, **values)

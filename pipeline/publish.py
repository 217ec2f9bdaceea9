"""Release: through the gate, into files, past the leak scanner, and only then into `public/`."""

from __future__ import annotations

import contextlib
import datetime
import shutil
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from output import files, manifest
from pipeline.digest import sha256_of
from pipeline.folder import MeetingFolder, storage_error, sync_folder
from pipeline.lock import alone
from pipeline.review import draft_of
from redaction.release import kept, release
from redaction.released import Released
from redaction.scan import scan, terms_of
from speakers.error import LeakError, StorageError

LICENCE = "CC0-1.0"

_RESTORE = "Restore it from a backup, or run the recording again."


def publish(folder: MeetingFolder, data: Path, *, approvers: int = 1) -> Released:
    """Write `public/`: whole, approved and scanned, or not at all.

    What was public before is moved to `withdrawn/` first, so that there is never a mixture.

    Args:
        folder: the meeting.
        data: the data directory, of which this is the only worker meanwhile.
        approvers: how many different people have to have approved it.

    Returns:
        What was released; its `sound.reason` says why if no sound is published.

    Raises:
        NotReleasableError: If anything is undecided, or changed since its approval.
        LeakError: If a protected name is in any file; says where, never what. Nothing is published then.
        StorageError: If it cannot be written. Nothing is published then.
    """
    with alone(data, lambda: None):
        draft = draft_of(folder)
        released = release(draft, approvers=approvers)
        with _staging(folder) as staging:
            written = files.write(released, staging, _original(folder) if released.sound.allowed else None)
            made_with = tuple((str(a), str(b)) for a, b in folder.manifest().get("made_with", ()))
            described = manifest.describe(
                released, written, (("zhuzi", metadata.version("zhuzi")), *made_with), LICENCE
            )
            manifest.write(described, staging)
            hits = scan(staging, terms_of(draft.meeting.participants), allowed=kept(draft))
            if hits:
                where = "; ".join(dict.fromkeys(f"{h.where} ({h.how}, {h.term})" for h in hits[:10]))
                raise LeakError(
                    f"A protected name would be published in {len(hits)} places: {where}.",
                    "Look there in the draft (zhuzi show ID) and in meeting.toml; mask it or correct it, then approve.",
                )
            _swap(staging, folder)
        folder.note(released={"approval": released.approval, "at": released.approved_at})
    return released


def _original(folder: MeetingFolder) -> Path:
    """The recording, if it is still the one that was heard: what is hidden is hidden at moments of that one."""
    original = folder.original
    try:
        content = sha256_of(original)
    except OSError as error:
        raise StorageError(f"The original of meeting {folder.id} cannot be read.", _RESTORE) from error
    if not content.startswith(folder.id):
        raise StorageError(f"The original of meeting {folder.id} is not what was transcribed.", _RESTORE)
    return original


@contextlib.contextmanager
def _staging(folder: MeetingFolder) -> Iterator[Path]:
    """A new empty folder beside `public/`, gone afterwards whatever happens; and no older one."""
    staging = folder.root / ".public.part"
    try:
        _remove(staging)
        staging.mkdir()
    except OSError as error:
        raise storage_error(staging, error) from error
    try:
        yield staging
    finally:
        with contextlib.suppress(OSError):
            _remove(staging)


def _remove(folder: Path) -> None:
    if folder.exists():
        folder.chmod(0o700)
        shutil.rmtree(folder)


def _swap(staging: Path, folder: MeetingFolder) -> None:
    """Make the staged folder `public/` in one rename, write-protected."""
    try:
        for path in staging.iterdir():
            path.chmod(0o444)
        staging.chmod(0o555)
        if folder.public.exists():
            withdrawn = folder.root / "withdrawn"
            withdrawn.mkdir(exist_ok=True)
            moment = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%S.%f")
            folder.public.chmod(0o755)
            folder.public.rename(withdrawn / moment)
            sync_folder(withdrawn)
        staging.rename(folder.public)
        sync_folder(folder.root)
    except OSError as error:
        raise storage_error(folder.public, error) from error

"""Release: through the gate, into files, past the leak scanner, and only then into `public/`."""

from __future__ import annotations

import contextlib
import datetime
import re
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from importlib import metadata
from pathlib import Path

from output import files, manifest
from pipeline.digest import sha256_of
from pipeline.folder import MeetingFolder, storage_error
from pipeline.listen import mentions_in
from pipeline.lock import alone
from pipeline.microphones import beside
from pipeline.review import draft_of
from pipeline.run import Report, decoding
from redaction.forbidden import forbidden
from redaction.release import release, with_more_replaced, without_sound
from redaction.released import Released
from redaction.scan import scan
from speakers.disk import sync
from speakers.error import LeakError, NotReleasableError, StorageError
from speakers.record import Span
from speakers.transcribe import Transcriber

LICENCE = "CC0-1.0"

_MODEL = re.compile(r"[A-Za-z0-9._+-]{1,80}")
"""A model's name, version or digest: one word, in letters that name no person in Chinese."""

_ROUNDS = 5
"""How often the sound is made anew because somebody was still named in it."""

_RESTORE = "Restore it from a backup, or run the recording again."

_UNHEARD = "Nobody listened to the masked sound again: it may not be published."


def publish(
    folder: MeetingFolder,
    *,
    approvers: int = 1,
    listener: Callable[[], Transcriber] | None = None,
    report: Report = lambda *_: None,
) -> Released:
    """Write `public/`: whole, approved, scanned and listened to, or not at all.

    What was public before is moved to `withdrawn/` first, so that there is never a mixture.

    Args:
        folder: the meeting.
        approvers: how many different people have to have approved it.
        listener: hears the published sound again where somebody is protected; without one, no sound is published.
        report: told about progress.

    Returns:
        What was released; its `sound.reason` says why if no sound is published.

    Raises:
        NotReleasableError: If anything is undecided, or changed since its approval.
        LeakError: If a protected name is in any file; says where, never what. Nothing is published then.
        StorageError: If it cannot be written. Nothing is published then.
        BusyError: If somebody is working on this meeting.
    """
    with alone(folder.root, lambda: None, wait=False):
        draft = draft_of(folder)
        released = release(draft, approvers=approvers)
        listen = None
        if released.sound.allowed and draft.meeting.protected:
            if listener is None:
                released = without_sound(released, _UNHEARD)
            else:
                listen = partial(
                    mentions_in, draft=draft, transcriber=listener(), progress=partial(report, "listen")
                )
        with _staging(folder) as staging:
            released, written = _written(folder, released, staging, listen)
            made_with = (("zhuzi", metadata.version("zhuzi")), *_made_with(folder))
            described = manifest.describe(released, written, made_with, LICENCE)
            manifest.write(described, staging)
            sought = forbidden(draft)
            hits = scan(
                staging,
                sought.terms,
                allowed=sought.allowed,
                public=sought.public,
                salts=(folder.id,),
                numbers=True,
            )
            if hits:
                where = "; ".join(dict.fromkeys(f"{h.where} ({h.how}, {h.term})" for h in hits[:10]))
                raise LeakError(
                    f"A protected name would be published in {len(hits)} places: {where}.",
                    "Look there in the draft (zhuzi show ID) and in meeting.toml; mask it or correct it, then approve.",
                )
            if draft_of(folder).digest != draft.digest:
                # Listening takes a while, and somebody may decide or ask for something meanwhile.
                raise NotReleasableError(
                    "It was changed while it was being released.", "Review it again: zhuzi review ID."
                )
            _swap(staging, folder)
        folder.note(released={"approval": released.approval, "at": released.approved_at})
    return released


def _written(
    folder: MeetingFolder,
    released: Released,
    staging: Path,
    listen: Callable[[Path], tuple[Span, ...]] | None,
) -> tuple[Released, tuple[Path, ...]]:
    """Write the files; listen to the sound, replace what still names somebody, and listen again."""
    for _ in range(_ROUNDS):
        for path in staging.iterdir():
            path.unlink()
        if released.sound.allowed:
            written = files.write(released, staging, _original(folder), beside(folder, verified=True))
        else:
            written = files.write(released, staging, None)
        published = next((p for p in written if p.suffix == ".mp3"), None)
        found = listen(published) if published is not None and listen is not None else ()
        if not found:
            return released, written
        released = with_more_replaced(released, found)
    raise LeakError(
        f"A protected person is still named in the sound after {_ROUNDS} attempts to replace it.",
        "Hide more of what is said there (zhuzi review ID --hide), then approve again.",
    )


def _made_with(folder: MeetingFolder) -> Iterator[tuple[str, str]]:
    """Which models heard it. No approval binds this list, so nothing else than models can be said in it."""
    given = folder.manifest().get("made_with", ())
    pairs = (
        [tuple(pair) if isinstance(pair, list) else () for pair in given] if isinstance(given, list) else []
    )
    for pair in pairs:
        match pair:
            case (str(name), str(version)) if _MODEL.fullmatch(name) and _MODEL.fullmatch(version):
                yield name, version
            case _:
                raise StorageError(
                    f"The manifest of meeting {folder.id} names no models where it should.",
                    "Run the recording again: decisions stay.",
                )


def _original(folder: MeetingFolder) -> Path:
    """The recording, if it is still the one that was heard: what is hidden is hidden at moments of that one."""
    original = folder.original
    try:
        content = sha256_of(original)
    except OSError as error:
        raise StorageError(f"The original of meeting {folder.id} cannot be read.", _RESTORE) from error
    if not content.startswith(folder.id):
        raise StorageError(f"The original of meeting {folder.id} is not what was transcribed.", _RESTORE)
    if folder.manifest()["stages"].get("decode", {}).get("inputs") != decoding(folder):
        raise NotReleasableError(
            "It was heard with other microphones, or by a version of the program that counted moments in another way.",
            "Run the recording again (zhuzi run RECORDING): decisions stay.",
        )
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
            sync(withdrawn)
        staging.rename(folder.public)
        sync(folder.root)
    except OSError as error:
        raise storage_error(folder.public, error) from error

"""Release: through the gate, into files, past the leak scanner, and only then into `public/`."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from importlib import metadata
from pathlib import Path

from output import files, manifest, sound, video
from output.stand_in import Reading, read
from pipeline import window
from pipeline.digest import sha256_of
from pipeline.folder import MeetingFolder
from pipeline.listen import mentions_in
from pipeline.lock import alone
from pipeline.microphones import beside
from pipeline.public import REVOKED, alone_at_the_door, artifacts, put
from pipeline.review import draft_of
from pipeline.run import Report, decoding
from pipeline.settings import SIGN, signing_key
from redaction import decision, ledger, propose
from redaction.audible import with_more_replaced, with_readings, without_picture, without_sound
from redaction.decision import Artifact
from redaction.draft import POLICY, Draft
from redaction.forbidden import forbidden
from redaction.release import release
from redaction.released import Released
from redaction.scan import VERSION as SCANNER
from redaction.scan import scan
from speakers.disk import storage_error
from speakers.error import KeepingError, LeakError, ModelError, NotReleasableError, StorageError
from speakers.kokoro import Reader
from speakers.record import Span
from speakers.transcribe import Transcriber

_MODEL = re.compile(r"[A-Za-z0-9._+-]{1,80}")
"""A model's name, version or digest: one word, in letters that name no person in Chinese."""

_ROUNDS = 5
"""How often the sound is made anew because somebody was still named in it."""

_RESTORE = "Restore it from a backup, or run the recording again."

_SCRATCH = ".listen"
"""Where sound lies while it is made and listened to: in the meeting's folder, which has the rights for it."""

_NO_VOICE = 'Fetch it: zhuzi models fetch kokoro; or write hide_with = "tone" into meeting.toml.'

_UNHEARD = "Nobody listened to the masked sound again: it may not be published."


def publish(
    folder: MeetingFolder,
    *,
    approvers: int = 1,
    correction_days: int = 0,
    listener: Callable[[], Transcriber] | None = None,
    reader: Callable[[], Reader] | None = None,
    report: Report = lambda *_: None,
) -> Released:
    """Write `public/`: whole, approved, scanned and listened to, or not at all.

    What was public before is moved to `withdrawn/` first, so that there is never a mixture.

    Args:
        folder: the meeting.
        approvers: how many different people have to have approved it.
        correction_days: how many working days its participants have to suggest corrections before, 0 for none; the
            meeting itself may ask for another number.
        listener: hears the published sound again where somebody is protected; without one, no sound is published.
        reader: reads what protected people said, where the meeting asks for that.
        report: told about progress.

    Returns:
        What was released; its `sound.reason` says why if no sound is published, `picture.reason` why no picture.

    Raises:
        NotReleasableError: If anything is undecided, or changed since its approval, or its correction window was not
            opened, is open, or has suggestions that nobody answered.
        LeakError: If a protected name is in any file; says where, never what. Nothing is published then.
        ModelError: If a voice is to read and there is none. Nothing is published then.
        StorageError: If it cannot be written. Nothing is published then.
        SignatureError: If releases are signed, and the key cannot be used. Nothing is published then.
        BusyError: If somebody is working on this meeting.
    """
    with alone(folder.root, lambda: None, wait=False):
        _not_revoked(folder)
        draft = draft_of(folder)
        released = release(draft, approvers=approvers)
        _waited(folder, draft, correction_days)
        listen = None
        if released.sound.allowed and draft.meeting.protected:
            if listener is None:
                released = without_sound(released, _UNHEARD)
            else:
                listen = partial(
                    mentions_in, draft=draft, transcriber=listener(), progress=partial(report, "listen")
                )
        with _empty(folder.root / ".public.part") as staging, _empty(folder.root / _SCRATCH) as scratch:
            voice = _voice(released, reader)
            released, readings = _read(folder, released, voice, scratch)
            hears = partial(listen, scratch=scratch) if listen else None
            released, written = _written(folder, released, staging, hears, readings)
            made_with = (
                ("zhuzi", metadata.version("zhuzi")),
                *_made_with(folder),
                *((voice.made_with,) if readings and voice else ()),
            )
            rules = (("policy", POLICY), ("proposals", propose.VERSION), ("scanner", SCANNER))
            manifest.write(manifest.describe(released, written, made_with, rules), staging)
            if key := signing_key():
                from pipeline import signing

                signing.sign(staging, key)
            going = artifacts(staging)
            _clean(staging, draft, folder.id)
            _go_out(folder, draft, staging, going, correction_days)
        folder.note(released={"approval": released.approval, "at": released.approved_at})
    return released


def summary(released: Released) -> Iterator[str]:
    """What was hidden in what `publish` let out, and what is missing from it, each as a sentence."""
    hidden = ", ".join(f"{count} × {kind}" for kind, count in released.hidden) or "nothing"
    yield f"Hidden in the text: {hidden}. Leak scan of every file: clean."
    if released.sound.reason:
        yield f"Text only: {released.sound.reason}"
    else:
        replaced = sum(span.length for span in released.sound.replaced) / 1000
        yield f"Replaced in the sound: {replaced:.1f} s."
    if released.picture.reason:
        yield f"No video: {released.picture.reason}"
    yield "Signed." if signing_key() else f"Not signed. {SIGN}"
    if unread := len(released.sound.unread):
        yield f"{unread} turns of protected people could not be read in their time; a tone stands there."


def _voice(released: Released, reader: Callable[[], Reader] | None) -> Reader | None:
    """The voice, if one has to read."""
    if not released.sound.spoken:
        return None
    if reader is None:
        raise ModelError("A voice is to read what protected people said, and there is none.", _NO_VOICE)
    return reader()


def _read(
    folder: MeetingFolder, released: Released, voice: Reader | None, scratch: Path
) -> tuple[Released, tuple[Reading, ...]]:
    """Have a voice read what fits, once: the sound may be made several times."""
    if voice is None:
        return released, ()
    rate_hz = sound.rate_of(_original(folder), beside(folder))
    readings = read(released, voice, rate_hz, scratch)
    return with_readings(released, {r.turn for r in readings}), readings


def _clean(staging: Path, draft: Draft, meeting_id: str) -> None:
    """Refuse if anything that had to be hidden is in any file, or if one cannot be looked into."""
    sought = forbidden(draft)
    hits = scan(
        staging,
        sought.terms,
        allowed=sought.allowed,
        public=sought.public,
        salts=(meeting_id,),
        numbers=True,
    )
    places = "; ".join(
        dict.fromkeys(f"{h.where} ({', '.join(filter(None, (h.how, h.term)))})" for h in hits[:10])
    )
    if any(h.term for h in hits):
        raise LeakError(
            f"A protected name would be published in {len(hits)} places: {places}.",
            "Look there in the draft (zhuzi show ID) and in meeting.toml; mask it or correct it, then approve.",
        )
    if hits:
        raise LeakError(
            f"{len(hits)} places could not be looked into before they were published: {places}.",
            "Free memory and disk space, then release it again: zhuzi release ID.",
        )


def _waited(folder: MeetingFolder, draft: Draft, correction_days: int) -> None:
    """Refuse as long as participants may suggest corrections, or wait for an answer."""
    window.refuse(window.of(folder), draft, correction_days)


def _go_out(
    folder: MeetingFolder, draft: Draft, staging: Path, going: tuple[Artifact, ...], correction_days: int
) -> None:
    """Write into the ledger what goes out, then let it out; unless anything changed while it was scanned and heard."""
    with alone_at_the_door(folder):
        entries = ledger.read(folder.ledger)
        _not_revoked(folder)
        now = draft_of(folder)
        if now.digest != draft.digest or now.approvals != draft.approvals:
            raise NotReleasableError(
                "It was changed while it was being released.", "Review it again: zhuzi review ID."
            )
        _waited(folder, now, correction_days)
        if artifacts(staging) != going:
            raise StorageError(
                "Its files changed while they were scanned.", "Find out what did that, then try again."
            )
        who = tuple(e.who for e in draft.approvals)
        act = decision.Released(draft.digest, who, going, POLICY, propose.VERSION, SCANNER)
        ledger.append(folder.ledger, "zhuzi", (act,), how="zhuzi release", after=len(entries))
        put(staging, folder)


def _not_revoked(folder: MeetingFolder) -> None:
    """Refuse while a revocation waits for its ledger."""
    if (folder.root / REVOKED).exists():
        raise NotReleasableError(
            "It was revoked while its ledger could not be written.",
            "Restore the ledger, then revoke it again: zhuzi revoke ID.",
        )


def _written(
    folder: MeetingFolder,
    released: Released,
    staging: Path,
    listen: Callable[[Path], tuple[Span, ...]] | None,
    readings: tuple[Reading, ...],
) -> tuple[Released, tuple[Path, ...]]:
    """Write the files; listen to the sound, replace what still names somebody, and listen again; then the video."""
    original = _original(folder) if released.sound.allowed else None
    # First of all reasons: in public, no sentence about protected people stands where there was nothing to see.
    if original and (released.picture.allowed or released.picture.reason) and not video.pictured(original):
        released = without_picture(released, "The recording has no picture.")
    microphones = beside(folder, verified=True) if original else ()
    for _ in range(_ROUNDS):
        for path in staging.iterdir():
            path.unlink()
        written = files.write(released, staging, original, microphones, readings)
        published = next((p for p in written if p.suffix == ".mp3"), None)
        found = listen(published) if published is not None and listen is not None else ()
        if found:
            released = with_more_replaced(released, found)
        elif original and released.picture.allowed:
            return released, files.add_video(released, written, original, microphones, readings)
        else:
            return released, written
    raise LeakError(
        f"A protected person is still named in the sound after {_ROUNDS} attempts to replace it.",
        "Hide more of what is said there (zhuzi review ID --hide), then approve again.",
    )


def pictureless(folder: MeetingFolder) -> bool:
    """Whether a meeting's recording is there and has no picture."""
    try:
        return not video.pictured(folder.original)
    except (KeepingError, StorageError):
        return False


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
def _empty(path: Path) -> Iterator[Path]:
    """A new empty folder that only its owner can open, gone afterwards whatever happens; and no older one."""
    try:
        for left in path.parent.glob(f"{path.name}*"):  # of a release that was killed
            _remove(left)
        path.mkdir(mode=0o700)
    except OSError as error:
        raise storage_error(path, error) from error
    try:
        yield path
    finally:
        with contextlib.suppress(OSError):
            _remove(path)


def _remove(folder: Path) -> None:
    if folder.is_symlink() or folder.is_file():  # whatever it points to is not ours
        folder.unlink()
    elif folder.exists():
        folder.chmod(0o700)
        shutil.rmtree(folder)

"""What `zhuzi doctor` looks at: whether this machine can do the work, in words that help."""

import datetime
import os
import shutil
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path

from pipeline import register
from pipeline.catalogue import catalogue_in_force
from pipeline.finding import Finding
from pipeline.jobs.spool import Jobs
from pipeline.keeping import backups
from pipeline.models import verify
from pipeline.settings import SIGN, exposed, settings, signing_key, store_place
from pipeline.store import Store
from speakers import QUIET
from speakers.error import ModelError, ZhuziError

__all__ = ["Finding", "examine"]

_GB = 1_000_000_000
_WANTED_CODECS = ("aac", "mp3", "opus", "flac", "vorbis", "pcm_s16le", "h264", "hevc")
_TAIPEI = datetime.timedelta(hours=8)
_DAYS = 7
"""A backup that is older is told."""

_OLDEST_CLOCK = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def examine(data: Path, models: Path) -> tuple[Finding, ...]:
    """Look at everything the work needs; nothing is changed, and nothing leaves the machine.

    Args:
        data: the data directory; need not exist yet.
        models: the models directory; need not exist yet.

    Returns:
        (n_findings,) in the order they are shown; the machine is fit if every non-optional one is ok.
    """
    gpus = _graphics_cards()
    return (
        _python(sys.version_info[:3]),
        *_models(models),
        _decoding(),
        _ffmpeg(),
        _torch(gpus),
        _graphics(gpus),
        _memory(_memory_bytes()),
        _disk(data),
        _writable("data directory", data, "ZHUZI_DATA"),
        _writable("models directory", models, "ZHUZI_MODELS"),
        _keys(data),
        _register(data),
        _jobs(data),
        _backup(data),
        _store(),
        _signing(),
        _telemetry(),
        _clock(datetime.datetime.now(datetime.UTC)),
        _timezone(),
    )


def _python(version: tuple[int, int, int]) -> Finding:
    """Whether this Python is one that the project is tested with.

    >>> _python((3, 11, 7)).ok, _python((3, 10, 1)).ok
    (True, False)
    """
    says = f"Python {'.'.join(map(str, version))}."
    return Finding("Python", version >= (3, 11, 0), False, says, "Install Python 3.11 or newer.")


def _models(directory: Path) -> tuple[Finding, ...]:
    """The models that the work starts with, every byte of them."""
    try:
        catalogue = catalogue_in_force(None)
        found = []
        for name in catalogue.defaults():
            model = catalogue.model(name)
            title = f"model {name} ({model.job})"
            bad = [each for each in verify([name], directory, catalogue=catalogue) if not each.ok]
            if bad:
                found.append(Finding(title, False, False, bad[0].says, bad[0].cure))
            else:
                found.append(Finding(title, True, False, "Here, and every digest is right."))
    except ModelError as error:
        return (Finding("models", False, False, error.what, error.cure),)
    return tuple(found)


def _decoding() -> Finding:
    """Whether PyAV reads the sound and picture formats that meetings are recorded in."""
    try:
        import av
    except ImportError as error:
        says = f"PyAV cannot be loaded ({type(error).__name__})."
        return Finding("decoding", False, False, says, "Run `make install` again.")
    known = frozenset(av.codecs_available)
    missing = [codec for codec in _WANTED_CODECS if codec not in known]
    can = ", ".join(codec for codec in _WANTED_CODECS if codec in known)
    if missing:
        says = f"This PyAV cannot read {', '.join(missing)}; it reads {can}."
        return Finding("decoding", False, False, says, "Install PyAV's own wheel: run `make install` again.")
    return Finding("decoding", True, False, f"PyAV {av.__version__} reads {can}.")


def _ffmpeg() -> Finding:
    path = shutil.which("ffmpeg")
    says = f"Found at {path}, but not needed" if path else "Not installed, and not needed"
    return Finding("ffmpeg", True, True, f"{says}: PyAV carries its own.")


def _torch(gpus: int) -> Finding:
    """Which torch is installed, without loading it: that alone takes seconds."""
    try:
        version = metadata.version("torch")
        needs = metadata.requires("torch") or []
    except metadata.PackageNotFoundError:
        return Finding("torch", False, False, "torch is not installed.", "Run `make install`.")
    cuda = "+cpu" not in version and any(need.startswith(("nvidia-", "cuda-")) for need in needs)
    if cuda and not gpus:
        says = f"torch {version} is a CUDA build on a machine without a graphics card: gigabytes for nothing."
        return Finding("torch", False, True, says, "Run `make clean install TORCH=cpu` to have them back.")
    if gpus and not cuda:
        says = f"torch {version} uses the processor only, though there is a graphics card."
        return Finding("torch", False, True, says, "Run `make clean install TORCH=cuda` to use the card.")
    return Finding("torch", True, True, f"torch {version}, built for {'CUDA' if cuda else 'the processor'}.")


def _graphics_cards() -> int:
    """How many NVIDIA cards the driver names; 0 without a driver."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return 0
    try:
        # -L only lists; the program is the driver's own, found on PATH
        done = subprocess.run([program, "-L"], capture_output=True, timeout=20, check=False)  # noqa: S603 - see above
    except (OSError, subprocess.TimeoutExpired):
        return 0
    return done.stdout.count(b"GPU ") if done.returncode == 0 else 0


def _graphics(gpus: int) -> Finding:
    """Whether speech-to-text can use the cards that the driver names."""
    if not gpus:
        return Finding("graphics card", True, True, "None found; the processor does the work, more slowly.")
    try:
        import ctranslate2

        usable = int(ctranslate2.get_cuda_device_count())
    except (ImportError, RuntimeError, ValueError):
        usable = 0
    if usable < 1:
        says = f"The driver names {gpus}, but speech-to-text cannot use any."
        return Finding("graphics card", False, True, says, "Run `make install TORCH=cuda` for the libraries.")
    return Finding("graphics card", True, True, f"{usable} found, and speech-to-text can use it.")


def _memory_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _memory(held: int) -> Finding:
    """Whether the machine has memory enough.

    >>> _memory(16_000_000_000).ok, _memory(2_000_000_000).ok
    (True, False)
    """
    says = f"{held / _GB:.1f} GB."
    cure = "Use a machine with at least 4 GB: the default models and a long meeting need about 3."
    return Finding("memory", held >= 3.5 * _GB, False, says, cure)


def _existing(path: Path) -> Path:
    """The nearest folder above a path that is already there."""
    path = path.absolute()
    while not path.exists() and path != path.parent:
        path = path.parent
    return path


def _disk(data: Path) -> Finding:
    free = shutil.disk_usage(_existing(data)).free
    says = f"{free / _GB:.1f} GB free for {data}."
    cure = "Free some space: an hour of recording needs about 1 GB, and a full disk stops the work."
    return Finding("disk", free >= 5 * _GB, free >= _GB // 2, says, cure if free < 5 * _GB else "")


def _writable(name: str, path: Path, setting: str) -> Finding:
    """Whether files can be made there, tried with one that is gone at once."""
    place = _existing(path)
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        says = f"{place} cannot be written: {error.strerror}."
        return Finding(
            name, False, False, says, f"Get the right to write there, or set {setting} to another."
        )
    return Finding(name, True, False, f"{path} can be written.")


def _keys(data: Path) -> Finding:
    """Whether the keys of voiceprints and of the consent register lie apart from what they open."""
    says = exposed(data)
    if not says:
        return Finding("keys", True, True, "They lie, or will lie, apart from what they open.")
    cure = (
        "Move it elsewhere, and name its new place: ZHUZI_VOICEPRINT_KEY, ZHUZI_REGISTER, ZHUZI_REGISTER_KEY."
    )
    return Finding("keys", False, True, says, cure)


def _register(data: Path) -> Finding:
    """Whether the consent register can be opened, if there is one."""
    try:
        people = register.of(data)
        says = people.made or "None yet: the first run with a hidden person makes it."
        people.all("doctor")
    except ZhuziError as error:
        return Finding("consent register", False, False, error.what, error.cure)
    return Finding("consent register", True, False, says)


def _jobs(data: Path) -> Finding:
    """Whether every job can be read: no door shows one that cannot, and no worker does it."""
    damaged = Jobs(settings(data)).damaged()
    if not damaged:
        return Finding("jobs", True, False, "Each one that waits can be read.")
    says = f"{len(damaged)} cannot be read, so nobody does them: {', '.join(damaged)}."
    cure = (
        "Nothing that was handed in is lost: submit the recording in DATA/work/ID again (zhuzi submit), then remove "
        "that folder; or restore its job.json from a backup."
    )
    return Finding("jobs", False, False, says, cure)


def _backup(data: Path) -> Finding:
    """When the last backup was made; whether it can be opened only a restore tells."""
    try:
        made = backups.last(data)
    except ZhuziError as error:
        return Finding("backup", False, True, error.what, error.cure)
    if made is None:
        cure = "Make a key (zhuzi backup-key FILE), then back up every night: zhuzi backup PLACE."
        return Finding("backup", False, True, "No backup was made yet.", cure)
    days = (datetime.datetime.now().astimezone() - datetime.datetime.fromisoformat(made.at)).days
    says = f"The last one was made {days} days ago, of {made.meetings} meetings."
    return Finding("backup", days <= _DAYS, True, says, "Back up now, and every night: zhuzi backup PLACE.")


def _store() -> Finding:
    """Whether the store for workers on other machines can be used, if there is one."""
    url, key = store_place()
    if not url:
        return Finding("store", True, True, "None: workers share the data directory.")
    try:
        Store(url, key).check()
    except ZhuziError as error:
        return Finding("store", False, False, error.what, error.cure)
    return Finding(
        "store", True, False, "It can be written, and of two who create the same object one succeeds."
    )


def _signing() -> Finding:
    """Whether releases are signed, and whether the key can be used."""
    key = signing_key()
    if key is None:
        return Finding("signatures", False, True, "Releases are not signed.", SIGN)
    from pipeline import signing

    try:
        public = signing.public_of(key)
    except ZhuziError as error:
        return Finding("signatures", False, False, error.what, error.cure)
    return Finding("signatures", True, False, f"Every release is signed; the public key is {public}.")


def _telemetry() -> Finding:
    """Whether every engine that would report its use to its makers is told not to."""
    talking = sorted(name for name, value in QUIET.items() if os.environ.get(name) != value)
    if not talking:
        says = "No engine reports its use to its makers: nothing leaves the machine."
        return Finding("telemetry", True, False, says)
    says = f"{', '.join(talking)} was changed after the start: an engine may report its use to its makers."
    return Finding("telemetry", False, False, says, "Remove what sets it; zhuzi sets it right by itself.")


def _clock(now: datetime.datetime) -> Finding:
    """Whether the clock can be right: decisions are dated by it.

    >>> _clock(datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)).ok
    False
    """
    says = f"{now:%Y-%m-%d %H:%M} UTC."
    return Finding("clock", now >= _OLDEST_CLOCK, False, says, "Set the clock: decisions are dated by it.")


def _timezone() -> Finding:
    offset = datetime.datetime.now().astimezone().utcoffset()
    says = f"Times are shown in {time.strftime('%Z')} (UTC{time.strftime('%z')})."
    cure = "For Taiwan's time set the machine's zone, or TZ=Asia/Taipei; times are kept in UTC either way."
    return Finding("timezone", offset == _TAIPEI, True, says, cure)

"""Every setting of the program: environment variables with their defaults, in one table."""

from __future__ import annotations

import os
import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from pipeline.doors import Doors, doors
from pipeline.outside.telling import Telling, telling
from speakers.error import RecordError, RegisterError, StorageError


@dataclass(frozen=True, slots=True)
class Setting:
    """An environment variable.

    Attributes:
        name: of the variable.
        default: what holds without it, in words.
        says: what it decides.
    """

    name: str
    default: str
    says: str


SETTINGS = (
    Setting("ZHUZI_DATA", "your data directory, `zhuzi`", "Where meetings live. `--data DIR` overrides it."),
    Setting("ZHUZI_MODELS", "your data directory, `zhuzi/models`", "Where model files live."),
    Setting(
        "ZHUZI_MODELS_FROM",
        "none",
        "A directory `MODEL/FILE` that models are taken from before any download.",
    ),
    Setting("ZHUZI_WHISPER", "whisper-base", "Which model of the catalogue writes down what was said."),
    Setting(
        "ZHUZI_DIARIZATION",
        "offline",
        "`offline`: segmentation-3.0 and CAM++. Otherwise the name of a pyannote pipeline, for which HF_TOKEN is used.",
    ),
    Setting("ZHUZI_DEVICE", "auto", "`cpu`, `cuda`, or `auto`: a GPU where there is one."),
    Setting(
        "ZHUZI_THREADS",
        "0: as many as there are cores",
        "How many threads of the processor the models of one process may use, where several processes share it.",
    ),
    Setting(
        "ZHUZI_APPROVERS", "1", "How many different people have to approve a record before it is released."
    ),
    Setting(
        "ZHUZI_CORRECTION_DAYS",
        "10",
        "How many Taiwan working days participants have to suggest corrections before a release; 0 for none. "
        "`correction_days` in `meeting.toml` overrides it.",
    ),
    Setting(
        "ZHUZI_SMTP_URL",
        "none",
        "The mail server for personal links: `smtps://USER@HOST:465`, or `smtp://USER@HOST:587`, which has to offer "
        "STARTTLS unless it is this machine. Without it, links are shown to be copied.",
    ),
    Setting("ZHUZI_SMTP_FROM", "none", "The sender's address of these messages."),
    Setting("ZHUZI_SMTP_PASSWORD_FILE", "none", "A file with the password for that server, in one line."),
    Setting(
        "ZHUZI_VOICEPRINT_KEY",
        "your configuration directory, `zhuzi/voiceprints.key`",
        "The file with the key of enrolled voices. Keep it, and its backups, apart from ZHUZI_DATA.",
    ),
    Setting(
        "ZHUZI_REGISTER",
        "beside ZHUZI_DATA, with `-register` after its name",
        "Where the consent register lies: who is to be hidden, encrypted. Never in ZHUZI_DATA, nor around it.",
    ),
    Setting(
        "ZHUZI_REGISTER_KEY",
        "your configuration directory, `zhuzi/register.key`",
        "The file with the key of the consent register. Keep it, and its backups, apart from both.",
    ),
    Setting(
        "ZHUZI_ROOM_URL",
        "the address that `zhuzi serve` listens at",
        "Where people open the review room, if a proxy with TLS stands before it: `https://room.example`.",
    ),
    Setting(
        "ZHUZI_ROOM_PROXY_FROM",
        "none",
        "Addresses or networks of that proxy, with commas between: from there `X-Forwarded-For` is believed.",
    ),
    Setting(
        "ZHUZI_ROOM_PROXY_HEADER",
        "none",
        "The header in which that proxy says who somebody is; its value has to stand in one account.",
    ),
    Setting(
        "ZHUZI_OIDC_ISSUER",
        "none",
        "An OpenID Connect provider by which people may sign in, exactly as its tokens name it.",
    ),
    Setting("ZHUZI_OIDC_CLIENT_ID", "none", "What the room is called at that provider."),
    Setting("ZHUZI_OIDC_CLIENT_SECRET_FILE", "none: a public client", "The file with the client's secret."),
    Setting(
        "ZHUZI_OIDC_CLAIM",
        "sub",
        "Which claim of its token stands in an account. `email` counts only where the provider verified it.",
    ),
    Setting(
        "ZHUZI_LOG",
        "JSON lines in `log/` of the data directory",
        "`json` or `text`: what `zhuzi serve`, `watch` and `worker` do goes to standard error in that form.",
    ),
    Setting("ZHUZI_LOG_LEVEL", "info", "The least that is logged: `debug`, `info`, `warning` or `error`."),
    Setting(
        "ZHUZI_WEBHOOK_URL",
        "none: nothing is sent",
        "Addresses that are told when a meeting changes state, with spaces between: ids and states, no names.",
    ),
    Setting(
        "ZHUZI_WEBHOOK_SECRET_FILE",
        "none",
        "The file with the secret that these messages are signed with: `whsec_` and base64, one a line.",
    ),
    Setting(
        "ZHUZI_WEBHOOK_PUBLIC",
        "none: this machine and its private networks only",
        "`1`: messages may go beyond them, over TLS.",
    ),
    Setting(
        "ZHUZI_OUTLETS",
        "`outlets.toml` in ZHUZI_DATA",
        "The file that says where released records may go: `zhuzi publish` sends them there, and nowhere else.",
    ),
    Setting(
        "ZHUZI_JOBS",
        "`jobs.sqlite` in ZHUZI_DATA",
        "The database of jobs. `postgresql://USER@HOST/NAME` lets several workers share the work; its password belongs "
        "into a file that PGPASSFILE names.",
    ),
    Setting(
        "ZHUZI_LANES",
        "1 for a GPU, otherwise 1 for every 4 processor cores",
        "How many model stages a worker does at once. With PostgreSQL it is 1: start a worker for each GPU.",
    ),
    Setting(
        "ZHUZI_LEASE",
        "60",
        "Seconds after which a worker that gives no sign is taken for dead, and others go on with its work.",
    ),
    Setting(
        "ZHUZI_SILENCE",
        "1800",
        "Seconds after which a stage that reports nothing is ended and tried again.",
    ),
    Setting(
        "ZHUZI_BACKUP_TO",
        "none",
        "For whose key `zhuzi backup` encrypts: public keys (`age1…`, from `zhuzi backup-key`) with commas between. "
        "Each of the secret keys opens the archive; none of them need be on this machine.",
    ),
    Setting(
        "ZHUZI_STORE",
        "none: workers share ZHUZI_DATA",
        "Where workers without ZHUZI_DATA take a meeting's files from: `s3://BUCKET/FOLDER`, `file:///FOLDER`, or what "
        "else fsspec opens. What is in it is encrypted. Server and credentials of s3: `AWS_ENDPOINT_URL`, "
        "`AWS_SHARED_CREDENTIALS_FILE` and the other standard variables.",
    ),
    Setting(
        "ZHUZI_STORE_KEY",
        "your configuration directory, `zhuzi/store.key`",
        "The file with the key of the store; every worker needs a copy of it.",
    ),
    Setting(
        "ZHUZI_SIGNING_KEY",
        "none: releases are not signed",
        "The file with the key that signs every release, from `zhuzi signing-key FILE`.",
    ),
    Setting("HF_TOKEN", "none", "Your own token for a gated pipeline of the hub. Never stored."),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force.

    Attributes:
        data: where meetings live.
        models: where model files live.
        whisper: name of the transcription model.
        diarization: "offline" or a pyannote pipeline's name.
        device: "cpu", "cuda" or "auto".
        threads: of the processor that models of one process may use; 0 for as many as there are cores.
        approvers: how many different approvals a release needs.
        token: for a gated pipeline.
        voiceprint_key: file with the key of enrolled voices.
        correction_days: how many working days participants have to suggest corrections.
        doors: how the review room is reached.
        backup_to: public keys for which backups are encrypted, with commas between.
        telling: whom the program tells what it does.
        jobs: address of the database of jobs; empty for a file in `data`.
        lanes: how many model stages a worker does at once; 0 for what the machine is good for.
        lease_s: seconds after which a silent worker is taken for dead.
        silence_s: seconds after which a silent stage is ended.
        store: address of the store from which workers take files; empty where they share `data`.
        store_key: file with the key of the store.
    """

    data: Path
    models: Path
    whisper: str = "whisper-base"
    diarization: str = "offline"
    device: str = "auto"
    approvers: int = 1
    token: str | None = None
    voiceprint_key: Path = field(default_factory=lambda: key_file({}))
    correction_days: int = 0
    doors: Doors = field(default_factory=Doors)
    backup_to: str = ""
    telling: Telling = field(default_factory=Telling)
    jobs: str = field(default="", repr=False)
    lanes: int = 0
    lease_s: float = 60
    silence_s: float = 1800
    threads: int = 0
    store: str = field(default="", repr=False)
    store_key: Path = field(default_factory=lambda: store_place({})[1])

    def __post_init__(self) -> None:
        if self.device not in {"auto", "cpu", "cuda"}:
            raise RecordError("ZHUZI_DEVICE names no device.", "Set it to auto, cpu or cuda, or unset it.")
        if self.threads < 0:
            raise RecordError(
                "ZHUZI_THREADS is no number of threads.", "Set it to 1, 2 or more, or unset it for all cores."
            )
        if self.approvers < 1:
            raise RecordError(
                "ZHUZI_APPROVERS is no number of people.", "Set it to 1, 2 or more, or unset it for 1."
            )
        if self.correction_days < 0:
            raise RecordError(
                "ZHUZI_CORRECTION_DAYS is no number of days.",
                "Set it to 10, another number, or 0 for no window.",
            )
        if self.jobs and not _is_server(self.jobs):
            raise RecordError(
                "ZHUZI_JOBS is no address of a database.",
                "Write it as postgresql://USER@HOST/NAME, or unset it for a file in the data directory.",
            )
        for name, value in (("LANES", self.lanes + 1), ("LEASE", self.lease_s), ("SILENCE", self.silence_s)):
            if value <= 0:
                raise RecordError(
                    f"ZHUZI_{name} is no number that can be used.", "Set it to 1 or more, or unset it."
                )
        try:
            usable = next(p for p in (self.data, *self.data.parents) if p.exists()).is_dir()
        except OSError:
            usable = False
        if not usable:
            raise StorageError(f"{self.data} is no folder that can be used.", "Choose another with --data.")


def _is_server(url: str) -> bool:
    """Whether something is the address of a PostgreSQL server.

    >>> _is_server("postgresql://u@h/n"), _is_server("mysql://h/n"), _is_server("postgresql://u@h:port/n")
    (True, False, False)
    """
    try:
        parts, port = urllib.parse.urlsplit(url), urllib.parse.urlsplit(url).port
    except ValueError:
        return False
    return parts.scheme == "postgresql" and port != 0


def settings(data: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in force.

    Args:
        data: from `--data`, above the environment.
        environment: variable names and values.
    """
    from pipeline.models import models_directory

    return Settings(
        data=(data or Path(environment.get("ZHUZI_DATA") or platformdirs.user_data_dir("zhuzi"))).absolute(),
        models=models_directory(),
        whisper=environment.get("ZHUZI_WHISPER") or "whisper-base",
        diarization=environment.get("ZHUZI_DIARIZATION") or "offline",
        device=environment.get("ZHUZI_DEVICE") or "auto",
        approvers=_number(environment, "ZHUZI_APPROVERS", 1, digits=3),
        token=environment.get("HF_TOKEN"),
        voiceprint_key=key_file(environment),
        correction_days=_number(environment, "ZHUZI_CORRECTION_DAYS", 10, digits=3),
        doors=doors(environment),
        backup_to=environment.get("ZHUZI_BACKUP_TO") or "",
        telling=telling(environment),
        jobs=environment.get("ZHUZI_JOBS") or "",
        lanes=_number(environment, "ZHUZI_LANES", 0),
        lease_s=_number(environment, "ZHUZI_LEASE", 60),
        silence_s=_number(environment, "ZHUZI_SILENCE", 1800),
        threads=_number(environment, "ZHUZI_THREADS", 0, digits=4),
        store=store_place(environment)[0],
        store_key=store_place(environment)[1],
    )


def _number(environment: Mapping[str, str], name: str, default: int, digits: int = 6) -> int:
    """A whole number of so many digits at most from the environment; -1 for what is none."""
    given = environment.get(name) or str(default)
    return int(given) if re.fullmatch(f"[0-9]{{1,{digits}}}", given) else -1


def key_file(environment: Mapping[str, str] = os.environ) -> Path:
    """The file with the key of enrolled voices."""
    given = environment.get("ZHUZI_VOICEPRINT_KEY")
    return (
        Path(given).absolute() if given else Path(platformdirs.user_config_dir("zhuzi")) / "voiceprints.key"
    )


def password_file(environment: Mapping[str, str] = os.environ) -> Path | None:
    """The file with the mail server's password; None if none is named."""
    given = environment.get("ZHUZI_SMTP_PASSWORD_FILE")
    return Path(given).absolute() if given else None


def store_place(environment: Mapping[str, str] = os.environ) -> tuple[str, Path]:
    """Address of the store, empty if there is none, and the file with its key."""
    key = environment.get("ZHUZI_STORE_KEY")
    return (
        environment.get("ZHUZI_STORE") or "",
        Path(key).absolute() if key else Path(platformdirs.user_config_dir("zhuzi")) / "store.key",
    )


SIGN = "Make a key (zhuzi signing-key FILE), and put what it prints into ZHUZI_SIGNING_KEY."
"""What to do so that releases are signed."""


def signing_key(environment: Mapping[str, str] = os.environ) -> Path | None:
    """The file with the key that signs releases; None if they are not signed."""
    given = environment.get("ZHUZI_SIGNING_KEY")
    return Path(given).absolute() if given else None


def register_place(data: Path, environment: Mapping[str, str] = os.environ) -> tuple[Path, Path]:
    """Where the consent register of a data directory lies, and the file with its key.

    Raises:
        RegisterError: If it lies in the data directory or around it, or its key in one of the two: whoever copies one
            must not have the others with it.
    """
    given = environment.get("ZHUZI_REGISTER")
    place = Path(given).absolute() if given else data.absolute().with_name(f"{data.absolute().name}-register")
    key = environment.get("ZHUZI_REGISTER_KEY")
    key_file = Path(key).absolute() if key else Path(platformdirs.user_config_dir("zhuzi")) / "register.key"
    if within(place, data) or within(data, place):
        raise RegisterError(
            f"The consent register, {place}, is not apart from the data directory.",
            "Choose another place with ZHUZI_REGISTER.",
        )
    if within(key_file, data) or within(key_file, place):
        raise RegisterError(
            f"The key {key_file} lies beside what it opens, or beside the recordings.",
            "Move it elsewhere, and name its new place in ZHUZI_REGISTER_KEY.",
        )
    return place, key_file


def exposed(data: Path, environment: Mapping[str, str] = os.environ) -> str:
    """Why keys do not protect what they seal, as a sentence; empty if they do."""
    prints = key_file(environment)
    if prints.exists() and within(prints, data):
        return (
            f"The key of the voiceprints, {prints}, lies in the data directory: whoever copies one has both."
        )
    try:
        register_place(data, environment)
    except RegisterError as error:
        return error.what
    return ""


def within(path: Path, folder: Path) -> bool:
    """Whether a path is a folder or lies in it, links followed."""
    return path.resolve().is_relative_to(folder.resolve())

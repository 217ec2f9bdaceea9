"""The register of people who agreed to be recognised by their voice: sealed, expiring, deletable, every use noted.

DATA/voiceprints/            0700
  v0a1b2c3d4e5f.json         in the clear: which key, until when; sealed: who, the consent, the voiceprint
  uses.jsonl                 which print was enrolled, compared, deleted or expired, when, in which meeting

A file's name is drawn by lot. The key lies elsewhere (`ZHUZI_VOICEPRINT_KEY`), so that a copy of DATA opens nothing.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.folder import write_atomically
from pipeline.lock import alone
from pipeline.vault import Vault
from speakers.disk import storage_error
from speakers.error import NotFoundError, VoiceprintError
from speakers.moment import moment
from speakers.record import digest
from speakers.traditional import to_simplified

_ID = re.compile("v[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Consent:
    """That somebody agreed to be recognised by their voice.

    Attributes:
        on: the day they agreed, ISO.
        record: where that is kept: the number of a form, a minute.
        by: who entered it.
    """

    on: str
    record: str
    by: str


@dataclass(frozen=True, slots=True)
class Voiceprint:
    """What an enrolled person's voice sounds like.

    Attributes:
        id: drawn by lot.
        names: the person's name and aliases, as they were in the meeting.
        consent: what it rests on.
        until: the last day on which it may be used, ISO.
        meeting: id of the meeting that it was made from.
        model: fingerprint of the model that made it.
        seconds: of speech that it was made from.
        embedding: (192,) of length 1.
    """

    id: str
    names: tuple[str, ...]
    consent: Consent
    until: str
    meeting: str
    model: str
    seconds: int
    embedding: tuple[float, ...]


def folded(name: str) -> str:
    """One form for the ways in which a name is written.

    >>> folded("陳 筱薇") == folded("陈筱薇")
    True
    """
    return "".join(to_simplified(name).casefold().split())


class Register:
    """The voiceprints of a data directory.

    Args:
        data: the directory.
        key_file: of the key.
        today: what is expired is measured by.
    """

    def __init__(self, data: Path, key_file: Path, today: date | None = None) -> None:
        self._folder = data / "voiceprints"
        self._vault = Vault(key_file)
        self._today = (today or date.today()).isoformat()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        with alone(self._folder, lambda: None):  # it makes the folder
            self._folder.chmod(0o700)
            yield

    @property
    def ids(self) -> tuple[str, ...]:
        """Every print that is there, expired ones too."""
        return tuple(sorted(p.stem for p in self._folder.glob("v*.json") if _ID.fullmatch(p.stem)))

    def until(self, print_id: str) -> str | None:
        """The last day of a print, without opening it; None if there is no such print."""
        path = self._path(print_id)
        return str(self._envelope(path)["until"]) if path.is_file() else None

    def usable(self, print_id: str) -> bool:
        """Whether a print is there and has not expired; needs no key."""
        until = self.until(print_id)
        return until is not None and until >= self._today

    def seal_of(self, print_id: str) -> str:
        """Changes with a print and with its last day; empty if there is none."""
        path = self._path(print_id)
        return digest(path.read_bytes().hex()) if path.is_file() else ""

    def read(self, print_id: str) -> Voiceprint:
        """One print.

        Raises:
            NotFoundError: If there is none.
            VoiceprintError: If the key is missing or another one, or the file was changed.
        """
        path = self._path(print_id)
        if not path.is_file():
            raise NotFoundError("There is no such voiceprint.", "See which there are: zhuzi voiceprints.")
        envelope = self._envelope(path)
        if envelope["key"] != self._vault.id:
            raise VoiceprintError(
                f"The key {self._vault.key_file} is not the one that the voiceprints were sealed with.",
                "Restore the right one from a backup, or set ZHUZI_VOICEPRINT_KEY.",
            )
        plain = self._vault.open(_bytes(envelope["sealed"]), _clear(print_id, envelope))
        values = json.loads(plain)
        values.update(
            id=print_id,
            until=envelope["until"],
            names=tuple(values["names"]),
            consent=Consent(**values["consent"]),
            embedding=tuple(values["embedding"]),
        )
        return Voiceprint(**values)

    def all(self) -> tuple[Voiceprint, ...]:
        """Every print that has not expired; expired ones are deleted."""
        self.expire()
        return tuple(self.read(print_id) for print_id in self.ids)

    def add(self, made: Voiceprint) -> None:
        """Keep a print.

        Raises:
            VoiceprintError: If other prints are here that this key does not open.
        """
        with self._alone():
            if self.ids:
                self.read(self.ids[0])
            else:
                self._vault.create()
            envelope = {"version": 1, "key": self._vault.id, "until": made.until}
            values = {k: v for k, v in asdict(made).items() if k not in {"id", "until"}}
            plain = json.dumps(values, ensure_ascii=False).encode()
            sealed = self._vault.seal(plain, _clear(made.id, envelope))
            envelope["sealed"] = base64.b64encode(sealed).decode()
            write_atomically(self._path(made.id), json.dumps(envelope).encode())
            self._path(made.id).chmod(0o600)
        self.note("enrolled", made.id, made.meeting)

    def delete(self, print_id: str, what: str = "deleted") -> None:
        """Delete a print; needs no key.

        Raises:
            NotFoundError: If there is none.
        """
        with self._alone():
            try:
                self._path(print_id).unlink()
            except FileNotFoundError:
                raise NotFoundError("There is no such voiceprint.", "See: zhuzi voiceprints.") from None
            except OSError as error:
                raise storage_error(self._path(print_id), error) from error
        self.note(what, print_id)

    def expire(self) -> tuple[str, ...]:
        """Delete every print whose last day is over, and say which."""
        over = tuple(i for i in self.ids if not self.usable(i))
        for print_id in over:
            self.delete(print_id, "expired")
        return over

    def note(self, what: str, print_id: str, meeting: str = "") -> None:
        """Write down that a print was used: ids, never names."""
        at = moment()
        row = {"at": at, "what": what, "voiceprint": print_id, "meeting": meeting}
        path = self._folder / "uses.jsonl"
        try:
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
            path.chmod(0o600)
        except OSError as error:
            raise storage_error(path, error) from error

    def _path(self, print_id: str) -> Path:
        if not _ID.fullmatch(print_id):
            raise NotFoundError("There is no such voiceprint.", "See which there are: zhuzi voiceprints.")
        return self._folder / f"{print_id}.json"

    def _envelope(self, path: Path) -> dict[str, Any]:
        try:
            envelope = json.loads(path.read_text(encoding="ascii"))
            if envelope["version"] == 1 and date.fromisoformat(envelope["until"]) and envelope["key"]:
                return dict(envelope)
        except (ValueError, KeyError, TypeError):
            pass
        except OSError as error:
            raise storage_error(path, error) from error
        raise VoiceprintError(
            f"Voiceprint {path.stem} is damaged.", f"Delete it: zhuzi unenroll {path.stem}, and enroll again."
        )


def new_id() -> str:
    """An id that says nothing."""
    return f"v{secrets.token_hex(6)}"


def _clear(print_id: str, envelope: dict[str, Any]) -> bytes:
    return f"{envelope['version']} {print_id} {envelope['key']} {envelope['until']}".encode()


def _bytes(text: object) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except binascii.Error:
        return b""

"""The consent register: who is to be hidden, and how, encrypted and apart from the work data; every use is noted.

REGISTER/                    0700
  register.json              in the clear: which register this is, and which key
  people/r0a1b2c3d4e5f.json  in the clear: how often it was written, since when hidden everywhere; sealed: the entry
  earlier/r0a1b2c3d4e5f.1.json   what it said before a change, likewise
  log.jsonl                  which entry was read or written, when, for which meeting, for what, by whose account
DATA/register.id             which register belongs to this data

An entry's name is drawn by lot. The key lies elsewhere (`ZHUZI_REGISTER_KEY`).
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.entry import Entry, Told, parse, serialize, told_again, with_drawn_label
from pipeline.folder import write_atomically
from pipeline.lock import alone
from pipeline.register_log import Log, account
from pipeline.settings import register_place
from pipeline.vault import REGISTER, Vault
from pipeline.voiceprints import folded
from redaction.labels import as_read
from speakers.disk import storage_error
from speakers.error import NotFoundError, RegisterError
from speakers.meeting import Person, Wish
from speakers.moment import moment

_ID = re.compile("r[0-9a-f]{12}")
_BEGINNING = 4


class Register:
    """The people of a data directory, and perhaps of others.

    Args:
        place: where it lies.
        key_file: of its key.
        data: the directory of recordings that asks.
    """

    def __init__(self, place: Path, key_file: Path, data: Path) -> None:
        self.place = place
        self._people, self._earlier = place / "people", place / "earlier"
        self._marker = data / "register.id"
        self._vault = Vault(key_file, REGISTER)
        self.log = Log(place / "log.jsonl")

    @property
    def places(self) -> tuple[Path, ...]:
        """The folders whose files say what it holds now; they may not be there."""
        return self.place, self._people

    @property
    def made(self) -> str:
        """Where it and its key lie, as a sentence; empty if there is none yet."""
        if not self._is_there():
            return ""
        return f"The consent register is at {self.place}, its key at {self._vault.key_file}."

    @property
    def ids(self) -> tuple[str, ...]:
        """Everybody who is in it; nobody if there is none.

        Raises:
            RegisterError: If there was one, and it is not there, is another one, or has another key.
        """
        if not self._is_there():
            return ()
        return tuple(sorted(p.stem for p in self._people.glob("r*.json") if _ID.fullmatch(p.stem)))

    def find(self, begun: str) -> str:
        """The id of an entry, from the beginning of one: four characters at least.

        Raises:
            NotFoundError: If there is none, or more than one.
        """
        found = [i for i in self.ids if i == begun or (len(begun) >= _BEGINNING and i.startswith(begun))]
        if len(found) != 1:
            what = "More than one entry begins" if found else "There is no entry of the register that begins"
            raise NotFoundError(f"{what} with that id.", "See which there are: zhuzi register list.")
        return found[0]

    def read(self, entry_id: str, purpose: str, meeting: str = "") -> Entry:
        """An entry, and a row of the log.

        Args:
            entry_id: whose.
            purpose: what for, in a word or two.
            meeting: id of the meeting that it is read for.

        Raises:
            RegisterError: If there is none of that id, or it cannot be opened.
        """
        if not self._has(entry_id):
            raise RegisterError(
                f"The consent register has no entry {entry_id}.",
                "Restore it from a backup, or write the person into meeting.toml again.",
            )
        entry = self._opened(self._path(entry_id))
        self.log.note(entry_id, purpose, meeting)
        return entry

    def _has(self, entry_id: str) -> bool:
        return bool(_ID.fullmatch(entry_id)) and self._is_there() and self._path(entry_id).is_file()

    def all(self, purpose: str, meeting: str = "") -> tuple[Entry, ...]:
        """Every entry, each with a row of the log."""
        return tuple(self.read(entry_id, purpose, meeting) for entry_id in self.ids)

    def everywhere(self) -> tuple[str, ...]:
        """Ids of those who are hidden in every meeting, those who asked first coming first; opens nothing."""
        since = {i: str(self._envelope(self._path(i))["everywhere"]) for i in self.ids}
        return tuple(sorted((i for i in since if since[i]), key=lambda i: (since[i], i)))

    def earlier(self, entry_id: str) -> tuple[Entry, ...]:
        """What an entry said before, oldest first; a row of the log."""
        self.read(entry_id, "earlier versions")
        return tuple(self._opened(p) for p in self._versions(entry_id))

    def seen_from(self, meeting: str, purpose: str = "meeting") -> Seen:
        """The people as a meeting may know them."""
        return Seen(self, meeting, purpose)

    def enter(self, told: Told, meeting: str, by: str = "") -> tuple[Entry | None, Entry]:
        """Take in what a meeting's file says of somebody; the same full name is the same person.

        Args:
            told: what it says.
            meeting: its id; empty for what always holds.
            by: who enters it; empty for the account that runs the program.

        Returns:
            The entry as it was, None if it is new, and as it is.
        """
        with self._alone():
            known = (
                self.read(told.person, "entered", meeting) if told.person else self._named(told.name, meeting)
            )
            before = known
            if known is None:
                wish = told.wish or Wish.ANONYMOUS
                known = Entry(
                    f"r{secrets.token_hex(6)}", told.name, told.aliases, told.facts, wish, revision=0
                )
            return before, self._written(known, told_again(known, told, meeting), by, meeting)

    def change(self, entry_id: str, how: Callable[[Entry], Entry], by: str = "") -> tuple[Entry, Entry]:
        """Put other values into an entry; what it said before is kept, and an old name is an alias until it is removed.

        Args:
            entry_id: whose.
            how: makes the new entry of the one that is there.
            by: as `enter`.

        Returns:
            The entry as it was, and as it is.

        Raises:
            RegisterError: If somebody else has that name or label.
        """
        with self._alone():
            known = self.read(entry_id, "changed")
            now = how(known)
            if folded(now.name) != folded(known.name):
                # Records say the old name, until somebody looks and removes it.
                also = () if folded(known.name) in map(folded, now.aliases) else (known.name,)
                formerly = tuple(dict.fromkeys((*known.formerly, known.name)))
                now = replace(now, aliases=(*now.aliases, *also), formerly=formerly)
            namesake = self._named(now.name, "")
            if namesake is not None and namesake.id != entry_id:
                raise RegisterError(
                    f"Entry {namesake.id} has that name already.",
                    "Change that one, or remove one of the two.",
                )
            return known, self._written(known, now, by, "")

    def remove(self, entry_id: str) -> None:
        """Delete an entry and what it said before.

        Raises:
            NotFoundError: If there is none.
        """
        with self._alone():
            if not self._has(entry_id):
                raise NotFoundError("There is no such entry.", "See which there are: zhuzi register list.")
            for path in (*self._versions(entry_id), self._path(entry_id)):
                try:
                    path.unlink()
                except OSError as error:
                    raise storage_error(path, error) from error
        self.log.note(entry_id, "removed", "", always=True)

    def _named(self, name: str, meeting: str) -> Entry | None:
        wanted, people = folded(name), self.all("looked up by name", meeting)
        now = (e for e in people if folded(e.name) == wanted)
        before = (e for e in people if wanted in {folded(n) for n in e.formerly})
        return next(now, next(before, None))

    def _written(self, before: Entry, now: Entry, by: str, meeting: str) -> Entry:
        if now.linked:
            now = self._with_own_label(now)
        if now == before and before.revision:
            return before
        at = moment()
        who = by.strip() or account()
        now = replace(
            now,
            changed_by=who,
            changed_at=at,
            entered_by=now.entered_by or who,
            entered_at=now.entered_at or at,
            revision=before.revision + 1,
        )
        if before.revision:
            kept = self._earlier / f"{now.id}.{before.revision}.json"
            self._put(kept, self._path(now.id).read_bytes())
        envelope: dict[str, Any] = {
            "version": 1,
            "key": self._vault.id,
            "revision": now.revision,
            "everywhere": now.everywhere,
        }
        sealed = self._vault.seal(serialize(now), _clear(now.id, envelope))
        envelope["sealed"] = base64.b64encode(sealed).decode()
        self._put(self._path(now.id), json.dumps(envelope).encode())
        self.log.note(now.id, "changed" if before.revision else "entered", meeting, always=True)
        return now

    def _with_own_label(self, entry: Entry) -> Entry:
        """Somebody who is to have one pseudonym in all meetings, with one that nobody else has."""
        others = [e.label for e in self.all("labels compared") if e.id != entry.id and e.label]
        taken = frozenset(as_read(label) for label in others)
        if entry.label and as_read(entry.label) in taken:
            raise RegisterError(
                f"Somebody else has the label of entry {entry.id}.",
                "Two people must not be one: choose another.",
            )
        return with_drawn_label(entry, taken)

    def _put(self, path: Path, data: bytes) -> None:
        write_atomically(path, data)
        path.chmod(0o600)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        there = self._is_there()
        with alone(self.place, lambda: None):  # it makes the folder
            try:
                for folder in (self.place, self._people, self._earlier):
                    folder.mkdir(exist_ok=True)
                    folder.chmod(0o700)
                if not there and not self._is_there():
                    self._vault.create()
                    identity = {"version": 1, "id": secrets.token_hex(8), "key": self._vault.id}
                    self._put(self.place / "register.json", json.dumps(identity).encode())
                self._adopt()
            except OSError as error:
                raise storage_error(self.place, error) from error
            yield

    def _adopt(self) -> None:
        """Write down in the data directory which register belongs to it, so that its loss is noticed."""
        if not self._marker.exists():
            self._marker.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._marker, f"{self._identity()['id']}\n".encode())

    def _is_there(self) -> bool:
        """Whether there is a register; refuses to take a lost one for one that never was."""
        try:
            wanted = self._marker.read_text(encoding="ascii").strip() if self._marker.exists() else ""
        except (OSError, ValueError) as error:
            raise RegisterError(f"{self._marker} cannot be read.", "Restore it from a backup.") from error
        if not (self.place / "register.json").exists():
            if wanted or any(self._people.glob("r*.json")):
                raise RegisterError(
                    f"The consent register of this data is not at {self.place}.",
                    "Restore it from a backup, or name its place in ZHUZI_REGISTER; nobody can be hidden without it.",
                )
            return False
        found = self._identity()
        if wanted and found["id"] != wanted:
            raise RegisterError(
                f"{self.place} is another consent register than the one of this data.",
                "Name the right one in ZHUZI_REGISTER.",
            )
        if found["key"] != self._vault.id:
            raise RegisterError(
                f"The key {self._vault.key_file} is not the one that the consent register was sealed with.",
                "Restore the right one from a backup, or set ZHUZI_REGISTER_KEY.",
            )
        return True

    def _identity(self) -> dict[str, str]:
        path = self.place / "register.json"
        try:
            values = json.loads(path.read_text(encoding="ascii"))
            return {"id": str(values["id"]), "key": str(values["key"])}
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise RegisterError(f"{path} cannot be read.", "Restore it from a backup.") from error

    def _path(self, entry_id: str) -> Path:
        return self._people / f"{entry_id}.json"

    def _versions(self, entry_id: str) -> list[Path]:
        found = self._earlier.glob(f"{entry_id}.*.json")
        return sorted(found, key=lambda p: int(p.name.split(".")[1]))

    def _opened(self, path: Path) -> Entry:
        envelope = self._envelope(path)
        entry_id = path.name.partition(".")[0]
        plain = self._vault.open(_bytes(envelope["sealed"]), _clear(entry_id, envelope))
        return parse(plain, entry_id, int(envelope["revision"]), str(envelope["everywhere"]))

    def _envelope(self, path: Path) -> dict[str, Any]:
        try:
            envelope = json.loads(path.read_text(encoding="ascii"))
            if envelope["version"] == 1 and isinstance(envelope["revision"], int) and envelope["sealed"]:
                return {"everywhere": envelope["everywhere"], **envelope}
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            pass
        raise RegisterError(f"{path} is damaged.", "Restore it from a backup.")


class Seen:
    """The register as one meeting sees it.

    Args:
        register: all of it.
        meeting: the meeting's id; empty before it has one.
        purpose: what its people are read for.
    """

    def __init__(self, register: Register, meeting: str, purpose: str) -> None:
        self._register, self._meeting, self._purpose = register, meeting, purpose

    def person(self, entry_id: str) -> Person:
        """Somebody who takes part."""
        return self._register.read(entry_id, self._purpose, self._meeting).seen_in(self._meeting)

    def elsewhere(self, taking_part: frozenset[str]) -> tuple[Person, ...]:
        """Those who are hidden although they do not take part."""
        absent = [i for i in self._register.everywhere() if i not in taking_part]
        # What they wished for a meeting that they took part in says nothing about one in which they do not.
        return tuple(self._register.read(i, self._purpose, self._meeting).seen_in("") for i in absent)


def of(data: Path) -> Register:
    """The register of a data directory, where the settings say that it is.

    Raises:
        RegisterError: If they put it, or its key, where it must not be.
    """
    return Register(*register_place(data), data)


def _clear(entry_id: str, envelope: dict[str, Any]) -> bytes:
    parts = (envelope["version"], entry_id, envelope["key"], envelope["revision"], envelope["everywhere"])
    return json.dumps(parts).encode()


def _bytes(text: object) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except binascii.Error:
        return b""

"""Notices that meetings and jobs changed, whoever changed them: the room, a command, a worker, or a hand on the disk.

It looks, every few seconds, instead of being told: so nobody can forget to tell it, and what changed while it was away,
or while it was killed, is found when it looks again. A state that lasted less than a look is passed over.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

from pipeline import log
from pipeline.folder import meetings
from pipeline.glances import Glances, beside_jobs
from pipeline.jobs.order import Job, State
from pipeline.jobs.spool import Jobs
from pipeline.lock import alone
from pipeline.outside import webhooks
from pipeline.outside.events import Event, event, is_id, is_word
from pipeline.outside.outbox import Key, Message, Outbox
from pipeline.settings import Settings
from speakers.error import BusyError

EVERY_S = 5.0
"""Between two looks."""

_SHARE = 10
"""A look that takes long is followed by a pause so many times as long."""

_OTHERS_S = 15.0
"""How often a program asks whether the one that looks has gone."""

_AT_ONCE_S = 2.0

_PATIENCE_S = 5.0
"""A message that is just being sent holds nobody up for longer; it is sent again by the next program then."""

_SEND_S = 1.0
"""Between two looks for what is due."""

GONE = "gone"
"""The state of a meeting whose folder is no more."""

_WINDOW = frozenset({"in the correction window", "suggestions to answer"})

_TYPES = {
    "awaiting review": "meeting.awaiting_review",
    "approved": "meeting.approved",
    "approved, window to open": "meeting.approved",
    "released": "meeting.released",
    "revoked": "meeting.revoked",
    "damaged": "meeting.damaged",
    GONE: "meeting.purged",
}


def types_of(old: str | None, new: str) -> tuple[str, ...]:
    """What a change of a meeting's state is called; several things may have happened at once.

    >>> types_of(None, "not transcribed"), types_of("approved, window to open", "in the correction window")
    (('meeting.taken',), ('meeting.window_opened',))
    >>> types_of("in the correction window", "released")
    ('meeting.window_closed', 'meeting.released')
    """
    found = []
    if old is None:
        found.append("meeting.taken")
    if old in _WINDOW and new not in _WINDOW:
        found.append("meeting.window_closed")
    if new in _WINDOW and old not in _WINDOW:
        found.append("meeting.window_opened")
    if new in _TYPES:
        found.append(_TYPES[new])
    return tuple(found) or ("meeting.changed",)


class Notifier:
    """Looks, notes and sends, in threads of a program that lasts; of several programs only one does.

    Args:
        settings: in force.
        jobs: gives every job.
        glances: where meetings stand, for who has that already.
    """

    def __init__(
        self,
        settings: Settings,
        jobs: Callable[[], Iterable[Job]] | None = None,
        glances: Glances | None = None,
    ) -> None:
        self._settings = settings
        self._jobs = jobs or Jobs(settings).jobs
        self._glances = glances or Glances.at(settings)
        self.outbox = Outbox(settings.data)
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def look(self, within_s: float = _AT_ONCE_S) -> tuple[Message, ...]:
        """Compare what holds now with what was noted, and note the difference with its messages.

        Args:
            within_s: how long to wait for meetings that have to be looked at; the others come at the next look.

        Returns:
            The messages.

        Raises:
            ZhuziError: If the disk refuses.
        """
        root = self._settings.data / "meetings"
        if not root.is_dir():
            return ()  # nothing was taken yet, or the disk is away: then nothing is gone
        known = self.outbox.known()
        now, seen = self._now(within_s)
        gone = [key for key in known if key not in now and key not in seen and key[1]]
        changed = {key: state for key, state in now.items() if known.get(key) != state}
        first = ("begun", "") not in known
        messages: list[Message] = []
        if not first:
            failures = {j.id: j for j in self._jobs() if j.state is State.FAILED}
            for key, state in changed.items():
                messages += self._said(key, known.get(key), state, failures)
            messages += [
                m for key in gone if key[0] == "meeting" for m in self._said(key, known[key], GONE, {})
            ]
        if changed or gone or first:
            self.outbox.note(
                {**changed, ("begun", ""): "yes"}, gone, messages, self._settings.telling.webhooks
            )
        return tuple(messages)

    def _now(self, within_s: float) -> tuple[dict[Key, str], set[Key]]:
        """The states that are known now; and what is there though its state is not known yet."""
        folders = [f for f in meetings(self._settings.data) if is_id("meeting", f.id)]
        rows = self._glances.rows(folders, within_s=within_s)
        found: dict[Key, str] = {}
        jobs = tuple(self._jobs())
        for row in beside_jobs((row for row in rows if row is not None), jobs):
            if is_word(state := str(row["state"])):
                found["meeting", str(row["id"])] = state
        for job in jobs:
            found["job", job.id] = f"{job.state}@{job.ended or 0:.3f}"
        return found, {("meeting", folder.id) for folder in folders}

    def _said(self, key: Key, before: str | None, state: str, failures: dict[str, Job]) -> Iterable[Message]:
        kind, of = key
        if kind == "meeting":
            event(Event.MEETING, meeting=of, old=before, new=state)
            return [Message(name, state, before, meeting=of) for name in types_of(before, state)]
        old, new = (before or "").partition("@")[0] or None, state.partition("@")[0]
        event(Event.JOB, job=of, old=old if is_word(old or "") else None, new=new if is_word(new) else None)
        failed = failures.get(of)
        if new != State.FAILED or failed is None:
            return []
        code = failed.failure.exit_code if failed.failure else None
        about = failed.meeting_id if is_id("meeting", failed.meeting_id) else ""
        return [Message("job.failed", new, old, about, of, code)]

    def start(self) -> None:
        """Begin to look and to send; does nothing if that was begun."""
        if self._thread is None:
            self._over.clear()
            self._thread = threading.Thread(target=self._watch, name="notify", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stop; what was not sent is sent by the next program that looks."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(_PATIENCE_S)
            self._thread = None

    def _watch(self) -> None:
        while not self._over.is_set():
            try:
                with alone(self._settings.data / "webhooks", lambda: None, wait=False):
                    self._rounds()
            except BusyError:
                self._over.wait(_OTHERS_S)  # another program looks
            except Exception as error:  # noqa: BLE001 - whatever the disk does, it is looked again
                self._noted(error)
                self._over.wait(_OTHERS_S)

    def _rounds(self) -> None:
        """Look and send until somebody stops it; a slow receiver does not keep it from looking."""
        ending = threading.Event()
        sender = threading.Thread(target=self._send, args=(ending,), name="webhooks", daemon=True)
        sender.start()
        try:
            pause = EVERY_S
            while not self._over.wait(pause):
                begun = time.monotonic()
                self.look()
                pause = max(EVERY_S, _SHARE * (time.monotonic() - begun))
        finally:
            ending.set()
            sender.join()

    def _send(self, ending: threading.Event) -> None:
        while not ending.wait(_SEND_S):
            try:
                webhooks.deliver(self._settings, self.outbox)
            except Exception as error:  # noqa: BLE001 - as above
                self._noted(error)
                ending.wait(_OTHERS_S)

    def _noted(self, error: Exception) -> None:
        log.write(self._settings.data / "error.log", "notify", error)

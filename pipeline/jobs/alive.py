"""Signs of life: a worker renews its lease, ends when it lost it, and goes on with what dead workers left."""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path

from pipeline import log
from pipeline.jobs.tables import Lease, Tables, Unreachable

_OFTEN = 3
"""Signs within the time for which one is believed."""

_SOON_S = 2.0


class Alive:
    """The signs of life of one worker, given by a thread that does nothing else.

    Args:
        url: of the database of jobs. It gets connections of its own here, so that no other thread of the worker
            can keep it from giving signs.
        lease_s: seconds for which a sign is believed.
        lost: called once somebody else goes on with the worker's work.
        take_over: given what tells the workers that live, puts what others were doing back into the queues.
        errors: the log of what keeps the database from being reached.
    """

    def __init__(
        self,
        url: str,
        lease_s: float,
        *,
        lost: Callable[[], None],
        take_over: Callable[[Callable[[], list[Lease]]], None],
        errors: Path,
    ) -> None:
        self._tables = Tables(url, most=2)
        self._lease_s, self._lost, self._take_over, self._errors = lease_s, lost, take_over, errors
        self._nonce = secrets.token_hex(16)
        self._stop = threading.Event()
        self._signs: threading.Thread | None = None
        self._executor = ""
        self._able = False

    def begin(self, executor: str, queues: tuple[str, ...], version: str) -> None:
        """Write the lease, before the worker takes any work, and go on with it from now on.

        Args:
            executor: who the worker is; it holds the lock of that name.
            queues: that it listens to.
            version: of its code.

        Raises:
            Unreachable: If the database cannot be used.
        """
        self._tables.make()
        self._tables.take(executor, self._nonce, self._lease_s, queues, version)
        if self._signs is None:
            self._executor = executor
            self._signs = threading.Thread(target=self._give_signs, name="signs", daemon=True)
            self._signs.start()

    def sweep(self) -> None:
        """From now on go on with what dead workers left."""
        self._able = True

    def close(self) -> None:
        """Give no more signs, and the lease back if the database can be reached soon."""
        self._stop.set()
        giving = threading.Thread(target=self._give_up, daemon=True)
        giving.start()
        giving.join(_SOON_S)

    def _give_up(self) -> None:
        if self._signs is not None:
            self._signs.join()
        with contextlib.suppress(Unreachable):
            self._tables.give_up(self._executor, self._nonce)
        self._tables.close()

    def _give_signs(self) -> None:
        since = last = time.monotonic()
        while not self._stop.wait(self._lease_s / _OFTEN):
            try:
                if not self._tables.renew(self._executor, self._nonce, self._lease_s):
                    self._lost()
                    return
                now = time.monotonic()
                if now - last > self._lease_s / 2:  # the database did not answer, others had no answer either
                    since = now
                last = now
                if self._able and now - since > self._lease_s:  # by now everybody who lives has given a sign
                    self._sweep()
            except Exception as error:  # noqa: BLE001 - the database is away: nobody can take anything over
                since = last = time.monotonic()
                log.write(self._errors, "worker", error)

    def _sweep(self) -> None:
        with self._tables.sweeping() as mine:
            if mine:
                self._take_over(self._living)

    def _living(self) -> list[Lease]:
        """Who lives; the others' leases are taken away, so that whoever had one hears of it when it wakes up.

        If the last sign is older than the time between two, the database was silent meanwhile, and all count as living.
        """
        self._tables.bury(self._executor, self._nonce, self._lease_s * (1 - 1 / _OFTEN))
        return list(self._tables.leases())

"""prometheus_client's one door: how much there is to do, how it goes, and what is wrong; numbers, never a name.

Every figure is read where it is kept (jobs, manifests, the outbox) at the moment somebody asks, so none can drift from
it; a meeting is looked at again only after it changed. Offices are no labels: an office may be called after somebody.
"""

from __future__ import annotations

import datetime
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import prometheus_client
from prometheus_client.core import (
    CollectorRegistry,
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)

from pipeline.folder import MeetingFolder, meetings
from pipeline.glances import Glances, Row
from pipeline.jobs.order import Job, State
from pipeline.jobs.spool import Jobs
from pipeline.keeping import backups
from pipeline.outside.health import worker_alive
from pipeline.outside.outbox import Outbox
from pipeline.settings import Settings
from speakers.error import StorageError, ZhuziError

CONTENT_TYPE = prometheus_client.CONTENT_TYPE_LATEST

BUCKETS_S = (1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 4 * 3600.0, 12 * 3600.0)
"""Of what a stage takes: from a short one to a night."""

_WITHIN_S = 2.0
"""How long somebody who asks waits for meetings that nobody has looked at yet."""

_FRESH_S = 15.0
"""What the program itself saw so lately is not looked up again: somebody who asks is answered at once."""

_BYTES_A_SECOND = 32_000
"""Of a meeting's sound: 16 kHz, 16 bits, one channel."""

Figures = Iterable[Metric]

Source = Callable[[], Figures]


class Metrics:
    """The figures of one data directory.

    Args:
        settings: in force.
        jobs: gives every job.
        glances: where meetings stand, for who has that already.
        more: figures that only the program that asks knows, such as a worker's leases.
    """

    def __init__(
        self,
        settings: Settings,
        jobs: Callable[[], Iterable[Job]] | None = None,
        glances: Glances | None = None,
        more: tuple[Source, ...] = (),
    ) -> None:
        self._settings = settings
        self._jobs = jobs or Jobs(settings).jobs
        self._glances = glances or Glances.at(settings)
        self._more = more
        self._sounds: dict[str, tuple[Row, float]] = {}
        self.registry = CollectorRegistry()
        self.registry.register(self)
        prometheus_client.ProcessCollector(registry=self.registry)

    def describe(self) -> Iterator[Metric]:
        """Nothing: the library need not ask for everything once when this is made."""
        yield from ()

    def collect(self) -> Iterator[Metric]:
        """Every figure; one that cannot be read is left out, and hides no other."""
        begun = time.monotonic()
        yield InfoMetricFamily("zhuzi", "The program.", {"version": metadata.version("zhuzi")})
        sources: tuple[Source, ...] = (
            self._of_meetings,
            self._of_jobs,
            self._of_the_machine,
            self._of_backups,
            *self._more,
        )
        unread = 0
        for source in sources:
            try:
                yield from list(source())
            except (ZhuziError, OSError):
                unread += 1
        yield gauge("zhuzi_unreadable", "Groups of figures that could not be read.", unread)
        yield gauge("zhuzi_scrape_seconds", "What reading all this took.", time.monotonic() - begun)

    def _of_meetings(self) -> Iterator[Metric]:
        found = self._glances.last(_FRESH_S)
        if found is None:
            folders = meetings(self._settings.data)
            found = tuple(zip(folders, self._glances.rows(folders, within_s=_WITHIN_S), strict=True))
        seen = [(folder, row) for folder, row in found if row is not None]
        states = Counter("interrupted" if "interrupted in" in r["state"] else r["state"] for _, r in seen)
        yield _counted("zhuzi_meetings", "Meetings by where they stand.", ("state",), states)
        unseen = len(found) - len(seen)
        yield gauge("zhuzi_meetings_unseen", "Meetings that are still to be looked at.", unseen)
        yield from self._of_stages(seen)
        shown = [row["window"] for _, row in seen if row.get("window", {}).get("stage") == "open"]
        yield gauge("zhuzi_correction_windows_open", "Correction windows that are open.", len(shown))
        left = [w["days_left"] for w in shown if w["days_left"] is not None]
        if left:
            yield gauge(
                "zhuzi_correction_window_days_left",
                "Working days left of the one that ends first.",
                min(left),
            )
        asked = sum(row.get("window", {}).get("open_suggestions", 0) for _, row in seen)
        yield gauge("zhuzi_suggestions_unanswered", "Suggestions of participants to answer.", asked)

    def _of_stages(self, seen: list[tuple[MeetingFolder, Row]]) -> Iterator[Metric]:
        took: dict[str, list[float]] = {}
        attempts: Counter[tuple[str, ...]] = Counter()
        worked = sound = 0.0
        for folder, row in seen:
            spent = 0.0
            for name, stage in row["stages"].items():
                attempts[name,] += max(0, int(stage["attempts"] or 0) - 1)
                if stage["finished"] and stage["seconds"] is not None:
                    took.setdefault(name, []).append(float(stage["seconds"]))
                    spent += float(stage["seconds"])
            if row["stages"].get("attribute", {}).get("finished"):
                worked, sound = worked + spent, sound + self._sound_s(folder, row)
        histogram = HistogramMetricFamily(
            "zhuzi_stage_seconds", "What each finished stage of each meeting took.", labels=("stage",)
        )
        for name, seconds in sorted(took.items()):
            below = [(str(top), float(sum(s <= top for s in seconds))) for top in BUCKETS_S]
            histogram.add_metric((name,), [*below, ("+Inf", float(len(seconds)))], sum(seconds))
        yield histogram
        yield _counted(
            "zhuzi_stage_repeats", "Times that a stage was begun again.", ("stage",), attempts, zero=True
        )
        yield gauge("zhuzi_sound_seconds", "Length of all meetings that were written down.", sound)
        if sound:
            yield gauge("zhuzi_realtime_factor", "Seconds of work for a second of sound.", worked / sound)

    def _sound_s(self, folder: MeetingFolder, row: Row) -> float:
        known = self._sounds.get(folder.id)
        if known is None or known[0] is not row:
            try:
                seconds = (folder.root / "10-sound.wav").stat().st_size / _BYTES_A_SECOND
            except OSError:
                seconds = 0.0
            known = self._sounds[folder.id] = (row, seconds)
        return known[1]

    def _of_jobs(self) -> Iterator[Metric]:
        jobs = tuple(self._jobs())
        stand = Counter((job.kind, job.state.value) for job in jobs)
        stand.update({(kind, state.value): 0 for kind in ("run", "release") for state in State})
        yield _counted(
            "zhuzi_jobs", "Jobs by what is asked for and how they stand.", ("kind", "state"), stand
        )
        waiting = [job for job in jobs if job.state is State.WAITING]
        backlog = Counter(("yes",) if job.backlog else ("no",) for job in waiting)
        backlog.update({("yes",): 0, ("no",): 0})
        yield _counted("zhuzi_jobs_waiting", "Jobs that wait, and whether they may.", ("backlog",), backlog)
        oldest = max((time.time() - job.at for job in waiting), default=0.0)
        yield gauge("zhuzi_job_oldest_waiting_seconds", "How long the oldest of them has waited.", oldest)
        offices = len({job.office for job in waiting})
        yield gauge("zhuzi_offices_waiting", "How many offices have jobs that wait.", offices)
        failed = Counter((str(job.failure.exit_code),) for job in jobs if job.failure is not None)
        yield _counted("zhuzi_job_failures", "Jobs that failed, by exit code.", ("exit_code",), failed)

    def _of_the_machine(self) -> Iterator[Metric]:
        data = self._settings.data
        disk = shutil.disk_usage(data)
        yield gauge("zhuzi_disk_free_bytes", "Free where meetings live.", disk.free)
        yield gauge("zhuzi_disk_size_bytes", "In all there.", disk.total)
        yield gauge("zhuzi_worker_alive", "Whether a process does the work.", float(worker_alive(data)))
        stand = Counter({(state,): count for state, count in Outbox(data).counts().items()})
        yield _counted("zhuzi_webhook_messages", "Messages by how they stand.", ("state",), stand, zero=True)

    def _of_backups(self) -> Iterator[Metric]:
        if last := backups.last(self._settings.data):
            age = time.time() - datetime.datetime.fromisoformat(last.at).timestamp()
            yield gauge("zhuzi_backup_age_seconds", "Since the last backup that succeeded.", age)

    def text(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return bytes(prometheus_client.generate_latest(self.registry))

    def serve(self, port: int, host: str = "127.0.0.1") -> Callable[[], None]:
        """Answer whoever asks, in a thread.

        Returns:
            What ends it.

        Raises:
            StorageError: If nothing can listen there.
        """
        try:
            server, thread = prometheus_client.start_http_server(port, host, self.registry)
        except OSError as error:
            raise StorageError(
                f"Nothing can listen at {host}, port {port}.", "Choose another one: --metrics-port NUMBER."
            ) from error

        def end() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        return end

    def write(self, path: Path) -> None:
        """Put everything into a file for the textfile collector of node_exporter: all of it, or nothing.

        Raises:
            StorageError: If it cannot be written.
        """
        try:
            prometheus_client.write_to_textfile(str(path), self.registry)
        except OSError as error:
            raise StorageError(f"{path} cannot be written.", "Choose another file.") from error


def gauge(name: str, says: str, value: float) -> Metric:
    """One figure; for what programs add, too."""
    return GaugeMetricFamily(name, says, value=value)


def of_a_worker(leases: Iterable[tuple[float, tuple[str, ...]]], put_aside: int) -> Iterator[Metric]:
    """Figures that only a worker has; workers are counted, not named: a machine may be called after somebody.

    Args:
        leases: of each worker, for how many seconds it is believed still, and the queues that it listens to.
        put_aside: how many stages this process put aside.
    """
    found = tuple(leases)
    says = "Stages that this worker gave up since it began: they took their processes down again and again."
    yield CounterMetricFamily("zhuzi_stages_put_aside", says, value=put_aside)
    living = Counter((queue,) for left, queues in found if left > 0 for queue in queues)
    yield _counted("zhuzi_leases", "Workers that gave a sign of life, by queue.", ("queue",), living)
    ended = sum(left <= 0 for left, _ in found)
    yield gauge("zhuzi_leases_ended", "Workers that gave none in time; others go on with their work.", ended)
    lefts = [left for left, _ in found if left > 0]
    if lefts:
        yield gauge("zhuzi_lease_left_seconds", "Of the lease that ends first.", min(lefts))


def _counted(
    name: str, says: str, labels: tuple[str, ...], counts: Counter[Any], *, zero: bool = False
) -> Metric:
    found = GaugeMetricFamily(name, says, labels=labels)
    for values, count in sorted(counts.items()):
        if count or zero or len(labels) > 1:
            found.add_metric((values,) if isinstance(values, str) else values, count)
    return found

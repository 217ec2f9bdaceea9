"""What workers tell each other in the database of jobs: who is alive, how far stages are, how often one was begun.

SQLAlchemy's one door. The tables stand beside those of DBOS; they hold ids, numbers and times: no word of a record.
"""

from __future__ import annotations

import urllib.parse
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from pipeline.jobs.order import Progress
from pipeline.settings import Settings
from pipeline.stages import heard, whole

Unreachable = sa.exc.SQLAlchemyError
"""What is raised where the database cannot be asked."""

_META = sa.MetaData()

_LEASES = sa.Table(
    "zhuzi_leases",
    _META,
    sa.Column("executor", sa.String(100), primary_key=True),
    sa.Column("nonce", sa.String(32), nullable=False),
    sa.Column("until", sa.Float, nullable=False),
    sa.Column("queues", sa.String(100), nullable=False),
    sa.Column("version", sa.String(40), nullable=False, default=""),
)

_STAGES = sa.Table(
    "zhuzi_stages",
    _META,
    sa.Column("work", sa.String(200), primary_key=True),
    sa.Column("job", sa.String(40), nullable=False, index=True),
    sa.Column("begun", sa.Integer, nullable=False, default=0),
    sa.Column("crashed", sa.Integer, nullable=False, default=0),
    sa.Column("stage", sa.String(60), nullable=False, default=""),
    sa.Column("step", sa.String(60), nullable=False, default=""),
    sa.Column("done", sa.BigInteger, nullable=False, default=0),
    sa.Column("total", sa.BigInteger, nullable=False, default=0),
    sa.Column("left_s", sa.Integer),
    sa.Column("at", sa.Float, nullable=False, default=0.0),
)

_BUSY_S = 120
"""How long one waits for another one who writes."""

_SWEEPER, _MAKER = 8377, 8378
"""Which of PostgreSQL's advisory locks hold the sweeper, and whoever makes the tables."""

_SWEEPING_MS = 10_000
"""A sweeper that says nothing for so long, because it is stopped or cut off, gives its place up."""

CONNECTING: dict[str, int | str] = {
    "connect_timeout": 10,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    "options": "-c idle_in_transaction_session_timeout=20000",
}
"""How PostgreSQL is connected to, in seconds and milliseconds: a server that is gone without a word is noticed.

So is a worker: one that is frozen within a transaction would keep what it locked there, and everybody else waiting.
"""

_PROBE_S = 3
"""Whoever only asks whether a server is there waits no longer."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A worker that said that it is alive.

    Attributes:
        executor: the worker's id.
        left_s: seconds for which it is believed still; negative if it is not.
        queues: that it listens to.
        version: of its code.
    """

    executor: str
    left_s: float
    queues: tuple[str, ...]
    version: str = ""


def url_of(settings: Settings) -> str:
    """SQLAlchemy's address of the database of jobs, whatever characters are in a path."""
    return settings.jobs or f"sqlite:///{urllib.parse.quote(str(file_of(settings.data)))}"


def file_of(data: Path) -> Path:
    """The database of jobs where there is no server."""
    return data / "jobs.sqlite"


def answers(url: str) -> bool:
    """Whether a server of jobs answers a question within a few seconds."""
    server = _server(url, 1, {**CONNECTING, "connect_timeout": _PROBE_S, "tcp_user_timeout": 1000 * _PROBE_S})
    try:
        with server.connect() as c:
            return c.execute(sa.select(1)).scalar() == 1
    except Unreachable:
        return False
    finally:
        server.dispose()


def _server(url: str, most: int, connecting: Mapping[str, int | str] = CONNECTING) -> sa.Engine:
    driver = url.replace("postgresql://", "postgresql+psycopg://", 1)
    return sa.create_engine(
        driver, pool_pre_ping=True, pool_size=most, max_overflow=0, connect_args=dict(connecting)
    )


def _file(url: str) -> sa.Engine:
    """A file in which readers do not wait for a writer; a power cut may take the last checkpoints."""
    engine = sa.create_engine(url, connect_args={"timeout": _BUSY_S})

    @sa.event.listens_for(engine, "connect")
    def prepared(connection: Any, _: object) -> None:
        connection.isolation_level = (
            "IMMEDIATE"  # as DBOS asks for it: a writer waits at its beginning, not halfway
        )
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


class Tables:
    """The tables of one database of jobs.

    Args:
        url: its address, as `url_of` gives it.
        most: how many connections there may be to it, where it is a server.
    """

    def __init__(self, url: str, most: int = 4) -> None:
        self.alone = url.startswith("sqlite:")
        """Whether the database is a file, which has one worker."""
        self._engine = _file(url) if self.alone else _server(url, most)

    @property
    def shared(self) -> sa.Engine | None:
        """What DBOS reaches the same file by; None for a server, which it reaches by connections of its own."""
        return self._engine if self.alone else None

    def make(self) -> None:
        """Make the tables if they are not there.

        Raises:
            Unreachable: If the database cannot be used.
        """
        with self._engine.begin() as c:
            if not self.alone:  # workers that begin together do it one after the other
                c.execute(sa.select(sa.func.pg_advisory_xact_lock(_MAKER)))
            _META.create_all(c)

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    def take(self, executor: str, nonce: str, ttl_s: float, queues: Iterable[str], version: str = "") -> None:
        """Write a lease, in the place of an older one of the same worker."""
        with self._engine.begin() as c:
            c.execute(_LEASES.delete().where(_LEASES.c.executor == executor))
            values = {"executor": executor, "nonce": nonce, "queues": ",".join(queues), "version": version}
            c.execute(_LEASES.insert().values(**values, until=self._now() + ttl_s))

    def renew(self, executor: str, nonce: str, ttl_s: float) -> bool:
        """Go on with a lease; False if it was taken away, or somebody else has it."""
        with self._engine.begin() as c:
            mine = (_LEASES.c.executor == executor) & (_LEASES.c.nonce == nonce)
            return c.execute(_LEASES.update().where(mine).values(until=self._now() + ttl_s)).rowcount == 1

    def give_up(self, executor: str, nonce: str) -> None:
        """End a lease."""
        with self._engine.begin() as c:
            mine = (_LEASES.c.executor == executor) & (_LEASES.c.nonce == nonce)
            c.execute(_LEASES.delete().where(mine))

    def leases(self) -> tuple[Lease, ...]:
        """Every lease, by worker."""
        with self._engine.begin() as c:
            rows = c.execute(
                sa.select(
                    _LEASES.c.executor, _LEASES.c.until - self._now(), _LEASES.c.queues, _LEASES.c.version
                ).order_by(_LEASES.c.executor)
            )
            return tuple(Lease(str(e), float(left), tuple(q.split(",")), str(v)) for e, left, q, v in rows)

    def bury(self, executor: str, nonce: str, left_s: float) -> None:
        """Take leases away that ended, so that whoever had one hears of it when it wakes up.

        Nothing is taken away by whom the question reached the database too late: it may have been silent to all.

        Args:
            executor: who asks.
            nonce: of its lease.
            left_s: seconds that this lease must still have when the database looks.
        """
        with self._engine.begin() as c:
            asks = _LEASES.alias()
            mine = (
                (asks.c.executor == executor)
                & (asks.c.nonce == nonce)
                & (asks.c.until - self._now() > left_s)
            )
            c.execute(_LEASES.delete().where(_LEASES.c.until < self._now(), sa.exists().where(mine)))

    @contextmanager
    def sweeping(self) -> Iterator[bool]:
        """Whether one is the only sweeper, for as long as this lasts.

        Raises:
            Unreachable: If the place was given to somebody else meanwhile, because it lasted too long.
        """
        if self.alone:
            yield True
            return
        with self._engine.begin() as c:
            c.execute(sa.text(f"SET LOCAL idle_in_transaction_session_timeout = {_SWEEPING_MS}"))
            yield bool(c.execute(sa.select(sa.func.pg_try_advisory_xact_lock(_SWEEPER))).scalar())

    def begin(self, work: str, job: str, stage: str) -> tuple[int, int]:
        """Count that a piece of work was begun; gives how often it was, this time too, and how often it crashed."""
        with self._engine.begin() as c:
            self._there(c, work, job)
            where = _STAGES.c.work == work
            c.execute(_STAGES.update().where(where).values(begun=_STAGES.c.begun + 1, stage=stage, step=""))
            begun, crashed = c.execute(sa.select(_STAGES.c.begun, _STAGES.c.crashed).where(where)).one()
            return int(begun), int(crashed)

    def end(self, work: str) -> None:
        """Note that a piece of work came to an end, so that it is no longer counted how often it was begun."""
        with self._engine.begin() as c:
            c.execute(_STAGES.update().where(_STAGES.c.work == work).values(begun=0, crashed=0))

    def crash(self, work: str) -> int:
        """Count that the process which did a piece of work died or hung; gives how often it did."""
        with self._engine.begin() as c:
            where = _STAGES.c.work == work
            c.execute(_STAGES.update().where(where).values(crashed=_STAGES.c.crashed + 1))
            return int(c.execute(sa.select(_STAGES.c.crashed).where(where)).scalar() or 0)

    def report(self, work: str, progress: Progress) -> None:
        """Say how far a piece of work is."""
        values = {
            "stage": progress.stage[:60],
            "step": progress.step[:60],
            "done": progress.done,
            "total": progress.total,
            "left_s": progress.left_s,
            "at": self._now(),
        }
        with self._engine.begin() as c:
            c.execute(_STAGES.update().where(_STAGES.c.work == work).values(**values))

    def progress(self, job: str) -> tuple[tuple[str, ...], Progress | None]:
        """The stages that were begun of a job, in their order, and how far the newest report says that it is.

        Several sections of one stage may be at work at once; people hear how many of them were begun.
        """
        with self._engine.begin() as c:
            rows = c.execute(sa.select(_STAGES).where(_STAGES.c.job == job).order_by(_STAGES.c.work)).all()
        newest = max((r for r in rows if r.step), key=lambda r: r.at, default=None)
        named = [heard(whole(r.stage)) for r in rows]
        stages = tuple(dict.fromkeys(name for name, _, _ in named))
        if newest is None:
            return stages, None
        stage, _, sections = heard(newest.stage)
        if not sections:
            return stages, Progress(stage, newest.step, newest.done, newest.total, newest.left_s)
        last = max(number for name, number, _ in named if name == stage)
        return stages, Progress(stage, newest.step, last - 1, sections, section=last, sections=sections)

    def forget(self, job: str) -> None:
        """Remove what is known about a job that ended."""
        with self._engine.begin() as c:
            c.execute(_STAGES.delete().where(_STAGES.c.job == job))

    def _there(self, c: sa.Connection, work: str, job: str) -> None:
        if c.execute(sa.select(_STAGES.c.work).where(_STAGES.c.work == work)).first() is None:
            c.execute(_STAGES.insert().values(work=work, job=job, begun=0, crashed=0))

    def _now(self) -> sa.ColumnElement[float]:
        """The database's own clock, in seconds since 1970: those of several machines may differ."""
        if self.alone:
            return sa.literal_column("((julianday('now') - 2440587.5) * 86400.0)", sa.Float)
        return sa.literal_column("extract(epoch from clock_timestamp())::float", sa.Float)

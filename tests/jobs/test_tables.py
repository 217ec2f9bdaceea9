"""Leases: who is believed to live, and what happens to those who come too late."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.jobs import tables
from pipeline.jobs.alive import Alive
from pipeline.jobs.beside import Beside
from pipeline.jobs.order import Run, State
from pipeline.jobs.spool import Jobs
from pipeline.jobs.tables import Tables
from pipeline.settings import Settings
from tests.postgres import Postgres, missing, postgres
from tests.working import CHILD


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    if why := missing():
        pytest.skip(why)
    with postgres() as one:
        yield one


@pytest.fixture(params=["sqlite", "postgresql"])
def known(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Tables]:
    if request.param == "sqlite":
        made = Tables(f"sqlite:///{tmp_path}/jobs.sqlite")
    else:
        made = Tables(request.getfixturevalue("server").url)
    made.make()
    yield made
    for lease in made.leases():
        made.give_up(lease.executor, "one")
        made.give_up(lease.executor, "other")
    made.close()


def until(holds: Callable[[], bool]) -> None:
    late = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < late
        time.sleep(0.05)


def test_a_lease_is_renewed_by_its_holder_and_by_nobody_else(known: Tables) -> None:
    known.take("w.1", "one", 60, ("gpu", "cpu"))
    assert known.renew("w.1", "one", 60)
    assert not known.renew("w.1", "other", 60)
    (lease,) = known.leases()
    assert (lease.executor, lease.queues) == ("w.1", ("gpu", "cpu"))
    assert 50 < lease.left_s <= 60


def test_the_next_process_of_the_same_worker_takes_its_lease_at_once(known: Tables) -> None:
    known.take("w.1", "one", 60, ("gpu",))
    known.take("w.1", "other", 60, ("gpu",))
    assert not known.renew("w.1", "one", 60)
    assert known.renew("w.1", "other", 60)


def test_only_leases_that_ended_are_taken_away(known: Tables) -> None:
    known.take("dead.1", "one", -1, ("gpu",))
    known.take("alive.1", "one", 60, ("gpu",))
    known.bury("alive.1", "one", 40)
    assert not known.renew("dead.1", "one", 60)
    assert known.renew("alive.1", "one", 60)


@pytest.mark.parametrize(("nonce", "left_s"), [("one", 70), ("other", 40)])
def test_who_asks_too_late_takes_no_lease_away(known: Tables, nonce: str, left_s: float) -> None:
    """The database was silent between a sweeper's last sign and its question: those who live had no chance either."""
    known.take("late.1", "one", -1, ("gpu",))
    known.take("sweeps.1", "one", 60, ("gpu",))
    known.bury("sweeps.1", nonce, left_s)
    assert known.renew("late.1", "one", 60)


def test_what_came_to_its_end_is_not_counted_as_begun_again_and_again(known: Tables) -> None:
    for _ in range(30):
        begun, crashed = known.begin("j0.1/plan", "j0", "plan")
        known.end("j0.1/plan")
    assert (begun, crashed) == (1, 0)
    known.begin("j0.1/plan", "j0", "plan")
    known.crash("j0.1/plan")
    assert known.begin("j0.1/plan", "j0", "plan") == (2, 1)
    known.forget("j0")


def test_there_is_one_sweeper_and_one_that_is_stopped_gives_its_place_up(
    server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "_SWEEPING_MS", 500)
    first, second = Tables(server.url), Tables(server.url)

    def free() -> bool:
        with second.sweeping() as mine:
            return mine

    stopped = first.sweeping()
    assert stopped.__enter__()
    assert not free()
    until(free)  # the first one says nothing all the while
    with pytest.raises(tables.Unreachable):
        stopped.__exit__(None, None, None)
    first.close()
    second.close()


def test_the_server_ends_a_connection_whose_worker_is_frozen_within_a_transaction(server: Postgres) -> None:
    """Whatever such a worker has locked, as its own lease in the middle of a sign, others would wait for."""
    known = Tables(server.url)
    with known._engine.connect() as c:
        assert c.execute(sa.text("SHOW idle_in_transaction_session_timeout")).scalar() == "20s"
    known.close()


def test_nobody_is_taken_for_dead_after_the_database_was_silent(server: Postgres, tmp_path: Path) -> None:
    swept: list[list[str]] = []
    lost: list[str] = []
    mine = Alive(
        server.url,
        1.5,
        lost=lambda: lost.append("mine"),
        take_over=lambda living: swept.append(living()),
        errors=tmp_path / "error.log",
    )
    mine.begin("mine.1", ("gpu",), "version")
    mine.sweep()
    until(lambda: len(swept) > 0)
    others = Tables(server.url)
    server.pause()
    swept.clear()
    time.sleep(3)
    server.go_on()
    others.take("other.1", "one", 0.1, ("gpu",))  # it gave its sign a moment later
    time.sleep(0.3)
    assert not swept
    until(lambda: len(swept) > 0)
    mine.close()
    assert not lost
    assert others.leases() == ()
    others.close()


def test_a_worker_beside_a_door_that_lost_its_lease_makes_room_for_the_next(
    server: Postgres, data: Path, tmp_path: Path
) -> None:
    beside = Beside(Settings(data, tmp_path, jobs=server.url, lease_s=3), CHILD)
    beside.start()
    until(lambda: beside.child is not None)
    first = beside.child
    assert first is not None
    until(lambda: server.ask("SELECT count(*) FROM zhuzi_leases") == "1")
    server.ask("DELETE FROM zhuzi_leases")
    until(lambda: beside.child not in {None, first})
    assert first.returncode == 75
    beside.close()


def test_a_job_is_wanted_as_long_as_nobody_can_read_that_it_is_not(tmp_path: Path) -> None:
    jobs = Jobs(Settings(tmp_path / "data", tmp_path))
    dropped = tmp_path / "a.wav"
    dropped.write_bytes(b"sound")
    made = jobs.submit(Run("0" * 12), files={"recording.wav": dropped})
    assert not jobs.unwanted(made.id, 1)
    assert jobs.unwanted(made.id, 2)
    (jobs.folder(made.id) / "job.json").write_text("half of")
    assert not jobs.unwanted(made.id, 1)
    jobs.place.rename(tmp_path / "unplugged")
    assert not jobs.unwanted(made.id, 1)
    (tmp_path / "unplugged").rename(jobs.place)
    jobs.end(made.id, 1, None)
    assert jobs.jobs() == ()
    for path in jobs.folder(made.id).iterdir():
        path.unlink()
    jobs.folder(made.id).rmdir()
    assert jobs.unwanted(made.id, 1)
    other = jobs.submit(Run("1" * 12), files={"recording.wav": dropped})
    assert jobs.cancel(other.id).state is State.CANCELLED
    assert jobs.unwanted(other.id, 1)

"""PostgreSQL goes away and comes back, workers freeze and wake up, and several of them share the work."""

from __future__ import annotations

import contextlib
import os
import random
import select
import signal
import subprocess
import time

from bench.faults_frame import Case, Outcome, Trial, sure
from bench.faults_kills import outcome
from bench.rows import limited, plain
from pipeline.jobs.worker import LOST
from tests.fleet import Fleet, fleet
from tests.postgres import Postgres, missing, postgres

_LEASE_S = 6


def stopped_at_once(trial: Trial) -> Outcome:
    """The server is stopped in the middle of whatever it does, and begun again soon."""
    times = min(trial.kills, 10)
    draw = random.Random(times)  # noqa: S311 - the same moments every time, and no secret
    with postgres() as server, fleet(trial.place, server.url) as one:
        workers = [one.worker("a"), one.worker("b")]
        for _ in range(times):
            one.hand_in(max(0, 4 - one.open))
            time.sleep(draw.uniform(0.5, 3.0))
            server.stop()
            time.sleep(draw.uniform(0.0, 1.5))
            server.start()
        one.ended()
        sure(all(w.poll() is None for w in workers), "a worker ended with the server")
        return outcome(one, times, "2 workers that stay, PostgreSQL stopped with -m immediate")


def away_longer_than_the_lease(trial: Trial) -> Outcome:
    """The server is gone for longer than a lease lasts; nobody else could take anything, so nobody ends."""
    times = min(trial.kills, 3)
    with postgres() as server, fleet(trial.place, server.url, _LEASE_S) as one:
        workers = [one.worker("a"), one.worker("b")]
        for _ in range(times):
            one.stop_at("within transcribe")
            one.hand_in(2)
            one.reached(one.moments()["reached"])
            server.stop()
            one.stop_at()
            time.sleep(2 * _LEASE_S)
            server.start()
            one.ended()
        sure(all(w.poll() is None for w in workers), "a worker was taken for dead with the server")
        return outcome(
            one, times, f"2 workers that stay, {2 * _LEASE_S} s without PostgreSQL, leases of {_LEASE_S} s"
        )


def silent_longer_than_the_lease(trial: Trial) -> Outcome:
    """The server takes what it is sent and answers nothing for longer than a lease lasts."""
    times = min(trial.kills, 3)
    with postgres() as server, fleet(trial.place, server.url, _LEASE_S) as one:
        workers = [one.worker("a"), one.worker("b")]
        for _ in range(times):
            one.hand_in(3)
            one.until(lambda: one.moments()["begin"] > one.moments()["end"])
            server.pause()
            time.sleep(2 * _LEASE_S)
            server.go_on()
            one.ended()
        sure(all(w.poll() is None for w in workers), "a worker was taken for dead with the server")
        return outcome(
            one, times, f"2 workers that stay, {2 * _LEASE_S} s without an answer, leases of {_LEASE_S} s"
        )


def told_to_end_meanwhile(trial: Trial) -> Outcome:
    """A worker is told to end while the server is away, and does; the next one goes on."""
    with postgres() as server, fleet(trial.place, server.url) as one:
        worker = one.worker("a")
        one.stop_at("within transcribe")
        one.hand_in()
        one.reached()
        server.stop()
        time.sleep(2)
        at = time.monotonic()
        worker.send_signal(signal.SIGTERM)
        code = worker.wait(60)
        took = time.monotonic() - at
        one.kill(worker)
        one.stop_at()
        server.start()
        one.worker("a")
        one.ended()
        sure(code == 0, f"it ended with {code}")
        row = limited(
            "seconds until a worker ends that is told to, without its database", took, 10, "SIGTERM"
        )
        return outcome(one, 1, "SIGTERM while PostgreSQL is away", (row,))


def before_the_first_sign(trial: Trial) -> Outcome:
    """A worker is killed that took work and gave no sign of life yet; its lease was there before."""
    times = min(trial.kills, 5)
    with postgres() as server, fleet(trial.place, server.url, _LEASE_S) as one:
        for number in range(times):
            one.hand_in(2)
            name = f"short{number}"
            worker = one.worker(name, ready=False)
            one.until(lambda name=name: _at_work(server, name) > 0)  # type: ignore[misc]  # of this round
            one.kill(worker)
            leases = server.ask("SELECT executor FROM zhuzi_leases").split()
            sure(f"{name}.1" in leases, "it took work without a lease")
        one.worker("stays")
        one.ended()
        return outcome(one, times, f"PostgreSQL, leases of {_LEASE_S} s")


def _at_work(server: Postgres, name: str) -> int:
    with contextlib.suppress(subprocess.CalledProcessError):  # there are no tables yet
        found = server.ask("SELECT executor_id FROM dbos.workflow_status WHERE status = 'PENDING'")
        return found.split().count(f"{name}.1")
    return 0


def frozen(trial: Trial) -> Outcome:
    """A worker and its children are stopped past their lease, others do their work, then they wake up."""
    places = ("within transcribe", "made transcribe", "within decode", "kept transcribe")[: trial.kills]
    codes = []
    with postgres() as server, fleet(trial.place, server.url, _LEASE_S) as one:
        for number, place in enumerate(places):
            zombie = one.worker(f"zombie{number}")
            one.stop_at(place)
            one.hand_in()
            one.reached(number)
            processes = [zombie.pid, *one.children(zombie)]
            _all(processes, signal.SIGSTOP)
            one.stop_at()
            other = one.worker(f"other{number}")
            one.ended()
            watched = [os.pidfd_open(pid) for pid in processes[1:]]
            _all(processes, signal.SIGCONT)
            codes.append(zombie.wait(60))
            for child in watched:
                _gone(child)
            one.kill(zombie)
            one.kill(other)
        sure(set(codes) == {LOST}, f"they ended with {codes}")
        return outcome(
            one, len(places), f"PostgreSQL, leases of {_LEASE_S} s; each ended with {LOST}, with its children"
        )


def _all(processes: list[int], number: signal.Signals) -> None:
    for pid in processes:
        with contextlib.suppress(
            ProcessLookupError
        ):  # a worker that woke up may have ended its children by now
            os.kill(pid, number)


def _gone(child: int) -> None:
    """Wait for the end of a process of which this is a descriptor."""
    sure(bool(select.select([child], [], [], 60)[0]), "a child outlived its worker")
    os.close(child)


def second_of_a_file(trial: Trial) -> Outcome:
    """A second worker begins on a data directory whose database of jobs is a file."""
    with fleet(trial.place) as one:
        one.worker("first")
        one.stop_at("within transcribe")
        one.hand_in()
        one.reached()
        second = one.worker("second", ready=False)
        said = second.communicate(timeout=60)[1]
        sure(second.returncode != 0 and "Another worker has this data directory." in said, said)
        one.stop_at()
        one.ended()
        return outcome(one, 1, "SQLite; the second one is refused, the first goes on")


def second_of_a_server(trial: Trial) -> Outcome:
    """A second worker begins on the same data, and both do stages."""
    with postgres() as server, fleet(trial.place, server.url) as one:
        one.worker("first")
        one.worker("second")
        one.hand_in(8)
        one.ended()
        shared = server.ask(
            "SELECT count(DISTINCT executor_id) FROM dbos.workflow_status WHERE name = 'stage'"
        )
        row = limited("workers that did no stage", 2 - int(shared), 0, "of 2 with 8 meetings")
        return outcome(one, 1, "PostgreSQL; both do stages", (row,))


def parent_elsewhere(trial: Trial) -> Outcome:
    """Whoever sees to a job is killed while a stage of it is done by somebody else."""
    times = min(trial.kills, 4)
    with postgres() as server, fleet(trial.place, server.url, _LEASE_S) as one:
        one.worker("does", "gpu", "cpu")
        for number in range(times):
            parent = one.worker(f"sees{number}", "meetings")
            one.stop_at("within transcribe")
            one.hand_in()
            one.reached(number)
            one.kill(parent)
            if number % 2:  # the stage ends before or after somebody sees to the job again
                one.stop_at()
            other = one.worker(f"sees again{number}".replace(" ", "-"), "meetings")
            time.sleep(_LEASE_S if not number % 2 else 0)
            one.stop_at()
            one.ended()
            one.kill(other)
        begun = one.moments("transcribe")["begin"]
        sure(begun == times, f"{begun} bodies for {times} stages")
        return outcome(one, times, "PostgreSQL; every stage was begun once")


def polling(trial: Trial) -> Outcome:
    """Fifty meetings are in flight and wait for one stage: what their waiting costs."""
    with postgres() as server, fleet(trial.place, server.url) as one:
        worker = one.worker("a")
        one.stop_at("within transcribe")
        for office in range(13):
            one.hand_in(4 if office < 12 else 2, office=f"office {office}")
        one.until(lambda: one.moments("decode")["kept"] >= 50, 600)
        one.reached()
        load = _load(one, server, worker.pid)
        one.stop_at()
        one.ended()
        rows = [
            plain("transactions a second, 50 meetings waiting", load[0], "PostgreSQL, over 10 s"),
            plain("% of a core, the worker, 50 meetings waiting", load[1], "over 10 s"),
            plain("connections of one worker", load[2], "50 meetings waiting"),
            plain("threads of one worker", load[3], "50 meetings waiting"),
        ]
        return outcome(one, 1, "PostgreSQL, one worker", tuple(rows))


def _load(one: Fleet, server: Postgres, pid: int) -> tuple[float, float, float, float]:
    """Transactions a second, percent of a core, connections, threads."""

    def spent() -> float:
        fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()  # noqa: SIM115, PTH123 - one line
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def commits() -> int:
        return int(
            server.ask("SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = 'zhuzi'")
        )

    at, cpu, before = time.monotonic(), spent(), commits()
    time.sleep(10)
    took = time.monotonic() - at
    connections = int(server.ask("SELECT count(*) FROM pg_stat_activity WHERE datname = 'zhuzi'")) - 1
    threads = len(os.listdir(f"/proc/{pid}/task"))  # noqa: PTH208 - numbers, not paths
    sure(one.open > 0, "nothing waits")
    return (commits() - before) / took, 100 * (spent() - cpu) / took, connections, threads


CASES = (
    Case("PostgreSQL stopped at once", stopped_at_once, missing),
    Case("PostgreSQL away longer than the lease", away_longer_than_the_lease, missing),
    Case("PostgreSQL silent longer than the lease", silent_longer_than_the_lease, missing),
    Case("worker told to end, PostgreSQL away", told_to_end_meanwhile, missing),
    Case("killed between launch and first sign of life", before_the_first_sign, missing),
    Case("frozen past the lease, then woken", frozen, missing),
    Case("second worker, SQLite", second_of_a_file),
    Case("second worker, PostgreSQL", second_of_a_server, missing),
    Case("parent's worker killed, stage elsewhere", parent_elsewhere, missing),
    Case("50 meetings in flight", polling, missing),
)
"""What happens to servers, and among workers."""

"""Cases of `bench.faults` about people who decide at once, and releases that nobody is there to make."""

from __future__ import annotations

import os
import wave
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from bench.faults_frame import Case, Outcome, Trial
from bench.queue_rig import Rig
from pipeline import review, run
from pipeline.folder import MeetingFolder
from pipeline.jobs.order import Release, State
from pipeline.revoke import revoke
from redaction import ledger
from redaction.decision import Approved, Decided, Released, Revoked, Verdict
from speakers.error import ZhuziError
from tests.conftest import MEETING
from tests.engines import scripted

_CHILD = "tests.engines.work_child"
_ROUNDS = 5


def heard(place: Path, seed: int) -> MeetingFolder:
    """A meeting that scripted engines heard, with marks that nobody decided."""
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"{seed}.wav"
    noise = np.random.default_rng(seed).uniform(-0.2, 0.2, 9 * 16_000) * 32_767
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(noise.astype(np.int16).tobytes())
    (place / "meeting.toml").write_text(MEETING, "utf-8")
    return run.run(path, place / "meeting.toml", place / "data", scripted.engines, lambda *_: None)


@contextmanager
def _keys(place: Path) -> Iterator[None]:
    """Keys of the register beside everything else, and not where a user's are."""
    before = os.environ.get("ZHUZI_REGISTER_KEY")
    os.environ["ZHUZI_REGISTER_KEY"] = str(place / "keys" / "register.key")
    try:
        yield
    finally:
        os.environ.pop("ZHUZI_REGISTER_KEY")
        if before is not None:
            os.environ["ZHUZI_REGISTER_KEY"] = before


def approve_twice(trial: Trial) -> Outcome:
    """Two people approve at the same moment, and both ask for the release."""
    return _at_once(trial, lambda f: review.approve(f, "second"), lost_if=_not_out)


def approve_and_reject(trial: Trial) -> Outcome:
    """One approves while another one takes a decision back."""

    def reject(folder: MeetingFolder) -> None:
        mark = review.draft_of(folder).marks[0]
        review.decide(folder, "second", (Decided(mark.id, Verdict.KEEP, "public anyway"),))

    return _at_once(trial, reject, lost_if=_out_unapproved)


def approve_and_revoke(trial: Trial) -> Outcome:
    """One approves and releases while another one revokes."""
    return _at_once(trial, lambda f: revoke(f, "second", "asked for"), lost_if=_out_unapproved)


def _at_once(
    trial: Trial, other: Callable[[MeetingFolder], object], lost_if: Callable[[MeetingFolder], bool]
) -> Outcome:
    wrong = refused = 0
    with _keys(trial.place), Rig(trial.place, SCRIPTED_CHILD=_CHILD, ZHUZI_CORRECTION_DAYS="0") as rig:
        folders = [heard(trial.place, seed) for seed in range(min(_ROUNDS, trial.kills))]
        rig.start()
        for folder in folders:
            review.accept_proposed(folder, "first")
            with ThreadPoolExecutor(2) as people:
                asked = [
                    people.submit(_tried, lambda f=folder: review.approve(f, "first")),  # type: ignore[misc]  # bound at once
                    people.submit(_tried, lambda f=folder: other(f)),  # type: ignore[misc]  # likewise
                ]
                orders = [people.submit(rig.jobs.submit, Release(folder.id)) for _ in range(2)]
            refused += sum(not one.result() for one in asked)
            wrong += len({one.result().id for one in orders}) - 1
        rig.ended(within_s=400)
        wrong += sum(lost_if(folder) for folder in folders)
        twice = sum(max(0, _releases(folder) - 1) for folder in folders)
    return Outcome(
        _ROUNDS, wrong, twice, f"at once, released meanwhile; {refused} people were told to look again"
    )


def _tried(does: Callable[[], object]) -> bool:
    try:
        does()
    except ZhuziError:
        return False
    return True


def _releases(folder: MeetingFolder) -> int:
    return sum(isinstance(e.act, Released) for e in ledger.read(folder.ledger))


def _not_out(folder: MeetingFolder) -> bool:
    return not (folder.public / "manifest.json").exists()


def _out_unapproved(folder: MeetingFolder) -> bool:
    """Whether something is public that was revoked since, or whose release did not come right after an approval."""
    if _not_out(folder):
        return False
    acts = [e.act for e in ledger.read(folder.ledger)]
    out = max(n for n, act in enumerate(acts) if isinstance(act, Released))
    return any(isinstance(act, Revoked) for act in acts[out:]) or not isinstance(acts[out - 1], Approved)


def no_worker_release(trial: Trial) -> Outcome:
    """Approved, and released by nobody until a worker comes; asked for twice, done once."""
    with _keys(trial.place), Rig(trial.place, SCRIPTED_CHILD=_CHILD, ZHUZI_CORRECTION_DAYS="0") as rig:
        folder = heard(trial.place, 1)
        review.accept_proposed(folder, "first")
        jobs = [rig.jobs.submit(Release(folder.id)) for _ in range(2)]
        waited = all(rig.jobs.job(j.id).state is State.WAITING for j in jobs) and _not_out(folder)
        rig.start()
        rig.ended(within_s=200)
        wrong = (not waited) + (len({j.id for j in jobs}) - 1) + _not_out(folder)
        return Outcome(2, wrong, _releases(folder) - 1, "asked for twice without a worker")


CASES: tuple[Case, ...] = (
    Case("approve twice at once", approve_twice),
    Case("approve against another decision", approve_and_reject),
    Case("approve against revoke", approve_and_revoke),
    Case("release ordered with no worker up", no_worker_release),
)

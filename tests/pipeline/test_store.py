"""Workers on other machines: nothing is lost, nothing is done twice, and nobody reads what is in the store."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.folder import MeetingFolder, Stage
from pipeline.store import Store, of
from pipeline.store_generation import check_name
from pipeline.store_sealed import Sealed
from pipeline.vault import DamagedError
from speakers.error import NotFoundError, StorageError
from speakers.record import digest
from tests.conftest import ROOT, SECRETS, silent_report
from tests.engines import scripted
from tests.engines.store_worker import stage_of
from tests.object_store import (
    BucketPlace,
    FolderPlace,
    Place,
    Server,
    credentials,
    server,
)

ID = "0f3a9c27d1b4"


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("seaweed")) as made:
        yield made


@pytest.fixture(params=["file", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    if request.param == "file":
        return FolderPlace(tmp_path / "share")
    made: Server = request.getfixturevalue("s3")
    made.start()
    for name, value in credentials(made.port).items():
        monkeypatch.setenv(name, value)
    return BucketPlace(made, f"b{digest(str(tmp_path))[:20]}")


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "store.key"


@pytest.fixture
def store(place: Place, key: Path) -> Store:
    return Store(place.url, key)


@pytest.fixture
def home(data: Path) -> MeetingFolder:
    """A meeting whose sound is decoded, at home."""
    folder = MeetingFolder(data / "meetings" / ID)
    folder.root.mkdir(parents=True)
    folder.note(recording={"sha256": "0" * 64, "bytes": 5}, stages={}, version=1)
    folder.describe(b'title = "Ferries"\n')
    folder.perform(Stage("decode", "10-sound.wav", lambda: "inputs of decode", _noise))
    return folder


def _noise(path: Path, size: int = 3_000_000) -> None:
    path.write_bytes(os.urandom(size))


@pytest.fixture
def worker(place: Place, key: Path, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start `tests/engines/store_worker.py`; it does not outlive the test."""
    started: list[subprocess.Popen[str]] = []

    def start(verb: str, into: str, *more: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.engines.store_worker", verb, place.url, str(key), ID]
        process = subprocess.Popen(
            [*command, str(tmp_path / into), *map(str, more)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def answers(processes: list[subprocess.Popen[str]], go: Path) -> list[str]:
    """What they print once all are ready and have been let go at once."""
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", process.communicate()[1]
    go.touch()
    return [process.communicate(timeout=120)[0].strip() for process in processes]


def test_a_result_made_elsewhere_comes_home(store: Store, home: MeetingFolder, tmp_path: Path) -> None:
    assert store.push(home) == 1
    assert store.push(home) == 1
    copy = store.pull(ID, tmp_path / "worker")
    assert copy.root == tmp_path / "worker" / "meetings" / ID
    assert (copy.root / "10-sound.wav").read_bytes() == (home.root / "10-sound.wav").read_bytes()
    assert copy.meeting_toml.read_bytes() == home.meeting_toml.read_bytes()
    assert copy.done(Stage("decode", "10-sound.wav", lambda: "inputs of decode", lambda _: None))
    copy.perform(stage_of("transcribe", "heard"))
    assert store.commit(copy, "transcribe")
    assert store.commit(copy, "transcribe")
    assert store.bring_back(home) == ("transcribe",)
    assert store.bring_back(home) == ()
    assert home.done(stage_of("transcribe", ""))
    assert (home.root / "20-words.json").read_text() == "heard"
    assert home.manifest()["stages"]["transcribe"] == copy.manifest()["stages"]["transcribe"]
    assert not [p for p in home.root.iterdir() if p.name.endswith(".part")]


def test_a_worker_without_anything_of_home_does_the_real_stages(
    store: Store, job: MeetingFolder, data: Path, tmp_path: Path, calls: Path
) -> None:
    from pipeline.run import meeting_of, plan
    from pipeline.settings import key_file
    from pipeline.voiceprints import Register

    before = {p.name: p.read_bytes() for p in job.root.glob("[24]0-*.json")}
    for path in job.root.glob("[24]0-*.json"):
        path.unlink()
    store.push(job)
    copy = store.pull(job.id, tmp_path / "worker")
    assert not (copy.root / "original").exists()
    stages = plan(copy, meeting_of(job), scripted.engines(calls), silent_report, Register(data, key_file()))
    for stage in stages:
        copy.perform(stage)
        assert store.commit(copy, stage.name)
    assert set(store.bring_back(job)) == {"transcribe", "attribute"}
    assert {p.name: p.read_bytes() for p in job.root.glob("[24]0-*.json")} == before


def test_of_two_workers_at_one_stage_the_first_counts_and_the_other_vanishes(
    store: Store,
    home: MeetingFolder,
    place: Place,
    worker: Callable[..., subprocess.Popen[str]],
    tmp_path: Path,
) -> None:
    store.push(home)
    before = set(place.raw())
    go = tmp_path / "go"
    both = [worker("commit", f"w{n}", "transcribe", f"heard by {n}", go) for n in (0, 1)]
    said = answers(both, go)
    assert sorted(said) == ["False", "True"]
    won = said.index("True")
    assert store.bring_back(home) == ("transcribe",)
    assert (home.root / "20-words.json").read_text() == f"heard by {won}"
    new = set(place.raw()) - before
    assert len([n for n in new if "/blobs/" in n]) == 1
    loser = store.pull(ID, tmp_path / f"w{1 - won}")
    assert (loser.root / "20-words.json").read_text() == f"heard by {won}"
    assert not store.commit(MeetingFolder(loser.root.with_name("other")), "transcribe")


def test_eight_workers_at_eight_stages_lose_none(
    store: Store, home: MeetingFolder, worker: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    store.push(home)
    go = tmp_path / "go"
    names = [f"stage{n}" for n in range(8)]
    assert answers([worker("commit", n, n, f"of {n}", go) for n in names], go) == ["True"] * 8
    assert sorted(store.bring_back(home)) == names
    assert all(home.done(stage_of(n, "")) for n in names)


def test_a_worker_killed_between_result_and_generation_leaves_the_stage_to_others(
    store: Store,
    home: MeetingFolder,
    place: Place,
    worker: Callable[..., subprocess.Popen[str]],
    tmp_path: Path,
) -> None:
    store.push(home)
    before = set(place.raw())
    go = tmp_path / "go"
    killed = worker("die", "w0", "transcribe", "heard by the dead", go)
    for _ in range(1200):
        if go.exists():
            break
        assert killed.poll() is None, killed.communicate()[1]
        time.sleep(0.05)
    killed.kill()
    killed.wait()
    orphan = set(place.raw()) - before
    assert len(orphan) == 1
    assert store.bring_back(home) == ()
    copy = store.pull(ID, tmp_path / "w1")
    copy.perform(stage_of("transcribe", "heard by the living"))
    assert store.commit(copy, "transcribe")
    assert store.bring_back(home) == ("transcribe",)
    assert (home.root / "20-words.json").read_text() == "heard by the living"
    assert store.collect(ID) == 0, "it is too young: somebody may be about to commit it"
    assert store.collect(ID, older_s=-5) == 1
    assert not orphan & set(place.raw())
    assert store.pull(ID, tmp_path / "w2").done(stage_of("transcribe", ""))


def test_a_killed_worker_goes_on_with_its_own_result(
    store: Store, home: MeetingFolder, worker: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    store.push(home)
    go = tmp_path / "go"
    killed = worker("die", "w0", "transcribe", "heard", go)
    while not go.exists():
        assert killed.poll() is None, killed.communicate()[1]
        time.sleep(0.05)
    killed.kill()
    killed.wait()
    copy = store.pull(ID, tmp_path / "w0")
    assert copy.done(stage_of("transcribe", "")), "what was done before the kill is not done again"
    assert store.commit(copy, "transcribe")


def test_what_was_made_of_something_else_than_home_expects_does_not_count(
    store: Store, home: MeetingFolder, tmp_path: Path
) -> None:
    store.push(home)
    zombie = store.pull(ID, tmp_path / "worker")
    zombie.perform(stage_of("transcribe", "of the old header"))
    home.describe(b'title = "Buses"\n')
    assert store.push(home) == 2
    assert not store.commit(zombie, "transcribe")
    copy = store.pull(ID, tmp_path / "worker")
    assert copy.meeting_toml.read_bytes() == b'title = "Buses"\n'
    assert "transcribe" not in copy.manifest()["stages"]


def test_what_home_expects_decides_where_home_said_so(
    store: Store, home: MeetingFolder, tmp_path: Path
) -> None:
    def expect(inputs: str) -> None:
        stages = home.manifest()["stages"]
        entry = {"inputs": inputs, "attempts": 1, "finishes": 0, "finished": False, "file": "20-words.json"}
        home.note(stages={**stages, "transcribe": entry})

    expect("inputs of transcribe")
    store.push(home)
    copy = store.pull(ID, tmp_path / "worker")
    copy.perform(stage_of("transcribe", "heard"))
    home.describe(b'title = "Buses"\n')  # which a transcription does not depend on
    store.push(home)
    assert store.commit(copy, "transcribe")
    expect("inputs with another model")
    assert store.bring_back(home) == ()
    store.push(home)
    assert store.bring_back(home) == ()
    again = store.pull(ID, tmp_path / "worker")
    again.perform(stage_of("transcribe", "heard"))
    assert not store.commit(again, "transcribe")


def test_a_push_keeps_what_workers_finished_meanwhile(
    store: Store, home: MeetingFolder, tmp_path: Path
) -> None:
    store.push(home)
    copy = store.pull(ID, tmp_path / "worker")
    copy.perform(stage_of("transcribe", "heard"))
    assert store.commit(copy, "transcribe")
    home.perform(stage_of("diarize", "told apart"))
    store.push(home)
    assert store.bring_back(home) == ("transcribe",)
    assert store.pull(ID, tmp_path / "other").done(stage_of("diarize", ""))


def test_what_home_did_itself_meanwhile_stays(store: Store, home: MeetingFolder, tmp_path: Path) -> None:
    store.push(home)
    copy = store.pull(ID, tmp_path / "worker")
    copy.perform(stage_of("transcribe", "by a worker"))
    assert store.commit(copy, "transcribe")
    home.perform(stage_of("transcribe", "at home"))
    assert store.bring_back(home) == ()
    store.push(home)
    assert (store.pull(ID, tmp_path / "worker").root / "20-words.json").read_text() == "at home"


def test_a_store_that_stops_in_mid_push_holds_nothing_half(
    store: Store,
    home: MeetingFolder,
    place: Place,
    worker: Callable[..., subprocess.Popen[str]],
    tmp_path: Path,
) -> None:
    store.push(home)
    home.perform(Stage("tracks", "15-microphones.wav", lambda: "t", lambda p: _noise(p, 150_000_000)))
    pushing = worker("push", "data")
    time.sleep(1.5)
    place.stop()
    out, error = pushing.communicate(timeout=300)
    place.start()
    if pushing.returncode:
        assert "StorageError" in error
    else:
        assert out == "2\n"
    whole = store.pull(ID, tmp_path / "before")
    assert whole.done(Stage("decode", "10-sound.wav", lambda: "inputs of decode", lambda _: None))
    assert store.push(home) in {2, 3}
    copy = store.pull(ID, tmp_path / "after")
    assert (copy.root / "15-microphones.wav").read_bytes() == (home.root / "15-microphones.wav").read_bytes()


def test_a_store_that_is_away_is_one_error_with_a_cure(
    store: Store, home: MeetingFolder, place: Place, key: Path
) -> None:
    store.push(home)
    place.stop()
    try:
        for act in (lambda: store.push(home), lambda: store.bring_back(home), Store(place.url, key).check):
            with pytest.raises(StorageError, match=r"^The store('s| does)") as told:
                act()
            assert "AKZHUZITEST" not in f"{told.value}{told.value.__cause__}"
            assert "://" not in str(told.value)
    finally:
        place.start()
    assert store.push(home) == 1


def test_a_flipped_byte_is_noticed_not_used_and_mended_by_home(
    store: Store, home: MeetingFolder, place: Place, tmp_path: Path
) -> None:
    store.push(home)
    name, data = max(place.raw().items(), key=lambda item: len(item[1]))
    place.write(name, data[:1_500_000] + bytes([data[1_500_000] ^ 1]) + data[1_500_001:])
    with pytest.raises(DamagedError, match="damaged or gone"):
        store.pull(ID, tmp_path / "worker")
    assert not list((tmp_path / "worker").rglob("*10-sound*"))
    assert store.push(home) == 1
    assert store.pull(ID, tmp_path / "worker").manifest()["stages"]["decode"]["finished"]


@pytest.mark.parametrize("how", ["shorter", "gone", "another"])
def test_a_damaged_result_is_made_again(
    how: str, store: Store, home: MeetingFolder, place: Place, tmp_path: Path
) -> None:
    store.push(home)
    before = place.raw()
    copy = store.pull(ID, tmp_path / "worker")
    copy.perform(stage_of("transcribe", "heard"))
    store.commit(copy, "transcribe")
    (name,) = [n for n in place.raw() if n not in before and "/blobs/" in n]
    if how == "gone":
        place.remove(name)
    else:
        old = next(d for n, d in before.items() if "/blobs/" in n)
        place.write(name, old if how == "another" else place.raw()[name][:-1])
    with pytest.raises(DamagedError):
        store.bring_back(home)
    assert "transcribe" not in home.manifest()["stages"]
    other = store.pull(ID, tmp_path / "other")
    assert not other.done(stage_of("transcribe", ""))
    other.perform(stage_of("transcribe", "heard again"))
    assert store.commit(other, "transcribe")
    assert store.bring_back(home) == ("transcribe",)


def test_an_older_generation_in_the_place_of_a_newer_one_is_noticed(
    store: Store, home: MeetingFolder, place: Place, tmp_path: Path
) -> None:
    store.push(home)
    home.describe(b'title = "Buses"\n')
    store.push(home)
    first, second = sorted(n for n in place.raw() if "/index/" in n)
    place.write(second, place.raw()[first])
    with pytest.raises(StorageError, match="damaged, or was changed"):
        store.pull(ID, tmp_path / "worker")


def test_nothing_in_the_store_can_be_read(store: Store, job: MeetingFolder, place: Place) -> None:
    store.push(job)
    raw = place.raw()
    assert len(raw) > 5
    names = [*SECRETS, "寵物", "participants", job.id, job.manifest()["recording"]["sha256"][:16]]
    names += [p.name for p in job.root.iterdir()] + [s["sha256"] for s in job.manifest()["stages"].values()]
    words = json.loads((job.root / "20-words.json").read_bytes())["words"]
    names += [w["text"] for w in words if len(w["text"].encode()) > 5] + ["transcribe", "sha256", "RIFF"]
    assert len(names) > 25
    for name, data in raw.items():
        for known in names:
            assert known not in name
            assert known.encode() not in data
    ends = [d[-64:] for n, d in raw.items() if "/blobs/" in n]
    assert len(set(ends)) == len(ends)


def test_forgetting_leaves_nothing(store: Store, home: MeetingFolder, place: Place, tmp_path: Path) -> None:
    store.push(home)
    zombie = store.pull(ID, tmp_path / "worker")
    zombie.perform(stage_of("transcribe", "heard"))
    store.forget(ID)
    assert set(place.raw()) == {"zhuzi-store"}
    assert not store.commit(zombie, "transcribe")
    assert set(place.raw()) == {"zhuzi-store"}
    assert store.bring_back(home) == ()
    with pytest.raises(NotFoundError, match="not in the store"):
        store.pull(ID, tmp_path / "other")
    assert store.clean(tmp_path / "worker") == (ID,)
    assert not zombie.root.exists()
    store.forget(ID)


def test_a_worker_that_commits_while_a_meeting_is_forgotten_brings_nothing_back(
    store: Store, home: MeetingFolder, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.push(home)
    zombie = store.pull(ID, tmp_path / "worker")
    zombie.perform(stage_of("transcribe", "heard"))
    add = Sealed.add

    def forgotten_then_add(self: Sealed, *given: object) -> bool:
        store.forget(ID)
        return add(self, *given)  # type: ignore[arg-type] # whatever `add` is given

    monkeypatch.setattr(Sealed, "add", forgotten_then_add)
    assert not store.commit(zombie, "transcribe")
    assert set(place.raw()) == {"zhuzi-store"}


def test_old_generations_are_emptied_and_their_numbers_stay_taken(
    store: Store, home: MeetingFolder, place: Place
) -> None:
    for number in range(5):
        home.describe(f'title = "{number}"\n'.encode())
        assert store.push(home) == number + 1
    assert store.collect(ID, keep=2, older_s=-5) == 3
    numbers = sorted(n for n in place.raw() if "/index/" in n)
    assert len(numbers) == 5
    assert [bool(place.raw()[n]) for n in numbers] == [False] * 3 + [True] * 2
    home.describe(b'title = "last"\n')
    assert store.push(home) == 6


@pytest.mark.parametrize(
    "file",
    [
        "../20-words.json",
        "sections/../x.json",
        "public/20-words.json",
        "ledger.jsonl",
        "manifest.json",
        "a.json",
    ],
)
def test_a_result_takes_the_place_of_nothing_but_results(file: str) -> None:
    with pytest.raises(StorageError, match="what no stage's is"):
        check_name(file)


def test_another_key_opens_nothing_and_makes_nothing(
    store: Store, home: MeetingFolder, place: Place, tmp_path: Path
) -> None:
    store.push(home)
    other = tmp_path / "other.key"
    with pytest.raises(StorageError, match="is missing"):
        Store(place.url, other).pull(ID, tmp_path / "worker")
    other.write_text("ab" * 32)
    other.chmod(0o600)
    before = place.raw()
    for act in (lambda: Store(place.url, other).push(home), Store(place.url, other).check):
        with pytest.raises(StorageError, match="another key"):
            act()
    assert place.raw() == before


def test_a_worker_of_an_empty_store_makes_no_key(store: Store, key: Path, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="nothing in the store yet"):
        store.pull(ID, tmp_path / "worker")
    assert not key.exists()


def test_a_store_that_will_do_is_left_as_it_was(store: Store, place: Place) -> None:
    store.check()
    assert place.raw() == {}


def test_workers_of_one_machine_share_a_copy(
    store: Store, home: MeetingFolder, worker: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    store.push(home)
    go = tmp_path / "go"
    first = worker("commit", "shared", "transcribe", "of the first", go)
    for _ in range(1200):
        shared = MeetingFolder(tmp_path / "shared" / "meetings" / ID)
        if shared.manifest()["stages"].get("transcribe", {}).get("finished"):
            break
        time.sleep(0.05)
    second = worker(
        "commit", "shared", "diarize", "of the second", go
    )  # its pull leaves the first one's result
    assert answers([first, second], go) == ["True", "True"]
    assert sorted(store.bring_back(home)) == ["diarize", "transcribe"]


def test_no_store_is_no_store(tmp_path: Path) -> None:
    from pipeline.settings import settings

    assert of(settings(tmp_path, {})) is None
    (tmp_path / "share").mkdir()
    chosen = settings(tmp_path, {"ZHUZI_STORE": f"file://{tmp_path}/share", "ZHUZI_STORE_KEY": "/keys/store"})
    assert isinstance(of(chosen), Store)
    assert chosen.store_key == Path("/keys/store")
    assert f"{tmp_path}/share" not in repr(chosen)

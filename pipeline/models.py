"""The models on this machine: fetch them, verify them, and open one that is known to be right.

`open_model` is the only way an engine comes by a model's path. It compares every file's digest first,
so bytes that the catalogue does not know are never loaded.

A models directory holds `<model>/<file>`, `models.lock.toml` (digests of files for which the catalogue
has none, recorded when they first arrived), `.partial/` (what is still arriving) and `.lock`.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from pipeline.catalogue import Catalogue, HubSource, Model, catalogue_in_force, load_catalogue
from pipeline.digest import is_right, read_again
from pipeline.fetch import fetch
from pipeline.finding import Finding
from pipeline.trust import with_lock
from speakers.error import ModelError

__all__ = ["Status", "fetch", "load_catalogue", "models_directory", "open_model", "status", "verify"]


@dataclass(frozen=True, slots=True)
class Status:
    """One line of `zhuzi models list`; `verify` is what reads the bytes."""

    model: Model
    present: bool
    size: int
    trust: str


def models_directory() -> Path:
    """Where models are kept: `ZHUZI_MODELS`, or the user's data directory."""
    chosen = os.environ.get("ZHUZI_MODELS")
    return Path(chosen) if chosen else Path(platformdirs.user_data_dir("zhuzi")) / "models"


def open_model(name: str, directory: Path, *, catalogue: Catalogue | None = None) -> Path:
    """The folder of a model, every file of which has the digest that it should have.

    Raises:
        ModelError: If a file is missing, is not the pinned one, or does not belong there.
    """
    model = catalogue_in_force(catalogue).model(name)
    for finding in _examine(with_lock(model, directory), directory):
        if not finding.ok:
            raise ModelError(finding.says, finding.cure)
    return directory / name


def verify(
    names: Sequence[str], directory: Path, *, catalogue: Catalogue | None = None
) -> tuple[Finding, ...]:
    """Read every byte of these models again and say, file by file, whether it is the pinned one."""
    read_again()
    known = catalogue_in_force(catalogue)
    models = tuple(with_lock(known.model(name), directory) for name in names)
    return tuple(finding for model in models for finding in _examine(model, directory))


def status(directory: Path, *, catalogue: Catalogue | None = None) -> tuple[Status, ...]:
    """Every model of the catalogue, whether it is here, and what vouches for its bytes."""
    found = []
    for model in catalogue_in_force(catalogue).models.values():
        paths = [directory / model.name / file.name for file in model.files]
        present = all(path.is_file() for path in paths)
        size = (
            sum(path.stat().st_size for path in paths) if present else sum(file.size for file in model.files)
        )
        found.append(Status(model, present, size, _trust(model, directory)))
    return tuple(found)


def _examine(model: Model, directory: Path) -> Iterator[Finding]:
    """One finding for each file of a model, and one for each file that does not belong to it."""
    again = f"Run `zhuzi models fetch {model.name}`."
    for file in model.files:
        path = directory / model.name / file.name
        what = f"{model.name}/{file.name}"
        if not path.is_file():
            yield Finding(
                what, False, False, f"The model {model.name} is not complete: {path} is missing.", again
            )
        elif not file.sha256:
            says = f"Nothing vouches for {path}: its arrival was never recorded."
            yield Finding(what, False, False, says, f"Delete it. {again}")
        elif not is_right(path, file):
            yield Finding(what, False, False, f"{path} is not the file whose digest is pinned.", again)
        else:
            yield Finding(what, True, False, f"{path} is the pinned file.")
    belonging = {file.name for file in model.files}
    folder = directory / model.name
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name not in belonging and not path.name.startswith("."):
            says = f"{path} does not belong to the model {model.name}."
            yield Finding(
                f"{model.name}/{path.name}", False, False, says, "Move it away: an engine might read it."
            )


def _trust(model: Model, directory: Path) -> str:
    """What vouches for a model's bytes, in words."""
    if model.pinned:
        return "digests in the catalogue"
    if with_lock(model, directory).pinned:
        return "trust on first use: digests recorded when it first arrived"
    if any(isinstance(source, HubSource) and source.revision for source in model.sources):
        return "trust on first use: a pinned commit; digests will be recorded when it arrives"
    return "nothing yet: choose a commit or a local directory; digests will be recorded when it arrives"

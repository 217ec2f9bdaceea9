"""Digests that the catalogue does not know: recorded when a file first arrives, and binding ever after."""

import tomllib
from dataclasses import replace
from pathlib import Path

from pipeline.catalogue import Model
from pipeline.digest import put
from speakers.error import ModelError

_LOCK_FILE = "models.lock.toml"


def with_lock(model: Model, directory: Path) -> Model:
    """The model with recorded digests where the catalogue has none."""
    if model.pinned:
        return model
    digests = _recorded(directory).get(model.name, {})
    files = tuple(f if f.sha256 else replace(f, sha256=digests.get(f.name, "")) for f in model.files)
    return replace(model, files=files)


def record(model: str, file: str, digest: str, directory: Path) -> None:
    """Write down the digest of a file that arrived for the first time."""
    recorded = _recorded(directory)
    recorded.setdefault(model, {})[file] = digest
    lines = ["# Digests of model files as they first arrived. Keep this file: later copies must match it."]
    for name, files in sorted(recorded.items()):
        lines += ["", f'["{name}"]', *(f'"{each}" = "{sha256}"' for each, sha256 in sorted(files.items()))]
    staged = directory / f".{_LOCK_FILE}.new"
    staged.write_text("\n".join(lines) + "\n", "utf-8")
    put(staged, directory / _LOCK_FILE)


def _recorded(directory: Path) -> dict[str, dict[str, str]]:
    """Digests recorded at first arrival: model, then file."""
    path = directory / _LOCK_FILE
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        cure = "Restore it from a copy, or delete it to trust the models anew when they are fetched again."
        raise ModelError(f"{path} cannot be read.", cure) from error
    return {str(model): {str(f): str(d) for f, d in files.items()} for model, files in table.items()}

"""Write docs/licences.md: the licence of every package in the lock files, and of every model.

Run it in the project's .venv (`make licences`): it reads what the installed packages say of themselves.
"""

import re
import sys
from importlib import metadata
from pathlib import Path

from pipeline.models import load_catalogue

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {
    "What runs": "requirements.lock",
    "What only development needs": "requirements-dev.lock",
    "What only the figures of words with speakers need": "requirements/eval.lock",
    "What installs": "requirements/pip.lock",
    "What installs torch where pip offers only CUDA": "requirements/uv.lock",
}
BY_HAND = {
    # Not installed on every machine, so their own words cannot be read there; from their published metadata.
    "audioop-lts": "PSF-2.0",
    "cython": "Apache-2.0",
    "kaldialign": "Apache-2.0",
    "meeteval": "MIT",
    "uv": "MIT OR Apache-2.0",
    # Their metadata names no licence; from the licence file that each ships.
    "axe-playwright-python": "MIT (axe-core in it: MPL-2.0)",
    "pyrage": "MIT",
    "pyannote-audio": "MIT (its WeSpeaker part: Apache-2.0)",
    "pyannote-core": "MIT",
    "pyannote-database": "MIT",
    "pyannote-metrics": "MIT",
    "pyannote-pipeline": "MIT",
    "pyannoteai-sdk": "MIT",
    "torchcodec": "BSD-3-Clause",
}
GPU = (
    ("nvidia-cublas-cu12", "NVIDIA Proprietary Software (TORCH=cuda only)"),
    ("nvidia-cudnn-cu12", "NVIDIA Proprietary Software (TORCH=cuda only)"),
)


def locked(path: Path) -> tuple[str, ...]:
    """Names of the packages of a lock file, in its order."""
    return tuple(re.findall(r"^([A-Za-z0-9._-]+)==", path.read_text("utf-8"), flags=re.MULTILINE))


def licence(name: str) -> str:
    """What a package says its licence is: the expression, a short field, or its classifiers."""
    if name in BY_HAND:
        return BY_HAND[name]
    told = metadata.metadata(name)
    field = (told.get("License") or "").strip()
    classified = [
        each.rpartition(" :: ")[2] for each in told.get_all("Classifier") or () if each.startswith("License")
    ]
    if expression := told.get("License-Expression"):
        return expression
    if classified and set(classified) != {"OSI Approved"}:
        return ", ".join(classified)
    if field and len(field) < 60 and "\n" not in field:
        return field
    raise SystemExit(f"{name} names no licence: read its licence file and add it to BY_HAND in {__file__}.")


def main() -> None:
    """Write docs/licences.md."""
    lines = [
        "# Licences",
        "",
        "Written by `make licences`; a test holds it against the lock files. Zhuzi itself: Apache-2.0.",
        "",
        "## Models",
        "",
        "| model | job | licence | origin |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {m.name} | {m.job} | {m.licence} | {m.origin} |" for m in load_catalogue(None).models.values()
    ]
    named = {"torch"}
    for title, lock in LOCKS.items():
        names = [name for name in locked(ROOT / lock) if name not in named]
        named.update(names)
        if lock == "requirements.lock":
            names.append("torch")
        lines += ["", f"## {title}", "", f"`{lock}`", "", "| package | licence |", "|---|---|"]
        lines += [f"| {name} | {licence(name)} |" for name in sorted(names)]
    lines += ["", "## With a graphics card", "", "| package | licence |", "|---|---|"]
    lines += [f"| {name} | {terms} |" for name, terms in GPU]
    (ROOT / "docs" / "licences.md").write_text("\n".join(lines) + "\n", "utf-8")
    sys.stdout.write(f"docs/licences.md: {len(named)} packages.\n")


if __name__ == "__main__":
    main()

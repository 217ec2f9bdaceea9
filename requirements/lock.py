"""Write the lock files: every package pinned, with the digests of all its wheels.

Run it with Python 3.11 (`make lock`): versions that still support 3.11 support 3.12 and 3.13 as well, while
the newest versions for 3.12 no longer install on 3.11. Pins that still fit are kept; `--upgrade` renews them.

torch and all that comes only with its CUDA build stay out: which build a machine wants is decided by
requirements/torch.sh. No index is named, so that each user's own pip configuration applies.
"""

import hashlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
FLAGS = (
    "--quiet",
    "--generate-hashes",
    "--allow-unsafe",
    "--strip-extras",
    "--no-annotate",
    "--no-header",
    "--newline=lf",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-emit-trusted-host",
    "--no-emit-options",
)
HEADER = (
    "# Written by `make lock`; do not edit. Install with: pip install --require-hashes --no-deps -r {name}\n"
)
LEFT_OUT = re.compile(r"(torch|triton|nvidia-.*|cuda-.*)==")
FROM_313 = "audioop-lts"
"""What only Python 3.13 and later need; resolved apart, because this runs on 3.11."""


def kept(text: str) -> str:
    r"""The blocks of a compiled file without comments and without what torch.sh installs.

    >>> kept("a==1 \\\n    --hash=sha256:0\n# pip\nnvidia-x==2 \\\n    --hash=sha256:1\n")
    'a==1 \\\n    --hash=sha256:0\n'
    """
    lines = "".join(line for line in text.splitlines(keepends=True) if line.strip() and line[0] != "#")
    blocks = re.findall(r"^\S.*\n(?:[ ]+.*\n)*", lines, flags=re.MULTILINE)
    return "".join(block for block in blocks if not LEFT_OUT.match(block))


def beyond(text: str, others: str) -> str:
    r"""The blocks of a compiled file whose packages another lock does not have.

    >>> beyond("a==1 \\\n    --hash=sha256:0\nb==2 \\\n    --hash=sha256:1\n", "a==1 \\\n    --hash=sha256:0\n")
    'b==2 \\\n    --hash=sha256:1\n'
    """
    there = set(re.findall(r"^(\S+?)==", others, flags=re.MULTILINE))
    blocks = re.findall(r"^\S.*\n(?:[ ]+.*\n)*", text, flags=re.MULTILINE)
    return "".join(block for block in blocks if block.partition("==")[0] not in there)


def compiled(source: Path, before: str, *options: str) -> str:
    """What pip-compile makes of a source, starting from the pins of an earlier lock."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "lock.txt"
        if before:
            target.write_text(before, "utf-8")
        command = [
            sys.executable,
            "-m",
            "piptools",
            "compile",
            *FLAGS,
            *options,
            "-o",
            str(target),
            str(source),
        ]
        subprocess.run(command, check=True, cwd=ROOT)  # noqa: S603 - this Python, with arguments from this file
        return kept(target.read_text("utf-8"))


def from_313() -> str:
    """The line for what only newer Pythons need, with a marker that says so.

    pip-compile on 3.11 cannot resolve it, so pip fetches the one stable-ABI wheel for Linux x86-64.
    """
    with tempfile.TemporaryDirectory() as folder:
        platforms = [f"--platform=manylinux_2_{minor}_x86_64" for minor in (28, 27, 26, 24, 17, 5)]
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        command += ["--python-version=3.13", "--implementation=cp", *platforms, "--dest", folder, FROM_313]
        subprocess.run(command, check=True)  # noqa: S603 - this Python, with arguments from this file
        (wheel,) = Path(folder).glob("*.whl")
        version = wheel.name.split("-")[1]
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f'{FROM_313}=={version} ; python_version >= "3.13" \\\n    --hash=sha256:{digest}\n'


def main() -> None:
    """Write every lock file."""
    if sys.version_info[:2] != (3, 11):
        raise SystemExit("The lock is made with Python 3.11: run `make clean lock PYTHON=python3.11`.")
    options = ["--upgrade"] if "--upgrade" in sys.argv else []
    constrained = [*options, "--constraint", str(HERE / "constraints.txt")]
    project = ROOT / "pyproject.toml"
    for name, source, flags in (
        ("requirements.lock", project, constrained),
        ("requirements-dev.lock", project, [*constrained, "--extra", "dev"]),
        ("requirements/eval.lock", project, [*constrained, "--extra", "eval"]),
        ("requirements/pip.lock", HERE / "pip.in", options),
        ("requirements/uv.lock", HERE / "uv.in", options),
    ):
        lock = ROOT / name
        before = lock.read_text("utf-8") if lock.exists() else ""
        if name == "requirements/eval.lock":  # what everybody has stays as it is, and out of this file
            everybody = (ROOT / "requirements.lock").read_text("utf-8")
            text = beyond(compiled(source, everybody + before, *flags), everybody)
        else:
            text = compiled(source, before, *flags)
            text += from_313() if source == project else ""
        lock.write_text(HEADER.format(name=name) + text, "utf-8")
        print(f"{name}: {text.count('==')} packages")


if __name__ == "__main__":
    main()

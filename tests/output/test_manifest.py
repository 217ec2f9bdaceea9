from __future__ import annotations

import dataclasses
import hashlib
import json

import pytest

from output import files, manifest
from speakers.error import NotFoundError, RecordError, StorageError

MADE_WITH = (("zhuzi", "0.1.0"), ("whisper-base", "905e5bf8"))


@pytest.fixture
def folder(released, tmp_path):
    path = tmp_path / "release"
    path.mkdir()
    paths = files.write(released, path, None)
    manifest.write(manifest.describe(released, paths, MADE_WITH, "CC0-1.0"), path)
    return path


def test_it_says_what_the_release_is(folder, released):
    said = json.loads((folder / "manifest.json").read_bytes())
    assert said["version"] == 1
    assert said["approval"] == released.approval
    assert said["approved_at"] == released.approved_at
    assert said["approvers"] == 2
    assert said["hidden"] == [["contact", 1]]
    assert said["made_with"] == [list(pair) for pair in MADE_WITH]
    assert said["licence"] == "CC0-1.0"
    assert said["no_sound"] == ""
    for file in said["files"]:
        data = (folder / file["name"]).read_bytes()
        assert (file["sha256"], file["size"]) == (hashlib.sha256(data).hexdigest(), len(data))


def test_it_names_nobody(folder, released):
    data = (folder / "manifest.json").read_text()
    assert not [s for s in released.speakers if s.label in data or s.key in data]
    assert str(folder.parent) not in data


def test_it_parses_back(folder):
    data = (folder / "manifest.json").read_bytes()
    assert manifest.serialize(manifest.parse(data)) == data


def test_an_untouched_release_has_no_differences(folder):
    assert not manifest.verify(folder)


def test_missing_changed_and_extra_files_are_found(folder):
    vtt, md, txt = (next(folder.glob(f"*.{ending}")) for ending in ("vtt", "md", "txt"))
    vtt.unlink()
    md.write_bytes(md.read_bytes() + b"x")
    txt.rename(folder.parent / "moved.txt")
    txt.symlink_to(folder.parent / "moved.txt")
    (folder / "x").mkdir()
    found = manifest.verify(folder)
    assert found == manifest.Differences((vtt.name,), tuple(sorted((md.name, txt.name))), ("x",))
    assert found


def test_no_manifest_says_so(tmp_path):
    with pytest.raises(NotFoundError):
        manifest.verify(tmp_path)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b'{"files": 3}'])
def test_a_damaged_manifest_says_so(data):
    with pytest.raises(StorageError):
        manifest.parse(data)


def test_a_file_outside_the_folder_is_refused(folder):
    data = (folder / "manifest.json").read_bytes()
    name = json.loads(data)["files"][0]["name"]
    with pytest.raises(RecordError):
        manifest.parse(data.replace(name.encode(), b"../../etc/passwd"))


@pytest.mark.parametrize("path", ["/home/mei/model", "~/model", "C:\\Users\\mei", "file:/x"])
def test_a_path_of_the_machine_is_refused(folder, path):
    known = manifest.parse((folder / "manifest.json").read_bytes())
    with pytest.raises(RecordError):
        dataclasses.replace(known, made_with=(("model", path),))


def test_another_version_is_refused(folder):
    with pytest.raises(RecordError):
        manifest.parse((folder / "manifest.json").read_bytes().replace(b'"version": 1', b'"version": 2'))

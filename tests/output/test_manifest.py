from __future__ import annotations

import dataclasses
import hashlib
import json

import pytest

from output import files, manifest
from speakers.error import NotFoundError, RecordError, StorageError
from speakers.meeting import Licence

MADE_WITH = (("zhuzi", "0.1.0"), ("whisper-base", "905e5bf8"))

RULES = (("policy", "3"), ("scanner", "17"))


@pytest.fixture
def folder(released, tmp_path):
    path = tmp_path / "release"
    path.mkdir()
    paths = files.write(released, path, None)
    manifest.write(manifest.describe(released, paths, MADE_WITH, RULES), path)
    return path


def test_it_says_what_the_release_is(folder, released):
    said = json.loads((folder / "manifest.json").read_bytes())
    assert said["version"] == 2
    assert said["approval"] == released.approval
    assert said["approved_at"] == released.approved_at
    assert said["approvers"] == 2
    assert said["hidden"] == [["contact", 1]]
    assert said["made_with"] == [list(pair) for pair in MADE_WITH]
    assert said["licence"] == "CC0-1.0"
    assert said["settings"] == [["language", "zh"], ["hidden sound", "tone"]]
    assert said["rules"] == [list(pair) for pair in RULES]
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
        manifest.parse((folder / "manifest.json").read_bytes().replace(b'"version": 2', b'"version": 3'))


def test_the_licence_is_the_meeting_s(make, tmp_path):
    released = make(licence=Licence.OGDL_TAIWAN)
    described = manifest.describe(released, files.write(released, tmp_path, None), MADE_WITH)
    assert described.licence == "OGDL-Taiwan-1.0"
    (vtt,) = (p for p in tmp_path.glob("*.vtt"))
    assert b"\n\nNOTE OGDL-Taiwan-1.0 https://data.gov.tw/license\n\n" in vtt.read_bytes()


OLD = b"""{
  "approval": "%s",
  "approved_at": "2024-05-20T10:00:00+08:00",
  "approvers": 2,
  "files": [
    {
      "name": "a.txt",
      "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      "size": 3
    }
  ],
  "hidden": [],
  "licence": "CC0-1.0",
  "made_with": [
    [
      "zhuzi",
      "0.1.0"
    ]
  ],
  "no_sound": "",
  "no_video": "",
  "version": 1
}
""" % (b"a" * 64)
"""A release by the version before, byte by byte."""


def test_an_older_release_is_verified_as_it_was(tmp_path):
    (tmp_path / "manifest.json").write_bytes(OLD)
    (tmp_path / "a.txt").write_bytes(b"abc")
    assert not manifest.verify(tmp_path)
    assert manifest.serialize(manifest.parse(OLD)) == OLD
    (tmp_path / "a.txt").write_bytes(b"abd")
    assert manifest.verify(tmp_path).changed == ("a.txt",)

"""Programs and schemas of others that look at what we publish; where one is missing, its test is skipped."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

_GET = "sh requirements/validators.sh"
_VALIDATOR = Path(__file__).parents[1] / "requirements" / "validator"
_MODULES = _VALIDATOR / "node_modules"
_VNU = _MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
_TEI = _VALIDATOR / "tei_all.rng"

_PARSE_WEBVTT = """
const fs = require("fs"), {WebVTTParser} = require("webvtt-parser");
const entities = require("webvtt-parser/html-entities.json");
const told = new WebVTTParser(entities).parse(fs.readFileSync(0, "utf8"), process.argv[1]);
const text = nodes => nodes.map(n => n.type === "object" ? text(n.children) : n.value).join("");
const cues = told.cues.map(cue => ({
    start: cue.startTime, end: cue.endTime, text: text(cue.tree.children),
    voice: (cue.tree.children.find(n => n.name === "v") || {value: ""}).value,
}));
console.log(JSON.stringify({cues, errors: told.errors}));
"""


def _needs(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"no {program} on this machine: {_GET}")
    return found


def _there(path: Path) -> str:
    if not path.exists():
        pytest.skip(f"no {path.name} here: {_GET}")
    return str(path)


def _told(command: list[str], **given: Any) -> str:
    """What a program says, with whatever it complains about; nothing if it is content."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, **given)
    return done.stdout + done.stderr + (f"exit code {done.returncode}" if done.returncode else "")


def html_errors(*files: Path) -> str:
    """What the Nu HTML checker, which validator.w3.org runs, calls an error."""
    return _told([_needs("java"), "-jar", _there(_VNU), "--errors-only", *map(str, files)])


def tei_errors(*files: Path) -> str:
    """What Jing says of files by the schema of all TEI P5, which the TEI Consortium publishes."""
    jing = "nu.validator.vendor.thaiopensource.relaxng.util.Driver"  # the checker of HTML brings it along
    return _told([_needs("java"), "-cp", _there(_VNU), jing, _there(_TEI), *map(str, files)])


def webvtt(data: bytes, kind: str = "captions") -> dict[str, Any]:
    """What the W3C's parser and validator of WebVTT reads.

    Args:
        data: the file.
        kind: of the track: "captions" or "chapters".

    Returns:
        `cues`: start and end in seconds, voice and text; and `errors`.
    """
    node = _needs("node")
    _there(_MODULES / "webvtt-parser" / "parser.js")
    command = [node, "-e", _PARSE_WEBVTT, kind]
    done = subprocess.run(command, input=data, capture_output=True, check=True, timeout=60, cwd=_VALIDATOR)
    read: dict[str, Any] = json.loads(done.stdout)
    return read


def ffprobe(path: Path, *more: str) -> dict[str, Any]:
    """What FFmpeg's own program says of a file; any complaint fails the test."""
    asked = ["-v", "error", "-show_format", "-show_streams", "-of", "json", *more]
    done = subprocess.run([_needs("ffprobe"), *asked, str(path)], capture_output=True, check=True, timeout=60)
    assert not done.stderr
    read: dict[str, Any] = json.loads(done.stdout)
    return read


class Office:
    """LibreOffice, with a profile of its own.

    Args:
        home: an empty folder.
    """

    def __init__(self, home: Path) -> None:
        self._home, self._program = home, _needs("soffice")

    def text(self, data: bytes, ending: str) -> str:
        """What it shows of a document, a paragraph a line."""
        return self._converted(data, ending, "txt", "txt:Text (encoded):UTF8").decode("utf-8-sig")

    def pdf(self, data: bytes, ending: str) -> bytes:
        """The document as it prints it."""
        return self._converted(data, ending, "pdf", "pdf")

    def _converted(self, data: bytes, ending: str, into: str, how: str) -> bytes:
        source, made = self._home / f"record.{ending}", self._home / f"record.{into}"
        source.write_bytes(data)
        profile = f"-env:UserInstallation={(self._home / 'user').as_uri()}"
        command = [self._program, profile, "--headless", "--convert-to", how, "--outdir", str(self._home)]
        subprocess.run([*command, str(source)], check=True, capture_output=True, timeout=180)
        read = made.read_bytes()
        made.unlink()
        return read

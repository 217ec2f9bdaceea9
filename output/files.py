"""A release as a folder: every format of one record, written so that it survives a power cut."""

from __future__ import annotations

import filecmp
from pathlib import Path

from output import (
    akoma_ntoso,
    akoma_ntoso_30,
    chapters,
    docx,
    html_page,
    markdown,
    odt,
    pictures,
    plain_text,
    popolo,
    public_json,
    sound,
    srt,
    tei,
    video,
    webvtt,
)
from output.slug import slug
from output.stand_in import Reading
from redaction.released import Released
from speakers.disk import sync
from speakers.error import RecordingError, StorageError
from speakers.mix import Beside

_FORMATS = (
    ("an.xml", akoma_ntoso.serialize),
    ("akn.xml", akoma_ntoso_30.serialize),
    ("md", markdown.serialize),
    ("vtt", webvtt.serialize),
    ("srt", srt.serialize),
    ("chapters.txt", chapters.serialize),
    ("chapters.vtt", webvtt.serialize_chapters),
    ("txt", plain_text.serialize),
    ("json", public_json.serialize),
    ("popolo.json", popolo.serialize),
    ("tei.xml", tei.serialize),
    ("odt", odt.serialize),
    ("docx", docx.serialize),
    ("svg", pictures.serialize),
)
"""Endings, and what writes them; where there is nothing to say, there is no file."""

ENDINGS = (*(ending for ending, _ in _FORMATS if not ending.startswith("chapters")), "html")
"""Of the files that every release has whose statements have times."""


def write(
    released: Released,
    into: Path,
    original: Path | None,
    beside: tuple[Beside, ...] = (),
    readings: tuple[Reading, ...] = (),
) -> tuple[Path, ...]:
    """Write every format of a record.

    Args:
        released: the only source of the texts and of the files' names.
        into: an empty folder that exists.
        original: the recording, for the published sound; None to publish none.
        beside: further microphones of the recording.
        readings: what a synthetic voice reads in place of protected people.

    Returns:
        (n_files,) `{slug}.` and each ending of `_FORMATS` that has something to say, then `.html`, and `.mp3` where
        there is sound to publish.

    Raises:
        StorageError: If the folder is missing or not empty, or the disk refuses. Nothing is left behind then.
        RecordingError: If the original cannot be read.
    """
    name = slug(released.heading)
    written: list[Path] = []
    try:
        if any(into.iterdir()):
            raise StorageError("The folder of the release is not empty.", "Release into a new folder.")
        try:
            for ending, serialize in _FORMATS:
                if data := serialize(released):
                    written.append(into / f"{name}.{ending}")
                    written[-1].write_bytes(data)
            heard = original if released.sound.allowed else None
            written.append(into / f"{name}.html")
            written[-1].write_bytes(html_page.serialize(released, "mp3" if heard else ""))
            if heard is not None:
                written.append(into / f"{name}.mp3")
                sound.publish(heard, released, into, beside, readings).rename(written[-1])
            for path in (*written, into):
                sync(path)
        except BaseException:
            for path in written:  # half a release could be taken for a whole one
                path.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StorageError(
            "The release cannot be written.", "Look at the disk's space and rights, then release again."
        ) from error
    return tuple(written)


def add_video(
    released: Released,
    written: tuple[Path, ...],
    original: Path,
    beside: tuple[Beside, ...] = (),
    readings: tuple[Reading, ...] = (),
) -> tuple[Path, ...]:
    """Write the video beside the other formats, with exactly the sound that is there already; the page plays it then.

    Args:
        released: the same that the others were written from.
        written: what `write` returned, the sound included: somebody may have listened to it.
        original: as for `write`, likewise the next.
        beside: further microphones.
        readings: what a synthetic voice reads.

    Returns:
        (n_files,) `written`, and `{slug}.mp4`.

    Raises:
        NotReleasableError: If no picture may be published.
        RecordingError: If the original gave another sound this time, or see `output.video.publish`.
        StorageError: If the disk refuses.
    """
    (sound_there,) = (path for path in written if path.suffix == ".mp3")
    mp4, mp3 = video.publish(original, released, sound_there.parent, beside, readings)
    same = filecmp.cmp(mp3, sound_there, shallow=False)
    mp3.unlink()
    if not same:
        mp4.unlink()
        raise RecordingError(
            "The recording gave another sound when it was read again.",
            "Look at the disk, then release again.",
        )
    target, page = sound_there.with_suffix(".mp4"), sound_there.with_suffix(".html")
    try:
        mp4.rename(target)
        page.write_bytes(html_page.serialize(released, "mp4"))
        for path in (target, page, target.parent):
            sync(path)
    except OSError as error:
        raise StorageError(
            "The video cannot be written.", "Look at the disk's space and rights, then release again."
        ) from error
    return (*written, target)

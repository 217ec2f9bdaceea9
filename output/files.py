"""A release as a folder: every format of one record, written so that it survives a power cut."""

from __future__ import annotations

from pathlib import Path

from output import akoma_ntoso, markdown, plain_text, sound, webvtt
from output.slug import slug
from redaction.released import Released
from speakers.disk import sync
from speakers.error import StorageError
from speakers.mix import Beside

_FORMATS = (
    ("an.xml", akoma_ntoso.serialize),
    ("md", markdown.serialize),
    ("vtt", webvtt.serialize),
    ("txt", plain_text.serialize),
)


def write(
    released: Released, into: Path, original: Path | None, beside: tuple[Beside, ...] = ()
) -> tuple[Path, ...]:
    """Write every format of a record.

    Args:
        released: the only source of the texts and of the files' names.
        into: an empty folder that exists.
        original: the recording, for the published sound; None to publish none.
        beside: further microphones of the recording.

    Returns:
        (n_files,) `{slug}.an.xml`, `.md`, `.vtt`, `.txt`, and `.mp3` where there is sound to publish.

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
                written.append(into / f"{name}.{ending}")
                written[-1].write_bytes(serialize(released))
            if original is not None and released.sound.allowed:
                written.append(into / f"{name}.mp3")
                sound.publish(original, released, into, beside).rename(written[-1])
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

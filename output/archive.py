"""Archives in which nothing tells when, where and in which order they were made: the same members, the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_FIRST = "mimetype"
"""By this member, first and not compressed, other programs tell an OpenDocument."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that the format can hold."""

_UNIX = 3


def packed(members: Mapping[str, bytes]) -> bytes:
    """A zip archive of members by their names.

    Args:
        members: content by name.
    """
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name in sorted(members, key=lambda name: (name != _FIRST, name)):
            about = zipfile.ZipInfo(name, _EPOCH)
            about.create_system = _UNIX
            about.external_attr = 0o644 << 16
            about.compress_type = zipfile.ZIP_STORED if name == _FIRST else zipfile.ZIP_DEFLATED
            archive.writestr(about, members[name])
    return whole.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    """The members of an archive by their names."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}

"""What `zhuzi verify` finds: whether a published folder is what was released, with nothing but the folder itself."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from output import manifest
from output.manifest import Differences, Manifest
from pipeline import signing
from speakers.error import SignatureError


class Signed(StrEnum):
    """How the manifest's signature was found."""

    GOOD = "good"
    BAD = "bad"
    UNCHECKED = "not checked"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found.

    Attributes:
        folder: of the release.
        manifest: what it says of itself.
        differences: between the two.
        signed: whether somebody signed it with the key that was asked for.
        trouble: what is wrong with the signature; None if nothing is, or it was not asked for.
    """

    folder: Path
    manifest: Manifest
    differences: Differences
    signed: Signed
    trouble: SignatureError | None = None

    @property
    def good(self) -> bool:
        """Whether it is what was released, as far as was asked."""
        return not self.differences and self.trouble is None


def verify(folder: Path, key: str | None = None) -> Verified:
    """Compare a folder with its manifest, and the manifest with its signature; nothing is changed or fetched.

    Args:
        folder: a published one, wherever it is now.
        key: whose signature it should have: a file, or a line of base64; None not to look.

    Raises:
        NotFoundError: If there is no manifest.
        StorageError: If something cannot be read, or the manifest is damaged.
        RecordError: If the manifest is of a version that is not known.
        SignatureError: If the key is none.
    """
    public = None if key is None else signing.public_key(key)
    found = manifest.verify(folder)
    differences = Differences(
        *(tuple(map(_legible, names)) for names in (found.missing, found.changed, found.extra))
    )
    described = manifest.parse(manifest.read(folder))
    described = replace(described, approved_at=_legible(described.approved_at))
    signed = Signed.UNCHECKED if os.path.lexists(folder / manifest.SIGNATURE) else Signed.NONE
    if public is None:
        return Verified(folder, described, differences, signed)
    try:
        signing.check(folder, public)
    except SignatureError as error:
        return Verified(
            folder, described, differences, Signed.BAD if signed is not Signed.NONE else signed, error
        )
    return Verified(folder, described, differences, Signed.GOOD)


def _legible(text: str) -> str:
    r"""What a stranger's folder says, without anything that a terminal would obey or could not show.

    >>> _legible("a\x1b[31m.md"), _legible("會議.md")
    ('a\\x1b[31m.md', '會議.md')
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def table(found: Verified) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "ok": found.good,
        "missing": found.differences.missing,
        "changed": found.differences.changed,
        "extra": found.differences.extra,
        "signature": found.signed,
        "files": len(found.manifest.files),
        "approved_at": found.manifest.approved_at,
        "approvers": found.manifest.approvers,
        "licence": found.manifest.licence,
        "made_with": found.manifest.made_with,
    }

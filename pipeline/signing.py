"""py-minisign's one door: releases are signed in minisign's format, which the program `minisign` verifies as well.

Its Ed25519 draws nothing by lot, and no comment holds a time or a name: the same release has the same signature.
"""

from __future__ import annotations

import os
from pathlib import Path

import minisign

from output.manifest import NAME, SIGNATURE, read
from speakers.disk import storage_error, sync
from speakers.error import SignatureError

_TOLD = "manifest of a record that zhuzi released"
"""The trusted comment, which is signed too: the same for all, for whoever signs may be a person."""

_UNTRUSTED = "minisign signature"
_LONGEST = 1 << 14


def new_key(path: Path) -> str:
    """Make a key without a password, and write it into a file that only its owner reads, and its public half beside it.

    Args:
        path: of the secret key; the public one is `{path}.pub`. Never over another file.

    Returns:
        The public key, as one line of base64.

    Raises:
        SignatureError: If one of the files is there.
        StorageError: If they cannot be written.
    """
    pair = minisign.KeyPair.generate()
    pair.secret_key.untrusted_comment = "zhuzi secret key; keep it apart from the data, and a copy elsewhere"
    public = path.with_name(f"{path.name}.pub")
    written: list[Path] = []
    try:
        for target, data, mode in (
            (path, bytes(pair.secret_key), 0o600),
            (public, bytes(pair.public_key), 0o644),
        ):
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            written.append(target)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data + b"\n")
                file.flush()
                os.fsync(file.fileno())
        sync(path.parent)
    except OSError as error:
        for left in written:  # a key of which one half is missing is none
            left.unlink(missing_ok=True)
        if isinstance(error, FileExistsError):
            raise SignatureError(
                f"{public if written else path} is already there.",
                "Choose another name: a key is never written over another one.",
            ) from None
        raise storage_error(path, error) from error
    finally:
        pair.secret_key.wipe()
    return _line(pair.public_key)


def sign(folder: Path, key_file: Path) -> Path:
    """Sign a release's manifest, which says what every file is.

    Args:
        folder: of the release, with its manifest.
        key_file: as `new_key` makes it, or `minisign -G -W`.

    Returns:
        The signature's file, beside the manifest.

    Raises:
        SignatureError: If the key cannot be used.
        StorageError: If the signature cannot be written.
    """
    path = folder / SIGNATURE
    try:
        with _secret(key_file) as secret:
            made = secret.sign(
                (folder / NAME).read_bytes(), untrusted_comment=_UNTRUSTED, trusted_comment=_TOLD
            )
        path.write_bytes(bytes(made) + b"\n")
        sync(path)
        sync(folder)
    except OSError as error:
        raise storage_error(path, error) from error
    return path


def public_of(key_file: Path) -> str:
    """The public key that belongs to a secret one.

    Raises:
        SignatureError: If the key cannot be used.
    """
    with _secret(key_file) as secret:
        return _line(secret.get_public_key())


def public_key(given: str) -> str:
    """A public key, from a file or as its line of base64.

    Raises:
        SignatureError: If it is neither.
    """
    none = SignatureError(
        "What was given is no public key.", "Give the file KEY.pub, or the line that begins with RW in it."
    )
    try:
        return _line(minisign.PublicKey.from_base64(given))
    except (minisign.Error, ValueError):
        pass
    try:
        with Path(given).open("rb") as file:
            return _line(minisign.PublicKey.from_bytes(file.read(_LONGEST)))
    except (minisign.Error, ValueError, OSError):
        raise none from None


def check(folder: Path, public: str) -> None:
    """Whether a release's manifest is what somebody signed with a key.

    Args:
        folder: of the release.
        public: the key's public half, as `public_key` gives it.

    Raises:
        SignatureError: If it is not signed, with another key, or is not what was signed.
        StorageError: If it cannot be read.
    """
    try:
        data = read(folder)
        signed = minisign.Signature.from_bytes(read(folder, SIGNATURE)[:_LONGEST])
    except FileNotFoundError:
        raise SignatureError("The release is not signed.", _ELSEWHERE) from None
    except OSError as error:
        raise storage_error(folder / SIGNATURE, error) from error
    except (minisign.Error, ValueError):
        raise SignatureError("The signature is damaged.", _ELSEWHERE) from None
    try:
        minisign.PublicKey.from_base64(public).verify(data, signed)
    except minisign.VerifyError as error:
        other = "incompatible" in str(error)
        what = "It was signed with another key." if other else "Its manifest is not what was signed."
        raise SignatureError(what, _ELSEWHERE) from None


_ELSEWHERE = "Do not rely on this copy: get it again from where it was published, and ask them for their key."


def _secret(key_file: Path) -> minisign.SecretKey:
    """The secret key, to be wiped when it was used.

    Raises:
        SignatureError: If it is missing, none, locked, or can be read by others.
    """
    try:
        if key_file.stat().st_mode & 0o077:
            raise SignatureError(
                f"The signing key {key_file} can be read by others.",
                f"Run chmod 600 {key_file} so that only you can read it.",
            )
        with key_file.open("rb") as file:
            secret = minisign.SecretKey.from_bytes(file.read(_LONGEST))
    except FileNotFoundError:
        raise SignatureError(
            f"The signing key {key_file} is missing.", "Restore it from a copy, or unset ZHUZI_SIGNING_KEY."
        ) from None
    except OSError as error:
        raise storage_error(key_file, error) from error
    except (minisign.Error, ValueError):
        raise SignatureError(f"{key_file} is no signing key.", "Restore it from a copy.") from None
    if secret.is_encrypted():
        raise SignatureError(
            f"The signing key {key_file} is locked with a password, which nobody can type at a release.",
            f"Take the password off: minisign -C -W -s {key_file}",
        )
    return secret


def _line(key: minisign.PublicKey) -> str:
    return str(key.to_base64().decode("ascii"))

"""HTTP's number of an error."""

from __future__ import annotations

from starlette.exceptions import HTTPException

from speakers.error import (
    AccountError,
    BusyError,
    LedgerError,
    NotFoundError,
    NotReleasableError,
    RegisterError,
    StorageError,
    ZhuziError,
)

_STATUS: tuple[tuple[type[ZhuziError], int], ...] = (
    (AccountError, 403),
    (NotFoundError, 404),
    (BusyError, 409),
    (NotReleasableError, 409),
    (LedgerError, 500),
    (RegisterError, 500),
    (StorageError, 507),
)
"""400 of every other one."""


def status_of(error: Exception) -> int:
    """The number that an error is answered with.

    >>> status_of(NotFoundError("", "")), status_of(KeyError())
    (404, 500)
    """
    if isinstance(error, HTTPException):
        return error.status_code
    if not isinstance(error, ZhuziError):
        return 500
    return next((number for kind, number in _STATUS if isinstance(error, kind)), 400)

"""Sending files in pieces: tus 1.0 (https://tus.io/protocols/resumable-upload), as far as it is needed here.

Creation, expiration, checksum, termination. A piece is written as it arrives; a connection that is cut keeps what came.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from email.utils import formatdate

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from pipeline import drop
from pipeline.room.accounts import Role
from pipeline.room.asked import Asked, page
from pipeline.uploads import CHECKSUMS, LONGEST, ChecksumError, Upload, Writer, ending_of
from speakers.error import RecordError

DROPPERS = frozenset({Role.STAFF, Role.ADMIN})
"""Who drops recordings."""

VERSION = "1.0.0"

_BLOCK = 1 << 20
"""Bytes that are gathered before they are written."""

_CHECKSUM_MISMATCH = 460
"""HTTP's number of it, as tus has it."""

_QUIET_S = 30
"""A sender that says nothing for so long has gone; another may go on."""


def can(asked: Asked) -> Response:
    """What of the protocol is spoken here."""
    del asked
    return Response(
        status_code=204,
        headers={
            "tus-resumable": VERSION,
            "tus-version": VERSION,
            "tus-extension": "creation,expiration,checksum,termination",
            "tus-max-size": str(LONGEST),
            "tus-checksum-algorithm": ",".join(CHECKSUMS),
        },
    )


def create(asked: Asked) -> Response:
    """Begin one."""
    if wrong := _other_version(asked):
        return wrong
    headers = asked.request.headers
    made = asked.room.uploads.create(
        asked.visitor.account, _number(headers.get("upload-length", "")), _ending(headers)
    )
    return Response(
        status_code=201, headers={**_state(made), "location": f"{asked.request.url.path}/{made.id}"}
    )


def where(asked: Asked) -> Response:
    """Where it goes on."""
    found = asked.room.uploads.upload(asked.visitor.account, _id(asked))
    return Response(status_code=200, headers={**_state(found), "upload-length": str(found.length)})


def remove(asked: Asked) -> Response:
    """Delete it."""
    asked.room.uploads.remove(asked.visitor.account, _id(asked))
    return Response(status_code=204, headers={"tus-resumable": VERSION})


async def append(asked: Asked) -> Response:
    """Take a piece, as it arrives."""
    if wrong := _other_version(asked):
        return wrong
    headers = asked.request.headers
    if headers.get("content-type", "") != "application/offset+octet-stream":
        raise RecordError("That is no piece of a file.", "Choose the file again.")
    uploads, owner = asked.room.uploads, asked.visitor.account
    writer = await run_in_threadpool(
        uploads.writer,
        owner,
        _id(asked),
        _number(headers.get("upload-offset", "")),
        headers.get("upload-checksum", ""),
    )
    try:
        whole = await taken(asked, writer)
    except BaseException:
        writer.close(whole=False)
        raise
    try:
        await run_in_threadpool(writer.close, whole=whole)
    except ChecksumError:
        return Response(status_code=_CHECKSUM_MISMATCH, headers={"tus-resumable": VERSION})
    return Response(
        status_code=204, headers=_state(await run_in_threadpool(uploads.upload, owner, _id(asked)))
    )


async def taken(asked: Asked, writer: Writer) -> bool:
    """Write what a request brings, as it arrives.

    Returns:
        Whether it came to its end.
    """
    gathered = bytearray()
    pieces = asked.request.stream()
    try:
        while True:
            async with asyncio.timeout(_QUIET_S):
                piece = await anext(pieces, None)
            if piece is None:
                break
            gathered += piece
            if len(gathered) >= _BLOCK:
                await run_in_threadpool(writer.write, bytes(gathered))
                gathered.clear()
    except (ClientDisconnect, TimeoutError):
        await run_in_threadpool(writer.write, bytes(gathered))
        return False
    await run_in_threadpool(writer.write, bytes(gathered))
    return True


def look(asked: Asked) -> Response:
    """What a whole upload is, and which meeting it is already."""
    found = asked.room.uploads.look(asked.visitor.account, _id(asked))
    known = drop.known(asked.room.data, asked.room.work, found)
    return JSONResponse(
        {
            "announced_ms": found.announced_ms,
            "written": found.written,
            "meeting": known.meeting_id if known else None,
            "title": known.title if known else None,
            "job": known.job_id if known else None,
        }
    )


def _id(asked: Asked) -> str:
    return str(asked.request.path_params["upload_id"])


def _other_version(asked: Asked) -> Response | None:
    if asked.request.headers.get("tus-resumable") == VERSION:
        return None
    return Response(status_code=412, headers={"tus-version": VERSION})


def _number(given: str) -> int:
    if not re.fullmatch("[0-9]{1,18}", given):
        raise RecordError("That is no number of bytes.", "Choose the file again.")
    return int(given)


def _ending(headers: Headers) -> str:
    """The ending of the file's name, if it was said."""
    for pair in headers.get("upload-metadata", "").split(","):
        key, _, value = pair.strip().partition(" ")
        if key in {"ending", "filename"}:
            try:
                return ending_of(base64.b64decode(value, validate=True).decode("utf-8"))
            except (binascii.Error, ValueError):
                return ""
    return ""


def _state(upload: Upload) -> dict[str, str]:
    return {
        "tus-resumable": VERSION,
        "upload-offset": str(upload.offset),
        "upload-expires": formatdate(upload.expires, usegmt=True),
        "cache-control": "no-store",
    }


ROUTES = (
    page("/uploads", roles=DROPPERS, methods=("OPTIONS",))(can),
    page("/uploads", roles=DROPPERS, methods=("POST",))(create),
    page("/uploads/{upload_id}", roles=DROPPERS)(where),
    page("/uploads/{upload_id}", roles=DROPPERS, methods=("DELETE",))(remove),
    page("/uploads/{upload_id}", roles=DROPPERS, methods=("PATCH",), begins=False)(append),
    page("/uploads/{upload_id}/look", roles=DROPPERS, methods=("POST",))(look),
)

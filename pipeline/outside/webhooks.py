"""Messages about changes, signed as Standard Webhooks has it, and sent until they arrive or three days are over."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import logging
import secrets
import time
from importlib import metadata
from random import SystemRandom
from typing import Any

from pipeline.outside import posting
from pipeline.outside.events import Event, event
from pipeline.outside.outbox import Delivery, Due, Message, Outbox, body_of, target_of
from pipeline.settings import Settings
from speakers.error import RecordError, StorageError

LASTS_S = 3 * 24 * 3600
"""A message that did not arrive for so long is given up; `zhuzi webhook resend` sends it still."""

FIRST_S = 5.0
"""After the first failure; twice as long after each further one."""

LONGEST_S = 6 * 3600.0

_PREFIX = "whsec_"
_GONE = 410
_lot = SystemRandom()


def secrets_of(settings: Settings) -> tuple[bytes, ...]:
    """What messages are signed with: one secret, or several while receivers change from one to the next.

    Raises:
        RecordError: If a line of the file is no secret.
        StorageError: If the file cannot be read.
    """
    file = settings.telling.secret_file
    if file is None:
        return ()
    try:
        lines = file.read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(
            f"The webhooks' secret file {file} cannot be read.", "Check its path and rights."
        ) from error
    try:
        found = tuple(base64.b64decode(one.removeprefix(_PREFIX), validate=True) for one in lines)
    except binascii.Error:
        found = ()
    if not found or any(not 24 <= len(one) <= 64 for one in found):
        raise RecordError(
            "The webhooks' secret file holds something that is no secret.",
            "Write whsec_ and the base64 of 24 to 64 random bytes into it, one secret a line.",
        )
    return found


def signed(message_id: str, body: bytes, keys: tuple[bytes, ...], now: float) -> dict[str, str]:
    """The headers of a message: whoever has a secret can tell that it is ours, whole, and of now."""
    at = int(now)
    content = b".".join((message_id.encode(), str(at).encode(), body))
    made = (base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode() for key in keys)
    return {
        "content-type": "application/json",
        "user-agent": f"zhuzi/{metadata.version('zhuzi')}",
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(f"v1,{one}" for one in made),
    }


def _send(settings: Settings, url: str, values: dict[str, Any], keys: tuple[bytes, ...]) -> int | str:
    body = json.dumps(values, separators=(",", ":")).encode()
    headers = signed(str(values["id"]), body, keys, time.time())
    return posting.post(url, body, headers, public=settings.telling.public)


def deliver(settings: Settings, outbox: Outbox) -> int:
    """Send what is due.

    Returns:
        How many were tried.

    Raises:
        ZhuziError: If the secret or the outbox cannot be read.
    """
    urls = {target_of(url): url for url in settings.telling.webhooks}
    due = outbox.due(settings.telling.webhooks)
    if not due:
        return 0
    keys = secrets_of(settings)
    for one in due:
        outcome = _send(settings, urls[one.target], body_of(one.message), keys)
        _settle(outbox, one, outcome)
    return len(due)


def _settle(outbox: Outbox, one: Due, outcome: int | str) -> None:
    number = outcome if isinstance(outcome, int) else 0
    told: dict[str, Any] = {"message": one.message.id, "type": one.message.type, "tries": one.tries + 1}
    if 200 <= number < 300:
        outbox.settle(one, Delivery.DELIVERED, str(number))
        event(Event.DELIVERED, status=number, **told)
    elif number == _GONE or time.time() - one.began >= LASTS_S:
        outbox.settle(one, Delivery.DEAD, str(outcome))
        event(Event.GIVEN_UP, level=logging.ERROR, status=number, **told)
    else:
        outbox.settle(one, Delivery.WAITING, str(outcome), time.time() + pause_s(one.tries))
        event(Event.REFUSED, level=logging.WARNING, status=number, **told)


def pause_s(tries: int) -> float:
    """How long to wait after so many tries before this one: longer each time, and not for all at once.

    >>> 4 <= pause_s(0) <= 6, pause_s(100) <= 1.2 * LONGEST_S
    (True, True)
    """
    return float(min(LONGEST_S, FIRST_S * 2 ** min(tries, 30)) * _lot.uniform(0.8, 1.2))


def test(settings: Settings) -> list[dict[str, Any]]:
    """Send everybody a message of the type `webhook.test` now.

    Returns:
        For each address `target`, as messages name it, `ok`, and `outcome`.

    Raises:
        RecordError: If nobody is to be told.
        ZhuziError: As `secrets_of`.
    """
    if not settings.telling.webhooks:
        raise RecordError("No webhook is set.", "Set ZHUZI_WEBHOOK_URL and ZHUZI_WEBHOOK_SECRET_FILE.")
    keys = secrets_of(settings)
    found = []
    for url in settings.telling.webhooks:
        message = Message("webhook.test", "test", id=f"msg_{secrets.token_hex(16)}", at=time.time())
        outcome = _send(settings, url, body_of(message), keys)
        ok = isinstance(outcome, int) and 200 <= outcome < 300
        found.append({"target": target_of(url), "ok": ok, "outcome": str(outcome)})
    return found


def line(row: dict[str, Any]) -> str:
    """A row of `Outbox.rows` for people."""
    data = row["data"]
    about = data.get("job") or data["meeting"]
    came = f" ({row['outcome']}, {row['tries']} tries)" if row["tries"] else ""
    return (
        f"{row['timestamp']}  {row['id']}  {row['type']}  {about}: {row['state'] or 'nobody is told'}{came}"
    )

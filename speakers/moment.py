"""The moment at which something is written down."""

from __future__ import annotations

import datetime


def moment() -> str:
    """Now, as an ISO time to the second, with the offset of this machine's zone."""
    return datetime.datetime.now().astimezone().isoformat(timespec="seconds")

"""The Atom feed of published records (RFC 4287): ids that stay, times of release."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from output.xml_tree import as_bytes, top, under

ATOM = "http://www.w3.org/2005/Atom"
MOST = 100
"""Entries: the newest releases."""

_NEVER = "1970-01-01T00:00:00Z"


def new_id() -> str:
    """An id for a feed that has none yet; it is kept in records.json."""
    return f"urn:uuid:{uuid.uuid4()}"


def entry_id(feed_id: str, key: str) -> str:
    """The id of a record: the same for every release of it."""
    return f"urn:uuid:{uuid.uuid5(uuid.UUID(feed_id.removeprefix('urn:uuid:')), key)}"


def serialize(feed_id: str, title: str, url: str, records: Sequence[dict[str, Any]]) -> bytes:
    """The feed.

    Args:
        feed_id: from `new_id`.
        title: of the index.
        url: where readers find the folder, with a slash at its end; addresses are relative without one.
        records: rows of records.json.

    Returns:
        UTF-8 XML; the same records give the same bytes.
    """
    newest = sorted(records, key=lambda r: (str(r["released"]), str(r["key"])), reverse=True)[:MOST]
    root = top("feed", ATOM)
    under(root, "id", feed_id)
    under(root, "title", title)
    under(root, "updated", str(newest[0]["released"]) if newest else _NEVER)
    under(under(root, "author"), "name", title)
    under(root, "link", rel="self", href=f"{url}feed.xml", type="application/atom+xml")
    under(root, "link", rel="alternate", href=f"{url}index.html", type="text/html")
    for record in newest:
        entry = under(root, "entry")
        under(entry, "id", entry_id(feed_id, str(record["key"])))
        under(entry, "title", str(record["title"]))
        under(entry, "updated", str(record["released"]))
        under(entry, "link", rel="alternate", href=f"{url}{quote(str(record['page']))}")
        under(entry, "summary", f"{record['paragraphs']} 段 · {record['licence']}")
        under(entry, "rights", str(record["licence"]))
    return as_bytes(root)

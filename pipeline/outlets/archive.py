"""An archive of transcripts that takes Markdown over HTTP, as sayit.archive.tw does.

A record is always sent as a change (PATCH), the first time too: the archive then keeps the addresses of paragraphs that
stayed, where POST would take every one of them away.
"""

from __future__ import annotations

import json
import stat
import time
from importlib import metadata
from typing import Any
from urllib.parse import quote

from output.markdown import parse
from pipeline.outlets.listed import Archive
from pipeline.outside.posting import BEYOND, TLS, UNKNOWN, Answer, request
from pipeline.outside.webhooks import pause_s
from speakers.error import OutletError

TRIES = 5
PAUSE_S = 1.0
"""After the first failure; twice as long after each further one."""

ANSWER_S = 120.0
"""A long record takes the archive a while."""

_MOST = 1 << 20
_NEVER_LEFT = frozenset({UNKNOWN, BEYOND, TLS})
_KEY_AT_MOST = 200


class RefusedError(OutletError):
    """It is certain that nothing changed there."""


def token_of(outlet: Archive) -> str:
    """What lets us write there.

    Raises:
        OutletError: If the file is not there, others may read it, or it holds no token.
    """
    path = outlet.token_file
    try:
        mode, text = path.stat().st_mode, path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise OutletError(
            f"The token file of outlet {outlet.name} cannot be read.", "Check its path and rights."
        ) from error
    if stat.S_IMODE(mode) & 0o077:
        raise OutletError(
            f"Others may read the token file of outlet {outlet.name}.", "Shut it: chmod 600 FILE."
        )
    if not text or not text.isprintable() or " " in text:
        raise OutletError(
            f"The token file of outlet {outlet.name} holds no token.", "Write the token into it, in one line."
        )
    return text


def put(outlet: Archive, key: str, markdown: bytes) -> tuple[str, bool]:
    """Have a record stand there, new or changed.

    Args:
        outlet: the archive.
        key: under which it stands there, or should.
        markdown: what was released.

    Returns:
        The key under which it stands there now, and whether readers see it at once; the archive keeps pages for a
        while otherwise.

    Raises:
        OutletError: If it does not take it.
    """
    body = json.dumps({"filename": key, "markdown": markdown.decode("utf-8")}, ensure_ascii=False).encode()
    answer = _asked(outlet, "PATCH", f"{outlet.url}/api/upload_markdown", body)
    said = _object(answer)
    took = said.get("success") is True and answer.status in {200, 503}
    given = said.get("filename")
    if (
        not took
        or not isinstance(given, str)
        or not 0 < len(given) <= _KEY_AT_MOST
        or not given.isprintable()
    ):
        raise _refused(outlet, answer)
    return given, answer.status == 200


def take_down(outlet: Archive, key: str) -> None:
    """Have nothing stand there under a key any more.

    Raises:
        OutletError: If it stands there still, or nobody can say.
    """
    url = f"{outlet.url}/api/upload_markdown?filename={quote(key, safe='')}"
    answer = _asked(outlet, "DELETE", url, None)
    said = _object(answer)
    done = answer.status == 200 and bool(said) and said.get("success", True) is True and "error" not in said
    if not done and answer.status != 404:
        raise _refused(outlet, answer)


def heading_there(outlet: Archive, key: str) -> str | None:
    """The first line of what stands there under a key, without its signs; None if there is nothing.

    Raises:
        OutletError: If nobody can say.
    """
    answer = _asked(outlet, "GET", f"{outlet.url}/api/md/{quote(key, safe='')}.md", None)
    if answer.status == 404:
        return None
    if answer.status != 200:
        raise _refused(outlet, answer)
    return heading(answer.body.decode("utf-8", "replace").lstrip("\ufeff \n").partition("\n")[0])


def heading(line: str) -> str:
    r"""A heading as people read it, whatever escapes it was written with.

    >>> heading("# 2024-05-01 \\# 開放 & 政府 "), heading("# a &amp; b")
    ('2024-05-01 # 開放 & 政府', 'a & b')
    """
    ((_, text),) = parse(f"### x:\n\nx{line.lstrip('#').strip()}".encode())
    return " ".join(text[1:].split())


def _asked(outlet: Archive, method: str, url: str, body: bytes | None) -> Answer:
    """An answer that is not about to change by itself; asked for again as long as it is."""
    headers = {
        "accept-encoding": "identity",
        "authorization": f"Bearer {token_of(outlet)}",
        "user-agent": f"zhuzi/{metadata.version('zhuzi')}",
        **({"content-type": "application/json"} if body is not None else {}),
    }
    came: Answer | str = ""
    for tries in range(TRIES):
        if tries:
            time.sleep(PAUSE_S * pause_s(tries - 1) / 5)
        came = request(method, url, body, headers, public=True, most=_MOST, answer_s=ANSWER_S)
        if isinstance(came, Answer) and came.status < 500 and came.status != 429:
            return came
    if isinstance(came, Answer):
        return came
    kind = RefusedError if came in _NEVER_LEFT else OutletError
    raise kind(
        f"Outlet {outlet.name} could not be reached ({came}), {TRIES} times.",
        "Look at its address and the network, then run the same command again: what is done stays.",
    )


def _object(answer: Answer) -> dict[str, Any]:
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _refused(outlet: Archive, answer: Answer) -> OutletError:
    shut = answer.status in {401, 403} or (answer.status == 400 and answer.body.strip() == b"Forbidden")
    if shut:
        return RefusedError(
            f"Outlet {outlet.name} does not accept the token.",
            "Ask whoever runs it for another one, and write it into the token file.",
        )
    if answer.status >= 500 or answer.status == 429:
        return OutletError(
            f"Outlet {outlet.name} cannot do it now (HTTP {answer.status}), {TRIES} times.",
            "Run the same command again later: what is done stays.",
        )
    kind = RefusedError if 300 <= answer.status < 500 else OutletError
    return kind(
        f"Outlet {outlet.name} refused it (HTTP {answer.status}).",
        "Look at its address in outlets.toml, and ask whoever runs it.",
    )

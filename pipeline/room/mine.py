"""A participant's page, opened by a personal link: their own turns, what they suggest, and what became of it."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import re
from collections.abc import Iterator

from starlette.responses import RedirectResponse, Response

from output.paragraph import lead
from pipeline import mine, workdays
from pipeline.folder import MeetingFolder
from pipeline.room.asked import Asked, page
from pipeline.room.pages import html
from pipeline.window_acts import Kind
from speakers.error import (
    AccountError,
    BusyError,
    LedgerError,
    MeetingError,
    NotFoundError,
    NotReleasableError,
    RecordError,
    RegisterError,
    StorageError,
    ZhuziError,
)

_SAID = {
    "sent": (
        "已經收到您的意見。辦公室回覆後，會顯示在這個頁面。",
        "Received. The answer will stand on this page.",
    ),
    "agreed": ("謝謝，已經記下您同意。", "Thank you, your agreement was noted."),
}

_RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")


@page("/mine/{token}", roles=None)
def show(asked: Asked) -> Response:
    """What somebody sees of the meeting."""
    gone = _refused(asked)
    return gone or _shown(asked, *_found(asked))


@page("/mine/{token}/suggest", roles=None, methods=("POST",), begins=False)
def suggest(asked: Asked) -> Response:
    """A suggestion about one turn, or about all of it."""
    return _changed(asked, "sent")


@page("/mine/{token}/agree", roles=None, methods=("POST",), begins=False)
def agree(asked: Asked) -> Response:
    """Agreement to what is shown."""
    return _changed(asked, "agreed")


@page("/mine/{token}/opened", roles=None, methods=("POST",), begins=False)
def opened(asked: Asked) -> Response:
    """That the link was opened by somebody who reads; sent by the page itself, once."""
    gone = _refused(asked)
    if gone:
        return gone
    folder, view = _found(asked)
    _came_from_here(asked)
    if view.token not in view.window.seen:
        asked.begin()
        mine.opened(folder, view)
    return Response(status_code=204)


@page("/mine/{token}/sound/{statement_id}", roles=None)
def sound(asked: Asked) -> Response:
    """The sound of one of their turns, or a range of its bytes."""
    gone = _refused(asked)
    if gone:
        return gone
    folder, view = _found(asked)
    with _for_outsiders():
        data = mine.heard(folder, view, str(asked.request.path_params["statement_id"]))
    return _ranged(data, asked.request.headers.get("range", ""))


def _changed(asked: Asked, said: str) -> Response:
    gone = _refused(asked)
    if gone:
        return gone
    folder, view = _found(asked)
    _came_from_here(asked)
    asked.begin()
    try:
        if said == "agreed":
            mine.agree(folder, view, asked.typed("approval"))
        else:
            mine.suggest(
                folder,
                view,
                asked.typed("approval"),
                _kind(asked.typed("kind")),
                statement_id=asked.typed("statement"),
                text=asked.typed("text").replace("\r\n", "\n"),
            )
    except (BusyError, NotFoundError, NotReleasableError, RecordError) as error:
        return _shown(asked, folder, view, wrong=error)
    return RedirectResponse(f"/mine/{_token(asked)}?said={said}", status_code=303)


def _kind(given: str) -> Kind:
    try:
        return Kind(given)
    except ValueError:
        raise RecordError("Nobody knows what is asked for.", "Load the page again.") from None


def _token(asked: Asked) -> str:
    return str(asked.request.path_params["token"])


def _refused(asked: Asked) -> Response | None:
    """An answer for links that open nothing; None for those that open something."""
    guesses, address = asked.room.guesses, asked.address
    if wait_s := guesses.wait_s(address):
        return _nothing(asked, 429, wait_s)
    try:
        mine.found(asked.room.data, _token(asked))
    except NotFoundError:
        guesses.wrong(address)
        return _nothing(asked, 404)
    return None


def _nothing(asked: Asked, status: int, wait_s: int = 0) -> Response:
    answer = html(asked, "mine_gone.html", status=status, minutes=-(-wait_s // 60))
    if wait_s:
        answer.headers["retry-after"] = str(wait_s)
    return _kept_to_itself(answer)


def _kept_to_itself(answer: Response) -> Response:
    """A page whose address nothing is told that it loads: the address is the key."""
    answer.headers["referrer-policy"] = "strict-origin"
    return answer


def _found(asked: Asked) -> tuple[MeetingFolder, mine.View]:
    folder, link = mine.found(asked.room.data, _token(asked))
    with _for_outsiders():
        draft = asked.room.live(folder).presented()
        view = mine.view(folder, draft, link, asked.room.sharing.of(folder, draft))
    asked.noting.personal(folder.id, view.person.id)
    return folder, view


@contextlib.contextmanager
def _for_outsiders() -> Iterator[None]:
    """Say of what is damaged only that: where it lies, and how staff mend it, is nothing for participants."""
    try:
        yield
    except (LedgerError, MeetingError, RegisterError, StorageError) as error:
        raise mine.unreadable() from error


def _shown(
    asked: Asked, folder: MeetingFolder, view: mine.View, *, wrong: ZhuziError | None = None
) -> Response:
    today = workdays.now().date()
    typed = {asked.typed("statement"): (asked.typed("kind"), asked.typed("text"))} if wrong else {}
    answer = html(
        asked,
        "mine.html",
        view=view,
        approval=view.shared.shown.approval if view.shared.shown else "",
        audible=view.muted is not None,
        lead=lead,
        token=_token(asked),
        csrf=_csrf(_token(asked)),
        left=workdays.left(today, view.window.last),
        wrong=wrong,
        typed=typed,
        said=_SAID.get(asked.request.query_params.get("said", "")),
        meeting_id=folder.id,
    )
    if wrong:
        answer.status_code = 400 if isinstance(wrong, RecordError) else 409
    return _kept_to_itself(answer)


def _csrf(token: str) -> str:
    """What a form of this link brings along; nobody has it who has not opened the page."""
    return hmac.new(token.encode(), b"a form of a personal link", hashlib.sha256).hexdigest()


def _came_from_here(asked: Asked) -> None:
    given = asked.request.headers.get("x-csrf") or asked.typed("csrf")
    if not hmac.compare_digest(given.encode(), _csrf(_token(asked)).encode()):
        raise AccountError("That did not come from your page.", "Open your link again, then try once more.")


def _ranged(data: bytes, wanted: str) -> Response:
    """All of it, or the bytes that a player asks for."""
    headers = {"accept-ranges": "bytes"}
    match = _RANGE.fullmatch(wanted.strip())
    if match is None or not (match[1] or match[2]):
        return Response(data, media_type="audio/wav", headers=headers)
    first, last = (
        (int(match[1]), int(match[2] or len(data) - 1)) if match[1] else (len(data) - int(match[2]), -1)
    )
    first, last = max(0, first), min(len(data) - 1, last) if match[1] else len(data) - 1
    if first > last:
        return Response(status_code=416, headers={**headers, "content-range": f"bytes */{len(data)}"})
    headers["content-range"] = f"bytes {first}-{last}/{len(data)}"
    return Response(data[first : last + 1], 206, media_type="audio/wav", headers=headers)


ROUTES = (show, suggest, agree, opened, sound)

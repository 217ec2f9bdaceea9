"""What stands before every page: how the room is called, and what a proxy says about who is there."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline.doors import Doors
from pipeline.room.entrance import PROXY
from pipeline.room.pages import problem
from speakers.error import AccountError

_ABOUT_THE_VISITOR = (b"x-forwarded-", b"forwarded", b"x-real-ip")


class Doorway:
    """Refuses what is not meant for the room, and believes only the trusted proxy about who is there.

    Args:
        app: what answers.
        doors: how the room is reached.
    """

    def __init__(self, app: ASGIApp, doors: Doors) -> None:
        self._app = app
        self._doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, or refuse."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers: list[tuple[bytes, bytes]] = list(scope["headers"])
        hosts = [value for name, value in headers if name == b"host"]
        called = hosts[0].decode("latin-1") if len(hosts) == 1 else ""
        if not self._doors.called(called):
            refused = AccountError(
                "The room is not called so.",
                "Open it at the address that `zhuzi serve` prints, or ZHUZI_ROOM_URL.",
            )
            plain = {**scope, "headers": [(n, v) for n, v in headers if n != b"host"]}
            answer = problem(Request(plain), refused)
            answer.status_code = 421
            await answer(scope, receive, send)
            return
        client = scope.get("client")
        trusted = client is not None and self._doors.trusts(client[0])
        if trusted:
            said = b",".join(value for name, value in headers if name == b"x-forwarded-for")
            last = said.decode("latin-1").rpartition(",")[2].strip()
            client = (last[:64], 0) if last else client  # the proxy puts whom it sees at the end
        own = self._doors.proxy_header.encode()
        kept = [
            (name, value)
            for name, value in headers
            if not name.startswith(_ABOUT_THE_VISITOR)
            and (name.replace(b"_", b"-") != own or (trusted and name == own))
        ]
        scheme = "https" if self._doors.secure else scope["scheme"]
        await self._app(
            {**scope, "headers": kept, "client": client, "scheme": scheme, PROXY: trusted}, receive, send
        )

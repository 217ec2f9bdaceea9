"""What pages load beside themselves: only files that are there, asked for again whenever they may have changed."""

from __future__ import annotations

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope


class Static(StaticFiles):
    """Files that hold nothing private: a browser may keep them, and asks whether they are still the same."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file of a path."""
        answer = await super().get_response(path, scope)
        answer.headers["cache-control"] = "no-cache"
        return answer

"""What a request leaves in the audit."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from pipeline.audit import Audit, Deed
from pipeline.room.accounts import Visitor
from speakers.error import StorageError

_READS = frozenset({"GET", "HEAD"})
_METHODS = frozenset({*_READS, "POST", "PUT", "PATCH", "DELETE"})


@dataclass(slots=True)
class Noting:
    """The lines of one request.

    Attributes:
        audit: where they go.
        deed: who does what.
        guarded: whether only people who signed in may open the page.
        about: name of the account that it is about, if that is another thing than who does it.
        begun: number of the line that says so; -1 before.
    """

    audit: Audit
    deed: Deed
    guarded: bool
    about: str = ""
    begun: int = -1

    def begin(self) -> None:
        """Note that a change is about to be made.

        Raises:
            StorageError: If that cannot be; nothing is to be changed then.
        """
        if self.begun < 0:
            self.begun = self.audit.begin(self.deed)

    def by(self, name: str) -> None:
        """Say who it is who just came in."""
        self.deed = replace(self.deed, who=name)

    def personal(self, meeting: str, participant_id: str) -> None:
        """Say whose link opened something of which meeting: by ids, never by a name."""
        self.deed = replace(self.deed, who=f"participant {participant_id}", meeting=meeting)

    def opened(self, answer: Response) -> None:
        """Note what was answered.

        Raises:
            StorageError: If somebody would see something that nobody could know of later.
        """
        if self.begun >= 0 or answer.status_code >= 400:
            self.refused(answer.status_code)
        elif self.guarded or "{" in self.deed.route:
            page = answer.headers.get("content-type", "").startswith("text/html") and bool(self.deed.who)
            self.audit.note(self.deed, answer.status_code, about=self.about, hourly=not page)

    def refused(self, status: int) -> None:
        """Note how it ended; that it was to begin, or that nothing was shown, is certain already."""
        hourly = self.begun < 0 and (self.deed.method in _READS or not (self.deed.who or self.about))
        with contextlib.suppress(StorageError):
            self.audit.note(self.deed, status, of=self.begun, about=self.about, hourly=hourly)


def noting(request: Request, audit: Audit, route: str, who: Visitor | None, *, guarded: bool) -> Noting:
    """The lines of a request: nothing in them is what somebody typed."""
    meeting = str(request.path_params.get("meeting_id", ""))
    if not re.fullmatch("[0-9a-z-]{4,64}", meeting) or (guarded and who is None):
        meeting = ""  # who has not signed in could fill the disk with made-up ids
    method = request.method if request.method in _METHODS else "other"
    address = request.client.host if request.client else ""
    name = who.name if who else ""
    if who is not None and who.token:  # it is about the account; what came was a program
        return Noting(audit, Deed(f"token {who.token}", address[:64], method, route, meeting), guarded, name)
    return Noting(audit, Deed(name, address[:64], method, route, meeting), guarded)

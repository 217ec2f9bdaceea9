"""The consent register and the machine, over HTTP."""

from __future__ import annotations

from typing import Any

from pipeline.api import Zhuzi
from pipeline.outside import webhooks
from pipeline.outside.outbox import Outbox
from pipeline.registrar import Change
from pipeline.room import emergency
from pipeline.room.api import bodies
from pipeline.room.api.bodies import Nothing
from pipeline.room.api.operation import operation
from pipeline.room.asked import Asked
from pipeline.room.tokens import Scope
from speakers.error import RecordError
from speakers.meeting import Wish

_ENTRY = "/register/{entry_id}"


@operation("GET", "/register", Scope.REGISTER, command="register list")
def listed(_: Asked, api: Zhuzi, __: Nothing) -> Any:
    """Who is to be hidden, by their ids, without a name."""
    return api.people()


@operation("GET", "/register/log", Scope.REGISTER, command="register log")
def uses(_: Asked, api: Zhuzi, __: Nothing) -> Any:
    """Who read or changed the register when, for which meeting and what for."""
    return api.register_uses()


@operation("GET", _ENTRY, Scope.NAMES, command="register show")
def shown(asked: Asked, api: Zhuzi, _: Nothing) -> Any:
    """An entry with its names; it is noted in the register's log and in the audit."""
    return api.person(_id(asked))


@operation("POST", "/register", Scope.CONSENT, command="register add", body=bodies.Entering, status=201)
def enter(asked: Asked, api: Zhuzi, given: bodies.Entering) -> Any:
    """Enter everybody of a text who is to be hidden."""
    return api.add_people(given.people, asked.visitor.name, given.consent)


@operation("PATCH", _ENTRY, Scope.CONSENT, command="register set", body=bodies.Changing)
def change(asked: Asked, api: Zhuzi, given: bodies.Changing) -> Any:
    """Change an entry, and say which releases that makes stale."""
    wanted = Change(
        Wish(given.wish) if given.wish else None,
        given.meeting,
        given.linked,
        given.everywhere,
        given.consent,
        None,
        given.unhide,
    )
    return api.change_person(_id(asked), wanted, asked.visitor.name, given.person)


@operation("DELETE", _ENTRY, Scope.CONSENT, command="register remove", body=bodies.Leaving)
def remove(asked: Asked, api: Zhuzi, given: bodies.Leaving) -> Any:
    """Delete an entry for good; its whole id is needed."""
    if len(_id(asked)) != 13:
        raise RecordError("An entry is deleted by its whole id only.", "See the list: GET /api/v1/register.")
    return api.remove_person(_id(asked), even_if_used=given.even_if_used)


def _id(asked: Asked) -> str:
    return str(asked.request.path_params["entry_id"])


@operation("GET", "/models", Scope.STATUS, command="models list")
def models(_: Asked, api: Zhuzi, __: Nothing) -> Any:
    """The models of the catalogue, and whether they are here."""
    return {"models": api.models()["models"]}


@operation("GET", "/doctor", Scope.ADMIN, command="doctor")
def doctor(_: Asked, api: Zhuzi, __: Nothing) -> Any:
    """What this machine lacks for the work; takes as long as reading every model."""
    return api.doctor()


@operation("GET", "/audit/verify", Scope.ADMIN, command="audit verify")
def verify(_: Asked, api: Zhuzi, __: Nothing) -> Any:
    """Whether the audit, every ledger and every correction window is whole."""
    return api.verify_audit()


@operation(
    "GET",
    "/audit",
    Scope.ADMIN,
    command="audit show",
    queries={
        "who": "only what this account did, or what was done about it",
        "meeting": "only what is about the meeting whose id begins so",
        "most": "so many lines, 100 unless given, 1000 at most",
    },
)
def audit(asked: Asked, api: Zhuzi, _: Nothing) -> Any:
    """The newest lines of the audit."""
    most = asked.one("most", "100")
    if not most.isascii() or not most.isdigit() or not 1 <= int(most[:6]) <= 1000:
        raise RecordError("That is no number of lines.", "Give one between 1 and 1000.")
    return api.audit(who=asked.one("who"), meeting=asked.one("meeting"), most=int(most))


@operation("GET", "/accounts", Scope.ADMIN, command="account list")
def accounts(asked: Asked, _: Zhuzi, __: Nothing) -> Any:
    """Who may open the room."""
    return {"accounts": emergency.rows(asked.room.settings)}


@operation("GET", "/webhooks", Scope.ADMIN, command="webhook list")
def messages(asked: Asked, _: Zhuzi, __: Nothing) -> Any:
    """The newest messages about changes, and how they stand."""
    return {"messages": Outbox(asked.room.data).rows()}


@operation("POST", "/webhooks/test", Scope.ADMIN, command="webhook test")
def test(asked: Asked, _: Zhuzi, __: Nothing) -> Any:
    """Send everybody who is told a message now."""
    return {"sent": webhooks.test(asked.room.settings)}


@operation("POST", "/webhooks/{message_id}/resend", Scope.ADMIN, command="webhook resend")
def resend(asked: Asked, _: Zhuzi, __: Nothing) -> Any:
    """Send a message once more."""
    message_id = str(asked.request.path_params["message_id"])
    return {"message": message_id, "deliveries": Outbox(asked.room.data).again(message_id)}


ROUTES = (
    listed,
    uses,
    shown,
    enter,
    change,
    remove,
    models,
    doctor,
    verify,
    audit,
    accounts,
    messages,
    test,
    resend,
)

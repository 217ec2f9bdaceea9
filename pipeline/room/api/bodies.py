"""pydantic's one door: what the HTTP API is sent, checked and described from one declaration."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.json_schema import models_json_schema

from speakers.error import RecordError

REF = "#/components/schemas/{model}"

_ID = Annotated[str, Field(max_length=64)]
_Text = Annotated[str, Field(max_length=200_000)]
_Line = Annotated[str, Field(max_length=2_000)]
_Upload = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
_Wish = Literal["named", "anonymous", "not named", "not recorded"]


class Body(BaseModel):
    """An object that is sent; a key that is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Body):
    """An empty object, or no body at all."""


class HandIn(Body):
    """A recording that was sent, with what is known about it."""

    recording: _Upload = Field(description="id of the upload")
    microphones: list[_Upload] = Field([], max_length=32, description="ids of further uploads")
    meeting: _Text = Field(
        "",
        description='as docs/meeting-toml.md says; it calls the microphones "microphone-01.wav", …, and a file of '
        "[[brought]] by the id of its upload",
    )


class Correction(Body):
    """What a statement really says."""

    statement: _ID
    text: _Text


class Words(Body):
    """Words that are to be hidden wherever a statement says them."""

    statement: _ID
    words: _Line


class Kept(Body):
    """A mark that may stand."""

    mark: _ID
    reason: _Line = Field(min_length=1)


class Decisions(Body):
    """What is decided of a draft: all of it, or nothing if the draft is another one by now."""

    digest: str = Field(max_length=128, description="of the content that was shown, from `record`")
    names: dict[_ID, _ID] = Field({}, description='who a voice is: {"S1": "p2"}; "" for nobody')
    mergers: dict[_ID, _ID] = Field({}, description='which voice is the same as another: {"S3": "S1"}')
    absent: list[_ID] = Field([], description="ids of participants who do not speak")
    correct: list[Correction] = []
    hide: list[Words] = []
    mask: list[_ID] = Field([], description="ids of marks")
    keep: list[Kept] = []


class Answers(Body):
    """Suggested corrections to accept and to reject."""

    accept: list[_ID] = []
    reject: list[_ID] = []
    alike: bool = Field(False, description="answer all that replace the same words by the same as well")


class Reason(Body):
    """Why."""

    reason: _Line = Field(min_length=1)


class Opening(Body):
    """How long a correction window is to be open."""

    days: int | None = Field(None, ge=1, le=366, description="Taiwan working days; the settings' if left out")
    until: datetime.date | None = Field(None, description="the last day, in place of them")


class Moving(Body):
    """Another last day."""

    until: datetime.date
    reason: _Line = Field(min_length=1, description="participants read it")


class Closing(Body):
    """Why a window is closed; needed before its last day."""

    reason: _Line = ""


class Invited(Body):
    """Whom a personal link is for."""

    participant: _ID = Field(description="p1, p2, …")


class Reply(Body):
    """How a participant's suggestion is answered."""

    number: int = Field(ge=1, le=1_000_000)
    how: Literal["accept", "done", "refuse"]
    text: _Text = Field("", description="with accept: the text that is right, where it is another one")
    reason: _Line = Field("", description="with done and refuse: what the participant reads")
    wish: Literal["anonymous", "not named"] = "anonymous"


class Entering(Body):
    """People who are to be hidden."""

    people: _Text = Field(description="written as a meeting.toml, with a block [[participants]] for each")
    consent: _Line = Field("", description="where their wish is written down")


class Changing(Body):
    """What is to become of an entry of the consent register; what is left out stays."""

    wish: _Wish | None = None
    meeting: _ID = Field("", description="only in this meeting")
    linked: bool | None = None
    everywhere: bool | None = None
    consent: _Line | None = None
    person: _Text = Field("", description="one block [[participants]] in place of what is known")
    unhide: bool = False


class Leaving(Body):
    """Whether an entry goes although meetings name it."""

    even_if_used: bool = False


class Failed(BaseModel):
    """Why something was refused, as the command line says it."""

    error: str = Field(description="what happened, without a word of a record")
    cure: str = Field(description="what to do about it")
    exit_code: int = Field(description="as docs/errors.md")


B = TypeVar("B", bound=Body)


def read(kind: type[B], said: Mapping[str, Any]) -> B:
    """What was sent, checked.

    Raises:
        RecordError: With the first field that is wrong; never with what stood in it.
    """
    try:
        return kind.model_validate(dict(said))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]["loc"]
        known = [part for part in first if isinstance(part, int) or part in _NAMES]
        where = ".".join(str(part) for part in known) or "a field that is not known"
        raise RecordError(
            f"What was sent is not as described: {where}.", "See the description: /api/v1/openapi.json."
        ) from None


def schemas(kinds: Iterable[type[Any]]) -> dict[str, Any]:
    """The JSON Schemas of bodies, by their names."""
    wanted = [(kind, "validation") for kind in kinds]
    _, found = models_json_schema(wanted, ref_template=REF)  # type: ignore[arg-type]  # the mode is a literal there
    return dict(found["$defs"])


def _names(kind: type[BaseModel]) -> set[str]:
    return set(kind.model_fields).union(*(_names(other) for other in kind.__subclasses__()))


_NAMES = frozenset(_names(Body))

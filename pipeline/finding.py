"""What an examination found: one thing, whether it is well, and what to do if it is not."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Args:
        name: what was looked at, in a few words.
        ok: whether it is as it should be.
        optional: whether the program does its work all the same when it is not.
        says: what was found, as one sentence.
        cure: what to do about it, as one sentence; empty when all is well.
    """

    name: str
    ok: bool
    optional: bool
    says: str
    cure: str = ""

    def __post_init__(self) -> None:
        """Refuse a fault without a cure: a person can do nothing with it."""
        if not self.ok and not self.cure:
            raise ValueError(f"the finding {self.name!r} needs a cure")

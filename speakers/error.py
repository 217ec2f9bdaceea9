"""The one error type: what happened, what to do, and an exit code, alike at every door."""


class ZhuziError(Exception):
    """Something a person can mend.

    Words of the record never go into an error: name files, ids, counts and moments instead.

    Args:
        what: what happened, as one sentence with its full stop.
        cure: what to do about it, as one sentence with its full stop.
    """

    exit_code = 1
    """Process exit code; every subclass has its own, listed in docs/errors.md."""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(what, cure)
        self.what = what
        self.cure = cure

    def __str__(self) -> str:
        """One line, as every door shows it.

        >>> str(RecordingError("e.wav holds no sound.", "Record or copy it again."))
        'e.wav holds no sound. Record or copy it again.'
        """
        return f"{self.what} {self.cure}"


class RecordingError(ZhuziError):
    """The recording cannot be read, or there is nothing in it to hear."""

    exit_code = 3


class MeetingError(ZhuziError):
    """`meeting.toml` says something that cannot be, or that nobody understands."""

    exit_code = 4


class ModelError(ZhuziError):
    """A model is missing, incomplete, or not the one whose digest is pinned."""

    exit_code = 5


class NotReleasableError(ZhuziError):
    """The gate is shut: undecided, changed since its approval, or never approved."""

    exit_code = 6


class LeakError(ZhuziError):
    """A protected name was found in bytes that were about to be published."""

    exit_code = 7


class NotFoundError(ZhuziError):
    """There is no such meeting, statement, speaker or file."""

    exit_code = 8


class StorageError(ZhuziError):
    """The disk is full, cannot be written, or holds something else than what was put there."""

    exit_code = 9


class LedgerError(ZhuziError):
    """The decision ledger was changed by something other than a decision."""

    exit_code = 10


class BusyError(ZhuziError):
    """Somebody else is working on the same data."""

    exit_code = 11


class RecordError(ZhuziError):
    """A value that makes no sense; raised at its birth."""

    exit_code = 12


class StageError(ZhuziError):
    """A stage failed for a reason that the program did not foresee; its log has the details."""

    exit_code = 13


class TranscriptError(ZhuziError):
    """A reference or hypothesis cannot be read, or two of them do not belong together."""

    exit_code = 14


class VoiceprintError(ZhuziError):
    """Somebody may not be enrolled, or voiceprints cannot be read: no key, another one, or damage."""

    exit_code = 15


class RegisterError(ZhuziError):
    """The consent register cannot be opened, lacks somebody, or would come to hold what cannot be."""

    exit_code = 16


class AccountError(ZhuziError):
    """Somebody may not come into the room, may not do that there, or cannot have that account."""

    exit_code = 17


class KeepingError(ZhuziError):
    """Something may not be erased or was erased, or an archive is none, is damaged, or is another key's."""

    exit_code = 18


class SignatureError(ZhuziError):
    """What was published is not what its manifest or its signature says, or the key that signs cannot be used."""

    exit_code = 19


class OutletError(ZhuziError):
    """A place where released records go cannot be reached, refuses, holds something of somebody else, or is none."""

    exit_code = 20

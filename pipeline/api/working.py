"""Jobs: what takes minutes or hours, and outlives whoever asked for it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipeline import answered, drop
from pipeline.api.common import Answer, Common
from pipeline.jobs.hand_in import hand_in
from pipeline.run import meeting_beside
from pipeline.uploads import Uploads


class Working(Common):
    """Handing recordings in, and what becomes of them."""

    def submit(
        self,
        recording: Path | str,
        meeting: Path | str | None = None,
        *,
        microphones: Iterable[Path | str] = (),
        office: str = "",
        backlog: bool = False,
    ) -> Answer:
        """Hand a recording in, as `zhuzi submit`; it is taken in the background as far as people have to look at it.

        The same content twice is one job; one of it that failed or was cancelled is begun again.

        Args:
            recording: any audio or video file; it is copied, and never changed.
            meeting: file of what is known about it, as docs/meeting-toml.md says; if left out, the recording's own
                .toml or meeting.toml beside it, if there is one.
            microphones: files of further microphones, besides those that the meeting's file names.
            office: whose it is; offices take turns.
            backlog: whether it may wait until nothing else does.

        Returns:
            The job, as `job` gives it.

        Raises:
            AlreadyHereError: If it was taken in before, nothing new is said about it, and no job of it is known.
            ZhuziError: As `pipeline.jobs.hand_in.hand_in`.
        """
        path = Path(recording)
        described = Path(meeting) if meeting else meeting_beside(path)
        more = tuple(Path(one) for one in microphones)
        return answered.job(
            hand_in(self._jobs, self.settings, path, described, more, office=office, backlog=backlog)
        )

    def hand_over(
        self, recording: str, meeting: str = "", *, microphones: tuple[str, ...] = (), owner: int = 0
    ) -> Answer:
        """The same of files that were sent to the room.

        Args:
            recording: id of the upload.
            meeting: what is known about it, as docs/meeting-toml.md says. It calls the files of microphones
                "microphone-01.wav", "microphone-02.wav", … in their order, and a file of [[brought]] by the id of its
                upload.
            microphones: ids of further uploads.
            owner: number of the account that sent them.
        """
        job = drop.hand_over(
            self._jobs,
            Uploads(self.data),
            self.data,
            owner=owner,
            recording=recording,
            microphones=microphones,
            text=meeting,
        )
        return answered.job(job)

    def jobs(self) -> Answer:
        """Every job that is known, the newest first."""
        return {"jobs": [answered.job(job) for job in self._jobs.jobs()]}

    def job(self, job_id: str) -> Answer:
        """One job: how far it is, or why it failed."""
        return answered.job(self._jobs.job(job_id))

    def retry(self, job_id: str) -> Answer:
        """Do a job that failed or was cancelled again, from where it was."""
        return answered.job(self._jobs.retry(job_id))

    def cancel(self, job_id: str) -> Answer:
        """Stop a job; what it finished stays."""
        return answered.job(self._jobs.cancel(job_id))

    def discard(self, job_id: str) -> None:
        """Forget a job that ended."""
        self._jobs.discard(job_id)

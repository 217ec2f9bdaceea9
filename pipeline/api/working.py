"""Jobs: what takes minutes or hours, and outlives whoever asked for it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipeline import answered, drop
from pipeline.api.common import Answer, Common
from pipeline.uploads import Uploads

_BLOCK = 1 << 20


class Working(Common):
    """Handing recordings in, and what becomes of them."""

    def submit(
        self, recording: Path | str, meeting: str = "", *, microphones: Iterable[Path | str] = ()
    ) -> Answer:
        """Hand a recording in; it is written down in the background as far as people have to look at it.

        Args:
            recording: any audio or video file; it is copied, and never changed.
            meeting: what is known about it, as docs/meeting-toml.md says. It calls the files of microphones
                "microphone-01.wav", "microphone-02.wav", … in their order.
            microphones: files of further microphones.

        Returns:
            The job, as `job` gives it.
        """
        uploads = Uploads(self.data)
        sent: list[str] = []
        try:
            sent += (self._sent(uploads, Path(path)) for path in (recording, *microphones))
            return self.hand_over(sent[0], meeting, microphones=tuple(sent[1:]))
        except BaseException:
            for one in uploads.of(0):
                if one.id in sent:
                    uploads.remove(0, one.id)
            raise

    def _sent(self, uploads: Uploads, path: Path) -> str:
        made = uploads.create(0, path.stat().st_size, path.suffix)
        writer = uploads.writer(0, made.id, 0)
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                writer.write(block)
        writer.close(whole=True)
        return made.id

    def hand_over(
        self, recording: str, meeting: str = "", *, microphones: tuple[str, ...] = (), owner: int = 0
    ) -> Answer:
        """The same of files that were sent already.

        Args:
            recording: id of the upload.
            meeting: as `submit`.
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

"""The program for other programs in Python: what the command line does, with the answers that `--json` gives.

    from pipeline.api import Zhuzi
    zhuzi = Zhuzi("/srv/zhuzi")
    zhuzi.meetings()["meetings"]

Every method raises `speakers.error.ZhuziError` with what happened and what to do. docs/api.md shows the way from a
recording to its public record.
"""

from pipeline.api.common import Answer, Report
from pipeline.api.deciding import Deciding
from pipeline.api.people import People
from pipeline.api.windows import Windows
from pipeline.api.working import Working

__all__ = ["Answer", "Report", "Zhuzi"]


class Zhuzi(Working, Deciding, Windows, People):
    """The meetings of one data directory.

    Args:
        data: the directory; the one of the settings if left out.
        settings: in force, for who has them already.
        jobs: does what takes long, likewise.
        draft: gives a meeting's draft, for who keeps it up to date already.
        how: what did it, as ledgers note it.
    """

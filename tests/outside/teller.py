"""A program that notices and tells, to be killed: `python -m tests.outside.teller DATA URL SECRET_FILE`."""

import sys
import time
from pathlib import Path

from pipeline.outside import notify
from pipeline.outside.notify import Notifier
from pipeline.outside.telling import Telling
from pipeline.settings import Settings


def main() -> None:
    """Notice and tell until it is killed."""
    data, url, secret = sys.argv[1:]
    notify.EVERY_S = 0.2
    notify._OTHERS_S = 0.5
    telling = Telling(webhooks=(url,), secret_file=Path(secret))
    Notifier(Settings(Path(data), Path(data) / "models", telling=telling)).start()
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    time.sleep(600)


if __name__ == "__main__":
    main()

"""What changes while somebody looks: drawn anew in a terminal, a new page in a log only where it is another one."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.console import Console
from rich.live import Live
from rich.text import Text


def redraw(text: Callable[[], str], every_s: float) -> None:
    """Show a text, and show it again as it is then, until the process is stopped.

    Args:
        text: gives it.
        every_s: seconds between two looks.
    """
    console, last = Console(soft_wrap=True), ""
    if not console.is_terminal:
        while True:
            if (now := text()) != last:
                print(now, flush=True)
                last = now
            time.sleep(every_s)
    with Live(console=console, auto_refresh=False, vertical_overflow="crop") as live:
        while True:
            live.update(Text(text()), refresh=True)
            time.sleep(every_s)

"""The child of background work, with scripted engines: `python -m tests.engines.work_child`, task on standard input.

Nothing of them is loaded before a task needs them, as nothing of the real ones is: most children need none.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pipeline import work_child

if TYPE_CHECKING:
    from pipeline.engines import Engines


@cache
def _engines(_: str) -> Engines:
    from tests.engines.troubled import engines

    return engines()


if __name__ == "__main__":
    work_child._engines = _engines
    work_child.main()

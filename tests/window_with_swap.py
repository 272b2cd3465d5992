"""A window process on a machine that writes memory to a disk in clear: for what is said then.

    python -m tests.window_with_swap LINE DRIVER

As `ui.tour.window`, but what the system tells of its swap stands in the folder `proc` beside the
one for preferences.
"""

import os
import sys
from functools import partial
from pathlib import Path

from notebook import swap

PROC = "proc"


def main(argv: list[str]) -> int:
    """Run one window that can be driven."""
    proc = Path(os.environ["XDG_CONFIG_HOME"]).with_name(PROC)
    vars(swap)["unsafe"] = partial(swap.unsafe, proc)
    # Only now: what it loads takes the question to the system from that module.
    from ui.tour import window  # noqa: PLC0415 - see above

    return window.main(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv))

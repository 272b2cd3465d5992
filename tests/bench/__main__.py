"""Run the benchmarks and print one table: `python -m tests.bench [part …]`, or all parts."""

import sys
import tempfile
from pathlib import Path

from tests.bench import exchange, handover, locking, records, window
from tests.bench.report import Line, print_table

PARTS = {
    "records": records.run,
    "handover": handover.run,
    "exchange": exchange.run,
    "window": window.run,
    "locking": locking.run,
}


def main(names: list[str]) -> int:
    """Run the named parts, or all; 2 for a name that is none."""
    if not set(names) <= set(PARTS):
        print("parts are: " + ", ".join(PARTS), file=sys.stderr)
        return 2
    lines: list[Line] = []
    for name in names or PARTS:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            lines += PARTS[name](Path(folder))
    print_table(lines)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""One parser, fuzzed: started by `tests.faults.guided`, which says what it takes.

Our packages are loaded here for the first time, under instruments that see where bytes lead.
"""

from __future__ import annotations

import sys
from importlib import import_module


def main() -> None:
    """Fuzz the parser named first; what follows is for the fuzzer."""
    # It is there in `make soak` alone.
    atheris = import_module("atheris")
    with atheris.instrument_imports(include=["crypto", "notebook"]):
        guided = import_module("tests.faults.guided")
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, lambda untrusted: guided.try_one(name, untrusted) and None)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

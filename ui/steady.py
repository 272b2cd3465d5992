"""A remedy for a fault of PySide 6.12 under Python 3.11, which would end the program by itself.

Every `emit` gives away one reference to `True` that it does not own, and every queued call one to
`None`. Up to Python 3.11 these objects are counted like any other, and when the count reaches zero,
after some hundred signals, the interpreter aborts. From 3.12 on they are immortal. This makes them
as good as immortal; nothing else is changed. To be taken out when 3.11 or PySide 6.12 is.
"""

import ctypes
import sys
from typing import Final

MORTAL_BEFORE: Final = (3, 12)
REFERENCES: Final = 1 << 40
"""More than a process can give away in its life."""


def keep_constants() -> None:
    """Give `None`, `True` and `False` references that nobody will ever give back."""
    if sys.version_info >= MORTAL_BEFORE or sys.implementation.name != "cpython":
        return
    for constant in (None, True, False):
        # An object of CPython begins with its count of references.
        count = ctypes.c_ssize_t.from_address(id(constant))
        if count.value < REFERENCES:
            count.value += REFERENCES

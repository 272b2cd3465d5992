"""The program lives longer than the references that PySide gives away."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

EMITTING = """
import sys
from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
application = QCoreApplication([])
class Sender(QObject):
    sent = Signal(object)
    def take(self, value): pass
sender = Sender()
sender.sent.connect(sender.take, Qt.ConnectionType.QueuedConnection)
for _ in range(20_000):
    sender.sent.emit(3)
application.processEvents()
print("alive")
"""


def _run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )


def test_twenty_thousand_signals_are_survived() -> None:
    done = _run(f"from ui.steady import keep_constants\nkeep_constants()\n{EMITTING}")
    assert (done.returncode, done.stdout) == (0, "alive\n"), done.stderr


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="constants are immortal from 3.12 on")
def test_the_remedy_is_still_needed() -> None:
    """When this fails, PySide was mended and `ui.steady` can go."""
    assert _run(EMITTING).returncode != 0

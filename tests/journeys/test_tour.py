"""The tour, run as a person runs it: every difference it looks for would fail it."""

import os
import subprocess
import sys
from pathlib import Path

PICTURES = {
    "01-first-run",
    "02-unlock",
    "03-desk",
    "03-desk-dark",
    "03-desk-rtl",
    "04-record",
    "04-record-dark",
    "04-record-rtl",
    "05-search",
    "06-contacts",
    "07-seal-look",
    "08-seal-done",
    "09-open-result",
    "10-conflict",
}


def test_the_tour_finds_everything_as_it_must_be(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("field-notebook")
    without_display = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DISPLAY", "WAYLAND_DISPLAY"}
    }
    done = subprocess.run(
        [program, "tour", "--out", tmp_path],
        env=without_display,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path.stem for path in tmp_path.glob("*.png")} == PICTURES
    assert len(list(tmp_path.glob("*.sealed.age"))) == 2
    # The notebooks were throw-away, passphrases and all.
    assert not [path for path in tmp_path.iterdir() if path.is_dir()]

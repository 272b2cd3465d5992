"""The tour, run as a person runs it: every difference it looks for would fail it."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import oracle
from ui.tour import walk as tour
from ui.tour.driven import Difference

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


STEPS = 8

FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


def walk(out: Path, extra: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the tour where there is no display."""
    program = Path(sys.executable).with_name("field-notebook")
    without_display = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DISPLAY", "WAYLAND_DISPLAY"}
    }
    return subprocess.run(
        [program, "tour", "--out", out],
        env={**without_display, **(extra or {})},
        capture_output=True,
        text=True,
        timeout=540,
        check=False,
    )


@pytest.mark.timeout(600)
def test_the_tour_finds_everything_as_it_must_be(tmp_path: Path) -> None:
    done = walk(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    # Each step with its time, and at the end the time of all.
    timed = [line for line in done.stdout.splitlines() if re.match(r" *\d+\.\d s  \w", line)]
    assert len(timed) == STEPS + 1
    assert timed[-1].endswith("in all")
    assert {path.stem for path in tmp_path.glob("*.png")} == PICTURES
    assert len(list(tmp_path.glob("*.sealed.age"))) == 2
    # The notebooks were throw-away, passphrases and all.
    assert not [path for path in tmp_path.iterdir() if path.is_dir()]


@pytest.mark.parametrize("is_different", [False, True])
def test_what_it_makes_is_thrown_away_and_the_first_difference_ends_it(
    is_different: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    walked: list[Path] = []

    def walk_along(walking: tour.Tour) -> None:
        walked.append(walking.work)
        assert stat.S_IMODE(walking.work.stat().st_mode) == 0o700
        (walking.work / "notebook").mkdir()
        if is_different:
            raise Difference("the account is not as it was")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tour, "_walk", walk_along)
    assert tour.main([]) == int(is_different)
    said = capsys.readouterr().out.splitlines()
    if is_different:
        assert said == ["DIFFERENCE: the account is not as it was"]
    out = tmp_path / "build" / "tour"
    assert [work.parent for work in walked] == [out]
    assert list(out.iterdir()) == []


@pytest.mark.timeout(600)
def test_the_tour_fails_where_a_character_has_no_glyph(tmp_path: Path) -> None:
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    found = subprocess.run(
        [oracle("fc-match"), "--format", "%{file}", "Noto Sans:lang=en"],
        capture_output=True,
        text=True,
        check=True,
    )
    # This one face has neither the Uyghur letters nor Han.
    latin = Path(found.stdout)
    (fonts / latin.name).symlink_to(latin)
    config = tmp_path / "fonts.conf"
    config.write_text(FONTS.format(fonts=fonts, cache=tmp_path / "cache"), encoding="utf-8")
    out = tmp_path / "out"
    done = walk(out, {"FONTCONFIG_FILE": str(config)})
    assert done.returncode == 1
    assert "DIFFERENCE: on “04-record”" in done.stdout
    assert "has no glyph for U+" in done.stdout
    assert "Traceback" not in done.stderr
    assert not [path for path in out.iterdir() if path.is_dir()]

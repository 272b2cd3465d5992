"""The entry point loads only what its verb needs."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ui import main as entry

ROOT = Path(__file__).parents[2]


def _loaded_after(program: str) -> set[str]:
    script = f"import sys, json\n{program}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_the_entry_point_loads_neither_qt_nor_cryptography() -> None:
    loaded = _loaded_after("import ui.main")
    assert not {name for name in loaded if name.startswith(("PySide6", "shiboken", "cryptogr"))}


def test_the_guard_holds_no_qt_no_sql_and_no_cryptography() -> None:
    loaded = _loaded_after("import ui.guard")
    assert not {
        name
        for name in loaded
        if name.split(".")[0]
        in {"PySide6", "shiboken6", "cryptography", "crypto", "sqlcipher3", "argon2"}
    }


def test_the_command_line_loads_no_qt() -> None:
    loaded = _loaded_after(
        "import contextlib, io\n"
        "from ui.main import main\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n"
        "    main(['--help'])"
    )
    assert "notebook.cli" in loaded
    assert not {name for name in loaded if name.startswith(("PySide6", "shiboken"))}


@pytest.mark.parametrize("arguments", [["window", "a", "b"], ["window", "--help"]])
def test_a_window_takes_at_most_a_folder(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert entry.main(arguments) == 2
    assert "window [FOLDER]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "folder"), [([], None), (["window"], None), (["window", "/n"], "/n")]
)
def test_no_verb_or_window_opens_the_window(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], folder: str | None
) -> None:
    asked: list[str | None] = []

    def run(_guard: object, folder: str | None) -> int:
        asked.append(folder)
        return 0

    # It would hold for all tests that this process runs after this one.
    monkeypatch.setattr(entry, "harden", lambda: asked.append("hardened"))
    monkeypatch.setattr("ui.guard.Guard.run", run)
    assert entry.main(arguments) == 0
    assert asked == ["hardened", folder]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_end_before_anything_began_has_its_exit_code_and_no_words(number: int) -> None:
    script = (
        "import os, signal\n"
        "from ui import main\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"main.import_module = lambda _name: os.kill(os.getpid(), {int(number)})\n"
        "main.main(['list'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (128 + number, b"", b"")


def test_signals_that_somebody_ignores_stay_ignored() -> None:
    script = (
        "import os, signal\n"
        "from types import SimpleNamespace\n"
        "from ui import main\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "def load(_name):\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    return SimpleNamespace(main=lambda _arguments: 7)\n"
        "main.import_module = load\n"
        "raise SystemExit(main.main(['list']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (7, b"")

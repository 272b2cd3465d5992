"""The command line as a process of its own: streams, signals, the terminal, what it loads."""

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import pytest

from notebook.environment import real_environment
from notebook.notebook import Kdf, Notebook
from tests.notebook.support_notebook import PASSPHRASE
from tests.notebook.support_process import COMMAND, PATIENCE_S, start
from tests.support import REPOSITORY


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A notebook that the real program opens: it refuses the derivation of tests."""
    place = tmp_path / "notebook"
    Notebook.create(
        place,
        PASSPHRASE,
        author_name="Aida",
        kdf=Kdf.LOW_MEMORY,
        environment=real_environment(),
    ).close()
    return place


def run(
    *argv: str | Path,
    stdin: bytes = b"",
    stdout: int | BinaryIO = subprocess.PIPE,
    env: Mapping[str, str] | None = None,
) -> tuple[int, bytes, bytes]:
    """The program, run to its end: exit status, standard output, standard error."""
    with start(*argv, stdout=stdout, env=env) as process:
        out, err = process.communicate(stdin, timeout=PATIENCE_S)
    return process.returncode, out, err


def loaded_by(program: str) -> set[str]:
    """The modules that a program loads."""
    shown = subprocess.run(
        [sys.executable, "-c", program + "\nimport sys; print(*sys.modules)"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return set(shown.splitlines()[-1].split())


def rooms() -> list[str]:
    """The modules of the command line."""
    return sorted(path.stem for path in (REPOSITORY / "notebook" / "cli").glob("[a-z]*.py"))


def test_the_command_line_never_loads_the_window() -> None:
    loaded = loaded_by("".join(f"import notebook.cli.{room}\n" for room in rooms()))
    assert "notebook.cli.verbs_handover" in loaded
    assert not {name for name in loaded if name.startswith(("PySide6", "shiboken6"))}


def test_a_verb_run_by_the_program_never_loads_the_window() -> None:
    loaded = loaded_by(
        "import ui.main; ui.main.main(['list', '/nowhere', '--passphrase-fd', '99'])"
    )
    assert "notebook.notebook" in loaded
    assert not {name for name in loaded if name.startswith(("PySide6", "shiboken6"))}


def test_help_waits_for_neither_database_nor_cryptography() -> None:
    loaded = loaded_by("import ui.main; ui.main.main(['seal', '--help'])")
    assert not {"sqlcipher3", "cryptography", "edtf", "notebook.notebook"} & loaded


def test_standard_input_gives_the_passphrase_and_then_the_data(folder: Path) -> None:
    record = {"type": "case", "fields": {"title": "Іс"}}
    status, out, err = run(
        *("add", folder, "-", "--passphrase-fd", "0", "--json"),
        stdin=f"{PASSPHRASE}\n{json.dumps(record)}".encode(),
    )
    assert (status, err) == (0, b"")
    id_ = json.loads(out)["ids"][0]
    status, out, _err = run(
        "show", folder, id_, "--passphrase-fd=0", stdin=PASSPHRASE.encode(), env={"LC_ALL": "C"}
    )
    assert status == 0
    assert "title: Іс" in out.decode("utf-8")


def test_without_a_terminal_nothing_is_asked(folder: Path) -> None:
    status, out, err = run("list", folder, stdin=f"{PASSPHRASE}\n".encode())
    assert (status, out) == (2, b"")
    assert b"--passphrase-fd" in err


def typed(argv: Sequence[str | Path], *lines: str) -> tuple[int, str]:
    """Run on a terminal and answer its prompts; the exit status and all that was shown."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(REPOSITORY)
        os.execv(sys.executable, [*COMMAND, *map(str, argv)])
    # A terminal may hand over half a letter.
    shown, left = b"", list(lines)
    while True:
        try:
            chunk = os.read(terminal, 4096)
        except OSError:
            break
        if not chunk:
            break
        shown += chunk
        if left and shown.rstrip().endswith(b":"):
            os.write(terminal, (left.pop(0) + "\n").encode())
            shown += b"(typed)"
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()


def test_on_a_terminal_the_passphrase_is_asked_and_not_shown(folder: Path) -> None:
    status, shown = typed(["contacts", folder, "list", "--json"], PASSPHRASE)
    assert status == 0
    assert "Passphrase:" in shown
    assert shown.rstrip().endswith("[]")
    assert PASSPHRASE not in shown


def test_a_new_passphrase_is_asked_twice(folder: Path) -> None:
    other = PASSPHRASE + " more"
    status, shown = typed(["passphrase", folder], PASSPHRASE, other, other + "!")
    assert status == 2
    assert "not the same" in shown
    assert typed(["passphrase", folder], PASSPHRASE, other, other)[0] == 0
    assert run("list", folder, "--passphrase-fd=0", stdin=other.encode())[0] == 0


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_who_is_told_to_end_ends_quietly(how: signal.Signals, code: int, folder: Path) -> None:
    with start("list", folder, "--passphrase-fd", "0") as process:
        # The passphrase is awaited when its descriptor is read; until then Python is loading.
        wait_for_reading(process.pid)
        process.send_signal(how)
        out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out, err) == (code, b"", b"")


def wait_for_reading(pid: int) -> None:
    """Wait until a process sleeps in read(2) of its standard input (system call 0 on x86-64)."""
    call = Path(f"/proc/{pid}/syscall")
    while True:
        try:
            words = call.read_text().split()
        except PermissionError:
            pytest.skip("the system does not show what a process waits for")
        if words[0] in ("0", "63") and words[1] == "0x0":
            return


def test_a_reader_that_goes_away_is_not_a_crash() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with start("--help", stdout=writer) as process:
        os.close(writer)
        _out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, err) == (141, b"")


def test_a_result_that_cannot_be_written_is_trouble() -> None:
    with Path("/dev/full").open("wb") as full:
        status, _out, err = run("--help", stdout=full)
    assert status == 1
    assert err == b"The result could not be written. What was done stays done.\n"


def test_nobody_finds_the_passphrase_in_arguments_or_environment(folder: Path) -> None:
    with start("list", folder, "--passphrase-fd", "0") as process:
        assert process.stdin
        process.stdin.write(PASSPHRASE.encode())
        process.stdin.flush()
        seen = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert PASSPHRASE.encode() not in seen


def test_no_word_of_a_command_line_offers_a_passphrase() -> None:
    status, out, _err = run("new", "--help")
    assert status == 0
    assert b"--passphrase-fd N" in out
    assert b"--passphrase " not in out


def test_the_process_cannot_be_read_by_others(folder: Path) -> None:
    with start("list", folder, "--passphrase-fd", "0") as process:
        wait_for_reading(process.pid)
        limits = Path(f"/proc/{process.pid}/limits").read_text()
        owner = Path(f"/proc/{process.pid}/mem").stat().st_uid
        process.communicate(PASSPHRASE.encode(), timeout=PATIENCE_S)
    core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
    assert core.split()[4:6] == ["0", "0"]
    # What is not dumpable belongs to root, whoever runs it (proc(5)).
    assert owner == 0


def run_by_shell(redirection: str, *argv: str | Path) -> tuple[int, bytes, bytes]:
    """The program, started by a shell that closes what the redirection says."""
    command = ["sh", "-c", f'exec "$@" {redirection}', "sh", *COMMAND, *map(str, argv)]
    ran = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=False)
    return ran.returncode, ran.stdout, ran.stderr


def test_a_closed_standard_output_is_trouble_and_no_crash(folder: Path) -> None:
    status, out, err = run_by_shell(">&-", "--help")
    assert (status, out) == (1, b"")
    assert err == b"The result could not be written. What was done stays done.\n"
    assert run_by_shell(">&-", "list", folder, "--json")[0] == 1


def test_a_closed_standard_error_or_input_is_nothing_to_read_or_write(folder: Path) -> None:
    status, out, _err = run_by_shell("2>&-", "--help")
    assert status == 0
    assert out
    assert run_by_shell("2>&-", "list", folder)[0] == 2
    status, out, _err = run_by_shell("<&-", "list", folder, "--passphrase-fd=0", "--json")
    assert (status, json.loads(out)["error"]["code"]) == (2, "usage")


def test_no_file_becomes_a_standard_stream() -> None:
    program = (
        "import os, sys; from notebook.process import hold_standard_streams;"
        "hold_standard_streams(); os._exit(os.open('/dev/null', os.O_RDONLY))"
    )
    for redirection in ("<&- >&- 2>&-", ">&-", "2>&-"):
        command = ["sh", "-c", f'exec "$@" {redirection}', "sh", sys.executable, "-c", program]
        ran = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=False)
        assert ran.returncode > 2


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_long_result_is_written_whole_or_said_to_be_cut(folder: Path, unbuffered: str) -> None:
    env = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    long = {"type": "case", "fields": {"title": "Long", "summary": "ק" * 300_000}}
    secret = PASSPHRASE.encode() + b"\n"
    status, out, _err = run(
        "add",
        folder,
        "-",
        "--json",
        "--passphrase-fd",
        "0",
        stdin=secret + json.dumps(long).encode(),
    )
    assert status == 0
    show = ("show", folder, json.loads(out)["ids"][0], "--json", "--passphrase-fd", "0")
    _status, out, _err = run(*show, stdin=secret, env=env)
    assert json.loads(out)["fields"] == long["fields"]
    with start(*show, env=env) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(secret)
        process.stdin.close()
        assert process.stdout.read(1) == b"{"
        # Far more waits behind it than a pipe holds.
        process.stdout.close()
        assert process.wait(PATIENCE_S) == 141
        assert process.stderr
        assert process.stderr.read() == b""

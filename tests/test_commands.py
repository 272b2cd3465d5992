"""The commands: what `make run`, `make test`, `make check` and `.ci/run` do when called."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import support
from tests.support import REPOSITORY

CHECKS = {
    "check-format": "ruff format --check",
    "check-lint": "ruff check",
    "check-types": "mypy crypto notebook ui tests packaging/stubs",
    "check-contracts": "lint-imports",
    "check-dead-code": "vulture",
    "check-dependencies": "deptry .",
    "check-architecture": "tests/test_architecture.py tests/test_setup.py",
}
NAMED = {
    "system-run": {"python3-venv", "libpulse0", "fonts-noto-core", "fonts-noto-cjk"},
    "system-test": {"age", "openssh-client", "openssl", "nodejs", "npm", "xvfb", "strace"},
}


AIMS = {
    "take in 1 MiB": "1.3",
    "seal 1 MiB": "1.3",
    "seal 1 MiB and read it back": "2.2",
    "open 1 MiB": "1.5",
    "memory of sealing and opening": "200",
    "save a new interview (600 words)": "4",
    "save an edit of an interview": "4",
    "search, p95 of 200 words": "30",
    "open after key derivation": "300",
}
"""What the benches compare, and the ratio, mebibytes or milliseconds that are aimed at."""


def stand_in(folder: Path, name: str, script: str) -> None:
    """A program called `name` that does what `script` says instead."""
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    program.chmod(0o755)


def made(*arguments: str, display: str | None = None) -> str:
    """What `make` prints with these arguments; nothing of the real environment is set up by it."""
    names = {"DISPLAY", "WAYLAND_DISPLAY", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "EFFORT"}
    environment = {name: value for name, value in os.environ.items() if name not in names}
    done = subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=REPOSITORY,
        env=environment | ({"DISPLAY": display} if display else {}),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def run_instead(folder: Path, target: str, display: str | None = None) -> list[str]:
    """The lines of a target whose programs are stand-ins, and whose set-up is taken as done."""
    for name in ("field-notebook", "python"):
        stand_in(folder / "bin", name, f'echo "{name} ran:" "$@" "effort ${{EFFORT:-1}}"')
    old = ("--old-file=setup", "--old-file=setup-test")
    return made(*old, target, f"BIN={folder / 'bin'}", display=display).splitlines()


def test_run_opens_the_window_where_there_is_a_display(tmp_path: Path) -> None:
    assert run_instead(tmp_path, "run", ":7") == ["field-notebook ran: effort 1"]


def test_run_walks_the_tour_where_there_is_none(tmp_path: Path) -> None:
    assert run_instead(tmp_path, "run") == [
        "There is no display here: this is the tour.",
        "field-notebook ran: tour effort 1",
    ]


def test_test_bench_and_shots_run_what_they_say(tmp_path: Path) -> None:
    for target, expected in {
        "test": "python ran: -m pytest effort 1",
        "bench": "python ran: -m tests.bench effort 1",
        "shots": "python ran: -m tests.shots effort 1",
    }.items():
        assert run_instead(tmp_path, target)[-1] == expected


def test_soaking_is_every_test_with_twenty_times_the_effort() -> None:
    lines = made("--dry-run", "--old-file=setup-test", "soak").splitlines()
    assert [line for line in lines if "EFFORT=20" in line and "-m pytest" in line]


def test_clean_takes_away_what_was_made_and_nothing_of_the_repository() -> None:
    (first, *_) = made("--dry-run", "clean").replace("\\\n", " ").splitlines()
    taken = set(first.split()[2:])
    assert {"build", ".venv", ".hypothesis"} <= taken
    committed = {name.partition("/")[0] for name in support.committed_files()}
    assert taken.isdisjoint(committed)


def test_the_two_set_ups_install_their_packages_and_test_does_both() -> None:
    for command, sets, locks in (
        ("setup", ["run"], ["requirements.txt"]),
        ("setup-test", ["run", "run test"], ["requirements.txt", "requirements-dev.txt"]),
    ):
        said = made("--dry-run", "--always-make", command)
        lines = said.splitlines()
        asked = [line.split("install-system ")[1] for line in lines if "install-system " in line]
        assert sorted(asked) == sets
        installed = [line for line in lines if "--require-hashes" in line]
        assert [line.rpartition("/")[2] for line in installed] == locks
        (itself,) = [line for line in lines if "--editable" in line]
        assert "--no-deps --no-build-isolation" in itself


@pytest.mark.parametrize("name", NAMED)
def test_what_the_program_and_its_tests_stand_on_is_in_the_lists(name: str) -> None:
    lines = (REPOSITORY / "packaging" / f"{name}.txt").read_text("utf-8").splitlines()
    assert NAMED[name] <= {line.split("|")[0].strip() for line in lines}


def test_the_benches_compare_what_was_promised(tmp_path: Path) -> None:
    for program in ("age", "openssl", "sqlite3"):
        support.oracle(program)
    small = {"BENCH_RECORDS": "8", "BENCH_MIB": "1", "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "records", "handover"],
        cwd=REPOSITORY,
        env=os.environ | small,
        capture_output=True,
        text=True,
        check=True,
    )
    # A name, what was measured, the aim, and against what; lines without an aim are set in.
    row = re.compile(r"(\w.{43}).* ([\d.]+)  \S")
    rows = [found for line in done.stdout.splitlines() if (found := row.match(line))]
    assert {found[1].strip(): found[2] for found in rows} == AIMS


def test_check_asks_everyone() -> None:
    said = made("--dry-run", "--old-file=.venv/ready-to-test", "check")
    assert {name for name, command in CHECKS.items() if command not in said} == set()


@pytest.mark.parametrize("failing", ["nothing", "test", "check"])
def test_the_machine_that_judges_runs_tests_and_checks_and_hears_of_each(
    failing: str, tmp_path: Path
) -> None:
    (tmp_path / ".ci").mkdir()
    shutil.copy(REPOSITORY / ".ci" / "run", tmp_path / ".ci" / "run")
    script = f'echo "$1 in CI=$CI" >>asked; echo "= 1 passed ="; [ "$1" != {failing} ]'
    stand_in(tmp_path / "bin", "make", script)
    done = subprocess.run(
        [tmp_path / ".ci" / "run"],
        env={"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"},
        capture_output=True,
        check=False,
    )
    asked = (tmp_path / "asked").read_text("utf-8").splitlines()
    expected = ["test in CI=true", "check in CI=true"]
    assert asked == (expected[:1] if failing == "test" else expected)
    assert (done.returncode == 0) == (failing == "nothing")


def test_what_judges_us_and_is_missing_fails_where_all_must_be_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no-such-oracle is not on this machine"):
        support.oracle("no-such-oracle")
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="no-such-oracle is not on this machine"):
        support.oracle("no-such-oracle")


def test_effort_is_one_unless_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EFFORT", raising=False)
    assert support.effort() == 1
    monkeypatch.setenv("EFFORT", "20")
    assert support.effort() == 20

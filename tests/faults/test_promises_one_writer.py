"""Exactly one writer: whoever comes second is told so, and nothing is lost or mixed."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from notebook.environment import real_environment
from notebook.notebook import Kdf, Notebook
from tests.notebook.support_notebook import PASSPHRASE
from tests.support import REPOSITORY

RACERS = 4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "notebook"
    Notebook.create(
        place, PASSPHRASE, author_name="Aida", kdf=Kdf.LOW_MEMORY, environment=real_environment()
    ).close()
    return place


def adding(folder: Path) -> "subprocess.Popen[bytes]":
    """A command that has started and waits for its passphrase."""
    command = [sys.executable, "-P", "-m", "ui.main", "add", str(folder), "-"]
    return subprocess.Popen(
        [*command, "--passphrase-fd", "0", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )


def titles(folder: Path) -> set[str]:
    notebook = Notebook.unlock(folder, PASSPHRASE, environment=real_environment())
    found = {row.title for row in notebook.cases()}
    assert notebook.verify() == []
    notebook.close()
    return found


def test_of_processes_that_race_each_has_written_or_was_told_that_it_may_not(folder: Path) -> None:
    racers = [adding(folder) for _racer in range(RACERS)]
    for number, racer in enumerate(racers):
        record = json.dumps({"type": "case", "fields": {"title": f"Case {number}"}})
        assert racer.stdin is not None
        racer.stdin.write(f"{PASSPHRASE}\n{record}".encode())
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.close()
        racer.stdin = None
    answers = [json.loads(racer.communicate(timeout=60)[0]) for racer in racers]
    written = {f"Case {number}" for number, answer in enumerate(answers) if "ids" in answer}
    refused = [answer["error"]["code"] for answer in answers if "error" in answer]
    assert written, answers
    assert refused == ["already-open"] * (RACERS - len(written))
    assert titles(folder) == written


def test_while_one_has_it_open_every_other_is_refused_and_after_its_death_none(
    folder: Path,
) -> None:
    holder = adding(folder)
    assert holder.stdin is not None
    holder.stdin.write(f"{PASSPHRASE}\n".encode())
    holder.stdin.flush()
    # It has read the passphrase, opened the notebook, and waits for what it is to add.
    while not is_locked_by(folder / "lock", holder.pid):
        assert holder.poll() is None
    second = adding(folder)
    out, _err = second.communicate(f"{PASSPHRASE}\n[]".encode(), timeout=60)
    assert json.loads(out)["error"]["code"] == "already-open"
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    assert titles(folder) == set()


def is_locked_by(path: Path, pid: int) -> bool:
    """Whether the kernel says that the process holds a lock on the file."""
    inode = path.stat().st_ino if path.exists() else -1
    # A line names its number, kind, way, mode, process and file, the last as device and inode.
    held = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    return any(
        words[1] == "FLOCK" and words[4] == str(pid) and words[5].endswith(f":{inode}")
        for words in held
    )

"""The processes that record and play, watched from outside: no connection, no file of theirs."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook import pulse, sound
from tests.faults.support_traced import root_only
from tests.notebook.support_sound import Room, Tone, room
from tests.support import oracle

CALLS = "socket,connect,open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,execve"
OPENED_TO_WRITE = re.compile(r'open(?:at)?\((?:AT_FDCWD, )?"([^"]*)", [^)]*O_(?:WRONLY|RDWR|CREAT)')
WAIT_S = 60


@pytest.fixture(scope="module")
def tone() -> Iterator[Room]:
    with room() as made:
        yield made


def watched(there: Room, trace: Path, module: str, *argv: str) -> subprocess.Popen[bytes]:
    """One of the processes under strace, which stands beside it and not above it."""
    # Without -B Python itself may write what it compiled, beside the program.
    command = [
        *(oracle("strace"), "-D", "-f", "-qqq", "-s", "200", "-o", str(trace), "-e", CALLS),
        *(sys.executable, "-I", "-B", "-m", module, str(os.getpid()), *argv),
    ]
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=sound.environment(there.environment),
        cwd="/",
    )


def heard(child: subprocess.Popen[bytes], kind: bytes, said: bytearray) -> None:
    """Wait until it has said something of this kind; what it said after that is left in `said`."""
    assert child.stdout is not None
    while True:
        while (message := sound.next_message(said)) is not None:
            if message.kind == kind:
                return
            assert message.kind != sound.TROUBLE
        assert select.select([child.stdout], [], [], WAIT_S)[0]
        received = os.read(child.stdout.fileno(), 65536)
        assert received
        said += received


def look_at(trace: str, there: Room) -> None:
    assert "socket(AF_UNIX" in trace
    assert "AF_INET" not in trace
    assert f'sun_path="{there.folder}' in trace
    # It is started once, and starts nothing.
    assert trace.count("execve(") == 1
    for path in OPENED_TO_WRITE.findall(trace):
        # Of its own descriptors one is memory: the cookie of a home folder that has none.
        assert path == "/dev/null" or path.startswith(("/dev/shm/", "/proc/self/fd/")), path
    assert not re.search(r"\b(?:rename|renameat2?|unlink|creat)\(", trace)


def test_the_process_that_records_reaches_nobody_and_writes_no_file(
    tone: Room, tmp_path: Path
) -> None:
    root_only()
    trace = tmp_path / "trace"
    with watched(tone, trace, "notebook.sound_child", "0") as child:
        said = bytearray()
        heard(child, sound.SOUND, said)
        assert child.stdin is not None
        child.stdin.write(sound.STOP)
        child.stdin.flush()
        heard(child, sound.END, said)
    look_at(trace.read_text("utf-8", "replace"), tone)


def test_the_process_that_plays_reaches_nobody_and_writes_no_file(
    tone: Room, tmp_path: Path
) -> None:
    root_only()
    trace = tmp_path / "trace"
    with watched(tone, trace, "notebook.listen_child") as child:
        assert child.stdin is not None
        child.stdin.write(Tone().page(is_last=True).pages)
        child.stdin.close()
        heard(child, sound.END, bytearray())
    look_at(trace.read_text("utf-8", "replace"), tone)


def test_a_home_folder_without_a_cookie_gets_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULSE_COOKIE", "mine")
    pulse.spare_home(tmp_path)
    assert os.environ["PULSE_COOKIE"] == "mine"
    monkeypatch.delenv("PULSE_COOKIE")
    pulse.spare_home(tmp_path)
    with Path(os.environ["PULSE_COOKIE"]).open("rb+") as cookie:
        assert len(cookie.read()) == 256
    os.close(int(os.environ["PULSE_COOKIE"].rpartition("/")[2]))
    assert list(tmp_path.iterdir()) == []
    monkeypatch.delenv("PULSE_COOKIE")
    (tmp_path / ".pulse-cookie").write_bytes(bytes(256))
    pulse.spare_home(tmp_path)
    assert "PULSE_COOKIE" not in os.environ

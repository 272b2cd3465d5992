"""Promises of the command line, seen from outside: nothing in clear, no network, no trace left."""

import subprocess
import sys
from itertools import cycle
from pathlib import Path

import pytest

from tests.faults.support_canaries import (
    MARKS,
    PICTURE,
    SECRETS,
    TESTIMONY,
    Canaries,
    files_under,
    forms_of,
    found_in,
    leaks_under,
)
from tests.faults.support_session import Session, lived, private_environment
from tests.faults.support_traced import Call, calls, foreign_sockets, prefix, root_only

SHARED_MEMORY = Path("/dev/shm")
READING = {"list", "find", "show", "history"}
"""The verbs whose result is testimony."""

PIPE = "pipe:"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    root_only()
    return lived(tmp_path_factory.mktemp("session"))


def leaves(verb: str, call: Call, asked_for: Path) -> set[str]:
    """What leaves in clear with a call and was not asked for in so many words."""
    if not call.is_leaving:
        return set()
    found = found_in(call.given)
    number, place = call.descriptor
    is_result = call.name == "write" and number == 1 and verb in READING
    is_copy = call.name == "write" and verb == "extract" and place == f"{asked_for}.part"
    if is_result or is_copy:
        return found & set(SECRETS)
    # The picture goes to the process that decodes it, and its metadata come back.
    is_to_decoder = call.name == "write" and place.startswith(PIPE) and verb in {"attach", "open"}
    return found - set(PICTURE) if is_to_decoder else found


def test_nothing_leaves_a_process_in_clear_but_what_was_asked_for(session: Session) -> None:
    leaks = [
        (verb, call.name, call.descriptor, found)
        for verb, call in session.calls()
        if (found := leaves(verb, call, session.asked_for))
    ]
    assert leaks == [], leaks


def test_the_watch_saw_what_was_asked_for(session: Session) -> None:
    seen: dict[str, set[str]] = {}
    for verb, call in session.calls():
        if call.name == "write":
            seen.setdefault(verb, set()).update(found_in(call.given))
    assert set(MARKS) <= seen["show"]
    assert {"Russian", "Kazakh"} <= seen["find"]
    assert {"Uyghur", "Chinese"} == seen["extract"]
    assert set(PICTURE) <= seen["attach"]


def test_nothing_lies_on_the_disk_in_clear(session: Session) -> None:
    assert leaks_under([session.base, SHARED_MEMORY], [session.asked_for]) == {}
    assert set(leaks_under([session.base])) == {str(session.asked_for)}


def test_what_was_made_is_its_owners_alone_and_nothing_lies_elsewhere(session: Session) -> None:
    files = [*files_under([session.base])]
    folders = [path for path in session.base.rglob("*") if path.is_dir()]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o700}
    assert [*files_under([session.base / "home"])] == []


def test_no_connection_is_opened(session: Session) -> None:
    assert foreign_sockets(session.traces.iterdir()) == set()


def test_no_process_that_is_started_is_told_anything(session: Session) -> None:
    started = [
        (verb, call) for verb, call in session.calls() if call.name in ("execve", "execveat")
    ]
    # The decoder of pictures is started by us; so the watch does see such starts.
    assert len(started) > len(session.said)
    for _verb, call in started:
        assert found_in(call.given, TESTIMONY | SECRETS) == set()


# The watch itself: what it is to find, it finds.

LEAKS = {
    "a file that is gone again": (
        "path = os.environ['TMPDIR'] + '/x'; open(path, 'wb').write(text.encode('utf-16-be'));"
        "os.unlink(path)"
    ),
    "a file's name": "open(os.environ['TMPDIR'] + '/' + text, 'w')",
    "a new name": (
        "p = os.environ['TMPDIR'] + '/'; open(p + 'x', 'w'); os.rename(p + 'x', p + text)"
    ),
    "base64 in shared memory": (
        "import base64; text = base64.b64encode(b'a' + text.encode());"
        "os.write(os.memfd_create('m'), b'?' + text)"
    ),
    "standard error": "sys.stderr.write(text)",
    "the name of memory": "os.memfd_create(text.encode().hex())",
    "a word in pieces": (
        "pieces = [text[:3].encode(), text[3:].encode()]; os.writev(os.open('/dev/null', 1),pieces)"
    ),
    "a local socket": (
        "import socket; a, b = socket.socketpair(); a.sendmsg([text.encode('utf-16-le')])"
    ),
}


@pytest.fixture
def leaking(tmp_path: Path) -> tuple[list[str], dict[str, str]]:
    root_only()
    return prefix(tmp_path / "trace"), private_environment(tmp_path / "home")


@pytest.mark.parametrize(("how", "script"), [*zip(LEAKS, cycle(MARKS), strict=False)])
def test_a_planted_leak_is_found(
    tmp_path: Path, leaking: tuple[list[str], dict[str, str]], how: str, script: str
) -> None:
    watch, environment = leaking
    program = (
        "import os, sys; from notebook.process import harden; harden();"
        f"text = sys.stdin.read(); {LEAKS[how]}"
    )
    subprocess.run(
        [*watch, sys.executable, "-c", program],
        input=Canaries().word(script).encode(),
        env=environment,
        check=True,
        capture_output=True,
    )
    trace = tmp_path / "trace"
    found = [leaves("add", call, tmp_path / "copy") for call in calls(trace)]
    assert {script} in found


def test_a_planted_connection_is_found(
    tmp_path: Path, leaking: tuple[list[str], dict[str, str]]
) -> None:
    watch, environment = leaking
    program = "import socket; socket.socket(); socket.socket(socket.AF_INET6)"
    subprocess.run([*watch, sys.executable, "-c", program], env=environment, check=True)
    assert foreign_sockets([tmp_path / "trace"]) == {"INET", "INET6"}


@pytest.mark.parametrize("script", MARKS)
def test_a_planted_file_is_found_in_every_form(tmp_path: Path, script: str) -> None:
    word = Canaries().word(script)
    for number, form in enumerate(forms_of(MARKS[script])):
        place = tmp_path / str(number)
        place.mkdir()
        (place / "x").write_bytes(b"\x00\xff" + form + b"\x01")
        assert leaks_under([place]) == {str(place / "x"): {script}}
    named = tmp_path / "named" / word
    named.mkdir(parents=True)
    assert leaks_under([named.parent]) == {str(named): {script}}

"""Promises of the window, seen from outside: what its processes write, hold, open and leave."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from crypto import keys, keyslots
from crypto.keyslots import Passphrase
from notebook.environment import real_environment
from notebook.folder import Folder, choose_slots
from notebook.forms import load_forms
from notebook.forms.model import FieldType
from notebook.notebook import Kdf, Notebook
from tests.faults import support_media as media
from tests.faults.support_canaries import (
    FILE_MARK,
    MARKS,
    PASSPHRASE,
    PICTURE,
    SECRETS,
    TESTIMONY,
    Canaries,
    files_under,
    found_in,
    found_in_memory,
    leaks_under,
)
from tests.faults.support_media import Medium
from tests.faults.support_session import picture, private_environment
from tests.faults.support_traced import Call, calls, foreign_sockets, prefix, root_only
from tests.faults.support_windows import Guarded, Hands, guarded
from tests.journeys.screen import own_screen
from tests.processes import await_end, below, children_of, command_of
from tests.support import oracle

SHARED_MEMORY = Path("/dev/shm")
WAIT_S: Final = 60.0
PREFERENCES: Final = Path("config") / "field-notebook" / "preferences.json"


@dataclass(kw_only=True)
class Seen:
    """What was seen of one session in the window, from outside."""

    base: Path
    trace: Path
    open_window: set[str] = field(default_factory=set)
    """What the memory of the unlocked window held."""
    guard: set[str] = field(default_factory=set)
    next_window: set[str] = field(default_factory=set)
    in_reach: list[set[str]] = field(default_factory=list)
    """What guard and next window are known to hold: the folder's path."""
    left: list[int] = field(default_factory=list)
    """Processes of ours that were there after locking, without the guard."""
    fresh: int = 0
    told: list[bytes] = field(default_factory=list)
    """Arguments and environments of the processes of ours."""
    unsaved: str = ""
    drafts: str = ""


def key_needles(folder: Path) -> dict[str, list[bytes]]:
    """The keys of a notebook, as they might lie in a memory."""
    environment = real_environment()
    slots = choose_slots(Folder(folder), allows_testing=False).slots
    opened = keyslots.unlock(
        slots, Passphrase(text=PASSPHRASE), available_bytes=environment.available_bytes()
    )
    database = keys.database_key(opened.notebook_key).key
    drafts = keys.drafts_key(opened.notebook_key).key
    return {
        "a key of the database": [database, database.hex().encode()],
        "a key of the drafts": [drafts, drafts.hex().encode()],
        "the notebook key": [opened.notebook_key, opened.notebook_key.hex().encode()],
    }


def told(pid: int) -> list[bytes]:
    """What everybody on the machine may read of a process, and its environment."""
    return [(Path(f"/proc/{pid}") / name).read_bytes() for name in ("cmdline", "environ")]


def make_notebook(window: Hands, folder: Path) -> None:
    window.click("New notebook", "Choose…")
    window.choose(folder)
    window.fill("Your name in this notebook", "K-7")
    window.fill("Passphrase", PASSPHRASE)
    window.fill("The same once more", PASSPHRASE)
    window.click("Sparing: 64 MB, for an old computer", "Make the notebook")
    window.see("Handover")


def take_interview(window: Hands, canaries: Canaries, photograph: Path) -> None:
    window.click("New case")
    window.begin_record(canaries.word("Russian"))
    window.press("Ctrl+S")
    window.see("Saved")
    window.click("Interviews", "New interview")
    window.begin_record(canaries.word("Kazakh"))
    for each in load_forms()["interview"].fields:
        if each.type is FieldType.LONG_TEXT:
            window.fill(each.label, "\n".join(canaries.word(script) for script in MARKS))
    window.press("Ctrl+S")
    window.see("Saved")
    window.press("Ctrl+Shift+A")
    window.choose(photograph)
    window.see("1 file was taken in")


def search(window: Hands, canaries: Canaries) -> None:
    window.click("Interviews")
    window.press("F3")
    window.do("type", text=canaries.word("Chinese"))
    window.see("Nothing here has these words.")
    window.press("Ctrl+A")
    window.press("Ctrl+C")
    window.press("Delete")


def seal(window: Hands, out: Path) -> None:
    choose_place(window, out)
    window.see("are free there")
    window.click("Seal")


def choose_place(window: Hands, out: Path) -> None:
    window.click("Handover", "Seal for…")
    window.see("Which cases go?")
    window.click("Go on")
    window.see("Who is to open it?")
    window.do("click", kind="words", name="Berik")
    window.click("Look at what leaves")
    window.see("Everything that leaves")
    window.click("Go on", "Choose a folder…")
    window.choose(out)


def add_contact(window: Hands, card: Path) -> None:
    window.click("Contacts", "Add a contact", "Take the card from files…")
    window.choose(card)
    window.click("Mark as compared")
    window.see("Compared in person")


def card_of_another(place: Path) -> Path:
    """The card of a reader, in a file."""
    other = Notebook.create(
        place / "other",
        PASSPHRASE,
        author_name="Berik",
        kdf=Kdf.LOW_MEMORY,
        environment=real_environment(),
    )
    card = place / "card"
    card.write_text(other.my_card().encode(), encoding="ascii")
    other.close()
    return card


def live(program: Guarded, seen: Seen, photograph: Path, card: Path) -> None:
    """Work in the window, lock, and look at what there is afterwards."""
    canaries, folder = Canaries(), seen.base / "n"
    folder.mkdir(mode=0o700)
    window = program.next_window()
    make_notebook(window, folder)
    take_interview(window, canaries, photograph)
    search(window, canaries)
    add_contact(window, card)
    seal(window, seen.base / "out")
    window.see("Sealed, read back and whole")
    window.click("Interviews", "New interview")
    seen.unsaved = canaries.word("Uyghur")
    window.begin_record(seen.unsaved)
    secrets = {**TESTIMONY, **SECRETS, **key_needles(folder)}
    seen.open_window = found_in_memory(window.pid, secrets)
    for pid in (program.pid, *children_of(program.pid)):
        seen.told += told(pid)
    window.end("F12")
    following = program.next_window()
    following.see("Locked")
    path = {"path": [bytes(folder)]}
    seen.fresh = following.pid
    seen.left = children_of(program.pid)
    seen.guard = found_in_memory(program.pid, secrets)
    seen.next_window = found_in_memory(following.pid, secrets)
    seen.in_reach = [found_in_memory(pid, path) for pid in (program.pid, following.pid)]
    seen.told += told(following.pid)
    following.end("Ctrl+Q")
    program.process.wait()
    notebook = Notebook.unlock(folder, PASSPHRASE, environment=real_environment())
    seen.drafts = str([draft.fields for draft in notebook.drafts.all()])
    notebook.close()


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    root_only()
    home = tmp_path_factory.mktemp("window")
    base, sources = home / "base", home / "sources"
    for folder in (base, sources, base / "out"):
        folder.mkdir(mode=0o700)
    photograph = picture(sources / f"{FILE_MARK}.jpg")
    card = card_of_another(sources)
    seen = Seen(base=base, trace=home / "trace")
    environment = private_environment(base / "home")
    with own_screen() as screen:
        shown = {"DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb"}
        with guarded(environment | shown, watch=prefix(seen.trace)) as program:
            live(program, seen, photograph, card)
    return seen


def leaves(call: Call) -> set[str]:
    """What leaves in clear with a call."""
    found = found_in(call.given) if call.is_leaving else set()
    # The picture goes to the process that decodes it, and its metadata come back.
    _number, place = call.descriptor
    return found - set(PICTURE) if call.name == "write" and place.startswith("pipe:") else found


def test_nothing_leaves_the_windows_processes_in_clear(seen: Seen) -> None:
    leaks = [
        (call.name, call.descriptor, found) for call in calls(seen.trace) if (found := leaves(call))
    ]
    assert leaks == [], leaks


def test_the_watch_saw_the_picture_go_to_its_decoder(seen: Seen) -> None:
    found = [found_in(call.given) for call in calls(seen.trace) if call.name == "write"]
    assert set(PICTURE) in found


def test_nothing_lies_on_the_disk_in_clear(seen: Seen) -> None:
    assert [*(seen.base / "out").glob("*.sealed.age")]
    assert leaks_under([seen.base, SHARED_MEMORY]) == {}


def test_nothing_lies_outside_the_notebook_but_the_preferences(seen: Seen) -> None:
    home = seen.base / "home"
    left = {str(path.relative_to(home)) for path in files_under([home])}
    assert left <= {str(PREFERENCES)}, left
    made = [path for path in seen.base.rglob("*") if path.name not in ("base", "out")]
    assert {path.stat().st_mode & 0o777 for path in made if path.is_file()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in made if path.is_dir()} == {0o700}


def test_the_window_opens_no_connection(seen: Seen) -> None:
    assert foreign_sockets([seen.trace]) == set()
    # It does talk to the display, so the watch does see sockets.
    assert any(call.name == "socket" for call in calls(seen.trace))


def test_after_lock_no_process_of_ours_holds_a_key_or_a_word(seen: Seen) -> None:
    assert seen.left == [seen.fresh]
    assert seen.guard == set()
    assert seen.next_window == set()
    # Their memory was looked into: what they may know was found.
    assert seen.in_reach == [{"path"}, {"path"}]


def test_the_unlocked_window_does_hold_keys_and_words(seen: Seen) -> None:
    assert set(MARKS) <= seen.open_window
    assert "the notebook key" in seen.open_window or "a key of the database" in seen.open_window


def test_what_was_being_typed_at_the_lock_is_a_draft(seen: Seen) -> None:
    assert seen.unsaved
    assert seen.unsaved in seen.drafts


def test_arguments_and_environments_tell_nothing(seen: Seen) -> None:
    assert len(seen.told) >= 6
    started = [call.given for call in calls(seen.trace) if call.name == "execve"]
    assert len(started) >= 4
    for text in (*seen.told, *started):
        assert found_in(text) == set()


# Locking while something else goes on, in processes nobody watches.


@pytest.fixture(params=[Kdf.LOW_MEMORY])
def program(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Guarded]:
    folder = tmp_path / "notebook"
    notebook = Notebook.create(
        folder, PASSPHRASE, author_name="K-7", kdf=request.param, environment=real_environment()
    )
    notebook.add("case", None, {"title": "Invented case"})
    notebook.close()
    environment = private_environment(tmp_path / "home") | {"QT_QPA_PLATFORM": "offscreen"}
    with guarded(environment, folder, is_patient=False) as program:
        yield program


def unlock(window: Hands) -> None:
    window.fill("Passphrase", PASSPHRASE)
    window.press("Return")
    window.see("Unlocked")
    window.press("Return")
    window.see("Handover")


# The standard derivation takes about a second, which is long enough to be met.
@pytest.mark.parametrize("program", [Kdf.STANDARD], indirect=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_the_program_ends_while_a_key_is_derived(program: Guarded, number: signal.Signals) -> None:
    window = program.next_window()
    window.fill("Passphrase", PASSPHRASE)
    # It is over soon: who asked from outside whether it is there might come too late.
    window.do("press_seeing", keys="Return", text="Unlocking…")
    os.kill(program.pid, number)
    assert program.process.wait() == 0
    assert not Path(f"/proc/{window.pid}").exists()


def test_a_window_whose_guard_is_killed_ends_too(program: Guarded) -> None:
    window = program.next_window()
    unlock(window)
    program.process.kill()
    program.process.wait()
    await_end(window.pid)


def test_the_lock_works_while_a_write_stalls(program: Guarded) -> None:
    root_only()
    window = program.next_window()
    unlock(window)
    window.click("Interviews", "New interview")
    window.begin_record("Invented interview")
    stall = "inject=fsync,fdatasync:delay_enter=60000000"
    watch = [oracle("strace"), "-f", "-e", "trace=fsync,fdatasync,exit_group", "-e", stall]
    watcher = subprocess.Popen([*watch, "-p", str(window.pid)], stderr=subprocess.PIPE)
    assert watcher.stderr is not None
    with watcher, watcher.stderr:
        try:
            await_said(watcher, b"attached")
            window.press("Ctrl+S")
            # The save has reached the disk and stands there.
            await_said(watcher, b"sync(")
            os.kill(window.pid, signal.SIGTERM)
            await_said(watcher, b"exit_group(", b"killed by")
        finally:
            # The watcher itself keeps the stalled threads from ending with their process.
            watcher.kill()
    await_end(window.pid)
    following = program.next_window()
    following.see("Locked")
    following.end("Ctrl+Q")
    assert program.process.wait() == 0


def test_the_lock_works_while_a_stick_never_answers(program: Guarded, tmp_path: Path) -> None:
    root_only()
    (tmp_path / "out").mkdir(mode=0o700)
    notebook = Notebook.unlock(tmp_path / "notebook", PASSPHRASE, environment=real_environment())
    notebook.add_contact(card_of_another(tmp_path).read_text())
    notebook.close()
    window = program.next_window()
    unlock(window)
    stall = "inject=fsync:delay_enter=60000000"
    watch = [oracle("strace"), "-f", "-e", "trace=fsync,exit_group", "-e", stall]
    watcher = subprocess.Popen([*watch, "-p", str(window.pid)], stderr=subprocess.PIPE)
    assert watcher.stderr is not None
    with watcher, watcher.stderr:
        try:
            await_said(watcher, b"attached")
            seal(window, tmp_path / "out")
            # The writer's first sync has reached the stick and stands there; others may come first.
            said = b""
            while not (writers := [pid for pid in writers_of(window.pid) if syncs(pid, said)]):
                said += await_said(watcher, b"fsync(")
            (writer,) = writers
            os.kill(window.pid, signal.SIGTERM)
            await_said(watcher, b"%5d] exit_group(" % window.pid, b"killed by")
        finally:
            # The watcher itself keeps the stalled threads from ending with their process.
            watcher.kill()
    await_end(window.pid)
    # What waited held no key, and goes as soon as the system lets it.
    await_end(writer)
    assert {path.suffix for path in (tmp_path / "out").iterdir()} == {".part"}
    following = program.next_window()
    following.see("Locked")
    following.end("Ctrl+Q")
    assert program.process.wait() == 0


@pytest.fixture
def stick(tmp_path: Path) -> Iterator[Medium]:
    """A stick with FAT32 that a process of ours serves."""
    made, below = media.make("vfat", tmp_path)
    try:
        if made.server is None:
            pytest.skip("the kernel serves FAT here, and no process that can be stopped")
        yield made
    finally:
        media.unmake(made, below)


def before_a_seal_to(stick: Medium, program: Guarded, tmp_path: Path) -> Hands:
    """The window, unlocked, with all chosen but the last button."""
    notebook = Notebook.unlock(tmp_path / "notebook", PASSPHRASE, environment=real_environment())
    notebook.add_contact(card_of_another(tmp_path).read_text())
    notebook.close()
    window = program.next_window()
    unlock(window)
    choose_place(window, stick.place)
    window.see("is small")
    return window


def test_a_stick_that_was_pulled_out_is_said_and_the_lock_works(
    program: Guarded, tmp_path: Path, stick: Medium
) -> None:
    window = before_a_seal_to(stick, program, tmp_path)
    stick.pull_out()
    window.click("Seal")
    window.see("perhaps it was pulled out")
    window.end("Ctrl+L")
    following = program.next_window()
    following.see("Locked")
    following.end("Ctrl+Q")
    assert program.process.wait() == 0
    stick.clear()
    stick.put_in()
    assert stick.names() == set()


def test_the_lock_works_while_a_file_system_never_answers(
    program: Guarded, tmp_path: Path, stick: Medium
) -> None:
    window = before_a_seal_to(stick, program, tmp_path)
    stick.stall()
    window.click("Seal")
    until_s = time.monotonic() + WAIT_S
    while not any(map(stands_in_the_system, writers := writers_of(window.pid))):
        assert time.monotonic() < until_s, "nothing waits for the stick"
        time.sleep(0.01)
    window.end("F12")
    following = program.next_window()
    following.see("Locked")
    # What waits inside the system holds no key, and goes when the stick does.
    stick.pull_out()
    for writer in writers:
        await_end(writer)
    following.end("Ctrl+Q")
    assert program.process.wait() == 0


def stands_in_the_system(pid: int) -> bool:
    """Whether a process waits inside a call for the answer of a file system that is a process."""
    with suppress(FileNotFoundError, ProcessLookupError):
        where = Path(f"/proc/{pid}/wchan").read_text()
        return where.startswith(("request_wait", "fuse_"))
    return False


def writers_of(pid: int) -> list[int]:
    """The processes that write for a window, whichever of its threads started them."""
    return [child for child in below(pid) if b"writer_child" in command_of(child)]


def syncs(pid: int, said: bytes) -> bool:
    """Whether a watcher has said that this process syncs."""
    return b"%5d] fsync(" % pid in said


def await_said(watcher: "subprocess.Popen[bytes]", *words: bytes) -> bytes:
    """Wait until the watcher says one of these, also in an unended line; what it said till then.

    A process that locks ends by itself or, where it cannot so soon, is killed by its guard.
    """
    assert watcher.stderr is not None
    said = b""
    while not any(each in said for each in words):
        received = os.read(watcher.stderr.fileno(), 4096)
        assert received, "the watcher ended"
        said += received
    return said

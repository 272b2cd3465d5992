"""A session in which somebody is recorded and heard again, seen from outside; the account says 000.

Nothing of the sound, its title, its marks or its words may lie or pass anywhere, and after the lock
neither key nor sound nor process may be left, though the process that plays hangs.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from notebook.environment import real_environment
from notebook.model import CaseId
from notebook.notebook import Kdf, Notebook
from notebook.ogg import PacketReader
from notebook.opus import OpusDecoder
from tests.faults.support_canaries import (
    MARKS,
    PASSPHRASE,
    Canaries,
    files_under,
    found_in,
    found_in_memory,
    leaks_under,
)
from tests.faults.support_session import private_environment
from tests.faults.support_traced import Call, calls, prefix, root_only
from tests.faults.support_windows import Guarded, Hands, guarded
from tests.faults.test_promises_window import (
    PREFERENCES,
    SHARED_MEMORY,
    key_needles,
    told,
    unlock,
)
from tests.notebook.support_sound import room
from tests.processes import below, command_of

WAIT_S: Final = 60.0
SLICE_BYTES: Final = 24


@dataclass(kw_only=True)
class Seen:
    """What was seen of the session, from outside."""

    base: Path
    runtime_leaks: dict[str, set[str]] = field(default_factory=dict)
    trace: Path
    shared: set[Path] = field(default_factory=set)
    """What our processes opened to write in the memory that all share."""
    recorder: set[str] = field(default_factory=set)
    """What the memory of the process that records held of keys and words."""
    player: set[str] = field(default_factory=set)
    open_window: set[str] = field(default_factory=set)
    guard: set[str] = field(default_factory=set)
    next_window: set[str] = field(default_factory=set)
    limits: list[str] = field(default_factory=list)
    told: list[bytes] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    """Processes that were there while the window was open, without the guard."""
    left: list[int] = field(default_factory=list)
    fresh: int = 0
    encoded: list[bytes] = field(default_factory=list)
    """Pieces of the sound as it is kept, inside the encryption."""
    played: list[bytes] = field(default_factory=list)
    """Pieces of the sound as it is heard."""
    said: str = ""
    # From the trace.
    leaks: list[tuple[str, tuple[int, str], set[str]]] = field(default_factory=list)
    piping: set[int] = field(default_factory=set)
    sockets: set[str] = field(default_factory=set)
    started: set[int] = field(default_factory=set)
    protected: set[int] = field(default_factory=set)


def child_of(window: Hands) -> int:
    """The one process that records for a window."""
    until_s = time.monotonic() + WAIT_S
    while True:
        found = [pid for pid in below(window.pid) if b"notebook.sound_child" in command_of(pid)]
        if found:
            (pid,) = found
            return pid
        assert time.monotonic() < until_s, "nothing records"
        time.sleep(0.05)


def look_at(program: Guarded, seen: Seen) -> None:
    """What everybody may read of every process of ours, and what it may leave behind."""
    for pid in (program.pid, *below(program.pid)):
        seen.told += told(pid)
        limits = Path(f"/proc/{pid}/limits").read_text()
        seen.limits += [line for line in limits.splitlines() if "core file" in line]


def record(program: Guarded, window: Hands, seen: Seen, secrets: dict[str, list[bytes]]) -> None:
    window.press("Ctrl+Shift+R")
    window.see("No consent to sound")
    window.press("Return")
    window.do("recorded", seconds=3)
    window.press("F8")
    window.see("Marked at")
    look_at(program, seen)
    seen.recorder = found_in_memory(child_of(window), secrets)
    window.press("Ctrl+Shift+P")
    window.see("The microphone is off")
    window.press("Ctrl+Shift+P")
    window.do("recorded", seconds=6)
    window.press("Ctrl+Shift+E")
    window.see("It is evidence now")


def listen(program: Guarded, window: Hands, seen: Seen, secrets: dict[str, list[bytes]]) -> None:
    canaries = Canaries(count=100)
    window.click("Evidence")
    window.do("row", name="Evidence", text="Recording of")
    window.see("Listen")
    window.fill("Title", canaries.word("Chinese"))
    window.press("Ctrl+S")
    window.see("Saved")
    window.click("Listen")
    # It hangs, and hears nobody who asks it to end. The window itself sees to that, at once: who
    # asked from outside might come when all was heard.
    player = int(str(window.do("hang_player", after_s=1)))
    look_at(program, seen)
    seen.player = found_in_memory(player, secrets)


def live(program: Guarded, seen: Seen, title: str) -> None:
    folder = seen.base / "n"
    # As a process holds them in its memory; what it writes is searched in every form.
    words = {**MARKS, "passphrase": PASSPHRASE}
    as_held = {name: [text.encode(), text.encode("utf-16-le")] for name, text in words.items()}
    secrets = as_held | key_needles(folder)
    window = program.next_window()
    unlock(window)
    window.click("Interviews")
    window.do("row", name="Interviews", text=title)
    window.do("holds", name="Title", text=title)
    record(program, window, seen, secrets)
    listen(program, window, seen, secrets)
    seen.open_window = found_in_memory(window.pid, secrets)
    seen.gone = below(program.pid)
    window.end("F12")
    following = program.next_window()
    following.see("Locked")
    seen.fresh, seen.left = following.pid, below(program.pid)
    seen.said, content = kept(folder)
    seen.encoded, seen.played = pieces(content)
    sound = {"encoded sound": seen.encoded[:6], "sound": seen.played[:6]}
    seen.guard = found_in_memory(program.pid, secrets | sound)
    seen.next_window = found_in_memory(following.pid, secrets | sound)
    following.end("Ctrl+Q")
    program.process.wait()


def kept(folder: Path) -> tuple[str, bytes]:
    """What the recording says of itself, and the sound in it."""
    notebook = Notebook.unlock(folder, PASSPHRASE, environment=real_environment())
    (row,) = notebook.rows(type="evidence")
    said = str(notebook.record(row.id).fields)
    with notebook.evidence_content(row.id) as reader:
        content = reader.read()
    notebook.close()
    return said, content


def pieces(content: bytes) -> tuple[list[bytes], list[bytes]]:
    """Pieces of every page, by which the sound would be known: encoded, and as it is heard."""
    encoded, played = [], []
    decoder = OpusDecoder()
    for packet in PacketReader().feed(content):
        if not packet.startswith((b"OpusHead", b"OpusTags")):
            samples = decoder.decode(packet)
            middle = len(packet) // 2
            encoded.append(packet[middle : middle + SLICE_BYTES])
            played.append(samples[960 : 960 + SLICE_BYTES])
    decoder.close()
    # The first are silence.
    return (
        [one for one in encoded[20::10] if len(one) == SLICE_BYTES],
        [one for one in played[20::10] if len(set(one)) > SLICE_BYTES // 2],
    )


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    root_only()
    home = tmp_path_factory.mktemp("recorded")
    base = home / "base"
    base.mkdir(mode=0o700)
    environment = private_environment(base / "home")
    title = Canaries().word("Kazakh")
    notebook = Notebook.create(
        base / "n",
        PASSPHRASE,
        author_name="K-7",
        kdf=Kdf.LOW_MEMORY,
        environment=real_environment(),
    )
    case, _changes = notebook.add("case", None, {"title": Canaries().word("Russian")})
    notebook.add("interview", CaseId(case), {"title": title, "account": " ".join(MARKS.values())})
    notebook.close()
    with room() as there:
        seen = Seen(base=base, trace=home / "trace")
        shown = environment | there.environment | {"QT_QPA_PLATFORM": "offscreen"}
        with guarded(shown, base / "n", watch=prefix(seen.trace), umask=0) as program:
            live(program, seen, title)
        seen.runtime_leaks = leaks_under([there.folder])
        there.daemon.terminate()
        there.daemon.wait()
    watched(seen)
    return seen


def watched(seen: Seen) -> None:
    """Read the trace once."""
    for call in calls(seen.trace):
        if call.name == "socket":
            seen.sockets.add(call.family)
        elif call.name == "execve" and call.arguments.rstrip().endswith(b"= 0"):
            seen.started.add(call.pid)
        elif call.name in ("open", "openat") and call.is_leaving:
            path = Path(os.fsdecode(call.given))
            if path.is_relative_to(SHARED_MEMORY):
                seen.shared.add(path)
        elif call.name == "prctl" and b"PR_SET_DUMPABLE, SUID_DUMP_DISABLE" in call.arguments:
            seen.protected.add(call.pid)
        if call.is_leaving:
            found = found_in(call.given)
            if has_piece(call.given, seen.encoded):
                if goes_by_pipe(call):
                    seen.piping.add(call.pid)
                else:
                    found.add("sound")
            if found:
                seen.leaks.append((call.name, call.descriptor, found))


def has_piece(data: bytes, wanted: Sequence[bytes]) -> bool:
    return any(piece in data or piece.hex().encode() in data for piece in wanted)


def goes_by_pipe(call: Call) -> bool:
    return call.name == "write" and call.descriptor[1].startswith("pipe:")


def test_something_was_recorded_marked_and_paused(seen: Seen) -> None:
    assert len(seen.encoded) >= 10
    assert len(seen.played) >= 10
    assert "marks" in seen.said


def test_nothing_of_it_leaves_a_process_in_clear(seen: Seen) -> None:
    assert seen.leaks == [], seen.leaks


def test_the_watch_saw_the_sound_come_from_the_recorder_and_go_to_the_player(seen: Seen) -> None:
    assert len(seen.piping) >= 2


def test_nothing_of_it_lies_anywhere(seen: Seen) -> None:
    assert leaks_under([seen.base, SHARED_MEMORY]) == {}
    assert seen.runtime_leaks == {}
    sound = [*seen.encoded, *seen.played]
    assert [path for path in files_under([seen.base]) if has_piece(path.read_bytes(), sound)] == []
    # A client of the sound system that was killed may leave what it shared with it.
    assert [path for path in seen.shared if path.exists()] == []


def test_what_was_made_is_its_owners_alone(seen: Seen) -> None:
    home = seen.base / "home"
    assert {str(path.relative_to(home)) for path in files_under([home])} <= {str(PREFERENCES)}
    made = [*seen.base.rglob("*")]
    assert {path.stat().st_mode & 0o777 for path in made if path.is_file()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in made if path.is_dir()} == {0o700}


def test_no_connection_is_opened(seen: Seen) -> None:
    assert seen.sockets == {"UNIX"}


def test_neither_recorder_nor_player_holds_a_key_or_a_word(seen: Seen) -> None:
    assert seen.recorder == set()
    assert seen.player == set()
    # The same look finds them where they are.
    assert set(MARKS) <= seen.open_window
    assert seen.open_window & {"the notebook key", "a key of the database"}


def test_after_the_lock_no_process_is_left_though_one_hangs(seen: Seen) -> None:
    # The window, and the process that played.
    assert len(seen.gone) == 2
    assert seen.left == [seen.fresh]
    assert [pid for pid in seen.gone if Path(f"/proc/{pid}").exists()] == []
    assert seen.guard == set()
    assert seen.next_window == set()


def test_every_process_protects_itself_and_tells_nothing(seen: Seen) -> None:
    # Guard, window and recorder, then guard, window and player.
    assert len(seen.told) == 12
    for text in seen.told:
        assert found_in(text) == set()
    assert len(seen.limits) == 6
    for line in seen.limits:
        assert line.split()[4:6] == ["0", "0"], line
    # Two windows, a recorder and a player at the least, and the guard.
    assert len(seen.started) >= 5
    assert seen.started <= seen.protected

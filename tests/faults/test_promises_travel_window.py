"""P14 in the window: after the lock no process holds a word, and the laptop gives none away."""

from __future__ import annotations

from pathlib import Path

import pytest

from notebook import swap
from notebook.environment import real_environment
from notebook.mission_card import MissionCard
from notebook.notebook import Kdf, Notebook
from tests.faults.support_canaries import (
    MARKS,
    PASSPHRASE,
    SECRETS,
    TESTIMONY,
    Canaries,
    found_in,
    found_in_memory,
    leaks_under,
)
from tests.faults.support_session import private_environment
from tests.faults.support_solver import Solver
from tests.faults.support_traced import root_only
from tests.faults.support_windows import Hands, guarded
from tests.notebook import support_travel as travelling
from tests.processes import children_of


def unlock(window: Hands) -> None:
    window.fill("Passphrase", PASSPHRASE)
    window.press("Return")
    if swap.unsafe():
        # This machine swaps in clear; that it is refused is tested elsewhere.
        window.click("Open it all the same")
    window.see("Unlocked")
    window.press("Return")
    window.see("Travel mode")


def write(window: Hands, canaries: Canaries) -> None:
    """A case, an interview that is saved, and one that is not."""
    window.click("New case")
    window.begin_record(canaries.word("Russian"))
    window.press("Ctrl+S")
    window.see("Sealed in this session: 1 record")
    window.click("Interviews", "New interview")
    window.begin_record(canaries.word("Kazakh"))
    window.fill("Account", "\n".join(canaries.word(script) for script in MARKS))
    window.press("Ctrl+S")
    window.see("Sealed in this session: 2 records")
    window.click("Interviews", "New interview")
    window.begin_record(canaries.word("Uyghur"))


@pytest.mark.timeout(300)
def test_a_session_in_the_window_is_nowhere_after_its_lock(tmp_path: Path) -> None:
    root_only()
    home = travelling.headquarters(tmp_path / "home")
    laptop = tmp_path / "laptop"
    made = Notebook.create(
        laptop,
        PASSPHRASE,
        author_name="K-7",
        kdf=Kdf.LOW_MEMORY,
        environment=real_environment(),
        mission=MissionCard(card=home.travel.missions()[0].card),
    )
    home.add_contact(made.my_card().encode())
    made.close()
    wanted = {**TESTIMONY, **SECRETS}
    environment = private_environment(tmp_path / "account") | {"QT_QPA_PLATFORM": "offscreen"}
    with guarded(environment, laptop) as program:
        window = program.next_window()
        unlock(window)
        write(window, Canaries())
        assert set(MARKS) <= found_in_memory(window.pid, wanted)
        window.end("F12")
        following = program.next_window()
        following.see("This laptop cannot open them")
        assert children_of(program.pid) == [following.pid]
        assert found_in_memory(program.pid, wanted) == set()
        assert found_in_memory(following.pid, wanted) == set()
        following.end("Ctrl+Q")
        program.process.wait()
    assert leaks_under([laptop, tmp_path / "account"]) == {}
    seized = Notebook.unlock(laptop, PASSPHRASE, environment=travelling.environment("seized"))
    found = [found_in(data, TESTIMONY) for data in Solver(laptop, seized).readable()]
    assert set().union(*found) == set()
    seized.close()
    # Headquarters has it all, what was not saved too.
    travelling.opened(home, travelling.bundles(laptop))
    told = "\n".join(str(home.record(row.id)) for row in home.rows())
    assert set(MARKS) <= found_in(told.encode())
    assert found_in(str([draft.fields for draft in home.travel.unfinished()]).encode())
    home.close()

"""The window of a notebook that travels: what it says, and that nothing typed waits too long."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook import border
from notebook.contacts import read_card
from notebook.errors import Code, NotebookError
from notebook.model import CaseId
from notebook.notebook import Notebook
from notebook.outbox import Contents
from tests.notebook import support_notebook as support
from tests.notebook import support_travel as travelling
from tests.notebook.test_travel import draft
from tests.ui.handover_support import ARABIC_DIGITS, speak_arabic_digits
from tests.ui.test_door import Screen
from ui.runner import InlineRunner
from ui.session import Session
from ui.travel_presenter import TravelPresenter
from ui.unlock_presenter import UnlockPresenter


class Strip:
    """A strip that keeps what it was shown."""

    def __init__(self) -> None:
        self.words = ""

    def show_sealed(self, words: str) -> None:
        self.words = words


class Stage:
    """An open session of a notebook that travels, with its presenter."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self.said: list[str] = []
        self.session = Session(notebook, InlineRunner(), self._fail)
        self.strip = Strip()
        self.presenter = TravelPresenter(self.session, self.strip, self.said.append)

    def _fail(self, error: NotebookError) -> None:
        raise error


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    home = travelling.headquarters(tmp_path / "home")
    travelling.traveller(tmp_path / "laptop", home).close()
    home.close()
    made = Stage(travelling.session(tmp_path / "laptop", "in the window"))
    yield made
    made.notebook.close()


def test_the_strip_counts_what_the_session_sealed(stage: Stage) -> None:
    stage.presenter.start()
    assert "0 records, 0 files" in stage.strip.words
    assert "0 bundles" in stage.strip.words
    stage.session.change(lambda notebook: notebook.add("case", None, {"title": "x"})[1])
    assert "1 record, 0 files" in stage.strip.words
    assert "1 bundle," in stage.strip.words


def test_what_is_typed_is_sealed_at_the_lock(stage: Stage, tmp_path: Path) -> None:
    case = CaseId(support.case_in(stage.notebook))
    drafts = stage.notebook.drafts
    drafts.keep(draft(case, account="One"))
    drafts.keep(draft(case, account="One two"))
    before = {path.name for path in travelling.bundles(tmp_path / "laptop")}
    stage.presenter.tick()
    assert {path.name for path in travelling.bundles(tmp_path / "laptop")} == before
    stage.presenter.seal_drafts()
    after = {path.name for path in travelling.bundles(tmp_path / "laptop")}
    assert len(after) == len(before)
    assert after != before


def test_a_copy_of_the_outbox_is_said(stage: Stage, tmp_path: Path) -> None:
    support.case_in(stage.notebook)
    stage.presenter.copy(tmp_path / "stick")
    assert stage.said == ["1 bundle was copied and read back."]
    assert len([*(tmp_path / "stick").iterdir()]) == 1


def test_the_page_for_a_border_is_one_page_that_names_nothing(stage: Stage, tmp_path: Path) -> None:
    case = support.case_in(stage.notebook, "The case")
    out = tmp_path / "page.html"
    stage.presenter.write_page(out, "ug", is_right_to_left=True)
    page = out.read_text("utf-8")
    assert 'lang="ug" dir="rtl"' in page
    assert not [word for word in ("The case", "Aida", case, "script", "http") if word in page]
    assert out.stat().st_mode & 0o777 == 0o600
    assert len(border.page("en", is_right_to_left=False)) < 4000


def test_the_card_for_headquarters_is_saved_and_is_the_authors(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "card.txt"
    stage.presenter.save_card(out)
    card = read_card(out.read_text("utf-8"))
    assert card.author_id() == stage.notebook._core.identity.card().author_id()
    assert card.author_id() != stage.notebook.author
    assert out.stat().st_mode & 0o777 == 0o600
    [said] = stage.said
    assert card.fingerprint() in said
    speak_arabic_digits(monkeypatch)
    stage.presenter.save_card(out)
    assert card.fingerprint().translate(ARABIC_DIGITS) in stage.said[1]


class Gate:
    """A gate whose notebook waits behind unsafe memory."""

    def __init__(self) -> None:
        self.tries: list[bool] = []

    def outbox(self, folder: Path) -> Contents:
        return Contents(files=(folder / "one", folder / "two"), size_bytes=45_000)

    def unlock(
        self, folder: Path, passphrase: str, *, allows_unsafe_memory: bool = False
    ) -> Notebook:
        self.tries.append(allows_unsafe_memory)
        raise NotebookError(
            Code.UNSAFE_MEMORY if not allows_unsafe_memory else Code.WRONG_PASSPHRASE, "x"
        )


def test_the_unlock_page_tells_what_waits_and_offers_to_go_on(tmp_path: Path) -> None:
    page, gate = Screen(), Gate()
    presenter = UnlockPresenter(page, InlineRunner(), gate, lambda _notebook: None)  # type: ignore[arg-type]  # only what unlocking needs
    presenter.choose(tmp_path)
    words = str(page.last("outbox"))
    assert "2 bundles" in words
    assert "cannot open them" in words
    presenter.unlock("words")
    assert page.last("override") is True
    presenter.allow_unsafe_memory()
    presenter.unlock("words")
    assert gate.tries == [False, True]
    presenter.choose(tmp_path / "another")
    presenter.unlock("words")
    assert gate.tries == [False, True, False]

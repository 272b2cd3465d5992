"""The window's own sheets, one at a time: actions, keys, settings, passphrase, check, about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from PySide6.QtWidgets import QWidget

from notebook.model import RecordId
from ui.about_sheet import AboutSheet
from ui.actions import Action
from ui.check_presenter import CheckPresenter
from ui.check_sheet import CheckSheet
from ui.door import Advise
from ui.passphrase_presenter import PassphrasePresenter
from ui.passphrase_sheet import PassphraseSheet
from ui.preferences import Preferences
from ui.rooms import Place
from ui.runner import Runner
from ui.session import Session
from ui.settings_sheet import IDLE_MINUTES_SETTING, SettingsSheet
from ui.sheets import ActionSheet, KeysSheet
from ui.style.look import Look
from ui.system_watch import Hearing
from ui.watch_presenter import Watch
from ui.widgets.sheets import Sheet


class SheetHost(Protocol):
    """What sheets need of the window (see `ui.app`)."""

    idle_minutes: int
    hearing: Hearing

    def window_shown(self) -> QWidget:
        """The window to lie over."""

    def possible(self) -> Sequence[Action]:
        """The actions that can be done here and now."""

    def perform(self, name: str) -> bool:
        """Do an action; whether it could be done."""

    def preferences(self) -> Preferences:
        """The preferences in force."""

    def set_preferences(self, preferences: Preferences) -> None:
        """Put preferences into force and keep them."""

    def go(self, place: Place) -> None:
        """Take the person to another place."""


class WindowSheets:
    """Opens each sheet and connects it; the one that was open before is put away."""

    def __init__(
        self,
        host: SheetHost,
        look: Look,
        runner: Runner,
        advise: Advise,
        now_s: Callable[[], float],
    ) -> None:
        """`now_s` is a clock that never goes back."""
        self._host = host
        self._look = look
        self._runner = runner
        self._advise = advise
        self._now_s = now_s
        self._sheet: Sheet | None = None
        self._presenter: object = None
        """Of the sheet that is open. A signal does not keep what it is connected to alive."""

    def find_action(self) -> None:
        """Any action, by its words."""
        self.put_away()
        sheet = ActionSheet(self._look, self._host.possible(), self._host.window_shown())
        sheet.chosen.connect(self._host.perform)
        self._open(sheet, sheet.words)

    def show_keys(self) -> None:
        """The keys of this screen."""
        self.put_away()
        sheet = KeysSheet(self._look, self._host.possible(), self._host.window_shown())
        sheet.about_requested.connect(self.show_about)
        self._open(sheet)

    def put_away_keys(self) -> None:
        """What the sheet of keys says is no longer so."""
        if isinstance(self._sheet, KeysSheet):
            self.put_away()

    def show_about(self) -> None:
        """What the program is and what it cannot do."""
        self.put_away()
        self._open(AboutSheet(self._look, self._host.window_shown()))

    def show_settings(self, session: Session, watch: Watch) -> None:
        """Settings, and the words to note before one locks."""
        self.put_away()
        host = self._host
        sheet = SettingsSheet(
            self._look,
            host.preferences(),
            host.idle_minutes,
            host.hearing.in_words(),
            host.window_shown(),
        )
        sheet.preferences_changed.connect(host.set_preferences)
        sheet.idle_minutes_changed.connect(partial(_keep_idle_minutes, session))
        sheet.passphrase_requested.connect(partial(self.change_passphrase, session))
        sheet.check_requested.connect(partial(self.check, session, watch))
        sheet.about_requested.connect(self.show_about)
        asked = session.ask(lambda notebook: notebook.head_words(), sheet.head_words.show_words)
        sheet.closed.connect(asked.cancel)
        self._open(sheet, sheet.first)

    def change_passphrase(self, session: Session) -> None:
        """Another passphrase."""
        self.put_away()
        sheet = PassphraseSheet(self._look, self._host.window_shown())
        presenter = PassphrasePresenter(sheet, session, self._runner, self._advise)
        sheet.change_requested.connect(presenter.change)
        sheet.new_edited.connect(presenter.judge)
        sheet.suggestion_requested.connect(presenter.suggest)
        self._open(sheet, sheet.first, presenter=presenter)

    def check(self, session: Session, watch: Watch) -> None:
        """Check everything, now."""
        self._open_check(session, watch).check()

    def show_found(self, session: Session, watch: Watch) -> None:
        """What the background check found."""
        self._open_check(session, watch).show_known()

    def _open_check(self, session: Session, watch: Watch) -> CheckPresenter:
        self.put_away()
        sheet = CheckSheet(self._look, self._host.window_shown())
        presenter = CheckPresenter(session, sheet, watch, self._now_s)
        sheet.check_requested.connect(presenter.check)
        sheet.cancelled.connect(presenter.cancel)
        sheet.acknowledged.connect(presenter.acknowledge)
        sheet.closed.connect(presenter.leave)
        sheet.record_chosen.connect(self._go_to_record)
        self._open(sheet, presenter=presenter)
        return presenter

    def _go_to_record(self, record: str) -> None:
        self._host.go(Place(room="desk", record=RecordId(record)))

    def put_away(self) -> None:
        """Close the sheet that is open.

        Before the next one is made: it remembers where the focus is, to give it back.
        """
        if self._sheet:
            self._sheet.close_sheet()

    def _open(
        self, sheet: Sheet, first: QWidget | None = None, *, presenter: object = None
    ) -> None:
        self._sheet, self._presenter = sheet, presenter
        sheet.closed.connect(self._on_closed)
        sheet.open_sheet(first)

    def _on_closed(self) -> None:
        self._sheet = self._presenter = None


def _keep_idle_minutes(session: Session, minutes: int) -> None:
    session.change(lambda notebook: notebook.set_setting(IDLE_MINUTES_SETTING, minutes))

"""The composition root: the one place where views, presenters, jobs and the lock meet.

How to add a room
-----------------
1. Write `ui/<room>_presenter.py`: plain Python, no Qt. It follows `ui.rooms.Room` (`enter`,
   `changed`, `flush`, `actions`), names its view as a `Protocol`, talks to the notebook through
   `Session` (`ask` to read, `change` to write, `drafts`, `long_job`) and to the window through
   `ui.rooms.Shell` (`go`, `say`, `trouble`, `copy`, `refresh_actions`).
2. Write `ui/<room>_view.py`: a `QWidget` made with `Look` and a parent. It builds itself from
   `ui.widgets` and `ui.style.tokens` (no other literals), has signals for what the person wants and
   `show_…` methods for ready-made data, and decides nothing.
3. Write a function `_build_<room>(needs: RoomNeeds) -> BuiltRoom` in `ui/room_builders.py` that
   makes both and connects the view's signals to bound methods of the presenter, and add it to
   `ROOMS` there, and its line to `rail_lines()` if the rail leads to it.
4. Actions and their keys stand in `ui.actions.table()`; a room offers an action by naming it in
   `actions()`. Do not make `QShortcut`s: `ui.keys` takes keys before any widget, so that the lock
   works everywhere and letters work under every keyboard layout.

Tests give presenters a fake view, an `InlineRunner` and a real notebook; tests of the window press
keys on the window (`QTest.keyClick(view.windowHandle(), …)`), as the keyboard does.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTimer, QTranslator
from PySide6.QtWidgets import QApplication, QWidget

from notebook.errors import NotebookError
from notebook.i18n import set_language
from notebook.model import CaseId, Changes, JsonValue, RecordId
from ui import actions
from ui.actions import Action
from ui.clipboard import Clipboard
from ui.delivery import Delivery
from ui.door import Advise, Gate
from ui.door_window import DoorWindow
from ui.jobs import Jobs
from ui.keys import Keys
from ui.lock import IdleWatch, Lock
from ui.parting import Opened, Reason, Start
from ui.place_keeper import PlaceKeeper
from ui.preferences import Preferences, load_preferences, save_preferences, stepped
from ui.recording_place import RecordingPlace
from ui.room_builders import ROOMS, BuiltRoom, RoomNeeds, rail_lines
from ui.rooms import Place, Room
from ui.runner import Lane
from ui.session import Session
from ui.settings_sheet import IDLE_MINUTES, IDLE_MINUTES_SETTING
from ui.sheets import BugSheet, trace_without_content
from ui.shell_presenter import ShellPresenter
from ui.shell_view import ShellView
from ui.style.look import Look
from ui.style.tokens import TEXT_SCALES_PERCENT
from ui.system_watch import Buses, Hearing, SystemWatch
from ui.travelling import Travelling
from ui.watch_presenter import Watch
from ui.widgets.sheets import Sheet
from ui.window_sheets import WindowSheets

if TYPE_CHECKING:
    from notebook.notebook import Notebook

IDLE_CHECK_MS = 1_000
PLACE_AFTER_MS = 5_000
"""Where the person is is kept so often, if it is somewhere else; and always at the lock."""
NO_BUSES = Buses()


class App(QObject):
    """One window process: the door, then the notebook, then its end."""

    def __init__(
        self,
        application: QApplication,
        *,
        gate: Gate,
        advise: Advise,
        start: Start,
        preferences_path: Path,
        tell_opened: Callable[[Opened], None],
        make_lock: Callable[[Jobs], Lock],
        now_s: Callable[[], float],
        buses: Buses = NO_BUSES,
    ) -> None:
        super().__init__(application)
        self._preferences_path = preferences_path
        self._preferences = load_preferences(preferences_path)
        set_language(self._preferences.language)
        self._speak(application)
        self._tell_opened = tell_opened
        self._look = Look(application, self._preferences)
        self._delivery = Delivery(self)
        self.jobs = Jobs(self._delivery.deliver, self.show_bug)
        self._clipboard = Clipboard(self)
        self.locking = make_lock(self.jobs)
        self.locking.clear = self._clipboard.clear
        self._actions = {action.name: action for action in actions.table()}
        self._keys = Keys(tuple(self._actions.values()), self.perform, self)
        self._idle = IdleWatch(now_s)
        self._keys.touched.connect(self._idle.touch)
        self.idle_minutes = IDLE_MINUTES
        self._buses = buses
        self.system = SystemWatch(self)
        self.system.heard.connect(self._on_system)
        self.hearing = Hearing()
        self._shell: ShellPresenter | None = None
        self.view: ShellView | None = None
        self._session: Session | None = None
        self._built: dict[str, BuiltRoom] = {}
        self._watch: Watch | None = None
        self._recording: RecordingPlace | None = None
        self._sheets = WindowSheets(self, self._look, self.jobs, advise, now_s)
        self.door = DoorWindow(self._look, self.jobs, gate, advise, start, self._preferences)
        self.door.opened.connect(self._on_opened)
        self.door.closing.connect(self.close)
        self.door.about_requested.connect(self._sheets.show_about)
        self.door.copied.connect(self.copy)
        self.door.remember_changed.connect(self._on_remember)

    def _speak(self, application: QApplication) -> None:
        """Have dates, numbers and Qt's own words in the person's language, where there are any."""
        locale = QLocale(self._preferences.language)
        QLocale.setDefault(locale)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        translator = QTranslator(self)
        if translator.load(locale, "qtbase", "_", folder):
            application.installTranslator(translator)

    def start(self) -> None:
        """Show the door."""
        self.door.show()
        self._keys.watch(self.door.windowHandle())
        self.door.begin()
        # Not before the window is there: a bus may be slow, and is none of a person's business.
        self.jobs.run(
            Lane.SYSTEM,
            lambda _progress: self.system.listen(self._buses),
            self._on_hearing,
            self.trouble,
        )

    # What rooms ask for (ui.rooms.Shell).

    def go(self, place: Place) -> None:
        """Take the person to another place."""
        if self._shell:
            self._shell.go(place)

    def say(self, text: str, undo: Callable[[], None] | None = None) -> None:
        """Say one sentence at the foot of the window."""
        if self.view:
            self.view.say(text, undo)

    def trouble(self, error: NotebookError) -> None:
        """Say what happened, what is safe and what to do next."""
        if self.view:
            self.view.show_trouble(error)

    def refresh_actions(self) -> None:
        """Actions are asked for when they are needed; an open sheet of keys is put away."""
        self._sheets.put_away_keys()

    def copy(self, text: str) -> None:
        """Put text on the clipboard for a while."""
        self._clipboard.put(text)

    def preferences(self) -> Preferences:
        """The preferences in force."""
        return self._preferences

    def set_preferences(self, preferences: Preferences) -> None:
        """Put preferences into force and keep them."""
        self._preferences = preferences
        self._look.apply(preferences)
        try:
            save_preferences(self._preferences_path, preferences)
        except OSError:
            # They hold until the program ends; a full home folder must not stop an interview.
            return

    def record_sound(self, record: RecordId) -> None:
        """Record for this record, once what is to be thought of was said."""
        if self._recording:
            self._recording.ask(record)

    def lock(self) -> None:
        """Lock now."""
        self.locking.lock(Reason.ASKED)

    def lock_departed(self) -> None:
        """Lock: the notebook that was open is not the one on the disk any more."""
        self.locking.lock(Reason.DEPARTED)

    # What the shell's presenter asks for (ui.shell_presenter.ShellScreen).

    def show_room(self, name: str) -> None:
        """Bring a room to the front."""
        if self.view:
            self.view.show_room(self._built[name].view)
        if self._watch:
            self._watch.entered(name)

    def show_here(self, entry: str | None) -> None:
        """Mark where the person is."""
        if self.view:
            self.view.rail.show_here(entry)

    def show_cases(self, cases: Sequence[tuple[CaseId, str]], chosen: CaseId | None) -> None:
        """Offer the cases."""
        if self.view:
            self.view.rail.show_cases(cases, chosen)

    def has_sheet(self) -> bool:
        """Whether something lies over the page."""
        sheets = self.view.findChildren(Sheet) if self.view else []
        # A closed sheet is there until the event loop comes round to deleting it.
        is_covered = any(sheet.isVisible() for sheet in sheets)
        return is_covered or QApplication.activeModalWidget() is not None

    def show_trouble(self, error: NotebookError) -> None:
        """Show trouble."""
        self.trouble(error)

    # From unlock to lock.

    def close(self) -> None:
        """The window was closed: lock, and open none."""
        self.locking.lock(Reason.CLOSED)

    def end_for_system(self) -> None:
        """The system asked the process to end."""
        self.locking.lock(Reason.SYSTEM)

    def _on_system(self, reason: Reason) -> None:
        self.locking.lock(reason)

    def _on_hearing(self, hearing: Hearing) -> None:
        self.hearing = hearing
        self.system.delay_sleep()

    def show_bug(self, bug: BaseException) -> None:
        """Say that the program made a mistake."""
        trace = trace_without_content(bug)
        sys.stderr.write(trace + "\n")
        sheet = BugSheet(self._look, trace, self.window_shown())
        sheet.lock_requested.connect(self.lock)
        sheet.open_sheet()

    def on_exception(
        self, _kind: type[BaseException], bug: BaseException, _trace: TracebackType | None
    ) -> None:
        """Take the place of `sys.excepthook`."""
        self.show_bug(bug)

    def on_unraisable(self, report: sys.UnraisableHookArgs) -> None:
        """Take the place of `sys.unraisablehook`, which would print what was worked on."""
        if report.exc_value:
            self.show_bug(report.exc_value)

    def _on_opened(self, notebook: Notebook) -> None:
        self._tell_opened(Opened(folder=str(notebook.folder)))
        session = Session(notebook, self.jobs, self.trouble)
        self._session = session
        lines = rail_lines(is_travelling=session.is_travelling)
        view = ShellView(self._look, [entry for entry, _place in lines])
        self.view = view
        own = self._own_actions([entry.name for entry, _place in lines])
        places = {entry.name: place for entry, place in lines}
        shell = ShellPresenter(session, self, places, self._build_room, own)
        self._recording = RecordingPlace(self._look, session, view, self, self._idle.touch, own)
        self._shell = shell
        self.locking.flush = shell.flush
        self.locking.halt = session.halt
        if session.is_travelling:
            self._travel(session, view, shell)
        view.rail.entry_chosen.connect(shell.choose_entry)
        view.rail.case_chosen.connect(self._on_case)
        view.rail.lock_requested.connect(self.lock)
        view.rail.settings_requested.connect(self._show_settings)
        view.rail.keys_requested.connect(self._sheets.show_keys)
        view.attention.shown_more.connect(self._show_found)
        view.closing.connect(self.close)
        session.listen(self._on_changes)
        self._read_idle_minutes()
        timer = QTimer(self)
        timer.timeout.connect(self.check_idle)
        timer.start(IDLE_CHECK_MS)
        view.show()
        self._keys.watch(view.windowHandle())
        self.door.hide()
        shell.start()
        if not session.is_travelling:
            self._keep_place(session, view, shell)
        # It asks after the desk has asked, so that the desk is there first.
        watch = Watch(session, view.attention)
        self._watch = watch
        watch.start()

    def _travel(self, session: Session, view: ShellView, shell: ShellPresenter) -> None:
        """The notebook travels: the strip, drafts sealed in time, and all of them at the lock."""
        travelling = Travelling(session, view, self, self)
        self.locking.flush = partial(travelling.flush, shell.flush)
        travelling.start()

    def _keep_place(self, session: Session, view: ShellView, shell: ShellPresenter) -> None:
        """Take the person back where they were, and keep where they are."""
        keeper = PlaceKeeper(session, shell)
        self.locking.flush = partial(keeper.flush, shell.flush)
        keeper.start()
        timer = QTimer(view)
        timer.timeout.connect(keeper.keep)
        timer.start(PLACE_AFTER_MS)

    def _build_room(self, name: str) -> Room:
        assert self._session is not None
        assert self.view is not None
        needs = RoomNeeds(look=self._look, session=self._session, shell=self, parent=self.view)
        built = ROOMS[name](needs)
        self.view.add_room(built.view)
        self._built[name] = built
        return built.presenter

    def _on_case(self, case: str) -> None:
        if self._shell:
            self._shell.choose_case(CaseId(case) if case else None)

    def _on_changes(self, changes: Changes) -> None:
        if changes.settings:
            self._read_idle_minutes()

    def _read_idle_minutes(self) -> None:
        if self._session:
            self._session.ask(
                lambda notebook: notebook.setting(IDLE_MINUTES_SETTING, IDLE_MINUTES),
                self._set_idle_minutes,
            )

    def _set_idle_minutes(self, minutes: JsonValue) -> None:
        # Whatever stands there, locking by itself is never switched off.
        is_sensible = isinstance(minutes, int) and minutes >= 1
        self.idle_minutes = minutes if is_sensible and isinstance(minutes, int) else IDLE_MINUTES

    def check_idle(self) -> None:
        """Lock when nobody was there for too long."""
        if self._idle.is_over(self.idle_minutes):
            self.locking.lock(Reason.IDLE, self.idle_minutes)

    def _on_remember(self, folder: str) -> None:
        self.set_preferences(replace(self._preferences, last_folder=folder or None))

    # Actions.

    def perform(self, name: str) -> bool:
        """Do an action; whether it could be done."""
        if name == actions.LOCK:
            # At the door too: a key may be under way, and a passphrase may stand there.
            self.lock()
            return True
        action = self._actions[name]
        if self._shell:
            return self._shell.perform(action)
        act = self._anywhere().get(name)
        if act:
            act()
        return act is not None

    def _anywhere(self) -> dict[str, Callable[[], None]]:
        return {
            actions.LARGER: self._larger,
            actions.SMALLER: self._smaller,
            actions.ORDINARY_SIZE: self._ordinary,
            actions.SHOW_KEYS: self._sheets.show_keys,
            actions.ABOUT: self._sheets.show_about,
            actions.LOCK: self.lock,
            actions.CLOSE: self.close,
        }

    def _own_actions(self, entries: Sequence[str]) -> dict[str, Callable[[], None]]:
        # A notebook that travels seals to its mission by itself, and opens nothing.
        is_travelling = self._session is not None and self._session.is_travelling
        handover = {
            actions.SEAL: partial(self._enter, "seal"),
            actions.OPEN_BUNDLE: partial(self._enter, "open"),
        }
        return {
            **self._anywhere(),
            **{f"go-{name}": partial(self.choose_entry, name) for name in entries},
            **({} if is_travelling else handover),
            actions.FIND_ACTION: self._sheets.find_action,
            actions.SETTINGS: self._show_settings,
            actions.CHANGE_PASSPHRASE: self._change_passphrase,
            actions.CHECK: self._check,
        }

    def choose_entry(self, name: str) -> None:
        """Go where a line of the rail leads."""
        if self._shell:
            self._shell.choose_entry(name)
        if self.view:
            self.view.enter_room()

    def _enter(self, room: str) -> None:
        if self._shell:
            self._shell.enter(room)

    def possible(self) -> tuple[Action, ...]:
        """The actions that can be done here and now."""
        table = tuple(self._actions.values())
        if self._shell:
            return self._shell.can_be_done(table)
        return tuple(action for action in table if action.name in self._anywhere())

    def _show_settings(self) -> None:
        if self._session and self._watch:
            self._sheets.show_settings(self._session, self._watch)

    def _change_passphrase(self) -> None:
        if self._session:
            self._sheets.change_passphrase(self._session)

    def _check(self) -> None:
        if self._session and self._watch:
            self._sheets.check(self._session, self._watch)

    def _show_found(self) -> None:
        if self._session and self._watch:
            self._sheets.show_found(self._session, self._watch)

    def window_shown(self) -> QWidget:
        """The window that is in front: the door, or what is behind it."""
        return self.view or self.door

    def _larger(self) -> None:
        self.set_preferences(stepped(self._preferences, 1, TEXT_SCALES_PERCENT))

    def _smaller(self) -> None:
        self.set_preferences(stepped(self._preferences, -1, TEXT_SCALES_PERCENT))

    def _ordinary(self) -> None:
        self.set_preferences(replace(self._preferences, text_scale_percent=TEXT_SCALES_PERCENT[0]))

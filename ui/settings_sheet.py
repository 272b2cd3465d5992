"""Settings: what is kept on this computer, and what is kept inside the notebook."""

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from typing import Final

from PySide6.QtCore import QLocale, Signal
from PySide6.QtWidgets import QWidget

from notebook.i18n import ENGLISH, PSEUDO, _, languages, ngettext
from ui.head_words import HeadWords
from ui.preferences import Direction, Preferences, ThemeChoice
from ui.style.look import Look
from ui.style.tokens import TEXT_SCALES_PERCENT, Space
from ui.widgets.basics import Button, column, label, line, row
from ui.widgets.choices import Choice
from ui.widgets.flow import Flow
from ui.widgets.sheets import Sheet

IDLE_MINUTES_SETTING: Final = "idle_minutes"
IDLE_MINUTES: Final = 5
IDLE_CHOICES: Final = (1, 2, 5, 10, 20, 30)


class SettingsSheet(Sheet):
    """Each choice takes effect at once."""

    preferences_changed = Signal(object)
    idle_minutes_changed = Signal(int)
    passphrase_requested = Signal()
    check_requested = Signal()
    about_requested = Signal()

    def __init__(
        self,
        look: Look,
        preferences: Preferences,
        idle_minutes: int,
        also_locks: str,
        window: QWidget,
    ) -> None:
        """`also_locks` is a sentence: what locks the notebook beside the person and the clock."""
        super().__init__(look, _("Settings"), window)
        self._preferences = preferences
        self.theme = self._choice(
            _("Colours"),
            [
                (_("As the system"), ThemeChoice.SYSTEM),
                (_("Day"), ThemeChoice.LIGHT),
                (_("Night"), ThemeChoice.DARK),
            ],
            preferences.theme,
        )
        self.text_scale = self._choice(
            _("Size of text"),
            [(QLocale().toString(scale) + " %", scale) for scale in TEXT_SCALES_PERCENT],
            preferences.text_scale_percent,
        )
        self.language = self._choice(
            _("Language"),
            [(language_name(code), code) for code in languages()],
            preferences.language,
            _("After the next lock."),
        )
        self.direction = self._choice(
            _("Direction"),
            [
                (_("As the language"), Direction.BY_LANGUAGE),
                (_("Left to right"), Direction.LEFT_TO_RIGHT),
                (_("Right to left"), Direction.RIGHT_TO_LEFT),
            ],
            preferences.direction,
        )
        self.body.addWidget(
            label(_("These are kept on this computer, outside the notebook."), self, "small")
        )
        self.body.addSpacing(Space.S)
        self.body.addWidget(line(self))
        self.body.addSpacing(Space.S)
        choices = sorted({*IDLE_CHOICES, idle_minutes})
        self.idle = self._choice(
            _("Lock without input after"),
            [
                (ngettext("{count} minute", "{count} minutes", n).format(count=n), n)
                for n in choices
            ],
            idle_minutes,
        )
        self.body.addWidget(label(also_locks, self, "small"))
        self._passphrase = Button(_("Change the passphrase…"), self, look=look, icon="key")
        self._passphrase.clicked.connect(self.passphrase_requested)
        self._check = Button(_("Check the notebook…"), self, look=look, icon="ok")
        self._check.clicked.connect(self.check_requested)
        flow = Flow(self, Space.S)
        flow.add(self._passphrase)
        flow.add(self._check)
        self.body.addWidget(flow)
        self.body.addSpacing(Space.S)
        self.body.addWidget(line(self))
        self.body.addSpacing(Space.S)
        self.head_words = HeadWords(self)
        self.body.addWidget(self.head_words)
        about = Button(
            _("About, and what is not promised"), self, role="flush", look=look, icon="info"
        )
        about.clicked.connect(self.about_requested)
        foot = row()
        foot.addWidget(about)
        foot.addStretch()
        self.body.addLayout(foot)
        self.first = self.theme
        for box in (self.theme, self.text_scale, self.language, self.direction):
            box.activated.connect(self._on_preference)
        self.idle.activated.connect(self._on_idle)

    def _choice(
        self, name: str, choices: Sequence[tuple[str, object]], chosen: object, note: str = ""
    ) -> Choice:
        holder = QWidget(self)
        beside = row(holder, gap=Space.M)
        words = column_of(name, note, holder)
        beside.addWidget(words, 1)
        box = Choice(name, self._look, holder)
        for shown, value in choices:
            # Qt would turn an enum's member into plain text and lose what it is.
            box.addItem(shown, value.value if isinstance(value, Enum) else value)
        wanted = chosen.value if isinstance(chosen, Enum) else chosen
        box.setCurrentIndex(max(box.findData(wanted), 0))
        beside.addWidget(box, 1)
        self.body.addWidget(holder)
        return box

    def _on_preference(self) -> None:
        self._preferences = replace(
            self._preferences,
            theme=ThemeChoice(self.theme.currentData()),
            text_scale_percent=int(self.text_scale.currentData()),
            language=str(self.language.currentData()),
            direction=Direction(self.direction.currentData()),
        )
        self.preferences_changed.emit(self._preferences)

    def _on_idle(self) -> None:
        self.idle_minutes_changed.emit(int(self.idle.currentData()))


def column_of(name: str, note: str, parent: QWidget) -> QWidget:
    """A name with a small note under it."""
    holder = QWidget(parent)
    box = column(holder, gap=Space.NONE)
    box.addWidget(label(name, holder))
    if note:
        box.addWidget(label(note, holder, "small"))
    return holder


def language_name(code: str) -> str:
    """The language in its own words."""
    if code == PSEUDO:
        return PSEUDO
    if code == ENGLISH:
        # Qt would name a country with it.
        return "English"
    return QLocale(code).nativeLanguageName() or code

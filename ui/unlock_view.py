"""The unlock page: folder, passphrase, Unlock; why it locked; then the four words."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QScrollArea, QStackedWidget, QWidget

from notebook.errors import NotebookError
from notebook.i18n import _
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, IconLabel, column, label, row
from ui.widgets.in_sight import InSight
from ui.widgets.notices import ProgressStrip, TroubleCard
from ui.widgets.passphrase_field import PassphraseField
from ui.words import moment_words

HEAD_SHOWN_MS: Final = 3_000


class UnlockView(QWidget):
    """Asks for a passphrase."""

    unlock_requested = Signal(str)
    folder_requested = Signal()
    others_requested = Signal()
    remember_changed = Signal(bool)
    gone_on = Signal()
    keyboard_used = Signal()
    override_requested = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._build()

    def show_folder(self, name: str, where: str) -> None:
        """Show which notebook it is."""
        self._name.setText(name)
        self._where.setText(where)
        self._override.hide()
        self._passphrase.clear()
        self._trouble.clear()

    def show_remembered(self, *, is_remembered: bool) -> None:
        """Show whether the folder is remembered on this computer."""
        self._remember.setChecked(is_remembered)

    def show_reason(self, sentence: str) -> None:
        """Show why the last window locked."""
        self._reason.setText(sentence)
        self._reason_line.setVisible(bool(sentence))

    def show_words(self, words: Sequence[str]) -> None:
        """Show the notebook's four words as it locked."""
        shown = "  ".join(words)
        self._locked_words.setText(shown)
        self._locked_line.setVisible(bool(words))
        self._locked_line.setAccessibleName(
            _("The notebook's words as it locked: {words}").format(words=shown)
        )

    def show_busy(self, *, is_busy: bool) -> None:
        """Show that the passphrase is being tried; the quiet bar has no number."""
        self._passphrase.setEnabled(not is_busy)
        self._unlock.setEnabled(not is_busy)
        self._choose.setEnabled(not is_busy)
        self._others.setEnabled(not is_busy)
        if is_busy:
            self._trouble.clear()
            self._bar.start(_("Unlocking…"))
        else:
            self._bar.stop()
            self._passphrase.take_focus()

    def show_trouble(self, error: NotebookError) -> None:
        """Show trouble; the passphrase stays, so that one letter can be mended."""
        self._trouble.show_trouble(error)
        self._said.look()

    def show_outbox(self, words: str) -> None:
        """Show what waits in the outbox."""
        self._outbox.setText(words)
        self._outbox_line.setVisible(bool(words))

    def offer_override(self) -> None:
        """Offer to open it although memory may be written to the disk."""
        self._override.show()
        self._said.look()

    def show_head(self, words: Sequence[str], last_opened: str | None) -> None:
        """Show the four words and when it was last open, for three seconds."""
        self._passphrase.clear()
        self._words.setText("  ".join(words))
        self._last.setText(
            _("Last open: {when}").format(when=moment_words(last_opened))
            if last_opened
            else _("Open for the first time.")
        )
        self._pages.setCurrentWidget(self._head_page)
        self._go_on.setFocus(Qt.FocusReason.OtherFocusReason)
        self._timer.start(HEAD_SHOWN_MS)

    def is_head_shown(self) -> bool:
        """Whether the four words are on the screen."""
        return self._pages.currentWidget() is self._head_page

    def show_keyboard(self, name: str) -> None:
        """Name the keyboard's layout."""
        self._passphrase.show_keyboard(name)

    def take_focus(self) -> None:
        """Be ready for the passphrase."""
        self._passphrase.take_focus()

    def _build(self) -> None:
        box = column(self)
        self._pages = QStackedWidget(self)
        box.addWidget(self._pages)
        # With large letters and all that may be said at once it is longer than a screen is high.
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._asking_page())
        self._said = InSight(scroll, self._trouble, self._override)
        self._pages.addWidget(scroll)
        self._head_page = self._head()
        self._pages.addWidget(self._head_page)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_go_on)

    def _asking_page(self) -> QWidget:
        page = QWidget(self)
        page.setObjectName("scrolled")
        box = column(page, margin=Space.XXL, gap=Space.M)
        head = row(gap=Space.M)
        head.addWidget(IconLabel(self._look, "notebook", page, "accent"))
        self._name = label("", page, "heading")
        head.addWidget(self._name, 1)
        self._choose = Button(_("Another folder"), page, role="flush")
        self._choose.clicked.connect(self.folder_requested)
        head.addWidget(self._choose)
        box.addLayout(head)
        self._where = label("", page, "small")
        box.addWidget(self._where)
        box.addSpacing(Space.S)
        self._passphrase = PassphraseField(self._look, _("Passphrase"), page)
        self._passphrase.entered.connect(self._on_unlock)
        self._passphrase.keyboard_used.connect(self.keyboard_used)
        box.addWidget(self._passphrase)
        self._unlock = Button(_("Unlock"), page, role="primary")
        self._unlock.clicked.connect(self._on_unlock)
        box.addWidget(self._unlock)
        self._bar = ProgressStrip(page, can_cancel=False)
        box.addWidget(self._bar)
        self._reason_line = QWidget(page)
        reason = row(self._reason_line)
        reason.addWidget(IconLabel(self._look, "lock", page, "mute"))
        self._reason = label("", page, "mute")
        reason.addWidget(self._reason, 1)
        self._reason_line.hide()
        box.addWidget(self._reason_line)
        self._locked_line = QWidget(page)
        locked = column(self._locked_line, gap=Space.XS)
        locked.addWidget(
            label(
                _("Its words as it locked. Note them, and compare when you unlock:"), page, "mute"
            )
        )
        self._locked_words = label("", page, "strong")
        locked.addWidget(self._locked_words)
        self._locked_line.hide()
        box.addWidget(self._locked_line)
        self._outbox_line = QWidget(page)
        outbox = row(self._outbox_line)
        icon = IconLabel(self._look, "handover", page, "mute")
        outbox.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        self._outbox = label("", page, "mute")
        outbox.addWidget(self._outbox, 1)
        self._outbox_line.hide()
        box.addWidget(self._outbox_line)
        self._trouble = TroubleCard(self._look, page)
        box.addWidget(self._trouble)
        self._override = Button(_("Open it all the same"), page)
        self._override.clicked.connect(self._on_override)
        self._override.hide()
        box.addWidget(self._override)
        box.addStretch()
        self._remember = QCheckBox(_("Remember this folder on this computer"), page)
        self._remember.toggled.connect(self.remember_changed)
        box.addWidget(self._remember)
        self._others = Button(_("New notebook or sample…"), page, role="flush")
        self._others.clicked.connect(self.others_requested)
        foot = row()
        foot.addWidget(self._others)
        foot.addStretch()
        box.addLayout(foot)
        return page

    def _head(self) -> QWidget:
        page = QWidget(self)
        box = column(page, margin=Space.XXL, gap=Space.M)
        box.addStretch()
        box.addWidget(label(_("Unlocked"), page, "heading"))
        box.addWidget(label(_("The notebook's words as you left it:"), page, "mute"))
        self._words = label("", page, "words")
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        box.addWidget(self._words)
        self._last = label("", page)
        box.addWidget(self._last)
        box.addWidget(
            label(
                _("If they differ from the words you noted, an older copy was put in its place."),
                page,
                "small",
            )
        )
        box.addSpacing(Space.M)
        self._go_on = Button(_("Go on"), page, role="primary")
        self._go_on.clicked.connect(self._on_go_on)
        box.addWidget(self._go_on)
        box.addStretch()
        return page

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Esc dismiss the four words."""
        if self.is_head_shown():
            self._on_go_on()
        else:
            super().keyPressEvent(event)

    def _on_unlock(self) -> None:
        self.unlock_requested.emit(self._passphrase.text())

    def _on_override(self) -> None:
        self._override.hide()
        self.override_requested.emit()
        self._on_unlock()

    def _on_go_on(self) -> None:
        self._timer.stop()
        self.gone_on.emit()

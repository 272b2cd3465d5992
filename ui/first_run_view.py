"""The first page: New, Open, or try the sample notebook."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from notebook.errors import NotebookError
from notebook.i18n import _
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, column, label, line, row
from ui.widgets.notices import ProgressStrip, TroubleCard


class FirstRunView(QWidget):
    """Three ways to begin."""

    new_requested = Signal()
    open_requested = Signal()
    sample_requested = Signal()
    sample_opened = Signal()
    sample_cancelled = Signal()
    copy_requested = Signal(str)
    about_requested = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._build()

    def show_busy(self, *, is_busy: bool) -> None:
        """Show that the sample is being made."""
        self._ways.setEnabled(not is_busy)
        if is_busy:
            self._trouble.clear()
            self._bar.start(_("Making the sample notebook…"))
        else:
            self._bar.stop()
            # It was on what stopped it, or on nothing.
            self._sample.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_progress(self, done: int, total: int) -> None:
        """Show how far it is."""
        self._bar.show_progress(done, total)

    def show_sample(self, passphrase: str) -> None:
        """Show the passphrase of the sample that was made."""
        self._ways.hide()
        self._words.setText(passphrase)
        self._made.show()
        self._open_sample.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_trouble(self, error: NotebookError) -> None:
        """Show trouble."""
        self._trouble.show_trouble(error)

    def take_focus(self) -> None:
        """Be ready for Enter."""
        self._new.setFocus(Qt.FocusReason.OtherFocusReason)

    def _build(self) -> None:
        box = column(self, margin=Space.XXL, gap=Space.M)
        box.addStretch()
        box.addWidget(label(_("Field Notebook"), self, "title"))
        box.addWidget(
            label(
                _("What you write is encrypted on this computer and never sent anywhere."),
                self,
                "mute",
            )
        )
        box.addSpacing(Space.L)
        self._ways = QWidget(self)
        ways = column(self._ways, gap=Space.M)
        self._new = self._way(_("New notebook"), "add", role="primary")
        self._new.clicked.connect(self.new_requested)
        ways.addWidget(self._new)
        self._open = self._way(_("Open a notebook"), "notebook")
        self._open.clicked.connect(self.open_requested)
        ways.addWidget(self._open)
        ways.addSpacing(Space.S)
        ways.addWidget(line(self._ways))
        self._sample = self._way(_("Try the sample notebook"), "eye", role="quiet")
        self._sample.clicked.connect(self.sample_requested)
        ways.addWidget(self._sample)
        ways.addWidget(
            label(_("Invented people and events, to look around in."), self._ways, "small")
        )
        box.addWidget(self._ways)
        self._made = self._sample_made()
        box.addWidget(self._made)
        self._bar = ProgressStrip(self)
        self._bar.cancelled.connect(self.sample_cancelled)
        box.addWidget(self._bar)
        self._trouble = TroubleCard(self._look, self)
        box.addWidget(self._trouble)
        box.addStretch()
        about = Button(_("About, and what is not promised"), self, role="flush")
        about.clicked.connect(self.about_requested)
        foot = row()
        foot.addWidget(about)
        foot.addStretch()
        box.addLayout(foot)

    def _way(self, words: str, icon: str, role: str = "") -> Button:
        return Button(words, self._ways, role=role, look=self._look, icon=icon)

    def _sample_made(self) -> QWidget:
        made = QWidget(self)
        box = column(made, gap=Space.M)
        box.addWidget(label(_("The sample is ready."), made, "strong"))
        box.addWidget(
            label(_("Everybody and everything in it is invented. Keep real work out of it."), made)
        )
        box.addWidget(label(_("Its passphrase, for the next time:"), made))
        self._words = label("", made, "words")
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box.addWidget(self._words)
        buttons = row()
        self._open_sample = Button(_("Open the sample"), made, role="primary")
        self._open_sample.clicked.connect(self.sample_opened)
        buttons.addWidget(self._open_sample)
        self._copy = Button(
            _("Copy the passphrase"), made, role="quiet", look=self._look, icon="copy"
        )
        self._copy.clicked.connect(self._on_copy)
        buttons.addWidget(self._copy)
        buttons.addStretch()
        box.addLayout(buttons)
        self._copied = label("", made, "small")
        box.addWidget(self._copied)
        made.hide()
        return made

    def _on_copy(self) -> None:
        self.copy_requested.emit(self._words.text())
        self._copied.setText(_("Copied. It goes from the clipboard again after a minute."))

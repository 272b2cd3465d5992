"""A strip over the page: something about the notebook needs attention. No dialog, nothing lost."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from notebook.i18n import _
from ui.check_words import Attention
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.announcing import announce
from ui.widgets.basics import Button, IconLabel, column, frame, label, row


class AttentionStrip(QWidget):
    """What it is, what to do first, and the way to the rest."""

    shown_more = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._now = self._told = self._dismissed = Attention()
        outer = column(self, margin=Space.S)
        surface = frame("notice", self)
        outer.addWidget(surface)
        inner = row(surface, margin=Space.M, gap=Space.M)
        self._icon = IconLabel(look, "warning", surface, "caution")
        inner.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(Space.XS)
        self._what = label("", surface, "strong")
        self._more = label("", surface)
        words.addWidget(self._what)
        words.addWidget(self._more)
        inner.addLayout(words, 1)
        show = Button(_("Show"), surface)
        show.clicked.connect(self.shown_more)
        inner.addWidget(show, 0, Qt.AlignmentFlag.AlignTop)
        dismiss = Button(_("Dismiss"), surface, role="icon", look=look, icon="close")
        dismiss.clicked.connect(self._on_dismiss)
        inner.addWidget(dismiss, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_attention(self, attention: Attention) -> None:
        """Show this; nothing where there is nothing, or somebody dismissed the same."""
        what, more = attention.what, attention.more
        self._now = attention
        icon, tone = ("warning", "caution") if attention.is_damage else ("info", "mute")
        self._icon.set_icon(icon, tone)
        self._what.setText(what)
        self._more.setText(more)
        self.setAccessibleName(f"{what} {more}".strip())
        self.setVisible(bool(what) and attention != self._dismissed)
        if what and attention not in (self._told, self._dismissed):
            self._told = attention
            announce(self, self.accessibleName())

    def _on_dismiss(self) -> None:
        self._dismissed = self._now
        self.hide()

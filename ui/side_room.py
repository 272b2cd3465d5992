"""A room of one page beside those in steps: trouble stands above it, Esc and Back step back."""

from collections.abc import Sequence

from PySide6.QtCore import QMargins, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from notebook.errors import NotebookError
from notebook.i18n import _
from ui.handover_parts import ScrolledPage
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, column, label, ring_inset, row
from ui.widgets.notices import TroubleCard


class SideRoom(QWidget):
    """What the rooms of missions, quarantine, withdrawals and the exchange folder share.

    A heading and a sentence, trouble, the page that the room fills, and the way back.
    """

    gone_back = Signal()

    def __init__(
        self, look: Look, title: str, lead: str, parent: QWidget, *, can_dismiss: bool = True
    ) -> None:
        """`lead` is the sentence under the title, `can_dismiss` is about trouble."""
        super().__init__(parent)
        self._look = look
        self.setAccessibleName(title)
        self._outer = column(self, margin=Space.XL, gap=Space.S)
        self._inset = ring_inset(self._outer)
        head = _lines(self._inset)
        head.addWidget(label(title, self, "heading"))
        self._lead = label(lead, self, "mute")
        head.addWidget(self._lead)
        head.addSpacing(Space.M)
        self._outer.addLayout(head)
        self._trouble = TroubleCard(look, self, can_dismiss=can_dismiss)
        notices = _lines(self._inset)
        notices.addWidget(self._trouble)
        self._outer.addLayout(notices)
        self._page = ScrolledPage(look, self)
        self._outer.addWidget(self._page, 1)

    def show_trouble(self, error: NotebookError | None) -> None:
        """Show trouble, or that there is none any more."""
        if error:
            self._trouble.show_trouble(error)
        else:
            self._trouble.clear()

    def parts_in_order(self) -> Sequence[QWidget]:
        """Trouble, the page, and the way back (`ui.widgets.reading_order`)."""
        return (self._trouble, self._page, self._foot)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc steps back."""
        if event.key() == Qt.Key.Key_Escape:
            self.gone_back.emit()
        else:
            super().keyPressEvent(event)

    def end(self) -> None:
        """The page is filled: below it stands the way back."""
        self._page.box.addStretch()
        self._foot = QWidget(self)
        foot = row(self._foot)
        foot.setContentsMargins(self._inset)
        self.back = Button(_("Back to handover"), self._foot, look=self._look, icon="back")
        self.back.clicked.connect(self.gone_back)
        foot.addWidget(self.back)
        foot.addStretch()
        self._outer.addWidget(self._foot)


def _lines(margins: QMargins) -> QVBoxLayout:
    result = QVBoxLayout()
    result.setSpacing(Space.S)
    result.setContentsMargins(margins)
    return result

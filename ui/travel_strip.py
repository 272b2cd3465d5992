"""A thin strip over the page while the notebook travels: what it means, and what was sealed."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from notebook.i18n import _
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, IconLabel, column, frame, label, row
from ui.widgets.choices import MenuButton


class TravelStrip(QWidget):
    """Says what cannot be undone, and counts; hidden in any other notebook."""

    copy_requested = Signal()
    page_requested = Signal()
    card_requested = Signal()
    look_requested = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        outer = column(self, margin=Space.S)
        surface = frame("notice", self)
        outer.addWidget(surface)
        inner = row(surface, margin=Space.S, gap=Space.M)
        inner.addWidget(IconLabel(look, "lock", surface, "mute"), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(Space.NONE)
        words.addWidget(
            label(
                _("Travel mode. Once locked, this laptop cannot read what you write now."),
                surface,
                "strong",
            )
        )
        self._sealed = label("", surface, "small")
        words.addWidget(self._sealed)
        inner.addLayout(words, 1)
        copy = Button(_("Copy out…"), surface, role="flush")
        copy.clicked.connect(self.copy_requested)
        inner.addWidget(copy, 0, Qt.AlignmentFlag.AlignTop)
        more = MenuButton(_("On the way"), surface, look=look, role="menu")
        menu = more.menu_shown
        _line(menu, _("My card…")).triggered.connect(self.card_requested)
        _line(menu, _("What is seen…")).triggered.connect(self.look_requested)
        _line(menu, _("For the border…")).triggered.connect(self.page_requested)
        inner.addWidget(more, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_sealed(self, words: str) -> None:
        """Show how much was sealed; from now on the strip is there."""
        self._sealed.setText(words)
        self.setAccessibleName(
            _("Travel mode. Once locked, this laptop cannot read what you write now.") + " " + words
        )
        self.show()


def _line(menu: QMenu, words: str) -> QAction:
    """A new line of a menu."""
    action = QAction(words, menu)
    menu.addAction(action)
    return action

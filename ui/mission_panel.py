"""What a notebook that travels needs, on the page of a new one: words, the card, the comparison."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from notebook.i18n import _
from ui.contacts_cards import Print
from ui.files import FileChooser
from ui.handover_parts import PrintCard
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, IconLabel, column, label, row


class MissionPanel(QWidget):
    """Says what it means to travel, and asks for the mission card."""

    files_chosen = Signal(list)
    compared = Signal(bool)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._files = FileChooser(self)
        box = column(self, gap=Space.S)
        for when, words in (
            (
                _("Before"),
                _(
                    "Headquarters makes a mission and gives you its card, and its fingerprint by"
                    " another way. Give them your own card, so that they know who writes."
                ),
            ),
            (
                _("During"),
                _(
                    "Each save goes at once, sealed for headquarters, into the folder “outbox”."
                    " Until you lock you see what you wrote in this session."
                ),
            ),
            (
                _("After"),
                _(
                    "Once locked, neither this laptop nor you can open it, whatever is given up."
                    " The next session begins empty. How many files there are, how large and of"
                    " when, anybody sees."
                ),
            ),
        ):
            box.addWidget(label(when, self, "strong"))
            box.addWidget(label(words, self))
        box.addSpacing(Space.S)
        chosen = row()
        self._named = label("", self, "mute")
        chosen.addWidget(self._named, 1)
        self.choose = Button(_("Choose the mission card…"), self, look=look, icon="open")
        self.choose.clicked.connect(self._ask)
        chosen.addWidget(self.choose)
        box.addLayout(chosen)
        self._known = QWidget(self)
        known = column(self._known, gap=Space.S)
        self.print = PrintCard(look, self._known)
        known.addWidget(self.print)
        warning = row(gap=Space.M)
        warning.addWidget(IconLabel(look, "warning", self._known, "caution"))
        warning.addWidget(
            label(
                _(
                    "Compare all twelve groups with what headquarters gave you on paper or by"
                    " voice. Whoever exchanged the card would read everything."
                ),
                self._known,
            ),
            1,
        )
        known.addLayout(warning)
        self.same = QCheckBox(_("I compared it: it is the same"), self._known)
        self.same.toggled.connect(self.compared)
        known.addWidget(self.same)
        box.addWidget(self._known)
        self.show_mission(None, is_compared=False)

    def show_mission(self, shown: Print | None, *, is_compared: bool) -> None:
        """Show the fingerprint of the card; None for no card."""
        self._named.setText(
            _("The mission card")
            if shown
            else _("No mission card yet: it is a file, or a picture of its codes.")
        )
        self.same.setChecked(is_compared)
        if shown:
            self.print.show_print(shown)
        self._known.setVisible(shown is not None)

    def _ask(self) -> None:
        self._files.files(_("The mission card"), self._on_files)

    def _on_files(self, paths: list[Path]) -> None:
        self.files_chosen.emit(paths)

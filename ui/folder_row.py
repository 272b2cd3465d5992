"""The question where a bundle is to lie: the folder, its room, and what stands against it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from notebook.i18n import _
from ui.handover_parts import Remark
from ui.seal_pages import WherePage
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, column, label, row


class FolderRow(QWidget):
    """Shows the folder that was chosen, and asks for one."""

    requested = Signal()

    def __init__(self, look: Look, lead: str, parent: QWidget) -> None:
        """`lead` is what to think of when one chooses."""
        super().__init__(parent)
        box = column(self, gap=Space.M)
        box.addWidget(label(_("Where is the bundle to lie?"), self, "strong"))
        box.addWidget(label(lead, self, "mute"))
        chosen = row()
        self._folder = label("", self)
        chosen.addWidget(self._folder, 1)
        self.choose = Button(_("Choose a folder…"), self, look=look, icon="open")
        self.choose.clicked.connect(self.requested)
        chosen.addWidget(self.choose)
        box.addLayout(chosen)
        self._room = label("", self, "mute")
        box.addWidget(self._room)
        self._lack = Remark(look, self, icon="warning", tone="caution")
        box.addWidget(self._lack)

    def show_where(self, shown: WherePage) -> None:
        """Show the folder and its room."""
        self._folder.setText(shown.folder or _("Not chosen yet"))
        self._room.setText(" ".join(part for part in (shown.size, shown.room) if part))
        self._lack.show_words(shown.lack)

"""One line above the account: the consent that holds for the record, or that there is none yet."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from notebook.i18n import _
from ui.drawer_presenter import LinkItem
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, IconLabel, label, row, set_role
from ui.widgets.flow import Flow
from ui.widgets.link import LinkButton
from ui.words import isolated


class ConsentLine(QFrame):
    """Leads to the consents, and to recording one."""

    record_requested = Signal()
    open_requested = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        set_role(self, "card")
        box = row(self, margin=Space.M, gap=Space.M)
        self._icon = IconLabel(look, "consent", self, "mute")
        box.addWidget(self._icon)
        self._words = label("", self, wraps=False)
        box.addWidget(self._words)
        self._links = Flow(self, Space.S)
        box.addWidget(self._links)
        self._box = box
        self.record = Button(_("Record a consent"), self)
        self.record.clicked.connect(self.record_requested)
        box.addWidget(self.record)
        self.hide()

    def show_consents(self, consents: Sequence[LinkItem], *, is_needed: bool) -> None:
        """Show the consents, or that there is none; nothing where none is needed."""
        self.setVisible(is_needed)
        self._icon.set_icon(*(("consent", "ok") if consents else ("no-consent", "caution")))
        self._words.setText(_("Consent:") if consents else _("No consent is recorded yet."))
        # The sentence takes two lines where it must; the word beside the links stays whole.
        self._words.setWordWrap(not consents)
        self._box.setStretchFactor(self._links if consents else self._words, 1)
        self._box.setStretchFactor(self._words if consents else self._links, 0)
        self._links.clear()
        self._links.setVisible(bool(consents))
        for item in consents:
            button = LinkButton(item.title, self._links)
            button.setAccessibleName(_("Open {title}").format(title=isolated(item.title)))
            button.setProperty("record", item.id)
            button.clicked.connect(self._on_link)
            self._links.add(button)
        self.record.setVisible(not consents)

    def _on_link(self) -> None:
        self.open_requested.emit(str(self.sender().property("record")))

"""While cases are removed nothing else is done: a sheet over the window, with Cancel."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from notebook.i18n import _
from ui.style.look import Look
from ui.widgets.basics import label
from ui.widgets.notices import ProgressStrip
from ui.widgets.sheets import Sheet


class RemovingSheet(Sheet):
    """Shows how far it is. To close it is to cancel; it goes when the presenter says so."""

    cancelled = Signal()

    def __init__(self, look: Look, words: str, window: QWidget) -> None:
        super().__init__(look, _("Removing"), window)
        self._is_over = False
        self.body.addWidget(
            label(
                _(
                    "What stays is checked and copied, then the rest goes, and the notebook locks."
                    " What is typed meanwhile could be lost, so the window waits."
                ),
                self,
            )
        )
        self.strip = ProgressStrip(self)
        self.strip.cancelled.connect(self.cancelled)
        self.strip.start(words)
        self.body.addWidget(self.strip)

    def close_sheet(self) -> None:
        """Esc and the button ask to cancel; only `end` puts the sheet away."""
        if self._is_over:
            super().close_sheet()
        else:
            self.cancelled.emit()

    def end(self) -> None:
        """It is over, one way or the other."""
        self._is_over = True
        self.close_sheet()

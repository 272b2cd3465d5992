"""The four words of the notebook's state, to be noted down before one locks."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from notebook.i18n import _
from ui.style.tokens import Space
from ui.widgets.basics import column, label


class HeadWords(QWidget):
    """The words as they are now, and what they are for."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        box = column(self, gap=Space.XS)
        box.addWidget(label(_("The notebook's words now"), self))
        self._words = label("", self, "words")
        box.addWidget(self._words)
        box.addWidget(
            label(
                _(
                    "Note them before you lock. If the next unlocking shows others, an older copy"
                    " was put in its place. They change whenever something is saved."
                ),
                self,
                "small",
            )
        )

    def show_words(self, words: Sequence[str]) -> None:
        """Show these."""
        shown = "  ".join(words)
        self._words.setText(shown)
        self.setAccessibleName(_("The notebook's words now: {words}").format(words=shown))

    def words(self) -> str:
        """What is shown."""
        return self._words.text()

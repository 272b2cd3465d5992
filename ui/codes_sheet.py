"""The sheet that shows a card as codes, as wide as the window: one picture takes them all."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from notebook.card_codes import Modules
from notebook.i18n import _
from ui.card_codes_view import CardCodes
from ui.style.look import Look
from ui.style.tokens import CODES_WIDTH
from ui.widgets.basics import label
from ui.widgets.sheets import Sheet


class CodesSheet(Sheet):
    """Says whose card it is and what to do with the codes, and shows them."""

    def __init__(
        self, look: Look, name: str, words: str, codes: Sequence[Modules], window: QWidget
    ) -> None:
        super().__init__(look, _("The card as codes"), window, width=CODES_WIDTH)
        self.body.addWidget(label(name, self, "strong"))
        self.body.addWidget(label(words, self))
        self.codes = CardCodes(self)
        self.codes.show_codes(codes)
        self.codes.setVisible(bool(codes))
        self.body.addWidget(self.codes)

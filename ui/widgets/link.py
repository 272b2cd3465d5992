"""A button that leads to a record: a title too long for its place ends in an ellipsis."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button
from ui.words import isolated, on_button


class LinkButton(Button):
    """Shows as much of the title as there is room for; the tooltip holds all of it."""

    def __init__(
        self, untrusted_title: str, parent: QWidget, *, look: Look | None = None, icon: str = ""
    ) -> None:
        super().__init__(on_button(untrusted_title), parent, role="link", look=look, icon=icon)
        self._title = untrusted_title
        self.setAccessibleName(isolated(untrusted_title))
        self.setToolTip(isolated(untrusted_title))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As wide as the whole title, however much of it is shown now."""
        hint = super().sizeHint()
        return QSize(hint.width() - self._width_of(self.text()) + self._whole(), hint.height())

    def minimumSizeHint(self) -> QSize:
        """Any title can be shortened to almost nothing."""
        hint = super().sizeHint()
        return QSize(min(self.sizeHint().width(), 2 * hint.height()), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for."""
        super().resizeEvent(event)
        beside = super().sizeHint().width() - self._width_of(self.text())
        room = max(self.width() - beside, Space.NONE)
        if self._whole() <= room:
            shown = self._title
        else:
            metrics = self.fontMetrics()
            shown = metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, room)
        if self.text() != on_button(shown):
            self.setText(on_button(shown))

    def _whole(self) -> int:
        return self._width_of(on_button(self._title))

    def _width_of(self, words: str) -> int:
        flag = Qt.TextFlag.TextShowMnemonic
        return self.fontMetrics().size(flag, words).width()

"""How a row of the list is drawn: title; date, place and who, or the words found; marks."""

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from notebook.analysis import MARK_END, MARK_START
from ui.list_items import ListItem, Mark
from ui.list_model import ITEM
from ui.style.look import Look, interface_font
from ui.style.tokens import HAIRLINE, ICON_SMALL, RADIUS, Space, TextSize

AnyIndex = QModelIndex | QPersistentModelIndex

TONES = {
    Mark.CONFLICT: "caution",
    Mark.DRAFT: "mute",
    Mark.CONSENT: "ok",
    Mark.MEDIA: "mute",
    Mark.DONE: "ok",
    Mark.CLAIMED: "caution",
}


class ListDelegate(QStyledItemDelegate):
    """Draws two-line rows."""

    def __init__(self, look: Look, parent: QObject) -> None:
        super().__init__(parent)
        self._look = look
        look.changed.connect(self.measure)
        self.measure()

    def measure(self) -> None:
        """Take fonts from the look; a delegate gets none from the stylesheet."""
        self._title_font = interface_font(self._look.scale_percent)
        self._second_font = interface_font(self._look.scale_percent)
        self._second_font.setPixelSize(self._look.scaled(TextSize.SMALL))

    def sizeHint(self, _option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:
        """All rows are of one height."""
        lines = QFontMetrics(self._title_font).height() + QFontMetrics(self._second_font).height()
        return QSize(Space.NONE, lines + 2 * Space.S + Space.XS)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Draw one row."""
        item = index.data(ITEM)
        if not isinstance(item, ListItem):
            return
        area = QRect(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option, area)
        inner = area.adjusted(Space.M, Space.S, -Space.M, -Space.S)
        is_rtl = option.direction is Qt.LayoutDirection.RightToLeft
        marks_width = self._paint_marks(painter, inner, item.marks, is_rtl=is_rtl)
        title = QRect(inner)
        title.setHeight(QFontMetrics(self._title_font).height())
        if is_rtl:
            title.setLeft(title.left() + marks_width)
        else:
            title.setRight(title.right() - marks_width)
        theme = self._look.theme
        self._paint_line(painter, title, item.title, self._title_font, theme.ink, is_rtl=is_rtl)
        second = QRect(inner)
        second.setTop(title.bottom() + HAIRLINE + Space.XS)
        self._paint_line(
            painter,
            second,
            item.snippet or item.second,
            self._second_font,
            theme.mute,
            is_rtl=is_rtl,
        )
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, area: QRect) -> None:
        theme = self._look.theme
        state = option.state
        ground = None
        if state & QStyle.StateFlag.State_Selected:
            ground = theme.selected
        elif state & QStyle.StateFlag.State_MouseOver:
            ground = theme.hover
        if ground:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(ground))
            around = area.adjusted(Space.XS, HAIRLINE, -Space.XS, -HAIRLINE)
            painter.drawRoundedRect(around, RADIUS, RADIUS)

    def _paint_marks(
        self, painter: QPainter, inner: QRect, marks: tuple[Mark, ...], *, is_rtl: bool
    ) -> int:
        size = self._look.scaled(ICON_SMALL)
        for place, mark in enumerate(marks):
            colour = str(getattr(self._look.theme, TONES[mark]))
            offset = place * (size + Space.XS)
            left = inner.left() + offset if is_rtl else inner.right() - size - offset
            self._look.icon(mark.value, colour).paint(
                painter, QRect(left, inner.top() + HAIRLINE, size, size)
            )
        return len(marks) * (size + Space.XS)

    def _paint_line(
        self,
        painter: QPainter,
        area: QRect,
        marked_text: str,
        font: QFont,
        colour: str,
        *,
        is_rtl: bool,
    ) -> None:
        text, hits = _without_marks(marked_text.replace("\n", " "))
        metrics = QFontMetrics(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        layout = QTextLayout(shown, font)
        way = QTextOption()
        # The row keeps to the side of the window; each text runs in its own direction.
        way.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        way.setAlignment(
            (Qt.AlignmentFlag.AlignRight if is_rtl else Qt.AlignmentFlag.AlignLeft)
            | Qt.AlignmentFlag.AlignAbsolute
        )
        way.setWrapMode(QTextOption.WrapMode.NoWrap)
        layout.setTextOption(way)
        layout.setFormats(self._formats(hits, len(shown)))
        layout.beginLayout()
        line = layout.createLine()
        if line.isValid():
            line.setLineWidth(area.width())
        layout.endLayout()
        painter.setPen(QColor(colour))
        # Faces for other scripts are taller: all titles stand on the same line nevertheless.
        baseline = area.top() + metrics.ascent()
        layout.draw(painter, QPointF(area.left(), baseline - line.ascent()))

    def _formats(self, hits: list[tuple[int, int]], length: int) -> list[QTextLayout.FormatRange]:
        found = []
        for start, end in hits:
            if start < length:
                form = QTextCharFormat()
                form.setForeground(QColor(self._look.theme.ink))
                form.setFontWeight(QFont.Weight.DemiBold)
                form.setFontUnderline(True)
                part = QTextLayout.FormatRange()
                part.start = start
                part.length = min(end, length) - start
                part.format = form
                found.append(part)
        return found


def _without_marks(marked_text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text alone, and where the hits stand in it, as Qt counts (UTF-16 units)."""
    text, hits, start, at = "", [], 0, 0
    for sign in marked_text:
        if sign == MARK_START:
            start = at
        elif sign == MARK_END:
            hits.append((start, at))
        else:
            text += sign
            at += 2 if ord(sign) > 0xFFFF else 1
    return text, hits

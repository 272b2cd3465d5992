"""A field that names other records: typed by title, picked from what is there, or made anew."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from notebook.forms import Field, FieldType, Forms
from notebook.i18n import _
from notebook.model import JsonValue
from ui.field_lines import DirectedLine, WidthLimit
from ui.record_reading import Candidate
from ui.style.look import Look
from ui.style.tokens import FIELD_WIDTH_MOST, SEARCH_AFTER_MS, Space
from ui.widgets.basics import Button, column, frame, row
from ui.widgets.link import LinkButton
from ui.words import isolated, on_button


class PickLine(DirectedLine):
    """Where a title is typed; the arrows walk through what is offered."""

    walked = Signal(int)
    picked = Signal()
    escaped = Signal()
    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down and Up walk, Enter takes, Esc puts the offers away."""
        match event.key():
            case Qt.Key.Key_Down:
                self.walked.emit(1)
            case Qt.Key.Key_Up:
                self.walked.emit(-1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.picked.emit()
            case Qt.Key.Key_Escape if self.text():
                self.escaped.emit()
            case _:
                super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Say that the person came here."""
        super().focusInEvent(event)
        self.entered.emit()


class ReferenceField(QWidget):
    """One record, or several, by their titles."""

    edited = Signal()
    left = Signal()
    words_changed = Signal(str)
    """Records with these words in their titles are wanted."""
    create_requested = Signal(str, str)
    """A record of this type with this title is to be made and named here."""
    open_requested = Signal(str)

    def __init__(self, field: Field, forms: Forms, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._field = field
        self._forms = forms
        self._look = look
        self._is_many = field.type is FieldType.REFERENCES
        self._chosen: list[str] = []
        self._names: dict[str, str] = {}
        self._offers: list[Button] = []
        self._at = 0
        WidthLimit(self, look, FIELD_WIDTH_MOST)
        self._build()

    def value(self) -> JsonValue:
        """The ids; None when nothing is named."""
        if self._is_many:
            return list(self._chosen) or None
        return self._chosen[0] if self._chosen else None

    def set_value(self, value: JsonValue, names: Mapping[str, str]) -> None:
        """Show the records named; `names` are their titles."""
        self._names |= names
        values = list(value) if isinstance(value, list | tuple) else [value]
        chosen = [str(item) for item in values if item]
        self._put_offers_away()
        self.line.clear()
        self._chosen = chosen
        self._show_chosen()

    def add(self, record: str, title: str) -> None:
        """Name one more record, or this one instead."""
        self._names[record] = title
        if record not in self._chosen:
            self._chosen = [*self._chosen, record] if self._is_many else [record]
        self.line.clear()
        self._put_offers_away()
        self._show_chosen()
        self.edited.emit()
        self.left.emit()

    def chosen(self) -> tuple[str, ...]:
        """The ids named here."""
        return tuple(self._chosen)

    def show_candidates(self, found: Sequence[Candidate]) -> None:
        """Offer these records, and to make a new one."""
        self._clear_offers()
        typed = self.line.text().strip()
        if not self.line.hasFocus() or not (typed or found):
            self._put_offers_away()
            return
        for candidate in found:
            words = on_button(candidate.title)
            if len(self._field.refers_to) > 1:
                words = f"{words} · {candidate.type_label}"
            self._offer(words, candidate.id, "", candidate.title)
        if typed:
            for type_ in self._field.refers_to:
                if type_ in {"evidence", "case"}:
                    continue
                words = _("New {type}: {title}").format(
                    type=self._forms[type_].label.lower(), title=on_button(typed)
                )
                self._offer(words, "", type_, typed)
        self._at = 0
        self._mark_offer()
        self._surface.setVisible(bool(self._offers))

    def _build(self) -> None:
        box = column(self, gap=Space.XS)
        self._named = QVBoxLayout()
        self._named.setSpacing(Space.XS)
        box.addLayout(self._named)
        self.line = PickLine(self._field.label, self)
        self.line.setPlaceholderText(_("Type a title"))
        self.line.textEdited.connect(self._on_typed)
        self.line.entered.connect(self._on_typed)
        self.line.walked.connect(self._on_walked)
        self.line.picked.connect(self._on_picked)
        self.line.escaped.connect(self._on_escaped)
        self.line.left.connect(self._on_left)
        box.addWidget(self.line)
        self._surface = frame("card", self)
        self._surface.hide()
        self._offered = column(self._surface, margin=Space.XS, gap=Space.NONE)
        box.addWidget(self._surface)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEARCH_AFTER_MS)
        self._timer.timeout.connect(self._on_rested)
        self.setFocusProxy(self.line)

    def _offer(self, words: str, record: str, type_: str, title: str) -> None:
        button = Button(words, self._surface, role="rail", look=self._look, icon=_icon(type_))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setCheckable(True)
        button.setProperty("record", record)
        button.setProperty("type", type_)
        button.setProperty("title", title)
        button.clicked.connect(self._on_offer)
        self._offered.addWidget(button)
        self._offers.append(button)

    def _show_chosen(self) -> None:
        while item := self._named.takeAt(0):
            widget = item.widget()
            if widget:
                widget.hide()
                widget.deleteLater()
        for record in self._chosen:
            self._named.addWidget(self._chip(record))
        self.line.setVisible(self._is_many or not self._chosen)

    def _chip(self, record: str) -> QWidget:
        title = self._names.get(record) or _("Untitled")
        holder = QWidget(self)
        beside = row(holder, gap=Space.XS)
        go = LinkButton(title, holder, look=self._look, icon="link")
        go.setAccessibleName(_("Open {title}").format(title=isolated(title)))
        go.setProperty("record", record)
        go.clicked.connect(self._on_go)
        beside.addWidget(go)
        away = Button(
            _("Name it no more: {title}").format(title=isolated(title)),
            holder,
            role="icon",
            look=self._look,
            icon="close",
        )
        away.setProperty("record", record)
        away.clicked.connect(self._on_away)
        beside.addWidget(away)
        beside.addStretch()
        return holder

    def _on_typed(self) -> None:
        self._timer.start()

    def _on_rested(self) -> None:
        self.words_changed.emit(self.line.text().strip())

    def _on_walked(self, step: int) -> None:
        if self._offers:
            self._at = (self._at + step) % len(self._offers)
            self._mark_offer()

    def _on_picked(self) -> None:
        if self._offers and self._surface.isVisible():
            self._take(self._offers[self._at])

    def _on_escaped(self) -> None:
        self.line.clear()
        self._put_offers_away()

    def _on_left(self) -> None:
        self._timer.stop()
        self._put_offers_away()
        self.left.emit()

    def _on_offer(self) -> None:
        button = self.sender()
        if isinstance(button, Button):
            self._take(button)

    def _take(self, button: Button) -> None:
        record, title = str(button.property("record")), str(button.property("title"))
        if record:
            self.add(record, title)
        else:
            self.create_requested.emit(str(button.property("type")), title)

    def _on_go(self) -> None:
        self.open_requested.emit(str(self.sender().property("record")))

    def _on_away(self) -> None:
        gone = str(self.sender().property("record"))
        self._chosen = [record for record in self._chosen if record != gone]
        self._show_chosen()
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edited.emit()
        self.left.emit()

    def _mark_offer(self) -> None:
        for at, button in enumerate(self._offers):
            button.setChecked(at == self._at)
        self.line.setAccessibleDescription(self._offers[self._at].text() if self._offers else "")

    def _clear_offers(self) -> None:
        for button in self._offers:
            button.hide()
            button.deleteLater()
        self._offers = []

    def _put_offers_away(self) -> None:
        self._surface.hide()
        self._clear_offers()


def _icon(type_: str) -> str:
    return "add" if type_ else "link"

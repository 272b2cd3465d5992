"""Fields that are answered by choosing: a few answers as buttons, many as a list."""

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QWidget

from notebook.forms import Field, FieldType
from notebook.i18n import _
from notebook.model import JsonValue
from ui.field_lines import WidthLimit
from ui.style.look import Look
from ui.style.tokens import FIELD_WIDTH_MOST, Space
from ui.widgets.basics import Button, column
from ui.widgets.choices import Choice
from ui.widgets.flow import Flow

FEW = 5
"""So many answers still stand beside one another."""


class AnswersField(QWidget):
    """Answers as buttons; pressing one that is down takes the answer back."""

    edited = Signal()
    left = Signal()

    def __init__(self, field: Field, parent: QWidget) -> None:
        super().__init__(parent)
        self._is_many = field.type is FieldType.CHOICES
        self._is_boolean = field.type is FieldType.BOOLEAN
        self._foreign: list[str] = []
        box = column(self)
        flow = Flow(self, Space.S)
        box.addWidget(flow)
        self.buttons: dict[str, Button] = {}
        for value, words in _answers(field):
            button = Button(words, flow, role="answer")
            button.setCheckable(True)
            button.setProperty("answer", value)
            button.setAccessibleName(_("{field}: {answer}").format(field=field.label, answer=words))
            button.clicked.connect(self._on_clicked)
            self.buttons[value] = button
            flow.add(button)
        if self.buttons:
            self.setFocusProxy(next(iter(self.buttons.values())))

    def value(self) -> JsonValue:
        """The answer, or all answers in the form's order; None when nothing was asked."""
        chosen = [value for value, button in self.buttons.items() if button.isChecked()]
        chosen += self._foreign
        if self._is_many:
            return chosen or None
        if self._is_boolean:
            return chosen[0] == "yes" if chosen else None
        return chosen[0] if chosen else None

    def set_value(self, value: JsonValue, _names: Mapping[str, str]) -> None:
        """Show a value; an answer that this form does not know is kept."""
        if isinstance(value, bool):
            value = "yes" if value else "no"
        values = [str(item) for item in value] if isinstance(value, list | tuple) else [value]
        for answer, button in self.buttons.items():
            button.setChecked(answer in values)
        self._foreign = [
            item for item in values if isinstance(item, str) and item not in self.buttons
        ]

    def _on_clicked(self) -> None:
        pressed = self.sender()
        if not self._is_many:
            self._foreign = []
            for button in self.buttons.values():
                if button is not pressed:
                    button.setChecked(False)
        self.edited.emit()
        self.left.emit()


class ChoiceField(QWidget):
    """One of many answers, the first of which says that there is none yet."""

    edited = Signal()
    left = Signal()

    def __init__(self, field: Field, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        box = column(self)
        self.choice = Choice(field.label, look, self)
        self.choice.addItem(_("No answer yet"), "")
        for option in field.options:
            self.choice.addItem(option.label, option.value)
        self.choice.activated.connect(self._on_chosen)
        WidthLimit(self, look, FIELD_WIDTH_MOST)
        box.addWidget(self.choice)
        self.setFocusProxy(self.choice)

    def value(self) -> JsonValue:
        """The answer; None when there is none."""
        return self.choice.currentData() or None

    def set_value(self, value: JsonValue, _names: Mapping[str, str]) -> None:
        """Show a value; an answer that this form does not know is added as it is."""
        text = "" if value is None else str(value)
        with QSignalBlocker(self.choice):
            at = self.choice.findData(text)
            if at < 0:
                self.choice.addItem(text, text)
                at = self.choice.count() - 1
            self.choice.setCurrentIndex(at)

    def _on_chosen(self) -> None:
        self.edited.emit()
        self.left.emit()


def _answers(field: Field) -> list[tuple[str, str]]:
    if field.type is FieldType.BOOLEAN:
        return [("yes", _("Yes")), ("no", _("No"))]
    return [(option.value, option.label) for option in field.options]

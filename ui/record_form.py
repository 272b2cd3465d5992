"""A form on the page: sections with their fields, generated from the form's data."""

from collections.abc import Mapping

from PySide6.QtCore import QRect, QSignalBlocker, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from notebook.forms import Field, Form, Forms, Section
from notebook.i18n import _
from notebook.model import Clock, JsonValue
from ui.field_widgets import FieldFrame
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import IconLabel, column, frame, label, row
from ui.widgets.editors import AccountEditor

TITLE = "title"
"""Stands in the record's head, not among the fields."""
CONSENT = "consent"


class FormView(QWidget):
    """The fields of one record type, one under the other."""

    edited = Signal(str)
    left = Signal()
    words_changed = Signal(str, str)
    create_requested = Signal(str, str, str)
    open_requested = Signal(str)
    conflict_requested = Signal(str)
    cursor_moved = Signal(QRect)

    def __init__(self, form: Form, forms: Forms, look: Look, clock: Clock, parent: QWidget) -> None:
        super().__init__(parent)
        self.form = form
        self._forms = forms
        self._look = look
        self._clock = clock
        self.frames: dict[str, FieldFrame] = {}
        self.headings: dict[str, QWidget] = {}
        self._build()

    def set_values(self, values: Mapping[str, JsonValue], names: Mapping[str, str]) -> None:
        """Show another record; nothing is said to have been edited."""
        for name, field in self.frames.items():
            self.set_value(name, values.get(name), names)
            field.show_problem("")

    def set_value(self, name: str, value: JsonValue, names: Mapping[str, str]) -> None:
        """Show what one field holds."""
        if name in self.frames:
            with QSignalBlocker(self.frames[name]):
                self.frames[name].set_value(value, names)

    def show_conflicts(self, conflicts: tuple[str, ...]) -> None:
        """Mark the fields in conflict."""
        for name, field in self.frames.items():
            field.show_conflict(is_conflict=name in conflicts)

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Say under the fields what they need."""
        for name, field in self.frames.items():
            field.show_problem(problems.get(name, ""))

    def sections(self) -> tuple[Section, ...]:
        """The sections in the order in which they are asked: consent before the rest."""
        shown = [section for section in self.form.sections if _fields(section)]
        return tuple(sorted(shown, key=lambda section: section.name != CONSENT))

    def text_editors(self) -> list[AccountEditor]:
        """The long texts, from top to bottom."""
        found = [field.text_editor() for field in self.frames.values()]
        return [editor for editor in found if editor is not None]

    def _build(self) -> None:
        box = column(self, gap=Space.XXL)
        for section in self.sections():
            is_identity = all(field.is_identity for field in _fields(section))
            holder = frame("card", self) if is_identity else QWidget(self)
            inside = column(holder, margin=Space.L if is_identity else Space.NONE, gap=Space.XL)
            inside.addLayout(self._heading(section, holder, is_identity=is_identity))
            for field in _fields(section):
                shown = FieldFrame(field, self._forms, self._look, self._clock, holder)
                self._connect(shown)
                self.frames[field.name] = shown
                inside.addWidget(shown)
            self.headings[section.name] = holder
            box.addWidget(holder)
        box.addStretch()

    def _heading(self, section: Section, holder: QWidget, *, is_identity: bool) -> QVBoxLayout:
        lines = QVBoxLayout()
        lines.setSpacing(Space.XS)
        lines.addWidget(label(section.label, holder, "heading"))
        if section.help:
            lines.addWidget(label(section.help, holder, "mute"))
        if is_identity:
            beside = row(gap=Space.XS)
            beside.addWidget(IconLabel(self._look, "key", holder, "mute"))
            beside.addWidget(label(_("Identity: kept apart from what is told"), holder, "mute"), 1)
            lines.addLayout(beside)
        return lines

    def _connect(self, field: FieldFrame) -> None:
        field.edited.connect(self.edited)
        field.left.connect(self.left)
        field.words_changed.connect(self.words_changed)
        field.create_requested.connect(self.create_requested)
        field.open_requested.connect(self.open_requested)
        field.conflict_requested.connect(self.conflict_requested)
        field.cursor_moved.connect(self._on_cursor)

    def _on_cursor(self, where: QRect) -> None:
        field = self.sender()
        if isinstance(field, FieldFrame):
            corner = field.mapTo(self, where.topLeft())
            self.cursor_moved.emit(QRect(corner, where.size()))


def _fields(section: Section) -> tuple[Field, ...]:
    return tuple(field for field in section.fields if field.name != TITLE)

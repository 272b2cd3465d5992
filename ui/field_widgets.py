"""One field of a form on the page: its name, its help, what is typed, and what it needs."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtWidgets import QWidget

from notebook.forms import Field, FieldType, Forms
from notebook.i18n import _
from notebook.model import Clock, JsonValue
from ui.field_choices import FEW, AnswersField, ChoiceField
from ui.field_lines import FixedField, LineField, PageField
from ui.field_lists import ListField
from ui.field_references import ReferenceField
from ui.record_reading import Candidate
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, IconLabel, column, label, row
from ui.widgets.editors import AccountEditor

Editor = (
    LineField | PageField | FixedField | AnswersField | ChoiceField | ListField | ReferenceField
)


def make_editor(field: Field, forms: Forms, look: Look, clock: Clock, parent: QWidget) -> Editor:
    """The widget in which a field of this type is answered."""
    if field.is_readonly:
        return FixedField(field, parent)
    match field.type:
        case FieldType.LONG_TEXT:
            return PageField(field, look, parent)
        case FieldType.CHOICES | FieldType.BOOLEAN:
            return AnswersField(field, parent)
        case FieldType.CHOICE:
            if len(field.options) <= FEW:
                return AnswersField(field, parent)
            return ChoiceField(field, look, parent)
        case FieldType.LIST:
            return ListField(field, look, parent)
        case FieldType.REFERENCE | FieldType.REFERENCES:
            return ReferenceField(field, forms, look, parent)
        case _:
            return LineField(field, look, clock, parent)


class FieldFrame(QWidget):
    """A field with its caption; says by name what happens in it."""

    edited = Signal(str)
    left = Signal()
    words_changed = Signal(str, str)
    create_requested = Signal(str, str, str)
    open_requested = Signal(str)
    conflict_requested = Signal(str)
    cursor_moved = Signal(QRect)
    """Where the cursor of a long text is now, in this widget's coordinates."""

    def __init__(
        self, field: Field, forms: Forms, look: Look, clock: Clock, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.field = field
        self._look = look
        box = column(self, gap=Space.XS)
        self._caption = label(field.label, self, "strong")
        box.addWidget(self._caption)
        if field.help:
            box.addWidget(label(field.help, self, "small"))
        if field.is_internal:
            box.addWidget(self._internal_line())
        self.editor = make_editor(field, forms, look, clock, self)
        self.editor.setAccessibleDescription(field.help)
        box.addWidget(self.editor)
        self._caption.setBuddy(self.editor)
        self._problem = label("", self, "caution")
        self._problem.hide()
        box.addWidget(self._problem)
        self._conflict = self._conflict_line()
        box.addWidget(self._conflict)
        self._connect()

    def value(self) -> JsonValue:
        """What stands in the field."""
        return self.editor.value()

    def set_value(self, value: JsonValue, names: Mapping[str, str]) -> None:
        """Show a value."""
        self.editor.set_value(value, names)

    def show_problem(self, words: str) -> None:
        """Say what the field needs, or nothing."""
        self._problem.setText(words)
        self._problem.setVisible(bool(words))

    def show_conflict(self, *, is_conflict: bool) -> None:
        """A field in conflict is settled, not typed over: one would replace what one never saw."""
        self.editor.setVisible(not is_conflict)
        self._conflict.setVisible(is_conflict)

    def show_candidates(self, found: Sequence[Candidate]) -> None:
        """Offer records under a reference."""
        if isinstance(self.editor, ReferenceField):
            self.editor.show_candidates(found)

    def add_reference(self, record: str, title: str) -> None:
        """Name a record that was made for this field."""
        if isinstance(self.editor, ReferenceField):
            self.editor.add(record, title)

    def references(self) -> tuple[str, ...]:
        """The records named here."""
        return self.editor.chosen() if isinstance(self.editor, ReferenceField) else ()

    def text_editor(self) -> AccountEditor | None:
        """The editor of a long text."""
        return self.editor.editor if isinstance(self.editor, PageField) else None

    def take_focus(self) -> None:
        """Be ready for an answer."""
        target = self._settle if self._conflict.isVisibleTo(self) else self.editor
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _internal_line(self) -> QWidget:
        holder = QWidget(self)
        beside = row(holder, gap=Space.XS)
        beside.addWidget(IconLabel(self._look, "lock", holder, "mute"))
        beside.addWidget(label(_("Not testimony: stays with your team"), holder, "mute"), 1)
        return holder

    def _conflict_line(self) -> QWidget:
        holder = QWidget(self)
        beside = row(holder)
        beside.addWidget(IconLabel(self._look, "conflict", holder, "caution"))
        words = _("People wrote different things here.")
        beside.addWidget(label(words, holder, "caution"), 1)
        self._settle = Button(_("Compare"), holder)
        self._settle.setAccessibleName(_("{field}: compare").format(field=self.field.label))
        self._settle.clicked.connect(self._on_settle)
        beside.addWidget(self._settle)
        beside.addStretch()
        holder.hide()
        return holder

    def _connect(self) -> None:
        self.editor.edited.connect(self._on_edited)
        self.editor.left.connect(self.left)
        if isinstance(self.editor, ReferenceField):
            self.editor.words_changed.connect(self._on_words)
            self.editor.create_requested.connect(self._on_create)
            self.editor.open_requested.connect(self.open_requested)
        if isinstance(self.editor, PageField):
            self.editor.editor.cursor_moved.connect(self._on_cursor)

    def _on_edited(self) -> None:
        self.show_problem("")
        self.edited.emit(self.field.name)

    def _on_words(self, words: str) -> None:
        self.words_changed.emit(self.field.name, words)

    def _on_create(self, type_: str, title: str) -> None:
        self.create_requested.emit(self.field.name, type_, title)

    def _on_settle(self) -> None:
        self.conflict_requested.emit(self.field.name)

    def _on_cursor(self, where: QRect) -> None:
        editor = self.text_editor()
        if editor and editor.hasFocus():
            self.cursor_moved.emit(
                where.translated(editor.viewport().mapTo(self, where.topLeft()) - where.topLeft())
            )

"""The sheet that shows one record before it leaves, field by field, each with a tick."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from notebook.i18n import _
from notebook.model import RecordId
from ui.handover_parts import Choice, ChoiceColumn
from ui.seal_leaving import FieldLine, LeavingPage
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, label, line, row
from ui.widgets.sheets import Sheet
from ui.words import isolated


class LeavingSheet(Sheet):
    """What leaves of a record; a tick taken away keeps a field back."""

    field_toggled = Signal(str, str, bool)
    """The record, the field, and whether it goes."""
    left_out = Signal(object)
    """A tuple with the record's id."""

    def __init__(self, look: Look, page: LeavingPage, window: QWidget) -> None:
        super().__init__(look, isolated(page.title), window)
        self._record = page.id
        for fact in page.facts:
            self.body.addWidget(label(fact, self, "mute"))
        self.body.addWidget(line(self))
        going = [field for field in page.fields if field.may_change]
        self.fields = ChoiceColumn(self)
        self.fields.toggled.connect(self._on_toggled)
        self.fields.show_choices([_choice(field) for field in going])
        if going:
            self.body.addWidget(label(_("What goes of it"), self, "strong"))
        self.body.addWidget(self.fields)
        staying = [field for field in page.fields if not field.may_change]
        if staying:
            self.body.addWidget(label(_("What stays"), self, "strong"))
        for field in staying:
            self.body.addWidget(label(isolated(field.label), self))
            self.body.addWidget(label(field.text, self, "small"))
        self.body.addSpacing(Space.S)
        ends = row()
        self.leave = Button(_("Leave all of it out"), self)
        self.leave.clicked.connect(self._on_leave)
        ends.addWidget(self.leave)
        ends.addStretch()
        self.done = Button(_("Done"), self, role="primary")
        self.done.clicked.connect(self.close_sheet)
        ends.addWidget(self.done)
        self.body.addLayout(ends)

    def _on_toggled(self, field: str, goes: bool) -> None:
        self.field_toggled.emit(self._record, field, goes)

    def _on_leave(self) -> None:
        self.close_sheet()
        self.left_out.emit((RecordId(self._record),))


def _choice(field: FieldLine) -> Choice:
    return Choice(
        key=field.name,
        name=field.label,
        note=field.text,
        is_chosen=field.goes,
        tone="",
        name_tone="strong",
    )

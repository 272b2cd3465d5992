"""The sheet that checks the notebook: progress, then what was found and what to do about it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from notebook.errors import NotebookError
from notebook.i18n import _
from notebook.model import RecordId
from ui.check_words import FoundKind, found_words, more_words, severity_words
from ui.head_words import HeadWords
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import Button, IconLabel, column, frame, label, row
from ui.widgets.notices import ProgressStrip, TroubleCard
from ui.widgets.sheets import Sheet
from ui.words import isolated, on_button


class CheckSheet(Sheet):
    """Reads everything, deletes nothing."""

    check_requested = Signal()
    cancelled = Signal()
    record_chosen = Signal(str)
    acknowledged = Signal()

    def __init__(self, look: Look, window: QWidget) -> None:
        super().__init__(look, _("Check the notebook"), window)
        self.body.addWidget(
            label(
                _("Every entry and every file is read. Nothing is changed and nothing is deleted."),
                self,
                "mute",
            )
        )
        self._bar = ProgressStrip(self)
        self._bar.cancelled.connect(self.cancelled)
        self.body.addWidget(self._bar)
        self._result = QWidget(self)
        self._inside = column(self._result, gap=Space.M)
        self.body.addWidget(self._result)
        self._trouble = TroubleCard(look, self)
        self.body.addWidget(self._trouble)
        self.check = Button(_("Check everything"), self, role="primary")
        self.check.clicked.connect(self.check_requested)
        buttons = row()
        buttons.addStretch()
        buttons.addWidget(self.check)
        self.body.addLayout(buttons)

    def show_running(self) -> None:
        """Show that the check began."""
        self._empty()
        self._trouble.clear()
        self._bar.start(_("Checking…"))
        self.check.hide()

    def show_progress(self, done: int, total: int, words: str) -> None:
        """Show how far it is."""
        self._bar.show_progress(done, total, words)

    def show_stopped(self) -> None:
        """Show that it was stopped and can be begun again."""
        self._end(_("Check everything"))
        self._inside.addWidget(label(_("The check was stopped."), self._result))

    def show_trouble(self, error: NotebookError) -> None:
        """Show why the check could not be done."""
        self._end(_("Check again"))
        self._trouble.show_trouble(error)

    def show_well(
        self, sentence: str, head_words: Sequence[str], known: Sequence[FoundKind]
    ) -> None:
        """Show that nothing was found but what is known, and the words of this state."""
        self._end(_("Check again"))
        self._line("ok", "ok", sentence)
        words = HeadWords(self._result)
        words.show_words(head_words)
        self._inside.addWidget(words)
        for kind in known:
            self._inside.addWidget(self._card(kind))

    def show_found(self, kinds: Sequence[FoundKind], *, is_whole: bool) -> None:
        """Show what needs attention; unless `is_whole`, the files were not read."""
        self._end(_("Check again") if is_whole else _("Check everything"))
        self._line("warning", "caution", found_words(kinds))
        if not is_whole:
            note = _("Found since unlocking. The files were not read yet.")
            self._inside.addWidget(label(note, self._result, "mute"))
        for kind in kinds:
            self._inside.addWidget(self._card(kind))

    def show_records(self, records: Sequence[tuple[RecordId, str]]) -> None:
        """Show the records that are touched, by title."""
        holder = QWidget(self._result)
        box = column(holder, gap=Space.XS)
        box.addWidget(label(_("Records that are touched:"), holder, "strong"))
        for record, title in records:
            beside = row()
            link = Button(
                on_button(title or _("Untitled")),
                holder,
                role="quiet",
                look=self._look,
                icon="next",
            )
            link.setAccessibleName(_("Show the record {title}").format(title=isolated(title)))
            link.setProperty("record", record)
            link.clicked.connect(self._on_record)
            beside.addWidget(link)
            beside.addStretch()
            box.addLayout(beside)
        self._inside.addWidget(holder)

    def result_words(self) -> str:
        """All that is said of the result, in order."""
        return self._result.accessibleName()

    def _end(self, again: str) -> None:
        self._empty()
        self.check.set_words(again)
        self.check.show()
        # Whoever waited has the focus on what stopped it; the way on is here now.
        self.check.setFocus(Qt.FocusReason.OtherFocusReason)
        self._bar.stop()

    def _empty(self) -> None:
        self._result.setAccessibleName("")
        while (item := self._inside.takeAt(0)) is not None:
            widget = item.widget()
            if widget:
                widget.hide()
                widget.deleteLater()

    def _line(self, icon: str, tone: str, sentence: str) -> None:
        holder = QWidget(self._result)
        beside = row(holder, gap=Space.M)
        beside.addWidget(IconLabel(self._look, icon, holder, tone), 0, Qt.AlignmentFlag.AlignTop)
        beside.addWidget(label(sentence, holder, "strong"), 1)
        self._inside.addWidget(holder)
        self._result.setAccessibleName(sentence)

    def _card(self, kind: FoundKind) -> QWidget:
        card = frame("card", self._result)
        beside = row(card, margin=Space.M, gap=Space.M)
        icon, tone = ("danger", "danger") if kind.is_damage else ("info", "mute")
        beside.addWidget(IconLabel(self._look, icon, card, tone), 0, Qt.AlignmentFlag.AlignTop)
        holder = QWidget(card)
        box = column(holder, gap=Space.XS)
        box.addWidget(label(severity_words(kind), holder, tone))
        said = [*kind.sentences, *([more_words(kind.more_count)] if kind.more_count else [])]
        for sentence in said:
            box.addWidget(label(sentence, holder))
        box.addWidget(label(kind.next_step, holder, "strong"))
        if kind.may_acknowledge:
            self._add_acknowledgement(holder, box)
        beside.addWidget(holder, 1)
        card.setAccessibleName(" ".join([severity_words(kind), *said, kind.next_step]))
        return card

    def _add_acknowledgement(self, holder: QWidget, box: QVBoxLayout) -> None:
        known = Button(_("I know of this"), holder)
        known.clicked.connect(self.acknowledged)
        note = _(
            "Once you say so, unlocking tells of it no more. The check goes on remembering it."
        )
        known.setAccessibleDescription(note)
        box.addSpacing(Space.S)
        box.addWidget(label(note, holder, "mute"))
        beside = row()
        beside.addWidget(known)
        beside.addStretch()
        box.addLayout(beside)

    def _on_record(self) -> None:
        sender = self.sender()
        if sender:
            record = str(sender.property("record"))
            self.close_sheet()
            self.record_chosen.emit(record)

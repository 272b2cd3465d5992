"""The sheet that states what a withdrawal destroys; the one thing here that has no undo."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from notebook.i18n import _, ngettext, number
from ui.style.look import Look
from ui.widgets.basics import Button, label, row
from ui.widgets.editors import LineEditor
from ui.widgets.sheets import Sheet
from ui.withdrawing import WithdrawalSheet
from ui.words import isolated


class WithdrawSheet(Sheet):
    """Names every record that loses its content, and asks for the reason."""

    confirmed = Signal(object, str)
    """The records' ids, and the reason."""

    def __init__(self, look: Look, what: WithdrawalSheet, window: QWidget) -> None:
        super().__init__(look, _("Withdraw consent"), window)
        self._what = what
        held = _("What these hold will be destroyed in this notebook:")
        self.body.addWidget(label(held, self, "strong"))
        for line in what.lines:
            self.body.addWidget(label(isolated(line), self))
        gone = _(
            "Text, drafts and files go; that they were here, and why they went, stays in"
            " the history. Copies that others opened are out of reach until they open your"
            " next bundle, which brings the withdrawal. Plain copies, printouts and the"
            " memory of a flash drive are never reached. This cannot be undone."
        )
        self.body.addWidget(label(gone, self))
        stays = _stays(what.stays) if what.stays else ""
        if stays:
            self.body.addWidget(label(stays, self, "strong"))
        self.setAccessibleDescription(" ".join((held, *map(isolated, what.lines), gone, stays)))
        caption = label(_("Reason"), self, "strong")
        self.body.addWidget(caption)
        self.reason = LineEditor(_("Reason"), self)
        self.reason.setPlaceholderText(_("Who asked for it, and when"))
        self.reason.textChanged.connect(self._on_reason)
        caption.setBuddy(self.reason)
        self.body.addWidget(self.reason)
        buttons = row()
        buttons.addStretch()
        keep = Button(_("Keep everything"), self)
        keep.clicked.connect(self.close_sheet)
        buttons.addWidget(keep)
        self.confirm = Button(
            _("Withdraw and destroy"), self, role="danger", look=look, icon="danger"
        )
        self.confirm.setEnabled(False)
        self.confirm.clicked.connect(self._on_destroy)
        buttons.addWidget(self.confirm)
        self.body.addLayout(buttons)

    def _on_reason(self, reason: str) -> None:
        self.confirm.setEnabled(bool(reason.strip()))

    def _on_destroy(self) -> None:
        reason = self.reason.text().strip()
        self.close_sheet()
        self.confirmed.emit(self._what.records, reason)


def _stays(count: int) -> str:
    return ngettext(
        "The consent held for the whole case, in which {count} more record stays and leaves for"
        " nobody any more. If it must go, too, withdraw it.",
        "The consent held for the whole case, in which {count} more records stay and leave for"
        " nobody any more. Withdraw each one that must go, too.",
        count,
    ).format(count=number(count))

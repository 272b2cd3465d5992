"""The room of the exchange folder: which one, whether it is watched, and what came of it."""

from pathlib import Path
from types import MappingProxyType
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from notebook.i18n import _
from notebook.model import RecordId
from ui.exchange_presenter import ExchangeLine, ExchangePage
from ui.files import FileChooser
from ui.handover_parts import Choice, ChoiceColumn, EmptyState, clear, column_layout
from ui.handover_rows import RowList
from ui.list_items import ListItem, Mark
from ui.side_room import SideRoom
from ui.style.look import Look
from ui.style.tokens import ICON, Space
from ui.widgets.basics import Button, IconLabel, column, label, line, row
from ui.widgets.notices import ProgressStrip

ICONS: Final = MappingProxyType({"ok": "ok", "mute": "history", "caution": "warning"})

MOST_SENTENCES: Final = 20

TICK_MS: Final = 5_000
"""Folders on other machines tell nobody that they have changed."""


class ExchangeView(SideRoom):
    """Shows the folder and what came of it; says what the person wants."""

    folder_chosen = Signal(object)
    """A path."""
    look_requested = Signal()
    watch_chosen = Signal(bool)
    ticked = Signal()
    cancel_requested = Signal()
    seal_requested = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(
            look,
            _("Exchange folder"),
            _(
                "A folder that a synchronising program, a stick or a courier fills. What is new"
                " for you is opened once; nothing else in it is changed."
            ),
            parent,
            can_dismiss=False,
        )
        self._chooser = FileChooser(self)
        self._shown: tuple[ExchangeLine, ...] = ()
        self._loud: list[ExchangeLine] = []
        self._build()

    # What the presenter shows (ui.exchange_presenter.ExchangeScreen).

    def show_exchange(self, page: ExchangePage) -> None:
        """Show the folder and what came of it."""
        has_folder = bool(page.folder)
        was_empty = not self._chosen.isVisibleTo(self)
        self.empty.setVisible(not has_folder)
        self._chosen.setVisible(has_folder)
        self._folder.setText(page.folder)
        self.watching.show_choices(
            [
                Choice(
                    key="watch",
                    name=_("Look again every few seconds"),
                    note=_("As long as the notebook is unlocked. Otherwise only when you ask."),
                    is_chosen=page.is_watching,
                )
            ]
        )
        self._summary.setText(page.summary)
        if page.lines != self._shown:
            self._shown = page.lines
            self._show_lines()
        if not has_folder:
            self.empty.button.setFocus(Qt.FocusReason.OtherFocusReason)
        elif was_empty:
            self.look_now.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_progress(self, done: int, total: int, words: str) -> None:
        """How far the bundle is that is being opened."""
        if not self.strip.isVisibleTo(self):
            self.strip.start(words)
        self.strip.show_progress(done, total, words)

    def show_rest(self) -> None:
        """Nothing is being opened any more."""
        self.strip.hide()

    # Qt.

    def _build(self) -> None:
        page = self._page
        self.empty = EmptyState(self._look, "open", page.page)
        self.empty.show_words(
            _("Choose the folder by which bundles reach you, and the notebook looks into it."),
            _("Choose a folder…"),
        )
        self.empty.asked.connect(self._ask_for_folder)
        page.box.addWidget(self.empty)
        self._chosen = QWidget(page.page)
        self._chosen.hide()
        self._build_chosen()
        page.box.addWidget(self._chosen)
        self.end()
        timer = QTimer(self)
        timer.setInterval(TICK_MS)
        timer.timeout.connect(self.ticked)
        timer.start()

    def _build_chosen(self) -> None:
        box = column(self._chosen, gap=Space.M)
        folder = row()
        self._folder = label("", self._chosen, "strong")
        folder.addWidget(self._folder, 1)
        self.choose = Button(_("Another folder…"), self._chosen, look=self._look, icon="open")
        self.choose.clicked.connect(self._ask_for_folder)
        folder.addWidget(self.choose)
        box.addLayout(folder)
        self.watching = ChoiceColumn(self._chosen)
        self.watching.toggled.connect(self._on_watch)
        box.addWidget(self.watching)
        ways = row()
        self.look_now = Button(_("Look now"), self._chosen, role="primary")
        self.look_now.clicked.connect(self.look_requested)
        ways.addWidget(self.look_now)
        self.seal = Button(_("Seal for… into this folder"), self._chosen)
        self.seal.clicked.connect(self.seal_requested)
        ways.addWidget(self.seal)
        ways.addStretch()
        box.addLayout(ways)
        self.strip = ProgressStrip(self._chosen, can_cancel=True)
        self.strip.cancelled.connect(self.cancel_requested)
        self.strip.hide()
        box.addWidget(self.strip)
        box.addWidget(line(self._chosen))
        self._summary = label("", self._chosen, "mute")
        box.addWidget(self._summary)
        self._lines = column_layout()
        self._lines.setSpacing(Space.M)
        box.addLayout(self._lines)
        inset = row(gap=Space.NONE)
        self._gap = QWidget(self._chosen)
        inset.addWidget(self._gap)
        self.rows = RowList(self._look, _("What came of each bundle"), self._chosen)
        inset.addWidget(self.rows, 1)
        box.addLayout(inset)
        self._page.resized.connect(self._fit)
        self._look.changed.connect(self._fit)

    def _show_lines(self) -> None:
        """What needs attention as whole sentences, as many as one reads; the rest as rows."""
        loud = [shown for shown in self._shown if shown.tone != "ok"][:MOST_SENTENCES]
        if loud != self._loud:
            self._loud = loud
            clear(self._lines)
            for shown in loud:
                self._lines.addWidget(self._line(shown))
        # A thousand widgets take seconds, in which nobody could lock.
        self.rows.show_rows([_item(shown) for shown in self._shown if shown not in loud])
        self._fit()

    def _fit(self) -> None:
        # The words of rows begin where those beside an icon do; a row has this much around it.
        self._gap.setFixedWidth(self._look.scaled(ICON) if self._loud else Space.NONE)
        self._gap.setVisible(bool(self.rows.count()))
        self.rows.setVisible(bool(self.rows.count()))
        most = max(self._page.viewport().height(), self.rows.height_of(1))
        self.rows.setFixedHeight(min(self.rows.height_of(self.rows.count()), most))

    def _line(self, shown: ExchangeLine) -> QWidget:
        holder = QWidget(self._chosen)
        beside = row(holder, gap=Space.M)
        icon = IconLabel(self._look, ICONS[shown.tone], holder, shown.tone)
        beside.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        words = column_layout()
        beside.addLayout(words, 1)
        words.addWidget(label(shown.words, holder))
        words.addWidget(label(shown.file, holder, "small"))
        holder.setAccessibleName(f"{shown.words} {shown.file}")
        return holder

    def _ask_for_folder(self) -> None:
        self._chooser.folder(_("Exchange folder"), self._on_folder)

    def _on_folder(self, folder: Path) -> None:
        self.folder_chosen.emit(folder)

    def _on_watch(self, _key: str, is_on: bool) -> None:
        self.watch_chosen.emit(is_on)


def _item(shown: ExchangeLine) -> ListItem:
    return ListItem(
        id=RecordId(shown.file),
        type="bundle",
        title=shown.words,
        second=shown.file,
        marks=(Mark.DONE,) if shown.tone == "ok" else (),
        spoken=f"{shown.words} {shown.file}",
    )

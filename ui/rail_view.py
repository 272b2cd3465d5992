"""The rail: cases on top, the places of the notebook, and at the foot always the lock."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from notebook.i18n import _
from notebook.model import CaseId
from ui.keys import shown_keys
from ui.style.look import Look
from ui.style.tokens import ICON, RAIL_WIDTH, Space
from ui.widgets.basics import Button, column, label, line, ring_inset, ring_margin, row, set_role
from ui.widgets.choices import MenuButton
from ui.widgets.sheets import ALWAYS_IN_REACH


@dataclass(frozen=True, slots=True, kw_only=True)
class RailEntry:
    """One line of the rail."""

    name: str
    words: str
    icon: str
    starts_group: bool = False


class RailView(QFrame):
    """Says where the person wants to go; shows where they are."""

    entry_chosen = Signal(str)
    case_chosen = Signal(str)
    """The case's id; empty for all cases."""
    lock_requested = Signal()
    settings_requested = Signal()
    keys_requested = Signal()

    def __init__(self, look: Look, entries: Sequence[RailEntry], parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._entries = {entry.name: entry for entry in entries}
        self._buttons: dict[str, Button] = {}
        self._case_title = _("All cases")
        set_role(self, "panel")
        self.setAccessibleName(_("Places"))
        self._build()
        look.changed.connect(self._set_width)
        self._set_width()

    def show_here(self, name: str | None) -> None:
        """Mark the entry where the person is."""
        group = self._group
        group.setExclusive(False)
        for entry, button in self._buttons.items():
            button.setChecked(entry == name)
        group.setExclusive(True)

    def show_cases(self, cases: Sequence[tuple[CaseId, str]], chosen: CaseId | None) -> None:
        """Offer these cases; `chosen` is None for all."""
        self._menu.clear()
        for old in self._case_group.actions():
            self._case_group.removeAction(old)
        self._case_title = _("All cases")
        for case, title in [("", self._case_title), *cases]:
            # An ampersand in a menu would underline the next letter.
            action = QAction(title.replace("&", "&&") or _("Untitled case"), self._menu)
            action.setData(case)
            action.setCheckable(True)
            action.setChecked(case == (chosen or ""))
            self._case_group.addAction(action)
            self._menu.addAction(action)
            if action.isChecked():
                self._case_title = title or _("Untitled case")
        self._elide()

    def cases(self) -> list[str]:
        """The cases that are offered, as they are shown."""
        return [action.text() for action in self._menu.actions()]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the case's title to what fits."""
        super().resizeEvent(event)
        self._elide()

    def _build(self) -> None:
        box = column(self, margin=Space.S, gap=Space.XS)
        inset = ring_inset(box)
        box.addSpacing(Space.XS)
        head = QVBoxLayout()
        head.setSpacing(Space.XS)
        head.setContentsMargins(inset)
        box.addLayout(head)
        head.addWidget(label(_("Case"), self, "small"))
        self._case_button = MenuButton(
            _("All cases"), self, role="rail", look=self._look, icon="case"
        )
        self._menu = self._case_button.menu_shown
        self._case_group = QActionGroup(self._menu)
        self._case_group.triggered.connect(self._on_case)
        head.addWidget(self._case_button)
        box.addWidget(self._places(), 1)
        foot = QVBoxLayout()
        foot.setSpacing(Space.XS)
        foot.setContentsMargins(inset)
        box.addLayout(foot)
        foot.addLayout(self._foot())
        self._lock = Button(_("Lock"), self, look=self._look, icon="lock")
        keys = shown_keys("Ctrl+L")
        self._lock.setToolTip(_("Lock now ({keys} or F12)").format(keys=keys))
        self._lock.setProperty(ALWAYS_IN_REACH, True)
        self._lock.clicked.connect(self.lock_requested)
        foot.addWidget(self._lock)

    def _places(self) -> QScrollArea:
        """The entries; they scroll where the window is low or the text large."""
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget(scroll)
        inside.setObjectName("scrolled")
        box = column(inside, gap=Space.XS)
        ring_margin(box)
        self._group = QButtonGroup(self)
        for entry in self._entries.values():
            if entry.starts_group:
                box.addSpacing(Space.S)
                box.addWidget(line(inside))
                box.addSpacing(Space.S)
            button = Button(entry.words, inside, role="rail", look=self._look, icon=entry.icon)
            button.setCheckable(True)
            # A screen reader says "one of these", not "a check box".
            button.setAutoExclusive(True)
            button.setProperty("entry", entry.name)
            self._group.addButton(button)
            self._buttons[entry.name] = button
            box.addWidget(button)
        self._group.buttonClicked.connect(self._on_entry)
        box.addStretch()
        scroll.setWidget(inside)
        return scroll

    def _foot(self) -> QHBoxLayout:
        foot = row(gap=Space.XS)
        settings = Button(_("Settings"), self, role="icon", look=self._look, icon="settings")
        settings.clicked.connect(self.settings_requested)
        keys = Button(
            _("Keys of this screen (F1)"), self, role="icon", look=self._look, icon="help"
        )
        keys.clicked.connect(self.keys_requested)
        foot.addWidget(settings)
        foot.addWidget(keys)
        foot.addStretch()
        return foot

    def _on_entry(self, button: Button) -> None:
        self.entry_chosen.emit(str(button.property("entry")))

    def _on_case(self, action: QAction) -> None:
        self.case_chosen.emit(str(action.data()))

    def _set_width(self) -> None:
        wanted = max(button.sizeHint().width() for button in self._buttons.values())
        # The line where one is stands in bold, and large text may need the scroll bar.
        room = 2 * Space.S + Space.M + self._look.scaled(Space.L)
        self.setFixedWidth(max(RAIL_WIDTH, wanted + room))

    def _elide(self) -> None:
        room = self.width() - 2 * Space.S - 2 * Space.M - 2 * ICON - Space.S
        shown = QFontMetrics(self._case_button.font()).elidedText(
            self._case_title, Qt.TextElideMode.ElideMiddle, room
        )
        self._case_button.setText(shown.replace("&", "&&"))
        self._case_button.setAccessibleName(_("Case: {title}").format(title=self._case_title))

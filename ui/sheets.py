"""The window's own sheets: any action (Ctrl+K), the keys of this screen (F1), and a bug."""

from collections.abc import Sequence
from types import TracebackType

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QGridLayout,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from notebook.i18n import _
from ui.actions import Action, matching
from ui.keys import shown_keys
from ui.style.look import Look
from ui.style.tokens import ICON, SHEET_LIST_HEIGHT, Space
from ui.widgets.basics import Button, label, row
from ui.widgets.editors import LineEditor
from ui.widgets.sheets import Sheet

NAME = Qt.ItemDataRole.UserRole
KEYS = Qt.ItemDataRole.UserRole + 1
TO_THE_LIST = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


class ActionSheet(Sheet):
    """Finds an action by its words, and has it done."""

    chosen = Signal(str)

    def __init__(self, look: Look, actions: Sequence[Action], window: QWidget) -> None:
        super().__init__(look, _("Find an action"), window)
        self._actions = tuple(actions)
        self.words = LineEditor(_("Find an action"), self)
        self.words.setPlaceholderText(_("Type what you want to do"))
        self.words.textChanged.connect(self._fill)
        self.words.returnPressed.connect(self._choose)
        self.words.installEventFilter(self)
        self.body.addWidget(self.words)
        self.nothing = label(_("Nothing that can be done here has these words."), self, "mute")
        self.body.addWidget(self.nothing)
        self.list = QListWidget(self)
        self.list.setAccessibleName(_("Actions"))
        self.list.setFixedHeight(SHEET_LIST_HEIGHT)
        side = look.scaled(ICON)
        self.list.setIconSize(QSize(side, side))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setItemDelegate(_WithKeys(look, self.list))
        self.list.itemClicked.connect(self._choose)
        self.body.addWidget(self.list)
        self._fill("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys go to the list, while the typing goes on."""
        if (
            watched is self.words
            and event.type() is QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in TO_THE_LIST
        ):
            self.list.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def _fill(self, words: str) -> None:
        self.list.clear()
        for action in matching(self._actions, words):
            item = QListWidgetItem(action.words, self.list)
            item.setData(NAME, action.name)
            item.setData(KEYS, shown_keys(action.keys[0]) if action.keys else "")
            if action.icon:
                item.setIcon(self._look.icon(action.icon))
        self.list.setCurrentRow(0)
        self.nothing.setVisible(not self.list.count())

    def _choose(self) -> None:
        item = self.list.currentItem()
        if item:
            self.close_sheet()
            self.chosen.emit(item.data(NAME))


class _WithKeys(QStyledItemDelegate):
    """A line of the list with the keys at its end."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        is_rtl = QGuiApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft
        side = Qt.AlignmentFlag.AlignLeft if is_rtl else Qt.AlignmentFlag.AlignRight
        painter.save()
        painter.setPen(QColor(self._look.theme.mute))
        place: QRect = option.rect
        painter.drawText(
            place.adjusted(Space.M, 0, -Space.M, 0),
            int(side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute),
            str(index.data(KEYS)),
        )
        painter.restore()


class KeysSheet(Sheet):
    """The keys that do something on this screen, and the way to what the program cannot do."""

    about_requested = Signal()

    def __init__(self, look: Look, actions: Sequence[Action], window: QWidget) -> None:
        super().__init__(look, _("Keys of this screen"), window)
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.XL)
        grid.setVerticalSpacing(Space.S)
        grid.setColumnStretch(1, 1)
        with_keys = [action for action in actions if action.keys]
        for at, action in enumerate(with_keys):
            keys = "  ".join(shown_keys(key) for key in action.keys)
            grid.addWidget(label(keys, self, "strong", wraps=False), at, 0)
            grid.addWidget(label(action.words, self), at, 1)
        self.body.addLayout(grid)
        self.body.addWidget(
            label(_("Tab goes on, Shift+Tab goes back, Esc steps back."), self, "mute")
        )
        about = Button(
            _("About, and what is not promised"), self, role="flush", look=look, icon="info"
        )
        about.clicked.connect(self.about_requested)
        foot = row()
        foot.addWidget(about)
        foot.addStretch()
        self.body.addLayout(foot)


class BugSheet(Sheet):
    """The program made a mistake: says so, without a word from the notebook."""

    lock_requested = Signal()

    def __init__(self, look: Look, trace: str, window: QWidget) -> None:
        super().__init__(look, _("The program made a mistake"), window)
        self.body.addWidget(
            label(
                _("What was saved is safe, and what you typed is kept as a draft."), self, "strong"
            )
        )
        self.body.addWidget(
            label(_("Lock and unlock again. If it comes back, note these lines."), self)
        )
        self._details = label(trace, self, "small")
        self._details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.body.addWidget(self._details)
        buttons = row()
        buttons.addStretch()
        go_on = Button(_("Go on"), self)
        go_on.clicked.connect(self.close_sheet)
        buttons.addWidget(go_on)
        lock = Button(_("Lock now"), self, role="primary", look=look, icon="lock")
        lock.clicked.connect(self.lock_requested)
        buttons.addWidget(lock)
        self.body.addLayout(buttons)


def trace_without_content(bug: BaseException) -> str:
    """Where a bug happened: kinds, files, lines and functions, and nothing that was worked on."""
    lines = [type(bug).__name__]
    step: TracebackType | None = bug.__traceback__
    while step:
        code = step.tb_frame.f_code
        file = "/".join(code.co_filename.split("/")[-2:])
        lines.append(f"{file}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return "\n".join(lines)

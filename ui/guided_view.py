"""A room in steps: a title, the trail, the page of the step, and the way on and back."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from notebook.errors import NotebookError
from notebook.i18n import _
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.announcing import announce
from ui.widgets.basics import ENTER, Button, IconLabel, column, label, ring_inset, row, set_role
from ui.widgets.in_sight import is_in_sight
from ui.widgets.notices import ProgressStrip, TroubleCard
from ui.widgets.reading_order import InParts


class StepTrail(QWidget):
    """The names of the steps in a line, the present one in strong type."""

    def __init__(self, look: Look, names: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self._names = tuple(names)
        self._labels: list[QLabel] = []
        beside = row(self, gap=Space.XS)
        for name in self._names:
            if self._labels:
                beside.addWidget(IconLabel(look, "chevron-next", self, "mute"))
            shown = label(name, self, "mute", wraps=False)
            self._labels.append(shown)
            beside.addWidget(shown)
        beside.addStretch()

    def show_step(self, at: int) -> None:
        """Mark the step with this place, counted from 0; below 0 the page is none of them."""
        self.setVisible(at >= 0)
        for place, shown in enumerate(self._labels):
            set_role(shown, "strong" if place == at else "mute")
        words, count = _("Step {number} of {count}: {name}"), len(self._names)
        said = words.format(number=at + 1, count=count, name=self._names[at])
        if at >= 0 and said != self.accessibleName():
            announce(self, said)
        self.setAccessibleName(said)


class Guide(QWidget):
    """Steps one after another: a title, the trail, the page of the step, and the way on and back.

    Enter does the obvious: the button that has the focus, else the way on. Esc steps back.
    """

    gone_on = Signal()
    gone_back = Signal()

    def __init__(self, look: Look, title: str, steps: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self._noticed: list[QWidget] = []
        self._pages: list[QWidget] = []
        box = column(self, margin=Space.XL, gap=Space.S)
        inset = ring_inset(box)
        head = QVBoxLayout()
        head.setSpacing(Space.S)
        head.setContentsMargins(inset)
        head.addWidget(label(title, self, "heading"))
        self._trail = StepTrail(look, steps, self)
        head.addWidget(self._trail)
        head.addSpacing(Space.M)
        box.addLayout(head)
        self._notices = QVBoxLayout()
        self._notices.setContentsMargins(inset)
        box.addLayout(self._notices)
        self._holder = QVBoxLayout()
        box.addLayout(self._holder, 1)
        self._foot = QWidget(self)
        foot = row(self._foot)
        foot.setContentsMargins(inset)
        self.back = Button(_("Back"), self._foot, look=look, icon="back")
        self.back.clicked.connect(self.gone_back)
        foot.addWidget(self.back)
        self._lack = label("", self._foot, "mute")
        foot.addWidget(self._lack, 1)
        self.on = Button(_("Go on"), self._foot, role="primary")
        self.on.clicked.connect(self.gone_on)
        foot.addWidget(self.on)
        box.addWidget(self._foot)

    def add_notice(self, notice: QWidget) -> None:
        """Take in what is shown above the page of any step."""
        self._notices.addWidget(notice)
        self._noticed.append(notice)

    def parts_in_order(self) -> Sequence[QWidget]:
        """The notices, the page in front in its own parts, and the ways on and back."""
        page = next((each for each in self._pages if each.isVisibleTo(self)), None)
        if page is None:
            return (*self._noticed, self._foot)
        inside = page.parts_in_order() if isinstance(page, InParts) else (page,)
        return (*self._noticed, *inside, self._foot)

    def add_page(self, page: QWidget) -> None:
        """Take in the page of a step."""
        self._pages.append(page)
        self._holder.addWidget(page)
        page.hide()

    def show_page(self, page: QWidget, step: int) -> bool:
        """Bring a page to the front; whether another one was there before."""
        # Hidden pages take no part in the height, and keep their own scroll.
        is_other = not page.isVisibleTo(self)
        for each in self._pages:
            each.setVisible(each is page)
        self._trail.show_step(step)
        return is_other

    def show_ways(self, on: str, back: str, *, lack: str = "", may_go_on: bool = True) -> None:
        """Name the ways; an empty name hides one. `lack` says what is missing to go on."""
        self.on.setVisible(bool(on))
        if on:
            self.on.set_words(on)
        self.on.setEnabled(may_go_on)
        self.back.setVisible(bool(back))
        if back:
            self.back.set_words(back)
        self._lack.setText(lack)
        self._lack.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)

    def take_focus(self) -> None:
        """Be ready for Enter, where nothing else asks for the focus."""
        (self.on if self.on.isVisibleTo(self) and self.on.isEnabled() else self.back).setFocus(
            Qt.FocusReason.OtherFocusReason
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on, Esc steps back."""
        if event.key() in ENTER and self.on.isVisible():
            self.on.click()
        elif event.key() == Qt.Key.Key_Escape and self.back.isVisible():
            self.back.click()
        else:
            super().keyPressEvent(event)


class GuidedView(QWidget):
    """Shows one step at a time: what the rooms of sealing, opening, departing and copying share."""

    gone_on = Signal()
    gone_back = Signal()

    def __init__(self, look: Look, title: str, steps: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self._begun: QWidget = self
        self.guide = Guide(look, title, steps, self)
        self.guide.gone_on.connect(self.go_on)
        self.guide.gone_back.connect(self.gone_back)
        column(self).addWidget(self.guide)
        self.trouble = TroubleCard(look, self.guide)
        self.guide.add_notice(self.trouble)
        self.working = QWidget(self.guide)
        self.strip = ProgressStrip(self.working, can_cancel=False)
        working = column(self.working)
        working.addWidget(self.strip)
        working.addStretch()
        self.guide.add_page(self.working)

    def parts_in_order(self) -> Sequence[QWidget]:
        """As its guide says."""
        return self.guide.parts_in_order()

    def go_on(self) -> None:
        """The person goes on."""
        self.gone_on.emit()

    def show_lack(self, sentence: str) -> None:
        """Say what is missing to go on."""
        self.trouble.show_words(sentence)

    def show_trouble(self, error: NotebookError | None) -> None:
        """Show trouble, or that there is none any more."""
        if error:
            self.trouble.show_trouble(error)
        else:
            self.trouble.clear()

    def show_strip(self, words: str, step: int, *, back: str) -> None:
        """Something takes its time; `back` is empty where it cannot be cancelled."""
        self.strip.start(words)
        self.show_step(self.working, step, on="", back=back)

    def show_step(
        self,
        page: QWidget,
        step: int,
        *,
        on: str,
        back: str | None = None,
        lack: str = "",
        may_go_on: bool = True,
        first: QWidget | None = None,
    ) -> None:
        """Bring the page of a step to the front; what has the focus there is `first`.

        `on` and `back` name the ways, empty for none; `lack` says what is missing to go on.
        """
        self.guide.show_ways(
            on, _("Back") if back is None else back, lack=lack, may_go_on=may_go_on
        )
        if self.guide.show_page(page, step):
            if first:
                first.setFocus(Qt.FocusReason.OtherFocusReason)
                self._begun = first
                # The page is laid out a little later.
                QTimer.singleShot(0, self._read_first)
            else:
                self.guide.take_focus()

    def _read_first(self) -> None:
        """What stands far below is not typed into unseen: who reads comes there by Tab."""
        focus = self.window().focusWidget()
        is_first = focus in (self._begun, self._begun.focusProxy())
        if is_first and self._begun.isVisible() and not is_in_sight(self._begun):
            self.guide.take_focus()

"""The head of a record: where it belongs, its title, the state of saving, and its sections."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from notebook.forms import Section
from notebook.i18n import _, number
from ui.record_sheet import RecordSheet, SaveState, Shown
from ui.style.look import Look
from ui.style.tokens import (
    CASE_CHARACTERS,
    CASE_LEAST,
    HAIRLINE,
    RECORD_WORDS_FROM,
    TITLE_INSET,
    Space,
)
from ui.title_line import TitleLine
from ui.widgets.announcing import announce
from ui.widgets.basics import Button, ElidedLabel, IconLabel, column, label, row
from ui.widgets.choices import Choice, MenuButton
from ui.widgets.flow import Flow
from ui.words import isolated

STATE_ICONS = {
    SaveState.SAVED: ("ok", "ok"),
    SaveState.UNSAVED: ("draft", "mute"),
    SaveState.DRAFT: ("draft", "caution"),
    SaveState.SAVING: ("draft", "mute"),
    SaveState.EMPTY: ("draft", "mute"),
}


class Anchor(Button):
    """The name of a section; all of them are one stop of the Tab key, and arrows walk."""

    stepped = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right walk, in the direction of the window."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            is_rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
            self.stepped.emit(-1 if (event.key() == Qt.Key.Key_Left) is not is_rtl else 1)
        else:
            super().keyPressEvent(event)


class RecordHeader(QWidget):
    """Always in sight above the fields."""

    back_requested = Signal()
    save_requested = Signal()
    discard_requested = Signal()
    drawer_toggled = Signal()
    title_edited = Signal()
    title_left = Signal()
    title_entered = Signal()
    """Enter in the title: on to the first field."""
    case_chosen = Signal(str)
    section_chosen = Signal(str)
    act_requested = Signal(str)
    """The name of an action of `ui.actions`."""
    conflict_requested = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._anchors: dict[str, Anchor] = {}
        self._evidence_count = 0
        self._has_one_case = False
        self._was = SaveState.EMPTY
        self._build()

    def show_record(self, sheet: RecordSheet, sections: Sequence[Section]) -> None:
        """Show another record."""
        self._type.setText(sheet.form.label)
        title = sheet.case_title if not sheet.cases else sheet.cases[0][1]
        self._case.show_text(isolated(title))
        self._has_one_case = len(sheet.cases) < 2 and sheet.form.type != "case" and bool(title)
        with QSignalBlocker(self.cases):
            self.cases.clear()
            for case, title in sheet.cases:
                self.cases.addItem(title or _("Untitled case"), case)
            self.cases.setCurrentIndex(max(self.cases.findData(sheet.case), 0))
        self.cases.setVisible(len(sheet.cases) > 1)
        self._place_top()
        self._show_sections(sections)
        self.show_title_problem("")

    def set_title(self, title: str) -> None:
        """Show the title; the cursor stays when it is the same."""
        if self.title.text() != title:
            self.title.setText(title)
            self.title.setCursorPosition(0)

    def show_title_conflict(self, *, is_conflict: bool) -> None:
        """A title in conflict is settled, not typed over."""
        self.title.setReadOnly(is_conflict)
        self._settle.setVisible(is_conflict)

    def show_state(self, shown: Shown) -> None:
        """Show where what is typed is now."""
        icon, tone = STATE_ICONS[shown.state]
        self._state_icon.set_icon(icon, tone)
        self._state.show_text(shown.words)
        if self._was is SaveState.SAVING and shown.state is SaveState.SAVED:
            announce(self._state, shown.words)
        self._was = shown.state
        self.save.setEnabled(shown.can_save)
        self._discard.setVisible(shown.can_discard)
        self._place_top()

    def show_missing(self, words: str) -> None:
        """Say calmly what is still empty."""
        self._missing.setText(words)
        self._missing.setVisible(bool(words))

    def show_title_problem(self, words: str) -> None:
        """Say what the title needs."""
        self._problem.setText(words)
        self._problem.setVisible(bool(words))

    def show_here(self, section: str) -> None:
        """Mark the section that is in sight."""
        for name, button in self._anchors.items():
            button.setChecked(name == section)
            button.setFocusPolicy(
                Qt.FocusPolicy.StrongFocus if name == section else Qt.FocusPolicy.ClickFocus
            )

    def show_drawer_state(self, *, is_open: bool, count: int) -> None:
        """Say whether the drawer is open, and how much evidence is in it."""
        self.drawer_way.setChecked(is_open)
        self._evidence_count = count
        self._place_ways()

    def show_folded(self, *, is_folded: bool) -> None:
        """Offer the way back when the list is folded away."""
        self._back.setVisible(is_folded)
        self._place_top()

    def show_actions(self, actions: Sequence[tuple[str, str]]) -> None:
        """What can be done with this record, by name and words."""
        self._more.menu_shown.clear()
        for name, words in actions:
            action = QAction(words, self._more.menu_shown)
            action.setData(name)
            self._more.menu_shown.addAction(action)

    def _build(self) -> None:
        box = column(self, gap=Space.XS)
        # The letters of the title stand in line with those above, its border around them.
        outset = Space.XL - TITLE_INSET
        box.setContentsMargins(outset, Space.M, outset, Space.S)
        top = row(gap=Space.S)
        top.setContentsMargins(TITLE_INSET, Space.NONE, TITLE_INSET, Space.NONE)
        self._back = Button(_("Back to the list"), self, role="icon", look=self._look, icon="back")
        self._back.clicked.connect(self.back_requested)
        self._back.hide()
        top.addWidget(self._back)
        self._type = label("", self, "mute", wraps=False)
        top.addWidget(self._type)
        self._dot = label("·", self, "mute", wraps=False)
        top.addWidget(self._dot)
        self._case = ElidedLabel(self, "mute")
        top.addWidget(self._case)
        self.cases = Choice(_("Case"), self._look, self)
        # As long as its title a case would push the button that saves out of sight.
        self.cases.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.cases.setMinimumContentsLength(CASE_CHARACTERS)
        self.cases.activated.connect(self._on_case)
        top.addWidget(self.cases)
        top.addStretch()
        self._state_icon = IconLabel(self._look, "ok", self, "ok")
        top.addWidget(self._state_icon)
        self._state = ElidedLabel(self, "mute")
        top.addWidget(self._state)
        self._discard = Button(_("Discard draft"), self, role="quiet")
        self._discard.clicked.connect(self.discard_requested)
        top.addWidget(self._discard)
        self.save = Button(_("Save"), self, role="primary")
        self.save.clicked.connect(self.save_requested)
        top.addWidget(self.save)
        box.addLayout(top)
        middle = row(gap=Space.S)
        self.title = TitleLine(_("Title"), self._look, self)
        self.title.setPlaceholderText(_("Title, safe to read aloud"))
        # Else its tooltip would be read, which is the title once more.
        self.title.setAccessibleDescription(_("Title, safe to read aloud"))
        self.title.textEdited.connect(self._on_title)
        self.title.left.connect(self.title_left)
        self.title.returnPressed.connect(self.title_entered)
        middle.addWidget(self.title, 1)
        self._settle = Button(_("Compare titles"), self)
        self._settle.clicked.connect(self.conflict_requested)
        self._beside_title = row(gap=Space.XS)
        middle.addLayout(self._beside_title)
        middle.addSpacing(TITLE_INSET)
        box.addLayout(middle)
        self._problem = label("", self, "caution")
        self._problem.setIndent(TITLE_INSET)
        box.addWidget(self._problem)
        settle = row()
        settle.setContentsMargins(TITLE_INSET, Space.NONE, TITLE_INSET, Space.NONE)
        settle.addWidget(self._settle)
        settle.addStretch()
        box.addLayout(settle)
        self._missing = label("", self, "small")
        self._missing.setIndent(TITLE_INSET)
        box.addWidget(self._missing)
        box.addLayout(self._build_ways())
        for hidden in (self._problem, self._settle, self._discard):
            hidden.hide()

    def _build_ways(self) -> QHBoxLayout:
        """The sections on one side; on the other the drawer, and what can be done."""
        beside = row(gap=Space.XS)
        # Here too the letters stand in line, and the room for the pointer around them.
        inset = TITLE_INSET - Space.XS - HAIRLINE
        beside.setContentsMargins(inset, Space.NONE, inset, Space.NONE)
        self._line = Flow(self, Space.XS, line_gap=Space.NONE)
        self._line.setAccessibleName(_("Sections"))
        beside.addWidget(self._line, 1, Qt.AlignmentFlag.AlignTop)
        self.drawer_way = Button("", self, role="quiet", look=self._look, icon="clip")
        self.drawer_way.setCheckable(True)
        self.drawer_way.clicked.connect(self.drawer_toggled)
        self._more = MenuButton(_("More"), self, look=self._look, role="menu")
        self._more.menu_shown.triggered.connect(self._on_act)
        self._beside_sections = row(gap=Space.XS)
        beside.addLayout(self._beside_sections)
        beside.setAlignment(self._beside_sections, Qt.AlignmentFlag.AlignTop)
        self._ways = self._beside_sections
        self._ways.addWidget(self.drawer_way)
        self._ways.addWidget(self._more)
        return beside

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow the sections need the whole line: the ways go up to the title."""
        super().resizeEvent(event)
        self._place_ways()
        self._place_top()

    def _place_top(self) -> None:
        """Where it is narrow the state of saving comes first, then the type, then the case."""
        always = (self._back, self.cases, self._state_icon, self._state, self._discard, self.save)
        shown = [each.sizeHint().width() + Space.S for each in always if not each.isHidden()]
        free = self.width() - 2 * Space.XL - sum(shown)
        free -= self._type.sizeHint().width() + Space.S
        self._type.setVisible(free >= 0)
        is_place = self._has_one_case and free >= self._look.scaled(CASE_LEAST)
        self._dot.setVisible(is_place)
        self._case.setVisible(is_place)
        # What a long title lacks is taken from it alone.
        free -= self._dot.sizeHint().width() + 2 * Space.S
        self._case.setMaximumWidth(max(free, Space.NONE))

    def _place_ways(self) -> None:
        is_wide = self.width() >= self._look.scaled(RECORD_WORDS_FROM)
        ways = self._beside_sections if is_wide else self._beside_title
        if ways is not self._ways:
            for button in (self.drawer_way, self._more):
                self._ways.removeWidget(button)
                ways.addWidget(button)
            self._ways = ways
        self._name_drawer(is_wide=is_wide)

    def _name_drawer(self, *, is_wide: bool) -> None:
        words = _("Evidence and links")
        if self._evidence_count:
            words = f"{words} ({number(self._evidence_count)})"
        short = f"({number(self._evidence_count)})" if self._evidence_count else ""
        self.drawer_way.set_words(words if is_wide else short)
        self.drawer_way.setAccessibleName(words)
        self.drawer_way.setToolTip("" if is_wide else words)

    def _show_sections(self, sections: Sequence[Section]) -> None:
        if list(self._anchors) == [section.name for section in sections]:
            return
        self._line.clear()
        self._anchors = {}
        before: QWidget = self._settle
        for section in sections:
            button = Anchor(section.label, self._line, role="anchor")
            button.setCheckable(True)
            button.setProperty("section", section.name)
            button.setAccessibleName(_("Go to: {section}").format(section=section.label))
            button.clicked.connect(self._on_section)
            button.stepped.connect(self._on_stepped)
            self._line.add(button)
            self._anchors[section.name] = button
            # They are younger than the fields, and Tab would come to them last.
            QWidget.setTabOrder(before, button)
            before = button
            button.setVisible(len(sections) > 1)

    def _on_title(self) -> None:
        self.show_title_problem("")
        self.title_edited.emit()

    def _on_case(self) -> None:
        self.case_chosen.emit(str(self.cases.currentData()))

    def _on_section(self) -> None:
        self.section_chosen.emit(str(self.sender().property("section")))

    def _on_stepped(self, step: int) -> None:
        anchors = list(self._anchors.values())
        at = next(at for at, anchor in enumerate(anchors) if anchor is self.sender())
        to = anchors[(at + step) % len(anchors)]
        to.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        to.setFocus(Qt.FocusReason.TabFocusReason)

    def _on_act(self, action: QAction) -> None:
        self.act_requested.emit(str(action.data()))

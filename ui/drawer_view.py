"""The drawer beside a record: evidence with thumbnails, links, and the history."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from notebook.i18n import _
from ui.drawer_presenter import DrawerSheet, EvidenceItem, LinkItem
from ui.history_words import Happening
from ui.style.look import Look
from ui.style.tokens import (
    BESIDE_WORDS,
    DRAWER_WIDTH,
    ICON,
    RGB_BYTES,
    THUMBNAIL,
    UNBOUNDED,
    Space,
)
from ui.widgets.basics import Button, IconLabel, column, frame, is_inside, label, row, set_role
from ui.widgets.flow import Flow
from ui.widgets.link import LinkButton
from ui.widgets.notices import ProgressStrip
from ui.words import isolated


def picture(width: int, height: int, rgb: bytes) -> QPixmap:
    """Pixels as a picture; no image plugin of Qt ever sees a file."""
    image = QImage(rgb, width, height, width * RGB_BYTES, QImage.Format.Format_RGB888)
    return QPixmap.fromImage(image)


class EvidenceCard(QFrame):
    """One file: its thumbnail, its title, its kind. Enter and a click open it."""

    opened = Signal(str)

    def __init__(self, item: EvidenceItem, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._id = item.id
        set_role(self, "card")
        box = row(self, margin=Space.S)
        box.addWidget(self._thumbnail(item, look), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(Space.XS)
        self.button = LinkButton(item.title, self)
        self.button.setAccessibleName(_("Open {title}").format(title=isolated(item.title)))
        self.button.clicked.connect(self._on_clicked)
        words.addWidget(self.button)
        words.addWidget(label(item.kind, self, "small"))
        box.addLayout(words, 1)
        box.setAlignment(words, Qt.AlignmentFlag.AlignTop)

    def _thumbnail(self, item: EvidenceItem, look: Look) -> QLabel:
        if item.thumbnail is None:
            return IconLabel(look, item.icon, self, "mute")
        seen = item.thumbnail
        shown = QLabel(self)
        shown.setAccessibleName(_("Thumbnail"))
        shown.setPixmap(
            picture(seen.width, seen.height, seen.rgb).scaled(
                QSize(THUMBNAIL, THUMBNAIL),
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        )
        return shown

    def _on_clicked(self) -> None:
        self.opened.emit(self._id)


class DrawerView(QFrame):
    """Shows what stands beside the record."""

    record_chosen = Signal(str)
    attach_requested = Signal()
    paste_requested = Signal()
    sound_requested = Signal()
    intake_cancelled = Signal()
    close_requested = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setObjectName("drawer")
        set_role(self, "panel")
        self.setAccessibleName(_("Evidence, links and history"))
        self._shown: DrawerSheet | None = None
        self._is_alone = False
        self._build()
        look.changed.connect(self._set_width)
        self._set_width()

    def show_drawer(self, sheet: DrawerSheet) -> None:
        """Show what stands beside the record; where one was in it stays."""
        if sheet == self._shown:
            return
        self._shown = sheet
        self._attach_row.setVisible(sheet.takes_evidence)
        self._evidence_heading.setVisible(sheet.takes_evidence)
        self._fill(self._evidence, [self._card(item) for item in sheet.evidence])
        links = (*sheet.consents, *sheet.links)
        self._fill(self._links, [self._link(item) for item in links])
        self._links_heading.setVisible(bool(links))
        self._fill(self._history, [self._line(one) for one in sheet.history])
        self._history_heading.setVisible(bool(sheet.history))

    def show_history(self) -> None:
        """Bring the history into sight."""
        self._scroll.ensureWidgetVisible(self._history_heading, Space.NONE, self.height())
        self._scroll.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_note(self, words: str) -> None:
        """Say something that stays until it is dismissed."""
        self._note_text.setText(words)
        self._note.setVisible(bool(words))

    def _build(self) -> None:
        box = column(self, gap=Space.NONE)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setAccessibleName(_("Evidence, links and history"))
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = QWidget(self._scroll)
        content.setObjectName("scrolled")
        inside = column(content, margin=Space.L, gap=Space.M)
        top = row()
        self._evidence_heading = label(_("Evidence"), content, "strong")
        top.addWidget(self._evidence_heading, 1)
        top.addStretch()
        self._close = Button(_("Put away"), content, role="icon", look=self._look, icon="close")
        self._close.clicked.connect(self.close_requested)
        top.addWidget(self._close)
        inside.addLayout(top)
        self._evidence = QVBoxLayout()
        self._evidence.setSpacing(Space.S)
        inside.addLayout(self._evidence)
        self.intake = ProgressStrip(content)
        self.intake.cancelled.connect(self.intake_cancelled)
        inside.addWidget(self.intake)
        self._note = self._build_note(content)
        inside.addWidget(self._note)
        self._attach_row = self._build_attach(content)
        inside.addWidget(self._attach_row)
        self._links_heading = label(_("Linked with"), content, "strong")
        inside.addSpacing(Space.M)
        inside.addWidget(self._links_heading)
        self._links = QVBoxLayout()
        self._links.setSpacing(Space.XS)
        inside.addLayout(self._links)
        self._history_heading = label(_("History"), content, "strong")
        inside.addSpacing(Space.M)
        inside.addWidget(self._history_heading)
        self._history = QVBoxLayout()
        self._history.setSpacing(Space.S)
        inside.addLayout(self._history)
        inside.addStretch()
        self._scroll.setWidget(content)
        box.addWidget(self._scroll)
        self.show_drawer(DrawerSheet())

    def _build_attach(self, parent: QWidget) -> QWidget:
        holder = QWidget(parent)
        lines = column(holder, gap=Space.XS)
        buttons = Flow(holder, Space.S)
        self.attach = Button(_("Add evidence"), buttons, look=self._look, icon="clip")
        self.attach.clicked.connect(self.attach_requested)
        self.sound = Button(_("Record"), buttons, look=self._look, icon="microphone")
        self.sound.setToolTip(_("Record sound as evidence"))
        self.sound.clicked.connect(self.sound_requested)
        self.paste = Button(_("Paste"), buttons, role="quiet")
        self.paste.setToolTip(_("Add the picture or the files on the clipboard"))
        self.paste.clicked.connect(self.paste_requested)
        for button in (self.attach, self.sound, self.paste):
            buttons.add(button)
        lines.addWidget(buttons)
        lines.addWidget(label(_("Files can also be dropped on the record."), holder, "small"))
        return holder

    def _build_note(self, parent: QWidget) -> QWidget:
        holder = frame("notice", parent)
        beside = row(holder, margin=Space.S)
        icon = IconLabel(self._look, "info", holder, "caution")
        beside.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        self._note_text = label("", holder)
        beside.addWidget(self._note_text, 1)
        close = Button(_("Dismiss"), holder, role="icon", look=self._look, icon="close")
        close.clicked.connect(holder.hide)
        beside.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        holder.hide()
        return holder

    def _fill(self, place: QVBoxLayout, widgets: Sequence[QWidget]) -> None:
        while item := place.takeAt(0):
            old = item.widget()
            if old:
                old.hide()
                old.deleteLater()
        for widget in widgets:
            place.addWidget(widget)

    def _card(self, item: EvidenceItem) -> QWidget:
        card = EvidenceCard(item, self._look, self)
        card.opened.connect(self.record_chosen)
        return card

    def _link(self, item: LinkItem) -> QWidget:
        holder = QWidget(self)
        lines = column(holder, gap=Space.NONE)
        button = LinkButton(item.title, holder, look=self._look, icon=item.icon)
        button.setProperty("record", item.id)
        button.clicked.connect(self._on_link)
        lines.addWidget(button)
        words = label(item.words, holder, "small")
        words.setIndent(self._look.scaled(ICON) + BESIDE_WORDS + Space.XS)
        lines.addWidget(words)
        return holder

    def _line(self, happening: Happening) -> QWidget:
        holder = QWidget(self)
        lines = column(holder, gap=Space.NONE)
        lines.addWidget(label(happening.what, holder))
        lines.addWidget(label(happening.when, holder, "small"))
        return holder

    def _on_link(self) -> None:
        self.record_chosen.emit(str(self.sender().property("record")))

    def stand(self, beside: QWidget, way: QWidget, *, is_open: bool, is_alone: bool) -> None:
        """Stand beside `beside`, or where there is no room in its place; `way` opens the drawer.

        Qt would give the focus of what is hidden to the rail, whose keys lead elsewhere.
        """
        focus = self.window().focusWidget()
        was_beside, was_here = is_inside(focus, beside), is_inside(focus, self)
        self._is_alone = is_alone
        self._set_width()
        beside.setVisible(not is_alone)
        self.setVisible(is_open)
        if was_beside and is_alone:
            self._close.setFocus(Qt.FocusReason.OtherFocusReason)
        elif was_here and not is_open:
            way.setFocus(Qt.FocusReason.OtherFocusReason)

    def _set_width(self) -> None:
        wanted = self._look.scaled(DRAWER_WIDTH)
        self.setMinimumWidth(Space.NONE if self._is_alone else wanted)
        self.setMaximumWidth(UNBOUNDED if self._is_alone else wanted)

"""What a piece of evidence looks like: its picture, or what is known of the file."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from notebook.i18n import _
from ui.drawer_view import picture
from ui.evidence_presenter import FileSheet
from ui.style.look import Look
from ui.style.tokens import PREVIEW_HEIGHT_MOST, Space
from ui.widgets.basics import Button, IconLabel, column, label, row, set_role
from ui.words import isolated


class PreviewView(QFrame):
    """Stands on top of an evidence record."""

    extract_requested = Signal()
    uncover_requested = Signal()
    listen_requested = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._whole: QPixmap | None = None
        set_role(self, "card")
        box = column(self, margin=Space.L, gap=Space.M)
        self._picture = QLabel(self)
        self._picture.setAccessibleName(_("Picture"))
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        # Its own size must not widen the page: it is scaled to the room there is.
        self._picture.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        box.addWidget(self._picture)
        self._cover = QWidget(self)
        cover = row(self._cover)
        cover.addWidget(IconLabel(look, "eye-closed", self._cover, "mute"))
        cover.addWidget(label(_("Marked as graphic. It stays covered."), self._cover), 1)
        show = Button(_("Show"), self._cover)
        show.clicked.connect(self._on_show)
        cover.addWidget(show)
        box.addWidget(self._cover)
        self._words = label("", self, "mute")
        box.addWidget(self._words)
        facts = row(gap=Space.M)
        self._icon = IconLabel(look, "document", self, "mute")
        facts.addWidget(self._icon)
        self._facts = label("", self)
        self._facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        facts.addWidget(self._facts, 1)
        box.addLayout(facts)
        self._sound = QWidget(self)
        heard = row(self._sound, gap=Space.M)
        self.listen = Button(_("Listen"), self._sound, look=look, icon="play")
        self.listen.clicked.connect(self.listen_requested)
        heard.addWidget(self.listen)
        self._position = label("", self._sound, "mute")
        heard.addWidget(self._position, 1)
        box.addWidget(self._sound)
        self._sound.hide()
        out = row(gap=Space.M)
        self.extract = Button(_("Write a plain copy…"), self, look=look, icon="open")
        self.extract.clicked.connect(self.extract_requested)
        out.addWidget(self.extract)
        out.addWidget(
            label(
                _("Anyone can read a plain copy, and deleting it later does not erase it."),
                self,
                "small",
            ),
            1,
        )
        box.addLayout(out)
        self.hide()

    def show_file(self, sheet: FileSheet | None) -> None:
        """Show what kind of file it is, or nothing."""
        self._whole = None
        self._picture.hide()
        self._words.hide()
        self.setVisible(sheet is not None)
        self._cover.setVisible(bool(sheet and sheet.is_covered))
        if sheet:
            self._icon.set_icon(sheet.icon, "mute")
            name = isolated(sheet.file_name) if sheet.file_name else ""
            digest = _("SHA-256 {digest}…").format(digest=sheet.short_hash)
            parts = (name, sheet.kind, sheet.size, digest)
            self._facts.setText(" · ".join(part for part in parts if part))

    def show_listening(self, words: str | None, *, is_offered: bool) -> None:
        """Show how far it is, or None when nothing is heard; and whether one can listen at all."""
        self._sound.setVisible(is_offered)
        self.listen.set_words(_("Listen") if words is None else _("Stop"))
        self.listen.set_icon("play" if words is None else "pause")
        self._position.setText(words or "")

    def show_picture(self, width: int, height: int, rgb: bytes) -> None:
        """Show the picture, as large as there is room."""
        self._whole = picture(width, height, rgb)
        self._cover.hide()
        self._words.hide()
        self._picture.show()
        self._fit()

    def show_no_picture(self, words: str) -> None:
        """Say why there is no picture."""
        self._picture.hide()
        self._words.setText(words)
        self._words.setVisible(bool(words))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the picture inside."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._whole is None:
            return
        room = QSize(max(self.width() - 2 * Space.L, 1), PREVIEW_HEIGHT_MOST)
        size = self._whole.size()
        if size.width() > room.width() or size.height() > room.height():
            size = size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        self._picture.setFixedHeight(size.height())
        self._picture.setPixmap(
            self._whole.scaled(
                size,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        )

    def _on_show(self) -> None:
        self._cover.hide()
        self.uncover_requested.emit()

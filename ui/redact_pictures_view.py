"""The step of files: which go, and what is covered in the pictures among them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QScrollArea, QWidget

from notebook.i18n import _
from ui.drawer_view import picture
from ui.handover_rows import RowList
from ui.redact_canvas import CoverCanvas
from ui.redact_picture_pages import PicturesPage
from ui.style.look import Look
from ui.style.tokens import LIST_LEAST, PAGE_WIDTH, Space
from ui.widgets.basics import Button, IconLabel, column, label, ring_margin, row
from ui.widgets.flow import Flow
from ui.words import isolated


class PicturesView(QWidget):
    """One file that goes or stays."""

    file_chosen = Signal(str)
    goes_toggled = Signal(bool)
    metadata_toggled = Signal(bool)
    unveiled = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._file = ""
        self._has_files = False
        sides = row(self, gap=Space.XL)
        ring_margin(sides)
        self._list = QWidget(self)
        list_box = column(self._list, gap=Space.XS)
        list_box.addWidget(label(_("Files of the case"), self._list, "strong"))
        self.rows = RowList(look, _("Files of the case"), self._list)
        self.rows.chosen.connect(self.file_chosen)
        list_box.addWidget(self.rows, 1)
        sides.addWidget(self._list)
        # Where the window is low the page scrolls, and the picture keeps its size.
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page = self._build_file(look)
        page.setObjectName("scrolled")
        self._scroll.setWidget(page)
        sides.addWidget(self._scroll, 1)

    def _build_file(self, look: Look) -> QWidget:
        page = QWidget(self)
        box = column(page, gap=Space.S)
        ring_margin(box)
        self._title = label("", page, "strong")
        box.addWidget(self._title)
        self._kind = label("", page, "small")
        box.addWidget(self._kind)
        self.goes = QCheckBox(page)
        self.goes.clicked.connect(self.goes_toggled)
        box.addWidget(self.goes)
        self._said = label("", page, "mute")
        box.addWidget(self._said)
        self._veil = QWidget(page)
        veil = row(self._veil)
        veil.addWidget(IconLabel(look, "eye-closed", self._veil, "mute"))
        veil.addWidget(label(_("Marked as graphic. It stays covered."), self._veil), 1)
        self.show_it = Button(_("Show"), self._veil)
        self.show_it.clicked.connect(self.unveiled)
        veil.addWidget(self.show_it)
        box.addWidget(self._veil)
        self.canvas = CoverCanvas(look, page)
        box.addWidget(self.canvas, 1)
        self._ways = Flow(page, Space.S)
        self.add = Button(_("Cover a part"), page, look=look, icon="add")
        self.add.clicked.connect(self._on_add)
        self.remove = Button(_("Uncover it"), page, look=look, icon="remove")
        self.remove.clicked.connect(self.canvas.remove_chosen)
        self.metadata = QCheckBox(_("Keep where, when and how it was taken"), page)
        self.metadata.clicked.connect(self.metadata_toggled)
        for widget in (self.add, self.remove, self.metadata):
            self._ways.add(widget)
        box.addWidget(self._ways)
        self._keys = label(
            _(
                "Draw with the mouse, or: Insert adds, arrows move, Shift and arrows size, Ctrl in"
                " small steps, Page Down the next one, Delete uncovers."
            ),
            page,
            "small",
        )
        box.addWidget(self._keys)
        self._rest = QWidget(page)
        column(self._rest).addStretch()
        box.addWidget(self._rest, 1)
        return page

    def show_pictures(self, page: PicturesPage) -> None:
        """Show the files, and one of them."""
        self._has_files = page.file is not None
        self.rows.show_rows(page.rows, page.file)
        if page.file != self._file:
            self._file = page.file or ""
            self.canvas.show_picture(None)
            self.add.setEnabled(False)
        self._title.setText(isolated(page.title) if page.title else _("Untitled"))
        self._kind.setText(page.kind)
        self._said.setText(page.said)
        for widget in (self._title, self._kind, self.goes):
            widget.setVisible(self._has_files)
        self.goes.setText(
            _("A copy of this picture goes") if page.is_picture else _("This file goes unchanged")
        )
        self.goes.setChecked(page.goes)
        is_shown = page.is_picture and not page.is_veiled
        self._veil.setVisible(page.is_picture and page.is_veiled)
        self.canvas.setVisible(is_shown)
        self._ways.setVisible(is_shown)
        self._keys.setVisible(is_shown)
        self._rest.setVisible(not is_shown)
        self.canvas.show_regions(page.regions, page.region)
        self.remove.setEnabled(page.region is not None)
        self.metadata.setEnabled(page.goes)
        self.metadata.setChecked(page.keeps_metadata)
        self._fold()

    def show_picture(self, width: int, height: int, rgb: bytes) -> None:
        """Show the picture of the file."""
        self.canvas.show_picture(picture(width, height, rgb))
        self.add.setEnabled(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep a share of a narrow page for the picture."""
        super().resizeEvent(event)
        self._fold()

    def first(self) -> QWidget | None:
        """Where the person is to begin."""
        return self.rows if self._has_files else None

    def _fold(self) -> None:
        self._list.setVisible(self._has_files)
        is_wide = self.width() >= self._look.scaled(PAGE_WIDTH)
        self._list.setFixedWidth(
            self._look.scaled(LIST_LEAST) if is_wide else max(self.width() // 3, 1)
        )

    def _on_add(self) -> None:
        self.canvas.add_in_the_middle()
        self.canvas.setFocus()

"""Choosing files and folders, without leaving a history of them on the computer."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Qt  # noqa: TID251 - to have it write nowhere
from PySide6.QtWidgets import QFileDialog, QWidget

from notebook.i18n import _

NOWHERE = "/dev/null"


def keep_no_history() -> None:
    """Have the file dialog's history, which Qt writes as QtProject.conf, go nowhere."""
    for scope in (QSettings.Scope.UserScope, QSettings.Scope.SystemScope):
        for form in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
            QSettings.setPath(form, scope, NOWHERE)


class FileChooser(QObject):
    """Asks for a file or a folder, and calls back with what was chosen; no nested event loop."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._on_chosen: Callable[[list[Path]], None] | None = None

    def folder(self, title: str, on_chosen: Callable[[Path], None]) -> None:
        """Ask for a folder that is there, or make one."""
        dialog = self._dialog(title, lambda paths: on_chosen(paths[0]))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.open()

    def files(
        self, title: str, on_chosen: Callable[[list[Path]], None], patterns: Sequence[str] = ()
    ) -> None:
        """Ask for one or more files that are there."""
        dialog = self._dialog(title, on_chosen)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        if patterns:
            dialog.setNameFilters([*patterns, _("All files (*)")])
        dialog.open()

    def new_file(self, title: str, name: str, on_chosen: Callable[[Path], None]) -> None:
        """Ask where to write a file called `name`."""
        dialog = self._dialog(title, lambda paths: on_chosen(paths[0]))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.selectFile(name)
        dialog.open()

    def _dialog(self, title: str, on_chosen: Callable[[list[Path]], None]) -> QFileDialog:
        self._on_chosen = on_chosen
        dialog = QFileDialog(self._window, title)
        # The system's own dialogs keep lists of recent files where we cannot reach them.
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setDirectory(str(Path.home()))
        dialog.filesSelected.connect(self._on_files)
        return dialog

    def _on_files(self, names: list[str]) -> None:
        if self._on_chosen and names:
            self._on_chosen([Path(name) for name in names])

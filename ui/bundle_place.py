"""Where a bundle is to lie: a folder that a person chose, and how much room it has. No Qt."""

from collections.abc import Callable
from pathlib import Path

from notebook.errors import NotebookError
from ui.runner import Lane
from ui.session import Session


class BundlePlace:
    """The folder, for sealing and for departing alike; what is free there is known a little later.

    `on_known` is called when it is, `on_trouble` when the folder cannot be asked.
    """

    def __init__(
        self,
        session: Session,
        free_bytes: Callable[[Path], int | None],
        on_known: Callable[[], None],
        on_trouble: Callable[[NotebookError], None],
    ) -> None:
        self._session = session
        self._ask_free_bytes = free_bytes
        self._on_known = on_known
        self._on_trouble = on_trouble
        self.begin_anew()

    def begin_anew(self) -> None:
        """No folder is chosen any more."""
        self.folder: Path | None = None
        self.free_bytes: int | None = None

    def forget_room(self) -> None:
        """Something went wrong there: what was known of its room may not hold."""
        self.free_bytes = None

    def choose(self, folder: Path) -> None:
        """Take this folder."""
        self.folder, self.free_bytes = folder, None
        # A slow or stuck stick must not hold up the window.
        self._session.long_job(
            Lane.FILES,
            lambda _notebook, _progress: (folder, self._ask_free_bytes(folder)),
            self._on_free,
            self._on_trouble,
        )

    def _on_free(self, answer: tuple[Path, int | None]) -> None:
        folder, free_bytes = answer
        if folder == self.folder:
            self.free_bytes = free_bytes
            self._on_known()

"""Files of a copy with pseudonyms: looked at one by one, covered, let go or kept back. No Qt."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from notebook import media
from notebook.derivative import PictureChoice
from notebook.errors import Code, NotebookError
from notebook.i18n import _
from notebook.media import Region
from notebook.model import RecordId
from ui.redact_pages import RedactScreen
from ui.redact_picture_pages import (
    FileKind,
    moved,
    pictures_page,
    rescaled,
    with_region,
    without_region,
)
from ui.redact_review import Review
from ui.runner import Lane
from ui.session import Session
from ui.style.tokens import PREVIEW_SIDE_MOST

if TYPE_CHECKING:
    from notebook.evidence import ObjectReader

Seen = media.Picture | media.Placeholder


class Pictures:
    """Which file is looked at, and what is decided about it."""

    def __init__(
        self, session: Session, screen: RedactScreen, on_decided: Callable[[], None]
    ) -> None:
        """`on_decided` is called whenever something is worth keeping."""
        self._session = session
        self._screen = screen
        self._on_decided = on_decided
        self._review: Review | None = None
        self._kinds: Mapping[RecordId, FileKind] = {}
        self._file: RecordId | None = None
        self._region: int | None = None
        self._size: tuple[int, int] | None = None
        self._unveiled: set[RecordId] = set()

    def begin(self, review: Review, kinds: Mapping[RecordId, FileKind]) -> None:
        """Decide for this review; `kinds` says of every file of the case what it is."""
        self._review, self._kinds = review, kinds
        if self._file not in review.files:
            self._file = None

    def show(self) -> None:
        """Show the files, and the first of them if none is chosen."""
        if self._review is None:
            return
        if self._file is None and self._review.files:
            self.choose(next(iter(self._review.files)))
        else:
            self._show()
            self._load()

    def choose(self, file: str) -> None:
        """Look at this file."""
        self._file = RecordId(file)
        self._region, self._size = None, None
        self._show()
        self._load()

    def unveil(self) -> None:
        """Show the picture although it is marked as graphic."""
        if self._file:
            self._unveiled.add(self._file)
            self._show()
            self._load()

    def let_go(self, goes: bool) -> None:
        """Let a copy of it go, or keep it back."""
        review, file = self._review, self._file
        if review is None or file is None:
            return
        if goes:
            is_unchanged = not self._kinds[file].is_picture
            review.pictures[file] = PictureChoice(evidence=file, is_unchanged=is_unchanged)
        else:
            review.pictures.pop(file, None)
            self._region = None
        self._decided()

    def keep_metadata(self, keeps: bool) -> None:
        """Keep the metadata of the picture, or not."""
        if choice := self._choice():
            self._put(replace(choice, keeps_metadata=keeps))

    def add_region(self, region: Region) -> None:
        """Cover a part; what is covered is meant to go, and so it goes."""
        review, file = self._review, self._file
        if review is None or file is None or self._size is None:
            return
        choice = self._choice() or PictureChoice(evidence=file)
        choice = with_region(choice, self._size, region)
        self._region = len(choice.regions) - 1
        self._put(choice)

    def choose_region(self, at: int | None) -> None:
        """One of the covered parts is meant."""
        self._region = at
        self._show()

    def move_region(self, at: int, region: Region) -> None:
        """A covered part stands elsewhere, or is larger or smaller."""
        choice = self._choice()
        if choice and self._size and at < len(choice.regions):
            self._region = at
            self._put(moved(choice, at, self._size, region))

    def remove_region(self, at: int) -> None:
        """A part is seen again."""
        choice = self._choice()
        if choice and at < len(choice.regions):
            self._region = min(at, len(choice.regions) - 2) if len(choice.regions) > 1 else None
            self._put(without_region(choice, at))

    # Inside.

    def _choice(self) -> PictureChoice | None:
        return self._review.pictures.get(self._file) if self._review and self._file else None

    def _put(self, choice: PictureChoice) -> None:
        if self._review:
            self._review.pictures[choice.evidence] = choice
            self._decided()

    def _decided(self) -> None:
        self._on_decided()
        self._show()

    def _show(self) -> None:
        if self._review:
            page = pictures_page(
                self._review, self._kinds, self._file, self._region, is_veiled=self._is_veiled()
            )
            self._screen.show_pictures(page)

    def _is_veiled(self) -> bool:
        file = self._file
        return file is not None and self._kinds[file].is_graphic and file not in self._unveiled

    def _load(self) -> None:
        file = self._file
        if file is None or not self._kinds[file].is_picture or self._is_veiled():
            return
        self._session.ask(
            lambda notebook: notebook.evidence_content(file),
            partial(self._on_content, file),
            self._screen.show_trouble,
        )

    def _on_content(self, file: RecordId, reader: "ObjectReader") -> None:
        media_type = self._kinds[file].media_type

        def decode() -> Seen:
            with reader:
                return media.examine(reader, media_type, max_side=PREVIEW_SIDE_MOST)

        self._session.long_job(
            Lane.FILES,
            lambda _notebook, _progress: decode(),
            partial(self._on_seen, file),
            self._screen.show_trouble,
        )

    def _on_seen(self, file: RecordId, seen: Seen) -> None:
        if file != self._file:
            return
        if isinstance(seen, media.Picture):
            self._size = (seen.width, seen.height)
            choice = self._choice()
            if choice and self._review and choice.drawn_on not in (None, self._size):
                self._review.pictures[file] = rescaled(choice, self._size)
                self._show()
            self._session.view(file, partial(self._show_picture, file, seen))
        else:
            self._screen.show_trouble(_not_shown())

    def _show_picture(self, file: RecordId, picture: media.Picture) -> None:
        if file == self._file:
            self._screen.show_picture(picture.width, picture.height, picture.rgb)


def _not_shown() -> NotebookError:
    return NotebookError(
        Code.UNREADABLE_FILE,
        _("This picture cannot be shown here, and so nothing in it can be covered."),
        _("The file itself is whole."),
        _("Leave it out."),
    )

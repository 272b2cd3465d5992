"""Gives drafts to the disk, and holds in memory those it refused until it takes them. No Qt."""

from collections.abc import Callable
from functools import partial

from notebook.drafts import Draft
from notebook.errors import NotebookError
from notebook.model import RecordId, bare_id
from ui.session import Session


class DraftKeeper:
    """Knows the newest draft of each record that is not on the disk."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._newest: dict[RecordId, Draft] = {}
        """Given to the disk, which has not said yet that it has them."""
        self._refused: set[RecordId] = set()

    def keep(
        self,
        draft: Draft,
        on_kept: Callable[[], None],
        on_refused: Callable[[NotebookError], None],
    ) -> None:
        """Keep a draft; what the disk refuses is held until `again`, or until it is forgotten."""
        self._newest[bare_id(draft.id)] = draft
        self._session.drafts(
            lambda drafts: drafts.keep(draft),
            lambda _nothing: self._on_kept(draft, on_kept),
            partial(self._on_refused, draft, on_refused),
        )

    def again(self) -> None:
        """Try what the disk refused once more; if it refuses again, that was said before."""
        for record in tuple(self._refused):
            self._refused.discard(record)
            self.keep(self._newest[record], _nothing, _nothing_of)

    def held(self, record: RecordId) -> Draft | None:
        """The draft of a record that the disk refused."""
        key = bare_id(record)
        return self._newest.get(key) if key in self._refused else None

    def forget(self, record: RecordId) -> None:
        """It was saved, discarded or withdrawn: nothing of it is kept from now on."""
        self._newest.pop(bare_id(record), None)
        self._refused.discard(bare_id(record))

    def _on_kept(self, draft: Draft, on_kept: Callable[[], None]) -> None:
        if self._newest.get(bare_id(draft.id)) is draft:
            self.forget(draft.id)
        on_kept()

    def _on_refused(
        self, draft: Draft, on_refused: Callable[[NotebookError], None], error: NotebookError
    ) -> None:
        if self._newest.get(bare_id(draft.id)) is draft:
            self._refused.add(bare_id(draft.id))
        on_refused(error)


def _nothing() -> None:
    """It was said before that it was kept."""


def _nothing_of(_error: NotebookError) -> None:
    """It was said before that it was refused."""

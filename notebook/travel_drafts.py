"""Drafts of a travel session: kept in memory, and sealed for headquarters every few seconds.

A crash loses at most what was typed in those seconds. Locking seals what is left.
"""

import time
from collections.abc import Callable
from pathlib import Path

from crypto import container, keys
from crypto.container import Payload
from notebook import outbox, strict_json
from notebook.core import Core, translated
from notebook.drafts import Draft, Drafts, as_json
from notebook.environment import timestamp
from notebook.journey import BUNDLE_BYTES, Journey
from notebook.last_place import LastPlace
from notebook.model import JsonValue, RecordId
from notebook.progress import Silent

LEAST_PAUSE_S = 3.0
"""With the second in which typing is gathered, and the one in which the window looks whether it is
time, a power cut costs no more than five seconds of text."""
NAME = "data/drafts.json"
VERSION = 1
KIND = "draft"


def drafts_of(core: Core) -> Drafts:
    """The drafts of an open notebook; the thread that first uses them owns them."""
    if core.journey is not None:
        return TravelDrafts(core.journey)
    with translated():
        return Drafts(core.place.drafts, keys.drafts_key(core.notebook_key))


class TravelDrafts(Drafts):
    """The drafts of one session."""

    def __init__(self, journey: Journey, now_s: Callable[[], float] = time.monotonic) -> None:
        self._journey = journey
        self._now_s = now_s
        self._held: dict[RecordId, Draft] = {}
        self._is_due = False
        self._sealed_s = float("-inf")
        self._number = 0
        self._files: tuple[Path, ...] = ()

    def keep(self, draft: Draft) -> None:
        """Insert or rewrite a draft; sealed at once, or with the next call of `seal_if_due`."""
        self._held[draft.id] = draft
        self._is_due = True
        self.seal_if_due()

    def get(self, id: RecordId) -> Draft | None:
        """The draft of a record, if this session has one."""
        return self._held.get(id)

    def all(self) -> list[Draft]:
        """Every draft of this session."""
        return sorted(self._held.values(), key=lambda draft: draft.id)

    def drop(self, id: RecordId) -> None:
        """Forget a draft: it was saved, or the person discarded it."""
        if self._held.pop(id, None) is not None:
            self._is_due = True
            if not self._held:
                self.seal()

    def keep_place(self, place: LastPlace) -> None:
        """Nothing is kept: what a session wrote is not here after it."""

    def place(self) -> LastPlace | None:
        """No place is known."""
        return None

    def forget_place(self) -> None:
        """There is none."""

    def seal_if_due(self) -> None:
        """Seal what changed, if the last time is long enough ago. Raises as `Outbox.seal`."""
        if self._is_due and self._now_s() - self._sealed_s >= LEAST_PAUSE_S:
            self.seal()

    def seal(self) -> None:
        """Seal what changed now. Raises as `Outbox.seal`."""
        if not self._is_due:
            return
        before = self._files
        files: tuple[Path, ...] = ()
        if self._held:
            self._number += 1
            files = self._write()
        self._files, self._is_due, self._sealed_s = files, False, self._now_s()
        # The new one is on disk: a kill in between leaves both, and the higher number counts.
        self._journey.outbox.remove(before)

    def close(self) -> None:
        """Seal what is left."""
        self.seal()

    def _write(self) -> tuple[Path, ...]:
        journey = self._journey
        environment = journey.environment
        content = strict_json.dump(
            {
                "v": VERSION,
                "session": journey.session,
                "number": self._number,
                "drafts": [self._told(draft) for draft in self.all()],
            }
        )
        outside = outbox.empty_envelope(
            environment.random(BUNDLE_BYTES).hex(),
            KIND,
            timestamp(environment.clock)[:10],
            sorted({draft.case for draft in self._held.values()}),
        )
        payload: list[Payload] = [
            container.measure(
                "data/sealer.card", lambda: iter((journey.identity.card().encode().encode(),))
            ),
            container.measure(NAME, lambda: iter((content,))),
        ]
        return journey.outbox.seal(outside, payload, Silent())

    def _told(self, draft: Draft) -> dict[str, JsonValue]:
        told = as_json(draft)
        del told["replaces"]
        return told | {"record": draft.id, "entries": self._journey.entries_made(draft.case)}

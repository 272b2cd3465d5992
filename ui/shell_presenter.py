"""Where the person is, what can be done there, and who hears of changes. No Qt."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Protocol

from notebook.errors import NotebookError
from notebook.last_place import LastPlace
from notebook.model import CaseId, Changes, Row
from ui.actions import Action, Where
from ui.rooms import WITHIN, Place, Room, RoomToLeave, RoomToReturnTo
from ui.session import Session

BuildRoom = Callable[[str], Room]
"""Makes the room of this name, when it is first entered."""


class ShellScreen(Protocol):
    """What the presenter asks of the window."""

    def show_room(self, name: str) -> None:
        """Bring a room that was built to the front."""

    def show_here(self, entry: str | None) -> None:
        """Mark where the person is in the rail."""

    def show_cases(self, cases: Sequence[tuple[CaseId, str]], chosen: CaseId | None) -> None:
        """Offer the cases."""

    def has_sheet(self) -> bool:
        """Whether a sheet or a dialog lies over the page."""

    def show_trouble(self, error: NotebookError) -> None:
        """Show trouble."""


class ShellPresenter:
    """Goes from place to place."""

    def __init__(
        self,
        session: Session,
        screen: ShellScreen,
        entries: Mapping[str, Place],
        build_room: BuildRoom,
        own_actions: Mapping[str, Callable[[], None]],
    ) -> None:
        """`entries` are the rail's places by name; `own_actions` what the window itself does."""
        self._session = session
        self._screen = screen
        self._entries = entries
        self._build_room = build_room
        self._own_actions = own_actions
        self._rooms: dict[str, Room] = {}
        self._here: Place | None = None
        self._case: CaseId | None = None
        self._is_at_start = False
        session.listen(self._on_changes)

    def start(self) -> None:
        """Go to the first place of the rail."""
        self._read_cases()
        self.choose_entry(next(iter(self._entries)))
        self._is_at_start = True

    def last_place(self) -> LastPlace | None:
        """Where the person is; a step of sealing or opening is not come back to, its room is."""
        here = self._here
        if here is None:
            return None
        room = self._rooms[here.room]
        if isinstance(room, RoomToReturnTo):
            return room.last_place()
        return LastPlace(room=WITHIN.get(here.room, here.room), case=self._case)

    def come_back(self, place: LastPlace) -> None:
        """Go where the person was, unless they went somewhere else since, or it is not there."""
        entries = self._entries.values()
        if any((entry.room, entry.type) == (place.room, place.type) for entry in entries):
            self._session.ask(lambda notebook: notebook.cases(), partial(self._come_back, place))

    def _come_back(self, place: LastPlace, cases: Sequence[Row]) -> None:
        if self._is_elsewhere():
            return
        self._case = place.case if place.case in {CaseId(row.id) for row in cases} else None
        self._show_cases(cases)
        self.go(
            Place(
                room=place.room,
                type=place.type,
                case=self._case,
                record=place.spot.record if place.spot else None,
                back=place,
            )
        )

    def _is_elsewhere(self) -> bool:
        if self._here is None or not self._is_at_start:
            return True
        room = self._rooms[self._here.room]
        return isinstance(room, RoomToReturnTo) and room.is_taken()

    def choose_entry(self, name: str) -> None:
        """Go where a line of the rail leads, staying in the chosen case."""
        place = self._entries[name]
        self.go(Place(room=place.room, type=place.type, case=self._case))

    def enter(self, room: str) -> None:
        """Go into a room, staying in the chosen case."""
        self.go(Place(room=room, case=self._case))

    def choose_case(self, case: CaseId | None) -> None:
        """Look at one case, or at all, wherever the person is."""
        self._case = case
        self._read_cases()
        here = self._here
        if here:
            self.go(Place(room=here.room, type=here.type, case=case))

    def go(self, place: Place) -> None:
        """Take the person to `place`."""
        self._is_at_start = False
        here = self._here
        if here and here.room != place.room:
            left = self._rooms[here.room]
            left.flush()
            if isinstance(left, RoomToLeave):
                left.leave()
        if place.room not in self._rooms:
            self._rooms[place.room] = self._build_room(place.room)
        self._here = place
        self._screen.show_room(place.room)
        self._screen.show_here(self._entry_of(place))
        self._rooms[place.room].enter(place)

    def flush(self) -> None:
        """Have every room give its unsaved words to the drafts."""
        for room in self._rooms.values():
            room.flush()

    def can_be_done(self, actions: Sequence[Action]) -> tuple[Action, ...]:
        """Those of `actions` that can be done here and now."""
        offered = self._offered()
        return tuple(action for action in actions if action.name in offered)

    def perform(self, action: Action) -> bool:
        """Do an action if it can be done now; whether it could."""
        is_covered = self._screen.has_sheet()
        if is_covered and action.where is not Where.ANYWHERE:
            return False
        act = self._offered().get(action.name)
        if act:
            act()
        return act is not None

    def _offered(self) -> Mapping[str, Callable[[], None]]:
        here = self._rooms[self._here.room].actions() if self._here else {}
        return {**here, **self._own_actions}

    def _entry_of(self, place: Place) -> str | None:
        room = WITHIN.get(place.room, place.room)
        for name, entry in self._entries.items():
            if entry.room == room and entry.type == place.type:
                return name
        return None

    def _on_changes(self, changes: Changes) -> None:
        if changes.cases:
            self._read_cases()
        for room in tuple(self._rooms.values()):
            room.changed(changes)

    def _read_cases(self) -> None:
        self._session.ask(lambda notebook: notebook.cases(), self._show_cases)

    def _show_cases(self, cases: Sequence[Row]) -> None:
        self._screen.show_cases([(CaseId(row.id), row.title) for row in cases], self._case)

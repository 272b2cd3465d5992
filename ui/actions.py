"""The one table of actions: name, words, keys, and where they can be done.

An action's keys are written as Qt's portable text ("Ctrl+K"). `Where` says when the window itself
enables it; actions of a room are enabled when the room's `actions()` names them. Letters match the
physical key too, so that they work under Russian, Kazakh and Uyghur layouts (`ui.keys`).
"""

from dataclasses import dataclass
from enum import StrEnum

from notebook.i18n import _


class Where(StrEnum):
    """Where an action can be done."""

    ANYWHERE = "anywhere"
    """In every window of the program, also while locked out."""
    OPEN = "open"
    """With an open notebook, whichever room is shown."""
    ROOM = "room"
    """In a room that offers it now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something a person can do."""

    name: str
    words: str
    keys: tuple[str, ...] = ()
    """The first is the one that is shown."""
    where: Where = Where.ROOM
    icon: str = ""


LOCK = "lock"
FIND_ACTION = "find-action"
SHOW_KEYS = "show-keys"
SEAL = "seal"
OPEN_BUNDLE = "open-bundle"
SETTINGS = "settings"
CHANGE_PASSPHRASE = "change-passphrase"
CHECK = "check"
ABOUT = "about"
LARGER = "larger-text"
SMALLER = "smaller-text"
ORDINARY_SIZE = "ordinary-text"
CLOSE = "close-window"


def table() -> tuple[Action, ...]:
    """Every action, in the order in which they are listed; words in the language in force."""
    anywhere, opened = Where.ANYWHERE, Where.OPEN
    return (
        Action(name=LOCK, words=_("Lock now"), keys=("Ctrl+L", "F12"), where=opened, icon="lock"),
        Action(
            name=FIND_ACTION,
            words=_("Find an action"),
            keys=("Ctrl+K",),
            where=opened,
            icon="search",
        ),
        Action(
            name=SHOW_KEYS,
            words=_("Keys of this screen"),
            keys=("F1",),
            where=anywhere,
            icon="keyboard",
        ),
        Action(name="new-record", words=_("New record"), keys=("Ctrl+N",), icon="add"),
        Action(name="new-case", words=_("New case"), keys=("Ctrl+Shift+N",), icon="case"),
        Action(name="new-interview", words=_("New interview"), icon="interview"),
        Action(name="new-person", words=_("New person"), icon="person"),
        Action(name="new-consent", words=_("New consent"), icon="consent"),
        Action(name="new-place", words=_("New place"), icon="place"),
        Action(name="new-event", words=_("New event"), icon="event"),
        Action(name="new-note", words=_("New note"), icon="note"),
        Action(name="open-case", words=_("Open the case"), icon="case"),
        Action(name="save", words=_("Save"), keys=("Ctrl+S",), icon="ok"),
        Action(name="search", words=_("Search"), keys=("Ctrl+Shift+F", "F3"), icon="search"),
        Action(name="find-in-text", words=_("Find in this text"), keys=("Ctrl+F",), icon="search"),
        Action(name="attach", words=_("Add evidence"), keys=("Ctrl+Shift+A",), icon="clip"),
        Action(
            name="record-sound",
            words=_("Record sound…"),
            keys=("Ctrl+Shift+R",),
            icon="microphone",
        ),
        Action(
            name="pause-recording",
            words=_("Pause the recording, or go on"),
            keys=("Ctrl+Shift+P",),
            icon="pause",
        ),
        Action(name="stop-recording", words=_("Stop the recording"), keys=("Ctrl+Shift+E",)),
        Action(name="paste-evidence", words=_("Add what is on the clipboard"), icon="image"),
        Action(name="record-consent", words=_("Record a consent"), icon="consent"),
        Action(name="extract", words=_("Write a plain copy…"), icon="open"),
        Action(name="discard-draft", words=_("Discard the draft"), icon="undo"),
        Action(name="show-history", words=_("History"), keys=("Ctrl+H",), icon="history"),
        Action(name="delete", words=_("Delete"), keys=("Ctrl+Shift+Del",), icon="trash"),
        Action(name="withdraw", words=_("Withdraw consent…"), icon="danger"),
        Action(name="resolve-conflict", words=_("Settle the conflict"), icon="conflict"),
        Action(name="next-record", words=_("Next record"), keys=("Alt+Down",), icon="next"),
        Action(name="previous-record", words=_("Previous record"), keys=("Alt+Up",), icon="back"),
        Action(name="next-mark", words=_("Next mark"), keys=("F4",), icon="next"),
        Action(name="previous-mark", words=_("Previous mark"), keys=("Shift+F4",), icon="back"),
        Action(name="black-out", words=_("Black out"), keys=("Ctrl+B",)),
        Action(name="copy-case", words=_("Make a copy with pseudonyms…"), icon="copy"),
        Action(name="mark-time", words=_("Mark the time"), keys=("F8",)),
        Action(
            name="go-interview",
            words=_("Go to interviews"),
            keys=("Ctrl+1",),
            where=opened,
            icon="interview",
        ),
        Action(
            name="go-person",
            words=_("Go to people"),
            keys=("Ctrl+2",),
            where=opened,
            icon="person",
        ),
        Action(
            name="go-event", words=_("Go to events"), keys=("Ctrl+3",), where=opened, icon="event"
        ),
        Action(
            name="go-place", words=_("Go to places"), keys=("Ctrl+4",), where=opened, icon="place"
        ),
        Action(
            name="go-evidence",
            words=_("Go to evidence"),
            keys=("Ctrl+5",),
            where=opened,
            icon="evidence",
        ),
        Action(name="go-note", words=_("Go to notes"), keys=("Ctrl+6",), where=opened, icon="note"),
        Action(
            name="go-consent",
            words=_("Go to consents"),
            keys=("Ctrl+7",),
            where=opened,
            icon="consent",
        ),
        Action(
            name="go-timeline",
            words=_("Go to the timeline"),
            keys=("Ctrl+Shift+T",),
            where=opened,
            icon="timeline",
        ),
        Action(
            name="go-handover",
            words=_("Go to handover"),
            keys=("Ctrl+8",),
            where=opened,
            icon="handover",
        ),
        Action(
            name="go-contacts",
            words=_("Go to contacts"),
            keys=("Ctrl+9",),
            where=opened,
            icon="contact",
        ),
        Action(name=SEAL, words=_("Seal for…"), keys=("Ctrl+Shift+S",), where=opened, icon="seal"),
        Action(
            name=OPEN_BUNDLE,
            words=_("Open a bundle"),
            keys=("Ctrl+O",),
            where=opened,
            icon="open",
        ),
        Action(name="add-contact", words=_("Add a contact"), icon="contact"),
        Action(name="save-card", words=_("Save my card"), icon="contact"),
        Action(name=CHANGE_PASSPHRASE, words=_("Change the passphrase"), where=opened, icon="key"),
        Action(name=CHECK, words=_("Check the notebook"), where=opened, icon="ok"),
        Action(name=SETTINGS, words=_("Settings"), keys=("Ctrl+,",), where=opened, icon="settings"),
        Action(name=LARGER, words=_("Larger text"), keys=("Ctrl++", "Ctrl+="), where=anywhere),
        Action(name=SMALLER, words=_("Smaller text"), keys=("Ctrl+-",), where=anywhere),
        Action(name=ORDINARY_SIZE, words=_("Ordinary text size"), keys=("Ctrl+0",), where=anywhere),
        Action(
            name=ABOUT,
            words=_("About, and what is not promised"),
            where=anywhere,
            icon="info",
        ),
        Action(name=CLOSE, words=_("Lock and close the window"), keys=("Ctrl+Q",), where=anywhere),
    )


def matching(actions: tuple[Action, ...], words: str) -> tuple[Action, ...]:
    """Actions whose words hold every one of the typed words, in the table's order."""
    wanted = words.casefold().split()
    return tuple(
        action for action in actions if all(word in action.words.casefold() for word in wanted)
    )

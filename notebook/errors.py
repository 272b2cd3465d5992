"""Trouble: what can go wrong for a person, each with a stable code and three plain sentences.

A bug is any other exception; a person's cancelling is `notebook.progress.Cancelled`. No message
holds a key, a name or text from the notebook: record ids only.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Code(StrEnum):
    """Stable codes that scripts may rely on; the wording beside them may change."""

    NOT_A_NOTEBOOK = "not-a-notebook"
    DAMAGED = "damaged"
    WRONG_PASSPHRASE = "wrong-passphrase"
    NEWER_VERSION = "newer-version"
    ALREADY_OPEN = "already-open"
    FOLDER_EXISTS = "folder-exists"
    NOT_ENOUGH_MEMORY = "not-enough-memory"
    NO_SPACE = "no-space"
    DISK_ERROR = "disk-error"
    WEAK_PASSPHRASE = "weak-passphrase"
    UNKNOWN_RECORD = "unknown-record"
    AMBIGUOUS_ID = "ambiguous-id"
    UNKNOWN_TYPE = "unknown-type"
    UNKNOWN_FIELD = "unknown-field"
    BAD_VALUE = "bad-value"
    BAD_INPUT = "bad-input"
    UNKNOWN_CONTACT = "unknown-contact"
    CHANGED_KEYS = "changed-keys"
    KNOWN_NAME = "known-name"
    BAD_CARD = "bad-card"
    CONSENT_REFUSED = "consent-refused"
    NOT_FOR_YOU = "not-for-you"
    FORWARDED = "forwarded"
    UNKNOWN_SEALER = "unknown-sealer"
    BUNDLE_DAMAGED = "bundle-damaged"
    BUNDLE_REFUSED = "bundle-refused"
    MISSING_VOLUME = "missing-volume"
    FILE_EXISTS = "file-exists"
    UNREADABLE_FILE = "unreadable-file"
    TRAVEL_MODE = "travel-mode"
    UNSAFE_MEMORY = "unsafe-memory"
    NOT_HANDED_OVER = "not-handed-over"
    FILE_LACKING = "file-lacking"
    NO_MICROPHONE = "no-microphone"
    NO_SOUND = "no-sound"


@dataclass(slots=True)
class NotebookError(Exception):
    """Trouble that a person can understand: what happened, what is safe, what to do next.

    `code` is stable; the three sentences are already translated. `records` holds ids of the
    records concerned, so that a screen can name them; it is never part of the message.
    """

    code: Code
    what: str
    safe: str = ""
    next_step: str = ""
    records: tuple[str, ...] = field(default=(), kw_only=True)

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.safe, self.next_step) if part)

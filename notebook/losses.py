"""Commits that were lost: told until a person says that they know, and kept in mind for good."""

from typing import Final

from crypto.head import head_words
from notebook.core import Core
from notebook.health import Finding, Severity
from notebook.i18n import _, ngettext
from notebook.model import Changes, JsonValue
from notebook.storage import affairs
from notebook.storage.database import Database, DatabaseDamaged
from notebook.transaction import Transaction

SETTING: Final = "losses"
_KEYS: Final = {"at", "words", "entries"}


def acknowledge(core: Core) -> Changes:
    """Note what is known of a loss, then let the head go on. Without a loss nothing is done.

    The note is on disk before the head is written: a kill between them tells the loss again.
    Raises DISK_ERROR or NO_SPACE.
    """
    lost = core.lost_head
    if lost is None:
        return Changes()
    count = core.extent().entry_count
    loss: JsonValue = {
        "at": core.now(),
        "words": list(head_words(lost)),
        # Since more was written nobody can tell how many.
        "entries": max(lost.entry_count - count, 0),
    }

    def operation(tx: Transaction) -> None:
        noted = _noted(tx.db)
        if not any(one["words"] == list(head_words(lost)) for one in noted):
            affairs.set_setting(tx.db, SETTING, [*noted, loss])
        tx.is_settings_changed = True

    changes = core.change(operation)
    core.release_head()
    return changes


def is_any(db: Database) -> bool:
    """Whether entries were ever lost here."""
    return bool(_noted(db))


def findings(db: Database) -> list[Finding]:
    """Every loss that somebody said they know of."""
    return [_finding(loss) for loss in _noted(db)]


def _finding(loss: dict[str, JsonValue]) -> Finding:
    entries, words = loss["entries"], loss["words"]
    assert isinstance(entries, int)
    assert isinstance(words, list)
    what = (
        ngettext("{count} entry was lost.", "{count} entries were lost.", entries)
        if entries
        else _("Entries were lost.")
    )
    return Finding(
        code="entries-lost-before",
        severity=Severity.KNOWN,
        what=what.format(count=entries)
        + " "
        + _(
            "Somebody here said on {day} that they know. The four words before it: {words}."
        ).format(day=str(loss["at"])[:10], words=" ".join(map(str, words))),
        next_step=_("The people you sealed bundles for may still have what was lost."),
    )


def _noted(db: Database) -> list[dict[str, JsonValue]]:
    stored = affairs.setting(db, SETTING)
    noted = stored if isinstance(stored, list) else [] if stored is None else [stored]
    found = [loss for loss in noted if isinstance(loss, dict) and _is_loss(loss)]
    if len(found) < len(noted):
        raise DatabaseDamaged("a note of a loss cannot be read")
    return found


def _is_loss(value: dict[str, JsonValue]) -> bool:
    return (
        value.keys() == _KEYS
        and isinstance(value["entries"], int)
        and isinstance(value["words"], list)
    )

"""What a check found, in sentences: how serious it is, what it touches, what to do. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from notebook.health import FILES, JOURNAL, LOST, WAITING, Finding, Severity
from notebook.i18n import _, ngettext, number
from notebook.model import RecordId
from ui.handover_words import Pace

if TYPE_CHECKING:
    from notebook.core import Extent

SENTENCES_SHOWN: Final = 4
"""Damage comes in heaps; after so many sentences of a kind the rest is a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundKind:
    """Findings of one kind, which ask for the same step."""

    is_damage: bool
    sentences: tuple[str, ...]
    more_count: int
    next_step: str
    records: tuple[RecordId, ...]
    is_known: bool = False
    """Somebody said that they know: it is told when asked, and calls for nothing."""
    may_acknowledge: bool = False
    """Whether a person can say that they know."""
    is_of_exchange: bool = False
    """Whether the room of handover tells of it, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """What the strip over the page says."""

    what: str = ""
    """Empty when nothing needs attention."""
    more: str = ""
    is_damage: bool = False
    """Else it is good to know, and no warning."""


def kinds_of(findings: Iterable[Finding]) -> tuple[FoundKind, ...]:
    """Findings by kind, damage first; what was found twice is one finding."""
    by_kind: dict[tuple[str, str], list[Finding]] = {}
    for finding in dict.fromkeys(findings):
        by_kind.setdefault((finding.code, finding.next_step), []).append(finding)
    kinds = [_kind(same) for same in by_kind.values()]
    return tuple(sorted(kinds, key=lambda kind: not kind.is_damage))


def _kind(same: Sequence[Finding]) -> FoundKind:
    records = dict.fromkeys(finding.record for finding in same if finding.record is not None)
    return FoundKind(
        is_damage=same[0].severity is Severity.DAMAGE,
        sentences=tuple(finding.what for finding in same[:SENTENCES_SHOWN]),
        more_count=max(len(same) - SENTENCES_SHOWN, 0),
        next_step=same[0].next_step,
        records=tuple(records)[:SENTENCES_SHOWN],
        is_known=same[0].severity is Severity.KNOWN,
        may_acknowledge=same[0].code == LOST,
        is_of_exchange=same[0].code == WAITING or same[0].notice is not None,
    )


def calling_of(kinds: Iterable[FoundKind]) -> tuple[FoundKind, ...]:
    """Those that call for something."""
    return tuple(kind for kind in kinds if not kind.is_known)


def attention(kinds: Sequence[FoundKind]) -> Attention:
    """The strip over the page: what it is, and what to do first; empty for nothing."""
    calling = calling_of(kinds)
    if not calling:
        return Attention()
    first = calling[0]
    if len(calling) == 1 and not first.more_count and len(first.sentences) == 1:
        return Attention(what=first.sentences[0], more=first.next_step, is_damage=first.is_damage)
    what = ngettext(
        "{count} thing needs attention.", "{count} things need attention.", len(calling)
    ).format(count=number(len(calling)))
    more = f"{first.sentences[0]} {first.next_step}"
    return Attention(what=what, more=more, is_damage=first.is_damage)


def severity_words(kind: FoundKind) -> str:
    """How serious it is."""
    if kind.is_known:
        return _("Known; it was lost before")
    return _("Damage") if kind.is_damage else _("Good to know; nothing is lost")


def more_words(count: int) -> str:
    """What is not listed one by one."""
    return ngettext(
        "And {count} more of this kind.", "And {count} more of this kind.", count
    ).format(count=number(count))


def well_words(extent: Extent) -> str:
    """Nothing was found."""
    entries = ngettext("{count} entry", "{count} entries", extent.entry_count)
    files = ngettext("{count} file", "{count} files", extent.file_count)
    return _("All is well: {entries}, {files}.").format(
        entries=entries.format(count=number(extent.entry_count)),
        files=files.format(count=number(extent.file_count)),
    )


def found_words(kinds: Sequence[FoundKind]) -> str:
    """How many things were found, and that nothing was deleted."""
    count = len(calling_of(kinds))
    return ngettext(
        "{count} thing needs attention. Nothing was changed or deleted.",
        "{count} things need attention. Nothing was changed or deleted.",
        count,
    ).format(count=number(count))


class CheckPace:
    """Says how far a check is and how long it still takes."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        """`now_s` is a clock that never goes back."""
        self._pace = Pace(now_s)

    def words(self, done: int, total: int, what: str) -> str:
        """One line about a step of `Notebook.check`."""
        if what == FILES:
            return self._pace.words(_("Reading the files"), done, total)
        if what == JOURNAL:
            return _("Reading the journal: {done} of {total} entries").format(
                done=number(done), total=number(total)
            )
        return _("Checking…")


def titles_of(
    kinds: Sequence[FoundKind], titles: Mapping[RecordId, str]
) -> tuple[tuple[RecordId, str], ...]:
    """The records that findings name and that can still be shown, with their titles."""
    named = dict.fromkeys(record for kind in kinds for record in kind.records)
    return tuple((record, titles[record]) for record in named if record in titles)

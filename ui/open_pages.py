"""What the steps of opening show, made from inspections and results. No Qt."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Protocol

from notebook.contacts import Contact
from notebook.errors import NotebookError
from notebook.i18n import _, ngettext, number
from notebook.lookalikes import is_same_name
from notebook.merge import OpenResult
from notebook.model import RecordId, Row
from notebook.notices import NoticeKind
from notebook.opening import Inspection
from ui.contacts_cards import Print
from ui.handover_words import day_words
from ui.notice_words import NoticeLine
from ui.words import isolated, size_words


class Step(IntEnum):
    """The steps, in their order."""

    FILES = 0
    WHO = 1
    WHAT = 2
    MERGED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesPage:
    """The bundles that were chosen; each may be several files."""

    names: tuple[str, ...]
    waiting: str
    """How many bundles there are, when there are several."""
    on: str
    """The words of the way on; empty while nothing is chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoPage:
    """Who sealed it, and how surely that is known."""

    title: str
    tone: str
    """`ok`, `caution` or `danger`."""
    sentence: str
    advice: str
    theirs: Print | None
    """Shown when there is something to compare."""
    mine: Print
    on: str
    """The words of the way on."""
    back: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatPage:
    """What a bundle says that it brings."""

    day: str
    kind: str
    cases: str
    holds: str
    size: str
    again: str
    """That it was opened before; else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictLine:
    """A record on which people disagree."""

    id: RecordId
    type: str
    title: str
    is_in_fields: bool
    """Whether fields differ; else one deleted what another went on writing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledLine:
    """Evidence whose file has arrived."""

    id: RecordId
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedPage:
    """What came in: each a sentence, empty when there is nothing to say."""

    title: str
    new: str
    has_news: bool
    present: str
    files: str
    """Files that arrived and were missing."""
    filled: tuple[FilledLine, ...]
    """The evidence that has its file now."""
    more_filled: str
    """How many more there are than are shown; else empty."""
    later: str
    """Files that come later, and values that are not for this notebook."""
    waiting: str
    waiting_advice: str
    notices: tuple[NoticeLine, ...]
    conflicts: str
    conflict_lines: tuple[ConflictLine, ...]
    refused: tuple[str, ...]
    receipt: str
    """The words of the button that says to the sealer what is here; empty for none."""
    on: str
    """The words of the way on."""


class OpenScreen(Protocol):
    """What the presenter asks of the view."""

    def show_files(self, page: FilesPage) -> None:
        """Ask for the file, or its parts."""

    def show_reading(self) -> None:
        """The front of a bundle is being read."""

    def show_who(self, page: WhoPage) -> None:
        """Show who sealed it."""

    def show_what(self, page: WhatPage) -> None:
        """Show what it says that it brings."""

    def show_opening(self) -> None:
        """Verifying and merging began."""

    def show_progress(self, done: int, total: int, words: str) -> None:
        """How far it is."""

    def show_merged(self, page: MergedPage) -> None:
        """Show what came in."""

    def show_trouble(self, error: NotebookError | None) -> None:
        """Show trouble, or that there is none any more."""


def files_page(groups: Sequence[tuple[Path, ...]], *, has_failed: bool) -> FilesPage:
    """The files that were chosen; `has_failed` when the first of them could not be opened."""
    return FilesPage(
        names=tuple(path.name for group in groups for path in group),
        waiting=(
            ngettext(
                "{count} bundle, opened one after the other.",
                "{count} bundles, opened one after the other.",
                len(groups),
            ).format(count=len(groups))
            if len(groups) > 1
            else ""
        ),
        on=(_("Try again") if has_failed else _("Go on")) if groups else "",
    )


def who_page(seen: Inspection, contacts: Sequence[Contact], mine: Print) -> WhoPage:
    """Who sealed it: oneself, a compared contact, one not compared, or somebody unknown."""
    name = isolated(seen.sealer_name)
    theirs = Print(whose=name, digits=seen.fingerprint, words=seen.words)
    pinned = next((contact for contact in contacts if contact.id == seen.sealer), None)
    go_on, back = _("Go on"), _("Back")
    if seen.is_own:
        return WhoPage(
            title=name,
            tone="ok",
            sentence=_("You sealed this yourself."),
            advice="",
            theirs=None,
            mine=mine,
            on=go_on,
            back=back,
        )
    if pinned and seen.has_other_card:
        return WhoPage(
            title=name,
            tone="danger",
            sentence=_(
                "{name} signed this, but other keys came with it than on their card."
            ).format(name=name),
            advice=_("Ask {name} in person or by phone before you seal for them again.").format(
                name=name
            ),
            theirs=theirs,
            mine=Print(whose=_("The card you have"), digits=pinned.fingerprint, words=pinned.words),
            on=go_on,
            back=back,
        )
    if pinned and pinned.compared_on:
        return WhoPage(
            title=name,
            tone="ok",
            sentence=_("Sealed by {name}, whose card you compared on {day}.").format(
                name=name, day=day_words(pinned.compared_on)
            ),
            advice="",
            theirs=None,
            mine=mine,
            on=go_on,
            back=back,
        )
    if pinned:
        return WhoPage(
            title=name,
            tone="caution",
            sentence=_("Sealed with the card of {name}, which you have not compared yet.").format(
                name=name
            ),
            advice=_("You can open it. Until you compare, it may be somebody else."),
            theirs=theirs,
            mine=mine,
            on=go_on,
            back=back,
        )
    return _stranger(seen, theirs, mine)


def _stranger(seen: Inspection, theirs: Print, mine: Print) -> WhoPage:
    sentence = (
        _("You do not know who sealed this. They call themselves {name}.")
        if not seen.namesake
        else _(
            "They call themselves {name}, which is or looks like your own name. This is not you."
        )
        if seen.has_my_name
        else _("You know {known}, but this was sealed with another key than theirs.")
        if is_same_name(seen.namesake, seen.sealer_name)
        else _("The name {name} looks like that of {known}, whom you know. This is somebody else.")
    )
    return WhoPage(
        title=_("Somebody you do not know"),
        tone="danger" if seen.namesake else "caution",
        sentence=sentence.format(name=theirs.whose, known=isolated(seen.namesake)),
        advice=_(
            "Accept it only if you expected it. They become a contact, marked as not compared."
        ),
        theirs=theirs,
        mine=mine,
        on=_("Accept and go on"),
        back=_("Keep it for later"),
    )


def what_page(seen: Inspection, cases: Sequence[Row]) -> WhatPage:
    """What the bundle says that it brings; `cases` are those that are here already."""
    titles = {str(row.id): row.title for row in cases}
    named = [isolated(titles[case]) for case in seen.cases if titles.get(case)]
    unknown = len(seen.cases) - len(named)
    if unknown:
        named.append(
            ngettext(
                "{count} case that is new here", "{count} cases that are new here", unknown
            ).format(count=unknown)
        )
    entries = ngettext("{count} entry", "{count} entries", seen.entry_count)
    files = ngettext("{count} file", "{count} files", seen.evidence_count)
    return WhatPage(
        day=day_words(seen.day),
        kind=_kind_words(seen.kind),
        cases=_(", ").join(named),
        holds=_(", ").join(
            (
                entries.format(count=number(seen.entry_count)),
                files.format(count=number(seen.evidence_count)),
            )
        ),
        size=size_words(seen.size_bytes),
        again=(
            _("You opened this bundle before. Opening it again changes nothing.")
            if seen.is_already_opened
            else _(
                "It brought a case that was removed from this laptop at a departure. Opening it"
                " brings that case back."
            )
            if seen.was_removed
            else ""
        ),
    )


def _kind_words(kind: str) -> str:
    return {
        "full": _("Everything in these cases"),
        "delta": _("What you did not have yet"),
        "receipt": _("A receipt: what they hold"),
        "withdrawal": _("A withdrawal of consent"),
    }.get(kind, kind)


def merged_page(
    result: OpenResult,
    conflicts: Sequence[ConflictLine],
    bundles_left: int,
    *,
    filled: Sequence[FilledLine] = (),
    notices: Sequence[NoticeLine] = (),
    can_answer: bool = False,
) -> MergedPage:
    """What came in."""
    name = isolated(result.sealer_name)
    if bundles_left:
        on = ngettext(
            "Open the next ({count} left)", "Open the next ({count} left)", bundles_left
        ).format(count=bundles_left)
    else:
        on = _("Go to the desk")
    # A gap says which entries are missing, and so says more.
    is_told = any(notice.kind is NoticeKind.GAP for notice in result.notices)
    is_receipt = result.kind == "receipt"
    return MergedPage(
        title=_("A receipt, checked and noted") if is_receipt else _("Opened, checked and merged"),
        new=_new_words(result, name),
        has_news=result.new > 0,
        present=_counted(
            ngettext(
                "{count} entry was here already.",
                "{count} entries were here already.",
                result.present,
            ),
            result.present,
        ),
        files=_counted(
            ngettext(
                "{count} file arrived that was missing or damaged.",
                "{count} files arrived that were missing or damaged.",
                result.missing_files,
            ),
            result.missing_files,
        ),
        filled=tuple(filled),
        more_filled=_counted(
            ngettext(
                "and {count} more, under Evidence",
                "and {count} more, under Evidence",
                len(result.filled) - len(filled),
            ),
            len(result.filled) - len(filled),
        ),
        later=_later_words(result, name),
        waiting=_counted(
            ngettext(
                "{count} entry waits for an earlier one that is not here.",
                "{count} entries wait for earlier ones that are not here.",
                result.waiting,
            ),
            0 if is_told else result.waiting,
        ),
        waiting_advice=_(
            "Ask {name} for a bundle of everything; then they fall into place."
        ).format(name=name),
        conflicts=_counted(
            ngettext(
                "In {count} record you and others wrote different things. Both are kept.",
                "In {count} records you and others wrote different things. Both are kept.",
                len(conflicts),
            ),
            len(conflicts),
        ),
        conflict_lines=tuple(conflicts),
        notices=tuple(notices),
        receipt=(
            _("Seal a receipt for {name}…").format(name=name)
            if can_answer and not is_receipt
            else ""
        ),
        refused=tuple(notice.text for notice in result.refused),
        on=on,
    )


def _later_words(result: OpenResult, name: str) -> str:
    files = ngettext(
        "{count} file comes later, once {name} has a receipt or a bundle of yours.",
        "{count} files come later, once {name} has a receipt or a bundle of yours.",
        result.later,
    ).format(count=number(result.later), name=name)
    values = ngettext(
        "{count} value in it is not for you.",
        "{count} values in it are not for you.",
        result.withheld,
    ).format(count=number(result.withheld))
    return " ".join(
        words for words, count in ((files, result.later), (values, result.withheld)) if count
    )


def _new_words(result: OpenResult, name: str) -> str:
    if result.kind == "receipt":
        return _("{name} says what they hold; their page in Contacts shows it.").format(name=name)
    if result.is_again and result.files:
        return _("You opened this bundle before; nothing else in it was new.")
    if result.is_again:
        return _("You opened this bundle before; nothing was new and nothing was changed.")
    if not result.new:
        return _("No entry in it was new.") if result.files else _("Nothing in it was new.")
    return ngettext("{count} entry is new.", "{count} entries are new.", result.new).format(
        count=number(result.new)
    )


def _counted(sentence: str, count: int) -> str:
    return sentence.format(count=number(count)) if count else ""

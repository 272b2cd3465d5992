"""What the list shows of a record: ready words and marks, and which records a filter lets by."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from notebook.dates import readable
from notebook.drafts import Draft
from notebook.forms import Forms
from notebook.i18n import _, ngettext, number
from notebook.model import CaseId, RecordId, Row, bare_id
from ui.words import isolated, moment_words


class Mark(StrEnum):
    """A small sign at the end of a row; the value is the name of its icon."""

    CONFLICT = "conflict"
    DRAFT = "draft"
    CONSENT = "consent"
    MEDIA = "clip"
    DONE = "ok"
    CLAIMED = "warning"


ORDER: Final = (Mark.CLAIMED, Mark.CONFLICT, Mark.DRAFT, Mark.MEDIA, Mark.CONSENT)
"""How the marks of a row stand beside one another."""


class Filter(StrEnum):
    """What a chip over the list lets by."""

    CONFLICT = "conflict"
    DRAFT = "draft"
    NO_CONSENT = "no-consent"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """What the list knows of a draft."""

    id: RecordId
    type: str
    case: CaseId
    is_new: bool
    title: str = ""
    kept_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListItem:
    """One row of the list."""

    id: RecordId
    type: str
    title: str
    second: str
    snippet: str = ""
    """For a search hit; the hits stand between `notebook.analysis.MARK_START` and `MARK_END`."""
    marks: tuple[Mark, ...] = ()
    spoken: str = ""
    """The whole row in words, for a screen reader."""


def draft_line(draft: Draft) -> DraftLine:
    """A draft as the list knows it."""
    title = draft.fields.get("title")
    return DraftLine(
        id=draft.id,
        type=draft.type,
        case=draft.case,
        is_new=draft.is_new,
        title=title if isinstance(title, str) else "",
        kept_at=draft.kept_at,
    )


def new_drafts(
    drafts: Iterable[DraftLine], *, type_: str | None, case: CaseId | None
) -> tuple[DraftLine, ...]:
    """Drafts of records that do not exist yet, newest first."""
    found = [
        draft
        for draft in drafts
        if draft.is_new and type_ in {None, draft.type} and case in {None, draft.case}
    ]
    return tuple(sorted(found, key=lambda draft: draft.kept_at, reverse=True))


def items(
    forms: Forms,
    rows: Sequence[Row],
    drafts: dict[RecordId, DraftLine],
    *,
    filters: frozenset[Filter] = frozenset(),
    shows_type: bool = False,
    is_timeline: bool = False,
) -> tuple[ListItem, ...]:
    """The rows of the list, in the order given; in the timeline each says its day."""
    # Many records are of one day, and reading a date takes longer than all the rest of a row.
    days: dict[str, str] = {}
    return tuple(
        _item(
            forms,
            row,
            days,
            has_draft=has_draft,
            shows_type=shows_type or is_timeline,
            is_timeline=is_timeline,
        )
        for row, has_draft in ((row, _has_draft(row, drafts)) for row in rows)
        if _passes(forms, row, filters, has_draft=has_draft)
    )


def _has_draft(row: Row, drafts: Mapping[RecordId, DraftLine]) -> bool:
    return is_drafted(row.id, row.case, drafts)


def is_drafted(record: RecordId, case: CaseId, drafts: Mapping[RecordId, DraftLine]) -> bool:
    """Whether there is a draft of the record of this case."""
    draft = drafts.get(bare_id(record))
    return draft is not None and draft.case == case


def draft_item(forms: Forms, draft: DraftLine) -> ListItem:
    """The row of a draft that is no record yet."""
    form = forms[draft.type]
    title = draft.title or _("Untitled {type}").format(type=form.label.lower())
    second = _("Not saved yet · {when}").format(when=moment_words(draft.kept_at))
    return ListItem(
        id=draft.id,
        type=draft.type,
        title=title,
        second=second,
        marks=(Mark.DRAFT,),
        spoken=", ".join((title, second, mark_words(Mark.DRAFT))),
    )


def with_draft(item: ListItem, *, has_draft: bool) -> ListItem:
    """The same row with the mark of a draft, or without it."""
    if has_draft == (Mark.DRAFT in item.marks):
        return item
    wanted = {*item.marks, Mark.DRAFT} if has_draft else {*item.marks} - {Mark.DRAFT}
    marks = tuple(mark for mark in ORDER if mark in wanted)
    return replace(item, marks=marks, spoken=_spoken(item.title, item.second, marks))


def _spoken(title: str, second: str, marks: Iterable[Mark]) -> str:
    return ", ".join((title, second, *map(mark_words, marks)))


def draft_passes(filters: frozenset[Filter]) -> bool:
    """Whether a draft that is no record yet is shown under these filters."""
    return filters <= {Filter.DRAFT}


def mark_words(mark: Mark) -> str:
    """What a mark means."""
    return {
        Mark.CONFLICT: _("In conflict"),
        Mark.DRAFT: _("Draft"),
        Mark.CONSENT: _("Consent recorded"),
        Mark.MEDIA: _("Evidence attached"),
        Mark.DONE: _("Done"),
        Mark.CLAIMED: _("Two cases claim this record, and one of them is a forgery"),
    }[mark]


def filter_words(chip: Filter) -> str:
    """What a chip says."""
    return {
        Filter.CONFLICT: _("In conflict"),
        Filter.DRAFT: _("Drafts"),
        Filter.NO_CONSENT: _("Without consent"),
    }[chip]


def count_words(count: int) -> str:
    """How many rows there are."""
    return ngettext("{count} record", "{count} records", count).format(count=number(count))


def _passes(forms: Forms, row: Row, filters: frozenset[Filter], *, has_draft: bool) -> bool:
    if Filter.CONFLICT in filters and not row.has_conflict:
        return False
    if Filter.DRAFT in filters and not has_draft:
        return False
    needs_consent = row.type in forms.by_type and forms[row.type].consent == "needed"
    return not (Filter.NO_CONSENT in filters and (row.has_consent or not needs_consent))


def _item(
    forms: Forms,
    row: Row,
    days: dict[str, str],
    *,
    has_draft: bool,
    shows_type: bool,
    is_timeline: bool,
) -> ListItem:
    label = forms[row.type].label if row.type in forms.by_type else row.type
    title = row.title or _("Untitled {type}").format(type=label.lower())
    is_claimed = bare_id(row.id) != row.id
    parts = [label] if shows_type else []
    day = row.date or (row.changed[:10] if is_timeline else "")
    if day:
        if day not in days:
            days[day] = readable(day)
        # Among dated ones a record without a date stands where it was last changed.
        parts.append(days[day] if row.date else _("changed {day}").format(day=days[day]))
    # What people are called may be written in another direction than the date beside it.
    parts += [isolated(name) for name in (row.place, row.who) if name and name != row.title]
    is_set = {
        Mark.CLAIMED: is_claimed,
        Mark.CONFLICT: row.has_conflict,
        Mark.DRAFT: has_draft,
        Mark.MEDIA: row.media_count > 0,
        Mark.CONSENT: row.has_consent,
    }
    marks = tuple(mark for mark in ORDER if is_set[mark])
    claimed = [_("Claimed by two cases")] if is_claimed else []
    changed = _("Changed {moment}").format(moment=moment_words(row.changed))
    second = " · ".join([*claimed, *(parts or [changed])])
    return ListItem(
        id=row.id,
        type=row.type,
        title=title,
        second=second,
        snippet=row.snippet,
        marks=marks,
        spoken=_spoken(title, second, marks),
    )

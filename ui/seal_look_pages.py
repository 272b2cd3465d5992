"""What the look before sealing shows, made from the plan and its preview. No Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from notebook.choosing import Because
from notebook.consent import OVERRIDABLE
from notebook.forms import Forms
from notebook.handover import Notice, SealPlan
from notebook.i18n import _, ngettext, number
from notebook.model import RecordId, Row
from notebook.preview import BundlePreview, LeavingRecord, StayingRecord
from notebook.selection import Stays
from ui.handover_words import nameless_words, names_words
from ui.list_items import ListItem, items
from ui.words import isolated, size_words

MOST_NAMED: Final = 6
"""More records than these are counted; the list names them all."""

TOLD: Final = "told"
TO_KNOW: Final = frozenset({TOLD, Stays.WITHDRAWAL_WAITS.value})
"""What is said of a bundle and is as it should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A record by its name."""

    id: RecordId
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeGroup:
    """One sentence and the records it is about."""

    sentence: str
    all: tuple[RecordId, ...]
    named: tuple[Named, ...]
    more: str
    is_to_know: bool = False
    """Good to know, and no warning: it is as it should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookPage:
    """All that leaves, and what is to be known before it does."""

    empty: str
    """The calm sentence when there is nothing to send; else empty."""
    empty_advice: str
    summary: str
    purposes: tuple[tuple[str, str], ...]
    purpose: str
    refusals: tuple[NoticeGroup, ...]
    warnings: tuple[NoticeGroup, ...]
    drafts: str
    left_out: tuple[Named, ...]
    """Records kept back; a field that is kept back stands with its record."""
    may_override: bool
    """Whether some of what is refused may go with a reason."""
    override: str
    """The reason that was given; else empty."""
    media: str
    """What keeping the files for later means here; empty when no file would go."""
    is_without_media: bool
    rows: tuple[ListItem, ...]
    may_go_on: bool


def look_page(
    forms: Forms,
    plan: SealPlan,
    previews: Sequence[BundlePreview],
    *,
    purposes: tuple[tuple[str, str], ...],
    left_out: Mapping[RecordId, Row],
) -> LookPage:
    """The look at what would leave, without the drafts; with many records it takes a while."""
    rows = {row.id: row for row in plan.records}
    shown = items(forms, plan.records, {}, shows_type=True)
    leaving = {record.id: record for one in previews for record in one.records}
    titles = {record.id: record.title for record in leaving.values()}
    titles |= {item.id: item.title for item in shown}
    waiting = [row for one in previews for row in one.stays if row.why is Stays.WITHDRAWAL_WAITS]
    titles |= {row.id: nameless_words(_kind(forms, row.type), row.id) for row in waiting}
    request = plan.request
    return LookPage(
        empty=_empty(plan) if plan.is_empty else "",
        empty_advice=_empty_advice(plan) if plan.is_empty else "",
        summary=_summary(plan),
        purposes=purposes,
        purpose=request.purpose,
        refusals=_groups(plan.refusals, titles),
        # Where nothing goes there is nothing to be warned of.
        warnings=()
        if plan.is_empty
        else (
            *_groups([n for n in plan.warnings if n.record in {None, *rows}], titles),
            *_groups(_found(previews), titles),
            *_waiting(waiting, titles),
        ),
        drafts="",
        left_out=tuple(
            Named(id=item.id, title=item.title) for item in items(forms, [*left_out.values()], {})
        ),
        may_override=any(notice.code in OVERRIDABLE for notice in plan.refusals),
        override=request.override,
        media=_media(plan),
        is_without_media=request.without_media,
        rows=_marked(shown, plan, leaving),
        may_go_on=not plan.is_empty and not plan.refusals,
    )


def _found(previews: Sequence[BundlePreview]) -> list[Notice]:
    """What the preview found: names in text, notes for the team, deleted records, withdrawals."""
    found: list[Notice] = []
    for one in previews:
        is_team = set(one.plan.purposes) <= {"team"}
        for record in one.records:
            if record.is_deleted:
                text = _("This was deleted here, and its text leaves with the journal.")
                found.append(Notice(code="deleted", text=text, record=record.id))
            if record.internal:
                text = _("Notes for the team leave with this.")
                found.append(Notice(code="internal", text=text, record=record.id))
            if record.names and not is_team:
                text = _("A known name stands in its text.")
                found.append(Notice(code="name", text=text, record=record.id))
        if one.withdrawals:
            text = ngettext(
                "{count} withdrawal is told with it, with the reason for it.",
                "{count} withdrawals are told with it, with the reasons for them.",
                len(one.withdrawals),
            ).format(count=number(len(one.withdrawals)))
            found.append(Notice(code=TOLD, text=text))
    return found


def _waiting(
    hidden: Sequence[StayingRecord], titles: Mapping[RecordId, str]
) -> tuple[NoticeGroup, ...]:
    """What somebody withdrew as a whole, and nobody here has said their word about."""
    text = _(
        "This stays here: somebody withdrew it, and it waits for your word under Handover,"
        " Withdrawals."
    )
    notices = [Notice(code=row.why.value, text=text, record=row.id) for row in hidden]
    # What is hidden stands in no list.
    return tuple(replace(group, more=_more(group)) for group in _groups(notices, titles))


def _more(group: NoticeGroup) -> str:
    more = len(group.all) - len(group.named)
    words = ngettext("and {count} more", "and {count} more", more).format(count=number(more))
    return words if more else ""


def _kind(forms: Forms, type_: str) -> str:
    form = forms.by_type.get(type_)
    return form.label if form else type_


def _media(plan: SealPlan) -> str:
    size = plan.omitted_bytes if plan.request.without_media else plan.size_bytes
    if not size:
        return ""
    return _("The files ({size}) follow in a later bundle, once they answer.").format(
        size=size_words(size)
    )


def _empty(plan: SealPlan) -> str:
    names = names_words([reader.name for reader in plan.readers])
    return ngettext(
        "There is nothing to send: {names} has all of this already.",
        "There is nothing to send: {names} have all of this already.",
        len(plan.readers),
    ).format(names=names)


def _empty_advice(plan: SealPlan) -> str:
    if plan.request.is_full:
        return ""
    return _("If something of it was lost, go back and choose “Everything” at the first step.")


def _summary(plan: SealPlan) -> str:
    records = len(plan.records) - len(plan.files)
    parts = [ngettext("{count} record", "{count} records", records).format(count=number(records))]
    if plan.files:
        parts.append(
            ngettext("{count} file ({size})", "{count} files ({size})", len(plan.files)).format(
                count=number(len(plan.files)), size=size_words(plan.size_bytes)
            )
        )
    what = _("For {names}: {what}.").format(
        names=names_words([reader.name for reader in plan.readers]), what=_(", ").join(parts)
    )
    return f"{what} {_several(plan)}".strip()


def _several(plan: SealPlan) -> str:
    """That readers who differ get bundles of their own; empty when there is only one."""
    groups = [bundle for bundle in plan.bundles if not bundle.is_empty]
    if len(groups) < 2:
        return ""
    return _("They become {count} bundles, because these readers differ: {groups}.").format(
        count=number(len(groups)),
        groups=_("; ").join(names_words([r.name for r in bundle.readers]) for bundle in groups),
    )


def drafts_words(count: int) -> str:
    """That drafts stay behind; empty when there are none."""
    if not count:
        return ""
    return ngettext(
        "{count} draft is not in this bundle. Save it first if it is to go.",
        "{count} drafts are not in this bundle. Save them first if they are to go.",
        count,
    ).format(count=number(count))


def _groups(notices: Sequence[Notice], titles: Mapping[RecordId, str]) -> tuple[NoticeGroup, ...]:
    """Notices of one wording together, so that a thousand records are one sentence."""
    by_sentence: dict[tuple[str, bool], dict[RecordId, None]] = {}
    for notice in notices:
        records = by_sentence.setdefault((notice.text, notice.code in TO_KNOW), {})
        if notice.record:
            records[notice.record] = None
    return tuple(
        replace(_group(sentence, tuple(ids), titles), is_to_know=is_to_know)
        for (sentence, is_to_know), ids in by_sentence.items()
    )


def _group(sentence: str, ids: tuple[RecordId, ...], titles: Mapping[RecordId, str]) -> NoticeGroup:
    more = len(ids) - MOST_NAMED
    return NoticeGroup(
        sentence=sentence,
        all=ids,
        named=tuple(Named(id=id_, title=titles.get(id_, id_)) for id_ in ids[:MOST_NAMED]),
        more=(
            ngettext("and {count} more, in the list", "and {count} more, in the list", more).format(
                count=number(more)
            )
            if more > 0
            else ""
        ),
    )


def _marked(
    shown: Sequence[ListItem], plan: SealPlan, leaving: Mapping[RecordId, LeavingRecord]
) -> tuple[ListItem, ...]:
    """The rows, those with something to know saying so in their second line."""
    said = {n.record: n.text for n in (*plan.warnings, *plan.refusals) if n.record}
    refused = {n.record for n in plan.refusals}
    return tuple(
        _marked_one(
            # That a consent is recorded is no good news where it says no.
            replace(item, marks=()) if item.id in refused else item,
            said.get(item.id, ""),
            leaving.get(item.id),
        )
        for item in shown
    )


def _marked_one(item: ListItem, said: str, record: LeavingRecord | None) -> ListItem:
    alone = _("its file alone") if record and is_file_alone(record) else ""
    because = because_words(record.because) if record and record.because else ""
    names = ""
    if record and record.names:
        names = _("names: {names}").format(
            names=names_words(list(dict.fromkeys(found.name for found in record.names)))
        )
    more = [part for part in (alone, because, said, names) if part]
    return replace(
        item,
        second=" · ".join([item.second, *(isolated(part) for part in more)]),
        spoken=", ".join([item.spoken, *more]),
    )


def is_file_alone(record: LeavingRecord) -> bool:
    """Whether its file alone goes: readers have the text already, and asked for the file."""
    return bool(record.files) and not record.fields


def because_words(because: Because) -> str:
    """Why a record goes, where records were chosen."""
    return {
        Because.CASE: _("its case"),
        Because.CHOSEN: _("chosen"),
        Because.NAMED: _("named by what you chose"),
        Because.CONSENT: _("the consent for it"),
        Because.EVIDENCE: _("evidence about it"),
    }[because]

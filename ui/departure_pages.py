"""What the steps of a departure show, made from what is known. No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

from notebook.consent import OVERRIDABLE
from notebook.errors import NotebookError
from notebook.i18n import _, ngettext, number
from notebook.model import AuthorId, CaseId, RecordId, Row
from notebook.sealing_key import KeyChoice
from ui.handover_words import names_words
from ui.seal_pages import CaseChoice, WherePage, WhomPage
from ui.words import isolated, moment_words, size_words

if TYPE_CHECKING:
    from notebook.contacts import Contact
    from notebook.handed_over import Leaving, Standing
    from notebook.remains import Remains
    from ui.remains_pages import RemainsPage


class Step(IntEnum):
    """The steps, in their order."""

    WHAT = 0
    WHOM = 1
    SEAL = 2
    RECEIPT = 3
    KEY = 4
    REMOVE = 5
    REMAINS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class GoingPage:
    """Which cases are handed over."""

    cases: tuple[CaseChoice, ...]
    old_keys: str
    """That earlier keys are kept, and what they open; else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObstacleLine:
    """Something that would be in no bundle, with the record that it is about."""

    title: str
    words: str
    record: RecordId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavePage:
    """What is handed over, what stands against it, and where it goes."""

    amount: str
    warning: str
    obstacles: tuple[ObstacleLine, ...]
    drafts: str
    may_override: bool
    """Whether a reason would do."""
    reason: str
    where: WherePage
    may_seal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderLine:
    """Whether a reader has said that everything arrived."""

    words: str
    has_arrived: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPage:
    """What was handed over, and who has said so."""

    sealed: str
    files: str
    readers: tuple[ReaderLine, ...]
    skipped: str
    """What going on now means; empty when every receipt is here."""
    lack: str
    """Why nothing can be removed as things stand; else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPage:
    """What becomes of the sealing key, and what each choice costs."""

    choice: KeyChoice
    new_alone: str
    new: str
    keep: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovePage:
    """What will be gone, from where, and from where not."""

    title: str
    gone: tuple[str, ...]
    stays: tuple[str, ...]
    has_cases: bool


class DepartureScreen(Protocol):
    """What the presenter asks of the view."""

    def show_going(self, page: GoingPage) -> None:
        """Ask which cases."""

    def show_no_cases(self) -> None:
        """There is nothing to hand over."""

    def show_whom(self, page: WhomPage) -> None:
        """Ask for whom."""

    def show_no_contacts(self) -> None:
        """There is nobody to hand over to."""

    def show_leave(self, page: LeavePage) -> None:
        """Show what is handed over, and ask where it goes."""

    def show_busy(self, words: str, step: Step, *, can_cancel: bool) -> None:
        """Something long began."""

    def show_progress(self, done: int, total: int, words: str) -> None:
        """How far it is."""

    def show_receipt(self, page: ReceiptPage) -> None:
        """Show what was handed over."""

    def show_key(self, page: KeyPage) -> None:
        """Ask what becomes of the key."""

    def show_remove(self, page: RemovePage) -> None:
        """Say what will be gone, and ask for the passphrase."""

    def show_remains(self, page: RemainsPage, *, is_end: bool) -> None:
        """Show what remains, alone or as the end of a departure."""

    def show_lack(self, sentence: str) -> None:
        """Say what is missing to go on."""

    def show_trouble(self, error: NotebookError | None) -> None:
        """Show trouble, or that there is none any more."""


def going_page(cases: Sequence[Row], chosen: frozenset[CaseId], old_keys: int) -> GoingPage:
    """The cases; none is chosen beforehand, for all that is chosen goes."""
    return GoingPage(
        cases=tuple(
            CaseChoice(
                id=row.id,
                title=row.title or _("Untitled case"),
                is_chosen=CaseId(row.id) in chosen,
            )
            for row in cases
        ),
        old_keys=ngettext(
            "{count} earlier sealing key is still here.",
            "{count} earlier sealing keys are still here.",
            old_keys,
        ).format(count=number(old_keys))
        if old_keys
        else "",
    )


def leave_page(
    leaving: Leaving,
    drafts: int,
    titles: Mapping[RecordId, str],
    where: WherePage,
    reason: str,
) -> LeavePage:
    """What is handed over. Only consent can be overridden, with a reason."""
    plan = leaving.plan
    refusals = {notice.record for notice in plan.refusals}
    alone = [reader.name for reader in plan.readers if not reader.is_compared]
    codes = {notice.code for notice in plan.refusals}
    overridable = bool(reason) or (bool(codes) and codes <= set(OVERRIDABLE))
    return LeavePage(
        amount=amount_words(len(plan.records), len(plan.files), plan.size_bytes),
        warning=_("You have not compared the card of {names} yet.").format(names=names_words(alone))
        if alone
        else "",
        obstacles=tuple(
            ObstacleLine(
                title=titles.get(notice.record, "") or _("Untitled") if notice.record else "",
                words=notice.text,
                record=notice.record,
            )
            for notice in leaving.obstacles
        ),
        drafts=ngettext(
            "{count} draft in these cases is not saved, so that no bundle holds it.",
            "{count} drafts in these cases are not saved, so that no bundle holds them.",
            drafts,
        ).format(count=number(drafts))
        if drafts
        else "",
        may_override=overridable and {n.record for n in leaving.obstacles} <= refusals,
        reason=reason,
        where=where,
        may_seal=where.may_seal and not leaving.obstacles and not drafts,
    )


def amount_words(records: int, files: int, size_bytes: int) -> str:
    """How much is handed over."""
    said = ngettext("{count} record", "{count} records", records).format(count=number(records))
    if not files:
        return _("{records}, whole, with their history.").format(records=said)
    held = ngettext("{count} file", "{count} files", files).format(count=number(files))
    return _("{records} and {files} ({size}), whole, with their history.").format(
        records=said, files=held, size=size_words(size_bytes)
    )


def receipt_page(
    standing: Standing,
    titles: Mapping[CaseId, str],
    names: Mapping[AuthorId, str],
    drafts: int,
    files: Sequence[str],
) -> ReceiptPage:
    """How it stands after the seal; `files` is known in the session that sealed."""
    handed = standing.handed
    missing = [names.get(r, "") for r in handed.readers if r not in standing.arrived]
    lack = ""
    if standing.changed:
        lack = _("Something came into these cases after they were sealed. Seal them again.")
    elif drafts:
        lack = _("In these cases something is typed and not saved. Save it, and seal them again.")
    return ReceiptPage(
        sealed=_("{cases}: sealed for {names} on {when}, read back and whole.").format(
            cases=names_words([titles.get(case) or _("Untitled case") for case in handed.cases]),
            names=names_words([names.get(reader, "") for reader in handed.readers]),
            when=moment_words(handed.at),
        ),
        files="\n".join(files),
        readers=tuple(
            ReaderLine(
                words=(
                    _("{name} has said that everything arrived.")
                    if reader in standing.arrived
                    else _("{name} has not said yet that it arrived.")
                ).format(name=isolated(names.get(reader, ""))),
                has_arrived=reader in standing.arrived,
            )
            for reader in handed.readers
        ),
        skipped=_(
            "If you go on without the receipt of {names}, the bundle may be the only copy. If it is"
            " lost or taken before they open it, what it holds is lost."
        ).format(names=names_words(missing))
        if missing and len(missing) == len(handed.readers)
        else "",
        lack=lack,
    )


def key_page(choice: KeyChoice, left: Remains) -> KeyPage:
    """What each choice costs; an old key that is kept opens what was sealed to it."""
    count = len(left.openable)
    known = (
        ngettext(
            "{count} bundle that you opened here before is among them.",
            "{count} bundles that you opened here before are among them.",
            count,
        ).format(count=number(count))
        if count
        else ""
    )
    new_alone = _(
        "What was sealed for you until now can be opened by nobody any more, wherever copies of it"
        " lie. What you opened before stays here; open first what you still expect."
    )
    new = _(
        "What is still on its way to you can be opened. Until you destroy the old key, whoever has"
        " this laptop and its passphrase can open every bundle that was ever sealed for you."
    )
    keep = _(
        "Nothing changes for your contacts. Whoever has this laptop and its passphrase can open"
        " every bundle that was ever sealed for you."
    )
    return KeyPage(
        choice=choice,
        new_alone=_sentences(new_alone, known),
        new=_sentences(new, known),
        keep=_sentences(keep, known),
    )


def _sentences(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def remove_page(titles: Sequence[str], choice: KeyChoice) -> RemovePage:
    """What will be gone; `titles` is empty when only keys go."""
    gone = [_("Case {title}").format(title=isolated(title)) for title in titles]
    if titles:
        gone.append(
            _(
                "From the database, the index of words, the pictures and files of evidence, and the"
                " notes about the bundles that held nothing else"
            )
        )
    if choice in (KeyChoice.NEW_ALONE, KeyChoice.DESTROY_OLD):
        gone.append(_("Your earlier sealing keys, for everybody and for good"))
    gone.append(_("Every other passphrase of this notebook"))
    return RemovePage(
        title=_("This will be gone from this laptop")
        if titles
        else _("This will be gone, and the database is written anew"),
        gone=tuple(gone),
        stays=(
            _("The bundle, and what your readers opened: that is theirs"),
            _("Copies of this folder that you or a backup made"),
            _(
                "What the disk itself may still hold: on flash memory nothing is erased for"
                " certain. Destroy the disk if that matters"
            ),
            _("Everything else in this notebook"),
        ),
        has_cases=bool(titles),
    )


def contact_names(contacts: Sequence[Contact]) -> dict[AuthorId, str]:
    """Who is who."""
    return {contact.id: contact.name for contact in contacts}

"""After withdrawals: what waits for a word here, and who must be told. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from notebook.i18n import _, ngettext, number
from notebook.model import AuthorId, CaseId, Changes, RecordId
from notebook.owed import Owed, Pending, State, Unseen
from ui.handover_words import day_words, nameless_words
from ui.rooms import Place, Shell
from ui.session import Session
from ui.withdrawing import WithdrawalSheet
from ui.words import at_the_start, isolated

if TYPE_CHECKING:
    from notebook.errors import NotebookError
    from notebook.forms import Forms
    from notebook.notebook import Notebook

EVERY_FIELD = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLine:
    """A withdrawal by somebody else that waits for a word here."""

    key: str
    """The id of the withdrawal."""
    title: str
    words: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldLine:
    """One person, and how far they were told."""

    contact: str
    """Empty when no notice can be sealed for them here."""
    name: str
    words: str
    tone: str
    """`caution` while a notice is owed, `mute` while it is on its way, `ok` once it came."""
    is_owed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPage:
    """All that the room shows."""

    empty: str
    waiting: tuple[WaitingLine, ...]
    told: tuple[ToldLine, ...]


class ToldScreen(Protocol):
    """What the presenter asks of the view."""

    def show_told(self, page: ToldPage) -> None:
        """Show what waits, and who must be told."""

    def ask_withdrawal(self, sheet: WithdrawalSheet, reason: str) -> None:
        """State what is destroyed, with the reason that the other one gave."""

    def show_trouble(self, error: NotebookError | None) -> None:
        """Show trouble, or that there is none any more."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What the notebook knows of withdrawals."""

    page: ToldPage
    pending: tuple[Pending, ...]
    owed: tuple[Owed, ...]


class ToldPresenter:
    """Leads from a withdrawal to everybody whom it concerns."""

    def __init__(self, session: Session, screen: ToldScreen, shell: Shell) -> None:
        self._session = session
        self._screen = screen
        self._shell = shell
        self._found = _Found(ToldPage(empty="", waiting=(), told=()), (), ())
        self._asked: Pending | None = None

    def enter(self, place: Place) -> None:
        """Show how it stands."""
        self._read()

    def changed(self, changes: Changes) -> None:
        """A bundle was sealed or opened, or something was withdrawn."""
        if changes.cases or changes.contacts:
            self._read()

    def flush(self) -> None:
        """Nothing is typed here."""

    def actions(self) -> Mapping[str, Callable[[], None]]:
        """Nothing beside what the lines offer."""
        return {}

    def ask(self, key: str) -> None:
        """State what confirming a withdrawal destroys."""
        self._asked = next((one for one in self._found.pending if one.withdrawal == key), None)
        line = next((line for line in self._found.page.waiting if line.key == key), None)
        if self._asked and line:
            sheet = WithdrawalSheet(records=(self._asked.record,), lines=(line.title,))
            self._screen.ask_withdrawal(sheet, line.reason)

    def confirm(self, records: Sequence[RecordId], reason: str) -> None:
        """Destroy here what the other one withdrew, and no more."""
        asked = self._asked
        if asked is None or asked.record not in records:
            return
        self._screen.show_trouble(None)
        self._session.change(
            lambda notebook: notebook.withdraw([asked.record], reason, asked.fields),
            self._on_done,
            self._screen.show_trouble,
        )

    def seal_for(self, contact: str) -> None:
        """Seal a notice: whatever they lack of the cases it is about."""
        cases = {one.case for one in self._found.owed if one.contact == contact}
        case = CaseId(next(iter(cases))) if len(cases) == 1 else None
        self._shell.go(Place(room="seal", case=case, contact=AuthorId(contact)))

    def go_back(self) -> None:
        """Back to handover."""
        self._shell.go(Place(room="handover"))

    def _on_done(self) -> None:
        self._shell.say(_("It is destroyed in this notebook."))

    def _read(self) -> None:
        self._session.ask(_read_all, self._on_read, self._screen.show_trouble)

    def _on_read(self, found: _Found) -> None:
        self._found = found
        self._screen.show_told(found.page)


def _read_all(notebook: Notebook) -> _Found:
    pending, owed = tuple(notebook.pending_withdrawals()), tuple(notebook.owed())
    unseen = notebook.unseen_readers()
    # A record that is hidden as a whole is none of these, nor is one that never came.
    titles = {row.id: row.title for row in notebook.rows()} if pending else {}
    return _Found(told_page(notebook.forms, pending, owed, titles, unseen), pending, owed)


def told_page(
    forms: Forms,
    pending: Sequence[Pending],
    owed: Sequence[Owed],
    titles: Mapping[RecordId, str],
    unseen: Sequence[Unseen] = (),
) -> ToldPage:
    """The page; `titles` are of records of which only some fields are hidden."""
    by_contact: dict[AuthorId, list[Owed]] = {}
    for one in owed:
        by_contact.setdefault(one.contact, []).append(one)
    lines = [_told_line(found) for found in by_contact.values()]
    by_sealer: dict[AuthorId, list[Unseen]] = {}
    for other in unseen:
        by_sealer.setdefault(other.by, []).append(other)
    lines += [_unseen_line(found) for found in by_sealer.values()]
    return ToldPage(
        empty=(
            ""
            if pending or lines
            else _("Nothing was withdrawn that somebody must be told of or that waits for you.")
        ),
        waiting=tuple(_waiting_line(forms, one, titles) for one in pending),
        told=tuple(sorted(lines, key=lambda line: (not line.is_owed, line.tone == "ok"))),
    )


def _waiting_line(forms: Forms, one: Pending, titles: Mapping[RecordId, str]) -> WaitingLine:
    form = forms.by_type.get(one.type)
    kind = form.label if form else one.type
    title = titles.get(one.record, "")
    fields = [_label(forms, one.type, name) for name in one.fields if name != EVERY_FIELD]
    said = _("{name} withdrew {fields} on {day}.") if fields else _("{name} withdrew it on {day}.")
    return WaitingLine(
        key=one.withdrawal,
        title=_("{type}: {title}").format(type=kind, title=isolated(title))
        if title
        else nameless_words(kind, one.record),
        words=said.format(
            name=isolated(one.name) if one.name else _("Someone you do not know"),
            day=day_words(one.at),
            fields=_(", ").join(fields),
        ),
        reason=one.reason,
    )


def _label(forms: Forms, type_: str, name: str) -> str:
    form = forms.by_type.get(type_)
    return next((f.label for f in form.fields if f.name == name), name) if form else name


def _told_line(found: Sequence[Owed]) -> ToldLine:
    """One contact; what is still owed comes before what is on its way."""
    first = found[0]
    left = [one for one in found if one.state is State.OWED]
    sealed = [one for one in found if one.state is State.SEALED]
    if left:
        words, tone = _owed_words(left), "caution"
    elif sealed:
        day = day_words(max(one.told_on for one in sealed))
        words = _("A notice was sealed on {day}. They have not answered yet.").format(day=day)
        tone = "mute"
    else:
        words, tone = _("They hold the withdrawal, and their notebook obeys it."), "ok"
    return ToldLine(
        contact=first.contact if first.is_contact else "",
        name=first.name if first.is_contact else at_the_start(first.name),
        words=words,
        tone=tone,
        is_owed=bool(left),
    )


def _owed_words(left: Sequence[Owed]) -> str:
    count = len({one.record for one in left})
    day, by = max((one.day, one.sealed_by) for one in left)
    if all(one.sealed_by for one in left):
        # What was in a bundle of somebody else is not known here.
        words = ngettext(
            "They may hold {count} record that was withdrawn, and were not told yet.",
            "They may hold {count} records that were withdrawn, and were not told yet.",
            count,
        )
        words += " " + _("{name} sealed a bundle of the case for them on {day}.")
    else:
        words = ngettext(
            "They hold {count} record that was withdrawn, and were not told yet.",
            "They hold {count} records that were withdrawn, and were not told yet.",
            count,
        )
        words += " " + _("It was sealed for them on {day}.") if day else ""
    if not left[0].is_contact:
        words += " " + _("They are no contact of yours: ask {name} to tell them.")
    return words.format(count=number(count), name=isolated(by), day=day_words(day) if day else "")


def _unseen_line(found: Sequence[Unseen]) -> ToldLine:
    """Somebody who sealed it for readers who are not known here."""
    # One bundle may hold several of the records.
    count = max(one.count for one in found)
    words = ngettext(
        "Before they knew of it they sealed {count} bundle of the case for others. Only the case’s"
        " steward knows for whom: ask them to tell those people.",
        "Before they knew of it they sealed {count} bundles of the case for others. Only the case’s"
        " steward knows for whom: ask them to tell those people.",
        count,
    ).format(count=number(count))
    return ToldLine(contact="", name=found[0].name, words=words, tone="caution", is_owed=True)

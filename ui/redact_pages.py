"""What the steps of a copy with pseudonyms show while a case is read. No Qt."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final, Protocol

from notebook import derivative
from notebook.derivative import BLACKED_OUT, Page
from notebook.errors import NotebookError
from notebook.forms import Form, Forms
from notebook.i18n import _, ngettext, number
from notebook.model import RecordId
from ui.list_items import ListItem
from ui.list_items import Mark as RowMark
from ui.redact_look import DonePage, LookPage
from ui.redact_picture_pages import PicturesPage
from ui.redact_review import Decision, Mark, Review
from ui.redact_what import WhatPage
from ui.seal_leaving import value_words
from ui.words import isolated


class Step(IntEnum):
    """The steps, in their order."""

    WHAT = 0
    READ = 1
    PICTURES = 2
    LOOK = 3
    DONE = 4


class Kind(StrEnum):
    """What a piece of the page is."""

    LABEL = "label"
    TEXT = "text"
    MARK = "mark"
    """Words that go, or that may stay."""
    LEFT = "left"
    """Words that were proposed and stay."""
    INSTEAD = "instead"
    BLACK = "black"
    DOUBT = "doubt"
    FACT = "fact"
    """A value that is no text: a date, an answer, another record."""
    BREAK = "break"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One run of the page, and where it comes from."""

    kind: Kind
    text: str
    field: str = ""
    item: int = 0
    start: int = 0
    """Where it begins in its text, in characters."""
    mark: int | None = None
    """The place of its mark among those of the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage:
    """One record that is read, beside the others."""

    rows: tuple[ListItem, ...]
    record: RecordId
    title: str
    note: str
    pieces: tuple[Piece, ...]
    left_out: str
    """Which of its fields stay, in a sentence; empty when none does."""
    may_leave_out: bool
    goes: bool
    mark: int | None
    """The mark that is being decided."""


class BarKind(StrEnum):
    """What the bar under the text is about."""

    NOTHING = "nothing"
    MARK = "mark"
    WORDS = "words"
    FIELD = "field"


@dataclass(frozen=True, slots=True, kw_only=True)
class BarPage:
    """What can be decided now."""

    kind: BarKind
    words: str
    note: str = ""
    instead: str = ""
    everywhere: str = ""
    """The tick that decides about the same words elsewhere; empty without any."""
    is_left: bool = False
    is_own: bool = False
    """The person marked it, and takes the mark away without a reason."""
    why: str = ""
    goes: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The way on from reading."""

    on: str
    said: str


class RedactScreen(Protocol):
    """What the presenter asks of the view."""

    def show_what(self, page: WhatPage) -> None:
        """Ask which case, and which of its records."""

    def show_no_cases(self) -> None:
        """There is no case yet."""

    def show_working(self, words: str, step: Step, *, can_cancel: bool) -> None:
        """Something takes its time."""

    def show_progress(self, done: int, total: int) -> None:
        """How far it is."""

    def show_read(self, page: ReadPage, way: Way) -> None:
        """Show a record to be read."""

    def show_bar(self, bar: BarPage) -> None:
        """Show what can be decided about the words where the cursor is."""

    def show_pictures(self, page: PicturesPage) -> None:
        """Show the files of the case, and one of them."""

    def show_picture(self, width: int, height: int, rgb: bytes) -> None:
        """Show the picture of the file that is chosen."""

    def show_look(self, page: LookPage) -> None:
        """Show what the copy will hold."""

    def show_done(self, page: DonePage) -> None:
        """Show what was made."""

    def show_lack(self, sentence: str) -> None:
        """Say what is missing to go on."""

    def show_trouble(self, error: NotebookError | None) -> None:
        """Show trouble, or that there is none any more."""


NARROW_SPACE: Final = "\u202f"
"""Between words that go and what comes instead."""


def read_page(review: Review, forms: Forms, record: RecordId, mark: int | None) -> ReadPage:
    """The page of one record."""
    page = review.pages.get(record) or review.files[record]
    form = forms[page.type]
    marks = review.marks(record)
    every = (*review.pages.values(), *review.files.values())
    titles = {str(each.source): _title(each) for each in every}
    return ReadPage(
        rows=read_rows(review, forms),
        record=record,
        title=_title(page),
        note=f"{form.label} · {_count_words(marks)}",
        pieces=tuple(_pieces(review, form, page, marks, titles)),
        left_out=_left_out_words(form, page),
        may_leave_out=page.type != "case",
        goes=review.goes(record),
        mark=mark,
    )


def read_rows(review: Review, forms: Forms) -> tuple[ListItem, ...]:
    """Every record that can be read, in the order of reading."""
    rows = []
    for record in readable(review):
        page = review.pages.get(record) or review.files[record]
        doubtful = sum(mark.is_doubtful for mark in review.marks(record))
        if not review.goes(record):
            state = _("left out")
        elif not review.has_text(record):
            state = _("no text to read")
        elif review.is_read(record):
            state = _("read")
        else:
            state = _("not read yet")
        if doubtful and review.goes(record):
            state += " · " + ngettext("{count} in doubt", "{count} in doubt", doubtful).format(
                count=number(doubtful)
            )
        second = f"{forms[page.type].label} · {state}"
        rows.append(
            ListItem(
                id=record,
                type=page.type,
                title=_title(page) or _("Untitled"),
                second=second,
                marks=(RowMark.DONE,) if review.goes(record) and review.is_read(record) else (),
                spoken=f"{_title(page)}, {second}",
            )
        )
    return tuple(rows)


def readable(review: Review) -> list[RecordId]:
    """The records in the order of reading: what was told comes early, files that go come last."""
    order = ("case", "interview", "note", "event", "place", "person", "consent")
    pages = sorted(review.pages.values(), key=lambda page: order.index(page.type))
    return [*(page.source for page in pages), *(f for f in review.files if review.goes(f))]


def way_on(review: Review, record: RecordId) -> Way:
    """What the one button does, and how far the reading is."""
    there = [one for one in readable(review) if review.goes(one) and review.has_text(one)]
    unread = review.unread()
    said = _("{done} of {total} read").format(
        done=number(len(there) - len(unread)), total=number(len(there))
    )
    if any(one != record for one in unread):
        return Way(on=_("Read; the next one"), said=said)
    return Way(on=_("Read; go on"), said=said)


def bar_for_mark(review: Review, mark: Mark) -> BarPage:
    """What can be decided about a mark."""
    swap = mark.swap
    others = len(review.alike(mark))
    return BarPage(
        kind=BarKind.MARK,
        words=isolated(swap.text + ("…" if swap.after[:1].isalpha() else "")),
        note=_why_marked(review, mark),
        instead=swap.instead,
        everywhere=ngettext(
            "Also the same words in {count} other place",
            "Also the same words in {count} other places",
            others,
        ).format(count=number(others))
        if others
        else "",
        is_left=mark.decision is Decision.LEFT,
        is_own=not mark.is_proposed,
        why=mark.why,
    )


def bar_for_words(words: str) -> BarPage:
    """What can be done with words that are selected."""
    return BarPage(
        kind=BarKind.WORDS,
        words=isolated(words),
        note=_(
            "A name or a word that says who it is? Everywhere means in every text of this copy."
        ),
    )


def bar_for_field(form: Form, name: str, *, goes: bool) -> BarPage:
    """A field goes as a whole, or not."""
    label = isolated(form.field(name).label)
    return BarPage(
        kind=BarKind.FIELD,
        words=label,
        note=_("It goes with the copy. A day, a place or an answer can say who somebody is.")
        if goes
        else _("You leave it out."),
        goes=goes,
    )


def bar_for_nothing(marks: Sequence[Mark]) -> BarPage:
    """Nothing is chosen."""
    return BarPage(
        kind=BarKind.NOTHING,
        words="",
        note=_("Go to a mark, or select words with the mouse or with Shift and the arrow keys.")
        if marks
        else _("No known name stands here. Select words to replace them or black them out."),
    )


def _why_marked(review: Review, mark: Mark) -> str:
    if mark.decision is Decision.LEFT:
        return _("It stays as it is, because: {why}").format(why=isolated(mark.why))
    if not mark.is_proposed:
        return _("You marked this.")
    person = mark.swap.person
    who = review.proposal.named.get(person) if person else None
    if who is None:
        return _("It may be either of two people, and is blacked out unless you decide.")
    if mark.swap.is_guess:
        return _("It may be a form of the name of {who}, or another word.").format(
            who=isolated(who)
        )
    return _("A name of {who}.").format(who=isolated(who))


def _count_words(marks: Sequence[Mark]) -> str:
    if not marks:
        return _("no known name in it")
    doubtful = sum(mark.is_doubtful for mark in marks)
    words = ngettext("{count} mark", "{count} marks", len(marks)).format(count=number(len(marks)))
    if doubtful:
        words += ", " + ngettext("{count} in doubt", "{count} in doubt", doubtful).format(
            count=number(doubtful)
        )
    return words


def _left_out_words(form: Form, page: Page) -> str:
    if not page.left_out:
        return ""
    known = {field.name: field.label for field in form.fields}
    labels = [isolated(known[name]) for name in page.left_out if name in known]
    unknown = len(page.left_out) - len(labels)
    if unknown:
        labels.append(
            ngettext(
                "{count} field that no form knows", "{count} fields that no form knows", unknown
            ).format(count=number(unknown))
        )
    return _("Stays out: {fields}").format(fields=_(", ").join(labels))


def _title(page: Page) -> str:
    return str(page.fields.get("title") or "")


def _pieces(
    review: Review,
    form: Form,
    page: Page,
    marks: Sequence[Mark],
    titles: Mapping[str, str],
) -> Iterator[Piece]:
    in_text = {(name, item): text for name, item, text in derivative.texts(form, page)}
    for field in form.fields:
        name = field.name
        if name not in page.fields:
            continue
        yield Piece(kind=Kind.LABEL, text=field.label, field=name)
        yield Piece(kind=Kind.BREAK, text="\n", field=name)
        items = [item for known, item in in_text if known == name]
        if (page.source, name) in review.fields_left_out:
            yield Piece(kind=Kind.FACT, text=_("You leave this out."), field=name)
            yield Piece(kind=Kind.BREAK, text="\n", field=name)
        elif not items:
            words = value_words(form, name, page.fields[name], titles)
            yield Piece(kind=Kind.FACT, text=words, field=name)
            yield Piece(kind=Kind.BREAK, text="\n", field=name)
        else:
            for item in items:
                yield from _text_pieces(name, item, in_text[name, item], marks)
                yield Piece(kind=Kind.BREAK, text="\n", field=name)


def _text_pieces(name: str, item: int, text: str, marks: Sequence[Mark]) -> Iterator[Piece]:
    at = 0
    for place, mark in enumerate(marks):
        swap = mark.swap
        if (swap.field, swap.item) != (name, item):
            continue
        if at < swap.start:
            yield Piece(kind=Kind.TEXT, text=text[at : swap.start], field=name, item=item, start=at)
        is_left = mark.decision is Decision.LEFT
        kind = Kind.LEFT if is_left else Kind.MARK
        words = text[swap.start : swap.end]
        yield Piece(kind=kind, text=words, field=name, item=item, start=swap.start, mark=place)
        if not is_left:
            if mark.is_doubtful:
                yield Piece(
                    kind=Kind.DOUBT, text="?", field=name, item=item, start=swap.end, mark=place
                )
            kind = Kind.INSTEAD if swap.instead else Kind.BLACK
            shown = NARROW_SPACE + (isolated(swap.instead) if swap.instead else BLACKED_OUT)
            yield Piece(kind=kind, text=shown, field=name, item=item, start=swap.end, mark=place)
        at = swap.end
    if at < len(text):
        yield Piece(kind=Kind.TEXT, text=text[at:], field=name, item=item, start=at)

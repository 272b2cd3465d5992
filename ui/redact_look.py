"""The look before a copy with pseudonyms is made, and what was made: all in sentences. No Qt."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from notebook.derivative import NOBODY, PSEUDONYM, Page
from notebook.forms import Forms
from notebook.i18n import _, ngettext, number
from ui.redact_review import Decision, Review
from ui.words import isolated

LEVEL: Final = "level_"
"""The answers of a consent to how people are to be named begin so, one for each use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookPage:
    """What the copy will hold, what it will not, and what speaks against it."""

    warnings: tuple[tuple[str, str], ...]
    """What it is, and what to know about it."""
    holds: tuple[str, ...]
    stays: tuple[str, ...]
    limits: tuple[str, ...]
    """What pseudonyms do not hide."""
    title: str
    purposes: tuple[tuple[str, str], ...]
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DonePage:
    """What was made."""

    title: str
    facts: tuple[str, ...]


def look_page(
    review: Review,
    forms: Forms,
    *,
    title: str,
    purposes: tuple[tuple[str, str], ...],
    purpose: str,
) -> LookPage:
    """The look."""
    return LookPage(
        warnings=tuple(_warnings(review)),
        holds=tuple(_holds(review, forms)),
        stays=tuple(_stays(review, forms)),
        limits=limits(),
        title=title,
        purposes=purposes,
        purpose=purpose,
    )


def limits() -> tuple[str, ...]:
    """What a copy with pseudonyms does not promise."""
    return (
        _("How somebody speaks stays, and people are known by it."),
        _("What happened to nobody else says who it is: a day, a place, a work, a family."),
        _("A voice, a face, hands or a room say it, too, where a file goes."),
        _("A nickname, or a name that nobody wrote down here, is not found."),
        _("Whoever has two copies can put them side by side."),
    )


def _warnings(review: Review) -> Iterator[tuple[str, str]]:
    if unread := len(review.unread()):
        yield (
            ngettext(
                "{count} record was not read by you.",
                "{count} records were not read by you.",
                unread,
            ).format(count=number(unread)),
            _("Names that nobody wrote down may stand in them."),
        )
    if review.proposal.level == PSEUDONYM and (
        strict := sum(map(_allows_nobody, _consents(review)))
    ):
        yield (
            ngettext(
                "{count} consent lets nobody be told from others, for some readers.",
                "{count} consents let nobody be told from others, for some readers.",
                strict,
            ).format(count=number(strict)),
            _("For these make a copy in which people are called by numbers alone."),
        )
    marks = list(review.all_marks())
    doubtful = [mark for mark in marks if mark.is_doubtful]
    if doubtful:
        yield (
            ngettext(
                "{count} mark is in doubt, and nobody decided.",
                "{count} marks are in doubt, and nobody decided.",
                len(doubtful),
            ).format(count=number(len(doubtful))),
            _("They are replaced or blacked out as proposed."),
        )
    if left := sum(mark.decision is Decision.LEFT for mark in marks):
        yield (
            ngettext(
                "{count} known name stays in a text because you said so.",
                "{count} known names stay in texts because you said so.",
                left,
            ).format(count=number(left)),
            _("Your reasons stay in the custody of the originals."),
        )
    unchanged = sum(choice.is_unchanged for choice in review.pictures.values())
    if unchanged:
        yield (
            ngettext(
                "{count} file goes unchanged.", "{count} files go unchanged.", unchanged
            ).format(count=number(unchanged)),
            _(
                "With voices, faces and metadata; whoever has the original can tell that it is the"
                " same file."
            ),
        )
    bare = sum(
        not choice.regions and not choice.is_unchanged for choice in review.pictures.values()
    )
    if bare:
        yield (
            ngettext(
                "Nothing is covered in {count} picture that goes.",
                "Nothing is covered in {count} pictures that go.",
                bare,
            ).format(count=number(bare)),
            "",
        )
    if kept := sum(choice.keeps_metadata for choice in review.pictures.values()):
        yield (
            ngettext(
                "{count} picture keeps its metadata.", "{count} pictures keep their metadata.", kept
            ).format(count=number(kept)),
            _("It may say where and when it was taken, and with which camera."),
        )


def _consents(review: Review) -> Iterator[Page]:
    return (
        page
        for page in review.pages.values()
        if page.type == "consent" and review.goes(page.source)
    )


def _allows_nobody(consent: Page) -> bool:
    """Whether an answer to how people are to be named is: not at all."""
    return any(name.startswith(LEVEL) and value == NOBODY for name, value in consent.fields.items())


def _holds(review: Review, forms: Forms) -> Iterator[str]:
    going = Counter(page.type for page in review.pages.values() if review.goes(page.source))
    for type_, count in going.items():
        form = forms[type_]
        if type_ != "case":
            yield f"{form.label if count == 1 else form.plural}: {number(count)}"
    marks = [mark for mark in review.all_marks() if mark.decision is not Decision.LEFT]
    replaced = sum(bool(mark.swap.instead) for mark in marks)
    yield _("Names and words replaced: {count}").format(count=number(replaced))
    yield _("Blacked out: {count}").format(count=number(len(marks) - replaced))
    if review.pictures:
        yield _("Files: {count}").format(count=number(len(review.pictures)))


def _stays(review: Review, forms: Forms) -> Iterator[str]:
    labels = {
        field.label: None
        for page in review.pages.values()
        if review.goes(page.source)
        for field in forms[page.type].fields
        if field.name in page.left_out
    }
    if labels:
        yield _("Fields that say who somebody is, and notes for the team: {fields}").format(
            fields=_(", ").join(isolated(label) for label in labels)
        )
    if fields := len(review.fields_left_out):
        yield ngettext(
            "{count} field that you leave out", "{count} fields that you leave out", fields
        ).format(count=number(fields))
    if gone := len(review.left_out):
        yield ngettext(
            "{count} record that you leave out", "{count} records that you leave out", gone
        ).format(count=number(gone))
    if files := len(review.files) - len(review.pictures):
        yield ngettext("{count} file", "{count} files", files).format(count=number(files))
    yield _("Ids, hashes, authors and times of the originals")


def done_page(title: str, record_count: int, file_count: int) -> DonePage:
    """What was made."""
    return DonePage(
        title=_("The copy is made: {title}").format(title=isolated(title)),
        facts=(
            ngettext("It holds {count} record.", "It holds {count} records.", record_count).format(
                count=number(record_count)
            ),
            ngettext("It holds {count} file.", "It holds {count} files.", file_count).format(
                count=number(file_count)
            )
            if file_count
            else _("It holds no file."),
            _(
                "The originals are untouched. Which copy was made of which record stands in the"
                " custody of the original, and goes nowhere with the copy."
            ),
            _("It is a case like any other: look at it, change it, seal it."),
        ),
    )

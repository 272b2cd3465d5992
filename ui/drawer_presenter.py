"""What stands beside a record: its evidence, the records it is linked with, its history. No Qt."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from notebook.forms import Form, Forms
from notebook.i18n import _
from notebook.model import Changes, JsonValue, RecordId, Row, Thumbnail
from ui.history_words import Happening, happenings
from ui.record_reading import find_record
from ui.session import Question, Session
from ui.words import size_words

if TYPE_CHECKING:
    from notebook.notebook import Notebook

EVIDENCE = "evidence"
COVERS = "covers"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceItem:
    """A file that belongs to the record."""

    id: RecordId
    title: str
    kind: str
    icon: str
    thumbnail: "Thumbnail | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkItem:
    """A record that names this one."""

    id: RecordId
    title: str
    words: str
    icon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawerSheet:
    """All that stands in the drawer."""

    evidence: tuple[EvidenceItem, ...] = ()
    links: tuple[LinkItem, ...] = ()
    history: tuple[Happening, ...] = ()
    consents: tuple[LinkItem, ...] = ()
    takes_evidence: bool = False
    needs_consent: bool = False
    """Whether a record of this kind leaves the notebook only with consent."""


class DrawerScreen(Protocol):
    """What the presenter asks of the drawer."""

    def show_drawer(self, sheet: DrawerSheet) -> None:
        """Show what stands beside the record; where one was in it stays."""


class DrawerPresenter:
    """Keeps the drawer true to the notebook."""

    def __init__(self, session: Session, screen: DrawerScreen, forms: Forms) -> None:
        self._session = session
        self._screen = screen
        self._forms = forms
        self._record: RecordId | None = None
        self._form: Form | None = None
        self._question: Question[DrawerSheet] | None = None

    def show(self, record: RecordId | None, form: Form | None) -> None:
        """Another record is open."""
        if record != self._record:
            self._screen.show_drawer(_empty(form))
        self._record, self._form = record, form
        self.refresh()

    def changed(self, changes: Changes) -> None:
        """Something was written; it may name this record."""
        if changes.records or changes.cases or changes.viewed:
            self.refresh()

    def refresh(self) -> None:
        """Read the drawer anew."""
        if self._question:
            self._question.cancel()
        if self._record:
            self._question = self._session.ask(
                partial(read_drawer, forms=self._forms, record=self._record, form=self._form),
                self._screen.show_drawer,
            )


def read_drawer(
    notebook: "Notebook", *, forms: Forms, record: RecordId, form: Form | None
) -> DrawerSheet:
    """What stands beside a record; a draft that is no record yet has nothing."""
    found = find_record(notebook, record)
    if found is None or found.is_withdrawn or found.is_deleted:
        return _empty(form)
    form = forms[found.type]
    of_case = notebook.links_to(RecordId(found.case)) if found.type != "case" else []
    named_by = [(field, row) for field, row in notebook.links_to(record) if row.id != record]
    return DrawerSheet(
        evidence=tuple(_evidence(notebook, row) for row in notebook.evidence_of(record)),
        links=tuple(
            _link(forms, field, row)
            for field, row in named_by
            if row.type != "evidence" and field != COVERS
        ),
        consents=tuple(
            _link(forms, field, row) for field, row in (*named_by, *of_case) if field == COVERS
        ),
        history=happenings(form, notebook.history(record)),
        takes_evidence=form.type != EVIDENCE,
        needs_consent=_needs_consent(form),
    )


def _empty(form: Form | None) -> DrawerSheet:
    return DrawerSheet(
        takes_evidence=form is not None and form.type != EVIDENCE,
        needs_consent=form is not None and _needs_consent(form),
    )


def _needs_consent(form: Form) -> bool:
    # What a file is about has the consent, and passes it on.
    return form.consent == "needed" and form.type != EVIDENCE


def text_list(value: JsonValue) -> list[str]:
    """The texts of a list; none of anything else."""
    return [str(item) for item in value] if isinstance(value, list | tuple) else []


def file_kind(media_type: str) -> tuple[str, str]:
    """A kind of file in words, and its icon."""
    family = media_type.partition("/")[0]
    kinds = {
        "image": (_("Picture"), "image"),
        "audio": (_("Sound"), "sound"),
        "video": (_("Film"), "film"),
        "text": (_("Text"), "document"),
    }
    if media_type == "application/pdf":
        return _("PDF document"), "document"
    return kinds.get(family, (_("File"), "document"))


def _evidence(notebook: "Notebook", row: Row) -> EvidenceItem:
    fields = notebook.record(row.id).fields
    media = fields.get("media_type")
    size = fields.get("size_bytes")
    kind, icon = file_kind(str(media.value) if media else "")
    size_bytes = size.value if size else None
    sensitivity = fields.get("sensitivity")
    is_covered = bool(sensitivity and "graphic" in text_list(sensitivity.value))
    parts = [kind, size_words(size_bytes)] if isinstance(size_bytes, int) else [kind]
    return EvidenceItem(
        id=row.id,
        title=row.title,
        kind=" · ".join(parts),
        icon="eye-closed" if is_covered else icon,
        thumbnail=notebook.thumbnail(row.id) if media and not is_covered else None,
    )


def _link(forms: Forms, field: str, row: Row) -> LinkItem:
    form = forms[row.type]
    label = next((known.label for known in form.fields if known.name == field), field)
    return LinkItem(
        id=row.id,
        title=row.title or _("Untitled"),
        words=_("{type}: {field}").format(type=form.label, field=label),
        icon=row.type,
    )

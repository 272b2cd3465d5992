"""One open record: shown, typed into, kept as a draft, and saved. No Qt.

Typing goes to the drafts' lane within a second; saving, or leaving the record, makes one entry of
the journal and drops the draft. What cannot be saved yet stays a draft, and nothing is refused.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from notebook.drafts import Draft
from notebook.environment import timestamp
from notebook.errors import NotebookError
from notebook.forms import Forms
from notebook.i18n import _
from notebook.model import CaseId, Changes, Clock, JsonValue, Record, RecordId, bare_id
from ui.draft_keeper import DraftKeeper
from ui.field_values import same
from ui.list_items import draft_line
from ui.record_coming import Come, Coming, withdrawn_words
from ui.record_draft import Heads, OpenRecord
from ui.record_reading import Around, add_and_read, around, find_record, write_and_read
from ui.record_sheet import (
    Drafted,
    RecordScreen,
    RecordSheet,
    SaveState,
    missing_words,
    state_shown,
)
from ui.rooms import Shell
from ui.session import Session
from ui.words import isolated


class RecordPresenter:
    """Keeps one record."""

    def __init__(
        self,
        session: Session,
        shell: Shell,
        screen: RecordScreen,
        drafted: Drafted,
        forms: Forms,
        clock: Clock,
        new_id: Callable[[], RecordId],
        on_open: Callable[[RecordId | None], None],
    ) -> None:
        """`on_open` is called with the record that is open, whenever another one is."""
        self._session = session
        self._shell = shell
        self._screen = screen
        self._drafted = drafted
        self._forms = forms
        self._clock = clock
        self._new_id = new_id
        self._on_open = on_open
        self._record: OpenRecord | None = None
        self._keeper = DraftKeeper(session)
        self._coming = Coming(
            session,
            self._keeper,
            screen,
            drafted,
            forms,
            clock,
            on_come=self._show,
            on_none=self._show_none,
            on_trouble=shell.trouble,
        )

    # Opening.

    @property
    def record(self) -> OpenRecord | None:
        """The record that is open."""
        return self._record

    @property
    def is_coming(self) -> bool:
        """Whether a record was asked for, or begun, and is not there yet."""
        return self._coming.record is not None

    def open(self, record: RecordId) -> None:
        """Show a record; the one that was open is left, and nothing more is typed into it."""
        if record == self._coming.record:
            return
        if self._record and self._record.id == record:
            self._coming.cancel()
            return
        self.leave()
        self._coming.fetch(record)

    def begin(
        self,
        type_: str,
        case: CaseId | None,
        fields: Mapping[str, JsonValue] | None = None,
        *,
        focus: str = "title",
    ) -> None:
        """Begin a record, the first of all a case; it is kept from the first keystroke on."""
        self.leave()
        new = self._new_id()
        home = CaseId(new) if type_ == "case" or case is None else case
        opened = OpenRecord(id=new, form=self._forms[type_], case=home, is_new=True)
        values = dict(fields or {})
        for name in values:
            opened.begin_typing(name)
        self._coming.begin(opened, values, focus)

    def close(self, sentence: str = "") -> None:
        """Leave the record and show none."""
        self.leave()
        self._show_none(sentence)

    def enter_fields(self) -> None:
        """Put the cursor into the record that is open or about to be."""
        if self._coming.record:
            self._coming.enter("title")
        elif self._record:
            self._screen.focus_field("title")

    def choose_case(self, case: CaseId) -> None:
        """A new record belongs to this case."""
        record = self._record
        if record and record.is_new and record.form.type != "case":
            record.case = case
            record.is_fresh = bool(record.typed)
            self.keep()

    # Typing.

    def edited(self, name: str) -> None:
        """Something was typed into a field."""
        if self._record:
            self._record.begin_typing(name)
            self._tell(SaveState.UNSAVED)

    def keep(self) -> None:
        """Give what is typed to the drafts: a second after typing, and when the focus goes."""
        self._keeper.again()
        record = self._record
        if record is None or not record.is_fresh:
            return
        record.is_fresh = False
        values = record.prune(self._typed_values(record))
        self._screen.show_missing(self._missing(record))
        if values:
            self._keep(record, values)
        elif record.has_draft and not record.saving:
            self._drop(record)
        if not values:
            self._tell_at_rest(record)

    def flush(self) -> None:
        """The window is about to lock: nothing typed may be lost."""
        self.keep()
        self._coming.keep_held()

    # Saving.

    def leave(self) -> None:
        """Save what can be saved; the rest stays a draft."""
        if self._record:
            self._save(self._record, is_leaving=True)

    def save(self) -> None:
        """Save; what cannot be saved yet stays a draft, and the fields say why."""
        if self._record:
            self._save(self._record, is_leaving=False)

    def _save(self, record: OpenRecord, *, is_leaving: bool) -> None:
        self.keep()
        if record.saving or not record.typed:
            return
        values = self._typed_values(record)
        good, problems = record.sort_out(values)
        if not is_leaving:
            self._screen.show_problems(problems)
        if not good or (record.is_new and "title" in problems):
            if not is_leaving:
                self._screen.focus_field(next(iter(problems)))
            return
        rest = {name: value for name, value in values.items() if name not in good}
        replaced = record.send(good)
        if not is_leaving:
            self._tell(SaveState.SAVING)
        self._session.change_and_get(
            partial(
                add_and_read,
                record=record.id,
                type_=record.form.type,
                case=record.case,
                fields=good,
            )
            if record.is_new
            else partial(
                write_and_read,
                record=record.id,
                case=record.case,
                fields=good,
                replaces=replaced,
            ),
            partial(self._on_saved, record, rest),
            partial(self._on_not_saved, record, replaced),
        )

    def _on_saved(self, record: OpenRecord, rest: Mapping[str, JsonValue], saved: Record) -> None:
        record.sent(saved, timestamp(self._clock))
        if record is not self._record:
            if rest:
                self._keep(record, rest)
            else:
                self._drop(record)
            return
        self._show_saved(record)
        if record.typed:
            record.is_fresh = True
            self.keep()
        else:
            self._drop(record)
            self._tell_at_rest(record)

    def _on_not_saved(
        self, record: OpenRecord, replaced: Mapping[str, Heads], error: NotebookError
    ) -> None:
        record.not_sent(replaced)
        if record is self._record:
            self._tell_at_rest(record)
        self._shell.trouble(error)

    # Drafts.

    def discard_draft(self) -> None:
        """Forget what is typed; it can be undone."""
        record = self._record
        if record is None or record.saving:
            return
        self.keep()
        draft = record.draft(self._typed_values(record), record.kept_at)
        if not draft.fields:
            return
        self._record = None
        self._drop(record)
        if record.is_new:
            self._put_away("")
        else:
            self.open(record.id)
        self._shell.say(_("The draft was discarded."), partial(self._bring_back, draft))

    def _bring_back(self, draft: Draft) -> None:
        if self._record and self._record.id == draft.id:
            self._record = None
        self._session.drafts(
            lambda drafts: drafts.keep(draft), lambda _nothing: self.open(draft.id)
        )
        self._drafted.note_draft(draft_line(draft))

    def _keep(self, record: OpenRecord, values: Mapping[str, JsonValue]) -> None:
        draft = record.draft(values, timestamp(self._clock))
        record.has_draft = True
        self._keeper.keep(
            draft, partial(self._on_kept, record, draft), partial(self._on_refused, record, draft)
        )

    def _on_kept(self, record: OpenRecord, draft: Draft) -> None:
        record.kept_at = draft.kept_at
        if record.has_draft:
            self._drafted.note_draft(draft_line(draft))
        if record is self._record and not record.is_fresh and not record.saving:
            self._tell_at_rest(record)

    def _on_refused(self, record: OpenRecord, draft: Draft, error: NotebookError) -> None:
        record.is_fresh = True
        if record.has_draft:
            self._drafted.note_draft(draft_line(draft))
        self._tell_at_rest(record)
        self._shell.trouble(error)

    def _drop(self, record: OpenRecord) -> None:
        record.has_draft = False
        self._keeper.forget(record.id)
        self._session.drafts(lambda drafts: drafts.drop(record.id))
        self._drafted.forget_draft(record.id)

    # Deleting.

    def delete(self) -> None:
        """Delete the record, with Undo."""
        record = self._record
        if record is None:
            return
        if record.is_new:
            self.discard_draft()
            return
        self.keep()
        title = isolated(str(record.base.get("title") or _("Untitled")))
        undo = partial(self.restore, record.id)
        said = _("Deleted: {title}").format(title=title)
        self._put_away("")
        self._session.change(
            lambda notebook: notebook.delete(record.id), partial(self._shell.say, said, undo)
        )

    def restore(self, record: RecordId) -> None:
        """Bring a deleted record back and show it."""

        def on_restored() -> None:
            if self._coming.record == record:
                # It was asked for while it was still deleted, and would be said to be.
                self._coming.cancel()
            self.open(record)

        self._session.change(lambda notebook: notebook.restore(record), on_restored)

    def forget(self, records: Sequence[RecordId]) -> None:
        """What these records hold is about to be destroyed: nothing of it is saved any more."""
        for record in records:
            self._keeper.forget(record)
        if self._record and self._record.id in records:
            self._show_none(withdrawn_words())

    def is_saving_or_saved(self) -> bool:
        """Whether the open record is in the journal, or on its way there."""
        return bool(self._record and (self._record.saving or not self._record.is_new))

    # Hearing of changes.

    def changed(self, changes: Changes) -> None:
        """Records were written, here or by a bundle."""
        record = self._record
        if (
            record
            and bare_id(record.id) in changes.records
            and not record.saving
            and not record.is_new
        ):
            self._session.ask(
                partial(find_record, record=record.id), partial(self._on_reread, record)
            )

    def _on_reread(self, record: OpenRecord, found: Record | None) -> None:
        if record is not self._record or record.saving:
            return
        if found is None or found.is_deleted or found.is_withdrawn:
            self._put_away("" if found is None or found.is_deleted else withdrawn_words())
            return
        record.take(found)
        self._show_saved(record)

    # Showing.

    def _show(self, come: Come) -> None:
        # What was typed into the old record before this one was asked for is not lost.
        self.keep()
        record, values, cases = come.record, come.values, come.around.cases
        if record.is_new and record.form.type != "case":
            known = [case for case, _title in cases]
            if not known:
                self._shell.say(_("A case comes first: it holds the records that belong together."))
                record, values = self._as_case(record), {}
            elif record.case not in known:
                record.case = known[0]
        self._record = record
        self._screen.show_record(
            RecordSheet(
                id=record.id,
                form=record.form,
                case=record.case,
                case_title=dict(cases).get(record.case, ""),
                cases=cases if record.is_new and record.form.type != "case" else (),
                values=values,
                names=come.around.names,
                conflicts=record.open_conflicts(),
                is_new=record.is_new,
            )
        )
        self._on_open(record.id)
        self._screen.show_missing(self._missing(record))
        if record.is_fresh:
            self.keep()
        elif record.has_draft and not record.typed:
            # It was saved, and the program ended before the draft was dropped.
            self._drop(record)
        self._tell_at_rest(record)

    def _show_saved(self, record: OpenRecord) -> None:
        """Bring the view up to what the journal has, but for what is being typed."""
        changed = {
            field.name: record.base.get(field.name)
            for field in record.form.fields
            if field.name not in record.typed
            and not same(self._screen.value(field.name), record.base.get(field.name))
        }
        self._screen.show_conflicts(record.open_conflicts())
        self._screen.show_missing(self._missing(record))
        if changed:
            self._session.ask(
                lambda notebook: around(notebook, record.form, changed, record.case),
                partial(self._on_changed_values, record, changed),
            )

    def _on_changed_values(
        self, record: OpenRecord, changed: Mapping[str, JsonValue], found: Around
    ) -> None:
        if record is self._record:
            for name, value in changed.items():
                if name not in record.typed:
                    self._screen.show_value(name, value, found.names)

    def _as_case(self, record: OpenRecord) -> OpenRecord:
        form = self._forms["case"]
        return OpenRecord(id=record.id, form=form, case=CaseId(record.id), is_new=True)

    def _show_none(self, sentence: str) -> None:
        """Show no record; none is on its way either."""
        self._coming.cancel()
        self._put_away(sentence)

    def _put_away(self, sentence: str) -> None:
        self._record = None
        self._screen.show_nothing(sentence)
        self._on_open(None)

    def _typed_values(self, record: OpenRecord) -> dict[str, JsonValue]:
        return {name: self._screen.value(name) for name in record.typed}

    def _missing(self, record: OpenRecord) -> str:
        values = {field.name: self._screen.value(field.name) for field in record.form.fields}
        return missing_words(record.form, values)

    def _tell(self, state: SaveState) -> None:
        record = self._record
        if record:
            at = record.kept_at if state is SaveState.DRAFT else record.saved_at
            self._screen.show_state(state_shown(state, at, has_changes=bool(record.typed)))
            self._shell.refresh_actions()

    def _tell_at_rest(self, record: OpenRecord) -> None:
        if record is not self._record:
            return
        if record.typed:
            self._tell(SaveState.UNSAVED if record.is_fresh else SaveState.DRAFT)
        else:
            self._tell(SaveState.EMPTY if record.is_new else SaveState.SAVED)

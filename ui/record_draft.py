"""An open record while it is edited: what is saved, what is typed, and what the typing replaces.

No Qt, no notebook: only bookkeeping. A field's heads are remembered when typing in it begins, so
that what arrives from others meanwhile is never replaced unseen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from notebook.drafts import Draft
from notebook.forms import Form
from notebook.model import CaseId, EntryId, JsonValue, Record, RecordId
from ui.field_values import problem, same

Heads = tuple[tuple[EntryId, int], ...]


@dataclass(slots=True)
class OpenRecord:
    """One record in the hands of a person."""

    id: RecordId
    form: Form
    case: CaseId
    is_new: bool
    base: dict[str, JsonValue] = field(default_factory=dict)
    """Values as the journal has them."""
    heads: dict[str, Heads] = field(default_factory=dict)
    """The heads behind `base`."""
    conflicts: tuple[str, ...] = ()
    typed: dict[str, Heads] = field(default_factory=dict)
    """Fields typed into since the last save, with the heads shown when typing began."""
    saving: dict[str, JsonValue] = field(default_factory=dict)
    """What is on its way into the journal now."""
    is_fresh: bool = False
    """Whether something was typed since the draft was last kept."""
    has_draft: bool = False
    kept_at: str = ""
    saved_at: str = ""

    def take(self, record: Record) -> None:
        """Learn what the journal has; what is being typed stays as it is."""
        self.is_new = False
        self.case = record.case
        self.base = {name: state.value for name, state in record.fields.items()}
        self.heads = {name: state.heads for name, state in record.fields.items()}
        self.conflicts = record.conflicts

    def take_draft(self, draft: Draft) -> dict[str, JsonValue]:
        """Go on with a draft; its values that are not in the journal already."""
        values = {
            name: value
            for name, value in draft.fields.items()
            if not same(value, self.base.get(name)) and self.has_field(name)
        }
        for name in values:
            # A draft of a record that was new then, and is there now, was typed here as well.
            now = self.heads.get(name, ())
            self.typed[name] = now if draft.is_new else draft.replaces.get(name, ())
        self.has_draft = True
        self.kept_at = draft.kept_at
        return values

    def open_conflicts(self) -> tuple[str, ...]:
        """Fields in conflict; one that is being typed into stays open to typing."""
        return tuple(name for name in self.conflicts if name not in self.typed)

    def has_field(self, name: str) -> bool:
        """Whether the form has this field."""
        return any(known.name == name for known in self.form.fields)

    def begin_typing(self, name: str) -> None:
        """Something was typed into a field."""
        self.typed.setdefault(name, self.heads.get(name, ()))
        self.is_fresh = True

    def prune(self, values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """Forget fields that are again as they were; what is left."""
        left = {n: v for n, v in values.items() if not same(v, self.base.get(n))}
        self.typed = {name: heads for name, heads in self.typed.items() if name in left}
        return left

    def sort_out(
        self, values: Mapping[str, JsonValue]
    ) -> tuple[dict[str, JsonValue], dict[str, str]]:
        """Values the journal would take, and for the others why not."""
        problems = {name: problem(self.form, name, value) for name, value in values.items()}
        good = {name: value for name, value in values.items() if not problems[name]}
        if self.is_new and "title" not in good and not problems.get("title"):
            problems["title"] = problem(self.form, "title", None)
        return good, {name: words for name, words in problems.items() if words}

    def send(self, good: Mapping[str, JsonValue]) -> dict[str, Heads]:
        """These values go to the journal; the heads that they replace."""
        self.saving = dict(good)
        return {name: self.typed.pop(name, ()) for name in good}

    def sent(self, record: Record, at: str) -> None:
        """They are in the journal."""
        sent, self.saving = self.saving, {}
        self.take(record)
        self.saved_at = at
        for name in sent.keys() & self.typed.keys():
            # Typed again while it was saved: it replaces our own write, and nobody else's.
            state = record.fields.get(name)
            versions = state.versions if state else ()
            own = tuple((v.entry, v.part) for v in versions if v.value == sent[name])
            is_alone = state is not None and not state.is_conflict
            self.typed[name] = state.heads if state is not None and is_alone else own

    def not_sent(self, replaced: Mapping[str, Heads]) -> None:
        """They could not be saved, and are again what is typed."""
        self.saving = {}
        self.typed = {**replaced, **self.typed}

    def draft(self, values: Mapping[str, JsonValue], at: str) -> Draft:
        """The draft of what is typed."""
        return Draft(
            id=self.id,
            type=self.form.type,
            case=self.case,
            is_new=self.is_new,
            fields=dict(values),
            replaces={name: self.typed.get(name, ()) for name in values},
            kept_at=at,
        )

"""Generated user actions: whatever a person does, what was saved is the same after unlocking."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
)

from notebook.drafts import Draft
from notebook.errors import Code, NotebookError
from notebook.model import CaseId, JsonValue, RecordId
from tests.notebook import support_notebook as support
from tests.support import effort

WORDS = ("almond", "қарағай", "ئانار", "рябина", "核桃", "дәрья")
word = st.sampled_from(WORDS)
spoken = st.lists(word, min_size=1, max_size=3).map(" ".join)
# Anything that text can be, but for what is refused: half characters and NUL.
noise = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20
).filter(lambda text: not any(found in text for found in WORDS))
title = spoken
values = st.fixed_dictionaries(
    {},
    optional={
        "account": st.one_of(spoken, st.none()),
        "interviewer_comment": st.one_of(noise, st.none()),
        "quotes": st.lists(spoken, max_size=4),
    },
)
refused = st.sampled_from(
    [
        ({"title": ""}, Code.BAD_VALUE),
        ({"account": "\0"}, Code.BAD_VALUE),
        ({"account": "\ud800"}, Code.BAD_VALUE),
        ({"quotes": "no list"}, Code.BAD_VALUE),
        ({"nonsense": "x"}, Code.UNKNOWN_FIELD),
        ({"_type": "case"}, Code.UNKNOWN_FIELD),
    ]
)
# Shrinking a failure would go on for longer than a test may take; its steps are few as they are.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


@dataclass(slots=True)
class Remembered:
    """What a record must hold."""

    type: str
    fields: dict[str, JsonValue]
    content: bytes | None = None
    is_deleted: bool = False
    is_withdrawn: bool = False

    @property
    def is_shown(self) -> bool:
        return not self.is_deleted and not self.is_withdrawn

    def write(self, fields: Mapping[str, JsonValue]) -> None:
        self.fields |= fields
        self.fields = {name: value for name, value in self.fields.items() if value}


@dataclass(slots=True)
class Memory:
    """The notebook as it must be."""

    records: dict[RecordId, Remembered] = field(default_factory=dict)
    drafts: dict[RecordId, dict[str, JsonValue]] = field(default_factory=dict)


class Person(RuleBasedStateMachine):
    """One person with one notebook, who saves, changes their mind, and locks now and then."""

    interviews: Bundle[RecordId] = Bundle("interviews")
    files: Bundle[RecordId] = Bundle("files")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.turn = 0
        self.memory = Memory()
        self.notebook = support.create(self.folder / "notebook")

    @initialize(name=title)
    def begin(self, name: str) -> None:
        record, _changes = self.notebook.add("case", None, {"title": name})
        self.case = CaseId(record)
        self.memory.records[record] = Remembered("case", {"title": name})

    def teardown(self) -> None:
        try:
            self.lock_and_unlock()
            assert self.notebook.verify() == []
        finally:
            self.notebook.close()
            shutil.rmtree(self.folder)

    @rule(target=interviews, name=title, fields=values)
    def save_a_new_interview(self, name: str, fields: dict[str, JsonValue]) -> RecordId:
        given = {"title": name, **fields}
        record, changes = self.notebook.add("interview", self.case, given)
        assert record in changes.records
        self.memory.records[record] = Remembered("interview", {})
        self.memory.records[record].write(given)
        return record

    @rule(record=interviews, fields=values)
    def change(self, record: RecordId, fields: dict[str, JsonValue]) -> None:
        if self.memory.records[record].is_deleted:
            # To write on what was deleted brings it back, but only if something was written.
            self.restore(record)
        self.notebook.edit(record, fields)
        self.memory.records[record].write(fields)

    @rule(record=interviews, wrong=refused)
    def enter_what_cannot_be(
        self, record: RecordId, wrong: tuple[dict[str, JsonValue], Code]
    ) -> None:
        fields, code = wrong
        with pytest.raises(NotebookError) as trouble:
            self.notebook.edit(record, {"questions": "must not be kept", **fields})
        assert trouble.value.code is code

    @rule(record=interviews)
    def delete(self, record: RecordId) -> None:
        self.notebook.delete(record)
        self.memory.records[record].is_deleted = True

    @rule(record=st.one_of(interviews, files))
    def restore(self, record: RecordId) -> None:
        self.notebook.restore(record)
        self.memory.records[record].is_deleted = False

    @rule(target=files, about=interviews, content=st.binary(max_size=100), name=noise)
    def attach(self, about: RecordId, content: bytes, name: str) -> RecordId:
        record, _changes = self.notebook.attach(about, io.BytesIO(content), file_name=name)
        shown = self.notebook.record(record).fields
        self.memory.records[record] = Remembered(
            "evidence", {n: state.value for n, state in shown.items()}, content
        )
        return record

    @rule(record=files)
    def delete_a_file(self, record: RecordId) -> None:
        self.delete(record)

    @rule(record=st.one_of(consumes(interviews), consumes(files)))
    def withdraw(self, record: RecordId) -> None:
        self.notebook.withdraw([record], "asked")
        self.notebook.drafts.drop(record)
        self.memory.drafts.pop(record, None)
        remembered = self.memory.records[record]
        remembered.is_withdrawn, remembered.fields, remembered.content = True, {}, None

    @rule(record=interviews, text=spoken)
    def type_without_saving(self, record: RecordId, text: str) -> None:
        fields: dict[str, JsonValue] = {"account": text}
        self.notebook.drafts.keep(
            Draft(id=record, type="interview", case=self.case, is_new=False, fields=fields)
        )
        self.memory.drafts[record] = fields

    @rule()
    def save_every_draft(self) -> None:
        for draft in self.notebook.drafts.all():
            self.change(draft.id, dict(draft.fields))
            self.notebook.drafts.drop(draft.id)
        self.memory.drafts.clear()

    @rule()
    def lock_and_unlock(self) -> None:
        words = self.notebook.head_words()
        self.notebook.close()
        self.turn += 1
        self.notebook = support.unlock(self.folder / "notebook", seed=f"turn {self.turn}")
        assert self.notebook.status().head_words == words
        assert self.notebook.status().findings == ()
        for record, remembered in self.memory.records.items():
            self.look_at(record, remembered)
        assert {d.id: dict(d.fields) for d in self.notebook.drafts.all()} == self.memory.drafts

    @rule()
    def rebuild(self) -> None:
        assert self.notebook.verify(rebuild=True) == []

    def look_at(self, record: RecordId, remembered: Remembered) -> None:
        shown = self.notebook.record(record)
        assert (shown.is_deleted, shown.is_withdrawn) == (
            remembered.is_deleted,
            remembered.is_withdrawn,
        )
        assert {n: state.value for n, state in shown.fields.items()} == remembered.fields
        if remembered.content is not None:
            with self.notebook.evidence_content(record) as content:
                assert content.read() == remembered.content

    @invariant()
    def lists_and_search_show_what_is_there(self) -> None:
        expected = {i for i, r in self.memory.records.items() if r.is_shown}
        assert {row.id for row in self.notebook.rows()} == expected
        for sought in WORDS[self.turn % 2 :: 2]:
            hits = {row.id for row in self.notebook.find(sought, limit=1000)}
            assert hits == {i for i in expected if self.holds(i, sought)}, sought

    def holds(self, record: RecordId, sought: str) -> bool:
        return sought in str(list(self.memory.records[record].fields.values()))


Person.TestCase.settings = settings(
    max_examples=8 * effort(), stateful_step_count=25, phases=PHASES
)
TestWhatAPersonDoes = Person.TestCase

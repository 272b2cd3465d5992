"""Whatever is written, typed or discarded, and however late answers come: the list is true."""

import random
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from notebook.drafts import Draft
from notebook.model import CaseId, RecordId
from notebook.notebook import Notebook
from tests.support import effort
from tests.ui.desk_stage import LateRunner, Stage, new_notebook
from ui.list_items import Filter, draft_line
from ui.rooms import Place

ROUNDS = 25
STEPS = 4


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[Notebook]:
    made = new_notebook(tmp_path / "n")
    yield made
    made.close()


class Hands:
    """Somebody who does things in no order."""

    def __init__(self, notebook: Notebook, seed: int) -> None:
        self.random = random.Random(seed)
        self.runner = LateRunner()
        self.stage = Stage(notebook, self.runner)
        self.notebook = notebook
        self.cases = [CaseId(notebook.add("case", None, {"title": name})[0]) for name in "AB"]
        self.records: list[RecordId] = []
        self.moment = 0
        self.stage.rows.start()
        self.stage.rows.enter(Place(room="desk", type="interview"))

    def step(self) -> None:
        """Do something; some of the answers come."""
        acts = [self.add, self.edit, self.delete, self.restore, self.consent, self.attach]
        acts += [self.keep_draft, self.keep_draft, self.drop_draft, self.drop_draft, self.toggle]
        self.random.choice(acts)()
        # Answers come late, and one after the other.
        for _each in range(self.random.randint(0, 3)):
            if self.runner.waiting:
                self.runner.waiting.pop(0)()

    def one(self) -> RecordId:
        if not self.records:
            self.add()
        return self.random.choice(self.records)

    def add(self) -> None:
        title, day = f"Talk {len(self.records)}", self.random.randint(1, 28)
        record, changes = self.notebook.add(
            "interview",
            self.random.choice(self.cases),
            {"title": title, **({"date": f"2026-03-{day:02}"} if day % 2 else {})},
        )
        self.records.append(record)
        self.stage.session.announce(changes)

    def edit(self) -> None:
        title = f"Edited {self.random.random()}"
        self.stage.session.announce(self.notebook.edit(self.one(), {"title": title}))

    def delete(self) -> None:
        self.stage.session.announce(self.notebook.delete(self.one()))

    def restore(self) -> None:
        self.stage.session.announce(self.notebook.restore(self.one()))

    def consent(self) -> None:
        record = self.one()
        case = self.notebook.record(record).case
        _id, changes = self.notebook.add("consent", case, {"title": "C", "covers": [record]})
        self.stage.session.announce(changes)

    def attach(self) -> None:
        content = BytesIO(self.random.randbytes(16))
        _id, changes = self.notebook.attach(self.one(), content, file_name="f")
        self.stage.session.announce(changes)

    def keep_draft(self) -> None:
        """Type into a record that is there, or into one that is new."""
        is_new = self.random.random() < 0.3
        record = RecordId(self.random.randbytes(16).hex()) if is_new else self.one()
        # Of somebody's who claims this record for another case, too.
        other = is_new or self.random.random() < 0.2
        draft = Draft(
            id=record,
            type="interview",
            case=self.random.choice(self.cases) if other else self.notebook.record(record).case,
            is_new=is_new,
            fields={"title": f"Typed {self.random.random()}"},
            kept_at=f"2026-03-05T09:{self.moment // 60:02}:{self.moment % 60:02}Z",
        )
        self.moment += 1
        self.notebook.drafts.keep(draft)
        self.stage.rows.note_draft(draft_line(draft))

    def drop_draft(self) -> None:
        drafts = self.notebook.drafts.all()
        if drafts:
            record = self.random.choice(drafts).id
            self.notebook.drafts.drop(record)
            self.stage.rows.forget_draft(record)

    def toggle(self) -> None:
        self.stage.rows.toggle(self.random.choice((Filter.DRAFT, Filter.NO_CONSENT)))


@pytest.mark.parametrize("seed", range(6 * effort()))
def test_the_list_is_what_a_fresh_one_would_be(notebook: Notebook, seed: int) -> None:
    hands = Hands(notebook, seed)
    for _round in range(ROUNDS):
        for _step in range(hands.random.randint(1, STEPS)):
            hands.step()
        hands.runner.finish()
        fresh = Stage(notebook)
        fresh.rows.start()
        fresh.rows.enter(Place(room="desk", type="interview"))
        for chip in hands.stage.paper_list.filters:
            fresh.rows.toggle(chip)
        assert hands.stage.paper_list.items == fresh.paper_list.items


def test_a_draft_of_a_record_that_is_there_asks_the_notebook_nothing(notebook: Notebook) -> None:
    stage = Stage(notebook)
    case = stage.case()
    record = stage.interview(case)
    stage.rows.enter(Place(room="desk", type="interview"))
    asked: list[object] = []
    stage.session.ask = lambda *question, **more: asked.append(question)  # type: ignore[method-assign,assignment]  # to count
    line = draft_line(
        Draft(id=record, type="interview", case=case, is_new=False, fields={"title": "T"})
    )
    stage.rows.note_draft(line)
    assert stage.paper_list.items[0].spoken.endswith("Draft")
    stage.rows.forget_draft(record)
    assert not stage.paper_list.items[0].marks
    assert asked == []

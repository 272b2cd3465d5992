"""The list of the desk: what it shows, finds, filters and teaches."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from notebook.dates import readable
from notebook.model import CaseId, Changes, RecordId
from notebook.notebook import Notebook
from tests.notebook.support_exchange import Author, forged, log_of, values
from tests.ui.desk_stage import LateRunner, Stage, new_notebook
from ui.list_items import Filter, ListItem, Mark
from ui.list_model import ITEM, ListModel
from ui.list_presenter import Step
from ui.rooms import Place

INTERVIEWS = Place(room="desk", type="interview")


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[Notebook]:
    made = new_notebook(tmp_path / "n")
    yield made
    made.close()


@pytest.fixture
def stage(notebook: Notebook) -> Stage:
    return Stage(notebook)


def test_an_empty_notebook_asks_for_a_case_first(stage: Stage) -> None:
    stage.rows.enter(INTERVIEWS)
    assert stage.paper_list.empty is not None
    assert stage.paper_list.empty[2] is Step.NEW_CASE


def test_an_empty_place_teaches_the_next_step(stage: Stage) -> None:
    stage.case()
    stage.rows.enter(INTERVIEWS)
    assert stage.paper_list.empty is not None
    assert stage.paper_list.empty[2] is Step.NEW_RECORD
    assert "consent" in stage.paper_list.empty[0]


def test_a_place_shows_its_type_and_the_timeline_all(stage: Stage) -> None:
    case = stage.case()
    stage.interview(case)
    stage.notebook.add("person", case, {"title": "Aygul"})
    stage.rows.enter(INTERVIEWS)
    assert stage.paper_list.titles == ["First talk"]
    stage.rows.enter(Place(room="desk"))
    assert set(stage.paper_list.titles) == {"First talk", "Aygul", "Spring"}
    stage.rows.choose_type("person")
    assert stage.paper_list.titles == ["Aygul"]
    stage.rows.choose_type("")
    assert len(stage.paper_list.titles) == 3


def test_the_timeline_says_why_a_record_without_a_date_stands_where_it_does(stage: Stage) -> None:
    case = stage.case()
    stage.interview(case, title="Dated", date="2026-03")
    undated = stage.interview(case, title="Undated")
    [changed] = [row.changed for row in stage.notebook.rows() if row.id == undated]
    stage.rows.enter(Place(room="desk", case=case))
    seconds = {item.title: item.second for item in stage.paper_list.items}
    assert seconds["Undated"] == f"Interview · changed {readable(changed[:10])}"
    assert "changed" not in seconds["Dated"]
    stage.rows.enter(INTERVIEWS)
    seconds = {item.title: item.second for item in stage.paper_list.items}
    # The only date of a row is not to be taken for that of the talk.
    assert seconds["Undated"].startswith(f"Changed {readable(changed[:10])}, ")


def test_a_case_limits_the_list(stage: Stage) -> None:
    one, other = stage.case("one"), stage.case("other")
    stage.interview(one)
    stage.notebook.add("interview", other, {"title": "Elsewhere"})
    stage.rows.enter(Place(room="desk", type="interview", case=one))
    assert stage.paper_list.titles == ["First talk"]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("night", "They came at night."),
        ("соседи", "Его увезли ночью, соседи видели."),
        ("көктемде", "Ағамды көктемде алып кетті."),
        ("باھاردا", "ئاكامنى باھاردا ئېلىپ كەتتى."),
        ("邻居", "我弟弟被带走。邻居看见了那辆车。"),
    ],
)
def test_words_of_five_languages_are_found_and_marked(stage: Stage, words: str, text: str) -> None:
    case = stage.case()
    stage.interview(case, account=text)
    stage.notebook.add("interview", case, {"title": "Another"})
    stage.rows.enter(INTERVIEWS)
    stage.rows.search(words)
    (found,) = stage.paper_list.items
    assert f"\x02{words}\x03" in found.snippet


def test_nothing_found_here_offers_to_search_everything(stage: Stage) -> None:
    case = stage.case()
    stage.notebook.add("person", case, {"title": "Aygul"})
    stage.rows.enter(INTERVIEWS)
    stage.rows.search("Aygul")
    assert stage.paper_list.empty is not None
    assert stage.paper_list.empty[2] is Step.SEARCH_ALL
    stage.rows.enter(stage.rows.search_everywhere())
    assert stage.paper_list.titles == ["Aygul"]


def test_another_place_begins_without_the_old_search(stage: Stage) -> None:
    stage.interview(stage.case())
    stage.rows.enter(INTERVIEWS)
    stage.rows.search("nowhere")
    stage.rows.enter(Place(room="desk", type="person"))
    stage.rows.enter(INTERVIEWS)
    assert stage.paper_list.titles == ["First talk"]
    assert stage.paper_list.query == ""


def test_a_search_that_was_typed_over_shows_no_answer(notebook: Notebook) -> None:
    runner = LateRunner()
    stage = Stage(notebook, runner)
    stage.interview(stage.case(), account="night")
    stage.rows.enter(INTERVIEWS)
    stage.rows.search("ni")
    stage.rows.search("nig")
    stage.rows.search("night")
    runner.finish()
    assert stage.paper_list.times_shown == 1
    assert stage.paper_list.titles == ["First talk"]


def test_drafts_are_marked_and_new_ones_stand_on_top(stage: Stage) -> None:
    case = stage.case()
    record = stage.interview(case, date="2026-03")
    stage.rows.enter(INTERVIEWS)
    stage.record.open(record)
    stage.type("account", "typed")
    stage.record.keep()
    assert [item.marks for item in stage.paper_list.items] == [(Mark.DRAFT,)]
    stage.record.begin("interview", case)
    stage.type("account", "something")
    stage.record.keep()
    assert stage.paper_list.titles == ["Untitled interview", "First talk"]
    stage.type("title", "Second talk")
    stage.record.keep()
    assert stage.paper_list.titles == ["Second talk", "First talk"]


def test_a_record_that_two_cases_claim_is_marked_in_both_and_each_opens_its_own(
    stage: Stage, tmp_path: Path
) -> None:
    case = stage.case()
    genuine = stage.interview(case, title="Genuine")
    stage.rows.enter(INTERVIEWS)
    stage.record.open(genuine)
    stage.type("account", "typed before")
    stage.record.keep()
    mallory = new_notebook(tmp_path / "m", "Mallory")
    for one, other in ((stage.notebook, mallory), (mallory, stage.notebook)):
        one.add_contact(other.my_card().encode())
    forged_case = CaseId("ab" * 16)
    entry = Author(mallory, forged_case).write(genuine, {"_type": "interview", "title": "Forged"})
    path = forged(mallory, stage.notebook, tmp_path / "b", log_of(entry))
    stage.notebook.open_bundle([path], accept_unknown=False)
    mallory.close()
    stage.rows.changed(Changes(records=frozenset({genuine})))
    items = {item.title: item for item in stage.paper_list.items}
    assert set(items) == {"Genuine", "Forged"}
    assert all(Mark.CLAIMED in item.marks for item in items.values())
    assert all("Claimed by two cases" in item.spoken for item in items.values())
    # The draft stays with the one it was typed into, and saving goes there.
    assert [title for title, item in items.items() if Mark.DRAFT in item.marks] == ["Genuine"]
    stage.record.save()
    assert values(stage.notebook, items["Genuine"].id, "account") == ["typed before"]
    assert values(stage.notebook, items["Forged"].id, "account") == []
    stage.record.open(items["Forged"].id)
    stage.type("account", "about the other")
    stage.record.save()
    assert values(stage.notebook, items["Genuine"].id, "account") == ["typed before"]
    assert values(stage.notebook, items["Forged"].id, "account") == ["about the other"]


def test_drafts_of_the_last_session_are_known(stage: Stage) -> None:
    stage.record.begin("interview", stage.case())
    stage.type("account", "something")
    stage.record.flush()
    later = Stage(stage.notebook)
    later.rows.start()
    later.rows.enter(INTERVIEWS)
    assert later.paper_list.titles == ["Untitled interview"]


def test_chips_let_only_some_records_by(stage: Stage) -> None:
    case = stage.case()
    covered = stage.interview(case)
    disputed = stage.notebook.add("interview", case, {"title": "Disputed"})[0]
    stage.notebook.add("consent", case, {"title": "Consent", "covers": [covered]})
    shown = stage.notebook.record(disputed).fields["title"].heads
    stage.notebook.edit(disputed, {"title": "Other words"})
    stage.notebook.edit(disputed, {"title": "Yet others"}, replaces={"title": shown})
    stage.rows.enter(INTERVIEWS)
    stage.rows.toggle(Filter.NO_CONSENT)
    assert [item.id for item in stage.paper_list.items] == [disputed]
    stage.rows.toggle(Filter.NO_CONSENT)
    stage.rows.toggle(Filter.CONFLICT)
    assert [item.id for item in stage.paper_list.items] == [disputed]
    assert stage.rows.is_in_conflict(disputed)
    stage.rows.toggle(Filter.DRAFT)
    assert stage.paper_list.empty is not None
    assert stage.paper_list.empty[2] is Step.CLEAR
    stage.rows.clear()
    assert len(stage.paper_list.items) == 2


def test_neighbours_are_those_of_the_list(stage: Stage) -> None:
    case = stage.case()
    for day in ("01", "02", "03"):
        stage.notebook.add("interview", case, {"title": day, "date": f"2026-03-{day}"})
    stage.rows.enter(INTERVIEWS)
    ids = [item.id for item in stage.paper_list.items]
    assert stage.paper_list.titles == ["03", "02", "01"]
    assert stage.rows.neighbour(None, 1) == ids[0]
    assert stage.rows.neighbour(ids[0], 1) == ids[1]
    assert stage.rows.neighbour(ids[2], 1) is None
    assert stage.rows.neighbour(ids[0], -1) is None


def item(number: int, title: str = "x") -> ListItem:
    return ListItem(id=RecordId(f"{number:032x}"), type="note", title=title, second="")


def test_the_model_keeps_qts_rules_while_rows_come_and_go(qapp: QApplication) -> None:
    model = ListModel(qapp)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    assert model.set_items([item(1), item(2)])
    assert model.set_items([item(2), item(3), item(1)])
    assert model.set_items([])
    assert model.rowCount() == 0


def test_a_changed_row_moves_no_other(qapp: QApplication) -> None:
    model = ListModel(qapp)
    model.set_items([item(1), item(2), item(3)])
    changed: list[int] = []
    model.dataChanged.connect(lambda first, last: changed.extend((first.row(), last.row())))
    assert not model.set_items([item(1), item(2, "other"), item(3)])
    assert changed == [1, 1]
    assert model.data(model.index(1)) == "other"
    assert model.data(model.index(1), ITEM) == item(2, "other")
    assert model.row_of(RecordId(f"{3:032x}")) == 2
    assert model.row_of(RecordId(f"{4:032x}")) is None

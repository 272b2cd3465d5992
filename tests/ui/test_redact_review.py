"""What a person decides about a copy with pseudonyms: done, kept, taken up again."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest

from notebook import derivative
from notebook.derivative import PictureChoice
from notebook.drafts import Draft
from notebook.media import Region
from notebook.model import CaseId, RecordId
from notebook.notebook import Notebook
from tests.notebook.support_notebook import case_in, create
from ui.redact_pages import Kind, bar_for_mark, read_page, readable, way_on
from ui.redact_review import Decision, Mark, Review, Where
from ui.withdrawing import consequences, withdraw

TEXT = "Павла увели. Павел молчал; Тимка ушёл, с Тимкой Ойданов. 吴老师。"


@dataclass
class Story:
    """A case with people, an interview, a note and a file."""

    notebook: Notebook
    case: CaseId
    person: RecordId
    interview: RecordId
    note: RecordId
    file: RecordId

    def review(self, level: str = derivative.PSEUDONYM) -> Review:
        proposal = self.notebook.copying.propose(self.case, level)
        return Review(proposal, self.notebook.forms)

    def texts(self, review: Review) -> dict[str, str]:
        """The copy's texts of the interview, made for real."""
        proposal, swaps, left, files = review.result()
        made, _ = self.notebook.copying.make(proposal, swaps, "C", files, left)
        found: dict[str, str] = {}
        for row in self.notebook.rows(case=CaseId(made)):
            for name, state in self.notebook.record(row.id).fields.items():
                found[f"{row.type}.{name}"] = str(state.value)
        return found


def make_story(folder: Path) -> Story:
    notebook = create(folder / "aida", "aida", "Aida")
    case = case_in(notebook, "Spring")
    person = notebook.add(
        "person", case, {"title": "P", "pseudonym": "W-01", "names": ["Павел", "吴有明"]}
    )[0]
    for name in ("Ойданов", "Ойданова"):
        notebook.add("person", case, {"title": name, "pseudonym": f"V {name[-1]}", "names": [name]})
    fields = {"title": "Talk", "date": "2026-02", "account": TEXT, "witness": person}
    interview = notebook.add("interview", case, fields)[0]
    note = notebook.add("note", case, {"title": "Тимка", "text": "Павел?"})[0]
    file = notebook.attach(interview, BytesIO(b"OggS"), file_name="a.ogg")[0]
    return Story(notebook, case, person, interview, note, file)


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    made = make_story(tmp_path)
    yield made
    made.notebook.close()


def mark_of(review: Review, record: RecordId, words: str) -> Mark:
    return next(mark for mark in review.marks(record) if mark.swap.text == words)


def add_everywhere(review: Review, where: Where, at: int, instead: str) -> int:
    """Mark five signs, and the same name everywhere; how often it was found."""
    mark = review.add(where, at, at + 5, instead)
    assert mark is not None
    found = review.search(mark)()
    review.add_found(found)
    # What is marked already is not marked twice.
    review.add_found(found)
    return len(found)


def test_what_is_proposed_is_done_when_nobody_says_otherwise(story: Story) -> None:
    texts = story.texts(story.review())
    assert texts["interview.account"].startswith("W-01а увели. W-01 молчал; Тимка")
    assert texts["interview.account"].endswith("W-01。")


def test_a_mark_is_changed_blacked_out_or_left(story: Story) -> None:
    review = story.review()
    review.take(mark_of(review, story.interview, "Павл"), "the man")
    review.take(mark_of(review, story.interview, "Павел"), "")
    review.leave(mark_of(review, story.interview, "吴老师"), "another teacher")
    account = story.texts(review)["interview.account"]
    assert account.startswith(f"the manа увели. {derivative.BLACKED_OUT} молчал")
    assert account.endswith("吴老师。")
    told = story.notebook.history(story.interview)[-1].details
    assert "another teacher" in str(told["left"])


def test_the_same_words_elsewhere_are_decided_with_it(story: Story) -> None:
    review = story.review()
    mark = mark_of(review, story.interview, "Павел")
    assert [other.swap.record for other in review.alike(mark)] == [story.note]
    review.take(mark, "X", everywhere=True)
    assert story.texts(review)["note.text"] == "X?"


def test_a_town_that_is_left_leaves_nobody_s_name(story: Story) -> None:
    text = "В Павелецке и в Павелецке живёт Павел."
    story.notebook.edit(story.note, {"text": text})
    review = story.review()
    town, *_rest = [mark for mark in review.marks(story.note) if mark.is_doubtful]
    assert len(review.alike(town)) == 1
    review.leave(town, "a town", everywhere=True)
    assert story.texts(review)["note.text"] == "В Павелецке и в Павелецке живёт W-01."


def test_a_name_that_a_person_adds_is_replaced_everywhere(story: Story) -> None:
    review = story.review()
    at = TEXT.index("Тимка")
    assert add_everywhere(review, (story.interview, "account", 0), at, "Y") == 2
    texts = story.texts(review)
    assert texts["note.title"] == "Y"
    assert "Y ушёл, с Yой " in texts["interview.account"]


def test_a_span_lies_over_what_was_proposed_and_gives_it_back(story: Story) -> None:
    review = story.review()
    where = (story.interview, "account", 0)
    mark = review.add(where, 0, len("Павла увели"), "")
    assert mark is not None
    assert mark.swap.text == "Павла увели"
    assert next(m.swap.text for m in review.marks(story.interview)) == "Павла увели"
    review.leave(mark, "")
    assert mark_of(review, story.interview, "Павл").is_proposed


@pytest.mark.parametrize(("start", "end"), [(5, 5), (900, 950), (12, 13), (4, 2)])
def test_nothing_cannot_be_marked(story: Story, start: int, end: int) -> None:
    review = story.review()
    before = review.marks(story.interview)
    assert review.add((story.interview, "account", 0), start, end, "X") is None
    assert review.marks(story.interview) == before


def test_what_is_left_out_is_not_in_the_copy(story: Story) -> None:
    review = story.review()
    review.choose_record(story.note, goes=False)
    review.choose_field(story.interview, "date", goes=False)
    review.choose_field(story.interview, "title", goes=False)
    review.choose_record(RecordId(story.case), goes=False)
    texts = story.texts(review)
    assert not any(name.startswith("note.") for name in texts)
    assert "interview.date" not in texts
    assert "interview.title" in texts
    review.choose_record(story.note, goes=True)
    review.choose_field(story.interview, "date", goes=True)
    assert {"note.text", "interview.date"} <= story.texts(review).keys()


def test_reading_takes_what_is_sure_and_leaves_doubts_open(story: Story) -> None:
    review = story.review()
    assert set(review.unread()) == {RecordId(story.case), story.interview, story.note}
    review.mark_read(story.interview)
    assert story.interview not in review.unread()
    assert mark_of(review, story.interview, "Павел").decision is Decision.TAKEN
    assert mark_of(review, story.interview, "Павл").is_doubtful


def test_a_review_is_kept_and_taken_up_again(story: Story) -> None:
    review = story.review()
    review.take(mark_of(review, story.interview, "Павл"), "Z")
    review.leave(mark_of(review, story.note, "Павел"), "a town")
    at = TEXT.index("Тимка")
    add_everywhere(review, (story.interview, "account", 0), at, "Y")
    review.mark_read(story.note)
    review.choose_field(story.interview, "date", goes=False)
    review.pictures[story.file] = PictureChoice(
        evidence=story.file, regions=(Region(x=1, y=2, width=3, height=4),), drawn_on=(10, 20)
    )
    drafts = story.notebook.drafts
    drafts.keep_review(story.case, review.kept())
    assert drafts.all() == []
    kept = drafts.review(story.case)
    assert kept is not None
    again = story.review()
    assert again.take_up(kept) == 0
    assert again.kept() == review.kept()
    assert again.result() == review.result()
    drafts.drop_reviews(CaseId("ab" * 16))
    assert drafts.review(story.case) is not None
    drafts.drop_reviews(story.case)
    assert drafts.review(story.case) is None


def test_what_fits_its_text_no_more_is_dropped_and_counted(story: Story) -> None:
    review = story.review()
    review.take(mark_of(review, story.interview, "Павл"), "Z")
    review.mark_read(story.interview)
    review.mark_read(story.note)
    kept = review.kept()
    story.notebook.edit(story.interview, {"account": "Другие слова."})
    again = story.review()
    # Two marks were taken with the reading, one by hand, and the record is to be read again.
    assert again.take_up(kept) > 2
    assert not again.is_read(story.interview)
    assert again.is_read(story.note)
    assert again.marks(story.interview) == []


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"marks": 3, "read": [], "pictures": {}, "left_out": 1, "fields_left_out": [1, ["x"]]},
        {"marks": [{"record": 1}], "read": {"x": "y"}},
        {"pictures": [{"evidence": "ab"}]},
    ],
)
def test_a_kept_review_that_makes_no_sense_changes_nothing(
    story: Story, kept: dict[str, object]
) -> None:
    review = story.review()
    before = review.result()
    review.take_up(kept)  # type: ignore[arg-type]  # anything may stand in a damaged draft
    assert review.result() == before


def test_a_withdrawal_forgets_every_review(story: Story) -> None:
    review = story.review()
    story.notebook.drafts.keep_review(story.case, review.kept() | {"canary": "CANARY"})
    story.notebook.withdraw([story.note], "asked for it")
    assert story.notebook.drafts.review(story.case) is None


def test_the_sheet_of_a_withdrawal_names_the_copies_and_they_get_no_reason(story: Story) -> None:
    proposal, swaps, left, files = story.review().result()
    story.notebook.copying.make(proposal, swaps, "C", files, left)
    [copy] = story.notebook.copying.made_of(story.note)
    sheet = consequences(story.notebook, record=story.note)
    assert sheet.records == (story.note,)
    assert [line.endswith(", in a copy with pseudonyms") for line in sheet.lines] == [False, True]
    withdraw(story.notebook, records=sheet.records, reason="Павел asked")
    assert story.notebook.record(copy).is_withdrawn
    assert "Павел" not in str(story.notebook.history(copy)[-1].details)


def test_a_review_is_no_draft_that_keeps_a_case_from_being_removed(story: Story) -> None:
    notebook = story.notebook
    notebook.drafts.keep_review(story.case, story.review().kept())
    assert notebook.travel.drafts_in([story.case]) == 0
    text = '{"type":"_review"}'
    draft = Draft(id=story.note, type="note", case=story.case, is_new=False, fields={"text": text})
    notebook.drafts.keep(draft)
    assert notebook.travel.drafts_in([story.case]) == 1
    assert notebook.drafts.all() == [draft]


# What is shown.


def test_the_page_shows_what_goes_and_what_comes_instead(story: Story) -> None:
    review = story.review()
    page = read_page(review, story.notebook.forms, story.interview, 0)
    shown = [(piece.kind, piece.text) for piece in page.pieces if piece.field == "account"]
    assert shown[:5] == [
        (Kind.LABEL, "Account"),
        (Kind.BREAK, "\n"),
        (Kind.MARK, "Павл"),
        (Kind.DOUBT, "?"),
        (Kind.INSTEAD, "\u202f\u2068W-01\u2069"),
    ]
    text = "".join(
        piece.text
        for piece in page.pieces
        if piece.field == "account" and piece.kind in (Kind.TEXT, Kind.MARK, Kind.LEFT)
    )
    assert text == TEXT
    assert page.left_out == ""


def test_a_left_field_and_a_left_mark_are_shown_as_such(story: Story) -> None:
    review = story.review()
    review.choose_field(story.interview, "date", goes=False)
    review.leave(mark_of(review, story.interview, "Павел"), "a town")
    page = read_page(review, story.notebook.forms, story.interview, None)
    assert [p.text for p in page.pieces if p.field == "date"][2] == "You leave this out."
    assert [p.text for p in page.pieces if p.kind is Kind.LEFT] == ["Павел"]


def test_identity_fields_are_said_to_stay_out(story: Story) -> None:
    page = read_page(story.review(), story.notebook.forms, story.person, None)
    assert "Names" in page.left_out
    assert "W-01" in "".join(piece.text for piece in page.pieces)


def test_what_may_be_two_people_is_black_until_decided(story: Story) -> None:
    story.notebook.edit(story.note, {"text": "к Ойдановой"})
    review = story.review()
    [mark] = review.marks(story.note)
    assert mark.is_doubtful
    assert mark.swap.instead == ""
    assert "either of two people" in bar_for_mark(review, mark).note
    assert story.texts(review)["note.text"] == f"к {derivative.BLACKED_OUT}ой"


def test_the_way_on_leads_through_what_is_not_read(story: Story) -> None:
    review = story.review()
    order = readable(review)
    assert order[:3] == [RecordId(story.case), story.interview, story.note]
    assert way_on(review, order[0]).on == "Read; the next one"
    for record in order[:2]:
        review.mark_read(record)
    way = way_on(review, story.note)
    assert (way.on, way.said) == ("Read; go on", "2 of 3 read")

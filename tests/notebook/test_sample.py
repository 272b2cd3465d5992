import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook import analysis, sample
from notebook.forms import check_fields, load_forms
from notebook.model import Record
from notebook.notebook import Notebook
from notebook.progress import Cancelled
from notebook.sample import INVENTED, generate_interviews, make_sample
from tests.notebook.support_notebook import create

FORMS = load_forms()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notebook]:
    notebook = create(tmp_path_factory.mktemp("sample") / "notebook")
    make_sample(notebook, records=40, seed=1)
    yield notebook
    notebook.close()


def records(notebook: Notebook) -> list[Record]:
    return [notebook.record(row.id) for row in notebook.rows()]


def test_every_record_says_that_it_is_invented(made: Notebook) -> None:
    for record in records(made):
        texts = [str(state.value) for state in record.fields.values()]
        assert any(INVENTED in text for text in texts), record.title
        assert "invented" in record.title


def test_there_are_as_many_records_as_were_asked_for_and_all_belong_to_the_case(
    made: Notebook,
) -> None:
    assert len(made.rows()) == 40
    assert len(made.cases()) == 1
    assert {str(row.case) for row in made.rows()} == {str(made.cases()[0].id)}


def test_every_record_type_is_there(made: Notebook) -> None:
    assert {row.type for row in made.rows()} == set(FORMS.types)


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("інім ербол", "W-01, first talk (invented)"),
        ("ناۋايخانا", "W-02, about his brother (invented)"),
        ("ёлку", "W-03, what he saw (invented)"),
        ("елку", "W-03, what he saw (invented)"),
        ("铁栏杆", "W-04, the school (invented)"),
        ("shaved head", "W-01, second talk (invented)"),
    ],
)
def test_each_language_is_found_by_its_own_words(made: Notebook, query: str, title: str) -> None:
    found = made.find(query)
    assert title in [row.title for row in found]
    hit = next(row for row in found if row.title == title)
    assert analysis.MARK_START in hit.snippet


def test_the_files_are_what_they_seem_and_small(made: Notebook) -> None:
    evidence = [made.record(row.id) for row in made.rows(type="evidence")]
    kinds = {str(record.fields["media_type"].value) for record in evidence}
    assert kinds == {"audio/ogg", "image/jpeg", "application/pdf"}
    sizes = [file.stat().st_size for file in sample.FOLDER.iterdir()]
    assert sum(sizes) < 1024 * 1024


def test_the_picture_has_a_thumbnail_and_says_when_it_was_taken(made: Notebook) -> None:
    picture = next(
        record
        for record in (made.record(row.id) for row in made.rows(type="evidence"))
        if record.fields["media_type"].value == "image/jpeg"
    )
    thumbnail = made.thumbnail(picture.id)
    assert thumbnail is not None
    assert (thumbnail.width, thumbnail.height) == (320, 213)
    metadata = json.loads(str(picture.fields["metadata"].value))
    assert metadata["Make"] == "Invented Camera Works"
    assert metadata["DateTimeOriginal"] == "2019:10:12 17:20:00"


def test_some_records_have_consent_and_some_have_not(made: Notebook) -> None:
    titles = {row.title: row.has_consent for row in made.rows(type="interview")}
    assert titles["W-01, first talk (invented)"]
    assert not titles["W-04, the school (invented)"]


def test_fewer_records_than_are_written_down_are_all_of_those(tmp_path: Path) -> None:
    notebook = create(tmp_path / "notebook")
    make_sample(notebook, records=0, seed=1)
    titles = [row.title for row in notebook.rows()]
    notebook.close()
    assert len(titles) == 24
    assert not any(title.startswith("Talk") for title in titles)


def test_making_a_sample_can_be_stopped(tmp_path: Path) -> None:
    class Impatient:
        def step(self, done: int, total: int, what: str = "") -> None:
            raise Cancelled

    notebook = create(tmp_path / "notebook")
    with pytest.raises(Cancelled):
        make_sample(notebook, records=0, seed=1, progress=Impatient())
    assert notebook.verify() == []
    notebook.close()


def test_the_same_seed_gives_the_same_interviews_and_another_gives_others() -> None:
    first = list(generate_interviews(10, 50, 7))
    assert first == list(generate_interviews(10, 50, 7))
    assert first[:5] == list(generate_interviews(5, 50, 7))
    assert first != list(generate_interviews(10, 50, 8))


def test_generated_interviews_are_long_enough_invented_and_fit_the_form() -> None:
    interviews = list(generate_interviews(10, 600, 1))
    assert [fields["languages"] for fields in interviews[:5]] == [
        ["kk"],
        ["ug"],
        ["ru"],
        ["zh"],
        ["en"],
    ]
    for fields in interviews:
        account = str(fields["account"])
        assert account.startswith(INVENTED)
        length = len(account) // 2 if fields["languages"] == ["zh"] else len(account.split())
        assert 600 <= length <= 660
        assert "{" not in account
        assert check_fields(FORMS["interview"], fields, is_new=True) == fields


def test_generated_accounts_differ() -> None:
    accounts = [str(fields["account"]) for fields in generate_interviews(200, 60, 1)]
    assert len(set(accounts)) == 200

"""What a withdrawal should reach: the same for the window and the command line."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook import withdrawal_reach
from notebook.model import CaseId, JsonValue, RecordId
from notebook.notebook import Notebook
from tests.notebook import support_notebook as support
from tests.notebook.support_exchange import Team


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[Notebook]:
    team = Team(tmp_path)
    yield team.member("Aida")
    team.close()


def sound(notebook: Notebook, about: RecordId) -> RecordId:
    return notebook.attach(about, io.BytesIO(about.encode()), file_name="f")[0]


def consent(notebook: Notebook, case: CaseId, *covers: JsonValue) -> RecordId:
    return notebook.add("consent", case, {"title": "Consent", "covers": list(covers)})[0]


def test_a_consent_reaches_what_it_covers_and_the_evidence_about_it(notebook: Notebook) -> None:
    case = support.case_in(notebook)
    talk, other = (support.interview_in(notebook, case, account=text) for text in "ab")
    file = sound(notebook, talk)
    agreed = consent(notebook, case, talk)
    paper = sound(notebook, agreed)
    reach = withdrawal_reach.of(notebook, [agreed])
    assert reach.named[:2] == (agreed, talk)
    assert {*reach.named[2:]} == {file, paper}
    assert reach.of_cases == ()
    assert withdrawal_reach.of(notebook, [other]).named == (other,)


def test_a_consent_for_the_case_reaches_what_needs_one_there_and_nowhere_else(
    notebook: Notebook,
) -> None:
    case, elsewhere = support.case_in(notebook), support.case_in(notebook)
    talk, other = (support.interview_in(notebook, case, account=text) for text in "ab")
    support.interview_in(notebook, elsewhere, account="c")
    file = sound(notebook, other)
    of_case = sound(notebook, RecordId(case))
    reach = withdrawal_reach.of(notebook, [consent(notebook, case, talk, case)])
    assert {*reach.named[1:]} == {talk, of_case}
    assert {*reach.of_cases} == {other, file}


def test_what_is_withdrawn_or_deleted_is_reached_no_more(notebook: Notebook) -> None:
    case = support.case_in(notebook)
    gone, deleted = (support.interview_in(notebook, case, account=text) for text in "ab")
    agreed = consent(notebook, case, gone, deleted, "ab" * 16, case)
    notebook.withdraw([gone], "asked for it")
    notebook.delete(deleted)
    reach = withdrawal_reach.of(notebook, [agreed])
    assert reach.named == (agreed,)
    assert reach.of_cases == ()
    assert withdrawal_reach.of(notebook, [gone]).named == ()

"""What a consent says and nobody can read, or somebody withdrew, never permits more than before."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from notebook.handover import SealRequest
from notebook.model import CaseId, JsonValue, RecordId
from notebook.notebook import Notebook
from tests.notebook import support_notebook as support
from tests.notebook.support_exchange import Author, Team, log_of, opened, passed
from tests.notebook.support_exchange import forged as forge

PAST, FUTURE = "2026-01-01", "2030-01-01"


@dataclass(slots=True)
class Story:
    """Aida, who made the case, and Bolat, who withdraws what is not his."""

    team: Team
    aida: Notebook
    bolat: Notebook
    case: CaseId
    talk: RecordId

    def agrees(self, **fields: JsonValue) -> RecordId:
        """A consent that covers the interview."""
        said = {"title": "Consent", "covers": [self.talk], **fields}
        return self.aida.add("consent", self.case, said)[0]

    def withdrawn_by_another(self, consent: RecordId, field: str) -> None:
        """Bolat withdraws a field of a consent, and nobody here has confirmed it."""
        passed(self.aida, self.bolat, self.team, records=(consent,))
        self.bolat.withdraw([consent], "asked", [field])
        passed(self.bolat, self.aida, self.team)
        assert [one.record for one in self.aida.pending_withdrawals()] == [consent]

    def verdict(self, purpose: str = "partner") -> str | None:
        """What stands against sealing the interview."""
        plan = self.aida.plan_seal(
            SealRequest(to=(self.bolat.author,), purpose=purpose, is_full=True)
        )
        return {str(notice.record): str(notice.code) for notice in plan.refusals}.get(self.talk)


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    team = Team(tmp_path)
    aida, bolat = team.members("Aida", "Bolat")
    case = support.case_in(aida)
    talk = support.interview_in(aida, case, account="It was dawn.")
    yield Story(team, aida, bolat, case, talk)
    team.close()


LIMITS = [
    ("expiry", PAST, "consent-expired"),
    ("embargo", FUTURE, "consent-embargoed"),
    ("withdrawn", PAST, "consent-withdrawn"),
    ("use_partner", "no", "consent-refused"),
]


@pytest.mark.parametrize(("field", "value", "verdict"), LIMITS)
def test_a_limit_that_another_withdrew_is_a_limit_until_a_person_here_says_so(
    story: Story, field: str, value: str, verdict: str
) -> None:
    consent = story.agrees(**{"use_partner": "yes", field: value})
    assert story.verdict() == verdict
    story.withdrawn_by_another(consent, field)
    assert story.verdict() == verdict


@pytest.mark.parametrize("field", ["expiry", "embargo", "withdrawn"])
def test_a_limit_whose_words_are_destroyed_permits_nothing(story: Story, field: str) -> None:
    consent = story.agrees(**{"use_partner": "yes", field: PAST})
    story.aida.withdraw([consent], "asked", [field])
    assert story.verdict() == "consent-missing"
    for anew in (PAST, None):
        story.aida.edit(consent, {field: anew})
    assert story.verdict() is None


def test_a_limit_that_is_no_text_permits_nothing(story: Story) -> None:
    consent = story.agrees(use_partner="yes")
    passed(story.aida, story.bolat, story.team)
    forged = Author(story.bolat, story.case)
    path = story.team.out() / "forged"
    lines = log_of(forged.write(consent, {"expiry": {"never": True}}))
    opened(story.aida, [forge(story.bolat, story.aida, path, lines)])
    assert story.verdict() == "consent-missing"


@pytest.mark.parametrize(
    ("field", "verdict"), [("expiry", "consent-expired"), ("embargo", "consent-embargoed")]
)
def test_a_limit_in_words_that_are_no_date_holds(story: Story, field: str, verdict: str) -> None:
    """An end that cannot be read has come, and an embargo is not over."""
    consent = story.agrees(use_partner="yes")
    passed(story.aida, story.bolat, story.team)
    path = story.team.out() / "forged"
    lines = log_of(Author(story.bolat, story.case).write(consent, {field: "when she is home"}))
    opened(story.aida, [forge(story.bolat, story.aida, path, lines)])
    assert story.verdict() == verdict


def test_a_yes_that_another_withdrew_permits_nothing(story: Story) -> None:
    consent = story.agrees(use_partner="yes")
    assert story.verdict() is None
    story.withdrawn_by_another(consent, "use_partner")
    assert story.verdict() == "consent-missing"


def test_a_yes_of_which_another_withdrew_what_it_is_about_permits_nothing(story: Story) -> None:
    consent = story.agrees(use_partner="yes")
    assert story.verdict() is None
    story.withdrawn_by_another(consent, "covers")
    assert story.verdict() == "consent-missing"


def test_a_yes_that_was_deleted_permits_nothing(story: Story) -> None:
    consent = story.agrees(use_partner="yes")
    assert story.verdict() is None
    story.aida.delete(consent)
    assert story.verdict() == "consent-missing"


@pytest.mark.parametrize("is_own", [False, True])
def test_a_no_stays_a_no_for_what_it_covered(story: Story, is_own: bool) -> None:
    consent = story.agrees(use_team="no")
    if is_own:
        story.aida.withdraw([consent], "asked", ["covers"])
    else:
        story.withdrawn_by_another(consent, "covers")
    assert story.verdict("team") == "consent-refused"


def test_a_no_holds_for_a_file_of_which_another_withdrew_what_it_is_about(story: Story) -> None:
    file, _ = story.aida.attach(story.talk, io.BytesIO(b"heard"), file_name="heard.txt")
    passed(story.aida, story.bolat, story.team)
    story.bolat.withdraw([file], "asked", ["about"])
    passed(story.bolat, story.aida, story.team)
    story.agrees(use_team="no")
    plan = story.aida.plan_seal(SealRequest(to=(story.bolat.author,), is_full=True))
    assert {notice.record for notice in plan.refusals} == {story.talk, file}


def test_whom_a_withdrawn_answer_let_be_named_is_not_named(story: Story) -> None:
    person, _ = story.aida.add(
        "person", story.case, {"title": "W1", "pseudonym": "W1", "names": ["Aigul Invented"]}
    )
    consent, _ = story.aida.add(
        "consent",
        story.case,
        {"title": "C", "covers": [person], "use_partner": "yes", "level_partner": "full"},
    )
    assert "names" in _leaving(story, person)
    story.withdrawn_by_another(consent, "level_partner")
    assert "names" not in _leaving(story, person)


def _leaving(story: Story, record: RecordId) -> set[str]:
    request = SealRequest(
        to=(story.bolat.author,), purpose="partner", records=(record,), is_full=True
    )
    (shown,) = story.aida.preview_seal(story.aida.plan_seal(request))
    return {field.name for one in shown.records if one.id == record for field in one.fields}

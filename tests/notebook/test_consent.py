"""The consent gate: by purpose and by reader, with its days, and what may be overridden."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from notebook.consent import asked_for
from notebook.environment import local_day
from notebook.errors import Code, NotebookError
from notebook.handover import SealRequest
from notebook.model import CaseId, JsonValue, Kind, RecordId
from notebook.notebook import Notebook
from notebook.payload import sealer_of
from notebook.sealing import SealResult
from notebook.selection import Stays
from tests.notebook import support_notebook as support
from tests.notebook.support_exchange import Team, opened, unpacked

TODAY, YESTERDAY, TOMORROW = "2026-03-05", "2026-03-04", "2026-03-06"


@dataclass(slots=True)
class Story:
    """Aida, who knows Bolat, with an interview."""

    team: Team
    aida: Notebook
    bolat: Notebook
    case: CaseId
    talk: RecordId

    def agrees(self, **fields: JsonValue) -> RecordId:
        """A consent that covers the interview."""
        said = {"title": "Consent", "covers": [self.talk], **fields}
        return self.aida.add("consent", self.case, said)[0]

    def verdicts(self, purpose: str = "partner", **asked: object) -> dict[str, str]:
        """What stands against sealing, by record."""
        request = SealRequest(to=(self.bolat.author,), purpose=purpose)
        plan = self.aida.plan_seal(replace(request, **asked))  # type: ignore[arg-type]  # as the test means
        return {str(notice.record): str(notice.code) for notice in plan.refusals}


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    team = Team(tmp_path)
    aida, bolat = team.members("Aida", "Bolat")
    case = support.case_in(aida)
    talk = support.interview_in(aida, case, account="It was dawn.")
    yield Story(team, aida, bolat, case, talk)
    team.close()


# Who the reader is.


@pytest.mark.parametrize(
    ("purpose", "role", "asked"),
    [
        ("team", "", ("team",)),
        ("team", "team", ("team",)),
        ("team", "partner", ("partner",)),
        ("court", "", ("court",)),
        ("court", "court", ("court",)),
        ("court", "partner", ("court", "partner")),
        ("court", "team", ("court", "team")),
    ],
)
def test_consent_is_asked_for_the_purpose_and_for_the_reader(
    purpose: str, role: str, asked: tuple[str, ...]
) -> None:
    assert asked_for(purpose, role) == asked


def test_a_partner_gets_nothing_as_one_of_the_team(story: Story) -> None:
    assert story.verdicts("team") == {}
    story.aida.trust.set_role(story.bolat.author, "partner")
    assert story.verdicts("team") == {story.talk: "consent-missing"}
    story.agrees(use_partner="yes")
    assert story.verdicts("team") == {}


def test_a_consent_for_a_whole_case_holds_for_each_record_in_it(story: Story) -> None:
    assert story.verdicts() == {story.talk: "consent-missing"}
    story.agrees(covers=[story.case], use_partner="yes")
    assert story.verdicts() == {}
    story.agrees(covers=[story.case], use_partner="no")
    assert story.verdicts() == {story.talk: "consent-refused"}


def test_the_strictest_of_purpose_and_reader_counts(story: Story) -> None:
    story.agrees(use_court="yes", use_partner="no")
    assert story.verdicts("court") == {}
    story.aida.trust.set_role(story.bolat.author, "partner")
    assert story.verdicts("court") == {story.talk: "consent-refused"}


def test_a_role_that_no_consent_knows_is_refused_and_one_can_be_taken_back(story: Story) -> None:
    with pytest.raises(NotebookError) as refused:
        story.aida.trust.set_role(story.bolat.author, "friend")
    assert refused.value.code is Code.BAD_VALUE
    with pytest.raises(NotebookError) as unknown:
        story.aida.trust.set_role(story.aida.author, "partner")
    assert unknown.value.code is Code.UNKNOWN_CONTACT
    story.aida.trust.set_role(story.bolat.author, "partner")
    assert story.aida.contact("Bolat").role == "partner"
    story.aida.trust.set_role(story.bolat.author, "")
    assert story.aida.contact("Bolat").role == ""


# Days.


@pytest.mark.parametrize(
    ("expiry", "verdict"),
    [
        (YESTERDAY, "consent-expired"),
        (TODAY, "consent-expired"),
        (TOMORROW, None),
        ("2026-03", "consent-expired"),
        ("2026-04", None),
        ("202X", "consent-expired"),
        ("2026-03-06?", None),
        ("2026-03-01/2026-12-31", "consent-expired"),
    ],
)
def test_a_consent_ends_as_its_last_day_begins(
    story: Story, expiry: str, verdict: str | None
) -> None:
    story.agrees(use_partner="yes", expiry=expiry)
    assert story.verdicts().get(story.talk) == verdict


@pytest.mark.parametrize(
    ("embargo", "verdict"),
    [
        (YESTERDAY, None),
        (TODAY, None),
        (TOMORROW, "consent-embargoed"),
        ("2026-02", None),
        ("2026-03", "consent-embargoed"),
        ("202X", "consent-embargoed"),
    ],
)
def test_an_embargo_ends_with_the_last_day_it_may_mean(
    story: Story, embargo: str, verdict: str | None
) -> None:
    story.agrees(use_partner="yes", embargo=embargo)
    assert story.verdicts().get(story.talk) == verdict
    # The team may have it all the while.
    assert story.verdicts("team") == {}


def test_an_embargo_keeps_it_from_others_and_an_end_from_the_team_too(story: Story) -> None:
    consent = story.agrees(use_team="yes", use_partner="yes", embargo=TOMORROW)
    assert story.verdicts("partner") == {story.talk: "consent-embargoed"}
    assert story.verdicts("team") == {}
    story.aida.edit(consent, {"expiry": TODAY})
    assert story.verdicts("team") == {story.talk: "consent-expired"}


@pytest.mark.parametrize(
    ("hours", "day"), [(0, "2026-03-05"), (6, "2026-03-06"), (-11, "2026-03-05")]
)
def test_the_day_is_that_of_the_person_not_of_utc(hours: int, day: str) -> None:
    evening = datetime(2026, 3, 5, 20, 0, tzinfo=UTC)
    assert local_day(lambda: evening, timezone(timedelta(hours=hours))).isoformat() == day


def test_the_gate_uses_the_day_of_the_person_and_the_envelope_that_of_utc(story: Story) -> None:
    evening = datetime(2026, 3, 5, 20, 0, tzinfo=UTC)
    almaty = timezone(timedelta(hours=5))
    sealer = replace(sealer_of(story.aida._core), clock=lambda: evening, zone=almaty)
    assert sealer.local_day().isoformat() == TOMORROW
    assert sealer.today().isoformat() == TODAY
    core = story.aida._core
    core.environment = replace(core.environment, clock=lambda: evening, zone=almaty)
    sealed = story.team.sealed(story.aida, story.bolat)
    assert story.bolat.inspect_bundle(sealed.files).day == TODAY
    story.agrees(use_partner="yes", expiry=TOMORROW)
    assert story.verdicts() == {story.talk: "consent-expired"}


# Overriding.


@pytest.mark.parametrize(
    "limits",
    [{}, {"use_partner": "yes", "expiry": TODAY}, {"use_partner": "yes", "embargo": TOMORROW}],
)
def test_what_is_missing_expired_or_embargoed_can_be_overridden_with_a_reason(
    story: Story, limits: dict[str, JsonValue]
) -> None:
    if limits:
        story.agrees(**limits)
    assert story.verdicts(override="She asked me by telephone.") == {}
    result = story.team.sealed(
        story.aida, story.bolat, purpose="partner", override="She asked me by telephone."
    )
    opened(story.bolat, result)
    noted = [line for line in story.aida.history(story.talk) if line.kind is Kind.CUSTODY]
    assert [line.details["what"] for line in noted] == ["consent overridden"]
    assert noted[0].details["reason"] == "She asked me by telephone."
    assert noted[0].details["purpose"] == "partner"
    assert noted[0].details["bundle"] == result.bundles[0].bundle


@pytest.mark.parametrize(
    "says",
    [
        {"use_partner": "no"},
        {"use_partner": "no", "expiry": TODAY},
        {"use_partner": "no", "embargo": TOMORROW},
        {"use_partner": "yes", "withdrawn": YESTERDAY},
    ],
)
def test_a_no_and_a_withdrawal_cannot_be_overridden(
    story: Story, says: dict[str, JsonValue]
) -> None:
    story.agrees(**says)
    assert set(story.verdicts(override="I want to.")) == {story.talk}


def test_a_no_is_not_hidden_behind_another_consent_that_only_waits(story: Story) -> None:
    story.agrees(use_partner="no")
    story.agrees(use_partner="yes", embargo=TOMORROW)
    assert story.verdicts(override="I want to.") == {story.talk: "consent-refused"}


def test_a_withdrawn_consent_cannot_be_overridden(story: Story) -> None:
    consent = story.agrees(use_partner="yes")
    story.aida.withdraw([consent], "asked")
    assert story.verdicts(override="I want to.") == {story.talk: "consent-withdrawn"}


def test_after_an_override_its_custody_stops_no_later_bundle(story: Story) -> None:
    story.team.sealed(story.aida, story.bolat, purpose="partner", override="Urgent.")
    result = story.team.sealed(story.aida, story.bolat, purpose="partner", override="Urgent.")
    opened(story.bolat, result)
    answer = story.team.sealed(story.bolat, story.aida, is_full=True)
    opened(story.aida, answer)
    story.aida.edit(RecordId(story.case), {"title": "The case"})
    plan = story.aida.plan_seal(SealRequest(to=(story.bolat.author,), purpose="partner"))
    assert plan.refusals == ()
    assert story.talk not in {row.id for row in plan.records}


def test_why_a_consent_was_overridden_stays_with_the_team(story: Story) -> None:
    def inside(result: SealResult) -> bytes:
        return b"".join(unpacked(story.bolat, result.files).values())

    file, _ = story.aida.attach(story.talk, io.BytesIO(b"x"), file_name="x")
    story.aida.note_viewed(file)
    story.team.sealed(story.aida, story.bolat, purpose="partner", override="CANARYREASON")
    later = story.team.sealed(
        story.aida, story.bolat, purpose="partner", override="CANARYAGAIN", is_full=True
    )
    whole = inside(later)
    assert b"CANARYREASON" not in whole
    # What was done with a thing goes, as it proves where it was.
    assert b"viewed" in whole
    opened(story.bolat, later)
    assert all("reason" not in line.details for line in story.bolat.history(story.talk))
    # Of what stays nobody can ask for more, and it is in the pages to read for nobody else.
    answer = story.team.sealed(story.bolat, story.aida, is_full=True)
    opened(story.aida, answer)
    again = story.team.sealed(story.aida, story.bolat, purpose="partner", override="CANARYTHIRD")
    assert b"CANARYREASON" not in inside(again)
    # The control: one's own team is told.
    assert b"CANARYREASON" in inside(story.team.sealed(story.aida, story.bolat, is_full=True))


def test_without_trouble_an_override_enters_no_custody(story: Story) -> None:
    story.agrees(use_partner="yes")
    story.team.sealed(story.aida, story.bolat, purpose="partner", override="Not needed.")
    assert not [line for line in story.aida.history(story.talk) if line.kind is Kind.CUSTODY]


# Names.


def person_in(story: Story, **says: JsonValue) -> RecordId:
    """A person who is known by name, and who agreed to go to partners."""
    fields = {"title": "P1", "pseudonym": "P1", "names": ["Гүлнар"], "sex": "female"}
    person = story.aida.add("person", story.case, fields)[0]
    story.agrees(covers=[story.talk, person], use_partner="yes", **says)
    return person


def leaves(story: Story, word: str, purpose: str) -> bool:
    result = story.team.sealed(story.aida, story.bolat, purpose=purpose)
    return any(word.encode() in c for c in unpacked(story.bolat, result.files).values())


@pytest.mark.parametrize("level", [None, "pseudonym", "none"])
def test_who_is_not_to_be_named_in_full_leaves_without_identity_fields(
    story: Story, level: str | None
) -> None:
    person = person_in(story, level_partner=level)
    assert not leaves(story, "Гүлнар", "partner")
    plan = story.aida.plan_seal(SealRequest(to=(story.bolat.author,), purpose="partner"))
    (shown,) = story.aida.preview_seal(plan)
    found = next(record for record in shown.records if record.id == person)
    assert {field.name for field in found.fields} == {"title", "pseudonym"}
    assert found.stays == {"names": Stays.IDENTITY, "sex": Stays.IDENTITY}


def test_who_agreed_to_be_named_leaves_with_the_name(story: Story) -> None:
    person_in(story, level_partner="full")
    assert leaves(story, "Гүлнар", "partner")


def test_of_several_consents_each_must_let_somebody_be_named(story: Story) -> None:
    person = person_in(story, level_partner="full")
    assert leaves(story, "Гүлнар", "partner")
    other = story.agrees(covers=[person], use_partner="yes", level_partner="pseudonym")
    story.aida.edit(person, {"aliases": ["QVZHWALIAS"]})
    assert not leaves(story, "QVZHWALIAS", "partner")
    story.aida.edit(other, {"level_partner": "full"})
    assert leaves(story, "QVZHWALIAS", "partner")


@pytest.mark.parametrize("level", ["pseudonym", "full"])
def test_a_field_that_no_form_knows_may_say_who_somebody_is(story: Story, level: str) -> None:
    """A later version of the program may have written it, and know that it does."""
    person = person_in(story, level_partner=level)
    story.aida._core.transact(lambda tx: tx.write_fields(person, story.case, {"nickname": "QVZHW"}))
    plan = story.aida.plan_seal(SealRequest(to=(story.bolat.author,), purpose="partner"))
    (shown,) = story.aida.preview_seal(plan)
    found = next(record for record in shown.records if record.id == person)
    goes = level == "full"
    assert ("nickname" in {field.name for field in found.fields if field.is_identity}) == goes
    assert found.stays.get("nickname") == (None if goes else Stays.IDENTITY)
    assert leaves(story, "QVZHW", "partner") == goes
    assert leaves(story, "QVZHW", "team")


def test_an_override_does_not_name_anybody(story: Story) -> None:
    fields = {"title": "P1", "pseudonym": "P1", "names": ["Гүлнар"]}
    story.aida.add("person", story.case, fields)
    result = story.team.sealed(story.aida, story.bolat, purpose="court", override="Urgent.")
    inside = unpacked(story.bolat, result.files).values()
    assert not any("Гүлнар".encode() in content for content in inside)


def test_the_team_gets_names_without_being_asked(story: Story) -> None:
    person_in(story, level_partner="none")
    assert leaves(story, "Гүлнар", "team")

"""Records whose id two cases claim: a contact who knows an id may claim it in a case of their own.

Neither is ever taken for the other: lists name both, whoever names the bare id is told so, and
what one of them says does not show at the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from notebook.drafts import Draft
from notebook.errors import Code, NotebookError
from notebook.handover import SealRequest
from notebook.model import CaseId, RecordId, bare_id, id_in_case
from notebook.notebook import Notebook
from tests.notebook import support_notebook as support
from tests.notebook.support_cli import command_line
from tests.notebook.support_exchange import Author, Team, forged, log_of, opened, passed, values

FORGED = CaseId("ab" * 16)


@dataclass(slots=True)
class Scene:
    """Aida has a record; Mallory, her contact, was sent it and claims its id elsewhere."""

    team: Team
    aida: Notebook
    mallory: Notebook
    case: CaseId
    talk: RecordId
    author: Author

    def claim(self, record: RecordId, *, case: CaseId = FORGED, **fields: object) -> None:
        """Mallory's entry about this id in another case, opened by Aida."""
        self.author.case = case
        said = {"_type": "interview", "title": "Forged", **fields}
        entry = Author(self.mallory, case).write(record, said)  # type: ignore[arg-type]  # as the test means
        path = self.team.folder / f"bundle-{record[:6]}-{case[:6]}-{len(fields)}"
        opened(self.aida, [forged(self.mallory, self.aida, path, log_of(entry))])

    @property
    def genuine(self) -> RecordId:
        """How Aida names hers."""
        return id_in_case(self.case, self.talk)

    @property
    def forgery(self) -> RecordId:
        """How she names the other one."""
        return id_in_case(FORGED, self.talk)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    team = Team(tmp_path)
    aida, mallory = team.members("Aida", "Mallory")
    case = support.case_in(aida)
    talk = support.interview_in(aida, case, title="Genuine", account="It was dawn.")
    yield Scene(team, aida, mallory, case, talk, Author(mallory, FORGED))
    team.close()


def code_of(work: object) -> Code:
    with pytest.raises(NotebookError) as trouble:
        work()  # type: ignore[operator]  # as the test means
    return trouble.value.code


def test_lists_and_searches_name_both_and_each_opens_its_own(scene: Scene) -> None:
    scene.claim(scene.talk)
    titles = {row.id: row.title for row in scene.aida.rows(type="interview")}
    assert titles == {scene.genuine: "Genuine", scene.forgery: "Forged"}
    for id_, title in titles.items():
        record = scene.aida.record(id_)
        assert (record.id, record.title) == (id_, title)
        assert id_.startswith(record.case)
    assert [row.id for row in scene.aida.find("forged")] == [scene.forgery]


def test_the_bare_id_means_neither_and_the_trouble_names_both(scene: Scene) -> None:
    scene.claim(scene.talk)
    with pytest.raises(NotebookError) as trouble:
        scene.aida.record(scene.talk)
    assert trouble.value.code is Code.AMBIGUOUS_ID
    assert set(trouble.value.records) == {scene.genuine, scene.forgery}
    for work in (
        lambda: scene.aida.edit(scene.talk, {"account": "which?"}),
        lambda: scene.aida.delete(scene.talk),
        lambda: scene.aida.withdraw([scene.talk], "which?"),
        lambda: scene.aida.history(scene.talk),
        lambda: scene.aida.resolve(scene.talk[:8]),
    ):
        assert code_of(work) is Code.AMBIGUOUS_ID
    assert values(scene.aida, scene.genuine, "account") == ["It was dawn."]


def test_what_is_done_with_one_is_done_with_it_alone(scene: Scene) -> None:
    scene.claim(scene.talk)
    scene.aida.edit(scene.genuine, {"account": "It was noon."})
    scene.aida.edit(scene.forgery, {"account": "It was night."})
    assert values(scene.aida, scene.genuine, "account") == ["It was noon."]
    assert values(scene.aida, scene.forgery, "account") == ["It was night."]
    scene.aida.withdraw([scene.forgery], "a forgery")
    assert values(scene.aida, scene.genuine, "account") == ["It was noon."]
    # Only one is shown any more, and what is withdrawn is still no answer to the bare id.
    assert [row.title for row in scene.aida.rows(type="interview")] == ["Genuine"]


def test_who_only_names_an_id_without_a_type_claims_nothing(scene: Scene) -> None:
    """Also when that came first: the record that is one is meant."""
    early = RecordId("cd" * 16)
    entry = Author(scene.mallory, FORGED).write(early, {"title": "Nothing yet"})
    path = scene.team.folder / "early"
    opened(scene.aida, [forged(scene.mallory, scene.aida, path, log_of(entry))])
    scene.aida.add("interview", scene.case, {"title": "Real"}, record=early)
    assert scene.aida.record(early).title == "Real"
    assert {row.id for row in scene.aida.rows(type="interview")} == {scene.talk, early}


def test_a_cases_id_always_means_the_case(scene: Scene) -> None:
    scene.claim(RecordId(scene.case))
    assert scene.aida.record(RecordId(scene.case)).type == "case"
    assert RecordId(scene.case) in {row.id for row in scene.aida.cases()}
    named = {row.id for row in scene.aida.rows(type="interview")}
    assert named == {scene.talk, id_in_case(FORGED, RecordId(scene.case))}


def test_another_cases_evidence_and_consent_do_not_show_at_a_record(scene: Scene) -> None:
    scene.claim(
        RecordId("ef" * 16), _type="evidence", about=[scene.talk], sha256="00" * 32, size_bytes=0
    )
    scene.claim(RecordId("fe" * 16), _type="consent", covers=[scene.talk])
    (row,) = [row for row in scene.aida.rows(type="interview") if row.title == "Genuine"]
    assert (row.media_count, row.has_consent) == (0, False)
    assert scene.aida.evidence_of(scene.talk) == []


def test_a_reference_means_the_record_of_its_own_case(scene: Scene) -> None:
    person = scene.aida.add("person", scene.case, {"title": "W-04"})[0]
    talk = scene.aida.add("interview", scene.case, {"title": "Second", "witness": person})[0]
    scene.claim(person, _type="person", title="Somebody else")
    (row,) = [row for row in scene.aida.rows(type="interview") if row.id == talk]
    assert row.who == "W-04"


def test_what_waits_owes_or_disagrees_is_named_so_that_it_can_be_settled(scene: Scene) -> None:
    scene.claim(scene.talk)
    passed(scene.aida, scene.mallory, scene.team, cases=(scene.case,), is_full=True)
    scene.aida.edit(scene.genuine, {"account": "It was noon."})
    scene.mallory.edit(scene.genuine, {"account": "It was night."})
    result = passed(scene.mallory, scene.aida, scene.team)
    assert result.conflict_records == (scene.genuine,)
    assert len(scene.aida.record(result.conflict_records[0]).conflicts) == 1
    scene.mallory.withdraw([scene.genuine], "she called me")
    passed(scene.mallory, scene.aida, scene.team)
    (pending,) = scene.aida.pending_withdrawals()
    assert pending.record == scene.genuine
    scene.aida.withdraw([pending.record], "so be it", pending.fields)
    assert {one.record for one in scene.aida.owed()} <= {scene.genuine}
    assert values(scene.aida, scene.forgery, "title") == ["Forged"]


def test_a_file_about_one_of_them_names_it_as_the_journal_does(scene: Scene) -> None:
    scene.claim(scene.talk)
    with (scene.team.folder / "file").open("w+b") as file:
        file.write(b"sound")
        file.seek(0)
        evidence = scene.aida.attach(scene.genuine, file, file_name="f.ogg")[0]
    assert scene.aida.record(evidence).case == scene.case
    assert values(scene.aida, evidence, "about") == [[scene.talk]]
    assert [row.id for row in scene.aida.evidence_of(scene.genuine)] == [evidence]
    assert scene.aida.evidence_of(scene.forgery) == []


def test_a_draft_belongs_to_one_of_them_and_none_is_lost(scene: Scene) -> None:
    draft = Draft(
        id=scene.talk, type="interview", case=scene.case, is_new=False, fields={"account": "typed"}
    )
    scene.aida.drafts.keep(draft)
    scene.claim(scene.talk)
    found = scene.aida.drafts.get(scene.genuine)
    assert found is not None
    assert (found.id, dict(found.fields)) == (scene.genuine, {"account": "typed"})
    assert scene.aida.drafts.get(scene.forgery) is None
    other = Draft(
        id=scene.forgery, type="interview", case=FORGED, is_new=False, fields={"account": "other"}
    )
    assert code_of(lambda: scene.aida.drafts.keep(other)) is Code.AMBIGUOUS_ID
    assert [dict(one.fields) for one in scene.aida.drafts.all()] == [{"account": "typed"}]
    scene.aida.drafts.drop(scene.genuine)
    scene.aida.drafts.keep(other)
    assert scene.aida.drafts.get(scene.genuine) is None
    assert bare_id(scene.forgery) == scene.talk


def test_each_is_sealed_as_itself_and_left_out_with_the_other(scene: Scene) -> None:
    scene.claim(scene.talk)
    third = scene.team.member("Third")
    for one, other in ((scene.aida, third), (third, scene.aida)):
        one.add_contact(other.my_card().encode())
    passed(scene.aida, third, scene.team, records=(scene.genuine,))
    assert [row.title for row in third.rows(type="interview")] == ["Genuine"]
    passed(scene.aida, third, scene.team)
    assert {row.title for row in third.rows(type="interview")} == {"Genuine", "Forged"}
    fourth = scene.team.member("Fourth")
    for one, other in ((scene.aida, fourth), (fourth, scene.aida)):
        one.add_contact(other.my_card().encode())
    left = frozenset({scene.forgery})
    passed(scene.aida, fourth, scene.team, leave_out=left)
    # Rather both stay than the one that was meant to stay goes.
    assert fourth.rows(type="interview") == []


@pytest.mark.parametrize("order", [("no", "yes"), ("yes", "no")])
def test_the_consent_of_one_lets_the_other_go_nowhere(order: tuple[str, str], scene: Scene) -> None:
    """Whatever Mallory's case says of her claim, the genuine record's own consent counts."""
    genuine, forged_says = order
    scene.aida.add(
        "consent", scene.case, {"title": "C", "covers": [scene.talk], "use_partner": genuine}
    )
    author = Author(scene.mallory, FORGED)
    claim = author.write(scene.talk, {"_type": "interview", "title": "Forged"})
    says = {"_type": "consent", "title": "D", "covers": [scene.talk], "use_partner": forged_says}
    allows = author.write(RecordId("ce" * 16), says)
    path = scene.team.folder / "allowing"
    opened(scene.aida, [forged(scene.mallory, scene.aida, path, log_of(claim, allows))])
    third = scene.team.member("Third")
    scene.aida.add_contact(third.my_card().encode())
    plan = scene.aida.plan_seal(SealRequest(to=(third.author,), purpose="partner"))
    assert [notice.code for notice in plan.refusals] == ["consent-refused"]
    (refused,) = plan.refusals
    home = scene.case if genuine == "no" else FORGED
    assert refused.record == id_in_case(home, scene.talk)
    with pytest.raises(NotebookError) as trouble:
        scene.aida.seal(plan, scene.team.out())
    assert trouble.value.code is Code.CONSENT_REFUSED


def test_to_choose_one_chooses_not_the_other(scene: Scene) -> None:
    """Chosen are the forgery and a note of the genuine case: the genuine record was not."""
    scene.claim(scene.talk)
    note = scene.aida.add("note", scene.case, {"title": "Note"})[0]
    third = scene.team.member("Third")
    for one, other in ((scene.aida, third), (third, scene.aida)):
        one.add_contact(other.my_card().encode())
    passed(scene.aida, third, scene.team, records=(scene.forgery, note))
    assert {row.title for row in third.rows() if row.type != "case"} == {"Forged", "Note"}


def test_on_the_command_line_both_are_named_and_either_can_be_chosen(scene: Scene) -> None:
    scene.claim(scene.talk)
    scene.team.notebooks.remove(scene.aida)
    scene.aida.close()
    cli, folder = command_line("twins"), scene.aida.folder
    ran = cli("show", folder, scene.talk[:8])
    assert (ran.status, ran.code) == (1, "ambiguous-id")
    assert set(ran.json["error"]["records"]) == {scene.genuine, scene.forgery}
    assert cli("show", folder, scene.genuine).json["fields"]["title"] == "Genuine"
    assert cli("show", folder, scene.forgery).json["fields"]["title"] == "Forged"
    assert cli("edit", folder, scene.genuine, "questions=mine").status == 0
    assert "questions" not in cli("show", folder, scene.forgery).json["fields"]
    nobody = id_in_case(scene.case, RecordId("00" * 16))
    assert cli("show", folder, nobody).code == "unknown-record"

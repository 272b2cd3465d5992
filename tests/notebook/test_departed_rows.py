"""After a departure no row tells of what is gone: no id, no day, no number that was skipped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from notebook import noting
from notebook.exchange import Exchange, State
from notebook.handover import SealRequest
from notebook.model import CaseId
from notebook.notebook import Notebook
from notebook.notices import ExchangeNotice, NoticeKind
from notebook.progress import Silent
from notebook.storage import affairs, removed
from tests.faults.support_solver import Solver
from tests.notebook import support_notebook as support
from tests.notebook import support_travel as travelling
from tests.notebook.support_exchange import Team, database, dump, opened, passed


@dataclass(slots=True)
class Story:
    """Aida shares one case with Bolat alone, and another one with Chiara; the first one goes."""

    team: Team
    aida: Notebook
    bolat: Notebook
    chiara: Notebook
    goes: CaseId
    stays: CaseId

    def depart(self) -> Notebook:
        """Aida's notebook without the case."""
        folder = self.aida.folder
        self.aida.travel.remove_cases(support.PASSPHRASE, [self.goes], Silent())
        self.aida.close()
        self.aida = support.unlock(folder, seed="departed")
        self.team.notebooks[0] = self.aida
        return self.aida


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    team = Team(tmp_path)
    aida, bolat, chiara = team.members("Aida", "Bolat", "Chiara")
    goes, stays = support.case_in(aida, "Goes"), support.case_in(aida, "Stays")
    for case in (goes, stays):
        support.interview_in(aida, case, account="first")
    passed(aida, bolat, team, cases=(goes,))
    passed(aida, chiara, team, cases=(stays,))
    yield Story(team, aida, bolat, chiara, goes, stays)
    team.close()


def exchange_both(story: Story) -> None:
    """Something comes back to Aida of either case."""
    for friend, case in ((story.bolat, story.goes), (story.chiara, story.stays)):
        support.interview_in(friend, case, title="By a friend")
        passed(friend, story.aida, story.team, cases=(case,))


def rows_about(notebook: Notebook) -> dict[str, tuple[str, bytes]]:
    """For each bundle that is known: with whom, and the hash of its envelope."""
    found = (
        *affairs.opened_bundles(database(notebook)),
        *affairs.sealed_bundles(database(notebook)),
    )
    return {row.id: (row.peer, row.envelope) for row in found}


def test_whoever_has_everything_finds_no_id_of_a_bundle_of_the_removed_case(story: Story) -> None:
    exchange_both(story)
    before = rows_about(story.aida)
    gone = {bundle for bundle, (peer, _envelope) in before.items() if peer == story.bolat.author}
    assert len(gone) == 2
    secrets = [story.goes, *gone, *(before[bundle][1].hex() for bundle in gone)]
    looked_for = [form for text in secrets for form in (text.encode(), bytes.fromhex(text))]

    def is_found(notebook: Notebook, form: bytes) -> bool:
        return any(form in data for data in Solver(notebook.folder, notebook).readable())

    assert all(is_found(story.aida, form) for form in looked_for[1::2])
    after = story.depart()
    assert not [form.hex() for form in looked_for if is_found(after, form)]
    assert rows_about(after) == {id_: row for id_, row in before.items() if id_ not in gone}


def test_a_bundle_about_both_cases_stays(story: Story) -> None:
    passed(story.aida, story.chiara, story.team, is_full=True)
    both = {row.id for row in affairs.sealed_bundles(database(story.aida))}
    after = story.depart()
    kept = {row.id for row in affairs.sealed_bundles(database(after))}
    assert len(both) == 3
    assert len(kept) == 2
    assert kept < both


def test_nothing_that_is_counted_leaves_a_gap(story: Story) -> None:
    exchange_both(story)
    after = story.depart()
    db = database(after)
    for table in ("author", "entry", "record", "bundle"):
        nums = [row[0] for row in db.all(f"SELECT num FROM [{table}] ORDER BY num")]
        assert nums == [*range(1, len(nums) + 1)], table
        assert nums
    assert after.travel.remains().entries == len(db.all("SELECT id FROM entry"))
    assert after.verify() == []


def test_what_is_projected_again_is_the_same(story: Story) -> None:
    exchange_both(story)
    after = story.depart()
    before = dump(after)
    assert after.verify(rebuild=True) == []
    again = dump(after)
    for name in ("record", "head", "replaced", "link", "waiting", "lacking", "session"):
        assert again[name] == before[name], name
    # Whether a tip was looked at is no projection.
    assert [row[:3] for row in again["tip"]] == [row[:3] for row in before["tip"]]


def test_whom_one_knew_by_the_removed_case_alone_is_known_no_more(story: Story) -> None:
    stranger = story.team.member("Stranger")
    story.bolat.add_contact(stranger.my_card().encode())
    stranger.add_contact(story.bolat.my_card().encode())
    passed(story.bolat, stranger, story.team, cases=(story.goes,))
    support.interview_in(stranger, story.goes, title="By a stranger")
    passed(stranger, story.bolat, story.team, cases=(story.goes,))
    passed(story.bolat, story.aida, story.team, cases=(story.goes,))
    assert dump(story.aida)["passed_on"]
    after = story.depart()
    assert dump(after)["passed_on"] == []
    key = bytes.fromhex(stranger.author)
    assert not any(key in data for data in Solver(after.folder, after).readable())


def test_a_later_bundle_raises_no_false_alarm(story: Story) -> None:
    # Chiara sealed for both cases in turn; the last bundle before was about the removed one.
    passed(story.aida, story.chiara, story.team, is_full=True)
    for case in (story.stays, story.goes):
        support.interview_in(story.chiara, case, title="Before")
        passed(story.chiara, story.aida, story.team, cases=(case,))
    after = story.depart()
    assert after.trust.notices() == []
    support.interview_in(story.chiara, story.stays, title="After")
    result = opened(after, story.team.sealed(story.chiara, after, cases=(story.stays,)))
    assert result.new == 1
    assert after.trust.notices() == []
    assert all(row.at for row in affairs.opened_bundles(database(after)))


def test_one_with_whom_nothing_stays_raises_no_false_alarm_either(story: Story) -> None:
    exchange_both(story)
    late = story.team.sealed(story.bolat, story.aida, cases=(story.goes,), is_full=True)
    after = story.depart()
    support.interview_in(story.bolat, story.goes, title="After")
    # What Bolat seals next names the one before it, which is on its way.
    opened(after, story.team.sealed(story.bolat, after, cases=(story.goes,), is_full=True))
    assert [one.kind for one in about_bundles(after)] == [NoticeKind.BUNDLE_MISSING]
    opened(after, late)
    assert about_bundles(after) == []
    # Nor does Bolat miss anything of what begins anew.
    support.interview_in(after, story.goes, title="Again")
    passed(after, story.bolat, story.team, cases=(story.goes,))
    assert about_bundles(story.bolat) == []


def test_what_is_lost_after_a_departure_is_still_missed(story: Story) -> None:
    exchange_both(story)
    after = story.depart()
    support.interview_in(story.bolat, story.goes, title="Lost")
    story.team.sealed(story.bolat, after, cases=(story.goes,), is_full=True)
    support.interview_in(story.bolat, story.goes, title="Found")
    opened(after, story.team.sealed(story.bolat, after, cases=(story.goes,), is_full=True))
    assert [one.count for one in about_bundles(after)] == [1]


def test_a_second_departure_raises_no_false_alarm(story: Story) -> None:
    # Of Chiara's last bundle the first departure leaves a hash alone; the second takes it, too.
    passed(story.aida, story.chiara, story.team, is_full=True)
    for case in (story.stays, story.goes):
        support.interview_in(story.chiara, case, title="Before")
        passed(story.chiara, story.aida, story.team, cases=(case,))
    story.depart()
    story.goes = story.stays
    last = story.depart()
    opened(last, story.team.sealed(story.chiara, last, cases=(story.stays,), is_full=True))
    assert about_bundles(last) == []


def test_what_was_put_aside_about_a_removed_case_is_forgotten(story: Story) -> None:
    for friend, case in ((story.bolat, story.goes), (story.chiara, story.stays)):
        support.interview_in(friend, case, title="Lost")
        story.team.sealed(friend, story.aida)
        support.interview_in(friend, case, title="Found")
        passed(friend, story.aida, story.team, cases=(case,))
    for notice in story.aida.trust.notices():
        story.aida.trust.put_aside(notice.key)
    assert len(dump(story.aida)["put_aside"]) > 1
    after = story.depart()
    assert after.trust.notices() == []
    kept = dump(after)["put_aside"]
    assert kept
    story.goes = story.stays
    assert dump(story.depart())["put_aside"] == []


def about_bundles(notebook: Notebook) -> list[ExchangeNotice]:
    """The notices that a bundle is missing."""
    kind = NoticeKind.BUNDLE_MISSING
    return [one for one in notebook.trust.notices() if one.kind == kind]


def test_a_second_departure_keeps_nothing_of_the_first(story: Story) -> None:
    passed(story.aida, story.chiara, story.team, is_full=True)
    for case in (story.stays, story.goes):
        support.interview_in(story.chiara, case, title="Before")
        passed(story.chiara, story.aida, story.team, cases=(case,))
    after = story.depart()
    story.goes = story.stays
    last = story.depart()
    assert last.cases() == []
    assert dump(last)["bundle"] == []
    assert after.folder == last.folder


def test_what_is_noted_of_a_bundle_that_was_interrupted_goes_with_its_case(story: Story) -> None:
    team = story.team
    written = [
        story.aida.write_sealed(
            story.aida.plan_seal(SealRequest(to=(friend.author,), cases=(case,), is_full=True)),
            team.out(),
            Silent(),
        )
        for friend, case in ((story.bolat, story.goes), (story.chiara, story.stays))
    ]
    for each in written:
        story.aida.note_sealed(each)
        each.drop()
    gone, kept = (each.bundles[0].bundle for each in written)
    folder = story.aida.folder
    story.aida.close()
    story.aida = support.unlock(folder, seed="interrupted")
    assert {one.bundle for one in noting.interrupted(database(story.aida))} == {gone, kept}
    after = story.depart()
    assert {one.bundle for one in noting.interrupted(database(after))} == {kept}


def test_by_which_mission_a_removed_bundle_came_is_forgotten(story: Story, tmp_path: Path) -> None:
    story.aida.travel.new_mission()
    laptop = travelling.traveller(tmp_path / "laptop", story.aida, author="Dana")
    story.goes = CaseId(support.case_in(laptop, "Sealed on the way"))
    laptop.close()
    travelling.opened(story.aida, travelling.bundles(tmp_path / "laptop"))
    assert story.aida.travel.missions()[0].bundles == 1
    after = story.depart()
    assert after.travel.missions()[0].bundles == 0
    assert dump(after)["came_by"] == []


def test_an_exchange_folder_does_not_bring_a_removed_case_back(
    story: Story, tmp_path: Path
) -> None:
    support.interview_in(story.bolat, story.goes, title="By a friend")
    shared = tmp_path / "shared"
    shared.mkdir()
    [file] = story.team.sealed(story.bolat, story.aida, cases=(story.goes,)).files
    bundle = file.rename(shared / file.name)
    opened(story.aida, [bundle])
    story.aida.set_setting("exchange-folder", str(shared))
    after = story.depart()
    assert after.setting("exchange-folder") is None
    [find] = Exchange(shared).round(after, Silent())
    assert find.state is State.PRESENT
    assert [row.case for row in after.cases()] == [story.stays]
    seen = after.inspect_bundle([bundle])
    assert (seen.is_already_opened, seen.was_removed) == (False, True)
    # Asked for by a person it does come back.
    assert opened(after, [bundle]).new > 0
    assert {row.case for row in after.rows()} == {story.stays, story.goes}


def test_what_is_kept_of_removed_bundles_tells_neither_which_nor_how_many(story: Story) -> None:
    exchange_both(story)
    gone = {row.id for row in affairs.opened_bundles(database(story.aida))}
    after = story.depart()
    kept = {row.id for row in affairs.opened_bundles(database(after))}
    db = database(after)
    assert [removed.is_one(db, bundle) for bundle in sorted(gone - kept)] == [True]
    assert not any(removed.is_one(db, bundle) for bundle in kept)
    stored = affairs.setting(db, removed.SETTING)
    assert isinstance(stored, dict)
    assert isinstance(stored["marks"], list)
    assert len(stored["marks"]) == removed.LEAST_MARKS
    assert not any(bundle in str(stored) for bundle in gone)
    story.goes = story.stays
    last = database(story.depart())
    assert all(removed.is_one(last, bundle) for bundle in gone)

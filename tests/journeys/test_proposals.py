"""Two notebooks go on writing one account: the merge that is proposed, saved once, holds both."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook.model import RecordId
from notebook.notebook import Notebook
from tests.notebook.support_exchange import Team, opened, passed, values
from tests.notebook.support_notebook import case_in
from tests.ui.desk_stage import Stage
from tests.ui.test_conflict_presenter import PaperConflict, build
from ui.conflict_presenter import ConflictPresenter, ConflictSheet

ACCOUNT = """Олар түнде келді. Біз ұйықтап жатқан едік. Ешкім үндемеді. Бұл ойдан шығарылған.

ئۇلار كېچىدە كەلدى. بىز ئۇخلاۋاتاتتۇق. ھېچكىم گەپ قىلمىدى. بۇ توقۇلما.

Они пришли ночью. Мы спали. Никто не говорил. Это выдумано.

他们晚上来了。我们在睡觉。没有人说话。这是虚构的。

They came at night. We were asleep. Nobody spoke. This is invented."""
OF_ONE = (
    ("Олар түнде келді.", "Олар таңға жақын келді."),
    ("ئۇلار كېچىدە كەلدى.", "ئۇلار تۆتەيلەن كەلدى."),
    ("Они пришли ночью.", "Они пришли ночью, вчетвером."),
    ("他们晚上来了。", "他们四个人晚上来了。"),
    ("They came at night.", "They came at night, four of them."),
)
OF_OTHER = (
    ("Ешкім үндемеді.", "Ешкім үндемеді, ит те үрмеді."),
    ("ھېچكىم گەپ قىلمىدى.", "ھېچكىم گەپ قىلمىدى، بالىلارمۇ."),
    ("Никто не говорил.", "Соседи молчали."),
    ("没有人说话。", "邻居没有说话。"),
    ("Nobody spoke.", "Nobody spoke, not even the dog."),
)


def written(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = Team(tmp_path)
    yield made
    made.close()


def shared(team: Team) -> tuple[Notebook, Notebook, RecordId]:
    """Two notebooks that both have an interview."""
    one, other = team.members("Aida", "Bolat")
    record, _ = one.add("interview", case_in(one), {"title": "Talk", "account": ACCOUNT})
    passed(one, other, team)
    return one, other, record


def looked_at(
    notebook: Notebook, record: RecordId
) -> tuple[ConflictPresenter, PaperConflict, ConflictSheet]:
    presenter, screen, _ends = build(Stage(notebook))
    presenter.show(record)
    assert screen.sheet is not None
    return presenter, screen, screen.sheet


def test_both_see_one_proposal_and_one_save_ends_the_conflict_for_both(team: Team) -> None:
    one, other, record = shared(team)
    one.edit(record, {"account": written(ACCOUNT, *OF_ONE)})
    other.edit(record, {"account": written(ACCOUNT, *OF_OTHER)})
    there, back = team.sealed(one, other), team.sealed(other, one)
    assert opened(other, there).conflicts == opened(one, back).conflicts == 1
    both = written(ACCOUNT, *OF_ONE, *OF_OTHER)
    for notebook in (one, other):
        _presenter, _screen, sheet = looked_at(notebook, record)
        proposal = sheet.fields[0].proposal
        assert proposal is not None
        assert proposal.text == both
        own, others = proposal.shares
        assert "Aida" in (own.who if notebook is one else others.who)
        assert len(own.written) == len(others.written) == 5
    assert len(values(one, record, "account")) == 2
    presenter, screen, _sheet = looked_at(one, record)
    screen.third = {"account": both}
    presenter.save()
    assert passed(one, other, team).conflicts == 0
    for notebook in (one, other):
        assert values(notebook, record, "account") == [both]
        assert notebook.record(record).conflicts == ()
        assert notebook.verify() == []


def test_what_comes_between_look_and_save_is_not_replaced(team: Team) -> None:
    one, other, record = shared(team)
    one.edit(record, {"account": written(ACCOUNT, *OF_ONE)})
    other.edit(record, {"account": written(ACCOUNT, *OF_OTHER)})
    passed(other, one, team)
    presenter, screen, sheet = looked_at(one, record)
    proposal = sheet.fields[0].proposal
    assert proposal is not None
    newest = written(ACCOUNT, *OF_OTHER, ("We were asleep.", "We slept."))
    other.edit(record, {"account": newest})
    passed(other, one, team)
    screen.third = {"account": proposal.text}
    presenter.save()
    assert sorted(map(str, values(one, record, "account"))) == sorted([proposal.text, newest])


def test_over_a_text_that_was_withdrawn_nothing_is_proposed(team: Team) -> None:
    one, other, record = shared(team)
    one.withdraw([record], "asked", fields=["account"])
    passed(one, other, team)
    # Consent was given anew on both sides, and both wrote over what is gone.
    one.edit(record, {"account": written(ACCOUNT, *OF_ONE)})
    other.edit(record, {"account": written(ACCOUNT, *OF_OTHER)})
    passed(other, one, team)
    assert len(values(one, record, "account")) == 2
    _presenter, _screen, sheet = looked_at(one, record)
    assert sheet.fields[0].proposal is None
    assert not sheet.fields[0].is_touching

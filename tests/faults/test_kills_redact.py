"""A copy with pseudonyms killed while it is made is there whole, or not at all."""

from pathlib import Path

import pytest

from notebook import disk, editing, folder
from notebook.derivative import PictureChoice
from notebook.health import Severity
from notebook.media import Region
from notebook.model import CaseId, RecordId
from notebook.notebook import Notebook
from tests.notebook import support_notebook as support
from tests.notebook.test_derivative import Story
from tests.notebook.test_quarantine import die_at

TITLE = "Derivative"


def make(notebook: Notebook, case: CaseId, evidence: RecordId) -> CaseId:
    proposal = notebook.copying.propose(case, "pseudonym")
    picture = PictureChoice(evidence=evidence, regions=(Region(x=10, y=20, width=30, height=40),))
    return CaseId(notebook.copying.make(proposal, proposal.swaps, TITLE, (picture,))[0])


@pytest.mark.parametrize(
    ("module", "name", "call", "is_made"),
    [
        # The picture is on its way to the disk; records are written; all is committed.
        (disk, "sync", 1, False),
        (disk, "sync_folder", 1, False),
        (editing, "add", 1, False),
        (editing, "add", 3, False),
        (folder, "write_head", 2, True),
    ],
)
def test_a_copy_killed_while_it_is_made_is_whole_or_absent(
    module: object, name: str, call: int, is_made: bool, tmp_path: Path
) -> None:
    place = tmp_path / "n"
    notebook = support.create(place)
    story = Story(notebook)
    notebook.close()

    def work() -> None:
        # It is unlocked in the process that dies, as to unlock writes a head, too.
        make(support.unlock(place, seed="killed"), story.case, story.evidence)

    die_at(call, work, module, name)
    notebook = support.unlock(place, seed="after")
    try:
        assert [f for f in notebook.verify() if f.severity is Severity.DAMAGE] == []
        copies = [row.case for row in notebook.rows(type="case") if row.case != story.case]
        if not is_made:
            assert copies == []
            # Nothing of it stands in the way of another.
            copies = [make(notebook, story.case, story.evidence)]
        (copy,) = copies
        assert len(notebook.rows(type="interview", case=copy)) == 1
        (picture,) = notebook.rows(type="evidence", case=copy)
        with notebook.evidence_content(picture.id) as reader:
            assert reader.read()
        with notebook.evidence_content(story.evidence) as reader:
            assert reader.read()
        assert notebook.history(story.interview)[-1].details["case"] == copy
    finally:
        notebook.close()

"""The front door's room for copies with pseudonyms: proposed, made, written as a page, found."""

from collections.abc import Sequence
from pathlib import Path

from notebook import copies, derivative, deriving, editing, report
from notebook.core import Core, at_the_door
from notebook.derivative import Left, PictureChoice, Proposal, Swap
from notebook.model import CaseId, Changes, RecordId
from notebook.progress import Progress, Silent


class Copying:
    """What readers get who may not know who is who. It belongs to the notebook's own thread."""

    def __init__(self, core: Core) -> None:
        self._core = core

    @at_the_door
    def propose(self, case: CaseId, level: str, progress: Progress | None = None) -> Proposal:
        """What a copy of a case would hold."""
        return derivative.propose(self._core.db, self._core.forms, case, level, progress)

    @at_the_door
    def make(
        self,
        proposal: Proposal,
        swaps: Sequence[Swap],
        title: str,
        pictures: Sequence[PictureChoice] = (),
        left: Sequence[Left] = (),
        progress: Progress | None = None,
    ) -> tuple[RecordId, Changes]:
        """Make the case. Raises BAD_INPUT for a swap, a picture or a title that does not fit."""
        return deriving.carry_out(
            self._core, proposal, swaps, title, pictures, left, progress or Silent()
        )

    @at_the_door
    def write_report(
        self,
        proposal: Proposal,
        swaps: Sequence[Swap],
        title: str,
        out: Path,
        *,
        purpose: str,
        left: Sequence[Left] = (),
        progress: Progress | None = None,
    ) -> Changes:
        """Write what a copy would hold as one plain page. Raises CONSENT_REFUSED."""
        return report.write(
            self._core,
            proposal,
            swaps,
            title,
            out,
            purpose=purpose,
            left=left,
            progress=progress or Silent(),
        )

    @at_the_door
    def made_of(self, id: RecordId) -> list[RecordId]:
        """The records of copies that go with this one when it is withdrawn."""
        row = editing.row_in(self._core.db, id)
        return [copy.id for copy in copies.of_record(self._core.db, row, self._core.author)]

"""Withdrawing consent: what it destroys, said before it is done. No Qt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook import withdrawal_reach
from notebook.i18n import _
from notebook.model import Changes, RecordId

if TYPE_CHECKING:
    from notebook.notebook import Notebook


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalSheet:
    """What a withdrawal destroys."""

    records: tuple[RecordId, ...]
    lines: tuple[str, ...]
    """Kind and title of each record."""
    stays: int = 0
    """So many records of the case stay, because the consent held for the whole case."""


def consequences(notebook: "Notebook", *, record: RecordId) -> WithdrawalSheet:
    """The record, what it covers if it is a consent, and all evidence about these.

    A case is withdrawn through the records in it: destroying its title would help nobody.
    """
    reach = withdrawal_reach.of(notebook, [record])
    # They go by themselves, and with a reason of their own.
    copies = dict.fromkeys(copy for id_ in reach.named for copy in notebook.copying.made_of(id_))
    return WithdrawalSheet(
        records=reach.named,
        lines=(
            *(_line(notebook, id_) for id_ in reach.named),
            *(_copy_line(notebook, copy) for copy in copies if copy not in reach.named),
        ),
        stays=len(reach.of_cases),
    )


def withdraw(notebook: "Notebook", *, records: Sequence[RecordId], reason: str) -> Changes:
    """Destroy what the records hold; runs in the notebook's lane."""
    return notebook.withdraw(records, reason)


def _copy_line(notebook: "Notebook", copy: RecordId) -> str:
    return _("{line}, in a copy with pseudonyms").format(line=_line(notebook, copy))


def _line(notebook: "Notebook", record: RecordId) -> str:
    found = notebook.record(record)
    label = notebook.forms[found.type].label if found.type in notebook.forms.by_type else ""
    return _("{type}: {title}").format(type=label, title=found.title or _("Untitled"))

"""Withdrawing consent: what it destroys, said before it is done. No Qt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook.i18n import _
from notebook.model import CaseId, Changes, RecordId
from ui.record_reading import find_record

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
    """The record, what its consent covers if it is a consent, and all evidence about these."""
    found = find_record(notebook, record)
    state = found.fields.get("covers") if found and found.type == "consent" else None
    covered = state.value if state else None
    ids = [record]
    if isinstance(covered, list | tuple):
        ids += [RecordId(target) for target in covered if isinstance(target, str)]
    for id_ in tuple(ids):
        ids += [row.id for row in notebook.evidence_of(id_)] if _is_here(notebook, id_) else []
    unique = tuple(dict.fromkeys(id_ for id_ in ids if _is_here(notebook, id_)))
    # They go by themselves, and with a reason of their own.
    copies = dict.fromkeys(copy for id_ in unique for copy in notebook.copying.made_of(id_))
    return WithdrawalSheet(
        records=unique,
        lines=(
            *(_line(notebook, id_) for id_ in unique),
            *(_copy_line(notebook, copy) for copy in copies if copy not in unique),
        ),
        stays=_stays(notebook, found.case, unique) if found and RecordId(found.case) in ids else 0,
    )


def _stays(notebook: "Notebook", case: CaseId, going: Sequence[RecordId]) -> int:
    needing = notebook.forms.needing_consent
    return sum(r.type in needing and r.id not in going for r in notebook.rows(case=case))


def withdraw(notebook: "Notebook", *, records: Sequence[RecordId], reason: str) -> Changes:
    """Destroy what the records hold; runs in the notebook's lane."""
    return notebook.withdraw(records, reason)


def _is_here(notebook: "Notebook", record: RecordId) -> bool:
    found = find_record(notebook, record)
    # A case is withdrawn through the records in it: destroying its title would help nobody.
    return found is not None and not found.is_withdrawn and found.type != "case"


def _copy_line(notebook: "Notebook", copy: RecordId) -> str:
    return _("{line}, in a copy with pseudonyms").format(line=_line(notebook, copy))


def _line(notebook: "Notebook", record: RecordId) -> str:
    found = notebook.record(record)
    label = notebook.forms[found.type].label if found.type in notebook.forms.by_type else ""
    return _("{type}: {title}").format(type=label, title=found.title or _("Untitled"))

"""Cases of earlier sessions or of headquarters: places for new records, otherwise unknown here."""

from notebook import strict_json
from notebook.errors import Code, NotebookError
from notebook.i18n import _
from notebook.model import CaseId, RecordId
from notebook.storage import records, travel
from notebook.storage.database import Database
from notebook.storage.records import RecordRow
from notebook.storage.travel import CarriedRow

SHORT_DIGITS = 8


def place(db: Database, row: CarriedRow) -> None:
    """Let such a case be chosen for new records, and show that it is one."""
    travel.carry(db, row)
    num = records.record_num(db, row.case, RecordId(row.case))
    records.set_type(db, num, "case")
    title = (
        _("Case {code}, from an earlier session")
        if row.count
        else _("Case {code}, of headquarters")
    ).format(code=code_of(row.case))
    records.store_projection(
        db,
        num,
        is_deleted=False,
        is_withdrawn=False,
        has_conflict=False,
        changed="",
        summary=strict_json.dump({"title": title, "missing": []}),
    )


def code_of(case: CaseId) -> str:
    """What a person calls a case of which only its number is known."""
    return case[:SHORT_DIGITS].upper()


def is_one(db: Database, row: RecordRow) -> bool:
    """Whether a record is such a case."""
    return row.id == RecordId(row.case) and travel.is_carried(db, row.case)


def refuse(db: Database, row: RecordRow) -> None:
    """Raise TRAVEL_MODE for a change of such a case."""
    if is_one(db, row):
        raise NotebookError(
            Code.TRAVEL_MODE,
            _("Of this case only its number is here, and it cannot be changed."),
            _("Nothing was changed."),
            _("Add records to it; headquarters can change it."),
        )

"""Cases of earlier travel sessions: places for new records, of which nothing else is known here."""

from notebook import strict_json
from notebook.errors import Code, NotebookError
from notebook.i18n import _
from notebook.model import RecordId
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
    title = _("Case {code}, from an earlier session").format(code=row.case[:SHORT_DIGITS].upper())
    records.store_projection(
        db,
        num,
        is_deleted=False,
        is_withdrawn=False,
        has_conflict=False,
        changed="",
        summary=strict_json.dump({"title": title, "missing": []}),
    )


def is_one(db: Database, row: RecordRow) -> bool:
    """Whether a record is such a case."""
    return row.id == RecordId(row.case) and travel.is_carried(db, row.case)


def refuse(db: Database, row: RecordRow) -> None:
    """Raise TRAVEL_MODE for a change of such a case."""
    if is_one(db, row):
        raise NotebookError(
            Code.TRAVEL_MODE,
            _("This case was written in an earlier session and cannot be changed here."),
            _("Nothing was changed."),
            _("Add records to it; headquarters can change it."),
        )

"""What was agreed: whether a record may leave, for which purpose (MC, OHCHR, EJ).

Unknown or unreadable consent permits nothing outside one's own team; inside it, it is a warning.
A recorded no or a withdrawal is obeyed everywhere.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from notebook import registers
from notebook.dates import is_date, sort_key
from notebook.forms import Forms
from notebook.model import Record, RecordId
from notebook.projection import COVERS
from notebook.storage import records
from notebook.storage.database import Database
from notebook.storage.records import RecordRow

TEAM = "team"
_YES, _NO = "yes", "no"


class Permission(StrEnum):
    """The answer, from best to worst."""

    PERMITTED = "permitted"
    NOT_NEEDED = "not-needed"
    MISSING = "consent-missing"
    """Nothing is recorded: a warning within the team, a refusal elsewhere."""
    REFUSED = "consent-refused"
    """A recorded no."""
    WITHDRAWN = "consent-withdrawn"
    EXPIRED = "consent-expired"
    EMBARGOED = "consent-embargoed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a record may leave for a purpose, and which consent says so."""

    permission: Permission
    consent: RecordId | None = None

    def may_leave(self, purpose: str) -> bool:
        """Whether the record may leave; within the team also without a recorded consent."""
        if self.permission in (Permission.PERMITTED, Permission.NOT_NEEDED):
            return True
        return self.permission is Permission.MISSING and purpose == TEAM


def purposes(forms: Forms) -> tuple[str, ...]:
    """Every purpose that the consent form knows."""
    return tuple(field.purpose for field in forms["consent"].fields if field.purpose)


def verdict(db: Database, forms: Forms, row: RecordRow, purpose: str, today: date) -> Verdict:
    """What the consents that cover a record say about a purpose; the strictest one counts."""
    return Judge(db, forms, purpose, today).verdict(row)


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges many records for one purpose on one day, each consent once."""

    db: Database
    forms: Forms
    purpose: str
    today: date
    _known: dict[int, Verdict] = field(default_factory=dict)

    def verdict(self, row: RecordRow) -> Verdict:
        """What the consents that cover a record say; the strictest one counts."""
        form = self.forms.by_type.get(row.type)
        if form is not None and form.consent != "needed":
            return Verdict(permission=Permission.NOT_NEEDED)
        verdicts = [self._one(consent) for consent in _covering(self.db, self.forms, row, set())]
        if not verdicts:
            return Verdict(permission=Permission.MISSING)
        return max(verdicts, key=lambda found: list(Permission).index(found.permission))

    def _one(self, consent: RecordRow) -> Verdict:
        if consent.num not in self._known:
            self._known[consent.num] = _one(self.db, self.forms, consent, self.purpose, self.today)
        return self._known[consent.num]


def _covering(
    db: Database, forms: Forms, row: RecordRow, visited: set[RecordId]
) -> list[RecordRow]:
    """The consents that name a record, its case, or what the record is about."""
    if row.id in visited:
        return []
    visited.add(row.id)
    found = [
        consent
        for target in (row.id, RecordId(row.case))
        for field, consent in records.links_to(db, target)
        if field == COVERS and consent.case == row.case and not consent.is_deleted
    ]
    form = forms.by_type.get(row.type)
    passing = {field.name for field in form.fields if field.passes_consent} if form else set()
    for name, target in records.links_from(db, row.num):
        about = records.find_in_case(db, row.case, target) if name in passing else None
        if about is not None:
            found += _covering(db, forms, about, visited)
    return list({consent.num: consent for consent in found}.values())


def _one(db: Database, forms: Forms, consent: RecordRow, purpose: str, today: date) -> Verdict:
    if consent.is_withdrawn:
        return Verdict(permission=Permission.WITHDRAWN, consent=consent.id)
    record = registers.load(db, forms, consent)
    return Verdict(permission=_permission(forms, record, purpose, today), consent=consent.id)


def _permission(forms: Forms, record: Record, purpose: str, today: date) -> Permission:
    if "withdrawn" in record.fields:
        return Permission.WITHDRAWN
    now = (today.year, today.month, today.day)
    # An end that cannot be read has come: unreadable consent permits nothing.
    if any(sort_key(text)[0] <= now or not is_date(text) for text in _texts(record, "expiry")):
        return Permission.EXPIRED
    if any(sort_key(text)[1] > now for text in _texts(record, "embargo")) and purpose != TEAM:
        return Permission.EMBARGOED
    cell = next((f.name for f in forms["consent"].fields if f.purpose == purpose), None)
    state = record.fields.get(cell) if cell else None
    answers = {version.value for version in state.versions} if state else set()
    if _NO in answers:
        return Permission.REFUSED
    return Permission.PERMITTED if answers == {_YES} else Permission.MISSING


def _texts(record: Record, name: str) -> list[str]:
    state = record.fields.get(name)
    return [v.value for v in state.versions if isinstance(v.value, str)] if state else []

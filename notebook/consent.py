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
from notebook.model import JsonValue, RecordId
from notebook.projection import COVERS
from notebook.storage import entries, records, withdrawals
from notebook.storage.database import Database
from notebook.storage.records import RecordRow

TEAM = "team"
NAMED_PUBLICATION = "publication-named"
"""Its yes says by itself that the person may be named."""
_YES, _NO, _IN_FULL = "yes", "no", "full"
SOUND = "use_audio"
_USE, _LEVEL = "use_", "level_"


class Permission(StrEnum):
    """The answer, from best to worst: what nobody can override stands last."""

    PERMITTED = "permitted"
    NOT_NEEDED = "not-needed"
    MISSING = "consent-missing"
    """Nothing is recorded: a warning within the team, a refusal elsewhere."""
    EMBARGOED = "consent-embargoed"
    EXPIRED = "consent-expired"
    REFUSED = "consent-refused"
    """A recorded no."""
    WITHDRAWN = "consent-withdrawn"


OVERRIDABLE = frozenset({Permission.MISSING, Permission.EMBARGOED, Permission.EXPIRED})
"""What a person may override with a reason; a recorded no and a withdrawal are obeyed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a record may leave for a purpose, and which consent says so."""

    permission: Permission
    purpose: str
    consent: RecordId | None = None

    @property
    def may_leave(self) -> bool:
        """Whether the record may leave; within the team also without a recorded consent."""
        if self.permission in (Permission.PERMITTED, Permission.NOT_NEEDED):
            return True
        return self.permission is Permission.MISSING and self.purpose == TEAM

    @property
    def badness(self) -> tuple[bool, int]:
        """What the strictest of several verdicts has most of."""
        return not self.may_leave, list(Permission).index(self.permission)


def purposes(forms: Forms) -> tuple[str, ...]:
    """Every purpose that the consent form knows."""
    return tuple(field.purpose for field in forms["consent"].fields if field.purpose)


def asked_for(purpose: str, role: str) -> tuple[str, ...]:
    """The purposes that a consent is asked for: what it is for, and who the reader is.

    Whoever is marked as somebody outside the team is not given anything as a member of the team.
    """
    if role in ("", purpose):
        return (purpose,)
    return (role,) if purpose == TEAM else (purpose, role)


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges many records for some purposes on one day, each consent once."""

    db: Database
    forms: Forms
    purposes: tuple[str, ...]
    today: date
    """The calendar day where the person is."""
    _known: dict[tuple[int, str], Verdict] = field(default_factory=dict)
    _named: dict[int, bool] = field(default_factory=dict)

    def verdict(self, row: RecordRow) -> Verdict:
        """What the consents that cover a record say; the strictest one counts."""
        form = self.forms.by_type.get(row.type)
        if form is not None and form.consent != "needed":
            return Verdict(permission=Permission.NOT_NEEDED, purpose=self.purposes[0])
        consents = _covering(self.db, self.forms, row, set())
        found = [self._one(consent, purpose) for consent in consents for purpose in self.purposes]
        if not consents:
            found = [Verdict(permission=Permission.MISSING, purpose=p) for p in self.purposes]
        return max(found, key=lambda verdict: verdict.badness)

    def may_name(self, row: RecordRow) -> bool:
        """Whether a record's identity fields may leave: outside the team only by a recorded yes."""
        if row.num not in self._named:
            consents = _covering(self.db, self.forms, row, set())
            outside = [purpose for purpose in self.purposes if purpose != TEAM]
            self._named[row.num] = not outside or (
                bool(consents)
                and all(
                    _names_in_full(self.db, self.forms, consent, purpose)
                    for consent in consents
                    for purpose in outside
                )
            )
        return self._named[row.num]

    def _one(self, consent: RecordRow, purpose: str) -> Verdict:
        key = (consent.num, purpose)
        if key not in self._known:
            self._known[key] = _one(self.db, self.forms, consent, purpose, self.today)
        return self._known[key]


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
    for target in _about(db, forms, row):
        about = records.find_in_case(db, row.case, target)
        if about is not None:
            found += _covering(db, forms, about, visited)
    return list({consent.num: consent for consent in found}.values())


def _about(db: Database, forms: Forms, row: RecordRow) -> list[RecordId]:
    """What a record is about, so that its consent holds; hidden by a withdrawal that waits, too."""
    form = forms.by_type.get(row.type)
    passing = {field.name for field in form.fields if field.passes_consent} if form else set()
    found = [target for name, target in records.links_from(db, row.num) if name in passing]
    waiting = [w for w in withdrawals.of_record(db, row.num) if not w.is_confirmed]
    hidden = {name for name in passing if any(w.covers(name) for w in waiting)}
    if hidden:
        members = registers.members(db, row)
        values = [
            v.value for name in hidden for m in members.get(name, ()) for v in m.state.versions
        ]
        found += [RecordId(str(value)) for value in values if registers.is_record_id(value)]
    return found


def _one(db: Database, forms: Forms, consent: RecordRow, purpose: str, today: date) -> Verdict:
    permission = Permission.WITHDRAWN
    if not consent.is_withdrawn:
        permission = _permission(_Told(db, consent), _cell(forms, purpose), purpose, today)
    return Verdict(permission=permission, purpose=purpose, consent=consent.id)


def may_record(db: Database, forms: Forms, row: RecordRow, today: date) -> Permission:
    """What the consents that cover a record say of recording sound; the strictest one counts."""
    found = [
        Permission.WITHDRAWN
        if consent.is_withdrawn
        else _permission(_Told(db, consent), SOUND, TEAM, today)
        for consent in _covering(db, forms, row, set())
    ]
    return max(found, key=list(Permission).index, default=Permission.MISSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answers:
    """What every head of one field of a consent says."""

    values: tuple[JsonValue, ...] = ()
    is_whole: bool = True
    """Whether all of it can be read, and nobody withdrew it."""

    @property
    def texts(self) -> list[str]:
        return [value for value in self.values if isinstance(value, str)]

    def are_all(self, answer: str) -> bool:
        return self.is_whole and bool(self.values) and all(v == answer for v in self.values)


class _Told:
    """A consent as it was told, hidden fields too.

    Somebody's withdrawal of a no, or of a limit, must not permit more while it waits for a
    person's word; what is destroyed, or not here, may have been a limit.
    """

    def __init__(self, db: Database, consent: RecordRow) -> None:
        self._db = db
        self._heads = records.heads(db, consent.num)
        self._withdrawals = withdrawals.of_record(db, consent.num)

    @property
    def is_about_something(self) -> bool:
        """Whether what it covers was not withdrawn."""
        return not any(w.covers(COVERS) for w in self._withdrawals)

    def answers(self, name: str | None) -> _Answers:
        """What is said in a field."""
        if name is None:
            return _Answers()
        stored = [entries.value(self._db, head.part) for head in self._heads.get(name, [])]
        values = tuple(registers.parsed(value) for value in stored if value is not None)
        is_hidden = any(w.covers(name) and not w.is_confirmed for w in self._withdrawals)
        are_words = all(value is None or isinstance(value, str) for value in values)
        return _Answers(
            values=values, is_whole=are_words and not is_hidden and len(values) == len(stored)
        )


def _permission(told: _Told, cell: str | None, purpose: str, today: date) -> Permission:
    """What one consent says. A day that it names is a whole day: it ends as that day begins."""
    withdrawn = told.answers("withdrawn")
    if any(value is not None for value in withdrawn.values):
        return Permission.WITHDRAWN
    answers = told.answers(cell)
    if _NO in answers.values:
        return Permission.REFUSED
    now = (today.year, today.month, today.day)
    expiry, embargo = told.answers("expiry"), told.answers("embargo")
    # An end that cannot be read has come: unreadable consent permits nothing.
    if any(sort_key(text)[0] <= now or not is_date(text) for text in expiry.texts):
        return Permission.EXPIRED
    if any(sort_key(text)[1] > now for text in embargo.texts) and purpose != TEAM:
        return Permission.EMBARGOED
    is_readable = all(limit.is_whole for limit in (withdrawn, expiry, embargo))
    if answers.are_all(_YES) and is_readable and told.is_about_something:
        return Permission.PERMITTED
    return Permission.MISSING


def _names_in_full(db: Database, forms: Forms, consent: RecordRow, purpose: str) -> bool:
    """Whether a consent lets its person be named: by every answer to how they are to be named."""
    if purpose == NAMED_PUBLICATION:
        return True
    cell = _cell(forms, purpose)
    if cell is None or consent.is_withdrawn:
        return False
    return _Told(db, consent).answers(cell.replace(_USE, _LEVEL, 1)).are_all(_IN_FULL)


def _cell(forms: Forms, purpose: str) -> str | None:
    return next((f.name for f in forms["consent"].fields if f.purpose == purpose), None)

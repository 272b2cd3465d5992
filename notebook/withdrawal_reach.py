"""What a withdrawal should reach, told before it is done: what a consent covers, and evidence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from notebook.model import RecordId, bare_id
from notebook.notebook import Notebook
from notebook.projection import COVERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Visible records, without the cases themselves."""

    named: tuple[RecordId, ...]
    """The records meant, what a consent among them covers, and the evidence about any of these."""
    of_cases: tuple[RecordId, ...]
    """The others that need consent in a case that is meant or covered as a whole."""


def of(notebook: Notebook, ids: Sequence[RecordId]) -> Reach:
    """What follows from withdrawing these records. Raises UNKNOWN_RECORD."""
    rows = {row.id: row for row in notebook.rows()}
    # Two cases may claim one id: a consent means the one of its own case.
    at_home = {(row.case, bare_id(row.id)): row.id for row in rows.values()}
    meant = dict.fromkeys(id_ for id_ in ids if id_ in rows)
    for id_ in tuple(meant):
        covered = _covered(notebook, id_) if rows[id_].type == "consent" else ()
        homes = ((rows[id_].case, target) for target in covered)
        meant |= dict.fromkeys(at_home[home] for home in homes if home in at_home)
    cases = {str(id_) for id_ in meant if rows[id_].type == "case"}
    about = [row.id for id_ in meant for row in notebook.evidence_of(id_)]
    named = dict.fromkeys(id_ for id_ in (*meant, *about) if id_ not in cases)
    needing = notebook.forms.needing_consent
    return Reach(
        named=tuple(named),
        of_cases=tuple(
            row.id
            for row in rows.values()
            if row.case in cases and row.type in needing and row.id not in named
        ),
    )


def _covered(notebook: Notebook, consent: RecordId) -> Iterator[str]:
    state = notebook.record(consent).fields.get(COVERS)
    value = state.value if state else None
    yield from (each for each in value if isinstance(each, str)) if isinstance(value, list) else ()

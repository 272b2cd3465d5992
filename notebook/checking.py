"""The full check of an open notebook: slots, database, drafts, journal, evidence."""

from collections.abc import Iterator

from notebook import health, listing
from notebook.core import Core
from notebook.errors import Code, NotebookError
from notebook.health import Finding
from notebook.progress import Progress


def check(core: Core, progress: Progress) -> Iterator[Finding]:
    """The findings as they come; on a snapshot of its own, so in any thread."""
    allows_testing = core.environment.allows_testing
    yield from core.status.findings
    yield from health.check_slots(core.place, allows_testing=allows_testing)
    yield from health.check_database(core.place, core.notebook_key)
    yield from health.check_drafts(core.place, core.notebook_key)
    try:
        with core.snapshot() as db:
            yield from health.check_journal(db, progress)
            named = frozenset(listing.evidence_hashes(db, core.forms, None))
            yield from health.check_objects(db, core.store, named, progress)
    except NotebookError as trouble:
        if trouble.code is not Code.DAMAGED:
            raise
        # A check says how far it came; it does not fall over what it looks for.
        yield health.database_finding()

"""What a bundle is made of, rendered from one snapshot as often as it is asked for."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, tzinfo
from functools import partial
from typing import TYPE_CHECKING

from crypto import container
from crypto.container import Payload
from crypto.identity import Identity
from crypto.primitives import RandomBytes, sha256
from notebook import listing, selection, sniff, views
from notebook.envelope import Envelope, Have, Range
from notebook.environment import local_day, timestamp
from notebook.errors import Code, NotebookError
from notebook.evidence import READ_BYTES, ObjectReader, ObjectStore
from notebook.forms import Forms
from notebook.i18n import _
from notebook.journal import Entry, Part
from notebook.model import AuthorId, CaseId, Clock, RecordId, Sha256
from notebook.obeying import steward
from notebook.pages import Told, told_by
from notebook.selection import Chain, Selection
from notebook.storage import affairs, records
from notebook.storage.database import Database, DatabaseDamaged

if TYPE_CHECKING:
    # An open notebook that travels makes payloads itself.
    from notebook.core import Core

# 32 hex digits of the author: the archive's names may have 95 characters, and a full id does not
# fit behind the case. A name proves nothing; every line carries its author whole.
_AUTHOR_DIGITS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealer:
    """What sealing needs of the notebook, without the notebook."""

    forms: Forms
    identity: Identity
    author: AuthorId
    store: ObjectStore
    clock: Clock
    random: RandomBytes
    zone: tzinfo | None = None

    def today(self) -> date:
        """The current day in UTC, as envelopes say it: a zone would tell where somebody is."""
        return date.fromisoformat(timestamp(self.clock)[:10])

    def local_day(self) -> date:
        """The calendar day where the person is, as consents mean it."""
        return local_day(self.clock, self.zone)


def sealer_of(core: "Core") -> Sealer:
    """What sealing and opening need of an open notebook. Raises TRAVEL_MODE when it travels."""
    core.refuse_travelling()
    return Sealer(
        forms=core.forms,
        identity=core.identity,
        author=core.author,
        store=core.store,
        clock=core.environment.clock,
        random=core.environment.random,
        zone=core.environment.zone,
    )


@dataclass(frozen=True, slots=True)
class Content:
    """The envelope and the payload of one bundle."""

    db: Database
    sealer: Sealer
    chosen: Selection

    def envelope(self, bundle: str) -> Envelope:
        """The envelope but for its readers."""
        cases = self.chosen.cases
        holds: dict[str, dict[str, Range]] = {}
        for chain in self.chosen.chains:
            holds.setdefault(chain.case, {})[chain.author] = Range(
                after=chain.after, up_to=chain.last, count=len(chain.nums)
            )
        return Envelope(
            bundle=bundle,
            kind=self.chosen.kind,
            cases=cases,
            sealer=self.sealer.author,
            day=self.sealer.today().isoformat(),
            to=(),
            have={case: self._have(case) for case in cases},
            holds=holds,
            evidence={sha: self._object(sha).size_bytes for sha in self.chosen.evidence},
            belongs={
                case: tuple(sorted(files)) for case, files in sorted(self.chosen.files.items())
            },
            omitted=tuple(sorted(self.chosen.omitted)),
        )

    def _have(self, case: CaseId) -> Have:
        is_steward = steward(self.db, case) == self.sealer.author
        return selection.have(self.db, case, self._named(case), is_steward=is_steward)

    def _named(self, case: CaseId) -> dict[Sha256, bool]:
        """The evidence that this case names, and whether its file is here."""
        found = listing.evidence_hashes(self.db, self.sealer.forms, case)
        # A file that is here with another case counts as lacking, and so is not betrayed.
        return {sha: affairs.is_file_of(self.db, sha, case) for sha in found}

    def _object(self, sha: Sha256) -> affairs.ObjectRow:
        row = affairs.evidence_object(self.db, sha)
        if row is None:
            raise DatabaseDamaged("an evidence object is gone from the table")
        return row

    def payload(self) -> Iterator[Payload]:
        """Every payload file in its order: readme, card, crate, log, view, evidence."""
        paths = {sha: self._evidence_path(sha) for sha in self.chosen.evidence}
        yield _constant("data/readme.txt", views.README)
        yield _constant("data/sealer.card", self.sealer.identity.card().encode().encode())
        yield _constant("data/ro-crate-metadata.json", self._crate(paths))
        for chain in self.chosen.chains:
            name = f"data/log/{chain.case}/{chain.author[:_AUTHOR_DIGITS]}.jsonl"
            yield container.measure(name, partial(self._log, chain))
        index: list[tuple[str, str, str]] = []
        names: set[str] = set()
        told = told_by(self.db, self.chosen)
        for num in self.chosen.records:
            page = told.page(num)
            if page is None:
                continue
            name = f"{page.id}.html"
            if name in names:
                # Another case claims the same id.
                name = f"{page.id}.{records.by_num(self.db, num).case}.html"
            names.add(name)
            index.append((name, page.type, page.title))
            html = views.render_page(page, self.sealer.forms, paths, self.sealer.author)
            # Rendered again when it is written, so that not all pages are held at once.
            yield Payload(
                name=f"data/view/{name}",
                size_bytes=len(html),
                sha256=sha256(html),
                chunks=partial(self._page, told, num, paths),
            )
        card = self.sealer.identity.card()
        about = views.About(
            sealer=card.name,
            fingerprint=card.fingerprint(),
            day=self.sealer.today().isoformat(),
            entry_count=sum(len(chain.nums) for chain in self.chosen.chains),
            withheld_count=told.withheld_count,
            file_count=len(paths),
        )
        listed = views.render_index(index, self.sealer.forms, about)
        yield _constant("data/view/index.html", listed)
        for sha, path in paths.items():
            row = self._object(sha)
            yield Payload(
                name="data/" + path,
                size_bytes=row.size_bytes,
                sha256=bytes.fromhex(sha),
                chunks=partial(self._evidence, sha),
            )

    def _crate(self, paths: Mapping[Sha256, str]) -> bytes:
        files = {
            path: (sniff.media_type(self._beginning(sha)), self._object(sha).size_bytes)
            for sha, path in paths.items()
        }
        cases = sorted({chain.case for chain in self.chosen.chains})
        return views.render_crate(self.sealer.today().isoformat(), cases, files)

    def _beginning(self, sha: Sha256) -> bytes:
        with self._file(sha) as reader:
            return reader.read(sniff.SNIFF_BYTES)

    @contextmanager
    def _file(self, sha: Sha256) -> Iterator[ObjectReader]:
        """The content of a file. Raises DAMAGED with the records that name it."""
        try:
            with self.sealer.store.open(self._object(sha)) as reader:
                yield reader
        except NotebookError as error:
            if error.code is not Code.DAMAGED:
                raise
            raise _damaged(listing.naming(self.db, self.sealer.forms, sha)) from None

    def _evidence_path(self, sha: Sha256) -> str:
        extension = sniff.extension(sniff.media_type(self._beginning(sha)))
        return f"evidence/{sha}.{extension}"

    def _log(self, chain: Chain) -> Iterator[bytes]:
        for entry, parts in selection.lines(self.db, self.chosen, chain):
            yield _line(entry, parts)

    def _page(self, told: Told, num: int, paths: Mapping[Sha256, str]) -> Iterator[bytes]:
        page = told.page(num)
        if page is not None:
            yield views.render_page(page, self.sealer.forms, paths, self.sealer.author)

    def _evidence(self, sha: Sha256) -> Iterator[bytes]:
        with self._file(sha) as reader:
            while chunk := reader.read(READ_BYTES):
                yield chunk


def _damaged(named_by: Sequence[RecordId]) -> NotebookError:
    """The trouble of a file that should leave and is not whole."""
    return NotebookError(
        Code.DAMAGED,
        _("A file of the evidence is damaged or missing."),
        _("No bundle was left there, and everything else is unaffected."),
        _("Leave it out, or bring it back first: from a contact who has it, or from a backup."),
        records=tuple(named_by),
    )


def _line(entry: Entry, parts: Sequence[Part]) -> bytes:
    return entry.encode_line(parts)


def _constant(name: str, content: bytes) -> Payload:
    return container.measure(name, lambda: iter((content,)))

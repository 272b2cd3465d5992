"""Bundles signed by a trusted contact and hostile inside: refused whole, and nothing changes."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest

from crypto import primitives
from notebook import journal, opening, strict_json
from notebook.errors import Code, NotebookError
from notebook.handover import SealRequest
from notebook.journal import BadEntry, Entry, PartRef
from notebook.model import CaseId, EntryId, JsonValue, Kind, RecordId, id_in_case
from notebook.opening import Accept
from notebook.storage import entries
from tests.notebook import support_notebook as support
from tests.notebook.support_exchange import (
    Author,
    Team,
    database,
    dump,
    files_of,
    forged,
    holds_of,
    know,
    log_of,
    opened,
    values,
)

CONTENT = b"what a file holds"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Scene:
    """A reader with a case, a contact they trust, and what the contact wants to slip in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.team = Team(folder)
        self.reader, self.sealer = self.team.members("Reader", "Mallory")
        self.case = support.case_in(self.reader)
        self.record = support.interview_in(self.reader, self.case, account="It was dawn.")
        self.author = Author(self.sealer, self.case)

    def refuses(self, code: Code, files: Mapping[str, bytes], **how: object) -> None:
        """Open the bundle, be refused, and find every table and every file as before."""
        path = forged(self.sealer, self.reader, self.folder / "bundle", files, **how)  # type: ignore[arg-type]  # as the test means
        before, stored = dump(self.reader), files_of(self.reader)
        with pytest.raises(NotebookError) as refused:
            opened(self.reader, [path])
        assert refused.value.code is code
        assert dump(self.reader) == before
        assert files_of(self.reader) == stored

    def takes(self, files: Mapping[str, bytes], **how: object) -> int:
        """Open the bundle; how many entries were new."""
        path = forged(self.sealer, self.reader, self.folder / os.urandom(4).hex(), files, **how)  # type: ignore[arg-type]  # as the test means
        return opened(self.reader, [path]).new


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    yield made
    made.team.close()


def test_a_forged_bundle_that_is_in_order_is_taken(scene: Scene) -> None:
    assert scene.takes(log_of(scene.author.note(), scene.author.note())) == 2


# The envelope.


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"critical": ["burn-after-reading"]}, Code.BUNDLE_REFUSED),
        ({"v": 3}, Code.BUNDLE_REFUSED),
        ({"v": 3, "more": {}}, Code.BUNDLE_REFUSED),
        ({"v": 1}, Code.BUNDLE_DAMAGED),
        ({"v": 0}, Code.BUNDLE_DAMAGED),
        ({"more": {}}, Code.BUNDLE_DAMAGED),
        ({"kind": "gift"}, Code.BUNDLE_DAMAGED),
        ({"day": "\x1b[2J"}, Code.BUNDLE_DAMAGED),
        ({"sealer": "00" * 32}, Code.BUNDLE_DAMAGED),
        ({"cases": []}, Code.BUNDLE_DAMAGED),
        ({"holds": {}}, Code.BUNDLE_DAMAGED),
        ({"to": []}, Code.FORWARDED),
        ({"evidence": {SHA256: 17}}, Code.BUNDLE_DAMAGED),
        ({"have": {"ab" * 16: {"tips": {}, "lacks": []}}}, Code.BUNDLE_DAMAGED),
    ],
)
def test_an_envelope_that_says_otherwise_is_refused(
    scene: Scene, said: dict[str, object], code: Code
) -> None:
    scene.refuses(code, log_of(scene.author.note()), said=said)


def test_who_sealed_it_and_for_whom_is_asked_before_what_a_newer_program_would_have_to_know(
    scene: Scene,
) -> None:
    asks = {"critical": ["burn-after-reading"]}
    log = log_of(scene.author.note())
    scene.refuses(Code.FORWARDED, log, said=asks | {"to": []})
    stranger = scene.team.member("Stranger")
    note = Author(stranger, scene.case).note()
    path = forged(stranger, scene.reader, scene.folder / "other", log_of(note), said=asks)
    with pytest.raises(NotebookError) as unknown:
        opened(scene.reader, [path])
    assert unknown.value.code is Code.UNKNOWN_SEALER
    (waiting,) = scene.reader.trust.quarantined()
    assert scene.reader.inspect_bundle(waiting.paths).sealer == stranger.author
    before = dump(scene.reader)
    with pytest.raises(NotebookError) as refused:
        scene.reader.open_bundle(waiting.paths, accept_unknown=Accept(sealer=stranger.author))
    assert refused.value.code is Code.BUNDLE_REFUSED
    assert dump(scene.reader) == before
    assert [one.id for one in scene.reader.trust.quarantined()] == [waiting.id]


@pytest.mark.parametrize("lack", ["z" * 64, "ab" * 32 + ":01", "ab" * 32 + ":4096", "a b", ""])
def test_a_lack_that_is_none_is_refused(scene: Scene, lack: str) -> None:
    have = {scene.case: {"tips": {}, "lacks": [lack]}}
    scene.refuses(Code.BUNDLE_DAMAGED, log_of(scene.author.note()), said={"have": have})


def test_the_card_of_another_author_is_refused(scene: Scene) -> None:
    other = scene.team.member("Other").my_card().encode().encode()
    scene.refuses(Code.BUNDLE_DAMAGED, log_of(scene.author.note()), card=other)


def test_a_bundle_without_a_card_is_refused(scene: Scene) -> None:
    scene.refuses(Code.BUNDLE_DAMAGED, log_of(scene.author.note()), has_card=False)


def test_a_card_that_is_none_is_refused(scene: Scene) -> None:
    scene.refuses(Code.BUNDLE_DAMAGED, log_of(scene.author.note()), card=b"\xff\xfe")


def test_an_entry_of_a_kind_of_a_later_version_is_kept_writes_nothing_and_is_passed_on(
    scene: Scene,
) -> None:
    third = scene.team.member("Third")
    know(scene.reader, third)
    know(third, scene.reader)
    tomorrow = scene.author.write(scene.record, {"account": "new words"}, kind="ponder")
    assert scene.takes(log_of(tomorrow)) == 1
    assert values(scene.reader, scene.record, "account") == ["It was dawn."]
    for sender, reader in ((scene.reader, third), (third, scene.reader)):
        opened(reader, scene.team.sealed(sender, reader, is_full=True))
    assert values(third, scene.record, "account") == ["It was dawn."]
    kept = entries.load(database(third), entries.entry_num(database(third), tomorrow.id) or 0)
    assert (kept.header_bytes, kept.signature) == (tomorrow.header_bytes, tomorrow.signature)
    assert [part.value for part in kept.parts] == [part.value for part in tomorrow.parts]
    # It alone is something to send.
    later = scene.author.write(scene.record, {"account": "more"}, kind="ponder")
    assert scene.takes(log_of(later)) == 1
    assert scene.team.sealed(scene.reader, third).files


# The lines.


def line_of(entry: Entry) -> dict[str, object]:
    return dict(json.loads(entry.encode_line()))


def encoded(line: Mapping[str, object]) -> bytes:
    return json.dumps(line).encode() + b"\n"


def resigned(scene: Scene, line: dict[str, object], **header: object) -> bytes:
    """The line with another header, signed again by its author."""
    text = json.dumps(json.loads(str(line["h"])) | header)
    message = journal.signed_message(text.encode())
    seed = scene.sealer._core.identity.signing_seed
    signature = primitives.ed25519_sign(seed, message).hex()
    return encoded(line | {"h": text, "s": signature})


def holding(scene: Scene, count: int = 1) -> dict[str, object]:
    span = {"after": "", "to": "ab" * 32, "count": count}
    return {"cases": [scene.case], "holds": {scene.case: {scene.sealer.author: span}}}


def cut_value(scene: Scene, line: dict[str, object]) -> bytes:
    part = dict(json.loads(json.dumps(line["p"]))[0])
    return encoded(line | {"p": [part | {"v": '"person"'}, *line["p"][1:]]})  # type: ignore[index]  # as the test means


def cut_frame(scene: Scene, line: dict[str, object]) -> bytes:
    parts = json.loads(json.dumps(line["p"]))
    frame = json.loads(parts[1]["f"]) | {"field": "account"}
    parts[1]["f"] = strict_json.dump(frame).decode()
    return encoded(line | {"p": parts})


Mangle = Callable[[Scene, dict[str, object]], bytes]
MANGLED: dict[str, Mangle] = {
    "another value": cut_value,
    "another frame": cut_frame,
    "a part less": lambda scene, line: encoded(line | {"p": line["p"][:-1]}),  # type: ignore[index]  # as the test means
    "a part that is no object": lambda scene, line: encoded(line | {"p": [1, 2]}),
    "a signature of zeros": lambda scene, line: encoded(line | {"s": "00" * 64}),
    "another header": lambda scene, line: encoded(
        line | {"h": str(line["h"]).replace("2026", "2027")}
    ),
    "a key twice": lambda scene, line: encoded(line).replace(b'"s":', b'"s": "", "s":', 1),
    "one more key": lambda scene, line: encoded(line | {"x": 1}),
    "no line at all": lambda scene, line: b"{}\n",
    "an empty line": lambda scene, line: b"\n" + encoded(line),
    "not UTF-8": lambda scene, line: b"\xff\n",
    "deep": lambda scene, line: b"[" * 100_000 + b"\n",
    "no line feed at the end": lambda scene, line: encoded(line).strip(),
    "a newer version": lambda scene, line: resigned(scene, line, v=2),
    "a huge number": lambda scene, line: resigned(scene, line, seq=2**53 + 1),
    "a number that does not begin at 0": lambda scene, line: resigned(scene, line, seq=7),
    "a number 0 with a parent": lambda scene, line: resigned(scene, line, prev="ab" * 32),
    "a negative number": lambda scene, line: resigned(scene, line, seq=-1),
    "a truth for a number": lambda scene, line: resigned(scene, line, seq=True),
    "another case": lambda scene, line: resigned(scene, line, case="cd" * 16),
    "another author": lambda scene, line: resigned(scene, line, dev="cd" * 32),
    "no parts": lambda scene, line: resigned(scene, line | {"p": []}, parts=[]),
    "4097 parts": lambda scene, line: resigned(
        scene,
        line | {"p": [{}] * 4097},
        parts=[{"f": "ab" * 32, "c": "ab" * 32, "n": 1}] * 4097,
    ),
    "a wrong length": lambda scene, line: resigned(
        scene,
        line,
        parts=[p | {"n": 2 * p["n"]} for p in json.loads(str(line["h"]))["parts"]],
    ),
}


@pytest.mark.parametrize("name", MANGLED)
def test_a_mangled_line_is_refused_with_all_the_bundle(scene: Scene, name: str) -> None:
    good = Author(scene.sealer, scene.case).note()
    content = MANGLED[name](scene, line_of(scene.author.note()))
    path = f"data/log/{scene.case}/a.jsonl"
    files = {**log_of(good, name="good"), path: content}
    count = 1 + sum(1 for _ in content.splitlines())
    scene.refuses(Code.BUNDLE_DAMAGED, files, said=holding(scene, count))


def test_a_line_without_end_is_given_up_after_16_mebibytes(scene: Scene) -> None:
    given: list[int] = []

    def chunks() -> Iterator[bytes]:
        for number in range(100):
            given.append(number)
            yield b"x" * 2**20

    member = SimpleNamespace(name=f"data/log/{scene.case}/a.jsonl", chunks=chunks)
    outside = SimpleNamespace(cases=(scene.case,))
    with pytest.raises(BadEntry):
        next(opening.checked_lines(member, outside))  # type: ignore[arg-type]  # as much of them as is read
    assert len(given) == 17


def test_a_line_in_the_log_of_another_case_is_refused(scene: Scene) -> None:
    other = "cd" * 16
    files = log_of(scene.author.note(), case=other)
    scene.refuses(Code.BUNDLE_DAMAGED, files, said={"cases": [scene.case, other]})


def test_a_log_of_a_case_that_the_envelope_does_not_name_is_refused(scene: Scene) -> None:
    named = log_of(scene.author.note())
    unnamed = log_of(Author(scene.sealer, CaseId("cd" * 16)).note())
    holds = {
        case: {
            author: {"after": held.after, "to": held.up_to, "count": held.count}
            for author, held in authors.items()
        }
        for case, authors in holds_of(named).items()
    }
    said = {"cases": [scene.case], "holds": holds}
    scene.refuses(Code.BUNDLE_DAMAGED, {**named, **unnamed}, said=said)
    scene.takes(named, said=said)


def test_a_parent_by_another_author_is_refused(scene: Scene) -> None:
    tip = scene.reader.history(scene.record)[-1].entry
    scene.refuses(Code.BUNDLE_DAMAGED, log_of(scene.author.write(
        scene.record, {"title": "Mine"}, seq=3, prev=tip
    )))  # fmt: skip


def test_a_parent_of_another_number_is_refused(scene: Scene) -> None:
    first = scene.author.note()
    second = scene.author.write(scene.record, {"title": "Mine"}, seq=5)
    scene.refuses(Code.BUNDLE_DAMAGED, log_of(first, second))


def test_a_parent_of_another_case_is_refused(scene: Scene) -> None:
    other = Author(scene.sealer, CaseId("cd" * 16))
    first = other.note()
    second = scene.author.write(scene.record, {"title": "Mine"}, seq=1, prev=first.id)
    files = {**log_of(first), **log_of(second)}
    scene.refuses(Code.BUNDLE_DAMAGED, files)


def test_an_entry_that_concerns_two_records_is_refused(scene: Scene) -> None:
    one, two = RecordId("ab" * 16), RecordId("cd" * 16)
    entry = journal.compose(
        case=scene.case,
        log="ab" * 16,
        seq=0,
        prev="",
        seen=(),
        time="2026-03-05T10:00:00Z",
        kind=Kind.OP,
        parts=[
            (journal.Frame(record=one, field="title"), "One"),
            (journal.Frame(record=two, field="title"), "Two"),
        ],
        signing_seed=scene.sealer._core.identity.signing_seed,
        random=os.urandom,
    )
    scene.refuses(Code.BUNDLE_DAMAGED, log_of(entry))


def test_a_huge_number_waits_and_is_never_shown(scene: Scene) -> None:
    entry = scene.author.write(
        scene.record, {"title": "Mine"}, seq=2**53 - 1, prev="ab" * 32
    )  # fmt: skip
    path = forged(scene.sealer, scene.reader, scene.folder / "b", log_of(entry))
    result = opened(scene.reader, [path])
    assert result.waiting == 1
    assert values(scene.reader, scene.record, "title") == ["Interview"]


def test_replacing_parts_of_other_fields_and_records_replaces_nothing(scene: Scene) -> None:
    versions = scene.reader.record(scene.record).fields["account"].versions
    theirs = PartRef(versions[0].entry, versions[0].part)
    entry = scene.author.note(record=None)
    hostile = scene.author.write(
        scene.record, {"title": "Mine"}, base={"title": [theirs, PartRef(EntryId("ab" * 32), 1)]}
    )
    assert scene.takes(log_of(entry, hostile)) == 2
    assert values(scene.reader, scene.record, "account") == ["It was dawn."]
    assert sorted(map(str, values(scene.reader, scene.record, "title"))) == ["Interview", "Mine"]


def test_what_calls_itself_bookkeeping_changes_no_record(scene: Scene) -> None:
    for kind in ("seal", "receive", "custody", "withdraw", "key"):
        author = Author(scene.sealer, scene.case)
        versions = scene.reader.record(scene.record).fields["title"].versions
        base = {"title": [PartRef(versions[0].entry, versions[0].part)]}
        scene.takes(log_of(author.write(scene.record, {"title": kind}, kind=kind, base=base)))
        assert values(scene.reader, scene.record, "title") == ["Interview"]
    assert not scene.reader.rows(type="interview")[0].has_conflict


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("hologram", {"title": "Later"}),
        ("timestamp", {"_timestamp": {"token": "00"}}),
        ("key", {"_rotation": {"c": "a new signing key", "s": "00" * 64}}),
        ("key", {"_session": {"c": "no certificate", "s": "00" * 64}}),
    ],
)
def test_an_unknown_or_reserved_kind_is_kept_and_passed_on_and_believed_by_nobody(
    kind: str, fields: Mapping[str, JsonValue], scene: Scene
) -> None:
    entry = scene.author.write(scene.record, fields, kind=kind)
    people = scene.reader.trust.people()
    # Of these kinds alone nothing is counted as new: they are no reason to send.
    assert scene.takes(log_of(entry)) == (kind != "key")
    assert scene.reader.trust.people() == people
    assert [c.id for c in scene.reader.contacts()] == [scene.sealer.author]
    assert values(scene.reader, scene.record, "title") == ["Interview"]
    third = scene.team.member("Third")
    scene.reader.add_contact(third.my_card().encode())
    third.add_contact(scene.reader.my_card().encode())
    opened(third, scene.team.sealed(scene.reader, third))
    kinds = {row[0] for row in database(third).all("SELECT kind FROM entry")}
    assert kind in kinds
    assert fields.keys() <= {row[0] for row in database(third).all("SELECT field FROM frame")}
    assert third.verify() == []


def test_4096_parts_are_taken_and_can_be_sealed_again(scene: Scene) -> None:
    fields = {f"field{n}": n for n in range(4095)}
    entry = scene.author.write(RecordId("ab" * 16), {"_type": "note", **fields})
    assert scene.takes(log_of(entry)) == 1
    assert scene.team.sealed(scene.reader, scene.sealer).files


def test_the_same_line_in_two_logs_counts_once(scene: Scene) -> None:
    entry = scene.author.note()
    files = {**log_of(entry, name="a"), **log_of(entry, name="b")}
    assert scene.takes(files) == 1
    assert scene.reader.verify() == []


def test_hostile_values_never_stop_sealing_or_checking(scene: Scene) -> None:
    """Whatever a contact writes into a field, the notebook can go on and hand over."""
    evidence = RecordId("ab" * 16)
    member = RecordId("cd" * 16)
    written = [
        scene.author.write(evidence, {"_type": "evidence", "title": "T", "sha256": "z" * 64}),
        scene.author.write(RecordId("ac" * 16), {"_type": "evidence", "sha256": {"a": [1]}}),
        scene.author.write(RecordId("ad" * 16), {"_type": "evidence", "sha256": "../../../x"}),
        scene.author.write(
            member,
            {
                "_type": "member",
                "_parent": scene.record,
                "_list": "quotes",
                "_order": "1e99999999",
                "value": "Quoted",
            },
        ),
        scene.author.write(
            RecordId("ce" * 16),
            {"_type": "note", "about": "javascript:alert(1)//", "title": ["<script>"]},
        ),
    ]
    scene.takes(log_of(*written))
    assert scene.team.sealed(scene.reader, scene.sealer, is_full=True).files
    scene.reader.verify()


def test_the_same_record_id_in_two_cases_can_be_sealed(scene: Scene) -> None:
    other = Author(scene.sealer, CaseId("cd" * 16))
    scene.takes(log_of(other.note(scene.record)))
    assert scene.team.sealed(scene.reader, scene.sealer, is_full=True).files
    mine = id_in_case(scene.case, scene.record)
    assert values(scene.reader, mine, "account") == ["It was dawn."]


# Evidence.


def evidence_of(scene: Scene, **fields: str) -> dict[str, bytes]:
    record = RecordId(os.urandom(16).hex())
    said = {"_type": "evidence", "title": "File", "sha256": SHA256, **fields}
    return log_of(scene.author.write(record, said, kind="evidence"))


def test_evidence_that_is_named_and_there_is_taken(scene: Scene) -> None:
    files = {**evidence_of(scene), f"data/evidence/{SHA256}.bin": CONTENT}
    assert scene.takes(files, evidence={SHA256: len(CONTENT)}) == 1
    row = scene.reader.rows(type="evidence")[0]
    with scene.reader.evidence_content(row.id) as content:
        assert content.read() == CONTENT


@pytest.mark.parametrize(
    ("files", "evidence"),
    [
        ({f"data/evidence/{SHA256}.bin": b"something else"}, {SHA256: 14}),
        ({f"data/evidence/{SHA256}.bin": CONTENT}, {}),
        ({f"data/evidence/{SHA256}.bin": CONTENT}, {SHA256: 16}),
        ({"data/evidence/x.bin": CONTENT}, {SHA256: 17}),
        ({}, {SHA256: 17}),
        (
            {f"data/evidence/{SHA256}.bin": CONTENT, f"data/evidence/{SHA256}.jpg": CONTENT},
            {SHA256: 17},
        ),
    ],
    ids=["other content", "not named", "other size", "no hash", "not there", "twice"],
)
def test_evidence_that_does_not_fit_is_refused_and_leaves_no_object(
    scene: Scene, files: dict[str, bytes], evidence: dict[str, int]
) -> None:
    scene.refuses(Code.BUNDLE_DAMAGED, {**evidence_of(scene), **files}, evidence=evidence)


def test_other_content_under_the_hash_of_a_file_that_is_here_is_refused(scene: Scene) -> None:
    right = {**evidence_of(scene), f"data/evidence/{SHA256}.bin": CONTENT}
    scene.takes(right, evidence={SHA256: len(CONTENT)})
    # The file would not be read, as it is here; what was signed contradicts itself all the same.
    other = {**log_of(scene.author.note()), f"data/evidence/{SHA256}.bin": b"something else"}
    scene.refuses(Code.BUNDLE_DAMAGED, other, evidence={SHA256: 14})


def test_evidence_that_no_entry_names_is_not_kept(scene: Scene) -> None:
    before = files_of(scene.reader)
    files = {**log_of(scene.author.note()), f"data/evidence/{SHA256}.bin": CONTENT}
    scene.takes(files, evidence={SHA256: len(CONTENT)})
    assert files_of(scene.reader) == before
    assert not dump(scene.reader)["object"]


def test_a_file_of_another_case_is_not_had_by_asking_for_its_hash(scene: Scene) -> None:
    secret = b"a file of another case"
    other = support.case_in(scene.reader, "Other")
    about = support.interview_in(scene.reader, other)
    scene.reader.attach(about, io.BytesIO(secret), file_name="secret.txt")
    sha = hashlib.sha256(secret).hexdigest()
    have = {scene.case: {"tips": {}, "lacks": [sha]}}
    scene.takes(log_of(scene.author.note()), said={"have": have})
    plan = scene.reader.plan_seal(SealRequest(to=(scene.sealer.author,), cases=(scene.case,)))
    assert plan.size_bytes == 0


def test_a_damaged_file_is_mended_by_a_bundle_that_brings_it(scene: Scene) -> None:
    files = {**evidence_of(scene), f"data/evidence/{SHA256}.bin": CONTENT}
    scene.takes(files, evidence={SHA256: len(CONTENT)})
    path = next(p for p in (scene.reader.folder / "objects").rglob("*") if p.is_file())
    damaged = bytearray(path.read_bytes())
    damaged[20] ^= 1
    path.write_bytes(damaged)
    assert scene.reader.verify() != []
    scene.takes(files, evidence={SHA256: len(CONTENT)})
    assert scene.reader.verify() == []
    assert len(files_of(scene.reader)) == 1


def test_a_stranger_called_after_a_contact_is_not_taken_for_them(scene: Scene) -> None:
    impostor = support.create(scene.folder / "i", seed="i", author=scene.sealer.author)
    scene.team.notebooks.append(impostor)
    scene.reader.add_contact(impostor.my_card().encode())
    assert scene.reader.contact(scene.sealer.author).name == "Mallory"
    named = support.create(scene.folder / "j", seed="j", author=scene.sealer.author[:8])
    scene.team.notebooks.append(named)
    scene.reader.add_contact(named.my_card().encode())
    with pytest.raises(NotebookError):
        scene.reader.contact(scene.sealer.author[:8])


def test_the_dump_sees_a_change(scene: Scene) -> None:
    before = dump(scene.reader)
    scene.reader.edit(scene.record, {"title": "Other"})
    assert dump(scene.reader) != before

"""The envelope: what it says comes back, and one refusal for each rule."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from crypto.errors import LimitExceeded, Unsupported
from notebook import envelope
from notebook.envelope import BadEnvelope, Envelope, Have, Range

CASE, ENTRY, AUTHOR, TAG = "ab" * 16, "cd" * 32, "ef" * 32, "01" * 32
WHOLE = Envelope(
    bundle="12" * 16,
    kind="delta",
    cases=(CASE,),
    sealer=AUTHOR,
    day="2026-03-05",
    to=(TAG, "02" * 32),
    chain={TAG: "03" * 32},
    have={
        CASE: Have(
            tips={AUTHOR: (ENTRY, "07" * 32)}, lacks=(f"{ENTRY}:0", f"{ENTRY}:4095", "04" * 32)
        )
    },
    holds={CASE: {AUTHOR: Range(after="", up_to=ENTRY, count=3)}},
    evidence={"05" * 32: 0},
    belongs={CASE: ("05" * 32,)},
    omitted=("06" * 32,),
)


def changed(**keys: object) -> bytes:
    return json.dumps(json.loads(WHOLE.encode()) | keys).encode()


def test_an_envelope_reads_back_as_it_was_written() -> None:
    assert envelope.parse(WHOLE.encode()) == WHOLE
    assert WHOLE.have[CASE].ids() == ("07" * 32, ENTRY)


def test_the_golden_envelope_is_read_and_written_byte_by_byte() -> None:
    golden = (Path(__file__).parent.parent / "golden" / "envelope_v2.json").read_bytes()
    assert envelope.parse(golden) == WHOLE
    assert WHOLE.encode() == golden


@pytest.mark.parametrize("kind", envelope.KINDS)
def test_every_kind_is_read(kind: str) -> None:
    assert envelope.parse(changed(kind=kind)).kind == kind


def test_what_is_critical_is_left_to_the_caller() -> None:
    assert envelope.parse(changed(critical=["x"])).critical == ("x",)


@pytest.mark.parametrize("version", [3, 4, 2**53])
def test_a_newer_version_is_told_apart_whatever_else_it_holds(version: int) -> None:
    with pytest.raises(Unsupported):
        envelope.parse(changed(v=version))
    with pytest.raises(Unsupported):
        envelope.parse(json.dumps({"v": version}).encode())


RANGE = {"after": "", "to": ENTRY, "count": 1}


@pytest.mark.parametrize(
    "keys",
    [
        {"v": 0},
        {"v": 1},
        {"v": True},
        {"v": "2"},
        {"v": None},
        {"v": 2.0},
        {"more": 1},
        {"bundle": "12" * 15},
        {"bundle": "AB" * 16},
        {"bundle": 12},
        {"kind": "gift"},
        {"kind": None},
        {"cases": CASE},
        {"cases": ["ab" * 32]},
        {"cases": {}},
        {"sealer": "ef" * 16},
        {"sealer": None},
        {"day": "today"},
        {"day": "20260305"},
        {"day": "2026-02-30"},
        {"day": "2026-03-05T10:00:00Z"},
        {"day": "\x1b[2J"},
        {"day": 20260305},
        {"to": ["01"]},
        {"to": TAG},
        {"chain": {"01": "03" * 32}},
        {"chain": {TAG: ""}},
        {"chain": [TAG]},
        {"have": {CASE: {"tips": {AUTHOR: [ENTRY]}}}},
        {"have": {CASE: {"tips": [ENTRY], "lacks": []}}},
        {"have": {CASE: {"tips": {AUTHOR: ["cd"]}, "lacks": []}}},
        {"have": {CASE: {"tips": {AUTHOR: ENTRY}, "lacks": []}}},
        {"have": {CASE: {"tips": {"ef": [ENTRY]}, "lacks": []}}},
        {"have": {CASE: {"tips": {}, "lacks": ["é"]}}},
        {"have": {CASE: {"tips": {}, "lacks": [f"{ENTRY}:4096"]}}},
        {"have": {CASE: {"tips": {}, "lacks": [f"{ENTRY}:00"]}}},
        {"have": {CASE: {"tips": {}, "lacks": ["zz" * 32]}}},
        {"have": {"ff" * 16: {"tips": {}, "lacks": []}}},
        {"have": []},
        {"holds": {CASE: {AUTHOR: RANGE | {"count": -1}}}},
        {"holds": {CASE: {AUTHOR: RANGE | {"count": True}}}},
        {"holds": {CASE: {AUTHOR: RANGE | {"to": ""}}}},
        {"holds": {CASE: {AUTHOR: RANGE | {"after": "cd"}}}},
        {"holds": {CASE: {AUTHOR: RANGE | {"more": 1}}}},
        {"holds": {CASE: {"ef": RANGE}}},
        {"holds": {"ff" * 16: {}}},
        {"holds": {CASE: []}},
        {"evidence": {"05" * 32: -1}},
        {"evidence": {"05": 1}},
        {"evidence": ["05" * 32]},
        {"belongs": {CASE: ["07" * 32]}},
        {"belongs": {"cd" * 16: ["05" * 32]}},
        {"belongs": {CASE: "05" * 32}},
        {"belongs": ["05" * 32]},
        {"omitted": ["06"]},
        {"critical": "x"},
        {"critical": ["x" * 101]},
        {"critical": [1]},
    ],
    ids=lambda keys: json.dumps(keys)[:40],
)
def test_what_breaks_a_rule_is_refused(keys: dict[str, object]) -> None:
    with pytest.raises(BadEnvelope):
        envelope.parse(changed(**keys))


@pytest.mark.parametrize("key", json.loads(WHOLE.encode()))
def test_a_key_that_is_missing_is_refused(key: str) -> None:
    fields = json.loads(WHOLE.encode())
    del fields[key]
    with pytest.raises(BadEnvelope):
        envelope.parse(json.dumps(fields).encode())


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"null", b"{", b"\xff", b'{"v":NaN}', b"[" * 50_000, b'{"v":1,"v":1}'],
)
def test_what_is_no_object_is_refused(text: bytes) -> None:
    with pytest.raises(BadEnvelope):
        envelope.parse(text)


def test_an_envelope_that_is_too_long_is_refused() -> None:
    with pytest.raises(BadEnvelope):
        envelope.parse(WHOLE.encode() + b" " * envelope.MAX_BYTES)


def test_a_tag_tells_nothing_without_the_recipient_and_differs_by_bundle() -> None:
    tags = {
        envelope.reader_tag(bundle, recipient)
        for bundle in ("12" * 16, "13" * 16)
        for recipient in ("age1a", "age1b")
    }
    assert len(tags) == 4


def test_what_is_held_is_not_said_where_there_is_no_room_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = Have(tips={}, lacks=tuple(f"{number:064x}:0" for number in range(50)))
    other = "ac" * 16
    long = replace(WHOLE, cases=(CASE, other), have={**WHOLE.have, other: many})
    monkeypatch.setattr(envelope, "MAX_BYTES", len(long.encode()))
    assert envelope.fitting(long) == long.encode()
    monkeypatch.setattr(envelope, "MAX_BYTES", len(long.encode()) - 1)
    # The case of which most is lacked; the rest stays.
    assert envelope.parse(envelope.fitting(long)) == replace(long, have=WHOLE.have)
    with pytest.raises(LimitExceeded):
        envelope.fitting(replace(long, kind="receipt"))
    bare = replace(long, have={})
    monkeypatch.setattr(envelope, "MAX_BYTES", len(bare.encode()))
    assert envelope.parse(envelope.fitting(long)) == bare
    monkeypatch.setattr(envelope, "MAX_BYTES", len(bare.encode()) - 1)
    with pytest.raises(LimitExceeded):
        envelope.fitting(long)

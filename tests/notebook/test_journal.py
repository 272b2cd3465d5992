"""Lines of the journal: the bytes that live for decades, and one refusal per failure."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crypto import primitives
from notebook import journal, strict_json
from notebook.journal import BadEntry, Entry, Frame, PartRef
from notebook.model import CaseId, EntryId, JsonValue, Kind, RecordId
from tests.notebook.support_notebook import Seeded

GOLDEN = Path(__file__).parent.parent / "golden" / "journal_v1.jsonl"
SEED = bytes(range(32))
CASE = CaseId("c1" * 16)
RECORD = RecordId("d2" * 16)
SEEN = EntryId("ee" * 32)


def composed(
    parts: list[tuple[Frame, JsonValue]], *, seq: int = 0, prev: str = "", kind: Kind = Kind.OP
) -> Entry:
    return journal.compose(
        case=CASE,
        log="ab" * 16,
        seq=seq,
        prev=prev,
        seen=[SEEN],
        time="2026-03-05T09:00:00Z",
        kind=kind,
        parts=parts,
        signing_seed=SEED,
        random=Seeded(f"journal {seq}"),
    )


def golden_entries() -> list[Entry]:
    first = composed(
        [
            (Frame(record=RECORD, field="_type"), "interview"),
            (Frame(record=RECORD, field="title"), "Сұхбат · مۇلاقات · 访谈"),
        ]
    )
    base = (PartRef(first.id, 1),)
    second = composed(
        [
            (Frame(record=RECORD, field="title", base=base), None),
            (Frame(record=RECORD, field="languages"), ["kk", "ug", {"other": 1.5, "sure": False}]),
        ],
        seq=1,
        prev=first.id,
    )
    return [first, second]


def test_the_bytes_of_a_line_stay_what_they_are() -> None:
    first, second = golden_entries()
    lines = [
        first.encode_line(),
        second.encode_line([second.parts[0].without_value(), journal.WITHHELD]),
        second.encode_line(),
    ]
    assert GOLDEN.read_bytes() == b"".join(lines)


def test_the_golden_lines_are_read_and_verify() -> None:
    for line in GOLDEN.read_bytes().splitlines():
        entry = journal.parse_line(line)
        journal.check_signature(entry)
        journal.check_parts(entry)
        assert entry.encode_line() == line + b"\n"


def test_a_line_comes_back_as_it_was() -> None:
    for entry in golden_entries():
        assert journal.parse_line(entry.encode_line().strip()) == entry


def test_the_id_is_the_hash_of_the_exact_header() -> None:
    entry = golden_entries()[0]
    expected = primitives.sha256(b"fn/entry/1\x00" + entry.header_bytes).hex()
    assert entry.id == expected


@pytest.mark.parametrize(
    ("length_bytes", "rounded"), [(0, 1), (1, 1), (2, 2), (3, 4), (4, 4), (5, 8), (1025, 2048)]
)
def test_lengths_are_rounded_up_to_a_power_of_two(length_bytes: int, rounded: int) -> None:
    assert journal.bucket(length_bytes) == rounded


@pytest.mark.parametrize("count", [0, journal.MAX_PARTS + 1])
def test_an_entry_without_parts_or_with_too_many_is_not_made(count: int) -> None:
    with pytest.raises(BadEntry):
        composed([(Frame(record=RECORD, field="title"), "")] * count)


Json = dict[str, Any]


def line_of(entry: Entry) -> Json:
    parsed: Json = json.loads(entry.encode_line())
    return parsed


def encoded(line: Json) -> bytes:
    return json.dumps(line).encode()


def refused(line: Json, *, because: str) -> None:
    with pytest.raises(BadEntry, match=because):
        journal.parse_line(encoded(line))


def with_header(change: Callable[[Json], object]) -> Json:
    line = line_of(golden_entries()[0])
    header = json.loads(line["h"])
    change(header)
    line["h"] = json.dumps(header)
    return line


HEADERS: list[tuple[str, JsonValue, str]] = [
    ("v", 0, "version"),
    ("v", 2, "version"),
    ("v", "1", "version"),
    ("v", True, "version"),
    ("case", "c1" * 15, "hex"),
    ("case", "C1" * 16, "hex"),
    ("case", 5, "hex"),
    ("dev", "aa" * 31, "hex"),
    ("dev", "zz" * 32, "hex"),
    ("log", "", "hex"),
    ("log", "ab" * 17, "hex"),
    ("seq", -1, "seq"),
    ("seq", "0", "seq"),
    ("seq", True, "seq"),
    ("seq", 0.0, "seq"),
    ("seq", 2**53 + 1, "header"),
    ("prev", None, "hex"),
    ("prev", "ab", "hex"),
    ("seen", None, "lists"),
    ("seen", "ee" * 32, "lists"),
    ("seen", ["ee" * 31], "hex"),
    ("seen", [None], "hex"),
    ("t", "", "time"),
    ("t", "2026-03-05 09:00:00Z", "time"),
    ("t", "2026-03-05T09:00:00+05:00", "time"),
    ("t", "2026-03-05T09:00:00Z\n", "time"),
    ("t", "\x1b[31m2026-03-05T09:00Z", "time"),
    ("t", "٢٠٢٦-03-05T09:00:00Z", "time"),
    ("t", 5, "time"),
    ("kind", "", "kind"),
    ("kind", "o" * 33, "kind"),
    ("kind", "op\n", "kind"),
    ("kind", "\x07bell", "kind"),
    ("kind", None, "kind"),
    ("parts", [], "number of parts"),
    ("parts", None, "lists"),
    ("parts", [{"f": "aa" * 32, "c": "bb" * 32}], "commitment"),
    ("parts", [{"f": "aa" * 32, "c": "bb" * 32, "n": 1, "x": 1}], "commitment"),
    ("parts", [["f", "c", "n"]], "commitment"),
    ("parts", [{"f": "aa" * 31, "c": "bb" * 32, "n": 1}], "hex"),
    ("parts", [{"f": "aa" * 32, "c": "", "n": 1}], "hex"),
    ("parts", [{"f": "aa" * 32, "c": "bb" * 32, "n": 0}], "length bucket"),
    ("parts", [{"f": "aa" * 32, "c": "bb" * 32, "n": 3}], "length bucket"),
    ("parts", [{"f": "aa" * 32, "c": "bb" * 32, "n": -4}], "length bucket"),
    ("parts", [{"f": "aa" * 32, "c": "bb" * 32, "n": True}], "length bucket"),
    ("parts", [{"f": "aa" * 32, "c": "bb" * 32, "n": 4.0}], "length bucket"),
    ("extra", 1, "header"),
]


@pytest.mark.parametrize(("key", "value", "because"), HEADERS)
def test_a_header_that_breaks_one_rule_is_refused(key: str, value: Any, because: str) -> None:
    refused(with_header(lambda header: header.update({key: value})), because=because)


@pytest.mark.parametrize(
    "key", ["v", "case", "dev", "log", "seq", "prev", "seen", "t", "kind", "parts"]
)
def test_a_header_that_lacks_a_key_is_refused(key: str) -> None:
    refused(with_header(lambda header: header.pop(key)), because="header")


def test_a_kind_of_a_later_version_is_accepted() -> None:
    line = with_header(lambda header: header.update({"kind": "later-kind"}))
    assert journal.parse_line(encoded(line)).header.kind == "later-kind"


def with_line(change: Callable[[Json], object]) -> Json:
    line = line_of(golden_entries()[0])
    change(line)
    return line


def part_of(line: Json) -> Json:
    part: Json = line["p"][0]
    return part


FRAME = {"record": "d2" * 16, "field": "title", "base": []}

LINES: list[tuple[Callable[[Json], object], str]] = [
    (lambda line: line.pop("s"), "not JSON"),
    (lambda line: line.update(x=1), "not JSON"),
    (lambda line: line.update(h={}), "line"),
    (lambda line: line.update(p={}), "line"),
    (lambda line: line.update(h="{"), "header"),
    (lambda line: line.update(s="00" * 63), "hex"),
    (lambda line: line.update(s=None), "hex"),
    (lambda line: line["p"].pop(), "number of parts"),
    (lambda line: line["p"].append({}), "number of parts"),
    (lambda line: line.update(p=[{}, []]), "part"),
    (lambda line: part_of(line).pop("fk"), "part keys"),
    (lambda line: part_of(line).pop("f"), "part keys"),
    (lambda line: part_of(line).pop("k"), "part keys"),
    (lambda line: part_of(line).pop("v"), "part keys"),
    (lambda line: part_of(line).update(x=1), "part keys"),
    (lambda line: part_of(line).update(fk="00"), "hex"),
    (lambda line: part_of(line).update(k="00"), "hex"),
    (lambda line: part_of(line).update(f=5), "frame"),
    (lambda line: part_of(line).update(v=5), "value"),
    (lambda line: part_of(line).update(v="{"), "not JSON"),
    (lambda line: part_of(line).update(v="NaN"), "not JSON"),
    (lambda line: part_of(line).update(f="[]"), "frame"),
]


@pytest.mark.parametrize(("change", "because"), LINES)
def test_a_line_that_breaks_one_rule_is_refused(
    change: Callable[[Json], object], because: str
) -> None:
    refused(with_line(change), because=because)


FRAMES: list[tuple[Json, str]] = [
    ({**FRAME, "record": "d2"}, "hex"),
    ({**FRAME, "record": None}, "hex"),
    ({**FRAME, "field": ""}, "frame"),
    ({**FRAME, "field": "f" * 101}, "frame"),
    ({**FRAME, "field": 5}, "frame"),
    ({**FRAME, "base": None}, "frame"),
    ({**FRAME, "extra": 1}, "frame"),
    ({**FRAME, "base": [5]}, "reference"),
    ({**FRAME, "base": ["ee" * 32]}, "reference"),
    ({**FRAME, "base": ["ee" * 32 + ":"]}, "reference"),
    ({**FRAME, "base": ["ee" * 32 + ":x"]}, "reference"),
    ({**FRAME, "base": ["ee" * 32 + ":01"]}, "reference"),
    ({**FRAME, "base": ["ee" * 32 + ":-1"]}, "reference"),
    ({**FRAME, "base": ["ee" * 32 + ":4096"]}, "reference"),
    ({**FRAME, "base": ["ee" * 32 + ":99999"]}, "reference"),
    ({**FRAME, "base": ["ee" * 32 + ":٣"]}, "reference"),
    ({**FRAME, "base": ["ee" * 31 + ":0"]}, "hex"),
    ({**FRAME, "base": ["ee" * 32 + ":0"] * 2}, "repeated base"),
]


@pytest.mark.parametrize(("frame", "because"), FRAMES)
def test_a_frame_that_breaks_one_rule_is_refused(frame: Json, because: str) -> None:
    refused(with_line(lambda line: part_of(line).update(f=json.dumps(frame))), because=because)


def test_the_plain_frame_of_these_tests_is_accepted() -> None:
    journal.parse_frame(json.dumps({**FRAME, "base": ["ee" * 32 + ":4095"]}).encode())


def test_a_signature_over_other_bytes_is_refused() -> None:
    line = with_header(lambda header: header.update({"t": "2026-03-05T09:00:01Z"}))
    with pytest.raises(BadEntry, match="signature"):
        journal.check_signature(journal.parse_line(encoded(line)))


def test_the_same_header_in_another_spelling_is_another_entry() -> None:
    entry = golden_entries()[0]
    spaced = with_line(lambda line: line.update(h=line["h"].replace(",", ", ", 1)))
    read = journal.parse_line(encoded(spaced))
    assert read.header == entry.header
    assert read.id != entry.id
    with pytest.raises(BadEntry, match="signature"):
        journal.check_signature(read)


def test_every_flipped_bit_of_a_signature_is_refused() -> None:
    entry = golden_entries()[0]
    for place in range(64):
        signature = bytearray(entry.signature)
        signature[place] ^= 1 << place % 8
        line = {**line_of(entry), "s": signature.hex()}
        with pytest.raises(BadEntry, match="signature"):
            journal.check_signature(journal.parse_line(encoded(line)))


@pytest.mark.parametrize(
    ("part", "because"),
    [
        (0, "frame commitment"),
        (1, "frame commitment"),
        (2, "value commitment"),
        (3, "value commitment"),
    ],
)
def test_a_part_that_was_exchanged_is_refused(part: int, because: str) -> None:
    whole = golden_entries()[0].parts[0]
    changed = [
        replace(whole, frame_salt=bytes(32)),
        replace(whole, frame=b"{}"),
        replace(whole, value_salt=bytes(32)),
        replace(whole, value=b'"person"'),
    ][part]
    with pytest.raises(BadEntry, match=because):
        journal.check_part(changed, golden_entries()[0].header.parts[0])


def test_a_wrong_length_bucket_is_refused() -> None:
    part, commitment = golden_entries()[0].parts[0], golden_entries()[0].header.parts[0]
    wrong = journal.Commitment(frame=commitment.frame, value=commitment.value, bucket=1024)
    with pytest.raises(BadEntry, match="length bucket"):
        journal.check_part(part, wrong)


def test_a_part_without_content_fits_whatever_was_committed_to() -> None:
    commitment = golden_entries()[0].header.parts[0]
    journal.check_part(journal.WITHHELD, commitment)
    journal.check_part(golden_entries()[0].parts[0].without_value(), commitment)


@pytest.mark.parametrize("text", ["plain " * 50, '"' * 200, "\\" * 200, "\x01" * 200, "қ" * 200])
def test_an_entry_fits_a_line_exactly_when_the_line_is_not_too_long(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = composed([(Frame(record=RECORD, field="text"), text)])
    size = len(entry.encode_line()) - 1
    for limit in (1, size - 1, size, size + 1, 2 * size, 10 * size):
        monkeypatch.setattr(strict_json, "MAX_LINE_BYTES", limit)
        assert entry.fits_a_line == (size <= limit)

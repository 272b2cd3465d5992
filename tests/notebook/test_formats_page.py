"""The page of formats has the numbers that the program obeys: a second reader has no others."""

from __future__ import annotations

import re

import pytest

from crypto import (
    age_header,
    bag,
    card,
    container,
    head,
    passphrase,
    recording,
    slotsfile,
    sshsig,
    tar,
)
from notebook import (
    card_codes,
    envelope,
    evidence,
    journal,
    last_place,
    mission_card,
    missions,
    opening,
    quarantine,
    recording_pieces,
    staging,
    strict_json,
    travel_drafts,
    volumes,
)
from notebook.storage import removed
from tests.support import REPOSITORY

KIB, MIB, GIB = 2**10, 2**20, 2**30
PAGE = " ".join((REPOSITORY / "docs" / "FORMATS.md").read_text("utf-8").split())
STANDARD, LOW = passphrase.STANDARD, passphrase.LOW_MEMORY
SAID = [
    f"at most {strict_json.MAX_DEPTH} levels deep",
    f"a line has at most {strict_json.MAX_LINE_BYTES // MIB} MiB",
    f"integers within ±2{'⁵³' if strict_json.MAX_INTEGER == 2**53 else '?'}",
    f"{slotsfile.SLOTS_FILE_BYTES:,} bytes: magic",
    f"{slotsfile.SLOT_COUNT} slots of {slotsfile.SLOT_BYTES} bytes",
    f"| standard | {STANDARD.number} | {STANDARD.memory_kib // KIB} MiB"
    f" | {STANDARD.passes} | {STANDARD.lanes} |",
    f"| low-memory | {LOW.number} | {LOW.memory_kib // KIB} MiB | {LOW.passes} | {LOW.lanes} |",
    f"{passphrase.MAX_MEMORY_KIB // MIB} GiB, {passphrase.MAX_PASSES} passes,"
    f" {passphrase.MAX_LANES} lanes",
    f"{head.HEAD_BYTES} bytes: `fn-head",
    f"older than {evidence.ORPHANS_ARE_KEPT.days} days",
    f"JSON of at most {last_place.MAX_BYTES:,} bytes",
    f"AEAD of at most {recording.MAX_RECORD_BYTES:,} bytes",
    f"the length (16 to {recording.MAX_SEALED_BYTES:,})",
    f"| `parts` | 1 to {journal.MAX_PARTS} of",
    f"unless another from {volumes.LEAST_VOLUME_BYTES // MIB} MiB to"
    f" {volumes.GREATEST_VOLUME_BYTES // GIB} GiB was chosen",
    f"volume size ({volumes.MAX_VOLUME_BYTES // MIB} MiB",
    f"up to `.{volumes.MAX_VOLUMES}`",
    "filled up to {}, {}, {} or {}".format(*container.STANZA_COUNTS),
    f"headers up to {age_header.MAX_HEADER_BYTES // MIB} MiB and {age_header.MAX_STANZAS} stanzas",
    f"the whole archive has at most {tar.MAX_TAR_BYTES // GIB} GiB",
    f"Front matter has at most {bag.MAX_FRONT_MATTER_BYTES // MIB} MiB,"
    f" the envelope in it {envelope.MAX_BYTES // MIB} MiB,"
    f" the signature {sshsig.MAX_FILE_BYTES // KIB} KiB,"
    f" the manifest at most {bag.MAX_MANIFEST_LINES:,} lines,"
    f" all logs together at most {staging.MAX_LINES:,} lines,"
    f" the sealer's card {opening.MAX_CARD_BYTES // KIB} KiB",
    f"ASCII, at most {bag.MAX_BAG_INFO_LINES} lines",
    f"| `v` | {envelope.VERSION};",
    f"namespace `{sshsig.BUNDLE_NAMESPACE}`",
    f"at most {quarantine.MAX_BUNDLES} bundles and {quarantine.MAX_BYTES // GIB} GiB",
    f"A card has at most {card.MAX_CARD_CHARACTERS:,} characters; a name 1 to"
    f" {card.MAX_NAME_CHARACTERS},",
    f"{card.FINGERPRINT_GROUPS} groups, each five bytes",
    f"at least {card_codes.CODES} when written, none longer than"
    f" {card_codes.MOST_PIECE_CHARACTERS} characters; {card_codes.MOST_CODES} at most",
    f"at most {mission_card.MOST_CASES}, no case twice",
    f"and then every {travel_drafts.LEAST_PAUSE_S:.0f}, as one bundle",
    f"at most {missions.MAX_DRAFTS:,} drafts and {missions.MAX_DRAFTS_BYTES // MIB} MiB",
    f"at most 10 seconds ({recording_pieces.PIECE_S} as written",
    f"{removed.LEAST_MARKS} or the next power of two",
]


@pytest.mark.parametrize("said", SAID)
def test_a_limit_stands_on_the_page_as_the_program_has_it(said: str) -> None:
    assert said in PAGE


def test_the_kinds_and_keys_of_an_envelope_are_those_of_the_page() -> None:
    kinds = ", ".join(f"`{kind}`" for kind in envelope.KINDS)
    assert f"| `kind` | {kinds} (5.2) |" in PAGE
    section = PAGE.partition("### 3.5 Envelope")[2].partition("A *receipt*")[0]
    assert re.findall(r"\| `([a-z]+)` \|", section) == list(envelope._KEYS)


def test_the_keys_of_a_header_are_those_of_the_page() -> None:
    section = PAGE.partition("### 2.1 A line")[2].partition("`id = H")[0]
    assert re.findall(r"\| `([a-z]+)` \|", section) == list(journal._HEADER_KEYS)
    assert f"`{journal._KIND.pattern}`" in PAGE

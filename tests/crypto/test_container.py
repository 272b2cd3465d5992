"""Bundles that are as they should be, and every way in which one is not whole."""

import hashlib
import io
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.age import AgeSealer, HybridRecipient, X25519Recipient, open_age, read_header
from crypto.archive import ArchiveReader
from crypto.bag import MAX_FRONT_MATTER_BYTES
from crypto.container import (
    BundleReader,
    Payload,
    complete_recipients,
    measure,
    peek,
    write_bundle,
)
from crypto.errors import CryptoError, LimitExceeded, Malformed, Tampered, WrongKey
from crypto.objects import padme
from crypto.primitives import ed25519_public
from crypto.stream import CHUNK_BYTES
from tests.crypto.container_samples import (
    BAG_INFO,
    ENVELOPE,
    FILES,
    SEED,
    bundle,
    classic,
    forged,
    hybrid,
    payload,
    randomness,
)
from tests.support import effort

GOLDEN = Path(__file__).parent.parent / "golden"


def read_files(reader: BundleReader | ArchiveReader) -> dict[str, bytes]:
    files = {member.name: b"".join(member.chunks()) for member in reader.members()}
    reader.finish()
    return files


def opened(sealed: bytes, number: int = 1) -> dict[str, bytes]:
    return read_files(BundleReader(io.BytesIO(sealed), [classic(number)]))


def plain_archive(sealed: bytes) -> bytes:
    return b"".join(open_age(io.BytesIO(sealed), [classic(1)]).chunks())


def sealed_by_hand(archive: bytes) -> bytes:
    """Age around any bytes, as one of the readers could make it."""
    out = io.BytesIO()
    sealer = AgeSealer(out, [classic(1).recipient()], randomness(5))
    sealer.write(archive)
    sealer.finish()
    return out.getvalue()


def test_a_bundle_is_read_as_it_was_written() -> None:
    sealed, written = bundle([classic(1).recipient(), classic(2).recipient()])
    for number in (1, 2):
        reader = BundleReader(io.BytesIO(sealed), [classic(9), classic(number)])
        assert reader.front.envelope == ENVELOPE
        assert list(reader.front.bag_info.items()) == BAG_INFO
        assert reader.front.signer == ed25519_public(SEED)
        assert reader.front.payload_bytes == sum(map(len, FILES.values()))
        assert reader.front.manifest == {
            name: hashlib.sha256(content).digest() for name, content in FILES.items()
        }
        assert list(reader.front.manifest) == list(FILES)
        assert read_files(reader) == FILES
    assert written.sealed_bytes == len(sealed)
    assert written.sealed_sha256 == hashlib.sha256(sealed).digest()
    assert written.tar_bytes == len(plain_archive(sealed))


def test_the_samples_forge_what_the_writer_writes() -> None:
    sealed, _ = bundle([classic(1).recipient()], bag_info=[])
    assert plain_archive(sealed) == forged()


def test_a_hybrid_bundle_is_read_as_it_was_written() -> None:
    sealed, _ = bundle([hybrid(1).recipient()])
    assert {stanza.kind for stanza in read_header(io.BytesIO(sealed)).stanzas} == {"mlkem768x25519"}
    assert read_files(BundleReader(io.BytesIO(sealed), [classic(1), hybrid(1)])) == FILES


def test_a_bundle_is_for_its_readers_only() -> None:
    sealed, _ = bundle([classic(1).recipient()])
    with pytest.raises(WrongKey):
        BundleReader(io.BytesIO(sealed), [classic(2), hybrid(1)])
    with pytest.raises(WrongKey):
        peek(io.BytesIO(sealed), [])


def test_peek_reads_no_further_than_the_front() -> None:
    sealed, _ = bundle([classic(1).recipient()], files=FILES | {"data/big": bytes(2**20)})
    source = io.BytesIO(sealed)
    front = peek(source, [classic(1)])
    assert list(front.manifest) == [*FILES, "data/big"]
    assert source.tell() < 4 * CHUNK_BYTES
    # Nor does it say anything of what stands behind it.
    assert peek(io.BytesIO(sealed[: 3 * CHUNK_BYTES]), [classic(1)]) == front


def test_the_golden_bundle_opens_for_ever_and_is_written_again() -> None:
    golden = (GOLDEN / "container_v1.sealed.age").read_bytes()
    assert opened(golden) == FILES
    archive = plain_archive(golden)
    expected = (GOLDEN / "container_v1.txt").read_text("ascii")
    assert expected == f"{hashlib.sha256(archive).hexdigest()}  bundle.tar\n"
    sealed, _ = bundle([classic(1).recipient()])
    assert sealed == golden


@given(sizes=st.lists(st.integers(0, 2000), min_size=1, max_size=6))
def test_the_archive_is_of_its_padme_length(sizes: list[int]) -> None:
    files = {f"data/{index}": bytes(size) for index, size in enumerate(sizes)}
    sealed, written = bundle([classic(1).recipient()], files=files)
    assert opened(sealed) == files
    assert written.tar_bytes % 512 == 0
    assert written.tar_bytes == -(-padme(written.tar_bytes) // 512) * 512


def test_similar_payloads_make_bundles_of_equal_length() -> None:
    lengths = {
        bundle([classic(1).recipient()], files={"data/a": bytes(1_000_000 + extra)})[1].sealed_bytes
        for extra in range(0, 10_000, 1000)
    }
    assert len(lengths) <= 2


def pattern(size_bytes: int) -> Callable[[], Iterator[bytes]]:
    def chunks() -> Iterator[bytes]:
        for _ in range(size_bytes // CHUNK_BYTES):
            yield b"p" * CHUNK_BYTES

    return chunks


class Discard:
    def write(self, data: bytes | memoryview, /) -> None:
        pass


def test_memory_stays_small_whatever_is_sealed_and_opened(tmp_path: Path) -> None:
    size_bytes = 32 * 2**20 * effort()
    recipients = complete_recipients([classic(1).recipient()], randomness(1))
    path = tmp_path / "b.sealed.age"
    tracemalloc.start()
    try:
        with path.open("wb") as out:
            write_bundle(
                out,
                recipients,
                envelope=ENVELOPE,
                bag_info=[],
                payload=[measure("data/big", pattern(size_bytes))],
                signing_seed=SEED,
                random=randomness(2),
                on_progress=lambda done, total: None,
            )
        with path.open("rb") as source:
            reader = BundleReader(source, [classic(1)])
            assert sum(len(c) for m in reader.members() for c in m.chunks()) == size_bytes
            reader.finish()
        with path.open("rb") as source:
            BundleReader(source, [classic(1)]).finish()
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak_bytes < 4 * 2**20


def test_progress_goes_from_nothing_to_all_and_may_end_the_work() -> None:
    told: list[tuple[int, int]] = []
    write_bundle(
        Discard(),
        complete_recipients([classic(1).recipient()], randomness(1)),
        envelope=ENVELOPE,
        bag_info=[],
        payload=payload(FILES),
        signing_seed=SEED,
        random=randomness(2),
        on_progress=lambda done, total: told.append((done, total)),
    )
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert {total for _, total in told} == {told[-1][0]}

    class StopError(Exception):
        pass

    def stop(done_bytes: int, total_bytes: int) -> None:
        if 2 * done_bytes > total_bytes:
            raise StopError

    with pytest.raises(StopError):
        write_bundle(
            Discard(),
            complete_recipients([classic(1).recipient()], randomness(1)),
            envelope=ENVELOPE,
            bag_info=[],
            payload=payload(FILES),
            signing_seed=SEED,
            random=randomness(2),
            on_progress=stop,
        )


@pytest.mark.parametrize(
    "second", [b"other", b"changeD", b"changed!", b"", b"changed" * 100_000], ids=len
)
def test_payload_that_changes_after_it_was_measured_is_refused(second: bytes) -> None:
    contents = iter([b"changed", second])
    with pytest.raises(Tampered):
        write_payload(measure("data/a", lambda: iter([next(contents)])))


def write_payload(
    *files: Payload,
    envelope: bytes = ENVELOPE,
    bag_info: Sequence[tuple[str, str]] = (),
) -> None:
    write_bundle(
        Discard(),
        complete_recipients([classic(1).recipient()], randomness(1)),
        envelope=envelope,
        bag_info=bag_info,
        payload=files,
        signing_seed=SEED,
        random=randomness(2),
        on_progress=lambda done, total: None,
    )


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["data/a", "data/a"],
        ["data/a", "data/a/b"],
        ["data/a/b", "data/a"],
        ["a"],
        ["data"],
        ["data/../a"],
        ["data/A"],
        ["envelope.json"],
    ],
)
def test_what_no_reader_would_take_is_not_written(names: list[str]) -> None:
    with pytest.raises(Malformed):
        write_payload(*(measure(name, lambda: iter([b""])) for name in names))


@pytest.mark.parametrize(
    "pair",
    [
        ("Payload-Oxum", "1.1"),
        ("payload-oxum", "1.1"),
        ("", "x"),
        ("Label", ""),
        ("Label", "two\nlines"),
        ("Label", " x"),
        ("Label", "x "),
        ("Label", "ä"),
        ("La bel", "x"),
        ("Label", "x" * 1001),
    ],
)
def test_a_bag_info_that_no_reader_would_take_is_not_written(pair: tuple[str, str]) -> None:
    with pytest.raises(Malformed):
        write_payload(*payload(FILES), bag_info=[pair])


def test_more_than_a_bundle_can_hold_is_not_written() -> None:
    huge = Payload(name="data/a", size_bytes=2**39, sha256=bytes(32), chunks=lambda: iter([]))
    with pytest.raises(LimitExceeded):
        write_payload(huge)


def test_an_envelope_that_no_reader_would_take_is_not_written() -> None:
    with pytest.raises(LimitExceeded):
        write_payload(*payload(FILES), envelope=bytes(MAX_FRONT_MATTER_BYTES))


# Recipients.


@pytest.mark.parametrize("readers", [1, 3, 4, 5, 8, 9, 16, 17, 32])
def test_recipients_are_filled_up_to_a_count_that_says_little(readers: int) -> None:
    named = [classic(number).recipient() for number in range(readers)]
    completed = complete_recipients(named, randomness(1))
    assert len(completed) == min(count for count in (4, 8, 16, 32) if count >= readers)
    assert set(named) <= set(completed)
    assert len(set(completed)) == len(completed)
    assert all(isinstance(recipient, X25519Recipient) for recipient in completed)


def test_fillers_are_of_the_readers_kind_and_new_each_time() -> None:
    named = [hybrid(1).recipient()]
    first = complete_recipients(named, randomness(1))
    second = complete_recipients(named, randomness(2))
    assert all(isinstance(recipient, HybridRecipient) for recipient in first)
    assert set(first) & set(second) == set(named)


def test_a_reader_may_stand_anywhere() -> None:
    named = [classic(1).recipient()]
    places = {complete_recipients(named, randomness(n)).index(named[0]) for n in range(60)}
    assert places == {0, 1, 2, 3}


def test_stanzas_stand_in_the_order_that_was_given() -> None:
    recipients = complete_recipients([classic(1).recipient()], randomness(1))
    out = io.BytesIO()
    write_bundle(
        out,
        recipients,
        envelope=ENVELOPE,
        bag_info=[],
        payload=payload(FILES),
        signing_seed=SEED,
        random=randomness(2),
        on_progress=lambda done, total: None,
    )
    stanza = read_header(io.BytesIO(out.getvalue())).stanzas[
        recipients.index(classic(1).recipient())
    ]
    assert len(classic(1).unwrap(stanza)) == 16


def test_too_many_readers_are_refused() -> None:
    with pytest.raises(LimitExceeded):
        complete_recipients([classic(n).recipient() for n in range(33)], randomness(1))


def test_no_reader_and_one_reader_twice_and_two_kinds_are_refused() -> None:
    reader = classic(1).recipient()
    for named in ([], [reader, reader], [reader, hybrid(1).recipient()]):
        with pytest.raises(ValueError, match="readers must be"):
            complete_recipients(named, randomness(1))  # type: ignore[arg-type]  # a mix is what is refused


def test_recipients_that_were_not_completed_are_refused() -> None:
    readers = [classic(number).recipient() for number in range(5)]
    for recipients in ([], readers[:1], readers[:3], readers, [*readers[:3], readers[0]]):
        with pytest.raises(ValueError, match="complete_recipients"):
            write_bundle(
                Discard(),
                tuple(recipients),
                envelope=ENVELOPE,
                bag_info=[],
                payload=payload(FILES),
                signing_seed=SEED,
                random=randomness(2),
                on_progress=lambda done, total: None,
            )


# Damage.


def some_of(count: int) -> range:
    """Every index when there is effort to spend, else every fifth: all eight bits take turns."""
    return range(0, count, 1 if effort() > 1 else 5)


def test_a_flip_of_any_byte_of_the_file_is_refused() -> None:
    sealed, _ = bundle([classic(1).recipient()])
    for index in some_of(len(sealed)):
        flipped = bytearray(sealed)
        flipped[index] ^= 1 << index % 8
        with pytest.raises(CryptoError):
            opened(bytes(flipped))


def test_a_flip_of_any_byte_of_the_archive_is_refused() -> None:
    archive = forged()
    assert read_files(ArchiveReader(io.BytesIO(archive))) == FILES
    for index in some_of(len(archive)):
        flipped = bytearray(archive)
        flipped[index] ^= 1 << index % 8
        with pytest.raises(CryptoError):
            read_files(ArchiveReader(io.BytesIO(flipped)))


def test_a_cut_anywhere_is_refused() -> None:
    sealed, _ = bundle([classic(1).recipient()])
    archive = forged()
    for length in some_of(len(sealed)):
        with pytest.raises(CryptoError):
            opened(sealed[:length])
    for length in some_of(len(archive)):
        with pytest.raises(Malformed):
            read_files(ArchiveReader(io.BytesIO(archive[:length])))


def test_a_cut_that_one_of_the_readers_seals_again_is_refused() -> None:
    archive = forged()
    assert opened(sealed_by_hand(archive)) == FILES
    for length in range(0, len(archive), 97):
        with pytest.raises(Malformed):
            opened(sealed_by_hand(archive[:length]))


def test_bytes_behind_the_end_are_refused() -> None:
    sealed, _ = bundle([classic(1).recipient()])
    for behind in (b"\x00", b"\n", bytes(512), sealed):
        with pytest.raises(CryptoError):
            opened(sealed + behind)
        with pytest.raises(Malformed):
            opened(sealed_by_hand(forged() + behind))

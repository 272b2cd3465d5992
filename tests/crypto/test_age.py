"""age files of ours: what is sealed opens for its readers, and for nobody else."""

import io
import os
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import bech32
from crypto.age import (
    AgeSealer,
    HeaderMacMismatch,
    HeaderMalformed,
    HeaderTooLarge,
    HybridIdentity,
    Identity,
    NoMatch,
    PayloadCorrupt,
    Recipient,
    ScryptIdentity,
    ScryptRecipient,
    Stanza,
    X25519Identity,
    X25519Recipient,
    open_age,
    open_age_seekable,
    parse_identity,
    parse_recipient,
    read_header,
    seal_header,
)
from crypto.age_header import MAX_HEADER_BYTES, MAX_STANZAS, header_bytes
from crypto.errors import CryptoError, LimitExceeded, Malformed, WrongKey
from crypto.stream import CHUNK_BYTES, StreamSealer
from tests.support import effort

CLASSIC = X25519Identity(secret=b"c" * 32)
HYBRID = HybridIdentity(secret=b"h" * 32)
WORDS = ScryptIdentity(passphrase=b"ten small stones")
WORDS_RECIPIENT = ScryptRecipient(passphrase=b"ten small stones", work_factor=4)
PAIRS: list[tuple[Identity, Recipient]] = [
    (CLASSIC, CLASSIC.recipient()),
    (HYBRID, HYBRID.recipient()),
    (WORDS, WORDS_RECIPIENT),
]
FILE_KEY = b"k" * 16


def content(size: int) -> bytes:
    return (b"who drove the car? " * (size // 19 + 1))[:size]


def seal(plaintext: bytes, *recipients: Recipient) -> bytes:
    sink = io.BytesIO()
    sealer = AgeSealer(sink, recipients, os.urandom)
    sealer.write(plaintext)
    sealer.finish()
    return sink.getvalue()


def opened(sealed: bytes, *identities: Identity) -> bytes:
    return b"".join(open_age(io.BytesIO(sealed), identities).chunks())


def file_of(stanzas: list[Stanza]) -> bytes:
    """A proper file for `FILE_KEY` with any stanzas at all; its payload is not reached."""
    return header_bytes(tuple(stanzas), FILE_KEY) + bytes(16)


@pytest.mark.parametrize(("identity", "recipient"), PAIRS)
@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1])
def test_what_is_sealed_opens(identity: Identity, recipient: Recipient, size: int) -> None:
    sealed = seal(content(size), recipient)
    assert opened(sealed, identity) == content(size)
    assert open_age_seekable(io.BytesIO(sealed), [identity]).read() == content(size)


def test_sealing_twice_never_gives_the_same_bytes() -> None:
    for _, recipient in PAIRS:
        first, second = seal(b"", recipient), seal(b"", recipient)
        assert first != second
        assert read_header(io.BytesIO(first)).stanzas != read_header(io.BytesIO(second)).stanzas


def test_every_reader_opens_with_any_of_their_identities() -> None:
    identities = [HybridIdentity.generate(os.urandom) for _ in range(4)]
    sealed = seal(b"names", *(identity.recipient() for identity in identities))
    for identity in identities:
        strangers: list[Identity] = [
            X25519Identity.generate(os.urandom),
            HybridIdentity.generate(os.urandom),
        ]
        assert opened(sealed, *strangers, identity) == b"names"


def test_stanzas_stand_in_the_order_of_the_recipients() -> None:
    identities = [X25519Identity.generate(os.urandom) for _ in range(3)]
    beginning, _ = seal_header([each.recipient() for each in identities], random=os.urandom)
    stanzas = read_header(io.BytesIO(beginning)).stanzas
    keys = [each.unwrap(stanza) for each, stanza in zip(identities, stanzas, strict=True)]
    assert len(set(keys)) == 1


@pytest.mark.parametrize(
    "identity",
    [
        X25519Identity(secret=b"x" * 32),
        HybridIdentity(secret=b"x" * 32),
        ScryptIdentity(passphrase=b"ten small bones"),
    ],
)
def test_others_are_told_that_it_is_not_for_them(identity: Identity) -> None:
    for _, recipient in PAIRS:
        with pytest.raises(WrongKey):
            opened(seal(b"names", recipient), identity)


def test_no_identity_opens_nothing() -> None:
    with pytest.raises(NoMatch):
        opened(seal(b"names", CLASSIC.recipient()))


@pytest.mark.parametrize(
    "recipients",
    [
        [],
        [CLASSIC.recipient(), HYBRID.recipient()],
        [HYBRID.recipient(), HYBRID.recipient(), CLASSIC.recipient()],
        [WORDS_RECIPIENT, WORDS_RECIPIENT],
        [WORDS_RECIPIENT, CLASSIC.recipient()],
    ],
)
def test_recipients_that_weaken_each_other_are_refused(recipients: list[Recipient]) -> None:
    with pytest.raises(ValueError, match="of one kind"):
        seal_header(recipients, random=os.urandom)


@pytest.mark.parametrize(("identity", "recipient"), PAIRS[:2])
def test_every_flipped_byte_is_refused(identity: Identity, recipient: Recipient) -> None:
    sealed = seal(b"a name", recipient)
    for index in range(len(sealed)):
        changed = sealed[:index] + bytes([sealed[index] ^ 1]) + sealed[index + 1 :]
        with pytest.raises(CryptoError):
            opened(changed, identity)


def test_every_cut_is_refused() -> None:
    sealed = seal(b"a name", CLASSIC.recipient())
    for length in range(len(sealed)):
        with pytest.raises((HeaderMalformed, PayloadCorrupt)):
            opened(sealed[:length], CLASSIC)
        with pytest.raises((HeaderMalformed, PayloadCorrupt)):
            open_age_seekable(io.BytesIO(sealed[:length]), [CLASSIC])


@given(size=st.integers(0, 200_000), offset=st.integers(0, 210_000), length=st.integers(0, 99_999))
@settings(max_examples=20 * effort())
def test_seeking_in_a_file_is_slicing(size: int, offset: int, length: int) -> None:
    opener = open_age_seekable(io.BytesIO(seal(content(size), CLASSIC.recipient())), [CLASSIC])
    opener.seek(offset)
    assert opener.read(length) == content(size)[offset : offset + length]


def test_a_stanza_added_or_taken_away_breaks_the_mac() -> None:
    mine, other = CLASSIC.recipient(), X25519Identity.generate(os.urandom).recipient()
    sealed = seal(b"names", mine, other)
    header = read_header(io.BytesIO(sealed))
    lines = sealed[: header.size_bytes].split(b"\n")
    payload = sealed[header.size_bytes :]
    without_other = b"\n".join(lines[:3] + lines[5:]) + payload
    with_third = b"\n".join([*lines[:1], b"-> third party", b"", *lines[1:]]) + payload
    for changed in (without_other, with_third):
        with pytest.raises(HeaderMacMismatch):
            opened(changed, CLASSIC)


def test_stanzas_of_unknown_kinds_are_ignored() -> None:
    stanza = CLASSIC.recipient().wrap(FILE_KEY, os.urandom)
    unknown = Stanza(kind="org.example/later", arguments=("a", "b"), body=b"z" * 100)
    beginning = header_bytes((unknown, stanza, unknown), FILE_KEY)
    header = read_header(io.BytesIO(beginning))
    assert [each.kind for each in header.stanzas] == [unknown.kind, "X25519", unknown.kind]
    assert header.stanzas[0] == unknown
    header.check_mac(FILE_KEY)
    with pytest.raises(PayloadCorrupt):
        opened(beginning + bytes(16), CLASSIC)


@given(
    stanzas=st.lists(
        st.builds(
            lambda kind, arguments, body: Stanza(kind=kind, arguments=tuple(arguments), body=body),
            st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=9),
            st.lists(
                st.text(
                    st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=9
                ),
                max_size=3,
            ),
            st.binary(max_size=150),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_a_header_that_was_written_reads_as_it_was(stanzas: list[Stanza]) -> None:
    written = header_bytes(tuple(stanzas), FILE_KEY)
    header = read_header(io.BytesIO(written + b"payload"))
    assert list(header.stanzas) == stanzas
    assert header.size_bytes == len(written)
    header.check_mac(FILE_KEY)
    with pytest.raises(HeaderMacMismatch):
        header.check_mac(b"K" * 16)


@given(untrusted=st.binary(max_size=300))
def test_any_bytes_at_all_are_refused_as_a_header(untrusted: bytes) -> None:
    for data in (untrusted, b"age-encryption.org/v1\n" + untrusted):
        with pytest.raises(HeaderMalformed):
            read_header(io.BytesIO(data))


@pytest.mark.parametrize("columns", [65, 66, 68, 128])
def test_a_stanza_line_above_64_columns_is_refused(columns: int) -> None:
    beginning = header_bytes((Stanza(kind="z", arguments=(), body=b""),), FILE_KEY)
    long_line = b"-> z\n" + b"A" * columns + b"\n"
    assert read_header(io.BytesIO(beginning)).stanzas
    with pytest.raises(HeaderMalformed):
        read_header(io.BytesIO(beginning.replace(b"-> z\n\n", long_line)))


def test_more_than_64_stanzas_are_too_many() -> None:
    stanzas = [CLASSIC.recipient().wrap(FILE_KEY, os.urandom)] * MAX_STANZAS
    assert len(read_header(io.BytesIO(file_of(stanzas))).stanzas) == MAX_STANZAS
    with pytest.raises(LimitExceeded):
        opened(file_of([*stanzas, stanzas[0]]), CLASSIC)


def test_a_header_above_one_mebibyte_is_too_large() -> None:
    def padded(body_bytes: int) -> bytes:
        return file_of([Stanza(kind="padding", arguments=(), body=bytes(body_bytes))])

    fits = read_header(io.BytesIO(padded(700_000)))
    assert fits.size_bytes < MAX_HEADER_BYTES
    with pytest.raises(HeaderTooLarge):
        read_header(io.BytesIO(padded(800_000)))


@pytest.mark.parametrize("start", [b"", b"age-encryption.org/v1\n", b"age-encryption.org/v1\n-> "])
def test_an_endless_line_is_given_up_after_one_mebibyte(start: bytes) -> None:
    class Endless:
        def __init__(self) -> None:
            self.given_bytes = 0
            self._start = start

        def read(self, n: int, /) -> bytes:
            self.given_bytes += n
            data, self._start = self._start + b"a" * (n - len(self._start)), b""
            return data

    source = Endless()
    with pytest.raises(HeaderTooLarge):
        open_age(source, [CLASSIC])
    assert source.given_bytes <= MAX_HEADER_BYTES + 8192


def test_a_passphrase_that_asks_for_too_much_work_is_refused_before_any() -> None:
    for work_factor in ("21", "99", "9" * 4000):
        stanza = Stanza(kind="scrypt", arguments=("A" * 22, work_factor), body=bytes(32))
        with pytest.raises(LimitExceeded):
            opened(file_of([stanza]), WORDS)


def test_a_passphrase_beside_another_stanza_is_refused_whoever_reads() -> None:
    stanzas = [
        CLASSIC.recipient().wrap(FILE_KEY, os.urandom),
        WORDS_RECIPIENT.wrap(FILE_KEY, os.urandom),
    ]
    for identity in (CLASSIC, WORDS, HYBRID):
        with pytest.raises(HeaderMalformed):
            opened(file_of(stanzas), identity)


@pytest.mark.parametrize(("identity", "recipient"), PAIRS)
def test_a_stanza_of_another_shape_is_refused(identity: Identity, recipient: Recipient) -> None:
    good = recipient.wrap(FILE_KEY, os.urandom)
    changes: list[Callable[[Stanza], Stanza]] = [
        lambda s: Stanza(kind=s.kind, arguments=(*s.arguments, "more"), body=s.body),
        lambda s: Stanza(kind=s.kind, arguments=(), body=s.body),
        lambda s: Stanza(kind=s.kind, arguments=("AAAA", *s.arguments[1:]), body=s.body),
        lambda s: Stanza(kind=s.kind, arguments=("A=", *s.arguments[1:]), body=s.body),
        lambda s: Stanza(kind=s.kind, arguments=s.arguments, body=s.body + b"\0"),
        lambda s: Stanza(kind=s.kind, arguments=s.arguments, body=b""),
    ]
    assert identity.unwrap(good) == FILE_KEY
    for change in changes:
        with pytest.raises(HeaderMalformed):
            opened(file_of([change(good)]), identity)


@pytest.mark.parametrize("generate", [X25519Identity.generate, HybridIdentity.generate])
def test_keys_survive_their_text(
    generate: Callable[[Callable[[int], bytes]], X25519Identity | HybridIdentity],
) -> None:
    identity = generate(os.urandom)
    assert parse_identity(identity.encode()) == identity
    assert parse_recipient(identity.recipient().encode()) == identity.recipient()
    assert identity != generate(os.urandom)


def test_texts_begin_as_people_know_them() -> None:
    assert CLASSIC.encode().startswith("AGE-SECRET-KEY-1")
    assert HYBRID.encode().startswith("AGE-SECRET-KEY-PQ-1")
    assert CLASSIC.recipient().encode().startswith("age1")
    assert HYBRID.recipient().encode().startswith("age1pq1")


@pytest.mark.parametrize("text", [CLASSIC.encode(), HYBRID.encode()])
def test_every_mistyped_character_of_an_identity_is_noticed(text: str) -> None:
    for index, character in enumerate(text):
        for wrong in ("Q" if character != "Q" else "P", character.lower(), "é", ""):
            changed = text[:index] + wrong + text[index + 1 :]
            if changed != text:
                with pytest.raises(Malformed):
                    parse_identity(changed)


def test_texts_of_another_kind_are_refused() -> None:
    identity, recipient = CLASSIC.encode(), CLASSIC.recipient().encode()
    for text in (recipient, identity.lower(), f" {identity}", f"{identity}\n", "", "1", "age1"):
        with pytest.raises(Malformed):
            parse_identity(text)
    for text in (identity, recipient.upper(), f"{recipient} ", "", bech32.encode("bge", b"r" * 32)):
        with pytest.raises(Malformed):
            parse_recipient(text)


@pytest.mark.parametrize("length", [0, 31, 33, 1215, 1217])
def test_keys_of_another_length_are_refused(length: int) -> None:
    for prefix in ("age", "age1pq"):
        with pytest.raises(Malformed):
            parse_recipient(bech32.encode(prefix, b"\x09" * length))
    for prefix in ("AGE-SECRET-KEY-", "AGE-SECRET-KEY-PQ-"):
        with pytest.raises(Malformed):
            parse_identity(bech32.encode(prefix, b"\x09" * length))


def test_recipients_of_low_order_are_refused() -> None:
    mlkem_part = HYBRID.recipient().public[:-32]
    for low_order in (bytes(32), (1).to_bytes(32, "little"), (2**255 - 20).to_bytes(32, "little")):
        with pytest.raises(Malformed):
            parse_recipient(bech32.encode("age", low_order))
        with pytest.raises(Malformed):
            parse_recipient(bech32.encode("age1pq", mlkem_part + low_order))


def test_a_hybrid_recipient_that_is_not_canonical_is_refused() -> None:
    public = HYBRID.recipient().public
    with pytest.raises(Malformed):
        parse_recipient(bech32.encode("age1pq", b"\xff" * 3 + public[3:]))


def test_secrets_do_not_show_when_printed() -> None:
    for secret in (X25519Identity(secret=b"s" * 32), HybridIdentity(secret=b"s" * 32)):
        assert "sss" not in repr(secret)
    for words in (ScryptIdentity(passphrase=b"sss"), ScryptRecipient(passphrase=b"sss")):
        assert "sss" not in repr(words)


@given(data=st.binary(max_size=80))
def test_bech32_gives_back_what_it_was_given(data: bytes) -> None:
    assert bech32.decode(bech32.encode("age", data)) == ("age", data)
    assert bech32.decode(bech32.encode("AGE", data)) == ("AGE", data)


@pytest.mark.parametrize(
    "text",
    [
        "age1",
        "age1qqqqq",
        "1qqqqqqqq",
        "agebqqqqqqqq",
        # The checksums of these two fit. Five bits hold no byte; the two bits after one are not 0.
        "age1qdd35qf",
        "age1qpu0j2ex",
    ],
)
def test_bech32_that_is_too_short_or_not_canonical_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        bech32.decode(text)


@given(untrusted=st.text(max_size=60))
def test_any_text_at_all_is_refused_as_bech32(untrusted: str) -> None:
    with pytest.raises(Malformed):
        bech32.decode(untrusted)


def test_a_payload_key_is_not_the_file_key() -> None:
    # The payload of a file opens under the key from `seal_header` and under no constant.
    beginning, key = seal_header([CLASSIC.recipient()], random=os.urandom)
    sink = io.BytesIO()
    stream = StreamSealer(key, sink)
    stream.write(b"names")
    stream.finish()
    assert opened(beginning + sink.getvalue(), CLASSIC) == b"names"
    assert X25519Recipient(public=CLASSIC.recipient().public) == CLASSIC.recipient()

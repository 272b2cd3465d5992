"""A card: the public text that introduces an author, and the fingerprint people compare.

A card is lines of text, signed by the key it introduces. A value longer than 64 characters goes
on in the next lines. The signature covers `fn/card/1`, a zero byte and the text from the first
line to the one before `signature:`. One card has one text: nothing else is read as it.

    -----BEGIN FIELD NOTEBOOK CARD-----
    version: 1
    name: …
    signing-key: 64 hexadecimal digits
    age-classic: age1…
    age-pq: age1pq1…
    signature: 128 hexadecimal digits
    -----END FIELD NOTEBOOK CARD-----
"""

import hashlib
import itertools
import unicodedata
from dataclasses import dataclass
from typing import Self

from crypto import labels, sshsig
from crypto.age_keys import HybridRecipient, X25519Recipient, parse_recipient
from crypto.errors import LimitExceeded, Malformed, Unsupported
from crypto.primitives import KEY_BYTES, ed25519_verify
from crypto.words import words_of

MAX_CARD_CHARACTERS = 8 * 1024
MAX_NAME_CHARACTERS = 100

FINGERPRINT_GROUPS = 12
FINGERPRINT_WORDS = 12

_BEGIN = "-----BEGIN FIELD NOTEBOOK CARD-----"
_END = "-----END FIELD NOTEBOOK CARD-----"
_VERSION = "1"
_SIGNED_FIELDS = ("version", "name", "signing-key", "age-classic", "age-pq")
_LINE_CHARACTERS = 64
HYBRID_BYTES = 1216
SIGNATURE_BYTES = 64
NAME_AT = 1 + 2 * KEY_BYTES + HYBRID_BYTES + SIGNATURE_BYTES
"""Where the name begins in the short form, and goes on to its end."""
# Controls and line ends would break the text; invisible and direction-changing characters could
# make one name look like another.
_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An author's name and public keys, with their own signature over them.

    Made by `Card.parse` and `Identity.card`. The signature proves that one hand made the whole
    card, and nothing about whose hand: that is what comparing fingerprints is for.
    """

    name: str
    signing_key: bytes
    classic: X25519Recipient
    hybrid: HybridRecipient
    signature: bytes

    @classmethod
    def parse(cls, untrusted_text: str) -> Self:
        """Read a card in its one exact form; `tidy_card` brings pasted text into it.

        Raises `LimitExceeded`, `Malformed`, `Unsupported` for a newer version, and `Tampered`
        when the signature does not fit.
        """
        if len(untrusted_text) > MAX_CARD_CHARACTERS:
            raise LimitExceeded("card is too long")
        lines = untrusted_text.split("\n")
        if len(lines) < 3 or lines[0] != _BEGIN or lines[-2:] != [_END, ""]:
            raise Malformed("not a card")
        fields = _unfold(lines[1:-2])
        if fields.get("version") != _VERSION:
            raise Unsupported("card version")
        if set(fields) != {*_SIGNED_FIELDS, "signature"}:
            raise Malformed("card fields")
        classic = parse_recipient(fields["age-classic"])
        hybrid = parse_recipient(fields["age-pq"])
        if not isinstance(classic, X25519Recipient) or not isinstance(hybrid, HybridRecipient):
            raise Malformed("card has a key of another kind")
        card = cls(
            name=check_name(fields["name"]),
            signing_key=_unhex(fields["signing-key"]),
            classic=classic,
            hybrid=hybrid,
            signature=_unhex(fields["signature"]),
        )
        # Another order, other folding, repeated fields and spare characters all show here.
        if card.encode() != untrusted_text:
            raise Malformed("card is not in its one form")
        ed25519_verify(card.signing_key, card.signed_bytes(), card.signature)
        return card

    def encode(self) -> str:
        """The text people copy, ending with a line feed."""
        return f"{self._signed_text()}{_fold('signature', self.signature.hex())}{_END}\n"

    @classmethod
    def from_bytes(cls, untrusted: bytes) -> Self:
        """Read what `to_bytes` wrote. Raises as `parse`."""
        if not NAME_AT < len(untrusted) <= NAME_AT + 4 * MAX_NAME_CHARACTERS:
            raise Malformed("not a card")
        if untrusted[0] != int(_VERSION):
            raise Unsupported("card version")
        ends = (1, 1 + KEY_BYTES, 1 + 2 * KEY_BYTES, NAME_AT - SIGNATURE_BYTES, NAME_AT)
        signing, classic, hybrid, signature = (
            untrusted[start:end] for start, end in itertools.pairwise(ends)
        )
        try:
            name = untrusted[NAME_AT:].decode("utf-8", "strict")
        except UnicodeDecodeError:
            raise Malformed("card has a name that is no text") from None
        card = cls(
            name=check_name(name),
            signing_key=signing,
            classic=X25519Recipient(public=classic),
            hybrid=HybridRecipient(public=hybrid),
            signature=signature,
        )
        return cls.parse(card.encode())

    def to_bytes(self) -> bytes:
        """The card in its shortest form, for codes: version, three keys, signature, name."""
        keys = self.signing_key + self.classic.public + self.hybrid.public
        return bytes((int(_VERSION),)) + keys + self.signature + self.name.encode("utf-8")

    def signed_bytes(self) -> bytes:
        """What the signature covers."""
        return labels.CARD_SIGNATURE + b"\0" + self._signed_text().encode("utf-8")

    def author_id(self) -> str:
        """The name by which journals know this author: 64 hexadecimal digits of the key."""
        return self.signing_key.hex()

    def fingerprint(self) -> str:
        """60 decimal digits in 12 groups of 5, over all keys and not the name.

        Each group is five bytes of the digest, as a number modulo 100,000: 199 bits in all.
        """
        digest = self._digest()
        groups = (digest[start : start + 5] for start in range(0, 5 * FINGERPRINT_GROUPS, 5))
        return " ".join(f"{int.from_bytes(group, 'big') % 100_000:05d}" for group in groups)

    def fingerprint_words(self) -> tuple[str, ...]:
        """Twelve words for reading aloud: the first 120 bits of what the digits come from.

        That is enough against an impostor, who needs a second set of keys with these words.
        """
        return words_of(self._digest(), FINGERPRINT_WORDS)

    def allowed_signers_line(self) -> str:
        """What `ssh-keygen -Y verify` needs to check this author's bundles; no line end."""
        return sshsig.allowed_signers_line(
            self.author_id(), self.signing_key, sshsig.BUNDLE_NAMESPACE
        )

    def _signed_text(self) -> str:
        values = (
            _VERSION,
            self.name,
            self.signing_key.hex(),
            self.classic.encode(),
            self.hybrid.encode(),
        )
        fields = zip(_SIGNED_FIELDS, values, strict=True)
        return f"{_BEGIN}\n" + "".join(_fold(name, value) for name, value in fields)

    def _digest(self) -> bytes:
        """SHA-512 of tag, 0x00 and the keys, whose lengths are fixed."""
        keys = self.signing_key + self.classic.public + self.hybrid.public
        return hashlib.sha512(labels.FINGERPRINT + b"\0" + keys).digest()


def tidy_card(pasted_text: str) -> str:
    """The card in text from mail or chat, without what those add.

    Drops what stands before and after it, spaces at the ends of lines, and blank lines. Raises
    `Malformed` when there is no card or more than one.
    """
    lines = [line for line in map(str.strip, pasted_text.splitlines()) if line]
    if lines.count(_BEGIN) != 1 or lines.count(_END) != 1:
        raise Malformed("no card, or more than one")
    return "".join(f"{line}\n" for line in lines[lines.index(_BEGIN) : lines.index(_END) + 1])


def tidy_name(typed_text: str) -> str:
    """A typed name as cards carry it: NFC, with single spaces. Raises as `check_name`."""
    return check_name(" ".join(unicodedata.normalize("NFC", typed_text).split()))


def check_name(untrusted_name: str) -> str:
    """The name itself when a card may carry it.

    That is: NFC, 1 to 100 characters, spaces only singly between others, nothing invisible.
    Raises `Malformed`, or `LimitExceeded` when it is too long.
    """
    if len(untrusted_name) > MAX_NAME_CHARACTERS:
        raise LimitExceeded("name is too long")
    if not untrusted_name or untrusted_name.split() != untrusted_name.split(" "):
        raise Malformed("name is empty or has spaces that cannot be seen")
    if not unicodedata.is_normalized("NFC", untrusted_name):
        raise Malformed("name is not in Unicode's composed form")
    if any(unicodedata.category(c) in _REFUSED_CATEGORIES for c in untrusted_name):
        raise Malformed("name has characters that cannot be seen")
    return untrusted_name


def _fold(name: str, value: str) -> str:
    """`name: value` in lines; only a name may hold spaces, and it stays in one line."""
    if name == "name" or len(value) <= _LINE_CHARACTERS:
        return f"{name}: {value}\n"
    starts = range(0, len(value), _LINE_CHARACTERS)
    pieces = [value[start : start + _LINE_CHARACTERS] for start in starts]
    return f"{name}:\n" + "".join(f"{piece}\n" for piece in pieces)


def _unfold(lines: list[str]) -> dict[str, str]:
    """Values by name; `parse` checks the form by folding them again."""
    fields: dict[str, str] = {}
    name = ""
    for line in lines:
        if ":" in line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        elif name:
            fields[name] += line
        else:
            raise Malformed("card begins in the middle of a field")
    return fields


def _unhex(untrusted_digits: str) -> bytes:
    try:
        return bytes.fromhex(untrusted_digits)
    except ValueError:
        raise Malformed("card has a value that is not hexadecimal") from None

"""An author's secret keys: one for signing, two for opening what was sealed to them.

Kept inside the encrypted database as text, in this one form, every line ended by a line feed:

    field-notebook-identity: 1
    name: …
    signing-seed: 64 hexadecimal digits
    age-classic: AGE-SECRET-KEY-1…
    age-pq: AGE-SECRET-KEY-PQ-1…
"""

from dataclasses import dataclass, field, replace
from typing import Self

from crypto.age_keys import HybridIdentity, X25519Identity, parse_identity
from crypto.card import Card, check_name, tidy_name
from crypto.errors import Malformed, Unsupported
from crypto.primitives import KEY_BYTES, RandomBytes, ed25519_public, ed25519_sign

_FIELDS = ("field-notebook-identity", "name", "signing-seed", "age-classic", "age-pq")
_VERSION = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who one notebook is to others. The three keys are independent of each other."""

    name: str
    signing_seed: bytes = field(repr=False)
    classic: X25519Identity = field(repr=False)
    hybrid: HybridIdentity = field(repr=False)

    @classmethod
    def generate(cls, name: str, random: RandomBytes) -> Self:
        """New keys under a typed name. Raises as `crypto.card.tidy_name`."""
        return cls(
            name=tidy_name(name),
            signing_seed=random(KEY_BYTES),
            classic=X25519Identity.generate(random),
            hybrid=HybridIdentity.generate(random),
        )

    @classmethod
    def parse(cls, stored_text: str) -> Self:
        """Read what `encode` wrote. Raises `Unsupported` for a newer version, or `Malformed`."""
        fields = dict(_split(line) for line in stored_text.splitlines())
        if fields.get(_FIELDS[0], _VERSION) != _VERSION:
            raise Unsupported("identity version")
        if tuple(fields) != _FIELDS:
            raise Malformed("identity fields")
        classic = parse_identity(fields["age-classic"])
        hybrid = parse_identity(fields["age-pq"])
        if not isinstance(classic, X25519Identity) or not isinstance(hybrid, HybridIdentity):
            raise Malformed("identity has a key of another kind")
        identity = cls(
            name=check_name(fields["name"]),
            signing_seed=_seed(fields["signing-seed"]),
            classic=classic,
            hybrid=hybrid,
        )
        if identity.encode() != stored_text:
            raise Malformed("identity is not in its one form")
        return identity

    def encode(self) -> str:
        """The text to store, secret from end to end."""
        values = (
            _VERSION,
            self.name,
            self.signing_seed.hex(),
            self.classic.encode(),
            self.hybrid.encode(),
        )
        return "".join(f"{name}: {value}\n" for name, value in zip(_FIELDS, values, strict=True))

    def card(self) -> Card:
        """What others need to seal to this author and to check what they sign."""
        unsigned = Card(
            name=self.name,
            signing_key=ed25519_public(self.signing_seed),
            classic=self.classic.recipient(),
            hybrid=self.hybrid.recipient(),
            signature=b"",
        )
        return replace(unsigned, signature=ed25519_sign(self.signing_seed, unsigned.signed_bytes()))


def _split(line: str) -> tuple[str, str]:
    name, _, value = line.partition(": ")
    return name, value


def _seed(digits: str) -> bytes:
    try:
        seed = bytes.fromhex(digits)
    except ValueError:
        raise Malformed("identity seed") from None
    if len(seed) != KEY_BYTES:
        raise Malformed("identity seed")
    return seed

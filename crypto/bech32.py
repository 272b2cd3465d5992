"""Bech32 (BIP 173) without its limit on length, as age writes recipients and identities."""

from crypto.errors import Malformed

_CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUES = {character: value for value, character in enumerate(_CHARSET)}
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM_CHARACTERS = 6


def encode(prefix: str, data: bytes) -> str:
    """`data` under `prefix`, in the case of the prefix (which must be one case throughout)."""
    lower = prefix.lower()
    values = _regroup(data, from_bits=8, to_bits=5, is_padded=True)
    checked = _expand(lower) + values + [0] * _CHECKSUM_CHARACTERS
    remainder = _polymod(checked) ^ 1
    checksum = [(remainder >> 5 * (5 - i)) & 31 for i in range(_CHECKSUM_CHARACTERS)]
    text = lower + "1" + "".join(_CHARSET[value] for value in values + checksum)
    return text if prefix == lower else text.upper()


def decode(untrusted_text: str) -> tuple[str, bytes]:
    """The prefix, in the case it was written in, and the data. Raises `Malformed`."""
    if not all(33 <= ord(character) <= 126 for character in untrusted_text):
        raise Malformed("Bech32 with a character outside printable ASCII")
    lower = untrusted_text.lower()
    if untrusted_text not in (lower, untrusted_text.upper()):
        raise Malformed("Bech32 in mixed case")
    prefix, separator, encoded = lower.rpartition("1")
    if not separator or not prefix or len(encoded) < _CHECKSUM_CHARACTERS:
        raise Malformed("Bech32 without prefix or checksum")
    if not all(character in _VALUES for character in encoded):
        raise Malformed("Bech32 with a character outside its alphabet")
    values = [_VALUES[character] for character in encoded]
    if _polymod(_expand(prefix) + values) != 1:
        raise Malformed("Bech32 checksum does not fit")
    data = _regroup(values[:-_CHECKSUM_CHARACTERS], from_bits=5, to_bits=8, is_padded=False)
    return untrusted_text[: len(prefix)], bytes(data)


def _expand(prefix: str) -> list[int]:
    return [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]


def _polymod(values: list[int]) -> int:
    remainder = 1
    for value in values:
        top = remainder >> 25
        remainder = (remainder & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATORS):
            if top >> bit & 1:
                remainder ^= generator
    return remainder


def _regroup(
    groups: bytes | list[int], *, from_bits: int, to_bits: int, is_padded: bool
) -> list[int]:
    held = held_bits = 0
    regrouped = []
    for group in groups:
        held = held << from_bits | group
        held_bits += from_bits
        while held_bits >= to_bits:
            held_bits -= to_bits
            regrouped.append(held >> held_bits)
            held &= (1 << held_bits) - 1
    if is_padded:
        if held_bits:
            regrouped.append(held << (to_bits - held_bits))
    elif held_bits >= from_bits or held:
        raise Malformed("Bech32 with padding that is not canonical")
    return regrouped

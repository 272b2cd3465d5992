"""JSON as the journal and the envelope allow it: one meaning, bounded, nothing surprising.

RFC 8259 in UTF-8, without duplicate keys, NaN or Infinity, integers beyond ±2⁵³, lone
surrogates, or more than 16 levels (FORMATS, JSON).
"""

import json
from collections.abc import Iterable, Mapping
from math import isfinite

from notebook.model import JsonValue

MAX_LINE_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 16
MAX_INTEGER = 2**53


class BadJson(ValueError):
    """The text is not JSON as this program allows it."""


def parse(untrusted: bytes, *, max_bytes: int = MAX_LINE_BYTES) -> JsonValue:
    """The value of one JSON text. Raises `BadJson`."""
    if len(untrusted) > max_bytes:
        raise BadJson("too long")
    try:
        value: JsonValue = _DECODER.decode(untrusted.decode("utf-8"))
    except UnicodeDecodeError:
        raise BadJson("not UTF-8") from None
    except json.JSONDecodeError as error:
        # Where it is, and never what stands there.
        raise BadJson(f"not JSON at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise BadJson("too deep") from None
    # Numbers were checked as they were read. Only an escape can make a lone surrogate, and what has
    # few brackets cannot be deep: most texts need no second look.
    if b"\\u" in untrusted or untrusted.count(b"[") + untrusted.count(b"{") > MAX_DEPTH:
        check(value)
    return value


def parse_object(
    untrusted: bytes, keys: Iterable[str], *, max_bytes: int = MAX_LINE_BYTES
) -> dict[str, JsonValue]:
    """An object with exactly these keys. Raises `BadJson`."""
    value = parse(untrusted, max_bytes=max_bytes)
    if not isinstance(value, dict) or value.keys() != set(keys):
        raise BadJson("unexpected keys")
    return value


def check(value: JsonValue, depth: int = 0) -> None:
    """Raise `BadJson` unless `value` keeps the rules for depth, integers and text."""
    if isinstance(value, str):
        # Asked here already, as most texts of a header are hexadecimal: a save has fifty of them.
        if not value.isascii():
            _check_text(value)
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int):
        _check_integer(value)
    elif isinstance(value, float):
        _check_float(value)
    elif depth >= MAX_DEPTH:
        raise BadJson("too deep")
    elif isinstance(value, (dict, Mapping)):
        for key, member in value.items():
            if not key.isascii():
                _check_text(key)
            check(member, depth + 1)
    else:
        for member in value:
            check(member, depth + 1)


def dump(value: JsonValue) -> bytes:
    """Compact UTF-8 JSON with sorted keys; the bytes that are hashed and stored."""
    check(value)
    return _ENCODER.encode(value).encode("utf-8")


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise BadJson("duplicate key")
    return members


def _refuse_constant(_: str) -> float:
    raise BadJson("not a number")


def _integer(digits: str) -> int:
    # Python refuses to convert very long digit strings, in time that grows with their square.
    if len(digits) > 17:
        raise BadJson("integer out of range")
    number = int(digits)
    _check_integer(number)
    return number


def _float(digits: str) -> float:
    number = float(digits)
    _check_float(number)
    return number


def _check_float(number: float) -> None:
    if not isfinite(number):
        raise BadJson("not a number")


def _check_integer(number: int) -> None:
    if not -MAX_INTEGER <= number <= MAX_INTEGER:
        raise BadJson("integer out of range")


def _check_text(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise BadJson("lone surrogate") from None


# Made once: every value that is written or read passes here.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_constant=_refuse_constant,
    parse_int=_integer,
    parse_float=_float,
)
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)

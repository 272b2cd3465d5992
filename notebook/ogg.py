"""Opus in Ogg (RFC 3533, RFC 7845): pages made one at a time, each whole as soon as it is made.

A file that ends after any page plays: nothing in front depends on what follows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

RATE_HZ = 48_000
"""Opus counts in this rate, whatever the microphone has."""

_CAPTURE = b"OggS"
_MOST_SEGMENTS = 255
_BEGINS, _ENDS = 2, 4
_POLYNOMIAL = 0x04C11DB7


def _crc_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        value = byte << 24
        for _bit in range(8):
            value = (value << 1) ^ (_POLYNOMIAL if value & 0x8000_0000 else 0)
        table.append(value & 0xFFFF_FFFF)
    return tuple(table)


_CRC = _crc_table()


def crc(data: bytes) -> int:
    """Ogg's checksum (RFC 3533, section 6)."""
    value = 0
    for byte in data:
        value = ((value << 8) & 0xFFFF_FFFF) ^ _CRC[(value >> 24) ^ byte]
    return value


@dataclass(slots=True)
class OpusPages:
    """The pages of one mono Opus stream."""

    serial: int
    _number: int = 0

    def head(self, pre_skip: int, input_hz: int, vendor: str) -> bytes:
        """The two pages in front: what the stream is, and who encoded it; no other tags."""
        what = (
            b"OpusHead\x01\x01"
            + pre_skip.to_bytes(2, "little")
            + input_hz.to_bytes(4, "little")
            + bytes(3)
        )
        name = vendor.encode()
        tags = b"OpusTags" + len(name).to_bytes(4, "little") + name + bytes(4)
        return self._page([what], 0, _BEGINS) + self._page([tags], 0, 0)

    def page(self, packets: Sequence[bytes], samples: int, *, is_last: bool = False) -> bytes:
        """A page of whole packets; `samples` are those of the stream up to its end."""
        return self._page(packets, samples, _ENDS if is_last else 0)

    def _page(self, packets: Sequence[bytes], samples: int, flags: int) -> bytes:
        lacing = b"".join(
            b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255]) for packet in packets
        )
        if len(lacing) > _MOST_SEGMENTS:
            raise ValueError("too many packets for one page")
        front = (
            _CAPTURE
            + bytes([0, flags])
            + samples.to_bytes(8, "little")
            + self.serial.to_bytes(4, "little")
            + self._number.to_bytes(4, "little")
        )
        behind = bytes([len(lacing)]) + lacing + b"".join(packets)
        self._number += 1
        check = crc(front + bytes(4) + behind)
        return front + check.to_bytes(4, "little") + behind

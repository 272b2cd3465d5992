"""Opus in Ogg (RFC 3533, RFC 7845): pages made one at a time, each whole as soon as it is made.

A file that ends after any page plays: nothing in front depends on what follows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

RATE_HZ = 48_000
"""Opus counts in this rate, whatever the microphone has."""

_CAPTURE = b"OggS"
_MOST_SEGMENTS = 255
_FRONT_BYTES = 27
MOST_PACKET_BYTES = 64 * 1024
_GOES_ON, _BEGINS, _ENDS = 1, 2, 4
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


class NotOggError(Exception):
    """What comes is no page of Ogg, or a packet is too long."""


@dataclass(slots=True)
class PacketReader:
    """The packets of an Ogg file as it comes, of one stream after another.

    Checksums are not looked at: what is read here was authenticated before, and a decoder takes
    anything.
    """

    _buffer: bytearray = field(default_factory=bytearray)
    _packet: bytearray = field(default_factory=bytearray)

    def feed(self, untrusted: bytes) -> Iterator[bytes]:
        """The packets that are whole now. Raises `NotOggError`."""
        self._buffer += untrusted
        while len(self._buffer) >= _FRONT_BYTES:
            if not self._buffer.startswith(_CAPTURE):
                raise NotOggError
            begin = _FRONT_BYTES + self._buffer[_FRONT_BYTES - 1]
            lacing = bytes(self._buffer[_FRONT_BYTES:begin])
            end = begin + sum(lacing)
            if len(self._buffer) < end or len(lacing) < begin - _FRONT_BYTES:
                return
            page = bytes(self._buffer[begin:end])
            if not self._buffer[5] & _GOES_ON:
                self._packet.clear()
            del self._buffer[:end]
            yield from self._packets(lacing, page)

    def _packets(self, lacing: bytes, page: bytes) -> Iterator[bytes]:
        at = 0
        for length in lacing:
            self._packet += page[at : at + length]
            at += length
            if len(self._packet) > MOST_PACKET_BYTES:
                raise NotOggError
            if length < _MOST_SEGMENTS:
                yield bytes(self._packet)
                self._packet.clear()

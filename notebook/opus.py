"""The system's Opus codec (libopus), in processes that hold no keys: to record, and to listen.

Every packet has the same length. With lengths that follow what is said, they would tell of it
through any encryption.
"""

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_int16, c_int32, c_ubyte, c_void_p

from notebook.ogg import RATE_HZ

FRAME_SAMPLES = RATE_HZ // 50
"""20 ms."""
FRAME_BYTES = 2 * FRAME_SAMPLES
"""Signed 16 bits, little-endian, one channel."""
BITS_PER_SECOND = 48_000
"""Transparent for speech, and for what is heard behind it."""
PACKET_BYTES = BITS_PER_SECOND // 8 // 50

_LIBRARY = "libopus.so.0"
_LONGEST_PACKET = RATE_HZ * 120 // 1000
"""120 ms, in samples."""
# From opus_defines.h.
_APPLICATION_AUDIO = 2049
_SET_BITRATE, _SET_VBR, _GET_LOOKAHEAD = 4002, 4006, 4027


class NoOpusError(Exception):
    """The library is not on this machine, or refuses."""


def _loaded() -> ctypes.CDLL:
    try:
        return ctypes.CDLL(_LIBRARY)
    except OSError:
        raise NoOpusError from None


class OpusEncoder:
    """Encodes one stream of 20 ms frames."""

    def __init__(self) -> None:
        library = _loaded()
        library.opus_encoder_create.restype = c_void_p
        library.opus_encoder_create.argtypes = [c_int32, c_int, c_int, POINTER(c_int)]
        library.opus_encode.restype = c_int32
        library.opus_encode.argtypes = [c_void_p, c_char_p, c_int, POINTER(c_ubyte), c_int32]
        library.opus_get_version_string.restype = c_char_p
        library.opus_encoder_destroy.argtypes = [c_void_p]
        self._library = library
        error = c_int()
        self._encoder = library.opus_encoder_create(RATE_HZ, 1, _APPLICATION_AUDIO, byref(error))
        if not self._encoder or error.value:
            raise NoOpusError
        self._set(_SET_BITRATE, BITS_PER_SECOND)
        self._set(_SET_VBR, 0)
        self._packet = (c_ubyte * PACKET_BYTES)()
        lookahead = c_int32()
        self._check(
            library.opus_encoder_ctl(
                c_void_p(self._encoder), c_int(_GET_LOOKAHEAD), byref(lookahead)
            )
        )
        self.pre_skip = lookahead.value
        """How many samples the decoder gives before the first one that was put in."""
        self.vendor: str = library.opus_get_version_string().decode()

    def encode(self, frame: bytes) -> bytes:
        """One packet for `FRAME_BYTES` of sound."""
        if len(frame) != FRAME_BYTES:
            raise ValueError("a frame is 20 ms")
        size = self._library.opus_encode(
            self._encoder, frame, FRAME_SAMPLES, self._packet, PACKET_BYTES
        )
        self._check(min(size, 0))
        return bytes(self._packet[:size])

    def close(self) -> None:
        """Let the encoder go."""
        self._library.opus_encoder_destroy(self._encoder)

    def _set(self, what: int, value: int) -> None:
        self._check(
            self._library.opus_encoder_ctl(c_void_p(self._encoder), c_int(what), c_int32(value))
        )

    @staticmethod
    def _check(answer: int) -> None:
        if answer < 0:
            raise NoOpusError


class OpusDecoder:
    """Decodes one stream to one channel, whatever it has."""

    def __init__(self) -> None:
        library = _loaded()
        library.opus_decoder_create.restype = c_void_p
        library.opus_decoder_create.argtypes = [c_int32, c_int, POINTER(c_int)]
        library.opus_decode.argtypes = [
            *(c_void_p, c_char_p, c_int32),
            *(POINTER(c_int16), c_int, c_int),
        ]
        library.opus_decoder_destroy.argtypes = [c_void_p]
        self._library = library
        error = c_int()
        self._decoder = library.opus_decoder_create(RATE_HZ, 1, byref(error))
        if not self._decoder or error.value:
            raise NoOpusError
        self._sound = (c_int16 * _LONGEST_PACKET)()

    def decode(self, untrusted_packet: bytes) -> bytes:
        """Signed 16-bit samples; none for a packet that is damaged."""
        count = self._library.opus_decode(
            self._decoder, untrusted_packet, len(untrusted_packet), self._sound, _LONGEST_PACKET, 0
        )
        return bytes(self._sound)[: 2 * max(count, 0)]

    def close(self) -> None:
        """Let the decoder go."""
        self._library.opus_decoder_destroy(self._decoder)

"""The system's microphone, through PulseAudio's simple interface (also PipeWire's); no keys here.

Loaded in the process that records alone, so that no sound library ever stands beside a key.
"""

import ctypes
from ctypes import (
    POINTER,
    Structure,
    byref,
    c_char_p,
    c_int,
    c_size_t,
    c_uint8,
    c_uint32,
    c_void_p,
)

from notebook.ogg import RATE_HZ
from notebook.opus import FRAME_BYTES

_LIBRARY = "libpulse-simple.so.0"
# From pulse/def.h and pulse/sample.h.
_RECORD = 2
_S16LE = 3
_ANY = 0xFFFF_FFFF
_NO_SUCH_THING = 5
CLIENT_NAME = b"Notebook"
"""What a volume control shows; as neutral as the window's title."""


class NoPulseError(Exception):
    """The library is not on this machine."""


class NoServerError(Exception):
    """There is no sound system to talk to, or it went away."""


class NoMicrophoneError(Exception):
    """The sound system has no microphone."""


class _Specification(Structure):
    _fields_ = (("format", c_int), ("rate", c_uint32), ("channels", c_uint8))


class _Buffering(Structure):
    _fields_ = (
        ("maxlength", c_uint32),
        ("tlength", c_uint32),
        ("prebuf", c_uint32),
        ("minreq", c_uint32),
        ("fragsize", c_uint32),
    )


class Microphone:
    """The microphone, open: the system shows that it is in use until `close`."""

    def __init__(self) -> None:
        try:
            library = ctypes.CDLL(_LIBRARY)
        except OSError:
            raise NoPulseError from None
        library.pa_simple_new.restype = c_void_p
        library.pa_simple_new.argtypes = [
            *(c_char_p, c_char_p, c_int, c_char_p, c_char_p),
            *(POINTER(_Specification), c_void_p, POINTER(_Buffering), POINTER(c_int)),
        ]
        library.pa_simple_read.argtypes = [c_void_p, c_char_p, c_size_t, POINTER(c_int)]
        library.pa_simple_free.argtypes = [c_void_p]
        self._library = library
        specification = _Specification(_S16LE, RATE_HZ, 1)
        buffering = _Buffering(_ANY, _ANY, _ANY, _ANY, FRAME_BYTES)
        error = c_int()
        self._stream = library.pa_simple_new(
            *(None, CLIENT_NAME, _RECORD, None, CLIENT_NAME),
            *(byref(specification), None, byref(buffering), byref(error)),
        )
        if not self._stream:
            raise NoMicrophoneError if error.value == _NO_SUCH_THING else NoServerError
        self._frame = ctypes.create_string_buffer(FRAME_BYTES)

    def read(self) -> bytes:
        """The next 20 ms; waits for them. Raises `NoServerError` when it went away."""
        error = c_int()
        if self._library.pa_simple_read(self._stream, self._frame, FRAME_BYTES, byref(error)) < 0:
            raise NoServerError
        return self._frame.raw

    def close(self) -> None:
        """Give the microphone back."""
        self._library.pa_simple_free(self._stream)

"""Microphone and loudspeaker, by PulseAudio's simple interface (also PipeWire's); no keys here.

Loaded in the processes that record and play alone: no sound library ever stands beside a key. A
sound system that dies may leave the library waiting for ever; the system then ends the process.
"""

import ctypes
import os
import pwd
import signal
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
from pathlib import Path

from notebook.ogg import RATE_HZ
from notebook.opus import FRAME_BYTES

_LIBRARY = "libpulse-simple.so.0"
# From pulse/def.h and pulse/sample.h.
_PLAY, _RECORD = 1, 2
_S16LE = 3
_ANY = 0xFFFF_FFFF
_NO_SUCH_THING = 5
_HELD_FRAMES = 10
_COOKIE = "PULSE_COOKIE"
_COOKIES = (".config/pulse/cookie", ".pulse-cookie")
_COOKIE_BYTES = 256
_OPENING_WAIT_S = 30.0
_SOUND_WAIT_S = 10.0
"""After so long without a sound, or without room for one, the sound system is gone."""
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


def _library() -> ctypes.CDLL:
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
    library.pa_simple_write.argtypes = [c_void_p, c_char_p, c_size_t, POINTER(c_int)]
    library.pa_simple_drain.argtypes = [c_void_p, POINTER(c_int)]
    library.pa_simple_free.argtypes = [c_void_p]
    return library


def spare_home(home: Path) -> None:
    """Keep the library from writing a cookie into a home folder that has none: one in memory does.

    Cookies let somebody else in; the sound system knows its own person without.
    """
    if _COOKIE in os.environ or any((home / cookie).exists() for cookie in _COOKIES):
        return
    # It stays open as long as this process.
    memory = os.memfd_create("cookie")
    os.write(memory, os.urandom(_COOKIE_BYTES))
    os.environ[_COOKIE] = f"/proc/self/fd/{memory}"


def _end_after(wait_s: float) -> None:
    """Have the system end this process, even if the library never comes back."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, wait_s)


def _opened(library: ctypes.CDLL, direction: int, buffering: _Buffering) -> c_void_p:
    specification = _Specification(_S16LE, RATE_HZ, 1)
    error = c_int()
    spare_home(Path(pwd.getpwuid(os.getuid()).pw_dir))
    _end_after(_OPENING_WAIT_S)
    stream = library.pa_simple_new(
        *(None, CLIENT_NAME, direction, None, CLIENT_NAME),
        *(byref(specification), None, byref(buffering), byref(error)),
    )
    if not stream:
        raise NoMicrophoneError if error.value == _NO_SUCH_THING else NoServerError
    return c_void_p(stream)


class Microphone:
    """The microphone, open: the system shows that it is in use until `close`."""

    def __init__(self) -> None:
        self._library = _library()
        buffering = _Buffering(_ANY, _ANY, _ANY, _ANY, FRAME_BYTES)
        self._stream = _opened(self._library, _RECORD, buffering)
        self._frame = ctypes.create_string_buffer(FRAME_BYTES)

    def read(self) -> bytes:
        """The next 20 ms; waits for them. Raises `NoServerError` when it went away."""
        error = c_int()
        _end_after(_SOUND_WAIT_S)
        if self._library.pa_simple_read(self._stream, self._frame, FRAME_BYTES, byref(error)) < 0:
            raise NoServerError
        return self._frame.raw

    def close(self) -> None:
        """Give the microphone back; nothing is waited for from now on."""
        self._library.pa_simple_free(self._stream)
        _end_after(0.0)


class Loudspeaker:
    """The loudspeaker, or whatever the person hears with."""

    def __init__(self) -> None:
        self._library = _library()
        # So little is held back that what is heard is what the position says.
        buffering = _Buffering(_ANY, _HELD_FRAMES * FRAME_BYTES, _ANY, _ANY, _ANY)
        self._stream = _opened(self._library, _PLAY, buffering)

    def write(self, samples: bytes) -> None:
        """Play these; waits until there is room. Raises `NoServerError` when it went away."""
        error = c_int()
        _end_after(_SOUND_WAIT_S)
        if self._library.pa_simple_write(self._stream, samples, len(samples), byref(error)) < 0:
            raise NoServerError

    def drain(self) -> None:
        """Wait until all of it was heard."""
        self._library.pa_simple_drain(self._stream, byref(c_int()))

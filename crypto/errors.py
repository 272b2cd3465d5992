"""What can go wrong in cryptography, in five blunt classes.

A message names the step that failed and never the data, a key or a name.
"""


class CryptoError(Exception):
    """The base of every refusal made by `crypto`."""


class WrongKey(CryptoError):
    """No key that was offered fits. Trying another key makes sense."""


class Tampered(CryptoError):
    """The bytes are well formed and an authentication tag, signature or hash does not fit."""


class Malformed(CryptoError):
    """The bytes do not follow the format: wrong magic, syntax, length or order."""


class Unsupported(CryptoError):
    """The format is one of ours, in a version or variant that this program does not know."""


class LimitExceeded(CryptoError):
    """A declared size, count or cost is above the limit this program accepts."""

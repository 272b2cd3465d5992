"""Randomness that repeats, for golden files and for telling what was asked for."""

import hashlib


class PredictableRandom:
    """Gives bytes that depend only on the seed and on the order of the requests."""

    def __init__(self, seed: str) -> None:
        self._seed = seed.encode()
        self._requests = 0

    def __call__(self, length: int) -> bytes:
        self._requests += 1
        name = self._seed + self._requests.to_bytes(8, "big")
        return hashlib.shake_256(name).digest(length)

from collections.abc import Iterable
from datetime import timedelta
from typing import TypedDict

class Feedback(TypedDict):
    warning: str
    suggestions: list[str]

class Match(TypedDict):
    pattern: str
    token: str
    i: int
    j: int

class Result(TypedDict):
    password: str
    guesses: int
    guesses_log10: float
    sequence: list[Match]
    score: int
    feedback: Feedback
    calc_time: timedelta

def zxcvbn(
    password: str, user_inputs: Iterable[object] | None = None, max_length: int = 72
) -> Result: ...

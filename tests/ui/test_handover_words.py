import pytest

from ui.handover_words import (
    Pace,
    day_words,
    grouped_hash,
    names_words,
    progress_words,
    time_left_words,
)


@pytest.mark.parametrize(
    ("done", "elapsed_s", "words"),
    [
        (50, 10.0, "less than a minute left"),
        (50, 60.0, "about 1 minute left"),
        (50, 300.0, "about 5 minutes left"),
        (50, 7200.0, "about 2 hours left"),
        (1, 10.0, ""),
        (100, 10.0, ""),
    ],
)
def test_time_left_is_said_roughly_and_only_when_it_is_known(
    done: int, elapsed_s: float, words: str
) -> None:
    assert time_left_words(done, 100, elapsed_s) == words


def test_a_job_without_a_known_end_says_only_what_it_does() -> None:
    assert progress_words("Sealing", 10, 0, 5.0) == "Sealing"


def test_progress_says_what_how_far_and_how_long() -> None:
    words = progress_words("Sealing", 512 * 1024, 1024 * 1024, 2.0)
    assert words == "Sealing · 512 KB of 1.0 MB · less than a minute left"


def test_each_phase_has_its_own_pace() -> None:
    now_s = iter([0.0, 0.0, 100.0, 200.0, 200.0])
    pace = Pace(lambda: next(now_s))
    pace.words("Sealing", 0, 100)
    assert "minute" in pace.words("Sealing", 50, 100)
    assert "left" not in pace.words("Reading", 0, 100)


def test_names_keep_their_own_direction() -> None:
    assert names_words(["Aida", "ئايگۈل"]) == "\u2068Aida\u2069, \u2068ئايگۈل\u2069"


def test_a_hash_is_in_groups_that_keep_their_order() -> None:
    assert grouped_hash("0123456789ab") == "\u20660123 4567 89ab\u2069"


def test_a_day_is_in_words() -> None:
    assert day_words("2026-05-03T10:00:00Z") == "3 May 2026"
    assert day_words("2026-05-03") == "3 May 2026"

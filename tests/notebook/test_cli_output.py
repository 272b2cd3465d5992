import errno
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebook.cli import safe_text
from notebook.cli.output import Answer, Console, Exit, TerminalProgress, exit_of
from notebook.errors import Code

STEERING = "\x1b\x9b\x7f\x00\r\u202e\u2066\u200f\u061c\u2028\ufeff\u200b\U000e0041"


def test_nothing_that_steers_a_terminal_is_printed() -> None:
    shown = safe_text.lines(STEERING)
    assert shown == safe_text.REPLACEMENT * len(STEERING)


@pytest.mark.parametrize(
    "text", ["Әйгерім", "ئايگۈل", "阿依古丽", "Aygül", "ne\u200cmi", "e\u0301"]
)
def test_letters_of_every_script_stay_as_they_are(text: str) -> None:
    assert safe_text.lines(text) == text


def test_lines_stay_lines_and_one_line_has_no_other() -> None:
    assert safe_text.lines("one\r\ntwo\n\tthree") == "one\ntwo\n\tthree"
    assert safe_text.one_line("one\r\ntwo\n\tthree ") == "one two three"


def test_a_forged_line_does_not_get_into_a_table() -> None:
    assert safe_text.columns([("a", "title\n12345678  case")]).count("\n") == 1


@given(st.text())
def test_json_holds_the_text_exactly_and_nothing_that_steers(text: str) -> None:
    line = safe_text.json_line({"value": text})
    assert json.loads(line) == {"value": text}
    assert safe_text.lines(line) == line
    assert line.count("\n") == 1


def test_json_is_readable_in_every_script() -> None:
    assert "ئايگۈل" in safe_text.json_line("ئايگۈل")
    assert safe_text.json_line(STEERING).isascii()


def test_columns_stand_under_each_other_with_wide_letters() -> None:
    assert safe_text.columns([("阿依", "1"), ("Aigul", "2"), ("é", "3")]) == (
        "阿依   1\nAigul  2\né      3\n"
    )


def test_no_rows_are_no_lines() -> None:
    assert safe_text.columns([]) == ""


@pytest.mark.parametrize("code", Code)
def test_every_trouble_has_an_exit_code_that_is_not_success_or_usage(code: Code) -> None:
    assert exit_of(code) in (1, 3, 4, 5, 6)


def test_the_exit_codes_are_those_of_the_promise() -> None:
    expected = {
        Code.WRONG_PASSPHRASE: 3,
        Code.DAMAGED: 4,
        Code.BUNDLE_DAMAGED: 4,
        Code.NOT_FOR_YOU: 5,
        Code.FORWARDED: 5,
        Code.UNKNOWN_SEALER: 6,
    }
    assert {code: int(exit_of(code)) for code in Code if exit_of(code) != 1} == expected
    assert (Exit.DONE, Exit.TROUBLE, Exit.USAGE) == (0, 1, 2)


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_shows_each_percent_once_and_is_taken_away() -> None:
    screen = Screen()
    progress = TerminalProgress(screen)
    for done in range(1000):
        progress.step(done, 1000, "seal")
    assert screen.getvalue().count("seal") == 100
    progress.finish()
    assert screen.getvalue().endswith("\r\x1b[K")


def test_there_is_no_progress_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    progress = TerminalProgress(stream)
    progress.step(1, 2)
    progress.finish()
    assert stream.getvalue() == ""


def test_progress_over_nothing_divides_by_nothing() -> None:
    screen = Screen()
    TerminalProgress(screen).step(0, 0)
    assert "100 %" in screen.getvalue()


def test_large_work_says_how_many_bytes_and_how_long_still() -> None:
    screen, now = Screen(), [0.0]
    progress = TerminalProgress(screen, lambda: now[0])

    def shown(done: int, what: str = "seal") -> str:
        screen.truncate(0)
        progress.step(done * 1_000_000, 6_000_000_000, what)
        return screen.getvalue()

    assert "sealing, 0 of 6000 MB" in shown(0)
    assert "left" not in shown(60)
    now[0] = 100.0
    assert "1000 of 6000 MB, about 8 minutes left" in shown(1000)
    now[0] = 350.0
    assert "about 2 minutes left" in shown(4500)
    waiting = shown(4500, "waiting")
    assert "waiting for the disk or stick" in waiting
    assert "left" not in waiting
    # What goes on afterwards is still the same work.
    assert "about 2 minutes left" in shown(4560)
    assert "reading back" in shown(0, "read back")
    now[0] = 400.0
    assert "less than a minute left" in shown(5900, "read back")
    assert "left" not in shown(6000, "read back")


class Closed(io.StringIO):
    def write(self, text: str, /) -> int:
        raise BrokenPipeError(errno.EPIPE, "nobody reads")


def console(stdout: io.StringIO, stderr: io.StringIO, *, is_json: bool = False) -> Console:
    return Console(stdin=io.BytesIO(), stdout=stdout, stderr=stderr, is_json=is_json)


def test_a_warning_that_nobody_hears_stops_nothing() -> None:
    out = io.StringIO()
    speaking = console(out, Closed())
    speaking.warn("careful")
    speaking.result(Answer(value=1, text="one\n"))
    assert out.getvalue() == "one\n"


def test_a_result_that_nobody_gets_is_an_error() -> None:
    with pytest.raises(BrokenPipeError):
        console(Closed(), io.StringIO()).result(Answer(value=1, text="one\n"))


def test_a_failure_is_json_on_standard_output_or_a_sentence_on_standard_error() -> None:
    error = {"code": "damaged", "message": "It is \x1b damaged."}
    out, err = io.StringIO(), io.StringIO()
    console(out, err).failure(error)
    assert (out.getvalue(), err.getvalue()) == ("", "It is � damaged.\n")
    out, err = io.StringIO(), io.StringIO()
    console(out, err, is_json=True).failure(error)
    assert (json.loads(out.getvalue()), err.getvalue()) == ({"error": error}, "")


def test_what_was_told_does_not_stand_in_the_description_of_an_answer() -> None:
    assert "told" not in repr(Answer(value="it was told", text="what was told"))

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebook.dates import FIRST_DAY, LAST_DAY, check_edtf, readable, sort_key
from notebook.errors import Code, NotebookError

TAKEN = [
    "2018",
    "2018-04",
    "2018-04-05",
    "2020-02-29",
    "2018-04~",
    "2018?",
    "2018%",
    "?2018-04",
    "2018-?04-05",
    "201X",
    "XXXX",
    "XXXX-12-XX",
    "2018-XX",
    "2018-1X",
    "2018-04-1X",
    "201X-04-XX~",
    "2018-21",
    "2018-35",
    "2018-04/2018-06",
    "2018-04-0X/2018-1X",
    "../2018",
    "2018/..",
    "/2018",
    "2018/",
    "[2018,2019]",
    "[..2018-04]",
    "{2018-04,2018-1X}",
    "{2018..2020}",
    "2018-04-05T10:30:00+05:00",
    "-0005",
]

REFUSED = [
    "",
    "before Ramadan",
    "5.4.2018",
    "18-04-05",
    "2018-13",
    "2018-02-30",
    "2018-02-29",
    "2019-02-29~",
    "2018-02-3X",
    "XXXX-02-30",
    "2018-00",
    "2018-42",
    "2019/2018",
    "2018/2019/2020",
    "/",
    "..",
    "{}",
    "[..]",
    "[2018",
    "?2018?",
    "2018-04-05T25:00:00Z",
    "2018-04-XXT10:00:00Z",
    "2018\x00",
    "２０１８",
    "Y1E999999999",
    "[" * 64,
    "2018," * 200,
]


@pytest.mark.parametrize("text", TAKEN)
def test_a_date_with_its_doubt_is_kept_as_it_was_written(text: str) -> None:
    assert check_edtf(text) == text


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(NotebookError) as caught:
        check_edtf(text)
    assert caught.value.code is Code.BAD_VALUE


def test_a_refused_date_is_not_repeated() -> None:
    with pytest.raises(NotebookError) as caught:
        check_edtf("before Ramadan")
    assert "Ramadan" not in str(caught.value)


def test_spaces_around_a_date_are_no_part_of_it() -> None:
    assert check_edtf(" 2018-04 ") == "2018-04"


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2018", (2018, 1, 1), (2018, 12, 31)),
        ("201X", (2010, 1, 1), (2019, 12, 31)),
        ("2018-02", (2018, 2, 1), (2018, 2, 28)),
        ("2018-1X", (2018, 10, 1), (2018, 12, 31)),
        ("2018-02-2X", (2018, 2, 20), (2018, 2, 28)),
        ("2018-24", (2018, 1, 1), (2019, 2, 28)),
        ("2018-35", (2018, 7, 1), (2018, 9, 30)),
        ("2018-30", (2018, 1, 1), (2018, 12, 31)),
        ("-000X", (-9, 1, 1), (0, 12, 31)),
        ("2018-04~/2018-06", (2018, 4, 1), (2018, 6, 30)),
        ("../2018", FIRST_DAY, (2018, 12, 31)),
        ("2018/", (2018, 1, 1), LAST_DAY),
        ("[2019,2017-05]", (2017, 5, 1), (2019, 12, 31)),
    ],
)
def test_a_date_spans_every_day_it_may_mean(
    text: str, earliest: tuple[int, int, int], latest: tuple[int, int, int]
) -> None:
    assert sort_key(text) == (earliest, latest)


def test_a_list_sorts_by_date_and_puts_what_is_no_date_last() -> None:
    dates = ["who knows", "2019", "2018-04-05", "201X", "2018-04", "../2017", ""]
    expected = ["../2017", "201X", "2018-04", "2018-04-05", "2019", "who knows", ""]
    assert sorted(dates, key=sort_key) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2018", "2018"),
        ("2018-04~", "about April 2018"),
        ("2018-04-05?", "5 April 2018 (unsure)"),
        ("2018%", "about 2018 (unsure)"),
        ("201X", "the 2010s"),
        ("2018-XX-XX", "2018"),
        ("XXXX-12-XX", "December (year not known)"),
        ("2018-21", "spring 2018"),
        ("2018-1X", "2018-1X"),
        ("2018-04/2018-06", "April 2018 to June 2018"),
        ("../2018", "until 2018"),
        ("2018-04/", "from April 2018"),
        ("[2017,2018]", "one of: 2017, 2018"),
        ("[..2018]", "one of: 2018 or before"),
        ("{2017..2019}", "all of: 2017 to 2019"),
        ("2018-04-05T10:30:00Z", "5 April 2018, 10:30:00Z"),
        ("18XX", "18XX"),
        ("2018-35", "2018-35"),
        ("2018-13", "2018-13"),
        ("[..]", "[..]"),
        ("before Ramadan", "before Ramadan"),
    ],
)
def test_a_date_in_words_says_no_more_than_is_known(text: str, words: str) -> None:
    assert readable(text) == words


@given(st.text(alphabet="0129X?~%-/.,[]{}T:Z+", max_size=20))
def test_any_text_is_a_date_or_refused_and_always_sorts_and_reads(text: str) -> None:
    earliest, latest = sort_key(text)
    assert readable(text) or not text
    try:
        checked = check_edtf(text)
    except NotebookError:
        return
    assert checked == text
    assert earliest <= latest


@given(
    st.integers(0, 9999),
    st.integers(1, 12),
    st.integers(1, 28),
    st.lists(st.integers(0, 7), unique=True, max_size=8),
)
def test_unknown_digits_only_widen_a_date(
    year: int, month: int, day: int, unknown: list[int]
) -> None:
    known = (year, month, day)
    digits = list(f"{year:04}{month:02}{day:02}")
    for position in unknown:
        digits[position] = "X"
    text = "{}-{}-{}".format("".join(digits[:4]), "".join(digits[4:6]), "".join(digits[6:]))
    earliest, latest = sort_key(check_edtf(text))
    assert earliest <= known <= latest
    assert bool(unknown) or earliest == latest == known


def test_checking_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    # The library prints what it fails on, and dates are testimony.
    for text in TAKEN:
        check_edtf(text)
    for text in REFUSED:
        with pytest.raises(NotebookError):
            check_edtf(text)
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "")

"""Dates as people remember them: EDTF (ISO 8601-2), with its doubt kept and nothing made up.

The only importer of the `edtf` library, which judges one date at a time, with its unknown digits
filled in. The rest is done here, because the library fails on `2018-1X`, prints what it fails on,
and computes a year such as `Y1E999999999` for ever; years beyond four digits are refused.
"""

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass

from edtf import is_valid_edtf

from notebook.errors import Code, NotebookError
from notebook.i18n import _

MAX_LENGTH = 64

Day = tuple[int, int, int]
"""Year, month, day; the year may be negative, so `datetime.date` cannot hold it."""

FIRST_DAY: Day = (-10000, 1, 1)
LAST_DAY: Day = (10000, 12, 31)
_NO_DATE: Day = (10001, 1, 1)

_ALLOWED = re.compile(r"[0-9XTZ?~%:+,./{}\[\]-]{1,64}")
_ATOM = re.compile(
    r"[?~%]?(?P<year>-?[0-9X]{4})[?~%]?"
    r"(-[?~%]?(?P<month>[0-9X]{2})[?~%]?(-[?~%]?(?P<day>[0-9X]{2})[?~%]?"
    r"(T(?P<time>[0-9:]{8}(Z|[+-][0-9:]{2,5})?))?)?)?"
)
_PLAIN = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-[0-9]{2})?)?")
_SEASON_MONTHS = {
    21: (3, 5),
    22: (6, 8),
    23: (9, 11),
    25: (3, 5),
    26: (6, 8),
    27: (9, 11),
    33: (1, 3),
    34: (4, 6),
    35: (7, 9),
    36: (10, 12),
    37: (1, 4),
    38: (5, 8),
    39: (9, 12),
    40: (1, 6),
    41: (7, 12),
}
"""First and last month of a season's number; the southern ones are spread over the year."""
_WINTERS = frozenset({24, 28})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Atom:
    """One date, season or moment; digits may be X."""

    text: str
    year: str
    month: str = ""
    day: str = ""
    time: str = ""

    @property
    def is_uncertain(self) -> bool:
        return "?" in self.text or "%" in self.text

    @property
    def is_approximate(self) -> bool:
        return "~" in self.text or "%" in self.text

    @property
    def season(self) -> int | None:
        return int(self.month) if self.month.isdecimal() and int(self.month) > 20 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parsed:
    """An expression: how its atoms are joined. An end that is None is open or not known."""

    kind: str
    """`date`, `interval`, `one` (one of a set) or `all` (each of a set)."""
    spans: tuple[tuple[_Atom | None, _Atom | None], ...]


class _NotADateError(Exception):
    """The text is no EDTF date that we take."""


def check_edtf(untrusted_text: str) -> str:
    """The date, unchanged but for spaces around it; raises `NotebookError` BAD_VALUE."""
    text = untrusted_text.strip()
    try:
        parsed = _parse(text)
        for span in parsed.spans:
            for atom in dict.fromkeys(span):
                if atom is not None and not _is_date(atom):
                    raise _NotADateError
            if _earliest_of(span) > _latest_of(span):
                raise _NotADateError
    except _NotADateError:
        raise NotebookError(
            Code.BAD_VALUE,
            _("This is not a date that the notebook can read."),
            _("Nothing was changed."),
            _(
                "Write what is known: 2018, 2018-04, 2018-04-05; ~ for about, ? for unsure,"
                " X for an unknown digit, 2018-04/2018-06 for a time from and to."
            ),
        ) from None
    return text


def is_date(text: str) -> bool:
    """Whether the text is a date that the notebook can read."""
    return sort_key(text)[0] != _NO_DATE


def sort_text(text: str) -> str:
    """What the date sorts by as text: its latest day, or nothing when it is no date."""
    if _PLAIN.fullmatch(text):
        return text
    year, month, day = sort_key(text)[1]
    return f"{year:04}-{month:02}-{day:02}" if 0 <= year <= LAST_DAY[0] else ""


def sort_key(text: str) -> tuple[Day, Day]:
    """The earliest and the latest day the date may mean; what is no date sorts after all dates."""
    try:
        spans = _parse(text.strip()).spans
        return min(map(_earliest_of, spans)), max(map(_latest_of, spans))
    except _NotADateError:
        return _NO_DATE, _NO_DATE


def readable(text: str) -> str:
    """The date in words, in the person's language; the text itself when it is no date."""
    try:
        parsed = _parse(text.strip())
        words = [_span_words(parsed.kind, span) for span in parsed.spans]
    except _NotADateError:
        return text
    match parsed.kind:
        case "one":
            return _("one of: {dates}").format(dates=", ".join(words))
        case "all":
            return _("all of: {dates}").format(dates=", ".join(words))
        case _:
            return words[0]


def _parse(text: str) -> _Parsed:
    if len(text) > MAX_LENGTH or not _ALLOWED.fullmatch(text):
        raise _NotADateError
    for opening, closing, kind in (("[", "]", "one"), ("{", "}", "all")):
        if text.startswith(opening) and text.endswith(closing):
            parts = text[1:-1].split(",")
            return _Parsed(kind=kind, spans=tuple(_set_member(part) for part in parts))
    if "/" in text:
        start, _slash, end = text.partition("/")
        span = (_interval_end(start), _interval_end(end))
        if span == (None, None):
            raise _NotADateError
        return _Parsed(kind="interval", spans=(span,))
    atom = _atom(text)
    return _Parsed(kind="date", spans=((atom, atom),))


def _set_member(text: str) -> tuple[_Atom | None, _Atom | None]:
    start, dots, end = text.partition("..")
    if not dots:
        atom = _atom(text)
        return atom, atom
    if not start and not end:
        raise _NotADateError
    return (_atom(start) if start else None), (_atom(end) if end else None)


def _interval_end(text: str) -> _Atom | None:
    return None if text in {"", ".."} else _atom(text)


def _atom(text: str) -> _Atom:
    match = _ATOM.fullmatch(text)
    # A moment is known or it is not: nobody knows the second and not the day.
    if match is None or (match["time"] and "X" in text):
        raise _NotADateError
    return _Atom(
        text=text,
        year=match["year"],
        month=match["month"] or "",
        day=match["day"] or "",
        time=match["time"] or "",
    )


def _is_date(atom: _Atom) -> bool:
    """Whether the date exists. The library takes milliseconds, and plain dates need none."""
    if _PLAIN.fullmatch(atom.text):
        return not atom.day or 1 <= int(atom.day) <= _month_days(int(atom.year), int(atom.month))
    return is_valid_edtf(_filled(atom))


def _filled(atom: _Atom) -> str:
    """The atom with its earliest digits in the place of every X."""
    if "X" not in atom.text:
        return atom.text
    year, month, day = _earliest(atom)
    known = iter(f"{abs(year):04}{month:02}{day:02}")
    return "".join(
        next(known) if sign == "X" else (next(known) and sign) if sign.isdecimal() else sign
        for sign in atom.text
    )


def _earliest_of(span: tuple[_Atom | None, _Atom | None]) -> Day:
    return _earliest(span[0]) if span[0] else FIRST_DAY


def _latest_of(span: tuple[_Atom | None, _Atom | None]) -> Day:
    return _latest(span[1]) if span[1] else LAST_DAY


def _earliest(atom: _Atom) -> Day:
    year = min(_years(atom))
    if atom.season in _WINTERS:
        return year, 1, 1
    if atom.season is not None:
        return year, _season_months(atom.season)[0], 1
    month, day = min(_days_of_year(atom))
    return year, month, day


def _latest(atom: _Atom) -> Day:
    year = max(_years(atom))
    if atom.season in _WINTERS:
        # People call both January and December of a year its winter.
        return year + 1, 2, _month_days(year + 1, 2)
    if atom.season is not None:
        month = _season_months(atom.season)[1]
        return year, month, _month_days(year, month)
    month, day = max(_days_of_year(atom))
    return year, month, min(day, _month_days(year, month))


def _season_months(season: int) -> tuple[int, int]:
    if not 21 <= season <= 41:
        raise _NotADateError
    return _SEASON_MONTHS.get(season, (1, 12))


def _years(atom: _Atom) -> tuple[int, int]:
    return int(atom.year.replace("X", "0")), int(atom.year.replace("X", "9"))


def _days_of_year(atom: _Atom) -> list[tuple[int, int]]:
    """Every month and day that the atom may mean, or the first and the last of a whole year.

    29 February is among them only where its year may have it.
    """
    if not atom.month and not atom.day:
        return [(1, 1), (12, 31)]
    leap = "X" in atom.year or _month_days(int(atom.year), 2) == 29
    year = 2000 if leap else 2001
    days = [
        (month, day)
        for month in _numbers(atom.month, 12)
        for day in _numbers(atom.day, _month_days(year, month))
    ]
    if not days:
        raise _NotADateError
    return days


def _numbers(pattern: str, last: int) -> Iterable[int]:
    """The numbers from 1 to `last` that the pattern may mean."""
    if pattern.isdecimal():
        return (int(pattern),) if 1 <= int(pattern) <= last else ()
    return [number for number in range(1, last + 1) if _fits(pattern, number)]


def _fits(pattern: str, number: int) -> bool:
    if not pattern:
        return True
    digits = f"{number:02}"
    return all(sign in {"X", digit} for sign, digit in zip(pattern, digits, strict=False))


def _month_days(year: int, month: int) -> int:
    # The calendar repeats every 400 years, and Python's begins with the year 1.
    return monthrange(year % 400 + 400, month)[1]


def _span_words(kind: str, span: tuple[_Atom | None, _Atom | None]) -> str:
    start, end = span
    if start is not None and end is not None:
        if start == end:
            return _atom_words(start)
        return _("{start} to {end}").format(start=_atom_words(start), end=_atom_words(end))
    if start is not None:
        return _("from {start}").format(start=_atom_words(start))
    if end is not None:
        pattern = _("until {end}") if kind == "interval" else _("{end} or before")
        return pattern.format(end=_atom_words(end))
    raise _NotADateError


def _atom_words(atom: _Atom) -> str:
    words = _plain_words(atom)
    if atom.time:
        words = _("{date}, {time}").format(date=words, time=atom.time)
    if atom.is_approximate:
        words = _("about {date}").format(date=words)
    if atom.is_uncertain:
        words = _("{date} (unsure)").format(date=words)
    return words


def _plain_words(atom: _Atom) -> str:
    year = _year_words(atom.year)
    if atom.season is not None:
        season = _season_words().get(atom.season)
        if season is None:
            return f"{atom.year}-{atom.month}"
        return _("{season} {year}").format(season=season, year=year)
    if atom.month in {"", "XX"} and atom.day in {"", "XX"}:
        return year
    if not atom.month.isdecimal() or not (atom.day.isdecimal() or atom.day in {"", "XX"}):
        # Half-known months and days have no words; the digits are clear as they stand.
        return "-".join(part for part in (atom.year, atom.month, atom.day) if part)
    month = _month_words(int(atom.month))
    if atom.day in {"", "XX"}:
        return _("{month} {year}").format(month=month, year=year)
    return _("{day} {month} {year}").format(day=int(atom.day), month=month, year=year)


def _year_words(year: str) -> str:
    if re.fullmatch(r"[0-9]{3}X", year):
        return _("the {decade}s").format(decade=year[:3] + "0")
    if year == "XXXX":
        return _("(year not known)")
    return year


def _month_words(month: int) -> str:
    if not 1 <= month <= 12:
        raise _NotADateError
    return (
        _("January"),
        _("February"),
        _("March"),
        _("April"),
        _("May"),
        _("June"),
        _("July"),
        _("August"),
        _("September"),
        _("October"),
        _("November"),
        _("December"),
    )[month - 1]


def _season_words() -> dict[int, str]:
    return {21: _("spring"), 22: _("summer"), 23: _("autumn"), 24: _("winter")}

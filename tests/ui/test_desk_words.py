"""Words of the desk that are made from data."""

import pytest

from notebook.forms import Field, FieldType, Option, load_forms
from notebook.model import AuthorId, EntryId, HistoryLine, Kind
from ui.conflict_words import Span, marked
from ui.field_values import hint, is_empty, problem, same, shown_text, typed_value, value_words
from ui.history_words import happenings
from ui.words import is_rtl, isolated, moment_words, on_button, size_words, time_of_day


def a_field(type_: FieldType, **more: object) -> Field:
    return Field(name="f", type=type_, label="F", **more)  # type: ignore[arg-type]  # short for tests


@pytest.mark.parametrize(
    ("type_", "typed", "kept"),
    [
        (FieldType.TEXT, " as typed ", " as typed "),
        (FieldType.TEXT, "   ", None),
        (FieldType.NUMBER, " 12 ", 12),
        (FieldType.NUMBER, "-3", -3),
        (FieldType.NUMBER, "1.5", 1.5),
        (FieldType.NUMBER, "many", "many"),
        (FieldType.EDTF, " 2018-04~ ", "2018-04~"),
        (FieldType.DATETIME, "2026-03-05T14:30+05:00", "2026-03-05T14:30+05:00"),
        (FieldType.DATETIME, "yesterday", "yesterday"),
    ],
)
def test_what_is_typed_is_kept_as_the_field_keeps_it(
    type_: FieldType, typed: str, kept: object
) -> None:
    assert typed_value(a_field(type_), typed) == kept


def test_a_moment_without_a_zone_gets_the_one_of_this_computer() -> None:
    kept = typed_value(a_field(FieldType.DATETIME), "2026-03-05 14:30")
    assert str(kept).startswith("2026-03-05T14:30")
    assert len(str(kept)) == len("2026-03-05T14:30+00:00")


def test_dates_are_read_back_and_never_refused_while_typing() -> None:
    date = a_field(FieldType.EDTF)
    assert hint(date, "2018-04~").words == "about April 2018"
    assert not hint(date, "2018-04~").is_problem
    assert hint(date, "before Ramadan").is_problem
    assert hint(date, "").words == ""
    assert hint(a_field(FieldType.DATETIME), "2026-03-05T14:30+05:00").words.endswith("09:30 UTC")
    assert hint(a_field(FieldType.DATETIME), "noon").is_problem
    assert hint(a_field(FieldType.NUMBER), "many").is_problem
    assert hint(a_field(FieldType.TEXT), "anything").words == ""


def test_nothing_is_nothing_however_it_is_written() -> None:
    assert same(None, "")
    assert same([], None)
    assert not same(False, None)
    assert not same(0, None)
    assert is_empty(())
    assert shown_text(None) == ""


def test_a_problem_is_said_before_the_journal_would_refuse() -> None:
    form = load_forms()["interview"]
    assert problem(form, "date", "never") != ""
    assert problem(form, "date", "2018") == ""
    assert problem(form, "title", None) != ""


def test_values_in_words() -> None:
    option = Option(value="saw", label="Saw it")
    choices = a_field(FieldType.CHOICES, options=(option,))
    assert value_words(choices, ["saw", "else"], str) == "Saw it\nelse"
    assert value_words(a_field(FieldType.EDTF), "2018", str) == "2018"
    assert value_words(a_field(FieldType.REFERENCE), "ab", lambda target: f"<{target}>") == "<ab>"
    assert value_words(a_field(FieldType.BOOLEAN), False, str) == "No"
    assert value_words(None, None, str) == ""


def test_names_keep_their_direction_and_buttons_their_ampersands() -> None:
    assert isolated("ئا") == "\u2068ئا\u2069"
    assert on_button("A & B") == "\u2068A && B\u2069"
    assert is_rtl("12 ئاكا") is True
    assert is_rtl("… ok") is False
    assert is_rtl("12 %") is None


def test_times_and_sizes() -> None:
    assert moment_words("2026-05-03T19:02:00+05:00") == "3 May 2026, 14:02 UTC"
    assert moment_words("some day") == "some day"
    assert time_of_day("") == ""
    assert [size_words(size) for size in (14, 2048, 20_480, 5 * 1024**3)] == [
        "14 bytes",
        "2.0 KB",
        "20 KB",
        "5.0 GB",
    ]


def test_differences_are_marked_word_by_word() -> None:
    first, second = marked(["They came at night.", "They came at dawn, in a car."])
    assert "".join(span.text for span in first) == "They came at night."
    assert Span(text="night", differs=True) in first
    assert second[0] == Span(text="They came at ", differs=False)


def test_han_is_compared_sign_by_sign() -> None:
    first, _second = marked(["他在春天被带走", "他在秋天被带走"])
    assert first == (
        Span(text="他在", differs=False),
        Span(text="春", differs=True),
        Span(text="天被带走", differs=False),
    )


def test_of_three_versions_only_what_all_have_is_common() -> None:
    first, _second, _third = marked(["a b c", "a b x", "a y c"])
    assert [span.text for span in first if not span.differs] == ["a ", " "]


def test_very_long_texts_are_shown_without_marks() -> None:
    long = "word " * 20_001
    assert marked([long, "word"]) == (
        (Span(text=long, differs=False),),
        (Span(text="word", differs=False),),
    )
    assert marked([long, ""])[1] == ()


def line(
    kind: Kind,
    *fields: str,
    time: str = "2026-05-03T14:02:00Z",
    name: str = "Aida",
    passer: str = "",
    **details: str,
) -> HistoryLine:
    return HistoryLine(
        entry=EntryId("e"),
        kind=kind,
        author=AuthorId("1234567890" * 6 + "abcd"),
        author_name=name,
        passed_on_by=passer,
        time=time,
        fields=fields,
        details=details,
    )


def test_history_is_told_in_sentences_newest_first() -> None:
    form = load_forms()["interview"]
    told = happenings(
        form,
        [
            line(Kind.OP, "_type", "title"),
            line(Kind.OP, "people_present"),
            line(Kind.OP, "title", "account", time="2026-05-04T00:00:00Z"),
            line(Kind.OP, "date", "mode", "status", "place", "basis", time="2026-05-05T00:00:00Z"),
            line(Kind.CUSTODY, what="extracted", time="2026-05-06T00:00:00Z"),
            line(Kind.OP, "_deleted", time="2026-05-07T00:00:00Z"),
            line(Kind.WITHDRAW, time="2026-05-08T00:00:00Z"),
        ],
    )
    plain = [one.what.replace("\u2068", "").replace("\u2069", "") for one in told]
    assert plain == [
        "Aida withdrew it; what it held was destroyed",
        "Aida deleted it, or brought it back",
        "Aida wrote a plaintext copy",
        "Aida changed Date of the interview, How you talk, Status, Place of the interview"
        " and 1 more",
        "Aida changed Title and Account",
        "Aida began this record",
    ]
    assert told[-1].when == "3 May 2026, 14:02 UTC"


def test_an_author_without_a_card_is_told_from_others_and_by_who_passed_them_on() -> None:
    told = happenings(
        load_forms()["interview"],
        [line(Kind.OP, "title", name="", passer="Bolat"), line(Kind.WITHDRAW, name="")],
    )
    plain = [one.what.replace("\u2068", "").replace("\u2069", "") for one in told]
    assert plain == [
        "Unknown author 1234 5678 withdrew it; what it held was destroyed",
        "Unknown author 1234 5678, passed on by Bolat changed Title",
    ]

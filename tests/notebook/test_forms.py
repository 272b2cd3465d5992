from pathlib import Path

import pytest

from notebook.errors import Code, NotebookError
from notebook.forms import (
    Field,
    FieldType,
    Form,
    FormError,
    check_fields,
    load_form,
    load_forms,
)
from notebook.i18n import set_language
from notebook.model import JsonValue

FORMS = load_forms()
PURPOSES = {
    "team",
    "partner",
    "un",
    "icc",
    "court",
    "journalist",
    "publication-named",
    "publication-anonymised",
}
ID = "0123456789abcdef0123456789abcdef"
OTHER_ID = "f" * 32
SMALL_FORM = """
type = "note"
label = "Note"
plural = "Notes"
consent = "needed"
list_date = "date"

[options]
colour = [["red", "Red"], ["blue", "Blue"]]

[[section]]
name = "note"
label = "Note"

[[section.field]]
name = "title"
type = "text"
label = "Title"

[[section.field]]
name = "date"
type = "edtf"
label = "Date"

[[section.field]]
name = "colour"
type = "choice"
label = "Colour"
options = "colour"

[[section.field]]
name = "about"
type = "references"
label = "About"
refers_to = ["note"]
passes_consent = true
"""
A_FIELD = {
    FieldType.LIST: ("person", "names"),
    FieldType.REFERENCE: ("interview", "witness"),
    FieldType.REFERENCES: ("interview", "victims"),
    FieldType.CHOICE: ("interview", "mode"),
    FieldType.CHOICES: ("interview", "basis"),
    FieldType.DATETIME: ("interview", "started"),
    FieldType.EDTF: ("interview", "date"),
    FieldType.LONG_TEXT: ("interview", "account"),
    FieldType.TEXT: ("interview", "date_words"),
    FieldType.NUMBER: ("evidence", "size_bytes"),
}


def check_one(type_: str, name: str, value: JsonValue) -> JsonValue:
    return check_fields(FORMS[type_], {name: value}, by_program=True)[name]


def refusal(form: Form, fields: dict[str, JsonValue]) -> NotebookError:
    with pytest.raises(NotebookError) as caught:
        check_fields(form, fields)
    return caught.value


def all_fields() -> list[tuple[Form, Field]]:
    return [(FORMS[type_], field) for type_ in FORMS.types for field in FORMS[type_].fields]


# The forms themselves


def test_there_are_eight_record_types_and_each_begins_with_its_title() -> None:
    assert FORMS.types == (
        "case",
        "interview",
        "person",
        "consent",
        "evidence",
        "place",
        "event",
        "note",
    )
    for type_ in FORMS.types:
        assert FORMS[type_].fields[0].name == "title"
        assert FORMS[type_].type == type_


CORE = {
    "case": "status confidentiality languages",
    "interview": "date started ended mode place place_kind witness victims people_present"
    " interviewer_code interpreter_code interpreter_languages interpreter_affiliation"
    " interpreter_accepted interpreter_undertaking languages recording recording_reason account"
    " basis quotes questions first_account earlier_interviews contradictions not_asked"
    " original_words transcript transcript_by translation translation_by translation_checked_by"
    " read_back confirmation breaks demeanour risk_level referral interviewer_comment",
    "person": "pseudonym names aliases sex birth_date origin ethnicity languages occupation"
    " documents contact_channels safe_contact roles relation_to_victim portrait portrait_verified"
    " status status_date status_source risk_level vulnerability",
    "consent": "given_by covers date explained explained_language explained_through capacity"
    " guardian child_assent given_how proof conditions embargo expiry retention recontact"
    " recontact_how withdrawn withdrawal_scope withdrawal_action",
    "evidence": "about received_from received_how received_at acquired_by tool file_name"
    " media_type size_bytes sha256 taken_in_at metadata copy_kind derived_from sensitivity rights"
    " physical_place seal_number source_reliability verification",
    "place": "as_told names kind hierarchy coordinates precision",
    "event": "date_from date_to place description victims witnesses act_types method stated_reason"
    " perpetrators consequences sources basis credibility corroboration",
    "note": "text about",
}
"""What the field's standards ask for first; more may be added, nothing of it may go."""
IN_WORDS = {
    ("interview", "date"): "date_words",
    ("event", "date_from"): "date_words",
    ("event", "date_to"): "date_words",
    ("person", "birth_date"): "birth_words",
    ("evidence", "captured"): "captured_words",
    ("place", "in_use"): "in_use_words",
    ("case", "period"): "period_words",
}
"""The dates that somebody told, and where the words stand in which they did."""
OUR_OWN_DATES = {
    ("interview", "next_contact"),
    ("person", "status_date"),
    ("consent", "date"),
    ("consent", "embargo"),
    ("consent", "expiry"),
    ("consent", "withdrawn"),
    ("note", "date"),
    ("note", "due"),
}


def test_the_core_of_a_serious_record_is_there() -> None:
    lacking = {
        (type_, name)
        for type_, names in CORE.items()
        for name in names.split()
        if name not in {field.name for field in FORMS[type_].fields}
    }
    assert lacking == set()
    assert CORE.keys() == set(FORMS.types)


def test_every_date_that_was_told_keeps_the_words_it_was_told_in() -> None:
    dates = {(form.type, field.name) for form, field in all_fields() if field.type.value == "edtf"}
    assert dates == IN_WORDS.keys() | OUR_OWN_DATES
    for (type_, _date), words in IN_WORDS.items():
        assert FORMS[type_].field(words).type in (FieldType.TEXT, FieldType.LONG_TEXT)
    for type_ in ("interview", "event"):
        assert {"date_calendar", "date_uncertainty"} <= {f.name for f in FORMS[type_].fields}


def test_every_claim_has_its_basis() -> None:
    for type_ in ("interview", "event"):
        basis = [option.value for option in FORMS[type_].field("basis").options]
        assert basis == ["saw", "heard", "told", "document", "inferred"]


def test_an_interview_asks_for_consent_before_the_account() -> None:
    names = [section.name for section in FORMS["interview"].sections]
    assert names.index("consent") < names.index("account")


def test_the_interviewers_comment_stands_outside_the_account() -> None:
    form = FORMS["interview"]
    account = next(section for section in form.sections if section.name == "account")
    assert not any(field.is_internal for field in account.fields)
    assert form.field("interviewer_comment").is_internal
    assert form.field("account").type is FieldType.LONG_TEXT


def test_original_words_transcript_and_translation_are_separate() -> None:
    for name in ("original_words", "transcript", "translation"):
        assert FORMS["interview"].field(name).type is FieldType.LONG_TEXT


def test_identity_stands_apart_from_the_pseudonym() -> None:
    form = FORMS["person"]
    assert not form.field("pseudonym").is_identity
    assert not form.field("relation_to_victim").is_identity
    for name in ("names", "aliases", "birth_date", "documents", "contact_channels", "safe_contact"):
        assert form.field(name).is_identity


def test_a_list_of_people_never_shows_who_they_are() -> None:
    form = FORMS["person"]
    for name in (form.list_date, form.list_place, form.list_who):
        assert name is None or not form.field(name).is_identity


def test_each_use_of_consent_is_a_cell_of_its_own_answered_by_yes_or_no() -> None:
    cells = [field for field in FORMS["consent"].fields if field.purpose]
    assert {field.purpose for field in cells} == PURPOSES
    for cell in cells:
        assert cell.name == "use_" + str(cell.purpose).replace("-", "_")
        assert [option.value for option in cell.options] == ["yes", "no"]


def test_only_a_consent_has_purposes() -> None:
    assert {form.type for form, field in all_fields() if field.purpose} == {"consent"}


def test_consent_is_needed_for_all_that_tells_of_people() -> None:
    needed = {type_ for type_ in FORMS.types if FORMS[type_].consent == "needed"}
    assert needed == {"interview", "person", "evidence", "event", "note", "place"}


def test_consent_passes_along_the_references_that_say_so() -> None:
    passing = {(form.type, field.name) for form, field in all_fields() if field.passes_consent}
    assert passing == {("evidence", "about"), ("event", "sources"), ("note", "about")}


def test_a_consent_can_cover_a_whole_case_and_every_type_that_needs_it() -> None:
    needed = {type_ for type_ in FORMS.types if FORMS[type_].consent == "needed"}
    assert set(FORMS["consent"].field("covers").refers_to) == needed | {"case"}


def test_what_intake_writes_is_read_only() -> None:
    readonly = {field.name for field in FORMS["evidence"].fields if field.is_readonly}
    assert readonly == {
        "file_name",
        "media_type",
        "size_bytes",
        "sha256",
        "taken_in_at",
        "metadata",
    }


def test_words_are_short_and_sentences_end_with_a_full_stop() -> None:
    for form, field in all_fields():
        where = f"{form.type}.{field.name}"
        assert len(field.label) <= 40, where
        assert len(field.help) <= 120, where
        assert not field.label.endswith("."), where
        assert not field.help or field.help.endswith((".", "?")), where


def test_every_word_of_a_form_is_translated() -> None:
    set_language("pseudo")
    try:
        forms = load_forms()
    finally:
        set_language("en")
    for type_ in forms.types:
        form = forms[type_]
        words = [form.label, form.plural]
        for section in form.sections:
            words += [section.label, section.help]
            for field in section.fields:
                words += [field.label, field.help, *(option.label for option in field.options)]
        assert all(word.startswith("⟦") and word.endswith("⟧") for word in words if word)


def test_an_unknown_record_type_is_refused_by_name() -> None:
    with pytest.raises(NotebookError) as caught:
        FORMS["diary"]
    assert caught.value.code is Code.UNKNOWN_TYPE
    assert "diary" in str(caught.value)


def test_the_wanted_fields_that_are_empty_make_a_record_incomplete() -> None:
    form = FORMS["place"]
    assert form.missing({"title": "T"}) == ("as_told", "kind", "precision")
    assert form.missing({"as_told": "x", "kind": "home", "precision": "exact"}) == ()
    assert form.missing({"as_told": "", "kind": None, "precision": "exact"}) == ("as_told", "kind")


def test_an_answer_is_shown_in_words_and_an_unknown_one_as_it_stands() -> None:
    field = FORMS["interview"].field("mode")
    assert field.option_label("in-person") == "In person"
    assert field.option_label("by-pigeon") == "by-pigeon"


# The loader


def test_a_small_form_is_read() -> None:
    form = load_form(SMALL_FORM)
    assert [field.name for field in form.fields] == ["title", "date", "colour", "about"]
    assert form.field("about").passes_consent


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('label = "Note"', "label = 5"),
        ('label = "Note"', 'label = "Note"\nicon = "x"'),
        ('consent = "needed"', 'consent = "perhaps"'),
        ('list_date = "date"', 'list_date = "day"'),
        ('name = "title"', 'name = "heading"'),
        ('name = "date"', 'name = "title"'),
        ('name = "date"', 'name = "Date"'),
        ('name = "note"\nlabel', 'name = "note"\ncolour = "red"\nlabel'),
        ('type = "edtf"', 'type = "date"'),
        ('type = "edtf"', 'type = "edtf"\nwidth = 3'),
        ('type = "edtf"', 'type = "edtf"\nis_wanted = "yes"'),
        ('type = "edtf"', 'type = "edtf"\nstandard = "XYZ"'),
        ('type = "edtf"', 'type = "edtf"\npurpose = "team"'),
        ('type = "edtf"', 'type = "edtf"\npasses_consent = true'),
        ('type = "edtf"', 'type = "edtf"\noptions = "colour"'),
        ('type = "edtf"', 'type = "edtf"\nrefers_to = ["note"]'),
        ('options = "colour"\n', ""),
        ('options = "colour"', 'options = "taste"'),
        ('refers_to = ["note"]', "refers_to = []"),
        ('refers_to = ["note"]', "refers_to = [1]"),
        ('["blue", "Blue"]', '["red", "Blue"]'),
        ('[["red", "Red"], ["blue", "Blue"]]', "[]"),
        ("[options]\ncolour", "options"),
        ('["blue", "Blue"]', '["blue"]'),
        ('["blue", "Blue"]', '["Blue one", "Blue"]'),
        ("[[section]]", "[section]"),
        ('type = "note"', "type = note"),
    ],
)
def test_a_form_written_wrongly_is_refused(old: str, new: str) -> None:
    assert old in SMALL_FORM
    with pytest.raises(FormError):
        load_form(SMALL_FORM.replace(old, new, 1))


def test_a_form_under_the_name_of_another_is_refused(tmp_path: Path) -> None:
    for type_ in FORMS.types:
        (tmp_path / f"{type_}.toml").write_text(SMALL_FORM, "utf-8")
    with pytest.raises(FormError, match="describes"):
        load_forms(tmp_path)


def test_a_reference_to_an_unknown_type_is_refused(tmp_path: Path) -> None:
    for type_ in FORMS.types:
        form = SMALL_FORM.replace('type = "note"', f'type = "{type_}"', 1)
        (tmp_path / f"{type_}.toml").write_text(form.replace('["note"]', '["diary"]'), "utf-8")
    with pytest.raises(FormError, match="diary"):
        load_forms(tmp_path)


# What was entered


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (FieldType.TEXT, "Рамазан айынан бұрын"),
        (FieldType.LONG_TEXT, "  رامىزاندىن بۇرۇن\n\n说 e\u0301 \u2067x\u2069 "),
        (FieldType.EDTF, "2018-04~"),
        (FieldType.CHOICE, "in-person"),
        (FieldType.CHOICES, ["saw", "told"]),
        (FieldType.LIST, ["Гүлнар", "گۈلنار", "古丽娜尔", "Гүлнар"]),
        (FieldType.LIST, []),
        (FieldType.REFERENCE, ID),
        (FieldType.REFERENCES, [ID, OTHER_ID]),
        (FieldType.NUMBER, 2**53),
        (FieldType.NUMBER, -1.5),
        (FieldType.DATETIME, "2026-03-05T14:30+05:00"),
        (FieldType.DATETIME, "2026-03-05T14:30:15.5Z"),
    ],
)
def test_what_fits_is_kept_exactly(type_: FieldType, value: JsonValue) -> None:
    assert check_one(*A_FIELD[type_], value) == value


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (FieldType.TEXT, 5),
        (FieldType.TEXT, ["a"]),
        (FieldType.TEXT, "a\x00b"),
        (FieldType.LONG_TEXT, "half \ud83d"),
        (FieldType.EDTF, "before Ramadan"),
        (FieldType.EDTF, 2018),
        (FieldType.CHOICE, "by-pigeon"),
        (FieldType.CHOICE, ["in-person"]),
        (FieldType.CHOICES, "saw"),
        (FieldType.CHOICES, ["saw", "saw"]),
        (FieldType.CHOICES, ["guessed"]),
        (FieldType.LIST, "Гүлнар"),
        (FieldType.LIST, ["Гүлнар", ""]),
        (FieldType.LIST, [None]),
        (FieldType.LIST, ["x"] * 1001),
        (FieldType.REFERENCE, ID.upper()),
        (FieldType.REFERENCE, ID + "\n"),
        (FieldType.REFERENCE, ID[:-1]),
        (FieldType.REFERENCES, [ID, ID]),
        (FieldType.REFERENCES, {ID: 1}),
        (FieldType.NUMBER, True),
        (FieldType.NUMBER, "5"),
        (FieldType.NUMBER, 2**53 + 1),
        (FieldType.NUMBER, float("nan")),
        (FieldType.NUMBER, float("inf")),
        (FieldType.DATETIME, "2026-03-05T14:30"),
        (FieldType.DATETIME, "2026-03-05"),
        (FieldType.DATETIME, "2026-02-30T14:30Z"),
        (FieldType.DATETIME, "2026-03-05 14:30Z"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_fields_name(
    type_: FieldType, value: JsonValue
) -> None:
    form_type, name = A_FIELD[type_]
    with pytest.raises(NotebookError) as caught:
        check_one(form_type, name, value)
    assert caught.value.code is Code.BAD_VALUE
    assert f"“{name}”" in caught.value.what


@pytest.mark.parametrize("type_", [FieldType.EDTF, FieldType.CHOICE, FieldType.REFERENCE])
def test_a_refused_value_is_not_repeated(type_: FieldType) -> None:
    with pytest.raises(NotebookError) as caught:
        check_one(*A_FIELD[type_], "Гүлнар апай")
    assert "Гүлнар" not in str(caught.value)


@pytest.mark.parametrize("value", [None, ""])
def test_nothing_clears_a_field(value: JsonValue) -> None:
    for type_ in (FieldType.TEXT, FieldType.EDTF, FieldType.CHOICE, FieldType.REFERENCE):
        assert check_one(*A_FIELD[type_], value) is None


def test_text_longer_than_four_mebibytes_is_refused_by_its_bytes() -> None:
    form = FORMS["interview"]
    exactly = "说" * (4 * 1024 * 1024 // 3) + "a"
    assert check_fields(form, {"account": exactly})["account"] == exactly
    assert refusal(form, {"account": exactly + "a"}).code is Code.BAD_VALUE


def test_a_yes_or_no_is_no_word_and_no_number() -> None:
    form = load_form(SMALL_FORM.replace('type = "edtf"', 'type = "boolean"'))
    assert check_fields(form, {"date": False}) == {"date": False}
    others: list[JsonValue] = [0, 1, "true", []]
    for value in others:
        assert refusal(form, {"date": value}).code is Code.BAD_VALUE


def test_an_unknown_field_is_refused_by_name() -> None:
    error = refusal(FORMS["interview"], {"title": "T", "adress": "x"})
    assert error.code is Code.UNKNOWN_FIELD
    assert "adress" in str(error)


def test_the_name_of_an_unknown_field_cannot_flood_or_forge_a_message() -> None:
    shown = str(refusal(FORMS["note"], {"\x1b[2J\n" + "x" * 10_000: "x"}))
    assert "\x1b" not in shown
    assert "\n" not in shown
    assert len(shown) < 250


def test_only_the_program_writes_what_was_found_at_intake() -> None:
    form = FORMS["evidence"]
    assert refusal(form, {"sha256": "0" * 64}).code is Code.BAD_VALUE
    assert refusal(form, {"sha256": None}).code is Code.BAD_VALUE
    assert check_fields(form, {"sha256": "0" * 64}, by_program=True) == {"sha256": "0" * 64}


@pytest.mark.parametrize("title", [None, "", "   "])
def test_a_title_cannot_be_taken_away(title: JsonValue) -> None:
    assert refusal(FORMS["note"], {"title": title}).code is Code.BAD_VALUE


def test_a_new_record_needs_its_title_and_nothing_else() -> None:
    with pytest.raises(NotebookError, match="title"):
        check_fields(FORMS["interview"], {"account": "x"}, is_new=True)
    assert check_fields(FORMS["interview"], {"title": "T"}, is_new=True) == {"title": "T"}
    assert check_fields(FORMS["interview"], {"account": "x"}) == {"account": "x"}

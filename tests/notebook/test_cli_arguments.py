import pytest

from notebook.cli import catalogue
from notebook.cli.arguments import Arguments, UsageError, Verb, parse


def read(*words: str) -> Arguments:
    return parse(catalogue.verbs()[words[0]], words[1:])


def refusal(*words: str) -> str:
    with pytest.raises(UsageError) as caught:
        read(*words)
    return str(caught.value)


@pytest.mark.parametrize(
    "words",
    [
        ("seal", "F", "--to", "A", "B", "--out", "D", "--json"),
        ("seal", "--json", "--out=D", "F", "--to", "A", "B"),
        ("seal", "--to", "A", "--to=B", "--out", "D", "--json", "F"),
        ("seal", "--to", "A", "B", "F", "--json", "--out", "D"),
        ("seal", "--json", "--to", "A", "--out", "D", "--to", "B", "--", "F"),
    ],
)
def test_options_may_stand_anywhere_after_the_verb(words: tuple[str, ...]) -> None:
    arguments = read(*words)
    assert arguments.one("FOLDER") == "F"
    assert arguments.values("--to") == ("A", "B")
    assert arguments.value("--out") == "D"
    assert arguments.has("--json")


def test_an_option_for_several_values_stops_at_the_next_option() -> None:
    arguments = read("seal", "F", "--to", "A", "B", "--case", "C", "D", "--out", "O")
    assert arguments.values("--to") == ("A", "B")
    assert arguments.values("--case") == ("C", "D")


def test_a_folder_behind_a_list_of_values_is_given_back() -> None:
    assert read("list", "--case", "C", "F").one("FOLDER") == "F"
    arguments = read("find", "--case", "C", "F", "word")
    assert (arguments.values("--case"), arguments.one("FOLDER")) == (("C",), "F")
    assert arguments.many("QUERY") == ("word",)


def test_a_folder_given_back_keeps_its_place_before_later_arguments() -> None:
    arguments = read("find", "--case", "C", "F", "--json", "word")
    assert (arguments.one("FOLDER"), arguments.many("QUERY")) == ("F", ("word",))


def test_where_two_options_could_hold_the_folder_nothing_is_guessed() -> None:
    sentence = refusal("seal", "--to", "A", "B", "--case", "C", "D", "--out", "O")
    assert sentence.startswith("FOLDER is missing")


def test_a_single_value_is_never_given_back() -> None:
    assert refusal("seal", "--to", "A", "--out", "O").startswith("FOLDER is missing")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("list",), "FOLDER is missing"),
        (("list", "F", "G"), "too many"),
        (("show", "F"), "RECORD is missing"),
        (("attach", "F", "R"), "FILE is missing"),
        (("list", "F", "--nonsense"), "no option --nonsense"),
        (("list", "F", "--typ", "case"), "no option --typ"),
        (("list", "F", "-x"), "no option -x"),
        (("list", "F", "--type"), "--type needs a value"),
        (("list", "F", "--type", "--json"), "--type needs a value"),
        (("list", "F", "--case", "--json"), "--case needs a value"),
        (("list", "F", "--type", "a", "--type", "b"), "--type stands twice"),
        (("list", "F", "--json", "--json"), "--json stands twice"),
        (("list", "F", "--json=yes"), "--json takes no value"),
        (("new", "F", "--kdf", "testing"), "--kdf is one of: standard, low-memory"),
        (("new", "F", "--kdf=none"), "--kdf is one of: standard, low-memory"),
        (("contacts", "F", "remove"), "ACTION is one of: list, show, add, verify, profile, role"),
        (("contacts", "F", "add", "a", "b"), "too many"),
        (("withdraw", "F", "R"), "--reason is missing"),
        (("seal", "F", "--out", "D"), "--to is missing"),
        (("identity", "F"), "--export is missing"),
        (("list", ""), "FOLDER is empty"),
        (("attach", "F", "R", "a", ""), "FILE is empty"),
        (("extract", "F", "R", ""), "OUT is empty"),
        (("seal", "F", "--to", "A", "", "--out", "D"), "--to is empty"),
        (("seal", "F", "--to", "A", "--out="), "--out is empty"),
        (("new", "F", "--author", ""), "--author is empty"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(words: tuple[str, ...], said: str) -> None:
    assert said in refusal(*words)


def test_a_search_for_nothing_may_be_asked_for() -> None:
    assert read("find", "F", "").many("QUERY") == ("",)


def test_a_dash_alone_is_an_ordinary_argument() -> None:
    assert read("add", "F", "-").many("FILE.json") == ("-",)
    assert read("withdraw", "F", "R", "--reason", "-").value("--reason") == "-"


def test_after_two_dashes_nothing_is_an_option() -> None:
    assert read("find", "F", "--", "--json", "-x").many("QUERY") == ("--json", "-x")


def test_a_value_that_begins_with_a_dash_is_attached() -> None:
    assert read("withdraw", "F", "R", "--reason=-- why").value("--reason") == "-- why"


def test_a_value_may_hold_an_equals_sign() -> None:
    assert read("edit", "F", "R", "title=a=b").many("FIELD=VALUE") == ("title=a=b",)
    assert read("new", "F", "--author=a=b").value("--author") == "a=b"


def test_no_refusal_repeats_what_was_typed_but_the_name_of_an_option() -> None:
    assert "secret" not in refusal("show", "F", "R", "secret")
    assert "secret" not in refusal("list", "F", "--json=secret")
    assert "secret" not in refusal("new", "F", "--kdf=secret")


def test_the_name_of_an_option_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in refusal("list", "F", "--\x1b[2J")


@pytest.mark.parametrize("verb", catalogue.verbs().values(), ids=lambda verb: verb.name)
def test_the_help_of_a_verb_names_all_it_takes(verb: Verb) -> None:
    text = catalogue.verb_help(verb)
    for option in verb.options:
        assert f"\n  {option.name}" in text
    for place in verb.places:
        assert all(word in text for word in place.choices or (place.name,))


def test_every_verb_has_options_of_its_own_names() -> None:
    for verb in catalogue.verbs().values():
        names = [option.name for option in verb.options]
        assert len(set(names)) == len(names)
        assert all(not place.is_many and not place.is_optional for place in verb.places[:-1])


def test_the_help_names_every_verb_and_the_two_of_the_window() -> None:
    for name in ("window", "tour", *catalogue.verbs()):
        assert f"\n  {name} " in catalogue.help_text()

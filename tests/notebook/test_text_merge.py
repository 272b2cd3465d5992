"""Several edits of one text are merged by sentences, or not at all; nothing is lost or made up."""

from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from notebook.sentences import tokens_of
from notebook.text_merge import CHARACTERS_MOST, HEADS_MOST, Merged, Touching, merge

BASE = "He came at night. They took him. Nobody spoke. The bridge was closed. It snowed."


def merged(base: str, *edits: str) -> str:
    result = merge(base, edits)
    assert isinstance(result, Merged)
    return result.text


def touches(base: str, *edits: str) -> bool:
    return isinstance(merge(base, edits), Touching)


def edited(old: str, new: str, base: str = BASE) -> str:
    assert old in base
    return base.replace(old, new)


@pytest.mark.parametrize(
    ("base", "one", "other", "result"),
    [
        (
            "Ол түнде келді. Оны алып кетті. Ешкім үндемеді.",
            "Ол қыста, түнде келді. Оны алып кетті. Ешкім үндемеді.",
            "Ол түнде келді. Оны алып кетті. Көршілер үндемеді.",
            "Ол қыста, түнде келді. Оны алып кетті. Көршілер үндемеді.",
        ),
        (
            "ئۇ كېچىدە كەلدى. ئۇلار ئۇنى ئېلىپ كەتتى. ھېچكىم گەپ قىلمىدى.",
            "ئۇ قىشتا كەلدى. ئۇلار ئۇنى ئېلىپ كەتتى. ھېچكىم گەپ قىلمىدى.",
            "ئۇ كېچىدە كەلدى. ئۇلار ئۇنى ئېلىپ كەتتى. قوشنىلار گەپ قىلمىدى.",
            "ئۇ قىشتا كەلدى. ئۇلار ئۇنى ئېلىپ كەتتى. قوشنىلار گەپ قىلمىدى.",
        ),
        (
            "他晚上来了。他们带走了他。没有人说话。",
            "他冬天晚上来了。他们带走了他。没有人说话。",
            "他晚上来了。他们带走了他。邻居没有说话。",
            "他冬天晚上来了。他们带走了他。邻居没有说话。",
        ),
        (
            "Он пришёл ночью. Его увезли. Никто не говорил.",
            "Он пришёл зимой. Его увезли. Никто не говорил.",
            "Он пришёл ночью. Его увезли. Соседи не говорили.",
            "Он пришёл зимой. Его увезли. Соседи не говорили.",
        ),
    ],
)
def test_changes_of_different_sentences_come_together(
    base: str, one: str, other: str, result: str
) -> None:
    assert merged(base, one, other) == result
    assert merged(base, other, one) == result


def test_each_changed_stretch_says_whose_it_is_and_what_stood_there() -> None:
    one = edited("at night", "in the winter")
    other = edited("Nobody spoke. ", "")
    result = merge(BASE, [one, other])
    assert isinstance(result, Merged)
    changed = [piece for piece in result.pieces if piece.by]
    assert [(piece.text.strip(), piece.by, piece.instead_of.strip()) for piece in changed] == [
        ("He came in the winter.", frozenset({0}), "He came at night."),
        ("", frozenset({1}), "Nobody spoke."),
    ]
    assert all(not piece.instead_of for piece in result.pieces if not piece.by)


def test_additions_of_paragraphs_keep_every_line_end() -> None:
    base = "First told.\r\n\r\nThen asked.\n\nAt last silent.\n"
    one = base.replace("First told.", "Before: a dream.\n\nFirst told.")
    other = base + "\n\tSigned."
    assert merged(base, one, other) == (
        "Before: a dream.\n\nFirst told.\r\n\r\nThen asked.\n\nAt last silent.\n\n\tSigned."
    )


def test_three_people_may_change_three_places() -> None:
    edits = [
        edited("at night", "at dawn"),
        edited("Nobody", "Nobody there"),
        edited("It snowed", "It rained"),
    ]
    assert merged(BASE, *edits) == (
        "He came at dawn. They took him. Nobody there spoke. The bridge was closed. It rained."
    )


def test_what_all_changed_alike_is_one_change() -> None:
    one = edited("at night", "at dawn")
    both = edited("They took him", "They took them", one)
    result = merge(BASE, [edited("It snowed", "It rained", both), both])
    assert isinstance(result, Merged)
    assert [piece.by for piece in result.pieces if piece.by] == [frozenset({0, 1}), frozenset({0})]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # The same sentence; sentences beside one another; two additions at one place.
        (("at night", "at dawn"), ("at night", "at dusk")),
        (("at night", "at dawn"), ("They took", "They carried")),
        (("It snowed.", "It snowed. One."), ("It snowed.", "It snowed. Two.")),
        # What one takes out, the other changes, or adds to, or takes elsewhere.
        (("Nobody spoke. ", ""), ("Nobody spoke", "Somebody spoke")),
        (("Nobody spoke. ", ""), ("Nobody spoke. ", "Nobody spoke. Only he. ")),
        (
            ("Nobody spoke. The", "The"),
            (BASE, BASE.replace("Nobody spoke. ", "") + " Nobody spoke."),
        ),
        # A line end beside a changed sentence.
        (("night. They", "night.\nThey"), ("They took", "They carried")),
    ],
)
def test_what_touches_is_not_merged(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert touches(BASE, edited(*one), edited(*other))
    assert touches(BASE, edited(*other), edited(*one))


def test_both_may_move_a_sentence_only_to_one_place() -> None:
    rest = BASE.replace("They took him. ", "")
    to_end = rest + " They took him."
    assert merged(BASE, to_end, to_end) == to_end
    assert touches(BASE, to_end, "They took him. " + rest)


@pytest.mark.parametrize(
    ("base", "one", "other"),
    [
        # One true sentence, cut by what only looks like an end.
        ("He saw Dr. Karim and Mr. Aman there.", ("He saw", "She saw"), ("there", "here")),
        ("He lived in the St. Petersburg of K. Aman then.", ("He", "She"), ("then", "later")),
        ("Жил на ул. Абая в д. Каскелен тогда.", ("Жил", "Жила"), ("тогда", "потом")),
        ("He waited… And waited… And left.", ("He waited", "She waited"), ("left", "stayed")),
        ("“Stop!” Karim said. “Now!” Aman left.", ("Stop", "Go"), ("Aman", "Asem")),
        ("He was taken\nin the winter\nof that year", ("taken", "led"), ("that", "this")),
        ("ئۇ كەلدى؛ ئۇ كەتتى؛ ئۇ ئۆلدى.", ("كەلدى", "باردى"), ("ئۆلدى", "قالدى")),
    ],
)
def test_nothing_is_merged_inside_what_may_be_one_sentence(
    base: str, one: tuple[str, str], other: tuple[str, str]
) -> None:
    first, second = edited(*one, base), edited(*other, base)
    assert first != base != second
    assert touches(base, first, second)


def test_too_many_or_too_long_texts_are_not_merged() -> None:
    assert merge(BASE, [BASE] * (HEADS_MOST + 1)) is None
    assert merge(BASE, [BASE, "a" * (CHARACTERS_MOST + 1)]) is None
    assert merge("a" * (CHARACTERS_MOST + 1), [BASE, BASE]) is None


def test_texts_of_a_mebibyte_are_merged_in_one_go() -> None:
    # As many sentences as fit, half of them equal. Quadratic work would meet the time limit.
    lines = [f"He said {at}. Yes. No. Yes." for at in range(24_000)]
    base = "\n\n".join(lines)
    one = "\n\n".join([*lines[:7], "A new line.", *lines[8:]])
    other = "\n\n".join([*lines[:-7], *lines[-6:]])
    expected = "\n\n".join([*lines[:7], "A new line.", *lines[8:-7], *lines[-6:]])
    assert merged(base, one, other) == expected
    assert len(base) > CHARACTERS_MOST // 2


def test_equal_sentences_everywhere_do_not_take_long() -> None:
    base = "Yes. " * 50_000
    assert not touches(base, "No. " + base[5:], base[:-5] + "No.")
    assert touches(base, "No. " * 50_000, "Oh. " * 50_000)


# Whatever people write.

SENTENCES = st.sampled_from(
    ["He came.", "They slept.", "他来了。", "Yes.", "Ол келді.", "Mr.", "He was", "Нет!", "(a.)"]
)
GAPS = st.sampled_from([" ", " ", " ", "\n", "\n\n", ""])


@st.composite
def texts(draw: st.DrawFn, most: int = 8) -> str:
    parts = draw(st.lists(st.tuples(SENTENCES, GAPS), max_size=most))
    return "".join(sentence + gap for sentence, gap in parts)


@st.composite
def edits(draw: st.DrawFn, base: str) -> str:
    """The base with a few tokens taken out, put in or changed."""
    tokens = [token.text for token in tokens_of(base)]
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(tokens)))
        tokens[at : at + draw(st.integers(0, 2))] = [draw(texts(most=2))]
    return "".join(tokens)


@st.composite
def histories(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A text of numbered sentences, or of any, and what two or three people made of it."""
    base = draw(texts() | st.integers(4, 14).map(numbered))
    return base, draw(st.lists(edits(base), min_size=2, max_size=3))


def numbered(count: int) -> str:
    return " ".join(f"He told us of thing{at}." for at in range(count))


def counted(text: str) -> Counter[str]:
    return Counter(token.text for token in tokens_of(text) if token.is_sentence)


@given(histories())
def test_the_order_of_the_people_does_not_matter(history: tuple[str, list[str]]) -> None:
    base, heads = history
    one, other = merge(base, heads), merge(base, heads[::-1])
    assert isinstance(one, Merged) is isinstance(other, Merged)
    if isinstance(one, Merged) and isinstance(other, Merged):
        assert one.text == other.text
        assert [piece.by for piece in one.pieces] == [
            frozenset(len(heads) - 1 - place for place in piece.by) for piece in other.pieces
        ]


@given(histories())
def test_who_changed_nothing_changes_nothing(history: tuple[str, list[str]]) -> None:
    base, (head, *_rest) = history
    assert merged(base, base, head) == head
    assert merged(base, head, head) == head


@given(histories())
def test_nothing_added_is_lost_and_nothing_removed_comes_back(
    history: tuple[str, list[str]],
) -> None:
    base, heads = history
    result = merge(base, heads)
    assume(isinstance(result, Merged))
    assert isinstance(result, Merged)
    old, new = counted(base), counted(result.text)
    for head in map(counted, heads):
        for sentence in head.keys() | old.keys():
            if head[sentence] > old[sentence]:
                assert new[sentence] >= head[sentence]
            if head[sentence] < old[sentence]:
                assert new[sentence] <= head[sentence]
    everything = set().union(*map(counted, heads))
    assert new.keys() <= everything


@given(histories())
def test_the_pieces_say_truly_whose_they_are(history: tuple[str, list[str]]) -> None:
    base, heads = history
    result = merge(base, heads)
    assume(isinstance(result, Merged))
    assert isinstance(result, Merged)
    assert "".join(p.instead_of if p.by else p.text for p in result.pieces) == base
    for place, head in enumerate(heads):
        own = "".join(
            piece.text if place in piece.by or not piece.by else piece.instead_of
            for piece in result.pieces
        )
        assert own == head

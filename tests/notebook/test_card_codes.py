"""Cards as codes: read back from pictures, in any order, and refused when anything is wrong."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from crypto.card import Card
from crypto.errors import Malformed, Tampered, Unsupported
from crypto.identity import Identity
from notebook import card_codes, card_files
from notebook.card_codes import Modules
from notebook.errors import Code, NotebookError
from tests.notebook.support_cli import command_line, new_folder
from tests.notebook.support_notebook import Seeded

QUIET = 4


def card_of(name: str, seed: str = "one") -> Card:
    return Identity.generate(name, Seeded(seed)).card()


LONG_NAME = "维吾尔 قەلەم " * 7 + "Қайрат"


def picture(codes: Sequence[Modules], square: int = 3) -> Image.Image:
    """The codes side by side, as the window shows them."""
    side = (len(codes[0]) + 2 * QUIET) * square
    sheet = Image.new("L", (side * 2, side * -(-len(codes) // 2)), 255)
    for place, code in enumerate(codes):
        made = Image.new("L", (len(code), len(code)), 255)
        made.putdata([0 if square_ else 255 for line in code for square_ in line])
        made = made.resize((len(code) * square, len(code) * square), Image.Resampling.NEAREST)
        left, top = place % 2 * side + QUIET * square, place // 2 * side + QUIET * square
        sheet.paste(made, (left, top))
    return sheet


def drawn(card: Card) -> list[Modules]:
    return [card_codes.modules(text) for text in card_codes.texts(card)]


def trouble_of(texts: Sequence[str]) -> NotebookError:
    with pytest.raises(NotebookError) as trouble:
        card_codes.join(texts)
    assert trouble.value.code is Code.BAD_CARD
    return trouble.value


@pytest.mark.parametrize("name", ["A", "Қайрат", LONG_NAME])
def test_codes_in_any_order_make_up_the_card(name: str) -> None:
    card = card_of(name)
    texts = list(card_codes.texts(card))
    assert len(texts) == card_codes.CODES
    random.Random(1).shuffle(texts)
    assert card_codes.join([*texts, texts[0], "https://example.org"]) == card
    assert all(text.upper() == text and len(text) <= 700 for text in texts)


def test_codes_that_lack_are_named() -> None:
    texts = card_codes.texts(card_of("Aida"))
    assert "2, 4" in trouble_of([texts[0], texts[2]]).what
    assert "No code" in trouble_of([]).what
    assert "No code" in trouble_of(["https://example.org", "FN1.5.4.00000000.AAAA"]).what


def test_codes_of_two_cards_are_not_mixed() -> None:
    one, other = card_codes.texts(card_of("Aida")), card_codes.texts(card_of("Aida", "two"))
    trouble_of([*one[:2], *other[2:]])
    trouble_of([*one, *other])


def test_a_changed_piece_is_refused() -> None:
    texts = list(card_codes.texts(card_of("Aida")))
    for place in range(len(texts)):
        changed = list(texts)
        last = "A" if texts[place][-1] != "A" else "Q"
        changed[place] = texts[place][:-1] + last
        trouble_of(changed)
        trouble_of([*texts, changed[place]])


@pytest.mark.parametrize("count", [17, 99])
def test_too_many_codes_are_none(count: int) -> None:
    trouble_of([f"FN1.{n}.{count}.00000000.AAAA" for n in range(1, count + 1)])


def test_the_short_form_is_checked_like_the_text() -> None:
    card = card_of("Aida")
    content = card.to_bytes()
    assert Card.from_bytes(content) == card
    for place in range(1, len(content), 37):
        changed = bytearray(content)
        changed[place] ^= 1
        with pytest.raises((Malformed, Tampered)):
            Card.from_bytes(bytes(changed))
    with pytest.raises(Unsupported):
        Card.from_bytes(b"\2" + content[1:])
    for cut in (b"", content[:-5], content[:100], content + b"x" * 500):
        with pytest.raises((Malformed, Tampered)):
            Card.from_bytes(cut)


# In pictures.


@pytest.mark.parametrize("kind", ["png", "jpg", "webp"])
def test_a_picture_of_all_codes_is_a_card(kind: str, tmp_path: Path) -> None:
    card = card_of("Қайрат")
    path = tmp_path / f"photo.{kind}"
    picture(drawn(card)).save(path)
    assert card_files.read([path]) == card.encode()


def test_a_tilted_grey_photograph_is_read(tmp_path: Path) -> None:
    card = card_of("Aida")
    sheet = (
        picture(drawn(card), square=6)
        .convert("RGB")
        .rotate(4, expand=True, fillcolor=(200, 200, 200), resample=Image.Resampling.BICUBIC)
    )
    sheet = sheet.point(lambda value: 40 + value * 170 // 255)
    path = tmp_path / "photo.jpg"
    sheet.save(path, quality=70)
    assert card_files.read([path]) == card.encode()


def test_several_pictures_make_up_one_card(tmp_path: Path) -> None:
    card = card_of("Aida")
    paths = []
    for number, code in enumerate(drawn(card)):
        paths.append(tmp_path / f"{number}.png")
        picture([code]).save(paths[-1])
    assert card_files.read(paths[::-1]) == card.encode()
    with pytest.raises(NotebookError) as trouble:
        card_files.read(paths[1:])
    assert "1" in trouble.value.what


def test_a_text_is_read_as_ever(tmp_path: Path) -> None:
    path = tmp_path / "card.txt"
    path.write_text(card_of("Aida").encode(), "utf-8")
    assert card_files.read([path]) == card_of("Aida").encode()


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0" + b"x" * 5000])
def test_a_hostile_picture_is_a_clear_error(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "photo"
    path.write_bytes(content)
    with pytest.raises(NotebookError) as trouble:
        card_files.read([path])
    assert trouble.value.code is Code.BAD_CARD


def test_a_picture_of_something_else_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    Image.new("RGB", (800, 600), "grey").save(path)
    with pytest.raises(NotebookError) as trouble:
        card_files.read([path])
    assert "No code of a card" in trouble.value.what


def test_the_command_line_adds_a_contact_from_a_picture(tmp_path: Path) -> None:
    folder = new_folder(tmp_path / "notebook")
    card = card_of("Қайрат")
    picture(drawn(card)).save(tmp_path / "photo.png")
    cli = command_line("picture")
    ran = cli("contacts", folder, "add", tmp_path / "photo.png")
    assert (ran.status, ran.json["id"], ran.json["name"]) == (0, card.author_id(), "Қайрат")
    Image.new("RGB", (80, 60), "grey").save(tmp_path / "grey.png")
    assert cli("contacts", folder, "add", tmp_path / "grey.png").json["error"]["code"] == "bad-card"

"""Cards as codes: read back from pictures, in any order, and refused when anything is wrong."""

from __future__ import annotations

import base64
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from crypto.card import Card
from crypto.errors import Malformed, Tampered, Unsupported
from crypto.identity import Identity
from crypto.primitives import sha256
from notebook import card_codes, card_files, mission_card
from notebook.card_codes import Modules
from notebook.errors import Code, NotebookError
from notebook.mission_card import CaseNumber, MissionCard
from notebook.model import CaseId, EntryId
from tests.notebook.support_cli import command_line, new_folder
from tests.notebook.support_notebook import Seeded

GOLDEN = Path(__file__).parent.parent / "golden"
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


def drawn(card: Card, cases: Sequence[CaseNumber] = ()) -> list[Modules]:
    return [card_codes.modules(text) for text in card_codes.texts(card, cases)]


def numbers(count: int) -> list[CaseNumber]:
    """Cases that a mission card is followed by."""
    return [
        CaseNumber(case=CaseId(f"{n + 1:032x}"), entry=EntryId(f"{n + 7:064x}"))
        for n in range(count)
    ]


def codes_of(content: bytes) -> list[str]:
    """What stands in the codes of whatever it is."""
    encoded = base64.b32encode(content).decode("ascii").rstrip("=")
    shared = sha256(content)[:4].hex().upper()
    half = len(encoded) // 2
    return [f"FN1.1.2.{shared}.{encoded[:half]}", f"FN1.2.2.{shared}.{encoded[half:]}"]


def trouble_of(texts: Sequence[str]) -> NotebookError:
    with pytest.raises(NotebookError) as trouble:
        card_codes.join(texts)
    assert trouble.value.code is Code.BAD_CARD
    return trouble.value


def test_the_golden_codes_are_written_and_read() -> None:
    golden = (GOLDEN / "codes_v1.txt").read_text("ascii").splitlines()
    card = Card.parse((GOLDEN / "card_v1.txt").read_text("utf-8"))
    assert list(card_codes.texts(card, numbers(2))) == golden
    assert card_codes.join(golden) == mission_card.text(card, numbers(2))


@pytest.mark.parametrize("name", ["A", "Қайрат", LONG_NAME])
def test_codes_in_any_order_make_up_the_card(name: str) -> None:
    card = card_of(name)
    texts = list(card_codes.texts(card))
    assert len(texts) == card_codes.CODES
    random.Random(1).shuffle(texts)
    assert card_codes.join([*texts, texts[0], "https://example.org"]) == card.encode()
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


@pytest.mark.parametrize("count", [1, 3, 40, 110])
def test_the_cases_of_a_mission_go_with_its_card(count: int) -> None:
    card, cases = card_of(LONG_NAME), numbers(count)
    texts = list(card_codes.texts(card, cases))
    assert card_codes.CODES <= len(texts) <= card_codes.MOST_CODES
    assert all(len(text) <= card_codes.MOST_PIECE_CHARACTERS + 20 for text in texts)
    random.Random(1).shuffle(texts)
    said = card_codes.join(texts)
    assert said == mission_card.text(card, cases)
    assert MissionCard.read(said).cases == tuple(cases)
    # Without the last one the cases would be lost without a word.
    assert trouble_of(texts[:-1]).what.startswith("Of the ")


def test_more_cases_than_codes_can_hold_give_none() -> None:
    assert card_codes.texts(card_of("Aida"), numbers(mission_card.MOST_CASES)) == ()


def test_numbers_of_cases_in_another_form_are_refused() -> None:
    content = card_of("Aida").to_bytes()
    number = bytes(15) + b"\1" + bytes(31) + b"\7"
    assert card_codes.join(codes_of(content + b"\0" + number)).endswith(f" {7:064x}\n")
    for more in (b"\0", b"\0" + number[:-1], b"\0" + number + b"\0", b"\0\0" + number, b"x\0"):
        trouble_of(codes_of(content + more))
    twice = card_codes.join(codes_of(content + b"\0" + 2 * number))
    with pytest.raises(NotebookError):
        MissionCard.read(twice)


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


def test_a_mission_with_cases_is_read_from_one_picture(tmp_path: Path) -> None:
    card, cases = card_of("mission-4f09c2"), numbers(12)
    codes = drawn(card, cases)
    assert len(codes) > card_codes.CODES
    picture(codes).save(tmp_path / "photo.png")
    assert MissionCard.read(card_files.read([tmp_path / "photo.png"])).cases == tuple(cases)


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

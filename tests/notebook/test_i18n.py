import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from notebook import i18n
from notebook.i18n import _, ngettext, number, set_language
from tests.support import REPOSITORY


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    set_language(i18n.ENGLISH)


def test_english_sentences_are_their_own_translation() -> None:
    set_language("en")
    assert _("Seal for {name}") == "Seal for {name}"
    assert ngettext("one file", "{count} files", 1) == "one file"
    assert ngettext("one file", "{count} files", 2) == "{count} files"


def test_the_pseudo_language_brackets_every_sentence_and_keeps_placeholders() -> None:
    set_language(i18n.PSEUDO)
    assert _("Seal for {name}").format(name="A") == "⟦Seal for A⟧"
    assert ngettext("one file", "{count} files", 3).format(count=3) == "⟦3 files⟧"


def test_an_empty_text_stays_empty_in_every_language() -> None:
    for code in ("en", i18n.PSEUDO, "zz"):
        set_language(code)
        assert _("") == ""


def test_a_language_without_a_catalogue_speaks_english() -> None:
    set_language("zz")
    assert _("Lock") == "Lock"
    assert ngettext("one file", "{count} files", 2) == "{count} files"


def test_a_catalogue_beside_the_program_is_found_and_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "kk" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "field-notebook.mo").write_bytes(
        _catalogue({"": "Content-Type: text/plain; charset=UTF-8\n", "Lock": "Құлыптау"})
    )
    monkeypatch.setattr(i18n, "LOCALE_FOLDER", tmp_path)
    assert i18n.languages() == ("en", "kk")
    set_language("kk")
    assert _("Lock") == "Құлыптау"
    assert _("Unlock") == "Unlock"
    assert _("") == ""


def test_every_sentence_and_every_word_of_the_forms_is_offered_to_translators() -> None:
    script = REPOSITORY / "packaging" / "extract-strings"
    run = subprocess.run([sys.executable, script], capture_output=True, check=False)
    assert run.stderr.decode() == ""
    assert run.returncode == 0
    template = run.stdout.decode()
    for sentence in (
        "This is not a date that the notebook can read.",
        "Say nothing here that must not be read aloud.",
        "Was told by someone",
        "Consents",
    ):
        assert template.count(f'msgid "{sentence}"') == 1
    assert 'msgid_plural "' in template


def _catalogue(messages: dict[str, str]) -> bytes:
    """GNU's .mo format: a header, two tables of (length, offset), the texts."""
    keys = sorted(messages)
    pairs = [(key.encode(), messages[key].encode()) for key in keys]
    count = len(pairs)
    offset = 28 + 16 * count
    tables: list[bytes] = []
    texts = b""
    for side in (0, 1):
        for pair in pairs:
            text = pair[side]
            tables.append(
                len(text).to_bytes(4, "little") + (offset + len(texts)).to_bytes(4, "little")
            )
            texts += text + b"\0"
    header = [0x950412DE, 0, count, 28, 28 + 8 * count, 0, 0]
    return b"".join(n.to_bytes(4, "little") for n in header) + b"".join(tables) + texts


def _speak_numbers(monkeypatch: pytest.MonkeyPatch, as_written: str) -> None:
    spoken = replace(i18n._translator, one=lambda sentence: as_written or sentence)
    monkeypatch.setattr(i18n, "_translator", spoken)


def test_counts_are_set_apart_by_thousands() -> None:
    assert (number(0), number(999), number(1_234_567)) == ("0", "999", "1,234,567")
    set_language(i18n.PSEUDO)
    assert number(1000) == "1,000"


@pytest.mark.parametrize(
    ("as_written", "expected"),
    [
        ("1 234 567 890", "40 000"),
        ("١٬٢٣٤٬٥٦٧٬٨٩٠", "٤٠٬٠٠٠"),
        ("a translator's slip", "40,000"),
    ],
)
def test_counts_are_in_the_readers_digits(
    monkeypatch: pytest.MonkeyPatch, as_written: str, expected: str
) -> None:
    _speak_numbers(monkeypatch, as_written)
    assert number(40_000) == expected

"""The words of the program in the person's language: English sentences are the keys.

The translator is the only module state of the program; the entry point sets it once, before
anything is shown. Catalogues are gettext's, `locale/<code>/LC_MESSAGES/field-notebook.mo`.
Placeholders are filled after translation: `_("{count} files").format(count=3)`.
"""

import gettext
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

DOMAIN = "field-notebook"
LOCALE_FOLDER = Path(__file__).parent / "locale"
ENGLISH = "en"
PSEUDO = "pseudo"
"""A language for tests: every translated sentence stands between the marks."""
PSEUDO_MARKS = "⟦⟧"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Translator:
    one: Callable[[str], str]
    counted: Callable[[str, str, int], str]


def _english_counted(singular: str, plural: str, count: int) -> str:
    return singular if count == 1 else plural


def _pseudo(sentence: str) -> str:
    return f"{PSEUDO_MARKS[0]}{sentence}{PSEUDO_MARKS[1]}"


def _pseudo_counted(singular: str, plural: str, count: int) -> str:
    return _pseudo(_english_counted(singular, plural, count))


_ENGLISH_TRANSLATOR = _Translator(one=str, counted=_english_counted)
_translator = _ENGLISH_TRANSLATOR


def set_language(code: str) -> None:
    """Speak the language `code` ("kk", "zh_CN"); English where a catalogue or a sentence lacks."""
    global _translator  # noqa: PLW0603 - the one module state; see above
    if code == ENGLISH:
        _translator = _ENGLISH_TRANSLATOR
    elif code == PSEUDO:
        _translator = _Translator(one=_pseudo, counted=_pseudo_counted)
    else:
        catalogue = gettext.translation(DOMAIN, LOCALE_FOLDER, languages=[code], fallback=True)
        _translator = _Translator(one=catalogue.gettext, counted=catalogue.ngettext)


def languages() -> tuple[str, ...]:
    """Codes of the languages that can be chosen, English first."""
    found = LOCALE_FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")
    return (ENGLISH, *sorted(path.parent.parent.name for path in found))


def _(sentence: str) -> str:
    """The sentence in the person's language."""
    # An empty key would bring gettext's catalogue header on the screen.
    return _translator.one(sentence) if sentence else ""


def number(count: int) -> str:
    """A count in the reader's digits, its thousands set apart as the reader is used to."""
    return f"{count:,}".translate(_local_digits())


def digits(text: str) -> str:
    """Digits that are no count, such as a fingerprint's, in the reader's own."""
    return text.translate(_local_digits())


def _local_digits() -> dict[int, int]:
    # Translators write this number in their own way; digits and separator are read from it.
    english, local = "1,234,567,890", _("1,234,567,890").strip(PSEUDO_MARKS)
    return str.maketrans(english, local if len(local) == len(english) else english)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The sentence for `count` things, in the person's language."""
    return _translator.counted(singular, plural, count)

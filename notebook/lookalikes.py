"""Names that a person would take for one another, though their letters differ.

A name is folded to what it looks like: scripts that share shapes become one, and what cannot be
seen goes. The table is for the scripts that people here write, and is no match for every trick.
"""

import unicodedata
from typing import Final

# Letters of Cyrillic and Greek, in lower case, and the Latin ones that they, or their capitals,
# look like. What only looks alike in some handwriting is not here.
_LATIN: Final = str.maketrans(
    {
        **dict(zip("авезкмнорстухѕіјһԛԝүұԁӏґг", "abe3kmhopctyxsijhqwyydlrr", strict=True)),
        **dict(zip("әөңқғҳ", "əohkrx", strict=True)),
        **dict(zip("αβγεζηικμνορτυχω", "abyezhikmnoptyxw", strict=True)),
        "ı": "i",
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ŧ": "t",
        "ɑ": "a",
        "ɡ": "g",
        "ß": "ss",
    }
)
# Arabic letters that differ by a dot or a tail that is easily overlooked, or by the keyboard.
_ARABIC: Final = str.maketrans(
    {
        **dict.fromkeys("ىیېۍے", "ي"),
        **dict.fromkeys("کڪڭگ", "ك"),
        **dict.fromkeys("ةەہھۀ", "ه"),
        **dict.fromkeys("ٱ", "ا"),
        **dict.fromkeys("ۇۆۈۋ", "و"),
        "ں": "ن",
    }
)
_ONE_STROKE: Final = str.maketrans(dict.fromkeys("I|ǀӀІΙ1١۱", "l") | {"0": "o", "٠": "o", "۰": "o"})
_PAIRS: Final = (("rn", "m"), ("vv", "w"))


def is_same_name(one: str, other: str) -> bool:
    """Whether names are the same but for the case and width of letters, and spaces."""
    return _plain(one) == _plain(other)


def is_alike(one: str, other: str) -> bool:
    """Whether a person might take one name for the other; also when they are the same."""
    return not looks(one).isdisjoint(looks(other))


def looks(name: str) -> frozenset[tuple[str, str]]:
    """What a name may look like; names that share one of these are alike."""
    # Of one stroke, a capital looks like a small letter of another kind; but "Ali" is "ALI" too.
    return frozenset({("as it is", _seen(name)), ("in strokes", _seen(_struck(name)))})


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _struck(name: str) -> str:
    struck = unicodedata.normalize("NFKC", name).translate(_ONE_STROKE)
    for pair, single in _PAIRS:
        struck = struck.replace(pair, single)
    return struck


def _seen(name: str) -> str:
    """What is seen of a name: letters and digits alone, each as its plainest twin."""
    # Marks above and below, what sets a direction and what joins are all no letters.
    parted = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(_digit(sign) for sign in parted if sign.isalnum() and sign != "ـ")
    return letters.translate(_LATIN).translate(_ARABIC) or _plain(name)


def _digit(sign: str) -> str:
    value = unicodedata.decimal(sign, None)
    return sign if value is None else str(value)

"""How a name may change when it is declined: guesses with care, one small table for each script.

A guess is a stem and the endings that may stand behind it, and nothing else: «Павел» is looked for
as «Павл» before «а у ом е», not before any letters. What the tables do not know is not found, and
what they find may be another word («вера» is also faith): a person looks at each and decides.

- Russian: «а я» at the end, «й» and «ь» change before endings; «е о» before the last letter goes.
- Kazakh: «к қ п» at the end become «г ғ б» before a vowel; short names take case endings.
- Uyghur: «ا ە» in the last syllable become «ى» or «ې», and «ق ك پ» at the end «غ گ ۋ».
- Latin letters: the same as they are transliterated.
- Chinese: nothing changes inside. A known surname stands before a title or behind 小 or 老, and the
  given name alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final
from unicodedata import normalize

from notebook.analysis import SHORTEST_STEM, fold

SHORTEST_CHANGED: Final = 3
"""A shorter word is looked for as it is, and not changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A form of a word: what is left of it, and what must follow. Both folded."""

    stem: str
    endings: frozenset[str]


def _set(words: str) -> frozenset[str]:
    return frozenset(fold(word) for word in words.split())


def _joined(*parts: str) -> frozenset[str]:
    """Each of the first with each of the next, in which “-” stands for nothing."""
    columns = [[fold(word.replace("-", "")) for word in part.split()] for part in parts]
    return frozenset("".join(row) for row in product(*columns))


# Of one person: «ам ами ах» of many would make «анам», which is "my mother", of «Аня».
_RU_FEMALE = _set("ы и е у ю ой ою ей ею")
_RU_MALE = _set("а у ом ем е ы и ов")
_RU_SOFT = _set("я ю ем ём е и ев")
_RU_ADJECTIVE = _set("ого его ому ему им ым ом ем ая яя ой ей ую юю ые ие ых их ыми ими")
_KK_CASES = _set(
    "ның нің дың дің тың тің ны ні ды ді ты ті ға ге қа ке на не да де та те дан ден тан тен нан"
    " нен мен бен пен ша ше лар лер дар дер тар тер"
)
_KK_VOWEL = _joined("ы і", "- н на не нда нде нан нен ның нің мен")
_UG_CASES = _joined(
    "- لار لەر",
    "نىڭ نى غا گە قا كە دا دە تا تە دىن تىن دىكى تىكى غىچە گىچە قىچە كىچە دەك تەك چە مۇ چۇ"
    " دىنمۇ نىمۇ غىمۇ",
) | _set(
    "لار لەر سى م ڭ مىز سىنىڭ سىنى سىغا سىگە سىدا سىدە سىدىن دىڭ تىڭ دى تى ىڭ عا دان دەن مەن بەن"
)
_UG_VOWEL = _joined("ى", "- م ڭ نى نىڭ غا گە دا دە دىن مىز") | _joined("ۇ ۈ", "م ڭ")
_LATIN_FEMALE = _set("y i e u yu iu oy oi oj ey ei oyu oiu")
_LATIN_MALE = _set("a u om em e y i")
_LATIN_SOFT = _set("a ya ia ja u yu iu ju em yem e ye i")
_LATIN_CASES = _joined(
    "- lar ler", "ning ni gha ga ge qa ke da de ta te din tin dan den nan"
) | _set("s lar ler si sining")
_ENDINGS: Final = {
    "cyrillic": _RU_FEMALE
    | _RU_MALE
    | _RU_SOFT
    | _RU_ADJECTIVE
    | _KK_VOWEL
    | _KK_CASES
    | _joined(
        "- лар лер дар дер тар тер",
        "- м ым ім ң ың ің ы і сы сі мыз міз ымыз іміз ыңыз іңіз",
        "- ның нің дың дің тың тің н ны ні ды ді ты ті ға ге қа ке на не а е да де та те нда нде"
        " дан ден тан тен нан нен мен бен пен ша ше нікі дікі тікі",
    ),
    "arabic": _UG_CASES
    | _UG_VOWEL
    | _joined(
        "- لار لەر",
        "- م ڭ سى ى ىم ىڭ ۇم ۈم ۇڭ ۈڭ مىز ىمىز ىڭلار",
        "- نىڭ نى غا گە قا كە ا ە دا دە تا تە دىن تىن دىكى تىكى غىچە گىچە قىچە كىچە دەك تەك چە مۇ",
    ),
    "latin": _LATIN_FEMALE | _LATIN_MALE | _LATIN_SOFT | _LATIN_CASES,
}
"""What may stand behind a name that did not change, folded."""
_CYRILLIC = re.compile("[\u0400-\u052f]+")
_ARABIC = re.compile("[\u0600-\u06ff]+")
_LATIN = re.compile("[a-z\u00df-\u024f]+")
_FLEETING = re.compile("(.*[^аеиоуыэюя])[ео]([^аеиоуыэюя])")
_LATIN_FLEETING = re.compile("(.*[^aeiouy])[eo]([^aeiouy])")
_CLOSED = re.compile("(.*)[اه]([^اهويېۇۆۈ])")
_KK_VOICED = {"к": "г", "қ": "ғ", "п": "б"}
_UG_VOICED = {"ق": "غ", "ك": "گ", "پ": "ۋ"}


def changed_forms(word: str) -> tuple[Changed, ...]:
    """The forms that one word of a name may take; none for what is short, or of another script."""
    folded = fold(word)
    if len(folded) < SHORTEST_CHANGED:
        return ()
    if _CYRILLIC.fullmatch(folded):
        found = _cyrillic(normalize("NFC", word).casefold(), folded)
    elif _ARABIC.fullmatch(folded):
        found = _arabic(folded)
    elif _LATIN.fullmatch(folded):
        found = _latin(folded)
    else:
        return ()
    # The folding knows no difference between «и» and «й»: what stands there already is no change.
    return tuple(
        Changed(stem=stem, endings=frozenset(end for end in endings if stem + end != folded))
        for stem, endings in found
        if len(stem) >= SHORTEST_CHANGED - 1
    )


def is_ending(name: str, rest: str) -> bool:
    """Whether `rest` is an ending that names take in the script of this one.

    What is longer, or of no table, makes another name («Нурлан», «Нурланович») or another word.
    """
    folded, ending = fold(name), fold(rest)
    if not ending or not folded:
        return True
    last = folded[-1]
    if _CYRILLIC.match(last):
        return ending in _ENDINGS["cyrillic"]
    if _ARABIC.match(last):
        return ending in _ENDINGS["arabic"]
    if _LATIN.match(last):
        return ending in _ENDINGS["latin"]
    return True


def _cyrillic(word: str, folded: str) -> Iterator[tuple[str, frozenset[str]]]:
    if len(folded) < SHORTEST_STEM:
        # A longer name may go on with any letters; of a short one the endings must be known.
        yield folded, _KK_CASES | (_RU_MALE if word[-1] not in "аеёиоуыэюяйь" else frozenset())
    if word.endswith(("а", "я")):
        yield folded[:-1], _RU_FEMALE
    elif word.endswith("й"):
        yield folded[:-1], _RU_SOFT
        if word.endswith(("ский", "цкий", "ый", "ой")):
            yield folded[:-2], _RU_ADJECTIVE
    elif word.endswith("ь"):
        yield folded[:-1], _RU_SOFT
    elif fleeting := _FLEETING.fullmatch(folded):
        yield fleeting[1] + fleeting[2], _RU_MALE
        if fleeting[1].endswith("л"):
            yield f"{fleeting[1]}ь{fleeting[2]}", _RU_MALE
    if word.endswith(("ская", "цкая", "ая")):
        yield folded[:-2], _RU_ADJECTIVE
    if voiced := _KK_VOICED.get(folded[-1]):
        yield folded[:-1] + voiced, _KK_VOWEL


def _arabic(folded: str) -> Iterator[tuple[str, frozenset[str]]]:
    if len(folded) < SHORTEST_STEM:
        yield folded, _UG_CASES | _UG_VOWEL
    if folded[-1] in "اه":
        yield folded[:-1] + "ي", _UG_CASES
    elif closed := _CLOSED.fullmatch(folded):
        for raised in "يې":
            yield closed[1] + raised + closed[2], _UG_VOWEL
    if voiced := _UG_VOICED.get(folded[-1]):
        yield folded[:-1] + voiced, _UG_VOWEL


def _latin(folded: str) -> Iterator[tuple[str, frozenset[str]]]:
    if len(folded) < SHORTEST_STEM:
        yield folded, _LATIN_CASES | (frozenset() if folded[-1] in "aeiouy" else _LATIN_MALE)
    if folded.endswith("a"):
        yield folded[:-1], _LATIN_FEMALE
    if folded[-1] in "ae":
        yield folded[:-1] + "i", _LATIN_CASES - {"s"}
    if folded.endswith(("ei", "ey", "ai", "ay", "oi", "oy", "ii", "iy", "ij", "ej", "aj")):
        yield folded[:-1], _LATIN_SOFT
    elif fleeting := _LATIN_FLEETING.fullmatch(folded):
        yield fleeting[1] + fleeting[2], _LATIN_MALE


_SURNAMES: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程苏魏吕"
    "丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃"
    "武戴莫孔向汤甄"
)
"""Common surnames of one sign: what stands behind them is a given name, and behind no others."""
_TITLES: Final = (
    "先生 女士 小姐 太太 老师 大夫 医生 师傅 同志 校长 局长 队长 主任 书记 大姐 大哥 阿姨 叔叔 某"
)
_BEFORE: Final = "小老阿大"
_HAN_NAME = re.compile("[\u3400-\u9fff]{2,3}")


def han_forms(name: str) -> tuple[str, ...]:
    """How else a Chinese name of a common surname is said: with a title, and the given name."""
    if not _HAN_NAME.fullmatch(name) or name[0] not in _SURNAMES:
        return ()
    surname, given = name[0], name[1:]
    said = [surname + title for title in _TITLES.split()]
    said += [before + sign for before in _BEFORE for sign in (surname, name[-1])]
    if len(given) > 1:
        said.append(given)
    return tuple(said)

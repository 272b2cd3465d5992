"""Reading a command line: options anywhere after the verb, one meaning, and no guessing.

What is accepted, and nothing else: `--option VALUE` and `--option=VALUE`; an option for several
values takes all that follow up to the next option, and may stand again; `--` ends the options;
`-` alone is an ordinary argument. No abbreviations, because a script that used one would break
when an option is added.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Never

from notebook.cli.safe_text import one_line
from notebook.i18n import _

FLAG = ""


class UsageError(Exception):
    """The command line, or what goes with it, is not as it should be; holds one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option of a verb."""

    name: str
    """With its dashes."""
    value: str = FLAG
    """The word for its value in the help; empty when it takes none."""
    help: str
    is_many: bool = False
    """Whether it takes several values and may stand again."""
    choices: tuple[str, ...] = ()
    is_needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One argument that is known by its place."""

    name: str
    is_many: bool = False
    """One or more; only the last place of a verb."""
    is_optional: bool = False
    """Only the last place of a verb."""
    choices: tuple[str, ...] = ()
    may_be_empty: bool = False
    """Whether an empty word means something; elsewhere it is an unset variable of a script."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """What one verb of the command line takes."""

    name: str
    room: str
    """The module of this package that does it."""
    help: str
    places: tuple[Place, ...]
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """A command line that was read."""

    verb: str
    places: dict[str, tuple[str, ...]] = field(default_factory=dict)
    options: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def one(self, place: str) -> str:
        """The argument at a place that has exactly one."""
        return self.places[place][0]

    def many(self, place: str) -> tuple[str, ...]:
        """The arguments at a place; none when it is optional and was left out."""
        return self.places.get(place, ())

    def has(self, option: str) -> bool:
        """Whether an option was given."""
        return option in self.options

    def value(self, option: str) -> str | None:
        """The one value of an option, if it was given."""
        return self.options[option][0] if option in self.options else None

    def values(self, option: str) -> tuple[str, ...]:
        """All values of an option."""
        return self.options.get(option, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """Arguments an option for several values took, with where they stood."""

    option: str
    values: tuple[tuple[int, str], ...]


def parse(verb: Verb, words: Sequence[str]) -> Arguments:
    """Read the words after the verb. Raises `UsageError`."""
    free, single, taken = _sort(verb, words)
    free, taken = _give_back(verb, free, taken)
    options = dict(single)
    for name, values in single.items():
        _check_filled(name, values)
    for occurrence in taken:
        values = tuple(text for _position, text in occurrence.values)
        _check_filled(occurrence.option, values)
        options[occurrence.option] = options.get(occurrence.option, ()) + values
    for option in verb.options:
        if option.is_needed and option.name not in options:
            raise UsageError(_("{option} is missing.").format(option=option.name))
        if option.choices:
            _check_choice(option.name, options.get(option.name, ()), option.choices)
    return Arguments(verb=verb.name, places=_seat(verb, free), options=options)


def _sort(
    verb: Verb, words: Sequence[str]
) -> tuple[list[tuple[int, str]], dict[str, tuple[str, ...]], list[_Taken]]:
    """The words apart: those without an option, options with their value, and the takers."""
    known = {option.name: option for option in verb.options}
    free: list[tuple[int, str]] = []
    single: dict[str, tuple[str, ...]] = {}
    taken: list[_Taken] = []
    position = 0
    while position < len(words):
        word = words[position]
        position += 1
        if word == "--":
            free += list(enumerate(words))[position:]
            break
        if not _is_option(word):
            free.append((position - 1, word))
            continue
        name, equals, attached = word.partition("=")
        option = known.get(name) or _unknown(verb, name)
        if option.is_many:
            values = [(position - 1, attached)] if equals else []
            while not equals and position < len(words) and not _is_option(words[position]):
                values.append((position, words[position]))
                position += 1
            if not values:
                _lacks_value(option)
            taken.append(_Taken(option=name, values=tuple(values)))
            continue
        if name in single:
            raise UsageError(_("{option} stands twice.").format(option=name))
        if option.value == FLAG:
            if equals:
                raise UsageError(_("{option} takes no value.").format(option=name))
            single[name] = ()
        elif equals:
            single[name] = (attached,)
        elif position < len(words) and not _is_option(words[position]):
            single[name] = (words[position],)
            position += 1
        else:
            _lacks_value(option)
    return free, single, taken


def _is_option(word: str) -> bool:
    return word.startswith("-") and word != "-"


def _unknown(verb: Verb, untrusted_name: str) -> Never:
    raise UsageError(
        _("“{verb}” has no option {option}.").format(
            verb=verb.name, option=one_line(untrusted_name[:40])
        )
    )


def _lacks_value(option: Option) -> Never:
    raise UsageError(
        _("{option} needs a value; one that begins with “-” is given as {option}=VALUE.").format(
            option=option.name
        )
    )


def _give_back(
    verb: Verb, free: list[tuple[int, str]], taken: list[_Taken]
) -> tuple[list[tuple[int, str]], list[_Taken]]:
    """Take the last values of an option for several as the arguments that are missing.

    `seal --to CONTACT FOLDER --out OUT` can mean only one thing. Where two options could give
    what is missing, nothing is guessed.
    """
    missing = sum(not place.is_optional for place in verb.places) - len(free)
    if missing <= 0:
        return free, taken
    givers = [occurrence for occurrence in taken if len(occurrence.values) > missing]
    if len(givers) != 1:
        return free, taken
    giver = givers[0]
    kept = replace(giver, values=giver.values[:-missing])
    given = list(giver.values[-missing:])
    return sorted(free + given), [
        kept if occurrence is giver else occurrence for occurrence in taken
    ]


def _seat(verb: Verb, free: list[tuple[int, str]]) -> dict[str, tuple[str, ...]]:
    """Each word at its place."""
    words = [text for _position, text in free]
    places: dict[str, tuple[str, ...]] = {}
    for number, place in enumerate(verb.places):
        seated = tuple(words[number:] if place.is_many else words[number : number + 1])
        if not seated and not place.is_optional:
            raise UsageError(
                _("{argument} is missing. Give it right after the verb: {synopsis}").format(
                    argument=place.name, synopsis=synopsis(verb)
                )
            )
        if not place.may_be_empty:
            _check_filled(place.name, seated)
        _check_choice(place.name, seated, place.choices)
        places[place.name] = seated
    if len(words) > len(verb.places) and not verb.places[-1].is_many:
        raise UsageError(
            _("There are too many arguments: {synopsis}").format(synopsis=synopsis(verb))
        )
    return places


def _check_filled(name: str, values: Sequence[str]) -> None:
    if "" in values:
        raise UsageError(_("{name} is empty.").format(name=name))


def _check_choice(name: str, values: Sequence[str], choices: Sequence[str]) -> None:
    if choices and not set(values) <= set(choices):
        raise UsageError(
            _("{name} is one of: {choices}.").format(name=name, choices=", ".join(choices))
        )


def synopsis(verb: Verb) -> str:
    """The verb with all it takes, in one line."""
    return " ".join([verb.name, *map(_place_text, verb.places), *map(_option_text, verb.options)])


def _place_text(place: Place) -> str:
    text = "|".join(place.choices) or place.name
    return f"[{text}]" if place.is_optional else text + ("…" if place.is_many else "")


def _option_text(option: Option) -> str:
    value = "|".join(option.choices) or option.value
    text = " ".join(filter(None, [option.name, value])) + ("…" if option.is_many else "")
    return text if option.is_needed else f"[{text}]"

"""What a person decides while reading a case for a copy with pseudonyms. No Qt.

The notebook proposes; a person takes, changes, blacks out, leaves with a reason, and adds what the
notebook could not know. What is decided can be kept and taken up again: what fits its text no more
by then is dropped, and counted.
"""

import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Final

from notebook import derivative, strict_json
from notebook.derivative import Left, Page, PictureChoice, Proposal, Swap
from notebook.forms import Forms
from notebook.media import Region
from notebook.model import JsonValue, RecordId

_REST: Final = re.compile(r"[^\W_]*")
Where = tuple[RecordId, str, int]
"""A text: its record, its field, and which line of a list it is."""
VERSION: Final = 1


class Decision(StrEnum):
    """What a person said about a mark."""

    OPEN = "open"
    """Nothing yet; what is proposed is done."""
    TAKEN = "taken"
    LEFT = "left"
    """It stays as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A span of a text that is replaced, blacked out or left."""

    swap: Swap
    is_proposed: bool
    """By the notebook, and not by the person who reads."""
    decision: Decision = Decision.OPEN
    why: str = ""

    @property
    def where(self) -> Where:
        """The text that it stands in."""
        return self.swap.record, self.swap.field, self.swap.item

    @property
    def is_doubtful(self) -> bool:
        """Whether the notebook does not know, and nobody has said yet."""
        is_guess = self.swap.is_guess or not self.swap.instead
        return self.is_proposed and is_guess and self.decision is Decision.OPEN


class Review:
    """All decisions about one proposal."""

    def __init__(self, proposal: Proposal, forms: Forms) -> None:
        self.proposal = proposal
        self._forms = forms
        self._marks: dict[Where, list[Mark]] = {}
        self._texts: dict[RecordId, list[Where]] = {}
        """The texts of each record in which something is, or was, marked."""
        self._read: dict[RecordId, int] = {}
        self.left_out: set[RecordId] = set()
        self.fields_left_out: set[tuple[RecordId, str]] = set()
        self.pictures: dict[RecordId, PictureChoice] = {}
        self.pages: dict[RecordId, Page] = {page.source: page for page in proposal.pages}
        self.files: dict[RecordId, Page] = {page.source: page for page in proposal.files}
        for swap in proposal.swaps:
            self._put(Mark(swap=swap, is_proposed=True))

    # What there is.

    def marks(self, record: RecordId) -> list[Mark]:
        """The marks of a record, in the order of its texts."""
        page = self._page(record)
        form = self._forms[page.type]
        order = {field.name: place for place, field in enumerate(form.fields)}
        found = [mark for where in self._texts.get(record, ()) for mark in self._marks[where]]
        return sorted(found, key=lambda m: (order[m.swap.field], m.swap.item, m.swap.start))

    def all_marks(self) -> Iterator[Mark]:
        """The marks of every text that goes."""
        for (record, name, _item), marks in self._marks.items():
            if self.goes(record) and (record, name) not in self.fields_left_out:
                yield from marks

    def goes(self, record: RecordId) -> bool:
        """Whether a record goes into the copy; of files those that somebody chose."""
        if record in self.files:
            return record in self.pictures
        return record not in self.left_out

    def is_read(self, record: RecordId) -> bool:
        """Whether somebody said that they have read it."""
        return record in self._read

    def unread(self) -> list[RecordId]:
        """The records that go and that nobody has read."""
        return [
            record
            for record in (*self.pages, *self.files)
            if self.goes(record) and not self.is_read(record) and self.has_text(record)
        ]

    def has_text(self, record: RecordId) -> bool:
        """Whether there is anything to read in it."""
        page = self._page(record)
        return any(True for _text in derivative.texts(self._forms[page.type], page))

    def alike(self, mark: Mark) -> list[Mark]:
        """The other marks of the same words for the same person; an ending makes other words.

        Whoever leaves a town that is called like somebody must not leave that person's name.
        """
        words = _whole(mark.swap)
        return [
            other
            for marks in self._marks.values()
            for other in marks
            if other != mark
            and _whole(other.swap) == words
            and other.swap.person == mark.swap.person
        ]

    def text(self, where: Where) -> str:
        """The words of a text; empty when it has gone."""
        page = self.pages.get(where[0]) or self.files.get(where[0])
        value = page.fields.get(where[1]) if page else None
        lines = value if isinstance(value, list) else [value]
        text = lines[where[2]] if where[2] < len(lines) else None
        return text if isinstance(text, str) else ""

    def _page(self, record: RecordId) -> Page:
        return self.pages.get(record) or self.files[record]

    # What a person does.

    def take(self, mark: Mark, instead: str, *, everywhere: bool = False) -> None:
        """Have `instead` stand there; empty blacks it out."""
        for each in (mark, *(self.alike(mark) if everywhere else ())):
            swap = replace(each.swap, instead=instead)
            self._exchange(each, replace(each, swap=swap, decision=Decision.TAKEN, why=""))

    def leave(self, mark: Mark, why: str, *, everywhere: bool = False) -> None:
        """Leave the words as they are; what a person marked themself is no mark any more."""
        for each in (mark, *(self.alike(mark) if everywhere else ())):
            if each.is_proposed:
                self._exchange(each, replace(each, decision=Decision.LEFT, why=why))
            else:
                self._remove(each)

    def add(self, where: Where, start: int, end: int, instead: str) -> Mark | None:
        """Mark a span; what was marked under it gives way. None when there is nothing to mark."""
        text = self.text(where)
        start, end = max(start, 0), min(end, len(text))
        if not text[start:end].strip():
            return None
        swap = derivative.swap_at(*where, text, start, end, instead)
        mark = Mark(swap=swap, is_proposed=False, decision=Decision.TAKEN)
        if where in self._marks:
            self._marks[where] = [m for m in self._marks[where] if _is_apart(m, start, end)]
        self._put(mark)
        return mark

    def search(self, mark: Mark) -> Callable[[], list[Swap]]:
        """Looks for the words of a mark wherever else they stand; in a large case it takes a while.

        It changes nothing here, and so it may run in another thread.
        """
        taken = [each.swap for marks in self._marks.values() for each in marks]
        return partial(
            derivative.found_everywhere,
            self.proposal,
            self._forms,
            mark.swap.text,
            mark.swap.instead,
            taken,
        )

    def add_found(self, found: Sequence[Swap]) -> None:
        """Mark what a search found, but for what was marked meanwhile."""
        for swap in found:
            mark = Mark(swap=swap, is_proposed=False, decision=Decision.TAKEN)
            if all(_is_apart(m, swap.start, swap.end) for m in self._marks.get(mark.where, [])):
                self._put(mark)

    def mark_read(self, record: RecordId) -> None:
        """Somebody has read it, and takes what is proposed in it and sure."""
        self._read[record] = _check(self._page(record))
        for mark in self.marks(record):
            if mark.decision is Decision.OPEN and not mark.is_doubtful:
                self._exchange(mark, replace(mark, decision=Decision.TAKEN))

    def choose_record(self, record: RecordId, *, goes: bool) -> None:
        """Let a record go, or leave it out."""
        if goes:
            self.left_out.discard(record)
        elif record != RecordId(self.proposal.case):
            self.left_out.add(record)

    def choose_field(self, record: RecordId, name: str, *, goes: bool) -> None:
        """Let a field go, or leave it out; a title always goes, as records are told apart by it."""
        if goes:
            self.fields_left_out.discard((record, name))
        elif name != "title":
            self.fields_left_out.add((record, name))

    # What comes of it.

    def result(self) -> tuple[Proposal, list[Swap], list[Left], list[PictureChoice]]:
        """The proposal without what stays out, and all that is decided about it."""
        unchosen = {file for file in self.files if file not in self.pictures}
        proposal = derivative.without(
            self.proposal, frozenset(self.left_out | unchosen), frozenset(self.fields_left_out)
        )
        marks = list(self.all_marks())
        swaps = [mark.swap for mark in marks if mark.decision is not Decision.LEFT]
        left = [
            Left(
                record=mark.swap.record,
                field=mark.swap.field,
                item=mark.swap.item,
                start=mark.swap.start,
                end=mark.swap.end,
                why=mark.why,
            )
            for mark in marks
            if mark.decision is Decision.LEFT
        ]
        return proposal, swaps, left, list(self.pictures.values())

    # Kept, and taken up again.

    def kept(self) -> dict[str, JsonValue]:
        """The decisions, as a draft holds them."""
        return {
            "v": VERSION,
            "level": self.proposal.level,
            "read": {str(record): check for record, check in self._read.items()},
            "left_out": sorted(self.left_out),
            "fields_left_out": [list(each) for each in sorted(self.fields_left_out)],
            "marks": [
                {
                    "record": mark.swap.record,
                    "field": mark.swap.field,
                    "item": mark.swap.item,
                    "start": mark.swap.start,
                    "end": mark.swap.end,
                    "text": mark.swap.text,
                    "instead": mark.swap.instead,
                    "decision": mark.decision.value,
                    "why": mark.why,
                    "proposed": mark.is_proposed,
                }
                for marks in self._marks.values()
                for mark in marks
                if mark.decision is not Decision.OPEN
            ],
            "pictures": [_picture_json(choice) for choice in self.pictures.values()],
        }

    def take_up(self, kept: Mapping[str, JsonValue]) -> int:
        """Take kept decisions up again; how many fit no more."""
        lost = 0
        there = self.pages.keys() | self.files.keys()
        for mark in _objects(kept.get("marks")):
            lost += not self._take_up_mark(mark)
        for record, check in _pairs(kept.get("read")):
            if record in there and _check(self._page(record)) == check:
                self._read[record] = check
            else:
                lost += record in there
        self.left_out = {RecordId(r) for r in _texts(kept.get("left_out")) if r in self.pages}
        fields = kept.get("fields_left_out")
        for pair in fields if isinstance(fields, list) else []:
            match pair:
                case [str(source), str(name)] if source in there:
                    self.fields_left_out.add((RecordId(source), name))
        for picture in _objects(kept.get("pictures")):
            choice = _picture_of(picture)
            if choice.evidence in self.files:
                self.pictures[choice.evidence] = choice
        return lost

    def _take_up_mark(self, kept: Mapping[str, JsonValue]) -> bool:
        match kept:
            case {
                "record": str(record),
                "field": str(name),
                "item": int(item),
                "start": int(start),
                "end": int(end),
                "text": str(words),
                "instead": str(instead),
                "decision": str(decision),
                "why": str(why),
                "proposed": bool(is_proposed),
            }:
                where = (RecordId(record), name, item)
            case _:
                return False
        if decision not in list(Decision) or not words or self.text(where)[start:end] != words:
            return False
        if is_proposed:
            for mark in self._marks.get(where, []):
                if (mark.swap.start, mark.swap.end) == (start, end):
                    swap = replace(mark.swap, instead=instead)
                    said = Decision(decision)
                    self._exchange(mark, replace(mark, swap=swap, decision=said, why=why))
                    return True
            # It is no known name any more; the person had said what to do with it all the same.
            if decision == Decision.LEFT:
                return False
        return self.add(where, start, end, instead) is not None

    # Inside.

    def _put(self, mark: Mark) -> None:
        if mark.where not in self._marks:
            self._marks[mark.where] = []
            self._texts.setdefault(mark.swap.record, []).append(mark.where)
        marks = self._marks[mark.where]
        marks.append(mark)
        marks.sort(key=lambda each: each.swap.start)

    def _exchange(self, old: Mark, new: Mark) -> None:
        marks = self._marks[old.where]
        marks[marks.index(old)] = new

    def _remove(self, mark: Mark) -> None:
        """Take a person's own mark away; what was proposed under it stands there again."""
        marks = self._marks[mark.where]
        marks.remove(mark)
        for swap in self.proposal.swaps:
            proposed = Mark(swap=swap, is_proposed=True)
            if proposed.where == mark.where and all(
                _is_apart(each, swap.start, swap.end) for each in marks
            ):
                self._put(proposed)


def _whole(swap: Swap) -> str:
    """The words of a swap with the letters that follow them."""
    rest = _REST.match(swap.after)
    return (swap.text + (rest[0] if rest else "")).casefold()


def _is_apart(mark: Mark, start: int, end: int) -> bool:
    return mark.swap.end <= start or mark.swap.start >= end


def _check(page: Page) -> int:
    """Tells one state of a page from another; nobody tries to deceive it."""
    return zlib.crc32(strict_json.dump(dict(page.fields)))


def _picture_json(choice: PictureChoice) -> dict[str, JsonValue]:
    return {
        "evidence": choice.evidence,
        "regions": [[each.x, each.y, each.width, each.height] for each in choice.regions],
        "keeps_metadata": choice.keeps_metadata,
        "drawn_on": list(choice.drawn_on) if choice.drawn_on else None,
        "unchanged": choice.is_unchanged,
    }


def _picture_of(kept: Mapping[str, JsonValue]) -> PictureChoice:
    regions = kept.get("regions")
    drawn_on = kept.get("drawn_on")
    return PictureChoice(
        evidence=RecordId(str(kept.get("evidence"))),
        regions=tuple(
            Region(x=x, y=y, width=width, height=height)
            for x, y, width, height in map(_numbers, regions if isinstance(regions, list) else [])
        ),
        keeps_metadata=kept.get("keeps_metadata") is True,
        drawn_on=(_numbers(drawn_on)[0], _numbers(drawn_on)[1]) if drawn_on else None,
        is_unchanged=kept.get("unchanged") is True,
    )


def _numbers(value: JsonValue) -> Sequence[int]:
    return [each for each in value if isinstance(each, int)] if isinstance(value, list) else []


def _objects(value: JsonValue) -> Iterator[Mapping[str, JsonValue]]:
    for each in value if isinstance(value, list) else []:
        if isinstance(each, Mapping):
            yield each


def _pairs(value: JsonValue) -> Iterator[tuple[RecordId, int]]:
    for name, number in value.items() if isinstance(value, Mapping) else ():
        if isinstance(number, int):
            yield RecordId(name), number


def _texts(value: JsonValue) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []

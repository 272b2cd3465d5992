"""Notices of exchange as the window shows them: sentences with names, and how serious. No Qt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from notebook.contacts import People
from notebook.model import AuthorId
from notebook.notices import ExchangeNotice, NoticeKind, words
from ui.words import at_the_start, isolated

SERIOUS: Final = frozenset(
    {NoticeKind.ROLLBACK, NoticeKind.FORK, NoticeKind.NEW_CARD, NoticeKind.TWINS}
)
"""What asks for a word in person; the rest mends itself or is good to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """One notice."""

    key: str
    what: str
    next_step: str
    is_serious: bool
    contact: AuthorId | None
    """Whose page helps, if anybody's does."""


def notice_lines(
    notices: Sequence[ExchangeNotice], me: AuthorId, people: People
) -> tuple[NoticeLine, ...]:
    """The notices in sentences, the serious ones first."""

    def name(author: AuthorId) -> str:
        return people.name(author, isolated)

    lines = []
    for notice in notices:
        what, next_step = words(notice, me, name)
        lines.append(
            NoticeLine(
                key=notice.key,
                what=at_the_start(what),
                next_step=next_step,
                is_serious=notice.kind in SERIOUS,
                contact=notice.contact if notice.contact in people.names else None,
            )
        )
    return tuple(sorted(lines, key=lambda line: not line.is_serious))

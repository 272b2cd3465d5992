"""A proposed merge as it is shown: whose each changed stretch is, and what would go. No Qt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from notebook.i18n import _
from notebook.text_merge import Merged, Piece
from ui.words import isolated

EXCERPT_MOST: Final = 300
"""What would go is told as far as this; whole it stands in the version of somebody else."""
SAID_MOST: Final = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch of the proposal, and which way of marking says whose it is; None: everybody's."""

    text: str
    mark: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one person, or several alike, would bring into the text and take out of it."""

    mark: int
    who: str
    written: tuple[str, ...]
    taken_out: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The text that is proposed, and whose it is."""

    stretches: tuple[Stretch, ...]
    shares: tuple[Share, ...]

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(stretch.text for stretch in self.stretches)

    @property
    def said(self) -> str:
        """In words what the marks show, for whoever hears the screen."""
        parts = [_("A proposal.")]
        for share in self.shares:
            parts += [_("{who} wrote: {text}").format(who=share.who, text=x) for x in share.written]
            parts += [
                _("{who} took out: {text}").format(who=share.who, text=x) for x in share.taken_out
            ]
        return "\n".join(parts)[:SAID_MOST]


def proposal_of(merged: Merged, names: Sequence[str]) -> Proposal:
    """The proposal for versions by these people, in the order in which they are shown."""
    changes = [piece for piece in merged.pieces if piece.by]
    owners = sorted({piece.by for piece in changes}, key=lambda by: (len(by), sorted(by)))
    return Proposal(
        stretches=tuple(
            Stretch(text=piece.text, mark=owners.index(piece.by) if piece.by else None)
            for piece in merged.pieces
            if piece.text
        ),
        shares=tuple(
            Share(
                mark=mark,
                who=", ".join(names[place] for place in sorted(by)),
                written=_excerpts([piece.text for piece in changes if piece.by == by]),
                taken_out=_taken_out(changes, by, len(names)),
            )
            for mark, by in enumerate(owners)
        ),
    )


def _taken_out(changes: Sequence[Piece], by: frozenset[int], people: int) -> tuple[str, ...]:
    # What all took out stands in no version any more, and is not shown here either.
    gone = [piece.instead_of for piece in changes if piece.by == by and len(by) < people]
    return _excerpts(gone)


def _excerpts(texts: Sequence[str]) -> tuple[str, ...]:
    bare = [" ".join(text.split()) for text in texts]
    return tuple(
        isolated(text if len(text) <= EXCERPT_MOST else f"{text[:EXCERPT_MOST]}…")
        for text in bare
        if text
    )

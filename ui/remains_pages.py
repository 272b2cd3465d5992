"""What an officer would learn from this laptop, as the window shows it. No Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from notebook.i18n import _, ngettext, number
from notebook.model import AuthorId
from ui.handover_words import day_words, left_to_right
from ui.words import isolated, moment_words, size_words

if TYPE_CHECKING:
    from notebook.remains import KnownBundle, LeftFile, Remains

MOST_LINES: Final = 200
"""Of files and of bundles each; the rest is counted."""
EVIDENCE: Final = "objects/"
OUTBOX: Final = "outbox/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One thing that is learnt: a sentence, and the lines under it."""

    title: str
    words: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RemainsPage:
    """What remains: without the passphrase, with it, and out there."""

    without: tuple[Block, ...]
    within: tuple[Block, ...]


def remains_page(left: Remains, names: Mapping[AuthorId, str]) -> RemainsPage:
    """All that is learnt, the most visible first."""
    return RemainsPage(
        without=(
            Block(
                title=_("The folder, the sizes of its files, and when they changed"),
                words=_("{folder} holds {files}.").format(
                    folder=isolated(str(left.folder)), files=_files_words(left.files)
                ),
                lines=_file_lines(left.files),
            ),
        ),
        within=(_cases(left), _people(left), *_bundles(left, names), *_missions(left)),
    )


def _files_words(files: Sequence[LeftFile]) -> str:
    size = sum(file.size_bytes for file in files)
    return ngettext("{count} file, {size}", "{count} files, {size}", len(files)).format(
        count=number(len(files)), size=size_words(size)
    )


def _file_lines(files: Sequence[LeftFile]) -> tuple[str, ...]:
    many = {EVIDENCE: _("Evidence"), OUTBOX: _("The outbox")}
    shown = [file for file in files if not file.name.startswith(tuple(many))]
    lines = [
        _("{file}: {size}, {when}").format(
            file=left_to_right(file.name),
            size=size_words(file.size_bytes),
            when=moment_words(file.changed),
        )
        for file in shown[:MOST_LINES]
    ]
    for beginning, name in many.items():
        inside = [file for file in files if file.name.startswith(beginning)]
        if inside:
            lines.append(_together(name, inside))
    return (*lines, *_more(len(shown)))


def _together(name: str, files: Sequence[LeftFile]) -> str:
    """Files of which each alone says little, as one line."""
    days = sorted({file.changed[:10] for file in files})
    when = _("from {first} to {last}") if len(days) > 1 else _("on {first}")
    return _("{name}: {files}, {when}").format(
        name=name,
        files=_files_words(files),
        when=when.format(first=day_words(days[0]), last=day_words(days[-1])),
    )


def _more(count: int) -> tuple[str, ...]:
    over = count - MOST_LINES
    if over <= 0:
        return ()
    return (ngettext("and {count} more", "and {count} more", over).format(count=number(over)),)


def _cases(left: Remains) -> Block:
    if left.is_travelling:
        return Block(
            title=_("Numbers of cases, and nothing of what is in them"),
            words=ngettext(
                "The number of {count} case, and whose mission this is by a name that says nothing."
                " What was written was sealed for headquarters, and no key here opens it.",
                "The numbers of {count} cases, and whose mission this is by a name that says"
                " nothing. What was written was sealed for headquarters, and no key here opens it.",
                left.cases,
            ).format(count=number(left.cases)),
        )
    counts = [
        ngettext("{count} case", "{count} cases", left.cases).format(count=number(left.cases)),
        ngettext("{count} record", "{count} records", left.records).format(
            count=number(left.records)
        ),
    ]
    if left.drafts:
        drafts = ngettext("{count} draft", "{count} drafts", left.drafts)
        counts.append(drafts.format(count=number(left.drafts)))
    return Block(
        title=_("Everything in the cases that are here"),
        words=_("{counts}, with their whole history.").format(counts=_(", ").join(counts)),
        lines=(
            *(isolated(title or _("Untitled case")) for title in left.titles[:MOST_LINES]),
            *_more(len(left.titles)),
        ),
    )


def _people(left: Remains) -> Block:
    count = len(left.contacts)
    known = ngettext("{count} contact:", "{count} contacts:", count).format(count=number(count))
    return Block(
        title=_("Your name here, and the names of your contacts"),
        words=_("You are {name}.").format(name=isolated(left.author))
        + " "
        + (known if count else _("There are no contacts.")),
        lines=(*map(isolated, left.contacts[:MOST_LINES]), *_more(count)),
    )


def _bundles(left: Remains, names: Mapping[AuthorId, str]) -> tuple[Block, ...]:
    keys = ngettext(
        "An earlier sealing key of yours is kept, too.",
        "{count} earlier sealing keys of yours are kept, too.",
        left.old_keys,
    ).format(count=number(left.old_keys))
    opened = (
        _(
            "None that is known of here. The sealing key of this notebook opens every bundle that"
            " was ever sealed to it, wherever a copy lies."
        )
        if not left.openable
        else ngettext(
            "{count} bundle was opened here and is still known of. The sealing key of this"
            " notebook opens it, wherever a copy lies, and every other one that was sealed to it.",
            "{count} bundles were opened here and are still known of. The sealing key of this"
            " notebook opens them, wherever copies lie, and every other one that was sealed to it.",
            len(left.openable),
        ).format(count=number(len(left.openable)))
    )
    sealed = (
        _("Nothing that is known of here.")
        if not left.sealed
        else ngettext(
            "{count} bundle was sealed here. Only its reader can open it.",
            "{count} bundles were sealed here. Only their readers can open them.",
            len(left.sealed),
        ).format(count=number(len(left.sealed)))
    )
    return (
        Block(
            title=_("Bundles out there that this laptop can open"),
            words=f"{opened} {keys}" if left.old_keys else opened,
            lines=_bundle_lines(left.openable, names, _("from {name}: {days}")),
        ),
        Block(
            title=_("With whom you exchanged something, and when"),
            words=sealed,
            lines=_bundle_lines(left.sealed, names, _("for {name}: {days}")),
        ),
    )


def _bundle_lines(
    rows: Sequence[KnownBundle], names: Mapping[AuthorId, str], words: str
) -> tuple[str, ...]:
    days: dict[AuthorId, Counter[str]] = {}
    for row in rows:
        days.setdefault(row.peer, Counter())[row.at[:10]] += 1
    return tuple(
        words.format(
            name=isolated(names.get(peer) or peer[:16]),
            days=_(", ").join(map(day_words, sorted(of_peer))),
        )
        for peer, of_peer in days.items()
    )


def _missions(left: Remains) -> tuple[Block, ...]:
    if not left.missions:
        return ()
    return (
        Block(
            title=_("The keys of missions"),
            words=ngettext(
                "The key of {count} mission is here: it opens all that its laptop sealed.",
                "The keys of {count} missions are here: they open all that their laptops sealed.",
                left.missions,
            ).format(count=number(left.missions)),
        ),
    )

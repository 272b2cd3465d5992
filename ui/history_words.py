"""What happened to a record, in sentences. No Qt."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from notebook.contacts import unknown_author
from notebook.forms import Form
from notebook.i18n import _
from notebook.model import HistoryLine, Kind
from ui.words import at_the_start, isolated, moment_words

CREATED = "_type"
DELETED = "_deleted"
CHANGES = frozenset({Kind.OP, Kind.EVIDENCE})
NAMED_MOST = 4
"""More fields than these are counted, not named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One line of the history."""

    what: str
    when: str


def happenings(form: Form, lines: Sequence[HistoryLine]) -> tuple[Happening, ...]:
    """The history in words, newest first."""
    return tuple(
        Happening(what=_sentence(form, line), when=moment_words(line.time))
        for line in reversed(_joined(lines))
    )


def _joined(lines: Sequence[HistoryLine]) -> list[HistoryLine]:
    """One line for what one person did at once: a list that grows is an entry for each line."""
    found: list[HistoryLine] = []
    for line in lines:
        last = found[-1] if found else None
        if (
            last is not None
            and last.kind in CHANGES
            and line.kind in CHANGES
            and (last.author, last.time) == (line.author, line.time)
            and DELETED not in {*last.fields, *line.fields}
        ):
            fields = tuple(dict.fromkeys((*last.fields, *line.fields)))
            found[-1] = replace(last, fields=fields)
        else:
            found.append(line)
    return found


def _sentence(form: Form, line: HistoryLine) -> str:
    who = (
        isolated(line.author_name)
        if line.author_name
        else at_the_start(unknown_author(line.author, line.passed_on_by, isolated))
    )
    match line.kind:
        case Kind.CUSTODY:
            return _custody(who, str(line.details.get("what", "")))
        case Kind.SEAL:
            return _("{who} sealed it into a bundle").format(who=who)
        case Kind.RECEIVE:
            return _("{who} opened a bundle with it").format(who=who)
        case Kind.WITHDRAW:
            return _("{who} withdrew it; what it held was destroyed").format(who=who)
        case Kind.KEY:
            return _("{who} began to write here while travelling").format(who=who)
        case _:
            return _change(form, line, who)


def _custody(who: str, what: str) -> str:
    sentences = {
        "viewed": _("{who} opened it"),
        "extracted": _("{who} wrote a plaintext copy"),
        "derived": _("{who} made a copy of it with pseudonyms"),
        "reported": _("{who} wrote it into a report in clear"),
        "not reported": _("{who} wrote no report after all: it was not finished"),
        "not extracted": _("{who} wrote no plaintext copy after all: it was not finished"),
        "sealing not finished": _("{who} did not finish sealing it, or that is not known"),
        "consent overridden": _("{who} let it go against what the consent says"),
        "identity exported": _("{who} exported the notebook's identity"),
        "identity not exported": _("{who} exported no identity after all: it was not finished"),
        "taken over from a draft": _("{who} took it over from a draft sealed while travelling"),
        "restored": _("{who} brought it back from a backup"),
    }
    return sentences.get(what, _("{who} noted something in custody")).format(who=who)


def _change(form: Form, line: HistoryLine, who: str) -> str:
    if CREATED in line.fields and line.kind is Kind.EVIDENCE:
        return _("{who} took the file in").format(who=who)
    if CREATED in line.fields:
        return _("{who} began this record").format(who=who)
    if DELETED in line.fields:
        return _("{who} deleted it, or brought it back").format(who=who)
    labels = [_label(form, name) for name in line.fields if not name.startswith("_")]
    if not labels:
        return _("{who} changed it").format(who=who)
    if len(labels) > NAMED_MOST:
        return _("{who} changed {fields} and {count} more").format(
            who=who, fields=", ".join(labels[:NAMED_MOST]), count=len(labels) - NAMED_MOST
        )
    if len(labels) == 1:
        return _("{who} changed {field}").format(who=who, field=labels[0])
    return _("{who} changed {fields} and {last}").format(
        who=who, fields=", ".join(labels[:-1]), last=labels[-1]
    )


def _label(form: Form, name: str) -> str:
    return next((field.label for field in form.fields if field.name == name), name)

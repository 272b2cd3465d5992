"""Stand-ins for tests of the window: a notebook that holds a few rows, and a gate that opens it."""

from dataclasses import dataclass, field
from pathlib import Path

from notebook.drafts import Draft
from notebook.errors import Code, NotebookError
from notebook.model import AuthorId, CaseId, Changes, JsonValue, RecordId, Row
from notebook.outbox import Contents
from notebook.passphrases import PassphraseAdvice
from notebook.progress import Progress

PASSPHRASE = "right words for a test"


@dataclass
class PretendStatus:
    head_words: tuple[str, ...] = ("amber", "canyon", "helpful", "oasis")
    last_opened: str | None = "2026-03-04T17:20:00Z"


@dataclass
class PretendDrafts:
    kept: list[Draft] = field(default_factory=list)

    def keep(self, draft: Draft) -> None:
        self.kept.append(draft)


@dataclass
class PretendTravel:
    mission: None = None


@dataclass
class PretendNotebook:
    folder: Path
    author: AuthorId = field(default=AuthorId("ab" * 32))
    author_name: str = "K-7"
    drafts: PretendDrafts = field(default_factory=PretendDrafts)
    travel: PretendTravel = field(default_factory=PretendTravel)
    settings: dict[str, JsonValue] = field(default_factory=dict)
    passphrase: str = PASSPHRASE

    def status(self) -> PretendStatus:
        return PretendStatus()

    def cases(self) -> list[Row]:
        return [
            Row(id=RecordId(2 * n), case=CaseId(2 * n), type="case", title=title)
            for n, title in (("a", "Spring interviews"), ("b", "Апрель · сәуір"), ("c", "سۆھبەت"))
        ]

    def setting(self, name: str, default: JsonValue = None) -> JsonValue:
        return self.settings.get(name, default)

    def set_setting(self, name: str, value: JsonValue) -> Changes:
        self.settings[name] = value
        return Changes(settings=True)

    def change_passphrase(self, old: str, new: str) -> None:
        if old != self.passphrase:
            raise wrong_passphrase()
        self.passphrase = new


def wrong_passphrase() -> NotebookError:
    return NotebookError(
        Code.WRONG_PASSPHRASE,
        "This passphrase does not open the notebook.",
        "Nothing was changed.",
        "Look at the keyboard's layout and at Caps Lock, and try again.",
    )


class PretendGate:
    def outbox(self, folder: Path) -> Contents:
        return Contents(files=(), size_bytes=0)

    def unlock(
        self, folder: Path, passphrase: str, *, allows_unsafe_memory: bool = False
    ) -> PretendNotebook:
        if passphrase != PASSPHRASE:
            raise wrong_passphrase()
        return PretendNotebook(folder)

    def create(
        self, folder: Path, passphrase: str, author_name: str, *, is_low_memory: bool
    ) -> PretendNotebook:
        return PretendNotebook(folder, author_name=author_name, passphrase=passphrase)

    def make_sample(self, folder: Path, progress: Progress) -> tuple[PretendNotebook, str]:
        return PretendNotebook(folder), PASSPHRASE


class PretendAdvice:
    def judge(self, passphrase: str) -> PassphraseAdvice:
        is_accepted = len(passphrase) > 20
        return PassphraseAdvice(
            is_accepted=is_accepted,
            sentence="Strong enough." if is_accepted else "Too short. Add words.",
        )

    def suggest(self) -> str:
        return "romantic fishing ladybug olympic wrist cradle"

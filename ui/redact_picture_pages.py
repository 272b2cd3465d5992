"""The step of files in a copy with pseudonyms: which go, what is covered in them. No Qt."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from notebook.derivative import Page, PictureChoice
from notebook.i18n import _, ngettext, number
from notebook.media import MAX_REGIONS, MEDIA_TYPES, Region
from notebook.model import JsonValue, RecordId
from ui.list_items import ListItem
from ui.list_items import Mark as RowMark
from ui.redact_review import Review
from ui.words import size_words


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKind:
    """What is known of a file."""

    media_type: str
    size_bytes: int
    is_graphic: bool

    @property
    def is_picture(self) -> bool:
        """Whether parts of it can be covered."""
        return self.media_type in MEDIA_TYPES


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturesPage:
    """The files, and one of them."""

    rows: tuple[ListItem, ...]
    file: RecordId | None
    title: str
    kind: str
    is_picture: bool
    goes: bool
    keeps_metadata: bool
    regions: tuple[Region, ...]
    region: int | None
    is_veiled: bool
    """It is marked as graphic, and nobody asked to see it yet."""
    said: str


def kind_of(values: Mapping[str, JsonValue]) -> FileKind:
    """A file by the fields that were written at intake."""
    size = values.get("size_bytes")
    sensitivity = values.get("sensitivity")
    return FileKind(
        media_type=str(values.get("media_type") or ""),
        size_bytes=size if isinstance(size, int) else 0,
        is_graphic=isinstance(sensitivity, list) and "graphic" in sensitivity,
    )


def pictures_page(
    review: Review,
    kinds: Mapping[RecordId, FileKind],
    file: RecordId | None,
    region: int | None,
    *,
    is_veiled: bool,
) -> PicturesPage:
    """The page with one file."""
    rows = tuple(
        _row(page, kinds[record], review.pictures.get(record))
        for record, page in review.files.items()
    )
    if file is None:
        return PicturesPage(
            rows=(), file=None, title="", kind="", is_picture=False, goes=False,
            keeps_metadata=False, regions=(), region=None, is_veiled=False,
            said=_("There are no files in this case, and so nothing to cover. Go on."),
        )  # fmt: skip
    choice, kind = review.pictures.get(file), kinds[file]
    return PicturesPage(
        rows=rows,
        file=file,
        title=str(review.files[file].fields.get("title") or ""),
        kind=_kind_words(kind),
        is_picture=kind.is_picture,
        goes=choice is not None,
        keeps_metadata=bool(choice and choice.keeps_metadata),
        regions=choice.regions if choice else (),
        region=region,
        is_veiled=is_veiled,
        said=_said(kind, choice),
    )


def _row(page: Page, kind: FileKind, choice: PictureChoice | None) -> ListItem:
    title = str(page.fields.get("title") or "") or _("Untitled")
    second = f"{_kind_words(kind)} · {_state(choice)}"
    return ListItem(
        id=page.source,
        type=page.type,
        title=title,
        second=second,
        marks=(RowMark.DONE,) if choice else (),
        spoken=f"{title}, {second}",
    )


def _kind_words(kind: FileKind) -> str:
    main, _slash, _rest = kind.media_type.partition("/")
    names = {
        "image": _("Picture"),
        "audio": _("Sound"),
        "video": _("Video"),
        "text": _("Text"),
    }
    name = _("Picture") if kind.is_picture else names.get(main, _("Document"))
    return f"{name}, {size_words(kind.size_bytes)}"


def _state(choice: PictureChoice | None) -> str:
    if choice is None:
        return _("stays out")
    if choice.is_unchanged:
        return _("goes unchanged")
    count = len(choice.regions)
    if not count:
        return _("goes, nothing covered")
    return ngettext("goes, {count} part covered", "goes, {count} parts covered", count).format(
        count=number(count)
    )


def _said(kind: FileKind, choice: PictureChoice | None) -> str:
    if kind.is_picture and choice is None:
        return _("It stays out. Tick it to let a copy go, and cover faces and plates first.")
    if kind.is_picture:
        return _(
            "The copy is a new file. Thumbnail and maker's notes are always gone; what you cover is"
            " gone from it, too."
        )
    if choice is None:
        return _("This program cannot change sound, video or documents. It stays out.")
    return _(
        "It goes as it is, with its voices, faces and metadata, and whoever has the original can"
        " tell that it is the same file."
    )


def with_region(choice: PictureChoice, size: tuple[int, int], region: Region) -> PictureChoice:
    """One more part covered, at most as many as can be."""
    if len(choice.regions) >= MAX_REGIONS:
        return choice
    return replace(choice, regions=(*choice.regions, within(region, size)), drawn_on=size)


def moved(choice: PictureChoice, at: int, size: tuple[int, int], region: Region) -> PictureChoice:
    """A part that stands elsewhere, or is larger or smaller."""
    regions = list(choice.regions)
    regions[at] = within(region, size)
    return replace(choice, regions=tuple(regions), drawn_on=size)


def without_region(choice: PictureChoice, at: int) -> PictureChoice:
    """A part that is seen again."""
    return replace(choice, regions=choice.regions[:at] + choice.regions[at + 1 :])


def within(region: Region, size: tuple[int, int]) -> Region:
    """A part that lies inside the picture, at least one pixel large."""
    width = max(1, min(region.width, size[0]))
    height = max(1, min(region.height, size[1]))
    return Region(
        x=max(0, min(region.x, size[0] - width)),
        y=max(0, min(region.y, size[1] - height)),
        width=width,
        height=height,
    )


def rescaled(choice: PictureChoice, size: tuple[int, int]) -> PictureChoice:
    """The parts as they lie on a picture of another size, enlarged outwards."""
    if choice.drawn_on is None:
        return replace(choice, drawn_on=size)
    from_width, from_height = choice.drawn_on
    regions = []
    for region in choice.regions:
        left, top = region.x * size[0] // from_width, region.y * size[1] // from_height
        right = -(-(region.x + region.width) * size[0] // from_width)
        bottom = -(-(region.y + region.height) * size[1] // from_height)
        enlarged = Region(x=left, y=top, width=right - left, height=bottom - top)
        regions.append(within(enlarged, size))
    return replace(choice, regions=tuple(regions), drawn_on=size)

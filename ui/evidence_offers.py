"""Files that come by drop or from the clipboard: paths, or the bytes of a picture."""

from pathlib import Path

from PySide6.QtCore import QMimeData

from notebook.i18n import _
from ui.evidence_presenter import Offered

PASTED_TYPES = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
"""Pictures on the clipboard are taken as bytes, in these forms; Qt decodes none of them."""


def offered_files(data: QMimeData | None) -> list[Offered]:
    """The files in what was dropped or copied."""
    if data is None:
        return []
    if data.hasUrls():
        paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        return [Offered(name=path.name, path=path) for path in paths]
    for form, ending in PASTED_TYPES.items():
        content = data.data(form).data()
        if content:
            return [
                Offered(name=_("pasted.{ending}").format(ending=ending), content=bytes(content))
            ]
    return []

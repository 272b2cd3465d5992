"""How much room a folder has: asked in the files' lane, since a slow stick may keep one waiting."""

import shutil
from pathlib import Path

from notebook import disk


def free_bytes(folder: Path) -> int:
    """The bytes that are free where `folder` lies. Raises DISK_ERROR."""
    with disk.disk_trouble():
        return shutil.disk_usage(folder).free

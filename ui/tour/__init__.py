"""The tour: the whole program, walked through by its own widgets, in real window processes."""

from ui.tour.walk import main

__all__ = ["main"]

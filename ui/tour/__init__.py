"""The tour: the whole program, walked through by its own widgets, in real window processes."""

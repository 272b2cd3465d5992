"""The window: dumb views, plain presenters, one place for threads."""

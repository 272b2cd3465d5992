"""How the window looks: tokens, palette, stylesheet, fonts and icons."""

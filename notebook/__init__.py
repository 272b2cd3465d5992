"""The notebook: what testimony holds, how it is kept, found, merged and handed over."""

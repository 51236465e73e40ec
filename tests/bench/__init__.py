"""How fast the whole program is, beside the raw ceiling: `make bench`."""

"""Tools for the people who build the program; the running program never imports them."""

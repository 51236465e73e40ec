"""What can go wrong with a database that is nobody's mistake."""


class Unavailable(Exception):
    """The database is away. Nothing was lost: whoever delivered the message must do so again."""


class Conflict(Exception):
    """Somebody else was faster; the work must be done again on what is there now."""

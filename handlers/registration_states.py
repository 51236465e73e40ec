"""What may happen to a registration, and who may do it: one table."""

RECEIVED, CONFIRMED, INVITED, VACCINATED, REFUSED, CANCELLED = (
    "received", "confirmed", "invited", "vaccinated", "refused", "cancelled",
)  # fmt: skip
ENDED = frozenset({VACCINATED, REFUSED, CANCELLED})

LEGAL: dict[tuple[str, str], tuple[str, str]] = {
    ("change", RECEIVED): (RECEIVED, "citizen"),
    ("cancel", RECEIVED): (CANCELLED, "citizen"),
    ("cancel", CONFIRMED): (CANCELLED, "citizen"),
    ("cancel", INVITED): (CANCELLED, "citizen"),
    ("confirm", RECEIVED): (CONFIRMED, "station"),
    ("refuse", RECEIVED): (REFUSED, "station"),
    ("refuse", CONFIRMED): (REFUSED, "station"),
    ("invite", CONFIRMED): (INVITED, "station"),
    ("invite", INVITED): (INVITED, "station"),
    ("vaccinate", CONFIRMED): (VACCINATED, "station"),
    ("vaccinate", INVITED): (VACCINATED, "station"),
}
"""(action, state) → (state after it, who may). Whatever is not here is not allowed."""

"""What a message can want. Closed: the router has an answer for each."""

from typing import Literal, get_args

Intent = Literal[
    "register",
    "registration_status",
    "cancel_registration",
    "certificate",
    "complain",
    "complaint_status",
    "contacts",
    "staff",
    "help",
    "stop",
    "emergency",
    "privacy",
    "language",
    "human",
    "none",
]

INTENTS: tuple[Intent, ...] = get_args(Intent)

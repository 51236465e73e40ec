"""Sentences that channels say by themselves, outside any dialog."""

from conversations.text import Text

SHARE_NUMBER = Text("Share my number")
WRITE_PRIVATELY = Text("Please write to me privately: here others would read it too.")
COMMANDS = {
    "menu": Text("What can be done here"),
    "huy": Text("Stop"),
    "quaylai": Text("One question back"),
    "canbo": Text("Talk to staff"),
    "ngonngu": Text("English / Tiếng Việt"),
}

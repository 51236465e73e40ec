"""What the system does: use cases and rules, without words and without channels.

"Handlers" here means use cases, not the update handlers of a Telegram library.
"""

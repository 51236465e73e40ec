"""What people see: dialogs, words and menus, the same on every channel."""

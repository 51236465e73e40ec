"""Stories: conversations written as they are read, told again against a fresh system."""

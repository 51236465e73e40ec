"""What the system remembers: tables, repositories and the unit of work."""

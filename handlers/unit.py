"""The unit of work, under the name by which conversations know it."""

from storage.unit import Unit

__all__ = ["Unit"]

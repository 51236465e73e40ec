from collections.abc import Iterator
from functools import cache

import pytest

from handlers.places import Places


@pytest.fixture(autouse=True, scope="module")
def _one_map_for_all() -> Iterator[None]:
    """The map of the country is the same for every program: it is read once."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Places, "load", cache(Places.load))
        yield

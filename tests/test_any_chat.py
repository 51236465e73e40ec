"""Whatever people send, in whatever order: an answer, a way out, and nobody registered by mistake.

A few hundred walks here; `python -m tests.walks 20000` takes as many as one likes.
"""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.walks import WORDS, Walker, beginnings

BEGUN = st.sampled_from(beginnings()).flatmap(
    lambda said: st.integers(0, len(said)).map(lambda n: said[:n])
)
MOVE = st.one_of(
    st.sampled_from(WORDS),
    st.integers(0, 12).map(lambda n: f"[#{n}]"),
    st.text(max_size=40).filter(lambda words: not words.startswith(("[", "("))),
)


class Walking:
    """One system and one event loop for all walks of this file."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.walker = self.runner.run(Walker().__aenter__())

    def walk(self, moves: list[str], channel: str) -> None:
        self.runner.run(self.walker.walk(moves, channel))

    def end(self) -> None:
        self.runner.run(self.walker.check())
        self.runner.run(self.walker.__aexit__())
        self.runner.close()


@pytest.fixture(scope="module")
def walking() -> Iterator[Walking]:
    walking = Walking()
    yield walking
    walking.end()


@settings(
    max_examples=200,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(BEGUN, st.lists(MOVE, min_size=1, max_size=8), st.sampled_from(["web", "telegram"]))
def test_always_an_answer_and_always_a_way_out(
    walking: Walking, begun: list[str], moves: list[str], channel: str
) -> None:
    walking.walk([*begun, *moves], channel)


def test_walks_register_people_so_that_there_is_something_to_break(walking: Walking) -> None:
    walking.runner.run(walking.walker.check())
    assert walking.walker.registered > 10

"""What happens when a part of the running program ends, or it is told to stop."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import cast

import pytest
from structlog.testing import capture_logs

from bot.channels.webchat import WebChat
from bot.clock import Loop
from bot.processes import _rung, serve
from bot.settings import Settings
from storage.faults import Unavailable
from tests.bot.test_demonstration import settings

SECRET = "0900 000 001"


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr("bot.processes._spare_the_collector", lambda: None)
    return settings(tmp_path, demo=True)


def does(monkeypatch: pytest.MonkeyPatch, then: Callable[[], Awaitable[None]]) -> None:
    """Give the loop something else to do."""

    async def run(_loop: Loop) -> None:
        await then()

    monkeypatch.setattr(Loop, "run", run)


async def test_a_part_that_breaks_ends_the_program_in_good_order(
    mine: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks() -> None:
        raise KeyError(SECRET)

    does(monkeypatch, breaks)
    for _ in range(2):  # everything was let go of: it starts again
        with capture_logs() as logged, pytest.raises(SystemExit) as ended:
            await serve(mine)
        assert ended.value.code == 1
        assert [line["event"] for line in logged][-2:] == [
            "a part of the program has ended",
            "stopping",
        ]
        assert (logged[-2]["error"], logged[-2]["part"].endswith("run")) == ("KeyError", True)
        assert SECRET not in str(logged)


async def test_told_to_stop_it_stops_without_a_fault(
    mine: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stops() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.Event().wait()

    does(monkeypatch, stops)
    with capture_logs() as logged:
        await serve(mine)
    assert logged[-1]["event"] == "stopping"
    assert "a part of the program has ended" not in [line["event"] for line in logged]


async def test_a_ring_that_is_lost_ends_nothing() -> None:
    class Page:
        async def heard_elsewhere(self, _word: str) -> None:
            raise Unavailable("away")

    with capture_logs() as logged:
        await _rung(cast("WebChat", Page()), "a 1")
    assert [line["event"] for line in logged] == ["a ring was lost"]

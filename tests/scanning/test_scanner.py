"""The processes that read pictures: their limits, and that they are replaced."""

import asyncio
import os
import resource
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image
from structlog.testing import capture_logs

from bot import scanning
from bot.scan_worker import MEMORY
from bot.scanning import MOST_BYTES, Found, Nothing, Scanner, ScanResult
from handlers.qr import Cccd, tell
from tests.scanning.photos import CARD, drawn, grain, jpeg, photo, png

GOOD = jpeg(photo())
READ = Found((tell(CARD),))
PATIENT = 60.0  # on a busy machine too


@pytest.fixture
async def scanner() -> AsyncIterator[Scanner]:
    async with Scanner(processes=1, seconds=PATIENT) as one:
        yield one


def noise() -> bytes:
    return jpeg(grain((4000, 3000)))


def process_of(scanner: Scanner) -> asyncio.subprocess.Process:
    (reader,) = scanner._all
    return reader._process


async def under_way(scanner: Scanner) -> None:
    """Until the process has been handed the picture."""
    await asyncio.sleep(0)
    assert scanner._idle == []


async def test_a_card(scanner: Scanner) -> None:
    assert await scanner.read(GOOD) == READ
    assert isinstance(READ.codes[0], Cccd)


async def test_nothing_in_it(scanner: Scanner) -> None:
    assert await scanner.read(jpeg(grain((500, 400)))) == Nothing("nothing_found")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not_an_image"),
        (b"a text that is called photo.jpg", "not_an_image"),
        (b"\xff\xd8\xff and no more", "not_an_image"),
    ],
)
async def test_refused(scanner: Scanner, data: bytes, why: scanning.Why) -> None:
    assert await scanner.read(data) == Nothing(why)
    assert await scanner.read(GOOD) == READ


async def test_a_bomb(scanner: Scanner) -> None:
    assert await scanner.read(png(Image.new("1", (20_000, 20_000)))) == Nothing("too_many_pixels")
    assert await scanner.read(GOOD) == READ


async def test_a_file_too_large(scanner: Scanner) -> None:
    assert await scanner.read(b"\xff\xd8\xff" + bytes(MOST_BYTES)) == Nothing("too_large")


async def test_a_webp_that_claims_to_be_huge(scanner: Scanner) -> None:
    size = (16_383 | 16_383 << 14).to_bytes(4, "little")
    body = b"VP8L" + (30).to_bytes(4, "little") + b"\x2f" + size + bytes(25)
    data = b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WEBP" + body
    assert await scanner.read(data) in (Nothing("not_an_image"), Nothing("too_many_pixels"))
    assert await scanner.read(GOOD) == READ


async def test_twelve_megapixels_of_noise_are_cut_off() -> None:
    async with Scanner() as scanner:
        assert await scanner.read(noise()) in (Nothing("nothing_found"), Nothing("too_slow"))
        scanner._seconds = PATIENT
        assert await scanner.read(GOOD) == READ


async def test_who_is_over_the_time_is_killed_and_replaced(scanner: Scanner) -> None:
    assert await scanner.read(GOOD) == READ
    old = process_of(scanner)
    scanner._seconds = 0.001
    with capture_logs() as logs:
        assert await scanner.read(noise()) == Nothing("too_slow")
    assert logs == [{"event": "scan_process_stopped", "why": "too_slow", "log_level": "warning"}]
    assert old.returncode is not None
    scanner._seconds = PATIENT
    assert await scanner.read(GOOD) == READ
    assert process_of(scanner).pid != old.pid


async def test_one_that_died_is_replaced(scanner: Scanner) -> None:
    await scanner.read(GOOD)
    process_of(scanner).kill()
    await process_of(scanner).wait()
    assert await scanner.read(GOOD) == READ


async def test_one_that_dies_over_a_picture(scanner: Scanner) -> None:
    await scanner.read(GOOD)
    reading = asyncio.create_task(scanner.read(noise()))
    await under_way(scanner)
    process_of(scanner).kill()
    assert await reading == Nothing("failed")
    assert await scanner.read(GOOD) == READ


async def test_who_no_longer_waits_leaves_nothing_behind(scanner: Scanner) -> None:
    await scanner.read(GOOD)
    reading = asyncio.create_task(scanner.read(noise()))
    await under_way(scanner)
    old = process_of(scanner)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert old.returncode is not None
    assert await scanner.read(GOOD) == READ


async def test_no_process_can_be_started(scanner: Scanner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with capture_logs() as logs:
        assert await scanner.read(GOOD) == Nothing("failed")
    assert logs[0]["event"] == "scan_process_not_started"
    monkeypatch.setattr(sys, "executable", "/bin/true")  # starts, and says nothing
    assert await scanner.read(GOOD) == Nothing("failed")
    monkeypatch.undo()
    assert await scanner.read(GOOD) == READ


async def test_many_at_once_keep_their_order() -> None:
    texts = [f"https://tram.example/{number}" for number in range(12)]
    async with Scanner(processes=2, seconds=PATIENT) as scanner:
        results = await asyncio.gather(*[scanner.read(png(drawn(text))) for text in texts])
        assert len(scanner._all) == 2
    assert results == [Found((tell(text),)) for text in texts]


async def test_too_many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "MOST_WAITING", 1)
    async with Scanner(processes=1, seconds=PATIENT) as scanner:
        results = await asyncio.gather(*[scanner.read(GOOD) for _ in range(4)])
    assert results.count(READ) == 2
    assert results.count(Nothing("busy")) == 2


async def test_closing_while_somebody_waits() -> None:
    scanner = Scanner(processes=1, seconds=PATIENT)
    await scanner.read(GOOD)
    process = process_of(scanner)
    waiting = [asyncio.create_task(scanner.read(noise())) for _ in range(3)]
    await under_way(scanner)
    await scanner.close()
    await scanner.close()
    assert [await one for one in waiting] == [Nothing("failed")] * 3
    assert process.returncode is not None
    assert await scanner.read(GOOD) == Nothing("failed")


async def test_what_a_process_may_do(scanner: Scanner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", "a secret")
    await scanner.read(GOOD)
    pid = process_of(scanner).pid
    assert resource.prlimit(pid, resource.RLIMIT_AS) == (MEMORY, MEMORY)
    assert resource.prlimit(pid, resource.RLIMIT_FSIZE) == (0, 0)
    assert resource.prlimit(pid, resource.RLIMIT_CORE) == (0, 0)
    environment = await asyncio.to_thread(Path(f"/proc/{pid}/environ").read_bytes)
    assert b"a secret" not in environment
    assert os.getsid(pid) == pid


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\xff",
        b"[]",
        b'{"found": 1}',
        b'{"found": [1]}',
        b'{"found": [{"kind": "cccd"}]}',
        b'{"found": [{"kind": "hc1", "fields": {"text": 1}}]}',
        b'{"why": "a word of its own"}',
        b'{"why": 1}',
    ],
)
def test_answers_are_not_believed(answer: bytes) -> None:
    result: ScanResult = scanning._understood(answer)
    assert result == Nothing("failed")

"""What runs: the web server, the sender and the loop, until it is told to stop."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import web

from bot.channels.webchat import WebChat
from bot.logs import failed
from bot.settings import Settings, SettingsRefused
from bot.web import build_app
from bot.wiring import Program, build
from storage.unit import Clock, Codes

if TYPE_CHECKING:
    from bot.channels.telegram import TelegramChannel

log = structlog.get_logger()
DRAIN = 8.0  # seconds for what is on its way when the program is told to stop
SELDOM = 10_000  # new objects between two looks of the garbage collector


async def serve(settings: Settings, *, work: bool = True, web_too: bool = True) -> None:
    """Run until SIGTERM or Ctrl-C; then finish what is on its way.

    The same where a part ends by a fault, and then SystemExit(1): who watches over the process
    starts it again, whole.
    """
    loop = asyncio.get_running_loop()
    end: asyncio.Future[int] = loop.create_future()

    def stop(code: int) -> None:
        if not end.done():
            end.set_result(code)

    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop, 0)
    async with running(settings, work=work, web_too=web_too, broken=partial(stop, 1)):
        _spare_the_collector()
        code = await end
        log.info("stopping")
    if code:
        raise SystemExit(code)


def _spare_the_collector() -> None:
    """What is built at the start stays: not to look at it again and again saves 8 % of a turn."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(SELDOM, 20, 20)


@asynccontextmanager
async def running(
    settings: Settings,
    clock: Clock | None = None,
    codes: Codes | None = None,
    *,
    work: bool = True,
    web_too: bool = True,
    broken: Callable[[], None] = lambda: None,
) -> AsyncIterator[Program]:
    """The whole program, running in this event loop; by default on the real clock and chance.

    `broken` is called when one of its parts ended by a fault.
    """
    program = await build(settings, clock, codes, sockets=web_too)
    runner: web.AppRunner | None = None
    tasks: list[asyncio.Task[None]] = []
    try:
        await _open(program)
        if program.database.kind == "sqlite":
            # We are the only process: what one before us was sending need not wait for its lease.
            await program.database.run(lambda unit: unit.outbox.release_all())
        runner = await _web(program) if web_too else None
        tasks += [asyncio.create_task(one) for one in _works(program, work=work, web_too=web_too)]
        for task in tasks:
            task.add_done_callback(partial(_noticed, broken))
        yield program
    finally:
        await _stop(program, runner, tasks)


def _noticed(broken: Callable[[], None], task: asyncio.Task[None]) -> None:
    """A part that ended by a fault is not to be missed in silence."""
    if not task.cancelled() and (error := task.exception()):
        part = getattr(task.get_coro(), "__qualname__", "")
        failed("a part of the program has ended", error, part=part)
        broken()


def _works(program: Program, *, work: bool, web_too: bool) -> list[Coroutine[Any, Any, None]]:
    works = [program.sender.run()]
    if work:
        works.append(program.loop.run())
    if program.bell and program.web:
        works.append(program.bell.listen(partial(_rung, program.web)))
    if program.telegram and web_too:
        works.append(_receiving(program, program.telegram))
    return works


async def _rung(page: WebChat, word: str) -> None:
    """A ring may be lost, where the database is away or the word is none: the page asks again."""
    try:
        await page.heard_elsewhere(word)
    except Exception as error:  # noqa: BLE001 - a lost ring is no reason to stop
        failed("a ring was lost", error)


def _receiving(program: Program, telegram: "TelegramChannel") -> Coroutine[Any, Any, None]:
    settings = program.settings
    if settings.telegram_receive == "polling":
        return telegram.poll(program.turns)
    return telegram.hook(f"{settings.public_url}/hooks/telegram", settings.telegram_secret)


async def _open(program: Program) -> None:
    for channel in (program.telegram, program.sms):
        if channel is not None:
            await channel.open()


async def _web(program: Program) -> web.AppRunner:
    settings = program.settings
    runner = web.AppRunner(build_app(program), access_log=None, shutdown_timeout=5)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as error:
        await runner.cleanup()
        raise SettingsRefused(
            f"HOST, PORT: {settings.host}:{settings.port} cannot be used ({error.strerror});"
            " stop the other program, or choose another PORT"
        ) from None
    log.info("serving", address=_address(runner, settings))
    return runner


def _address(runner: web.AppRunner, settings: Settings) -> str:
    port = runner.addresses[0][1] if runner.addresses else settings.port
    return settings.public_url or f"http://{settings.host}:{port}"


async def _stop(
    program: Program, runner: web.AppRunner | None, tasks: list[asyncio.Task[None]]
) -> None:
    """No new messages; what is heard is answered; then the database."""
    if program.web:
        await program.web.close()
    if runner:
        await runner.cleanup()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DRAIN):
            await program.sender.drained()
    for channel in (program.telegram, program.sms):
        if channel is not None:
            await channel.close()
    if program.bell:
        await program.bell.close()
    await program.database.close()

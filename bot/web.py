"""The web server: webhooks, the web chat, /health, /ready and /metrics."""

from functools import partial

from aiohttp import web
from prometheus_client import REGISTRY, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot import metrics
from bot.wiring import Program
from storage.faults import Unavailable
from storage.models import DEAD, PENDING
from storage.unit import Unit

LOOPBACK = {"127.0.0.1", "::1"}
PASSED_ON = ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP")  # what a proxy says of itself
MOST_BODY = 12 * 1024 * 1024
STATES = {PENDING: "pending", DEAD: "dead"}


def build_app(program: Program) -> web.Application:
    """All routes of the channels that are switched on."""
    app = web.Application(client_max_size=MOST_BODY)
    app.router.add_get("/health", _health)
    app.router.add_get("/ready", partial(_ready, program=program))
    app.router.add_get("/metrics", partial(_metrics, program=program))
    if program.web:
        app.router.add_routes(program.web.routes())
    if program.telegram and program.settings.telegram_receive == "webhook":
        app.router.add_post("/hooks/telegram", program.telegram.webhook(program.turns))
    return app


async def _health(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def _ready(_request: web.Request, program: Program) -> web.Response:
    """Ready where a message could be heard now."""
    try:
        await program.database.run(_count)
    except Unavailable:  # its sentence names hosts and files
        return web.json_response({"status": "waiting", "why": "database"}, status=503)
    return web.json_response({"status": "ready"})


async def _metrics(request: web.Request, program: Program) -> web.Response:
    """For Prometheus on this machine; nobody else is answered."""
    passed_on = any(name in request.headers for name in PASSED_ON)
    if request.remote not in LOOPBACK or passed_on:
        return web.Response(status=404)
    try:
        await program.database.run(lambda unit: _measure(unit, program))
    except Unavailable:
        metrics.OUTBOX.clear()
    body = generate_latest(metrics.REGISTRY) + generate_latest(REGISTRY)
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _count(unit: Unit) -> None:
    await unit.outbox.depth()


async def _measure(unit: Unit, program: Program) -> None:
    for state in STATES.values():
        metrics.OUTBOX.labels(state).set(0)
        metrics.OLDEST.labels(state).set(0)
    now = program.clock.now()
    for depth in await unit.outbox.depth():
        metrics.OUTBOX.labels(STATES[depth.status]).set(depth.count)
        metrics.OLDEST.labels(STATES[depth.status]).set((now - depth.oldest).total_seconds())

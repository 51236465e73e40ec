"""The operator's tools, on a database that a program has used."""

import asyncio
import re
import stat
from functools import partial
from pathlib import Path

import pytest
import typer

from bot.dead_letters import again, listed
from bot.doctor import examine
from bot.registry import EntryRefused, add_rule, add_unit
from bot.rotation import rotate
from bot.settings import Settings
from bot.verify import verify
from bot.wiring import policies, station_of
from handlers.phones import Asker, send_code
from storage.checks import violations
from storage.crypto import (
    CannotOpen,
    KeyFileRefused,
    Keyring,
    Vault,
    new_ring,
    read_ring,
    write_ring,
)
from storage.faults import Unavailable
from storage.registrations import Registration, Step
from storage.resealing import TABLES, reseal
from storage.rules import UnitRow
from storage.sqlite import AlreadyRunning
from storage.unit import Database, Unit
from tests.bot.hands import Small, text
from tests.standins.telegram import TOKEN, TelegramStandin
from tests.storage.databases import MORNING, Kept, ask

PHONE = "+84900000001"
MAU = Registration(
    id="r1", code="DK-2222-2222", conversation=1, commune="23677", status="received",
    full_name="Nguyễn Thị Mẫu", born="1990-02-28", phone=PHONE, id_number=None, details={},
    created_at=MORNING, changed_at=MORNING,
)  # fmt: skip
STATION = UnitRow(
    "23677", "2025-07-01", None, "Trạm Mẫu", "station", "23677", "0900 000 099", "1 đường Mẫu"
)


@pytest.fixture
def settings(kept: Kept, tmp_path: Path) -> Settings:
    """The settings of an installation; its keys are new, and `kept` uses them."""
    made = Settings(
        database_url=kept.url,
        data_keys_file=tmp_path / "keys" / "data.keys",
        index_key_file=tmp_path / "keys" / "index.key",
    )
    write_ring(new_ring(), made.data_keys_file, made.index_key_file)
    kept.ring = ring_of(made)
    return made


@pytest.fixture
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("database_url", "data_keys_file", "index_key_file"):
        monkeypatch.setenv(name.upper(), str(getattr(settings, name)))
    return monkeypatch


def ring_of(settings: Settings) -> Keyring:
    return read_ring(settings.data_keys_file, settings.index_key_file)


async def use(database: Database, small: Small) -> None:
    """Leave something in every table that holds sealed values."""

    async def register(unit: Unit) -> None:
        await unit.registrations.add(MAU, "mau")
        await unit.registrations.log("r1", Step("register", "received", "citizen", MORNING, "vì"))
        await unit.audit.write(MORNING, "chat 1", "register", "r1")
        await send_code(PHONE, Asker(1, "web", "a", "vi"), unit)

    for n in range(5):
        await small.say("một|hai", f"c{n}")
    small.router.bug = lambda _said: True
    update = small.update("x")
    await small.turns(type(update)("web", "a", "parked", update.said, b"raw"))
    small.router.bug = lambda _said: False
    await database.run(register)


async def check(kept: Kept, ring: Keyring) -> None:
    """All can be read, by the keys and by the indexes."""
    async with kept.opened(ring) as database:
        small = Small(database, kept.clock)
        assert [await small.heard(f"c{n}") for n in range(5)] == [["một|hai"]] * 5
        people = await database.run(lambda unit: unit.registrations.same_person("mau", MAU.born))
        steps = await database.run(lambda unit: unit.registrations.steps("r1"))
        assert ([one.full_name for one in people], steps[0].reason) == ([MAU.full_name], "vì")
        raw = await ask(database, "SELECT raw FROM inbox WHERE update_id = 'parked'")
        assert Vault(ring).open(raw[0]["raw"], "inbox.raw|web|parked") == b"raw"
        said = await database.run(lambda unit: unit.outbox.since("web", "c0", 0))
        assert [one.body["text"] for one in said] == ["một", "hai"]


async def prepared(kept: Kept) -> Keyring:
    async with kept.opened() as database:
        await use(database, Small(database, kept.clock))
    return kept.ring


async def test_rotation_seals_everything_anew(kept: Kept, settings: Settings) -> None:
    before = await prepared(kept)
    said = await rotate(settings)
    after = ring_of(settings)
    assert (list(after.data), after.index) == ([2], before.index)
    assert re.match(r"Sealed \d\d rows anew with key 2\. Back up", said)
    await check(kept, after)
    async with kept.opened(before) as database:
        with pytest.raises(CannotOpen, match="no key for it"):
            await database.run(lambda unit: unit.registrations.of_chat(1))
    assert stat.S_IMODE(settings.data_keys_file.stat().st_mode) == 0o600


@pytest.mark.parametrize("batches", [0, 1, 6])
async def test_rotation_goes_on_where_it_was_interrupted(
    kept: Kept, settings: Settings, monkeypatch: pytest.MonkeyPatch, batches: int
) -> None:
    """Killed after so many batches of one row; both keys are there until the end."""
    await prepared(kept)
    left = iter(range(batches))

    async def killed(unit: Unit, table: str, after: object) -> object:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return await reseal(unit, table, after, most=1)  # type: ignore[arg-type]

    monkeypatch.setattr("bot.rotation.reseal", killed)
    with pytest.raises(KeyboardInterrupt):
        await rotate(settings)
    assert list(ring_of(settings).data) == [1, 2]
    await check(kept, ring_of(settings))
    monkeypatch.undo()
    said = await rotate(settings)
    assert said.startswith("Went on with a rotation that was interrupted.")
    assert list(ring_of(settings).data) == [2]
    await check(kept, ring_of(settings))


async def test_rotation_keeps_the_old_key_if_something_cannot_be_opened(
    kept: Kept, settings: Settings
) -> None:
    await prepared(kept)
    async with kept.opened() as database:
        await ask(database, "UPDATE registration SET phone = :p RETURNING id", p=b"\x01\x00\x01xx")
    with pytest.raises(CannotOpen, match=r"registration\.phone"):
        await rotate(settings)
    assert list(ring_of(settings).data) == [1, 2]


async def test_rotation_is_refused_beside_a_running_program(kept: Kept, settings: Settings) -> None:
    await prepared(kept)
    async with kept.opened() as running:
        await running.run(lambda unit: unit.outbox.depth())
        with pytest.raises((AlreadyRunning, Unavailable), match="another tramoi"):
            await rotate(settings)
    assert list(ring_of(settings).data) == [1]


async def test_every_sealed_table_is_resealed(kept: Kept, settings: Settings) -> None:
    await prepared(kept)
    new = kept.ring.with_new_key()
    async with kept.opened(new) as database:
        done = {t: await database.run(lambda u, t=t: reseal(u, t)) for t in TABLES}  # type: ignore[misc]
        again = {t: await database.run(lambda u, t=t: reseal(u, t)) for t in TABLES}  # type: ignore[misc]
    assert all(batch.done > 0 for batch in done.values())
    assert all(batch.done == 0 for batch in again.values())


# --- dead letters --------------------------------------------------------------------------


async def bury(kept: Kept) -> None:
    async with kept.opened() as database:
        small = Small(database, kept.clock)
        await small.notice(PHONE, text("một"))
        await small.notice(PHONE, text("hai"))
        for why in ("blocked", "gone"):
            await database.run(partial(lost, why))


async def lost(why: str, unit: Unit) -> None:
    (one,) = await unit.outbox.claim(MORNING, 1)
    await unit.outbox.bury(one, why)


async def test_dead_letters_are_listed_without_words_and_addresses(
    kept: Kept, settings: Settings
) -> None:
    assert await listed(settings) == ["Nothing: every message was delivered."]
    await bury(kept)
    lines = await listed(settings)
    assert [line.split() for line in lines] == [
        ["1/1", "03/03/2026", "09:00", "web", "0", "tries", "blocked"],
        ["1/2", "03/03/2026", "09:00", "web", "0", "tries", "gone"],
    ]


async def test_dead_letters_are_sent_again(
    kept: Kept, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    await bury(kept)
    assert await again(settings, ["1/2", "7/7", "two"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "7/7: there is no dead letter of this number; see: tramoi letters dead",
        "two: there is no dead letter of this number; see: tramoi letters dead",
        "1 will be sent again.",
    ]
    assert await again(settings, ["1/1"]) == 0
    async with kept.opened() as database:
        small = Small(database, kept.clock)
        kept.clock.forward(days=400)
        await small.deliver()
        assert small.web.texts() == ["một", "hai"]


async def test_dead_letters_beside_a_running_program(kept: Kept, settings: Settings) -> None:
    await bury(kept)
    async with kept.opened():
        assert len(await listed(settings)) == 2
        if kept.kind == "sqlite":
            with pytest.raises(AlreadyRunning):
                await again(settings, ["1/1"])


# --- stations and rules --------------------------------------------------------------------


async def test_a_station_and_its_successor(kept: Kept, settings: Settings) -> None:
    said = await add_unit(settings, STATION)
    assert said == "Trạm Mẫu answers for Xã Đak Đoa from 2025-07-01: 0900 000 099."
    new = UnitRow("23677", "2026-03-03", None, "Mới", "station", "23677", "0900 000 098", "2")
    await add_unit(settings, new)
    async with kept.opened() as database:
        units = await database.run(lambda unit: unit.rules.units())
    days = [MORNING.date().replace(day=day) for day in (2, 3)]
    assert [station_of(units, "23677", day).name for day in days] == ["Trạm Mẫu", "Mới"]


async def test_a_rule(kept: Kept, settings: Settings) -> None:
    await add_rule(
        settings, "64", "2025-07-01", None,
        id_required=True, people_per_phone=3, needs=["sex", " history", ""],
    )  # fmt: skip
    async with kept.opened() as database:
        found = policies(await database.run(lambda unit: unit.rules.all()))
    policy = found.at(MORNING.date(), "23677", "64")
    assert (policy.id_number_required, policy.people_per_phone) == (True, 3)
    assert policy.needs == {"sex", "history"}


@pytest.mark.parametrize(
    ("place", "since", "until", "people", "needs", "why"),
    [
        ("6", "2025-07-01", None, 5, [], "--place"),
        ("Gia Lai", "2025-07-01", None, 5, [], "--place"),
        ("64", "1/7/2025", None, 5, [], "--from: write the day as 2025-07-01"),
        ("64", "2025-07-01", "2025-06-30", 5, [], "--until is before --from"),
        ("64", "2025-07-01", None, 0, [], "--people-per-phone"),
        ("64", "2025-07-01", None, 5, ["colour"], "--needs: there is no question 'colour'"),
    ],
)
def test_a_rule_that_cannot_be(
    place: str, since: str, until: str | None, people: int, needs: list[str], why: str
) -> None:
    adding = add_rule(
        Settings(), place, since, until, id_required=False, people_per_phone=people, needs=needs
    )
    with pytest.raises(EntryRefused, match=re.escape(why)):
        asyncio.run(adding)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"commune": "00000"}, "--commune: there is no commune 00000 today"),
        ({"hotline": " "}, "--hotline is empty"),
        ({"valid_from": "today"}, "--from"),
    ],
)
def test_a_station_that_cannot_be(change: dict[str, str], why: str) -> None:
    unit = UnitRow(**{**{name: getattr(STATION, name) for name in UnitRow.__slots__}, **change})
    with pytest.raises(typer.BadParameter, match=re.escape(why)):
        asyncio.run(add_unit(Settings(), unit))


# --- the doctor and the checker ------------------------------------------------------------


async def examined() -> tuple[int, dict[str, str]]:
    lines: list[str] = []
    code = await examine(lines.append)
    return code, {f"{line.split()[1]}": line for line in lines}


async def test_the_doctor_finds_nothing(
    kept: Kept, settings: Settings, environment: pytest.MonkeyPatch
) -> None:
    await prepared(kept)
    await add_unit(settings, STATION)
    code, lines = await examined()
    assert (code, {line.split()[0] for line in lines.values()}) == (0, {"ok", "note"})
    assert "open what is in the database" in lines["keys"]


async def test_the_doctor_says_how_to_mend_each(
    kept: Kept, settings: Settings, environment: pytest.MonkeyPatch
) -> None:
    await prepared(kept)
    await bury(kept)
    environment.setenv("REDIS_URL", "redis://127.0.0.1:1")
    environment.setenv("SMS_URL", "http://127.0.0.1:1")
    environment.setenv("SMS_BODY", "no place for anything")
    write_ring(new_ring(), settings.data_keys_file, settings.index_key_file)
    code, lines = await examined()
    assert code == 1
    assert "restore the right ones from your backup" in lines["keys"]
    assert "tramoi unit add" in lines["station"]
    assert "2 not delivered; see: tramoi letters dead" in lines["letters"]
    assert "REDIS_URL: it does not answer" in lines["redis"]
    assert "the SMS body needs {text}" in lines["sms"]
    settings.index_key_file.chmod(0o644)
    assert "chmod 600" in (await examined())[1]["keys"]


async def test_another_index_key_is_noticed(
    kept: Kept, settings: Settings, environment: pytest.MonkeyPatch
) -> None:
    before = await prepared(kept)
    write_ring(
        Keyring(before.data, new_ring().index), settings.data_keys_file, settings.index_key_file
    )
    assert "restore the right ones" in (await examined())[1]["keys"]


@pytest.mark.parametrize(
    ("url", "mend"),
    [
        ("sqlite:///none.db", "tramoi migrate"),
        ("postgresql://tramoi@127.0.0.1:1/x", "is DATABASE_URL right?"),
        ("mysql://x", "DATABASE_URL: write sqlite:///"),
    ],
)
async def test_the_doctor_without_a_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, mend: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", url)
    code, lines = await examined()
    assert code == 1
    assert mend in " ".join(lines.values())
    assert "tramoi keys new" in lines.get("keys", "tramoi keys new")
    assert await asyncio.to_thread(lambda: list(tmp_path.iterdir())) == []


@pytest.fixture
def telegram_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHANNELS", "telegram")
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    return monkeypatch


async def test_the_doctor_asks_telegram(telegram_settings: pytest.MonkeyPatch) -> None:
    async with TelegramStandin() as telegram:
        telegram_settings.setenv("TELEGRAM_API_URL", telegram.url)
        assert (await examined())[1]["telegram"].split()[-3:] == ["@TramOiBot,", "by", "polling"]
        telegram_settings.setenv("TELEGRAM_TOKEN", "1:wrong")
        assert "TELEGRAM_TOKEN is refused" in (await examined())[1]["telegram"]
    assert "out of reach" in (await examined())[1]["telegram"]


async def test_the_doctor_asks_telegram_about_the_webhook(
    telegram_settings: pytest.MonkeyPatch,
) -> None:
    async with TelegramStandin() as telegram:
        for name, value in (
            ("TELEGRAM_API_URL", telegram.url),
            ("TELEGRAM_RECEIVE", "webhook"),
            ("TELEGRAM_SECRET", "s"),
            ("PUBLIC_URL", "https://tram.example.vn"),
        ):
            telegram_settings.setenv(name, value)
        assert "is set when the program starts" in (await examined())[1]["telegram"]
        telegram.delivery.url = "https://tram.example.vn/hooks/telegram"
        assert "by webhook; 0 messages wait there" in (await examined())[1]["telegram"]


async def test_the_checker_finds_what_is_broken(
    kept: Kept, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    async with kept.opened() as database:
        small = Small(database, kept.clock)
        for n in range(3):
            await small.say("một", f"c{n}")
        assert await verify_in(kept, database) == []
        await ask(database, "DELETE FROM outbox WHERE conversation_id = 1 RETURNING seq")
        await ask(database, "UPDATE conversation SET revision = 0 WHERE id = 2 RETURNING id")
        await ask(database, "UPDATE conversation SET next_seq = 9 WHERE id = 3 RETURNING id")
        await database.run(lambda unit: unit.registrations.add(MAU, "mau"))
        await small.notice("c9", text("x"))
        kept.clock.forward(minutes=6)
        assert await verify_in(kept, database) == [
            "the next number of a chat is not the one after its last message: 1 times, first 3/9",
            "more was heard in a chat than it moved on: 1 times, first 2/0",
            "a message to us was met with silence: 1 times, first 1/0",
            "a message waits though nothing holds it back: 1 times, first 4/1",
            "a registration has no step that made it, or more than one: 1 times, first 1/0",
            "somebody registered without having agreed: 1 times, first 1/0",
        ]
    assert await verify(settings) == 1
    assert "met with silence" not in capsys.readouterr().out  # it was more than a day ago


async def verify_in(kept: Kept, database: Database) -> list[str]:
    return await database.run(lambda unit: violations(unit, kept.clock.now()))


async def test_keys_are_needed(kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(KeyFileRefused):
        await listed(Settings(database_url=kept.url))

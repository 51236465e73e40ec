"""The command line: `tramoi`, the same as `python -m bot`."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot.settings import Settings, SettingsRefused, read_settings

app = typer.Typer(
    help="Trạm Ơi: register for vaccination by chat.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
keys = typer.Typer(help="The keys that lock personal data.", no_args_is_help=True)
letters = typer.Typer(help="Messages that could not be delivered.", no_args_is_help=True)
app.add_typer(keys, name="keys")
app.add_typer(letters, name="letters")
certificate = typer.Typer(help="Certificate texts and slips.", no_args_is_help=True)
app.add_typer(certificate, name="certificate")
units = typer.Typer(help="Stations and other units.", no_args_is_help=True)
rules = typer.Typer(help="What a place requires, and since when.", no_args_is_help=True)
app.add_typer(units, name="unit")
app.add_typer(rules, name="rule")


@app.command()
def run() -> None:
    """The demonstration: sample data, no account needed, http://127.0.0.1:8080."""
    from bot.processes import serve as serving

    os.environ.setdefault("DEMO", "1")
    _start(serving, pretty=True)


@app.command()
def serve(*, work: Annotated[bool, typer.Option(help="also do the worker's part")] = True) -> None:
    """The web server and the channels that are switched on."""
    from bot.processes import serve as serving

    _start(lambda settings: serving(settings, work=work))


@app.command()
def work() -> None:
    """The worker: sends what is left over, and does what falls due."""
    from bot.processes import serve as serving

    _start(lambda settings: serving(settings, web_too=False))


@app.command()
def migrate() -> None:
    """Make or upgrade the tables of the database."""
    from storage.migrate import migrate as upgrade

    settings = _settings()
    upgrade(settings.database_url)
    typer.echo("The tables are up to date.")


@app.command()
def chat(
    record: Annotated[Path | None, typer.Option(help="write what happens as a story")] = None,
    locale: str = "vi",
) -> None:
    """Talk to it here in the terminal, on sample data that is forgotten afterwards."""
    from bot.channels.terminal import talk

    raise typer.Exit(asyncio.run(talk(record, locale)))


@app.command()
def play(
    files: list[Path],
    *,
    rewrite: Annotated[bool, typer.Option(help="write the stories as told now")] = False,
) -> None:
    """Replay stories against a fresh system; 1 if one is told differently now."""
    from bot.stories.play import play_files

    raise typer.Exit(play_files(files, rewrite=rewrite))


@app.command()
def understand() -> None:
    """Read one message a line, print one JSON object a line: intent and score."""
    from conversations.understand import understand as understood

    for line in sys.stdin:
        meant = understood(line.rstrip("\n"))
        typer.echo(json.dumps({"intent": meant.intent, "score": round(meant.score, 4)}))


@app.command()
def scan(files: list[Path]) -> None:
    """Say what the QR in each picture is: one JSON object a file."""
    from bot.scan_tool import scan_files

    scan_files(files)


@app.command()
def doctor() -> None:
    """Check settings, keys, database, Redis, clock and channels, and say how to mend each."""
    from bot.doctor import examine

    raise typer.Exit(asyncio.run(examine()))


@app.command()
def verify() -> None:
    """Prove from the tables that nothing was lost, doubled or left without an answer."""
    from bot.verify import verify as verified

    raise typer.Exit(asyncio.run(verified(_settings())))


@keys.command("new")
def keys_new() -> None:
    """Make the two key files, where there are none."""
    from storage.crypto import new_ring, write_ring

    settings = _settings()
    for path in (settings.data_keys_file, settings.index_key_file):
        if path.exists():
            _fail(f"{path} exists already; nothing was changed")
    write_ring(new_ring(), settings.data_keys_file, settings.index_key_file)
    typer.echo(f"Made {settings.data_keys_file} and {settings.index_key_file}. Back them up apart.")


@keys.command("rotate")
def keys_rotate() -> None:
    """Add a key and seal everything with it anew. Stop the program first."""
    from bot.rotation import rotate

    typer.echo(asyncio.run(rotate(_settings())))


@letters.command("dead")
def letters_dead() -> None:
    """List what could not be delivered: no words and no address, only where and why."""
    from bot.dead_letters import listed

    for line in asyncio.run(listed(_settings())):
        typer.echo(line)


@letters.command("again")
def letters_again(numbers: list[str]) -> None:
    """Send dead letters again, by their numbers as `letters dead` shows them (12/3)."""
    from bot.dead_letters import again

    raise typer.Exit(asyncio.run(again(_settings(), numbers)))


@units.command("add")
def unit_add(
    code: Annotated[str, typer.Option(help="its code, as STATION names it")],
    name: Annotated[str, typer.Option(help="as citizens are told")],
    commune: Annotated[str, typer.Option(help="the code of its commune, 5 digits")],
    hotline: Annotated[str, typer.Option(help="the number people may call")],
    address: Annotated[str, typer.Option(help="where people go")],
    since: Annotated[str, typer.Option("--from", help="first day")] = "2025-07-01",
) -> None:
    """Add a station, or change it from a day on. Run `tramoi migrate` before the first one."""
    from bot.registry import add_unit
    from storage.rules import UnitRow

    row = UnitRow(code, since, None, name, "station", commune, hotline, address)
    typer.echo(asyncio.run(add_unit(_settings(), row)))


@rules.command("add")
def rule_add(
    place: Annotated[str, typer.Option(help='a province, a commune, or "" everywhere')],
    since: Annotated[str, typer.Option("--from", help="first day")],
    until: Annotated[str | None, typer.Option(help="last day")] = None,
    *,
    id_required: Annotated[
        bool, typer.Option(help="the citizen number may not be left out")
    ] = False,
    people_per_phone: Annotated[int, typer.Option(help="how many may register by one number")] = 5,
    needs: Annotated[str, typer.Option(help="questions that may not wait, by name: a,b")] = "",
) -> None:
    """Say what a place requires from a day on."""
    from bot.registry import add_rule

    said = add_rule(
        _settings(), place, since, until,
        id_required=id_required, people_per_phone=people_per_phone, needs=needs.split(","),
    )  # fmt: skip
    typer.echo(asyncio.run(said))


@certificate.command("verify")
def certificate_verify(
    trust: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="signer certificates, DER or PEM"),
    ] = None,
    at: Annotated[str | None, typer.Option(help="judge at this instant (ISO), not now")] = None,
) -> None:
    """Read one HC1 text or slip a line, print one JSON object a line: the verdict."""
    from bot.certificate_tool import verify_stream

    raise typer.Exit(verify_stream(trust, at))


def _start(serving: object, *, pretty: bool = False) -> None:
    from bot.logs import set_up

    settings = _settings()
    text = settings.log_format == "text" or (
        settings.log_format == "auto" and (pretty or sys.stderr.isatty())
    )
    set_up(settings.log_level, pretty=text)
    asyncio.run(serving(settings))  # type: ignore[operator]


def _settings() -> Settings:
    try:
        return read_settings()
    except SettingsRefused as error:
        _fail(str(error))


def _fail(why: str) -> NoReturn:
    typer.echo(f"tramoi: {why}", err=True)
    raise typer.Exit(2)


def main() -> None:
    """Run a command; what can be foreseen ends with a sentence, not with a trace."""
    from storage.crypto import CannotOpen, KeyFileRefused
    from storage.faults import Unavailable
    from storage.sqlite import AlreadyRunning

    foreseen = (SettingsRefused, KeyFileRefused, CannotOpen, Unavailable, AlreadyRunning)
    try:
        app()
    except (*foreseen, OSError) as error:
        typer.echo(f"tramoi: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()

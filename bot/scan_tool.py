"""`tramoi scan`: what the QR in each picture says, one JSON object a line."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import typer

from bot.logs import set_up
from bot.scanning import MOST_BYTES, PROCESSES, Found, Nothing, Scanner, ScanResult
from handlers.qr import fields_of


def scan_files(files: Sequence[Path]) -> None:
    """Print one object a file, in the order of the files."""
    set_up("error", pretty=True)
    asyncio.run(_print_all(files))


async def _print_all(files: Sequence[Path]) -> None:
    async for line in scanned(files):
        # A file name may be no UTF-8; written so it is still JSON.
        typer.echo(json.dumps(line, ensure_ascii=False).encode("utf-8", "backslashreplace"))


async def scanned(files: Sequence[Path]) -> AsyncIterator[dict[str, Any]]:
    """What is to be printed of each file."""
    async with Scanner() as scanner:
        for start in range(0, len(files), PROCESSES):
            some = files[start : start + PROCESSES]
            for told in await asyncio.gather(*[_scan(path, scanner) for path in some]):
                yield told


async def _scan(path: Path, scanner: Scanner) -> dict[str, Any]:
    try:
        data = await asyncio.to_thread(_content, path)
    except OSError:
        return {"file": str(path), "kind": None, "reason": "cannot_be_opened"}
    return {"file": str(path), **_told(await scanner.read(data))}


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _told(result: ScanResult) -> dict[str, Any]:
    match result:
        case Found(codes):
            return {"kind": codes[0].kind, "fields": fields_of(codes[0])}
        case Nothing(why):
            return {"kind": None, "reason": why}

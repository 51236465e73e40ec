"""`tramoi play`: tells stories again, and shows where they are told differently now."""

import asyncio
import difflib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import typer

from bot.logs import set_up
from bot.stories.player import tell
from bot.stories.story import BadStory


def play_files(files: list[Path], *, rewrite: bool) -> int:
    """Play stories; folders are searched for `*.chat`. 0: all are told as they are written.

    `rewrite` writes them as they are told now, for a person to read the difference. It is refused
    where CI is set: a recording must never make a test pass.
    """
    set_up("error", pretty=True)
    if rewrite and os.environ.get("CI"):
        typer.echo("Stories are not rewritten where CI is set: there they are only compared.")
        return 2
    paths = list(stories(files))
    if not paths:
        typer.echo("There is no story to play: name files or folders with *.chat")
        return 2
    alone = len(paths) == 1
    differ = [path for path in paths if _differs(path, aloud=alone, rewrite=rewrite)]
    if not alone:
        typer.echo(f"{len(paths)} stories, {len(differ)} told differently now.")
    return 1 if differ and not rewrite else 0


def stories(files: Sequence[Path]) -> Iterator[Path]:
    """The files, and those in the folders."""
    for path in files:
        if path.is_dir():
            yield from sorted(path.rglob("*.chat"))
        else:
            yield path


def _differs(path: Path, *, aloud: bool, rewrite: bool) -> bool:
    """Play one. True where it is told differently, or cannot be played."""
    try:
        story = path.read_text(encoding="utf-8")
        told = asyncio.run(tell(story))
    except (BadStory, OSError, UnicodeDecodeError) as error:
        typer.echo(f"{path}: {error}")
        return True
    if aloud:
        typer.echo(told)
    if told == story:
        return False
    typer.echo("\n".join(difference(path, story, told)))
    if rewrite:
        path.write_text(told, encoding="utf-8")
    return True


def difference(path: Path, story: str, told: str) -> Iterator[str]:
    """What is told differently, line by line."""
    return difflib.unified_diff(
        story.splitlines(), told.splitlines(), f"{path} as written", "as told now", lineterm=""
    )

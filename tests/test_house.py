"""The rules of the house that no other tool watches."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import pytest

HOUSE = Path(__file__).parent.parent
PROGRAM = [
    path
    for room in ("bot", "conversations", "handlers", "storage")
    for path in sorted(HOUSE.joinpath(room).rglob("*.py"))
]
NOT_OURS = {"requirements", "var", "build", "LICENSE", "__pycache__"}
HIDDEN_BUT_OURS = {".ci", ".env.example", ".gitignore", ".gitattributes", ".editorconfig"}

VAGUE = {"util", "utils", "helper", "helpers", "base", "manager", "managers", "common", "misc"}
# A clock that was handed in may be asked (`unit.now()`), the one on the wall may not.
ASKS_THE_WORLD = re.compile(
    r"(.+\.)?(datetime|date)\.(now|today|utcnow)|(.+\.)?(uuid[1-8]|urandom)"
)
LEAVES_OUT = re.compile(r"pytest\.(mark\.)?(skip|skipif|importorskip|xfail)")
PLACE_CODES = HOUSE / "handlers" / "data"  # rows of numbers, none of which is a phone
LEFT_OPEN = re.compile(r"\b(?:TO\x44O|FIX\x4dE|XX\x58|HAC\x4b)\b")
THIS_MACHINE = re.compile(r"/(?:root|work|home)/\w")
MOBILE = re.compile(r"(?<!\d)(?:\+?84|0)[ .-]?[35789]\d(?:[ .-]?\d){7}(?!\d)")
MADE_UP = re.compile(r"(?:84|0)900000\d{3}")


def ours(folder: Path = HOUSE) -> Iterator[Path]:
    """Every file that somebody of this project wrote."""
    for path in sorted(folder.iterdir()):
        hidden = path.name.startswith(".") and path.name not in HIDDEN_BUT_OURS
        if hidden or path.name in NOT_OURS or path.name.endswith(".egg-info"):
            continue
        if path.is_dir():
            yield from ours(path)
        else:
            yield path


def lines(path: Path) -> list[str]:
    """The lines of a text; nothing of a picture."""
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return []


def found(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(HOUSE)}:{number}: {line.strip()[:100]}"
        for path in ours()
        for number, line in enumerate(lines(path), 1)
        if pattern.search(line)
    ]


def parsed(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_bytes(), str(path))))


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end; the docstring is free."""
    said = function.body[0]
    is_docstring = ast.get_docstring(function, clean=False) is not None
    docstring = (said.end_lineno or 0) - said.lineno + 1 if is_docstring else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def lengths() -> list[int]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [length(n) for path in PROGRAM for n in parsed(path) if isinstance(n, functions)]


def test_functions_are_small() -> None:
    sizes = lengths()
    assert median(sizes) < 10
    assert quantiles(sizes, n=10)[-1] < 35


def test_files_are_small() -> None:
    assert {p.name: len(lines(p)) for p in PROGRAM if len(lines(p)) > 350} == {}


def test_files_are_named_as_people_speak() -> None:
    named = {path.relative_to(HOUSE) for path in PROGRAM}
    assert {name for name in named if VAGUE & {*name.with_suffix("").parts}} == set()


def test_nothing_is_left_open() -> None:
    assert found(LEFT_OPEN) == []


def test_nothing_points_to_one_machine() -> None:
    assert found(THIS_MACHINE) == []
    assert [path.name for path in HOUSE.glob("requirements/*") if "://" in path.read_text()] == []


def test_phones_are_made_up() -> None:
    said = [
        (str(path.relative_to(HOUSE)), phone)
        for path in ours()
        if path.parent != PLACE_CODES
        for line in lines(path)
        for phone in MOBILE.findall(line)
    ]
    assert [one for one in said if not MADE_UP.fullmatch(re.sub(r"\D", "", one[1]))] == []


@pytest.mark.parametrize("room", ["conversations", "handlers"])
def test_time_chance_and_identity_are_handed_in(room: str) -> None:
    asking = [
        f"{path.relative_to(HOUSE)}:{node.lineno}"
        for path in PROGRAM
        if path.is_relative_to(HOUSE / room)
        for node in parsed(path)
        if isinstance(node, ast.Call) and ASKS_THE_WORLD.fullmatch(ast.unparse(node.func))
    ]
    assert asking == []


def called(call: ast.Call) -> str:
    """The last word of what is called."""
    if isinstance(call.func, ast.Name):
        return call.func.id
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def test_every_test_is_run_and_none_sleeps() -> None:
    tests = sorted(HOUSE.joinpath("tests").rglob("test_*.py"))
    lazy = [
        f"{path.relative_to(HOUSE)}:{node.lineno}"
        for path in tests
        for node in parsed(path)
        if isinstance(node, ast.expr) and (leaves_out(node) or sleeps(node))
    ]
    assert lazy == []


def leaves_out(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and bool(LEAVES_OUT.fullmatch(ast.unparse(node)))


def sleeps(node: ast.expr) -> bool:
    """Whether it waits for time to pass; to let others run (`sleep(0)`) is no waiting."""
    if not isinstance(node, ast.Call) or called(node) != "sleep":
        return False
    return not (isinstance(node.args[0], ast.Constant) and node.args[0].value == 0)


def settings() -> set[str]:
    declared: Any = importlib.import_module("bot.settings")
    return {name.upper() for name in declared.Settings.model_fields}


def test_every_setting_is_explained() -> None:
    example = (HOUSE / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^(?:# ?)?([A-Z][A-Z0-9_]*)=", example, re.MULTILINE)) == settings()


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "LICENSE", "docs/architecture.md"])
def test_the_house_is_described(name: str) -> None:
    assert (HOUSE / name).stat().st_size > 0


def test_decisions_are_short() -> None:
    decisions = sorted(HOUSE.glob("docs/decisions/*.md"))
    assert decisions
    assert {path.name: len(lines(path)) for path in decisions if len(lines(path)) > 45} == {}

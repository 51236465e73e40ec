"""Writes the tables of places in `handlers/data/` from a public set of units.

The set is the Python package **vietnamadminunits 1.0.4** (MIT, (c) 2025 Tran Ngoc Minh Hieu): the
34 provinces and 3,321 communes of 1 July 2025, the 63 / 696 / 10,035 units before that day, and
which unit went where. What was resolved after that day is added here, resolution by resolution.

    python -m venv somewhere && somewhere/bin/pip install vietnamadminunits==1.0.4
    somewhere/bin/python tools/make_places.py handlers/data

It needs nothing else, reads the package's files without importing it, and writes the same bytes
each time it is run.
"""

import csv
import json
import re
import sqlite3
import sys
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

SET = ("vietnamadminunits", "1.0.4")

# 30/2026/QH16 (from 30 April 2026), 36/2026/QH16 (1 September), 39/2026/QH16 (20 September).
NEW_CITIES = {"75": "Đồng Nai", "22": "Quảng Ninh", "24": "Bắc Ninh"}

# Communes that became wards and kept code, name and area: 237/NQ-UBTVQH16 (from 30 April 2026) in
# Đồng Nai and 388/NQ-UBTVQH16 (from 20 September 2026) in Bắc Ninh.
NEW_WARDS = {
    "75": "Dầu Giây, Đồng Phú, Long Thành, Lộc Ninh, Nhơn Trạch, Tân Khai, Tân Phú, Trảng Bom, "
    "Trị An, Xuân Lộc",
    "24": "Bố Hạ, Chi Lăng, Gia Bình, Hiệp Hòa, Kép, Lạng Giang, Lục Nam, Lương Tài, Nhân Thắng, "
    "Phù Lãng, Tiên Du, Yên Phong",
}

HEADINGS = {
    "provinces": ("code", "name"),
    "communes": ("code", "name", "province"),
    "districts": ("code", "name", "former_province", "province"),
    "former_communes": ("code", "name", "district", "successors", "older_names"),
}
# How many rows there must be: anything else means that the set is not the one named above.
# Former communes: 10,035, five island districts that had none, and the 22 wards of 2026.
EXPECTED = {"provinces": 34, "communes": 3321, "districts": 696, "former_communes": 10035 + 5 + 22}

Row = tuple[str, ...]
Mapping = dict[str, Any]  # as the package's file has it


def main() -> None:
    """Write the four tables into the folder named on the command line."""
    folder, source = Path(sys.argv[1]), package_data()
    mapping = json.loads((source / "converter_2025.json").read_text(encoding="utf-8"))
    units = sqlite3.connect(source / "dataset.db")
    tables = {
        "provinces": provinces(units),
        "communes": communes(units),
        "districts": districts(units, mapping),
        "former_communes": [*promoted(units), *former_communes(units, mapping)],
    }
    units.close()
    for name, rows in tables.items():
        if len(rows) != EXPECTED[name]:
            sys.exit(
                f"{name}: {len(rows)} rows, expected {EXPECTED[name]}; nothing more is written"
            )
        write(folder / f"{name}.tsv", [HEADINGS[name], *rows])


def package_data() -> Path:
    """The folder of the package's tables; refuses another version than the one named above."""
    name, version = SET
    installed = distribution(name)
    if installed.version != version:
        sys.exit(f"{name} {installed.version} is installed; this was checked with {version}")
    return Path(str(installed.locate_file(name))) / "data"


def write(path: Path, rows: list[Row]) -> None:
    """One table: tabs between the fields, a heading, and no quoting."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE).writerows(
            rows
        )
    print(f"{path.name}: {len(rows) - 1}")


def provinces(units: sqlite3.Connection) -> list[Row]:
    """Today's provinces and cities: code, name with its kind."""
    rows = units.execute("SELECT DISTINCT provinceCode, province FROM admin_units ORDER BY 1")
    return [(c, f"Thành phố {NEW_CITIES[c]}" if c in NEW_CITIES else name) for c, name in rows]


def communes(units: sqlite3.Connection) -> list[Row]:
    """Today's communes: code, name with its kind, code of the province."""
    new = {code for _, _, _, code, _ in promoted(units)}
    rows = units.execute("SELECT wardCode, ward, provinceCode FROM admin_units ORDER BY 1")
    return [(c, name.replace("Xã", "Phường", 1) if c in new else name, p) for c, name, p in rows]


def promoted(units: sqlite3.Connection) -> list[Row]:
    """The communes of 2025 that became wards in 2026, as former communes without a district."""
    rows = units.execute(
        "SELECT wardCode, ward, wardShort, provinceCode FROM admin_units"
        " WHERE wardType = 'Xã' ORDER BY 1",
    )
    return [
        ("", name, "", code, "")
        for code, name, own, province in rows
        if own in NEW_WARDS.get(province, "").split(", ")
    ]


def districts(units: sqlite3.Connection, mapping: Mapping) -> list[Row]:
    """The districts of 30 June 2025: code, name, the province of that day, today's province."""
    codes = dict(units.execute("SELECT DISTINCT provinceKey, provinceCode FROM admin_units"))
    heirs = {old: codes[new] for new, olds in mapping["DICT_PROVINCE"].items() for old in olds}
    rows = units.execute(
        "SELECT DISTINCT districtCode, district, province, provinceKey"
        " FROM admin_units_legacy ORDER BY 1",
    )
    return [(code, name, province, heirs[key]) for code, name, province, key in rows]


def former_communes(units: sqlite3.Connection, mapping: Mapping) -> list[Row]:
    """The communes of 30 June 2025: code, name, district, successors, names merged before that.

    Where a commune was split the likeliest successor stands first. Five island districts had no
    communes and stand here themselves.
    """
    heirs = successors(units, mapping)
    rows = units.execute(
        "SELECT ifnull(wardCode, ''), ifnull(ward, district), districtCode, wardAlias,"
        " provinceKey || '_' || districtKey || '_' || ifnull(wardKey, ''), wardShortKey"
        " FROM admin_units_legacy ORDER BY districtCode, wardCode",
    )
    return [
        (code, name, district, " ".join(heirs[key]), " ".join(older_names(aliases, own)))
        for code, name, district, aliases, key, own in rows
    ]


def successors(units: sqlite3.Connection, mapping: Mapping) -> dict[str, list[str]]:
    """The set's key of a former commune → codes of today, the likeliest first."""
    codes = {
        (province, ward): code
        for province, ward, code in units.execute(
            "SELECT provinceKey, wardKey, wardCode FROM admin_units",
        )
    }
    found: dict[str, list[str]] = {}
    for former, province, ward in edges(mapping):
        found.setdefault(former, []).append(codes[province, ward])
    return found


def edges(mapping: Mapping) -> Iterator[tuple[str, str, str]]:
    """Every (former commune, today's province, today's commune), as the set's keys."""
    for province, wards in mapping["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, formers in wards.items():
            yield from ((former, province, ward) for former in formers)
    for province, splits in mapping["DICT_PROVINCE_WARD_DIVIDED"].items():
        for former, parts in splits.items():
            parts.sort(key=lambda part: (not part["isDefaultNewWard"], part["newWardKey"]))
            yield from ((former, province, part["newWardKey"]) for part in parts)


def older_names(aliases: str | None, own: str | None) -> list[str]:
    """Names of communes merged into a former commune earlier: folded, without kind and blanks."""
    written = [re.sub(r"\(.*", "", a) for a in json.loads(aliases or "[]")]
    names = {re.sub(r"^phuong0*(?=\d)", "", a) for a in written if a.isascii()}
    kinds = ("xa", "phuong", "thitran")
    twice = {kind + name for kind in kinds for name in names}
    short = {name for name in names if re.fullmatch(r"(p|f|ward|phuong)\d+|0\d+", name)}
    return sorted(names - twice - short - {own, ""})


if __name__ == "__main__":
    main()

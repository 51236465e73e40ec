"""The names of places, of today and before the reform of 2025, as they are looked up."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from handlers.place_text import COMMUNE_KINDS, Kind, take_apart

DATA = Path(__file__).parent / "data"

# What people call a province beside its name; by the name it stands for.
NICKNAMES = {
    "Hồ Chí Minh": ("hcm", "tphcm", "hcmc", "sg", "saigon", "tpsg"),
    "Hà Nội": ("hn", "tphn"),
    "Bà Rịa - Vũng Tàu": ("brvt",),
    "Huế": ("thuathienhue", "tthue"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A commune, ward or special zone of today; `code` is the statistics office's."""

    code: str
    name: str
    province_code: str
    province: str

    @property
    def full(self) -> str:
        """With its province: "Xã Đak Đoa, Gia Lai"."""
        return f"{self.name}, {self.province}"


class Name(NamedTuple):
    """One name that leads to places: today's own, a former commune's, or one older than that."""

    kind: Kind | None
    places: tuple[Place, ...]  # several after a split, the likeliest first
    via: str | None  # the former unit, None for today's name
    districts: frozenset[str]  # codes of the former districts in which it may be said to lie
    provinces: frozenset[str]  # and the provinces, former ones by their name
    sure: bool  # one successor, and known under this very name
    spelling: str  # without its kind, in small letters; empty where only the key is known


class District(NamedTuple):
    """A district that existed until 30 June 2025."""

    code: str
    name: str
    kind: Kind | None
    key: str
    provinces: frozenset[str]


class Names:
    """All names by their key. Built once, then only read."""

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        self.communes: dict[str, list[Name]] = defaultdict(list)
        self.districts: dict[str, list[District]] = defaultdict(list)
        self.provinces: dict[str, set[str]] = defaultdict(set)
        self.today: dict[str, str] = {}  # key of a province's name → code of today's province
        self.within: dict[str, set[str]] = defaultdict(set)  # place → codes of former districts
        self.successors: dict[str, tuple[Place, ...]] = {}  # former code → places
        self.parts: dict[str, dict[Place, None]] = defaultdict(dict)  # district → places, in order


def load(folder: Path = DATA) -> Names:
    """Read the tables. Raises OSError if one is missing."""
    names = Names()
    titles = _load_provinces(names, folder)
    for code, name, province in _rows(folder / "communes.tsv"):
        names.places[code] = Place(code, name, province, titles[province])
    districts = _load_districts(names, folder)
    formers = [*_rows(folder / "former_communes.tsv")]
    _load_formers(names, districts, formers)
    _load_today(names, districts)
    return names


def _rows(path: Path) -> Iterable[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows)
        yield from rows


def _load_provinces(names: Names, folder: Path) -> dict[str, str]:
    titles = {}
    for code, name in _rows(folder / "provinces.tsv"):
        titles[code] = name.removeprefix("Tỉnh ").replace("Thành phố ", "TP ")
        _call_province(names, name, code, code)
    return titles


def _call_province(names: Names, name: str, known_as: str, code: str) -> None:
    own = name.removeprefix("Tỉnh ").removeprefix("Thành phố ")
    for key in (take_apart(known).key for known in (name, *NICKNAMES.get(own, ()))):
        names.provinces[key].add(known_as)
        names.today.setdefault(key, code)


def _load_districts(names: Names, folder: Path) -> dict[str, District]:
    found = {}
    for code, name, former_province, province in _rows(folder / "districts.tsv"):
        _call_province(names, former_province, former_province, province)
        kind, key, _ = take_apart(name)
        provinces = frozenset({former_province, province})
        found[code] = District(code, name, kind, key, provinces)
        names.districts[key].append(found[code])
    return found


def _load_formers(names: Names, districts: dict[str, District], rows: Iterable[list[str]]) -> None:
    for code, name, district_code, heirs, older in rows:
        places = tuple(names.places[heir] for heir in heirs.split())
        district = districts.get(district_code)
        if code:
            names.successors[code] = places
        if district:
            for place in places:
                names.within[place.code].add(district.code)
            names.parts[district.code].update(dict.fromkeys(places))
        _call_former(names, name, places, district, older.split())


def _call_former(
    names: Names, name: str, places: tuple[Place, ...], district: District | None, older: list[str]
) -> None:
    kind, key, spelling = take_apart(name)
    if kind not in COMMUNE_KINDS:
        return  # an island district: it is known as a district
    via = f"{name}, {district.name[0].lower()}{district.name[1:]}" if district else name
    lies = frozenset({district.code} if district else ())
    provinces = district.provinces if district else frozenset({places[0].province_code})
    former = Name(kind, places, via, lies, provinces, len(places) == 1, spelling)
    names.communes[key].append(former)
    for other in older:
        merged = former._replace(kind=None, sure=False, spelling="")
        names.communes[take_apart(other).key].append(merged)


def _load_today(names: Names, districts: dict[str, District]) -> None:
    for place in names.places.values():
        kind, key, spelling = take_apart(place.name)
        lies = frozenset(names.within[place.code])
        provinces = {place.province_code}.union(*(districts[code].provinces for code in lies))
        names.communes[key].append(
            Name(kind, (place,), None, lies, frozenset(provinces), sure=True, spelling=spelling)
        )

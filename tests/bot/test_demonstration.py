"""The demonstration and a station never share their data."""

from pathlib import Path

import pytest

from bot.channels.channel import Update
from bot.processes import running
from bot.settings import Settings, SettingsRefused
from conversations.messages import Inbound
from storage.crypto import KeyFileRefused, new_ring, write_ring


def settings(folder: Path, *, demo: bool, **given: object) -> Settings:
    keys = {"data_keys_file": folder / "data.keys", "index_key_file": folder / "index.key"}
    if not keys["data_keys_file"].exists():
        write_ring(new_ring(), keys["data_keys_file"], keys["index_key_file"])
    url = f"sqlite:///{folder}/one.db"
    return Settings(demo=demo, port=0, database_url=url, _env_file=None, **keys, **given)  # type: ignore[arg-type]


def test_the_demonstration_has_files_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    demo, station = Settings(demo=True, _env_file=None), Settings(_env_file=None)
    assert demo.database_url == "sqlite:///var/demo/tramoi.db"
    assert demo.database_url != station.database_url
    assert demo.data_keys_file != station.data_keys_file
    assert demo.index_key_file != station.index_key_file


async def test_a_station_does_not_open_made_up_people(tmp_path: Path) -> None:
    async with running(settings(tmp_path, demo=True), work=False):
        pass
    with pytest.raises(SettingsRefused, match="holds the demonstration's made-up people"):
        async with running(settings(tmp_path, demo=False), work=False):
            pass


async def test_the_demonstration_does_not_open_a_stations_data(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match="tramoi unit add"):
        async with running(settings(tmp_path, demo=False), work=False):
            pass
    with pytest.raises(SettingsRefused, match="holds a station's data"):
        async with running(settings(tmp_path, demo=True), work=False):
            pass


async def test_other_keys_than_the_databases_own_are_refused(tmp_path: Path) -> None:
    mine = settings(tmp_path, demo=True)
    async with running(mine, work=False) as program:
        await program.turns(Update("web", "a", "1", Inbound(text="xin chào")))
    write_ring(new_ring(), mine.data_keys_file, mine.index_key_file)
    with pytest.raises(KeyFileRefused, match="not the keys of this database"):
        async with running(mine, work=False):
            pass

"""What is refused names the setting and says what to write."""

import os
import re
from pathlib import Path

import pytest

from bot.settings import SettingsRefused, read_settings


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.chdir(tmp_path)
    for name in read_settings().__class__.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"PORT": "high"}, "PORT: "),
        ({"PORT": "70000"}, "PORT: Input should be less than or equal to 65535"),
        ({"DEMO": "perhaps"}, "DEMO: "),
        ({"CHANNELS": "web,zalo"}, "CHANNELS: there is no channel 'zalo'; choose from: web, teleg"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL: write sqlite:///path/to/file.db or post"),
        ({"DATABASE_CONNECTIONS": "0"}, "DATABASE_CONNECTIONS: "),
        ({"PUBLIC_URL": "tram.example.vn"}, "PUBLIC_URL: write the address people open, such as"),
        ({"PUBLIC_URL": "https://"}, "PUBLIC_URL: write the address people open, such as"),
        ({"CHANNELS": "telegram"}, "TELEGRAM_TOKEN is needed (from BotFather)"),
        ({"TELEGRAM_RECEIVE": "guess"}, "TELEGRAM_RECEIVE: Input should be 'polling' or 'webhook'"),
        ({"TELEGRAM_PER_SECOND": "0"}, "TELEGRAM_PER_SECOND: "),
        ({"SMS_METHOD": "GET"}, "SMS_METHOD: Input should be 'POST' or 'PUT'"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL: "),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT: "),
        ({"DEMO": "1", "SMS_URL": "http://x"}, "DEMO=1 does not start beside SMS_URL"),
        ({"DEMO": "1", "TELEGRAM_TOKEN": "1:x"}, "DEMO=1 does not start beside TELEGRAM_TOKEN"),
        (
            {"DEMO": "1", "DATABASE_URL": "postgresql://x@y/z"},
            "DEMO=1 does not start beside DATABASE_URL (PostgreSQL)",
        ),
        (
            {"CHANNELS": "telegram", "TELEGRAM_TOKEN": "1:x", "TELEGRAM_RECEIVE": "webhook"},
            "TELEGRAM_RECEIVE=webhook needs TELEGRAM_SECRET (any 32 letters)",
        ),
        (
            {
                "CHANNELS": "telegram",
                "TELEGRAM_TOKEN": "1:x",
                "TELEGRAM_RECEIVE": "webhook",
                "TELEGRAM_SECRET": "x",
            },
            "TELEGRAM_RECEIVE=webhook needs PUBLIC_URL",
        ),
    ],
)
def test_a_wrong_setting(nothing_set: pytest.MonkeyPatch, given: dict[str, str], why: str) -> None:
    for name, value in given.items():
        nothing_set.setenv(name, value)
    with pytest.raises(SettingsRefused, match=re.escape(why)) as refused:
        read_settings()
    assert "1:x" not in str(refused.value)


def test_all_wrong_settings_are_named_at_once(nothing_set: pytest.MonkeyPatch) -> None:
    nothing_set.setenv("PORT", "x")
    nothing_set.setenv("DEMO", "x")
    with pytest.raises(SettingsRefused) as refused:
        read_settings()
    assert [line.split(":")[0] for line in str(refused.value).splitlines()] == ["DEMO", "PORT"]


def test_nothing_need_be_set() -> None:
    settings = read_settings()
    assert (settings.channels, settings.sqlite_path) == (("web",), "var/tramoi.db")
    assert (settings.demo, settings.host) == (False, "127.0.0.1")


def test_lists_are_written_with_commas(nothing_set: pytest.MonkeyPatch) -> None:
    nothing_set.setenv("CHANNELS", " web , telegram,")
    nothing_set.setenv("TELEGRAM_TOKEN", "1:x")
    nothing_set.setenv("SMS_PERMANENT", "101, 118")
    settings = read_settings()
    assert settings.channels == ("web", "telegram")
    assert settings.sms_permanent == {"101", "118"}


def test_the_example_can_be_used_as_it_stands(tmp_path: Path) -> None:
    """Every line of it without its mark, as somebody would who wants them all."""
    example = Path(__file__).parents[2] / ".env.example"
    lines = example.read_text(encoding="utf-8").splitlines()
    written = [line[2:] for line in lines if re.match(r"# [A-Z_]+=", line)]
    kept = [line for line in written if not line.startswith("CHANNELS")]
    Path(".env").write_text("\n".join(kept), encoding="utf-8")
    settings = read_settings()
    assert settings.sms_body == '{"to": "{phone}", "text": "{text}", "id": "{id}"}'
    assert settings.sms_headers == {"Authorization": "Bearer your-key"}
    assert settings.sqlite_path == "var/tramoi.db"
    assert not [name for name in os.environ if name.startswith("SMS_")]


def test_the_example_says_what_holds_without_it() -> None:
    """What is written there as a default is the default."""
    example = Path(__file__).parents[2] / ".env.example"
    defaults = read_settings()
    for name in ("HOST", "PORT", "DATABASE_URL", "DATABASE_CONNECTIONS", "STATION", "CHANNELS",
                 "DATA_KEYS_FILE", "INDEX_KEY_FILE", "TELEGRAM_RECEIVE", "SMS_METHOD", "SMS_BODY",
                 "LOG_LEVEL", "LOG_FORMAT", "TELEGRAM_PER_SECOND"):  # fmt: skip
        line = re.search(rf"^# {name}=(.*)$", example.read_text(encoding="utf-8"), re.MULTILINE)
        assert line
        held = getattr(defaults, name.lower())
        said = ",".join(held) if isinstance(held, tuple) else str(held).removesuffix(".0")
        assert line[1] == said

"""Words that steer, and names that look like them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.commands import command
from conversations.messages import Inbound

COMMANDS = {"cancel", "back", "menu", "human", "language", "help", "again"}


def said(text: str, *, free: bool) -> str | None:
    return command(Inbound(text), free=free)


@pytest.mark.parametrize("free", [False, True])
@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("hủy", "cancel"), ("huỷ", "cancel"), ("HỦY", "cancel"), ("Hủy.", "cancel"),
        ("hủy bỏ", "cancel"), ("huy bo", "cancel"), ("/huy", "cancel"), ("/cancel", "cancel"),
        ("/stop", "cancel"), ("quay lại", "back"), ("quay lai", "back"), ("QUAY LẠI!", "back"),
        ("  quay   lại ", "back"), ("huỷ bo", "cancel"), ("/quaylai", "back"),
        ("menu", "menu"), ("/start", "menu"),
        ("/start registration", "menu"), ("/start@tram_oi_bot", "menu"), ("/MENU", "menu"),
        ("gặp cán bộ", "human"), ("gap can bo", "human"), ("đổi ngôn ngữ", "language"),
        ("/en", "language"), ("trợ giúp", "help"), ("/help", "help"),
        ("nhắc lại câu hỏi", "again"), (unicodedata.normalize("NFD", "hủy"), "cancel"),
        ("\u202ahủy\u202c", "cancel"),
    ],
)  # fmt: skip
def test_a_command_is_one_everywhere(text: str, meant: str, *, free: bool) -> None:
    assert said(text, free=free) == meant


@pytest.mark.parametrize("name", ["Huy", "huy", "HUY", "Huy.", "hụy"])
def test_the_given_name_huy_is_an_answer_where_a_text_is_asked(name: str) -> None:
    assert said(name, free=True) is None
    assert said(name, free=False) == "cancel"


@pytest.mark.parametrize(
    "text",
    [
        "Nguyễn Văn Huy", "Trần Huy", "Huy Bò", "Huy Bộ", "Dung Lài", "Đinh Menu",
        "", " ", "!", ".", "/", "/khonggi",
        "tôi muốn hủy đăng ký", "quay lại đây", "không", "😀", "huyện",
    ],
)  # fmt: skip
def test_an_answer_is_no_command(text: str) -> None:
    assert said(text, free=True) is None


@pytest.mark.parametrize("meant", sorted(COMMANDS))
def test_every_command_has_a_button(meant: str) -> None:
    assert command(Inbound("anything", button=f"!{meant}"), free=True) == meant


@pytest.mark.parametrize("button", ["", "!", "!no", "hủy", "cancel", "name=!"])
def test_another_button_is_no_command(button: str) -> None:
    assert command(Inbound("hủy", button=button), free=True) is None


@given(st.text(st.characters(exclude_categories=())), st.booleans())
def test_any_text_is_a_command_or_none(text: str, free: bool) -> None:
    assert said(text, free=free) in {None, *COMMANDS}

"""What the people of the bench write: whole households, with an error now and then.

Nobody here exists: the names are made of syllables by number, the phones are 0900 000 0xx.
"""

import json
from dataclasses import dataclass
from itertools import cycle, islice

SURNAMES = (
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ",
    "Ngô", "Dương", "Lý", "Rơ", "Siu", "Ksor",
)  # fmt: skip
MIDDLES = ("Văn", "Thị", "Đức", "Minh", "Ngọc", "Thu", "Quang", "Hữu", "Kim", "Hồng")
GIVEN = (
    "An", "Bình", "Chi", "Giang", "Hà", "Hải", "Hạnh", "Hoa", "Hùng", "Hương", "Khánh", "Lan",
    "Lâm", "Linh", "Long", "Mai", "Nam", "Nhung", "Phong", "Phúc", "Quân", "Quỳnh", "Sơn", "Tâm",
    "Thảo", "Thắng", "Trang", "Trung", "Tuấn", "Uyên", "Vân", "Việt", "Xuân", "Yến",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One message: words, a button (its callback data), or the shared number."""

    text: str | None = None
    press: str | None = None
    contact: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """What one chat writes from its first word to its last, and how many people it registers."""

    name: str
    steps: tuple[Step, ...]
    people: int


def _says(*words: str) -> tuple[Step, ...]:
    """`[x]` is the button with the value x, `#` the shared number, all else is written."""
    return tuple(
        Step(contact=True)
        if word == "#"
        else Step(press=word[1:-1])
        if word.startswith("[")
        else Step(text=word)
        for word in words
    )


SCRIPTS = (
    Script(
        "a family of three, straight on",
        _says(
            "đăng ký", "[agree]", "[whom=myself]", "{grown}", "không có", "thị trấn Đak Đoa",
            "làm nông", "#", "[send]",
            "[do=registration.child]", "{child}", "không có", "[send]",
            "[do=registration.spouse]", "{grown}", "không có", "công nhân", "[send]",
        ),
        3,
    ),
    Script(
        "a family of two, with errors",
        _says(
            "cho em hỏi đăng ký tiêm ở đâu", "đồng ý", "cho tôi", "{name}", "29/02/2023",
            "{born}", "12345", "không có", "xa dak doa", "trạm mấy giờ mở cửa vậy",
            "[priority_group=13]", "123", "#", "[change]", "[change=commune]", "xã Kon Gang",
            "gửi",
            "[do=registration.parent]", "{old}", "[id_number=none]", "[send]",
        ),
        2,
    ),
    Script(
        "one person, then a look at it",
        _says(
            "/start", "dang ky tiem cho minh", "1", "1", "{grown}", "không có", "xã Ia Băng", "1",
            "giáo viên", "#", "[send]", "đăng ký của tôi", "[act=done]",
        ),
        1,
    ),
)  # fmt: skip


def replies_of_stock() -> list[list[int]]:
    """How many messages the library's own version of the dialog says to each."""
    return [[1 + (step.press == "send") for step in script.steps] for script in SCRIPTS]


class Person:
    """One chat and its script. Numbers are all that tells one person from another."""

    def __init__(self, number: int, script: Script) -> None:
        self.number, self.script, self.at = number, script, 0
        self.chat = len(SCRIPTS) * 1_000_000 + number

    @property
    def ended(self) -> bool:
        """Whether everything is said."""
        return self.at == len(self.script.steps)

    def next_update(self, update_id: int) -> bytes:
        """The next message as Telegram delivers it."""
        step = self.script.steps[self.at]
        sender = {"id": self.chat, "is_bot": False, "first_name": "An", "language_code": "vi"}
        chat = {"id": self.chat, "type": "private", "first_name": "An"}
        message = {"message_id": self.at * 2 + 1, "date": 1_795_000_000, "chat": chat}
        if step.press is not None:
            bot = {"id": 4242, "is_bot": True, "first_name": "Trạm Ơi", "username": "TramOiBot"}
            shown = {**message, "from": bot, "text": "…"}
            query = {"id": str(update_id), "from": sender, "chat_instance": str(self.chat)}
            pressed = {**query, "message": shown, "data": step.press}
            return _json({"update_id": update_id, "callback_query": pressed})
        said = {"contact": self._contact()} if step.contact else {"text": self._words(step)}
        return _json({"update_id": update_id, "message": {**message, "from": sender, **said}})

    def _contact(self) -> dict[str, object]:
        phone = f"84900000{self.number % 100:03d}"
        return {"phone_number": phone, "first_name": "An", "user_id": self.chat}

    def _words(self, step: Step) -> str:
        return (step.text or "").format_map(
            {
                "name": self._name(),
                "born": self._born(1965, 35),
                "grown": f"{self._name()}, {self._born(1965, 35)}",
                "child": f"{self._name()} {self._born(2010, 12)}",
                "old": f"{self._name()} {self._born(1930, 25)}",
            }
        )

    def _name(self) -> str:
        """Another one for every person and line."""
        number = self.number * 31 + self.at * 7
        rest, surname = divmod(number, len(SURNAMES))
        rest, middle = divmod(rest, len(MIDDLES))
        return f"{SURNAMES[surname]} {MIDDLES[middle]} {GIVEN[rest % len(GIVEN)]}"

    def _born(self, first: int, years: int) -> str:
        number = self.number * 13 + self.at
        return f"{number % 28 + 1}/{number // 28 % 12 + 1}/{first + number // 336 % years}"


def people(count: int, first: int = 0) -> list[Person]:
    """Persons with one script after the other."""
    scripts = islice(cycle(SCRIPTS), first % len(SCRIPTS), None)
    return [Person(first + n, script) for n, script in zip(range(count), scripts, strict=False)]


def _json(update: object) -> bytes:
    return json.dumps(update, ensure_ascii=False).encode()

"""What goes wrong at Telegram, planned call by call."""

from dataclasses import dataclass, field

from tests.standins.telegram_rules import Params, Refused


@dataclass
class Fault:
    """What goes wrong with the next calls; with `done` they are carried out all the same."""

    method: str
    times: int = 1
    chat: int | None = None
    answer: Refused | None = None
    hangs: bool = False
    skip: int = 0
    done: bool = False


@dataclass
class Faults:
    """All that is planned, in the order it was planned."""

    planned: list[Fault] = field(default_factory=list)

    def next(self, method: str, params: Params) -> Fault | None:
        """The fault that meets this call, if any."""
        for fault in self.planned:
            anyone = fault.chat is None or str(fault.chat) == str(params.get("chat_id"))
            if fault.method != method or not anyone:
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            if fault.times == 0:
                self.planned.remove(fault)
            return fault
        return None

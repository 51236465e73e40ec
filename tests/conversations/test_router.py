"""Who hears a message: urgent words, commands, the running dialog, intents, the menu."""

import copy
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wiring import router
from conversations import consent, station
from conversations.messages import Choice, Contact, Inbound, Memory, Outbound, Session, Turn
from conversations.router import offers
from tests.conversations.scene import NOW, PERSON, context, through_json

ROUTER = router()
NOTHING = Memory(heard_at=NOW)
VIETNAMESE = context("vi")
AGREED = {"registration": consent.TEXT.version}


def at(
    asking: str, *, answers: dict[str, str] | None = None, dialog: str = "registration"
) -> Memory:
    kept = PERSON if answers is None else answers
    return Memory(Session(dialog, 1, kept, asking=asking), consents=AGREED, heard_at=NOW)


def place(session: Session | None) -> object:
    return session and (session.dialog, session.asking, session.answers)


def hear(said: str | Inbound, memory: Memory = NOTHING) -> Turn:
    said = Inbound(said) if isinstance(said, str) else said
    return ROUTER.hear(memory, said, VIETNAMESE)


def words(turn: Turn) -> list[str]:
    return [VIETNAMESE.say(reply.text) for reply in turn.replies]


URGENT = VIETNAMESE.say(station.URGENT)
ASKED_NAME = at("full_name", answers={"whom": "myself"})


# --- danger ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "memory",
    [NOTHING, ASKED_NAME, at("history"), at("?send"), at("?code"), at("agree", dialog="consent")],
    ids=["none", "name", "history", "summary", "code", "consent"],
)
@pytest.mark.parametrize("text", ["con tôi khó thở quá", "be dang co giat", "chồng tôi bị ngất"])
def test_danger_goes_before_everything_once_and_then_the_question_again(
    memory: Memory, text: str
) -> None:
    turn = hear(text, memory)
    assert words(turn)[0] == URGENT
    assert words(turn).count(URGENT) == 1
    assert turn.replies[0].choices == ()
    assert place(turn.session) == place(memory.session)
    assert len(turn.replies) == (2 if memory.session else 1)


def test_danger_that_was_forwarded_is_nobody_s_danger() -> None:
    turn = hear(Inbound("con tôi khó thở quá", forwarded=True))
    assert URGENT not in words(turn)


# --- what is no text -------------------------------------------------------------------------


@pytest.mark.parametrize("memory", [NOTHING, ASKED_NAME, at("?send")], ids=["none", "name", "end"])
@pytest.mark.parametrize(
    "said",
    [
        Inbound(other="photo"), Inbound(other="sticker"), Inbound(other="voice"),
        Inbound(other="video"), Inbound(other="location"), Inbound(other="file"),
        Inbound(other="edited"), Inbound(other="unknown"), Inbound(problem="too_large"),
        Inbound(problem="not_an_image"), Inbound(problem="too_many_pixels"),
        Inbound(problem="never heard of"), Inbound("đăng ký", forwarded=True),
        Inbound(), Inbound(" "),
    ],
    ids=lambda said: said.other or said.problem or "text",
)  # fmt: skip
def test_what_cannot_be_read_gets_a_sentence_and_changes_nothing(
    said: Inbound, memory: Memory
) -> None:
    turn = hear(said, memory)
    assert all(words(turn))
    assert turn.session == memory.session
    assert turn.request is None


def test_a_picture_with_words_is_its_words() -> None:
    assert hear(Inbound("hủy", other="photo"), ASKED_NAME).session is None


def test_a_number_shared_at_a_wrong_moment_is_no_intent() -> None:
    shared = Inbound(contact=Contact("+84900000001", proven=True))
    assert hear(shared).session is None
    assert words(hear(shared))
    turn = hear(shared, ASKED_NAME)
    assert turn.session == ASKED_NAME.session


# --- commands --------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["/huy", "hủy", "quay lại", "menu", "/start"])
def test_a_command_without_a_dialog_shows_the_menu(text: str) -> None:
    turn = hear(text)
    assert turn.session is None
    assert "do=register" in [choice.value for choice in turn.replies[-1].choices]


def test_the_menu_in_a_dialog_asks_whether_to_go_on() -> None:
    turn = hear("menu", ASKED_NAME)
    assert turn.session
    assert turn.session.asking == "?resume"
    assert turn.session.answers == {"whom": "myself"}


@pytest.mark.parametrize("text", ["gặp cán bộ", "trợ giúp", "đổi ngôn ngữ", "nhắc lại câu hỏi"])
def test_help_and_staff_are_answered_beside_the_dialog(text: str) -> None:
    turn = hear(text, ASKED_NAME)
    assert turn.session == ASKED_NAME.session
    assert words(turn)


@pytest.mark.parametrize(("text", "locale"), [("/en", "en"), ("/vi", "vi")])
def test_the_language_changes_and_the_dialog_stays(text: str, locale: str) -> None:
    turn = hear(text, ASKED_NAME)
    assert (turn.locale, turn.session) == (locale, ASKED_NAME.session)
    after = ROUTER.after_language(turn, context(locale))
    assert len(after.replies) == len(turn.replies) + 1


@pytest.mark.parametrize("name", ["Huy", "Trần Quang Huy", "Nguyễn Văn Huy"])
def test_a_person_named_huy_can_be_registered(name: str) -> None:
    turn = hear(name, ASKED_NAME)
    assert turn.session
    assert name in (turn.session.answers.get("full_name"), turn.session.doubtful)


# --- consent ---------------------------------------------------------------------------------


def test_no_personal_question_before_a_yes() -> None:
    turn = hear("đăng ký tiêm")
    assert turn.session
    assert (turn.session.dialog, turn.request) == ("consent", None)


def test_a_yes_to_another_text_is_asked_again() -> None:
    older = replace(NOTHING, consents={"registration": "1999-01-01"})
    turn = hear(Inbound(button="do=register"), older)
    assert turn.session
    assert turn.session.dialog == "consent"


def test_who_has_agreed_goes_on_at_once() -> None:
    turn = hear("đăng ký tiêm", replace(NOTHING, consents=AGREED))
    assert turn.session
    assert turn.session.dialog == "registration"


@pytest.mark.parametrize("button", ["do=consent", "do=consent.x", "do=consent.consent"])
@pytest.mark.parametrize("memory", [NOTHING, ASKED_NAME], ids=["none", "name"])
def test_nobody_begins_with_consent(button: str, memory: Memory) -> None:
    turn = hear(Inbound(button=button), memory)
    assert place(turn.session) == place(memory.session)
    assert words(turn)


@pytest.mark.parametrize("said", ["", "…", "hmm", "tại sao", "đăng ký", "2"])
def test_silence_is_no_consent(said: str) -> None:
    turn = hear(said, replace(at("agree", answers={}, dialog="consent"), consents={}))
    assert turn.request is None
    assert not turn.agreed


# --- what was offered ------------------------------------------------------------------------

OFFERED = Outbound(
    "?", (Choice("do=mine", "Xem đăng ký"), Choice("send", "Gửi"), Choice("do=help", "Trợ giúp", 9))
)


def test_offers_are_the_buttons_of_no_dialog_by_number_and_by_words() -> None:
    assert offers(OFFERED, VIETNAMESE) == {
        "1": "do=mine", "9": "do=help", "xem dang ky": "do=mine", "tro giup": "do=help",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["1", " 1. ", "Xem đăng ký", "xem dang ky!"])
def test_a_button_that_was_offered_can_be_typed(text: str) -> None:
    memory = replace(NOTHING, offers=offers(OFFERED, VIETNAMESE))
    assert hear(text, memory) == hear(Inbound(button="do=mine"), NOTHING)


def test_a_number_means_nothing_where_nothing_was_offered() -> None:
    assert hear("1").session is None


# --- another wish in the middle --------------------------------------------------------------


def test_a_wish_that_is_no_answer_is_answered_and_the_question_stays() -> None:
    memory = at("whom", answers={})
    turn = hear("cho tôi xin số điện thoại của trạm", memory)
    assert STATION_PHONE in "".join(words(turn))
    assert turn.session == memory.session


def test_registering_anew_in_the_middle_asks_whether_to_go_on() -> None:
    turn = hear(Inbound(button="do=registration.child"), ASKED_NAME)
    assert turn.session
    assert turn.session.asking == "?resume"
    assert turn.session.answers == {"whom": "myself"}


def test_after_an_hour_a_text_that_is_no_answer_asks_whether_to_go_on() -> None:
    memory = replace(at("whom", answers={}), heard_at=NOW - timedelta(hours=2))
    turn = hear("ừm thì", memory)
    assert turn.session
    assert turn.session.asking == "?resume"


def test_a_session_of_a_dialog_that_is_gone_is_let_go() -> None:
    memory = Memory(Session("never heard of", 1, asking="x"), heard_at=NOW)
    assert hear("xin chào", memory) == hear("xin chào")


STATION_PHONE = "0900 000 099"

# --- properties ------------------------------------------------------------------------------

KEYS = ("whom", "full_name", "born", "id_number", "commune", "phone", "history", "note", "?change",
        "?resume", "?code")  # fmt: skip
MEMORIES = st.sampled_from([NOTHING, at("agree", dialog="consent"), *(at(key) for key in KEYS)])
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=40),
    st.sampled_from(["1", "2", "có", "không", "đăng ký", "hủy", "khó thở", "mẹ", "xem chứng nhận",
                     "/start", "/en", "đổi ngôn ngữ", "0900 000 001", "a" * 5000]),
)  # fmt: skip
BUTTONS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["do=", "do=.", "do=register", "do=registration.", "do=registration.change:x",
                     "do=mine.x", "do=menu", "do=language.xx", "do=nothing", "!cancel", "agree",
                     "more", "no", "send", "change=born"]),
)  # fmt: skip
ANYTHING = st.one_of(
    st.builds(Inbound, TEXTS, forwarded=st.booleans()),
    st.builds(Inbound, button=BUTTONS),
    st.builds(Inbound, contact=st.builds(Contact, st.text(max_size=15), st.booleans())),
)


@given(memory=MEMORIES, said=ANYTHING)
def test_whatever_is_said_is_heard_purely_and_answered(memory: Memory, said: Inbound) -> None:
    untouched = copy.deepcopy(memory)
    turn = hear(said, memory)
    assert memory == untouched
    assert hear(copy.deepcopy(said), copy.deepcopy(memory)) == turn
    assert turn.replies or turn.request is not None
    for reply in turn.replies:
        assert VIETNAMESE.say(reply.text).strip()
    if turn.session:
        assert through_json(turn.session) == turn.session

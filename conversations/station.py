"""What is answered at once, without a dialog: danger signs, the station's number, help."""

from conversations.messages import Choice, Context, Outbound
from conversations.text import Said, Text, lines

URGENT = Text(
    "If there is trouble breathing, blue lips, convulsions or fainting: call 115 now,"
    " or go to the nearest health facility. Do not wait for messages."
)
STATION = Text("{station}: phone {hotline}, {address}.")
ANSWERS: dict[str, tuple[Text, ...]] = {
    "certificate": (
        Text("The certificate cannot be shown in this chat yet."),
        Text("Meanwhile the station prints it: bring the paper slip and an ID paper."),
    ),
    "complain": (
        Text("Mistakes in the record cannot be reported in this chat yet."),
        Text(
            "Meanwhile keep the paper slip and photograph it:"
            " the station corrects the record from it."
        ),
    ),
    "complaint_status": (
        Text("The state of a complaint cannot be seen in this chat yet."),
        Text("Please have its number at hand when you call the station."),
    ),
    "contacts": (Text("The station answers in working hours."),),
    "human": (
        Text("A person at the station can help on the phone."),
        Text("If nobody picks up, call again later, or come by in working hours."),
    ),
    "staff": (
        Text("The staff's side is not open in this chat yet."),
        Text("Please use the list at the station meanwhile."),
    ),
    "privacy": (
        Text("Kept here: what you registered, and that you agreed. Chat messages go after 7 days."),
        Text("To see, correct or delete it, call the station or come by with an ID paper."),
    ),
    "stop": (Text("All right. The station only writes when there is news of your registration."),),
}
HELP = Text(
    "Here you can register for vaccination and follow your registrations. Tap a choice, or just"
    " write what you need. “Quay lại” goes one question back, “hủy” stops."
)
MENU = Text("This is {station}. What do you need?")
NOT_UNDERSTOOD = Text("The station did not quite understand. What do you need?")
USED_BUTTON = Text("That button has done its work already. What else do you need?")
DO_YOU_MEAN = Text("Which of these do you mean?")
ELSE = Text("Something else")
LABELS: dict[str, Text] = {
    "register": Text("Register"),
    "registration_status": Text("My registrations"),
    "cancel_registration": Text("Take off the list"),
    "certificate": Text("See the certificate"),
    "complain": Text("Report a mistake"),
    "complaint_status": Text("My reports"),
    "contacts": Text("Phone and address"),
    "human": Text("Talk to staff"),
    "staff": Text("I work here"),
    "privacy": Text("My data"),
    "help": Text("What can I do here?"),
    "language": Text("English / Tiếng Việt"),
    "stop": Text("Stop"),
    "emergency": Text("It is an emergency"),
}
ON_THE_MENU = ("register", "registration_status", "certificate", "complain", "human", "language")
BUSY = Text("Something went wrong here, code {incident}. Nothing you wrote is lost.")
BUSY_ALONE = Text("Please write it once more, or call the station {hotline}.")
EXPIRED = Text(
    "24 hours have passed, so the half-filled form was deleted to keep your data safe."
    " Write “đăng ký” to start again."
)
CHANGE_EXPIRED = Text(
    "24 hours have passed, so the change that was not sent is dropped. The registration stays as it"
    " was."
)
ATTACHMENTS: dict[str, Text] = {
    "too_large": Text("That file is too large. Please send a picture under 10 MB."),
    "not_an_image": Text("That file is not a picture. Please photograph it and send the picture."),
    "too_many_pixels": Text("That picture is too large. Please take it in normal size."),
    "photo": Text("Thank you, but no picture is needed here. Please type the answer."),
    "edited": Text("Changed messages are not read again. Please send it as a new message."),
    "forwarded": Text("Forwarded messages are not taken as answers. Please type it yourself."),
}
ONLY_TEXT = Text("The station can only read text here. Please type what you need.")
LANGUAGES = (Choice("do=language.vi", "Tiếng Việt", 1), Choice("do=language.en", "English", 2))
WHICH_LANGUAGE = Text("Which language?")
THIS_LANGUAGE = Text("The station now writes in English.")


def answer(intent: str, context: Context) -> Outbound:
    """The fixed answer to an intent that has no dialog yet, with the station's number."""
    station = context.station
    where = STATION.of(station=station.name, hotline=station.hotline, address=station.address)
    said = ANSWERS.get(intent, ())
    return Outbound(lines(*said, where)) if intent != "stop" else Outbound(lines(*said))


def menu(context: Context, first: Said | None = None) -> Outbound:
    """What can be done here."""
    said = first or MENU.of(station=context.station.name)
    return Outbound(said, tuple(choice(intent) for intent in ON_THE_MENU))


def choice(intent: str) -> Choice:
    """The button of an intent."""
    return Choice(f"do={intent}", LABELS[intent])

"""The sentences and lists of a registration: refusals by code, and the names of options."""

from conversations.text import Text

NAME_PROBLEMS = {
    "name_empty": Text("Please write the full name, for example Nguyễn Văn An."),
    "name_too_long": Text("That is too long for a name. Please write the full name only."),
    "name_has_digits": Text("A name has no digits in it. Please write the full name once more."),
    "name_has_signs": Text("Please write the name with letters only, as on the papers."),
}
DATE_PROBLEMS = {
    "not_a_date": Text("The station could not read that date. Day, month, year: 31/12/1990"),
    "no_such_day": Text("There is no such day in the calendar. Please check: day/month/year."),
    "month_first": Text("Please write the day first, then the month: 31/12/1990"),
    "year_has_two_digits": Text("Please write the year with four digits, for example 31/12/1990."),
    "born_in_future": Text("That day has not come yet. Please check the year."),
    "day_in_future": Text("That day has not come yet. Please check the year."),
    "day_is_past": Text("That day is past. Please choose today or later."),
    "born_too_long_ago": Text("The year {year} is too long ago. Please check the year of birth."),
}
PHONE_PROBLEMS = {
    "not_a_phone": Text("Please write a mobile number, for example 0900 000 002."),
    "not_a_mobile": Text("That is no mobile number of Viet Nam. Example: 0900 000 002"),
    "phone_length": Text(
        "A mobile number has 10 digits; this one has {digits}. Example: 0900 000 002"
    ),
    "phone_is_landline": Text(
        "That is a landline, which cannot get messages. Is there a mobile number in the house?"
    ),
    "phone_from_abroad": Text("The station can only message numbers of Viet Nam (+84)."),
}
ID_PROBLEMS = {
    "id_length": Text(
        "This number has {digits} digits. A citizen number has 12, an old ID card 9."
        " Please look at the card once more."
    ),
    "id_required": Text(
        "Here a number is needed to be vaccinated. If there is none, write “gặp cán bộ”:"
        " the station will help."
    ),
    "not_an_id": Text("Please write the citizen number (12 digits), the old ID card or passport."),
}
WRITTEN = {
    "nothing_written": Text("Please write it in a few words."),
    "too_long": Text("That is too long. Please write it in {most} letters at most."),
}
PLACE_PROBLEMS = {
    "not_found": Text(
        "The station could not find that commune. Please write commune and province,"
        " for example: xã Đak Đoa, Gia Lai"
    )
}

WHOM = {
    "myself": Text("For me"),
    "child": Text("My child"),
    "spouse": Text("Wife or husband"),
    "parent": Text("Father or mother"),
    "grandparent": Text("Grandparent"),
    "other": Text("Someone else"),
}
WHOM_SPOKEN = {
    "myself": ("toi", "cho toi", "ban than", "minh", "em", "me", "myself", "for me"),
    "child": ("con", "con toi", "chau", "be", "con trai", "con gai", "child", "my child"),
    "spouse": ("vo", "chong", "vo toi", "chong toi", "wife", "husband"),
    "parent": ("cha", "me toi", "bo", "ba toi", "bo me", "cha me", "me", "ma", "mother", "father"),
    "grandparent": ("ong", "ong ba", "ong noi", "ba noi", "ong ngoai", "ba ngoai"),
    "other": ("nguoi khac", "hang xom", "anh", "chi", "ban"),
}
GROUP_NAMES = {
    "1": Text("Works in health care"),
    "2": Text("Takes part in epidemic control"),
    "3": Text("Army"),
    "4": Text("Police"),
    "5": Text("Diplomat, consulate, international organisation"),
    "6": Text("Customs, immigration"),
    "7": Text("Essential services: transport, tourism, power, water"),
    "8": Text("Teacher, pupil, student; office that receives many people"),
    "9": Text("Chronic illness, or 65 and older"),
    "10": Text("Lives in an epidemic area"),
    "11": Text("Poor household, social policy"),
    "12": Text("Sent abroad for work or study; foreign expert"),
    "13": Text("Worker in a company or an essential business"),
    "14": Text("Clergy"),
    "15": Text("Freelance work, farming"),
    "16": Text("Another group decided by the province"),
}
COMMON_GROUPS = ("8", "9", "11", "13", "15")
PHONE_OF = {
    "own": Text("The person's own"),
    "relative": Text("A relative's"),
    "officer": Text("A village or commune officer's"),
}
HISTORY_NAMES = {
    "none": Text("Nothing of these"),
    "anaphylaxis": Text("Severe allergic shock before"),
    "covid": Text("COVID-19 in the last 6 months"),
    "other_vaccine": Text("Another vaccine in the last 14 days"),
    "immune": Text("Weak immune system, late cancer, no spleen, bad cirrhosis"),
    "suppressants": Text("Takes immune suppressants, or in chemo or radiotherapy"),
    "acute": Text("Ill at the moment"),
    "progressive": Text("Long illness that is getting worse"),
    "chronic": Text("Long illness, well treated"),
    "pregnant": Text("Pregnant or breastfeeding"),
    "clotting": Text("Bleeds easily, or takes blood thinners"),
    "allergy": Text("Allergies"),
}

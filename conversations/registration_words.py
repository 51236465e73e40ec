"""The sentences and lists of a registration: refusals by code, and the names of options."""

import re

from conversations.ask import said_as
from conversations.text import Text
from handlers.vietnamese import clean

NAME_PROBLEMS = {
    "name_empty": Text("Please write the full name, for example Nguyễn Văn An."),
    "name_too_long": Text("That is too long for a name. Please write the full name only."),
    "name_has_digits": Text("A name has no digits in it. Please write the full name once more."),
    "wish": Text("Is this the full name: {answer}?"),
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

KINH_SURNAMES = frozenset(
    {
        "nguyễn", "trần", "lê", "phạm", "huỳnh", "hoàng", "vũ", "võ", "đặng", "bùi", "đỗ", "hồ",
        "ngô", "dương", "lý", "đinh", "trương", "lương", "phan", "tô", "lâm", "cao", "hà", "đoàn",
        "thái", "tạ", "châu", "quách", "lưu", "mạc", "thạch", "trịnh", "đào", "tống", "nghiêm",
        "kiều", "vương", "đàm", "phùng", "giang", "triệu", "hứa",
    }
)  # fmt: skip
SURNAMES = KINH_SURNAMES | {
    "siu", "ksor", "rmah", "rơ", "rah", "kpă", "kpuih", "puih", "rcom", "hiao", "ralan", "rochom",
    "romah", "ayun", "niê", "mlô", "êban",
}  # fmt: skip
"""First words of names, of the Kinh and of the peoples of the highlands."""
BARE_SURNAMES = frozenset(
    {
        "nguyen", "tran", "le", "pham", "huynh", "hoang", "bui", "ngo", "duong", "dinh", "truong",
        "luong", "phan", "trinh", "quach", "phung", "trieu", "siu", "ksor", "rmah", "rah", "kpa",
    }
)  # fmt: skip
"""The same without marks, where they are no other word ("vo toi" is a wife, not a Võ)."""
NAME_WORDS = 6  # longer names are rare, sentences are not


def is_like_a_name(typed: str) -> bool:
    """Whether words begin like a name, or each has a capital: then they are no wish."""
    typed = clean(typed)
    words = typed.split()
    if not 1 < len(words) <= NAME_WORDS:
        return False
    known = BARE_SURNAMES if typed.isascii() else SURNAMES
    return words[0].casefold() in known or all(word[0].isupper() for word in words)


WHOM_PROBLEMS = {
    "not_in_list": Text(
        "One person at a time; the others come afterwards. Please tap a choice, or type its number."
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
    "myself": ("tôi", "tui", "bản thân", "mình", "em", "me", "myself", "tôi tiêm", "chính tôi"),
    "child": (
        "con", "con tôi", "con em", "con mình", "cháu", "bé", "bé nhà tôi", "con trai", "con gái",
        "con trai tôi", "con gái tôi", "con nhỏ", "các con", "child", "son", "daughter",
    ),
    "spouse": (
        "vợ", "chồng", "vợ tôi", "chồng tôi", "vợ em", "chồng em", "ông xã", "bà xã", "nhà tôi",
        "wife", "husband",
    ),
    "parent": (
        "cha", "mẹ", "ba", "má", "bố", "tía", "u", "cha tôi", "mẹ tôi", "ba tôi", "má tôi",
        "bố tôi", "mẹ em", "ba em", "bố em", "má em", "bố mẹ", "ba mẹ", "cha mẹ", "ba má",
        "mẹ vợ", "mẹ chồng", "bố vợ", "bố chồng", "cha vợ", "cha chồng", "ba vợ", "ba chồng",
        "mother", "father", "parents", "mum", "dad",
    ),
    "grandparent": (
        "ông", "bà", "ông bà", "ông nội", "bà nội", "ông ngoại", "bà ngoại", "ông tôi", "bà tôi",
        "nội", "ngoại", "grandmother", "grandfather", "grandma", "grandpa",
    ),
    "other": (
        "người khác", "hàng xóm", "người quen", "bạn", "bạn tôi", "anh", "chị", "anh tôi",
        "chị tôi", "anh trai", "chị gái", "em tôi", "em trai", "em gái", "cô", "chú", "bác", "dì",
        "cậu", "cháu tôi", "someone else", "friend", "neighbour",
    ),
}  # fmt: skip
_FOR = re.compile(r".*\bcho\s+(?P<whom>.+)|.*\bfor\s+(?P<who>.+)", re.DOTALL)


def whom_in(text: str) -> str | None:
    """Who is meant in "đăng ký tiêm cho mẹ tôi"; None where it is not sure."""
    found = _FOR.fullmatch(clean(text).casefold())
    meant = said_as(found["whom"] or found["who"], WHOM_SPOKEN) if found else ()
    return meant[0] if len(meant) == 1 else None


NO_ID = (
    "không", "không có", "ko", "k", "hông", "no", "none", "ko có", "k có", "kg có", "hông có",
    "hổng có", "chưa có", "chưa làm", "không có số", "ko có số", "không có giấy tờ", "mất rồi",
    "không có căn cước", "chưa có căn cước", "chưa làm căn cước", "không có cccd", "không nhớ",
    "không nhớ số", "bị mất", "để sau", "bỏ qua", "chưa", "không mang theo", "i have none",
    "don't have", "i don't have one",
)  # fmt: skip
NO_PHONE = (
    "không", "không có", "ko", "k", "hông", "no", "none", "ko có", "k có", "hông có", "hổng có",
    "không có điện thoại", "ko có điện thoại", "k có điện thoại", "không có số", "không có đt",
    "không dùng điện thoại", "nhà không có điện thoại", "nhà tôi không có điện thoại",
    "không có máy", "không có di động", "no phone", "i have no phone",
)  # fmt: skip
NOT_KNOWN = (
    "không nhớ", "không biết", "ko nhớ", "k nhớ", "ko biết", "quên", "quên rồi", "quên mất",
    "không rõ", "hông nhớ", "hổng nhớ", "mất phiếu", "không có", "i don't know", "forgot",
)  # fmt: skip
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
GROUP_SPOKEN = {
    "1": (
        "bác sĩ", "y tá", "điều dưỡng", "y sĩ", "dược sĩ", "hộ sinh", "y tế thôn", "nhân viên y tế",
        "doctor", "nurse",
    ),
    "2": ("dân quân", "tổ covid", "chống dịch", "tình nguyện viên"),
    "3": ("bộ đội", "quân nhân", "lính", "đi lính", "soldier"),
    "4": ("công an", "cảnh sát", "police"),
    "7": (
        "lái xe", "tài xế", "lái taxi", "xe khách", "lái xe tải", "shipper", "giao hàng",
        "thợ điện", "hướng dẫn viên", "driver",
    ),
    "8": (
        "giáo viên", "học sinh", "sinh viên", "thầy giáo", "cô giáo", "đi dạy", "dạy học",
        "đi học", "công chức", "viên chức", "cán bộ", "cán bộ xã", "teacher", "student", "pupil",
    ),
    "9": (
        "tiểu đường", "đái tháo đường", "huyết áp", "cao huyết áp", "tăng huyết áp", "bệnh tim",
        "bệnh nền", "hen", "hen suyễn", "ung thư", "bệnh thận", "bệnh phổi", "người già", "già",
    ),
    "11": ("hộ nghèo", "nghèo", "cận nghèo", "hộ cận nghèo", "gia đình chính sách", "thương binh"),
    "12": ("xuất khẩu lao động", "đi xuất khẩu lao động", "du học", "chuyên gia"),
    "13": ("công nhân", "làm công ty", "nhân viên", "nhân viên văn phòng", "kế toán", "worker"),
    "14": ("linh mục", "mục sư", "sư", "sư thầy", "sư cô", "ni cô", "thầy chùa", "cha xứ"),
    "15": (
        "làm nông", "nông dân", "làm rẫy", "làm ruộng", "làm vườn", "chăn nuôi", "trồng cà phê",
        "cạo mủ", "buôn bán", "bán hàng", "bán vé số", "vé số", "xe ôm", "chạy xe ôm", "thợ hồ",
        "phụ hồ", "thợ xây", "làm thuê", "làm mướn", "tự do", "lao động tự do", "nội trợ",
        "ở nhà", "thất nghiệp", "không đi làm", "thợ may", "cắt tóc", "nông", "farmer", "freelance",
    ),
}  # fmt: skip
COMMON_GROUPS = ("8", "9", "11", "13", "15")
PHONE_OF = {
    "own": Text("The person's own"),
    "relative": Text("A relative's"),
    "officer": Text("A village or commune officer's"),
}
PHONE_OF_SPOKEN = {
    "own": ("của tôi", "của mình", "của người tiêm", "own"),
    "relative": (
        "người nhà", "người thân", "họ hàng", "bà con", "con", "con tôi", "anh", "chị", "em",
        "con trai", "con gái", "vợ", "chồng", "cháu", "hàng xóm",
    ),
    "officer": (
        "cán bộ", "cán bộ thôn", "cán bộ xã", "trưởng thôn", "già làng", "trưởng làng", "tổ trưởng",
        "thôn trưởng", "y tế thôn", "y tế thôn bản", "cộng tác viên",
    ),
}  # fmt: skip
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
HISTORY_SPOKEN = {
    "none": (
        "không", "không có", "không có gì", "không bị gì", "không bệnh gì", "ko", "k", "ko có",
        "k có", "ko bị gì", "khoẻ", "khỏe", "khoẻ mạnh", "khỏe mạnh", "bình thường", "none", "no",
    ),
}  # fmt: skip
HISTORY_SIGNS = {
    "anaphylaxis": ("sốc phản vệ", "phản vệ", "anaphylaxis"),
    "chronic": (
        "tiểu đường", "đái tháo đường", "huyết áp", "tim mạch", "bệnh tim", "hen suyễn", "suyễn",
        "hen", "bệnh thận", "suy thận", "viêm gan", "gút", "gout", "tuyến giáp", "copd", "diabetes",
        "asthma", "blood pressure",
    ),
    "suppressants": ("hoá trị", "hóa trị", "xạ trị", "ức chế miễn dịch", "chemo"),
    "pregnant": ("có thai", "mang thai", "có bầu", "bầu", "cho con bú", "pregnant"),
    "clotting": ("đông máu", "máu khó đông", "chống đông"),
    "allergy": ("dị ứng", "allergy", "allergic"),
    "acute": ("đang ốm", "đang bệnh", "đang sốt", "bị cảm", "cảm cúm"),
}  # fmt: skip
"""What people write of their health, where a point of the list is meant beyond doubt."""

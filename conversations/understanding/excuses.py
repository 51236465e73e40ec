"""What takes a danger sign out of the present: denied, heard of, long past, asked about, a joke.

Every excuse looks at folded words: those before the sign, the sign, those after it (with a blank
in front). A sign nothing excuses is taken as happening now.
"""

import re
from collections.abc import Callable

Excuse = Callable[[str, str, str], bool]


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(alternatives)})\b")


# Denied.
_NOT = r"(?:khong|chua|chang|dau co|lam gi co|het|khoi|bot|not|never|without|dont|didnt|isnt)"
_LINK = (
    r"(?:bi|thay|ai|nguoi|co|con|he|cam|dau|hieu|trieu|chung|hien|tuong|any|gi|sot|va|hay|hoac|ngat"
    r"|soc|have|to)"
)
_DENIED = re.compile(rf"\b{_NOT}(?: {_LINK})*$")
_NO_ENGLISH = re.compile(r"^(?:chest|trouble|diff|hives|seiz|sever|serious|faint|short|swell|conv)")
_AT_ALL = re.compile(
    r"^(?: \w+){0,2}(?: ,)? (?:gi (?:het|ca|dau|nua)|gi$|dau(?: nha| nhe| a)?$|hay gi)"
)
_NOT_EARLIER = re.compile(r"\b(?:khong|chua)(?: \w+){0,4}$")

# Heard of.
_HEARSAY = _words(
    r"nghe (?:noi|dau|ke|don|bao)",
    r"nguoi ta (?:noi|bao|ke|don)",
    r"doc (?:bao|thay|tin|tren)",
    r"bao (?:dang|chi)|phim|ti ?vi|tren mang|facebook|tin don|don la|don rang",
    r"ke (?:la|rang|co|chuyen)|mo thay|nam mo|heard|i read|movie",
)

# Past.
_LONG_AGO = re.compile(
    r"(?:^mui (?:1|2|3|mot|hai|dau|truoc)\b"
    r"|\b(?:(?:thang|nam|tuan|lan|dot|mua|hoi|ky|ngay|hom|bua) "
    r"(?:truoc|ngoai|xua|roi|no|bua|hom|hem)|nam kia|truoc (?:day|kia|gio)"
    r"|(?:hoi|ngay|luc|thuo) (?:nho|be|xua|do|ay|con nho)|da tung|tung bi|tung|tien su|truoc toi"
    r"|\w+ (?:nam|thang|tuan) (?:truoc|ve truoc)|hoi (?:thang|nam|dau|mui|tiem|lan|tet)"
    r"|nam (?:19|20)\d\d|(?:mot|co|may|vai) lan|last (?:year|month|week|time)"
    r"|(?:year|month|week)s? ago|used to|history of|previously)\b)"
)
_LATELY = re.compile(
    r"(?<!\btu )\b(?:hom (?:qua|kia)|bua (?:kia|qua)|toi qua|dem qua|chieu qua|sang qua"
    r"|yesterday|last night)\b(?P<between>.*)$"
)
_SINCE = _words(r"tiem|tu|gio|hom nay|dang(?! ky)|van|lai|now|still|shot|sau")
_NOW = _words(r"gio(?! do)|hom nay|dang(?! ky)|van|hien|nay|now|still|lai")
_AGAIN = _words(
    r"van(?! muon)|con (?:bi|dang)|chua (?:het|do|khoi|tinh|on)|khong (?:het|do|tinh|bot)",
    r"nang hon|cang luc|cang ngay|hoai|lai bi|still|worse|dang(?! ky)",
)
_AGO_AFTER = re.compile(
    r"^(?: \w+){0,4} (?:hoi (?!hop)|thang truoc|nam ngoai|nam truoc|tuan truoc"
    r"|hom (?:qua|truoc|bua|no)|bua truoc|lan truoc|mot lan|yesterday"
    r"|last (?:year|month|week|time|night)"
    r"|(?:\w+ )?(?:year|month|week)s? ago)\b"
)
_BETTER = r"(?:do|bot|on|khoe|tinh|ha)"
_OVER = re.compile(
    rf"(?<!chua)(?<!khong)(?<!thay)(?<!chang) (?:het (?:roi|han|luon|sot)"
    rf"|(?:da|nay|gio|thi|tu|roi|hom nay) het|khoi (?:roi|han|benh|luon|hoan)"
    rf"|{_BETTER} (?:roi|hon|nhieu|lai|dinh|re|ca|manh|sot)|(?:da|thay|gio|nay|hien) {_BETTER}"
    r"|(?:da|gio|nay) khoi|(?:nay|gio|hien|da|roi|van|thay|la) binh thuong|binh thuong (?:roi|lai)"
    r"|ra vien|xuat vien|ve nha roi|khong (?:con|bi)(?: nua| gi| sao| \w+ nua)|qua (?:roi|khoi)"
    r"|khong sao (?:het|ca|dau|roi|nua)|(?:noi|bao) khong sao"
    r"|(?:fine|better|okay?) now|recovered|gone now"
    r"|(?:is|am|im|feel|feels|all|are|hes|shes) (?:better|fine|ok|okay|good))\b"
)
_NEXT_WISH = _words(
    r"dang ky|tiem(?: \w+){0,4} (?:duoc|nua)(?: \w+){0,2} (?:khong|chua)|co (?:nen |duoc )?tiem",
    r"(?:co |van )?(?:duoc|nen) tiem|tiem (?:mui|tiep|duoc khong|lai)|chong chi dinh",
    r"get vaccinated|can i (?:get|take)|should i get|khong tiem nua|xin khong tiem",
)

# Asked about, feared.
_SUPPOSED = re.compile(
    r"\b(?:neu|lo (?:nhu|ma|bi|may|co)|nho (?:ma|bi|may|dau|nhu)|gia su|phong khi|truong hop"
    r"|nhung (?:nguoi|ai)|nguoi (?:hay|bi|nao|co|de)|so (?:bi|se|tiem|con bi|rang|la|sau)"
    r"|lo (?:lang|so|la|rang|bi)|co khi nao|lieu|phong (?:tranh|ngua)|the nao (?:la|thi)"
    r"|(?:khi|luc) nao (?:thi|la|goi|moi|can|phai|nen)|khi (?:bi|thay|gap)"
    r"|(?:hay|thuong|de) (?:bi)?|if|in case|what if"
    r"|afraid|scared|worried|risk|chance|nguy co|ty le|ti le|xac suat|xu (?:ly|tri)|de phong"
    r"|phan biet|can thay gi)(?: \w+){0,4}$|\bso$"
)
_SUPPOSED_THEN = re.compile(r"^(?:lo|nho|neu)(?: \w+){0,4}$")
_THEN = re.compile(r"^(?: \w+){0,3} thi\b")
_MAYBE = re.compile(
    r"\b(?:(?:co|gay|gay ra|co the|dan den|lam cho|does|can|will|could|may|cause|causes|do)"
    r"(?: \w+){0,2}|co ai(?: \w+){0,5})$"
)
_OR_NOT = re.compile(r"^(?: \w+){0,4} (?:khong|chua|ha|ko)\b(?! (?:duoc|noi|ra|do|ha|tinh))")
_IS_IT_BAD = re.compile(r"^(?: \w+){0,3} co (?:sao|can|nen|phai|nguy|nang|gi)\b")
_ENGLISH_ASK = re.compile(
    r"^(?:is|are)$"
    r"|^(?:(?:does|can|will|could|do|would) (?:i|it|the|you|vaccine|people|this|someone)"
    r"|is it|what|which)\b"
)
_HOW_IS_IT = re.compile(r"^ (?:la )?(?:nhu )?the nao$")
_DEFINED = _words(
    r"la gi|nghia la|la benh|la dau hieu|la trieu chung|nhung gi|gom gi|gom co|what is|what are",
    r"la nhu the nao|la the nao|la ra sao|common|side effect",
    r"(?:thuong )?(?:hay )?xay ra|sau bao lau|co dung khong|co that khong|dung khong|that khong",
)

# Joking, complaining of queues.
_JOKABLE = re.compile(
    r"^(?!lanh|tim (?!dap)|moi|mat|da|tay)(?:\w+ )?(?:ngat|xiu|nghet|ngop|ngot|chet|giat|dot quy"
    r"|tim|tai bien|choang)|^(?:kho tho|dut hoi|hut hoi|tat tho|ngung tho|tho|dying|faint)"
)
_JOKE_TAIL = re.compile(r"^ (?:up|tren canh|ngatngay|nguong)")
_WISH = re.compile(r"\b(?:muon|chac)\b(?: \w+)? (?:ngat|xiu)$|\b(?:ngat|xiu) mat$")
_SOMEBODY = _words(
    r"toi|em|con|me|bo|ba|ong|vo|chong|chau|be|nguoi|bac|anh|chi|no|thay|cam giac|dau|sau|xong|sap",
)
_BEASTS = _words(
    r"con (?:meo|cho|bo|heo|lon|trau|ga|vit|cun)|dan (?:bo|heo|ga|vit)|meo nha|heo nha|thu cung"
)
_JOKE_BEFORE = re.compile(
    r"\b(?:cuoi|dep|xinh|dep trai|de thuong|cute|ngon|vui|thom|tham|phe|guong|soai|crush|hay"
    r"|buon ngu|tuc)(?: (?!nguc)\w+)?(?: (?:muon|den|toi|muc|phat|gan|suyt|ma|chac))*$"
    r"|\b(?:cho|hang|doi|nong|nang|dong|lau|gia|dat|xe|nhin|mac|chan|so)(?: (?:qua|lau|hoai|mai|nhu"
    r"|nay))*(?: (?:muon|den|toi|muc|phat|gan|suyt|ma|chac))+$"
)
_HEAT_BEFORE = re.compile(r"\b(?:doi|nong|nang|dong|met)(?: (?:qua|nhu|nay|the|vay))*$")
_TIRED_BEFORE = re.compile(r"\b(?:met|oai|duoi)(?: (?:muon|den|toi|muc|gan|phat))+$")
_LONGING = re.compile(r"\b(?:muon|chac|suyt|den|toi|gan)$")
_FAINTING = re.compile(r"\b(?:ngat|xiu)\b|co giat")
_NUISANCE = _words(
    r"thu tuc|giay to|xep hang|doi cho|cho (?:tu|lau|hoai|doi|tiem|mai)|nong qua|troi nong|ket xe",
    r"nghe tin|nhin|thay kim|kim tiem|ghet|hoc bai|hoc phi|nong nhu|hoa don|ca buoi|hoi hop qua",
    r"gia|deadline|dong (?:nguoi|qua|nghet)|chen|crush|chay bo|di bo|da banh|leo",
)
_BODY = _words(r"tiem xong|sau khi|sau tiem|vua tiem|moi tiem|tiem ve|dau|sot|non|chong mat|choang")
_JOKE_AFTER = re.compile(
    r"^(?: \w+){0,3} (?:vi|voi|do|khi nhin|khi thay|luc nghe|truoc)(?: \w+)? (?:thu tuc|giay"
    r"|gia|xep|doi|cho|hang|hoc|bai|deadline|crush|cuoi|nong|may|mang|app|viec|tien|dong|thai do"
    r"|dep|nhau|ruou|say|thuc khuya|di nhau)\b|^(?: \w+)? (?:vui|haha\w*|hihi\w*)"
)
_LAUGHING = _words(r"cuoi (?:ngat|xiu|muon|chet|den|te)|haha\w*|hihi\w*|hehe\w*|kkk\w*|laugh\w*")

# A name, a place, a number.
_NAME_BEFORE = _words(
    r"ten(?: la)?|ho ten|thon|lang|xom|duong|buon|plei|khoa|phong|so|vien|tram|doi|cong|lop|hoc",
    r"nghien|tra|cap|cuu|dien thoai|so may|so xe|goi la|tiep nhan|trung tam|to|tai xe|lai",
)
_NAMABLE = re.compile(r"^(?:cap cuu|cuu |ngat|xiu|tai nan|duoi nuoc|emergency|ambulance|xe cuu)")
_NUMBER_OF = re.compile(r"^ (?:trung vuong|115 o dau|la (?:bao nhieu|so|may)|number|contact|phone)")
_KEPT_FOR_LATER = re.compile(r"^(?: \w+)? (?:de luu|luu lai|phong khi|de danh|khi can)")
_HAVING = re.compile(r"\b(?:vien|tram|cho nao|noi nao|phong kham)(?: \w+){0,4} co$")
_USELESS = re.compile(
    r"\b(?:khong biet (?:dung|bam|xai|lam)|khong hieu|may nay|app|bam|deadline)\b"
)

_LIGHT = re.compile(r"\b(?:hoi|nhe|chut|a bit|slightly|little)$")
_LIGHTABLE = re.compile(r"^(?:choang|chong|tho met|tim dap|mat mo|dau|te)")


def _denied(before: str, sign: str, after: str) -> bool:
    if sign.startswith(("khong", "chua", "chang", "not ", "cant", "cannot")):
        return False
    if _DENIED.search(before) or (before.endswith("no") and _NO_ENGLISH.search(sign)):
        return True
    return bool(_AT_ALL.search(after) and _NOT_EARLIER.search(before))


def _told(before: str, _sign: str, _after: str) -> bool:
    return bool(_HEARSAY.search(before) or _BEASTS.search(before))


def _past(before: str, _sign: str, after: str) -> bool:
    if _AGAIN.search(after):
        return False
    if _happened_before(before) or _AGO_AFTER.search(after):
        return True
    return bool(_OVER.search(after) or _NEXT_WISH.search(after))


def _happened_before(before: str) -> bool:
    long_ago = max((hit.end() for hit in _LONG_AGO.finditer(before)), default=None)
    if long_ago is not None and not _NOW.search(before, long_ago):
        return True
    lately = _LATELY.search(before)
    return bool(lately and not _SINCE.search(lately["between"]))


def _supposed(before: str, _sign: str, after: str) -> bool:
    if _SUPPOSED.search(before) or _defined(after) or _ENGLISH_ASK.search(before):
        return True
    if _SUPPOSED_THEN.search(before) and _THEN.search(after):
        return True
    return bool(_MAYBE.search(before) and _OR_NOT.search(after) and not _IS_IT_BAD.search(after))


def _defined(after: str) -> bool:
    return bool(_DEFINED.search(after) or _HOW_IS_IT.search(after))


def _joke(before: str, sign: str, after: str) -> bool:
    if _LAUGHING.search(f"{before} {sign}{after}") or _JOKE_AFTER.search(after):
        return True
    if _wished(before, sign) and not _SOMEBODY.search(before):
        return True
    if not _JOKABLE.search(sign):
        return False
    if _JOKE_TAIL.search(after) or _JOKE_BEFORE.search(before):
        return True
    return _annoyed(before, sign) and not _BODY.search(before)


def _wished(before: str, sign: str) -> bool:
    """Of nobody in particular: "muốn xỉu", "nắng như này xỉu mất"."""
    hot = _HEAT_BEFORE.search(before) and sign.startswith(("xiu", "ngat", "ngop", "nghet"))
    return bool(hot or _WISH.search(f"{before} {sign}"))


def _annoyed(before: str, sign: str) -> bool:
    """Of queues and heat; but people do faint in queues, so fainting must be a manner of speech."""
    begun = f"{before} {sign.split(maxsplit=1)[0]}"
    if _TIRED_BEFORE.search(before) or _TIRED_BEFORE.search(begun):
        return True
    longing = _LONGING.search(before) or _LONGING.search(begun)
    return bool(_NUISANCE.search(before) and (longing or not _FAINTING.search(sign)))


def _named(before: str, sign: str, after: str) -> bool:
    if sign.startswith("cuu") and _USELESS.search(after):
        return True
    at_end = before.rsplit(" ", 2)[-2:]
    called = any(_NAME_BEFORE.fullmatch(tail) for tail in (" ".join(at_end), *at_end[-1:]))
    meant = called or _NUMBER_OF.search(after) or _KEPT_FOR_LATER.search(after)
    return bool(_NAMABLE.search(sign) and (meant or _HAVING.search(before)))


def _slight(before: str, sign: str, _after: str) -> bool:
    return bool(_LIGHTABLE.search(sign) and _LIGHT.search(before))


EXCUSES: tuple[Excuse, ...] = (_denied, _told, _past, _supposed, _joke, _named, _slight)

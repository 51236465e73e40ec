"""The same straight dialog as people write it from the library's examples: `ConversationHandler`,
`PicklePersistence`, the library's own transport. Nothing is committed before the 200: the update
waits in memory, and the state is written to its file once a minute.

`python -m tests.bench.stock` reads the same environment as `tramoi serve`.
"""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

from aiohttp import web
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    Update,
)
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)

from tests.bench.prepared import TOKEN

CONSENT, WHOM, NAME, NUMBER, COMMUNE, GROUP, PHONE, SEND, MORE = range(9)
NEXT = ContextTypes.DEFAULT_TYPE
ADULTS = ("myself", "spouse")


async def begun(update: Update, _context: NEXT) -> int:
    text = (
        "Trạm hỏi họ tên, ngày sinh, điện thoại và sức khoẻ chỉ để xếp lịch tiêm.\n"
        "Đây là dữ liệu nhạy cảm. Anh/chị đồng ý không?"
    )
    await _say(update, text, agree="Đồng ý", more="Xem thêm", no="Không")
    return CONSENT


async def agreed(update: Update, context: NEXT) -> int:
    _household(context)["people"] = []
    choices = {
        "whom=myself": "Cho tôi",
        "whom=child": "Cho con tôi",
        "whom=spouse": "Cho vợ, chồng",
    }
    await _say(update, "Anh/chị đăng ký tiêm cho ai?", **choices)
    return WHOM


async def whom_said(update: Update, context: NEXT) -> int:
    query = update.callback_query
    assert query is not None
    whom = str(query.data).rpartition("=")[2].rpartition(".")[2]
    _household(context)["now"] = {"whom": whom}
    await _say(update, "Họ tên và ngày sinh? Ví dụ: Nguyễn Văn An, 31/12/1990")
    return NAME


async def name_said(update: Update, context: NEXT) -> int:
    _household(context)["now"]["name"] = _words(update)
    await _say(update, "Số căn cước? Không có thì bấm “Không có”.", none="Không có")
    return NUMBER


async def number_said(update: Update, context: NEXT) -> int:
    household = _household(context)
    household["now"]["number"] = _words(update)
    if not household["people"]:
        await _say(update, "Hiện ở xã, phường nào? Ví dụ: xã Đak Đoa")
        return COMMUNE
    return await _asked_group(update) if _adult(household) else await _shown(update, household)


async def commune_said(update: Update, context: NEXT) -> int:
    _household(context)["commune"] = _words(update)
    return await _asked_group(update)


async def group_said(update: Update, context: NEXT) -> int:
    household = _household(context)
    household["now"]["group"] = _words(update)
    if "phone" in household:
        return await _shown(update, household)
    button = KeyboardButton("Gửi số của tôi", request_contact=True)
    keyboard = ReplyKeyboardMarkup([[button]], one_time_keyboard=True, resize_keyboard=True)
    assert update.effective_chat is not None
    await update.effective_chat.send_message("Trạm nhắn vào số nào?", reply_markup=keyboard)
    return PHONE


async def phone_shared(update: Update, context: NEXT) -> int:
    household = _household(context)
    assert update.message is not None
    assert update.message.contact is not None
    household["phone"] = update.message.contact.phone_number
    return await _shown(update, household)


async def sent(update: Update, context: NEXT) -> int:
    household = _household(context)
    household["people"].append(household.pop("now"))
    await _say(update, "Đã đăng ký. Trạm sẽ nhắn ngày và nơi tiêm.")
    more = {"do=registration.child": "Thêm con", "do=registration.spouse": "Thêm vợ hoặc chồng"}
    await _say(update, "Anh/chị có đăng ký cho ai nữa không?", **more)
    return MORE


async def _asked_group(update: Update) -> int:
    groups = {"8": "Giáo viên", "9": "Bệnh mạn tính", "13": "Công nhân", "15": "Lao động tự do"}
    await _say(update, "Thuộc nhóm nào?", **groups)
    return GROUP


async def _shown(update: Update, household: dict[str, Any]) -> int:
    lines = [f"{name}: {value}" for name, value in {**household, **household["now"]}.items()]
    await _say(update, "\n".join(["Anh/chị xem lại:", *lines]), send="Gửi", change="Sửa")
    return SEND


async def _say(update: Update, text: str, **choices: str) -> None:
    if update.callback_query is not None:
        await update.callback_query.answer()
    rows = [[InlineKeyboardButton(label, callback_data=value)] for value, label in choices.items()]
    under = InlineKeyboardMarkup(rows) if rows else ReplyKeyboardRemove()
    assert update.effective_chat is not None
    await update.effective_chat.send_message(text, reply_markup=under)


def _household(context: NEXT) -> dict[str, Any]:
    assert context.user_data is not None
    return context.user_data


def _adult(household: dict[str, Any]) -> bool:
    return household["now"]["whom"] in ADULTS


def _words(update: Update) -> str:
    return str(update.message.text) if update.message else ""


def _dialog() -> ConversationHandler[Any]:
    words = filters.TEXT & ~filters.COMMAND
    return ConversationHandler(
        entry_points=[MessageHandler(words, begun)],
        states={
            CONSENT: [CallbackQueryHandler(agreed, "^agree$")],
            WHOM: [CallbackQueryHandler(whom_said, "^whom=")],
            NAME: [MessageHandler(words, name_said)],
            NUMBER: [MessageHandler(words, number_said)],
            COMMUNE: [MessageHandler(words, commune_said)],
            GROUP: [MessageHandler(words, group_said)],
            PHONE: [MessageHandler(filters.CONTACT, phone_shared)],
            SEND: [CallbackQueryHandler(sent, "^send$")],
            MORE: [CallbackQueryHandler(whom_said, "^do=")],
        },
        fallbacks=[],
        name="registration",
        persistent=True,
    )


async def _serve() -> None:
    api = os.environ["TELEGRAM_API_URL"]
    kept = PicklePersistence(Path(os.environ["DATA_KEYS_FILE"]).parent / "stock.pickle")
    builder = ApplicationBuilder().token(TOKEN).base_url(f"{api}/bot").persistence(kept)
    application = builder.updater(None).build()
    application.add_handler(_dialog())
    await application.initialize()
    await application.start()
    app = web.Application()
    app.router.add_post("/hooks/telegram", lambda request: _hooked(request, application))
    app.router.add_get("/health", _healthy)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(os.environ["PORT"])).start()
    await asyncio.Event().wait()


async def _hooked(
    request: web.Request, application: "Application[Any, Any, Any, Any, Any, Any]"
) -> web.Response:
    update = Update.de_json(json.loads(await request.read()), application.bot)
    await application.update_queue.put(update)
    return web.Response()


async def _healthy(_request: web.Request) -> web.Response:
    return web.Response()


if __name__ == "__main__":
    asyncio.run(_serve())

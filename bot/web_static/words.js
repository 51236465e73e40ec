// Every sentence of the page itself. What the station says comes from the server.

export const WORDS = {
  vi: {
    title: "Trạm Ơi",
    other: "English",
    skip: "Đến ô gõ tin nhắn",
    chat: "Cuộc trò chuyện với Trạm",
    hello: "Chào anh/chị. Trạm giúp được gì?",
    helloHint: "Chọn một việc dưới đây, hoặc gõ câu hỏi vào ô bên dưới.",
    starters: ["Đăng ký tiêm", "Xem chứng nhận", "Phản ánh sai sót", "Gặp cán bộ"],
    choices: "Chọn câu trả lời",
    station: "Trạm",
    me: "Anh/chị",
    say: "Tin nhắn",
    sayHint: "Gõ tin nhắn",
    phone: "Số điện thoại",
    phoneHint: "Ví dụ: 0900 000 001",
    code: "Mã 6 số",
    codeHint: "Gõ mã 6 số",
    words: "Gõ chữ",
    send: "Gửi",
    photo: "Gửi ảnh",
    take: "Chụp ảnh",
    pick: "Chọn ảnh có sẵn",
    photoSent: "Ảnh đã gửi",
    photoWaiting: "Ảnh",
    sending: "Đang gửi",
    later: "Chưa gửi được, sẽ gửi lại.",
    slow: "Trạm đang đọc. Tin này sẽ gửi sau vài giây.",
    bad: "Không gửi được tin này.",
    long: "Tin này dài quá. Anh/chị chia làm hai tin nhé.",
    connecting: "Đang nối với Trạm",
    offline: "Mất kết nối. Tin anh/chị gõ vẫn còn, có mạng là gửi ngay.",
    elsewhere: "Cuộc trò chuyện đang mở ở cửa sổ khác.",
    here: "Mở ở đây",
    more: "Tuỳ chọn",
    forget: "Xoá cuộc trò chuyện trên máy này",
    forgetWhy: "Khi mượn máy người khác. Hồ sơ đã gửi vẫn còn ở Trạm.",
    forgetSure: "Xoá hết tin nhắn trên máy này?",
    forgetYes: "Xoá",
    forgetNo: "Giữ lại",
    forgetFailed: "Chưa xoá được vì mất mạng. Anh/chị thử lại sau ít phút.",
    today: "Hôm nay",
    yesterday: "Hôm qua",
    newBelow: "Có tin mới",
    days: ["Chủ nhật", "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy"],
    storyTitle: "Dùng thử Trạm Ơi",
    story: [
      "Nhắn tin với trạm y tế xã để đăng ký tiêm, ngay trên trang này.",
      "Đây là trạm mẫu: đừng gõ tên và số điện thoại thật.",
      "Mã 6 số sẽ hiện ở “Điện thoại mẫu”.",
    ],
    phoneTitle: "Điện thoại mẫu",
    phoneEmpty: "Chưa có tin nhắn nào.",
    phoneTo: "Tin nhắn đến",
    phoneUse: "Điền mã này",
  },
  en: {
    title: "Trạm Ơi",
    other: "Tiếng Việt",
    skip: "Go to the message box",
    chat: "Your chat with the station",
    hello: "Hello. How can the station help you?",
    helloHint: "Choose one below, or write your question in the box.",
    starters: ["Register for vaccination", "See my certificate", "Report a mistake", "Talk to staff"],
    choices: "Choose an answer",
    station: "Station",
    me: "You",
    say: "Message",
    sayHint: "Write a message",
    phone: "Phone number",
    phoneHint: "For example: 0900 000 001",
    code: "6-digit code",
    codeHint: "Write the 6-digit code",
    words: "Write words",
    send: "Send",
    photo: "Send a photo",
    take: "Take a photo",
    pick: "Choose a photo",
    photoSent: "Photo sent",
    photoWaiting: "Photo",
    sending: "Sending",
    later: "Not sent yet. We will send it again.",
    slow: "The station is reading. This will be sent in a few seconds.",
    bad: "This message could not be sent.",
    long: "This message is too long. Please send it in two parts.",
    connecting: "Connecting to the station",
    offline: "No connection. Your messages are kept and will be sent when it is back.",
    elsewhere: "This chat is open in another window.",
    here: "Open it here",
    more: "Options",
    forget: "Delete the chat from this phone",
    forgetWhy: "For a borrowed phone. What you sent stays with the station.",
    forgetSure: "Delete all messages from this phone?",
    forgetYes: "Delete",
    forgetNo: "Keep",
    forgetFailed: "Not deleted: there is no connection. Please try again in a few minutes.",
    today: "Today",
    yesterday: "Yesterday",
    newBelow: "New message",
    days: ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
    storyTitle: "Try Trạm Ơi",
    story: [
      "Chat with a commune health station to register for vaccination, on this page.",
      "This is a sample station: please do not write real names or phone numbers.",
      "The 6-digit code will show on the “sample phone”.",
    ],
    phoneTitle: "Sample phone",
    phoneEmpty: "No messages yet.",
    phoneTo: "Message to",
    phoneUse: "Use this code",
  },
};

let language = "vi";

export function speak(lang) {
  language = WORDS[lang] ? lang : "vi";
  document.documentElement.lang = language;
  for (const place of document.querySelectorAll("[data-word]")) {
    place.textContent = word(place.dataset.word);
  }
  for (const place of document.querySelectorAll("[data-label]")) {
    place.setAttribute("aria-label", word(place.dataset.label));
  }
  for (const place of document.querySelectorAll("[data-hint]")) {
    place.placeholder = word(place.dataset.hint);
  }
}

export function spoken() {
  return language;
}

// "story.1" is the second sentence of a list.
export function word(name) {
  const [first, place] = name.split(".");
  const found = WORDS[language][first];
  return place === undefined ? found : found[Number(place)];
}

const ZONE = "Asia/Ho_Chi_Minh";
const PARTS = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE, year: "numeric", month: "numeric", day: "numeric",
  hour: "numeric", minute: "2-digit", hourCycle: "h23",
});

// "Hôm nay, 16 giờ 45", as people say it.
export function moment(at, now = new Date()) {
  const then = local(at);
  const today = local(now);
  const away = Math.round((today.day - then.day) / 864e5);
  const week = word("days")[new Date(then.day).getUTCDay()];
  const dates = `${week} ${then.d}/${then.m}` + (then.y === today.y ? "" : `/${then.y}`);
  const day = away === 0 ? word("today") : away === 1 ? word("yesterday") : dates;
  const clock = language === "vi" ? clockVi(then) : `${then.h}:${then.min}`;
  return `${day.charAt(0).toUpperCase()}${day.slice(1)}, ${clock}`;
}

function clockVi(then) {
  return then.min === "00" ? `${then.h} giờ` : `${then.h} giờ ${then.min}`;
}

function local(at) {
  const found = {};
  for (const { type, value } of PARTS.formatToParts(at)) found[type] = value;
  const [y, m, d] = [found.year, found.month, found.day].map(Number);
  return { y, m, d, h: Number(found.hour), min: found.minute, day: Date.UTC(y, m - 1, d) };
}

// The demonstration's pretend phone: text messages arrive here instead of in somebody's pocket.

import { element } from "./thread.js";
import { word } from "./words.js";

export function phone(use) {
  const place = document.getElementById("sms");
  const empty = document.getElementById("sms-none");

  function show({ to, text }) {
    const code = (text.match(/\b\d{6}\b/) || [])[0];
    const item = element("li", "sms");
    item.append(element("p", "to", `${word("phoneTo")} ${to}`), element("p", "words", text));
    if (code) item.append(button(code));
    item.dataset.code = code || "";
    place.prepend(item);
    empty.hidden = true;
  }

  // A code that was sent makes room on a small screen.
  function sent(text) {
    for (const item of place.children) {
      if (item.dataset.code && text.includes(item.dataset.code)) item.classList.add("used");
    }
  }

  function button(code) {
    const made = element("button", "use", word("phoneUse"));
    made.type = "button";
    made.addEventListener("click", () => use(code));
    return made;
  }

  return { show, sent };
}

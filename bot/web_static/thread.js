// The messages on the page, in the order of their numbers.

import { moment, word } from "./words.js";

const A_PAUSE = 30 * 60 * 1000;
// Two choices of this length stand side by side on a small phone.
const LONG = 12;
const TROUBLE = { later: "later", slow: "slow", bad: "bad", long: "long" };

// `list` is the element with role "log"; `answer(button)` is called with a choice that was tapped.
export function thread(list, hotline, answer) {
  const items = [];
  const known = new Map();

  function bot(frame) {
    const key = `bot ${frame.seq}`;
    if (known.has(key)) return null;
    const { buttons, wants } = frame;
    const item = place({ key, rank: [frame.seq, 0, 0], at: when(frame), buttons, wants });
    item.element.append(bubble("station", frame.text, hotline));
    if (frame.buttons.length) item.element.append(choices(item, answer));
    settle();
    return item;
  }

  function mine({ id, text, after, at, photo, picture }, state) {
    const before = known.get(`mine ${id}`);
    if (before) return show(before, state);
    const rank = [after, 1, items.length];
    const item = place({ key: `mine ${id}`, own: true, rank, at: when({ at }), words: text });
    item.element.classList.add("mine");
    item.element.append(bubble("me", photo ? word("photoSent") : text));
    if (picture) draw(picture, item.element.querySelector(".bubble"));
    item.note = item.element.appendChild(element("p", "note"));
    show(item, state);
    settle();
    return item;
  }

  function place(item) {
    item.element = element("li", "message");
    item.element.tabIndex = -1;
    item.when = item.element.appendChild(element("p", "when"));
    const index = items.findIndex((other) => isAfter(other.rank, item.rank));
    items.splice(index < 0 ? items.length : index, 0, item);
    known.set(item.key, item);
    list.insertBefore(item.element, index < 0 ? null : items[index + 1].element);
    return item;
  }

  // Days and pauses stand above the first message after them; only the newest choices can be tapped.
  function settle() {
    const asking = question();
    items.forEach((item, i) => {
      write(item.when, apart(items[i - 1], item) ? moment(item.at) : "");
      if (!item.choices) return;
      item.choices.disabled = item !== asking;
      markChosen(item, items[i + 1]);
    });
  }

  // The newest message that waits for an answer and has none; a mere notice does not replace it.
  function question() {
    const fresh = items.slice(items.map((item) => Boolean(item.own)).lastIndexOf(true) + 1);
    return fresh.reverse().find((item) => item.wants || item.buttons.length) || null;
  }

  // Where the eye should be: the first message it has not answered.
  function unanswered() {
    return items[items.map((item) => Boolean(item.own)).lastIndexOf(true) + 1] || null;
  }

  function state(id, how) {
    const item = known.get(`mine ${id}`);
    if (item) show(item, how);
  }

  function show(item, how) {
    item.element.dataset.state = how;
    clearTimeout(item.patience);
    write(item.note, TROUBLE[how] ? word(how) : "");
    // What is sent at once says nothing about it.
    if (how === "sending") item.patience = setTimeout(() => write(item.note, word(how)), 1000);
    return item;
  }

  return { bot, mine, state, settle, question, unanswered, size: () => items.length };
}

function choices(item, answer) {
  const long = item.buttons.some(([, label]) => label.length > LONG);
  const group = element("fieldset", long ? "choices stacked" : "choices");
  group.tabIndex = -1;
  group.append(element("legend", "unseen", word("choices")));
  // A lone choice needs no number, and a list that begins at 8 looks as if its start were lost.
  const counted = item.buttons.length > 1 && item.buttons.every(([, , n], i) => n === i + 1);
  for (const [value, label, number] of item.buttons) {
    const button = element("button", "choice");
    button.type = "button";
    button.dataset.label = label;
    const place = element("span", "number", String(number));
    place.hidden = !counted;
    button.append(place, element("span", "label", label));
    button.addEventListener("click", () => {
      // The second tap of a double one finds the choices closed.
      if (group.disabled) return;
      group.disabled = true;
      answer({ value, label });
    });
    group.append(button);
  }
  item.choices = group;
  return group;
}

function markChosen(item, next) {
  for (const button of item.choices.querySelectorAll("button")) {
    const chosen = Boolean(next && next.words && next.words === button.dataset.label);
    button.classList.toggle("chosen", chosen);
  }
}

function bubble(who, text, hotline) {
  const box = element("div", "bubble");
  box.append(element("span", "unseen", `${word(who)}: `));
  for (const line of text.normalize("NFC").match(/.*\n|.+$/g) || []) {
    const place = box.appendChild(element("span", "line"));
    for (const part of calls(line, hotline)) place.append(part);
  }
  return box;
}

// The numbers of help can be tapped: 115, and the station's own.
function calls(text, hotline) {
  const digits = (hotline || "").replace(/\D/g, "");
  const numbers = [/\b115\b/.source];
  if (digits.length > 6) numbers.push(digits.split("").join("[ .]?"));
  return text.split(new RegExp(`(${numbers.join("|")})`)).flatMap((part, i) => {
    if (i % 2 === 0) return whole(part);
    const link = element("a", "call", part);
    link.href = `tel:${part.replace(/\D/g, "")}`;
    return link;
  });
}

// Codes and telephone numbers are read aloud from the screen: they stay on one line.
function whole(text) {
  const parts = text.split(/(\b[A-Z]{2}(?:-[0-9A-Z]{3,5}){1,2}\b|\b0\d{3} [\d*]{3} \d{3}\b|\b6-digit\b)/);
  return parts.map((part, i) => (i % 2 ? element("span", "whole", part) : part));
}

async function draw(file, box) {
  try {
    const image = await createImageBitmap(file);
    const scale = Math.min(1, 480 / Math.max(image.width, image.height));
    const canvas = element("canvas", "picture");
    canvas.width = Math.round(image.width * scale);
    canvas.height = Math.round(image.height * scale);
    canvas.setAttribute("aria-hidden", "true");
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    box.append(canvas);
  } catch (problem) {
    // No picture, then: the words say that a photo was sent.
  }
}

export function element(name, kind, text) {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  if (text !== undefined) made.textContent = text;
  return made;
}

function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
  place.hidden = !text;
}

function apart(before, item) {
  if (!before || item.at - before.at > A_PAUSE) return true;
  return moment(before.at).split(",")[0] !== moment(item.at).split(",")[0];
}

function when({ at }) {
  return at ? new Date(at) : new Date();
}

function isAfter(one, other) {
  const place = one.findIndex((part, i) => part !== other[i]);
  return place >= 0 && one[place] > other[place];
}

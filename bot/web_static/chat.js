// The page: joins the line, the messages and the place to write.

import { composer } from "./composer.js";
import { phone } from "./phone.js";
import { element, thread } from "./thread.js";
import { mark, wire } from "./wire.js";
import { speak, spoken, word, WORDS } from "./words.js";

const byId = (id) => document.getElementById(id);
const facts = document.body.dataset;
const scroller = byId("scroller");
const log = byId("log");
let byKeyboard = false;
let ready = false;
// Whether the view stays with the newest message; not while somebody reads further up.
let following = true;
let put = 0;
let asked = null;

speak(remembered("tramoi-language") || document.documentElement.lang);

const messages = thread(log, facts.hotline, ({ value, label }) => send({ button: value, label }, label));
const write = composer((said, words, photo) => send(said, words, photo));
const sample = facts.demo === "yes" ? phone((code) => write.fill(code)) : null;
const line = wire({ frame: take, state, message }, spoken);

function send(said, words, photo) {
  const sent = { id: mark(), said, text: words, after: line.since(), at: now(), photo };
  const item = messages.mine({ ...sent, photo: Boolean(photo), picture: photo }, "sending");
  // The choice that was tapped closes: whoever goes by keyboard stands on their own words then.
  if (!byId("composer").contains(document.activeElement)) item.element.focus({ preventScroll: true });
  byId("hello").hidden = true;
  asked = null;
  write.mode(null);
  if (sample) sample.sent(words);
  line.send(sent);
  toEnd();
}

function take(frame) {
  if (frame.sms) return sample && sample.show(frame.sms);
  const waiting = log.contains(document.activeElement);
  if (frame.mine) messages.mine(frame.mine, "heard");
  if (frame.mine && sample) sample.sent(frame.mine.text);
  const item = frame.seq ? messages.bot(frame) : null;
  if (!ready || !item) return;
  follow(item, waiting);
}

function message(id, how) {
  messages.state(id, how);
  if (following && ready) toEnd();
}

function follow(item, waiting) {
  ask();
  if (waiting && byKeyboard) (item.choices || item.element).focus({ preventScroll: true });
  if (following) toEnd();
  else byId("new-below").hidden = false;
}

// Give the question that stands the field it needs, once: whoever chose words instead keeps them.
function ask() {
  const question = messages.question();
  if (question === asked) return;
  asked = question;
  write.mode(question ? question.wants : null);
}

function state(name) {
  const place = byId("state");
  place.dataset.state = name;
  byId("state-words").textContent = name === "open" ? "" : word(name);
  byId("here").hidden = name !== "elsewhere";
  if (name !== "open" || ready) return;
  ready = true;
  // Only what comes from now on is read aloud by itself.
  log.setAttribute("aria-live", "polite");
  log.removeAttribute("aria-busy");
  byId("hello").hidden = messages.size() > 0;
  ask();
  if (messages.size()) toEnd();
}

// The end; but where the answer is longer than the screen, its beginning.
function toEnd() {
  following = true;
  byId("new-below").hidden = true;
  const end = scroller.scrollHeight - scroller.clientHeight;
  const first = messages.unanswered();
  const top = first ? first.element.offsetTop - 16 : end;
  scroller.scrollTop = Math.min(end, top);
  put = scroller.scrollTop;
}

function scrolled() {
  // Our own doing, not the reader's.
  if (Math.abs(scroller.scrollTop - put) < 2) return;
  const left = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
  following = left < 80;
  if (following) byId("new-below").hidden = true;
}

function greet() {
  const starters = byId("starters");
  starters.textContent = "";
  for (const text of word("starters")) {
    const button = element("button", "choice", text);
    button.type = "button";
    button.addEventListener("click", () => send({ text }, text));
    starters.append(button);
  }
}

function changeLanguage() {
  const other = Object.keys(WORDS).find((lang) => lang !== spoken());
  remember("tramoi-language", other);
  speak(other);
  greet();
  messages.settle();
}

async function forget() {
  try {
    const answer = await fetch("/chat/forget", { method: "POST" });
    if (!answer.ok) throw new Error("not forgotten");
  } catch (problem) {
    byId("forget-note").textContent = word("forgetFailed");
    return;
  }
  line.forget();
  sessionStorage.clear();
  byId("say").value = byId("field").value = "";
  location.reload();
}

function sure(asking) {
  byId("forget-sure").hidden = !asking;
  byId("forget").hidden = asking;
  byId("forget-note").textContent = word("forgetWhy");
  byId(asking ? "forget-no" : "forget").focus();
}

function now() {
  return new Date().toISOString();
}

// Which language somebody reads is no secret; nothing else outlives the tab.
function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch (problem) {
    // Then it holds until the page is closed.
  }
}

function remembered(name) {
  try {
    return localStorage.getItem(name);
  } catch (problem) {
    return null;
  }
}

document.addEventListener("keydown", () => (byKeyboard = true), true);
document.addEventListener("pointerdown", () => (byKeyboard = false), true);
scroller.addEventListener("scroll", scrolled, { passive: true });
// The keyboard opens, the field grows, a text message arrives: the question stays in view.
new ResizeObserver(() => following && messages.size() && toEnd()).observe(scroller);
byId("language").addEventListener("click", changeLanguage);
byId("here").addEventListener("click", line.connect);
byId("new-below").addEventListener("click", toEnd);
byId("forget").addEventListener("click", () => sure(true));
byId("forget-no").addEventListener("click", () => sure(false));
byId("forget-yes").addEventListener("click", forget);
greet();
for (const one of line.unsent()) messages.mine(one, "sending");
line.connect();

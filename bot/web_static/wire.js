// The line to the server. What could not be sent is kept and sent again with the same mark,
// one message at a time and in order, until the server says that it was heard.

const KEPT = "tramoi-unsent";
const MOST_BYTES = 32 * 1024;
const PATIENCE = 12000;
const QUIET = 3000;
const A_MINUTE = 60000;
const REPLACED = 4001;

// `ears`: frame(frame) for what the station says, state(name) for the line
// ("connecting", "open", "offline", "elsewhere"), message(id, state) for what was sent
// ("heard", "later", "slow", "bad", "long").
export function wire(ears, lang) {
  let socket = null;
  let tries = 0;
  let since = 0;
  let caughtUp = false;
  let flying = null;
  let timers = {};
  let unsent = kept();

  function after(name, wait, todo) {
    clearTimeout(timers[name]);
    timers[name] = setTimeout(todo, wait);
  }

  function connect() {
    if (socket) return;
    ears.state(navigator.onLine === false ? "offline" : "connecting");
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const line = new WebSocket(`${scheme}//${location.host}/chat/socket`);
    socket = line;
    after("patience", PATIENCE, () => drop(line));
    line.onopen = ask;
    line.onmessage = (event) => line === socket && take(JSON.parse(event.data));
    line.onclose = (event) => line === socket && lost(event.code);
  }

  // A dead line may take minutes to say so: do not wait for its goodbye.
  function drop(line) {
    if (line !== socket) return;
    line.close();
    lost(0);
  }

  function lost(code) {
    socket = null;
    caughtUp = false;
    flying = null;
    Object.values(timers).forEach(clearTimeout);
    if (code === REPLACED) return ears.state("elsewhere");
    ears.state("offline");
    if (unsent.length) ears.message(unsent[0].id, "later");
    const wait = Math.min(15000, 500 * 2 ** tries++) * (0.5 + Math.random());
    after("connect", wait, connect);
  }

  function ask() {
    const line = socket;
    if (!line || line.readyState !== 1) return;
    line.send(JSON.stringify({ since }));
    after("patience", PATIENCE, () => drop(line));
  }

  function take(frame) {
    if ("upto" in frame) return upto(frame.upto);
    if ("heard" in frame) return heard(frame.heard);
    if ("later" in frame) return later(frame.later);
    if ("slow" in frame) return slow(frame.id, frame.slow);
    if ("bad" in frame) return refused(frame.id, "bad");
    if (frame.mine) forgetUnsent(frame.mine.id);
    if (frame.seq) arrived(frame.seq);
    ears.frame(frame);
  }

  function arrived(seq) {
    clearTimeout(timers.quiet);
    if (!caughtUp) return;
    if (seq === since + 1) since = seq;
    else if (seq > since) ask();
  }

  // The server has told everything up to here: what is missing below no longer exists.
  function upto(seq) {
    clearTimeout(timers.patience);
    since = Math.max(since, seq);
    tries = 0;
    caughtUp = true;
    ears.state("open");
    next();
  }

  function heard(id) {
    forgetUnsent(id);
    tries = 0;
    ears.message(id, "heard");
    // The answer may be on its way through another process: ask if it does not come.
    after("quiet", QUIET, ask);
    landed();
  }

  function landed() {
    flying = null;
    clearTimeout(timers.flying);
    next();
  }

  function later(id) {
    if (id === null) return after("ask", 2000, ask);
    ears.message(id, "later");
    flying = null;
    clearTimeout(timers.flying);
    after("again", Math.min(30000, 1000 * 2 ** tries++) * (0.5 + Math.random()), next);
  }

  function slow(id, seconds) {
    ears.message(id, "slow");
    flying = null;
    clearTimeout(timers.flying);
    after("again", seconds * 1000 + 100, next);
  }

  function refused(id, how) {
    if (!id) return;
    forgetUnsent(id);
    ears.message(id, how);
    landed();
  }

  function next() {
    if (flying || !caughtUp || !unsent.length) return;
    const one = unsent[0];
    flying = one.id;
    if (one.photo) return upload(one);
    const line = socket;
    socket.send(JSON.stringify({ id: one.id, lang: lang(), ...one.said }));
    after("flying", PATIENCE, () => drop(line));
  }

  async function upload(one) {
    const form = new FormData();
    form.append("id", one.id);
    form.append("lang", lang());
    form.append("photo", one.photo, "photo");
    try {
      const answer = await fetch("/chat/photo", { method: "POST", body: form });
      const frame = await answer.json();
      take("later" in frame ? { later: one.id } : "bad" in frame ? { ...frame, id: one.id } : frame);
    } catch (problem) {
      later(one.id);
    }
  }

  function send(message) {
    if (bytes(message.said) > MOST_BYTES - 200) return ears.message(message.id, "long");
    unsent.push(message);
    keep();
    next();
  }

  function forgetUnsent(id) {
    unsent = unsent.filter((one) => one.id !== id);
    keep();
  }

  // Kept for this tab alone, and gone with it: the phone may be borrowed.
  function keep() {
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(unsent.filter((one) => !one.photo)));
    } catch (full) {
      // Without storage it still lives as long as the page.
    }
  }

  function wake() {
    if (socket && socket.readyState === 1) return ask();
    if (!socket) connect();
  }

  window.addEventListener("online", wake);
  window.addEventListener("offline", () => ears.state("offline"));
  document.addEventListener("visibilitychange", () => document.hidden || wake());
  // A reminder may have been sent by another process; and a dead line is noticed.
  setInterval(() => document.hidden || ask(), A_MINUTE);

  return { connect, send, unsent: () => unsent, since: () => since, forget: () => (unsent = []) };
}

export function mark() {
  const hex = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"));
  return hex.join("");
}

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) || [];
  } catch (problem) {
    return [];
  }
}

function bytes(said) {
  return new TextEncoder().encode(JSON.stringify(said || {})).length;
}

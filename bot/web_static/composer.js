// Where one writes: a box for words, a field for a number or a code, and photos.

import { word } from "./words.js";

const DRAFT = "tramoi-draft";
const MOST_PHOTO = 10 * 1024 * 1024;
const PHONE = /^[\d\s+().-]{6,20}$/;
const byId = (id) => document.getElementById(id);

// `say(said, words, photo)` is called with what a person wants to send.
export function composer(say) {
  const form = byId("composer");
  const box = byId("say");
  const field = byId("field");
  let wants = null;

  function mode(wanted) {
    const here = document.activeElement;
    // Words that are being typed are not taken out of somebody's hands.
    const special = !box.value.trim() && (wanted === "contact" || wanted === "code");
    wants = special ? wanted : null;
    if (wanted) form.dataset.wants = wanted;
    else delete form.dataset.wants;
    byId("pictures").hidden = wanted !== "photo";
    field.hidden = byId("field-head").hidden = !wants;
    box.hidden = special;
    if (special) prepare();
    if (here === box || here === field) (special ? field : box).focus();
  }

  function prepare() {
    const phone = wants === "contact";
    const name = phone ? "phone" : "code";
    byId("field-label").dataset.word = name;
    byId("field-label").textContent = word(name);
    field.dataset.hint = `${name}Hint`;
    field.placeholder = word(`${name}Hint`);
    field.type = phone ? "tel" : "text";
    field.inputMode = phone ? "tel" : "numeric";
    field.autocomplete = phone ? "tel" : "one-time-code";
    field.maxLength = phone ? 40 : 20;
  }

  function submit() {
    const text = (wants ? field : box).value;
    if (!text.trim()) return;
    const isPhone = wants === "contact" && PHONE.test(text.trim());
    field.value = box.value = "";
    remember();
    grow();
    say(isPhone ? { contact: text.trim() } : { text }, text);
  }

  function photo(file) {
    if (!file) return;
    if (file.size > MOST_PHOTO) say({ photo: "too_large" }, word("photoWaiting"));
    else say(null, word("photoWaiting"), file);
  }

  function grow() {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight + 2, 160)}px`;
  }

  function remember() {
    try {
      sessionStorage.setItem(DRAFT, box.value);
    } catch (full) {
      // Then it lives as long as the page.
    }
  }

  function recall() {
    try {
      box.value = sessionStorage.getItem(DRAFT) || "";
    } catch (problem) {
      box.value = "";
    }
    grow();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  box.addEventListener("input", () => {
    grow();
    remember();
  });
  box.addEventListener("keydown", (event) => {
    // Vietnamese is typed through an input method: its Enter only ends the word.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  });
  byId("words").addEventListener("click", () => {
    mode(null);
    box.focus();
  });
  for (const id of ["photo", "take", "pick"]) {
    const input = byId(`${id}-file`);
    byId(id).addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      photo(input.files[0]);
      input.value = "";
    });
  }
  recall();

  return {
    mode,
    focus: () => (wants ? field : box).focus(),
    fill(code) {
      const place = wants ? field : box;
      place.value = code;
      place.focus();
    },
  };
}

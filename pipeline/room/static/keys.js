/** One map of keys for a page: what acts is what `?` shows. */

const map = [];

/** Whether the person is typing text, so that letters are letters. */
function typing(target) {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** Whether Space or Enter does what the focused element is there for. */
function pressing(event) {
  return (event.key === " " || event.key === "Enter") && event.target.closest("button, a, summary, label") !== null;
}

/**
 * Give a key something to do.
 * @param key as KeyboardEvent.key has it ("m", "ArrowDown", "?"), with "Ctrl+" or "Shift+" before it where it is held.
 * @param zh what it does, in Chinese
 * @param en in English
 * @param act called with the event
 * @param whileTyping whether it also acts in a field of text
 */
export function key(key, zh, en, act, {whileTyping = false} = {}) {
  map.push({key, zh, en, act, whileTyping});
}

function named(event) {
  const held = (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "");
  const shift = event.shiftKey && event.key.length > 1 ? "Shift+" : "";
  return held + shift + event.key;
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || pressing(event) || document.querySelector("dialog[open]")) return;
  const found = map.find((one) => one.key === named(event) && (one.whileTyping || !typing(event.target)));
  if (found) {
    event.preventDefault();
    found.act(event);
  }
});

/** A key as it stands on a keyboard. */
function shown(key) {
  const named = {" ": "Space", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓"};
  if (named[key]) return named[key];
  return /^Ctrl\+[A-Z]$/.test(key) ? key.replace("+", "+Shift+") : key.replace(/^Ctrl\+[a-z]$/, (one) => `Ctrl+${one.at(-1).toUpperCase()}`);
}

function show() {
  const dialog = document.createElement("dialog");
  dialog.className = "keys";
  dialog.setAttribute("aria-labelledby", "keys-title");
  const title = Object.assign(document.createElement("h2"), {id: "keys-title", textContent: "鍵盤 Keyboard"});
  const table = document.createElement("table");
  for (const {key, zh, en} of map) {
    const row = table.insertRow();
    const cell = document.createElement("th");
    cell.scope = "row";
    cell.append(Object.assign(document.createElement("kbd"), {textContent: shown(key)}));
    row.append(cell);
    row.insertCell().textContent = zh;
    const english = row.insertCell();
    english.textContent = en;
    english.lang = "en";
  }
  const form = document.createElement("form");
  form.method = "dialog";
  form.append(Object.assign(document.createElement("button"), {textContent: "關閉 Close"}));
  dialog.append(title, table, form);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  dialog.scrollTop = 0;
}

key("?", "顯示這張表", "Show these keys", show);
const button = document.getElementById("keys");
if (button) {
  button.hidden = false;
  button.addEventListener("click", show);
}

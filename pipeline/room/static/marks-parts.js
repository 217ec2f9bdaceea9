/** Small parts of the pages for deciding and signing off. */
import {beside, say} from "./api.js";

/** An element with attributes and children. */
export function el(tag, attributes = {}, ...children) {
  const made = Object.assign(document.createElement(tag), attributes);
  made.append(...children);
  return made;
}

/** A button with its key, or none. */
export function button(text, hint, act, className = "quiet") {
  const made = el("button", {type: "button", className}, ...beside(text));
  if (hint) made.append(" ", el("kbd", {textContent: hint}));
  made.addEventListener("click", (event) => {
    event.stopPropagation();
    act();
  });
  return made;
}

/**
 * Ask for a text in the dialog of that id; `act` is called with it, unless they cancelled.
 * @param words what it is about, quoted
 */
export function ask(id, words, act, value = "") {
  const dialog = document.getElementById(id), field = dialog.querySelector("input");
  dialog.querySelector(".quoted").textContent = `「${words}」`;
  field.value = value;
  dialog.returnValue = "";
  dialog.querySelector('button[value="no"]').onclick = () => dialog.close("no");
  dialog.onclose = () => {
    const text = field.value.trim();
    if (dialog.returnValue === "yes" && text) act(text);
    else if (dialog.returnValue === "yes") say(id === "keep" ? "保留需要理由。Keeping needs a reason." : "沒有字。No words.", {problem: true});
  };
  dialog.showModal();
  field.focus();
  return dialog;
}
